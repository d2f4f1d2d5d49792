"""``lotrinh assess --stress``, ``--check`` and ``--replan`` as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lotrinh.assessment import assess as assessing
from lotrinh.assessment import checking
from lotrinh.assessment import replan as replanning
from lotrinh.assessment.assess import assess
from lotrinh.assessment.checking import Checks, to_check
from lotrinh.assessment.replan import Replanned
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.cli import check_tables
from lotrinh.cli.check_tables import print_checks
from lotrinh.cli.commands import assess as command
from lotrinh.cli.replan_tables import print_replanned
from lotrinh.plan.plan import Plan

SMALL = Path(__file__).parents[2] / "cases" / "small"
DONE, USAGE, INTERRUPTED = 0, 2, 130
STRESS = ("--stress", "--futures", 200)
CHECK = ("--check", "--futures", 400, "--seed", 1)
REPLAN = ("--replan", "2028Q1", "--futures", 2, "--seed", 3)

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def checks(plan: Plan) -> Checks:
    return to_check(plan, AssessmentSettings(futures=400, seed=1))


def interrupting(after: int) -> Callable[..., Iterator[Any]]:
    """Return a way to spread work that Ctrl-C ends after some of it, over all that is spread."""
    done = 0

    def spread(work: Callable[[Any], Any], tasks: Any, *_: Any) -> Iterator[Any]:
        nonlocal done
        for task in tasks:
            if done == after:
                raise KeyboardInterrupt
            done += 1
            yield work(task)

    return spread


# Stresses


def test_stresses_for_people(file: Path, call: Call) -> None:
    code, out, err = call("assess", file, *STRESS)
    assert (code, err) == (DONE, "")
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[3].startswith("The worst withdrawal of a single supplier is that of F-NORD Northland (fictional) ")
    for words in (
        "200 futures, seed 0", "worst first", "M-TLS", "Web connections of public services", "depreciation/0.35",
        "the programme counts on 15 % to 20 %", "Quantum computers come 5 years earlier", "qday/5",
    ):  # fmt: skip
        assert words in out, words
    assert "…" not in "".join(line for line in lines if "/" in line), "names are never cut"


def test_a_stress_can_be_run_again_by_its_name(file: Path, call: Call) -> None:
    code, out, err = call("assess", file, *STRESS, "--json")
    content = json.loads(out)
    assert (code, err, content["status"]) == (DONE, "", "stressed")
    assert content["settings"]["futures"] == 200
    assert content["asked"] == len(content["stresses"])
    first = content["stresses"][0]
    again = json.loads(call("assess", file, "--futures", 200, "--scenario", first["scenario"], "--json")[1])
    assert again["value"] == first["value"]
    calm = json.loads(call("assess", file, "--futures", 200, "--json")[1])
    assert first["change"]["mean"] == pytest.approx(again["value"]["mean"] - calm["value"]["mean"])


def test_an_interrupt_keeps_the_stresses_that_are_done(file: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessing, "spread", interrupting(3))
    code, out, _ = call("assess", file, *STRESS)
    assert code == DONE
    assert "Interrupted: 2 of " in out
    monkeypatch.setattr(assessing, "spread", interrupting(3))
    content = json.loads(call("assess", file, *STRESS, "--json")[1])
    assert (content["status"], len(content["stresses"])) == ("interrupted", 2)
    monkeypatch.setattr(assessing, "spread", interrupting(4))  # amid a stress of two batches
    content = json.loads(call("assess", file, "--stress", "--futures", 2100, "--json")[1])
    assert (content["status"], len(content["stresses"])) == ("interrupted", 1)


# What to check first


def test_checks_for_people(file: Path, call: Call) -> None:
    code, out, err = call("assess", file, *CHECK)
    assert (code, err) == (DONE, "")
    for words in ("400 futures, seed 1", "\n1. ", "\n3. ", "To know everything beforehand", "more; --json prints"):
        assert words in out, words
    content = json.loads(call("assess", file, *CHECK, "--json")[1])
    assert (content["status"], content["futures"], content["settings"]["uncertain"]) == ("checked", 400, True)
    assert content["everything"]["gain"] >= content["inputs"][0]["gain"]


def told(plan: Plan, checks: Checks, gain: float, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is printed where the best check is worth `gain` with an error of 0.1."""
    first = replace(checks.worth[0], gain=gain, error=0.1, share=0.0)
    print_checks(plan, AssessmentSettings(futures=400), replace(checks, worth=(first, *checks.worth[1:])))
    return capsys.readouterr().out


def test_what_is_within_two_errors_of_nothing_is_said_to_be(
    plan: Plan, checks: Checks, capsys: pytest.CaptureFixture[str]
) -> None:
    out = told(plan, checks, 0.2, capsys)
    assert "No single check would change what is funded" in out
    assert "0.20 ± 0.10, within two errors of 0" in out
    best = max(checks.worth, key=lambda row: row.share)
    assert best.input.of[1] in next(line for line in out.splitlines() if line.startswith("1. ")), "ranked by the share"
    out = told(plan, checks, 0.3, capsys)
    assert "No single check" not in out
    assert "0.30 ± 0.10; who knows it funds something else" in out


