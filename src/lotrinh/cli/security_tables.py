"""Migration over many futures on the terminal: how much of each class, when, how much in time, and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, t
from lotrinh.cli.console import table, titled
from lotrinh.cli.figures import chance_of, colour, folding, span_of, with_error
from lotrinh.programme.programme import Programme

if TYPE_CHECKING:
    from lotrinh.assessment.assessment import Assessment

FUNCTIONS = {
    "key_establishment": t("key establishment"),
    "signature": t("signature"),
    "already_weak": t("already weak"),
}


def security(programme: Programme, rows: list[dict[str, Any]], wide: bool) -> Table:
    """Return one row a class: whether it can begin, how much of it is migrated, when all is, and how much in time."""
    found = table(
        t("Security in time: how much of each class is migrated, and how much of it before Q-day"),
        (t("Class"), "left"),
        *([(t("Function"), "left")] if wide else []),
        (t("Can begin"), "right"),
        (t("Plan"), "right"),
        (t("Mean"), "right"),
        (t("5–95 %"), "right"),
        (t("Half by"), "left"),
        (t("Nine in ten by"), "left"),
        (t("In time"), "right"),
    )
    for row in rows:
        cell, share = Styled("–"), row["migrated"]
        if "in_time" in row:
            cell = Styled(chance_of(row["in_time"], row["in_time_error"]), style=colour(row["in_time"]))
        low, high = percent(share["p05"], 0), percent(share["p95"], 0)
        found.add_row(
            titled(programme.migration.of(row["migration"]), row["migration"]),
            *([str(FUNCTIONS[row["function"]])] if wide else []),
            percent(row["can_begin"], 0),
            percent(share["plan"], 0),
            percent(share["mean"], 0),
            low if low == high else f"{low} – {high}",
            *(row["by"].get(name, "–") for name in ("p50", "p90")),
            cell,
        )
    return folding(found)


def in_time(assessment: Assessment) -> Text:
    """Return what in time means, and how often Q-day comes within the horizon."""
    import numpy as np

    within = float(np.mean(np.asarray(assessment.outcomes.qday, dtype=float) < assessment.plan.quantities.horizon))
    return t(
        "A class can begin once what it needs is delivered; by the dates half, or nine in ten, of all futures have "
        "migrated all of it. In time is the share that is migrated before Q-day, for keys sooner still by the years "
        "that the data must stay secret. Q-day comes before the end of the programme in {share} of the futures.",
        share=percent(within, 0),
    )


def exposure(programme: Programme, summary: dict[str, Any]) -> Table:
    """Return what is lost over the horizon while it is not migrated, by class and in all."""
    found = table(
        t("Exposure: what is lost over the horizon while it is not migrated, level-years"),
        (t("Class"), "left"),
        (t("Without"), "right"),
        (t("Plan"), "right"),
        (t("Mean"), "right"),
        (t("5–95 %"), "right"),
    )
    rows = [
        (titled(programme.migration.of(row["migration"]), row["migration"]), row["exposure"])
        for row in summary["security"]
    ]
    for title, row in [*rows, (str(t("All classes")), summary["exposure"])] if rows else ():
        figures = number(row["without"], 2), number(row["plan"], 2), with_error(row), span_of(row, "level")
        found.add_row(title, *figures)
    return folding(found)


def surveyed() -> Text:
    """Return what the exposure without migration and that of the plan count with."""
    return t(
        "Without any migration, and as planned, by the surveyed chance of Q-day; the mean is of the futures, each with "
        "a Q-day of its own."
    )
