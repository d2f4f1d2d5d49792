"""Small edits that break a programme, each a function of its rows."""

from __future__ import annotations

from typing import Any

from tests.programme.base_case import Edit, Tables


def cell(table: str, row: int, column: str, value: Any) -> Edit:
    """Write `value` into a cell; `row` is that of the file, 2 for the first, and 1 in the settings."""

    def edit(tables: Tables) -> None:
        tables[table][max(row - 2, 0)][column] = value

    return edit


def head(table: str, column: str, new: str) -> Edit:
    """Write another name over a column."""

    def edit(tables: Tables) -> None:
        tables[table] = [
            {new if name == column else name: value for name, value in row.items()} for row in tables[table]
        ]

    return edit


def no_column(table: str, column: str) -> Edit:
    """Delete a column."""

    def edit(tables: Tables) -> None:
        tables[table] = [{name: value for name, value in row.items() if name != column} for row in tables[table]]

    return edit


def table(name: str, new: str) -> Edit:
    """Rename a table, or delete it where `new` is empty."""

    def edit(tables: Tables) -> None:
        rows = tables.pop(name)
        if new:
            tables[new] = rows

    return edit


def add_table(table: str, **values: Any) -> Edit:
    """Add a table of one row."""

    def edit(tables: Tables) -> None:
        tables[table] = [values]

    return edit


def row(table: str, **values: Any) -> Edit:
    """Add a row; what is not given is as in the first row."""

    def edit(tables: Tables) -> None:
        tables[table].append({**tables[table][0], **values})

    return edit


def no_row(table: str, *rows: int) -> Edit:
    """Delete rows, numbered as in the file."""

    def edit(tables: Tables) -> None:
        for number in sorted(rows, reverse=True):
            del tables[table][number - 2]

    return edit


def all_of(*edits: Edit) -> Edit:
    """Make several edits, one after the other."""

    def edit(tables: Tables) -> None:
        for step in edits:
            step(tables)

    return edit
