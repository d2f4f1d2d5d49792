"""Plans side by side: what moved, what each is worth on one yardstick, what does not follow, and why it is so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.oracle.tiny import tiny
from tests.plan.builders import FIFTH, at, build, change, change_rows, decided, with_rows

import lotrinh
from lotrinh.base.issues import NoPlanError
from lotrinh.base.text import Text
from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.compare import Change, Comparison, compare
from lotrinh.plan.figures import Row
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.yardstick import valued
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

SMALL = Path(__file__).parents[2] / "cases" / "small"
EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)


def planned(programme: Programme, decisions: Decisions, scenario: str = "", bound: float | None = None) -> Plan:
    """Return decisions as a plan, whatever they are worth; without soft directives."""
    paths = follow(Quantities(programme, scenario), decisions)
    worth = float(value(paths)[0])
    above = worth if bound is None else bound
    return Plan(programme, EXACT, decisions, "optimal", worth, above, 0.1, "by hand", paths)


def by_hand(
    programme: Programme, starts: Mapping[str, int] | None = None, scenario: str = "", bound: float | None = None
) -> Plan:
    """Return the plan that starts modes at given times and does nothing else."""
    return planned(programme, decided(Quantities(programme, scenario), starts), scenario, bound)


def change_of(comparison: Comparison, project: str, plan: int = 1) -> Change:
    return next(row for row in comparison.projects if row.project == project).changes[plan - 1]


def why(comparison: Comparison, project: str) -> dict[str, str]:
    """Return the reasons of a project by their kinds."""
    return {reason.kind: str(reason.text) for reason in change_of(comparison, project).reasons}


def row_of(comparison: Comparison, measure: str, *of: str) -> Row:
    return next(row for row in comparison.measures if (row.measure, row.of) == (measure, of))


@pytest.fixture(scope="module")
def base() -> Plan:
    return optimise(load(SMALL), EXACT)


@pytest.fixture(scope="module")
def low() -> Plan:
    return optimise(load(SMALL), PlanSettings(budget="low", gap=0.0, threads=1))


# A plan and itself, a pair and the pair turned round


def tiny_plans() -> list[Plan]:
    found = []
    for seed in range(40):
        try:
            found.append(optimise(tiny(seed), EXACT))
        except NoPlanError:
            continue
        if len(found) == 12:
            break
    return found


@pytest.fixture(scope="module")
def plans(base: Plan, low: Plan) -> list[Plan]:
    return [base, low, *tiny_plans()]


def test_a_plan_does_not_differ_from_itself(plans: list[Plan]) -> None:
    for plan in plans:
        found = compare(plan, plan)
        assert found.same
        assert not any(row.differs for row in (*found.measures, *found.projects, *found.fields))
        assert found.entrants == found.purchases == ()
        assert all(not change.reasons for row in found.projects for change in row.changes)
        (against,) = found.against
        assert against.value == 0.0
        assert against.inputs == against.only_here == ()
        assert (against.same_problem, against.same_worth, against.best) == (True, True, (0.0, 0.0))
        assert against.optimum == (plan.objective, plan.bound)


def test_on_its_own_yardstick_a_plan_is_worth_its_objective(plans: list[Plan]) -> None:
    for plan in plans:
        worth = valued(plan, plan.programme)
        assert isinstance(worth, float)
        assert worth == pytest.approx(plan.objective, abs=1e-6)
    assert any(row.kind == "soft" for plan in plans for row in plan.programme.directives)


WHAT = {"same": "same", "changed": "changed", "dropped": "added", "added": "dropped", "neither": "neither"}


def test_turned_round_everything_is_the_other_way(plans: list[Plan]) -> None:
    for a, b in zip(plans, [*plans[1:], plans[0]], strict=True):
        there, back = compare(a, b), compare(b, a)
        turned = {row.project: row for row in back.projects}
        assert len(turned) == len(there.projects)
        for row in there.projects:
            one, two = row.changes[0], turned[row.project].changes[0]
            assert row.runs == turned[row.project].runs[::-1]
            assert WHAT[one.what] == two.what
            assert one.moved is two.moved or (one.moved or 0) == -(two.moved or 0)
            assert (one.cost or 0.0) == pytest.approx(-(two.cost or 0.0))
        for rows, other in (
            (there.fields, back.fields), (there.entrants, back.entrants), (there.purchases, back.purchases),
        ):  # fmt: skip
            assert {row.of: row.values for row in rows} == {row.of: row.values[::-1] for row in other}
        one_best, two_best = there.against[0].best, back.against[0].best
        assert one_best == (None if two_best is None else (-two_best[1], -two_best[0]))


# The small case under two budgets


def test_the_small_case_under_less_money(base: Plan, low: Plan) -> None:
    found = compare(base, low)
    assert {row.project: row.changes[0].what for row in found.projects if row.differs} == {
        "P4": "dropped", "P5": "dropped",
    }  # fmt: skip
    assert why(found, "P4")["field"] == "its field COM is no longer opened"
    assert why(found, "P4")["money"] == "not enough money in 2027–2028"
    assert [row.of[0] for row in found.fields if row.differs] == ["COM"]
    (against,) = found.against
    assert against.inputs == ()
    assert (against.same_problem, against.same_worth) == (False, True)
    assert against.value == pytest.approx(low.objective - base.objective, abs=1e-6)
    assert row_of(found, "budget_by_year", "2028").values == (3.8, 2.2)
    assert row_of(found, "projects").values == (5.0, 3.0)
    assert row_of(found, "accumulated").values[0] == pytest.approx(float(base.paths.usable[0, :, :-1].sum()) / 4)
    missed = next(row for row in found.directives if row.directive == "D2")
    assert [one.held for one in missed.plans if one] == [True, False]
    assert {row.of for row in found.purchases} == {("E-SPD", "HN", "2027"), ("E-SPD", "DN", "2028")}


# One yardstick

WORTH: dict[str, Any] = {
    "discount": lambda p: change(p, discount=0.2),
    "slope above the target": lambda p: change(p, above_target=0.5),
    "years at the end": lambda p: change(p, terminal=4.0),
    "weight of products": lambda p: change(p, product_weight=3.0),
    "worth of money": lambda p: change(p, money_weight=0.1),
    "goals": lambda p: change_rows(p, "goals", weight=lambda row: row.weight * 3),
    "what serves them": lambda p: change_rows(p, "capability_goals", share=0.3),
    "targets": lambda p: change_rows(p, "capabilities", target=1.0),
    "products": lambda p: change_rows(p, "projects", product_value=0.9),
    "prices of directives": lambda p: change_rows(p, "directives", price=7.0),
    "thresholds": lambda p: change_rows(p, "directives", threshold=9.0, kind="soft", comparison=">="),
}


@pytest.mark.parametrize("what", WORTH)
def test_another_opinion_of_worth_does_not_change_the_yardstick(what: str, low: Plan) -> None:
    """The same decisions under other weights are worth the same on the first plan's."""
    other = planned(WORTH[what](low.programme), low.decisions, "low")
    worth = valued(other, low.programme)
    assert worth == pytest.approx(low.objective, abs=1e-6)
    (against,) = compare(low, other).against
    assert against.value == pytest.approx(0.0, abs=1e-6)
    assert not against.same_worth
    assert not against.same_problem


