"""What is left to migrate at the end of each quarter: as planned, as it really went, and as the deadlines ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lotrinh.base.calendar import Quarter
from lotrinh.register.outputs.extract import Extract, quarter_of, span, steady

if TYPE_CHECKING:
    import polars as pl

MEASURES = ("items", "assets", "value", "at_stake")
"""What is counted: work items, assets that they move, value at risk in a year, exposure if they are never done."""

ROUNDING = 1e-12
"""Share of a total below which what is left of it is an error of the sums."""


def burndown(x: Extract) -> pl.DataFrame:
    """Return, for the end of each quarter, what is left of each of `MEASURES`.

    Columns are ``quarter`` and, for each measure, ``planned_…`` (null where nothing is scheduled), ``actual_…`` (after
    the progress reported; null after the quarter of `Extract.as_of`) and ``allowed_…``: what may be left so that every
    deadline is held, which are those of the policy by which the work was made. The first row is the quarter before all.
    Items reported done are counted until they were; items whose risk is borne instead, and those that were found
    migrated without anybody's report, never. ``at_stake`` is null where the extract has none.
    """
    import polars as pl

    done = {row.item: str(row.quarter or quarter_of(x.as_of)) for row in x.progress if row.state == "done"}
    text = {"item": pl.String, "really": pl.String}
    # What is work again, although it was reported done, is left.
    actual = pl.DataFrame(list(done.items()), schema=text, orient="row").join(x.items, on="item", how="anti")
    columns = ("item", "assets", "value", "due", "policy")
    rows = (
        pl.concat([x.items.select(columns), x.settled.filter(state="done").select(columns)])
        .join(x.waves.select("item", "end"), on="item", how="left")
        .join(actual, on="item", how="left")
        .join(x.at_stake, on="item", how="left")
        .with_columns(items=pl.lit(1, pl.Int64), end=pl.coalesce("end", "really"))
    )
    quarters = _quarters(x, rows)
    today = str(quarter_of(x.as_of))
    left = pl.DataFrame({"quarter": quarters}, schema={"quarter": pl.String})
    for name, column in (("planned", "end"), ("actual", "really"), ("allowed", "due")):
        gone = rows.filter(pl.col(column) != "").group_by(quarter=column).agg(pl.col(MEASURES).sum())
        sums = left.select("quarter").join(gone, on="quarter", how="left").sort("quarter").fill_null(0)
        left = left.with_columns(
            _less(rows[measure].sum(), sums[measure]).alias(f"{name}_{measure}") for measure in MEASURES
        ).with_columns(steady())
    empty = [f"planned_{measure}" for measure in MEASURES] if not x.scheduled else []
    if x.at_stake.is_empty():
        empty += [column for column in left.columns if column.endswith("_at_stake")]
    past = pl.col("quarter") <= today
    return left.with_columns(
        pl.lit(None).cast(left.schema[name]).alias(name) for name in dict.fromkeys(empty)
    ).with_columns(pl.when(past).then(pl.col(f"actual_{measure}")).alias(f"actual_{measure}") for measure in MEASURES)


def _less(total: Any, gone: pl.Series) -> pl.Series:
    """Return what is left of a total after each of the amounts; what only rounding leaves is nothing."""
    left: pl.Series = total - gone.cum_sum()
    return left.zip_with(left.abs() > ROUNDING * total, left * 0)


def _quarters(x: Extract, rows: pl.DataFrame) -> list[str]:
    """Return the quarters from that before the first begun, or that of the extract, to the last that anything names.

    Where there is nothing to do there is none.
    """
    import polars as pl

    if rows.is_empty():
        return []
    named = pl.concat(
        [rows.select(pl.col(column).alias("quarter")) for column in ("end", "really", "due")]
        + [x.waves.select(quarter="start")]
    ).filter(pl.col("quarter") != "")["quarter"]
    today = quarter_of(x.as_of)
    every = [Quarter.parse(text) for text in named.unique().to_list()]
    first = min([today, *every])
    return [str(quarter) for quarter in span(first.plus(-1), max([today, *every]))]
