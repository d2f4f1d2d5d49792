"""What futures are drawn from: which numbers are uncertain, and the survey of the threat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lotrinh.base.issues import Issue, IssueKind, nearest_name
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NO_NUMBER = IssueKind(
    "P333",
    "an uncertain number that its table does not have",
    "Write one of the columns listed, or the table in which the number stands.",
)
OWN_RANGE = IssueKind(
    "P334",
    "an uncertain cost that has its range already",
    "Take the row out, or empty cost_low and cost_high: a cost with a range of its own is drawn from that.",
    severity="warning",
)
FALLING = IssueKind(
    "P335",
    "a chance that falls with the years",
    "Correct the chance: what has happened within fewer years has happened within more.",
)
TWO_MINDS = IssueKind(
    "P336",
    "two rows of one curve that differ in what holds for the whole curve",
    "Write the same value into every row of the curve, or give it another name.",
)


@rule
def numbers(draft: Draft) -> Iterator[Issue]:
    """An uncertain number is one of its table."""
    for line in draft.lines(e.Uncertain, "of", "column"):
        of, column = line.row.of, line.row.column
        names = e.UNCERTAIN[of]
        if column not in names:
            expected = t("for the table {table}: {names}", table=of, names=names)
            yield line.issue(NO_NUMBER, "column", expected, nearest=nearest_name(column, names))


@rule
def costs(draft: Draft) -> Iterator[Issue]:
    """A row on the cost of modes speaks of some mode that has neither a low nor a high cost."""
    if not draft.whole(e.Mode, "mode", "cost_low", "cost_high"):
        return
    ranged = {
        line.row.mode: line.row.cost_low is not None or line.row.cost_high is not None
        for line in draft.lines(e.Mode, "mode", "cost_low", "cost_high")
    }
    for line in draft.lines(e.Uncertain, "of", "row", "column"):
        if (line.row.of, line.row.column) == ("modes", "cost_likely"):
            meant = ranged if line.row.row == e.EVERY else {line.row.row} & ranged.keys()
            if meant and all(ranged[mode] for mode in meant):
                yield line.issue(OWN_RANGE, "row", t("a mode without cost_low and cost_high"))


@rule
def chances(draft: Draft) -> Iterator[Issue]:
    """The chance of a curve never falls."""
    for lines in draft.groups(e.Threat, "curve", "within", "chance").values():
        for before, line in pairwise(sorted(lines, key=lambda line: line.row.within)):
            if line.row.chance < before.row.chance:
                least, years = before.row.chance, before.row.within
                expected = t("at least {chance}, the chance within {years} years", chance=least, years=years)
                yield line.issue(FALLING, "chance", expected)


@rule
def curves(draft: Draft) -> Iterator[Issue]:
    """All rows of a curve come from one survey and have one weight."""
    for attribute in ("surveyed", "weight"):
        for first, *others in draft.groups(e.Threat, "curve", attribute).values():
            value = getattr(first.row, attribute)
            for line in others:
                if getattr(line.row, attribute) != value:
                    expected = t("{value}, as {place} has it", value=value, place=first.place(attribute))
                    yield line.issue(TWO_MINDS, attribute, expected)
                    break
