"""The two ways in: a programme from a folder or workbook, or the list of its problems."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from lotrinh.base.issues import DataError, Issue
from lotrinh.programme.changes import parse_changed, read_changes
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.tables.files import read

Where = str | PathLike[str]


def load(path: Where, *changes: Where) -> Programme:
    """Return the programme that stands in a folder of tables or in a workbook, after the changes of what-if files.

    Raises
    ------
    DataError
        If there is any error; it carries all of them.
    """
    programme, issues = _parsed(path, changes)
    if programme is None:
        raise DataError(issue for issue in issues if issue.is_error)
    return programme


def check(path: Where, *changes: Where) -> tuple[Issue, ...]:
    """Return every problem, errors and warnings, of a folder or workbook after the changes of what-if files."""
    return _parsed(path, changes)[1]


def _parsed(path: Where, changes: tuple[Where, ...]) -> tuple[Programme | None, tuple[Issue, ...]]:
    if not changes:
        return parse(read(path))
    return parse_changed(read(path), [read_changes(Path(change)) for change in changes])
