"""Writing a workbook, and what a spreadsheet finds in it."""

from pathlib import Path

import openpyxl
import pytest

from lotrinh.base.issues import DataError, UsageError
from lotrinh.tables.layout import ColumnLayout, Layout
from lotrinh.tables.raw import RawTable, RawTables
from lotrinh.tables.workbook import read_workbook, write_workbook

LAYOUTS = {
    "programme": Layout("programme", "The programme", "One value for each key.", (
        ColumnLayout("quarters", "number", "Length", low=1, high=200, whole=True, unit="quarters"),
        ColumnLayout("title", "text", "Title"),
    )),
    "fields": Layout("fields", "Branches", "", (ColumnLayout("field", "text", "Id", required=True),)),
    "goals": Layout("goals", "What it serves", "No two rows may have the same goal.", (
        ColumnLayout("goal", "text", "Id of the goal", required=True, width=20),
        ColumnLayout("field", "text", "Branch", refers=("fields", "field")),
        ColumnLayout("fields", "text", "Branches", refers=("fields", "field"), many=True),
        ColumnLayout("missing", "text", "", refers=("nowhere", "id")),
        ColumnLayout("kind", "text", "Kind", words=("a", "b")),
        ColumnLayout("words", "text", "Words", words=tuple(f"word number {n}" for n in range(40))),
        ColumnLayout("comma", "text", "Words", words=("a, b", "c")),
        ColumnLayout("weight", "number", "Weight", low=0, unit="millions", symbol="million"),
        ColumnLayout("share", "number", "Share", low=0, high=1, above=True),
        ColumnLayout("rank", "number", "Rank", low=1, high=5, whole=True),
        ColumnLayout("most", "number", "Most", high=2.5),
        ColumnLayout("more", "number", "More", low=-1, above=True),
        ColumnLayout("free", "number", "Free"),
        ColumnLayout("count", "number", "Count", whole=True),
        ColumnLayout("yes", "flag", "Yes"),
    )),
}  # fmt: skip
HEADER = tuple(column.name for column in LAYOUTS["goals"].columns)


def table(name: str, header: tuple[str, ...], *rows: tuple, part: str = "", upright: bool = False) -> RawTable:
    return RawTable(name, header, rows, tuple(range(2, len(rows) + 2)), part=part, upright=upright)


def tables(*more: RawTable) -> RawTables:
    settings = table("programme", ("title", "quarters", "odd"), ("=x", 4, True), upright=True)
    return RawTables("", (*more, settings))


def write(path: Path, raw: RawTables) -> Path:
    write_workbook(raw, path / "b.xlsx", LAYOUTS)
    return path / "b.xlsx"


def values(path: Path, *cells: object, column: str = "goal") -> list:
    """Write cells of one column and return what is read."""
    rows = [(f"G{at}", cell) for at, cell in enumerate(cells)]
    raw = read_workbook(write(path, tables(table("goals", ("goal" if column != "goal" else "x", column), *rows))))
    assert [issue for issue in raw.issues if issue.is_error] == []
    return [row[1] for row in raw.parts("goals")[0].rows]


def test_sheets_in_the_order_of_the_layouts(tmp_path: Path) -> None:
    raw = tables(
        table("other", ("a",)), table("goals", HEADER, part="b"), table("fields", ("field",)), table("goals", HEADER)
    )
    book = openpyxl.load_workbook(write(tmp_path, raw))
    assert book.sheetnames == ["_guide", "programme", "fields", "goals.b", "goals", "other", "_lists"]
    assert book["_lists"].sheet_state == "hidden"
    guide = book["_guide"]
    rows = {row[0].value: row for row in guide.iter_rows(min_row=6)}
    assert rows["goals.b"][0].hyperlink.location == "'goals.b'!A1"
    assert rows["goals.b"][1].value == "What it serves"
    assert rows["other"][1].value is None
    assert [table.label for table in read_workbook(tmp_path / "b.xlsx").tables] == book.sheetnames[1:-1]


