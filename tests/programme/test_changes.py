"""What-if: a programme after the changes of small files, and what is said where a change cannot be made."""

from __future__ import annotations

import csv
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.plan.builders import build
from tests.programme.base_case import base, write_folder, write_workbook
from tests.programme.edits import head

from lotrinh.base.calendar import Quarter
from lotrinh.base.examples import example
from lotrinh.base.issues import DataError, Issue, IssueKind, UsageError
from lotrinh.base.text import speaking
from lotrinh.programme.alter import matches
from lotrinh.programme.change import Change
from lotrinh.programme.changes import changed
from lotrinh.programme.columns import Entity
from lotrinh.programme.load import check, load
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.programme.unparse import unparse
from lotrinh.tables.files import read

HEADER = ("table", "row", "column", "change", "value", "reason")
Row = Sequence[str]


def write(file: Path, *rows: Row, delimiter: str = ",") -> Path:
    """Write a change file; what a row leaves out at its end is empty."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows([*row, *[""] * (len(HEADER) - len(row))] for row in rows)
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(base(), tmp_path / "case")


def after(folder: Path, *rows: Row) -> Programme:
    return load(folder, write(folder.parent / "what-if.csv", *rows))


def problems(folder: Path, *rows: Row) -> tuple[Issue, ...]:
    return check(folder, write(folder.parent / "what-if.csv", *rows))


def of(issue: Issue) -> tuple[str, str, int | None, str, str]:
    place = issue.place
    return issue.kind.code, place.file, place.row, place.column, issue.value


# What a change does


def test_no_change_is_the_same_programme(folder: Path) -> None:
    same = after(folder)
    assert same == load(folder)
    assert same.fingerprint == load(folder).fingerprint
    assert same.changes == ()


def test_a_changed_programme_is_another_and_says_by_what(folder: Path) -> None:
    found = after(folder, ("budget", "base/2029", "amount", "scale", "0.7", "a cut"))
    assert found.fingerprint != load(folder).fingerprint
    assert found.changes == (
        Change(table="budget", row="base/2029", column="amount", change="scale", value="0.7", reason="a cut",
               file="what-if.csv"),
    )  # fmt: skip
    assert list(found.changes[0].as_dict()) == ["file", *HEADER]
    assert found != load(folder)
    assert found == dataclasses.replace(found, changes=())


def test_values_are_set_scaled_and_added_to(folder: Path) -> None:
    found = after(
        folder,
        ("modes", "P01-D", "cost_likely", "set", "4.5"),
        ("modes", "P01-D", "kind", "", "partner"),  # an empty word means set
        ("modes", "P01-P", "cost_likely", "scale", "1.2"),
        ("modes", "P01-P", "duration", "scale", "1.2"),  # 4.8 quarters are 5
        ("modes", "P03-B", "maturing", "set", "5%"),
        ("modes", "P03-B", "maturing", "add", "5%"),
        ("equipment", "E1", "lead_time", "add", "-1"),
        ("equipment", "E1", "hosts", "set", "O01;O03"),
        ("equipment", "E2", "remote", "set", "0"),
        ("projects", "P02", "earliest", "add", "3"),
        ("projects", "P02", "latest", "set", ""),
        ("frontier", "C01/2031", "year", "add", "1"),
        ("programme", "", "carry_over", "set", "0.1"),
        ("programme", "base-case", "terminal", "scale", "2"),  # stands in no line: twice its default
        ("suppliers", "F01", "until", "set", "2029Q4"),
    )
    mode, other, bought = (found.modes.of(id) for id in ("P01-D", "P01-P", "P03-B"))
    assert (mode.cost_likely, mode.kind) == (4.5, "partner")
    assert (other.cost_likely, other.duration) == (6.0, 5)
    assert bought.maturing == 0.1
    assert (found.equipment.of("E1").lead_time, found.equipment.of("E1").hosts) == (3, ("O01", "O03"))
    assert not found.equipment.of("E2").remote
    assert (found.projects.of("P02").earliest, found.projects.of("P02").latest) == (Quarter(2028, 2), None)
    assert [row.year for row in found.frontier] == [2027, 2032]
    assert (found.settings.carry_over, found.settings.terminal) == (0.1, 6.0)
    assert [row.until for row in found.suppliers] == [Quarter(2029, 4), None]


@pytest.mark.parametrize(
    ("row", "changed_rows"),
    [
        ("base/2029", 1),
        ("*/2029", 2),
        ("base/*", 5),
        ("*", 10),
        ("base/2029; low/2029", 2),
        ("base/2029;base/*", 5),  # each row once
        ("b*/202*", 3),
        ("year=2029", 2),
        ("scenario = l*; base/2030", 6),
    ],
)
def test_rows_are_chosen_by_key_pattern_list_and_column(folder: Path, row: str, changed_rows: int) -> None:
    found = after(folder, ("budget", row, "amount", "add", "1"))
    before = load(folder)
    moved = [new.amount - old.amount for new, old in zip(found.budget, before.budget, strict=True)]
    assert sorted(moved, reverse=True) == [1.0] * changed_rows + [0.0] * (10 - changed_rows)


def test_a_condition_looks_into_lists_of_ids(folder: Path) -> None:
    found = after(folder, ("equipment", "hosts=O02", "units_max", "set", "9"))
    assert [row.units_max for row in found.equipment] == [3, 9]


def test_cells_that_are_empty_are_passed_over(folder: Path) -> None:
    found = after(folder, ("equipment", "*", "cost_high", "scale", "2"))
    assert [row.cost_high for row in found.equipment] == [4.0, None]


def test_units_are_those_of_the_change_and_of_the_table(tmp_path: Path) -> None:
    tables = base()
    head("budget", "amount", "amount [thousand]")(tables)
    head("equipment", "lead_time", "lead_time [month]")(tables)
    for row in tables["budget"]:
        row["amount [thousand]"] = "15000"
    for row in tables["equipment"]:
        row["lead_time [month]"] = "6"
    folder = write_folder(tables, tmp_path / "case")
    found = after(
        folder,
        ("budget", "base/2027", "amount", "set", "12"),
        ("budget", "base/2028", "amount [billion]", "set", "0.02"),
        ("budget", "base/2029", "amount [thousand]", "add", "500"),
        ("budget", "base/2030", "amount", "scale", "50%"),
        ("equipment", "E1", "lead_time [year]", "add", "1"),
        ("equipment", "E2", "lead_time", "add", "1"),
        ("gates", "P01-D/1", "chance [%]", "set", "7"),
    )
    assert [row.amount for row in found.budget if row.scenario == "base"] == [12, 20, 15.5, 7.5, 15]
    assert [row.lead_time for row in found.equipment] == [6, 3]
    assert found.gates[0].chance == 0.07


# Order


def test_changes_are_made_one_after_the_other(folder: Path) -> None:
    cut, more = ("budget", "base/2029", "amount", "scale", "0.5"), ("budget", "base/2029", "amount", "add", "4")
    first, second = write(folder.parent / "a.csv", cut), write(folder.parent / "b.csv", more)

    def amount(programme: Programme) -> float:
        return next(row.amount for row in programme.budget if (row.scenario, row.year) == ("base", 2029))

    assert amount(load(folder, first, second)) == 11.5
    assert amount(load(folder, second, first)) == 9.5
    assert amount(load(folder, first, first)) == 3.75
    assert amount(after(folder, cut, more)) == 11.5
    assert [change.file for change in load(folder, first, second).changes] == ["a.csv", "b.csv"]


def test_a_later_file_sees_what_an_earlier_one_inserted(folder: Path) -> None:
    new = write(folder.parent / "a.csv", ("suppliers", "F03", "country", "insert", "India"))
    later = write(folder.parent / "b.csv", ("suppliers", "F03", "until", "set", "2030Q1"))
    assert load(folder, new, later).suppliers.of("F03").until == Quarter(2030, 1)
    assert [of(issue) for issue in check(folder, later, new)] == [("C102", "b.csv", 2, "row", "F03")]
    assert [of(issue) for issue in check(folder, new, new)] == [("C108", "a.csv", 2, "row", "F03")]


# Insert and remove


def test_a_row_is_inserted_column_by_column(folder: Path) -> None:
    found = after(
        folder,
        ("suppliers", "F03", "", "insert", "", "a new partner"),
        ("suppliers", "F03", "country", "insert", "India"),
        ("suppliers", "F03", "risk", "set", "low"),
        ("reliance", "P02-D/F03", "share", "insert", "10%"),
    )
    row = found.suppliers.of("F03")
    assert (row.country, row.risk, row.evidence, row.reason) == ("India", "low", "assumption", "a new partner")
    assert [(r.mode, r.supplier, r.share) for r in found.reliance][-1] == ("P02-D", "F03", 0.1)
    assert found.raw.names() == load(folder).raw.names()


def test_a_table_that_was_not_there_gets_its_first_row(tmp_path: Path) -> None:
    tables = base()
    del tables["equipment_stock"]
    found = after(write_folder(tables, tmp_path / "case"), ("equipment_stock", "E1/HN", "units", "insert", "2"))
    assert [(row.equipment, row.place, row.units) for row in found.equipment_stock] == [("E1", "HN", 2)]


def test_a_row_may_be_removed_and_inserted_anew(folder: Path) -> None:
    found = after(
        folder,
        ("suppliers", "F01", "", "remove"),
        ("suppliers", "F01", "country", "insert", "Norway"),
        ("equipment_supply", "*/F02", "", "remove"),
        ("equipment_supply", "E1/F01", "share", "set", "1"),
    )
    assert [row.country for row in found.suppliers] == ["Japan", "Norway"]


def test_what_belongs_to_a_removed_row_goes_with_it(folder: Path) -> None:
    found = after(folder, ("projects", "P03", "", "remove", "", "dropped"))
    assert found.projects.ids == ("P01", "P02", "P04")
    for name in ("modes", "gains", "prerequisites", "project_partners", "project_links"):
        assert "P03" not in {row.project for row in getattr(found, name)}, name
        assert getattr(load(folder), name), name
    for name in ("gates", "mode_skills", "mode_equipment", "reliance"):
        assert "P03-B" not in {row.mode for row in getattr(found, name)}, name


def test_what_is_said_of_the_uncertainty_of_a_removed_row_goes_with_it(folder: Path) -> None:
    said = lambda programme: [(row.of, row.row) for row in programme.uncertain]  # noqa: E731
    before = said(load(folder))
    assert said(after(folder, ("projects", "P03", "", "remove"))) == [row for row in before if row[1] != "P03-B"]
    assert said(after(folder, ("gains", "P01/C03", "", "remove"))) == before
    left = [row for row in before if row != ("gains", "P01")]
    assert said(after(folder, ("gains", "P01/*", "", "remove"), ("prerequisites", "P02/*", "", "remove"))) == left


def test_the_range_of_every_row_is_changed_by_its_key(folder: Path) -> None:
    found = after(folder, ("uncertain", "modes/*/duration", "high", "scale", "2"))
    assert [row.high for row in found.uncertain if row.of == "modes"] == [1.5, 3]
    (issue,) = problems(folder, ("uncertain", "skills/*/loss", "low", "insert", "0.5"))
    assert of(issue) == ("C103", "what-if.csv", 2, "row", "skills/*/loss")  # a key with * is no key of one row


def test_what_needs_a_removed_row_is_a_problem_of_the_removal(folder: Path) -> None:
    issues = problems(folder, ("places", "HCM", "", "remove"), ("projects", "P01", "", "remove"))
    assert {of(issue) for issue in issues} == {
        ("C110", "what-if.csv", 2, "row", "HCM"),
        ("C110", "what-if.csv", 3, "row", "P01"),
    }
    told = "\n".join(map(str, issues))
    for place in ("organisations.csv:3:place", "training.csv:2:project", "migration.csv:2:projects"):
        assert place in told
    assert [str(issue).count("project_links.csv") for issue in issues].count(1) == 2  # P02 and P03 wait for P01
    mended = (
        ("projects", "P01", "", "remove"),
        ("project_links", "*/P01", "", "remove"),
        ("training", "T1", "project", "set", ""),
        ("migration", "M1", "projects", "set", ""),
        ("prerequisites", "*", "", "remove"),
    )
    assert [issue.kind.code for issue in problems(folder, *mended) if issue.is_error] == []


def test_owners_are_declared_for_every_table_that_has_one() -> None:
    owners = {name: entity.owner for name, entity in Entity.registry.items() if entity.owner}
    assert owners["modes"] == owners["gains"] == owners["project_links"] == owners["locks"] == "project"
    assert owners["gates"] == owners["reliance"] == "mode"
    assert "projects" not in owners  # a project belongs to no field: it could be moved to another
    for name, owner in owners.items():
        assert Entity.registry[name].column(owner).ref, name


# What is wrong with a change

WRONG: dict[str, tuple[Row, tuple[str, str, str]]] = {
    "table that is not there": (("budgets", "base/2029", "amount", "set", "1"), ("P117", "table", "budgets")),
    "no table": (("", "base/2029", "amount", "set", "1"), ("P110", "table", "")),
    "word that is not there": (("budget", "*", "amount", "multiply", "2"), ("P117", "change", "multiply")),
    "column that is not there": (("budget", "*", "amuont", "set", "2"), ("C101", "column", "amuont")),
    "no column": (("budget", "*", "", "set", "2"), ("C101", "column", "")),
    "column of a condition": (("budget", "jahr=2029", "amount", "set", "2"), ("C101", "row", "jahr")),
    "row that is not there": (("budget", "bsae/2029", "amount", "set", "2"), ("C102", "row", "bsae/2029")),
    "one of several rows": (("modes", "P01-D;P77-D", "duration", "set", "2"), ("C102", "row", "P77-D")),
    "pattern without rows": (("budget", "b*/2020", "amount", "set", "2"), ("C102", "row", "b*/2020")),
    "condition without rows": (("suppliers", "country=Peru", "risk", "set", "low"), ("C102", "row", "country=Peru")),
    "another programme": (("programme", "other", "discount", "set", "0"), ("C102", "row", "other")),
    "no row": (("budget", "", "amount", "set", "2"), ("C103", "row", "")),
    "half a key": (("budget", "2029", "amount", "set", "2"), ("C103", "row", "2029")),
    "too long a key": (("modes", "P01/D", "duration", "set", "2"), ("C103", "row", "P01/D")),
    "pattern to insert": (("suppliers", "F*", "", "insert"), ("C103", "row", "F*")),
    "word to scale": (("modes", "P01-D", "kind", "scale", "2"), ("C104", "column", "kind")),
    "date to scale": (("projects", "P02", "earliest", "scale", "2"), ("C104", "column", "earliest")),
    "id to add to": (("modes", "P01-D", "project", "add", "1"), ("C104", "column", "project")),
    "nothing to scale": (("equipment", "E2", "cost_low", "scale", "2"), ("C105", "row", "E2")),
    "no effect": (("equipment", "E*", "cost_likely", "scale", "100%"), ("C106", "value", "100%")),
    "rounded to nothing": (("equipment", "E1", "units_max", "scale", "0.9"), ("C106", "value", "0.9")),
    "removal with a column": (("gates", "*", "chance", "remove"), ("C107", "column", "chance")),
    "removal with a value": (("gates", "*", "", "remove", "1"), ("C107", "value", "1")),
    "inserted twice": (("suppliers", "F01", "risk", "insert", "low"), ("C108", "row", "F01")),
    "value without its column": (("suppliers", "F03", "", "insert", "low"), ("C101", "column", "")),
    "settings removed": (("programme", "", "", "remove"), ("C109", "change", "remove")),
    "removed and needed": (("skills", "SK2", "", "remove"), ("C110", "row", "SK2")),
    "word for a number": (("modes", "P01-D", "duration", "set", "long"), ("P111", "value", "long")),
    "decimal comma": (("modes", "P01-D", "cost_likely", "set", "4,5"), ("P112", "value", "4,5")),
    "decimal comma of a factor": (("modes", "P01-D", "cost_likely", "scale", "0,5"), ("P112", "value", "0,5")),
    "factor below nought": (("modes", "P01-D", "cost_likely", "scale", "-30%"), ("P116", "value", "-30%")),
    "no factor": (("modes", "P01-D", "cost_likely", "scale", ""), ("P110", "value", "")),
    "no number for a required cell": (("modes", "P01-D", "cost_likely", "set", ""), ("P110", "value", "")),
    "beyond its bounds": (("gates", "P01-D/1", "chance", "scale", "2"), ("P116", "value", "1.8")),
    "below its bounds": (("equipment", "E1", "lead_time", "add", "-5"), ("P116", "value", "-1")),
    "half a quarter": (("equipment", "E1", "lead_time", "add", "0.5"), ("P115", "value", "4.5")),
    "half a quarter of a date": (("projects", "P02", "earliest", "add", "0.5"), ("P115", "value", "0.5")),
    "date beyond all": (("projects", "P02", "earliest", "add", "9999999"), ("P120", "value", "2502027Q2")),
    "choice that is not there": (("modes", "P01-D", "kind", "set", "foreign"), ("P117", "value", "foreign")),
    "unit that is not there": (("budget", "*", "amount [Million]", "set", "2"), ("P106", "column", "Million")),
    "unit of something else": (("budget", "*", "amount [year]", "set", "2"), ("P107", "column", "year")),
    "thousands": (("budget", "base/2029", "amount", "set", "1.500"), ("P125", "value", "1.500")),
    "id that is not there": (("projects", "P01", "lead", "set", "O09"), ("P203", "value", "O09")),
    "shares above one": (("reliance", "P01-P/F01", "share", "set", "0.95"), ("P306", "value", "1.05")),
    "key that is taken": (("skills", "SK2", "skill", "set", "SK1"), ("P201", "value", "SK1")),
    "inserted row not filled": (("reliance", "P02-D/F01", "", "insert"), ("P110", "share", "")),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_change_that_cannot_be_made_is_reported_in_its_file(kind: str, folder: Path) -> None:
    row, (code, column, value) = WRONG[kind]
    issues = problems(folder, row)
    assert (code, "what-if.csv", 2, column, value) in map(of, issues), "\n".join(map(str, issues))
    if code.startswith("C") or code < "P2":
        others = {of(issue)[1] for issue in issues} - {"what-if.csv"}
        assert not others, "\n".join(map(str, issues))
    for issue in issues:
        for language in ("en", "vi"):
            with speaking(language):
                assert "{" not in str(issue)
                assert issue.as_dict()["code"]


def test_every_kind_of_problem_with_changes_has_a_case() -> None:
    declared = {code for code in IssueKind.registry if code.startswith("C")}
    assert declared == {code for _, (code, _, _) in WRONG.values() if code.startswith("C")}


NEAREST = {
    "table that is not there": "budget",
    "column that is not there": "amount",
    "row that is not there": "base/2029",
    "one of several rows": "P04-D",
}


@pytest.mark.parametrize("kind", NEAREST)
def test_the_nearest_name_is_told(kind: str, folder: Path) -> None:
    assert problems(folder, WRONG[kind][0])[0].nearest == NEAREST[kind]


def test_all_problems_are_told_at_once(folder: Path) -> None:
    (folder / "goals.csv").write_text("goal,weight,evidence\nG1,0.6,expert\nG2,much,expert\n", encoding="utf-8")
    rows = [row for row, (code, _, _) in WRONG.values() if code.startswith("C") and code not in ("C106", "C110")]
    issues = problems(folder, *rows)
    assert [issue.place.row for issue in issues[:-1]] == list(range(2, len(rows) + 2))
    assert of(issues[-1]) == ("P111", "goals.csv", 3, "weight", "much")


def test_a_change_that_cannot_be_made_brings_no_problems_that_only_follow(folder: Path) -> None:
    issues = problems(
        folder, ("suppliers", "F03", "kind", "insert", "planet"), ("reliance", "P02-D/F03", "share", "insert", "0.1")
    )
    assert [of(issue) for issue in issues] == [("P117", "what-if.csv", 2, "value", "planet")]


def test_a_change_can_mend_a_cell(folder: Path) -> None:
    (folder / "goals.csv").write_text("goal,weight,evidence\nG1,0.6,expert\nG2,much,expert\n", encoding="utf-8")
    assert problems(folder, ("goals", "G2", "weight", "set", "0.4")) == ()


def test_what_the_base_lacks_is_said_once(folder: Path) -> None:
    (folder / "budget.csv").unlink()
    assert [issue.kind.code for issue in problems(folder, ("budget", "base/2029", "amount", "scale", "2"))] == ["P101"]


def test_a_doubt_about_a_value_is_told_once(folder: Path) -> None:
    assert [of(issue)[0] for issue in problems(folder, WRONG["thousands"][0])] == ["P125"]
    twice = ("equipment", "E1", "hosts", "set", "O01;O01")
    assert [of(issue) for issue in problems(folder, twice)][:1] == [("P122", "what-if.csv", 2, "value", "O01;O01")]


# Hostile files


def test_other_separators_and_encodings_are_read(folder: Path) -> None:
    row = ("budget", "base/2029", "amount", "scale", "0.7")
    wanted = after(folder, row)
    for delimiter in ";\t":
        assert load(folder, write(folder.parent / "d.csv", row, delimiter=delimiter)) == wanted
    text = (folder.parent / "what-if.csv").read_text(encoding="utf-8")
    (folder.parent / "u.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(folder, folder.parent / "u.csv") == wanted


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", {"T004"}),
        (b"\x00\xff\xfe\x01" * 100, {"T030", "T032", "P103", "P104", "T002"}),
        (b"table|row|column|change|value\nbudget|*|amount|set|1\n", {"P103", "P104"}),
        (b'table,row\nbudget,"*\n', {"T033"}),
        (b"table,row,column,value,value\nbudget,*,amount,1,2\n", {"T006"}),
        (b"table,row,column,change,values\nbudget,*,amount,set,1\n", {"P104"}),
        (b"table,row,column,change,value\nbudget,*,amount,set,9" + b"9" * 200_000, {"T003", "P114"}),
        ("table,row,column,change,value\nbudget,*,amount\u202e,set,9\n".encode(), {"P123"}),
    ],
)
def test_damaged_files_lead_to_a_list_of_problems(content: bytes, codes: set[str], folder: Path) -> None:
    file = folder.parent / "what-if.csv"
    file.write_bytes(content)
    issues = check(folder, file)
    errors = [issue for issue in issues if issue.is_error]
    assert errors
    assert {issue.kind.code for issue in issues} <= codes, "\n".join(map(str, issues))
    assert {issue.place.file for issue in issues} == {"what-if.csv"}
    with pytest.raises(DataError):
        load(folder, file)


def test_a_huge_file_ends_in_time(folder: Path) -> None:
    rows = [("budget", "base/2029", "amount", "add", "1")] * 3000 + [
        ("budget", "bsae/2029", "amount", "add", "1")
    ] * 3000
    began = time.perf_counter()
    issues = problems(folder, *rows)
    assert sum(issue.kind.code == "C102" for issue in issues) == 3000
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize("name", ["absent.csv", "case", "book.xlsx"])
def test_what_is_no_change_file_is_refused(name: str, folder: Path) -> None:
    write_workbook(base(), folder.parent / "book.xlsx")
    with pytest.raises(UsageError):
        load(folder, folder.parent / name)


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("P01", "P01", True),
        ("P01", "P012", False),
        ("P*", "P", True),
        ("*1", "P01", True),
        ("P*1", "P1", True),
        ("P1*1", "P1", False),
        ("*0*1*", "P01-D", True),
        ("*1*0*", "P01-D", False),
        ("*", "", True),
        ("a*b*a", "aba", True),
        ("ab*ba", "aba", False),
        ("[a].", "[a].", True),
    ],
)
def test_patterns(pattern: str, text: str, wanted: bool) -> None:
    assert matches(pattern, text) is wanted


def test_patterns_take_no_time() -> None:
    assert not matches("*a" * 50_000 + "b", "a" * 100_000)


# Other forms of a programme


def test_a_workbook_is_changed_as_its_folder_is(tmp_path: Path) -> None:
    folder, book = write_folder(base(), tmp_path / "case"), write_workbook(base(), tmp_path / "book.xlsx")
    file = write(
        tmp_path / "what-if.csv",
        ("budget", "*/2029", "amount", "scale", "0.7"),
        ("gates", "P01-D/2", "chance", "set", "75%"),
        ("programme", "", "goes_on_without", "set", "0.3"),
        ("projects", "P03", "", "remove"),
        ("reliance", "P02-D/F01", "share", "insert", "0.1"),
    )
    assert load(book, file) == load(folder, file)
    assert load(book, file).fingerprint == load(folder, file).fingerprint


def test_a_programme_in_parts_is_changed_in_every_part() -> None:
    vietnam = example("vietnam")
    before, found = load(vietnam), load(vietnam, vietnam / "what-if" / "budget-cut.csv")
    for old, new in zip(before.budget, found.budget, strict=True):
        assert new.amount == pytest.approx(old.amount * (0.7 if old.year == 2029 else 1), rel=1e-12)
    assert {row.scenario for row in before.budget} == {"base", "low", "high"}


# In memory


def test_a_programme_is_changed_in_memory(folder: Path) -> None:
    rows = (("projects", "P03", "mandatory", "set", "1"), ("directives", "D1", "kind", "set", "watch"))
    before, wanted = load(folder), after(folder, *rows)
    found = changed(before, [Change(**dict(zip(HEADER, row, strict=False))) for row in rows])
    assert found == wanted
    assert found.fingerprint == wanted.fingerprint
    assert [change.file for change in found.changes] == ["", ""]
    assert before == load(folder)
    again = changed(found, [Change(table="directives", row="D1", column="kind", value="hard")])
    assert again.directives == before.directives
    assert len(again.changes) == 3
    assert parse(again.raw)[0] == again


def test_all_errors_of_changes_in_memory_are_raised(folder: Path) -> None:
    before = load(folder)
    for changes in (
        [Change(table="projects", row="P99", column="mandatory", value="1"), Change(table="modes", row="P01-D")],
        [Change(table="projects", row="P01", change="remove")],
        [Change(table="reliance", row="P01-P/F01", column="share", value="0.95")],
        [Change(table="project", row="P01", column="mandatory", value="1")],
    ):
        with pytest.raises(DataError) as caught:
            changed(before, changes)
        assert all(issue.place.file == "changes" for issue in caught.value.issues)


def test_only_problems_that_changes_bring_are_raised() -> None:
    made = build(["P", "Q"], project_links=[("Q", "P")])  # without skills, which no file could be
    found = changed(made, [Change(table="projects", row="Q", column="mandatory", value="1")])
    assert found.projects.of("Q").mandatory
    assert dataclasses.replace(found, projects=made.projects) == made
    with pytest.raises(DataError):
        changed(made, [Change(table="projects", row="P", change="remove")])


@pytest.mark.parametrize("case", ["small", "vietnam"])
def test_the_way_back_from_a_programme(case: str) -> None:
    programme = load(example(case))
    assert parse(unparse(programme))[0] == programme
    assert changed(programme, []).fingerprint == programme.fingerprint


def test_a_change_in_memory_takes_no_time() -> None:
    programme = load(example("vietnam"))
    change = Change(table="directives", row="D02", column="kind", value="watch")
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        changed(programme, [change])
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.3


# The examples

EXAMPLES = sorted((example("vietnam") / "what-if").glob("*.csv"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_pass_and_give_reasons(file: Path) -> None:
    found = load(example("vietnam"), file)
    assert all(change.reason and change.file == file.name for change in found.changes)
    assert found.fingerprint != load(example("vietnam")).fingerprint
    assert not [issue for issue in check(example("vietnam"), file) if issue.place.file == file.name]


def test_the_examples_can_be_stacked_and_are_no_tables() -> None:
    assert len(EXAMPLES) == 4
    assert len(load(example("vietnam"), *EXAMPLES).changes) == 7
    assert "what-if" not in " ".join(read(example("vietnam")).names())


def test_the_supplier_that_goes_is_the_one_most_relied_on() -> None:
    found = load(example("vietnam"), example("vietnam") / "what-if" / "supplier-gone.csv")
    cost = {row.mode: row.cost_likely for row in found.modes}
    relied: dict[str, float] = {}
    for row in found.reliance:
        relied[row.supplier] = relied.get(row.supplier, 0.0) + row.share * cost[row.mode]
    assert [row.supplier for row in found.suppliers if row.until] == [max(relied, key=relied.__getitem__)]
