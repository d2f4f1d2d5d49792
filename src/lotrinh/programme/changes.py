"""What-if: a programme changed by small files of changes, read and checked like any other.

Changes work on the raw tables, one after the other, and the changed tables are parsed as usual. A cell that was changed
comes from its change file, so a problem that it leads to is reported there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lotrinh.base.issues import DataError, Issue, IssueKind, Place, UsageError
from lotrinh.base.text import t
from lotrinh.programme.alter import Altering
from lotrinh.programme.change import Change
from lotrinh.programme.checks._registry import run
from lotrinh.programme.checks.references import DANGLING
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.draft import Line
from lotrinh.programme.entities import UNCERTAIN
from lotrinh.programme.parse import parse, programme_of, read_rows, read_table
from lotrinh.programme.programme import Programme
from lotrinh.programme.reported import Reported
from lotrinh.programme.sheets import Found, key_columns, written
from lotrinh.programme.unparse import unparse
from lotrinh.tables.csv_folder import read_csv
from lotrinh.tables.raw import SETTINGS, RawTable, RawTables

WHOLE_ROWS = IssueKind(
    "C107",
    "a removal that names a column or a value",
    "Leave column and value empty: rows are removed whole. To empty a cell, set it to nothing.",
)
THERE = IssueKind(
    "C108", "a row to insert that is there already", "Set its columns, or insert the row under another key."
)
ONE_ROW = IssueKind("C109", "settings can only be changed", "Use set, scale or add: a programme has one row of them.")
NEEDED = IssueKind(
    "C110",
    "a removed row that others still need",
    "Remove the rows that refer to it too, or change them. Only what belongs to a removed row goes with it, since "
    "whoever needs it would otherwise silently do without.",
)


class Changing(Altering):
    """The tables of a programme while changes are made, the problems met, and what was removed and inserted."""

    def __init__(self, raw: RawTables) -> None:
        super().__init__(raw)
        self._removed: dict[tuple[str, str], Place] = {}
        self._inserted: dict[tuple[str, tuple[str, ...]], int] = {}

    def make(self, line: Line[Change], file: int) -> None:
        """Make the change of one line of the change file number `file`; what is wrong with it is added to `issues`."""
        entity, what = Entity.registry[line.row.table], line.row.change
        if what in ("insert", "remove") and entity.table == SETTINGS:
            self.issues.append(line.issue(ONE_ROW, "change", t("one of {words}", words=("set", "scale", "add"))))
        elif what == "remove":
            self._remove(line, entity)
        elif what == "insert":
            self._insert(line, entity, file)
        else:
            self.alter(line, entity)

    def explained(self, issue: Issue) -> Issue:
        """Return the problem as one of the removal that it follows from, or as it is."""
        place = self._removed.get((issue.expected.values.get("table", ""), issue.value))
        if issue.kind is not DANGLING or place is None:
            return issue
        return NEEDED.at(place, issue.value, t("no row that refers to it, as {place} does", place=issue.place))

    def _remove(self, line: Line[Change], entity: Entity) -> None:
        for attribute in ("column", "value"):
            if getattr(line.row, attribute):
                self.issues.append(line.issue(WHOLE_ROWS, attribute, t("nothing")))
                return
        self._take_out(entity, self.rows(line, entity) or [], line.place("row"))

    def _take_out(self, entity: Entity, found: Sequence[Found], place: Place) -> None:
        """Remove rows, and the rows of other tables that belong to them."""
        ids: set[str] = set()
        if entity.identifies:
            column = entity.column(entity.identifies)
            ids = {sheet.known(row, column) for sheet, row in found}
        named = self._named_of(entity, found)
        self.sheets.remove(entity, [row for _, row in found])
        self._forget(entity, named - self._named_of(entity, self.sheets.every(entity)))
        self._removed |= {(entity.table, id): place for id in ids}
        for other in Entity.registry.values():
            owner = other.column(other.owner) if ids and other.owner else None
            if owner is None or owner.ref != entity.table:
                continue
            theirs = [(sheet, row) for sheet, row in self.sheets.every(other) if sheet.known(row, owner) in ids]
            if theirs:
                self._take_out(other, theirs, place)

    def _named_of(self, entity: Entity, found: Iterable[Found]) -> set[str]:
        """Return by what names the table `uncertain` speaks of rows; nothing where it does not speak of their table."""
        column = key_columns(entity)[0] if entity.table in UNCERTAIN else None
        return {written(sheet.known(row, column)) for sheet, row in found} if column else set()

    def _forget(self, entity: Entity, names: set[str]) -> None:
        """Remove what is said of the uncertainty of rows that are gone."""
        uncertain = Entity.registry["uncertain"]
        of, named = key_columns(uncertain)[:2]
        theirs = [
            row
            for sheet, row in (self.sheets.every(uncertain) if names else ())
            if sheet.known(row, of) == entity.table and sheet.known(row, named) in names
        ]
        if theirs:
            self.sheets.remove(uncertain, theirs)

    def _insert(self, line: Line[Change], entity: Entity, file: int) -> None:
        key = self.key(line, entity)
        if key is None or self.sheets.unsure(entity, *key_columns(entity)):
            return
        if line.row.value and not line.row.column:
            self.column(line, entity)
            return
        found = next((found for of, found in self.sheets.keys(entity) if of == key), None)
        if found is not None and self._inserted.get((entity.table, key)) != file:
            self.issues.append(line.issue(THERE, "row", t("a key that no row has")))
            return
        if found is None:
            found = self._new(line, entity, key, file)
        if line.row.column:
            self.alter(line, entity, [found])

    def _new(self, line: Line[Change], entity: Entity, key: tuple[str, ...], file: int) -> Found:
        """Add a row with its key, called an assumption for the reason of the change."""
        self._inserted[entity.table, key] = file
        self._removed.pop((entity.table, key[0]), None)
        found = self.sheets.add(entity, f"what-if-{file}", line.place("row"))
        for column, part in zip(key_columns(entity), key, strict=True):
            self.sheets.put(found, column, part, line.place("row"))
        known: dict[str, Column] = {column.name: column for column in entity.columns}
        if {"evidence", "reason"} <= set(known):
            self.sheets.put(found, known["evidence"], "assumption", line.place("row"))
            self.sheets.put(found, known["reason"], line.row.reason, line.place("reason"))
        return found


def parse_changed(raw: RawTables, files: Sequence[RawTables]) -> tuple[Programme | None, tuple[Issue, ...]]:
    """Return the programme of `raw` after the changes of `files`, or None where there is an error, and every problem.

    Where a change cannot be made, what is reported beside is what is wrong with the programme without any change.
    """
    changing, made, issues = _make(raw, files)
    if any(issue.is_error for issue in issues):
        return None, (*issues, *parse(raw)[1])
    programme, found = parse(changing.sheets.result())
    if programme is not None:
        programme = dataclasses.replace(programme, changes=made)
    told = {(issue.kind.code, issue.place) for issue in issues}
    new = (changing.explained(issue) for issue in found if (issue.kind.code, issue.place) not in told)
    return programme, (*issues, *new)


def changed(programme: Programme, changes: Iterable[Change]) -> Programme:
    """Return `programme` after the changes, made one after the other and checked as data are.

    Raises
    ------
    DataError
        If a change cannot be made, or brings errors that the programme did not have; it carries all of them.
    """
    made = tuple(changes)
    entity = Entity.apart["changes"]
    rows = tuple(tuple(getattr(change, column.attribute) for column in entity.columns) for change in made)
    header = tuple(column.name for column in entity.columns)
    table = RawTable(entity.table, header, rows, tuple(range(1, len(rows) + 1)), file=entity.table)
    before = unparse(programme)
    changing, _, issues = _make(before, [RawTables("", (table,))])
    _refuse(issues)
    rows_of = {table.name: _rows(programme, table.name) for table in before.tables}
    left = {name: kept for name, kept in rows_of.items() if name not in changing.sheets.opened}
    draft, issues = read_rows(changing.sheets.result(), left)
    _refuse(issues)
    found = [changing.explained(issue) for issue in run(draft) if issue.is_error]
    if found:
        known = set(map(str, run(read_rows(before, rows_of)[0])))
        _refuse(issue for issue in found if str(issue) not in known)
    return dataclasses.replace(programme_of(draft), changes=(*programme.changes, *made))


def read_changes(path: Path) -> RawTables:
    """Return the table of a change file and every problem met while reading it; `UsageError` where it is no CSV."""
    if path.suffix.casefold() not in (".csv", ".tsv", ".txt"):
        raise UsageError(str(t("{path} is no file of changes: that is a table saved as CSV", path=path)))
    return read_csv(path, "changes")


def _make(raw: RawTables, files: Sequence[RawTables]) -> tuple[Changing, tuple[Change, ...], list[Issue]]:
    """Make the changes of all files, one after the other; return them with the problems met."""
    changing, made = Changing(raw), []
    issues: list[Issue] = []
    for number, file in enumerate(files, start=1):
        issues += file.issues
        for table in file.tables:
            lines: list[Line[Change]] = read_table(Entity.apart["changes"], table, Reported(file), issues)
            for line in lines:
                if not line.unknown:
                    made.append(dataclasses.replace(line.row, file=table.file))
                    changing.make(line, number)
    return changing, tuple(made), [*issues, *changing.issues]


def _rows(programme: Programme, table: str) -> Sequence[Any]:
    found: Sequence[Any] = (programme.settings,) if table == SETTINGS else getattr(programme, table)
    return found


def _refuse(issues: Iterable[Issue]) -> None:
    errors = [issue for issue in issues if issue.is_error]
    if errors:
        raise DataError(errors)
