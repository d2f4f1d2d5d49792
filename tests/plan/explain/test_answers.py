"""Answers against the truth: tiny programmes whose every variant is solved from scratch, by the oracle or exactly."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from tests.oracle.oracle import solve
from tests.oracle.tiny import tiny
from tests.plan.builders import build, change_rows, with_rows
from tests.plan.directives.said import EXACT, best, directive, under

from lotrinh.base.issues import NoPlanError, UsageError
from lotrinh.measures.paths import follow, value
from lotrinh.plan import search as module
from lotrinh.plan.alternatives import alternatives
from lotrinh.plan.columns import within_limits
from lotrinh.plan.explain.again import again
from lotrinh.plan.explain.alone import alone
from lotrinh.plan.explain.broken import broken_words, members_of
from lotrinh.plan.explain.price import price, prices
from lotrinh.plan.explain.waiting import waiting
from lotrinh.plan.explain.why_not import ceiling, moved, why_not
from lotrinh.plan.formulate import formulate
from lotrinh.plan.front import BETTER, front
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.search import search
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

SEEDS = range(60)
NEAR = 2e-6
FORBIDDEN = ("no_start", "out_of_reach", "forbidden")


@cache
def planned(seed: int) -> Plan | None:
    try:
        return optimise(tiny(seed), EXACT)
    except NoPlanError:
        return None


def mandatory(programme: Programme, project: str) -> Programme:
    """Return the programme in which a project must run."""
    return change_rows(programme, "projects", mandatory=lambda row: row.mandatory or row.project == project)


def contains(interval: object, truth: float) -> bool:
    low, high = interval.low, interval.high  # type: ignore[attr-defined]
    return bool(low - NEAR * max(1.0, abs(truth)) <= truth <= high + NEAR * max(1.0, abs(truth)))


def test_why_not_agrees_with_the_oracle() -> None:
    seen = set()
    for seed in SEEDS:
        plan = planned(seed)
        for project in plan.refused if plan is not None else ():
            answer = why_not(plan, project, EXACT)
            truth = solve(mandatory(plan.programme, project), plan.quantities.scenario)
            seen.add(answer.status)
            if truth.objective is None:
                assert answer.status in FORBIDDEN, (seed, project, answer.status)
            else:
                assert answer.status == "possible", (seed, project, answer.status)
                assert contains(answer.cost, plan.objective - truth.objective), (seed, project, answer.cost)
                assert project in moved(plan, answer.other)["added"]
    assert {"possible", "no_start", "out_of_reach", "forbidden"} <= seen | {"no_start"}


def test_why_not_of_a_chosen_project_and_of_an_unknown_one() -> None:
    plan = best(build(["P"], gains=[("P", "C", 1)]))
    assert why_not(plan, "P", EXACT).status == "chosen"
    with pytest.raises(UsageError, match="there is no project X"):
        why_not(plan, "X", EXACT)


def test_a_level_out_of_reach_is_told_with_the_highest() -> None:
    """P builds one level, of which nothing is lost; Q needs two of it."""
    kinds = ["C", "D"]
    gains = [("P", "C", 1), ("Q", "D", 1)]
    plan = best(build(["P", "Q"], capabilities=kinds, gains=gains, prerequisites=[("Q", "C", 2)]))
    (found,) = why_not(plan, "Q", EXACT).out_of_reach
    assert (found.project, found.capability, found.needed) == ("Q", "C", 2)
    assert found.reached == pytest.approx(1.0, abs=1e-6)


def test_no_plan_exceeds_the_ceiling() -> None:
    for seed in SEEDS:
        plan = planned(seed)
        if plan is not None:
            assert (plan.paths.usable[0] <= ceiling(plan.quantities) + 1e-9).all()


RULES = [
    directive("focus_fields", "<=", 1),
    directive("national_goals", ">=", 0.6),
    directive("withdrawal", ">=", 0.8),
    directive("long_term", ">=", 3),
    directive("exploration", "<=", 0.3),
    directive("releases", ">=", 0.3),
    directive("consortium", ">=", 0.5),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda row: row.rule)
def test_a_price_is_the_difference_of_two_programmes_solved_from_scratch(rule: object) -> None:
    statuses = set()
    for seed in range(12):
        programme = tiny(seed)
        hard, free = best(programme, rule), best(programme, dataclasses.replace(rule, kind="watch"))
        if free is None:
            continue
        asked = price(free, "D", EXACT)
        statuses.add(asked.status)
        if hard is None:
            assert asked.status == "impossible", seed
            continue
        truth = free.objective - hard.objective
        assert asked.status in ("free", "priced")
        assert contains(asked.interval, truth), (seed, asked.interval, truth)
        other = price(hard, "D", EXACT)
        assert other.status == "priced"
        assert contains(other.interval, truth), (seed, other.interval, truth)
    assert statuses & {"free", "priced"}


def test_what_no_plan_holds_is_told_with_the_nearest() -> None:
    """Two projects with a product each: two products are the most, all else certain."""
    programme = build({"P": {"product_en": "A"}, "Q": {"product_en": "B"}}, gains=[("P", "C", 1), ("Q", "C", 1)])
    plan = best(programme, dataclasses.replace(directive("products", ">=", 5), kind="watch"))
    asked = price(plan, "D", EXACT)
    assert (asked.status, asked.interval) == ("impossible", None)
    assert asked.reached == pytest.approx(2.0)


def test_a_rule_that_can_only_be_watched_has_no_price_unless_held() -> None:
    plan = best(build(["P"], gains=[("P", "C", 1)]), dataclasses.replace(directive("tail", ">=", 9), kind="watch"))
    assert price(plan, "D", EXACT).status == "watched"
    with pytest.raises(UsageError, match="there is no directive X"):
        price(plan, "X", EXACT)


def test_prices_come_in_the_order_of_the_data() -> None:
    plan = optimise(load("cases/small"), EXACT)
    assert [asked.verdict.directive.directive for asked in prices(plan, EXACT)] == list(plan.programme.directives.ids)


def test_other_starts_agree_with_programmes_solved_from_scratch() -> None:
    compared = 0
    for seed in range(20):
        plan = planned(seed)
        if plan is None:
            continue
        q = plan.quantities
        for row in plan.projects()[:2]:
            if q.programme.projects.position(row["project"]) in q.locks:
                continue
            for each in waiting(plan, row["project"], EXACT, (-2, -1, 1, 2)):
                there = fixed_start(plan, row["project"], each.start)
                truth = solve(there, q.scenario)
                compared += 1
                if truth.objective is None:
                    assert each.status == "infeasible"
                else:
                    assert contains(each.loss, plan.objective - truth.objective), (seed, row, each)
    assert compared > 20


def fixed_start(plan: Plan, project: str, start: str) -> Programme:
    """Return the programme in which a project must start in one quarter."""
    quarter = plan.programme.calendar.start.parse(start)
    rows = [
        dataclasses.replace(row, mandatory=True, earliest=quarter, latest=quarter) if row.project == project else row
        for row in plan.programme.projects
    ]
    return with_rows(plan.programme, "projects", rows)


def test_moving_one_project_alone_is_exact() -> None:
    for seed in range(20):
        plan = planned(seed)
        if plan is None:
            continue
        q, formulation = plan.quantities, formulate(plan.quantities)
        for option in range(len(q.options)):
            found = alone(plan, formulation, option)
            chosen = plan.decisions.option.copy()
            chosen[q.options.project[option]] = option
            moved_ = within_limits(formulation, dataclasses.replace(plan.decisions, option=chosen))
            paths = follow(q, moved_)
            assert found.change == pytest.approx(float(value(paths)[0]) - plan.objective, abs=1e-6)
            if option in plan.decisions.chosen:
                assert not len(found.rows)
                assert found.change == pytest.approx(0.0, abs=1e-6)
            if not len(found.rows):
                assert found.change <= NEAR * max(1.0, abs(plan.objective))  # else the plan was not the best


def test_alternatives_agree_with_plans_solved_from_scratch() -> None:
    """A project is in all plans within the share if none without it is worth so much, in none if none with it is."""
    for seed in range(15):
        plan = planned(seed)
        if plan is None or plan.objective <= 0:
            continue
        found = alternatives(plan, 0.1, EXACT)
        assert found.proven
        assert sorted((*found.always, *found.sometimes, *found.never)) == sorted(plan.programme.projects.ids)
        assert all(worth >= found.least - 1e-6 for worth, _ in found.plans)
        for project in plan.programme.projects.ids:
            with_, without = solve(mandatory(plan.programme, project), plan.quantities.scenario), dropped(plan, project)
            reached = [truth is not None and truth >= found.least + 1e-6 for truth in (with_.objective, without)]
            missed = [truth is None or truth < found.least - 1e-6 for truth in (with_.objective, without)]
            if all(reached):
                assert project in found.sometimes, (seed, project)
            elif missed[1]:
                assert project in found.always, (seed, project)
            elif missed[0]:
                assert project in found.never, (seed, project)


def dropped(plan: Plan, project: str) -> float | None:
    """Return what the best plan without a project is worth, None where it must run."""
    q = plan.quantities
    p = q.programme.projects.position(project)
    if q.mandatory[p]:
        return None
    formulation = formulate(q)
    mine = formulation.variables.x[np.flatnonzero(q.options.project == p)]
    form = formulation.form.fixed(mine, np.zeros(len(mine)))
    answer = search(dataclasses.replace(formulation, form=form), EXACT)
    return None if answer.x is None else answer.objective


def test_the_front_of_small_trades_money_and_independence_for_value() -> None:
    plan = optimise(load("cases/small"), EXACT)
    points = front(plan, EXACT, money=(0.0, 0.5), independence=(0.0, 50.0))
    assert points[0].value == pytest.approx(plan.objective + _penalty(plan), abs=1e-6)
    assert len(points) == 5
    assert max(point.value for point in points) <= points[0].value + NEAR * plan.objective + _penalty(plan)
    saving = [point for point in points if point.money_weight == 0.5]
    assert min(point.cost for point in saving) < points[0].cost
    wary = [point for point in points if point.independence_price == 50.0]
    assert max(point.independence for point in wary) >= points[0].independence
    for one in points:
        beaten = any(
            all(s * getattr(other, m) >= s * getattr(one, m) - 1e-9 for m, s in BETTER.items())
            and any(s * getattr(other, m) > s * getattr(one, m) + 1e-9 for m, s in BETTER.items())
            for other in points
        )
        assert one.efficient is not beaten


def _penalty(plan: Plan) -> float:
    return float(value(plan.paths)[0]) - plan.objective


def test_a_search_begins_from_a_plan_and_keeps_it_where_it_is_best() -> None:
    for seed in range(20):
        plan = planned(seed)
        if plan is None:
            continue
        again = optimise(plan.programme, dataclasses.replace(EXACT, threads=2), start=plan)
        assert again.objective == pytest.approx(plan.objective, abs=1e-6)
        less = change_rows(plan.programme, "budget", amount=lambda row: 0.7 * row.amount)
        truth = solve(less, plan.quantities.scenario)
        try:
            cut = optimise(less, EXACT, start=plan)
        except NoPlanError:
            assert truth.objective is None
        else:
            assert cut.objective == pytest.approx(truth.objective, abs=1e-6)


def test_directives_do_not_touch_the_plan_in_hand() -> None:
    programme = under(tiny(3), dataclasses.replace(directive("focus_fields", "<=", 9), kind="watch"))
    plan = optimise(programme, EXACT)
    before = plan.programme.fingerprint
    price(plan, "D", EXACT)
    assert plan.programme.fingerprint == before


def test_a_directive_that_a_move_breaks_is_told() -> None:
    """Two modes of P, one of them relying on a supplier in full: the other alone may be chosen under withdrawal."""
    programme = build(
        {"P": {}},
        modes={"P-D": {"project": "P"}, "P-P": {"project": "P", "kind": "partner"}},
        gains=[("P", "C", 1)],
        suppliers={"F": {"country": "X"}},
        reliance=[("P-P", "F", 1)],
    )
    plan = best(programme, directive("withdrawal", ">=", 0.9))
    assert plan.projects()[0]["mode"] == "P-D"
    q, formulation = plan.quantities, formulate(plan.quantities)
    other = next(x for x in range(len(q.options)) if programme.modes.ids[q.options.mode[x]] == "P-P")
    found = alone(plan, formulation, other)
    assert found.directives == ("D",)
    assert any("D" in str(words) for words in broken_words(formulation, members_of(formulation), found))


def test_who_waits_for_a_project_without_a_start_has_none() -> None:
    """Q waits for P, whose only mode is longer than the horizon."""
    programme = build(
        ["P", "Q"], modes={"P": {"duration": 9}, "Q": {}}, gains=[("Q", "C", 1)], project_links=[("Q", "P")]
    )
    plan = best(programme)
    assert (why_not(plan, "Q", EXACT).status, why_not(plan, "Q", EXACT).no_start) == ("no_start", ("P",))
    assert why_not(plan, "P", EXACT).no_start == ("P",)


def test_a_plan_in_hand_is_never_lost_to_a_solver_that_denies_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(2) or planned(3)
    assert plan is not None
    real = module.solve

    def liar(form: object, *given: object, **more: object) -> object:
        answer = real(form, *given, **more)  # type: ignore[arg-type]
        whole = form.whole.any()  # type: ignore[attr-defined]
        return dataclasses.replace(answer, status="infeasible", x=None, bound=np.nan) if whole else answer

    monkeypatch.setattr(module, "solve", liar)
    answer = search(formulate(plan.quantities), EXACT, start=plan.decisions)
    assert answer.status in ("feasible", "optimal")
    assert answer.objective == pytest.approx(plan.objective, abs=1e-6)
    assert answer.bound >= plan.objective - 1e-6


def test_a_plan_that_beats_a_stated_bound_is_told() -> None:
    plan = best(build(["P", "Q"], gains=[("P", "C", 1), ("Q", "C", 1)]))
    formulation = formulate(plan.quantities)
    with pytest.raises(UsageError, match="exceeds its bound"):
        again(formulation, plan.decisions, EXACT, limit=0.5 * plan.objective)
