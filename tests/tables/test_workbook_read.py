"""Reading a workbook, sound or not."""

import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from tests.tables.books import MAIN, PROGRAMME, book, header, sheet, text

from lotrinh.base.issues import UsageError
from lotrinh.tables import workbook_read, xlsx_scan
from lotrinh.tables.raw import RawTable, RawTables
from lotrinh.tables.workbook import read_workbook

GOALS = header("goal", "weight")


def issues(raw: RawTables) -> list[tuple[str, str, int | None, str, str]]:
    return [(i.kind.code, i.place.sheet, i.place.row, i.place.column, i.value) for i in raw.issues]


def goals(path: Path, rows: str, **more: str) -> tuple[RawTable | None, list]:
    """Read a table of which only the rows are given."""
    raw = read_workbook(book(path / "b.xlsx", {"goals": sheet(rows, **more)}))
    found = raw.parts("goals")
    return (found[0] if found else None), issues(raw)


def test_a_plain_workbook(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        settings = made.add_worksheet("programme")
        for row, cells in enumerate(
            [("Meaning", "Key", "unit", "Value"), ("x", "start", "", "2027Q1"), (), ("", "n", "", 4)]
        ):
            settings.write_row(row, 0, cells)
        made.add_worksheet("_guide").write(0, 0, "=1+")
        made.add_worksheet("Sheet3")
        sheet = made.add_worksheet("budget.low")
        sheet.write_row(0, 0, (" year\u00a0", "amount", 2027))
        sheet.write_row(2, 0, (2027, "0.5", True))
        sheet.write_row(4, 0, ("  e\u0302\u0301\n", "", ""))
        sheet.write_datetime(5, 0, datetime.datetime(2027, 1, 5), date)
        sheet.write_datetime(5, 1, datetime.datetime(2027, 1, 5, 6, 30), made.add_format({"num_format": "d/m/y hh:mm"}))
        sheet.write_formula(5, 2, "=1+1", None, 2)
        made.calc_on_load = False
    raw = read_workbook(path)
    assert raw.issues == ()
    settings, budget = raw.tables
    assert settings.upright
    assert (settings.header, settings.rows, settings.row_numbers) == (("start", "n"), (("2027Q1", 4.0),), (2, 4))
    assert str(settings.place(0, 1)) == "b.xlsx[programme]:4:n"
    assert (budget.name, budget.part, budget.file, budget.sheet) == ("budget", "low", "b.xlsx", "budget.low")
    assert budget.header == ("year", "amount", "2027")
    assert budget.rows == ((2027.0, "0.5", True), ("ế", "", ""), ("2027-01-05", "2027-01-05T06:30:00", 2.0))
    assert budget.row_numbers == (3, 5, 6)
    assert str(budget.place(2, 1)) == "b.xlsx[budget.low]:6:amount"


def test_cells_that_a_program_would_misread(tmp_path: Path) -> None:
    rows = (
        f'{GOALS}<row r="2">{text("A2", "G1")}<c r="B2"><f>1+1</f></c></row>'
        '<row r="3"><c r="A3"><f>1</f><v></v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="4"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4"><v>1</v></c></row>'
        '<row r="5"><c r="A5" t="e"><v>#REF!</v></c><c r="D5"><v>9</v></c></row>'
    )
    table, found = goals(tmp_path, rows, after='<mergeCells><mergeCell ref="A2:B3"/></mergeCells>')
    assert table is not None
    assert found == [
        ("T008", "goals", 5, "C", "9.0"),
        ("T044", "goals", 2, "goal", "A2:B3"),
        ("T045", "goals", 2, "weight", "B2"),
        ("T045", "goals", 3, "goal", "A3"),
        ("T046", "goals", 3, "weight", "#DIV/0!"),
        ("T046", "goals", 5, "goal", "#REF!"),
    ]


def test_what_stands_beside_the_settings_is_not_read(tmp_path: Path) -> None:
    cells = text("A2", "a") + '<c r="B2"><v>1</v></c><c r="C2"><f>1</f></c>'
    rows = f'{header("key", "value", "unit")}<row r="2">{cells}</row>'
    after = '<mergeCells><mergeCell ref="C1:D1"/></mergeCells>'
    raw = read_workbook(book(tmp_path / "b.xlsx", {"programme": sheet(rows, after)}))
    assert issues(raw) == []
    rows = rows.replace("<v>1</v>", "<f>1</f>")
    raw = read_workbook(book(tmp_path / "b.xlsx", {"programme": sheet(rows)}))
    assert issues(raw) == [("T045", "programme", 2, "value", "B2")]


def test_settings_have_their_form(tmp_path: Path) -> None:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c><c r="B{0}"><v>{0}</v></c></row>'
    rows = header("key", "value") + row.format(2, "a") + row.format(3, "a") + row.format(4, " ")
    raw = read_workbook(book(tmp_path / "b.xlsx", {"programme": sheet(rows)}))
    assert issues(raw) == [("T014", "programme", 3, "a", ""), ("T015", "programme", 4, "", "4")]
    assert raw.tables[0].rows == ((2.0,),)
    raw = read_workbook(book(tmp_path / "b.xlsx", {"programme": sheet(header("programme", "start"))}))
    assert issues(raw) == [("T013", "programme", 1, "", "programme, start")]
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(GOALS), "programme": sheet("")}))
    assert [code for code, *_ in issues(raw)] == []
    with xlsxwriter.Workbook(str(tmp_path / "c.xlsx")) as made:
        made.add_worksheet("goals").write(0, 0, "goal")
    assert [code for code, *_ in issues(read_workbook(tmp_path / "c.xlsx"))] == ["T012"]
    with xlsxwriter.Workbook(str(tmp_path / "d.xlsx")) as made:
        made.add_worksheet("goals")
    assert [code for code, *_ in issues(read_workbook(tmp_path / "d.xlsx"))] == ["T011"]


