"""The risk register as a table, CSV, Parquet and workbook."""

import datetime
import io
import zipfile

import openpyxl
import polars as pl
import pytest
from tests.register.extracts import made

from lotrinh.base.text import speaking
from lotrinh.register.outputs import tables, workbook
from lotrinh.register.outputs.extract import Extract, extract

NASTY = ("=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "a & b < c", "_x0041_x0042_", "<r>x</r>", "\x00\x07bell", " edge ")


@pytest.fixture(scope="module")
def small() -> Extract:
    return made(200)


@pytest.fixture(scope="module")
def book(small: Extract) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.workbook_bytes(small)))


def nasty() -> Extract:
    assets = pl.DataFrame(
        {
            "asset": [f"{n:020x}" for n in range(len(NASTY))],
            "name": NASTY,
            "last_seen": [datetime.date(2026, 1, 2)] * 10,
        }
    )
    return extract("nasty", assets=assets)


def test_columns_add_up_to_the_items(small: Extract) -> None:
    rows = tables.risk_register(small)
    assert rows["value"].sum() == pytest.approx(small.items["value"].sum())
    never = small.at_stake.join(small.waves, on="item", how="anti")["at_stake"].sum()
    assert rows["exposure"].sum() == pytest.approx(small.waves["exposure"].sum() + never)
    assert rows["at_stake"].sum() == pytest.approx(small.at_stake["at_stake"].sum())


def test_every_asset_and_every_item_is_there(small: Extract) -> None:
    rows = tables.risk_register(small)
    assert set(rows["asset"]) == set(small.assets["asset"])
    assert set(rows["item"]) - {""} == set(small.items["item"])
    held = small.holdings.join(rows, on=["asset", "system"], how="anti")
    assert held.is_empty()


def test_an_item_of_several_assets_is_divided_and_one_without_any_stands_alone() -> None:
    items = pl.DataFrame({"item": ["a", "b"], "system": ["s", "s"], "value": [6.0, 1.0]})
    moves = pl.DataFrame({"item": ["a", "a"], "asset": ["x", "y"]})
    holdings = pl.DataFrame({"asset": ["x", "y", "x"], "system": ["s", "s", "other"]})
    found = extract("r", assets=pl.DataFrame({"asset": ["x", "y"]}), holdings=holdings, items=items, item_assets=moves)
    rows = tables.risk_register(found).select("item", "asset", "system", "value").rows()
    assert rows == [("a", "x", "s", 3.0), ("a", "y", "s", 3.0), ("b", "", "s", 1.0), ("", "x", "other", None)]


def test_an_item_is_in_the_system_in_which_it_moves_an_asset() -> None:
    items = pl.DataFrame({"item": ["a"], "system": ["s"]})
    moves = pl.DataFrame({"item": ["a"], "asset": ["x"], "system": ["other"]})
    holdings = pl.DataFrame({"asset": ["x", "x"], "system": ["s", "other"]})
    rows = tables.risk_register(extract("r", holdings=holdings, items=items, item_assets=moves))
    assert rows.filter(system="other")["item"].to_list() == ["a"]
    assert rows.filter(system="s")["item"].to_list() == [""]


def test_types(small: Extract) -> None:
    schema = tables.risk_register(small).schema
    assert list(schema) == list(tables.register_headings())
    assert {schema[name] for name in ("due_date", "not_after", "first_seen", "last_seen")} == {pl.Date}
    assert {schema[name] for name in ("value", "exposure", "at_stake", "shelf_life")} == {pl.Float64}
    assert {schema[name] for name in ("late", "sightings")} == {pl.Int64}


def test_deadlines_end_their_quarter() -> None:
    items = pl.DataFrame({"item": ["a", "b", "c", "d"], "due": ["2028Q1", "2029Q4", "", "2030Q2"]})
    rows = tables.wave_table(extract("r", items=items)).sort("item")
    ends = [datetime.date(2028, 3, 31), datetime.date(2029, 12, 31), None, datetime.date(2030, 6, 30)]
    assert rows["due_date"].to_list() == ends


def test_lateness_follows_from_the_quarters_and_no_wave_is_none() -> None:
    items = pl.DataFrame({"item": list("abcd"), "due": ["2028Q4", "2028Q4", "", "2028Q4"]})
    ends = pl.DataFrame({"end": ["2029Q2", "2028Q3", "2030Q1", ""]})
    waves = items.hstack(ends).with_columns(start=pl.col("end"), late=pl.lit(True))
    found = extract("r", items=items, waves=waves)
    assert dict(found.waves.select("item", "late").iter_rows()) == {"a": 2, "b": 0, "c": 0}


