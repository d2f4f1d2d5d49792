"""Raw tables: what stood in the cells and where, before anything is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lotrinh.base.issues import Issue, Place

SETTINGS = "programme"
"""Name of the one table that is written key by key: ``programme.toml``, or the sheet ``programme``."""

Cell = str | float | int | bool | None
"""Text as typed, or a typed value where the format has types; None and "" are an empty cell."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table, or one part of it.

    Attributes
    ----------
    name: table name, as in ``projects``.
    part: empty, or what tells several files of one table apart, as ``low`` in ``budget.low.csv``.
    header: column names as typed, a unit in brackets included.
    rows: cells, one tuple a row, as many as the header has.
    row_numbers: where each row stands in its file, counted from 1. In a table written key by key
        (`upright`), where each column stands.
    origins: where a cell comes from that does not stand in its file, by row and column counted from 0.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_numbers: tuple[int, ...]
    file: str = ""
    sheet: str = ""
    part: str = ""
    upright: bool = False
    origins: Mapping[tuple[int, int], Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, row: int, column: int) -> Place:
        """Return where the cell of the given row and column (counted from 0) stands, or comes from."""
        if self.origins and (row, column) in self.origins:
            return self.origins[row, column]
        number = self.row_numbers[column if self.upright else row]
        return Place(self.file, self.sheet, number, self.header[column])

    @property
    def label(self) -> str:
        """Name and part together: ``budget.low``."""
        return f"{self.name}.{self.part}" if self.part else self.name


@dataclass(frozen=True, slots=True)
class RawTables:
    """Everything read from one folder or workbook, and the problems met while reading it."""

    source: str
    tables: tuple[RawTable, ...]
    issues: tuple[Issue, ...] = field(default=())

    def parts(self, name: str) -> tuple[RawTable, ...]:
        """Return every part of the table `name`, in the order they were read."""
        return tuple(table for table in self.tables if table.name == name)

    def names(self) -> tuple[str, ...]:
        """Return the table names met, each once."""
        return tuple(dict.fromkeys(table.name for table in self.tables))
