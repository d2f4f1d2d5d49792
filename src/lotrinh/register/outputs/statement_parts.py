"""The chapters of the statement that need no schedule: inventory, priority, residual risk, assumptions."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from lotrinh.base.text import t
from lotrinh.register.outputs.extract import Extract, expected, system_table
from lotrinh.register.outputs.statement_form import Column, Figure, Grid, Part
from lotrinh.register.outputs.words import ASSET, CLASS, CRITICALITY, EVIDENCE, FUNCTION
from lotrinh.register.sheets import CRITICALITIES

if TYPE_CHECKING:
    import polars as pl

RECENT = datetime.timedelta(days=365)
FIRST = 10
"""Systems named one by one."""


def inventory(x: Extract) -> Part:
    """Return what is run and how well it is known."""
    import polars as pl

    title = t("Inventory")
    assets = x.assets
    owned = [row.system for row in x.systems if row.owner]
    known = x.holdings.filter(pl.col("system").is_in(owned)).get_column("asset").unique()
    recent = pl.col("last_seen") >= x.as_of - RECENT
    count = max(assets.height, 1)

    def only(condition: pl.Expr) -> int:
        return assets.filter(condition).height

    figures = (
        Figure(title, "assets", t("Cryptographic assets"), assets.height),
        Figure(title, "systems", t("Systems that hold them"), _count(x.holdings, "system")),
        Figure(title, "organisations", t("Organisations"), len({row.organisation for row in x.systems} - {""})),
        Figure(title, "work_items", t("Work items"), x.items.height),
        Figure(title, "not_recognised", t("Assets not recognised"), only(pl.col("class") == "unknown")),
        Figure(title, "roots", t("Public roots and material of tests, which are no work"), only(_idle())),
        Figure(title, "owned", t("Share of assets with a named owner"), known.len() / count, "share"),
        Figure(title, "recent", t("Share of assets seen in the last 365 days"), only(recent) / count, "share"),
    )
    by_class = _by(assets, "class", list(CLASS))
    by_kind = _by(assets, "kind", list(ASSET))
    counted = {"assets": Column(t("Assets"), "item"), "share": Column(t("Share"), "share")}
    grids = (
        Grid("by_class", t("Assets by class"), {"class": Column(t("Risk class"), words=CLASS), **counted}, by_class),
        Grid("by_kind", t("Assets by kind"), {"kind": Column(t("Kind"), words=ASSET), **counted}, by_kind),
    )
    return Part("inventory", title, figures, grids)


def priority(x: Extract) -> Part:
    """Return what moves first, and why: by function, by criticality, and the systems with most at stake."""
    import polars as pl

    title = t("Priority by risk")
    systems = system_table(x.systems)
    rows = (
        x.items.join(x.at_stake, on="item", how="left")
        .join(x.waves.select("item", "end", "exposure"), on="item", how="left")
        .join(systems.rename({"title": "system_title"}).drop("organisation"), on="system", how="left")
        .with_columns(pl.col("criticality").fill_null(""), expected() if x.scheduled else pl.col("exposure"))
    )
    sums = [
        pl.len().cast(pl.Int64).alias("items"),
        pl.col("assets").sum(),
        pl.col("value").sum(),
        _sum("at_stake"),
        _sum("exposure"),
        pl.col("end").max().alias("done"),
    ]
    columns = {
        "items": Column(t("Work items"), "item"),
        "assets": Column(t("Assets"), "item"),
        "value": Column(t("Value at risk"), "level-year/year"),
        "at_stake": Column(t("Exposure if never done"), "level-year"),
        "exposure": Column(t("Exposure as planned"), "level-year"),
        "done": Column(t("Last wave")),
    }
    empty = {name for name, there in (("at_stake", x.at_stake), ("exposure", x.waves), ("done", x.waves)) if _no(there)}
    columns = {name: column for name, column in columns.items() if name not in empty}
    order = {name: place for place, name in enumerate(reversed(CRITICALITIES))}
    by_function = (
        rows.group_by("function").agg(sums).sort("at_stake", "value", "function", descending=[True, True, False])
    )
    by_criticality = rows.group_by("criticality").agg(sums)
    by_criticality = by_criticality.sort(pl.col("criticality").replace_strict(order, default=99, return_dtype=pl.Int8))
    by_system = (
        rows.filter(pl.col("system") != "")
        .group_by("system", "system_title", "owner")
        .agg(sums)
        .sort("at_stake", "value", "system", descending=[True, True, False], nulls_last=True)
        .head(FIRST)
    )
    by_organisation = rows.filter(pl.col("organisation") != "").group_by("organisation").agg(sums)
    by_organisation = by_organisation.sort("at_stake", "value", "organisation", descending=[True, True, False])
    named = {"system": Column(t("System")), "system_title": Column(t("Title")), "owner": Column(t("Owner"))}
    grids = (
        Grid(
            "by_function",
            t("Work by function"),
            {"function": Column(t("Function"), words=FUNCTION), **columns},
            by_function,
        ),
        Grid(
            "by_criticality",
            t("Work by criticality of the system"),
            {"criticality": Column(t("Criticality"), words=CRITICALITY), **columns},
            by_criticality,
        ),
        Grid(
            "by_organisation",
            t("Work by organisation"),
            {"organisation": Column(t("Organisation")), **columns},
            by_organisation,
        ),
        Grid("by_system", t("Systems with most at stake"), {**named, **columns}, by_system),
    )
    figures = [
        Figure(title, "value", t("Value at risk in a year"), float(x.items["value"].sum()), "level-year/year"),
    ]
    if not _no(x.at_stake):
        share = float(by_system["at_stake"].sum()) / (float(rows["at_stake"].sum()) or 1.0)
        figures.append(Figure(title, "first_systems", t("Share of the exposure in the systems named"), share, "share"))
    return Part("priority", title, tuple(figures), grids)


def residual(x: Extract) -> Part:
    """Return what risk is left when all goes as planned."""
    import polars as pl

    title = t("Residual risk")
    figures: list[Figure] = []
    exposure = x.summary.get("exposure")
    undone = x.summary.get("undone", None if _no(x.at_stake) else float(x.at_stake["at_stake"].sum()))
    unit = "level-year"
    if undone is not None:
        figures.append(Figure(title, "undone", t("Exposure if nothing is done"), undone, unit, True))
    if exposure is not None:
        figures.append(Figure(title, "exposure", t("Exposure as planned"), exposure, unit, True))
    if exposure is not None and undone:
        figures.append(
            Figure(title, "removed", t("Share of the exposure removed"), 1 - exposure / undone, "share", True)
        )
    if "bound" in x.summary:
        words = t("No schedule of the same people and money gets below")
        figures.append(Figure(title, "bound", words, x.summary["bound"], unit, True))
    if "gap" in x.summary:
        figures.append(Figure(title, "gap", t("Proven gap of the schedule"), x.summary["gap"], "share"))
    if x.scheduled:
        left = x.items.join(x.waves, on="item", how="anti")
        late = x.waves.filter(pl.col("late") > 0)
        figures += [
            Figure(title, "unscheduled", t("Work items without a wave"), left.height),
            Figure(title, "unscheduled_value", t("Their value at risk"), float(left["value"].sum()), "level-year/year"),
            Figure(title, "late", t("Work items later than their deadline"), late.height),
        ]
    borne = x.settled.filter(state="accepted")
    unknown = x.assets.filter(pl.col("class") == "unknown").height
    figures += [
        Figure(title, "accepted", t("Work items whose risk is borne instead"), borne.height),
        Figure(title, "unknown", t("Assets not recognised, whose risk is not counted"), unknown),
    ]
    notes = () if x.scheduled else (t("Nothing is scheduled yet."),)
    return Part("residual_risk", title, tuple(figures), (), notes)


def assumptions(x: Extract) -> Part:
    """Return on what evidence the figures rest."""
    import polars as pl

    title = t("Assumptions and evidence")
    kinds = x.items.select("kind").unique()
    tables = (
        ("items", t("Work items"), x.items),
        ("efforts", t("Efforts of kinds of work"), x.efforts.join(kinds, on="kind", how="semi")),
        ("costs", t("Costs of kinds of work"), x.costs.join(kinds, on="kind", how="semi")),
    )
    rows, figures = [], []
    for key, name, table in tables:
        if table.is_empty():
            continue
        assumed = table.filter(is_assumed()).height
        figures.append(
            Figure(title, key, t("{what}: share that rests on assumptions", what=name), assumed / table.height, "share")
        )
        by = table.group_by("evidence").len("rows").sort("rows", "evidence", descending=[True, False])
        rows.append(
            by.select(
                pl.lit(key).alias("what"),
                "evidence",
                pl.col("rows").cast(pl.Int64),
                share=pl.col("rows") / table.height,
            )
        )
    columns = {
        "what": Column(t("What"), words={key: name for key, name, _ in tables}),
        "evidence": Column(t("Evidence"), words=EVIDENCE),
        "rows": Column(t("Rows"), "item"),
        "share": Column(t("Share"), "share"),
    }
    schema = {"what": pl.String, "evidence": pl.String, "rows": pl.Int64, "share": pl.Float64}
    grid = Grid("evidence", t("Evidence"), columns, pl.concat(rows) if rows else pl.DataFrame(schema=schema))
    notes = (
        t("Exposure is an expectation: it rests on the chances of a Q-day by year that the threat model assumes."),
        t("Value at risk, shelf life and trust lifetime are those of the ownership sheet, or else assumed."),
        t("Deadlines are those of the policy packs in use; this statement adds none of its own."),
    )
    return Part("assumptions", title, tuple(figures), (grid,), notes)


def is_assumed() -> pl.Expr:
    """Return whether the evidence of a row is an assumption."""
    import polars as pl

    return pl.col("evidence") == "assumption"


def _idle() -> pl.Expr:
    import polars as pl

    return (pl.col("trust_store") == "yes") | (pl.col("test") == "yes")


def _by(assets: pl.DataFrame, column: str, order: list[str]) -> pl.DataFrame:
    """Return how many assets there are by the words of a column, in the order of the words."""
    import polars as pl

    places = {name: place for place, name in enumerate(order)}
    counted = assets.group_by(column).agg(assets=pl.len().cast(pl.Int64))
    place = pl.col(column).replace_strict(places, default=len(order), return_dtype=pl.Int32)
    return counted.sort(place, column).with_columns(share=pl.col("assets") / max(assets.height, 1))


def _sum(column: str) -> pl.Expr:
    """Return the sum of a column; null where nothing is known."""
    import polars as pl

    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum()).alias(column)


def _count(table: pl.DataFrame, column: str) -> int:
    return table.get_column(column).unique().drop_nulls().to_frame().filter(_filled(column)).height


def _filled(column: str) -> pl.Expr:
    import polars as pl

    return pl.col(column) != ""


def _no(table: pl.DataFrame) -> bool:
    return table.is_empty()
