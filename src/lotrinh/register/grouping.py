"""How work items form the migration classes of a programme, as a sheet says: which, after what, and who pays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lotrinh.base.issues import DataError, Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme.columns import Entity, choice, entity, number, refs, share, text
from lotrinh.programme.draft import Line
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register.classes import FUNCTIONS
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.sheets import ALL, CRITICALITIES
from lotrinh.tables.csv_folder import read_csv

if TYPE_CHECKING:
    import polars as pl

UNKNOWN_WORD = IssueKind(
    "R401", "a word that a class of work items cannot have", "Write words from the list, with blanks between."
)
CLASS_TWICE = IssueKind("R402", "a class of work items stands twice", "Give each class one row and an id of its own.")
NO_FUNCTION = IssueKind(
    "R403", "a class of work items without a function", "Say what its cryptography does: a class has one function."
)


@entity(
    "classes",
    ["migration", "function", "kinds", "criticalities", "years"],
    "Classes that work items form, what must come first, and who pays",
    apart=True,
)
class Group:
    """Of the rows that fit a work item, the first counts."""

    migration: str = text("Id of the class; where empty, items form classes by function, kind, criticality and years")
    title_vi: str = text("Title in Vietnamese")
    title_en: str = text("Title in English")
    function: str = choice("What the cryptography does, or *", (*FUNCTIONS, ALL), default=ALL)
    kinds: str = text("Kinds of work items, with blanks between; all where empty")
    criticalities: str = text("Criticalities of their systems, with blanks between; all where empty")
    years: float = number("Only items whose secrets or signatures must hold so long or longer", "year", 0, default=0.0)
    projects: tuple[str, ...] = refs("Projects that must have ended first", "projects")
    share: float = share("Share of effort and cost that the programme bears, owners and vendors the rest", default=1.0)
    reason: str = text("Why so, for whoever must answer for it")


def read(path: Path) -> list[Group]:
    """Return the rows of a sheet of classes.

    Raises
    ------
    UsageError
        If there is no file at `path`.
    DataError
        If there is any error in it; it carries all of them.
    """
    raw = read_csv(path, "classes")
    issues: list[Issue] = list(raw.issues)
    entity = Entity.apart["classes"]
    lines = [line for table in raw.tables for line in read_table(entity, table, Reported(raw), issues)]
    _check(lines, issues)
    errors = [issue for issue in issues if issue.is_error]
    if errors:
        raise DataError(errors)
    return [line.row for line in lines]


def fitting(groups: Sequence[Group]) -> pl.Expr:
    """Return the position of the first row that fits an item; the last is taken to fit every item.

    Items have the columns ``function, kind, criticality`` and ``life``, the years that count for their function.
    """
    import polars as pl

    found = pl.lit(len(groups) - 1)
    for at in reversed(range(len(groups) - 1)):
        row = groups[at]
        fits = pl.col("life") >= row.years
        if row.function != ALL:
            fits &= pl.col("function") == row.function
        for column, words in (("kind", row.kinds), ("criticality", row.criticalities)):
            if words:
                fits &= pl.col(column).is_in(words.split())
        found = pl.when(fits).then(pl.lit(at)).otherwise(found)
    return found


def _check(lines: Sequence[Line[Group]], issues: list[Issue]) -> None:
    """Report words that mean nothing, classes that stand twice and classes without a function."""
    met: set[str] = set()
    for line in lines:
        for attribute, known in (("kinds", ITEM_KINDS), ("criticalities", CRITICALITIES)):
            given = [] if attribute in line.unknown else getattr(line.row, attribute).split()
            for word in (word for word in given if word not in known):
                issues.append(line.issue(UNKNOWN_WORD, attribute, t("words such as {words}", words=known), value=word))
        if "migration" in line.unknown or not line.row.migration:
            continue
        if line.row.migration in met:
            issues.append(line.issue(CLASS_TWICE, "migration"))
        met.add(line.row.migration)
        if "function" not in line.unknown and line.row.function == ALL:
            issues.append(line.issue(NO_FUNCTION, "function", t("words such as {words}", words=FUNCTIONS)))
