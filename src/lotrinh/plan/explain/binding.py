"""What binds: rules with their shadow prices, by year.

A shadow price is what one more unit of a limit would be worth. It is taken from the relaxation, in which parts of
projects may be chosen: the whole programme has no such prices, and those of the plan with its choices held fast would
say nothing of other choices. Beside it stands how often the plan itself stands at the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.base.issues import NoPlanInTimeError
from lotrinh.base.text import Text, t
from lotrinh.plan.columns import columns_of
from lotrinh.plan.elastic import elastic
from lotrinh.plan.formulate import formulate
from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.plan import Plan
from lotrinh.plan.said import period
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.plan.words import Slack

LEAST = 1e-7
"""Worth of a relative change of 1 below which nothing is said."""
NEAR = 1e-4
"""How near to its limit, relative to it, a row counts as binding in the plan."""


@dataclass(frozen=True)
class Binding:
    """One limit that binds.

    Attributes
    ----------
    name: of the member, such as ``people[SK-PQC]``; `words` what it says; `about` what it is about where that does not
        say it, such as a place; `unit` of its limit.
    prices: worth of one unit more, weighted level-years, by year; all of the horizon under an empty year.
    relative: worth of a limit a hundredth higher throughout, weighted level-years.
    tight, rows: in how many of its rows the plan stands at the limit, and how many there are.
    """

    name: str
    words: Text
    about: tuple[Any, ...]
    unit: str
    prices: dict[str, float]
    relative: float
    tight: int
    rows: int

    @property
    def price(self) -> float:
        """Worth of one unit more throughout."""
        return sum(self.prices.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the limit as plain data."""
        return {
            "name": self.name,
            "words": str(self.words),
            "about": [str(each) for each in self.about],
            "unit": self.unit,
            "prices": self.prices,
            "relative": self.relative,
            "tight": self.tight,
            "rows": self.rows,
        }


def binding(plan: Plan, settings: PlanSettings) -> list[Binding]:
    """Return what binds, what is worth most for a hundredth more of it first.

    Raises
    ------
    NoPlanInTimeError
        If the relaxation was not solved within the time limit.
    """
    formulation = formulate(plan.quantities)
    disputed = elastic(formulation)
    form = replace(disputed.form, cost=formulation.form.cost, constant=formulation.form.constant)
    relaxed = solve(replace(form, whole=np.zeros_like(form.whole)), replace(settings, gap=0.0))
    if relaxed.status != "optimal" or relaxed.row_dual is None:
        raise NoPlanInTimeError(str(t("the relaxation was not solved within the time limit")))
    tight = at_limit(form, columns_of(formulation, plan.paths))
    found = []
    for slack in disputed.slacks:
        each = -slack.values * relaxed.row_dual[slack.rows]
        relative = float(each.sum()) * slack.size / 100.0
        if relative * 100.0 <= LEAST or (slack.whole and not slack.unit and not slack.member.kind.unit):
            continue
        years = [period(disputed.formulation, int(row))[:4] for row in slack.rows]
        prices = {year: float(each[[y == year for y in years]].sum()) for year in dict.fromkeys(years)}
        found.append(_binding(slack, prices, relative, tight))
    return sorted(found, key=lambda one: -one.relative)


def _binding(slack: Slack, prices: dict[str, float], relative: float, tight: Floats) -> Binding:
    member = slack.member
    rows = slack.rows
    unit = slack.unit or member.kind.unit
    said = {year: price for year, price in prices.items() if abs(price) > LEAST}
    about = tuple(slack.facts.values())
    return Binding(member.name, member.words, about, unit, said, relative, int(tight[rows].sum()), len(rows))


def at_limit(form: LinearForm, x: Floats) -> Floats:
    """Return 1 for every row at one of its limits in `x`, else 0, shape (R,)."""
    activity = form.activity(x)
    near = np.zeros(len(activity))
    for side in (form.row_low, form.row_high):
        there = np.isfinite(side)
        gap = np.abs(activity - np.where(there, side, 0.0))
        near[there & (gap <= NEAR * np.maximum(1.0, np.abs(np.where(there, side, 0.0))))] = 1.0
    return near
