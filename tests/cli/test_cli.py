"""The command line as a user meets it: a process of its own, what it prints, what it writes, and how it ends."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import lotrinh.programme.load
from lotrinh.cli.main import app, main
from lotrinh.plan.planfile import load_plan
from lotrinh.programme.load import load

CASES = Path(__file__).parents[2] / "cases"
SMALL, VIETNAM = CASES / "small", CASES / "vietnam"
COMMANDS = sorted(name for name in app if not name.startswith("-"))
DONE, BUG, USAGE, DATA, INFEASIBLE, IN_TIME, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

Finished = subprocess.CompletedProcess[str]
Call = Callable[..., tuple[int, str, str]]
"""A command run in this process: exit code, standard output, standard error."""


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "lotrinh", *map(str, arguments)]


def run(*arguments: object, cwd: Path | None = None) -> Finished:
    return subprocess.run(
        command(*arguments), capture_output=True, encoding="utf-8", cwd=cwd, timeout=120, check=False, env=environment()
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}


def as_json(finished: Finished) -> dict[str, Any]:
    """Return the one JSON object that was printed, and nothing else."""
    content = json.loads(finished.stdout)
    assert isinstance(content, dict)
    return content


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edited(folder: Path, table: str, row: str, column: str, value: str) -> Path:
    """Copy the small case to `folder` with another value in one cell, or without the row where `column` is empty."""
    shutil.copytree(SMALL, folder)
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    if column:
        found = next(cells for cells in rows if cells[0] == row)
        found[header.index(column)] = value
    else:
        rows = [cells for cells in rows if cells[0] != row]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return folder


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edited(tmp_path_factory.mktemp("cases") / "broken", "projects", "P3", "lead", "O-CRI")


@pytest.fixture(scope="session")
def infeasible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gravimeter must be built, and needs twice the physicists there are before any can be trained."""
    return edited(tmp_path_factory.mktemp("cases") / "infeasible", "projects", "P7", "mandatory", "1")


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Path]:
    """The small case, planned into a folder that is not there yet."""
    path = tmp_path_factory.mktemp("plans") / "new" / "folder" / "small.plan.json"
    return run("plan", SMALL, "--json", "--threads", 1, "--gap", 0, "-o", path), path


# check


def test_check_of_sound_data() -> None:
    finished = run("check", SMALL)
    assert finished.returncode == DONE
    assert finished.stdout.strip() == "0 errors, 0 warnings"
    assert finished.stderr == ""


def test_check_of_sound_data_as_json() -> None:
    finished = run("check", VIETNAM, "--json")
    assert finished.returncode == DONE
    content = as_json(finished)
    assert (content["status"], content["errors"], content["issues"]) == ("valid", 0, [])


def test_check_of_broken_data(broken: Path) -> None:
    finished = run("check", broken)
    assert finished.returncode == DATA
    issue, total = finished.stdout.splitlines()
    assert "projects.csv:4:lead" in issue
    assert "O-CRI" in issue
    assert "O-CRY" in issue
    assert total == "1 errors, 0 warnings"


def test_check_of_broken_data_as_json(broken: Path) -> None:
    finished = run("check", broken, "--json")
    assert finished.returncode == DATA
    content = as_json(finished)
    assert (content["status"], content["errors"]) == ("data", 1)
    (issue,) = content["issues"]
    assert set(issue) >= {"code", "severity", "title", "file", "row", "column", "value", "expected", "nearest", "help"}
    assert (issue["file"], issue["row"], issue["column"], issue["value"]) == ("projects.csv", 4, "lead", "O-CRI")
    assert issue["nearest"] == "O-CRY"


# plan


