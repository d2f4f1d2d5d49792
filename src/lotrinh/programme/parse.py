"""From raw tables to a programme, or to every problem that stands in the way.

Three steps: `_read` turns cells into values, table by table; the rules of `checks/` look at all that could be read;
where no error was met, the rows become a `Programme`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, Place, nearest_name
from lotrinh.base.text import t
from lotrinh.base.units import same_dimension, units
from lotrinh.programme.cells import THOUSANDS, UNKNOWN, Wrong, converter, thousands
from lotrinh.programme.checks._registry import run
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.draft import Draft, Line
from lotrinh.programme.programme import Programme, Table
from lotrinh.programme.reported import Reported
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables

NO_TABLE = IssueKind("P101", "a table is missing", "Add the table; `lotrinh template` writes a blank one.")
UNKNOWN_TABLE = IssueKind("P102", "a table of an unknown name", "Rename the table, or take it out of the programme.")
NO_COLUMN = IssueKind("P103", "a column is missing", "Add the column and fill it in every row.")
UNKNOWN_COLUMN = IssueKind("P104", "a column of an unknown name", "Rename the column, or delete it.")
COLUMN_TWICE = IssueKind("P105", "a column stands twice in a table", "Delete one of the two columns.")
UNKNOWN_UNIT = IssueKind(
    "P106", "an unknown unit in a header", "Write one of the units listed, or leave the brackets out."
)
WRONG_UNIT = IssueKind(
    "P107", "a unit that the column cannot have", "Write one of the units listed, or leave the brackets out."
)
ONE_ROW = IssueKind(
    "P108", "the table programme does not have exactly one row", "Keep just one row, or one value for each key."
)

_HEADER = re.compile(r"([^\[\]]*?)\s*(?:\[\s*([^\[\]]*?)\s*\])?")
_NOTHING: frozenset[str] = frozenset()


def parse(raw: RawTables) -> tuple[Programme | None, tuple[Issue, ...]]:
    """Return the programme, or None where there is an error, and every problem met from the first byte on."""
    draft, issues = read_rows(raw)
    issues.extend(run(draft))
    if any(issue.is_error for issue in issues):
        return None, tuple(issues)
    return programme_of(draft), tuple(issues)


def programme_of(draft: Draft) -> Programme:
    """Return the programme of a draft in which every cell could be read."""
    tables: dict[str, Any] = {}
    for name, entity in Entity.registry.items():
        rows = [line.row for line in draft.every(entity.row)]
        if name == SETTINGS:
            tables["settings"] = rows[0]
        else:
            tables[name] = Table(rows, entity.identifies)
    return Programme(**tables, raw=draft.raw)


def read_rows(raw: RawTables, known: Mapping[str, Sequence[Any]] = {}) -> tuple[Draft, list[Issue]]:
    """Return every line that could be read, whole or in part, and what is wrong with files, headers and cells.

    Tables whose rows are `known` already are not read again; each stands in one part with every column.
    """
    issues = list(raw.issues)
    reported = Reported(raw)
    doubtful = reported.tables | _check_tables(raw, reported, issues)
    lines: dict[str, list[Line[Any]]] = {}
    for name, entity in Entity.registry.items():
        lines[name] = []
        if name in known:
            (table,), positions = raw.parts(name), {column.attribute: at for at, column in enumerate(entity.columns)}
            lines[name] = [Line(row, table, at, positions, _NOTHING) for at, row in enumerate(known[name])]
            continue
        for table in raw.parts(name):
            lines[name].extend(read_table(entity, table, reported, issues))
        _check_settings(name, raw, lines[name], issues)
    return Draft(raw, lines, doubtful), issues


def _check_tables(raw: RawTables, reported: Reported, issues: list[Issue]) -> set[str]:
    """Report unknown and missing tables; return those that are missing or may hide under a wrong name."""
    doubtful: set[str] = set()
    present = raw.names()
    for name in present:
        if name not in Entity.registry:
            part = raw.parts(name)[0]
            near = nearest_name(name[:80], [known for known in Entity.registry if known not in present])
            doubtful.add(near)
            issues.append(UNKNOWN_TABLE.at(Place(part.file, part.sheet), name, t("a table of a programme"), near))
    for name, entity in Entity.registry.items():
        if name not in present and not entity.optional:
            if name not in doubtful and name not in reported.tables and not reported.everything:
                issues.append(NO_TABLE.at(Place(raw.source, name), "", t("a table named {name}", name=name)))
            doubtful.add(name)
    return doubtful


def _check_settings(name: str, raw: RawTables, lines: Sequence[Line[Any]], issues: list[Issue]) -> None:
    """Report a settings table without a row or with several."""
    parts = raw.parts(name)
    if name != SETTINGS or not parts or len(lines) == 1:
        return
    if lines:
        issues.append(lines[1].issue(ONE_ROW, Entity.registry[name].identifies, t("one row")))
    else:
        issues.append(ONE_ROW.at(Place(parts[0].file, parts[0].sheet), "", t("one row")))


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of one table says: where the columns stand, in which unit, and which are lost."""

    positions: dict[str, int]
    units: dict[str, str]
    lost: AbstractSet[str]


