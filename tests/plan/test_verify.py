"""Nothing that is wrong with a plan escapes verification: plans are spoilt in every way, and each must be reported."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from tests.oracle.oracle import execute
from tests.oracle.tiny import tiny
from tests.plan.builders import formulated
from tests.plan.solved import Solved, everything, with_options
from tests.plan.spoil import COLUMNS, DECISIONS, FAMILIES, Dice, not_a_number

from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.plan.columns import columns_of
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.verify import Fault, broken_rows, broken_rules, faults

EACH = 4
"""Positions of one kind in one plan."""
LEAST = 2
"""Positions of one kind in all plans together."""
RANDOM_SEEDS = range(60)
TWICE = 12


@pytest.fixture(scope="session")
def plans() -> tuple[Solved, ...]:
    return everything()


def spoilt(plans: tuple[Solved, ...], kind: str, make: Callable[[Solved, Dice], Iterator[Any]]) -> Iterator[Any]:
    """Yield some ways to spoil each plan, the same ones in every run."""
    for number, plan in enumerate(plans):
        dice = np.random.default_rng([zlib.crc32(kind.encode()), number])
        for way in islice(make(plan, dice), EACH):
            yield plan, *way


def names(found: Iterator[Fault] | list[Fault]) -> list[str]:
    return [fault.name for fault in found]


def told(found: list[str], expected: str) -> bool:
    return any(name.startswith(expected) for name in found)


def test_a_sound_plan_has_no_faults(plans: tuple[Solved, ...]) -> None:
    assert len(plans) >= 12
    for plan in plans:
        found = faults(plan.formulation, plan.x, plan.paths, plan.objective, plan.bound)
        assert names(found) == [], plan.name


@pytest.mark.parametrize("kind", COLUMNS)
def test_spoilt_columns_are_reported(plans: tuple[Solved, ...], kind: str) -> None:
    count = 0
    for plan, x, expected in spoilt(plans, kind, COLUMNS[kind]):
        found = names(broken_rows(plan.formulation, x))
        assert told(found, expected), (plan.name, expected, found)
        assert told(names(faults(plan.formulation, x, plan.paths, plan.objective, plan.bound)), expected)
        count += 1
    assert count >= LEAST


@pytest.mark.parametrize("kind", DECISIONS)
def test_spoilt_decisions_are_reported_by_the_rules_and_by_the_form(plans: tuple[Solved, ...], kind: str) -> None:
    count = 0
    for plan, decisions, rule, row in spoilt(plans, kind, DECISIONS[kind]):
        paths = follow(plan.q, decisions)
        by_rules = names(broken_rules(paths))
        by_form = names(broken_rows(plan.formulation, columns_of(plan.formulation, paths)))
        assert told(by_rules, rule), (plan.name, rule, by_rules)
        assert told(by_form, row), (plan.name, row, by_form)
        count += 1
    assert count >= LEAST


@pytest.mark.parametrize("what", ["entrants", "bought"])
def test_parts_of_people_and_machines_are_reported(plans: tuple[Solved, ...], what: str) -> None:
    count = 0
    for plan in plans:
        amounts = getattr(plan.d, what)
        if amounts.size:
            spoilt = dataclasses.replace(
                plan.d, **{what: amounts + 0.5 * (np.arange(amounts.size) == 0).reshape(amounts.shape)}
            )
            paths = follow(plan.q, spoilt)
            x = columns_of(plan.formulation, paths)
            found = faults(plan.formulation, x, paths, plan.objective, plan.bound)
            assert told(names(found), "n[" if what == "entrants" else "b["), plan.name
            count += 1
    assert count >= LEAST


# What is said of the plan


@pytest.mark.parametrize("by", [1e-4, -1e-4, 1.0, -1.0, 1e6])
def test_a_false_objective_is_reported(plans: tuple[Solved, ...], by: float) -> None:
    for plan in plans:
        claimed = plan.objective + by * max(1.0, abs(plan.objective))
        found = names(faults(plan.formulation, plan.x, plan.paths, claimed, max(plan.bound, claimed)))
        assert found == ["objective[form]", "objective[path]"], plan.name


def test_a_false_worth_of_the_columns_alone_or_of_the_path_alone_is_reported(plans: tuple[Solved, ...]) -> None:
    for plan in plans:
        cost = plan.formulation.form.cost.copy()
        cost[plan.formulation.variables.worth] *= 1.01
        form = dataclasses.replace(plan.formulation.form, cost=cost)
        other = dataclasses.replace(plan.formulation, form=form)
        assert names(faults(other, plan.x, plan.paths, plan.objective, plan.bound)) == ["objective[form]"]
        other_path = dataclasses.replace(plan.paths, usable=plan.paths.usable / 2)
        assert "objective[path]" in names(faults(plan.formulation, plan.x, other_path, plan.objective, plan.bound))


@pytest.mark.parametrize("by", [1e-4, 1.0])
def test_a_bound_below_the_objective_is_reported(plans: tuple[Solved, ...], by: float) -> None:
    for plan in plans:
        below = plan.objective - by * max(1.0, abs(plan.objective))
        assert names(faults(plan.formulation, plan.x, plan.paths, plan.objective, below)) == ["bound"], plan.name


def test_a_little_rounding_is_forgiven(plans: tuple[Solved, ...]) -> None:
    dice = np.random.default_rng(1)
    for plan in plans:
        x = plan.x + dice.uniform(-1e-9, 1e-9, len(plan.x))
        assert names(broken_rows(plan.formulation, x)) == [], plan.name


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_not_a_number_is_reported(plans: tuple[Solved, ...], family: str) -> None:
    for plan, x, _ in spoilt(plans, family, not_a_number(family)):
        assert names(faults(plan.formulation, x, plan.paths, plan.objective, plan.bound))


@pytest.mark.parametrize("what", ["objective", "bound"])
def test_a_claim_that_is_not_a_number_is_reported(plans: tuple[Solved, ...], what: str) -> None:
    for plan in plans:
        claims = {"objective": plan.objective, "bound": plan.bound, what: np.nan}
        assert names(faults(plan.formulation, plan.x, plan.paths, claims["objective"], claims["bound"]))


# Locks and the end of the horizon: options already keep to them, so the options themselves are spoilt


def test_a_lock_that_moved_is_reported(plans: tuple[Solved, ...]) -> None:
    count = 0
    for plan in plans:
        for p in plan.q.locks:
            moved = plan.q.options.start + (plan.q.options.project == p)
            found = names(broken_rules(with_options(plan, start=moved)))
            assert f"selection[{plan.q.programme.projects.ids[p]}]" in found, plan.name
            count += 1
    assert count >= LEAST


def test_a_lock_in_another_mode_is_reported(plans: tuple[Solved, ...]) -> None:
    for plan in plans:
        for p in plan.q.locks:
            other = np.where(plan.q.options.project == p, plan.q.options.mode + 1, plan.q.options.mode)
            assert f"selection[{plan.q.programme.projects.ids[p]}]" in names(
                broken_rules(with_options(plan, mode=other))
            )


def test_work_beyond_the_horizon_is_reported(plans: tuple[Solved, ...]) -> None:
    for plan in plans:
        for x in plan.d.chosen:
            end = np.where(np.arange(len(plan.q.options)) == x, plan.q.horizon + 1, plan.q.options.end)
            project = plan.q.programme.projects.ids[plan.q.options.project[x]]
            assert f"selection[{project}]" in names(broken_rules(with_options(plan, end=end))), plan.name


# Any decisions at all: rules and form must judge them as the oracle does

FAMILY_OF = {
    "selection": "selection",
    "precedence": "precedence",
    "fields": "fields_mass",
    "core funding": "capability_core",
    "prerequisite": "readiness",
    "intake": "training",
    "people": "people",
    "units": "equipment_units",
    "sites": "equipment_sites",
    "equipment": "equipment",
    "money": "money",
    "supply": "supply",
}
"""What the oracle calls a rule, and the family of rows that says the same."""
ALSO = {
    "n": "training",
    "r": "capability_core",
    "b": "equipment_units",
    "equipment_host": "equipment_units",
    "equipment_own": "equipment",
    "equipment_home": "equipment",
}
"""Where the form says a rule by the bound of a column, or a second time."""


def any_decisions(formulation: Formulation, dice: Dice) -> Decisions:
    """Return decisions at random, most of which break something."""
    q = formulation.quantities
    option = np.full(len(q.programme.projects), -1, dtype=np.int64)
    for p in range(len(option)):
        open_to = np.flatnonzero(q.options.project == p)
        if len(open_to) and dice.random() < 0.7:
            option[p] = dice.choice(open_to)
    entrants = dice.integers(0, 3, len(q.intake.flow)) * (dice.random(len(q.intake.flow)) < 0.4)
    bought = dice.integers(0, 3, (len(q.sites.place), len(q.years))) * (
        dice.random((len(q.sites.place), len(q.years))) < 0.4
    )
    limit = (q.restore_share * q.depreciation)[:, None] * q.level_start[:, None] * np.ones(q.horizon)
    restored = limit * dice.choice([0.0, 0.5, 1.0, 1.5], size=limit.shape, p=[0.3, 0.5, 0.1, 0.1])
    found = dataclasses.replace(Decisions.nothing(q), option=option, restored=restored)
    return dataclasses.replace(found, entrants=entrants.astype(float), bought=bought.astype(float))


def by_the_oracle(formulation: Formulation, d: Decisions) -> tuple[set[str], float]:
    """Return the families of rules that the oracle finds broken, and its objective."""
    q, p = formulation.quantities, formulation.quantities.programme
    course = execute(
        p,
        q.scenario,
        {
            p.projects.ids[q.options.project[x]]: (p.modes.ids[q.options.mode[x]], int(q.options.start[x]))
            for x in d.chosen
        },
        {
            (p.training.ids[q.intake.flow[i]], p.skills.ids[q.intake.skill[i]], q.years[q.intake.year[i]]): int(n)
            for i, n in enumerate(d.entrants)
            if n
        },
        {
            (p.equipment.ids[q.sites.equipment[h]], p.places.ids[q.sites.place[h]], q.years[y]): int(n)
            for (h, y), n in np.ndenumerate(d.bought)
            if n
        },
        {(p.capabilities.ids[k], t): float(r) for (k, t), r in np.ndenumerate(d.restored) if r},
        1e-6,
    )
    return {FAMILY_OF[name.split("[")[0]] for name in course.broken}, course.objective


@pytest.mark.parametrize("seed", RANDOM_SEEDS)
def test_any_decisions_are_judged_as_the_oracle_judges_them(seed: int) -> None:
    formulation = formulated(tiny(seed))
    dice = np.random.default_rng(seed)
    for _ in range(TWICE):
        decisions = any_decisions(formulation, dice)
        paths = follow(formulation.quantities, decisions)
        x = columns_of(formulation, paths)
        broken, objective = by_the_oracle(formulation, decisions)
        assert {name.split("[")[0] for name in names(broken_rules(paths))} == broken
        rows = {name.split("[")[0] for name in names(broken_rows(formulation, x))}
        assert {ALSO.get(family, family) for family in rows} == broken
        assert value(paths)[0] == pytest.approx(objective)
        assert formulation.form.objective(x) == pytest.approx(objective)


def test_the_random_decisions_break_every_rule_and_sometimes_none() -> None:
    seen: dict[str, int] = {}
    for seed in RANDOM_SEEDS:
        formulation = formulated(tiny(seed))
        dice = np.random.default_rng(seed)
        for _ in range(TWICE):
            broken, _ = by_the_oracle(formulation, any_decisions(formulation, dice))
            for family in broken or {"none"}:
                seen[family] = seen.get(family, 0) + 1
    assert set(seen) == {*FAMILY_OF.values(), "none"} - {"supply"}  # see test_supply
    assert min(seen.values()) >= 3, seen


def test_there_are_forty_ways_to_spoil_a_plan() -> None:
    assert len(COLUMNS) + len(DECISIONS) >= 40
