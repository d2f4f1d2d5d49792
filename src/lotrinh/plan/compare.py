"""What changed between plans: projects moved, dropped and added, what is reached side by side, and why.

The first plan is the base; every other stands against it. Programmes may differ; everything is matched by its id.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.base.text import Text
from lotrinh.plan.figures import Row, alike, entrants, fields, measures, purchases, worst
from lotrinh.plan.plan import Plan
from lotrinh.plan.reasons import Reason, Side, reasons
from lotrinh.plan.runs import Run
from lotrinh.plan.yardstick import obstacle, only_here, same_worth, valued
from lotrinh.programme.compare import Difference, differences


@dataclass(frozen=True, slots=True)
class Judged:
    """How one plan stands by one directive; `margin` is negative by as much as the threshold is missed."""

    rule: str
    kind: str
    comparison: str
    threshold: float
    measure: float
    held: bool
    margin: float


@dataclass(frozen=True, slots=True)
class DirectiveRow:
    """One directive, and how every plan stands by it: None where it is not in a plan's programme."""

    directive: str
    plans: tuple[Judged | None, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a project in another plan than the first.

    Attributes
    ----------
    what: ``same``, ``changed``, ``dropped``, ``added``, or ``neither`` where no plan of the two funds it.
    moved: quarters by which it starts later (negative: earlier), where both fund it.
    mode: whether it is done in another mode.
    cost: millions by which it costs more (negative: less), where both fund it.
    reasons: what the data says of why.
    """

    what: str
    moved: int | None
    mode: bool
    cost: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project in every plan.

    Attributes
    ----------
    known: whether it is in the programme of each plan.
    runs: how each plan runs it, None where the plan leaves it out.
    changes: what became of it in each plan but the first.
    """

    project: str
    known: tuple[bool, ...]
    runs: tuple[Run | None, ...]
    changes: tuple[Change, ...]

    @property
    def differs(self) -> bool:
        """True where a plan does otherwise with it than the first."""
        return any(change.what not in ("same", "neither") for change in self.changes)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a plan is: its programme, its budget scenario, its status.

    `worst` is whose withdrawal would take most of its capability, empty where none takes any.
    """

    fingerprint: str
    budget: str
    currency: str
    price_year: int
    start: Quarter
    quarters: int
    status: str
    worst: str


@dataclass(frozen=True, slots=True)
class Against:
    """How another plan stands against the first. Values are weighted level-years.

    Attributes
    ----------
    value: how much more the plan in hand is worth than the first in hand, both by the first programme; exact.
    obstacle: why there is no such number.
    best: from how much to how much more the best plan of its programme is worth than the best of the first, each by
        its own programme: an optimum lies between the objective of a plan and its bound.
    same_problem: the same programme under the same budget, so that both have the same best plan; then `optimum` is
        from what to what that plan is worth.
    same_worth: both programmes value alike, so that `best` is on one scale.
    only_here: capabilities, and products under way, that its programme values and the first does not know.
    inputs: differences of the programmes, those of changed projects first.
    """

    value: float | None
    obstacle: Text | None
    best: tuple[float, float] | None
    same_problem: bool
    optimum: tuple[float, float] | None
    same_worth: bool
    only_here: tuple[str, ...]
    inputs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side, the first of them the base. Every row has one entry a plan.

    Attributes
    ----------
    plans: what each plan is; `against` how each but the first stands against it.
    projects: every project of any programme; `fields` every field, 1 where a plan opens it.
    entrants: people entering a flow for a skill in a year, and `purchases` units of a kind of equipment bought for a
        place in a year: both only where the plans differ.
    measures: figures of the whole plan, of capabilities and of years.
    directives: every directive of any programme.
    """

    plans: tuple[Standing, ...]
    against: tuple[Against, ...]
    measures: tuple[Row, ...]
    directives: tuple[DirectiveRow, ...]
    projects: tuple[ProjectRow, ...]
    fields: tuple[Row, ...]
    entrants: tuple[Row, ...]
    purchases: tuple[Row, ...]

    @property
    def same(self) -> bool:
        """True where nothing that the plans decide, and nothing in their programmes, differs."""
        decided = any(row.differs for row in (*self.fields, *self.entrants, *self.purchases))
        changed = any(row.differs for row in self.projects)
        return not (decided or changed or any(found.inputs for found in self.against))

    def summary(self) -> dict[str, Any]:
        """Return the comparison as plain data: what ``lotrinh compare --json`` prints."""
        found: dict[str, Any] = _plain(self)
        return found


def compare(first: Plan, *others: Plan) -> Comparison:
    """Return what differs between the first plan and each of the others, which may be of other programmes.

    Raises
    ------
    ValueError
        If there is no other plan.
    """
    if not others:
        raise ValueError("a comparison needs two plans or more")
    plans = (first, *others)
    sides = [Side(plan) for plan in plans]
    projects = _projects(sides)
    values = [valued(plan, first.programme) for plan in plans]
    return Comparison(
        plans=tuple(_standing(plan) for plan in plans),
        against=tuple(
            _against(first, plan, values[0], values[i], [row.project for row in projects if _changed(row, i)])
            for i, plan in enumerate(plans[1:], start=1)
        ),
        measures=measures(plans, values),
        directives=_directives(plans),
        projects=projects,
        fields=fields(plans),
        entrants=entrants(plans),
        purchases=purchases(plans),
    )


def _standing(plan: Plan) -> Standing:
    settings = plan.programme.settings
    return Standing(
        fingerprint=plan.programme.fingerprint,
        budget=plan.quantities.scenario,
        currency=settings.currency,
        price_year=settings.price_year,
        start=settings.start,
        quarters=settings.quarters,
        status=plan.status,
        worst=worst(plan),
    )


def _against(first: Plan, other: Plan, base: float | Text, value: float | Text, changed: list[str]) -> Against:
    hindrance = obstacle(first.programme, other.programme)
    inputs = differences(first.programme, other.programme)
    concerned = set(changed)
    same_problem = not inputs and first.quantities.scenario == other.quantities.scenario
    optimum = (max(first.objective, other.objective), min(first.bound, other.bound)) if same_problem else None
    best: tuple[float, float] | None = (0.0, 0.0)
    if not same_problem:
        apart = (other.objective - first.bound, other.bound - first.objective)
        best = apart if first.programme.calendar == other.programme.calendar else None
    return Against(
        value=value - base if isinstance(base, float) and isinstance(value, float) else None,
        obstacle=hindrance or next((reason for reason in (value, base) if isinstance(reason, Text)), None),
        best=best,
        same_problem=same_problem,
        optimum=optimum,
        same_worth=same_worth(first.programme, other.programme),
        only_here=only_here(first.programme, other),
        inputs=tuple(sorted(inputs, key=lambda found: concerned.isdisjoint(found.projects))),
    )


# Projects


def _projects(sides: Sequence[Side]) -> tuple[ProjectRow, ...]:
    ids = dict.fromkeys(id for side in sides for id in side.programme.projects.ids)
    return tuple(
        ProjectRow(
            project=id,
            known=tuple(id in side.programme.projects.ids for side in sides),
            runs=tuple(side.runs.get(id) for side in sides),
            changes=tuple(_change(id, sides[0], side) for side in sides[1:]),
        )
        for id in ids
    )


def _change(project: str, first: Side, other: Side) -> Change:
    was, now = first.runs.get(project), other.runs.get(project)
    if was is None or now is None:
        what = "neither" if was is now else "added" if was is None else "dropped"
        return Change(what, None, False, None, reasons(first, other, project))
    return Change(
        what="same" if was == now else "changed",
        moved=now.start.since(was.start),
        mode=was.mode != now.mode,
        cost=0.0 if alike(was.cost, now.cost) else now.cost - was.cost,
        reasons=reasons(first, other, project),
    )


def _changed(row: ProjectRow, plan: int) -> bool:
    return row.changes[plan - 1].what not in ("same", "neither")


def _directives(plans: Sequence[Plan]) -> tuple[DirectiveRow, ...]:
    judged = [
        {
            found.directive.directive: Judged(
                rule=found.directive.rule,
                kind=found.directive.kind,
                comparison=found.directive.comparison,
                threshold=found.directive.threshold,
                measure=float(found.measure[0]),
                held=bool(found.held[0]),
                margin=float(found.margin[0]),
            )
            for found in plan.directives()
        }
        for plan in plans
    ]
    every = dict.fromkeys(id for found in judged for id in found)
    return tuple(DirectiveRow(id, tuple(found.get(id) for found in judged)) for id in every)


# Plain data


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: rows as objects, quarters and sentences as text, no infinite number."""
    if isinstance(value, float):
        return round(value, 9) if math.isfinite(value) else None
    if isinstance(value, Text | Quarter):
        return str(value)
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