def read_table(entity: Entity, table: RawTable, reported: Reported, issues: list[Issue]) -> list[Line[Any]]:
    """Return the lines of one table; rows without any value are skipped."""
    header = read_header(entity, table, reported, issues)
    indices = [i for i, row in enumerate(table.rows) if table.upright or not all(_blank(cell) for cell in row)]
    attributes = [column.attribute for column in entity.columns]
    values: list[Sequence[Any]] = []
    unknown: dict[int, set[str]] = {}
    for column in entity.columns:
        if column.attribute in header.lost:
            values.append([UNKNOWN] * len(indices))
        elif column.attribute not in header.positions:
            values.append([column.default] * len(indices))
        else:
            values.append(_read_column(column, header, table, indices, unknown, reported, issues))
    lines = []
    for index, row in zip(indices, zip(*values, strict=True), strict=True):
        missing = header.lost | unknown[index] if index in unknown else header.lost
        fields = dict(zip(attributes, row, strict=True))
        whole = entity.row(**fields) if not missing else _part(entity, fields)
        lines.append(Line(whole, table, index, header.positions, missing))
    return lines


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _part(entity: Entity, fields: Mapping[str, Any]) -> Any:
    """Return a row of which some attributes are unknown, and so not set."""
    row = object.__new__(entity.row)
    for attribute, value in fields.items():
        if value is not UNKNOWN:
            object.__setattr__(row, attribute, value)
    return row


def _read_column(
    column: Column,
    header: Header,
    table: RawTable,
    indices: Sequence[int],
    unknown: dict[int, set[str]],
    reported: Reported,
    issues: list[Issue],
) -> list[Any]:
    """Return the values of one column, `UNKNOWN` where a cell cannot be read."""
    position, unit = header.positions[column.attribute], header.units[column.attribute]
    convert = converter(column, unit)
    cells = [table.rows[index][position] for index in indices]
    values: list[Any] = []
    doubts = bool(reported.cells or reported.rows)
    for index, cell in zip(indices, cells, strict=True):
        told = doubts and reported.cell(table, index, position)
        try:
            value = UNKNOWN if told else convert(cell)
        except Wrong as wrong:
            value = wrong.value
            issues.append(wrong.kind.at(table.place(index, position), cell, wrong.expected, wrong.nearest))
        values.append(value)
        if value is UNKNOWN:
            unknown.setdefault(index, set()).add(column.attribute)
    first = thousands(column, unit, cells) if column.kind == "number" else None
    if first is not None and values[first] is not UNKNOWN:
        meant = t("{number} if thousands are meant", number=str(cells[first]).replace(".", ""))
        issues.append(THOUSANDS.at(table.place(indices[first], position), cells[first], meant))
    return values


def read_header(entity: Entity, table: RawTable, reported: Reported, issues: list[Issue]) -> Header:
    """Return where the columns stand and in which unit, and report what is wrong with the header."""
    columns = {column.name.casefold(): column for column in entity.columns}
    names, given = _split(table.header)
    header = Header({}, {}, set())
    lost: set[str] = set()
    for position, name in enumerate(names):
        if not table.header[position].strip() and all(_blank(row[position]) for row in table.rows):
            continue
        column = columns.get(name.casefold())
        if column is None:
            near = nearest_name(name[:80], [c.name for c in entity.columns if c.name.casefold() not in _folded(names)])
            lost.update(c.attribute for c in entity.columns if c.name == near)
            place = _column_place(table, position)
            issues.append(UNKNOWN_COLUMN.at(place, name, t("a column of the table {table}", table=entity.table), near))
        elif column.attribute in header.positions:
            issues.append(COLUMN_TWICE.at(_column_place(table, position), name))
        else:
            header.positions[column.attribute] = position
            unit = given[position]
            if unit is not None and not fits(column, unit, _column_place(table, position), issues):
                lost.add(column.attribute)
            header.units[column.attribute] = unit or ""
    for column in entity.columns:
        if column.required and column.attribute not in header.positions:
            if column.attribute not in lost and not reported.lost(table, column.name):
                place = Place(table.file, table.sheet, None, column.name)
                issues.append(NO_COLUMN.at(place, "", t("a column named {name}", name=column.name)))
            lost.add(column.attribute)
    return Header(header.positions, header.units, frozenset(lost) or _NOTHING)


def _split(header: Sequence[str]) -> tuple[list[str], list[str | None]]:
    """Return the names and units of a header; a unit is None where there are no brackets."""
    matches = [_HEADER.fullmatch(cell.strip()) for cell in header]
    names = [match[1].strip() if match else cell.strip() for match, cell in zip(matches, header, strict=True)]
    return names, [match[2] if match else None for match in matches]


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _column_place(table: RawTable, position: int) -> Place:
    """Return where the head of a column stands: in a table written key by key that is a row."""
    row = table.row_numbers[position] if table.upright and position < len(table.row_numbers) else None
    return Place(table.file, table.sheet, row, table.header[position])


def fits(column: Column, unit: str, place: Place, issues: list[Issue]) -> bool:
    """Return whether `unit` is one that the column can have; report it where it is not."""
    allowed: Sequence[str] = same_dimension(column.unit) if column.unit else ()
    if unit in allowed:
        return True
    kind = WRONG_UNIT if unit in units() or not allowed else UNKNOWN_UNIT
    expected = t("one of {units}", units=tuple(allowed)) if allowed else t("no unit: the column has none")
    issues.append(kind.at(place, unit, expected, nearest_name(unit[:80], allowed)))
    return False
