"""Every rule on its own: a programme in which it binds, worked by hand, and what becomes of the plan without it.

The programmes stand in the plain world of `builders`: unless a comment says otherwise, the objective is the sum over
the quarters 0 … T−1 of the usable level. A project that ends when quarter e begins and gains a level is worth T − e.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.tiny import tiny
from tests.plan.builders import FIFTH, at, build, formulated

from lotrinh.base.issues import NoPlanError
from lotrinh.base.registry import entries
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import LinearForm
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

SMALL = Path(__file__).parents[2] / "cases" / "small"
EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)
TIGHTENING = ("equipment_own", "equipment_home")
"""Families that whole starts imply: they only bring the relaxation closer, and no optimum may change without them."""
SEEDS = range(30)

INFEASIBLE = None
Value = float | None


@dataclass(frozen=True)
class Case:
    """A programme in which a family of rows binds.

    Attributes
    ----------
    best, freed: the optimum, and the optimum without the rows of the family; None where there is no plan.
    too: families that say the same in this programme and are freed as well.
    """

    name: str
    family: str
    make: Callable[[], Programme]
    best: Value
    freed: Value
    too: tuple[str, ...] = ()


CASES: list[Case] = []


def binds(
    family: str, *, best: Value, freed: Value, too: tuple[str, ...] = ()
) -> Callable[[Callable[[], Programme]], Callable[[], Programme]]:
    """Enter a programme into the table of cases, under a family that binds in it."""

    def enter(make: Callable[[], Programme]) -> Callable[[], Programme]:
        CASES.append(Case(f"{family}-{make.__name__}", family, make, best, freed, too))
        return make

    return enter


# Selection (rule 1)


@binds("selection", best=3.0, freed=6.0, too=("fields",))
@binds("fields", best=3.0, freed=6.0, too=("selection",))
def two_modes() -> Programme:
    # Either mode lasts a quarter and gains 1: U = 0, 1, 1, 1. With both: 0, 2, 2, 2. That a project runs at most once
    # in an opened field says the same, so both rules must go.
    return build(["P"], modes={"P-1": {}, "P-2": {}}, gains=[("P", "C", 1)])


@binds("selection", best=-2.0, freed=0.0)
def mandatory() -> Programme:
    # It gains nothing, costs 2, and a million is worth a level-quarter.
    return build([{"project": "P", "mandatory": True}], modes={"P": {"cost_likely": 2}}, settings={"money_weight": 1.0})


@binds("selection", best=-1.5, freed=0.0)
def locked() -> Programme:
    # It began two quarters ago, ends after 2 more, gains nothing; half of its 3 millions fall into the programme.
    return build(
        ["P"],
        modes={"P": {"duration": 4, "cost_likely": 3}},
        locks=[("P", "P", at("2026Q3"))],
        settings={"money_weight": 1.0},
    )


@binds("selection", best=INFEASIBLE, freed=0.0)
def mandatory_yet_closed() -> Programme:
    # It may start in no quarter: 2 quarters of work and the last start at the last quarter but one are at odds.
    return build([{"project": "P", "mandatory": True, "earliest": at("2027Q4")}], modes={"P": {"duration": 2}})


@binds("selection_begun", best=0.0, freed=6.0)
def nobody_to_do_it() -> Programme:
    # Work needs a person and there is none. If starting were not beginning, P would start in every quarter without ever
    # being at work: U = 0, 1, 2, 3.
    return build(["P"], gains=[("P", "C", 1)], skills=["S"], mode_skills=[("P", "S", 1)])


# Fields (rule 2)


@binds("fields", best=0.0, freed=3.0)
@binds("fields_mass", best=0.0, freed=3.0)
def too_little_for_the_field() -> Programme:
    # The field wants 5 and its only project spends 4.
    return build(["P"], modes={"P": {"cost_likely": 4}}, gains=[("P", "C", 1)], fields={"F": {"critical_mass": 5}})


@binds("fields_mass", best=2.3, freed=2.6)
def company_for_the_field() -> Programme:
    # P gains 1 for 4 millions; to reach 6 the field takes Q too, which gains nothing: 3 − 0.1·7, not 3 − 0.1·4.
    return build(
        ["P", "Q"],
        modes={"P": {"cost_likely": 4}, "Q": {"cost_likely": 3}},
        gains=[("P", "C", 1)],
        fields={"F": {"critical_mass": 6}},
        settings={"money_weight": 0.1},
    )


@binds("fields_mass", best=0.0, freed=2.0)
def machines_do_not_count_for_the_field() -> Programme:
    # The machine costs 5 and the project 3: only the project's money counts towards 4. With the machine, a quarter
    # away, P works in quarter 1 and gives U = 0, 0, 1, 1.
    return build(
        ["P"],
        modes={"P": {"cost_likely": 3}},
        gains=[("P", "C", 1)],
        fields={"F": {"critical_mass": 4}},
        equipment={"E": {"cost_likely": 5, "lead_time": 1}},
        mode_equipment=[("P", "E", 1)],
    )


# Precedence (rule 3)


@binds("precedence", best=1.0, freed=3.0)
def with_a_lag() -> Programme:
    # P works in quarter 0 and ends when 1 begins; a quarter later Q may start, and ends when 3 begins.
    return build(["P", "Q"], project_links=[("Q", "P", 1)], gains=[("Q", "C", 1)])


@binds("precedence", best=0.0, freed=2.0)
def predecessor_too_dear() -> Programme:
    # P costs more than there is, so Q, which waits for it, gives nothing although it would be free.
    return build(
        ["P", "Q"],
        modes={"P": {"cost_likely": 9}, "Q": {"duration": 2}},
        project_links=[("Q", "P")],
        gains=[("Q", "C", 1)],
        budget=8,
    )


# Capability (rule 4)


@binds("capability", best=11.808, freed=20.0)
def worn_down() -> Programme:
    # A fifth is lost in a quarter: 4 + 3.2 + 2.56 + 2.048. Without the rows the level is what one likes: 4 · 5.
    return build(capabilities={"C": {"level_start": 4, "depreciation": FIFTH}})


@binds("capability_core", best=13.756, freed=19.0)
def half_restored() -> Programme:
    # Half of the loss comes back, free of charge: 4 + 3.6 + 3.24 + 2.916. Without a limit: 4 + 5 + 5 + 5.
    return build(capabilities={"C": {"level_start": 4, "depreciation": FIFTH, "restore_share": 0.5}})


# Foundations (rule 5)


@binds("foundations", best=8.0, freed=16.0)
@binds("foundations_level", best=8.0, freed=20.0)
def weak_foundation() -> Programme:
    # C at 4 needs half of its level below, where there is 1: usable up to 2. Without the level rows: 5, the top.
    return build(
        capabilities={"B": {"level_start": 1}, "C": {"level_start": 4}},
        capability_goals=[("C", "G", 1)],
        foundations=[("C", "B", 0.5)],
    )


@binds("worth", best=4.0, freed=6.0)
def below_the_target() -> Programme:
    # Up to the target of 2 a level counts in full: 4 · 1. The line above it passes 1.5 at level 1.
    return build(capabilities={"C": {"level_start": 1, "target": 2}}, settings={"above_target": 0.5})


@binds("worth_above", best=12.0, freed=16.0)
def above_the_target() -> Programme:
    # Two levels up to the target of 2, and half of the two above it: 4 · 3.
    return build(capabilities={"C": {"level_start": 4, "target": 2}}, settings={"above_target": 0.5})


# Within actual capability (rule 6)


@binds("readiness", best=1.0, freed=3.0)
def not_rushing() -> Programme:
    # P brings B to 1 when quarter 2 begins; Q needs that, starts at once and ends when 3 begins.
    return build(
        ["P", "Q"],
        modes={"P": {"duration": 2}, "Q": {}},
        capabilities=["B", "C"],
        capability_goals=[("C", "G", 1)],
        gains=[("P", "B", 1), ("Q", "C", 1)],
        prerequisites=[("Q", "B", 1)],
    )


@binds("readiness", best=2.0, freed=3.0)
def usable_not_merely_reached() -> Programme:
    # B is at 2, yet usable only at 0 until P has brought its foundation A to 1; then Q, which needs 2 of B, may start.
    return build(
        ["P", "Q"],
        capabilities={"A": {}, "B": {"level_start": 2}, "C": {}},
        capability_goals=[("C", "G", 1)],
        foundations=[("B", "A", 0.5)],
        gains=[("P", "A", 1), ("Q", "C", 1)],
        prerequisites=[("Q", "B", 2)],
    )


# Money (rule 7)


@binds("money", best=3.0, freed=6.0)
def money_for_one() -> Programme:
    # Either project costs 4 and gains 1; the year has 7.
    return build(
        ["P", "Q"],
        modes={"P": {"cost_likely": 4}, "Q": {"cost_likely": 4}},
        gains=[("P", "C", 1), ("Q", "C", 1)],
        budget=7,
    )


@binds("money", best=3.0, freed=6.0)
def carried_over() -> Programme:
    # Both start in 2028 at the earliest and cost 3; of 4 in 2027 half is carried into 2028, which has 1: enough for
    # one, which ends when quarter 5 of 8 begins.
    return build(
        [{"project": project, "earliest": at("2028Q1")} for project in ("P", "Q")],
        modes={"P": {"cost_likely": 3}, "Q": {"cost_likely": 3}},
        gains=[("P", "C", 1), ("Q", "C", 1)],
        budget=[4, 1],
        settings={"quarters": 8, "carry_over": 0.5},
    )


@binds("money", best=0.0, freed=3.0)
def too_little_carried_over() -> Programme:
    # As before, but 0.48 of 4 is not enough: 1 + 1.92 < 3.
    return build(
        [{"project": "P", "earliest": at("2028Q1")}],
        modes={"P": {"cost_likely": 3}},
        gains=[("P", "C", 1)],
        budget=[4, 1],
        settings={"quarters": 8, "carry_over": 0.48},
    )


@binds("money", best=9.6, freed=10.0)
def core_funding_costs() -> Programme:
    # A fifth of 5 would be lost. Restoring a level costs 3 and there is 1.8: 5 + (4 + 0.6).
    return build(
        capabilities={"C": {"level_start": 5, "depreciation": FIFTH, "restore_share": 1, "restore_cost": 3}},
        budget=1.8,
        settings={"quarters": 2},
    )


@binds("money", best=0.0, freed=3.0)
def more_than_the_budget_may_be_promised() -> Programme:
    # Only 0.9 of 4 may be committed, and P costs 3.8.
    return build(
        ["P"],
        modes={"P": {"cost_likely": 3.8}},
        gains=[("P", "C", 1)],
        budget=4,
        settings={"over_programming": 0.9},
    )


# People and training (rule 8)


@binds("people", best=2.0, freed=4.0)
@binds("people_pool", best=2.0, freed=4.0)
def people_for_one() -> Programme:
    # Either project needs both people for two quarters: P ends when quarter 2 begins, Q at the end of it all.
    return build(
        ["P", "Q"],
        modes={"P": {"duration": 2}, "Q": {"duration": 2}},
        gains=[("P", "C", 1), ("Q", "C", 1)],
        skills={"S": {"people_start": 2}},
        mode_skills=[("P", "S", 2), ("Q", "S", 2)],
    )


@binds("people_pool", best=0.0, freed=1.0)
def people_who_leave() -> Programme:
    # A fifth leaves every quarter: of 3 people 1.92 are left in quarter 2, when P could start, and it needs 2.
    return build(
        [{"project": "P", "earliest": at("2027Q3")}],
        gains=[("P", "C", 1)],
        skills={"S": {"people_start": 3, "loss": FIFTH}},
        mode_skills=[("P", "S", 2)],
    )


@binds("people", best=1.0, freed=3.0)
def teaching_takes_people() -> Programme:
    # P needs 2 of the skill and there is 1, who trains another for 2 quarters and does nothing else. Then P starts, and
    # ends when quarter 3 begins.
    return build(
        ["P"],
        gains=[("P", "C", 1)],
        skills={"S": {"people_start": 1}},
        mode_skills=[("P", "S", 2)],
        training={"W": {"duration": 2, "teachers": 1.0}},
        training_skills=[("W", "S", 9)],
    )


@binds("people", best=0.0, freed=3.0)
def too_few_teachers() -> Programme:
    # As before, but one entrant needs more teaching than the one person of the skill can give.
    return build(
        ["P"],
        gains=[("P", "C", 1)],
        skills={"S": {"people_start": 1}},
        mode_skills=[("P", "S", 2)],
        training={"W": {"duration": 2, "teachers": 1.1}},
        training_skills=[("W", "S", 9)],
    )


@binds("people", best=0.0, freed=3.0)
def few_complete_and_stay() -> Programme:
    # 9 enter; half complete, half of them stay, half of their time counts: 9/8 people, one half of whom after a quarter
    # and the rest after 3. P needs 1 person and could work from quarter 3 on, too late to be worth anything.
    return build(
        ["P"],
        gains=[("P", "C", 1)],
        skills=["S"],
        mode_skills=[("P", "S", 1)],
        training={"W": {"duration": 1, "completion": 0.5, "retention": 0.5, "counts": 0.5}},
        training_profile=[("W", 1, 0.5), ("W", 3, 0.5)],
        training_skills=[("W", "S", 9)],
    )


@binds("training", best=0.0, freed=2.0)
def intake_of_the_flow() -> Programme:
    # P needs 3 people; the flow takes 2 in a year, although it would take 3 for this skill. With 3 who join when
    # quarter 1 begins, P ends when quarter 2 begins.
    return build(
        ["P"],
        gains=[("P", "C", 1)],
        skills=["S"],
        mode_skills=[("P", "S", 3)],
        training={"W": {"intake_max": 2}},
        training_skills=[("W", "S", 3)],
    )


@binds("training", best=2.0, freed=6.0)
def intake_before_its_project() -> Programme:
    # The flow takes 1 a year until H, which starts in quarter 1 at the earliest, has started, then 3. P needs 3 people:
    # 1 joins when quarter 1 begins, 3 more when quarter 5 begins (2028 begins with quarter 4). P ends when quarter 6 of
    # 8 begins. Without the rule all 3 join when quarter 1 begins, and P ends when quarter 2 begins.
    return build(
        [{"project": "H", "earliest": at("2027Q2")}, "P"],
        gains=[("P", "C", 1)],
        skills=["S"],
        mode_skills=[("P", "S", 3)],
        training={"W": {"intake_max": 3, "intake_alone": 1, "project": "H"}},
        training_skills=[("W", "S", 3)],
        settings={"quarters": 8},
    )


# Equipment (rule 9)


@binds("equipment", best=2.0, freed=4.0)
def one_machine_for_two() -> Programme:
    # The machine comes when quarter 1 begins, and either project holds it for 2 quarters: P ends when quarter 3 of 5
    # begins, Q at the end of it all. Without the rule both end when quarter 3 begins: what each needs was there when it
    # began, as `equipment_own` still says.
    return build(
        ["P", "Q"],
        modes={"P": {"duration": 2}, "Q": {"duration": 2}},
        gains=[("P", "C", 1), ("Q", "C", 1)],
        equipment={"E": {"lead_time": 1}},
        mode_equipment=[("P", "E", 1), ("Q", "E", 1)],
        settings={"quarters": 5},
    )


TWO_PLACES = {
    "places": ["HN", "DN"],
    "organisations": {"O": {"place": "HN"}, "D": {"place": "DN"}},
    "projects": {"P": {"lead": "O"}, "Q": {"lead": "D"}},
    "gains": [("P", "C", 1), ("Q", "C", 1)],
    "mode_equipment": [("P", "E", 1), ("Q", "E", 1)],
}
"""Two projects at two places that need a machine each."""


@binds("equipment_units", best=3.0, freed=6.0)
def one_machine_in_the_country() -> Programme:
    # Two places may host the kind, but only one machine may be bought.
    return build(**TWO_PLACES, equipment={"E": {"units_max": 1, "sites_max": 2}})


@binds("equipment_sites", best=3.0, freed=6.0)
def one_place_in_the_country() -> Programme:
    # Two machines may be bought, but only one place may host the kind.
    return build(**TWO_PLACES, equipment={"E": {"units_max": 2, "sites_max": 1}})


@binds("equipment_sites", best=3.0, freed=6.0)
def stock_makes_a_host() -> Programme:
    # A machine stands at HN, which therefore is the one place that may host the kind: none for Q at DN.
    return build(**TWO_PLACES, equipment={"E": {"units_max": 2, "sites_max": 1}}, equipment_stock=[("E", "HN", 1)])


@binds("equipment_host", best=-1.25, freed=-1.0)
def hosting_costs() -> Programme:
    # P is decided, works in quarter 1 and needs a machine: 1 million for it and, over the year, 0.25 for its place.
    # Projects yet to be chosen would still be bound by `equipment_home`.
    return build(
        ["P"],
        equipment={"E": {"site_cost": 0.25}},
        mode_equipment=[("P", "E", 1)],
        locks=[("P", "P", at("2027Q2"))],
        settings={"money_weight": 1.0},
    )


# Security (rule 10)

WEAK = {"function": "already_weak", "items": 4, "value": 2}


@binds("security", best=2.0, freed=6.0)
def enabled_by_a_project() -> Programme:
    # Each of the 4 items loses half a level-year a quarter until it is migrated. Once P has ended, in quarter 2, one
    # quarter of four is saved; without waiting for it, three.
    return build(["P"], modes={"P": {"duration": 2}}, migration={"A": {**WEAK, "projects": ("P",)}})


@binds("security_migrated", best=0.0, freed=6.0)
def nobody_to_migrate() -> Programme:
    # Migration needs a person and there is none. If what is migrated were not work done, three quarters were saved.
    return build(["P"], migration={"A": WEAK}, skills=["S"], migration_skills=[("A", "S", 1)])


# The tests


def optimum(form: LinearForm) -> Value:
    answer = solve(form, EXACT)
    assert answer.status in ("optimal", "infeasible")
    return None if answer.x is None else form.objective(answer.x)


def same(a: Value, b: Value) -> bool:
    return a is b if a is None or b is None else bool(np.isclose(a, b, rtol=1e-6, atol=1e-6))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rule_binds(case: Case) -> None:
    programme = case.make()
    if case.best is None:
        with pytest.raises(NoPlanError):
            optimise(programme, EXACT)
    else:
        assert optimise(programme, EXACT).objective == pytest.approx(case.best)
    form = formulated(programme).form
    assert same(optimum(form), case.best)
    assert same(optimum(form.without(case.family, *case.too)), case.freed)
    assert case.best is None or (case.freed is not None and case.freed > case.best)


@functools.cache
def with_machines(seed: int) -> Formulation:
    return formulated(tiny(MACHINES[seed]))


MACHINES = [seed for seed in range(200) if len(tiny(seed).mode_equipment)][: len(SEEDS)]
"""Seeds of tiny programmes in which some mode needs a machine."""


@pytest.mark.parametrize("family", TIGHTENING)
@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_only_tighten_change_no_optimum(family: str, seed: int) -> None:
    form = with_machines(seed).form
    assert same(optimum(form), optimum(form.without(family)))
    assert same(optimum(form), optimum(form.without(*TIGHTENING)))


@pytest.mark.parametrize("family", TIGHTENING)
def test_rows_that_only_tighten_do_tighten(family: str) -> None:
    closer = 0
    for seed in SEEDS:
        form = loose(with_machines(seed).form)
        with_it, without = optimum(form), optimum(form.without(family))
        if without is not None:
            closer += with_it is None or with_it < without - 1e-6
            assert with_it is None or with_it <= without + 1e-6
    assert closer


def loose(form: LinearForm) -> LinearForm:
    return replace(form, whole=np.zeros_like(form.whole))


# The contract: no rule without a test


def families() -> set[str]:
    """Return the families of rows of every formulation met here; those of directives have tests of their own."""
    programmes = [case.make() for case in CASES] + [tiny(seed) for seed in SEEDS] + [load(SMALL)]
    found = {family.name for programme in programmes for family in formulated(programme).form.rows}
    return {name for name in found if not name.startswith("directive")}


def test_every_family_of_rows_is_tested() -> None:
    assert families() == {case.family for case in CASES} | set(TIGHTENING)


def test_every_rule_adds_rows_that_carry_its_name() -> None:
    rules = set(entries("lotrinh.plan.constraints"))
    owners = {
        family: max((rule for rule in rules if family.startswith(rule)), key=len, default="worth")
        for family in families()
    }
    assert set(owners.values()) == rules | {"worth"}
    for rule, module in entries("lotrinh.plan.constraints").items():
        assert module.TITLE, rule
        assert "{math}" in (module.__doc__ or ""), rule
