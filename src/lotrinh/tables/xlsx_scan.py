"""What the values alone do not tell about a workbook: formulas without a value, error values, merged cells, extent.

The XML is read as a stream and any document type declaration is refused, so that no entity can grow in memory.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile

LARGEST_CONTENT = 500_000_000
"""Bytes that the parts of a workbook may have together, unpacked."""
MOST_LISTED = 1_001
"""Cells listed of one kind; more than are ever reported."""

_WORKBOOK = "xl/workbook.xml"
_CHUNK = 1 << 20
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROWS, _COLUMNS = 1_048_576, 16_384

Attributes = dict[str, str]


class UnreadableError(ValueError):
    """The file is a damaged or hostile workbook; the message says what is wrong."""


class NotWorkbookError(UnreadableError):
    """The file is an archive of another kind."""


@dataclass(slots=True)
class Sheet:
    """Facts of one sheet. Rows and columns are counted from 1; `rows` and `columns` reach to the last filled cell."""

    name: str
    rows: int = 0
    columns: int = 0
    formulas: int = 0
    uncached: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[tuple[int, int, str]] = field(default_factory=list)


def scan(data: bytes, wanted: Callable[[str], bool]) -> tuple[list[Sheet], bool]:
    """Return the facts of every sheet whose name is `wanted`, and whether the file asks to be calculated again.

    Raises
    ------
    NotWorkbookError
        If `data` is an archive, but not of an XLSX workbook.
    UnreadableError
        If it is a workbook that cannot be read safely.
    """
    import struct  # noqa: PLC0415
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    broken = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError)

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_CONTENT:
                raise UnreadableError(f"more than {LARGEST_CONTENT:,} bytes when unpacked")
            return _scan(archive, wanted)
    except UnreadableError:
        raise
    except broken as error:
        raise UnreadableError(str(error.args[0] if error.args else error)) from error


def _scan(archive: zipfile.ZipFile, wanted: Callable[[str], bool]) -> tuple[list[Sheet], bool]:
    if _WORKBOOK not in archive.namelist() and _member(archive, _WORKBOOK) == _WORKBOOK:
        raise NotWorkbookError(f"the part {_WORKBOOK} is missing")
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []
    again = False

    def relation(tag: str, attributes: Attributes) -> None:
        if _local(tag) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")

    def part(tag: str, attributes: Attributes) -> None:
        nonlocal again
        if _local(tag) == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), key))
        elif _local(tag) == "calcPr":
            again = attributes.get("fullCalcOnLoad", "0") in ("1", "true")

    _parse(archive, _WORKBOOK, part)
    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    found = []
    for name, key in sheets:
        if key in targets and wanted(name):
            reader = _SheetReader(Sheet(name))
            _parse(archive, targets[key], reader.start, reader.end, reader.text)
            found.append(reader.sheet)
    return found, again


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read one part of the workbook as a stream; names come as written, with any prefix of their namespace."""
    from xml.parsers import expat  # noqa: PLC0415

    def refuse(*_: object) -> None:
        raise UnreadableError(f"the part {part!r} declares a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        with archive.open(_member(archive, part)) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableError(f"{part}: {error}") from error


def _member(archive: zipfile.ZipFile, part: str) -> str:
    """Return the name of a part as the archive writes it: some programs use capitals or backslashes."""
    name = part.casefold()
    return next((found for found in archive.namelist() if found.replace("\\", "/").casefold() == name), part)


class _SheetReader:
    """Follows the cells of one sheet as its XML goes by."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.row = self.column = 0
        self.kind = self.value = ""
        self.inside = self.reading = self.formula = self.filled = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if ":" in tag:
            tag = _local(tag)
        if tag == "c":
            self._place(attributes.get("r", ""))
            self.kind, self.value = attributes.get("t", ""), ""
            self.inside, self.formula, self.filled = True, False, False
        elif self.inside:
            if tag == "v":
                self.reading = self.filled = True
            elif tag == "is":
                self.filled = True
            elif tag == "f":
                self.formula = True
        elif tag == "row":
            self.row, self.column = _whole(attributes.get("r", ""), self.row + 1, _ROWS), 0
        elif tag == "mergeCell" and len(self.sheet.merged) < MOST_LISTED:
            ref = attributes.get("ref", "")
            column, row = _position(ref.partition(":")[0])
            self.sheet.merged.append((row, column, ref))

    def text(self, data: str) -> None:
        if self.reading and len(self.value) < 40:
            self.value += data

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = _local(tag)
        if tag == "v":
            self.reading = False
        elif tag == "c":
            self._close()

    def _place(self, ref: str) -> None:
        if ref:
            self.column, self.row = _position(ref)
        else:
            self.column = _whole("", self.column + 1, _COLUMNS)

    def _close(self) -> None:
        sheet = self.sheet
        self.inside = False
        if self.formula or self.filled:
            sheet.rows, sheet.columns = max(sheet.rows, self.row), max(sheet.columns, self.column)
        if self.formula:
            sheet.formulas += 1
            empty = not self.filled or (self.kind != "str" and not self.value.strip())
            if empty and len(sheet.uncached) < MOST_LISTED:
                sheet.uncached.append((self.row, self.column))
        if self.kind == "e" and len(sheet.errors) < MOST_LISTED:
            sheet.errors.append((self.row, self.column, self.value.strip()))


def _local(tag: str) -> str:
    """Return a name without the prefix of its namespace."""
    return tag.rpartition(":")[2]


def _position(ref: str) -> tuple[int, int]:
    """Return column and row, counted from 1, of a cell such as ``B3``."""
    match = _CELL.fullmatch(ref)
    if not match:
        raise UnreadableError(f"{ref[:20]!r} is not a cell")
    row = int(match[2])
    if not 1 <= row <= _ROWS:
        raise UnreadableError(f"{ref!r} is outside a sheet")
    return _column(match[1]), row


@cache
def _column(name: str) -> int:
    """Return the column, counted from 1, that the letters `name` stand for."""
    column = 0
    for letter in name.upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return _whole("", column, _COLUMNS)


def _whole(text: str, otherwise: int, most: int) -> int:
    """Return the number that `text` writes, or `otherwise` where it is empty; it must lie from 1 to `most`."""
    value = int(text) if text else otherwise
    if not 1 <= value <= most:
        raise UnreadableError(f"{value} is outside a sheet")
    return value
