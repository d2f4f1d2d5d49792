"""The programme while it is being checked: every row that could be read, whole or in part, and where it stands.

A rule names the attributes it reads (``draft.lines(Mode, "project", "duration")``) and sees only the rows in which all
of them could be read. So every rule works on data that has other problems, and says nothing that only
follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from lotrinh.base.calendar import Calendar
from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import Text
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.entities import Settings
from lotrinh.tables.raw import Cell, RawTable, RawTables

R = TypeVar("R")

NEEDED = ("goals", "fields", "capabilities", "places", "organisations", "projects", "modes", "skills", "budget")
"""Tables on which every plan rests; each must have a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Line(Generic[R]):
    """One row and where it stands.

    Attributes
    ----------
    row: the row; the attributes in `unknown` are not set.
    positions: where the column of each attribute stands in the table.
    unknown: attributes whose cell could not be read.
    """

    row: R
    table: RawTable
    index: int
    positions: Mapping[str, int]
    unknown: AbstractSet[str]

    def place(self, attribute: str) -> Place:
        """Return where the cell of `attribute` stands, or would stand where its column is absent."""
        position = self.positions.get(attribute)
        if position is not None:
            return self.table.place(self.index, position)
        row = None if self.table.upright else self.table.row_numbers[self.index]
        return Place(self.table.file, self.table.sheet, row, attribute.rstrip("_"))

    def cell(self, attribute: str) -> Cell:
        """Return the cell of `attribute` as typed."""
        position = self.positions.get(attribute)
        return None if position is None else self.table.rows[self.index][position]

    def issue(
        self, kind: IssueKind, attribute: str, expected: Text | None = None, *, value: Any = None, nearest: str = ""
    ) -> Issue:
        """Return the issue of `kind` at the cell of `attribute`; the value is the cell unless another is given."""
        found = self.cell(attribute) if value is None else value
        return kind.at(self.place(attribute), found, expected, nearest)


