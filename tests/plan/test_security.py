"""Migration in the plan, against a brute force of its own: every start of every project, and for each a linear
programme of the migration written here from the model.
"""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest
from scipy.optimize import linprog
from tests.plan.builders import at, build, option_of
from tests.plan.directives.said import directive, under

from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.programme import Programme

EXACT = PlanSettings(gap=0.0, threads=1)
T = 8


def programme(seed: int, floor: float = 0.0) -> Programme:
    """Return two projects that enable two classes and share one skill and the money with them."""
    dice = random.Random(f"security {seed}")
    functions = [dice.choice(["key_establishment", "signature", "already_weak"]) for _ in "AB"]
    classes = {
        id: {
            "function": function,
            "items": dice.randint(1, 9),
            "value": dice.choice([0.5, 1.0, 2.0]),
            "shelf_life": dice.choice([0, 5]),
            "trust_life": dice.choice([0, 3]),
            "offset": dice.choice([0, -1]),
            "cost": dice.choice([0, 0.1, 0.3]),
            "projects": dice.choice([(), ("P",), ("P", "Q")]),
        }
        for id, function in zip("AB", functions, strict=True)
    }
    found = build(
        ["P", "Q"],
        modes={id: {"duration": dice.randint(1, 3), "cost_likely": dice.choice([0.5, 1.0, 2.0])} for id in "PQ"},
        gains=[("P", "C", dice.choice([0.1, 0.5])), ("Q", "C", dice.choice([0.1, 0.5]))],
        skills={"S": {"people_start": dice.choice([1.0, 2.0])}},
        mode_skills=[("P", "S", 1.0)],
        budget=[dice.choice([1.0, 2.0, 3.0]), dice.choice([1.0, 2.0])],
        migration=classes,
        migration_skills=[("A", "S", dice.choice([0.1, 0.5])), ("B", "S", dice.choice([0.0, 0.3]))],
        threat=[("survey", 2026.0, 5.0, 0.2, 1.0), ("survey", 2026.0, 10.0, 0.5, 1.0)],
        settings={"quarters": T, "discount": 0.05, "terminal": 2.0, "carry_over": dice.choice([0.0, 0.5])},
    )
    return under(found, directive("security_first", ">=", floor)) if floor else found


def survey(year: float) -> float:
    """Return the chance of Q-day by a year: even between the points of the survey."""
    return float(np.interp(year, [2026.0, 2031.0, 2036.0], [0.0, 0.2, 0.5]))


def losses(row: object, t: int) -> float:
    """Return what an item loses in a quarter, from the formula of the model."""
    year = 2027.0 + t / 4 - row.offset
    if row.function == "already_weak":
        return row.value / 4
    if row.function == "key_establishment":
        return row.value * survey(year + 0.125 + row.shelf_life) / 4
    before = survey(year) if t else 0.0
    return row.value * (survey(year + 0.125) / 4 + row.trust_life * (survey(year + 0.25) - before))


def best_migration(p: Programme, ends: dict[str, int], floor: float) -> float | None:
    """Return the exposure that the best migration removes once projects end at these states; None where none keeps the
    rules.
    """
    q, s = Quantities(p), p.settings
    option = np.full(2, -1)
    for id, end in ends.items():
        option[p.projects.position(id)] = option_of(q, id, end - p.modes.of(id).duration)
    path = follow(q, dataclasses.replace(Decisions.nothing(q), option=option))
    rows = list(p.migration)
    weight = [1.05 ** (-t / 4) for t in range(T + 1)]
    worth, upper, unders, limits = [], [], [], []
    for row in rows:
        for t in range(T):
            saved = sum(losses(row, u) * weight[u] for u in range(t + 1, T))
            worth.append(saved + 4 * s.terminal * losses(row, T) * weight[T])
            ready = all(id in ends and ends[id] <= t for id in row.projects)
            upper.append(float(row.items) if ready else 0.0)
    for a, row in enumerate(rows):
        unders.append([float(n // T == a) for n in range(2 * T)])
        limits.append(float(row.items))
    effort = {row.migration: row.effort for row in p.migration_skills}
    for t in range(T):
        free = float(path.people[0, 0, t] - path.demand[0, 0, t])
        unders.append([effort[rows[n // T].migration] * (n % T == t) for n in range(2 * T)])
        limits.append(free)
    spent = path.money[0].reshape(2, 4).sum(axis=1)
    budget = [row.amount for row in p.budget]
    cost = [rows[n // T].cost for n in range(2 * T)]
    first = [c * (n % T < 4) for n, c in enumerate(cost)]
    carry = s.carry_over * budget[0]
    if spent[0] > budget[0] + 1e-9 or (path.demand > path.people[..., :-1] + 1e-9).any():
        return None
    # Columns: migration, and money carried out of the first year.
    unders = [[*row, 0.0] for row in unders]
    unders.append([*first, 1.0])
    limits.append(budget[0] - spent[0])
    unders.append([*(c - f for c, f in zip(cost, first, strict=True)), -1.0])
    limits.append(budget[1] - spent[1])
    if floor:
        whole = sum(row.value * row.items for row in rows)
        unders.append([*(-rows[n // T].value / whole for n in range(2 * T)), 0.0])
        limits.append(-floor)
    found = linprog(
        [*(-w for w in worth), 0.0], A_ub=unders, b_ub=limits, bounds=[*((0, u) for u in upper), (0, carry)]
    )
    return float(value(path)[0]) - found.fun if found.status == 0 else None


@pytest.mark.parametrize("floor", [0.0, 0.6])
def test_the_best_of_every_start_is_found(floor: float) -> None:
    moved, none = 0, 0
    for seed in range(25):
        p = programme(seed, floor)
        length = {id: p.modes.of(id).duration for id in "PQ"}
        ends = [[None, *range(length[id], T + 1)] for id in "PQ"]
        worths = []
        for pair in itertools.product(*ends):
            chosen = {id: end for id, end in zip("PQ", pair, strict=True) if end is not None}
            worth = best_migration(p, chosen, floor)
            if worth is not None:
                worths.append(worth)
        if not worths:
            none += 1
            with pytest.raises(Exception, match="no plan"):
                optimise(p, EXACT)
            continue
        plan = optimise(p, EXACT)
        assert plan.objective == pytest.approx(max(worths), abs=1e-6), seed
        moved += bool(plan.decisions.migrated.any())
    assert moved > 12
    assert not floor or none < 12


def test_more_people_and_money_never_hurt_and_an_earlier_threat_never_pays() -> None:
    for seed in range(12):
        p = programme(seed)
        base = optimise(p, EXACT).objective
        richer = dataclasses.replace(
            p, budget=type(p.budget)([dataclasses.replace(b, amount=b.amount * 2) for b in p.budget])
        )
        assert optimise(richer, EXACT).objective >= base - 1e-6
        q = Quantities(p)
        sooner = Quantities(dataclasses.replace(p, settings=dataclasses.replace(p.settings, acceleration=2.0)))
        assert sooner.exposure_without >= q.exposure_without - 1e-9


def test_half_an_item_is_not_lost_to_a_solver() -> None:
    p = build(["P"], migration={"A": {"function": "already_weak", "items": 3, "value": 1.0}}, settings={"quarters": 4})
    plan = optimise(p, EXACT)
    assert plan.decisions.migrated[0].tolist() == [3.0, 0.0, 0.0, 0.0]
    assert plan.migration()[0]["done"] == str(at("2027Q1"))
