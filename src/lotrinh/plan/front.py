"""The front of capability, independence, cost and tail: the programme planned again under other weights.

Two weights are swept: what a million left unspent is worth, and what a unit of independence is worth (the price of the
withdrawal directive, whose threshold is put at 1). Every point is a plan of its own, begun from the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from lotrinh.measures import accumulated_capability
from lotrinh.measures.paths import Paths, follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.columns import columns_of
from lotrinh.plan.explain.again import Answer, again
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import verdict, watched
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.programme import Programme, Table

MONEY = (0.0, 0.05, 0.1)
INDEPENDENCE = (0.0, 100.0, 400.0)
BETTER = {"value": 1.0, "capability": 1.0, "independence": 1.0, "cost": -1.0, "tail": 1.0}
"""Every measure of a point, and whether more of it or less is better."""


@dataclass(frozen=True)
class Point:
    """One plan of the front.

    Attributes
    ----------
    money_weight, independence_price: the weights swept, level-years for a million and for the whole share.
    value: worth by the programme's own weights and prices, weighted level-years; `gap`: proven gap under the weights
        swept.
    capability: accumulated level-years; `independence`: share of usable capability left after the worst withdrawal;
    cost: millions; `tail`: mean final level in the worst tenth, with `tail_error`, its standard error.
    efficient: whether no other point is at least as good in everything and better in something.
    """

    money_weight: float
    independence_price: float
    value: float
    gap: float
    capability: float
    independence: float
    cost: float
    tail: float
    tail_error: float
    projects: tuple[str, ...]
    efficient: bool = True


def front(
    plan: Plan,
    settings: PlanSettings,
    money: tuple[float, ...] = MONEY,
    independence: tuple[float, ...] = INDEPENDENCE,
) -> list[Point]:
    """Return the plan in hand and one plan for each pair of weights; the time limit of `settings` is for each."""
    own = formulate(plan.quantities)
    points = [_point(plan, own, plan.paths, plan.programme.settings.money_weight, 0.0, plan.gap)]
    start = plan.decisions
    for weight, price in product(money, independence):
        programme = _weighted(plan.programme, weight, price)
        formulation = formulate(Quantities(programme, plan.quantities.scenario))
        answer = again(formulation, start, settings)
        if answer.decisions is None or answer.paths is None:
            continue
        start = answer.decisions
        points.append(_point(plan, own, answer.paths, weight, price, _gap(answer)))
    return [replace(point, efficient=not any(_beats(other, point) for other in points)) for point in points]


def _gap(answer: Answer) -> float:
    return max(0.0, answer.bound - answer.objective) / max(abs(answer.bound), 1e-12)


_INDEPENDENCE = replace(watched("withdrawal"), directive="~independence", threshold=1.0, kind="soft")


def _weighted(programme: Programme, money_weight: float, price: float) -> Programme:
    """Return the programme with the weights of one point."""
    directives = [*programme.directives]
    if price > 0:
        directives.append(replace(_INDEPENDENCE, price=price))
    settings = replace(programme.settings, money_weight=money_weight)
    return replace(programme, settings=settings, directives=Table(directives, "directive"))


def _point(plan: Plan, own: Formulation, paths: Paths, money_weight: float, price: float, gap: float) -> Point:
    """Return the measures of one plan, its worth by the weights of the plan in hand."""
    assert paths.decisions is not None
    decisions = paths.decisions
    paths = follow(plan.quantities, decisions)
    tail = verdict(paths, watched("tail"))
    chosen = np.flatnonzero(decisions.option >= 0)
    return Point(
        money_weight=money_weight,
        independence_price=price,
        value=own.form.objective(columns_of(own, paths)),
        gap=gap,
        capability=float(accumulated_capability.measure(paths)[0].sum()),
        independence=float(verdict(paths, watched("withdrawal")).measure[0]),
        cost=float(paths.money[0].sum()),
        tail=float(tail.measure[0]),
        tail_error=float(tail.error[0]),
        projects=tuple(plan.programme.projects.ids[p] for p in chosen),
    )


def _beats(one: Point, other: Point) -> bool:
    """Return whether `one` is at least as good in every measure, and better in one."""
    signed = [(sign * getattr(one, name), sign * getattr(other, name)) for name, sign in BETTER.items()]
    return all(a >= b - 1e-9 for a, b in signed) and any(a > b + 1e-9 for a, b in signed)
