"""Raw tables while they are being changed: rows found by their keys, cells put, rows added and removed.

Every cell that is put keeps where it comes from, so that whatever is found wrong with it later is said there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from lotrinh.base.issues import Place
from lotrinh.programme.cells import UNKNOWN, Wrong, converter
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.parse import read_header
from lotrinh.programme.reported import Reported
from lotrinh.tables.cells import cell_text
from lotrinh.tables.raw import Cell, RawTable, RawTables


@dataclass(slots=True, eq=False)
class Row:
    """One row: its cells, where it stands, and by position where the cells that were put come from."""

    cells: list[Cell]
    number: int
    origins: dict[int, Place] = field(default_factory=dict)


class Sheet:
    """One part of a table while it is being changed; `lost` are attributes that its header keeps from being read."""

    def __init__(self, entity: Entity, table: RawTable, reported: Reported) -> None:
        self.entity, self.table = entity, table
        header = read_header(entity, table, reported, [])  # what is wrong with it is said when the whole is read
        self.lost: AbstractSet[str] = header.lost
        self._header, self._positions, self._units = list(table.header), header.positions, header.units
        self._numbers = list(table.row_numbers)
        self.rows = [
            Row(list(cells), 0 if table.upright else table.row_numbers[i]) for i, cells in enumerate(table.rows)
        ]
        for (row, column), place in table.origins.items():
            self.rows[row].origins[column] = place

    def unit(self, column: Column) -> str:
        """Return the unit in which the cells of a column stand."""
        return self._units.get(column.attribute, "") or column.unit

    def value(self, row: Row, column: Column, cell: Cell = None) -> Any:
        """Return the value that a row has in a column, or that `cell` would have there; `Wrong` where it has none."""
        position = self._positions.get(column.attribute)
        if cell is None and position is not None:
            cell = row.cells[position]
        return converter(column, self.unit(column))(cell)

    def known(self, row: Row, column: Column) -> Any:
        """Return the value that a row has in a column, `UNKNOWN` where it cannot be read."""
        if column.attribute in self.lost:
            return UNKNOWN
        try:
            return self.value(row, column)
        except Wrong as wrong:
            return wrong.value

    def put(self, row: Row, column: Column, cell: Cell, place: Place) -> None:
        """Write a cell, which comes from `place`; a column that was absent is added."""
        position = self._positions.get(column.attribute)
        if position is None:
            position = self._positions[column.attribute] = len(self._header)
            self._header.append(column.name)
            self._units[column.attribute] = ""
            self._numbers.append(place.row or 0)
            for other in self.rows:
                other.cells.append("")
        row.cells[position] = cell
        row.origins[position] = place

    def add(self, number: int) -> Row:
        """Add an empty row that stands in row `number` of the file and return it."""
        self.rows.append(Row([""] * len(self._header), number))
        return self.rows[-1]

    def result(self) -> RawTable:
        """Return the table as it is now."""
        origins = {(i, at): place for i, row in enumerate(self.rows) for at, place in row.origins.items()}
        numbers = self._numbers if self.table.upright else [row.number for row in self.rows]
        rows, header = tuple(tuple(row.cells) for row in self.rows), tuple(self._header)
        return replace(self.table, header=header, rows=rows, row_numbers=tuple(numbers), origins=origins)


Found = tuple[Sheet, Row]


class Sheets:
    """All tables of a programme while they are being changed; a table is opened when it is first asked for."""

    def __init__(self, raw: RawTables) -> None:
        self._raw, self._reported = raw, Reported(raw)
        self._open: dict[str, list[Sheet]] = {}
        self._keys: dict[str, list[tuple[tuple[str, ...], Found]]] = {}

    def of(self, entity: Entity) -> list[Sheet]:
        """Return the parts of a table."""
        if entity.table not in self._open:
            parts = self._raw.parts(entity.table)
            self._open[entity.table] = [Sheet(entity, part, self._reported) for part in parts]
        return self._open[entity.table]

    def every(self, entity: Entity) -> Iterator[Found]:
        """Yield every row of a table with its part."""
        for sheet in self.of(entity):
            for row in sheet.rows:
                yield sheet, row

    def unsure(self, entity: Entity, *columns: Column) -> bool:
        """Return whether rows of a table or these columns of it were lost, which is said elsewhere."""
        sheets = self.of(entity)
        absent = not sheets and (not entity.optional or entity.table in self._reported.tables)
        return absent or any(column.attribute in sheet.lost for sheet in sheets for column in columns)

    def keys(self, entity: Entity) -> list[tuple[tuple[str, ...], Found]]:
        """Return the key of every row, in parts as text, with the row; a part that cannot be read is empty."""
        if entity.table not in self._keys:
            columns = key_columns(entity)
            self._keys[entity.table] = [
                (tuple(written(sheet.known(row, column)) for column in columns), (sheet, row))
                for sheet, row in self.every(entity)
            ]
        return self._keys[entity.table]

    def put(self, found: Found, column: Column, cell: Cell, place: Place) -> None:
        """Write a cell of a row, which comes from `place`."""
        sheet, row = found
        sheet.put(row, column, cell, place)
        if column.name in sheet.entity.key:
            self._keys.pop(sheet.entity.table, None)

    def add(self, entity: Entity, part: str, place: Place) -> Found:
        """Add an empty row, which comes from `place`, to a part of a table, which is made where it is not there."""
        sheet = next((sheet for sheet in self.of(entity) if sheet.table.part == part), None)
        if sheet is None:
            header = tuple(column.name for column in entity.columns)
            table = RawTable(entity.table, header, (), (), place.file, place.sheet, part)
            sheet = Sheet(entity, table, self._reported)
            self._open[entity.table].append(sheet)
        self._keys.pop(entity.table, None)
        return sheet, sheet.add(place.row or 0)

    def remove(self, entity: Entity, rows: Sequence[Row]) -> None:
        """Remove rows of a table."""
        gone = set(map(id, rows))
        for sheet in self.of(entity):
            sheet.rows = [row for row in sheet.rows if id(row) not in gone]
        self._keys.pop(entity.table, None)

    @property
    def opened(self) -> AbstractSet[str]:
        """Names of the tables in which something may have changed."""
        return self._open.keys()

    def result(self) -> RawTables:
        """Return the tables as they are now: those that were there in their order, then new parts."""
        waiting = {name: list(sheets) for name, sheets in self._open.items()}
        tables = [waiting[table.name].pop(0).result() if table.name in waiting else table for table in self._raw.tables]
        new = [sheet.result() for sheets in waiting.values() for sheet in sheets]
        return replace(self._raw, tables=(*tables, *new))


def key_columns(entity: Entity) -> list[Column]:
    """Return the columns that tell the rows of a table apart."""
    return [entity.column(name) for name in entity.key]


def written(value: Any) -> str:
    """Return a value as it is written into a cell; of several ids all, with semicolons."""
    if value is None or value is UNKNOWN:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    return cell_text(value) if isinstance(value, str | int | float | bool) else str(value)
