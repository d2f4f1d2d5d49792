"""However the input is damaged, it leads to a list of problems or to a sound programme, never to a traceback."""

from __future__ import annotations

import dataclasses
import json
import math
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.programme.base_case import base, raw_tables, write_folder

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import Issue
from lotrinh.programme.columns import Entity
from lotrinh.programme.load import check
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.tables.files import read
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables

CASES = Path(__file__).parents[2] / "cases"
CHUNKS, SIZE = 20, 475
"""Each case is mutated CHUNKS × SIZE times in its tables, and some 500 times more in the bytes of its files."""

HOSTILE: tuple[Cell, ...] = (
    *("", " ", "-", "0", "1", "-1", "0.5", "1.0", "2", "1e9", "-0", "1e308", "1e-320", "9" * 400, "NaN", "inf", "1,5"),
    *(
        "1.234",
        "1.234,5",
        "12 %",
        "150%",
        "%",
        "１２",
        "1_0",
        "0x1",
        "½",
        "²",
        "true",
        "có",
        "x",
        ";",
        ";;",
        "P01;P01",
        "a;b",
    ),
    *(
        "#REF!",
        "=1+1",
        "'; DROP TABLE",
        "<script>",
        "{x}",
        "{0}",
        "%s",
        "\\",
        "../..",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\ufeff",
    ),
    *(
        "\ud800",
        "e\u0301",
        "ß",
        "İ",
        "ﬁ",
        "🙂" * 30,
        "a" * 5000,
        "2027Q1",
        "1900Q1",
        "2200Q4",
        "2027Q5",
        "0000Q0",
        "2027-01-01",
    ),
    *(None, True, False, 0, 1, -1, 3.5, 8.0, 1e300, -1e300, float("nan"), float("inf"), 10**30, -(10**400)),
)

Change = Callable[[RawTable, random.Random], list[RawTable]]


def _at(table: RawTable, dice: random.Random) -> tuple[int, int]:
    return dice.randrange(len(table.rows)), dice.randrange(len(table.header))


def _with_rows(table: RawTable, order: list[int]) -> RawTable:
    """Return the table with the rows of `order`; settings stand in one row and keep it."""
    if table.upright:
        return table
    rows, numbers = tuple(table.rows[i] for i in order), tuple(table.row_numbers[i] for i in order)
    return dataclasses.replace(table, rows=rows, row_numbers=numbers)


def _with_columns(table: RawTable, order: list[int], header: tuple[str, ...]) -> RawTable:
    rows = tuple(tuple(row[i] for i in order) for row in table.rows)
    numbers = tuple(table.row_numbers[i] for i in order) if table.upright else table.row_numbers
    return dataclasses.replace(table, header=header, rows=rows, row_numbers=numbers)


def _write(table: RawTable, row: int, column: int, value: Cell) -> RawTable:
    rows = [list(cells) for cells in table.rows]
    rows[row][column] = value
    return dataclasses.replace(table, rows=tuple(map(tuple, rows)))


def replace_cell(table: RawTable, dice: random.Random) -> list[RawTable]:
    return [_write(table, *_at(table, dice), dice.choice(HOSTILE))]


def swap_cells(table: RawTable, dice: random.Random) -> list[RawTable]:
    (row, column), (other, beside) = _at(table, dice), _at(table, dice)
    first, second = table.rows[row][column], table.rows[other][beside]
    return [_write(_write(table, row, column, second), other, beside, first)]


def move_within_column(table: RawTable, dice: random.Random) -> list[RawTable]:
    row, column = _at(table, dice)
    return [_write(table, row, column, table.rows[dice.randrange(len(table.rows))][column])]


def inject_text(table: RawTable, dice: random.Random) -> list[RawTable]:
    row, column = _at(table, dice)
    text, extra = str(table.rows[row][column] or ""), str(dice.choice(HOSTILE[:60]))[:50]
    spot = dice.randint(0, len(text))
    return [_write(table, row, column, text[:spot] + extra + text[spot:])]


def scale_number(table: RawTable, dice: random.Random) -> list[RawTable]:
    row, column = _at(table, dice)
    try:
        value = float(table.rows[row][column] or "x")
    except (ValueError, OverflowError):
        return [table]
    return [_write(table, row, column, value * dice.choice((0, -1, 0.01, 0.5, 2, 10, 1000, 1e12)))]


