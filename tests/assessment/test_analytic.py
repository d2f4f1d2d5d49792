"""Futures against what can be worked out by hand: every mean within its error, every error as small as it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from tests.plan.builders import at, build, change, change_rows, decided

from lotrinh.assessment.compiled import DELIVERED, FAILED
from lotrinh.assessment.distributions import work_lengths
from lotrinh.assessment.draws import Chances, Draws
from lotrinh.assessment.orders import Orders, orders
from lotrinh.assessment.outcomes import Job, Outcomes
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, simulate
from lotrinh.measures.paths import Decisions, follow
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.measures.quantities.horizon import quarterly
from lotrinh.programme.programme import Programme

Z = 4.5
BATCHES = 8


def made(*projects: Any, **tables: Any) -> Programme:
    """Return a programme with a pool of people, as every programme must have."""
    return build(*projects, **{"skills": ["S"], **tables})


def as_decided(q: Quantities, d: Decisions) -> Orders:
    """Return orders that start nothing else than what is decided, and nothing early."""
    return orders(q, d, reserve=[], ahead=False)


def futures(q: Quantities, d: Decisions, seed: int = 0, batches: int = BATCHES) -> list[tuple[Draws, Futures]]:
    o = as_decided(q, d)
    chances = Chances(q, o, seed)
    found = []
    for number in range(batches):
        draws = chances.batch(number)
        found.append((draws, simulate(q, o, draws.desk)))
    return found


def z_of(sample: Floats, mean: float) -> float:
    """Return by how many standard errors a mean is off; 0 where nothing varies and all is as it should be."""
    off, spread = float(np.mean(sample)) - mean, float(np.std(sample, ddof=1))
    return 0.0 if spread < 1e-9 and abs(off) < 1e-9 else off * math.sqrt(len(sample)) / max(spread, 1e-9)


# Gates


def chain(**settings: object) -> Programme:
    """Return P, then Q, then R, each with gates and a share that a failure leaves."""
    return made(
        {"P": {"failure_share": 0.3}, "Q": {"failure_share": 0.5}, "R": {"failure_share": 0.1}},
        modes={"P": {"duration": 3, "cost_likely": 1}, "Q": {"duration": 2}, "R": {"duration": 3}},
        gates=[("P", 1, 0.5, 0.9), ("P", 2, 1.0, 0.8), ("Q", 1, 0.5, 0.7), ("R", 1, 0.3, 0.6), ("R", 2, 0.7, 0.95)],
        capabilities={"C": {"level_start": 1.0, "depreciation": 0.2}},
        gains=[("P", "C", 1), ("Q", "C", 0.8), ("R", "C", 1.2)],
        project_links=[("Q", "P"), ("R", "Q")],
        settings={"quarters": 12, **settings},
    )


CHAIN = {"P": 0, "Q": 4, "R": 7}


def test_a_chain_of_gates() -> None:
    q = Quantities(chain())
    found = futures(q, decided(q, CHAIN))
    outcome = np.concatenate([one.outcome for _, one in found])
    passes = [0.9 * 0.8, 0.7, 0.6 * 0.95]
    for p in range(3):
        delivered = (outcome[:, p] == DELIVERED).astype(float)
        assert abs(z_of(delivered, float(np.prod(passes[: p + 1])))) < Z
        failed = (outcome[:, p] == FAILED).astype(float)
        assert abs(z_of(failed, float(np.prod(passes[:p])) * (1 - passes[p]))) < Z


def test_z_is_as_spread_as_it_should_be() -> None:
    """A standard error that is honest makes z a standard normal number, over many seeds."""
    q = Quantities(chain())
    d, exact = decided(q, CHAIN), 0.72 * 0.7 * 0.57
    z = np.array([
        z_of((futures(q, d, seed, 1)[0][1].outcome[:, 2] == DELIVERED).astype(float), exact) for seed in range(100)
    ])  # fmt: skip
    assert abs(z.mean()) < 4.5 / math.sqrt(100)
    assert 0.8 < z.std() < 1.2
    assert abs(z).max() < Z


def test_the_mean_level_is_that_of_the_plan_where_only_gates_decide() -> None:
    """With one mode each the chance of the chain is exact, and so is the plan's expected level."""
    q = Quantities(chain())
    d = decided(q, CHAIN)
    level = np.concatenate([one.paths.level[:, 0] for _, one in futures(q, d)])
    keeps, exact = 0.8**0.25, [1.0]
    adds = {3: 0.72 + 0.28 * 0.3, 6: 0.8 * 0.72 * (0.7 + 0.3 * 0.5), 10: 1.2 * 0.72 * 0.7 * (0.57 + 0.43 * 0.1)}
    planned = follow(q, d).level[0, 0]
    for t in range(1, 13):
        exact.append(keeps * exact[-1] + adds.get(t, 0.0))
        # A project that fails at an early gate leaves its share earlier than planned, so the mean is above, a little.
        early = _early(t, keeps)
        assert abs(z_of(level[:, t], exact[t] + early)) < Z, t
        assert planned[t] == pytest.approx(exact[t])


