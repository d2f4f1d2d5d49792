"""Reading and writing a folder of CSV."""

import os
from pathlib import Path

import pytest

from lotrinh.base.issues import DataError, UsageError
from lotrinh.tables.cells import LONGEST_TEXT
from lotrinh.tables.csv_folder import LARGEST_SETTINGS, read_csv, read_folder, write_folder
from lotrinh.tables.grid import MOST_ISSUES
from lotrinh.tables.raw import RawTable, RawTables

SETTINGS = b'programme = "p"\n'


def make(folder: Path, **files: bytes) -> Path:
    """Write files whose names are given with ``__`` for the dot."""
    folder.mkdir(exist_ok=True)
    for name, data in {"programme__toml": SETTINGS, **files}.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def one(tmp_path: Path, data: bytes) -> tuple[RawTable | None, list[tuple[str, int | None, str]]]:
    """Read one table and return it with the code, row and column of every issue."""
    raw = read_folder(make(tmp_path / "p", goals__csv=data))
    table = raw.parts("goals")
    return (table[0] if table else None), [(i.kind.code, i.place.row, i.place.column) for i in raw.issues]


def table(name: str = "goals", *rows: tuple, header: tuple[str, ...] = ("goal", "weight"), part: str = "") -> RawTable:
    return RawTable(name, header, rows, tuple(range(2, len(rows) + 2)), part=part)


def test_a_plain_folder(tmp_path: Path) -> None:
    folder = make(
        tmp_path / "p",
        goals__csv=b"goal,weight\nG1,0.5\n\nG2,1\n",
        budget__low__csv=b"year,amount\n2027,1\n",
        budget__CSV=b"year,amount\n2027,2\n",
        README__md=b"not,a\ntable",
        notes__txt=b"x",
    )
    (folder / "sub").mkdir()
    (folder / "sub" / "x.csv").write_bytes(b"a\n1\n")
    (folder / "folder.csv").mkdir()
    (folder / ".hidden.csv").write_bytes(b"\xff")
    raw = read_folder(folder)
    assert raw.issues == ()
    assert raw.source == str(folder)
    assert [t.label for t in raw.tables] == ["programme", "budget", "budget.low", "goals"]
    settings, budget, low, goals = raw.tables
    assert settings.upright
    assert (settings.header, settings.rows, settings.row_numbers) == (("programme",), (("p",),), (1,))
    assert (budget.name, budget.part, budget.file) == ("budget", "", "budget.CSV")
    assert (low.name, low.part, low.file) == ("budget", "low", "budget.low.csv")
    assert goals.rows == (("G1", "0.5"), ("G2", "1"))
    assert goals.row_numbers == (2, 4)
    assert str(goals.place(1, 1)) == "goals.csv:4:weight"


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"\xef\xbb\xbfgoal,weight\nG1,1\n", (("G1", "1"),)),
        (b"goal;weight\nG1;0,5\n", (("G1", "0,5"),)),
        (b"goal\tweight\nG1\ta,b;c\n", (("G1", "a,b;c"),)),
        (b"sep=;\ngoal;weight\nG1;1\n", (("G1", "1"),)),
        (b'"goal;x",weight\nG1,1\n', (("G1", "1"),)),
        (b"goal,weight\r\nG1,1\r\n", (("G1", "1"),)),
        (b"goal,weight\rG1,1\rG2,2", (("G1", "1"), ("G2", "2"))),
        (b"\n\ngoal,weight\n,\n  , \nG1,1\n,,,,\n", (("G1", "1"),)),
        (b"goal,weight,,\nG1,1,,\n", (("G1", "1"),)),
        (b'goal,weight\nG1, "a ""b"", c"\n', (("G1", 'a "b", c'),)),
        ("goal,weight\n\u00a0G1\u00a0,\u200b 1 \ufeff\n".encode(), (("G1", "1"),)),
        ("goal,weight\ne\u0302\u0301,1\n".encode(), (("ế", "1"),)),
        (b'goal,weight\nG1,"a\r\nb"\n', (("G1", "a\nb"),)),
        (b'goal,weight\nG1,5" wafer\n', (("G1", '5" wafer'),)),
        ("goal,weight\nG1,a\u2028b\x0bc\n".encode(), (("G1", "a\u2028b\nc"),)),
    ],
)
def test_tolerant_reading(tmp_path: Path, data: bytes, rows: tuple) -> None:
    goals, issues = one(tmp_path, data)
    assert issues == []
    assert goals is not None
    assert goals.rows == rows


