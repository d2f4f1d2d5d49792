"""Work items as migration classes: nothing lost, little blurred, and only a valid programme is touched."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lotrinh.base.calendar import Quarter
from lotrinh.base.examples import example
from lotrinh.base.issues import DataError, UsageError
from lotrinh.programme.load import check, load
from lotrinh.register import handover, synthetic, threat
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.sheets import CRITICALITIES
from lotrinh.register.summarise import BANDS, FUNCTIONS, HORIZON, WORDS, Classes, Enabling, classes, exposures, misfit
from lotrinh.register.work.order import MILESTONE
from lotrinh.register.workitems import Work

DAY = date(2026, 11, 20)
TOLERANCE = 0.005
"""Share by which the exposure of the classes may differ from that of their items where lives go by grade."""


@pytest.fixture(scope="module")
def work() -> Work:
    return synthetic.items(4000, 3)


@pytest.fixture(scope="module")
def found(work: Work) -> Classes:
    return classes(work, today=DAY, offsets=threat.offsets())


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    return Path(shutil.copytree(example("vietnam"), tmp_path / "vietnam"))


def test_items_and_value_are_those_of_the_register(work: Work, found: Classes) -> None:
    real = work.items.filter(pl.col("kind") != MILESTONE)
    assert sum(row["items"] for row in found.migration) == real.height == found.of.height
    assert sum(row["items"] * row["value"] for row in found.migration) == pytest.approx(real["value"].sum(), rel=1e-12)
    assert set(found.of["item"]) == set(real["item"])


def test_effort_and_cost_are_those_of_the_items(work: Work, found: Classes) -> None:
    real = work.items.join(work.efforts, on="kind")
    by_class = {row["migration"]: row["items"] for row in found.migration}
    for skill in ("SK-PQC", "SK-NET"):
        total = sum(by_class[row["migration"]] * row["effort"] for row in found.skills if row["skill"] == skill)
        assert total == pytest.approx(real.filter(pl.col("skill") == skill)["effort"].sum())
    costs = work.items.join(work.costs, on="kind")["cost"].sum()
    assert sum(row["items"] * row["cost"] for row in found.migration) == pytest.approx(costs)


def test_expected_exposure_is_that_of_the_items_within_the_tolerance(work: Work, found: Classes) -> None:
    exact, rough = exposures(work, found, threat.default(), Quarter(2027, 1), HORIZON)
    assert sum(exact.values()) > 0.0
    assert misfit(exact, rough) < TOLERANCE


def test_without_offsets_classes_of_one_life_are_exact(work: Work) -> None:
    one = classes(work, today=DAY)
    plain = threat.Threat(threat.default().curves)
    exact, rough = exposures(work, one, plain, Quarter(2027, 1), HORIZON)
    for row in one.migration:
        # A band with one life in it: classification is internal, the owner's trust life five years too.
        if row["function"] == "already_weak" or row["shelf_life"] in (10.0, 20.0):
            assert rough[row["migration"]] == pytest.approx(exact[row["migration"]])


def test_ids_follow_from_the_class_and_hold_for_other_registers(found: Classes) -> None:
    other = classes(synthetic.items(3000, 9), today=DAY)
    shared = {row["migration"]: row["title_en"] for row in found.migration}
    assert all(shared.get(row["migration"], row["title_en"]) == row["title_en"] for row in other.migration)
    assert any(row["migration"] in shared for row in other.migration)
    assert "M-KE-ENDPOINT-HIGH-10" in shared
    assert {row["shelf_life"] for row in found.migration if row["migration"] == "M-KE-ENDPOINT-HIGH-10"} == {10.0}


def test_every_word_of_a_class_has_a_title_in_both_languages() -> None:
    assert set(WORDS) == {*FUNCTIONS, *ITEM_KINDS, *CRITICALITIES}
    assert sorted(set(BANDS)) == list(BANDS)


def test_projects_of_the_closest_row_come_first(work: Work) -> None:
    sheet = [
        Enabling(projects=("P01",)),
        Enabling(kind="endpoint", projects=("P02",)),
        Enabling(function="signature", projects=("P03",)),
        Enabling(function="key_establishment", kind="endpoint", projects=("P01", "P02")),
    ]
    for row in classes(work, today=DAY, enabling=sheet).migration:
        kind = row["migration"].split("-")[2]
        expected = ("P02",) if kind == "ENDPOINT" else ("P03",) if row["function"] == "signature" else ("P01",)
        if kind == "ENDPOINT" and row["function"] == "key_establishment":
            expected = ("P01", "P02")
        assert row["projects"] == expected


def test_the_tables_of_a_programme_are_replaced_and_read_back(found: Classes, programme: Path) -> None:
    (programme / "migration.old.csv").write_text("migration,function,items,value,evidence\n", encoding="utf-8")
    handover.put(found.tables(), programme, force=True)
    assert not [issue for issue in check(programme) if issue.is_error]
    rows = load(programme).migration
    assert [row.migration for row in rows] == [row["migration"] for row in found.migration]
    assert sum(row.items * row.value for row in rows) == pytest.approx(
        sum(row["items"] * row["value"] for row in found.migration), rel=1e-12
    )
    assert not (programme / "migration.old.csv").exists()
    assert (programme / "README.md").exists()


def test_rows_are_not_replaced_without_being_asked(found: Classes, programme: Path, tmp_path: Path) -> None:
    before = (programme / "migration.csv").read_bytes()
    with pytest.raises(UsageError):
        handover.put(found.tables(), programme)
    assert (programme / "migration.csv").read_bytes() == before
    handover.write_tables(found.tables(), tmp_path / "new", force=False)
    with pytest.raises(UsageError):
        handover.write_tables(found.tables(), tmp_path / "new", force=False)


def test_an_invalid_programme_is_left_alone(work: Work, programme: Path) -> None:
    before = {path.name: path.read_bytes() for path in programme.iterdir() if path.is_file()}
    wrong = classes(work, today=DAY, enabling=[Enabling(projects=("P-NOBODY",))])
    with pytest.raises(DataError):
        handover.put(wrong.tables(), programme, force=True)
    assert {path.name: path.read_bytes() for path in programme.iterdir() if path.is_file()} == before


def test_a_workbook_is_replaced_too(found: Classes, programme: Path, tmp_path: Path) -> None:
    from lotrinh.programme.dictionary import convert

    book = tmp_path / "vietnam.xlsx"
    convert(programme, book)
    handover.put(found.tables(), book, force=True)
    assert len(load(book).migration) == len(found.migration)


def test_the_sheet_of_projects_is_read_with_its_problems(tmp_path: Path) -> None:
    sheet = tmp_path / "enabling.csv"
    sheet.write_text("function,kind,projects\nsignature,*,P03\n,internal_ca,P02;P03\n", encoding="utf-8")
    assert handover.read_enabling(sheet) == [
        Enabling(function="signature", projects=("P03",)),
        Enabling(kind="internal_ca", projects=("P02", "P03")),
    ]
    sheet.write_text("function,kind,projects\nsigning,gateway,P03\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        handover.read_enabling(sheet)
    assert [(issue.place.row, issue.place.column) for issue in caught.value.issues] == [(2, "function"), (2, "kind")]