def _early(t: int, keeps: float) -> float:
    """Return what failures have left by a state beyond what the plan counts, as it counts them from the planned end."""
    # (state of the failure, state of the end, levels that a failure leaves, its chance)
    failures = [
        (2, 3, 0.3, 0.1),
        (5, 6, 0.4, 0.72 * 0.3),
        (8, 10, 0.12, 0.72 * 0.7 * 0.4),
        (10, 10, 0.12, 0.72 * 0.7 * 0.6 * 0.05),
    ]
    return sum(
        chance * levels * ((keeps ** (t - state) if t >= state else 0.0) - (keeps ** (t - end) if t >= end else 0.0))
        for state, end, levels, chance in failures
    )


def test_the_world_matures_while_a_project_waits() -> None:
    q = Quantities(change_rows(chain(), "modes", maturing=0.4))
    outcome = np.concatenate([one.outcome[:, 0] for _, one in futures(q, decided(q, {"P": 6}))])
    waits = 0.6**1.5
    exact = (1 - 0.1 * waits) * (1 - 0.2 * waits)
    assert abs(z_of((outcome == DELIVERED).astype(float), exact)) < Z


# Cost and time


def one_project(**mode: object) -> tuple[Quantities, Decisions]:
    q = Quantities(made(["P"], modes={"P": mode}, gains=[("P", "C", 1)], settings={"quarters": 60}))
    return q, decided(q, {"P": 0})


def test_pert_costs() -> None:
    q, d = one_project(duration=2, cost_low=6, cost_likely=10, cost_high=26)
    cost = np.concatenate([one.paths.committed[:, 0] for _, one in futures(q, d)])
    spent = np.concatenate([one.paths.money.sum(axis=1) for _, one in futures(q, d)])
    assert abs(z_of(cost, (6 + 4 * 10 + 26) / 6)) < Z
    assert np.allclose(cost, spent)
    assert cost.min() >= 6
    assert cost.max() <= 26
    # A beta distribution on 6 to 26 with parameters 1 + 4·0.2 and 1 + 4·0.8.
    a, b = 1.8, 4.2
    variance = 400 * a * b / (36 * 7)
    assert cost.var() == pytest.approx(variance, rel=0.05)


def test_durations_beyond_the_p90_come_once_in_ten() -> None:
    q, d = one_project(duration=20, duration_p90=30)
    took = np.concatenate([one.paths.stopped[:, 0] - one.paths.started[:, 0] for _, one in futures(q, d)])
    ratio = math.log(30 / 20)
    spread = (math.sqrt(1.2815515655446004**2 + 4 * ratio) - 1.2815515655446004) / 2
    for most in (12, 20, 25, 29, 30, 36):
        exact = 0.5 * math.erfc(-(math.log((most + 0.5) / 20) - spread**2) / spread / math.sqrt(2))
        assert abs(z_of((took <= most).astype(float), exact)) < Z, most
    assert (took <= 29).mean() < 0.9 < (took <= 30).mean()
    assert np.bincount(took).argmax() in (19, 20, 21)


