"""The mean of the worst tenth of futures against its exact value, by trying every outcome of every project.

The rule draws N = 2,000 scenarios and takes the mean of the worst 200. Its Monte Carlo error has two parts: which
outcomes the sample holds, and the mean over the tail. By the usual expansion (Rockafellar and Uryasev, 2000) the
variance of the estimate is Var[(v - X)⁺] / (α² N) with v the value at risk; the tests allow four such errors, that is
four times the standard deviation of min(X, v), divided by 0.1 and by the root of N. Outcomes are discrete here, and a
sample may take its border at the next value: v is the value at risk at 0.1 and four of its own errors, 0.1 + 4·0.0067.
"""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from tests.oracle.oracle import Rules
from tests.plan.builders import FIFTH, build
from tests.plan.directives.random_plans import partnered, random_decisions
from tests.plan.directives.said import best, directive, measured, path, stacked, starts_of

from lotrinh.measures.paths import follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.directives.tail import SCENARIOS, WORST, sampled_levels
from lotrinh.plan.scorecard import verdict
from lotrinh.programme.programme import Programme


def outcomes(programme: Programme, starts: dict[str, tuple[str, int]]) -> list[tuple[float, float]]:
    """Return (mean final usable level, chance) of every way in which the chosen projects succeed or fail.

    A project delivers its whole gain where it and all before it succeed, its failure share where only it fails, and
    nothing where one before it fails.
    """
    rules = Rules(programme, "base")
    names = list(starts)
    chance = {p: rules.chance(*starts[p]) for p in names}
    before: dict[str, set[str]] = {p: set() for p in programme.projects.ids}
    for _ in before:
        for row in programme.project_links:
            before[row.project] |= {row.predecessor} | before[row.predecessor]
    found = []
    for luck in itertools.product((True, False), repeat=len(names)):
        works = dict(zip(names, luck, strict=True))
        weight = math.prod(chance[p] if works[p] else 1 - chance[p] for p in names)
        level: dict[str, list[float]] = {}
        for row in programme.capabilities:
            k = row.capability
            now = row.level_start * (1 - rules.delta[k]) ** rules.T
            for gain in programme.gains:
                p = gain.project
                if gain.capability != k or p not in starts or not all(works.get(q, False) for q in before[p]):
                    continue
                mode = programme.modes.of(starts[p][0])
                end = starts[p][1] + mode.duration
                part = 1.0 if works[p] else programme.projects.of(p).failure_share
                now += gain.levels * mode.gain_factor * part * (1 - rules.delta[k]) ** (rules.T - end)
            level[k] = [now] * (rules.T + 1)
        usable = rules.usable(level)
        found.append((sum(course[-1] for course in usable.values()) / len(usable), weight))
    return found


def exact(found: list[tuple[float, float]], share: float = WORST) -> tuple[float, float]:
    """Return the mean of the worst `share` of the outcomes, and the deviation of the outcomes cut at its border."""
    left, total, met, border = share, 0.0, 0.0, 0.0
    for value, chance in sorted(found):
        taken = min(chance, left)
        total, left = total + taken * value, left - taken
        if met <= share + 4 * math.sqrt(share * (1 - share) / SCENARIOS):
            border = value
        met += chance
    cut = [(min(value, border), chance) for value, chance in found]
    mean = sum(value * chance for value, chance in cut)
    return total / share, math.sqrt(sum(chance * (value - mean) ** 2 for value, chance in cut))


def error(deviation: float) -> float:
    """Return the standard error of the sampled mean of the tail."""
    return deviation / (WORST * math.sqrt(SCENARIOS))


def unlocked(programme: Programme) -> bool:
    """Return whether no chosen project may miss its predecessors: locks are excused from them."""
    return not programme.locks


SEEDS = [seed for seed in range(60) if unlocked(partnered(seed))]


