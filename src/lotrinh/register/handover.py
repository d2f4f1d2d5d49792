"""Migration classes into a programme: its two tables are replaced whole, and only by a programme that is valid."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

from lotrinh.base.files import write_whole
from lotrinh.base.issues import DataError, Issue, UsageError
from lotrinh.base.text import t
from lotrinh.programme.dictionary import layouts
from lotrinh.programme.parse import parse
from lotrinh.register.summarise import TABLES
from lotrinh.tables.cells import cell_text
from lotrinh.tables.files import read, write
from lotrinh.tables.raw import RawTable, RawTables


def put(tables: Sequence[RawTable], programme: Path, *, force: bool = False) -> tuple[Issue, ...]:
    """Replace the migration tables of a programme, a folder or a workbook; return the warnings about it.

    Raises
    ------
    UsageError
        If a table that holds rows would be replaced without `force`.
    DataError
        If the programme would not be valid; nothing is written then.
    """
    raw = read(programme)
    if not force:
        _refuse_full([table for name in TABLES for table in raw.parts(name)])
    kept = [table for table in raw.tables if table.name not in TABLES]
    changed = dataclasses.replace(raw, tables=(*kept, *tables), issues=tuple(i for i in raw.issues if _of_others(i)))
    found, issues = parse(changed)
    if found is None:
        raise DataError(issue for issue in issues if issue.is_error)
    if programme.is_dir():
        write_tables(tables, programme)
        _drop_parts(raw, programme)
    else:
        write(changed, programme, layouts())
    return issues


def write_tables(tables: Sequence[RawTable], folder: Path, *, force: bool = True) -> None:
    """Write each table as a CSV of the folder, whole or not at all; `UsageError` where one is there without `force`."""
    paths = [folder / f"{table.name}.csv" for table in tables]
    for path in paths:
        if path.exists() and not force:
            raise UsageError(str(t("{path} is there already; give --force to replace it", path=path)))
    for table, path in zip(tables, paths, strict=True):
        write_whole(path, csv_text(table))


def csv_text(table: RawTable) -> str:
    """Return a table as canonical CSV."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return stream.getvalue()


def _refuse_full(tables: Sequence[RawTable]) -> None:
    for table in tables:
        if any(any(cell not in (None, "") for cell in row) for row in table.rows):
            place = table.file or table.sheet
            raise UsageError(str(t("{path} holds rows; give --force to replace them", path=place)))


def _of_others(issue: Issue) -> bool:
    """Return whether a problem met while reading files is one of the tables that stay."""
    names = (Path(issue.place.file).name.partition(".")[0], issue.place.sheet)
    return not any(name in TABLES for name in names)


def _drop_parts(raw: RawTables, folder: Path) -> None:
    """Remove the files of other parts of the replaced tables, such as ``migration.old.csv``."""
    for name in TABLES:
        for part in raw.parts(name):
            if part.part:
                (folder / part.file).unlink(missing_ok=True)
