"""What a system is worth and how long its secrets and signatures must hold: as its owner says, or by its grade."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from lotrinh.register.sheets import ALL, System

if TYPE_CHECKING:
    import polars as pl

SCHEMA: dict[str, type] = {
    "system": str,
    "organisation": str,
    "criticality": str,
    "classification": str,
    "worth": float,
    "shelf_life": float,
    "trust_life": float,
    "said_trust": bool,
    "team": str,
    "calendar": str,
    "release": str,
    "evidence": str,
}
"""Columns of `of_systems`: `worth` is the value at risk in a year, `said_trust` whether the owner gave trust life."""


@cache
def grades() -> dict[tuple[str, str], dict[str, float]]:
    """Return the shipped values and lives by what they are of and its grade; all are assumptions."""
    text = files("lotrinh.register.work").joinpath("values.csv").read_text(encoding="utf-8")
    return {
        (row["of"], row["name"]): {
            name: float(row[name]) for name in ("value", "shelf_life", "trust_life") if row[name]
        }
        for row in csv.DictReader(text.splitlines())
    }


def of_systems(systems: Sequence[System], met: Sequence[str]) -> pl.DataFrame:
    """Return one row, with the columns of `SCHEMA`, for each system of the sheet and each other one that was `met`."""
    import polars as pl

    known = {row.system: row for row in systems}
    rows = [_of(known.get(name) or _stranger(name)) for name in sorted(known.keys() | set(met))]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _of(row: System) -> tuple[object, ...]:
    value = grades()["criticality", row.criticality]["value"] if row.value is None else row.value
    lives = grades()["classification", row.classification]
    judged = None in (row.value, row.shelf_life, row.trust_life)
    return (
        row.system,
        row.organisation,
        row.criticality,
        row.classification,
        value,
        lives["shelf_life"] if row.shelf_life is None else row.shelf_life,
        lives["trust_life"] if row.trust_life is None else row.trust_life,
        row.trust_life is not None,
        row.team or row.organisation or ALL,
        row.calendar,
        "" if row.vendor_ready is None else str(row.vendor_ready),
        "assumption" if judged else row.evidence,
    )


def _stranger(name: str) -> System:
    """Return the row of a system of which no sheet speaks: everything as by default."""
    return System(system=name, evidence="assumption")


def shared(items: pl.DataFrame, systems: pl.DataFrame) -> pl.DataFrame:
    """Return the items with `value`: that of their system, divided evenly over kinds and functions, then over items.

    So a thousand certificates do not hide the one authority above them. The items of a system sum up to its value.
    """
    import polars as pl

    groups = pl.struct("kind", "function").n_unique().over("system")
    return items.join(systems.select("system", "worth"), on="system", how="left", maintain_order="left").with_columns(
        (pl.col("worth") / groups / pl.len().over("system", "kind", "function")).alias("value")
    )