def test_what_already_runs_lasts_longer_than_it_has() -> None:
    """Of a project in its fifth quarter it is known that it took more than four; where it stands, half is paid."""
    q = Quantities(
        made(
            ["L"],
            modes={"L": {"duration": 8, "duration_p90": 14, "cost_likely": 8}},
            gates=[("L", 1, 0.1, 0.5, 0.9)],
            locks=[("L", "L", at("2026Q1"))],
            settings={"quarters": 60},
        )
    )
    found = futures(q, decided(q, {"L": -4}))
    took = np.concatenate([one.paths.stopped[:, 0] for _, one in found]) + 4
    below = work_lengths(8, 14)
    for most in (5, 6, 8, 11, 14):
        exact = (below[most - 1] - below[3]) / (1 - below[3])
        assert abs(z_of((took <= most).astype(float), exact)) < Z, most
    assert took.min() == 5
    spent = np.concatenate([one.paths.money.sum(axis=1) for _, one in found])
    assert np.allclose(spent, 8 * (1 - 4 / took))
    assert all((one.outcome == DELIVERED).all() for _, one in found), "the gate is behind it"


def test_prices() -> None:
    q = Quantities(
        made(equipment={"E": {"cost_low": 2, "cost_likely": 4, "cost_high": 9, "hosts": ("O",), "units_max": 3}})
    )
    d = decided(q)
    d.bought[0, 0] = 3
    spent = np.concatenate([one.paths.spend["equipment"].sum(axis=1) for _, one in futures(q, d)])
    assert abs(z_of(spent, 3 * (2 + 16 + 9) / 6)) < Z


# People


def test_people_who_enter_complete_and_leave() -> None:
    """Everybody is on their own, so how many are there in the end is a sum of binomial numbers."""
    flow = {"intake_max": 40, "duration": 3, "completion": 0.7, "retention": 0.9}
    q = Quantities(
        made(
            skills={"S": {"people_start": 50, "loss": 0.15}},
            training={"W": flow},
            training_skills=[("W", "S", 40)],
            settings={"quarters": 12},
        )
    )
    d = decided(q)
    d.entrants[:] = [40, 20, 30]
    people = np.concatenate([one.paths.people[:, 0] for _, one in futures(q, d)])
    assert (people == np.floor(people)).all()
    stay = 1 - float(quarterly(0.15))
    for state in (1, 4, 9, 12):
        groups = [(50, stay**state)]
        groups += [(n, 0.63 * stay ** (state - join)) for n, join in ((40, 3), (20, 7), (30, 11)) if state >= join]
        mean = sum(n * chance for n, chance in groups)
        variance = sum(n * chance * (1 - chance) for n, chance in groups)
        sample = people[:, state]
        assert abs(z_of(sample, mean)) < Z, state
        assert abs(z_of((sample - mean) ** 2, variance)) < Z, state


# Suppliers


@pytest.mark.parametrize(("rate", "length"), [(0.3, 6), (2.0, 1), (0.1, 40), (4.0, 3)])
def test_quarters_without_a_supplier(rate: float, length: float) -> None:
    """Out in a quarter: still out from the one before, or leaving now; it leaves with the hazard of a quarter."""
    q = Quantities(
        made(suppliers={"X": {"withdrawal_rate": rate, "withdrawal_length": length}}, settings={"quarters": 30})
    )
    out = np.concatenate([draws.desk.out[:, 0] for draws, _ in futures(q, decided(q))])
    leaves, chance, total = 1 - math.exp(-rate / 4), 0.0, 0.0
    for t in range(30):
        still = chance * (1 - 1 / length)
        chance = still + (1 - still) * leaves
        total += chance
        assert abs(z_of(out[:, t].astype(float), chance)) < Z, t
    assert abs(z_of(out.sum(axis=1), total)) < Z
    first = np.where(out.any(axis=1), out.argmax(axis=1), 30)
    assert abs(z_of((first < 8).astype(float), 1 - math.exp(-rate * 2))) < Z


