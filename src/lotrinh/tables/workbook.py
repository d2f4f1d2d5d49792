"""A programme as an XLSX workbook: one sheet a table, with the help and the checks that a spreadsheet can give."""

from __future__ import annotations

import contextlib
import datetime
import io
import math
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lotrinh.base.issues import DataError, Issue, IssueKind, Place, UsageError
from lotrinh.base.text import t
from lotrinh.tables.cells import as_number, cell_text, clean, is_empty, letters, number_text
from lotrinh.tables.layout import ColumnLayout, Layout, split_header
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables
from lotrinh.tables.workbook_read import is_read, read_workbook

__all__ = ["ColumnLayout", "Layout", "read_workbook", "write_workbook"]

NOT_A_SHEET = IssueKind(
    "T048", "the table's name cannot be the name of a sheet", "Use at most 31 letters, digits, '-', '_' and '.'."
)
TOO_LONG = IssueKind("T049", "the text does not fit in a cell of a workbook", "Shorten it, or keep the folder of CSV.")
TOO_MANY = IssueKind("T050", "the table does not fit on a sheet", "Split it into parts: NAME.PART.")

_ROWS, _COLUMNS, _TEXT = 1_048_576, 16_384, 32_767
_BAD_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$|^history$", re.IGNORECASE)
_CREATED = datetime.datetime(2000, 1, 1)
_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_UPRIGHT = (("key", 22), ("value", 26), ("unit", 18), ("meaning", 80))
_AMBIGUOUS = re.compile(r"_x[0-9A-Fa-f]{4}_(?=x[0-9A-Fa-f]{4}_)|^<r>.*</r>$", re.DOTALL)
_FRAGMENT = re.compile(r"(?<=_x)(?=[0-9A-Fa-f]{4}_)|(?<=^<)(?=r>)")


