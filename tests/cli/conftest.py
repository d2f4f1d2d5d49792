"""A command as the tests of one command call it, and a plan file for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lotrinh.base.examples import example
from lotrinh.cli.main import main
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Return the best plan of the small case."""
    return optimise(load(example("small")), PlanSettings(gap=0.0, threads=1))


@pytest.fixture(scope="session")
def file(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its plan file."""
    path = tmp_path_factory.mktemp("plans") / "small.plan.json"
    plan.save(path)
    return path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command in this process: exit code, standard output, standard error."""

    def run_here(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_here
