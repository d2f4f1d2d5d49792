"""Problems met while importing, as the register keeps them: rows of a table, told in either language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import Text
from lotrinh.register.guard import guarded

if TYPE_CHECKING:
    import polars

COLUMNS = (
    "source",
    "code",
    "title",
    "help",
    "severity",
    "file",
    "sheet",
    "row",
    "column",
    "value",
    "expected",
    "nearest",
)
LONGEST = 300
"""Letters of a value that are kept: enough to find it, too few to hold a document."""


def rows(source: str, issues: Iterable[Issue]) -> list[dict[str, Any]]:
    """Return what a table keeps of the problems of one source."""
    found = []
    for issue in issues:
        kind, place = issue.kind, issue.place
        facts = (kind.code, kind.title, kind.help, kind.severity, place.file, place.sheet, place.row, place.column)
        told = (issue.value[:LONGEST], json.dumps(guarded(_packed(issue.expected)), default=str), issue.nearest)
        found.append(guarded(dict(zip(COLUMNS, (source, *facts, *told), strict=True))))
    return found


def frame(found: Iterable[Mapping[str, Any]]) -> polars.DataFrame:
    """Return kept problems as a table."""
    import polars as pl

    schema = {name: pl.Int64 if name == "row" else pl.String for name in COLUMNS}
    return pl.DataFrame(list(found), schema=schema)


def issues(table: polars.DataFrame) -> list[Issue]:
    """Return kept problems as they were reported."""
    return [_issue(row) for row in table.iter_rows(named=True)]


def _issue(row: Mapping[str, Any]) -> Issue:
    kind = IssueKind.registry.get(row["code"])
    if kind is None:  # the reader that reports it is not loaded: told without declaring it a second time
        kind = object.__new__(IssueKind)
        kind.code, kind.title, kind.help, kind.severity = (row[name] for name in ("code", "title", "help", "severity"))
    place = Place(row["file"], row["sheet"], row["row"], row["column"])
    return Issue(kind, place, row["value"], _unpacked(json.loads(row["expected"])), row["nearest"])


def _packed(value: Any) -> Any:
    """Return a sentence as plain data, with the sentences inside it."""
    if isinstance(value, Text):
        return {"template": value.template, "values": {name: _packed(part) for name, part in value.values.items()}}
    if isinstance(value, tuple | list):
        return [_packed(part) for part in value]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        return Text(value["template"], {name: _unpacked(part) for name, part in value["values"].items()})
    if isinstance(value, list):
        return tuple(_unpacked(part) for part in value)
    return value