def test_titles_and_evidence_are_no_worth(low: Plan) -> None:
    for table in ("goals", "capabilities", "directives"):
        other = planned(change_rows(low.programme, table, reason="another", title_en="Another"), low.decisions, "low")
        assert compare(low, other).against[0].same_worth


def test_the_yardstick_by_hand() -> None:
    """P lifts C to 1 after the first quarter: three quarters at 1. By the first a level-quarter is worth 1 and money
    0.1 a million, by the other 2 and nothing.
    """
    first = build(modes={"P": {"cost_likely": 2}}, gains=[("P", "C", 1)], settings={"money_weight": 0.1})
    other = change_rows(change(first, money_weight=0.0), "goals", weight=8)
    a, b = by_hand(first, {}), by_hand(other, {"P": 0})
    assert (a.objective, b.objective) == pytest.approx((0.0, 6.0))
    assert valued(b, first) == pytest.approx(3.0 - 0.2)
    assert valued(a, other) == pytest.approx(0.0)


def test_what_only_the_other_values_counts_for_nothing() -> None:
    first = build()
    other = build({"P": {}, "Q": {"product_value": 1.0}}, capabilities=["C", "K"], gains=[("Q", "K", 1)])
    plan = by_hand(other, {"Q": 0})
    assert plan.objective > 0
    assert valued(plan, first) == pytest.approx(0.0)
    (against,) = compare(by_hand(first), plan).against
    assert against.only_here == ("K", "Q")
    assert not against.same_worth


