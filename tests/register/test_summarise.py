"""Work items as migration classes: nothing lost, little blurred, and only a valid programme is touched."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lotrinh.base.calendar import Quarter
from lotrinh.base.examples import example
from lotrinh.base.issues import DataError, UsageError
from lotrinh.programme.load import check, load
from lotrinh.register import grouping, handover, synthetic, threat
from lotrinh.register.classes import FUNCTIONS
from lotrinh.register.grouping import Group
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.sheets import CRITICALITIES
from lotrinh.register.summarise import BANDS, HORIZON, WORDS, Classes, classes, exposures, misfit
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


def test_projects_of_the_first_row_that_fits_hold(work: Work) -> None:
    sheet = [
        Group(function="key_establishment", kinds="endpoint", projects=("P01", "P02")),
        Group(kinds="endpoint vpn_gateway", projects=("P02",)),
        Group(function="signature", projects=("P03",)),
        Group(function="signature", projects=("P04",)),
        Group(projects=("P01",)),
    ]
    found = classes(work, today=DAY, groups=sheet).migration
    assert {row["migration"] for row in found} == {row["migration"] for row in classes(work, today=DAY).migration}
    for row in found:
        kind = row["migration"].split("-")[2]
        expected: tuple[str, ...] = ("P03",) if row["function"] == "signature" else ("P01",)
        if kind in ("ENDPOINT", "VPN_GATEWAY"):
            expected = ("P02",)
        if kind == "ENDPOINT" and row["function"] == "key_establishment":
            expected = ("P01", "P02")
        assert row["projects"] == expected


LINKS = Group(
    migration="LINKS", title_vi="Kết nối", title_en="Links", function="key_establishment", kinds="vpn_gateway"
)
CARRIED = Group(
    migration="CARRIED", function="key_establishment", criticalities="high critical", years=10.0, share=0.25
)


def test_a_row_with_an_id_forms_one_class_of_the_items_that_fit(work: Work) -> None:
    found = classes(work, today=DAY, groups=[LINKS, CARRIED])
    criticality = dict(work.systems.select("system", "criticality").iter_rows())
    of = dict(found.of.iter_rows())
    for item, system, kind, function, life in work.items.select(
        "item", "system", "kind", "function", "shelf_life"
    ).iter_rows():
        if kind == MILESTONE:
            continue
        grave = criticality[system] in ("high", "critical") and life >= 10.0
        wanted = "" if function != "key_establishment" else "LINKS" if kind == "vpn_gateway" else "CARRIED" * grave
        assert of[item] == wanted or (not wanted and of[item].startswith("M-"))
    links = next(row for row in found.migration if row["migration"] == "LINKS")
    assert (links["title_vi"], links["title_en"]) == ("Kết nối", "Links")


def test_the_programme_bears_its_share_of_effort_and_cost_and_the_reasons_say_so(work: Work) -> None:
    whole, part, none = (
        classes(work, today=DAY, groups=[dataclasses.replace(CARRIED, share=share)]) for share in (1.0, 0.25, 0.0)
    )

    def carried(found: Classes) -> tuple[float, dict[str, float]]:
        row = next(row for row in found.migration if row["migration"] == "CARRIED")
        efforts = {row["skill"]: row["effort"] for row in found.skills if row["migration"] == "CARRIED"}
        return row["cost"], efforts

    real = work.items.join(whole.of, on="item").filter(pl.col("migration") == "CARRIED")
    assert real["kind"].n_unique() > 3
    cost, efforts = carried(whole)
    assert cost == pytest.approx(real.join(work.costs, on="kind")["cost"].mean(), abs=1e-8)
    for skill, effort in efforts.items():
        own = work.efforts.filter(pl.col("skill") == skill).select("kind", "effort")
        assert effort == pytest.approx(real.join(own, on="kind")["effort"].sum() / real.height, abs=1e-8)
    assert carried(part)[0] == pytest.approx(cost / 4, abs=1e-8)
    assert carried(part)[1] == pytest.approx({skill: effort / 4 for skill, effort in efforts.items()}, abs=1e-8)
    assert carried(none) == (0.0, {})
    for row in (*part.migration, *part.skills):
        assert ("bears 0.25" in row["reason"]) == (row["migration"] == "CARRIED")


def test_the_risk_of_a_class_is_that_of_the_greater_part_of_its_value(work: Work) -> None:
    every = Group(migration="ALL", function="signature")
    row = next(row for row in classes(work, today=DAY, groups=[every]).migration if row["migration"] == "ALL")
    by_risk = {"low": 0.0, "medium": 0.0, "high": 0.0}
    rows = work.items.filter(pl.col("function") == "signature").join(work.systems, on="system")
    for criticality, value in rows.select("criticality", "value").iter_rows():
        by_risk["high" if criticality == "critical" else criticality] += value
    assert row["risk"] == max(by_risk, key=lambda risk: by_risk[risk])


def test_values_are_scaled_to_what_all_are_worth(work: Work, found: Classes) -> None:
    scaled = classes(work, today=DAY, offsets=threat.offsets(), worth=5.0)
    assert sum(row["items"] * row["value"] for row in scaled.migration) == pytest.approx(5.0)
    ratio = {row["migration"]: row["value"] / 5.0 for row in scaled.migration}
    whole = sum(row["items"] * row["value"] for row in found.migration)
    assert ratio == pytest.approx({row["migration"]: row["value"] / whole for row in found.migration})
    assert all("together are worth 5 a year" in row["reason"] for row in scaled.migration)
    assert not any("scaled" in row["reason"] for row in found.migration)
    errors = [misfit(*exposures(work, each, threat.default(), Quarter(2027, 1), HORIZON)) for each in (scaled, found)]
    assert errors[0] == pytest.approx(errors[1])


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
    wrong = classes(work, today=DAY, groups=[Group(projects=("P-NOBODY",))])
    with pytest.raises(DataError):
        handover.put(wrong.tables(), programme, force=True)
    assert {path.name: path.read_bytes() for path in programme.iterdir() if path.is_file()} == before


def test_a_workbook_is_replaced_too(found: Classes, programme: Path, tmp_path: Path) -> None:
    from lotrinh.programme.dictionary import convert

    book = tmp_path / "vietnam.xlsx"
    convert(programme, book)
    handover.put(found.tables(), book, force=True)
    assert len(load(book).migration) == len(found.migration)


def test_the_sheet_of_classes_is_read_with_its_problems(tmp_path: Path) -> None:
    sheet = tmp_path / "classes.csv"
    sheet.write_text(
        "migration,function,kinds,years,projects,share\n"
        ",signature,,,P03,\nM1,signature,internal_ca library,10,P02;P03,0.5\n",
        encoding="utf-8",
    )
    assert grouping.read(sheet) == [
        Group(function="signature", projects=("P03",)),
        Group(
            migration="M1",
            function="signature",
            kinds="internal_ca library",
            years=10.0,
            projects=("P02", "P03"),
            share=0.5,
        ),
    ]
    sheet.write_text(
        "migration,function,kinds,criticalities,share\n"
        "M1,signing,gateway,,2\nM2,*,library,grave,1\nM2,signature,library,,1\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        grouping.read(sheet)
    assert sorted((issue.place.row, issue.place.column) for issue in caught.value.issues) == [
        (2, "function"),
        (2, "kinds"),
        (2, "share"),
        (3, "criticalities"),
        (3, "function"),
        (4, "migration"),
    ]