def hostile_column(table: RawTable, dice: random.Random) -> list[RawTable]:
    column, value = dice.randrange(len(table.header)), dice.choice(HOSTILE)
    rows = tuple((*row[:column], value, *row[column + 1 :]) for row in table.rows)
    return [dataclasses.replace(table, rows=rows)]


def drop_rows(table: RawTable, dice: random.Random) -> list[RawTable]:
    share = dice.choice((0.1, 0.5, 1.0))
    return [_with_rows(table, [i for i in range(len(table.rows)) if dice.random() > share])]


def repeat_row(table: RawTable, dice: random.Random) -> list[RawTable]:
    order = list(range(len(table.rows)))
    return [_with_rows(table, [*order, dice.choice(order)])]


def shuffle_rows(table: RawTable, dice: random.Random) -> list[RawTable]:
    return [_with_rows(table, dice.sample(range(len(table.rows)), len(table.rows)))]


def drop_column(table: RawTable, dice: random.Random) -> list[RawTable]:
    gone = dice.randrange(len(table.header))
    order = [i for i in range(len(table.header)) if i != gone]
    return [_with_columns(table, order, tuple(table.header[i] for i in order))]


def repeat_column(table: RawTable, dice: random.Random) -> list[RawTable]:
    again = dice.randrange(len(table.header))
    return [_with_columns(table, [*range(len(table.header)), again], (*table.header, table.header[again]))]


def rename_column(table: RawTable, dice: random.Random) -> list[RawTable]:
    column = dice.randrange(len(table.header))
    name = table.header[column]
    odd = ("", " ", "[%]", "[", "id", f"{name} [%]", f"{name} [month]", f"{name} [billion]", f"{name} [x", f"{name}[]")
    new = dice.choice((*odd, name.upper(), name[1:], name + "s", "x" * 3000, dice.choice(table.header)))
    return [dataclasses.replace(table, header=(*table.header[:column], new, *table.header[column + 1 :]))]


def shuffle_header(table: RawTable, dice: random.Random) -> list[RawTable]:
    return [dataclasses.replace(table, header=tuple(dice.sample(table.header, len(table.header))))]


def drop_table(table: RawTable, dice: random.Random) -> list[RawTable]:
    return []


def repeat_table(table: RawTable, dice: random.Random) -> list[RawTable]:
    return [table, dataclasses.replace(table, part="b")]


def rename_table(table: RawTable, dice: random.Random) -> list[RawTable]:
    name = dice.choice(("", "x", table.name[1:], table.name + "s", table.name.upper(), dice.choice([*Entity.registry])))
    return [dataclasses.replace(table, name=name)]


MILD: tuple[Change, ...] = (
    replace_cell,
    swap_cells,
    move_within_column,
    inject_text,
    scale_number,
    repeat_row,
    shuffle_rows,
)
HARSH: tuple[Change, ...] = (
    *(hostile_column, drop_rows, drop_column, repeat_column, rename_column, shuffle_header),
    *(drop_table, repeat_table, rename_table),
)


def mutate(raw: RawTables, dice: random.Random) -> tuple[RawTables, str]:
    """Return the tables after one to five changes, and which changes these were."""
    tables, done = list(raw.tables), []
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5))):
        change = dice.choice(MILD) if dice.random() < 0.7 else dice.choice(HARSH)
        at = dice.randrange(len(tables))
        if tables[at].rows and tables[at].header:
            done.append(f"{change.__name__} {tables[at].name}")
            tables[at : at + 1] = change(tables[at], dice)
    return dataclasses.replace(raw, tables=tuple(tables)), ", ".join(done)


