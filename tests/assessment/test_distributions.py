"""Distributions: what they are at by their parameters, and at every edge that data can reach."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lotrinh.assessment.distributions import (
    P90,
    POINTS,
    arrival,
    pert,
    successes,
    tabled,
    waiting,
    whole_numbers,
    work_lengths,
)

EVEN = (np.arange(20_000) + 0.5) / 20_000
"""Even steps from 0 to 1: through an inverted distribution, the distribution itself."""


def proper(below: np.ndarray) -> bool:
    """True where an array is a distribution function: it rises from 0 or above to 1."""
    return bool(np.isfinite(below).all() and below[0] >= 0 and (np.diff(below) >= 0).all() and below[-1] == 1.0)


# How long work takes


@pytest.mark.parametrize(("likely", "p90"), [
    (1, 2), (4, 6), (8, 12), (12, 30), (20, 21), (40, 80), (1, 40), (200, 400),
])  # fmt: skip
def test_work_is_log_normal(likely: int, p90: int) -> None:
    below = work_lengths(likely, p90)
    assert proper(below)
    spread = (math.sqrt(P90**2 + 4 * math.log(p90 / likely)) - P90) / 2
    exact = stats.lognorm(spread, scale=likely * math.exp(spread**2))
    assert exact.ppf(0.9) == pytest.approx(p90)
    quarters = np.arange(1, len(below))
    assert np.allclose(below[:-1], exact.cdf(quarters + 0.5), atol=1e-12)
    assert below[p90 - 2] < 0.9 < below[p90 - 1], "nine in ten are done within the 90 % duration, not within less"
    assert exact.sf(len(below)) < 1e-6


@pytest.mark.parametrize(("likely", "p90"), [(8, 12), (12, 30), (20, 28)])
def test_the_likely_duration_is_the_likeliest(likely: int, p90: int) -> None:
    assert abs(int(np.diff(work_lengths(likely, p90), prepend=0).argmax()) + 1 - likely) <= 1


@pytest.mark.parametrize(("likely", "p90"), [(1, None), (7, None), (7, 7), (7, 3), (1, 1), (1, 0), (200, 200)])
def test_work_without_a_spread_is_certain(likely: int, p90: int | None) -> None:
    below = work_lengths(likely, p90)
    assert proper(below)
    assert (whole_numbers(below, np.array([0.0, 0.3, 1 - 1e-16])) + 1 == likely).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(0, 400))
def test_every_duration_that_data_can_state(likely: int, p90: int) -> None:
    p90 = min(p90, 6 * likely)  # beyond, the tail is long, and so is the table
    below = work_lengths(likely, p90)
    assert proper(below)
    drawn = whole_numbers(below, np.array([0.0, 0.5, 1 - 1e-16])) + 1
    assert 1 <= drawn[0] <= drawn[1] <= drawn[2] <= len(below)


# Cost


@pytest.mark.parametrize(("low", "likely", "high"), [
    (1, 2, 3), (0, 1, 10), (1, 1, 5), (1, 5, 5), (0.7, 1, 1.6), (0, 0.5, 1), (1e-3, 1, 1e3), (1, 1.0001, 1.0002),
])  # fmt: skip
def test_costs_are_pert(low: float, likely: float, high: float) -> None:
    quantiles, width = pert(low, likely, high), high - low
    assert quantiles.shape == (POINTS,)
    assert (quantiles[0], quantiles[-1]) == pytest.approx((low, high), abs=width * 1e-3)
    assert (np.diff(quantiles) >= 0).all()
    drawn = tabled(quantiles, EVEN)
    exact = stats.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, loc=low, scale=width)
    assert drawn.mean() == pytest.approx((low + 4 * likely + high) / 6, abs=width * 1e-3)
    assert drawn.std() == pytest.approx(exact.std(), abs=width * 1e-3)
    for u in (0.01, 0.1, 0.5, 0.9, 0.99):
        assert tabled(quantiles, np.array([u]))[0] == pytest.approx(exact.ppf(u), abs=width * 1e-3)


@pytest.mark.parametrize(("low", "likely", "high"), [(2, 2, 2), (0, 0, 0), (3, 2, 1)])
def test_a_cost_without_a_range_is_the_likely_one(low: float, likely: float, high: float) -> None:
    assert (tabled(pert(low, likely, high), EVEN) == likely).all()


@pytest.mark.parametrize("likely", [-1.0, 0.0, 4.0, 9.0])
def test_a_likely_cost_at_or_beyond_an_end_stays_in_the_range(likely: float) -> None:
    drawn = tabled(pert(1, likely, 4), EVEN)
    assert np.isfinite(drawn).all()
    assert drawn.min() >= 1
    assert drawn.max() <= 4


def test_a_table_is_read_between_its_points_and_to_its_ends() -> None:
    table = np.array([0.0, 10.0, 30.0])
    assert tabled(table, np.array([0.0, 0.25, 0.5, 0.75, 1.0])).tolist() == [0, 5, 10, 20, 30]


# Who completes, who waits


@pytest.mark.parametrize("trials", [0, 1, 2, 17, 400, 5000])
@pytest.mark.parametrize("chance", [1e-9, 0.05, 0.5, 0.63, 1 - 1e-9])
def test_successes_are_binomial(trials: int, chance: float) -> None:
    below = successes(trials, chance)
    assert below.shape == (trials + 1,)
    assert np.allclose(below, stats.binom(trials, chance).cdf(np.arange(trials + 1)), atol=1e-9)
    assert (below <= 1.0).all()
    drawn = whole_numbers(below, EVEN)
    assert 0 <= drawn.min() <= drawn.max() <= trials
    assert drawn.mean() == pytest.approx(trials * chance, abs=1e-3 * max(1, math.sqrt(trials)) + 1e-3)


@pytest.mark.parametrize("trials", [0, 1, 9])
def test_who_is_sure_to_complete_does_and_who_cannot_does_not(trials: int) -> None:
    ends = np.array([0.0, 0.5, 1 - 1e-16])
    assert (whole_numbers(successes(trials, 0.0), ends) == 0).all()
    assert (whole_numbers(successes(trials, -1e-12), ends) == 0).all()
    assert (whole_numbers(successes(trials, 1.0), ends) == trials).all()
    assert (whole_numbers(successes(trials, 1.0 + 1e-12), ends) == trials).all()


@pytest.mark.parametrize("chance", [0.01, 0.3, 0.632, 0.99])
def test_waiting_is_geometric(chance: float) -> None:
    waited = waiting(chance, EVEN)
    for quarters in (0, 1, 5):
        assert (waited <= quarters).mean() == pytest.approx(1 - (1 - chance) ** (quarters + 1), abs=1e-4)
    assert waited.min() == 0


def test_waiting_at_the_ends() -> None:
    assert (waiting(1.0, EVEN) == 0).all()
    assert waiting(1e-12, np.array([0.5]))[0] > 1e11
    assert (waiting(np.array([0.5, 1.0, 0.5]), np.array([0.0, 0.9, 0.6])) == [0, 0, 1]).all()


def test_whole_numbers_at_the_steps() -> None:
    below = np.array([0.25, 0.25, 0.75, 1.0])
    assert whole_numbers(below, np.array([0.0, 0.2499, 0.25, 0.7499, 0.75, 1 - 1e-16, 1.0])).tolist() == [
        0, 0, 2, 2, 3, 3, 3,
    ]  # fmt: skip


# Q-day


def test_the_moment_comes_from_the_curves_by_their_weights() -> None:
    curves = [
        (1.0, np.array([0.0, 10.0, 20.0]), np.array([0.0, 0.2, 0.5])),
        (3.0, np.array([-4.0, 40.0]), np.array([0.0, 1.0])),
    ]
    which, u = (grid.ravel() for grid in np.meshgrid((np.arange(400) + 0.5) / 400, (np.arange(1000) + 0.5) / 1000))
    found = arrival(curves, which, u)
    for moment in (0, 5, 10, 15, 20, 39):
        exact = 0.25 * np.interp(moment, [0, 10, 20], [0, 0.2, 0.5]) + 0.75 * (moment + 4) / 44
        assert (found <= moment).mean() == pytest.approx(exact, abs=2e-3)
    assert np.isinf(found).mean() == pytest.approx(0.25 * 0.5, abs=2e-3)
    assert np.isinf(arrival([], which, u)).all()


def test_a_curve_that_is_flat_for_a_while() -> None:
    """Nothing comes while the chance does not rise."""
    found = arrival([(2.0, np.array([0.0, 5.0, 9.0, 10.0]), np.array([0.0, 0.5, 0.5, 0.9]))], EVEN, EVEN)
    assert not ((found > 5.001) & (found < 8.999)).any()
    assert (found <= 5.0).mean() == pytest.approx(0.5, abs=1e-3)
    assert np.isinf(found).mean() == pytest.approx(0.1, abs=1e-3)
