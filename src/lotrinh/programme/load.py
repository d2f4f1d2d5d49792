"""The two ways in: a programme from a folder or workbook, or the list of its problems."""

from __future__ import annotations

from os import PathLike

from lotrinh.base.issues import DataError, Issue
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.tables.files import read


def load(path: str | PathLike[str]) -> Programme:
    """Return the programme that stands in a folder of tables or in a workbook.

    Raises
    ------
    DataError
        If there is any error; it carries all of them.
    """
    programme, issues = parse(read(path))
    if programme is None:
        raise DataError(issue for issue in issues if issue.is_error)
    return programme


def check(path: str | PathLike[str]) -> tuple[Issue, ...]:
    """Return every problem of a folder or workbook, errors and warnings."""
    return parse(read(path))[1]
