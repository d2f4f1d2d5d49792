"""What is written of an assessment comes back as it was, and what was changed since is told."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import polars
import pytest

from lotrinh.assessment.assess import assess
from lotrinh.assessment.assessment import Assessment
from lotrinh.assessment.outcomes import Outcomes
from lotrinh.assessment.results import load, save
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.base.issues import UsageError
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load as load_programme

SMALL = Path(__file__).parents[2] / "cases" / "small"


@pytest.fixture(scope="module")
def assessment(plan: Plan) -> Assessment:
    return assess(plan, AssessmentSettings(futures=300, seed=5, uncertain=True))


@pytest.fixture
def folder(assessment: Assessment, tmp_path: Path) -> Path:
    save(assessment, tmp_path / "small.futures")
    return tmp_path / "small.futures"


def test_there_and_back(assessment: Assessment, folder: Path, plan: Plan) -> None:
    again = load(folder, plan)
    assert again.settings == assessment.settings
    assert again.inputs == assessment.inputs
    for field in fields(Outcomes):
        if field.name != "fans":
            one, other = getattr(again.outcomes, field.name), getattr(assessment.outcomes, field.name)
            assert one.dtype == other.dtype, field.name
            np.testing.assert_array_equal(one, other, err_msg=field.name)
    assert again.summary() == assessment.summary()
    for measure in assessment.outcomes.fans:
        assert again.fan(measure).equals(assessment.fan(measure)), measure
    with pytest.raises(KeyError):
        again.fan("no measure")


def test_a_loaded_assessment_can_be_saved(assessment: Assessment, folder: Path, plan: Plan, tmp_path: Path) -> None:
    save(load(folder, plan), tmp_path / "again")
    for name in ("futures.parquet", "inputs.parquet", "fans.parquet", "summary.json"):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_columns_are_said(assessment: Assessment, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    futures = polars.read_parquet(folder / "futures.parquet")
    assert futures.columns == ["future", *(one["column"] for one in manifest["columns"])]
    assert {"D1", "D1_held", "C-PQC", "P2_status", "P2_started", "P2_stopped", "P2_step", "qday"} <= set(
        futures.columns
    )
    assert futures["P2_status"].cast(str).is_in(["delivered", "failed", "dropped", "running", "barred"]).all()
    assert not {"engine", "workers"} & set(manifest["settings"])
    fans = polars.read_parquet(folder / "fans.parquet")
    assert set(fans["measure"]) == set(assessment.outcomes.fans)
    assert {"mean", "error", "p05", "p25", "p50", "p75", "p95", "quarter", "capability"} <= set(fans.columns)


@pytest.mark.parametrize("name", ["futures.parquet", "inputs.parquet", "fans.parquet", "summary.json"])
def test_a_changed_file_is_told(name: str, folder: Path, plan: Plan) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(UsageError, match=name):
        load(folder, plan)
    (folder / name).unlink()
    with pytest.raises(UsageError, match=name):
        load(folder, plan)


def test_another_plan_is_told(folder: Path, plan: Plan) -> None:
    entrants = plan.decisions.entrants + 1.0
    other = replace(plan, decisions=replace(plan.decisions, entrants=entrants))
    low = optimise(load_programme(SMALL), PlanSettings(gap=0.0, threads=1, budget="low"))
    for wrong in (other, low):
        with pytest.raises(UsageError, match="another plan"):
            load(folder, wrong)


def test_what_is_no_assessment_is_told(folder: Path, plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        load(tmp_path / "none", plan)
    (folder / "manifest.json").write_text('{"format": "lotrinh-assessment-0"}', encoding="utf-8")
    with pytest.raises(UsageError, match="no assessment"):
        load(folder, plan)


def test_only_an_assessment_is_replaced(assessment: Assessment, folder: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        save(assessment, folder)
    (folder / "notes.txt").unlink()
    save(assessment, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (tmp_path / "letters").mkdir()
    save(assessment, tmp_path / "letters")  # an empty folder is free
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters", "small.futures"]


def test_a_failure_while_writing_harms_nothing(
    assessment: Assessment, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(polars.DataFrame, "write_parquet", full)
    with pytest.raises(UsageError, match="No space left"):
        save(assessment, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["small.futures"]