def test_milestones_are_no_work() -> None:
    items = pl.DataFrame({"item": ["a", "b"], "kind": ["endpoint", "milestone"]})
    found = extract(
        "r", items=items, waves=pl.DataFrame({"item": ["a", "b"], "start": ["2027Q1"] * 2, "end": ["2027Q1"] * 2})
    )
    assert found.items["item"].to_list() == ["a"]
    assert found.waves["item"].to_list() == ["a"]


def test_policies_count_what_is_held() -> None:
    items = pl.DataFrame(
        {"item": list("abcd"), "due": ["2029Q1"] * 3 + [""], "policy": ["p"] * 3 + [""], "value": [1.0] * 4}
    )
    waves = pl.DataFrame({"item": ["a", "b"], "start": ["2028Q1"] * 2, "end": ["2029Q1", "2029Q2"], "late": [0, 1]})
    row = tables.policy_table(extract("r", items=items, waves=waves)).row(0, named=True)
    assert (row["items"], row["held"], row["late"], row["unplanned"]) == (3, 1, 1, 1)


@pytest.mark.parametrize("mark", [True, False])
def test_csv_reads_back_and_holds_no_formula(mark: bool) -> None:
    content = tables.csv_bytes(tables.risk_register(nasty()), mark)
    assert content.startswith(b"\xef\xbb\xbf") is mark
    names = pl.read_csv(content, infer_schema=False).sort("asset")["name"].to_list()
    assert all(name[0] not in "=+-@\t\r" for name in names)
    assert [name.removeprefix("'") for name in names[:5]] == list(NASTY[:5])
    assert names[5:] == list(NASTY[5:])


def test_parquet_keeps_types(small: Extract) -> None:
    rows = tables.risk_register(small)
    assert pl.read_parquet(tables.parquet_bytes(rows)).equals(rows)


def test_workbook_has_a_sheet_a_table(book: openpyxl.Workbook, small: Extract) -> None:
    assert book.sheetnames == ["Summary", "Register", "Waves", "Load", "Burndown", "Policies"]
    sheet = book["Register"]
    assert sheet.max_row == 1 + tables.risk_register(small).height
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    heads = [cell.value for cell in sheet[1]]
    assert "Value at risk [level-years a year]" in heads
    assert "Shelf life [years]" in heads


def test_workbook_is_typed(book: openpyxl.Workbook, small: Extract) -> None:
    rows = tables.risk_register(small)
    sheet = book["Register"]
    at = {name: place for place, name in enumerate(rows.columns)}
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True)):
        for name in ("value", "exposure", "item", "name"):
            assert row[at[name]] == (rows[name][number] or None)
        seen = row[at["last_seen"]]
        assert isinstance(seen, datetime.datetime)
        assert seen.date() == rows["last_seen"][number]
    kinds = {cell.value for cell in sheet[2] if cell.column == at["class"] + 1}
    assert kinds <= {"harvest now, decrypt later", "forge later", "already weak"}


def test_workbook_takes_any_text_and_runs_no_formula() -> None:
    content = workbook.workbook_bytes(nasty())
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Register"]
    rows = list(sheet.iter_rows(min_row=2))
    column = list(tables.register_headings()).index("name")
    found = {row[column].value for row in rows}
    told = {*NASTY[:-2], "bell", " edge "} - {"_x0041_x0042_"}
    assert found == told | {"_x005F_x0041_x005F_x0042_"}  # the reader leaves escapes of text in a cell as they are
    assert {row[column].data_type for row in rows} <= {"s", "inlineStr"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_too_many_rows_go_on_to_further_sheets(small: Extract) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook_bytes(small, rows=90)))
    parts = [book[name] for name in ("Register", "Register 2", "Register 3")]
    assert [sheet.max_row - 1 for sheet in parts] == [90, 90, 20]
    assert len({tuple(cell.value for cell in sheet[1]) for sheet in parts}) == 1


def test_the_same_extract_gives_the_same_bytes(small: Extract) -> None:
    assert workbook.workbook_bytes(small) == workbook.workbook_bytes(made(200))


def test_workbook_in_vietnamese(small: Extract) -> None:
    with speaking("vi"):
        book = openpyxl.load_workbook(io.BytesIO(workbook.workbook_bytes(small)))
    assert len(book.sheetnames) == 6
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_an_empty_register_gives_a_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook_bytes(extract("empty"))))
    assert book["Register"].max_row == 1
