"""The risk register and its sisters as typed tables, and as CSV and Parquet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from lotrinh.base.text import Text, t
from lotrinh.register.outputs.extract import Extract, expected, quarter_end, steady, system_table
from lotrinh.register.outputs.words import ASSET, CLASS, CRITICALITY, EVIDENCE, FUNCTION, WORK
from lotrinh.register.sheets import MONEY

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column: its title, its unit, how wide it is in letters, and the words of its ids."""

    title: Text
    unit: str = ""
    width: int = 12
    words: Mapping[str, Text] | None = None


def risk_register(x: Extract) -> pl.DataFrame:
    """Return one row for each asset in each system that holds it and each work item that moves it there.

    Value and exposure of an item are divided evenly over its rows, so that a column adds up to the whole. Items that
    move no single asset have a row of their own; assets that nothing moves are there with an empty item. Most exposed
    rows come first.
    """
    import polars as pl

    own = pl.when(pl.col("system") != "").then("system").otherwise("system_right").alias("system")
    moved = x.item_assets.join(x.items.select("item", "system"), on="item").select("item", "asset", own)
    rows = pl.concat([x.holdings, x.assets.join(x.holdings, on="asset", how="anti").select("asset", system=pl.lit(""))])
    rows = rows.join(moved, on=["asset", "system"], how="full", coalesce=True)
    alone = x.items.join(rows, on="item", how="anti").select("item", "system", asset=pl.lit("", pl.String))
    rows = pl.concat([rows.select("item", "system", "asset"), alone.select("item", "system", "asset")])
    seen = x.assets.with_columns(
        pl.col("not_after").str.to_date("%Y-%m-%d", strict=False),
        place=pl.when(pl.col("port") > 0)
        .then(pl.concat_str("host", pl.lit(":"), pl.col("port").cast(pl.String)))
        .otherwise(pl.col("host")),
    ).rename({"kind": "asset_kind", "class": "asset_class", "function": "asset_function", "family": "asset_family"})
    rows = (
        rows.join(x.items.drop("system", "assets"), on="item", how="left")
        .join(x.waves.drop("due", "team"), on="item", how="left")
        .join(x.at_stake, on="item", how="left")
        .join(seen.drop("functions"), on="asset", how="left")
        .join(system_table(x.systems).rename({"title": "system_title", "organisation": "of"}), on="system", how="left")
    )
    if x.scheduled:
        rows = rows.with_columns(expected())
    parts = pl.len().over("item")
    rows = rows.with_columns(
        pl.coalesce("class", "asset_class"),
        pl.coalesce("function", "asset_function"),
        pl.coalesce("family", "asset_family"),
        pl.coalesce("organisation", "of"),
        pl.col("value") / parts,
        pl.col("exposure") / parts,
        pl.col("at_stake") / parts,
        algorithm=pl.when(pl.col("algorithm_id") != "").then("algorithm_id").otherwise("algorithm"),
        due_date=quarter_end("due"),
    ).sort("exposure", "value", "item", "asset", "system", descending=[True, True, *[False] * 3], nulls_last=True)
    return rows.select(_no_null(rows, list(register_headings())))