def test_plan_as_json(planned: tuple[Finished, Path]) -> None:
    finished, path = planned
    assert (finished.returncode, finished.stderr) == (DONE, "")
    content = as_json(finished)
    keys = {"status", "objective", "bound", "gap", "seconds", "fingerprint", "solver", "fields_opened", "projects",
            "refused", "spend"}  # fmt: skip
    assert keys <= set(content)
    assert content["status"] == "optimal"
    assert content["objective"] == pytest.approx(23.582905222, abs=1e-6)
    assert content["bound"] >= content["objective"] - 1e-9
    assert 0 <= content["gap"] <= 1e-6
    assert content["fingerprint"] == load(SMALL).fingerprint
    assert all(set(row) >= {"project", "mode", "start", "end", "field"} for row in content["projects"])
    chosen = {row["project"]: (row["mode"], row["start"], row["end"], row["field"]) for row in content["projects"]}
    assert chosen["P1"] == ("P1-D", "2026Q3", "2027Q2", "SEC")
    assert sorted([*chosen, *content["refused"]]) == sorted(load(SMALL).projects.ids)
    assert list(content["spend"]) == ["2027", "2028", "2029"]
    assert content["fields_opened"] == ["SEC", "COM"]
    assert json.loads(path.read_text(encoding="utf-8"))["objective"] == content["objective"]


def test_the_plan_file_can_be_read(planned: tuple[Finished, Path]) -> None:
    finished, path = planned
    plan = load_plan(path)
    assert plan.summary() == as_json(finished)


def test_plan_for_people(tmp_path: Path) -> None:
    finished = run("plan", SMALL, "--threads", 1, "-o", tmp_path / "plan.json")
    assert (finished.returncode, finished.stderr) == (DONE, "")
    for words in ("Single-photon source laboratory", "2027Q4–2028Q3", "the proven gap is", "Not funded: ", "plan.json"):
        assert words in finished.stdout, words
    assert "\x1b" not in finished.stdout


def test_plan_under_another_budget() -> None:
    content = as_json(run("plan", SMALL, "--budget", "low", "--json", "--threads", 1, "--gap", 0))
    missed = next(row for row in content["directives"] if row["directive"] == "D2")
    worth = 20.115982654 + 0.2 * missed["margin"]  # the optimum without directives, less the price of missing D2
    assert content["objective"] == pytest.approx(worth, abs=1e-5)
    assert content["budget"] == "low"


def test_an_infeasible_programme(infeasible: Path, tmp_path: Path) -> None:
    assert run("check", infeasible).returncode == DONE
    path = tmp_path / "plan.json"
    path.write_text("an older plan", encoding="utf-8")
    finished = run("plan", infeasible, "--json", "--threads", 1, "-o", path)
    assert finished.returncode == INFEASIBLE
    assert as_json(finished)["status"] == "infeasible"
    assert files(tmp_path) == {"plan.json": b"an older plan"}
    finished = run("plan", infeasible, "--threads", 1)
    assert (finished.returncode, finished.stdout) == (INFEASIBLE, "")
    assert finished.stderr.startswith("no plan satisfies every rule")


def test_no_plan_in_time(tmp_path: Path) -> None:
    finished = run("plan", VIETNAM, "--json", "--time-limit", 0.01, "-o", tmp_path / "plan.json")
    assert finished.returncode == IN_TIME
    assert as_json(finished)["status"] == "no_plan_in_time"
    assert files(tmp_path) == {}


def test_broken_data_is_not_planned(broken: Path, tmp_path: Path) -> None:
    finished = run("plan", broken, "--json", "-o", tmp_path / "plan.json")
    assert finished.returncode == DATA
    content = as_json(finished)
    assert content["status"] == "data"
    assert content["issues"] == as_json(run("check", broken, "--json"))["issues"]
    assert files(tmp_path) == {}


# What if


CUT = "budget,*/2028,amount,scale,0.5,half of the second year"
GONE = 'suppliers,F-NORD,until,set,2027Q4,"Northland supplies for a year"'


def changes(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["table,row,column,change,value,reason", *rows]) + "\n", encoding="utf-8")
    return path


