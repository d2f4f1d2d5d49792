"""The oracle alone: cases worked by hand, the search against plain enumeration, what tiny programmes are made of."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import random
from pathlib import Path
from typing import Any

import pytest
from tests.oracle import oracle
from tests.oracle.oracle import OracleResult, execute, solve
from tests.oracle.tiny import FEATURES, build, has, supplied, tiny

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import Entity
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme, Table

SMALL = Path(__file__).parents[2] / "cases" / "small"
FIFTH = 0.5904
"""A yearly share that is a fifth in a quarter: 1 − 0.8⁴."""
Q1, Q2, Q3, Q4 = (Quarter(2027, quarter) for quarter in (1, 2, 3, 4))


def world(
    quarters: int, money: float | dict[int, float] = 100, settings: dict[str, Any] | None = None, **tables: Any
) -> Programme:
    """A plain world: no discount, no terminal value, one field, one goal, place A with lead OA and place B with OB.

    Unless said otherwise there is one capability K at 0 that nothing wears down.
    """
    rows: dict[str, Any] = {
        "goals": [{"goal": "G", "weight": 1}],
        "fields": [{"field": "F", "critical_mass": 0}],
        "capabilities": [capability()],
        "places": [{"place": "A"}, {"place": "B"}],
        "organisations": [{"organisation": f"O{place}", "kind": "institute", "place": place} for place in ("A", "B")],
        "budget": [
            {"year": year, "amount": money[year] if isinstance(money, dict) else money}
            for year in (money if isinstance(money, dict) else (2027, 2028, 2029))
        ],
        **tables,
    }
    if "capability_goals" not in rows:
        rows["capability_goals"] = [
            {"capability": row["capability"], "goal": "G", "share": 1} for row in rows["capabilities"]
        ]
    facts = {"quarters": quarters, "discount": 0, "above_target": 1, "terminal": 0, **(settings or {})}
    return build(facts, **rows)


def capability(k: str = "K", start: float = 0, depreciation: float = 0, **facts: Any) -> dict[str, Any]:
    return {"capability": k, "field": "F", "level_start": start, "target": 5, "depreciation": depreciation, **facts}


def project(p: str = "P", **facts: Any) -> dict[str, Any]:
    return {"project": p, "field": "F", "lead": "OA", **facts}


def mode(p: str = "P", duration: int = 1, cost: float = 0, m: str = "", **facts: Any) -> dict[str, Any]:
    return {"mode": m or p, "project": p, "kind": "domestic", "duration": duration, "cost_likely": cost, **facts}


def gate(chance: float, at: float = 1, release: float = 0, m: str = "P", number: int = 1) -> dict[str, Any]:
    return {"mode": m, "gate": number, "at": at, "chance": chance, "release": release}


def gain(levels: float, p: str = "P", k: str = "K") -> dict[str, Any]:
    return {"project": p, "capability": k, "levels": levels}


def started(result: OracleResult) -> dict[str, int]:
    return {p: start for p, (_, start) in result.starts.items()}


# Time, weights, value


def test_time_and_discount() -> None:
    # 1.05⁴ = 1.21550625: a quarter's discount is 1.05. Level 1 for two quarters, then 2 years of it at the end.
    programme = world(2, settings={"discount": 0.21550625, "terminal": 2}, capabilities=[capability(start=1)])
    assert solve(programme, "base").objective == pytest.approx((1 + 1 / 1.05) / 4 + 2 / 1.05**2)


def test_goals_weigh_and_value_bends_at_the_target() -> None:
    # ω = 2·0.5 + 1·0.3 = 1.3; v(3) = 2 + 0.1·(3 − 2) = 2.1; one quarter.
    programme = world(
        1,
        settings={"above_target": 0.1},
        goals=[{"goal": "G", "weight": 2}, {"goal": "H", "weight": 1}],
        capabilities=[capability(start=3, target=2)],
        capability_goals=[
            {"capability": "K", "goal": "G", "share": 0.5},
            {"capability": "K", "goal": "H", "share": 0.3},
        ],
    )
    assert solve(programme, "base").objective == pytest.approx(1.3 * 2.1 / 4)


def test_levels_wear_down() -> None:
    # 2, 1.6, 1.28: (2 + 1.6)/4 + 1·1.28 = 2.18.
    programme = world(2, settings={"terminal": 1}, capabilities=[capability(start=2, depreciation=FIFTH)])
    assert solve(programme, "base").objective == pytest.approx(2.18)


# Rule 1: selection


def selection(**facts: Any) -> Programme:
    return world(3, settings={"terminal": 1}, projects=[project(**facts)], modes=[mode(duration=2)], gains=[gain(1)])


def test_a_gain_counts_from_the_end_of_the_project() -> None:
    # Start 0: level 1 at t = 2 and 3: 1/4 + 1 = 1.25. Start 1: level 1 at t = 3 alone: 1.
    result = solve(selection(), "base")
    assert (started(result), result.objective) == ({"P": 0}, pytest.approx(1.25))


def test_start_windows_hold() -> None:
    result = solve(selection(earliest=Q2), "base")
    assert (started(result), result.objective) == ({"P": 1}, pytest.approx(1))
    # The latest start that the horizon leaves is 1.
    assert started(solve(selection(earliest=Q3), "base")) == {}
    assert started(solve(selection(latest=Quarter(2026, 4)), "base")) == {}


def test_mandatory_means_exactly_once() -> None:
    assert solve(selection(mandatory=True, earliest=Q3), "base").status == "infeasible"
    # Without any gain it would be left out.
    programme = dataclasses.replace(selection(mandatory=True), gains=Table(()))
    assert list(solve(programme, "base").starts) == ["P"]


def test_a_lock_keeps_mode_and_start_and_waits_for_nothing() -> None:
    # Three quarters of work at 3 each, of which the first fell before the programme; ends at t = 2: 1/4 + 1 = 1.25.
    # Neither its window nor its predecessor nor its prerequisite counts.
    programme = world(
        3,
        settings={"terminal": 1},
        projects=[project(earliest=Quarter(2028, 1)), project("Q")],
        modes=[mode(duration=3, cost=9), mode(m="other"), mode("Q", cost=1000)],
        gains=[gain(1)],
        project_links=[{"project": "P", "predecessor": "Q"}],
        prerequisites=[{"project": "P", "capability": "K", "level": 4}],
        locks=[{"project": "P", "mode": "P", "start": Quarter(2026, 4)}],
    )
    result = solve(programme, "base")
    assert (result.starts, result.objective) == ({"P": ("P", -1)}, pytest.approx(1.25))
    assert execute(programme, "base", result.starts, {}, {}, {}).spend == pytest.approx([3, 3, 0])
    # It is chosen whether it pays or not: with money for 5.9 of the 6, there is no plan.
    assert solve(with_money(programme, 5.9), "base").status == "infeasible"


def with_money(programme: Programme, amount: float) -> Programme:
    rows = [dataclasses.replace(row, amount=amount) for row in programme.budget]
    return dataclasses.replace(programme, budget=Table(rows))


@pytest.mark.parametrize("start", [Quarter(2026, 2), Q2])
def test_a_lock_outside_the_horizon_is_an_error(start: Quarter) -> None:
    # From 2026Q2 it ends at t = 0; from 2027Q2 at t = 4, after T = 3.
    locks = [{"project": "P", "mode": "P", "start": start}]
    with pytest.raises(ValueError, match="lock"):
        solve(world(3, projects=[project()], modes=[mode(duration=3)], locks=locks), "base")


# Chance, cost, tranches


def test_a_failed_project_leaves_its_failure_share() -> None:
    # π = 0.5·0.8 = 0.4; E = 2·0.5·(0.4 + 0.6·0.25) = 0.55.
    programme = world(
        1,
        settings={"terminal": 1},
        projects=[project(failure_share=0.25)],
        modes=[mode(gain_factor=0.5)],
        gates=[gate(0.5, at=0.5), gate(0.8, number=2)],
        gains=[gain(2)],
    )
    assert solve(programme, "base").objective == pytest.approx(0.55)


@pytest.mark.parametrize(("terminal", "start", "value"), [(10, 2, 6.8), (0.5, 0, 0.5)])
def test_waiting_lets_the_world_mature(terminal: float, start: int, value: float) -> None:
    # π(0) = 0.5, π(1) = 1 − 0.5·0.8 = 0.6, π(2) = 1 − 0.5·0.64 = 0.68.
    # Start 0: 2·0.5/4 + 0.5·terminal; start 1: 0.6/4 + 0.6·terminal; start 2: 0.68·terminal.
    programme = world(
        3,
        settings={"terminal": terminal},
        projects=[project()],
        modes=[mode(maturing=FIFTH)],
        gates=[gate(0.5)],
        gains=[gain(1)],
    )
    result = solve(programme, "base")
    assert (started(result), result.objective) == ({"P": start}, pytest.approx(value))


def test_waiting_changes_the_cost() -> None:
    # 0.9⁴ = 0.6561: the cost is 1, 0.9, 0.81, ...; with 0.85 it can be paid from t = 2. Ends at 3: 1/4.
    programme = world(4, money=0.85, projects=[project()], modes=[mode(cost=1, cost_trend=-0.3439)], gains=[gain(1)])
    result = solve(programme, "base")
    assert (started(result), result.objective) == ({"P": 2}, pytest.approx(1 / 4))
    assert execute(programme, "base", result.starts, {}, {}, {}).spend == pytest.approx([0, 0, 0.81, 0])


@pytest.mark.parametrize(
    ("gates", "spend"),
    [
        ((), [5, 5]),
        # 4 by the gate at a quarter of the time, 6 evenly over the other three quarters: 4 + 2, then 4.
        ((gate(0.5, 0.25, 0.6),), [6, 4]),
        # 10·(1 − 0.3 − 0.5) = 2 until 0.25; 3 from there to 0.75; 5 from there: 2 + 1.5, then 1.5 + 5.
        ((gate(0.5, 0.25, 0.3), gate(0.5, 0.75, 0.5, number=2)), [3.5, 6.5]),
        # A gate at 1 releases nothing, whatever it says.
        ((gate(0.5, 1, 0.5),), [5, 5]),
        # 0.5 until the gate at 0.5, 0.5 from there to the end: the gate at 1 is no limit.
        ((gate(0.5, 0.5, 0.4), gate(0.5, 1, 0.5, number=2)), [6, 4]),
    ],
)
def test_money_flows_by_tranches(gates: tuple[dict[str, Any], ...], spend: list[float]) -> None:
    # The programme begins in the last quarter of 2027, so that each quarter of work is paid by another year.
    facts = {"projects": [project(mandatory=True)], "modes": [mode(duration=2, cost=10)], "gates": gates}
    programme = world(2, money=100, settings={"start": Q4}, **facts)
    assert execute(programme, "base", {"P": ("P", 0)}, {}, {}, {}).spend == pytest.approx(spend)
    enough = dict(zip((2027, 2028), spend, strict=True))
    assert solve(world(2, money=enough, settings={"start": Q4}, **facts), "base").status == "optimal"
    for year, amount in enough.items():
        less = {**enough, year: amount - 0.1}
        assert solve(world(2, money=less, settings={"start": Q4}, **facts), "base").status == "infeasible"


# Rule 3: precedence


def chain(quarters: int, **tables: Any) -> Programme:
    """P1 with two modes of chances 0.5 and 0.7, P2 after it with 0.8, P3 after both, one quarter after P2."""
    return world(
        quarters,
        settings={"terminal": 1},
        projects=[project("P1"), project("P2"), project("P3")],
        modes=[mode("P1", m="a"), mode("P1", m="b"), mode("P2"), mode("P3")],
        gates=[gate(0.5, m="a"), gate(0.7, m="b"), gate(0.8, m="P2")],
        gains=[gain(1, "P3")],
        project_links=[
            {"project": "P3", "predecessor": "P1"},
            {"project": "P2", "predecessor": "P1"},
            {"project": "P3", "predecessor": "P2", "lag": 1},
        ],
        **tables,
    )


def test_a_project_waits_for_its_predecessors() -> None:
    # κ of P3: 0.6 (mean of the modes of P1) · 0.8, each once. P1 at 0, P2 at 1, P3 at 2 + 1 = 3, ends at 4.
    result = solve(chain(5), "base")
    assert started(result) == {"P1": 0, "P2": 1, "P3": 3}
    assert result.objective == pytest.approx(0.48 / 4 + 0.48)
    # In three quarters the chain does not fit.
    assert "P3" not in solve(chain(3), "base").starts


def test_a_locked_predecessor_counts_with_its_own_mode() -> None:
    # P1 is locked in mode b: κ = 0.7·0.8. It ends at 0 + 1, as before.
    result = solve(chain(5, locks=[{"project": "P1", "mode": "b", "start": Q1}]), "base")
    assert result.objective == pytest.approx(0.56 / 4 + 0.56)


# Rules 4, 5, 6: foundations, the top of the scale, prerequisites


def test_a_capability_is_usable_as_far_as_its_foundation() -> None:
    # 0.8·U(K) ≤ U(J) = 2: U(K) = 2.5, though the level is 4.
    programme = world(
        1,
        capabilities=[capability(start=4), capability("J", start=2)],
        capability_goals=[{"capability": "K", "goal": "G", "share": 1}],
        foundations=[{"capability": "K", "rests_on": "J", "weight": 0.8}],
    )
    assert solve(programme, "base").objective == pytest.approx(2.5 / 4)


def test_the_usable_level_ends_at_five_and_the_level_does_not() -> None:
    # Start 0: 4.5, 3.6 + 1.5 = 5.1 (usable 5), 4.08: (4.5 + 5)/4 + 4.08 = 6.455.
    # Start 1: 4.5, 3.6, 2.88 + 1.5 = 4.38: 2.025 + 4.38 = 6.405.
    programme = world(
        2,
        settings={"terminal": 1},
        capabilities=[capability(start=4.5, depreciation=FIFTH)],
        projects=[project()],
        modes=[mode()],
        gains=[gain(1.5)],
    )
    result = solve(programme, "base")
    assert (started(result), result.objective) == ({"P": 0}, pytest.approx(6.455))


def levels(**tables: Any) -> Programme:
    return world(
        3,
        settings={"terminal": 1},
        projects=[project("P1"), project("P2")],
        modes=[mode("P1"), mode("P2")],
        gains=[gain(1, "P1"), gain(1, "P2")],
        prerequisites=[{"project": "P2", "capability": "K", "level": 1}],
        capability_goals=[{"capability": "K", "goal": "G", "share": 1}],
        **tables,
    )


def test_a_project_waits_for_the_level_it_needs() -> None:
    # P1 ends as t = 1 begins, which already counts: P2 at 1. Levels 0, 1, 2, 2: 3/4 + 2.
    result = solve(levels(), "base")
    assert (started(result), result.objective) == ({"P1": 0, "P2": 1}, pytest.approx(2.75))


def test_a_level_that_is_not_usable_does_not_count() -> None:
    # K rests on J at 0.5, so 0.5 of it is usable: P2 can never start. 2·0.5/4 + 0.5.
    programme = levels(
        capabilities=[capability(), capability("J", start=0.5)],
        foundations=[{"capability": "K", "rests_on": "J", "weight": 1}],
    )
    result = solve(programme, "base")
    assert (started(result), result.objective) == ({"P1": 0}, pytest.approx(0.75))


# Rule 2: fields


@pytest.mark.parametrize(("money", "chosen"), [(6, {"P1", "P2"}), (5, set())])
def test_an_opened_field_spends_its_critical_mass(money: float, chosen: set[str]) -> None:
    # Two projects of 3 each; the field needs 5, so one alone does not open it.
    programme = world(
        1,
        money=money,
        settings={"terminal": 1},
        fields=[{"field": "F", "critical_mass": 5}],
        projects=[project("P1"), project("P2")],
        modes=[mode("P1", cost=3), mode("P2", cost=3)],
        gains=[gain(0.5, "P1"), gain(0.5, "P2")],
    )
    assert set(solve(programme, "base").starts) == chosen


def test_critical_mass_counts_money_within_the_horizon() -> None:
    # Of 4, 2 were spent before the programme: 2 is less than 3, and the lock cannot be dropped.
    programme = world(
        1,
        fields=[{"field": "F", "critical_mass": 3}],
        projects=[project()],
        modes=[mode(duration=2, cost=4)],
        locks=[{"project": "P", "mode": "P", "start": Quarter(2026, 4)}],
    )
    assert solve(programme, "base").status == "infeasible"


# Rule 8: training and people


def school(quarters: int = 4, pool: float = 1, need: float = 2, **facts: Any) -> Programme:
    """One project of a quarter that needs `need` of a pool; a flow of `facts` fills the pool."""
    flow = {"flow": "W", "intake_max": 3, "duration": 2, "completion": 1, "cost": 0, **facts}
    return world(
        quarters,
        settings={"terminal": 1},
        projects=[project()],
        modes=[mode()],
        gains=[gain(1)],
        mode_skills=[{"mode": "P", "skill": "S", "fte": need}],
        skills=[{"skill": "S", "people_start": pool, "loss": 0}],
        training=[flow],
        training_skills=[{"flow": "W", "skill": "S", "intake_max": flow["intake_max"]}],
    )


def test_people_are_trained_before_they_work() -> None:
    # Two entrants at 0, of whom half complete, make one more from t = 2. P at 2, ends at 3: 1/4 + 1.
    programme = school(completion=0.5, cost=0.2)
    result = solve(programme, "base")
    assert (started(result), result.entrants) == ({"P": 2}, {("W", "S", 2027): 2})
    assert result.objective == pytest.approx(1.25)
    course = execute(programme, "base", result.starts, result.entrants, {}, {})
    assert course.people["S"] == pytest.approx([1, 1, 2, 2, 2])
    # 2·0.2 over two quarters.
    assert course.spend == pytest.approx([0.2, 0.2, 0, 0])


@pytest.mark.parametrize(("teachers", "runs"), [(0.5, True), (0.6, False)])
def test_teaching_takes_people(teachers: float, runs: bool) -> None:
    # Two entrants need 2·0.5 = 1 of the pool of 1; 2·0.6 is too much.
    assert bool(solve(school(completion=0.5, teachers=teachers), "base").starts) == runs


@pytest.mark.parametrize(("intake", "start", "value"), [(3, 1, 1.75), (2, 3, 1.25), (1, None, 0)])
def test_completions_come_by_their_profile(intake: int, start: int | None, value: float) -> None:
    # Each entrant adds 0.8·0.5·0.5 = 0.2: 0.1 after one quarter and 0.1 after three. 0.3 is needed from an empty pool:
    # by t = 1 with three entrants, by t = 3 with two. Start 1 ends at 2: 3/4 + 1; start 3 ends at 4: 1/4 + 1.
    facts = {"intake_max": intake, "completion": 0.8, "retention": 0.5, "counts": 0.5}
    programme = school(5, 0, 0.3, **facts)
    profile = [{"flow": "W", "after": 1, "share": 0.5}, {"flow": "W", "after": 3, "share": 0.5}]
    programme = dataclasses.replace(programme, training_profile=rows("training_profile", profile))
    result = solve(programme, "base")
    assert started(result) == ({} if start is None else {"P": start})
    assert result.objective == pytest.approx(value)


def rows(table: str, facts: list[dict[str, Any]]) -> Table[Any]:
    return getattr(build(None, **{table: facts}), table)


@pytest.mark.parametrize(
    ("quarters", "opens", "alone", "entrants", "start"),
    [
        (4, Q1, None, {("W", "S", 2027): 1}, 1),  # started at first(y): in time
        (4, Q2, None, {}, None),  # one quarter too late for 2027
        (6, Q2, None, {("W", "S", 2028): 1}, 5),  # in time for 2028, which begins at t = 4
        (4, Q2, 1, {("W", "S", 2027): 1}, 1),  # one may enter without it
    ],
)
def test_a_flow_waits_for_its_project(
    quarters: int, opens: Quarter, alone: float | None, entrants: dict[Any, int], start: int | None
) -> None:
    programme = school(quarters, 0, 1, duration=1, project="Q", intake_alone=alone)
    programme = dataclasses.replace(
        programme,
        projects=rows("projects", [project(), project("Q", earliest=opens)]),
        modes=rows("modes", [mode(), mode("Q")]),
        gains=rows("gains", [gain(1), gain(0.1, "Q")]),
    )
    result = solve(programme, "base")
    assert result.entrants == entrants
    assert started(result).get("P") == start


def test_intake_alone_says_nothing_without_a_project() -> None:
    assert solve(school(intake_alone=0), "base").starts


def test_skills_share_the_intake_of_a_flow() -> None:
    # One entrant a year over both skills: only one of the two skills can be filled.
    programme = school(4, 0, 1, intake_max=1, duration=1)
    programme = dataclasses.replace(
        programme,
        projects=rows("projects", [project(), project("Q")]),
        modes=rows("modes", [mode(), mode("Q")]),
        gains=rows("gains", [gain(1), gain(2, "Q")]),
        skills=rows("skills", [{"skill": s, "people_start": 0, "loss": 0} for s in "SR"]),
        mode_skills=rows("mode_skills", [{"mode": m, "skill": s, "fte": 1} for m, s in (("P", "S"), ("Q", "R"))]),
        training_skills=rows("training_skills", [{"flow": "W", "skill": s, "intake_max": 1} for s in "SR"]),
    )
    assert started(solve(programme, "base")) == {"Q": 1}


def test_people_are_lost() -> None:
    # 2, 1.6, 1.28: 1.5 are there at t = 1 and not at t = 2.
    programme = school(3, 2, 1.5, intake_max=0)
    programme = dataclasses.replace(
        programme, skills=rows("skills", [{"skill": "S", "people_start": 2, "loss": FIFTH}])
    )
    for earliest, runs in ((Q2, True), (Q3, False)):
        late = dataclasses.replace(programme, projects=rows("projects", [project(earliest=earliest)]))
        assert bool(solve(late, "base").starts) == runs


# Rule 9: equipment


def machines(quarters: int = 3, money: float = 100, held: float = 1, leads: str = "A", **facts: Any) -> Programme:
    """One project of a quarter for each place of `leads`, named after it; each holds `held` units of kind E."""
    projects = [f"{place}{i}" for i, place in enumerate(leads)]
    kind = {"equipment": "E", "cost_likely": 2, "lead_time": 0, "units_max": 2, **facts}
    return world(
        quarters,
        money=money,
        settings={"terminal": 1},
        projects=[project(p, lead=f"O{p[0]}") for p in projects],
        modes=[mode(p) for p in projects],
        gains=[gain(1, p) for p in projects],
        equipment=[kind],
        mode_equipment=[{"mode": p, "equipment": "E", "units": held} for p in projects],
    )


@pytest.mark.parametrize(("money", "runs"), [(3, True), (2.9, False)])
def test_a_machine_comes_after_its_lead_time_and_costs_upkeep_and_site(money: float, runs: bool) -> None:
    # Paid at 0: 2; in use from 1: 0.4/4·2 = 0.2 a quarter; the site 0.8/4 = 0.2 in every quarter.
    programme = machines(money=money, lead_time=1, upkeep=0.4, site_cost=0.8)
    result = solve(programme, "base")
    if not runs:
        assert result.starts == {}
        return
    assert (started(result), result.purchases) == ({"A0": 1}, {("E", "A", 2027): 1})
    assert execute(programme, "base", result.starts, {}, result.purchases, {}).spend == pytest.approx([2.2, 0.4, 0.4])
    assert result.objective == pytest.approx(1 / 4 + 1)


def test_machines_serve_their_own_place_unless_remote() -> None:
    # Two places, one may host: only one project runs. Remote, both do: at once with two units, 2 + 2.
    assert len(solve(machines(leads="AB", sites_max=1), "base").starts) == 1
    assert len(solve(machines(leads="AB", sites_max=2), "base").starts) == 2
    result = solve(machines(leads="AB", sites_max=1, remote=True), "base")
    assert started(result) == {"A0": 0, "B1": 0}
    assert len({place for _, place, _ in result.purchases}) == 1


def test_units_are_shared_in_time() -> None:
    # One unit for two projects at one place: one after the other. Levels 0, 1, 2, 2: 3/4 + 2. Halves fit side by side.
    result = solve(machines(leads="AA", units_max=1), "base")
    assert (sorted(started(result).values()), result.objective) == ([0, 1], pytest.approx(2.75))
    assert sorted(started(solve(machines(leads="AA", units_max=1, held=0.5), "base")).values()) == [0, 0]


def test_hosts_say_where_a_machine_may_stand() -> None:
    assert solve(machines(hosts=("OB",)), "base").starts == {}
    result = solve(machines(hosts=("OB",), remote=True), "base")
    assert (started(result), result.purchases) == ({"A0": 0}, {("E", "B", 2027): 1})


def test_stock_is_there_counts_and_costs() -> None:
    # One unit at B: upkeep 0.4/4·2 and site 0.8/4 a quarter whether used or not. For A only if remote.
    stock = rows("equipment_stock", [{"equipment": "E", "place": "B", "units": 1}])
    facts = {"units_max": 1, "upkeep": 0.4, "site_cost": 0.8}
    there = dataclasses.replace(machines(leads="B", **facts), equipment_stock=stock)
    assert solve(there, "base").starts == {"B0": ("B0", 0)}
    assert execute(there, "base", {}, {}, {}, {}).spend == pytest.approx([0.4] * 3)
    away = dataclasses.replace(machines(leads="A", **facts), equipment_stock=stock)
    assert solve(away, "base").starts == {}
    assert solve(with_money(away, 1.1), "base").status == "infeasible"
    remote = dataclasses.replace(machines(leads="A", remote=True, **facts), equipment_stock=stock)
    assert started(solve(remote, "base")) == {"A0": 0}


# Rule 7: money


@pytest.mark.parametrize(
    ("carry", "over", "cost", "runs"),
    [
        (0.5, 1, 3, True),  # 2 + 0.5·2
        (0.4, 1, 3, False),  # 2 + 0.4·2
        (0, 1.5, 3, True),  # 1.5·2
        (0.5, 1.5, 4, True),  # 1.5·2 + 0.5·2: what is carried is a share of the budget itself
        (0.5, 1.5, 4.1, False),
    ],
)
def test_money_is_carried_and_overcommitted(carry: float, over: float, cost: float, runs: bool) -> None:
    # Two each year; all of the cost falls into 2028.
    programme = world(
        8,
        money={2027: 2, 2028: 2},
        settings={"carry_over": carry, "over_programming": over, "terminal": 1},
        projects=[project(earliest=Quarter(2028, 1))],
        modes=[mode(cost=cost)],
        gains=[gain(1)],
    )
    assert bool(solve(programme, "base").starts) == runs


def test_each_scenario_has_its_own_money() -> None:
    programme = dataclasses.replace(
        world(1, settings={"terminal": 1}, projects=[project()], modes=[mode(cost=2)], gains=[gain(1)]),
        budget=rows(
            "budget",
            [{"scenario": "base", "year": 2027, "amount": 2}, {"scenario": "low", "year": 2027, "amount": 1}],
        ),
    )
    assert [solve(programme, scenario).objective for scenario in ("base", "low")] == [1, 0]


@pytest.mark.parametrize(("weight", "value"), [(0.4, 0.2), (0.6, 0)])
def test_unspent_money_may_have_a_worth(weight: float, value: float) -> None:
    # One level for 2: 1 − 0.4·2 = 0.2; at 0.6 it is better left.
    programme = world(
        1,
        settings={"terminal": 1, "money_weight": weight},
        projects=[project()],
        modes=[mode(cost=2)],
        gains=[gain(1)],
    )
    assert solve(programme, "base").objective == pytest.approx(value)


# Core funding


def laboratory(quarters: int, money: float, share: float = 1, **settings: Any) -> Programme:
    row = capability(start=2, depreciation=FIFTH, restore_share=share, restore_cost=1)
    return world(quarters, money=money, settings={"terminal": 1, **settings}, capabilities=[row])


@pytest.mark.parametrize(
    ("quarters", "money", "share", "restored", "value"),
    [
        # 0.4 is lost and 0.3 can be paid: 2/4 + 1.6 + 0.3.
        (1, 0.3, 1, {0: 0.3}, 2.4),
        # 2.18 without. 0.3 at 0 brings 0.3/4 + 0.24, at 1 only 0.3.
        (2, 0.3, 1, {0: 0.3}, 2.495),
        # At 0 at most 0.5·0.2·2 = 0.2; the other 0.1 at 1. Levels 2, 1.8, 1.44 + 0.1.
        (2, 0.3, 0.5, {0: 0.2, 1: 0.1}, 2.49),
        # Money for all: 0.5·0.2·2 = 0.2 and 0.5·0.2·1.8 = 0.18. Levels 2, 1.8, 1.62.
        (2, 9, 0.5, {0: 0.2, 1: 0.18}, 2.57),
    ],
)
def test_core_funding_restores(
    quarters: int, money: float, share: float, restored: dict[int, float], value: float
) -> None:
    result = solve(laboratory(quarters, money, share), "base")
    assert result.restored == pytest.approx({("K", t): r for t, r in restored.items()})
    assert result.objective == pytest.approx(value)


@pytest.mark.parametrize(("weight", "value"), [(0.9, 2.14), (1.1, 2.1)])
def test_core_funding_is_weighed_against_money(weight: float, value: float) -> None:
    # A level restored is worth 1: 2/4 + 2 − 0.9·0.4 = 2.14; at 1.1 nothing is restored: 2/4 + 1.6.
    assert solve(laboratory(1, 9, money_weight=weight), "base").objective == pytest.approx(value)


@pytest.mark.parametrize(("money", "value"), [(1.3, 1), (1.2, 0)])
def test_core_funding_keeps_a_prerequisite_alive(money: float, value: float) -> None:
    # K falls from 2 to 1.6 unless restored; P, at t = 1, needs 1.9 of it: 0.3 of core funding beside its own cost of 1.
    row = capability(start=2, depreciation=FIFTH, restore_share=1, restore_cost=1)
    programme = world(
        2,
        money=money,
        settings={"terminal": 1},
        capabilities=[row, capability("J")],
        capability_goals=[{"capability": "J", "goal": "G", "share": 1}],
        projects=[project(earliest=Q2)],
        modes=[mode(cost=1)],
        gains=[gain(1, k="J")],
        prerequisites=[{"project": "P", "capability": "K", "level": 1.9}],
    )
    assert solve(programme, "base").objective == pytest.approx(value)


# Suppliers that are gone


def relying(until: Quarter | None, limit: float, **facts: Any) -> Programme:
    # Two quarters of work that rely on A for 0.3 and on B, who always supplies, for 0.5. Ends at 2: 1/4 + 1.
    return world(
        3,
        settings={"terminal": 1, "goes_on_without": limit},
        projects=[project()],
        modes=[mode(duration=2)],
        gains=[gain(1)],
        suppliers=[{"supplier": "A", "until": until}, {"supplier": "B"}],
        reliance=[{"mode": "P", "supplier": "A", "share": 0.3}, {"mode": "P", "supplier": "B", "share": 0.5}],
        **facts,
    )


@pytest.mark.parametrize(
    ("until", "limit", "starts"),
    [
        (None, 0, {"P": 0}),
        (Q3, 0, {"P": 0}),  # supplies to the end
        (Q2, 0, {"P": 0}),  # supplies in both quarters of work
        (Q1, 0.29, {}),  # gone in the second
        (Q1, 0.3, {"P": 0}),  # little enough
        (Quarter(2020, 1), 0.2, {}),
    ],
)
def test_a_mode_stops_where_too_much_of_it_is_gone(until: Quarter | None, limit: float, starts: Any) -> None:
    assert started(solve(relying(until, limit), "base")) == starts


def test_a_mode_that_cannot_wait_is_started_in_time() -> None:
    # It may start in 1 as well, but A is gone in quarter 2.
    course = execute(relying(Q2, 0), "base", {"P": ("P", 1)}, {}, {}, {})
    assert course.broken == ("supply[P]",)


def test_a_lock_goes_on_without_its_suppliers() -> None:
    programme = relying(Q1, 0, locks=[{"project": "P", "mode": "P", "start": Q2}])
    assert started(solve(programme, "base")) == {"P": 1}


@pytest.mark.parametrize(
    ("makers", "starts"),
    [
        ([], {"P": 4}),
        ([("A", 1.0)], {}),  # gone when 2028 begins
        ([("A", 0.9), ("B", 0.1)], {"P": 4}),
        ([("A", 1.0), ("B", 0.0)], {}),  # who has no share of the market supplies nothing
    ],
)
def test_machines_are_ordered_while_somebody_supplies_them(makers: Any, starts: Any) -> None:
    programme = world(
        6,
        {2027: 0, 2028: 100},
        settings={"terminal": 1},
        projects=[project()],
        modes=[mode()],
        gains=[gain(1)],
        equipment=[{"equipment": "E", "cost_likely": 1, "lead_time": 0, "units_max": 1}],
        mode_equipment=[{"mode": "P", "equipment": "E", "units": 1}],
        suppliers=[{"supplier": "A", "until": Q4}, {"supplier": "B"}],
        equipment_supply=[{"equipment": "E", "supplier": maker, "share": share} for maker, share in makers],
    )
    result = solve(programme, "base")
    assert started(result) == starts
    assert result.purchases == ({("E", "A", 2028): 1} if starts else {})


# Products


def test_a_product_counts_while_it_serves() -> None:
    # In service in two quarters of three and for 2 years after: 2·1·0.5·(2/4 + 2).
    programme = world(
        3,
        settings={"terminal": 2, "product_weight": 2},
        projects=[project(product_value=1)],
        modes=[mode()],
        gates=[gate(0.5)],
    )
    assert solve(programme, "base").objective == pytest.approx(2.5)


# The search against plain enumeration


def plainly(programme: Programme, scenario: str, most: int) -> tuple[float | None] | None:
    """The best objective by carrying out every combination whatsoever; None where there are more than `most`."""
    rules = oracle.Rules(programme, scenario)
    options = [rules.options(row.project) for row in programme.projects]
    numbers = {
        (pair.flow, pair.skill, year): range(int(pair.intake_max) + 1)
        for pair in programme.training_skills
        for year in rules.years
    }
    units = {
        (kind.equipment, place, year): range(kind.units_max + 1)
        for kind in programme.equipment
        for place in rules.may_stand[kind.equipment]
        for year in rules.years
    }
    core = any(row.restore_share * rules.delta[row.capability] > 0 for row in programme.capabilities)
    size = math.prod(map(len, (*options, *numbers.values(), *units.values())))
    if size > (most // 10 if core else most):
        return None
    restoring = oracle.Restoring(rules) if core else None
    best = None
    for choice in itertools.product(*options):
        chosen = [option for option in choice if option]
        starts = {option.project: (option.mode, option.start) for option in chosen}
        for n in itertools.product(*numbers.values()):
            for b in itertools.product(*units.values()):
                plan = (starts, dict(zip(numbers, n, strict=True)), dict(zip(units, b, strict=True)))
                course = execute(programme, scenario, *plan, {})
                if restoring and all(rule.startswith("prerequisite") for rule in course.broken):
                    found = restoring.solve(*restoring.sides(chosen, course.spend))
                    course = execute(programme, scenario, *plan, found[1], 1e-6) if found else course
                if not course.broken and (best is None or course.objective > best):
                    best = course.objective
    return (best,)


@pytest.mark.parametrize("block", range(5))
def test_the_search_leaves_nothing_out(block: int) -> None:
    compared = 0
    for seed in range(50 * block, 50 * block + 50):
        programme = tiny(seed)
        found = plainly(programme, "base", 1500)
        if found is not None:
            compared += 1
            expected = None if found[0] is None else pytest.approx(found[0], abs=1e-7)
            assert solve(programme, "base").objective == expected, seed
    assert compared >= 5


def test_the_search_leaves_nothing_out_where_suppliers_end() -> None:
    compared = 0
    for seed in range(100):
        found = plainly(supplied(seed), "base", 1500)
        if found is not None:
            compared += 1
            expected = None if found[0] is None else pytest.approx(found[0], abs=1e-7)
            assert solve(supplied(seed), "base").objective == expected, seed
    assert compared >= 10


@pytest.mark.parametrize("seed", range(0, 250, 5))
def test_no_other_core_funding_does_better(seed: int) -> None:
    programme = tiny(seed)
    best = solve(programme, "base")
    shares = {row.capability: row.restore_share for row in programme.capabilities if row.restore_share}
    if best.objective is None or not shares:
        return
    rules, dice = oracle.Rules(programme, "base"), random.Random(seed)
    chosen = [rules.option(p, *start) for p, start in best.starts.items()]
    for _ in range(200):
        restored: dict[tuple[str, int], float] = {}
        part = dice.choice((0.2, 0.5, 1))
        for t in rules.quarters:
            level = rules.levels(chosen, restored)
            for k, share in shares.items():
                restored[k, t] = share * rules.delta[k] * level[k][t] * min(1, part * 2 * dice.random())
        course = execute(programme, "base", best.starts, best.entrants, best.purchases, restored)
        assert course.broken or course.objective <= best.objective + 1e-7


# The tiny programmes


def test_a_seed_is_one_programme() -> None:
    assert tiny(3) == tiny(3)
    assert tiny(3) != tiny(4)


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_occurs_often(feature: str) -> None:
    assert sum(has(programmes(seed), feature) for seed in range(250)) >= 20


def test_suppliers_that_end_often_matter() -> None:
    changed = machines = 0
    for seed in range(80):
        with_them, without = supplied(seed), tiny(seed)
        changed += solve(with_them, "base").objective != solve(without, "base").objective
        no_orders = dataclasses.replace(with_them, reliance=Table(()))
        machines += solve(no_orders, "base").objective != solve(without, "base").objective
    assert changed >= 20
    assert machines >= 3


@functools.cache
def programmes(seed: int) -> Programme:
    return tiny(seed)


def test_most_tiny_programmes_have_a_plan() -> None:
    feasible = sum(solve(programmes(seed), "base").status == "optimal" for seed in range(250))
    assert 187 <= feasible <= 230


# The small case


@functools.cache
def small() -> Programme:
    return load(SMALL)


@pytest.mark.parametrize(
    ("scenario", "objective", "starts", "entrants", "purchases"),
    [
        (
            "base",
            23.434490285,
            {"P1": ("P1-D", -2), "P2": ("P2-D", 2), "P3": ("P3-D", 6), "P4": ("P4-D", 3), "P5": ("P5-D", 7)},
            {("W-CONV", "SK-PQC", 2027): 1},
            {("E-SPD", "HN", 2027): 1, ("E-SPD", "DN", 2028): 1},
        ),
        ("low", 19.408235717, {"P1": ("P1-D", -2), "P2": ("P2-D", 2), "P3": ("P3-D", 6)}, {}, {}),
    ],
)
def test_the_small_case(scenario: str, objective: float, starts: Any, entrants: Any, purchases: Any) -> None:
    result = solve(small(), scenario)
    assert result.objective == pytest.approx(objective, abs=1e-6)
    assert (result.starts, result.entrants, result.purchases) == (starts, entrants, purchases)
    assert result.restored


def changed(table: str, key: str, **facts: Any) -> OracleResult:
    """Solve the small case with other facts in one row, the one whose first column is `key`."""
    first = Entity.registry[table].columns[0].name
    old = getattr(small(), table)
    new = [dataclasses.replace(row, **facts) if getattr(row, first) == key else row for row in old]
    new_table = Table(new, Entity.registry[table].identifies)
    return solve(dataclasses.replace(small(), **{table: new_table}), "base")


def test_in_the_small_case_every_refusal_has_its_own_reason() -> None:
    rich = [dataclasses.replace(row, amount=2 * row.amount) for row in small().budget]
    assert "P6" in solve(dataclasses.replace(small(), budget=Table(rich)), "base").starts  # refused for money
    assert "P7" in changed("skills", "SK-ATM", people_start=6).starts  # refused for people
    assert "P8" in changed("fields", "CMP", critical_mass=0).starts  # its field stays closed
    assert changed("prerequisites", "P3", level=0).starts["P3"][1] < 6  # waits for the level
    assert changed("equipment", "E-SPD", lead_time=0).starts["P4"][1] < 3  # waits for the machine
    assert changed("training_skills", "W-CONV", intake_max=0).objective < 23.4  # training pays
    assert changed("capabilities", "C-PHO", restore_share=0).objective < 23.4  # core funding pays
