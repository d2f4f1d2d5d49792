"""Why not this project? It is forced in and the programme is solved again: what it displaces and costs, or what forbids
it.

A project that needs a level which no plan reaches in time is found out first, by asking for the highest level that any
plan reaches: that is quickly solved and says more than a list of rules.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from lotrinh.base.issues import UsageError
from lotrinh.base.text import Text, t
from lotrinh.measures.paths import usable_levels
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.conflict import Conflict, conflict
from lotrinh.plan.explain.again import Answer, Interval, again, forced, lost
from lotrinh.plan.explain.alone import least_in_the_way
from lotrinh.plan.explain.broken import broken_words, members_of
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.plan.verify import TOLERANCE
from lotrinh.programme.programme import Programme, Table


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """A level that `project` needs and that no plan reaches in time: at most `reached` by its last start."""

    project: str
    capability: str
    needed: float
    reached: float
    start: str


@dataclass(frozen=True)
class WhyNot:
    """Why a plan leaves a project out.

    Attributes
    ----------
    status: ``chosen`` (the plan has it), ``no_start`` (no mode and start fits its window and the horizon),
        ``out_of_reach`` (it needs levels that no plan reaches), ``forbidden`` (rules together forbid it), ``possible``
        (it can be had, at a cost), ``unknown`` (neither a plan nor a proof within the time).
    cost: what the best plan with it is worth less than the best plan, weighted level-years.
    other: the programme solved again with the project forced in.
    in_the_way: rules that adding it alone to the plan as it stands would break, at the start where they are fewest.
    conflict: where it is forbidden, the rules that together forbid it; where that is not proven, what was found of it.
    no_start: the project itself or projects that must end before it, of which no mode and start is open.
    """

    project: str
    status: str
    out_of_reach: tuple[OutOfReach, ...] = ()
    cost: Interval | None = None
    other: Answer | None = None
    in_the_way: tuple[Text, ...] = ()
    conflict: Conflict | None = None
    seconds: float = 0.0
    no_start: tuple[str, ...] = ()

    def as_dict(self, plan: Plan) -> dict[str, Any]:
        """Return the answer as plain data; `plan` is the one that was asked about."""
        found = self.other is not None and self.other.found
        return {
            "project": self.project,
            "status": self.status,
            "low": None if self.cost is None else self.cost.low,
            "high": None if self.cost is None else self.cost.high,
            "out_of_reach": [asdict(each) for each in self.out_of_reach],
            "changes": moved(plan, self.other) if found and self.other is not None else None,
            "no_start": list(self.no_start),
            "in_the_way": [str(each) for each in self.in_the_way],
            "conflict": None if self.conflict is None else self.conflict.as_dict(),
            "seconds": self.seconds,
        }


def why_not(plan: Plan, project: str, settings: PlanSettings) -> WhyNot:
    """Return why `plan` leaves `project` out.

    Raises
    ------
    UsageError
        If the programme has no such project.
    """
    began = time.perf_counter()
    q, p = plan.quantities, position(plan.programme, project)
    if plan.decisions.option[p] >= 0:
        return WhyNot(project, "chosen")
    formulation = formulate(q)
    ids = q.programme.projects.ids
    closed = tuple(ids[each] for each in needed_before(q, p) if not (q.options.project == each).any())
    nearest = least_in_the_way(plan, formulation, p)
    if nearest is None or closed:
        return WhyNot(project, "no_start", no_start=closed)
    in_the_way = broken_words(formulation, members_of(formulation), nearest)
    unreached = out_of_reach(plan, p, settings)
    if unreached:
        seconds = time.perf_counter() - began
        return WhyNot(project, "out_of_reach", unreached, in_the_way=in_the_way, seconds=seconds)
    left = max(1.0, settings.time_limit - (time.perf_counter() - began))
    other = again(forced(formulation, project), plan.decisions, replace(settings, time_limit=left), plan.bound)
    if other.found:
        cost = lost(plan.objective, plan.bound, other)
        return WhyNot(project, "possible", (), cost, other, in_the_way, None, time.perf_counter() - began)
    if other.status != "infeasible":
        return WhyNot(project, "unknown", (), None, other, in_the_way, None, time.perf_counter() - began)
    left = max(MOMENT, settings.time_limit - (time.perf_counter() - began))
    clash = conflict(formulation, [project], left, settings.seed, nearest.x)
    status = "forbidden" if clash is not None and clash.proven else "unknown"
    return WhyNot(project, status, (), None, other, in_the_way, clash, time.perf_counter() - began)


def position(programme: Programme, project: str) -> int:
    """Return the position of `project`; `UsageError` where there is none of that name."""
    ids = programme.projects.ids
    if project not in ids:
        raise UsageError(str(t("there is no project {name}; there are {known}", name=project, known=ids)))
    return programme.projects.position(project)


def needed_before(q: Quantities, p: int) -> list[int]:
    """Return project p and all that must have ended before it starts; what already runs waits for nothing."""
    found, open_ = {p}, [p]
    while open_:
        project = open_.pop()
        if project in q.locks:
            continue
        before = {earlier for later, earlier, _ in q.links if later == project} - found
        found |= before
        open_ += sorted(before)
    return sorted(found)


def out_of_reach(plan: Plan, p: int, settings: PlanSettings) -> tuple[OutOfReach, ...]:
    """Return the levels needed by project p, or by what must end before it, that no plan reaches in time.

    Only levels that `plan` itself does not reach are asked for, and directives are left aside: what is out of reach
    without them is so with them, and the search is quicker.
    """
    bare = replace(plan.programme, directives=Table((), "directive"))
    formulation = formulate(Quantities(bare, plan.quantities.scenario))
    q, found = formulation.quantities, []
    most = ceiling(q)
    for project in needed_before(q, p):
        starts = np.unique(np.maximum(q.options.start[q.options.project == project], 0))
        for own, capability, level in q.prerequisites:
            if own != project or project in q.locks or (plan.paths.usable[0, capability, starts] >= level).any():
                continue
            highest = _highest(formulation, capability, starts, level, settings, most[capability, starts])
            if highest < level - TOLERANCE * max(1.0, level):
                name, kind = q.programme.projects.ids[project], q.programme.capabilities.ids[capability]
                last = str(q.calendar.at(int(starts[-1]))) if len(starts) else ""
                found.append(OutOfReach(name, kind, level, highest, last))
    return tuple(found)


def ceiling(q: Quantities) -> Floats:
    """Return levels that no plan exceeds, (K, T+1): each project in its best option, losses restored where possible."""
    kept = 1.0 - q.depreciation * (1.0 - q.restore_share)
    state = np.arange(q.horizon + 1)
    most = q.level_start[:, None] * kept[:, None] ** state
    option, capability, expected = q.option_gains
    best = np.zeros((len(q.programme.projects), *most.shape))
    for x, k, gain in zip(option, capability, expected, strict=True):
        end = int(q.options.end[x])
        mine = best[q.options.project[x], k]
        mine[end:] = np.maximum(mine[end:], gain * kept[k] ** (state[end:] - end))
    return usable_levels(most + best.sum(axis=0), q.foundations)


def _highest(
    formulation: Formulation, k: int, states: Ints, level: float, settings: PlanSettings, ceiling: Floats
) -> float:
    """Return a number that no usable level of k at one of the states exceeds; infinite where one may be `level`.

    The ceiling comes first, then the relaxation, then a search. As levels are lost no faster than they depreciate, what
    is the highest at one state says how high it can have been before, so few states need be asked.
    """
    form, q = formulation.form, formulation.quantities
    below = {k}
    for above, rests_on, _ in reversed(q.foundations):
        below |= {rests_on} if above in below else set()
    kept = float(1.0 - q.depreciation[list(below)].max())
    highest, asked, known = 0.0, 0, np.inf
    for state, simple in zip(states[::-1], ceiling[::-1], strict=True):
        most = min(float(simple), known / kept ** (asked - state))
        cost = np.zeros_like(form.cost)
        cost[formulation.variables.usable[k, state]] = 1.0
        wanted, limits = replace(form, cost=cost, constant=0.0), replace(settings, gap=1e-3, time_limit=MOMENT)
        for whole in (np.zeros_like(form.whole), form.whole):
            if most < level:
                break
            answer = solve(replace(wanted, whole=whole), limits, enough=level)
            if whole.any() and (answer.status == "none" or answer.bound >= level):
                return np.inf
            if answer.status == "optimal" or whole.any():
                most, asked, known = min(most, answer.bound), int(state), answer.bound
        if most >= level:
            return np.inf
        highest = max(highest, most)
    return highest


MOMENT = 4.0
"""Seconds for the search of one highest level: what is quick is very quick here."""


def moved(before: Plan, after: Answer) -> dict[str, tuple[str, ...]]:
    """Return what `after` changes against the plan: projects ``dropped`` and ``added``, and those ``moved`` with their
    starts before and after.
    """
    assert after.decisions is not None
    q, ids, had, has = before.quantities, before.programme.projects.ids, before.decisions.option, after.decisions.option
    both = np.flatnonzero((had >= 0) & (has >= 0))
    start = [str(q.calendar.at(int(at))) for at in q.options.start]
    return {
        "dropped": tuple(ids[p] for p in np.flatnonzero((had >= 0) & (has < 0))),
        "added": tuple(ids[p] for p in np.flatnonzero((had < 0) & (has >= 0))),
        "moved": tuple(f"{ids[p]} {start[had[p]]} → {start[has[p]]}" for p in both if start[had[p]] != start[has[p]]),
    }