def ordered(q: Quantities, seed: int):
    """Return random decisions without the projects whose predecessors are left out."""
    decisions = random_decisions(q, seed, core=False)
    for p, before in sorted(q.ancestors.items(), key=lambda each: len(each[1])):
        if any(decisions.option[b] < 0 for b in before):
            decisions.option[p] = -1
    return decisions


@pytest.mark.parametrize("seed", SEEDS)
def test_sampled_tail_is_the_exact_one_within_its_error(seed: int) -> None:
    programme = partnered(seed)
    q = Quantities(programme, "base")
    decisions = ordered(q, seed)
    mean, deviation = exact(outcomes(programme, starts_of(q, decisions)))
    sampled = measured(follow(q, decisions), directive("tail"))[0]
    assert sampled == pytest.approx(mean, abs=4 * error(deviation) + 1e-9)


def test_the_sample_has_the_chances_of_the_outcomes() -> None:
    """Every outcome comes as often as its chance says, within four standard errors."""
    for seed in SEEDS[:12]:
        programme = partnered(seed)
        q = Quantities(programme, "base")
        decisions = ordered(q, seed)
        chance: dict[float, float] = {}
        for value, weight in outcomes(programme, starts_of(q, decisions)):
            chance[round(value, 6)] = chance.get(round(value, 6), 0.0) + weight
        values, counts = np.unique(np.round(sampled_levels(follow(q, decisions), q.horizon), 6), return_counts=True)
        for value, count in zip(values, counts, strict=True):
            near = sum(weight for other, weight in chance.items() if abs(other - value) < 3e-6)
            assert abs(count / SCENARIOS - near) <= 4 * math.sqrt(near * (1 - near) / SCENARIOS) + 1e-9


def test_by_hand() -> None:
    # P gains 2 with a chance of 0.95 and keeps a quarter of it otherwise: half of the worst tenth fails.
    # 0.5·0.5 + 0.5·2 = 1.25; everything wears by a fifth from state 1 to state 4: 0.8³ = 0.512.
    programme = build(
        {"P": {"failure_share": 0.25}},
        capabilities={"C": {"depreciation": FIFTH}},
        gates=[("P", 1, 1, 0.95)],
        gains=[("P", "C", 2)],
        skills=["S"],
    )
    mean, deviation = exact(outcomes(programme, {"P": ("P", 0)}))
    assert mean == pytest.approx(1.25 * 0.512)
    # min(X, v) is X: 1.5 levels times 0.512 times the root of 0.95·0.05; 0.1674, so the error is 0.0374.
    assert error(deviation) == pytest.approx(0.0374, abs=1e-4)
    assert measured(path(programme, {"P": 0}), directive("tail"))[0] == pytest.approx(mean, abs=4 * error(deviation))


def test_a_failed_predecessor_leaves_nothing() -> None:
    # Q follows P and both succeed in half of all cases: the worst tenth has neither.
    programme = build(
        {"P": {"failure_share": 0.5}, "Q": {"failure_share": 1.0}},
        gates=[("P", 1, 1, 0.5), ("Q", 1, 1, 0.5)],
        gains=[("P", "C", 1), ("Q", "C", 2)],
        project_links=[("Q", "P", 0)],
        skills=["S"],
    )
    found = path(programme, {"P": 0, "Q": 1})
    assert measured(found, directive("tail"))[0] == pytest.approx(0.5)
    assert sorted(set(np.round(sampled_levels(found, 4), 9))) == [0.5, 3.0]


def test_the_error_falls_with_the_scenarios() -> None:
    """With many more scenarios the sampled tail comes nearer."""
    programme = partnered(SEEDS[3])
    q = Quantities(programme, "base")
    decisions = ordered(q, 3)
    mean, deviation = exact(outcomes(programme, starts_of(q, decisions)))
    many = 100_000
    sample = np.sort(sampled_levels(follow(q, decisions), q.horizon, many, seed=1))[: math.ceil(WORST * many)]
    assert sample.mean() == pytest.approx(mean, abs=4 * deviation / (WORST * math.sqrt(many)) + 1e-9)


