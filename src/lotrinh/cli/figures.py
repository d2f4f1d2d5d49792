"""Figures of many futures as a person reads them: a chance or a mean with its error, what nine of ten lie between."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from lotrinh.base.text import number, percent
from lotrinh.cli.console import amount


def colour(chance: float) -> str:
    """Return how a chance looks: likely, open, unlikely."""
    return "green" if chance >= 0.75 else "yellow" if chance >= 0.25 else "red"


def with_error(spread: dict[str, Any]) -> str:
    """Return a mean with its error."""
    return (
        f"{number(spread['mean'], 2)} ± {number(spread['error'], 2)}"
        if spread["error"] is not None
        else number(spread["mean"], 2)
    )


def chance_of(chance: float, error: float) -> str:
    """Return a chance with its error, as percentages with one digit of error, at most two decimals."""
    decimals = 0 if error >= 0.00995 else 1 if error >= 0.00095 else 2
    return f"{number(100 * chance, decimals)} ± {percent(error, decimals)}"


def span_of(row: dict[str, Any], unit: str) -> str:
    """Return what nine of ten futures lie between."""
    if row.get("p05") is None or row.get("p95") is None:
        return "–"
    low, high = amount(row["p05"], unit), amount(row["p95"], unit)
    if low == high:
        return low
    return f"{low} – {high}"


def folding(found: Table) -> Table:
    """Return a table of which only the first column may take several lines: figures are never cut."""
    found.columns[0].no_wrap = False
    found.columns[0].overflow = "fold"
    return found
