"""With nothing left to chance, execution follows the plan to the last digit: the same rules, written twice."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.assessment.worlds import CASES, chancy, moving, random_plan, small, vietnam
from tests.oracle.tiny import FEATURES, has, supplied, tiny
from tests.plan.builders import at, build, decided
from tests.plan.solved import school, solved, workshop

from lotrinh.assessment.compiled import DELIVERED, RUNNING, WAITING
from lotrinh.assessment.orders import orders
from lotrinh.assessment.simulate import as_planned
from lotrinh.measures.paths import Decisions, Paths, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

TOLERANCE = 1e-9
FIELDS = [field.name for field in dataclasses.fields(Paths) if field.name not in ("quantities", "exposed", "decisions")]


def unlike(one: Paths, other: Paths) -> list[str]:
    """Return the fields in which two sets of paths differ: whole numbers at all, others by more than rounding."""
    found = []
    for name in FIELDS:
        a, b = getattr(one, name), getattr(other, name)
        pairs = {f"{name} {key}": (a[key], b[key]) for key in a | b} if isinstance(a, dict) else {name: (a, b)}
        for label, pair in pairs.items():
            x, y = (np.asarray(value) for value in pair)
            if x.shape != y.shape:
                found.append(f"{label}: shape {x.shape} for {y.shape}")
            elif x.dtype.kind in "ib" or y.dtype.kind in "ib":
                if x.dtype.kind != y.dtype.kind or (x != y).any():
                    found.append(f"{label}: {x[x != y].tolist()[:3]} for {y[x != y].tolist()[:3]}")
            elif not np.allclose(x, y, rtol=TOLERANCE, atol=TOLERANCE):
                found.append(f"{label}: off by {np.abs(x - y).max()}")
    return found


def wrong(q: Quantities, d: Decisions) -> list[str]:
    """Return where the one future without chance differs from the plan's own path."""
    o = orders(q, d)
    futures = as_planned(q, d, o)
    found = unlike(futures.paths, follow(q, d))
    project = q.options.project[d.chosen]
    ended = np.where(q.options.end[d.chosen] <= q.horizon, DELIVERED, RUNNING)
    said = np.full(len(d.option), WAITING)
    said[project] = ended
    if (futures.outcome[0] != said).any():
        found.append(f"outcome: {futures.outcome[0]} for {said}")
    if futures.left.min() < -1e-6:
        found.append(f"left: {futures.left[0]}")
    return found


Plans = Iterator[tuple[str, Quantities, Decisions]]


def at_random(make: Callable[[int], Programme], seeds: range) -> Plans:
    for seed in seeds:
        q = Quantities(make(seed))
        d = random_plan(q, seed)
        if d is not None:
            yield f"{make.__name__} {seed}", q, d


def the_best(make: Callable[[int], Programme], seeds: range) -> Plans:
    for seed in seeds:
        plan = solved(str(seed), make(seed))
        if plan is not None:
            yield f"best {make.__name__} {seed}", plan.q, plan.d


def left_alone(q: Quantities, d: Decisions) -> bool:
    """True where what is locked goes on in the plan although those it relies on are known to be gone."""
    x = d.chosen[q.options.locked[d.chosen]]
    return not all(q.goes_on[q.options.mode[x], np.minimum(q.options.end[x], q.horizon) - 1])


def faults(plans: Plans, least: int, alone: bool = False) -> dict[str, list[str]]:
    """Return what is wrong with each plan; there must be at least so many."""
    found, count = {}, 0
    for name, q, d in plans:
        if left_alone(q, d) != alone:
            continue
        count += 1
        if words := wrong(q, d):
            found[name] = words
    assert count >= least
    return found


@pytest.mark.parametrize("first", range(0, 180, 60))
def test_random_plans_of_long_programmes(first: int) -> None:
    assert faults(at_random(chancy, range(first, first + 60)), 25) == {}


@pytest.mark.parametrize("first", range(0, 120, 60))
def test_random_plans_of_programmes_that_migrate(first: int) -> None:
    plans = list(at_random(moving, range(first, first + 60)))
    assert sum(bool(d.migrated.any()) for _, _, d in plans) > 15
    assert faults(iter(plans), 25) == {}


def test_random_plans_of_tiny_programmes() -> None:
    assert faults(at_random(tiny, range(110)), 70) == {}


@pytest.mark.parametrize("make", [tiny, supplied], ids=["tiny", "supplied"])
def test_best_plans_of_tiny_programmes(make: Callable[[int], Programme]) -> None:
    assert faults(the_best(make, range(1000, 1060)), 45) == {}


def test_what_is_locked_goes_on_without_suppliers_that_are_known_to_be_gone() -> None:
    """As ``docs/decisions/0010-what-if.md`` says: what is locked is a fact and goes on."""
    assert faults(the_best(supplied, range(1000, 1060)), 3, alone=True) == {}


