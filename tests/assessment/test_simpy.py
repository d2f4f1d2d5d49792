"""The compiled execution against the same rules written in SimPy: same luck, same future, to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from bench.generate import generate
from tests.assessment.worlds import chancy_plans, moving
from tests.oracle.tiny import tiny
from tests.plan.solved import SEEDS, school, solved, workshop

from lotrinh.assessment.compiled import DELIVERED, SLACK
from lotrinh.assessment.desk import Desk
from lotrinh.assessment.draws import Chances
from lotrinh.assessment.orders import Orders, orders, orders_of
from lotrinh.assessment.simulate import simulate
from lotrinh.measures.paths import value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.optimise import optimise
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

pytest.importorskip("simpy")

from bench import futures_simpy as other

CASES = Path(__file__).parents[2] / "cases"
ROUNDING = 1e-9


@dataclass(frozen=True)
class Case:
    quantities: Quantities
    orders: Orders

    def luck(self, futures: int, seed: int = 1, uncertain: bool = False) -> Desk:
        return Chances(self.quantities, self.orders, seed, uncertain=uncertain).batch(0, futures).desk

    def apart(self, desk: Desk) -> dict[str, float]:
        """Return by how much each quantity differs, where it does."""
        found, futures = other.play(self.orders, desk), simulate(self.quantities, self.orders, desk)
        found["value"] = other.objective(self.quantities, found, desk.qday)
        known = other.compiled(futures) | {"value": value(futures.paths)}
        return {name: gap for name, gap in other.apart(found, known).items() if gap > ROUNDING}


def case_of(programme: Programme, every: int = 1, gap: float = 0.0) -> Case | None:
    plan = solved("", programme, every, gap)
    return None if plan is None else Case(plan.q, orders(plan.q, plan.d))


@pytest.fixture(scope="session")
def small() -> Case:
    plan = optimise(load(CASES / "small"))
    return Case(plan.quantities, orders_of(plan))


@pytest.fixture(scope="session")
def large() -> Case:
    """Return a programme as large as the Vietnam case and of its shape, planned in a second."""
    found = case_of(generate(45, 36, 1), every=8, gap=0.3)
    assert found is not None
    return found


def harsh(desk: Desk, seed: int) -> Desk:
    """Return luck in which money is cut, machines are dear, suppliers come and go, and work takes longer."""
    chance = np.random.default_rng(seed)
    desk.cash["factor"][:] = chance.uniform(0.4, 1.1, desk.cash.shape)
    desk.price[:] = chance.uniform(0.8, 2.5, desk.price.shape)
    desk.now["length"] = np.round(desk.now["length"] * chance.uniform(1.0, 1.5, desk.now.shape))
    futures, suppliers, horizon = desk.out.shape
    begins, lasts = chance.integers(0, horizon, (2, futures, suppliers, 1))
    quarter = np.arange(horizon)
    desk.out[:] |= (quarter >= begins) & (quarter < begins + lasts // 3)
    return desk


@pytest.mark.parametrize("uncertain", [False, True], ids=["plain", "inputs"])
def test_the_small_case(small: Case, uncertain: bool) -> None:
    assert small.apart(small.luck(50, uncertain=uncertain)) == {}


def test_the_small_case_under_harsh_luck(small: Case) -> None:
    case = replace(small, orders=small.orders._replace(rules=small.orders.rules.copy()))
    for wait in (1, 3, 8):
        case.orders.rules["wait"] = wait
        assert case.apart(harsh(case.luck(50, wait), wait)) == {}


@pytest.mark.parametrize("make", [school, *SEEDS])
def test_programmes_of_every_feature(make) -> None:
    case = case_of(tiny(make) if isinstance(make, int) else make())
    assert case is not None
    assert case.apart(case.luck(12)) == {}
    assert case.apart(harsh(case.luck(12, 2), 2)) == {}


def test_a_programme_without_people() -> None:
    case = case_of(workshop())
    assert case is not None
    assert case.apart(harsh(case.luck(12), 2)) == {}


def test_a_large_programme(large: Case) -> None:
    assert large.apart(large.luck(25)) == {}
    assert large.apart(harsh(large.luck(25), 1)) == {}


def test_what_is_dropped_wants_no_more_money(large: Case) -> None:
    assert large.apart(large.luck(50, 3)) == {}


def behind(case: Case, desk: Desk) -> np.ndarray:
    """Return the items of each class that the plan wants and a future has not migrated at its end, (S, A)."""
    migrated = simulate(case.quantities, case.orders, desk).paths.migrated
    return np.asarray(case.orders.wanted[:, -1] - migrated[:, :, -1])


def changed(case: Case, table: str, **columns: object) -> Case:
    """Return the case with columns of one table of its orders set."""
    rows = getattr(case.orders, table).copy()
    for name, column in columns.items():
        rows[name] = column
    return replace(case, orders=case.orders._replace(**{table: rows}))


def test_migration_that_comes_late(small: Case) -> None:
    """What enables a class takes three times as long: what is behind is caught up, or not any more."""
    desk = small.luck(60, 5)
    desk.now["length"] *= 3.0
    late = behind(small, desk)
    assert (late > 1.0).any()
    assert (late < 1e-6).any()
    assert small.apart(desk) == {}


def test_migration_that_is_short_of_people(small: Case) -> None:
    for share, some in ((0.8, False), (0.4, True)):
        case = replace(small, orders=small.orders._replace(people_start=share * small.orders.people_start))
        desk = case.luck(40, 6)
        assert case.apart(desk) == {}
        assert (behind(case, desk).mean() > behind(small, small.luck(40, 6)).mean()) >= some


@pytest.mark.parametrize("planned", [0.0, 0.3, 1.0])
def test_migration_that_is_short_of_money(small: Case, planned: float) -> None:
    """Less is set aside than it takes, and each item is dear: the rest comes from what the projects leave over."""
    case = changed(small, "years", migration=planned * small.orders.years["migration"])
    case = changed(case, "classes", cost=8.0 * case.orders.classes["cost"])
    desk = harsh(case.luck(60, 7), 7)
    assert behind(case, desk).mean() > 1.0
    assert case.apart(desk) == {}


@pytest.mark.parametrize("planned", [0.0, 0.1])
def test_a_debt_is_no_money_for_migration(small: Case, planned: float) -> None:
    """A year may begin with a debt, as promises go beyond what is there; what was left for migration pays for it."""
    case = changed(small, "years", migration=planned)
    desk = case.luck(60, 8)
    desk.cash["factor"][:, ::2], desk.cash["factor"][:, 1::2], desk.price[:] = 1.0, 0.0, 3.0
    futures = simulate(case.quantities, case.orders, desk)
    assert (futures.left < -SLACK).any()
    assert case.apart(desk) == {}
    assert spent_and_left(case, desk) == pytest.approx(0.0, abs=ROUNDING)


def test_random_programmes_that_migrate() -> None:
    for seed, q, d in chancy_plans(range(100, 140), moving):
        case = Case(q, orders(q, d))
        assert case.apart(case.luck(8, seed, uncertain=True)) == {}, seed
        assert case.apart(harsh(case.luck(8, seed), seed)) == {}, seed


def test_migration_that_is_never_enabled(small: Case) -> None:
    desk = small.luck(20, 9)
    desk.gates["luck"][:] = 1.0
    needy = [one["what"] for one in small.orders.classes if one["enabled"] < one["enabled_end"]]
    futures = simulate(small.quantities, small.orders, desk)
    failed = (futures.outcome[:, [p for _, p in small.quantities.enabling]] != DELIVERED).any()
    assert failed
    assert (futures.paths.migrated[:, needy].max(axis=(0, 2)) < 1e-9).any()
    assert small.apart(desk) == {}


def test_who_cannot_enter_needs_no_teacher(small: Case) -> None:
    flows = small.orders.flows.copy()
    flows["project"], flows["alone"], flows["teachers"] = small.orders.order[-1], 0.0, 0.5
    scarce = small.orders._replace(flows=flows, people_start=0.6 * small.orders.people_start)
    case = replace(small, orders=scarce)
    assert case.apart(case.luck(20)) == {}


def test_the_money_of_every_year_is_accounted_for(small: Case, large: Case) -> None:
    for case in (small, large):
        assert spent_and_left(case, harsh(case.luck(200), 3)) == pytest.approx(0.0, abs=ROUNDING)


def spent_and_left(case: Case, desk: Desk) -> float:
    """Return by how much, at most, the money of a year is not what was spent of it and what is left."""
    q, o = case.quantities, case.orders
    futures, rule, carried, most = simulate(q, o, desk), o.rules[0], 0.0, 0.0
    spent = other.by_year(q, np.stack(list(futures.paths.spend.values()), axis=1)).sum(axis=1)
    for y, year in enumerate(o.years):
        budget = year["budget"] * desk.cash["factor"][:, y]
        most = max(most, np.abs(futures.left[:, y] - (carried + rule["over"] * budget - spent[:, y])).max())
        carried = np.minimum(futures.left[:, y], rule["carry_over"] * budget)
    return float(most)


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.3])
def test_who_leaves_is_binomial(rate: float) -> None:
    from scipy.stats import binom

    for people in (0, 1, 7, 300):
        for u in (0.0, 0.03, 0.5, 0.97, 0.999):
            world = SimpleNamespace(luck=SimpleNamespace(loss=[rate], leave=[[u]]))
            assert other.World.leavers(world, 0, float(people), 0) == max(0.0, binom.ppf(u, people, rate))
