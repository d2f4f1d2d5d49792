"""Whatever is wrong with the input is found, named and placed, and nothing else is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from tests.programme.base_case import base, write_folder, write_workbook
from tests.programme.broken import BROKEN
from tests.programme.broken_cells import Broken

from lotrinh.base.issues import DataError, Issue, IssueKind
from lotrinh.base.text import speaking
from lotrinh.programme.load import check, load

Facts = tuple[str, str, int | None, str, str]


def facts(issue: Issue) -> Facts:
    """Return what a case says of an issue; the folder itself is called FOLDER, wherever it lies."""
    place = issue.place
    file = place.file
    if "/" in file or "\\" in file:
        file = f"FOLDER[{place.sheet}]" if place.sheet else "FOLDER"
    return issue.kind.code, file, place.row, place.column, issue.value


def expected(case: Broken) -> Facts:
    return case.code, case.file, case.row, case.column, case.value


def test_there_are_many_kinds_of_broken_input() -> None:
    assert len({case.name for case in BROKEN}) == len(BROKEN) >= 70


def test_the_base_case_has_no_problem(tmp_path: Path) -> None:
    assert check(write_folder(base(), tmp_path / "folder")) == ()
    assert check(write_workbook(base(), tmp_path / "book.xlsx")) == ()
    assert load(tmp_path / "folder") == load(tmp_path / "book.xlsx")


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_one_problem_is_reported_alone(case: Broken, tmp_path: Path) -> None:
    tables = base()
    case.edit(tables)
    folder = write_folder(tables, tmp_path / "case")

    issues = check(folder)

    assert [facts(issue) for issue in issues] == [expected(case)], "\n".join(map(str, issues))
    if issues[0].is_error:
        with pytest.raises(DataError) as caught:
            load(folder)
        assert caught.value.issues == issues
    else:
        load(folder)


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    tables = base()
    together = [case for case in BROKEN if not case.alone]
    for case in together:
        case.edit(tables)

    found = {facts(issue) for issue in check(write_folder(tables, tmp_path / "case"))}

    missing = [case.name for case in together if expected(case) not in found]
    assert missing == []
    assert len(together) >= 60


def test_every_kind_of_problem_has_a_case() -> None:
    declared = {code for code in IssueKind.registry if code.startswith("P")}
    assert declared - {case.code for case in BROKEN} == {"P108"}  # no reader lets it through: see test_parse


def test_every_problem_can_be_shown_in_both_languages(tmp_path: Path) -> None:
    for number, case in enumerate(BROKEN):
        tables = base()
        case.edit(tables)
        for issue in check(write_folder(tables, tmp_path / str(number))):
            for language in ("en", "vi"):
                with speaking(language):
                    assert str(issue)
                    assert json.loads(json.dumps(issue.as_dict()))["code"] == case.code
                    assert "{" not in str(issue)


NEAREST = {
    "table misspelt": "mode_skills",
    "column misspelt": "cost_likely",
    "unit in capitals": "million",
    "no such kind": "partner",
    "unknown project of a flow": "P01",
    "no such scenario": "base",
    "uncertain in an unknown table": "gains",
    "uncertain in an unknown column": "depreciation",
    "uncertain for nobody": "C02",
}


@pytest.mark.parametrize("name", NEAREST)
def test_the_nearest_valid_name_is_told(name: str, tmp_path: Path) -> None:
    tables = base()
    next(case for case in BROKEN if case.name == name).edit(tables)
    assert check(write_folder(tables, tmp_path / "case"))[0].nearest == NEAREST[name]


SAID = {
    "ambiguous comma": "either 1234 or 1.234",
    "decimal comma": "4.5, with a decimal point",
    "a unit in the cell": "either 1.000 or 1000",
    "unknown unit": "one of million, thousand, billion",
    "share of 35": "a number from 0 to 1 (share of one)",
    "weight of zero": "a number above 0 and up to 1 (share of one)",
    "gain twice": "gains.csv:2:capability has it first",
    "mode of another project": "a mode of P04: P04-D",
    "too many machines": "at most 3, the units_max of E1",
    "mandatory too dear": "all of the budget of scenario low",
    "level beyond reach": "at most 1.5, the best that can be had of C02 before P03 starts",
    "uncertain for another table": "an id of the table gains",
    "factors the wrong way round": "at least 0.5, the value of low",
    "a number of another table": "for the table modes: duration, cost_likely",
    "less likely with time": "at least 0.1, the chance within 5 years",
    "a curve of two weights": "3, as threat.csv:4:weight has it",
    "no reason": "rows of this table without one: 2",
}


@pytest.mark.parametrize("name", SAID)
def test_what_was_expected_is_told(name: str, tmp_path: Path) -> None:
    tables = base()
    next(case for case in BROKEN if case.name == name).edit(tables)
    assert SAID[name] in str(check(write_folder(tables, tmp_path / "case"))[0])


def _bytes(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        file = folder / name
        file.write_bytes(change(file.read_bytes()))

    return edit


def _cut(folder: Path) -> None:
    (folder / "programme.toml").unlink()


FILES: dict[str, tuple[Callable[[Path], None], list[tuple[str, str, int | None]]]] = {
    "Latin-1 letters": (
        _bytes("places.csv", lambda data: data.replace(b"HN,expert", "HN,ex\u00e9pert".encode("latin-1"))),
        [("T030", "places.csv", 2)],
    ),
    "byte order mark": (_bytes("goals.csv", lambda data: b"\xef\xbb\xbf" + data), []),
    "UTF-16": (_bytes("goals.csv", lambda data: data.decode().encode("utf-16")), [("T031", "goals.csv", None)]),
    "semicolons": (_bytes("gains.csv", lambda data: data.replace(b",", b";")), []),
    "line ends of Windows": (_bytes("modes.csv", lambda data: data.replace(b"\n", b"\r\n")), []),
    "empty file": (_bytes("projects.csv", lambda data: b""), [("T004", "projects.csv", 1)]),
    "decimal comma that splits a cell": (
        _bytes("gains.csv", lambda data: data.replace(b"P03,C02,0.5", b"P03,C02,0,5")),
        [("T008", "gains.csv", 4)],
    ),
    "row cut short": (
        _bytes("gains.csv", lambda data: data.replace(b"P03,C02,0.5,expert", b"P03,C02")),
        [("T007", "gains.csv", 4)],
    ),
    "control character": (
        _bytes("projects.csv", lambda data: data.replace(b"P03,SENS", b"P03,SE\x07NS")),
        [("T002", "projects.csv", 4)],
    ),
    "start without quotation marks": (
        _bytes("programme.toml", lambda data: data.replace(b'"2027Q1"', b"2027Q1")),
        [("T020", "programme.toml", 5)],
    ),
    "no settings": (_cut, [("T012", "case", None)]),
}


@pytest.mark.parametrize("name", FILES)
def test_damaged_files_are_not_reported_twice(name: str, tmp_path: Path) -> None:
    edit, wanted = FILES[name]
    folder = write_folder(base(), tmp_path / "case")
    edit(folder)
    issues = check(folder)
    assert [(i.kind.code, i.place.file, i.place.row) for i in issues] == wanted, "\n".join(map(str, issues))


def _merge(book: openpyxl.Workbook) -> None:
    book["gains"].merge_cells("A2:A3")


def _formula(book: openpyxl.Workbook) -> None:
    book["modes"]["G2"] = "=1+3"


def _error(book: openpyxl.Workbook) -> None:
    book["modes"]["G2"] = "#REF!"


def _rename(book: openpyxl.Workbook) -> None:
    book["training"].title = "trainings"


def _number(book: openpyxl.Workbook) -> None:
    book["modes"]["D2"] = 6.5


def _truth(book: openpyxl.Workbook) -> None:
    book["modes"]["D2"] = True


BOOKS: dict[str, tuple[Callable[[openpyxl.Workbook], None], list[tuple[str, str, int | None, str]]]] = {
    "formula that was never calculated": (_formula, [("T045", "modes", 2, "cost_likely"), ("T047", "", None, "")]),
    "error value": (_error, [("T046", "modes", 2, "cost_likely")]),
    "sheet renamed": (_rename, [("P102", "trainings", None, "")]),
    "half a quarter": (_number, [("P115", "modes", 2, "duration")]),
    "yes for a number": (_truth, [("P111", "modes", 2, "duration")]),
}


@pytest.mark.parametrize("name", BOOKS)
def test_workbooks_are_placed_by_sheet(name: str, tmp_path: Path) -> None:
    edit, wanted = BOOKS[name]
    file = write_workbook(base(), tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(file)
    edit(book)
    book.save(file)
    issues = check(file)
    found = [(i.kind.code, i.place.sheet, i.place.row, i.place.column) for i in issues]
    assert found == wanted, "\n".join(map(str, issues))
    assert all(issue.place.file == "case.xlsx" for issue in issues)


def test_merged_cells_are_reported_first(tmp_path: Path) -> None:
    file = write_workbook(base(), tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(file)
    _merge(book)
    book.save(file)
    assert check(file)[0].kind.code == "T044"
