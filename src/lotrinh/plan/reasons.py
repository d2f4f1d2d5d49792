"""Why a project stands otherwise in another plan, as far as the data shows it.

A run of one plan is put in the place it had into the other plan, all else left as it is there, and the rules say what
stands against it. What no rule and no number of the data says is not said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lotrinh.base.calendar import Quarter
from lotrinh.base.text import Text, t
from lotrinh.measures.paths import follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.plan import Plan
from lotrinh.plan.runs import Run, runs
from lotrinh.plan.verify import TOLERANCE, broken_rules
from lotrinh.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact of the data that speaks for a change: its kind, the ids and years it names, and in words."""

    kind: str
    about: tuple[str, ...]
    text: Text


@dataclass(frozen=True)
class Side:
    """A plan with what is asked of it again and again."""

    plan: Plan

    @property
    def programme(self) -> Programme:
        """The programme of the plan."""
        return self.plan.programme

    @property
    def quantities(self) -> Quantities:
        """The arrays of its programme."""
        return self.plan.quantities

    @cached_property
    def runs(self) -> dict[str, Run]:
        """How every funded project runs."""
        return runs(self.plan)

    @cached_property
    def opened(self) -> frozenset[str]:
        """Fields in which a project runs."""
        return frozenset(self.plan.fields_opened)

    @cached_property
    def broken(self) -> frozenset[str]:
        """Rules that the plan as it stands does not keep; none in a released plan."""
        return frozenset(fault.name for fault in broken_rules(self.plan.paths))

    def option(self, project: str, run: Run) -> int | None:
        """Return the option of the programme that is this run of the project, or None where it is closed."""
        q, p = self.quantities, self.programme
        same = (q.options.mode == p.modes.position(run.mode)) & (q.options.start == q.calendar.time(run.start))
        found = np.flatnonzero(same & (q.options.project == p.projects.position(project)))
        return int(found[0]) if len(found) else None

    def lacking(self, project: str, option: int) -> dict[str, list[str]]:
        """Return what lacks with this option put into the plan: years of money, skills, directives."""
        decisions = self.plan.decisions
        chosen = decisions.option.copy()
        chosen[self.programme.projects.position(project)] = option
        found: dict[str, list[str]] = {"money": [], "people": [], "directive": []}
        for fault in broken_rules(follow(self.quantities, replace(decisions, option=chosen))):
            family, _, labels = fault.name.removesuffix("]").partition("[")
            label = labels.split(",")[0]
            if fault.name not in self.broken and label not in found.setdefault(family, []):
                found[family].append(label)
        return found


def reasons(first: Side, other: Side, project: str) -> tuple[Reason, ...]:
    """Return why `project` stands otherwise in the other plan than in the first; empty where nothing can be said."""
    was, now = first.runs.get(project), other.runs.get(project)
    found: list[Reason] = []
    if was and (now is None or now.mode != was.mode or now.start > was.start):
        found += _against(project, was, first, other, later=True)
    if now and (was is None or now.mode != was.mode or now.start < was.start):
        found += _against(project, now, other, first, later=False)
    if project in first.programme.projects.ids and project in other.programme.projects.ids:
        found += _inputs(project, was, now, first, other)
    return tuple(found)


def _against(project: str, run: Run, home: Side, there: Side, later: bool) -> Iterator[Reason]:
    """Yield what stands in the plan `there` against the run that the project has at `home`.

    With `later`, `there` is the other plan and the words say what is so no longer; else it is the first.
    """
    if project not in there.programme.projects.ids:
        words = t("it is no longer in the programme") if later else t("it is new in the programme")
        yield Reason("project", (project,), words)
        return
    lock = next((row for row in there.programme.locks if row.project == project), None)
    if lock is not None:
        values = {"mode": lock.mode, "quarter": lock.start}
        words = t("it is fixed now: {mode} from {quarter}", **values)
        yield Reason(
            "lock",
            (lock.mode, str(lock.start)),
            words if later else t("it was fixed before: {mode} from {quarter}", **values),
        )
        return
    if run.mode not in there.programme.modes.ids:
        yield _mode_gone(run, home, there, later)
        return
    field = there.programme.projects.of(project).field
    if field not in there.opened:
        words = t("its field {field} is no longer opened", field=field)
        yield Reason("field", (field,), words if later else t("its field {field} was not opened before", field=field))
    option = there.option(project, run)
    if option is None:
        values = {"mode": run.mode, "quarter": run.start}
        words = t("its mode {mode} can no longer start in {quarter}", **values)
        yield Reason(
            "window",
            (run.mode, str(run.start)),
            words if later else t("its mode {mode} could not start in {quarter} before", **values),
        )
        return
    yield from _predecessors(project, run, home, there, later)
    yield from _levels(project, run, there, later)
    yield from _lacking(there.lacking(project, option), later)