def test_a_gain_is_told_in_millions_only_where_no_year_runs_out_of_money(
    plan: Plan, checks: Checks, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Not in millions" in told(plan, checks, 0.5, capsys)
    monkeypatch.setattr(check_tables, "SHORT", -1.0)  # as if no year did
    out = told(plan, checks, 0.5, capsys)
    assert "as much as 50.0 million USD" in out
    assert "Not in millions" not in out


# Planning again


def test_planning_again_for_people_and_machines(file: Path, plan: Plan, call: Call) -> None:
    code, out, err = call("assess", file, *REPLAN)
    assert (code, err) == (DONE, "")
    for words in (
        "2 futures, seed 3, each planned again in 2028Q1", "So few futures", "of the plannings bring", "Planned again",
    ):  # fmt: skip
        assert words in out, words
    code, out, err = call("assess", file, *REPLAN, "--replan", "2028Q1", "--replan-seconds", 7, "--json")
    content = json.loads(out)
    assert (code, err, content["status"]) == (DONE, "", "replanned")
    assert (content["dates"], content["futures"], content["seconds"]) == (["2028Q1"], 2, 7)
    calm = assess(plan, AssessmentSettings(futures=2, seed=3))
    assert content["kept"]["mean"] == pytest.approx(calm.value.mean, rel=1e-6)


def test_several_dates_under_stress(file: Path, call: Call) -> None:
    code, out, _ = call("assess", file, *REPLAN, "--replan", "2029Q1", "--scenario", "depreciation/0.3", "--workers", 1)
    assert code == DONE
    assert "planned again in 2028Q1 and 2029Q1" in out
    assert "Under stress: every capability loses 30 %" in out


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((0.1, -0.1, 0.3), "within two errors of 0"),
        ((1.0, 1.1, 1.2), "Planning again gains 1.10 ± 0.06 level-years, 5.5 % of the mean."),
        ((-1.0, -1.1, -1.2), "Planning again loses 1.10 ± 0.06 level-years, 5.5 % of the mean."),
    ],
)
def test_a_gain_in_words(gains: tuple[float, ...], words: str, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    kept = np.full(3, 20.0)
    found = Replanned(("2028Q1",), kept, kept + np.array(gains), 0.5, {"D2": 1 / 3}, 0.25)
    print_replanned(plan, AssessmentSettings(futures=4), found, 10.0)
    out = capsys.readouterr().out
    for expected in (words, "Interrupted: 3 of 4", "25 % of the plannings found no plan within 10 s", "D2", "33 %"):
        assert expected in out, expected


# All three


@pytest.mark.parametrize(("module", "options"), [(assessing, STRESS), (checking, CHECK), (replanning, REPLAN)])
def test_an_interrupt_with_nothing_to_keep(
    module: Any, options: tuple[object, ...], file: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "spread", interrupting(0))
    code, out, err = call("assess", file, *options)
    assert (code, out) == (INTERRUPTED, "")
    assert "Traceback" not in err


def test_an_interrupt_keeps_the_futures_planned_again(file: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replanning, "spread", interrupting(1))
    content = json.loads(call("assess", file, *REPLAN, "--json")[1])
    assert (content["status"], content["futures"]) == ("interrupted", 1)


def test_how_many_futures_depends_on_what_is_asked(file: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def note(_: Plan, settings: AssessmentSettings, *rest: object) -> int:
        seen.append(settings.futures)
        return DONE

    for name in ("_assess", "_stress", "_check", "_replan"):
        monkeypatch.setattr(command, name, note)
    for options in ((), ("--stress",), ("--check",), ("--replan", "2028Q1"), ("--check", "--futures", 123)):
        call("assess", file, *options)
    assert seen == [10_000, 4096, 8192, 16, 123]


WRONG = {
    "two questions": ("--stress", "--check"),
    "two other questions": ("--check", "--replan", "2028Q1"),
    "a future to be told, too": ("--tell", 1, "--replan", "2028Q1"),
    "stresses to a folder": ("--stress", "-o", "folder"),
    "checks to a folder": ("--check", "-o", "folder"),
    "planning again to a folder": ("--replan", "2028Q1", "-o", "folder"),
    "stresses under stress": ("--stress", "--scenario", "qday/5"),
    "too few futures to check": ("--check", "--futures", 99),
    "date within a year": ("--replan", "2028Q2"),
    "date that is none": ("--replan", "soon"),
    "first date": ("--replan", "2027Q1"),
    "seconds of nothing": ("--replan-seconds", 5),
    "no seconds": ("--replan", "2028Q1", "--replan-seconds", 0),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_usage(kind: str, file: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("assess", file, *WRONG[kind])
    assert (code, out) == (USAGE, "")
    assert err.strip()
    assert "Traceback" not in err
    code, out, err = call("assess", file, *WRONG[kind], "--json")
    assert (code, err) == (USAGE, "")
    assert json.loads(out)["status"] == "usage"
    assert list(tmp_path.iterdir()) == []
