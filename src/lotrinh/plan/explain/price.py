"""What a directive costs: the value of the best plan without it, less that of the best plan that holds it.

All other directives stay as they are. One side is always the plan in hand; the other is solved again, beginning from
it. A directive that is only watched and that the plan holds anyway costs no more than the plan's own proven gap. A soft
one need not be held: its price is what it takes from the worth of the plan, what is paid for missing it included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.by_id import adopted
from lotrinh.plan.explain.again import Answer, Interval, again, lost
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import Verdict, verdict
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.entities import Directive
from lotrinh.programme.programme import Programme, Table


@dataclass(frozen=True)
class Price:
    """What one directive costs.

    Attributes
    ----------
    verdict: how the plan in hand fares under it.
    status: ``free`` (the plan holds it though it need not), ``priced``, ``impossible`` (no plan holds it), ``watched``
        (the rule has no rows, so no plan can be made to hold it), ``unknown`` (nothing was found within the time).
    interval: the price in weighted level-years, where there is one.
    other: the programme solved again, with the directive where the plan is without, and the other way round.
    reached: where no plan holds it, the nearest measure that was found.
    """

    verdict: Verdict
    status: str
    interval: Interval | None = None
    other: Answer | None = None
    reached: float | None = None

    @property
    def seconds(self) -> float:
        """Time of solving again."""
        return self.other.seconds if self.other is not None else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the price as plain data."""
        return {
            "directive": self.verdict.directive.directive,
            "kind": self.verdict.directive.kind,
            "held": bool(self.verdict.held[0]),
            "status": self.status,
            "low": None if self.interval is None else self.interval.low,
            "high": None if self.interval is None else self.interval.high,
            "reached": self.reached,
            "seconds": self.seconds,
        }


def prices(plan: Plan, settings: PlanSettings) -> list[Price]:
    """Return the price of every directive, in the order of the data."""
    return [price(plan, row.directive, settings) for row in plan.programme.directives]


def price(plan: Plan, directive: str, settings: PlanSettings) -> Price:
    """Return the price of one directive.

    Raises
    ------
    UsageError
        If the programme has no such directive.
    """
    row = known(plan.programme, directive)
    found = verdict(plan.paths, row)
    if row.kind != "watch":
        other = again(changed(plan, replace(row, kind="watch")), plan.decisions, settings)
        if not other.found or not np.isfinite(other.bound):
            return Price(found, "unknown", None, other)
        gain = Interval(max(0.0, other.objective - plan.bound), max(0.0, other.bound - plan.objective))
        return Price(found, "priced", gain, other)
    if found.held.all():
        return Price(found, "free", Interval(0.0, max(0.0, plan.bound - plan.objective)))
    try:
        formulation = changed(plan, replace(row, kind="hard"))
    except UsageError:
        return Price(found, "watched")
    other = again(formulation, plan.decisions, settings, plan.bound)
    if other.found:
        return Price(found, "priced", lost(plan.objective, plan.bound, other), other)
    if other.status == "infeasible":
        return Price(found, "impossible", None, other, nearest(plan, row, settings))
    return Price(found, "unknown", None, other)


def known(programme: Programme, directive: str) -> Directive:
    """Return the directive called `directive`; `UsageError` where there is none."""
    ids = programme.directives.ids
    if directive not in ids:
        raise UsageError(str(t("there is no directive {name}; there are {known}", name=directive, known=ids)))
    return programme.directives.of(directive)


def changed(plan: Plan, row: Directive) -> Formulation:
    """Return the formulation of the plan's programme with one directive as `row` says."""
    programme = plan.programme
    rows = [row if old.directive == row.directive else old for old in programme.directives]
    other = replace(programme, directives=Table(rows, "directive"))
    return formulate(Quantities(other, plan.quantities.scenario))


def nearest(plan: Plan, row: Directive, settings: PlanSettings) -> float | None:
    """Return the measure of the plan that comes nearest to a directive that no plan holds, None if none was found."""
    formulation = changed(plan, replace(row, kind="soft", price=1.0))
    cost = np.zeros_like(formulation.form.cost)
    for column in formulation.missed:
        if formulation.form.column_name(int(column)) == f"missed[{row.directive}]":
            cost[column] = -1.0
    form = replace(formulation.form, cost=cost, constant=0.0)
    answer = again(replace(formulation, form=form), adopted(formulation.quantities, plan), settings)
    return float(verdict(answer.paths, row).measure[0]) if answer.paths is not None else None
