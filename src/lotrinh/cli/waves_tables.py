"""Waves on the terminal: how good they are, items and money by year, bottlenecks, what stays undone."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

from rich.table import Table

from lotrinh.base.text import number, percent, t
from lotrinh.cli.console import console, table
from lotrinh.register.outputs.words import CLASS, FUNCTION
from lotrinh.register.sheets import ALL, MONEY

if TYPE_CHECKING:
    from lotrinh.plan.waves.schedule import Waves

SHOWN = 10


def print_waves(waves: Waves, work: Any) -> None:
    """Print a schedule of waves."""
    out, s = console(), waves.summary
    sentences = [
        t(
            "{scheduled} of {items} work items are scheduled, {late} of them late.",
            scheduled=number(s["scheduled"], 0),
            items=number(s["items"], 0),
            late=number(s["late"], 0),
        ),
        t(
            "Expected loss until all is done: {exposure} level-years, {removed} less than if nothing is done.",
            exposure=significant(s["exposure"]),
            removed=percent(s["removed"] / s["nothing"] if s["nothing"] else 0.0, 1),
        ),
        t(
            "No schedule can cost less than {bound}; this one costs {cost}, of which a better one could save "
            "{gap} at most. {seconds} s.",
            bound=significant(s["bound"]),
            cost=significant(s["cost"]),
            gap=percent(s["gap"], 2),
            seconds=number(s["seconds"], 1),
        ),
    ]
    sentence = " ".join(map(str, sentences))
    out.print(sentence, soft_wrap=True, markup=False)
    if "moved" in s:
        out.print(str(t("{moved} items moved to another quarter.", moved=number(s["moved"], 0))), soft_wrap=True)
    out.print()
    out.print(_years(waves, work))
    out.print()
    out.print(_done(waves))
    out.print()
    out.print(_bottlenecks(waves))
    if len(waves.unscheduled):
        out.print()
        out.print(_unscheduled(waves))


def significant(value: float) -> str:
    """Return a figure with four significant digits, however small it is."""
    decimals = max(0, 3 - floor(log10(abs(value)))) if value else 0
    return number(value, min(decimals, 12))


def _done(waves: Waves) -> Table:
    """One row for each class and function: how many items, and when the last of them is done."""
    found = table(
        t("When each class is done"),
        (t("Class"), "left"),
        (t("Function"), "left"),
        (t("Items"), "right"),
        (t("Scheduled"), "right"),
        (t("Last one done in"), "left"),
    )
    for row in waves.summary["done"]:
        cells = (number(row["items"], 0), number(row["scheduled"], 0), row["until"] or str(t("not all are scheduled")))
        found.add_row(str(CLASS.get(row["class"], row["class"])), str(FUNCTION.get(row["function"], "–")), *cells)
    return found


def _years(waves: Waves, work: Any) -> Table:
    """One row a year of completion: items, effort, money and exposure."""
    import polars as pl

    found = table(
        t("Completed by year"),
        (t("Year"), "left"),
        (t("Items"), "right"),
        (t("Person-quarters"), "right"),
        (t("Million"), "right"),
        (t("Late"), "right"),
        (t("Expected loss, level-years"), "right"),
    )
    efforts = work.efforts.group_by("kind").agg(pl.col("effort").sum())
    rows = waves.items.join(efforts, on="kind", how="left").join(
        work.costs.select("kind", "cost"), on="kind", how="left"
    )
    years = rows.group_by(pl.col("end").str.slice(0, 4).alias("year")).agg(
        pl.len(), pl.col("effort").sum(), pl.col("cost").sum(), pl.col("late").sum(), pl.col("exposure").sum()
    )
    for year, *figures in years.sort(pl.col("year") == "", "year").iter_rows():
        decimals = (0, 1, 2, 0)
        cells = [number(float(figure), places) for figure, places in zip(figures[:-1], decimals, strict=True)]
        cells.append(significant(float(figures[-1])))
        if not year:
            cells[1:3] = ["", ""]
        found.add_row(year or str(t("not scheduled")), *cells)
    return found


def _bottlenecks(waves: Waves) -> Table:
    import polars as pl

    found = table(
        t("Bottlenecks: what is used most"),
        (t("Team"), "left"),
        (t("Skill"), "left"),
        (t("Used"), "right"),
        (t("There is"), "right"),
        (t("Full periods"), "right"),
    )
    rows = waves.load.group_by("team", "skill").agg(
        pl.col("used").sum(),
        pl.col("capacity").sum(),
        ((pl.col("used") >= 0.99 * pl.col("capacity")) & (pl.col("capacity") > 0)).sum().alias("full"),
    )
    for team, skill, used, capacity, full in (
        rows.sort("full", "team", "skill", descending=[True, False, False]).head(SHOWN).iter_rows()
    ):
        who = str(t("all teams together")) if team == ALL else team
        what = str(t("money")) if skill == MONEY else skill
        found.add_row(who, what, number(used, 2), number(capacity, 2), number(full, 0))
    return found


def _unscheduled(waves: Waves) -> Table:
    from lotrinh.plan.waves.schedule import REASONS

    count = len(waves.unscheduled)
    found = table(t("Not scheduled: {count}", count=number(count, 0)), (t("Item"), "left"), (t("Why"), "left"))
    for item, reason, detail in waves.unscheduled.head(SHOWN).iter_rows():
        found.add_row(item, str(t(REASONS[reason].template, detail=detail)))
    if count > SHOWN:
        found.add_row("…", "")
    return found
