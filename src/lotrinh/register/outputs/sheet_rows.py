"""The rows of large sheets: put into a workbook whose sheets have only their heads, made by Polars for speed.

XlsxWriter takes 5 to 10 µs for a cell, which is a minute for 200,000 assets. Here the cells of a column become XML in
one expression. What a cell may hold: ECMA-376, part 1, 18.3.1.4 and 22.9.2.19.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lotrinh.tables.cells import letters

if TYPE_CHECKING:
    import polars as pl

_CHUNK = 20_000
_LONGEST = 16_383
"""Letters of a cell: half of what the format allows, as some letters count twice."""
_COLUMN = re.compile(rb'<col min="(\d+)" max="(\d+)"[^>]*? style="(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_END = b"</sheetData>"


def with_rows(book: bytes, tables: Mapping[str, pl.DataFrame]) -> bytes:
    """Return the workbook `book` with the rows of `tables`, by the names of the sheets' files, below their heads.

    Tables hold text and finite numbers; each cell is formatted as its column of the sheet.
    """
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            name = entry.filename.rpartition("/")[2]
            with target.open(entry.filename, "w", force_zip64=True) as part:
                if name in tables and not tables[name].is_empty():
                    for chunk in _filled(content, tables[name]):
                        part.write(chunk)
                else:
                    part.write(content)
    return stream.getvalue()


def _filled(sheet: bytes, table: pl.DataFrame) -> Iterator[bytes]:
    """Yield the XML of a sheet with the rows of `table` after its head."""
    corner = f"{letters(table.width - 1)}{table.height + 1}".encode()
    sheet = _DIMENSION.sub(b'<dimension ref="A1:' + corner + b'"/>', sheet, count=1)
    head, end, tail = sheet.partition(_END)
    styles = {
        column: int(style)
        for first, last, style in _COLUMN.findall(head)
        for column in range(int(first) - 1, int(last))
    }
    yield head
    for first in range(0, table.height, _CHUNK):
        yield _rows(table.slice(first, _CHUNK), first + 2, styles)
    yield end + tail


def _rows(table: pl.DataFrame, first: int, styles: Mapping[int, int]) -> bytes:
    """Return the XML of rows, the first of which is row `first` of its sheet."""
    import polars as pl

    row = pl.int_range(first, first + table.height, eager=True).cast(pl.String).alias("row")
    cells = []
    for at, name in enumerate(table.columns):
        style = f'" s="{styles[at]}"' if at in styles else '"'
        head: list[Any] = [pl.lit(f'<c r="{letters(at)}'), row]
        value = pl.col(name)
        if table.schema[name] == pl.String:
            kept = value.is_not_null() & (value != "")
            parts = [*head, pl.lit(style + ' t="inlineStr"><is><t xml:space="preserve">'), _escaped(value)]
            cell = pl.concat_str(*parts, pl.lit("</t></is></c>"))
        else:
            kept = value.is_not_null()
            cell = pl.concat_str(*head, pl.lit(style + "><v>"), value.cast(pl.String), pl.lit("</v></c>"))
        cells.append(pl.when(kept).then(cell).otherwise(pl.lit("")))
    lines = table.select(pl.concat_str(pl.lit('<row r="'), row, pl.lit('">'), *cells, pl.lit("</row>")))
    return "".join(lines.to_series().to_list()).encode()


def _escaped(text: pl.Expr) -> pl.Expr:
    """Return text as XML: without control characters, and what looks like an escape of the format escaped."""
    import polars as pl

    text = text.str.slice(0, _LONGEST).str.replace_all(r"[\x00-\x08\x0b-\x1f\x7f\u{fffe}\u{ffff}]", "")
    text = pl.when(text.str.contains("_x[0-9A-Fa-f]{4}_")).then(text.str.replace_all("_x", "_x005F_x")).otherwise(text)
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.str.replace_all(mark, entity, literal=True)
    return text
