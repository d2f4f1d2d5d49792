"""The plan that the tests of the futures share."""

from __future__ import annotations

import pytest

from lotrinh.base.examples import example
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Return the best plan of the small case."""
    return optimise(load(example("small")), PlanSettings(gap=0.0, threads=1))
