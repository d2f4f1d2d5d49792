"""What must hold of every best plan, whatever the programme: tried on tiny ones, to a proven gap of nought."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle.tiny import tiny
from tests.plan.builders import change, change_rows, formulated, with_rows

from lotrinh.base.issues import NoPlanError
from lotrinh.measures.paths import follow, value
from lotrinh.plan.columns import columns_of, decisions_of
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.programme.columns import Entity
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

SMALL = Path(__file__).parents[2] / "cases" / "small"
EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)
SEEDS = range(25)


def best(programme: Programme) -> Plan | None:
    """Return the best plan, or None where there is none."""
    try:
        return optimise(programme, EXACT)
    except NoPlanError:
        return None


def worth(programme: Programme) -> float:
    """Return the objective of the best plan; below everything where there is none."""
    plan = best(programme)
    return -math.inf if plan is None else plan.objective


@functools.cache
def known(seed: int) -> tuple[Programme, float]:
    """Return a tiny programme with the objective of its best plan."""
    programme = tiny(seed)
    return programme, worth(programme)


def same(a: float, b: float) -> bool:
    return a == b or abs(a - b) <= 1e-6 * max(1.0, abs(b))


# More of what is scarce, or less of what binds, never hurts

Change = Callable[[Programme, np.random.Generator], Programme]


def rows(table: str, **facts: Any) -> Change:
    return lambda programme, dice: change_rows(programme, table, **facts)


def setting(**facts: Callable[[float], float]) -> Change:
    def make(programme: Programme, dice: np.random.Generator) -> Programme:
        return change(programme, **{name: more(getattr(programme.settings, name)) for name, more in facts.items()})

    return make


def drop_one(table: str) -> Change:
    def make(programme: Programme, dice: np.random.Generator) -> Programme:
        kept = list(getattr(programme, table))
        if kept:
            del kept[dice.integers(len(kept))]
        return with_rows(programme, table, kept)

    return make


RELAXED: dict[str, Change] = {
    "a little more money": rows("budget", amount=lambda row: row.amount * 1.1),
    "much more money": rows("budget", amount=lambda row: row.amount + 5),
    "more may be carried over": setting(carry_over=lambda share: min(1.0, share + 0.3)),
    "more may be promised": setting(over_programming=lambda factor: min(2.0, factor + 0.3)),
    "more people at the start": rows("skills", people_start=lambda row: row.people_start + 1),
    "nobody leaves": rows("skills", loss=0.0),
    "one prerequisite less": drop_one("prerequisites"),
    "lower prerequisites": rows("prerequisites", level=lambda row: row.level / 2),
    "one link less": drop_one("project_links"),
    "no lag": rows("project_links", lag=0),
    "one foundation less": drop_one("foundations"),
    "no critical mass": rows("fields", critical_mass=0.0),
    "nothing mandatory": rows("projects", mandatory=False),
    "no earliest start": rows("projects", earliest=None),
    "no latest start": rows("projects", latest=None),
    "nothing wears down": rows("capabilities", depreciation=0.0),
    "core funding restores all": rows("capabilities", restore_share=1.0),
    "core funding is free": rows("capabilities", restore_cost=0.0),
    "higher gains": rows("gains", levels=lambda row: row.levels + 0.5),
    "failures leave everything": rows("projects", failure_share=1.0),
    "flows take more": lambda programme, dice: change_rows(
        change_rows(programme, "training", intake_max=lambda row: row.intake_max + 1),
        "training_skills",
        intake_max=lambda row: row.intake_max + 1,
    ),
    "flows wait for nothing": rows("training", project=""),
    "nobody needs to teach": rows("training", teachers=0.0),
    "training is free": rows("training", cost=0.0),
    "one machine more": rows("equipment", units_max=lambda row: row.units_max + 1),
    "one place more": rows("equipment", sites_max=lambda row: row.sites_max + 1),
    "places cost nothing": rows("equipment", site_cost=0.0),
    "machines cost nothing": rows("equipment", cost_likely=0.0),
    "machines can be used from afar": rows("equipment", remote=True),
}


@pytest.mark.parametrize("name", RELAXED)
def test_what_relaxes_never_hurts(name: str) -> None:
    dice = np.random.default_rng(len(name))
    for seed in SEEDS:
        programme, before = known(seed)
        relaxed = RELAXED[name](programme, dice)
        if relaxed != programme:
            after = worth(relaxed)
            assert after >= before - 1e-6 * max(1.0, abs(before)), (seed, before, after)


@pytest.mark.parametrize("name", RELAXED)
def test_every_relaxation_occurs(name: str) -> None:
    dice = np.random.default_rng(len(name))
    assert sum(RELAXED[name](known(seed)[0], dice) != known(seed)[0] for seed in SEEDS) >= 1


# What must not matter


def shuffled(programme: Programme, dice: np.random.Generator) -> Programme:
    """Return the programme with the rows of every table in another order."""
    for table in Entity.registry:
        if table != "programme":
            all_rows = list(getattr(programme, table))
            programme = with_rows(programme, table, [all_rows[i] for i in dice.permutation(len(all_rows))])
    return programme


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    programme, objective = known(seed)
    other = shuffled(programme, np.random.default_rng(seed))
    assert other.fingerprint == programme.fingerprint
    assert same(worth(other), objective)


def test_the_order_of_rows_does_not_matter_to_the_small_case() -> None:
    programme = load(SMALL)
    other = shuffled(programme, np.random.default_rng(7))
    assert other.fingerprint == programme.fingerprint
    assert other != programme
    assert same(worth(other), worth(programme))


MONEY = {
    "modes": ("cost_likely",),
    "equipment": ("cost_likely", "site_cost"),
    "training": ("cost",),
    "capabilities": ("restore_cost",),
    "budget": ("amount",),
    "fields": ("critical_mass",),
}
"""Every amount of money that a plan depends on."""


def in_other_money(programme: Programme, scale: float) -> Programme:
    for table, amounts in MONEY.items():
        scaled = {name: (lambda row, name=name: getattr(row, name) * scale) for name in amounts}
        programme = change_rows(programme, table, **scaled)
    return change(programme, money_weight=programme.settings.money_weight / scale)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [10.0, 0.04])
def test_the_scale_of_money_does_not_matter(seed: int, scale: float) -> None:
    programme, objective = known(seed)
    assert same(worth(in_other_money(programme, scale)), objective)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_nobody_can_use_does_not_matter(seed: int) -> None:
    programme, objective = known(seed)
    row = programme.projects[0]
    idle = dataclasses.replace(row, project="IDLE", product_value=0.0, mandatory=False, earliest=None, latest=None)
    more = with_rows(programme, "projects", [*programme.projects, idle])
    mode = dataclasses.replace(programme.modes[0], mode="IDLE", project="IDLE", duration=200)
    more = with_rows(more, "modes", [*programme.modes, mode])
    assert same(worth(more), objective)


# Bound, gap, repetition


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loose_gap_keeps_its_promise(seed: int) -> None:
    programme, objective = known(seed)
    if objective == -math.inf:
        return
    plan = optimise(programme, PlanSettings(gap=0.3, threads=1, time_limit=60.0))
    slack = 1e-6 * max(1.0, abs(objective))
    assert plan.objective <= objective + slack
    assert plan.bound >= objective - slack
    assert plan.gap <= 0.3 + 1e-6
    assert plan.status == "optimal"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_search_twice_gives_the_same_plan(seed: int) -> None:
    first, second = (best(tiny(seed)) for _ in range(2))
    if first is None or second is None:
        assert first is second
        return
    assert {**first.summary(), "seconds": 0.0} == {**second.summary(), "seconds": 0.0}
    for name in ("option", "entrants", "bought", "restored"):
        assert np.array_equal(getattr(first.decisions, name), getattr(second.decisions, name))


def test_the_small_case_twice_gives_the_same_plan() -> None:
    first, second = (optimise(load(SMALL), EXACT).summary() for _ in range(2))
    assert {**first, "seconds": 0.0} == {**second, "seconds": 0.0}


# The path and the columns


@pytest.mark.parametrize("seed", [*SEEDS, None], ids=str)
def test_the_path_is_what_the_solver_saw(seed: int | None) -> None:
    formulation = formulated(load(SMALL) if seed is None else tiny(seed))
    q, v = formulation.quantities, formulation.variables
    answer = solve(formulation.form, EXACT)
    if answer.x is None:
        assert answer.status == "infeasible"
        return
    paths = follow(q, decisions_of(formulation, answer.x))
    assert answer.x[v.level] == pytest.approx(paths.level[0], abs=1e-5)
    assert answer.x[v.people] == pytest.approx(paths.people[0], abs=1e-5)
    assert (answer.x[v.usable] <= paths.usable[0] + 1e-5).all()
    target = q.target[:, None]
    slope = q.programme.settings.above_target
    matters = formulation.form.cost[v.worth] > 0
    valued = np.minimum(paths.usable[0], target + slope * (paths.usable[0] - target))
    assert answer.x[v.worth][matters] == pytest.approx(valued[matters], abs=1e-5)
    assert formulation.form.objective(answer.x) == pytest.approx(value(paths)[0], abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_form_and_the_path_value_a_plan_alike(seed: int) -> None:
    plan = best(tiny(seed))
    if plan is None:
        return
    formulation = formulated(tiny(seed))
    paths = follow(formulation.quantities, plan.decisions)
    form = formulation.form.objective(columns_of(formulation, paths))
    assert form == pytest.approx(plan.objective, rel=1e-9, abs=1e-9)
    assert value(paths)[0] == pytest.approx(plan.objective, rel=1e-9, abs=1e-9)
