"""Importing the package costs nothing until something is asked of it."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "polars", "highspy", "rich", "cyclopts", "python_calamine", "xlsxwriter", "pandas", "pyarrow")


def loaded(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after `statement`."""
    code = f"{statement}; import sys; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return {name.partition(".")[0] for name in names}


@pytest.fixture(scope="module")
def after_import() -> set[str]:
    return loaded("import lotrinh")


@pytest.mark.parametrize("package", HEAVY)
def test_import_takes_no_heavy_package(package: str, after_import: set[str]) -> None:
    assert "lotrinh" in after_import
    assert package not in after_import


@pytest.mark.parametrize("package", HEAVY[:7])
def test_the_names_watched_for_are_real(package: str) -> None:
    assert package in loaded(f"import {package}")
