"""The closed list of units (``units.csv``) and conversion inside one dimension, done once, on entry."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lotrinh.base.text import pick


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `factor` times a value in it gives the value in the dimension's own unit."""

    symbol: str
    dimension: str
    factor: float
    english: str
    vietnamese: str

    def __str__(self) -> str:
        return pick(self.vietnamese, self.english)


@cache
def units() -> dict[str, Unit]:
    """Return every unit by its symbol."""
    text = (files("lotrinh.base") / "units.csv").read_text(encoding="utf-8")
    return {
        row["unit"]: Unit(row["unit"], row["dimension"], float(row["factor"]), row["english"], row["vietnamese"])
        for row in csv.DictReader(text.splitlines())
    }


def same_dimension(symbol: str) -> tuple[str, ...]:
    """Return the symbols of every unit of the same dimension as `symbol`."""
    dimension = units()[symbol].dimension
    return tuple(unit.symbol for unit in units().values() if unit.dimension == dimension)


def factor(source: str, target: str) -> float:
    """Return what a value in unit `source` is multiplied by to stand in unit `target`.

    Raises
    ------
    ValueError
        If either unit is unknown or they measure different things.
    """
    known = units()
    if source not in known or target not in known or known[source].dimension != known[target].dimension:
        raise ValueError(f"{source!r} cannot be converted to {target!r}")
    return known[source].factor / known[target].factor