def test_the_header_is_the_first_row(tmp_path: Path) -> None:
    assert goals(tmp_path, f'<row r="2">{text("A2", "goal")}</row>')[1] == [("T004", "goals", 1, "", "")]
    table, found = goals(tmp_path, f'<row r="1">{text("B1", "goal")}</row><row r="2"><c r="B2"><v>1</v></c></row>')
    assert found == [("T005", "goals", 1, "A", "")]
    assert table is not None
    assert (table.header, table.rows) == (("goal",), ((1.0,),))


def test_other_ways_to_write_the_same(tmp_path: Path) -> None:
    prefixed = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row>'
        "<x:row><x:c><x:v>2</x:v></x:c><x:c><x:f>1</x:f></x:c></x:row></x:sheetData></x:worksheet>"
    )
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": prefixed}))
    assert issues(raw) == [("T045", "goals", 2, "B", "B2")]
    assert raw.parts("goals")[0].rows == ((2.0,),)


def test_values_that_may_be_old(tmp_path: Path) -> None:
    rows = f'{GOALS}<row r="2"><c r="A2"><f>1</f><v>1</v></c></row>'
    calculation = '<calcPr calcId="1" fullCalcOnLoad="1"/>'
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(rows)}, calculation=calculation))
    assert issues(raw) == [("T047", "", None, "", "")]
    assert not raw.issues[0].is_error
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)}, calculation=calculation))
    assert issues(raw) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "T040"),
        (b"goal,weight\nG1,1\n", "T040"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "T040"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "T041"),
        (b"PK\x03\x04 and nothing more", "T042"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(data)
    raw = read_workbook(path)
    assert raw.tables == ()
    assert [issue.kind.code for issue in raw.issues] == [code]


def test_paths_of_no_use(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.xlsx"):
        with pytest.raises(UsageError):
            read_workbook(path)


def test_another_kind_of_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert [code for code, *_ in issues(read_workbook(tmp_path / "b.xlsx"))] == ["T040"]


@pytest.mark.parametrize("part", ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_damaged_parts(tmp_path: Path, part: str) -> None:
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)}, **{part: "<a><b></a>"}))
    assert [code for code, *_ in issues(raw)] == ["T042"]


