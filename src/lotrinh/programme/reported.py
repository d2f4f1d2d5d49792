"""What reading the files has already reported, so that nothing is said twice and nothing is built on damaged cells."""

from __future__ import annotations

from pathlib import PurePath

from lotrinh.base.issues import Issue
from lotrinh.tables.grid import NO_SETTINGS
from lotrinh.tables.raw import SETTINGS, RawTable, RawTables

_FILES_OF_ONE_TABLE = (".csv", ".toml")


class Reported:
    """Errors met before parsing, by the cell, row, column or table that they concern."""

    def __init__(self, raw: RawTables) -> None:
        self.cells: set[tuple[str, str, int, str]] = set()
        self.rows: set[tuple[str, str, int]] = set()
        self.keys: set[str] = set()
        """Settings whose line could not be read."""
        self.tables: set[str] = set()
        """Tables that lack something, or may."""
        self.everything = False
        """True where nothing could be read at all, and it is known why."""
        errors = [issue for issue in raw.issues if issue.is_error]
        if not errors:
            return
        self.everything = not raw.tables
        lines = {(part.file, part.sheet, number) for part in raw.tables for number in part.row_numbers}
        heads = {(part.file, part.sheet, name) for part in raw.tables for name in part.header}
        for issue in errors:
            self._add(issue, lines, heads)

    def _add(self, issue: Issue, lines: set[tuple[str, str, int]], heads: set[tuple[str, str, str]]) -> None:
        place = issue.place
        if issue.kind is NO_SETTINGS:
            self.tables.add(SETTINGS)
        elif place.row is not None and (place.file, place.sheet, place.column) in heads:
            self.cells.add((place.file, place.sheet, place.row, place.column))
        elif place.row is not None and (place.file, place.sheet, place.row) in lines:
            self.rows.add((place.file, place.sheet, place.row))
        else:
            file = PurePath(place.file)
            name = place.sheet or (file.name if file.suffix.casefold() in _FILES_OF_ONE_TABLE else "")
            self.tables.add(name.split(".")[0])
            self.keys.add(issue.value.split("=")[0].strip())

    def row(self, table: RawTable, index: int) -> bool:
        """Return whether a row as a whole was reported: its cells may stand in wrong columns."""
        return (
            bool(self.rows) and not table.upright and (table.file, table.sheet, table.row_numbers[index]) in self.rows
        )

    def cell(self, table: RawTable, index: int, position: int) -> bool:
        """Return whether a cell was reported, or its row where it is not the first cell of it."""
        if not self.cells and not self.rows:
            return False
        place = table.place(index, position)
        known = (place.file, place.sheet, place.row or 0, place.column) in self.cells
        return known or (position > 0 and self.row(table, index))

    def lost(self, table: RawTable, column: str) -> bool:
        """Return whether the line of a setting was reported."""
        return table.upright and column in self.keys