def test_plan_of_a_changed_programme(tmp_path: Path, planned: tuple[Finished, Path]) -> None:
    cut, gone, path = changes(tmp_path / "cut.csv", CUT), changes(tmp_path / "gone.csv", GONE), tmp_path / "plan.json"
    asked = ("plan", SMALL, "--with", cut, "--with", gone, "--threads", 1, "--gap", 0)
    finished = run(*asked, "--json", "-o", path)
    assert (finished.returncode, finished.stderr) == (DONE, "")
    content = as_json(finished)
    assert [(row["file"], row["table"], row["change"], row["value"]) for row in content["changes"]] == [
        ("cut.csv", "budget", "scale", "0.5"),
        ("gone.csv", "suppliers", "set", "2027Q4"),
    ]
    assert content["changes"][0]["reason"] == "half of the second year"
    assert as_json(planned[0])["changes"] == []
    assert content["objective"] < as_json(planned[0])["objective"] - 0.1
    assert content["fingerprint"] == load(SMALL, cut, gone).fingerprint != load(SMALL).fingerprint
    plan = load_plan(path)
    assert plan.programme.changes == load(SMALL, cut, gone).changes
    assert plan.summary() == content
    assert "What if: cut.csv, gone.csv" in run(*asked).stdout


def test_check_of_a_changed_programme(tmp_path: Path) -> None:
    cut = changes(tmp_path / "cut.csv", CUT)
    assert run("check", SMALL, "--with", cut).stdout.strip() == "0 errors, 0 warnings"
    wrong = changes(tmp_path / "wrong.csv", CUT, CUT.replace("amount", "amuont"))
    finished = run("check", SMALL, "--with", cut, "--with", wrong, "--json")
    assert finished.returncode == DATA
    (issue,) = as_json(finished)["issues"]
    assert (issue["file"], issue["row"], issue["column"], issue["nearest"]) == ("wrong.csv", 3, "column", "amount")
    planned = run("plan", SMALL, "--with", wrong, "--json", "-o", tmp_path / "plan.json")
    assert (planned.returncode, as_json(planned)["issues"]) == (DATA, [issue])
    assert not (tmp_path / "plan.json").exists()


# Usage

