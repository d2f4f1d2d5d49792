"""Names of algorithms that are not recognised, by how often they occur, so that a person can teach them once."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable
from typing import NamedTuple

from lotrinh.register.algorithms import algorithms
from lotrinh.register.kept_sheets import entity
from lotrinh.register.store import Register

NEAREST = 3
COMPARED = 500
"""Names for which the nearest known ones are looked up: the most frequent."""


class Unknown(NamedTuple):
    """A name, or an object identifier where there is no name: in how many assets, of which kinds, and where, say."""

    name: str
    assets: int
    kinds: tuple[str, ...]
    example: str
    nearest: tuple[str, ...]


def unknown_names(register: Register) -> list[Unknown]:
    """Return the names that are not recognised, the most frequent first."""
    import polars as pl

    # Endpoints are unknown where a tool could not see enough, and there is nothing to be taught.
    name = pl.when(pl.col("kind") == "certificate").then(pl.lit("")).otherwise("name")
    told = pl.coalesce(pl.when(text != "").then(text) for text in (pl.col("algorithm"), name, pl.col("oid")))
    place = pl.concat_str("component", "location", separator=" ").str.strip_chars()
    rows = (
        register.scan()
        .filter((pl.col("class") == "unknown") & (pl.col("kind") != "endpoint"))
        .select(told.fill_null("").alias("name"), "kind", place.alias("example"))
        .filter(pl.col("name") != "")
        .group_by("name")
        .agg(pl.len().alias("assets"), pl.col("kind").unique().sort(), pl.col("example").min())
        .sort("assets", "name", descending=[True, False])
        .collect()
    )
    known = {name.casefold(): id for id, row in algorithms().items() for name in (id, *row.names)}
    found = []
    for place_, (name, assets, kinds, example) in enumerate(rows.iter_rows()):
        near = difflib.get_close_matches(name.casefold()[:80], known, NEAREST, 0.6) if place_ < COMPARED else []
        nearest = tuple(dict.fromkeys(known[each] for each in near))
        found.append(Unknown(name, assets, tuple(kinds), example, nearest))
    return found


def sheet(found: Iterable[Unknown]) -> str:
    """Return the sheet in which a person says what the names stand for, as CSV."""
    stream = io.StringIO(newline="")
    columns = [column.name for column in entity("taught").columns]
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in found:
        near = f"; nearest: {', '.join(row.nearest)}" if row.nearest else ""
        writer.writerow({"name": row.name, "evidence": "expert", "reason": f"assets: {row.assets}{near}"})
    return stream.getvalue()
