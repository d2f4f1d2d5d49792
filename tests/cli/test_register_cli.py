"""The commands of the register, as a user meets them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lotrinh.register.classes import CLASSES

Call = Callable[..., tuple[int, str, str]]
DONE, USAGE, DATA = 0, 2, 3


def cbom(path: Path, *names: str, app: str = "payroll", day: str = "2026-01-15") -> Path:
    components = [
        {
            "type": "cryptographic-asset",
            "bom-ref": f"r{n}",
            "name": name,
            "cryptoProperties": {"assetType": "algorithm"},
            "evidence": {"occurrences": [{"location": f"src/f{n}.c", "line": 7}]},
        }
        for n, name in enumerate(names)
    ]
    metadata = {"timestamp": f"{day}T00:00:00Z", "component": {"type": "application", "name": app}}
    content = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    path.write_text(json.dumps({**content, "metadata": metadata, "components": components}))
    return path


@pytest.fixture
def register(tmp_path: Path, call: Call) -> Path:
    """Return a register with three assets, one of which is not recognised."""
    path = tmp_path / "register"
    inventory = cbom(tmp_path / "a.json", "RSA-2048", "AES-256", "frobnicate-7")
    assert call("register", "add", inventory, "--register", path, "--system", "hr")[0] == DONE
    return path


def as_json(told: tuple[int, str, str]) -> dict[str, Any]:
    assert told[0] == DONE, told
    content = json.loads(told[1])
    assert isinstance(content, dict)
    return content


def test_add_says_what_was_read(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cbom(tmp_path / "a.json", "RSA-2048", "AES-256")
    code, out, _ = call("register", "add", "a.json")
    assert code == DONE
    assert "New assets: 2, known before: 0; all in the register register: 2." in out
    assert (tmp_path / "register" / "manifest.json").exists()
    code, out, _ = call("register", "add", "a.json")
    assert code == DONE
    assert "is as it was" in out


def test_add_as_json(tmp_path: Path, call: Call) -> None:
    path = cbom(tmp_path / "a.json", "RSA-2048", "AES-256")
    (tmp_path / "b.txt").write_text("nothing")
    told = as_json(call("register", "add", path, tmp_path / "b.txt", "--register", tmp_path / "r", "--json"))
    assert (told["status"], told["files"], told["sightings"], told["new"], told["known"]) == ("added", 2, 2, 2, 0)
    assert list(told["classes"]) == list(CLASSES)
    assert [problem["file"].rpartition("/")[2] for problem in told["problems"]] == ["b.txt"]


@pytest.mark.parametrize("name", ["empty", "b.txt"])
def test_add_of_nothing_that_is_read_says_so_and_makes_no_register(tmp_path: Path, call: Call, name: str) -> None:
    (tmp_path / "b.txt").write_text("nothing")
    (tmp_path / "empty").mkdir()
    code, _, err = call("register", "add", tmp_path / name, "--register", tmp_path / "r")
    assert code == USAGE
    assert "nothing that can be read was found" in err
    code, out, _ = call("register", "add", tmp_path / name, "--register", tmp_path / "r", "--json")
    told = json.loads(out)
    assert (code, told["status"], len(told["problems"])) == (USAGE, "usage", name == "b.txt")
    assert not (tmp_path / "r").exists()


def test_add_of_nothing_but_errors_ends_with_a_problem(tmp_path: Path, call: Call) -> None:
    (tmp_path / "systems.csv").write_text("system,title,criticality\na,A,enormous\n")
    code, out, _ = call("register", "add", tmp_path / "systems.csv", "--register", tmp_path / "r")
    assert code == DATA
    assert "enormous" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "nowhere.json"),
        ("add", ".", "--seen", "soon"),
        ("add", ".", "--workers", "0"),
        ("show", "nowhere"),
        ("diff", "2026-01-01", "tomorrow"),
        ("diff", "2027-01-01", "2026-01-01"),
        ("teach", "nowhere.csv"),
        ("add", ".", "--seen", "2999-01-01"),
    ],
)
def test_usage(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("register", *arguments)
    assert (code, out) == (USAGE, "")
    assert err.count("\n") == 1


def test_show(register: Path, call: Call) -> None:
    code, out, _ = call("register", "show", register)
    assert code == DONE
    assert "assets: 3, systems: 1, imports: 1, the last on" in out
    told = as_json(call("register", "show", register, "--class", "unknown", "--json"))
    assert (told["assets"], told["classes"]) == (1, {"unknown": 1})
    assert [row["location"].partition(":")[0] for row in told["listed"]] == ["src/f2.c"]
    told = as_json(call("register", "show", register, "--system", "hr", "--kind", "algorithm", "--json"))
    assert len(told["listed"]) == told["assets"] == 3


def test_a_filter_that_is_no_word_is_refused_with_the_nearest(register: Path, call: Call) -> None:
    code, _, err = call("register", "show", register, "--class", "hybri")
    assert code == USAGE
    assert "nearest is 'hybrid'" in err


def test_unknown_then_teach(register: Path, tmp_path: Path, call: Call) -> None:
    sheet = tmp_path / "taught.csv"
    code, out, _ = call("register", "unknown", register, "-o", sheet)
    assert code == DONE
    assert "frobnicate-7" in out
    rows = list(csv.DictReader(sheet.read_text().splitlines()))
    assert [row["name"] for row in rows] == ["frobnicate-7"]
    with sheet.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerow({**rows[0], "class": "already_weak", "function": "signature"})
    told = as_json(call("register", "teach", sheet, "--register", register, "--json"))
    assert (told["before"]["unknown"], told["classes"]["unknown"], told["classes"]["already_weak"]) == (1, 0, 1)
    assert as_json(call("register", "unknown", register, "--json")) == {"unknown": []}
    code, out, _ = call("register", "teach", sheet, "--register", register)
    assert (code, "nothing changed" in out) == (DONE, True)


def test_a_sheet_that_is_filled_in_is_not_written_over(register: Path, tmp_path: Path, call: Call) -> None:
    sheet = tmp_path / "taught.csv"
    sheet.write_text("filled in")
    code, _, err = call("register", "unknown", register, "-o", sheet)
    assert (code, sheet.read_text()) == (USAGE, "filled in")
    assert "is there already" in err


def test_burndown_without_work_or_waves(tmp_path: Path, call: Call) -> None:
    register = tmp_path / "r"
    call("register", "add", cbom(tmp_path / "a.json", "AES-256"), "--register", register)
    code, out, _ = call("register", "burndown", register)
    assert (code, out.count("\n")) == (DONE, 1)
    assert "nothing that is to be migrated" in out
    code, _, err = call("register", "burndown", register, "--waves", tmp_path / "nowhere")
    assert code == USAGE
    assert "there are no waves in" in err
    assert "Errno" not in err


@pytest.mark.parametrize("systems", [1, 8, 83])
def test_synthesise_makes_as_many_systems_as_asked(tmp_path: Path, call: Call, systems: int) -> None:
    call("register", "synthesise", "-o", tmp_path / "e", "--assets", "500", "--systems", systems)
    with (tmp_path / "e" / "systems.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == systems
    err = call("register", "synthesise", "-o", tmp_path / "f", "--assets", "9", "--systems", systems)[2]
    assert "public roots besides: " in err


def test_a_taught_sheet_with_an_error_changes_nothing(register: Path, tmp_path: Path, call: Call) -> None:
    sheet = tmp_path / "taught.csv"
    sheet.write_text("name,class,evidence\nfrobnicate-7,nonsense,expert\n")
    before = (register / "manifest.json").read_bytes()
    assert call("register", "teach", sheet, "--register", register)[0] == DATA
    assert (register / "manifest.json").read_bytes() == before


def test_problems(register: Path, tmp_path: Path, call: Call) -> None:
    (tmp_path / "b.txt").write_text("nothing")
    inventory = cbom(tmp_path / "c.json", "DSA")
    call("register", "add", tmp_path / "b.txt", inventory, "--register", register)
    told = as_json(call("register", "problems", register, "--json"))
    assert [issue["file"].rpartition("/")[2] for issue in told["issues"]] == ["b.txt"]
    assert "b.txt" in call("register", "problems", register)[1]


def test_diff(tmp_path: Path, call: Call) -> None:
    path, register = tmp_path / "a.json", tmp_path / "register"
    cbom(path, "RSA-2048", "AES-256")
    call("register", "add", path, "--register", register, "--seen", "2026-01-15")
    cbom(path, "RSA-2048", day="2026-06-01")
    call("register", "add", path, "--register", register, "--seen", "2026-06-01")
    told = as_json(call("register", "diff", "2026-01-31", "2026-06-30", "--register", register, "--json"))
    assert told["counts"] == {"vanished": 1}
    code, out, _ = call("register", "diff", "2026-01-31", "2026-06-30", "--register", register)
    assert code == DONE
    assert "vanished" in out
    out = call("register", "diff", "2026-06-30", "2026-06-30", "--register", register)[1]
    assert "nothing changed" in out


@pytest.mark.parametrize("command", ["show", "unknown", "problems"])
def test_in_vietnamese(register: Path, call: Call, command: str) -> None:
    code, out, err = call("--lang", "vi", "register", command, register)
    assert (code, err) == (DONE, "")
    assert out
