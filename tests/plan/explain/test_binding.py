"""Shadow prices: each lies between what a little more and a little less of its limit is worth in the relaxation."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.oracle.tiny import tiny
from tests.plan.builders import build
from tests.plan.directives.said import EXACT, best

from lotrinh.base.issues import NoPlanError
from lotrinh.plan.elastic import elastic
from lotrinh.plan.explain.binding import binding
from lotrinh.plan.formulate import formulate
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.solvers.highs import solve
from lotrinh.programme.load import load


def relaxed(plan: Plan, moved: np.ndarray) -> float:
    """Return the worth of the relaxation whose limits have given way by so much."""
    formulation = formulate(plan.quantities)
    form = elastic(formulation).form
    loose = np.zeros_like(form.whole)
    sides = {"row_low": form.row_low - moved, "row_high": form.row_high - moved}
    worth = {"cost": formulation.form.cost, "constant": formulation.form.constant}
    answer = solve(dataclasses.replace(form, whole=loose, **sides, **worth), EXACT)
    return answer.objective if answer.x is not None else -np.inf


def check(plan: Plan) -> int:
    """Compare every price with what moving its limit does; return how many there were."""
    found = binding(plan, EXACT)
    names = [(one.name, tuple(str(each) for each in one.about)) for one in found]
    disputed = elastic(formulate(plan.quantities))
    rows = len(disputed.form.row_low)
    now = relaxed(plan, np.zeros(rows))
    for slack in disputed.slacks:
        key = (slack.member.name, tuple(str(each) for each in slack.facts.values()))
        if key not in names:
            continue
        one, amount = found[names.index(key)], 1e-3 * slack.size
        moved = np.zeros(rows)
        np.add.at(moved, slack.rows, slack.values * amount)
        more, less = relaxed(plan, moved) - now, now - relaxed(plan, -moved)
        assert more <= one.relative / 10.0 + 1e-6, key  # a tenth of a hundredth is a thousandth
        assert less >= one.relative / 10.0 - 1e-6, key
    return len(found)


def test_prices_are_between_more_and_less() -> None:
    compared = check(optimise(load("cases/small"), EXACT))
    for seed in range(12):
        try:
            compared += check(optimise(tiny(seed), EXACT))
        except NoPlanError:
            continue
    assert compared > 30


def test_the_price_of_money_by_hand() -> None:
    """A level for 4, and 3 to spend: the relaxation buys three quarters of it, so a million buys a quarter of a level.

    The level is there from the second of four quarters on, and each quarter counts a quarter: 3/4 of a level-year.
    """
    programme = build(["P"], modes={"P": {"cost_likely": 4}}, gains=[("P", "C", 1)], budget=3)
    plan = best(programme)
    (money,) = [one for one in binding(plan, EXACT) if one.name.startswith("money")]
    assert money.price == pytest.approx(0.25 * (relaxed_worth_of_a_level(plan)), rel=1e-6)
    assert list(money.prices) == ["2027"]
    assert money.tight == 0  # the plan itself buys nothing


def relaxed_worth_of_a_level(plan: Plan) -> float:
    rich = build(["P"], modes={"P": {"cost_likely": 4}}, gains=[("P", "C", 1)], budget=9)
    return best(rich).objective - plan.objective