def test_the_same_plan_has_the_same_tail() -> None:
    programme = partnered(SEEDS[1])
    q = Quantities(programme, "base")
    paths = follow(q, ordered(q, 1))
    assert measured(paths, directive("tail")).tolist() == measured(paths, directive("tail")).tolist()


def test_many_futures_are_their_own_sample() -> None:
    programme = partnered(SEEDS[0])
    q = Quantities(programme, "base")
    several = stacked(*[follow(q, ordered(q, seed)) for seed in range(23)])
    final = np.sort(several.usable[:, :, -1].mean(axis=1))
    assert measured(several, directive("tail")) == pytest.approx([final[:3].mean()] * 23)
    assert final[0] < final[-1]


def mean_of_worst(sample: np.ndarray) -> float:
    return float(np.sort(sample)[: math.ceil(WORST * len(sample))].mean())


def many_projects() -> Programme:
    """Return a programme of twelve projects whose outcomes are nearly as many as scenarios."""
    names = [f"P{i}" for i in range(12)]
    return build(
        names,
        capabilities={"C": {"level_start": 0}, "K": {"level_start": 1}},
        gates=[(name, 1, 1, 0.5 + 0.03 * i) for i, name in enumerate(names)],
        gains=[(name, "CK"[i % 2], 0.2 + 0.017 * i * i / 4) for i, name in enumerate(names)],
        skills=["S"],
    )


def test_the_stated_error_is_the_spread_over_seeds() -> None:
    """Of 400 samples, whose spread is itself known to one part in 28; the smallness of the tail adds some."""
    programme = many_projects()
    found = path(programme, dict.fromkeys(programme.projects.ids, 0))
    several = [mean_of_worst(sampled_levels(found, 4, seed=seed)) for seed in range(400)]
    stated = verdict(found, directive("tail")).error
    assert stated.shape == (1,)
    assert stated[0] == pytest.approx(np.std(several), rel=0.15)
    assert verdict(found, directive("tail")).measure[0] == pytest.approx(several[0])
    assert several[0] == pytest.approx(np.mean(several), abs=4 * stated[0])


def test_the_error_by_hand() -> None:
    # Thirty futures that end at 0.1, 0.2, ...: below 0.3, the best of the worst three, by 0.2, 0.1 and 0. The mean of
    # the thirty is 0.01, that of their squares 0.05/30; the root of 0.05/30 - 0.0001 is 0.03958; by 0.1·√30, 0.0723.
    paths = stacked(*[path(many_projects(), {})] * 30)
    usable = np.zeros_like(paths.usable)
    usable[:, :, -1] = np.arange(1, 31)[:, None] / 10
    told = verdict(dataclasses.replace(paths, usable=usable), directive("tail"))
    assert told.measure == pytest.approx(0.2)
    assert told.error == pytest.approx([0.0723] * 30, abs=1e-4)


def test_rules_that_do_not_sample_have_no_error() -> None:
    programme = many_projects()
    found = path(programme, {"P0": 0})
    assert verdict(found, directive("focus_fields")).error.tolist() == [0.0]


def test_the_plan_states_the_error() -> None:
    plan = best(many_projects(), directive("tail", kind="watch"), directive("focus_fields", kind="watch"))
    tail, other = plan.summary()["directives"]
    assert tail["error"] == pytest.approx(plan.directives()[0].error[0], abs=1e-9)
    assert tail["error"] > 0 == other["error"]


def test_a_state_before_the_end() -> None:
    """What has not ended by then is not there yet, whatever its luck."""
    programme = many_projects()
    found = path(programme, {"P0": 0, "P1": 2})
    early, late = (sampled_levels(found, at) for at in (2, 3))
    assert sorted({*np.round(early, 6)}) == [0.5, 0.6]  # C at 0 or 0.2, K at 1
    assert len({*np.round(late, 6)}) == 4
