"""Whatever stands in a change file, it leads to a list of problems or to a sound programme, never to a traceback."""

from __future__ import annotations

import random

import pytest
from tests.programme.base_case import base, raw_tables
from tests.properties.test_mutations import HOSTILE, assert_sound, assert_told, mutate

from lotrinh.programme.change import CHANGES
from lotrinh.programme.changes import parse_changed
from lotrinh.programme.columns import Entity
from lotrinh.tables.raw import Cell, RawTable, RawTables

CHUNKS, SIZE = 8, 200
RAW = raw_tables(base())
COLUMNS = tuple(column.name for column in Entity.apart["changes"].columns)
VALUES: dict[str, tuple[str, ...]] = {
    "scale": ("0", "0.5", "1", "2", "50%", "1e9"),
    "add": ("-4", "-1", "0.5", "1", "3"),
    "remove": ("",),
}


def a_row(dice: random.Random) -> str:
    """Return a key that is there, or one that is not, or a pattern."""
    table = dice.choice(RAW.tables)
    if dice.random() < 0.4:
        return dice.choice(
            ("*", "", "*/*", "P0*", "P01-D", "evidence=expert", "base/2029", "F*;P*", "/", ";", "=", "x=*")
        )
    cells = [str(cell) for cell in dice.choice(table.rows)]
    return "/".join(cells[: dice.choice((1, 1, 2, 2, 3))])


def a_change(dice: random.Random) -> list[Cell]:
    """Return the cells of one change, most of which could be meant."""
    entity = dice.choice([*Entity.registry.values()])
    what = dice.choice((*CHANGES, "set", "set"))
    rows = next((table.rows for table in RAW.tables if table.name == entity.table), ())
    key = "/".join(str(cell) for cell in dice.choice(rows)[: len(entity.key)]) if rows else ""
    column = "" if what == "remove" else dice.choice(entity.columns).name
    value: Cell = dice.choice(VALUES.get(what, ("0", "1", "P01", "2028Q1", "expert", "O01", "0.5", "", "2030")))
    cells: list[Cell] = [entity.table, key, column, what, value, ""]
    if dice.random() < 0.3:
        cells[1] = a_row(dice)
    if dice.random() < 0.15:
        cells[dice.randrange(len(cells))] = dice.choice(HOSTILE)
    return cells


def a_file(dice: random.Random) -> RawTables:
    rows = tuple(tuple(a_change(dice)) for _ in range(dice.choice((1, 1, 1, 2, 4))))
    return RawTables("", (RawTable("changes", COLUMNS, rows, tuple(range(2, len(rows) + 2)), "what-if.csv"),))


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("damaged", [False, True])
def test_any_change(chunk: int, damaged: bool) -> None:
    dice, whole = random.Random(f"changes {chunk} {damaged}"), 0
    for number in range(SIZE):
        files = [a_file(dice) for _ in range(dice.choice((1, 1, 2)))]
        raw = mutate(RAW, dice)[0] if damaged else RAW
        try:
            programme, issues = parse_changed(raw, files)
            assert (programme is None) == any(issue.is_error for issue in issues)
            assert_told(issues)
            if programme is not None:
                whole += 1
                assert_sound(programme)
                assert parse_changed(programme.raw, [])[0] == programme
        except Exception as error:
            raise AssertionError(f"{number} of {chunk}: {[file.tables[0].rows for file in files]}") from error
    assert 0 < whole < SIZE