WRONG: dict[str, Sequence[object]] = {
    "budget that is not there": ("plan", SMALL, "--budget", "lavish"),
    "path that is not there": ("plan", CASES / "none"),
    "path that is not there to check": ("check", CASES / "none"),
    "changes that are not there": ("check", SMALL, "--with", CASES / "none.csv"),
    "changes that are no table": ("plan", SMALL, "--with", SMALL),
    "path that is not there to convert": ("convert", CASES / "none", "x.xlsx"),
    "time that is none": ("plan", SMALL, "--time-limit", 0),
    "gap below nought": ("plan", SMALL, "--gap", -0.1),
    "no threads": ("plan", SMALL, "--threads", 0),
    "seed below nought": ("plan", SMALL, "--seed", -1),
    "output that is a folder": ("plan", SMALL, "-o", CASES),
    "workbook by another name": ("template", "workbook", "-o", "programme.ods"),
    "conversion onto itself": ("convert", SMALL, SMALL),
}
UNPARSED: dict[str, Sequence[object]] = {
    "command that is not there": ("plot", SMALL),
    "option that is not there": ("plan", SMALL, "--speed", 9),
    "time in words": ("plan", SMALL, "--time-limit", "long"),
    "programme missing": ("check",),
    "template of nothing known": ("template", "poem"),
    "language that is not there": ("check", SMALL, "--lang", "fr"),
}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    """Run a command in this process, which saves starting one, in an empty folder."""

    def run_here(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_here


@pytest.mark.parametrize("kind", [*WRONG, *UNPARSED])
def test_wrong_usage(kind: str, call: Call, tmp_path: Path) -> None:
    code, out, err = call(*{**WRONG, **UNPARSED}[kind])
    assert (code, out) == (USAGE, "")
    assert err.strip()
    assert "Traceback" not in err
    assert files(tmp_path) == {}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_usage_as_json(kind: str, call: Call, tmp_path: Path) -> None:
    code, out, err = call(*WRONG[kind], "--json")
    assert (code, err) == (USAGE, "")
    content = json.loads(out)
    assert content["status"] == "usage"
    assert content["error"]
    assert files(tmp_path) == {}


@pytest.mark.parametrize("kind", ["budget that is not there", "path that is not there", "option that is not there"])
def test_wrong_usage_in_a_process_of_its_own(kind: str, tmp_path: Path) -> None:
    finished = run(*{**WRONG, **UNPARSED}[kind], cwd=tmp_path)
    assert (finished.returncode, finished.stdout) == (USAGE, "")
    assert finished.stderr.strip()


def test_an_unknown_budget_is_answered_with_those_there_are(call: Call) -> None:
    assert "base, low" in call("plan", SMALL, "--budget", "lavish")[2]


WRITTEN: dict[str, Sequence[object]] = {
    "folder": ("template", "folder", "-o", "file/output"),
    "conversion to a folder": ("convert", SMALL, "file/output"),
}
BADLY_WRITTEN: dict[str, Sequence[object]] = {
    "plan": ("plan", SMALL, "--threads", 1, "-o", "file/output"),
    "dictionary": ("template", "dictionary", "-o", "file/output"),
    "schema": ("template", "schema", "-o", "file/output"),
    "workbook": ("template", "workbook", "-o", "file/output.xlsx"),
    "conversion to a workbook": ("convert", SMALL, "file/output.xlsx"),
    "dictionary over a folder": ("template", "dictionary", "-o", "."),
    "schema over a folder": ("template", "schema", "-o", "."),
}


def cannot_write(arguments: Sequence[object], call: Call, folder: Path) -> None:
    (folder / "file").write_text("not a folder", encoding="utf-8")
    code, out, err = call(*arguments)
    assert (code, out) == (USAGE, "")
    assert "Traceback" not in err
    assert files(folder) == {"file": b"not a folder"}


@pytest.mark.parametrize("kind", WRITTEN)
def test_an_output_that_cannot_be_written(kind: str, call: Call, tmp_path: Path) -> None:
    cannot_write(WRITTEN[kind], call, tmp_path)


@pytest.mark.parametrize("kind", BADLY_WRITTEN)
def test_an_output_that_cannot_be_written_is_no_bug(kind: str, call: Call, tmp_path: Path) -> None:
    cannot_write(BADLY_WRITTEN[kind], call, tmp_path)


# Interrupts


def interrupted(path: Path, after: float) -> tuple[int, str, str]:
    """Plan the Vietnam case, press Ctrl-C after some seconds, and return how it ended."""
    process = subprocess.Popen(
        command("plan", VIETNAM, "--json", "--gap", 0, "--time-limit", 300, "-o", path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - undo what `&` of a shell does
    )
    try:
        time.sleep(after)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, out, err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
@pytest.mark.parametrize("after", [0.5, 8.0])
def test_ctrl_c_keeps_the_best_plan_or_leaves_nothing(after: float, tmp_path: Path) -> None:
    code, out, err = interrupted(tmp_path / "plan.json", after)
    if code == -signal.SIGINT:  # Python itself was still starting
        assert files(tmp_path) == {}
        return
    assert "Traceback" not in err
    assert "bug" not in err
    if code != DONE:
        assert code in (IN_TIME, INTERRUPTED)
        assert files(tmp_path) == {}
        return
    assert list(files(tmp_path)) == ["plan.json"]
    plan = load_plan(tmp_path / "plan.json")
    assert plan.summary() == json.loads(out)
    assert plan.status == "feasible"


# Help, version, languages


@pytest.mark.parametrize("name", COMMANDS)
def test_help_gives_an_example(name: str, call: Call) -> None:
    code, out, _ = call(name, "--help")
    assert code == DONE
    text = re.sub(r"\s+", " ", out)
    assert f"Example: lotrinh {name}" in text
    assert "Exit codes: 0 done" in text


def test_help_names_every_command() -> None:
    asked, bare = run("--help"), run()
    assert asked.returncode == bare.returncode == DONE
    assert asked.stdout == bare.stdout
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", asked.stdout), name
    assert COMMANDS == [
        "alternatives", "assess", "check", "compare", "convert", "demo", "explain", "front", "plan", "register",
        "template", "waves",
    ]  # fmt: skip


def test_version() -> None:
    assert run("--version").stdout.strip() == lotrinh.__version__


def test_vietnamese(broken: Path, planned: tuple[Finished, Path]) -> None:
    finished = run("--lang", "vi", "check", broken)
    assert finished.returncode == DATA
    assert "1 lỗi, 0 cảnh báo" in finished.stdout
    told = run("plan", SMALL, "--threads", 1, "--lang", "vi")
    assert told.returncode == DONE
    for words in ("Phòng thí nghiệm nguồn đơn photon", "trong nước", "23,58"):
        assert words in told.stdout, words
    assert "Single-photon" not in told.stdout
    content = as_json(run("plan", SMALL, "--threads", 1, "--gap", 0, "--lang", "vi", "--json"))
    assert {**content, "seconds": 0} == {**as_json(planned[0]), "seconds": 0}


def test_vietnamese_of_what_a_plan_refuses(broken: Path) -> None:
    checked = run("--lang", "vi", "check", broken).stdout.splitlines()
    assert run("--lang", "vi", "plan", broken).stdout.splitlines() == checked[:-1]


# template, convert


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("workbook", "programme.xlsx"),
        ("folder", "programme"),
        ("dictionary", "dictionary.csv"),
        ("schema", "schema.json"),
    ],
)
def test_template(what: str, name: str, tmp_path: Path) -> None:
    finished = run("template", what, "--json", cwd=tmp_path)
    assert (finished.returncode, finished.stderr) == (DONE, "")
    assert as_json(finished) == {"status": "written", "path": name}
    before = files(tmp_path)
    assert before
    again = run("template", what, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (USAGE, "")
    assert name in again.stderr
    assert files(tmp_path) == before
    elsewhere = run("template", what, "-o", f"a/b/{name}", cwd=tmp_path)
    assert (elsewhere.returncode, elsewhere.stdout) == (DONE, "")
    if what != "workbook":  # which carries the time of its making
        told = {
            path.removeprefix(f"a/b/{name}"): data for path, data in files(tmp_path).items() if path.startswith("a/")
        }
        assert told == {path.removeprefix(name): data for path, data in before.items()}


def test_templates_say_what_the_tables_are(tmp_path: Path) -> None:
    for what in ("dictionary", "schema", "folder"):
        assert run("template", what, cwd=tmp_path).returncode == DONE
    schema = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    with (tmp_path / "dictionary.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["table"] for row in rows} == set(schema)
    assert {row["column"] for row in rows if row["table"] == "modes"} == set(schema["modes"]["properties"])
    tables = {path.name.split(".")[0] for path in (tmp_path / "programme").iterdir()}
    assert tables == set(schema) - {"changes"}  # which stand beside a programme
    assert run("check", tmp_path / "programme").returncode == DATA


def test_there_and_back(tmp_path: Path) -> None:
    book, folder = tmp_path / "books" / "small.xlsx", tmp_path / "back" / "small"
    there = run("convert", SMALL, book)
    assert (there.returncode, there.stdout) == (DONE, "")
    back = run("convert", book, folder, "--json")
    assert as_json(back) == {"status": "written", "path": str(folder)}
    assert run("check", book).returncode == DONE
    assert load(book).fingerprint == load(folder).fingerprint == load(SMALL).fingerprint
    assert {path.name for path in folder.iterdir()} == {path.name for path in SMALL.iterdir() if path.suffix != ".md"}


def test_what_cannot_be_read_is_not_converted(tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    source.write_bytes(b"not a workbook")
    finished = run("convert", source, tmp_path / "target")
    assert finished.returncode in (USAGE, DATA)
    assert files(tmp_path) == {"source.xlsx": b"not a workbook"}


# What no data can bring about


@pytest.mark.parametrize(("error", "code"), [(RuntimeError("a slip"), BUG), (KeyboardInterrupt(), INTERRUPTED)])
def test_our_own_bugs_and_interrupts_are_told_apart(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr(lotrinh.programme.load, "check", fail)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(SMALL)])
    assert ended.value.code == code
    told = capsys.readouterr()
    assert told.out == ""
    assert ("This is a bug in Lotrinh" in told.err) == (code == BUG)