def _mode_gone(run: Run, home: Side, there: Side, later: bool) -> Reason:
    """Return that the mode of a run is not in the programme `there`, with the suppliers that went with it."""
    relied = [row.supplier for row in home.programme.reliance if row.mode == run.mode and row.share > 0]
    gone = [id for id in relied if id not in there.programme.suppliers.ids]
    values = {"mode": run.mode, "suppliers": gone}
    if not gone:
        words = t("its mode {mode} is no longer in the programme", mode=run.mode)
        before = t("its mode {mode} is new in the programme", mode=run.mode)
    else:
        words = t("its mode {mode} is no longer in the programme, nor is its supplier {suppliers}", **values)
        before = t("its mode {mode} is new in the programme, and so is its supplier {suppliers}", **values)
    return Reason("mode", (run.mode, *gone), words if later else before)


def _predecessors(project: str, run: Run, home: Side, there: Side, later: bool) -> Iterator[Reason]:
    """Yield the predecessors that are not funded `there`, or end too late for the run."""
    for link in there.programme.project_links:
        if link.project != project:
            continue
        before, ended = there.runs.get(link.predecessor), home.runs.get(link.predecessor)
        values = {"project": link.predecessor}
        if before is None and ended is not None:
            words = t("its predecessor {project} is dropped too", **values)
            back = t("its predecessor {project} is added too", **values)
        elif before is None:
            words = t("it must wait for {project} now, which is not funded", **values)
            back = t("it had to wait for {project} before, which was not funded", **values)
        elif before.end.plus(1 + link.lag) > run.start:
            words = t("its predecessor {project} ends in {quarter}", quarter=before.end, **values)
            back = t("its predecessor {project} ended in {quarter} before", quarter=before.end, **values)
            if ended is not None and ended.end < before.end:
                both = {**values, "a": before.end, "b": ended.end}
                words = t("its predecessor {project} ends in {a} instead of {b}", **both)
                back = t("its predecessor {project} ends in {b} instead of {a}", **both)
        else:
            continue
        yield Reason("predecessor", (link.predecessor,), words if later else back)


def _levels(project: str, run: Run, there: Side, later: bool) -> Iterator[Reason]:
    """Yield the capabilities that are `there` below the level that the run needs at its start."""
    q, start = there.quantities, there.quantities.calendar.time(run.start)
    for row in there.programme.prerequisites:
        if row.project != project:
            continue
        usable = there.plan.paths.usable[0, there.programme.capabilities.position(row.capability)]
        enough = usable >= row.level - TOLERANCE * max(1.0, row.level)
        if enough[start]:
            continue
        values = {
            "capability": row.capability,
            "needed": row.level,
            "level": math.floor(100 * float(usable[start])) / 100,
            "quarter": run.start,
        }
        ahead = np.flatnonzero(enough[start : q.horizon])
        reached: Quarter | None = q.calendar.at(start + int(ahead[0])) if len(ahead) else None
        if not later:
            words = t("in {quarter} capability {capability} stood at {level} before; it needs {needed}", **values)
        elif reached is None:
            words = t("in {quarter} capability {capability} stands at {level}; it needs {needed}", **values)
        else:
            values["reached"] = reached
            words = t(
                "in {quarter} capability {capability} stands at {level}; it needs {needed}, which comes in {reached}",
                **values,
            )
        yield Reason("capability", (row.capability,), words)


def _lacking(lacking: dict[str, list[str]], later: bool) -> Iterator[Reason]:
    """Yield what would lack with the run put into the plan as it stands."""
    if years := lacking["money"]:
        spans = _spans(years)
        words = t("not enough money in {years}", years=spans)
        yield Reason("money", tuple(years), words if later else t("there was not enough money in {years}", years=spans))
    if skills := lacking["people"]:
        words = t("not enough people of {skills}", skills=skills)
        back = t("there were not enough people of {skills}", skills=skills)
        yield Reason("people", tuple(skills), words if later else back)
    if missed := lacking["directive"]:
        words = t("with it the plan would miss {directives}", directives=missed)
        back = t("with it the first plan would have missed {directives}", directives=missed)
        yield Reason("directive", tuple(missed), words if later else back)


def _spans(years: list[str]) -> list[str]:
    """Return years as spans: 2027, 2029–2031."""
    spans: list[list[int]] = []
    for year in sorted(map(int, years)):
        if spans and spans[-1][-1] == year - 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return [f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans]


def _inputs(project: str, was: Run | None, now: Run | None, first: Side, other: Side) -> Iterator[Reason]:
    """Yield the inputs of the project itself that changed in the direction of what happened to it."""
    before, after = first.programme.projects.of(project), other.programme.projects.of(project)
    if was and not now and before.mandatory and not after.mandatory:
        yield Reason("mandatory", (), t("it is no longer mandatory"))
    if now and not was and after.mandatory and not before.mandatory:
        yield Reason("mandatory", (), t("it is mandatory now"))
    if first.programme.settings.currency != other.programme.settings.currency:
        return
    for mode in dict.fromkeys(run.mode for run in (was, now) if run):
        if mode not in first.programme.modes.ids or mode not in other.programme.modes.ids:
            continue
        a, b = first.programme.modes.of(mode).cost_likely, other.programme.modes.of(mode).cost_likely
        if a == b or (not now and b < a) or (not was and b > a):
            continue
        yield Reason("cost", (mode,), t("its mode {mode} costs {b} million instead of {a}", mode=mode, a=a, b=b))
