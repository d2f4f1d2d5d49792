"""A folder or a workbook, told apart by the path."""

from pathlib import Path

import pytest

from lotrinh.base.issues import UsageError
from lotrinh.tables.files import read, write
from lotrinh.tables.raw import RawTable, RawTables

RAW = RawTables(
    "",
    (
        RawTable("programme", ("a",), (("b",),), (1,), upright=True),
        RawTable("goals", ("goal",), (("G1",),), (2,), part="x"),
    ),
)


@pytest.mark.parametrize("name", ["p", "p.d", "b.xlsx", "b.XLSX"])
def test_both_forms(tmp_path: Path, name: str) -> None:
    write(RAW, tmp_path / name, {})
    raw = read(str(tmp_path / name))
    assert (tmp_path / name).is_dir() == (not name.endswith(("xlsx", "XLSX")))
    assert raw.issues == ()
    assert [(table.label, table.rows) for table in raw.tables] == [("programme", (("b",),)), ("goals.x", (("G1",),))]


def test_a_single_table_is_not_a_programme(tmp_path: Path) -> None:
    write(RAW, tmp_path / "p", {})
    for name in ("goals.x.csv", "programme.toml", "absent.CSV"):
        with pytest.raises(UsageError, match="give the folder"):
            read(tmp_path / "p" / name)
        with pytest.raises(UsageError, match="give the folder"):
            write(RAW, tmp_path / "p" / name, {})


def test_paths_of_no_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing at"):
        read(tmp_path / "absent")
    for name in ("b.xls", "b.xlsm", "b.ods"):
        with pytest.raises(UsageError, match="neither"):
            write(RAW, tmp_path / name, {})
    (tmp_path / "notes").write_text("x")
    with pytest.raises(UsageError):
        write(RAW, tmp_path / "notes", {})
    assert [issue.kind.code for issue in read(tmp_path / "notes").issues] == ["T040"]
