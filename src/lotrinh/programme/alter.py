"""One change of cells: which rows it speaks of, and what it makes of their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, nearest_name
from lotrinh.base.text import t
from lotrinh.base.units import factor
from lotrinh.programme.cells import THOUSANDS, UNKNOWN, Wrong, converter, thousands
from lotrinh.programme.change import Change
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.draft import Line
from lotrinh.programme.parse import fits
from lotrinh.programme.sheets import Found, Sheet, Sheets, key_columns, written
from lotrinh.tables.layout import split_header
from lotrinh.tables.raw import SETTINGS, Cell, RawTables

NO_COLUMN = IssueKind("C101", "a change of a column that is not there", "Write the name of a column of the table.")
NO_ROW = IssueKind(
    "C102", "a change that matches no row", "Correct the key, or take the change out: it would do nothing."
)
NO_KEY = IssueKind(
    "C103",
    "not the key of a row",
    "Write the parts of the key with / between, as base/2029; * stands for any letters of a part, and alone for all.",
)
NOT_COUNTED = IssueKind(
    "C104", "a column that cannot be scaled or added to", "Set its value: only numbers are scaled, or dates moved."
)
NOTHING = IssueKind("C105", "a change of cells that are empty", "Set a value: nothing stands there to start from.")
NO_EFFECT = IssueKind("C106", "a change that changes nothing", "Take it out, or correct its value.", severity="warning")

MOST_GUESSES = 20
"""Rows that are not there for which the nearest is looked up; where more are wrong, the file itself is."""
FACTOR = Column("value", "number", "", unit="share", low=0.0)

Step = Callable[[Sheet, Any], Cell]
"""From a part of a table and a value of a column to the new cell."""


class Altering:
    """The tables of a programme while their cells are changed, and the problems met."""

    def __init__(self, raw: RawTables) -> None:
        self.sheets = Sheets(raw)
        self.issues: list[Issue] = []
        self._guesses = 0

    def alter(self, line: Line[Change], entity: Entity, found: Sequence[Found] | None = None) -> None:
        """Set, scale or add to the cells that a change speaks of: those of `found`, or of the rows that it names."""
        named = self.column(line, entity)
        found = self.rows(line, entity) if found is None else found
        step = self._step(line, *named) if named else None
        if named is None or step is None or not found:
            return
        column, fixed = named[0], line.row.change in ("set", "insert")
        cells: list[tuple[Found, Cell]] = []
        there = moved = False
        for sheet, row in found:
            old = sheet.known(row, column)
            there = there or fixed or old is not None
            if not fixed and (old is None or old is UNKNOWN):
                continue
            cell = step(sheet, old)
            try:
                new = sheet.value(row, column, cell)
            except Wrong as wrong:
                if wrong.value is UNKNOWN:
                    self.issues.append(line.issue(wrong.kind, "value", wrong.expected, value=written(cell)))
                    return
                new = wrong.value
            moved = moved or new != old
            cells.append(((sheet, row), cell))
        if not there:
            self.issues.append(line.issue(NOTHING, "row"))
        elif cells and not moved and line.row.change != "insert":
            self.issues.append(line.issue(NO_EFFECT, "value"))
        for place, cell in cells:
            self.sheets.put(place, column, cell, line.place("value"))

    def column(self, line: Line[Change], entity: Entity) -> tuple[Column, str] | None:
        """Return the column that a change names and the unit it gives, or report that there is none."""
        name, unit = split_header(line.row.column)
        found = self._named(line, entity, name, "column")
        if found is None or (unit and not fits(found, unit, line.place("column"), self.issues)):
            return None
        return found, unit

    def rows(self, line: Line[Change], entity: Entity) -> list[Found] | None:
        """Return the rows that a change names, or None where it names none; why is reported, unless it is already."""
        if self.sheets.unsure(entity, *key_columns(entity)):
            return None
        if entity.table == SETTINGS and not line.row.row:
            return list(self.sheets.every(entity))
        selectors = [part for part in map(str.strip, line.row.row.split(";")) if part]
        if not selectors:
            self._no_key(line, entity, "")
            return None
        parts = [self._select(line, entity, selector) for selector in selectors]
        found = {id(row): (sheet, row) for part in parts for sheet, row in part or ()}
        return list(found.values()) if all(part for part in parts) else None

    def key(self, line: Line[Change], entity: Entity) -> tuple[str, ...] | None:
        """Return the key of one row that a change names in full, or report that it does not."""
        key = tuple(map(str.strip, line.row.row.split("/")))
        if len(key) != len(entity.key) or not all(key) or any(mark in line.row.row for mark in "*;"):
            self._no_key(line, entity, line.row.row)
            return None
        return key

    def _no_key(self, line: Line[Change], entity: Entity, value: str) -> None:
        expected = t("the key {key} of a row", key="/".join(entity.key))
        self.issues.append(line.issue(NO_KEY, "row", expected, value=value))

    def _named(self, line: Line[Change], entity: Entity, name: str, attribute: str) -> Column | None:
        """Return the column called `name`, or report at the cell of `attribute` that there is none."""
        columns = {column.name.casefold(): column for column in entity.columns}
        found = columns.get(name.casefold())
        if found is None:
            near = nearest_name(name[:80], [column.name for column in entity.columns])
            expected = t("a column of the table {table}", table=entity.table)
            self.issues.append(line.issue(NO_COLUMN, attribute, expected, value=name, nearest=near))
        return found

    def _select(self, line: Line[Change], entity: Entity, selector: str) -> list[Found] | None:
        """Return the rows that one selector names; None where there are none, which is reported."""
        name, equals, pattern = (part.strip() for part in selector.partition("="))
        found: list[Found]
        if equals:
            column = self._named(line, entity, name, "row")
            if column is None or self.sheets.unsure(entity, column):
                return None
            found = [
                (sheet, row)
                for sheet, row in self.sheets.every(entity)
                if any(matches(pattern, word) for word in words(sheet.known(row, column)))
            ]
        else:
            patterns = ["*"] * len(entity.key) if selector == "*" else [*map(str.strip, selector.split("/"))]
            if len(patterns) != len(entity.key):
                self._no_key(line, entity, selector)
                return None
            found = [row for key, row in self.sheets.keys(entity) if all(map(matches, patterns, key))]
        if not found:
            near = ""
            if self._guesses < MOST_GUESSES and not equals:
                self._guesses += 1
                near = nearest_name(selector[:80], ["/".join(key) for key, _ in self.sheets.keys(entity)])
            expected = t("a row of the table {table}", table=entity.table)
            self.issues.append(line.issue(NO_ROW, "row", expected, value=selector, nearest=near))
        return found or None

    def _step(self, line: Line[Change], column: Column, unit: str) -> Step | None:
        """Return what the change makes of a value of `column`, or None where its own value cannot be read."""
        what = line.row.change
        if what in ("set", "insert"):
            value = self._read(line, column, unit)
            return None if value is UNKNOWN else partial(_set, column, unit or column.unit, line.row.value, value)
        moved = column.kind in ("year", "quarter")
        if not column.is_number and not (moved and what == "add"):
            expected = t("a column of numbers") if what == "scale" else t("a column of numbers, years or quarters")
            self.issues.append(line.issue(NOT_COUNTED, "column", expected))
            return None
        amount = Column("value", "integer" if moved else "number", "", unit=column.unit)
        value = self._read(line, FACTOR if what == "scale" else amount, "" if what == "scale" else unit)
        if value is UNKNOWN:
            return None
        return partial(_scale if what == "scale" else _add, column, value)

    def _read(self, line: Line[Change], column: Column, unit: str) -> Any:
        """Return the value of a change as `column` reads it, or report what is wrong with it."""
        cell = line.row.value
        try:
            value = converter(column, unit)(cell)
        except Wrong as wrong:
            self.issues.append(line.issue(wrong.kind, "value", wrong.expected, nearest=wrong.nearest))
            return wrong.value
        if thousands(column, unit, [cell]) is not None:
            meant = t("{number} if thousands are meant", number=cell.replace(".", ""))
            self.issues.append(line.issue(THOUSANDS, "value", meant))
        return value


def _set(column: Column, unit: str, cell: str, value: Any, sheet: Sheet, old: Any) -> Cell:
    """Return the cell as typed, or its value in the unit of the sheet where that is another."""
    return cell if value is None or sheet.unit(column) == unit else _in_unit(column, value, sheet)


def _scale(column: Column, by: float, sheet: Sheet, old: float) -> Cell:
    value = old * by
    return _in_unit(column, math.floor(value + 0.5) if column.kind == "integer" else value, sheet)


def _add(column: Column, amount: float, sheet: Sheet, old: Any) -> Cell:
    if column.kind == "quarter":
        return str(old.plus(int(amount)))
    return _in_unit(column, old + amount, sheet)


def _in_unit(column: Column, value: float, sheet: Sheet) -> Cell:
    """Return a value in canonical units as a cell of the sheet, without the noise of binary fractions."""
    unit = sheet.unit(column)
    found = float(f"{value / factor(unit, column.unit) if unit else value:.15g}")
    return int(found) if found.is_integer() else found


def words(value: Any) -> Iterable[str]:
    """Return what a condition on a column is held against: the value as written, or each of several ids."""
    return value if isinstance(value, tuple) and value else (written(value),)


def matches(pattern: str, text: str) -> bool:
    """Return whether `text` is `pattern`, in which * stands for any letters; takes time linear in the text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first) or len(text) < len(first) + len(rest[-1]) or not text.endswith(rest[-1]):
        return False
    at, end = len(first), len(text) - len(rest[-1])
    for part in rest[:-1]:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
