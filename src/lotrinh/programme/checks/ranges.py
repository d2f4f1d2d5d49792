"""Numbers of one row that bound each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

COSTS = IssueKind(
    "P311", "low, likely and high cost are not in order", "Correct the costs so that low ≤ likely ≤ high."
)
DURATIONS = IssueKind(
    "P312", "the cautious duration is shorter than the likely one", "Correct duration_p90: it is at least the duration."
)
READINESS = IssueKind("P313", "readiness ends below where it starts", "Correct trl_start or trl_end.")
WINDOW = IssueKind("P314", "the latest start lies before the earliest", "Correct earliest or latest.")
APPLIES = IssueKind("P323", "a directive ends before it begins", "Correct from or until.")
ALONE = IssueKind(
    "P324", "a flow takes in more without its project than with it", "Correct intake_alone: it is at most intake_max."
)
FACTORS = IssueKind("P332", "the least factor of an uncertain number is above the greatest", "Correct low or high.")


def _in_order(draft: Draft, kind: IssueKind, row: type[Any], low: str, high: str) -> Iterator[Issue]:
    """Report the rows in which the value of `high` is below that of `low`; an empty one is in order."""
    for line in draft.lines(row, low, high):
        least, most = getattr(line.row, low), getattr(line.row, high)
        if least is not None and most is not None and most < least:
            said = {"value": least, "column": low.rstrip("_")}
            if isinstance(least, Quarter):
                yield line.issue(kind, high, t("not before {value}, the value of {column}", **said))
            else:
                yield line.issue(kind, high, t("at least {value}, the value of {column}", **said))


@rule
def costs(draft: Draft) -> Iterator[Issue]:
    """Low, likely and high cost stand in this order."""
    for row in (e.Mode, e.Equipment):
        yield from _in_order(draft, COSTS, row, "cost_low", "cost_likely")
        yield from _in_order(draft, COSTS, row, "cost_likely", "cost_high")


@rule
def others(draft: Draft) -> Iterator[Issue]:
    """What starts is not after what ends, and what is likely not above what is cautious."""
    yield from _in_order(draft, DURATIONS, e.Mode, "duration", "duration_p90")
    yield from _in_order(draft, READINESS, e.Project, "trl_start", "trl_end")
    yield from _in_order(draft, WINDOW, e.Project, "earliest", "latest")
    yield from _in_order(draft, APPLIES, e.Directive, "from_", "until")
    yield from _in_order(draft, ALONE, e.Training, "intake_alone", "intake_max")
    yield from _in_order(draft, FACTORS, e.Uncertain, "low", "high")