@cache
def register_headings() -> dict[str, Heading]:
    """Return the columns of the risk register in their order."""
    return {
        "item": Heading(t("Work item"), width=22),
        "title": Heading(t("What is to be done"), width=36),
        "kind": Heading(t("Kind of work"), width=26, words=WORK),
        "asset": Heading(t("Asset"), width=22),
        "asset_kind": Heading(t("Kind of asset"), width=20, words=ASSET),
        "name": Heading(t("Name"), width=28),
        "place": Heading(t("Host"), width=28),
        "component": Heading(t("Component"), width=20),
        "location": Heading(t("Location"), width=28),
        "system": Heading(t("System"), width=18),
        "system_title": Heading(t("Title of the system"), width=30),
        "owner": Heading(t("Owner"), width=22),
        "organisation": Heading(t("Organisation"), width=22),
        "criticality": Heading(t("Criticality"), words=CRITICALITY),
        "classification": Heading(t("Classification"), width=14),
        "class": Heading(t("Risk class"), width=26, words=CLASS),
        "function": Heading(t("Function"), width=18, words=FUNCTION),
        "algorithm": Heading(t("Algorithm"), width=18),
        "value": Heading(t("Value at risk"), "level-year/year"),
        "shelf_life": Heading(t("Shelf life"), "year"),
        "trust_life": Heading(t("Trust lifetime"), "year"),
        "exposure": Heading(t("Exposure as planned"), "level-year"),
        "at_stake": Heading(t("Exposure if never done"), "level-year"),
        "due": Heading(t("Due")),
        "due_date": Heading(t("Due on")),
        "policy": Heading(t("Policy"), width=18),
        "start": Heading(t("Wave begins")),
        "end": Heading(t("Wave ends")),
        "late": Heading(t("Late"), "quarter"),
        "team": Heading(t("Team"), width=18),
        "not_after": Heading(t("Valid until")),
        "first_seen": Heading(t("First seen")),
        "last_seen": Heading(t("Last seen")),
        "sightings": Heading(t("Sightings"), "item"),
        "evidence": Heading(t("Evidence"), width=14, words=EVIDENCE),
    }


def wave_table(x: Extract) -> pl.DataFrame:
    """Return one row for each work item, by the quarter in which it ends; what is not scheduled comes last."""
    import polars as pl

    rows = (
        x.items.join(x.waves.drop("due").rename({"team": "by"}), on="item", how="left")
        .join(x.at_stake, on="item", how="left")
        .with_columns(
            team=pl.coalesce(pl.when(pl.col("by") != "").then("by"), "team"),
            end_date=quarter_end("end"),
            due_date=quarter_end("due"),
            exposure=expected() if x.scheduled else pl.col("exposure"),
        )
        .sort("end", "start", "organisation", "system", "item", nulls_last=True)
    )
    return rows.select(_no_null(rows, list(wave_headings())))


@cache
def wave_headings() -> dict[str, Heading]:
    """Return the columns of the table of waves in their order."""
    ours = register_headings()
    return {
        "start": ours["start"],
        "end": ours["end"],
        "end_date": Heading(t("Done by")),
        **{name: ours[name] for name in ("item", "title", "kind", "system", "organisation", "team")},
        **{name: ours[name] for name in ("class", "function")},
        "assets": Heading(t("Assets"), "item"),
        **{name: ours[name] for name in ("value", "exposure", "at_stake", "due", "due_date", "late", "policy")},
        "release": Heading(t("Not before")),
        "evidence": ours["evidence"],
    }


def load_table(x: Extract) -> pl.DataFrame:
    """Return what each team uses of what it has, by quarter and skill."""
    import polars as pl

    share = pl.when(pl.col("capacity") > 0).then(pl.col("used") / pl.col("capacity"))
    unit = pl.when(pl.col("skill") == MONEY).then(pl.lit("million/year")).otherwise(pl.lit("FTE"))
    columns = list(load_headings())
    return x.load.with_columns(share=share, unit=unit).sort("quarter", "team", "skill").select(columns)


@cache
def load_headings() -> dict[str, Heading]:
    """Return the columns of the table of load in their order."""
    return {
        "quarter": Heading(t("Quarter")),
        "team": Heading(t("Team"), width=24),
        "skill": Heading(t("Skill"), width=24),
        "used": Heading(t("Used")),
        "capacity": Heading(t("Capacity")),
        "unit": Heading(t("Unit"), width=14),
        "share": Heading(t("Share used"), "share"),
    }