class _Exact(float):
    """A number that keeps its last digit: XlsxWriter formats numbers with 16 digits, a double needs 17."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def write_workbook(raw: RawTables, path: str | os.PathLike[str], layouts: Mapping[str, Layout]) -> None:
    """Write `raw` as a workbook at `path`, whole or not at all; the same tables give the same bytes.

    Text of number columns that is a number becomes one; all other text stays text, also where it starts with ``=``.
    `layouts` are by table name; a table or column without one is written without help and checks.

    Raises
    ------
    UsageError
        If `path` is a folder or may not be written.
    DataError
        If a table or a text does not fit in a workbook.
    """
    target = Path(path).resolve()
    if target.is_dir():
        raise UsageError(str(t("{path} is a folder; give a file that ends with .xlsx", path=target)))
    if problems := _misfits(raw):
        raise DataError(problems)
    fresh = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.new"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(_bytes(raw, layouts))
        fresh.replace(target)
    except OSError as error:
        raise UsageError(str(t("{path} cannot be written: {why}", path=target, why=error.strerror))) from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def _misfits(raw: RawTables) -> list[Issue]:
    """Return what of `raw` a workbook cannot hold."""
    problems = []
    seen: set[str] = set()
    for table in raw.tables:
        label, place = clean(table.label), Place(table.file, table.sheet)
        if not label or len(label) > 31 or _BAD_NAME.search(label) or not is_read(label) or label.casefold() in seen:
            problems.append(NOT_A_SHEET.at(place, table.label))
        seen.add(label.casefold())
        if len(table.rows) >= _ROWS or len(table.header) > _COLUMNS:
            problems.append(
                TOO_MANY.at(place, table.label, t("{rows} rows, {columns} columns", rows=_ROWS, columns=_COLUMNS))
            )
        for at, name in enumerate(table.header):
            if _units(name) > _TEXT:
                problems.append(TOO_LONG.at(Place(table.file, table.sheet, None, letters(at)), name[:40] + "…"))
        problems += [
            TOO_LONG.at(table.place(row, at), cell[:40] + "…", t("at most {count} characters", count=f"{_TEXT:,}"))
            for row, cells in enumerate(table.rows)
            for at, cell in enumerate(cells)
            if isinstance(cell, str) and _units(cell) > _TEXT
        ]
    return problems


def _units(text: str) -> int:
    """Return the length of `text` as a spreadsheet counts it: in UTF-16 units."""
    return len(text) if 2 * len(text) <= _TEXT else len(text.encode("utf-16-le", "replace")) // 2


def _bytes(raw: RawTables, layouts: Mapping[str, Layout]) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    book.set_properties({"created": _CREATED, "author": "Lotrinh"})
    writer = _Writer(book, raw, layouts)
    writer.write()
    book.close()
    return stream.getvalue()


class _Writer:
    """Fills a workbook with the sheets of `raw`."""

    def __init__(self, book: Any, raw: RawTables, layouts: Mapping[str, Layout]) -> None:
        self.book, self.layouts = book, layouts
        order = {name: at for at, name in enumerate(dict.fromkeys((SETTINGS, *layouts)))}
        self.tables = sorted(raw.tables, key=lambda table: order.get(table.name, len(order)))
        self.head = book.add_format({"bold": True, "bg_color": "#E7E6E6", "bottom": 1, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        self.plain = book.add_format()
        self.names: dict[tuple[str, str], str] = {}
        self.lists: dict[tuple[str, ...], str] = {}

    def write(self) -> None:
        guide = self.book.add_worksheet("_guide")
        sheets = [self.book.add_worksheet(clean(table.label)) for table in self.tables]
        self._name_ids()
        for table, sheet in zip(self.tables, sheets, strict=True):
            if table.name == SETTINGS:
                self._settings(table, sheet)
            else:
                self._table(table, sheet)
        self._guide(guide)
        self._lists()

    def _guide(self, sheet: Any) -> None:
        """Write what the sheets are, with a link to each."""
        notes = (
            t("Each sheet is a table; its first row names the columns. Point at a name to read what goes there."),
            t("Sheets whose names start with an underscore are not read. Formulas are read by their values."),
            t("Do not merge cells or move the first row. Large tables may be split into sheets NAME.PART."),
        )
        for column, width in enumerate((24, 70, 60)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, str(t("How to fill in this workbook")), self.title)
        for row, note in enumerate(notes, start=1):
            sheet.write_string(row, 0, str(note))
        top = len(notes) + 2
        for column, name in enumerate((t("Sheet"), t("What it holds"), t("How it is filled in"))):
            sheet.write_string(top, column, str(name), self.head)
        for row, table in enumerate(self.tables, start=top + 1):
            label, layout = clean(table.label), self.layouts.get(table.name)
            link = "internal:'{}'!A1".format(label.replace("'", "''"))
            sheet.write_url(row, 0, link, None, label)
            if layout:
                sheet.write_string(row, 1, layout.title, self.wrapped)
                sheet.write_string(row, 2, layout.help, self.wrapped)
        sheet.freeze_panes(top + 1, 0)

    def _lists(self) -> None:
        """Write the lists of words that are too long to stand in a check itself."""
        if not self.lists:
            return
        sheet = self.book.add_worksheet("_lists")
        for column, words in enumerate(self.lists):
            for row, word in enumerate(words):
                self._put_text(sheet, row, column, word, self.text)
        sheet.hide()

    def _name_ids(self) -> None:
        """Give a name to the filled cells of every column that others refer to, where it stands on one sheet.

        The name reaches to the last filled cell only: with an empty cell in it a spreadsheet would accept anything.
        """
        wanted = {c.refers for layout in self.layouts.values() for c in layout.columns if c.refers and not c.many}
        for name, column in sorted(wanted):
            parts = [table for table in self.tables if table.name == name]
            headers = [split_header(header)[0] for header in parts[0].header] if parts else []
            if len(parts) == 1 and column in headers:
                letter = letters(headers.index(column))
                sheet = "'{}'".format(clean(parts[0].label).replace("'", "''"))
                cells = f"{sheet}!${letter}$2:${letter}${_ROWS}"
                self.names[name, column] = known = f"ids_{re.sub(r'[^A-Za-z0-9_]', '_', name)}_{len(self.names)}"
                last = f"INDEX({cells},MAX(1,COUNTA({cells})))"
                self.book.define_name(known, f"={sheet}!${letter}$2:{last}")

    def _table(self, table: RawTable, sheet: Any) -> None:
        layout = self.layouts.get(table.name)
        columns = [layout.column(split_header(header)[0]) if layout else None for header in table.header]
        for at, (header, column) in enumerate(zip(table.header, columns, strict=True)):
            self._put_text(sheet, 0, at, clean(header), self.head)
            width = max(column.width if column else 14, len(header) + 3)
            sheet.set_column(at, at, min(width, 80), self.text if column and column.kind == "text" else None)
            if column:
                lines = column.help.count("\n") + 1 + len(column.help) // 45
                size = {"author": "Lotrinh", "x_scale": 2.2, "y_scale": max(1.0, lines / 4)}
                sheet.write_comment(0, at, column.help, size)
                self._check(sheet, column, header, (1, _ROWS - 1), at)
        rows = [row for row in table.rows if not all(is_empty(cell) for cell in row)]
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                column = columns[at]
                self._put(sheet, number, at, _typed(cell, column.kind if column else ""))
        if table.header:
            sheet.autofilter(0, 0, len(rows), len(table.header) - 1)
        sheet.freeze_panes(1, 1)

    def _settings(self, table: RawTable, sheet: Any) -> None:
        layout = self.layouts.get(SETTINGS)
        for at, (name, width) in enumerate(_UPRIGHT):
            sheet.write_string(0, at, name, self.head)
            sheet.set_column(at, at, width)
        values: Sequence[Cell] = table.rows[0] if table.rows else ()
        for row, (key, cell) in enumerate(zip(table.header, values, strict=False), start=1):
            name = clean(key)
            column = layout.column(split_header(name)[0]) if layout else None
            self._put_text(sheet, row, 0, name, self.plain)
            if is_empty(cell):
                sheet.write_blank(row, 1, None, self.text if column and column.kind == "text" else self.plain)
            self._put(sheet, row, 1, _typed(cell))
            if column:
                self._put_text(sheet, row, 2, column.unit, self.plain)
                self._put_text(sheet, row, 3, column.doc, self.plain)
                self._check(sheet, column, name, (row, row), 1)
        sheet.freeze_panes(1, 1)

    def _put(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        """Write one typed cell."""
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, _Exact(cell))
        elif cell:
            self._put_text(sheet, row, column, cell, self.text)

    def _put_text(self, sheet: Any, row: int, column: int, text: str, style: Any) -> None:
        """Write `text` as it is.

        XlsxWriter takes ``<r>…</r>`` for XML of its own and escapes neighbours such as ``_x0041_x0042_`` only half;
        such text is written in fragments.
        """
        if not text:
            return
        if not _AMBIGUOUS.search(text):
            code = sheet.write_string(row, column, text, style)
        else:
            fragments: list[Any] = []
            for fragment in _FRAGMENT.split(text):
                fragments += [self.plain, fragment]
            code = sheet.write_rich_string(row, column, *fragments[1:], style)
        if code:
            raise ValueError(f"XlsxWriter refused a text with code {code}")

    def _check(self, sheet: Any, column: ColumnLayout, header: str, rows: tuple[int, int], at: int) -> None:
        """Let the spreadsheet check what is typed into the given rows of a column."""
        rule = self._rule(column, split_header(header)[1], f"{letters(at)}{rows[0] + 1}")
        if not rule:
            return
        rule["ignore_blank"] = True
        if rule["validate"] != "any":
            rule |= {"error_title": str(t("Not allowed here"))[:32], "error_message": column.help[:255]}
        if sheet.data_validation(rows[0], at, rows[1], at, rule):
            raise ValueError(f"XlsxWriter refused the check of {column.name!r}")

    def _rule(self, column: ColumnLayout, unit: str, cell: str) -> dict[str, Any]:
        """Return the check of a column, whose first cell is `cell`, in the terms of XlsxWriter; empty for none."""
        if column.many:
            return {"validate": "any", "input_title": column.name[:32], "input_message": column.help[:255]}
        if column.refers:
            known = self.names.get(column.refers)
            return {"validate": "list", "source": f"={known}"} if known else {}
        if column.words:
            return {"validate": "list", "source": self._words(column.words)}
        if column.kind == "flag":
            return {"validate": "list", "source": ["1", "0"]}
        return _number_rule(column, unit, cell) if column.kind == "number" else {}

    def _words(self, words: tuple[str, ...]) -> list[str] | str:
        """Return a list of words as the source of a check: the words themselves where they are short enough."""
        if len(",".join(words)) <= 255 and not any(mark in word for word in words for mark in ',"'):
            return list(words)
        if words not in self.lists:
            letter = letters(len(self.lists))
            self.lists[words] = f"='_lists'!${letter}$1:${letter}${len(words)}"
        return self.lists[words]


def _typed(cell: Cell, kind: str | None = None) -> Cell:
    """Return `cell` as it is to stand on a sheet.

    `kind` is that of the column's layout, ``""`` where it has none; None is a setting, which keeps its own type.
    """
    if isinstance(cell, str):
        text = clean(cell)
        exact = as_number(text) if kind in ("number", "flag") else None
        return text if exact is None else exact
    if cell is None or kind == "text":
        return cell_text(cell)
    if isinstance(cell, bool):
        return cell if not kind else int(cell)
    exact = abs(cell) <= 2**53 if isinstance(cell, int) else math.isfinite(cell)
    return cell if exact else number_text(cell)


def _number_rule(column: ColumnLayout, unit: str, cell: str) -> dict[str, Any]:
    """Return the check of a number. With another unit in the header only the sign can be checked."""
    low, high, whole = column.low, column.high, column.whole
    if unit and unit != column.symbol:
        low, high, whole = 0.0 if low == 0 else None, None, False
    rule = {"validate": "integer" if whole else "decimal"}
    if column.above and low is not None and high is not None:
        bounds = f"{cell}>{number_text(low)},{cell}<={number_text(high)}"
        return {"validate": "custom", "value": f"=AND(ISNUMBER({cell}),{bounds})"}
    if low is not None and high is not None:
        return rule | {"criteria": "between", "minimum": number_text(low), "maximum": number_text(high)}
    if low is not None:
        return rule | {"criteria": ">" if column.above else ">=", "value": number_text(low)}
    if high is not None:
        return rule | {"criteria": "<=", "value": number_text(high)}
    return rule | {"criteria": "between", "minimum": "-1000000000000000", "maximum": "1000000000000000"}
