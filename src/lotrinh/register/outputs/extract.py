"""What leaves the register at one date, as the tables from which every output is made."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lotrinh.base.calendar import Quarter
from lotrinh.register.items import COSTS, EFFORTS, ITEMS
from lotrinh.register.sheets import ALL, Progress, System, Window
from lotrinh.register.sightings import Sighting

if TYPE_CHECKING:
    import polars as pl

OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "lotrinh")
"""Namespace of the ids that outputs give."""
_DROPPED = ("reference", "depends", "seen", "system")
ASSETS: dict[str, type] = {
    "asset": str,
    "kind": str,
    **{name: type(default) for name, default in Sighting._field_defaults.items() if name not in _DROPPED},
    "algorithm_id": str,
    "family": str,
    "class": str,
    "function": str,
    "strength": int,
    "category": int,
    "signature_id": str,
    "signature_class": str,
    "first_seen": datetime.date,
    "last_seen": datetime.date,
    "sightings": int,
}
"""What the register keeps of an asset: the fields of its sightings, its verdict, and when it was seen."""
HOLDINGS: dict[str, type] = {"asset": str, "system": str}
LINKS: dict[str, type] = {"asset": str, "depends": str}
ITEM_ASSETS: dict[str, type] = {"item": str, "asset": str, "system": str}
"""Which assets a work item moves, and in which system; in that of the item where it is empty."""
WAVES: dict[str, type] = {
    "item": str,
    "start": str,
    "end": str,
    "team": str,
    "late": int,
    "due": str,
    "exposure": float,
}
"""First and last quarter of each scheduled item, its team, its expected loss; `late` follows from `due`."""
LOAD: dict[str, type] = {"team": str, "skill": str, "quarter": str, "used": float, "capacity": float}
"""Full-time equivalents used and there by quarter; money in millions of a year, or of a quarter at its yearly rate."""
SETTLED: dict[str, type] = {**ITEMS, "state": str}
"""Items of which nothing is left to do, with the state that says why: ``migrated``, ``done`` or ``accepted``."""
MILESTONE = "milestone"
"""Kind of items that only tie others together: they are no work and leave the register in no output."""
AT_STAKE: dict[str, type] = {"item": str, "at_stake": float}
"""What is expected lost by each item if it is never done."""
RULES: dict[str, type] = {
    "policy": str,
    "pack": str,
    "title": str,
    "scope": str,
    "function": str,
    "deadline": str,
    "source": str,
    "strength": str,
}
"""Rows of policy packs, by the id that items name as their policy."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The register at one date, with its work and, where it was made, the schedule of that work.

    Attributes
    ----------
    name: what the register is called.  as_of: last date on which anything in it was seen.
    assets, holdings, links, items, settled, item_assets, efforts, costs, waves, load, at_stake, rules: tables of the
        columns above; empty where there is none.  `waves` is empty where nothing was scheduled.
    systems, windows, progress: rows of the sheets of these names.
    summary: figures of the schedule: ``exposure``, ``bound`` and ``gap``, and ``undone``, the exposure if nothing
        is done.
    """

    name: str
    as_of: datetime.date
    assets: pl.DataFrame
    holdings: pl.DataFrame
    links: pl.DataFrame
    items: pl.DataFrame
    settled: pl.DataFrame
    item_assets: pl.DataFrame
    efforts: pl.DataFrame
    costs: pl.DataFrame
    waves: pl.DataFrame
    load: pl.DataFrame
    at_stake: pl.DataFrame
    rules: pl.DataFrame
    systems: tuple[System, ...] = ()
    windows: tuple[Window, ...] = ()
    progress: tuple[Progress, ...] = ()
    summary: Mapping[str, float] = field(default_factory=dict)

    @property
    def scheduled(self) -> bool:
        """True where there is a schedule."""
        return not self.waves.is_empty()

    def with_stake(self, at_stake: pl.DataFrame) -> Extract:
        """Return the same extract, with what is lost by each item that is never done."""
        return replace(self, at_stake=_shaped(at_stake, AT_STAKE))


_TABLES = {
    "assets": ASSETS,
    "holdings": HOLDINGS,
    "links": LINKS,
    "items": ITEMS,
    "settled": SETTLED,
    "item_assets": ITEM_ASSETS,
    "efforts": EFFORTS,
    "costs": COSTS,
    "waves": WAVES,
    "load": LOAD,
    "at_stake": AT_STAKE,
    "rules": RULES,
}


def extract(
    name: str,
    *,
    as_of: datetime.date | None = None,
    systems: Iterable[System] = (),
    windows: Iterable[Window] = (),
    progress: Iterable[Progress] = (),
    summary: Mapping[str, float] | None = None,
    **tables: pl.DataFrame | None,
) -> Extract:
    """Return the extract of these tables; a table or column left out is empty, one not known is left aside.

    Without `as_of` the register's own last date is taken, never today's: the same register gives the same output.
    """
    shaped = {table: _shaped(tables.get(table), columns) for table, columns in _TABLES.items()}
    milestones = shaped["items"].filter(kind=MILESTONE).select("item")
    shaped["waves"] = _scheduled(shaped["waves"])
    for table in ("items", "waves"):
        shaped[table] = shaped[table].join(milestones, on="item", how="anti")
    if as_of is None:
        last: Any = shaped["assets"]["last_seen"].max()
        as_of = last or datetime.date(1970, 1, 1)
    return Extract(
        name=name,
        as_of=as_of,
        systems=tuple(systems),
        windows=tuple(windows),
        progress=tuple(progress),
        summary=dict(summary or {}),
        **shaped,
    )


def _shaped(found: pl.DataFrame | None, columns: Mapping[str, type]) -> pl.DataFrame:
    """Return a table with exactly `columns` and their types; text is never null."""
    import polars as pl

    types: dict[type, Any] = {str: pl.String, int: pl.Int64, float: pl.Float64, datetime.date: pl.Date}
    if found is None:
        return pl.DataFrame(schema={name: types[kind] for name, kind in columns.items()})
    there = [
        (pl.col(name) if name in found.columns else pl.lit(None)).cast(types[kind]).alias(name)
        for name, kind in columns.items()
    ]
    text = [name for name, kind in columns.items() if kind is str]
    return found.select(there).with_columns(pl.col(text).fill_null(""))


def _scheduled(waves: pl.DataFrame) -> pl.DataFrame:
    """Return the items that have a wave, with the quarters by which each is late."""
    import polars as pl

    def at(column: str) -> pl.Expr:
        text = pl.col(column)
        return text.str.slice(0, 4).cast(pl.Int64, strict=False) * 4 + text.str.slice(5, 1).cast(pl.Int64, strict=False)

    late = pl.max_horizontal(at("end") - at("due"), 0)
    return waves.filter((pl.col("start") != "") & (pl.col("end") != "")).with_columns(
        late=pl.when(pl.col("due") != "").then(late).otherwise(0)
    )


def expected() -> pl.Expr:
    """Return what is expected lost by items joined to waves and stakes: without a wave, as if never done."""
    import polars as pl

    return pl.coalesce("exposure", "at_stake").alias("exposure")


def system_table(systems: Iterable[System]) -> pl.DataFrame:
    """Return who owns each system and what it protects, one row a system."""
    import polars as pl

    wanted = ("system", "title", "organisation", "owner", "criticality", "classification", "vendor")
    rows = {row.system: [getattr(row, name) for name in wanted] for row in systems}
    return pl.DataFrame(list(rows.values()), schema=dict.fromkeys(wanted, pl.String), orient="row")


def quarter_end(column: str) -> pl.Expr:
    """Return the last day of a column of quarters written ``2029Q4``; null where it is empty."""
    import polars as pl

    text = pl.col(column)
    year = text.str.slice(0, 4).cast(pl.Int32, strict=False)
    month = text.str.slice(5, 1).cast(pl.Int8, strict=False) * 3
    return pl.date(year, month, 1).dt.month_end()


def quarter_of(day: datetime.date) -> Quarter:
    """Return the quarter in which `day` lies."""
    return Quarter(day.year, (day.month - 1) // 3 + 1)


def span(first: Quarter, last: Quarter) -> list[Quarter]:
    """Return every quarter from `first` to `last`."""
    return [first.plus(step) for step in range(last.since(first) + 1)]


def use_of_all(load: pl.DataFrame) -> pl.DataFrame:
    """Return used and capacity by skill and quarter over all teams: of the row for all teams where there is one."""
    import polars as pl

    whole = load.filter(pl.col("team") == ALL).drop("team")
    parts = load.filter(pl.col("team") != ALL).join(whole, on=["skill", "quarter"], how="anti")
    parts = parts.group_by("skill", "quarter").agg(pl.col("used").sum(), pl.col("capacity").sum())
    return pl.concat([whole, parts.select(whole.columns)]).sort("skill", "quarter")


def steady() -> pl.Expr:
    """Return the real columns to 12 digits: the order in which sums are taken changes the last ones."""
    import polars as pl

    return pl.col(pl.Float64).round_sig_figs(12)


def in_hand(x: Extract) -> pl.DataFrame:
    """Return one row for each item and quarter of its wave.

    Besides ``kind`` and ``quarter`` there are ``team``, or else the organisation; ``begun`` and ``done``, true in the
    first and last quarter; ``assets``, in the last quarter only; ``part``, the share of the item in the quarter.
    """
    import polars as pl

    rows = x.waves.select("item", "start", "end", by="team").join(
        x.items.select("item", "kind", "team", "organisation", "assets"), on="item"
    )
    each = [
        (start, end, str(quarter))
        for start, end in rows.select("start", "end").unique().sort("start", "end").iter_rows()
        for quarter in span(Quarter.parse(start), Quarter.parse(end))
    ]
    quarters = pl.DataFrame(each, schema=dict.fromkeys(("start", "end", "quarter"), pl.String), orient="row")
    named = [pl.when(pl.col(name) != "").then(name) for name in ("by", "team", "organisation")]
    return rows.join(quarters, on=["start", "end"]).with_columns(
        team=pl.coalesce(*named, pl.lit("")),
        begun=pl.col("quarter") == pl.col("start"),
        done=pl.col("quarter") == pl.col("end"),
        assets=pl.when(pl.col("quarter") == pl.col("end")).then("assets").otherwise(0),
        part=1 / pl.len().over("item"),
    )
