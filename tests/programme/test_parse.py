"""Cells become values: what is accepted, what it becomes, and what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.programme.base_case import Tables, base, raw_tables
from tests.programme.edits import all_of, cell, head, no_column, no_row, row, table

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import Issue, Place
from lotrinh.programme import numerals
from lotrinh.programme.cells import Wrong, bounds, converter
from lotrinh.programme.checks._registry import rules
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.entities import EVERY, UNCERTAIN
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.programme.unparse import unparse
from lotrinh.tables.raw import Cell, RawTable, RawTables


def column(table: str, name: str) -> Column:
    return Entity.registry[table].column(name)


def parsed(tables: Tables) -> Programme:
    programme, issues = parse(raw_tables(tables))
    assert programme is not None, "\n".join(map(str, issues))
    return programme


def codes(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.kind.code for issue in issues]


def code_of(kind: Column, value: Cell, unit: str = "") -> str:
    with pytest.raises(Wrong) as caught:
        converter(kind, unit)(value)
    return caught.value.kind.code


NUMBERS: list[tuple[Cell, str, float]] = [
    ("4", "", 4),
    (" 4.50 ", "", 4.5),
    ("+.5", "", 0.5),
    ("5.", "", 5),
    ("1.5e2", "", 150),
    (3, "", 3),
    (0.25, "", 0.25),
    ("1.2", "billion", 1200),
    ("250", "thousand", 0.25),
    (1.5, "billion", 1500),
    ("-0", "", 0),
]


@pytest.mark.parametrize(("value", "unit", "wanted"), NUMBERS)
def test_a_number_is_read_in_its_unit(value: Cell, unit: str, wanted: float) -> None:
    found = converter(column("modes", "cost_likely"), unit)(value)
    assert (found, type(found), str(found)[0] != "-") == (wanted, float, True)


SHARES: list[tuple[Cell, str, float]] = [
    ("35%", "", 0.35),
    ("35 %", "share", 0.35),
    ("7", "%", 0.07),
    ("7%", "%", 0.07),
    ("100", "%", 1.0),
    ("0.07", "", 0.07),
]


@pytest.mark.parametrize(("value", "unit", "wanted"), SHARES)
def test_a_share_may_be_written_in_per_cent(value: Cell, unit: str, wanted: float) -> None:
    assert converter(column("gates", "chance"), unit)(value) == wanted


def test_per_cent_is_read_to_the_last_digit() -> None:
    convert = converter(column("gates", "chance"), "%")
    assert [convert(str(number)) for number in range(1, 101)] == [number / 100 for number in range(1, 101)]


INTEGERS: list[tuple[Cell, str, int]] = [
    ("8", "", 8),
    ("8.0", "", 8),
    (8.0, "", 8),
    ("2", "year", 8),
    ("2.25", "year", 9),
    ("9", "month", 3),
]


@pytest.mark.parametrize(("value", "unit", "wanted"), INTEGERS)
def test_a_whole_number_is_read_in_its_unit(value: Cell, unit: str, wanted: int) -> None:
    found = converter(column("modes", "duration"), unit)(value)
    assert (found, type(found)) == (wanted, int)


WRONG_NUMBERS: list[tuple[Cell, str]] = [
    ("", "P110"),
    (None, "P110"),
    ("four", "P111"),
    ("1/2", "P111"),
    ("0x10", "P111"),
    ("12 months or so", "P111"),
    (True, "P111"),
    ("%", "P111"),
    ("1" * 500, "P114"),
    ("1_000", "P112"),
    ("1 000,5", "P112"),
    ("1'000", "P112"),
    ("−5", "P112"),
    ("٤٥", "P112"),
    ("5 USD", "P112"),
    ("US$ 5", "P112"),
    ("1.234.567,89", "P112"),
    ("1,23,456", "P112"),
    ("5%", "P112"),
    ("#DIV/0!", "P124"),
    ("nan", "P113"),
    ("-Infinity", "P113"),
    (float("nan"), "P113"),
    (float("-inf"), "P113"),
    (10**400, "P114"),
    (-1e300, "P114"),
    ("1e15000", "P114"),
    ("-0.01", "P116"),
]


@pytest.mark.parametrize(("value", "code"), WRONG_NUMBERS)
def test_what_is_no_number_is_refused(value: Cell, code: str) -> None:
    assert code_of(column("modes", "cost_likely"), value) == code


READINGS = {
    "1.234,5": ("1234.5",),
    "1,234.5": ("1234.5",),
    "12,5": ("12.5",),
    "1 234": ("1234",),
    "1\u00a0234,5": ("1234.5",),
    "1,234": ("1234", "1.234"),
    "1.234.567": ("1234567",),
    "１２": ("12",),
    "１，５": ("1.5",),
    "1.000 tỷ": ("1.000", "1000"),
    "12 trie\u0302\u0323u": ("12",),
    "−1,5": ("-1.5",),
    "- 3": ("-3",),
    ",5": ("0.5",),
    "12,5%": ("12.5%",),
    "1,5e3": ("1.5e3",),
    "1,2,3": (),
    "1 23": (),
    "12 dogs": (),
    "": (),
    "1" * 200: (),
}  # fmt: skip


@pytest.mark.parametrize("text", READINGS)
def test_readings_of_other_notations(text: str) -> None:
    assert numerals.readings(text) == READINGS[text]


def test_hostile_texts_take_no_time() -> None:
    convert = converter(column("modes", "cost_likely"), "")
    for text in (
        "1" * 100_000 + "x",
        "1," * 50_000,
        " " * 50_000 + "1" + " " * 50_000 + "x",
        "tỷ" * 50_000,
        "$ " * 40 + "x",
    ):
        with pytest.raises(Wrong):
            convert(text)


OTHERS: list[tuple[str, str, Cell, Any]] = [
    ("projects", "mandatory", "YES", True),
    ("projects", "mandatory", "co\u0301", True),
    ("projects", "mandatory", "Không", False),
    ("projects", "mandatory", 1.0, True),
    ("projects", "mandatory", False, False),
    ("projects", "mandatory", "", False),
    ("modes", "kind", " Partner ", "partner"),
    ("budget", "year", 2030.0, 2030),
    ("budget", "year", "2030", 2030),
    ("locks", "start", "2027-q3", Quarter(2027, 3)),
    ("locks", "start", " 2027 Q3 ", Quarter(2027, 3)),
    ("modes", "mode", 8.0, "8"),
    ("modes", "mode", "P-01.a_B", "P-01.a_B"),
    ("equipment", "hosts", " O01 ;O02; ", ("O01", "O02")),
    ("equipment", "hosts", None, ()),
    ("sources", "title", 2027.0, "2027"),
    ("sources", "title", "two\nlines", "two\nlines"),
    ("sources", "title", True, "TRUE"),
    ("projects", "earliest", "", None),
    ("budget", "scenario", "", "base"),
]


@pytest.mark.parametrize(("name", "key", "value", "wanted"), OTHERS)
def test_other_cells(name: str, key: str, value: Cell, wanted: Any) -> None:
    found = converter(column(name, key), "")(value)
    assert (found, type(found)) == (wanted, type(wanted))


WRONG_OTHERS: list[tuple[str, str, Cell, str]] = [
    ("projects", "mandatory", "x", "P118"),
    ("projects", "mandatory", 2, "P118"),
    ("modes", "kind", "at home", "P117"),
    ("budget", "year", "2.030", "P112"),
    ("budget", "year", "2030.5", "P119"),
    ("budget", "year", "2300", "P119"),
    ("budget", "year", "20x0", "P119"),
    ("locks", "start", "2027Q0", "P120"),
    ("locks", "start", "２０２７Q1", "P120"),
    ("locks", "start", 2027.25, "P120"),
    ("locks", "start", "0001Q1", "P120"),
    ("modes", "mode", "-P01", "P121"),
    ("modes", "mode", "P01\u200b", "P121"),
    ("equipment", "hosts", "O01 O02", "P121"),
    ("sources", "title", "a\x85b", "P123"),
    ("sources", "title", "\ud800", "P123"),
    ("sources", "title", 1e300, "P114"),
    ("sources", "title", float("nan"), "P113"),
]


@pytest.mark.parametrize(("name", "key", "value", "code"), WRONG_OTHERS)
def test_other_cells_that_are_refused(name: str, key: str, value: Cell, code: str) -> None:
    assert code_of(column(name, key), value) == code


BOUNDS = [
    ("gates", "chance", "%", "a number above 0 and up to 100 (per cent)"),
    ("modes", "duration", "year", "a whole number from 0.25 to 50 (years)"),
    ("modes", "cost_likely", "billion", "a number, at least 0 (billion)"),
    ("gates", "gate", "", "a whole number from 1 to 20"),
    ("directives", "threshold", "", "a number"),
]


@pytest.mark.parametrize(("name", "key", "unit", "wanted"), BOUNDS)
def test_bounds_are_told_in_the_unit_of_the_header(name: str, key: str, unit: str, wanted: str) -> None:
    assert str(bounds(column(name, key), unit)) == wanted


def test_the_base_case_becomes_a_programme() -> None:
    programme = parsed(base())
    assert programme.settings.start == Quarter(2027, 1)
    assert programme.settings.terminal == 3
    assert programme.modes.of("P01-D").cost_likely == 4
    assert programme.modes.of("P03-B").cost_low is None
    assert programme.directives.of("D2").from_ == Quarter(2028, 1)
    assert programme.equipment.of("E2").hosts == ("O01", "O02")
    assert programme.scenarios == ("low", "base")


def test_what_futures_are_drawn_from() -> None:
    programme = parsed(base())
    settings, (first, *_), point = programme.settings, programme.uncertain, programme.threat[3]
    assert (settings.wait, settings.cut_chance, settings.cut_share) == (8, 0, 0)
    assert (first.of, first.row, first.column, first.low, first.high) == ("capabilities", EVERY, "depreciation", 0.5, 2)
    assert (point.curve, point.surveyed, point.within, point.chance, point.weight) == ("late", 2025.5, 20, 0.6, 3)
    tables = base()
    head("uncertain", "low", "low [%]")(tables)
    for line in tables["uncertain"]:
        line["low [%]"] = str(100 * float(line["low [%]"]))
    assert parsed(tables).uncertain == programme.uncertain
    again, issues = parse(unparse(programme))
    assert (again, issues) == (programme, ())


def test_what_may_be_uncertain_is_a_number_of_its_table() -> None:
    for name, keys in UNCERTAIN.items():
        for key in keys:
            assert column(name, key).is_number
            assert column(name, key).default is not None  # it is always stated


def test_units_change_no_value() -> None:
    tables = base()
    head("modes", "cost_likely", " Cost_Likely [ thousand ] ")(tables)
    for line in tables["modes"]:
        line[" Cost_Likely [ thousand ] "] += "000"
    head("gates", "chance", "chance [%]")(tables)
    for line in tables["gates"]:
        line["chance [%]"] = {"0.9": "90", "0.8": "80%"}[line["chance [%]"]]
    tables["programme"][0]["carry_over"] = "20%"
    assert parsed(tables) == parsed(base())
    assert parsed(tables).fingerprint == parsed(base()).fingerprint


def test_columns_with_a_default_may_be_absent() -> None:
    tables = base()
    all_of(no_column("projects", "failure_share"), no_column("modes", "gain_factor"), no_column("goals", "title_en"))(
        tables
    )
    assert {mode.gain_factor for mode in parsed(tables).modes} == {1.0}


def test_optional_tables_may_be_absent() -> None:
    tables = base()
    for name in ("locks", "kpis", "frontier", "migration_skills", "migration", "directives"):
        table(name, "")(tables)
    assert len(parsed(tables).locks) == 0


def test_parts_of_a_table_are_one_table() -> None:
    tables = base()
    raw = raw_tables(tables)
    budget = next(part for part in raw.tables if part.name == "budget")
    low, high = (
        dataclasses.replace(
            budget, part=part, file=f"budget.{part}.csv", rows=budget.rows[span], row_numbers=budget.row_numbers[:5]
        )
        for part, span in (("low", slice(5)), ("base", slice(5, None)))
    )
    others = tuple(part for part in raw.tables if part.name != "budget")
    programme, issues = parse(dataclasses.replace(raw, tables=(*others, low, high)))
    assert issues == ()
    assert programme == parsed(tables)


def test_empty_rows_are_passed_over() -> None:
    tables = base()
    tables["gains"].insert(1, dict.fromkeys(tables["gains"][0], " "))
    assert parsed(tables) == parsed(base())


def test_issues_of_the_reader_come_first_and_stop_the_programme() -> None:
    _, (issue,) = parse(dataclasses.replace(raw_tables(base() | {"bad": [{"a": "1"}]}), source="x"))
    raw = dataclasses.replace(raw_tables(base()), issues=(issue,))
    assert parse(raw) == (None, (issue,))


def test_the_programme_is_one_row() -> None:
    tables = base()
    row("programme", programme="other")(tables)
    _, issues = parse(raw_tables(tables))
    assert codes(issues) == ["P108"]
    settings = RawTable("programme", tuple(base()["programme"][0]), (), (), "programme.csv")
    others = tuple(part for part in raw_tables(base()).tables if part.name != "programme")
    _, issues = parse(RawTables("x", (settings, *others)))
    assert codes(issues) == ["P108"]


def test_nothing_at_all_is_every_table_missing() -> None:
    programme, issues = parse(RawTables("nowhere", ()))
    assert programme is None
    assert set(codes(issues)) == {"P101"}
    needed = {name for name, entity in Entity.registry.items() if not entity.optional}
    assert {issue.place for issue in issues} == {Place("nowhere", name) for name in needed}


def test_thousands_are_suspected_only_where_every_point_may_group() -> None:
    for values, wanted in (
        (["1.250", "2.500"], ["P125"]),
        (["1.25", "2.500"], []),
        (["0.250", "2.500"], []),
        (["1.250", "7"], ["P125"]),
    ):
        tables = base()
        for number, value in enumerate(values, start=2):
            cell("migration", number, "value", value)(tables)
        assert codes(parse(raw_tables(tables))[1]) == wanted
    tables = base()
    cell("capabilities", 2, "level_start", "1.500")(tables)
    cell("capabilities", 3, "level_start", "1")(tables)
    cell("capabilities", 4, "level_start", "2")(tables)
    assert codes(parse(raw_tables(tables))[1]) == []  # 1500 is no level


FOLLOW_UPS = {
    "a mode whose id is lost is still there": (cell("modes", 2, "mode", "P 1"), ["P121"]),
    "a project with a wrong cell is still there": (cell("projects", 2, "trl_end", "x"), ["P111"]),
    "a capability whose level is lost": (cell("capabilities", 2, "level_start", "?"), ["P111"]),
    "a share that is lost": (cell("equipment_supply", 2, "share", "?"), ["P111"]),
    "a mode that names no project": (cell("modes", 5, "project", "P33"), ["P203"]),
    "a gate number that is lost": (cell("gates", 2, "gate", "one"), ["P111"]),
    "the start is lost": (cell("programme", 1, "start", "soon"), ["P120"]),
    "a year that is lost": (cell("budget", 3, "year", "?"), ["P119"]),
    "a repeated row": (row("equipment_supply"), ["P201"]),
    "a column that is lost": (head("skills", "people_start", "people"), ["P104"]),
    "a lock to a mode of another project": (
        all_of(cell("locks", 2, "mode", "P03-B"), cell("fields", 3, "critical_mass", "4")),
        ["P206"],
    ),
    "a field of a project without modes": (
        all_of(row("projects", project="P05", mandatory="0"), cell("fields", 2, "critical_mass", "9")),
        ["P316"],
    ),
    "a project after a lock that is too late": (
        all_of(cell("locks", 2, "start", "2031Q1"), row("project_links", project="P03", predecessor="P04")),
        ["P317"],
    ),
    "a project after one that never fits": (cell("projects", 2, "earliest", "2031Q4"), ["P401", "P401"]),
    "a table of uncertain rows that is lost": (table("suppliers", "supplier"), ["P102"]),
    "an uncertain mode whose id is lost": (cell("modes", 5, "mode", "P03 B"), ["P121"]),
    "a curve whose chance is lost": (cell("threat", 3, "chance", "?"), ["P111"]),
    "all rows lost": (no_row("skills", 2, 3), ["P301"]),
    "a column with a default misspelt": (head("projects", "mandatory", "mandatry"), ["P104"]),
}


@pytest.mark.parametrize("name", FOLLOW_UPS)
def test_what_only_follows_is_not_reported(name: str) -> None:
    edit, wanted = FOLLOW_UPS[name]
    tables = base()
    edit(tables)
    issues = parse(raw_tables(tables))[1]
    assert codes(issues) == wanted, "\n".join(map(str, issues))


def test_more_lost_references_than_lost_rows_are_reported() -> None:
    tables = base()
    all_of(cell("modes", 2, "mode", "P 1"), cell("mode_skills", 5, "mode", "P77-D"))(tables)
    issues = parse(raw_tables(tables))[1]
    assert [issue.kind.code for issue in issues if issue.value == "P77-D"] == ["P203"]


def test_every_rule_says_what_it_holds() -> None:
    assert len(rules()) >= 35
    for name, function in rules().items():
        assert (function.__doc__ or "").strip(), name