SOFT = {"rule": "products", "comparison": ">=", "threshold": 1, "kind": "soft", "price": 1.0}
OBSTACLES = {
    "longer": (build(), build(settings={"quarters": 5}), "the horizons differ: 2027Q1 to 2027Q4, and 2027Q1 to 2028Q1"),
    "later": (build(), build(settings={"start": at("2027Q2")}), "the horizons differ"),
    "currency": (build(), build(settings={"currency": "VND"}), "the money differs: USD"),
    "prices": (build(), build(settings={"price_year": 2030}), "the money differs"),
    "capability": (build(capabilities=["C", "K"]), build(), "capabilities are missing in its programme: K"),
    "scope": (
        build(fields=["F", "H"], directives={"D": {**SOFT, "scope": "H"}}),
        build(),
        "soft directives speak of what is missing in its programme: H",
    ),
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_what_cannot_be_compared_gets_no_number(kind: str) -> None:
    first, other, words = OBSTACLES[kind]
    worth = valued(by_hand(other), first)
    assert isinstance(worth, Text)
    assert words in str(worth)
    found = compare(by_hand(first), by_hand(other))
    (against,) = found.against
    assert against.value is None
    assert words in str(against.obstacle)
    assert not against.same_worth
    assert row_of(found, "value").values[1] is None
    assert row_of(found, "objective").values[1] is not None


def test_of_other_horizons_nothing_is_said_of_the_best_plans() -> None:
    first, other, _ = OBSTACLES["longer"]
    found = compare(by_hand(first), by_hand(other))
    assert found.against[0].best is None
    assert row_of(found, "money_by_year", "2028").values == (None, 0.0)


# What is known of the best plans


def test_the_best_plans_lie_between_objectives_and_bounds() -> None:
    programme = build(gains=[("P", "C", 1)], budget=[("base", 2027, 9.0), ("low", 2027, 8.0)])
    a = by_hand(programme, {"P": 0}, bound=5.0)
    b = by_hand(programme, {"P": 1}, scenario="low", bound=4.5)
    assert (a.objective, b.objective) == pytest.approx((3.0, 2.0))
    (against,) = compare(a, b).against
    assert against.value == pytest.approx(-1.0)
    assert against.best == pytest.approx((2.0 - 5.0, 4.5 - 3.0))
    assert against.optimum is None


def test_plans_of_one_problem_have_one_best_plan() -> None:
    programme = build(gains=[("P", "C", 1)])
    a, b = by_hand(programme, {"P": 0}, bound=5.0), by_hand(programme, {"P": 1}, bound=4.5)
    (against,) = compare(a, b).against
    assert against.value == pytest.approx(-1.0)
    assert against.same_problem
    assert against.best == (0.0, 0.0)
    assert against.optimum == pytest.approx((3.0, 4.5))


# Why


def test_a_predecessor_that_is_dropped_too() -> None:
    programme = build(["P", "Q"], project_links=[("Q", "P")])
    found = compare(by_hand(programme, {"P": 0, "Q": 1}), by_hand(programme))
    assert why(found, "Q") == {
        "field": "its field F is no longer opened", "predecessor": "its predecessor P is dropped too",
    }  # fmt: skip
    assert "predecessor" not in why(found, "P")
    back = compare(by_hand(programme), by_hand(programme, {"P": 0, "Q": 1}))
    assert why(back, "Q")["predecessor"] == "its predecessor P is added too"
    assert why(back, "Q")["field"] == "its field F was not opened before"


def test_a_predecessor_that_ends_later() -> None:
    programme = build(["P", "Q"], project_links=[("Q", "P")])
    found = compare(by_hand(programme, {"P": 0, "Q": 1}), by_hand(programme, {"P": 2, "Q": 3}))
    assert change_of(found, "Q").moved == 2
    assert why(found, "Q") == {"predecessor": "its predecessor P ends in 2027Q3 instead of 2027Q1"}
    assert why(found, "P") == {}
    back = compare(by_hand(programme, {"P": 2, "Q": 3}), by_hand(programme, {"P": 0, "Q": 1}))
    assert why(back, "Q") == {"predecessor": "its predecessor P ends in 2027Q1 instead of 2027Q3"}


def test_a_predecessor_that_is_new() -> None:
    first = build(["P", "Q", "R"])
    other = with_rows(first, "project_links", build(["P", "Q"], project_links=[("Q", "P")]).project_links)
    found = compare(by_hand(first, {"Q": 0}), by_hand(other, {"R": 0}))
    assert why(found, "Q") == {"predecessor": "it must wait for P now, which is not funded"}


def test_a_project_that_is_not_in_one_programme() -> None:
    found = compare(by_hand(build(["P", "Q"]), {"Q": 0}), by_hand(build(["P", "R"]), {"R": 0}))
    rows = {row.project: row for row in found.projects}
    assert rows["Q"].known == (True, False)
    assert rows["R"].known == (False, True)
    assert why(found, "Q") == {"project": "it is no longer in the programme"}
    assert why(found, "R") == {"project": "it is new in the programme"}


def test_a_mode_that_went_with_its_supplier() -> None:
    modes = {"P": {}, "P-2": {"kind": "partner"}}
    first = build(modes=modes, suppliers=["V"], reliance=[("P-2", "V", 0.5)])
    found = compare(by_hand(first, {"P-2": 0}), by_hand(build(), {"P": 0}))
    assert change_of(found, "P").mode
    assert why(found, "P") == {"mode": "its mode P-2 is no longer in the programme, nor is its supplier V"}
    kept = build(modes={"P": {}}, suppliers=["V"])
    assert why(compare(by_hand(first, {"P-2": 0}), by_hand(kept)), "P") == {
        "mode": "its mode P-2 is no longer in the programme"
    }


def test_a_start_that_is_no_longer_open() -> None:
    first = build()
    other = change_rows(first, "projects", earliest=at("2027Q3"))
    found = compare(by_hand(first, {"P": 0}), by_hand(other, {"P": 2}))
    assert why(found, "P") == {"window": "its mode P can no longer start in 2027Q1"}
    assert [d.column for d in found.against[0].inputs] == ["earliest"]


def test_a_project_that_is_fixed() -> None:
    first = build()
    other = with_rows(first, "locks", build(locks=[("P", "P", at("2027Q2"))]).locks)
    found = compare(by_hand(first, {"P": 0}), by_hand(other, {"P": 1}))
    assert why(found, "P") == {"lock": "it is fixed now: P from 2027Q2"}


def test_a_capability_that_comes_later() -> None:
    programme = build(["P", "Q"], gains=[("P", "C", 1)], prerequisites=[("Q", "C", 1)])
    found = compare(by_hand(programme, {"P": 0, "Q": 1}), by_hand(programme, {"P": 1, "Q": 2}))
    assert why(found, "Q") == {"capability": "in 2027Q2 capability C stands at 0; it needs 1, which comes in 2027Q3"}
    gone = compare(by_hand(programme, {"P": 0, "Q": 1}), by_hand(programme))
    assert why(gone, "Q")["capability"] == "in 2027Q2 capability C stands at 0; it needs 1"
    back = compare(by_hand(programme, {"P": 1, "Q": 2}), by_hand(programme, {"P": 0, "Q": 1}))
    assert why(back, "Q") == {"capability": "in 2027Q2 capability C stood at 0 before; it needs 1"}


def test_money_people_and_directives_that_are_short() -> None:
    facts: dict[str, Any] = {
        "modes": {"P": {"cost_likely": 3}, "Q": {"cost_likely": 1}},
        "skills": {"S": {"people_start": 2}},
        "mode_skills": [("P", "S", 2), ("Q", "S", 1)],
    }
    rich, poor = build(["P", "Q"], budget=4, **facts), build(["P", "Q"], budget=3, **facts)
    found = compare(by_hand(rich, {"P": 0, "Q": 1}), by_hand(poor, {"Q": 0}))
    assert why(found, "P") == {"money": "not enough money in 2027", "people": "not enough people of S"}
    limit = {"rule": "products", "comparison": "<=", "threshold": 0, "kind": "hard"}
    first = build({"P": {"product_en": "X"}, "Q": {}})
    other = build({"P": {"product_en": "X"}, "Q": {}}, directives={"D": limit})
    found = compare(by_hand(first, {"P": 0, "Q": 0}), by_hand(other, {"Q": 0}))
    assert why(found, "P") == {"directive": "with it the plan would miss D"}


def test_a_cost_that_rose_and_a_duty_that_ended() -> None:
    first = build({"P": {"mandatory": True}, "Q": {}}, modes={"P": {"cost_likely": 8}, "Q": {}})
    dearer = change_rows(build(["P", "Q"]), "modes", cost_likely=lambda row: 12 if row.mode == "P" else 0)
    found = compare(by_hand(first, {"P": 0, "Q": 0}), by_hand(dearer, {"Q": 0}))
    assert why(found, "P") == {
        "mandatory": "it is no longer mandatory", "cost": "its mode P costs 12 million instead of 8",
    }  # fmt: skip
    moved = compare(by_hand(first, {"P": 0}), by_hand(dearer, {"P": 0}))
    assert (change_of(moved, "P").what, change_of(moved, "P").cost) == ("changed", 4.0)
    cheaper = change_rows(first, "modes", cost_likely=1)
    assert why(compare(by_hand(first, {"P": 0, "Q": 0}), by_hand(cheaper, {"Q": 0})), "P") == {}


def test_where_the_data_says_nothing_nothing_is_said() -> None:
    programme = build(["P", "Q"])
    assert why(compare(by_hand(programme, {"P": 0, "Q": 0}), by_hand(programme, {"Q": 0})), "P") == {}
    assert why(compare(by_hand(programme, {"P": 0}), by_hand(programme, {"P": 2})), "P") == {}


# More of what is told


def test_data_of_changed_projects_stands_first() -> None:
    first = build(["P", "Q"], capabilities={"C": {"depreciation": FIFTH}})
    other = change_rows(first, "capabilities", depreciation=0.0)
    other = change_rows(other, "modes", cost_likely=lambda row: 1 if row.mode == "Q" else 0)
    (against,) = compare(by_hand(first, {"Q": 0}), by_hand(other, {})).against
    assert [found.table for found in against.inputs] == ["modes", "capabilities"]


def test_several_plans_stand_against_the_first(base: Plan, low: Plan) -> None:
    found = compare(base, low, base)
    assert len(found.plans) == 3
    assert len(found.against) == 2
    assert all(len(row.values) == 3 for row in (*found.measures, *found.fields, *found.entrants, *found.purchases))
    assert all(len(row.changes) == 2 for row in found.projects)
    assert change_of(found, "P4", 1).what == "dropped"
    assert change_of(found, "P4", 2).what == "same"
    assert found.against[0] == compare(base, low).against[0]


def test_one_plan_is_no_comparison(base: Plan) -> None:
    with pytest.raises(ValueError, match="two plans"):
        compare(base)


def test_it_is_a_public_name() -> None:
    assert lotrinh.compare is compare


def test_the_summary_is_plain_and_its_keys_are_settled(base: Plan, low: Plan) -> None:
    content = compare(base, low).summary()
    assert json.loads(json.dumps(content)) == content
    assert list(content) == [
        "plans", "against", "measures", "directives", "projects", "fields", "entrants", "purchases",
    ]  # fmt: skip
    assert set(content["plans"][0]) == {
        "fingerprint", "budget", "currency", "price_year", "start", "quarters", "status", "worst",
    }  # fmt: skip
    assert set(content["against"][0]) == {
        "value", "obstacle", "best", "same_problem", "optimum", "same_worth", "only_here", "inputs",
    }  # fmt: skip
    assert set(content["projects"][0]) == {"project", "known", "runs", "changes"}
    assert set(content["projects"][0]["changes"][0]) == {"what", "moved", "mode", "cost", "reasons"}
    assert set(content["projects"][0]["runs"][0]) == {"mode", "kind", "start", "end", "chance", "cost"}
    assert set(content["measures"][0]) == {"measure", "of", "unit", "values"}
    assert set(content["directives"][0]["plans"][0]) == {
        "rule", "kind", "comparison", "threshold", "measure", "held", "margin",
    }  # fmt: skip