def policy_table(x: Extract) -> pl.DataFrame:
    """Return the rows of policy packs that set a deadline, with what they ask for and what the schedule holds."""
    import polars as pl

    rows = x.items.filter(pl.col("policy") != "").join(x.waves.drop("due", "team"), on="item", how="left")
    done = pl.col("end").is_not_null() & (pl.col("end") <= pl.col("due"))
    has_due = pl.col("due") != ""
    counted = rows.group_by("policy").agg(
        first_due=pl.col("due").filter(has_due).min(),
        last_due=pl.col("due").filter(has_due).max(),
        items=pl.len().cast(pl.Int64),
        assets=pl.col("assets").sum(),
        value=pl.col("value").sum(),
        held=(done & has_due).sum().cast(pl.Int64),
        late=(~done & has_due & pl.col("end").is_not_null()).sum().cast(pl.Int64),
        unplanned=pl.col("end").is_null().sum().cast(pl.Int64),
    )
    if not x.scheduled:
        counted = counted.with_columns(pl.lit(None, pl.Int64).alias(name) for name in ("held", "late", "unplanned"))
    rows = counted.join(x.rules, on="policy", how="full", coalesce=True).sort("first_due", "policy", nulls_last=True)
    return rows.select(_no_null(rows, list(policy_headings()))).with_columns(steady())


@cache
def policy_headings() -> dict[str, Heading]:
    """Return the columns of the table of policies in their order."""
    return {
        "policy": Heading(t("Policy"), width=22),
        "pack": Heading(t("Policy pack"), width=16),
        "title": Heading(t("Title"), width=36),
        "scope": Heading(t("Scope"), width=20),
        "function": Heading(t("Function"), width=18, words=FUNCTION),
        "deadline": Heading(t("Deadline")),
        "items": Heading(t("Work items"), "item"),
        "assets": Heading(t("Assets"), "item"),
        "value": Heading(t("Value at risk"), "level-year/year"),
        "first_due": Heading(t("First due")),
        "last_due": Heading(t("Last due")),
        "held": Heading(t("In time"), "item"),
        "late": Heading(t("Late"), "item"),
        "unplanned": Heading(t("Not scheduled"), "item"),
        "source": Heading(t("Source"), width=40),
        "strength": Heading(t("Strength of the source"), width=18),
    }


@cache
def burndown_headings() -> dict[str, Heading]:
    """Return the columns of the burndown in their order."""
    lines = {"planned": t("planned"), "actual": t("reported"), "allowed": t("if deadlines are held")}
    measures = {
        "items": (t("Work items"), "item"),
        "assets": (t("Assets"), "item"),
        "value": (t("Value at risk"), "level-year/year"),
        "at_stake": (t("Exposure if never done"), "level-year"),
    }
    return {"quarter": Heading(t("Quarter"))} | {
        f"{line}_{measure}": Heading(t("{what}, {line}", what=title, line=words), unit, 16)
        for measure, (title, unit) in measures.items()
        for line, words in lines.items()
    }


def csv_bytes(table: pl.DataFrame, mark: bool = True) -> bytes:
    """Return `table` as CSV in UTF-8, with a byte-order mark for spreadsheet programs where `mark`.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    stream = io.BytesIO()
    _guarded(table).write_csv(stream, include_bom=mark, float_precision=None)
    return stream.getvalue()


def parquet_bytes(table: pl.DataFrame) -> bytes:
    """Return `table` as Parquet, compressed with Zstandard."""
    stream = io.BytesIO()
    table.write_parquet(stream, compression="zstd")
    return stream.getvalue()


def _guarded(table: pl.DataFrame) -> pl.DataFrame:
    """Return `table` with an apostrophe before text that begins as formulas do (OWASP, CSV injection)."""
    import polars as pl

    return table.with_columns(pl.col(pl.String).str.replace(r"^[=+\-@\t\r\n]", "'${0}"))


def _no_null(rows: pl.DataFrame, columns: list[str]) -> list[pl.Expr]:
    """Return `columns` of `rows` with empty text for null text; numbers and dates stay null."""
    import polars as pl

    schema = rows.schema
    return [pl.col(name).fill_null("") if schema[name] == pl.String else pl.col(name) for name in columns]
