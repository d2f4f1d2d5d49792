"""Reads a programme from an XLSX workbook: one sheet a table, the sheet ``programme`` key by key."""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lotrinh.base.issues import IssueKind, UsageError
from lotrinh.base.text import t
from lotrinh.tables.cells import cell_text, clean, letters
from lotrinh.tables.grid import (
    LARGEST_FILE,
    NO_SETTINGS,
    NO_TABLES,
    NOT_UPRIGHT,
    TOO_LARGE,
    Findings,
    assemble,
    assemble_settings,
    once,
)
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables
from lotrinh.tables.xlsx_scan import NotWorkbookError, Sheet, UnreadableError, scan

if TYPE_CHECKING:
    import python_calamine

MOST_CELLS = 5_000_000
"""Cells of one sheet, up to the last row and column in which something stands."""

NOT_XLSX = IssueKind("T040", "the file is not an XLSX workbook", "Save it from the spreadsheet program as .xlsx.")
PASSWORD = IssueKind("T041", "the workbook is protected by a password", "Save it without a password.")
DAMAGED = IssueKind("T042", "the workbook is damaged", "Open it in the spreadsheet program and save it again as .xlsx.")
FAR_CELL = IssueKind("T043", "a cell stands too far off", "Delete the rows and columns outside the table.")
MERGED = IssueKind("T044", "cells are merged", "Split them and write the value in every cell that it belongs to.")
NO_VALUE = IssueKind("T045", "a formula has no value", "Open the workbook in the spreadsheet program and save it.")
ERROR_VALUE = IssueKind("T046", "a cell holds an error value", "Repair the formula, or write the value itself.")
STALE = IssueKind(
    "T047",
    "the workbook asks to be calculated again",
    "Values of formulas may be old: open it in the spreadsheet program and save it.",
    severity="warning",
)

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KEY, _VALUE = "key", "value"


def read_workbook(path: str | os.PathLike[str]) -> RawTables:
    """Return the tables of the workbook at `path` and every problem met while reading it.

    A sheet is a table, or a part of one where its name is ``NAME.PART``; its first row is the header. Sheets whose
    names start with an underscore and empty sheets are passed over. Numbers are floats; dates become ISO text.

    Raises
    ------
    UsageError
        If there is no file at `path`, or it may not be read.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(str(t("there is no workbook {path}", path=file)))
    whole = Findings(file.name)
    size = file.stat().st_size
    if size > LARGEST_FILE:
        whole.add(TOO_LARGE, None, "", f"{size:,}", t("at most {bytes} bytes", bytes=f"{LARGEST_FILE:,}"))
        return RawTables(str(file), (), tuple(whole.issues))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=file, why=error.strerror))) from error
    tables = _tables(data, file.name, whole)
    kept, issues = once([*tables, (None, whole)])
    return RawTables(str(file), kept, issues)


def is_read(name: str) -> bool:
    """Return whether the sheet called `name` is a table: guides and lists start with an underscore."""
    return not clean(name).startswith("_")


def _tables(data: bytes, file: str, whole: Findings) -> list[tuple[RawTable | None, Findings]]:
    """Return every table of the workbook with its findings; what concerns the whole file goes to `whole`."""
    if not data.startswith(b"PK"):
        whole.add(PASSWORD if data.startswith(_COMPOUND) and _ENCRYPTED in data else NOT_XLSX)
        return []
    try:
        sheets, again = scan(data, is_read)
        book = _open(data)
    except UnreadableError as error:
        kind = NOT_XLSX if isinstance(error, NotWorkbookError) else DAMAGED
        whole.add(kind, None, "", "", t("a sound workbook ({why})", why=str(error)))
        return []
    tables = [_read_sheet(book, sheet, Findings(file, sheet.name)) for sheet in sheets]
    if again and any(sheet.formulas for sheet in sheets):
        whole.add(STALE)
    if not any(sheet.rows for sheet in sheets):
        whole.add(NO_TABLES)
    elif not any(clean(sheet.name).casefold() == SETTINGS for sheet in sheets):
        whole.add(NO_SETTINGS, None, "", "", t("the sheet {name}", name=SETTINGS))
    return tables


def _read_sheet(
    book: python_calamine.CalamineWorkbook, sheet: Sheet, findings: Findings
) -> tuple[RawTable | None, Findings]:
    """Return the table of one sheet, or None where it is empty or cannot be read."""
    if not sheet.rows:
        return None, findings
    if sheet.rows * sheet.columns > MOST_CELLS:
        findings.add(FAR_CELL, sheet.rows, letters(sheet.columns - 1))
        return None, findings
    try:
        rows = _rows(book, sheet.name)
        if not rows and not sheet.formulas:
            raise UnreadableError("its cells cannot be read")
    except UnreadableError as error:
        findings.add(DAMAGED, None, "", "", t("a sound workbook ({why})", why=str(error)))
        return None, findings
    header = rows[0] if rows else []
    if clean(sheet.name).casefold() == SETTINGS:
        table, columns = _settings(rows, findings)
    else:
        records = enumerate(rows[1:], start=2)
        table, columns = assemble(clean(sheet.name), header, 1, records, findings), None
    _report(sheet, header, columns, findings)
    return table, findings


def _settings(rows: Sequence[Sequence[Cell]], findings: Findings) -> tuple[RawTable | None, set[int]]:
    """Return the table of the settings and the columns, counted from 1, in which they stand."""
    names = [cell_text(cell).casefold() for cell in rows[0]] if rows else []
    if _KEY not in names or _VALUE not in names:
        findings.add(NOT_UPRIGHT, 1, "", ", ".join(names), t("the columns {names}", names=(_KEY, _VALUE)))
        return None, set()
    key, value = names.index(_KEY), names.index(_VALUE)
    pairs = ((number, row[key], row[value]) for number, row in enumerate(rows[1:], start=2))
    return assemble_settings(pairs, findings), {key + 1, value + 1}


def _report(sheet: Sheet, header: Sequence[Cell], columns: set[int] | None, findings: Findings) -> None:
    """Add what the scan found in `columns`, counted from 1; None is every column."""

    def name(column: int) -> str:
        return (cell_text(header[column - 1]) if column <= len(header) else "") or letters(column - 1)

    for row, column, ref in sheet.merged:
        if columns is None or column in columns:
            findings.add(MERGED, row, name(column), ref)
    for row, column in sheet.uncached:
        if columns is None or column in columns:
            findings.add(NO_VALUE, row, name(column), f"{letters(column - 1)}{row}")
    for row, column, text in sheet.errors:
        if columns is None or column in columns:
            findings.add(ERROR_VALUE, row, name(column), text)


def _open(data: bytes) -> python_calamine.CalamineWorkbook:
    import python_calamine  # noqa: PLC0415

    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except BaseException as error:
        raise _unreadable(error) from error


def _rows(book: python_calamine.CalamineWorkbook, name: str) -> list[list[Cell]]:
    """Return the cells of a sheet from A1 on, every row as long as the longest."""
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as error:
        raise _unreadable(error) from error
    return [[_cell(value) for value in row] for row in rows]


def _unreadable(error: BaseException) -> UnreadableError:
    """Return `error` as ours, or raise it again where it is not about the file. A panic in Rust is no `Exception`."""
    about_file = isinstance(error, Exception) and not isinstance(error, MemoryError)
    if about_file or type(error).__name__ == "PanicException":
        return UnreadableError(str(error))
    raise error


def _cell(value: object) -> Cell:
    """Return a value of a sheet as a raw cell; dates and times become ISO text."""
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime.datetime):
        return (value.date() if value.time() == datetime.time() else value).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
