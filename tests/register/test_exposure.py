"""Exposure: each function by hand, Mosca's inequality as its one-point case, and what it must never do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotrinh.base.calendar import Quarter
from lotrinh.register.classes import FUNCTIONS
from lotrinh.register.exposure import profile, rate
from lotrinh.register.threat import Known, Point, Threat, default

START = Quarter(2027, 1)
EVEN = Threat.surveyed([Point("c", 2027.0, 10.0, 1.0, 1.0)])
"""A tenth more in every year from the start on."""


def test_by_hand() -> None:
    middle = (np.arange(9) + 0.5) / 4
    assert rate("already_weak", 5, 5, "", EVEN, START, 8) == pytest.approx([0.25] * 9)
    assert rate("key_establishment", 0, 0, "", EVEN, START, 8) == pytest.approx(0.25 * middle / 10)
    assert rate("key_establishment", 5, 0, "", EVEN, START, 8) == pytest.approx(0.25 * (middle + 5) / 10)
    assert rate("key_establishment", 20, 0, "", EVEN, START, 8) == pytest.approx([0.25] * 9)
    assert rate("signature", 9, 0, "", EVEN, START, 8) == pytest.approx(0.25 * middle / 10)
    # A fortieth of all Q-days falls into each quarter and puts the 4 years of signatures that are trusted in doubt.
    assert rate("signature", 0, 4, "", EVEN, START, 8) == pytest.approx(0.25 * middle / 10 + 4 / 40)
    found = profile("already_weak", 0, 0, "", EVEN, START, 8)
    assert found == pytest.approx(np.arange(9) / 4)


@given(
    x=st.integers(0, 60).map(lambda n: n / 4),
    y=st.integers(1, 40),
    z=st.integers(1, 100).map(lambda n: n / 4),
)
def test_mosca_is_the_one_point_case(x: float, y: int, z: float) -> None:
    """X years secret, Y quarters to migrate, Z years to a certain Q-day: exposed just where X + Y > Z."""
    found = profile("key_establishment", x, 0.0, "", Known(np.array(2027.0 + z)), START, 40)
    assert (found[y] > 0.0) == (x + y / 4 > z)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_waiting_never_pays_and_a_nearer_threat_never_helps(function: str) -> None:
    threat = default()
    for life in (0.0, 3.0, 25.0):
        found = profile(function, life, life, "rsa", threat, START, 40)
        assert found[0] == 0.0
        assert (np.diff(found) >= 0.0).all()
        assert (profile(function, life, life, "rsa", threat.earlier(3.0), START, 40) >= found - 1e-12).all()
        assert (profile(function, life, life, "ecc", threat, START, 40) >= found - 1e-12).all()
        assert (profile(function, life + 5, life + 5, "rsa", threat, START, 40) >= found - 1e-12).all()


def test_the_expected_exposure_is_the_mean_over_known_worlds() -> None:
    threat, rng = default(), np.random.default_rng(3)
    from lotrinh.assessment.distributions import arrival

    worlds = Known(arrival(threat.tabled(), rng.random(60_000), rng.random(60_000)))
    for function in FUNCTIONS:
        found = profile(function, 10.0, 10.0, "", worlds, START, 40)
        mean, error = found.mean(axis=0), found.std(axis=0) / np.sqrt(len(found))
        assert (np.abs(mean - profile(function, 10.0, 10.0, "", threat, START, 40)) <= 4.5 * error + 1e-3).all()
