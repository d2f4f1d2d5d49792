"""Sheets that people fill in: who owns which system, windows, efforts, costs and progress, as CSV or XLSX."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, Place, UsageError
from lotrinh.base.text import t
from lotrinh.programme.columns import Entity
from lotrinh.programme.draft import Line
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register import sheets  # noqa: F401  (declares the tables)
from lotrinh.register.owners import network_of, patterns
from lotrinh.register.readers._found import NOTHING, SECRET, UNREADABLE, report, secret
from lotrinh.register.sightings import Batch, Source
from lotrinh.tables.cells import clean
from lotrinh.tables.csv_folder import read_csv
from lotrinh.tables.grid import NO_SETTINGS
from lotrinh.tables.raw import Cell, RawTable, RawTables
from lotrinh.tables.workbook import read_workbook

TITLE = "Ownership and planning sheets"
SUFFIXES = (".csv", ".xlsx")

TABLES = ("systems", "windows", "efforts", "costs", "progress")
REPEATED = IssueKind("S110", "two rows have the same key", "Delete one of them; only the first was taken.", "warning")
NETWORK = IssueKind(
    "S111", "a network is written wrongly", "No host is found by it. Correct it, as in 10.0.0.0/8.", "warning"
)

_EVIDENCE, _ASSUMED = "evidence", "assumption"


@cache
def _words(kind: str) -> dict[str, str]:
    """Return the Vietnamese words for sheets, columns or choices (`kind` is ``sheet``, ``column`` or ``word``).

    Of classifications they are the three degrees of the law on state secrets.
    """
    text = files("lotrinh.register.readers").joinpath("ownership_vi.csv").read_text(encoding="utf-8")
    return {row["vietnamese"]: row["name"] for row in csv.DictReader(io.StringIO(text)) if row["kind"] == kind}


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is such a sheet: by the header of a CSV, or the sheets of a workbook."""
    if head.startswith(b"PK\x03\x04"):
        return path.suffix.casefold() == ".xlsx" or b"xl/workbook" in head
    if head[:1] in (b"{", b"<", b"\x30") or b"pqc_algos" in head:
        return False
    codec = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = [line for line in head.decode(codec, "replace").splitlines() if line.strip()][:2]
    if lines and lines[0].casefold().startswith("sep="):
        lines = lines[1:]
    return bool(lines) and _entity(path.stem if path.suffix else "", _split(lines[0])) is not None


def _split(line: str) -> list[str]:
    mark = max(",;\t", key=line.count)
    return next(csv.reader(io.StringIO(line), delimiter=mark), [])


def read(source: Source, found: Batch) -> None:
    """Add the rows of every sheet that is one of ours; rows that cannot be read whole are reported and left out."""
    try:
        raw = _raw(source)
    except UsageError:
        report(found, UNREADABLE, Place(source.name))
        return
    issues = [issue for issue in raw.issues if issue.kind is not NO_SETTINGS]
    found.problems += [_safe(issue, source) for issue in issues]
    tables = [(entity, table) for table in raw.tables if (entity := _entity(table.name, table.header))]
    for entity, table in tables:
        _table(entity, _translated(entity, _without_secrets(table, source, found), source), raw, source, found)
    if not tables and not issues:
        report(found, NOTHING, Place(source.name), t("one of {words}", words=TABLES))


def _raw(source: Source) -> RawTables:
    with source.path.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    return read_workbook(source.path) if packed else read_csv(source.path, Path(source.name).stem)


def _folded(text: str) -> str:
    return clean(text).replace("_", " ").casefold()


def _named(header: str) -> str:
    """Return the name of a column in its own spelling; a unit in brackets stays."""
    name, bracket, unit = clean(header).partition("[")
    bare = _words("column").get(_folded(name), name.strip().casefold())
    return f"{bare} {bracket}{unit}" if bracket else bare


def _entity(name: str, header: Sequence[str]) -> Entity | None:
    """Return the table that a sheet is: by its name, or by a header that has its key and most of its columns."""
    called = _words("sheet").get(_folded(name), clean(name).casefold().partition(".")[0])
    columns = {_named(cell).partition(" [")[0] for cell in header}
    found, most = None, 1
    for table in TABLES:
        entity = Entity.apart[table]
        names = {column.name for column in entity.columns}
        if called == table and columns & names:
            return entity
        keys = {entity.column(_column(entity, key)).name for key in entity.key}
        if keys <= columns and len(columns & names) > most:
            found, most = entity, len(columns & names)
    return found


