"""The sheets that a register keeps beside its assets: systems, windows, efforts, costs, progress, what was taught."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import Issue
from lotrinh.programme.cells import converter
from lotrinh.programme.columns import Entity
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register import sheets, taught  # noqa: F401 - they declare the sheets
from lotrinh.register.guard import guarded
from lotrinh.tables.csv_folder import read_csv

TAUGHT = "taught"


def entity(name: str) -> Entity:
    """Return the declaration of a sheet."""
    return Entity.apart[name]


def read_taught(path: Path) -> tuple[list[Any], list[Issue]]:
    """Return the rows of a sheet of what is taught that say something, and the problems of the sheet.

    Raises
    ------
    UsageError
        If there is no file at `path`, or it may not be read.
    """
    raw = read_csv(path, TAUGHT)
    issues = list(raw.issues)
    lines = [line for table in raw.tables for line in read_table(entity(TAUGHT), table, Reported(raw), issues)]
    rows = [line.row for line in lines if not line.unknown]
    return [row for row in rows if row.algorithm or row.class_], issues


def packed(name: str, row: Any) -> dict[str, Any]:
    """Return one row of a sheet as plain data."""
    values = {column.attribute: getattr(row, column.attribute) for column in entity(name).columns}
    found: dict[str, Any] = guarded({key: _plain(value) for key, value in values.items()})
    return found


def unpacked(name: str, values: Mapping[str, Any]) -> Any:
    """Return the row of a sheet that `packed` made into plain data."""
    found = entity(name)
    return found.row(**{c.attribute: converter(c, "")(values.get(c.attribute)) for c in found.columns})


def latest(name: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a sheet, the last of each key only, in the order of the keys; `rows` are oldest first."""
    found = entity(name)
    attributes = [found.column(column.rstrip("_")).attribute for column in found.key]
    by_key = {tuple(str(row.get(attribute)) for attribute in attributes): dict(row) for row in rows}
    return [by_key[key] for key in sorted(by_key)]


def _plain(value: Any) -> Any:
    if isinstance(value, Quarter):
        return str(value)
    return ";".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
