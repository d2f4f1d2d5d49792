"""The register as it was: assets as of a day, and what changed between two days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lotrinh.register.merge import Merge, ranked
from lotrinh.register.owners import Owners
from lotrinh.register.state import ASSETS, State, empty, sheet
from lotrinh.register.verdicts import Verdicts

if TYPE_CHECKING:
    import polars

CHANGES = ("appeared", "vanished", "changed")
SHOWN = ("kind", "name", "host", "port", "component", "location")
"""What a difference shows of an asset besides its classes."""


def at(state: State, day: date) -> polars.DataFrame:
    """Return the assets as of the end of `day`, columns `ASSETS`.

    They are those in the latest scans until then: what a later scan of a source of the same name, system and tool no
    longer found is not there. Systems and what was taught are those of today.
    """
    import polars as pl

    sources = state.table("sources").collect()
    segments = [state.folder / name for name in state.manifest.files.get("sightings", {})]
    until = sources.filter(pl.col("day") <= day)
    if not segments or not len(until):
        return empty("assets").select(ASSETS)
    held = state.sheets()
    moved = state.table("moved").collect()
    ranks = ranked(until).with_columns(fresh=pl.lit(False))
    taught = Verdicts(sheet("taught", held, sources))
    merge = Merge(segments, ranks, Owners(sheet("systems", held, sources)), taught, moved)
    parts = [part.filter("present").select(ASSETS) for part in merge.assets()]
    return pl.concat(parts) if parts else empty("assets").select(ASSETS)


def diff(state: State, first: date, second: date) -> polars.DataFrame:
    """Return what is not the same on two days: change, asset, class_before, class_after, and the columns `SHOWN`.

    `change` is one of `CHANGES`; the class is empty on the day on which the asset is not there.
    """
    import polars as pl

    before, after = (at(state, day).select("asset", "class", *SHOWN) for day in (first, second))
    both = before.join(after, on="asset", how="full", suffix="_after", coalesce=True)
    change = (
        pl.when(pl.col("class").is_null())
        .then(pl.lit("appeared"))
        .when(pl.col("class_after").is_null())
        .then(pl.lit("vanished"))
        .when(pl.col("class") != pl.col("class_after"))
        .then(pl.lit("changed"))
    )
    classes = {"class_before": pl.col("class").fill_null(""), "class_after": pl.col("class_after").fill_null("")}
    shown = [pl.coalesce(f"{name}_after", name).alias(name) for name in SHOWN]
    found = both.select(change.alias("change"), "asset", **classes).hstack(both.select(shown))
    return found.filter(pl.col("change").is_not_null()).sort("change", "class_after", "class_before", "asset")
