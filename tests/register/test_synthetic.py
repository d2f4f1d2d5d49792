"""The invented estate: the same seed gives the same, it says that it is synthetic, and its sheets are valid."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from lotrinh.base.issues import Issue
from lotrinh.programme.columns import Entity
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register import synthetic
from lotrinh.register.items import ITEMS
from lotrinh.register.made_up.boms import ROOTS
from lotrinh.register.made_up.estate import mix, rows
from lotrinh.register.work.order import MILESTONE
from lotrinh.register.workitems import Work
from lotrinh.tables.csv_folder import read_csv

ASSETS, SYSTEMS = 3000, 60


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estate")
    synthetic.write(folder, ASSETS, 5, SYSTEMS)
    return folder


def answers(estate: Path, number: int = 1) -> list[dict[str, object]]:
    return [json.loads(line) for line in (estate / f"probe-{number}.jsonl").read_bytes().splitlines()]


def found(estate: Path) -> list[tuple[str, dict[str, object]]]:
    """Return every asset of every CBOM with the system of the CBOM."""
    boms = [json.loads(path.read_bytes()) for path in sorted((estate / "cbom").iterdir())]
    return [
        (bom["metadata"]["component"]["name"], each)
        for bom in boms
        for each in bom["components"]
        if each["type"] == "cryptographic-asset"
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(estate: Path, tmp_path: Path) -> None:
    synthetic.write(tmp_path / "again", ASSETS, 5, SYSTEMS)
    synthetic.write(tmp_path / "other", ASSETS, 6, SYSTEMS)
    assert contents(tmp_path / "again") == contents(estate) != contents(tmp_path / "other")


def test_it_has_as_many_distinct_assets_as_asked_for(estate: Path) -> None:
    endpoints = {(told["host"], told["port"]) for told in answers(estate)}
    keys = {told["host"] for told in answers(estate) if told["protocol"] == "ssh"}
    known, roots = set(), set()
    for system, each in found(estate):
        said = each["cryptoProperties"]
        if said["assetType"] == "certificate":
            mark = said["certificateProperties"]["fingerprint"]["content"]
            (roots if "public-" in each["bom-ref"] else known).add(mark)
        else:
            known.add((system, each["bom-ref"]))
    assert len(endpoints) + len(keys) + len(known) == ASSETS
    assert len(roots) == ROOTS


def test_some_endpoints_are_seen_twice_and_later(estate: Path) -> None:
    first = {told["target"]: told for told in answers(estate)}
    second = answers(estate, 2)
    assert 0 < len(second) < len(first) / 4
    for told in second:
        assert told["seen"] > first[told["target"]]["seen"]
        assert told | {"seen": ""} == first[told["target"]] | {"seen": ""}


@pytest.mark.parametrize("name", ["systems", "windows"])
def test_its_sheets_are_valid(estate: Path, name: str) -> None:
    raw = read_csv(estate / f"{name}.csv", name)
    issues: list[Issue] = list(raw.issues)
    lines = read_table(Entity.apart[name], raw.tables[0], Reported(raw), issues)
    assert issues == []
    assert {line.row.evidence for line in lines} == {"assumption"}
    if name == "systems":
        ids = {line.row.system for line in lines}
        assert len(ids) == len(lines)
        assert {path.name.partition(".")[0] for path in (estate / "cbom").iterdir()} <= ids
        assert all("giả lập" in line.row.organisation and line.row.system.startswith("SYN-") for line in lines)
        assert {other for line in lines for other in line.row.after.split()} <= ids


def test_nothing_in_it_could_be_taken_for_real(estate: Path) -> None:
    assert all(told["host"].endswith(".example") for told in answers(estate))
    for _, each in found(estate):
        if each["cryptoProperties"]["assetType"] == "certificate":
            said = each["cryptoProperties"]["certificateProperties"]
            assert "SYN" in said["issuerName"]


def test_the_mixes_are_shares_with_reasons() -> None:
    for of in {row["of"] for row in rows("mixes")}:
        assert sum(float(row["share"]) for row in rows("mixes") if row["of"] == of) == pytest.approx(1.0), of
        assert mix(of)[1].sum() == pytest.approx(1.0)
    assert all(row["reason"] for name in ("mixes", "sectors") for row in rows(name))


@pytest.mark.parametrize("values", ["discrete", "continuous"])
def test_items_are_of_the_declared_shape_and_repeat(values: str) -> None:
    work = synthetic.items(2000, 1, values)  # type: ignore[arg-type]
    again = synthetic.items(2000, 1, values)  # type: ignore[arg-type]
    assert work.items.equals(again.items)
    assert work.edges.equals(again.edges)
    real = work.items.filter(pl.col("kind") != MILESTONE)
    assert real.height == 2000
    assert list(work.items.columns) == list(ITEMS)
    assert set(work.edges["item"]) | set(work.edges["after"]) <= set(work.items["item"])
    assert work.edges.height < 4 * 2000
    profiles = real.select("function", "shelf_life", "trust_life", "family", "value").unique().height
    assert profiles < 700 if values == "discrete" else profiles == 2000


def demand(work: Work) -> dict[str, float]:
    return dict(work.items.join(work.efforts, on="kind").group_by("skill").agg(pl.col("effort").sum()).iter_rows())


@pytest.mark.parametrize("load", [0.5, 0.9])
def test_capacity_is_loaded_as_asked(load: float) -> None:
    work = synthetic.items(20000, 2)
    rows_ = synthetic.capacity(work, load)
    national = {row.skill: row.amount for row in rows_ if row.team == "*"}
    for skill, effort in demand(work).items():
        assert effort / (national[skill] * synthetic.HORIZON) == pytest.approx(load)
    teams = set(work.items.filter(pl.col("kind") != MILESTONE)["team"])
    assert {row.team for row in rows_} == teams | {"*"}
    assert national["money"] * synthetic.HORIZON / 4 * load == pytest.approx(
        work.items.join(work.costs, on="kind")["cost"].sum()
    )
