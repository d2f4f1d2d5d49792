"""The way back from a programme to raw tables, in canonical units: what `parse` reads as the same programme."""

from __future__ import annotations

from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import Entity
from lotrinh.programme.programme import Programme
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables


def unparse(programme: Programme) -> RawTables:
    """Return every table of `programme` as it is, whatever cells it was once read from."""
    return RawTables("", tuple(_table(programme, entity) for entity in Entity.registry.values()))


def _table(programme: Programme, entity: Entity) -> RawTable:
    upright = entity.table == SETTINGS
    rows = (programme.settings,) if upright else getattr(programme, entity.table)
    cells = tuple(tuple(_cell(getattr(row, column.attribute)) for column in entity.columns) for row in rows)
    header = tuple(column.name for column in entity.columns)
    numbers = range(1, len(header) + 1) if upright else range(2, len(cells) + 2)
    return RawTable(entity.table, header, cells, tuple(numbers), file=entity.table, upright=upright)


def _cell(value: Any) -> Cell:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, Quarter):
        return str(value)
    found: Cell = value
    return found