class Draft:
    """Every line of every table, and what is known of their completeness."""

    def __init__(self, raw: RawTables, lines: Mapping[str, Sequence[Line[Any]]], doubtful: AbstractSet[str]) -> None:
        self.raw = raw
        self.empty = frozenset(n for n in NEEDED if raw.parts(n) and n not in doubtful and not lines.get(n))
        """Names of needed tables without a row."""
        self.doubtful = self.empty.union(doubtful)
        """Names of tables that are missing or lack rows for a reason that is reported once, and so by no other rule."""
        self.repeats: list[tuple[Line[Any], Line[Any]]] = []
        """Lines whose key was met before, each with the line that had it first; no rule but that of keys sees them."""
        self._entities = {entity.row: entity for entity in Entity.registry.values()}
        self._all = {entity.row: tuple(lines.get(entity.table, ())) for entity in Entity.registry.values()}
        self._lines = {entity.row: tuple(self._distinct(entity)) for entity in Entity.registry.values()}
        self._strays: dict[tuple[type[Any], str], tuple[tuple[Line[Any], str], ...]] = {}
        self._by_id: dict[str, dict[str, Line[Any]]] = {}
        self._unreadable: dict[str, int] = {}

    def _distinct(self, entity: Entity) -> Iterator[Line[Any]]:
        attributes = [entity.column(name).attribute for name in entity.key]
        first: dict[tuple[Any, ...], Line[Any]] = {}
        for line in self._all[entity.row]:
            if line.unknown and not line.unknown.isdisjoint(attributes):
                yield line
                continue
            key = tuple([getattr(line.row, attribute) for attribute in attributes])
            earlier = first.setdefault(key, line)
            if earlier is line:
                yield line
            else:
                self.repeats.append((line, earlier))

    def every(self, row: type[R]) -> tuple[Line[R], ...]:
        """Return every line of a table, those with a repeated key or unknown cells included."""
        return self._all[row]

    def lines(self, row: type[R], *attributes: str) -> tuple[Line[R], ...]:
        """Return the lines in which every one of `attributes` is known (every attribute where none is named)."""
        found: tuple[Line[R], ...] = self._lines[row]
        if attributes:
            return tuple([line for line in found if not line.unknown or line.unknown.isdisjoint(attributes)])
        return tuple([line for line in found if not line.unknown])

    def groups(self, row: type[R], by: str, *attributes: str) -> dict[str, tuple[Line[R], ...]]:
        """Return the lines by their attribute `by`, only groups of which nothing is unknown or lost."""
        if self.table(row) in self.doubtful:
            return {}
        found: dict[str, list[Line[R]]] = {}
        broken: set[str] = set()
        for line in self._lines[row]:
            if by in line.unknown:
                return {}
            key = getattr(line.row, by)
            found.setdefault(key, []).append(line)
            if not line.unknown.isdisjoint(attributes):
                broken.add(key)
        return {key: tuple(lines) for key, lines in found.items() if key not in broken}

    def table(self, row: type[Any]) -> str:
        """Return the name of the table whose rows are of class `row`."""
        return self._entities[row].table

    def ids(self, table: str) -> Mapping[str, Line[Any]]:
        """Return the lines of a table by their ids."""
        if table not in self._by_id:
            entity = Entity.registry[table]
            name = entity.identifies
            self._by_id[table] = {getattr(line.row, name): line for line in self.lines(entity.row, name)}
        return self._by_id[table]

    def find(self, row: type[R], id: str, *attributes: str) -> Line[R] | None:
        """Return the line with the given id, or None where it is absent or does not know all of `attributes`."""
        line = self.ids(self.table(row)).get(id)
        return line if line is not None and line.unknown.isdisjoint(attributes) else None

    def unreadable_ids(self, table: str) -> int:
        """Return how many rows of a table have an id that could not be read."""
        if table not in self._unreadable:
            entity = Entity.registry[table]
            name = entity.identifies
            self._unreadable[table] = sum(name in line.unknown for line in self._all[entity.row])
        return self._unreadable[table]

    def strays(self, row: type[Any], attribute: str) -> tuple[tuple[Line[Any], str], ...]:
        """Return the references of a column that meet no row, unless unreadable ids of the other table explain it."""
        if (row, attribute) not in self._strays:
            self._strays[row, attribute] = self._find_strays(row, attribute)
        return self._strays[row, attribute]

    def _find_strays(self, row: type[Any], attribute: str) -> tuple[tuple[Line[Any], str], ...]:
        column = next(column for column in self._entities[row].columns if column.attribute == attribute)
        if column.ref in self.doubtful:
            return ()
        known = self.ids(column.ref)
        found = [
            (line, id)
            for line in self._all[row]
            if attribute not in line.unknown
            for id in _referred(column, getattr(line.row, attribute))
            if id not in known
        ]
        explained = self.unreadable_ids(column.ref)
        return tuple(found) if len({id for _, id in found}) > explained else ()

    def whole(self, row: type[Any], *attributes: str) -> bool:
        """Return whether the table is complete and these attributes are known, and refer to rows, in all of it."""
        entity = self._entities[row]
        if entity.table in self.doubtful:
            return False
        if any(line.unknown and not line.unknown.isdisjoint(attributes) for line in self._lines[row]):
            return False
        refs = [column for column in entity.columns if column.ref and column.attribute in attributes]
        return not any(self.strays(row, column.attribute) for column in refs)

    def without(self, owner: type[R], row: type[Any], attribute: str) -> tuple[Line[R], ...]:
        """Return the lines of `owner` that no line of `row` names by `attribute`.

        None of them where so many names are unreadable or stray that these could account for all.
        """
        if self.table(row) in self.doubtful:
            return ()
        named = {getattr(line.row, attribute) for line in self._all[row] if attribute not in line.unknown}
        found = tuple([line for id, line in self.ids(self.table(owner)).items() if id not in named])
        lost = sum(attribute in line.unknown for line in self._all[row])
        lost += len({id for _, id in self.strays(row, attribute)})
        return found if len(found) > lost else ()

    @cached_property
    def settings(self) -> Line[Settings] | None:
        """The line of the programme itself, where there is just one."""
        lines = self._all[Settings]
        return lines[0] if len(lines) == 1 else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """The horizon, where it is known."""
        line = self.settings
        if line is None or not line.unknown.isdisjoint(("start", "quarters")):
            return None
        return Calendar(line.row.start, line.row.quarters)


def _referred(column: Column, value: Any) -> tuple[str, ...]:
    """Return the ids that a value of a ``ref`` or ``refs`` column names."""
    if column.kind == "refs":
        return tuple(value)
    return (value,) if value else ()
