"""The chapters of the statement that a schedule gives: phases, resources and funding by year, milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotrinh.base.text import t
from lotrinh.register.outputs import tables
from lotrinh.register.outputs.burndown import burndown
from lotrinh.register.outputs.extract import Extract, in_hand, system_table, use_of_all
from lotrinh.register.outputs.statement_form import Column, Figure, Grid, Part
from lotrinh.register.outputs.statement_parts import is_assumed
from lotrinh.register.outputs.words import CRITICALITY, EVIDENCE, FUNCTION, WORK
from lotrinh.register.sheets import CRITICALITIES, MONEY

if TYPE_CHECKING:
    import polars as pl

_NOT_YET = t("Nothing is scheduled yet.")


def phases(x: Extract) -> Part:
    """Return how much of the work begins and ends in each year."""
    import polars as pl

    title = t("Phases")
    if not x.scheduled:
        return Part("phases", title, notes=(_NOT_YET,))
    rows = x.items.join(x.waves.select("item", "start", "end"), on="item")
    begun = rows.group_by(year=pl.col("start").str.slice(0, 4)).agg(begun=pl.len().cast(pl.Int64))
    ended = rows.group_by(year=pl.col("end").str.slice(0, 4)).agg(
        done=pl.len().cast(pl.Int64),
        assets=pl.col("assets").sum(),
        value=pl.col("value").sum(),
        **{name: (pl.col("function") == name).sum().cast(pl.Int64) for name in FUNCTION},
    )
    by_year = (
        begun.join(ended, on="year", how="full", coalesce=True)
        .sort("year")
        .with_columns(pl.exclude("year").fill_null(0))
    )
    by_year = by_year.with_columns(
        items_share=pl.col("done").cum_sum() / max(x.items.height, 1),
        value_share=pl.col("value").cum_sum() / max(float(x.items["value"].sum()), 1e-300),
    )
    columns = {
        "year": Column(t("Year")),
        "begun": Column(t("Begun"), "item"),
        "done": Column(t("Done"), "item"),
        **{name: Column(t("Done: {what}", what=words), "item") for name, words in FUNCTION.items()},
        "assets": Column(t("Assets moved"), "item"),
        "items_share": Column(t("Work done by the end of the year"), "share"),
        "value_share": Column(t("Value moved by the end of the year"), "share"),
    }
    figures = (
        Figure(title, "scheduled", t("Work items with a wave"), rows.height),
        Figure(title, "years", t("Years of the migration"), by_year.height),
    )
    return Part("phases", title, figures, (Grid("by_year", t("Work by year"), columns, by_year),))


def resources(x: Extract) -> Part:
    """Return people and money by year as scheduled, and by kind of work with low and high."""
    import polars as pl

    title = t("Resources and funding")
    needs = yearly_needs(x)
    people = needs.filter(pl.col("skill") != MONEY)
    money = needs.filter(pl.col("skill") == MONEY)
    figures = []
    for table, key, words, unit, source in (
        (people, "people", t("People, all years"), "person-quarter", x.efforts),
        (money, "money", t("Funding, all years"), "million", x.costs),
    ):
        if not table.is_empty():
            figures.append(Figure(title, key, words, float(table["used"].sum()), unit, _any_assumed(x, source)))
    by_skill = {
        "year": Column(t("Year")),
        "skill": Column(t("Skill")),
        "persons": Column(t("Mean over the year"), "FTE"),
        "used": Column(t("Needed"), "person-quarter"),
        "low": Column(t("Low"), "person-quarter"),
        "high": Column(t("High"), "person-quarter"),
        "capacity": Column(t("There"), "person-quarter"),
        "share": Column(t("Share used"), "share"),
    }
    by_year = {
        "year": Column(t("Year")),
        "used": Column(t("Needed"), "million"),
        "capacity": Column(t("There"), "million"),
        "share": Column(t("Share used"), "share"),
    }
    grids = (
        Grid("people_by_year", t("People by year and skill"), by_skill, people),
        Grid("funding_by_year", t("Funding by year"), by_year, money),
        _by_kind(x),
    )
    notes = () if x.scheduled else (_NOT_YET,)
    return Part("resources", title, tuple(figures), grids, notes)


def yearly_needs(x: Extract) -> pl.DataFrame:
    """Return what each year and skill needs and has: person-quarters; millions for money.

    Needs are those of the schedule's load, or, for a skill of which that does not tell, of the items in hand at their
    likely effort. Low and high stand to likely as the efforts of the items in hand do. ``persons`` is the mean of
    full-time equivalents over four quarters.
    """
    import polars as pl

    year = pl.col("quarter").str.slice(0, 4)
    hand = in_hand(x).group_by("kind", year=year).agg(pl.col("part").sum())
    efforts = x.efforts.select("kind", "skill", "effort", "low", "high")
    costs = x.costs.select("kind", effort="cost", skill=pl.lit(MONEY)).with_columns(low="effort", high="effort")
    each = pl.concat([hand.join(table.select(efforts.columns), on="kind") for table in (efforts, costs)])
    work = each.group_by("year", "skill").agg(pl.col("effort", "low", "high").dot("part"))
    # Full-time equivalents of a quarter are person-quarters; money of a quarter stands at its rate in a year.
    rate = (pl.col("skill") == MONEY) & pl.col("quarter").str.contains("Q")
    load = use_of_all(x.load).with_columns(pl.col("used", "capacity") / pl.when(rate).then(4).otherwise(1))
    load = load.group_by("skill", year=year).agg(pl.col("used", "capacity").sum())
    scale = pl.when(pl.col("effort") > 0).then(pl.col("used") / pl.col("effort"))
    return (
        work.join(load, on=["year", "skill"], how="full", coalesce=True)
        .with_columns(used=pl.coalesce("used", "effort"))
        .with_columns(
            pl.col("low", "high") * scale,
            persons=pl.col("used") / 4,
            share=pl.when(pl.col("capacity") > 0).then(pl.col("used") / pl.col("capacity")),
        )
        .sort("year", "skill")
    )


def _by_kind(x: Extract) -> Grid:
    """Return effort and cost of all work by its kind: likely, low and high."""
    import polars as pl

    effort = x.efforts.group_by("kind").agg(pl.col("effort", "low", "high").sum(), assumed_effort=is_assumed().any())
    cost = x.costs.group_by("kind").agg(pl.col("cost").sum(), assumed_cost=is_assumed().any())
    assumed = pl.col("assumed_effort").fill_null(False) | pl.col("assumed_cost").fill_null(False)
    rows = (
        x.items.group_by("kind")
        .agg(items=pl.len().cast(pl.Int64))
        .join(effort, on="kind", how="left")
        .join(cost, on="kind", how="left")
        .with_columns(
            pl.col("effort", "low", "high", "cost") * pl.col("items"),
            rests=pl.when(assumed).then(pl.lit("assumption")).otherwise(pl.lit("expert")),
        )
        .sort("effort", "kind", descending=[True, False], nulls_last=True)
    )
    columns = {
        "kind": Column(t("Kind of work"), words=WORK),
        "items": Column(t("Work items"), "item"),
        "low": Column(t("Low"), "person-quarter"),
        "effort": Column(t("Likely"), "person-quarter"),
        "high": Column(t("High"), "person-quarter"),
        "cost": Column(t("Cost"), "million"),
        "rests": Column(t("Rests on"), words={**EVIDENCE, "expert": t("experts or sources")}),
    }
    return Grid("by_kind", t("Effort and cost of all work by kind"), columns, rows)


def milestones(x: Extract) -> Part:
    """Return when each function, class and criticality is half done and done, and how the deadlines are held."""
    import polars as pl

    title = t("Milestones")
    notes = () if x.scheduled else (_NOT_YET,)
    rows = x.items.join(x.waves.select("item", "end"), on="item", how="left").join(
        system_table(x.systems).select("system", "criticality"), on="system", how="left"
    )
    grids = []
    groups = (
        ("function", t("By function"), t("Function"), FUNCTION, list(FUNCTION)),
        ("criticality", t("By criticality"), t("Criticality"), CRITICALITY, list(reversed(CRITICALITIES))),
    )
    for column, title_, heading, words, order in groups if x.scheduled else ():
        columns = {
            column: Column(heading, words=words),
            "items": Column(t("Work items"), "item"),
            "first": Column(t("First done")),
            "half": Column(t("Half done")),
            "most": Column(t("Nine tenths done")),
            "all": Column(t("All done")),
        }
        grids.append(Grid(f"by_{column}", title_, columns, _reached(rows, column, order)))
    names = ("policy", "deadline", "items", "first_due", "last_due", "held", "late", "unplanned")
    heads = tables.policy_headings()
    policies = tables.policy_table(x).filter(pl.col("items") > 0)
    columns = {name: Column(heads[name].title, heads[name].unit) for name in names}
    grids.append(Grid("deadlines", t("Deadlines of the policies in use"), columns, policies))
    grids.append(_left(x))
    return Part("milestones", title, (), tuple(grids), notes)


def _left(x: Extract) -> Grid:
    """Return what is left at the end of each year."""
    import polars as pl

    rows = burndown(x).filter(pl.col("quarter").str.ends_with("Q4"))
    rows = rows.with_columns(year=pl.col("quarter").str.slice(0, 4))
    columns = {
        "year": Column(t("End of")),
        "actual_items": Column(t("Left, reported"), "item"),
        "planned_items": Column(t("Left, planned"), "item"),
        "allowed_items": Column(t("Left, if deadlines are held"), "item"),
        "planned_assets": Column(t("Assets left, planned"), "item"),
        "planned_value": Column(t("Value left, planned"), "level-year/year"),
    }
    return Grid("burndown", t("Work left against the deadlines"), columns, rows)


def _reached(rows: pl.DataFrame, column: str, order: list[str]) -> pl.DataFrame:
    """Return the quarters by which the first, half, nine tenths and all of each group are done; null where never."""
    import polars as pl

    # Items without a wave sort last, so a share that is never reached falls on one of them.
    ends = pl.col("end").sort(nulls_last=True)
    tenths = {"half": 5, "most": 9, "all": 10}
    reached = {name: ends.get((pl.len() * tenth + 9) // 10 - 1).alias(name) for name, tenth in tenths.items()}
    places = {name: place for place, name in enumerate(order)}
    place = pl.col(column).replace_strict(places, default=len(order), return_dtype=pl.Int32)
    return (
        rows.filter(pl.col(column).fill_null("") != "")
        .group_by(column)
        .agg(pl.len().cast(pl.Int64).alias("items"), ends.first().alias("first"), *reached.values())
        .sort(place, column)
    )


def _any_assumed(x: Extract, table: pl.DataFrame) -> bool:
    """Return whether a kind of work that occurs rests on an assumption."""
    kinds = x.items.select("kind").unique()
    return table.join(kinds, on="kind", how="semi").filter(is_assumed()).height > 0
