"""Sheets that people fill in: English and Vietnamese, CSV and XLSX, sound and broken."""

from pathlib import Path

import openpyxl
import pytest
from tests.register.reading_help import codes, read, read_bytes, readers, recognised

from lotrinh.base.calendar import Quarter
from lotrinh.register.sheets import Cost, Effort, Progress, System, Window
from lotrinh.register.sightings import Batch, Source

ASSUMED = {"evidence": "assumption"}
ENGLISH = """system,title,organisation,criticality,shelf_life [year],trust_life,classification,vendor_ready,hosts
portal,Public portal,MIC,high,10,15,internal,,*.example.gov.vn
core,Core bank,SBV,critical,30,,secret,2029Q3,10.0.0.1 10.0.0.2
"""
VIETNAMESE = """Mã hệ thống;Tên hệ thống;Đơn vị;Mức độ quan trọng;Thời hạn cần giữ bí mật;Độ mật;Máy chủ
cong;Cổng dịch vụ công;Bộ A;Đặc biệt quan trọng;10;Tối mật;*.example.gov.vn
thue;Thuế;Bộ B;Trung bình;30;Nội bộ;
"""


def test_a_network_that_is_none_is_told_with_its_place(tmp_path) -> None:
    sheet = 'system,title,hosts\na,A,10.0.0.0/8 fe80::/64\nb,B,"10.0.0.0/99, 10.1.0.0/16"\n'
    found = read_bytes(tmp_path, "systems.csv", sheet.encode())
    assert [(p.kind.code, p.place.row, p.place.column, p.value) for p in found.problems] == [
        ("S111", 3, "hosts", "10.0.0.0/99")
    ]
    assert [row.system for row in found.systems] == ["a", "b"]


def test_an_english_sheet(tmp_path) -> None:
    found = read_bytes(tmp_path, "owners.csv", ENGLISH.encode())
    portal, core = found.systems
    assert portal == System(
        system="portal",
        title="Public portal",
        organisation="MIC",
        criticality="high",
        shelf_life=10.0,
        trust_life=15.0,
        hosts="*.example.gov.vn",
        evidence="assumption",
    )
    assert (core.vendor_ready, core.classification) == (Quarter(2029, 3), "secret")
    assert found.problems == []


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_vietnamese_sheet(tmp_path, codec) -> None:
    found = read_bytes(tmp_path, "so.csv", VIETNAMESE.encode(codec))
    assert [(one.system, one.criticality, one.classification, one.shelf_life) for one in found.systems] == [
        ("cong", "critical", "secret", 10.0),
        ("thue", "medium", "internal", 30.0),
    ]
    assert [issue for issue in found.problems if issue.is_error] == []


def workbook(path: Path, sheets: dict[str, list[list]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_workbook_of_several_sheets(tmp_path) -> None:
    path = tmp_path / "owners.xlsx"
    workbook(
        path,
        {
            "Hệ thống": [["Hệ thống", "Tên", "Lịch"], ["a", "Một", "nights"], ["b", "Hai", None]],
            "windows": [["calendar", "from", "until", "open"], ["nights", "2027Q1", "2027Q2", 1]],
            "efforts": [["kind", "skill", "low", "effort", "high"], ["endpoint", "network", 0.1, 0.2, 0.5]],
            "costs": [["kind", "cost", "quarters"], ["firmware", 2.5, 3]],
            "Tiến độ": [["Hạng mục", "Trạng thái", "Quý"], ["w1", "Đã xong", "2027Q2"]],
            "notes": [["remark"], ["nothing of ours"]],
        },
    )
    found = read(path)
    assert [one.system for one in found.systems] == ["a", "b"]
    quarters = (Quarter(2027, 1), Quarter(2027, 2))
    assert found.sheets == {
        "windows": [Window(calendar="nights", from_=quarters[0], until=quarters[1], open=True, **ASSUMED)],
        "efforts": [Effort(kind="endpoint", skill="network", low=0.1, effort=0.2, high=0.5, **ASSUMED)],
        "costs": [Cost(kind="firmware", cost=2.5, quarters=3, **ASSUMED)],
        "progress": [Progress(item="w1", state="done", quarter=quarters[1], **ASSUMED)],
    }
    assert found.problems == []


def test_rows_that_fail_are_reported_and_the_others_kept(tmp_path) -> None:
    text = ENGLISH + "bad row,x,y,urgent,many,,internal,,\nportal,twice,,low,1,,public,,\nlast,,,low,1,,public,,\n"
    path = tmp_path / "o.csv"
    path.write_text(text)
    found = read(path, "folder/o.csv")
    assert [one.system for one in found.systems] == ["portal", "core", "last"]
    assert {(issue.place.file, issue.place.row, issue.place.column) for issue in found.problems} == {
        ("folder/o.csv", 4, "system"),
        ("folder/o.csv", 4, "criticality"),
        ("folder/o.csv", 4, "shelf_life [year]"),
        ("folder/o.csv", 5, "system"),
    }


def test_an_unknown_column_is_reported_and_the_rest_read(tmp_path) -> None:
    found = read_bytes(tmp_path, "o.csv", b"system,titles,owner\na,x,Head of IT\n")
    assert [one.owner for one in found.systems] == ["Head of IT"]
    assert codes(found) == ["P104"]


def test_what_is_no_such_sheet(tmp_path) -> None:
    for name, data in {
        "people.csv": b"name,age\na,3\n",
        "capacity.csv": b"team,skill,from,until,amount\n*,money,,,3\n",
        "empty.csv": b"",
        "x.json": b'{"system": 1, "title": 2}',
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert recognised(path) == []


def test_broken_workbooks_are_problems(tmp_path) -> None:
    path = tmp_path / "o.xlsx"
    workbook(path, {"other": [["x"], [1]]})
    assert codes(read(path)) == ["S104"]
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], b"PK\x03\x04" + b"\0" * 100):
        path.write_bytes(data)
        found = Batch()
        readers()["ownership"].read(Source(path, "o.xlsx"), found)
        assert found.problems
        assert not found.systems