def _column(entity: Entity, attribute: str) -> str:
    """Return the name of the column of an attribute: keys are declared by attributes."""
    return next(column.name for column in entity.columns if attribute in (column.name, column.attribute))


def _without_secrets(table: RawTable, source: Source, found: Batch) -> RawTable:
    """Return a table without cells that may hold key material, down to the end of a key that is spread over rows."""
    inside, rows = False, []
    for index, row in enumerate(table.rows):
        cells = list(row)
        for position, cell in enumerate(cells):
            if not isinstance(cell, str) or not (inside or secret(cell)):
                continue
            if not inside:
                report(found, SECRET, Place(source.name, table.sheet, *_where(table, index, position)))
            last = cell.rfind("-----BEGIN")
            inside = last > cell.rfind("-----END") if last >= 0 else inside and "-----END" not in cell
            cells[position] = None
        rows.append(tuple(cells))
    header = tuple("" if secret(cell) else cell for cell in table.header)
    return dataclasses.replace(table, header=header, rows=tuple(rows))


def _where(table: RawTable, index: int, position: int) -> tuple[int, str]:
    header = table.header[position]
    return table.row_numbers[index], "" if secret(header) else header


def _translated(entity: Entity, table: RawTable, source: Source) -> RawTable:
    """Return a table with columns and choices in their own spelling, and the file under the name of the source.

    A sheet that does not say how its numbers are known is read as assumptions.
    """
    header = tuple(_named(cell) for cell in table.header)
    choices = {column.name for column in entity.columns if column.kind == "choice"}
    at = [position for position, name in enumerate(header) if name in choices]
    rows = []
    for row in table.rows:
        cells: list[Cell] = list(row)
        for position in at:
            cell = cells[position]
            if isinstance(cell, str):
                cells[position] = _words("word").get(_folded(cell), cell)
        rows.append(tuple(cells))
    if _EVIDENCE not in header:
        header, rows = (*header, _EVIDENCE), [(*row, _ASSUMED) for row in rows]
    return dataclasses.replace(table, header=header, rows=tuple(rows), file=source.name)


def _table(entity: Entity, table: RawTable, raw: RawTables, source: Source, found: Batch) -> None:
    """Add the rows of one table that could be read whole, each key once."""
    problems: list[Issue] = []
    rows: list[Any] = []
    keys = [entity.column(_column(entity, key)).attribute for key in entity.key]
    seen: set[tuple[Any, ...]] = set()
    for line in read_table(entity, table, Reported(raw), problems):
        row = _filled(entity, line)
        if row is None:
            continue
        key = tuple(getattr(row, attribute) for attribute in keys)
        if key in seen:
            problems.append(line.issue(REPEATED, keys[0]))
        else:
            seen.add(key)
            rows.append(row)
            problems += _networks(line, row) if entity.table == "systems" else ()
    found.problems += [_safe(issue, source) for issue in problems]
    if entity.table == "systems":
        found.systems += rows
    else:
        found.sheets.setdefault(entity.table, []).extend(rows)


def _networks(line: Line[Any], system: Any) -> Iterator[Issue]:
    """Yield a problem for each pattern of the hosts of a system that has the slash of a network and is none."""
    for pattern in patterns(system):
        if "/" in pattern and network_of(pattern) is None:
            yield line.issue(NETWORK, "hosts", t("a network such as 10.0.0.0/8"), value=pattern)


def _filled(entity: Entity, line: Line[Any]) -> Any:
    """Return the row of a line; columns that are lost by a wrong header are as if empty; None where more is wrong."""
    if not line.unknown:
        return line.row
    lost = {column.attribute for column in entity.columns if not column.required} - set(line.positions)
    if not line.unknown <= lost:
        return None
    known = {
        column.attribute: column.default if column.attribute in line.unknown else getattr(line.row, column.attribute)
        for column in entity.columns
    }
    return entity.row(**known)


def _safe(issue: Issue, source: Source) -> Issue:
    """Return a problem under the name of the source and without a value that may hold key material."""
    place, value, near = issue.place, issue.value, issue.nearest
    column = "" if secret(place.column) else place.column
    place = dataclasses.replace(place, file=source.name, column=column)
    return dataclasses.replace(
        issue, place=place, value="" if secret(value) else value, nearest="" if secret(near) else near
    )
