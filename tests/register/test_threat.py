"""The chance of Q-day: the fit of each survey, its mixture, what moves it, and drawing from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from lotrinh.assessment.distributions import arrival
from lotrinh.register.threat import REACH, Known, Point, Threat, default, offsets, survey


def points(pairs: list[tuple[float, float]], curve: str = "c", weight: float = 1.0) -> list[Point]:
    return [Point(curve, 2025.0, within, chance, weight) for within, chance in pairs]


def test_the_shipped_surveys_are_met_within_three_points() -> None:
    threat = default()
    assert [curve.name for curve in threat.curves] == ["optimistic", "pessimistic"]
    assert all(curve.misfit < 0.03 for curve in threat.curves)
    assert all(0.0 <= curve.cure < 0.5 for curve in threat.curves)
    by_hand = {(row.curve, row.within): row.chance for row in survey()}
    assert by_hand["optimistic", 10.0] == 0.49
    assert by_hand["pessimistic", 30.0] == 0.81


@pytest.mark.parametrize("curve", [0, 1])
def test_no_other_fit_of_the_same_shape_is_nearer(curve: int) -> None:
    """Against a general least-squares solver from many starts."""
    mine = default().curves[curve]
    shapes = {
        "log-logistic": lambda t, a, b: 1.0 / (1.0 + (t / a) ** -b),
        "log-normal": lambda t, a, b: np.array([_normal(b * np.log(x / a)) for x in t]),
        "Weibull": lambda t, a, b: 1.0 - np.exp(-((t / a) ** b)),
    }
    squares = float(((mine.at(mine.within) - mine.chance) ** 2).sum())
    for shape in shapes.values():
        for start in ([0.8, 10.0, 2.0], [0.95, 20.0, 1.0], [0.9, 15.0, 3.0]):
            found = least_squares(
                lambda x, shape=shape: x[0] * shape(mine.within, x[1], x[2]) - mine.chance,
                start,
                bounds=([0.0, 0.5, 0.2], [1.0, 300.0, 12.0]),
            )
            assert squares <= 2.0 * found.cost + 1e-7


def _normal(z: float) -> float:
    from statistics import NormalDist

    return NormalDist().cdf(z)


def test_a_known_curve_is_found_again() -> None:
    years = np.array([5.0, 10.0, 15.0, 20.0, 30.0])
    chance = 0.8 / (1.0 + (years / 12.0) ** -2.5)
    (curve,) = Threat.surveyed(points(list(zip(years, chance, strict=True)))).curves
    assert curve.shape == "log-logistic"
    assert (1.0 - curve.cure, curve.scale, curve.form) == pytest.approx((0.8, 12.0, 2.5), rel=1e-4)


@given(
    st.lists(
        st.tuples(st.floats(0.5, 60), st.floats(0, 1)), min_size=1, max_size=6, unique_by=lambda pair: round(pair[0], 2)
    )
)
@settings(max_examples=60, deadline=None)
def test_any_survey_gives_a_chance_that_never_falls(pairs: list[tuple[float, float]]) -> None:
    rising = list(zip(sorted(w for w, _ in pairs), sorted(c for _, c in pairs), strict=True))
    threat = Threat.surveyed(points(rising))
    years = np.linspace(2000.0, 2200.0, 401)
    found = threat.by(years)
    assert (np.diff(found) >= -1e-12).all()
    assert ((found >= 0.0) & (found <= 1.0 + 1e-12)).all()
    assert found[0] == 0.0


def test_few_points_are_joined_evenly_and_a_certain_day_is_a_step() -> None:
    threat = Threat.surveyed(points([(10.0, 0.4), (20.0, 0.6)]))
    assert threat.by(np.array([2025.0, 2030.0, 2035.0, 2040.0, 2060.0])) == pytest.approx([0.0, 0.2, 0.4, 0.5, 0.6])
    known = Known(np.array(2030.0))
    assert known.by(np.array([2029.9, 2030.0, 2031.0])).tolist() == [0.0, 1.0, 1.0]
    assert Known(np.array([2030.0, np.inf])).by(np.array([2031.0])).tolist() == [[1.0], [0.0]]


def test_weights_mix_acceleration_and_offsets_move() -> None:
    years = np.array([2030.0, 2035.0, 2040.0])
    both = Threat.surveyed([*points([(10.0, 0.5)], "a", 3.0), *points([(10.0, 0.1)], "b", 1.0)])
    one, other = Threat.surveyed(points([(10.0, 0.5)])), Threat.surveyed(points([(10.0, 0.1)]))
    assert both.by(years) == pytest.approx(0.75 * one.by(years) + 0.25 * other.by(years))
    threat = default()
    assert threat.earlier(2.0).by(years) == pytest.approx(threat.by(years + 2.0))
    assert default(2.0).by(years) == pytest.approx(threat.by(years + 2.0))
    assert offsets()["ecc"] < 0.0
    assert threat.by(years, "ecc") == pytest.approx(threat.by(years - offsets()["ecc"]))
    assert (threat.by(years, "ecc") > threat.by(years, "rsa")).all()
    assert Known(np.array(2030.0), {"ecc": -1.0}).by(np.array([2029.5]), "ecc").tolist() == [1.0]


def test_what_is_drawn_is_distributed_as_the_chance_says() -> None:
    threat = default()
    rng = np.random.default_rng(5)
    moments = arrival(threat.tabled(), rng.random(200_000), rng.random(200_000))
    for year in (2028.0, 2030.0, 2036.0, 2050.0, 2025.0 + REACH):
        exact = float(threat.by(np.array([year]))[0])
        assert abs(float((moments <= year).mean()) - exact) < 4.0 * np.sqrt(exact * (1 - exact) / 2e5) + 2e-4
