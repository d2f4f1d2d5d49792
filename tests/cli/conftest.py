"""A command as the tests of one command call it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lotrinh.cli.main import main


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command in this process: exit code, standard output, standard error."""

    def run_here(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_here
