"""The risk register as a workbook: summary, register, waves, load and policies, one sheet a table."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lotrinh.base.text import Text, t
from lotrinh.base.units import units
from lotrinh.register.outputs import tables
from lotrinh.register.outputs.burndown import burndown
from lotrinh.register.outputs.extract import Extract
from lotrinh.register.outputs.sheet_rows import with_rows
from lotrinh.register.outputs.statement import figures
from lotrinh.register.outputs.statement_form import Figure
from lotrinh.register.outputs.tables import Heading

if TYPE_CHECKING:
    import polars as pl

ROWS = 1_000_000
"""Rows of one sheet, below the 1,048,576 of the format; the rest goes on to further sheets."""
_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_PRINTED = 20
"""Columns of a table that can still be read when it is printed one page wide."""
_EPOCH = datetime.date(1899, 12, 30)
_HEAD = {
    "bold": True,
    "bg_color": "#1F3864",
    "font_color": "#FFFFFF",
    "valign": "vcenter",
    "text_wrap": True,
    "indent": 1,
}
_FORMATS = {"date": "yyyy-mm-dd", "share": "0.0%", "count": "#,##0", "amount": "#,##0.00", "small": "0.0000"}


def workbook_bytes(x: Extract, rows: int = ROWS) -> bytes:
    """Return the workbook of `x`; at most `rows` rows stand on one sheet. The same extract gives the same bytes."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    made = datetime.datetime.combine(x.as_of, datetime.time())
    book.set_properties({"created": made, "author": "Lotrinh", "title": x.name})
    writer = _Writer(book, rows)
    writer.figures(t("Summary"), x, figures(x))
    writer.table(t("Register"), tables.risk_register(x), tables.register_headings(), frozen=2)
    writer.table(t("Waves"), tables.wave_table(x), tables.wave_headings())
    writer.table(t("Load"), tables.load_table(x), tables.load_headings())
    writer.table(t("Burndown"), burndown(x), tables.burndown_headings())
    writer.table(t("Policies"), tables.policy_table(x), tables.policy_headings())
    book.close()
    return with_rows(stream.getvalue(), writer.tables)


class _Writer:
    """Makes the sheets and their heads, and keeps the rows of each table in `tables` by the file of its sheet."""

    def __init__(self, book: Any, rows: int) -> None:
        self.book, self.rows = book, rows
        self.tables: dict[str, pl.DataFrame] = {}
        self.head = book.add_format(_HEAD)
        self.head_right = book.add_format(_HEAD | {"indent": 0, "align": "right"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.section = book.add_format({"bold": True, "bg_color": "#D9E2F3"})
        self.section_right = book.add_format({"bold": True, "bg_color": "#D9E2F3", "align": "right"})
        self.section_unit = book.add_format({"bold": True, "bg_color": "#D9E2F3", "indent": 1})
        self.text = book.add_format({"indent": 1})
        self.note = book.add_format({"italic": True, "font_color": "#7F6000"})
        self.formats = {kind: book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()}

    def figures(self, name: Text, x: Extract, rows: list[Figure]) -> None:
        """Write the figures of the summary, one a row below the name of their section."""
        sheet = self.book.add_worksheet(str(name))
        for column, width in enumerate((64, 16, 24, 24)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, str(t("Register of cryptography: {name}", name=x.name)), self.title)
        sheet.write_string(1, 0, str(t("As of")))
        sheet.write_number(1, 1, _serial(x.as_of), self.formats["date"])
        shapes = (self.section, self.section_right, self.section_unit, self.section)
        row, section = 2, ""
        for figure in rows:
            if str(figure.section) != section:
                row, section = row + 1, str(figure.section)
                for column, text in enumerate((section, str(t("Value")), str(t("Unit")), "")):
                    sheet.write_string(row, column, text, shapes[column])
                row += 1
            sheet.write_string(row, 0, str(figure.title))
            sheet.write_number(row, 1, float(f"{figure.value:.12g}"), self.formats[_shape(figure.unit, figure.value)])
            sheet.write_string(row, 2, "" if figure.unit in ("item", "share") else str(units()[figure.unit]), self.text)
            if figure.assumed:
                sheet.write_string(row, 3, str(t("rests on assumptions")), self.note)
            row += 1
        sheet.fit_to_pages(1, 1)

    def table(self, name: Text, table: pl.DataFrame, headings: Mapping[str, Heading], frozen: int = 1) -> None:
        """Write `table` on as many sheets as it needs, NAME, NAME 2, …, each with its head and filter."""
        for part, first in enumerate(range(0, max(table.height, 1), self.rows), start=1):
            title = str(name) if part == 1 else f"{name} {part}"
            self._sheet(title, table.slice(first, self.rows), headings, frozen)

    def _sheet(self, title: str, table: pl.DataFrame, headings: Mapping[str, Heading], frozen: int) -> None:
        import polars as pl

        sheet = self.book.add_worksheet(title)
        for column, (name, heading) in enumerate(headings.items()):
            sheet.set_column(column, column, heading.width, self._format(table, name, heading))
        sheet.set_row(0, 48)
        for column, (name, heading) in enumerate(headings.items()):
            text = str(heading.title)
            if heading.unit not in ("", "item", "share"):
                text += f" [{units()[heading.unit]}]"
            sheet.write_string(0, column, text, self.head if table.schema[name] == pl.String else self.head_right)
        self.tables[f"sheet{len(self.book.worksheets())}.xml"] = _plain(table, headings)
        sheet.autofilter(0, 0, table.height, len(headings) - 1)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_paper(8)  # A3
        if len(headings) <= _PRINTED:
            sheet.fit_to_pages(1, 0)

    def _format(self, table: pl.DataFrame, name: str, heading: Heading) -> Any:
        import polars as pl

        kind = table.schema[name]
        if kind == pl.Date:
            return self.formats["date"]
        if kind == pl.String:
            return self.text
        if kind == pl.Int64:
            return self.formats["count"]
        most = table[name].abs().max() or 0.0
        return self.formats[_shape(heading.unit, float(most))]  # type: ignore[arg-type]


def _shape(unit: str, value: float) -> str:
    """Return which number format suits a unit and the size of its values."""
    if unit == "share":
        return "share"
    if unit == "item":
        return "count"
    return "small" if 0 < abs(value) < 0.1 else "amount"


def _serial(day: datetime.date) -> int:
    """Return a date as spreadsheets count it."""
    return (day - _EPOCH).days


def _plain(table: pl.DataFrame, headings: Mapping[str, Heading]) -> pl.DataFrame:
    """Return the columns of `headings` as text and finite numbers: words for ids, serial numbers for dates."""
    import polars as pl

    said = {
        name: {id: str(text) for id, text in heading.words.items()}
        for name, heading in headings.items()
        if heading.words
    }
    table = table.select(list(headings)).with_columns(pl.col(name).replace(words) for name, words in said.items())
    real = pl.col(pl.Float64)
    return table.with_columns(
        (pl.col(pl.Date) - _EPOCH).dt.total_days(), real.replace([float("nan"), float("inf"), -float("inf")], None)
    )