def test_a_country_that_withdraws_takes_its_firms() -> None:
    q = Quantities(
        made(
            suppliers={
                "A": {"country": "A", "withdrawal_rate": 0.5, "withdrawal_length": 3},
                "A1": {"kind": "firm", "country": "A", "withdrawal_rate": 0.3, "withdrawal_length": 2},
                "A2": {"kind": "firm", "country": "A"},
                "B1": {"kind": "firm", "country": "B", "withdrawal_rate": 0.5, "withdrawal_length": 3},
            },
            settings={"quarters": 16},
        )
    )
    out = np.concatenate([draws.desk.out for draws, _ in futures(q, decided(q))])
    country, first, second, other = (out[:, s] for s in range(4))
    assert (second == country).all(), "it has no withdrawals of its own"
    assert first[country].all()
    assert (first & ~country).any()
    late, there = other[:, -1].astype(float), country[:, -1]
    assert abs(z_of(late[there], float(late[~there].mean()))) < Z, "a firm of another country is left alone"


def test_cuts() -> None:
    q = Quantities(change(made(settings={"quarters": 12}), cut_chance=0.3, cut_share=0.25))
    factor = np.concatenate([draws.desk.cash["factor"] for draws, _ in futures(q, decided(q))])
    assert set(np.unique(factor)) == {0.75, 1.0}
    for year in range(3):
        assert abs(z_of(factor[:, year], 1 - 0.3 * 0.25)) < Z
    assert abs(np.corrcoef(factor.T)[0, 1]) < Z / math.sqrt(len(factor))


# Q-day


def test_q_day_is_as_surveyed() -> None:
    curves = {"early": (1.0, [(5, 0.1), (10, 0.4)]), "late": (3.0, [(10, 0.2), (20, 0.6)])}
    rows = [
        (name, 2025.5, within, chance, weight) for name, (weight, points) in curves.items() for within, chance in points
    ]
    q = Quantities(made(threat=rows, settings={"start": at("2027Q3")}))
    qday = np.concatenate([draws.qday for draws, _ in futures(q, decided(q))])
    begin = (2025.5 - 2027.5) * 4
    for years in (2.5, 5, 7.5, 10, 15, 20):
        exact = sum(
            weight / 4 * float(np.interp(years, [0, *(x for x, _ in points)], [0, *(y for _, y in points)]))
            for weight, points in curves.values()
        )
        assert abs(z_of((qday <= begin + years * 4).astype(float), exact)) < Z, years
    assert abs(z_of(np.isinf(qday).astype(float), 0.25 * 0.6 + 0.75 * 0.4)) < Z
    assert np.isinf(np.concatenate([draws.qday for draws, _ in futures(*one_project(), batches=1)])).all()


# How the error shrinks


MEASURES: Mapping[str, tuple[float, Callable[[Outcomes], Floats]]] = {
    "gates": (0.8, lambda found: np.asarray(found.status[:, 0] == DELIVERED, dtype=float)),
    "cost": (5.0, lambda found: np.asarray(found.money, dtype=float)),
}
"""By name, what a measure is in the mean, and the measure."""


def slopes(sampler: str, of: int) -> dict[str, float]:
    """Return the power of the number of futures with which the error of each mean goes, from so many seeds."""
    q = Quantities(
        made(
            ["P"],
            modes={"P": {"duration": 2, "cost_low": 2, "cost_likely": 4, "cost_high": 12}},
            gates=[("P", 1, 1.0, 0.8)],
        )
    )
    o, sizes = as_decided(q, decided(q, {"P": 0})), (32, 128, 512, 2048)
    off = np.zeros((len(MEASURES), len(sizes), of))
    for at_size, size in enumerate(sizes):
        for seed in range(of):
            found = Job(q, o, AssessmentSettings(futures=size, seed=seed, sampler=sampler))(0)
            for m, (exact, measure) in enumerate(MEASURES.values()):
                off[m, at_size, seed] = float(np.mean(measure(found))) - exact
    errors = np.sqrt(np.square(off).mean(axis=2))
    return {name: float(np.polyfit(np.log(sizes), np.log(errors[m]), 1)[0]) for m, name in enumerate(MEASURES)}


def test_the_error_shrinks_with_the_root_of_the_futures() -> None:
    assert slopes("random", 70) == pytest.approx(dict.fromkeys(MEASURES, -0.5), abs=0.1)


def test_quasi_random_numbers_shrink_it_faster() -> None:
    assert max(slopes("sobol", 20).values()) < -0.65