def assert_sound(programme: Programme) -> None:
    """Hold a programme to what its declaration promises: kinds, bounds, keys and references."""
    tables: dict[str, Any] = {name: getattr(programme, name, ()) for name in Entity.registry}
    tables[SETTINGS] = (programme.settings,)
    for name, entity in Entity.registry.items():
        keys = {tuple(getattr(row, entity.column(key).attribute) for key in entity.key) for row in tables[name]}
        assert len(keys) == len(tables[name]), name
        for column in entity.columns:
            for row in tables[name]:
                value = getattr(row, column.attribute)
                if value is None:
                    assert column.default is None
                elif column.is_number:
                    assert type(value) is (int if column.kind == "integer" else float) or value == column.default
                    assert math.isfinite(value)
                    assert column.low is None or value >= column.low
                    assert column.high is None or value <= column.high
                elif column.ref:
                    ids = value if column.kind == "refs" else (value,) if value else ()
                    assert all(id in tables[column.ref].ids for id in ids), (name, column.name, value)
                else:
                    kinds: dict[str, type[Any]] = {"flag": bool, "year": int, "quarter": Quarter}
                    assert type(value) is kinds.get(column.kind, str)
                    assert not column.choices or value in column.choices


def assert_told(issues: tuple[Issue, ...]) -> None:
    """Hold the first and last issues to being printable."""
    for issue in (*issues[:2], *issues[-2:]):
        assert str(issue)
        assert json.dumps(issue.as_dict(), ensure_ascii=True)
        assert issue.kind.help


def run(raw: RawTables, seed: str) -> int:
    """Mutate `SIZE` times and return how many of the results were programmes still."""
    dice, whole = random.Random(seed), 0
    for number in range(SIZE):
        mutant, done = mutate(raw, dice)
        try:
            programme, issues = parse(mutant)
            assert (programme is None) == any(issue.is_error for issue in issues)
            assert_told(issues)
            if programme is not None:
                whole += 1
                assert_sound(programme)
        except Exception as error:
            raise AssertionError(f"mutant {number} of {seed}: {done}") from error
    return whole


def case(name: str) -> RawTables:
    """Return the tables of a case, or of the base case of the tests where there is no such folder yet."""
    return read(CASES / name) if (CASES / name / "programme.toml").exists() else raw_tables(base())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutants_of_the_small_case(chunk: int) -> None:
    whole = run(case("small"), f"small {chunk}")
    assert 0 < whole < SIZE  # some changes are harmless, most are not


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.glob("*") if folder.name != "small"))
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutants_of_the_other_cases(chunk: int, name: str) -> None:
    assert 0 < run(case(name), f"{name} {chunk}") < SIZE


def _spoil(data: bytes, dice: random.Random) -> bytes:
    """Return the bytes with one piece cut, repeated, overwritten or inserted."""
    spot, length = dice.randrange(len(data) + 1), dice.choice((1, 1, 2, 10, 200))
    odd = (
        b'"',
        b",",
        b";",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xe1\xbb",
        b"[",
        b"'",
        b"=",
        b"1.5",
        b"\t",
        b"\xef\xbb\xbf",
    )
    piece = dice.choice((*odd, dice.randbytes(length), data[spot : spot + length], b""))
    return data[:spot] + piece + data[spot + dice.choice((0, len(piece), length)) :]


def spoil_files(folder: Path, times: int, seed: str) -> None:
    dice = random.Random(seed)
    files = sorted(folder.iterdir())
    for number in range(times):
        chosen = {file: file.read_bytes() for file in dice.sample(files, dice.choice((1, 1, 2)))}
        for file, data in chosen.items():
            spoilt = _spoil(data, dice)
            file.write_bytes(
                dice.choice((spoilt, spoilt, spoilt, data.decode().encode("utf-16"), data[: len(data) // 2]))
            )
        try:
            assert_told(check(folder))
        except Exception as error:
            raise AssertionError(f"spoilt {number} of {seed}: {sorted(file.name for file in chosen)}") from error
        for file, data in chosen.items():
            file.write_bytes(data)


def _copy(name: str, target: Path) -> Path:
    if (CASES / name / "programme.toml").exists():
        return Path(shutil.copytree(CASES / name, target, ignore=shutil.ignore_patterns("*.md", "*.txt", "what-if")))
    return write_folder(base(), target)


def test_spoilt_files_of_the_small_case(tmp_path: Path) -> None:
    spoil_files(_copy("small", tmp_path / "case"), 500, "small")


@pytest.mark.slow
def test_spoilt_files_of_the_vietnam_case(tmp_path: Path) -> None:
    spoil_files(_copy("vietnam", tmp_path / "case"), 500, "vietnam")