def test_headers_and_checks(tmp_path: Path) -> None:
    raw = tables(table("fields", ("field",), ("F1",)), table("goals", HEADER, ("G1",) + ("",) * (len(HEADER) - 1)))
    book = openpyxl.load_workbook(write(tmp_path, raw))
    sheet = book["goals"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:O2"
    assert sheet.column_dimensions["A"].width == pytest.approx(20, abs=1)
    comment = sheet["H1"].comment.text
    assert "Weight" in comment
    assert "millions" in comment
    assert "at least 0" in comment
    checks = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    found = {
        HEADER[ord(area[0]) - 65]: (check.type, check.operator, check.formula1, check.formula2)
        for area, check in checks.items()
    }
    assert set(checks) == {f"{letter}2:{letter}1048576" for letter in "BCEFGHIJKLMNO"}
    assert found == {
        "field": ("list", None, "ids_fields_0", None),
        "fields": (None, None, None, None),
        "kind": ("list", None, '"a,b"', None),
        "words": ("list", None, "'_lists'!$A$1:$A$40", None),
        "comma": ("list", None, "'_lists'!$B$1:$B$2", None),
        "weight": ("decimal", "greaterThanOrEqual", "0", None),
        "share": ("custom", None, "AND(ISNUMBER(I2),I2>0,I2<=1)", None),
        "rank": ("whole", None, "1", "5"),
        "most": ("decimal", "lessThanOrEqual", "2.5", None),
        "more": ("decimal", "greaterThan", "-1", None),
        "free": ("decimal", None, "-1000000000000000", "1000000000000000"),
        "count": ("whole", None, "-1000000000000000", "1000000000000000"),
        "yes": ("list", None, '"1,0"', None),
    }
    assert "semicolons" in checks["C2:C1048576"].prompt
    ids = book.defined_names["ids_fields_0"].attr_text
    assert ids == "'fields'!$A$2:INDEX('fields'!$A$2:$A$1048576,MAX(1,COUNTA('fields'!$A$2:$A$1048576)))"
    settings = book["programme"]
    assert [cell.value for cell in settings[1]] == ["key", "value", "unit", "meaning"]
    assert [cell.value for cell in settings[3]] == ["quarters", 4, "quarters", "Length"]
    assert [str(check.sqref) for check in settings.data_validations.dataValidation] == ["B3"]


def test_another_unit_in_the_header_checks_the_sign_only(tmp_path: Path) -> None:
    header = ("goal", "weight [billion]", "rank [month]", "share [%]", "most [million]")
    book = openpyxl.load_workbook(write(tmp_path, tables(table("goals", header))))
    checks = {
        str(check.sqref)[0]: (check.type, check.operator) for check in book["goals"].data_validations.dataValidation
    }
    assert checks == {
        "B": ("decimal", "greaterThanOrEqual"),
        "C": ("decimal", None),
        "D": ("decimal", "greaterThan"),
        "E": ("decimal", None),
    }


def test_references_to_a_table_in_parts_are_not_checked(tmp_path: Path) -> None:
    parts = [table("fields", ("field",), (f"F{part}",), part=part) for part in "ab"]
    book = openpyxl.load_workbook(write(tmp_path, tables(*parts, table("goals", ("goal", "field"), ("G1", "F1")))))
    assert list(book.defined_names) == []
    assert book["goals"].data_validations.dataValidation == []


TEXTS = (
    "=1+1", "+1", "-1", "@x", "{=A1}", "'x", "http://example.org", "mailto:a@b", "internal:goals!A1", "1", "1e5",
    "TRUE", "_x0041_", "_x005F_x0041_", "a_x0041_x0042_x0043_b", "<r>x</r>", "<r><t>&amp;</t></r>", "<r></r>",
    "a\nb", "\ta b", 'quo"te', "ế Đ ư", "\U0001f469\u200d\U0001f52c 🇻🇳", "]]>", "<!--", "&#10;",
    "\u2028x", "x\x85y", "\ufffd", "#REF!",
    "y" * 32_767, "🚀" * 16_383,
)  # fmt: skip
NUMBERS = (
    ("4", 4), ("0.25", 0.25), ("1e3", 1000), ("+5", 5), (".5", 0.5), ("0.30000000000000004", 0.1 + 0.2),
    ("5e-324", 5e-324), ("1.7976931348623157e308", 1.7976931348623157e308), ("-0", 0), (4, 4), (0.1 + 0.2, 0.1 + 0.2),
    (True, 1), ("1,5", "1,5"), ("1_000", "1_000"), ("٣", "٣"), ("nan", "nan"), ("inf", "inf"), ("1e999", "1e999"),
    ("0x1", "0x1"), ("12345678901234567890", "12345678901234567890"), ("0.12345678901234567", "0.12345678901234567"),
    (float("inf"), "inf"), (10**400, "1" + "0" * 400), (2**53 + 1, str(2**53 + 1)), ("=1", "=1"), ("x", "x"),
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    assert values(tmp_path, text) == [text.strip()]


@pytest.mark.parametrize(("cell", "read"), NUMBERS, ids=lambda value: ascii(value)[:20])
def test_numbers_of_number_columns(tmp_path: Path, cell: object, read: object) -> None:
    found = values(tmp_path, cell, column="free")
    assert found == [read]
    assert isinstance(found[0], str) == isinstance(read, str)


def test_cells_of_other_columns(tmp_path: Path) -> None:
    assert values(tmp_path, 4.0, 0.25, True, "7", column="kind") == ["4", "0.25", "1", "7"]
    assert values(tmp_path, 4.0, True, "7", "=x", column="unknown") == [4, True, "7", "=x"]
    assert values(tmp_path, "1", False, "yes", column="yes") == [1, 0, "yes"]


def test_settings_keep_their_types(tmp_path: Path) -> None:
    cells = ("40", 40, 0.5, True, "", None, "=1", 10**20, "true")
    names = tuple(f"k{at}" for at in range(len(cells)))
    raw = RawTables("", (RawTable("programme", names, (cells,), tuple(range(1, 10)), upright=True),))
    again = read_workbook(write(tmp_path, raw))
    assert again.issues == ()
    assert again.tables[0].header == names
    assert again.tables[0].rows == (("40", 40.0, 0.5, True, "", "", "=1", str(10**20), "true"),)
    assert again.tables[0].rows[0][3] is True


def test_empty_rows_are_not_written(tmp_path: Path) -> None:
    raw = read_workbook(write(tmp_path, tables(table("goals", ("goal", "weight"), ("", None), ("G1", "1"), ("", "")))))
    assert raw.parts("goals")[0].rows == (("G1", 1.0),)
    assert raw.parts("goals")[0].row_numbers == (2,)


def test_the_same_tables_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tables(table("fields", ("field",), ("F1",)), table("goals", HEADER, tuple("abcdefghijklmno")))
    first = write(tmp_path, raw).read_bytes()
    monkeypatch.setattr("time.time", lambda: 4e9)
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    assert write(tmp_path, raw).read_bytes() == first
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.xlsx"]


@pytest.mark.parametrize(
    "name", ["x" * 32, "", "a[b", "a/b", "_hidden", "history", "'a", "a'", "a:b", "Goals", "a\\b", "a*", "a?"]
)
def test_names_that_are_no_sheets(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError) as caught:
        write(tmp_path, tables(table("goals", ("goal",)), table(name, ("a",))))
    assert [issue.kind.code for issue in caught.value.issues] == ["T048"]
    assert list(tmp_path.iterdir()) == []


def test_text_that_does_not_fit_is_not_cut(tmp_path: Path) -> None:
    rows = [("G1", "y" * 32_768), ("G2", "🚀" * 16_384), ("G3", "y" * 32_767)]
    with pytest.raises(DataError) as caught:
        write(tmp_path, tables(table("goals", ("goal", "x"), *rows)))
    assert [(i.kind.code, i.place.row, i.place.column) for i in caught.value.issues] == [
        ("T049", 2, "x"),
        ("T049", 3, "x"),
    ]
    with pytest.raises(DataError) as caught:
        write(tmp_path, tables(table("goals", tuple(f"c{at}" for at in range(16_385)))))
    assert [issue.kind.code for issue in caught.value.issues] == ["T050"]


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = write(tmp_path, tables()).read_bytes()

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match="no space left"):
        write(tmp_path, tables(table("goals", HEADER)))
    assert (tmp_path / "b.xlsx").read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.xlsx"]
    with pytest.raises(UsageError):
        write_workbook(tables(), tmp_path, LAYOUTS)
