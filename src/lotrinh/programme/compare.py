"""What differs between two programmes: rows that only one has, and cells that hold another value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lotrinh.programme.columns import Entity
from lotrinh.programme.programme import Programme
from lotrinh.tables.raw import SETTINGS

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two programmes.

    Attributes
    ----------
    kind: ``changed`` for a cell, ``removed`` or ``added`` for a row that only the first or only the other has.
    table: name of the table.
    key: what tells the row apart, as text; empty in the settings, which are one row.
    column: name of the column, empty where a whole row was removed or added.
    first, other: values of the cell in canonical units, None where a whole row was removed or added.
    projects: ids of the projects that the row names, by itself or by their modes.
    """

    kind: str
    table: str
    key: Key
    column: str
    first: Any
    other: Any
    projects: tuple[str, ...]


def differences(first: Programme, other: Programme) -> tuple[Difference, ...]:
    """Return every difference, table by table, in the order of the first programme; the order of rows is none."""
    return tuple(found for entity in Entity.registry.values() for found in _of_table(entity, first, other))


def _of_table(entity: Entity, first: Programme, other: Programme) -> Iterator[Difference]:
    before, after = _rows(entity, first), _rows(entity, other)
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        named = _unique([*_projects(entity, old, first), *_projects(entity, new, other)])
        if old is None or new is None:
            yield Difference("added" if old is None else "removed", entity.table, key, "", None, None, named)
            continue
        for column in entity.columns:
            values = getattr(old, column.attribute), getattr(new, column.attribute)
            if values[0] != values[1]:
                yield Difference("changed", entity.table, key, column.name, *values, named)


def _rows(entity: Entity, programme: Programme) -> dict[Key, Any]:
    if entity.table == SETTINGS:
        return {(): programme.settings}
    attributes = [entity.column(name).attribute for name in entity.key]
    return {tuple(str(getattr(row, name)) for name in attributes): row for row in getattr(programme, entity.table)}


def _projects(entity: Entity, row: Any, programme: Programme) -> Iterator[str]:
    """Yield the projects that a row names; a row that is not there names none."""
    for column in entity.columns if row is not None else ():
        value = getattr(row, column.attribute)
        ids = value if column.kind == "refs" else (value,) if value else ()
        if column.ref == "projects" or (column.kind == "id" and entity.table == "projects"):
            yield from ids
        elif column.ref == "modes":
            yield from (programme.modes.of(mode).project for mode in ids)


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))