@pytest.mark.parametrize(
    ("data", "issues", "rows"),
    [
        ("goal,weight\nG1,1\n".encode("utf-16"), [("T031", None, "")], (("G1", "1"),)),
        (b"goal,weight\nG1,1\nG\xe1,2\n", [("T030", 3, "")], (("G1", "1"), ("G\ufffd", "2"))),
        (b"goal,weight\nG1,\x001\n", [("T032", 2, "")], (("G1", "1"),)),
        (b"goal,weight\nG1,a\x01b\n", [("T002", 2, "weight")], (("G1", "ab"),)),
        (b"goal,weight\nG1\nG2,2\n", [("T007", 2, "")], (("G1", ""), ("G2", "2"))),
        (b"goal,weight\nG1,1,x,\nG2,2\n", [("T008", 2, "C")], (("G1", "1"), ("G2", "2"))),
        (b"goal,,weight\nG1,x,1\n", [("T005", 1, "B")], (("G1", "1"),)),
        (b"goal,weight,\nG1,1,x\n", [("T008", 2, "C")], (("G1", "1"),)),
        (b"goal,weight,goal\nG1,1,G9\n", [("T006", 1, "C")], (("G1", "1"),)),
        (b'goal,weight\nG1,"1\nG2,2\nG3,3\n', [("T033", 2, "")], (("G2", "2"), ("G3", "3"))),
        (b'goal,weight\n"G1"x,1\nG2,2\n', [("T034", 2, "")], (("G2", "2"),)),
        (b"", [("T004", 1, "")], None),
        (b"\n,\n \n", [("T004", 1, "")], None),
    ],
)
def test_problems_are_reported_and_the_rest_is_read(
    tmp_path: Path, data: bytes, issues: list, rows: tuple | None
) -> None:
    goals, found = one(tmp_path, data)
    assert found == issues
    assert (goals and goals.rows) == rows


def test_row_numbers_are_those_where_records_start(tmp_path: Path) -> None:
    goals, issues = one(tmp_path, b'\ngoal,weight\n"a\nb","c\n\nd"\n\nG2,2\n')
    assert issues == []
    assert goals is not None
    assert goals.row_numbers == (3, 8)


def test_one_table_in_a_file_of_its_own(tmp_path: Path) -> None:
    for name in ("x.csv", "programme.toml", "a.b.c"):  # whatever its name is
        (tmp_path / name).write_bytes(b"a;b\n1;2\n\n3\n")
        raw = read_csv(tmp_path / name, "things")
        (found,) = raw.tables
        assert (found.label, found.file, found.header, found.rows) == (
            "things",
            name,
            ("a", "b"),
            (("1", "2"), ("3", "")),
        )
        assert [(issue.kind.code, str(issue.place)) for issue in raw.issues] == [("T007", f"{name}:4")]
    for nothing in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(UsageError):
            read_csv(nothing, "things")


def test_a_short_row_after_a_long_cell_is_placed_rightly(tmp_path: Path) -> None:
    _, issues = one(tmp_path, b'goal,weight\n"a\nb",1\nG2\n')
    assert issues == [("T007", 4, "")]


def test_cells_and_files_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goals, issues = one(tmp_path, b"goal,weight\n" + b"x" * (LONGEST_TEXT + 1) + b",1\nG2,2\n")
    assert issues == [("T003", 2, "goal")]
    assert goals is not None
    assert len(goals.rows) == 2
    assert one(tmp_path, b'goal,weight\n"' + b"x\n" * LONGEST_TEXT)[1] == [("T003", 2, "")]
    assert one(tmp_path, b"goal,weight\n" + b"x" * LONGEST_TEXT + b",1\n")[1] == []
    make(tmp_path / "p", programme__toml=b"#" * (LARGEST_SETTINGS + 1), goals__csv=b"goal\nG1\n")
    assert [i.kind.code for i in read_folder(tmp_path / "p").issues] == ["T001"]


def test_many_problems_are_cut_off(tmp_path: Path) -> None:
    _, issues = one(tmp_path, b"goal,weight\n" + b"G\n" * (3 * MOST_ISSUES))
    assert len(issues) == MOST_ISSUES + 1
    assert issues[-1][0] == "T009"


def test_unclosed_quotation_marks_do_not_take_for_ever(tmp_path: Path) -> None:
    _, issues = one(tmp_path, b'goal,weight\nG,"1\n' * 500)
    assert {code for code, *_ in issues} <= {"T033", "T034", "T007", "T008"}
    assert len(issues) < 2000