def test_an_unknown_encoding(tmp_path: Path) -> None:
    xml = f'<?xml version="1.0" encoding="UTF-99"?><worksheet xmlns="{MAIN}"/>'
    assert [code for code, *_ in issues(read_workbook(book(tmp_path / "b.xlsx", {"goals": xml})))] == ["T042"]


def test_every_truncation_is_survived(tmp_path: Path) -> None:
    whole = book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)}).read_bytes()
    for length in range(0, len(whole), 37):
        (tmp_path / "b.xlsx").write_bytes(whole[:length])
        assert any(issue.is_error for issue in read_workbook(tmp_path / "b.xlsx").issues)


def test_flipped_bytes_are_survived(tmp_path: Path) -> None:
    whole = book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)}).read_bytes()
    tables = read_workbook(tmp_path / "b.xlsx").tables
    for at in range(0, len(whole), 11):
        (tmp_path / "b.xlsx").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        found = read_workbook(tmp_path / "b.xlsx")
        assert found.issues or found.tables == tables, f"byte {at} changed what is read, and nobody is told"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entity_bombs_are_refused(tmp_path: Path, part: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    xml = f'{bomb}<worksheet xmlns="{MAIN}"><sheetData><row r="1">{text("A1", "&b;")}</row></sheetData></worksheet>'
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)}, **{part: xml}))
    assert [code for code, *_ in issues(raw)] == ["T042"]
    assert "document type" in str(raw.issues[0])


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "CVF9999"])
def test_a_far_cell_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: str) -> None:
    monkeypatch.setattr(workbook_read, "MOST_CELLS", 1_000_000)
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    table, found = goals(tmp_path, f'{GOALS}<row r="{row}"><c r="{far}"><v>1</v></c></row>')
    assert table is None
    assert [(code, at) for code, _, at, *_ in found] == [("T043", int(row))]


@pytest.mark.parametrize("ref", ["ZZZZZ1", "A99999999999", "XFE1", "A0", "A1048577", "1A", "$A$1", "A١"])
def test_cells_outside_a_sheet_are_refused(tmp_path: Path, ref: str) -> None:
    table, found = goals(tmp_path, f'<row r="1"><c r="{ref}"><v>1</v></c></row>')
    assert table is None
    assert [code for code, *_ in found] == ["T042"]


def test_styled_but_empty_cells_far_off_are_harmless(tmp_path: Path) -> None:
    table, found = goals(tmp_path, f'{GOALS}<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert found == []
    assert table is not None
    assert table.rows == ()


def test_a_sheet_whose_cells_are_lost_is_not_taken_for_empty(tmp_path: Path) -> None:
    xml = f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"><sheetData>{GOALS}</sheetData></worksheet>'
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": xml.encode("utf-16")}))
    assert [code for code, *_ in issues(raw)] == ["T042"]


def test_limits_of_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "b.xlsx", {"goals": sheet(GOALS)})
    monkeypatch.setattr(xlsx_scan, "LARGEST_CONTENT", 100)
    assert [code for code, *_ in issues(read_workbook(path))] == ["T042"]
    monkeypatch.setattr(workbook_read, "LARGEST_FILE", 100)
    assert [code for code, *_ in issues(read_workbook(path))] == ["T001"]


def test_two_sheets_of_one_table(tmp_path: Path) -> None:
    raw = read_workbook(book(tmp_path / "b.xlsx", {"goals": sheet(GOALS), "goals ": sheet(GOALS)}))
    assert [(code, name) for code, name, *_ in issues(raw)] == [("T010", "goals ")]


def test_a_programme_alone(tmp_path: Path) -> None:
    raw = read_workbook(book(tmp_path / "b.xlsm", {"programme": sheet(PROGRAMME)}))
    assert raw.issues == ()
    assert raw.tables[0].rows == (("p",),)
