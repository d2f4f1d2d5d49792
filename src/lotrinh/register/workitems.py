"""From the register to work items: what somebody must do, what it is worth, what comes first and what it takes.

`work` reads a register; `made` does the same from plain tables. Nothing depends on the order of rows, and the id of an
item follows from what defines it (system, kind, function and place), so plans and progress outlive a new import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from lotrinh.base.calendar import Quarter
from lotrinh.register.items import ITEMS
from lotrinh.register.sheets import ALL, Cost, Effort, Progress, System, Window
from lotrinh.register.work import effort, need, order, place, worth

if TYPE_CHECKING:
    import polars as pl

Due = Callable[..., tuple[Quarter | None, str]]
"""Last quarter and rule of a policy for an item, called with `RULED` by name, ``class`` as ``class_``: what is `due` in
`lotrinh.register.policies` once its first argument, a pack, is given.
"""
RULED = ("kind", "function", "family", "class", "strength", "criticality")
"""What a policy may ask of an item: `strength` is the least of its assets in bits, 0 where unknown."""
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Work:
    """The work that a register calls for.

    Attributes
    ----------
    items: columns `items.ITEMS`; milestones, of kind ``milestone``, have no effort, value or asset.
    edges: columns `items.EDGES`.  efforts, costs: columns `items.EFFORTS` and `items.COSTS`.
    windows: rows of the sheet of windows and freezes.
    settled: items, with `state`, of which nothing is left to do: ``migrated`` as sighted, ``done`` or ``accepted``.
    members: asset, system, item: which assets each item moves, settled ones included.
    apart: reason, assets: how many assets are no work, by `need.REASONS`.
    systems: columns `work.worth.SCHEMA`.
    """

    items: pl.DataFrame
    edges: pl.DataFrame
    efforts: pl.DataFrame
    costs: pl.DataFrame
    windows: list[Window]
    settled: pl.DataFrame
    members: pl.DataFrame
    apart: pl.DataFrame
    systems: pl.DataFrame


def work(register: Any, *, due: Due | None = None, today: date | None = None) -> Work:
    """Return the work of a register, efforts re-estimated from its finished items.

    Parameters
    ----------
    register: as `lotrinh.register.store.Register`.
    due: the policy that sets last quarters; without one there are none.
    today: certificates that ran out before are no work; by default today.
    """
    *tables, sheets = register.at_once(_tables)
    return made(*tables, sheets=sheets, due=due, today=today)


def _tables(register: Any) -> tuple[Any, ...]:
    """Return what `made` takes of a register."""
    sheets = {name: register.sheet(name) for name in ("efforts", "costs", "windows", "progress")}
    return register.assets(), register.holdings(), register.links(), register.systems(), sheets


def made(
    assets: pl.DataFrame,
    holdings: pl.DataFrame,
    links: pl.DataFrame,
    systems: Sequence[System] = (),
    *,
    sheets: Mapping[str, Sequence[Any]] | None = None,
    due: Due | None = None,
    today: date | None = None,
) -> Work:
    """Return the work of plain tables: assets, asset and system, asset and what it depends on; see `work`."""
    import polars as pl

    given = sheets or {}
    own_efforts: Sequence[Effort] = given.get("efforts", ())
    own_costs: Sequence[Cost] = given.get("costs", ())
    progress: Sequence[Progress] = given.get("progress", ())
    now = today or date.today()
    rows = need.judged(need.uses(assets, holdings), now)
    of_systems = worth.of_systems(systems, rows["system"].unique().to_list())
    counts = rows.filter(pl.col("reason") != "").group_by("reason").agg(pl.col("asset").n_unique().alias("assets"))
    open_ = pl.col("reason") == ""
    changed = (pl.col("reason") == "migrated") & pl.col("function").is_in(["key_establishment", "signature"])
    rows = rows.filter(open_ | changed)
    placed = place.placed(rows, of_systems)
    del rows
    every = _grouped(placed, of_systems, progress, now)
    todo = every.filter(pl.col("state") == "")
    live = placed.join(todo.select("item"), on="item", how="semi")
    edges, milestones = order.ordered(live, todo, links, systems)
    items = pl.concat([_due(todo, due).select(list(ITEMS)), between(milestones, of_systems)]).sort("item")
    estimates = effort.recalibrate(effort.efforts(own_efforts), progress)
    return Work(
        items=items,
        edges=edges,
        efforts=estimates,
        costs=effort.costs(own_costs),
        windows=list(given.get("windows", ())),
        settled=every.filter(pl.col("state") != "").select(*ITEMS, "state").sort("item"),
        members=placed.select("asset", pl.col("holder").alias("system"), "item").sort("item", "asset", "system"),
        apart=_apart(counts, every),
        systems=of_systems,
    )


def _grouped(placed: pl.DataFrame, systems: pl.DataFrame, progress: Sequence[Progress], today: date) -> pl.DataFrame:
    """Return one row for each item with the columns `ITEMS` and `RULED`, `state`, and no policy yet."""
    import polars as pl

    # An authority that several systems hold is one asset.
    distinct = placed.unique(["item", "asset"], keep="any")
    worst = pl.lit("")
    for name in reversed(need.NEEDS):
        worst = pl.when((pl.col("worst") == name).any()).then(pl.lit(name)).otherwise(worst)
    known, here = pl.col("family"), pl.col("worst") != ""
    found = distinct.group_by("item").agg(
        pl.col("system").min(),
        pl.col("item_kind").min().alias("kind"),
        pl.col("function").min(),
        # In the alphabet elliptic curves come first, and so they do in falling.
        known.filter(here & (known != "")).min().fill_null("").alias("family"),
        worst.alias("class"),
        pl.col("title").min(),
        here.sum().cast(pl.Int64).alias("assets"),
        pl.col("strength").filter(here & (pl.col("strength") > 0)).min().fill_null(0).alias("strength"),
        pl.col("not_after").max(),
        pl.col("last_seen").max(),
    )
    found = worth.shared(found, systems).join(systems.drop("worth"), on="system", how="left")
    left = (pl.col("not_after").str.slice(0, 10).str.to_date(strict=False) - pl.lit(today)).dt.total_days()
    validity = pl.when((pl.col("kind") == "internal_ca") & ~pl.col("said_trust")).then(left / DAYS_PER_YEAR)
    found = found.with_columns(
        pl.coalesce(validity, pl.col("trust_life")).alias("trust_life"),
        due=pl.lit(""),
        policy=pl.lit(""),
    )
    return _settled(found, progress)


def _settled(found: pl.DataFrame, progress: Sequence[Progress]) -> pl.DataFrame:
    """Add `state`: empty where there is work; what was done but is seen unchanged in a later quarter is work again."""
    import polars as pl

    ended = {row.item: row for row in progress if row.state in ("done", "accepted")}
    rows = [(item, row.state, _first_day(row.quarter.plus(1)) if row.quarter else None) for item, row in ended.items()]
    schema = {"item": pl.String, "told": pl.String, "over": pl.Date}
    joined = found.join(pl.DataFrame(rows, schema=schema, orient="row"), on="item", how="left")
    again = (pl.col("told") == "done") & (pl.col("last_seen") >= pl.col("over")).fill_null(False)
    return joined.with_columns(
        pl.when(pl.col("class") == "")
        .then(pl.lit("migrated"))
        .when(pl.col("told").is_null() | again)
        .then(pl.lit(""))
        .otherwise(pl.col("told"))
        .alias("state")
    ).drop("told", "over")


def _first_day(quarter: Quarter) -> date:
    return date(quarter.year, 3 * quarter.quarter - 2, 1)


def _due(items: pl.DataFrame, due: Due | None) -> pl.DataFrame:
    """Set `due` and `policy`, asking the policy once for each distinct combination of what it may ask."""
    import polars as pl

    if due is None:
        return items
    kinds = items.select(RULED).unique().sort(RULED)
    answers = [due(**row) for row in kinds.rename({"class": "class_"}).iter_rows(named=True)]
    told = kinds.with_columns(
        pl.Series("due", ["" if quarter is None else str(quarter) for quarter, _ in answers], dtype=pl.String),
        pl.Series("policy", [rule for _, rule in answers], dtype=pl.String),
    )
    return items.drop("due", "policy").join(told, on=RULED, how="left")


def between(milestones: pl.DataFrame, systems: pl.DataFrame) -> pl.DataFrame:
    """Return the milestones as items without effort, value or asset."""
    import polars as pl

    own = milestones.join(systems.select("system", "organisation"), on="system", how="left").with_columns(
        pl.lit(order.MILESTONE).alias("kind"),
        pl.lit("signature").alias("function"),
        pl.lit("forge_later").alias("class"),
        pl.lit(ALL).alias("team"),
        pl.lit("assumption").alias("evidence"),
    )
    rest = [pl.lit(dtype()).cast(dtype).alias(name) for name, dtype in ITEMS.items() if name not in own.columns]
    return own.with_columns(rest).select(*ITEMS)


def _apart(counts: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Return how many assets are no work by reason, in the order of `REASONS`; none is left out."""
    import polars as pl

    ended = every.filter(pl.col("state").is_in(["done", "accepted"])).group_by(pl.col("state").alias("reason"))
    told = dict(counts.iter_rows()) | dict(ended.agg(pl.col("assets").sum()).iter_rows())
    numbers = [int(told.get(reason, 0)) for reason in need.REASONS]
    return pl.DataFrame({"reason": list(need.REASONS), "assets": numbers})