def test_what_is_not_a_programme(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_folder(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    assert [i.kind.code for i in read_folder(tmp_path / "empty").issues] == ["T011"]
    (tmp_path / "empty" / "goals.csv").write_text("goal\nG1\n")
    assert [i.kind.code for i in read_folder(tmp_path / "empty").issues] == ["T012"]
    (tmp_path / "empty" / "programme.csv").write_text("goal\nG1\n")
    assert [i.kind.code for i in read_folder(tmp_path / "empty").issues] == ["T013", "T012"]
    folder = make(tmp_path / "twice", goals__csv=b"goal\nG1\n", goals__CSV=b"goal\nG2\n")
    if len(list(folder.iterdir())) == 3:
        raw = read_folder(folder)
        assert [i.kind.code for i in raw.issues] == ["T010"]
        assert len(raw.parts("goals")) == 1


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="the superuser reads everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    folder = make(tmp_path / "p", goals__csv=b"goal\n")
    (folder / "goals.csv").chmod(0)
    with pytest.raises(UsageError):
        read_folder(folder)


def test_writing_is_canonical(tmp_path: Path) -> None:
    values = (4.0, 'x"y\n', None, True, 1e-05)
    settings = RawTable("programme", ("a", "b c", "d", "e", "f"), (values,), (1, 2, 3, 4, 5), upright=True)
    rows = (" G1 ", 4.0), ("", None), ("=1+1", True), ('a "b", c', 0.25), ("e\u0301", 1e-5), ("x", 2e15)
    raw = RawTables("", (settings, table("goals", *rows), table("budget", part="low.v2")))
    write_folder(raw, tmp_path / "new" / "p")
    folder = tmp_path / "new" / "p"
    assert sorted(file.name for file in folder.iterdir()) == ["budget.low.v2.csv", "goals.csv", "programme.toml"]
    assert (folder / "goals.csv").read_bytes().decode() == (
        'goal,weight\nG1,4\n=1+1,1\n"a ""b"", c",0.25\né,0.00001\nx,2000000000000000\n'
    )
    assert (folder / "budget.low.v2.csv").read_bytes() == b"goal,weight\n"
    assert (folder / "programme.toml").read_bytes().decode() == (
        'a = 4\n"b c" = "x\\"y"\nd = ""\ne = true\nf = 0.00001\n'
    )
    again = read_folder(folder)
    assert again.issues == ()
    assert again.parts("budget")[0].part == "low.v2"
    write_folder(again, tmp_path / "copy")
    for file in folder.iterdir():
        assert (tmp_path / "copy" / file.name).read_bytes() == file.read_bytes()


def test_only_a_programme_is_replaced(tmp_path: Path) -> None:
    raw = RawTables("", (RawTable("programme", ("a",), (("b",),), (1,), upright=True), table("goals", ("G1", "1"))))
    target = tmp_path / "p"
    target.mkdir()
    write_folder(raw, target)
    (target / "old.csv").write_text("a\n")
    write_folder(raw, target)
    assert sorted(file.name for file in target.iterdir()) == ["goals.csv", "programme.toml"]
    (target / "thesis.docx").write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis\.docx"):
        write_folder(raw, target)
    assert (target / "thesis.docx").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError):
        write_folder(raw, tmp_path / "file")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mine.csv").write_text("x")
    with pytest.raises(UsageError):
        write_folder(raw, tmp_path / "tables")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "p", "tables"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = RawTables("", (RawTable("programme", ("a",), (("b",),), (1,), upright=True), table("goals", ("G1", "1"))))
    write_folder(raw, tmp_path / "p")
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name.endswith(".new"):
            raise OSError(28, "no space left")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(UsageError, match="no space left"):
        write_folder(RawTables("", (table("goals"),)), tmp_path / "p")
    assert [entry.name for entry in tmp_path.iterdir()] == ["p"]
    assert (tmp_path / "p" / "goals.csv").read_text() == "goal,weight\nG1,1\n"


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".x", "con", "a\\b", "x" * 200, "nul.y", "_x", "a:b", "a\n"])
def test_names_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError) as caught:
        write_folder(RawTables("", (table(name),)), tmp_path / "p")
    assert [issue.kind.code for issue in caught.value.issues] == ["T035"]
    assert list(tmp_path.iterdir()) == []


def test_two_tables_cannot_be_one_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        write_folder(RawTables("", (table("goals"), table("Goals"))), tmp_path / "p")
    assert [issue.kind.code for issue in caught.value.issues] == ["T010"]