def test_the_plans_have_every_feature() -> None:
    """What the programmes above do not have is not tested by them."""
    seen: Counter[str] = Counter()
    for _, q, d in the_best(tiny, range(1000, 1060)):
        p = q.programme
        seen.update(feature for feature in FEATURES if has(p, feature))
        seen["bought"] += bool(d.bought.any())
        seen["entrants"] += bool(d.entrants.any())
        seen["restored"] += bool(d.restored.any())
        seen["began before"] += bool((q.options.start[d.chosen] < 0).any())
        chosen = {p.projects.ids[a] for a in q.options.project[d.chosen]}
        seen["linked"] += any(row.project in chosen for row in p.project_links)
        seen["second mode"] += any(p.modes.ids[m].endswith("b") for m in q.options.mode[d.chosen])
    assert {name for name in (*FEATURES, "bought", "entrants", "restored", "began before", "linked", "second mode")
            if seen[name] == 0} == set()  # fmt: skip


def test_the_small_case() -> None:
    assert wrong(*small()) == []


@pytest.mark.parametrize("make", [workshop, school])
def test_programmes_made_by_hand(make: Callable[[], Programme]) -> None:
    plan = solved(make.__name__, make())
    assert plan is not None
    assert wrong(plan.q, plan.d) == []


def test_the_vietnam_case() -> None:
    q, d = vietnam()
    assert len(d.chosen) > 10
    assert d.bought.any()
    assert wrong(q, d) == []


@pytest.mark.parametrize("seed", range(2, 8))
def test_the_vietnam_case_with_other_plans(seed: int) -> None:
    q = vietnam()[0]
    d = random_plan(q, seed, tries=3)
    assert d is not None
    assert wrong(q, d) == []


@pytest.mark.slow
def test_a_good_plan_of_the_vietnam_case() -> None:
    plan = optimise(load(CASES / "vietnam"), PlanSettings(time_limit=60.0, gap=0.1, threads=2))
    assert wrong(plan.quantities, plan.decisions) == []
    executed = as_planned(plan.quantities, plan.decisions, orders(plan.quantities, plan.decisions))
    assert value(executed.paths)[0] == pytest.approx(plan.objective, abs=1e-9, rel=1e-9)


# One convention at a time, by hand: what a future without chance comes to


def test_by_hand() -> None:
    """A lock that began before, a gate, a lag, machines that arrive, a flow that waits for a project, carry-over."""
    q = Quantities(
        build(
            ["L", "P", "Q"],
            modes={
                "L": {"duration": 4, "cost_likely": 8},
                "P": {"duration": 2, "cost_likely": 6},
                "Q": {"duration": 2, "cost_likely": 4, "cost_trend": 0.5},
            },
            gates=[("P", 1, 0.5, 0.8, 0.5)],
            gains=[("L", "C", 1), ("P", "C", 1), ("Q", "C", 1)],
            project_links=[("Q", "P", 1)],
            locks=[("L", "L", at("2026Q3"))],
            skills={"S": {"people_start": 2}},
            mode_skills=[("P", "S", 1)],
            training={"W": {"intake_max": 4, "intake_alone": 1, "project": "P", "cost": 0.4, "duration": 2}},
            training_skills=[("W", "S", 4)],
            equipment={"E": {"lead_time": 1, "cost_likely": 1, "upkeep": 0.4, "site_cost": 0.8, "hosts": ("O",)}},
            mode_equipment=[("P", "E", 1)],
            budget=[20.0, 20.0],
            settings={"quarters": 8},
        )
    )
    d = decided(q, {"L": -2, "P": 1, "Q": 4})
    d = dataclasses.replace(d, entrants=np.array([1.0, 4.0]), bought=np.array([[1.0, 0.0]]))
    paths = as_planned(q, d, orders(q, d)).paths
    assert paths.project_spend[0, 0].tolist() == pytest.approx([2, 2, 0, 0, 0, 0, 0, 0])
    assert paths.project_spend[0, 1].tolist() == pytest.approx([0, 3, 3, 0, 0, 0, 0, 0])
    assert paths.project_spend[0, 2].tolist() == pytest.approx([0, 0, 0, 0, 3, 3, 0, 0])
    assert paths.level[0, 0].tolist() == pytest.approx([0, 0, 1, 1.8, 1.8, 1.8, 2.6, 2.6, 2.6])
    assert paths.holding[0, 0].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert paths.spend["equipment"][0].tolist() == pytest.approx([1.2] + [0.3] * 7)
    assert paths.spend["training"][0].tolist() == pytest.approx([0.2, 0.2, 0, 0, 0.8, 0.8, 0, 0])
    assert paths.people[0, 0].tolist() == pytest.approx([2, 2, 3, 3, 3, 3, 7, 7, 7])
    assert paths.demand[0, 0].tolist() == pytest.approx([0, 1, 1, 0, 0, 0, 0, 0])
