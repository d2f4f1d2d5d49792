"""``lotrinh waves`` from sheets to a folder, with the work of a register put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.plan.waves.tiny import THREAT, made

import lotrinh.cli.commands.waves as command

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = made([{"due": "2027Q1"}, {}, {"kind": "own_code"}, {"kind": "hsm_kms", "value": 4.0}], [("W1", "W3")])
    monkeypatch.setattr(command, "work_of", lambda register, policy: work)
    monkeypatch.setattr(command, "threat_of", lambda qday, acceleration: THREAT)
    path = tmp_path / "capacity.csv"
    path.write_text(
        "team,skill,from,until,amount,evidence\nA,net,,,1.0,assumption\n*,crypto,2027Q1,,0.5,assumption\n"
        "*,money,,,3,assumption\n"
    )
    return path


def test_a_schedule_is_printed_and_written(call: Call, sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "waves"
    code, out, _ = call("waves", tmp_path, "--capacity", sheet, "--quarters", 8, "-o", folder)
    assert code == 0
    assert "4 work items" in out
    assert {path.name for path in folder.iterdir()} == {
        "items.parquet",
        "load.parquet",
        "unscheduled.parquet",
        "waves.json",
    }


def test_a_schedule_is_kept_when_nothing_changed(call: Call, sheet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "waves"
    assert call("waves", tmp_path, "--capacity", sheet, "--quarters", 8, "-o", folder)[0] == 0
    code, out, _ = call("waves", tmp_path, "--capacity", sheet, "--quarters", 8, "--previous", folder, "--json")
    assert code == 0
    assert json.loads(out)["moved"] == 0


def test_deadlines_that_cannot_be_held_end_with_4_and_say_what_is_short(
    call: Call, sheet: Path, tmp_path: Path
) -> None:
    sheet.write_text("team,skill,from,until,amount,evidence\nA,net,,,0.2,assumption\n*,crypto,,,1,assumption\n")
    code, _, err = call("waves", tmp_path, "--capacity", sheet, "--quarters", 8, "--deadlines", "hard")
    assert code == 4
    assert "W0" in err


def test_problems_of_the_sheet_are_told_with_their_place(call: Call, sheet: Path, tmp_path: Path) -> None:
    sheet.write_text("team,skill,from,until,amount,evidence\nA,net,2027Q5,,many,assumption\n")
    code, out, err = call("waves", tmp_path, "--capacity", sheet)
    assert code == 3
    assert "capacity.csv:2:from" in out + err
    assert "capacity.csv:2:amount" in out + err


@pytest.mark.parametrize("options", [("--start", "soon"), ("--quarters", "99"), ("--gap", "2"), ("--price", "-1")])
def test_options_that_make_no_sense_are_refused(
    call: Call, sheet: Path, tmp_path: Path, options: tuple[str, str]
) -> None:
    assert call("waves", tmp_path, "--capacity", sheet, *options)[0] == 2
