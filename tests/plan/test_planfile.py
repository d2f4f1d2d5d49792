"""A plan file carries its plan whole, is verified anew when it is read, and is never half written."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.plan.builders import change_rows

from lotrinh.base.issues import LotrinhError, NoPlanError, UsageError
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.planfile import load_plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load

SMALL = Path(__file__).parents[2] / "cases" / "small"
EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)
Content = dict[str, Any]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return optimise(load(SMALL), EXACT)


@pytest.fixture(scope="module")
def content(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Content:
    path = tmp_path_factory.mktemp("plans") / "small.plan.json"
    plan.save(path)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def written(content: Content, tmp_path: Path) -> Callable[[Content], Path]:
    def write(changed: Content) -> Path:
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
        return path

    return write


# There and back


def test_a_plan_comes_back_as_it_was(plan: Plan, tmp_path: Path) -> None:
    plan.save(tmp_path / "a.json")
    back = load_plan(tmp_path / "a.json")
    assert back.programme == plan.programme
    assert back.programme.fingerprint == plan.programme.fingerprint
    assert back.settings == plan.settings
    assert (back.status, back.objective, back.bound, back.seconds, back.solver) == (
        plan.status, plan.objective, plan.bound, plan.seconds, plan.solver,
    )  # fmt: skip
    for name in ("option", "entrants", "bought", "restored"):
        assert np.array_equal(getattr(back.decisions, name), getattr(plan.decisions, name)), name
    assert back.summary() == plan.summary()
    back.save(tmp_path / "b.json")
    assert (tmp_path / "b.json").read_bytes() == (tmp_path / "a.json").read_bytes()


@pytest.mark.parametrize("scenario", ["base", "low"])
def test_every_scenario_comes_back(scenario: str, tmp_path: Path) -> None:
    plan = optimise(load(SMALL), PlanSettings(budget=scenario, gap=0.0, threads=1))
    plan.save(str(tmp_path / "plan.json"))
    back = load_plan(str(tmp_path / "plan.json"))
    assert back.quantities.scenario == scenario
    assert back.summary() == plan.summary()


def test_it_is_read_without_the_folder_it_was_made_from(plan: Plan, content: Content) -> None:
    assert content["format"] == "lotrinh-plan-2"
    assert {table["name"] for table in content["programme"]} >= {"programme", "projects", "modes", "budget"}
    assert "cases" not in json.dumps(content)
    assert content["fingerprint"] == plan.programme.fingerprint


def test_a_folder_that_is_not_there_is_made(plan: Plan, tmp_path: Path) -> None:
    plan.save(tmp_path / "new" / "folder" / "plan.json")
    assert load_plan(tmp_path / "new" / "folder" / "plan.json").objective == plan.objective


# What was tampered with is refused

Tamper = Callable[[Content], None]


def started(quarter: str, project: int = 1) -> Tamper:
    def tamper(content: Content) -> None:
        content["projects"][project]["start"] = quarter

    return tamper


def put(*keys: Any, value: Any) -> Tamper:
    def tamper(content: Content) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return tamper


def cell(table: str, column: str, value: Any) -> Tamper:
    def tamper(content: Content) -> None:
        found = next(entry for entry in content["programme"] if entry["name"] == table)
        found["rows"][0][found["header"].index(column)] = value

    return tamper


def drop(*keys: Any) -> Tamper:
    def tamper(content: Content) -> None:
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return tamper


def both(*steps: Tamper) -> Tamper:
    def tamper(content: Content) -> None:
        for step in steps:
            step(content)

    return tamper


def entered_more(content: Content) -> None:
    content["entrants"][0]["people"] += 1


def restored_more(content: Content) -> None:
    path = next(path for path in content["restored"].values() if max(path) > 0)
    path[path.index(max(path))] += 0.01


TAMPERED: dict[str, Tamper] = {
    "another start": started("2027Q2"),
    "a start outside the horizon": started("2040Q1"),
    "a start that is no quarter": started("soon"),
    "another mode": put("projects", 1, "mode", value="P1-D"),
    "a mode that is not there": put("projects", 1, "mode", value="P99-D"),
    "a project that is not there": put("projects", 1, "project", value="P99"),
    "a project less": drop("projects", 1),
    "the running project left out": drop("projects", 0),
    "no projects": put("projects", value=[]),
    "objective raised": put("objective", value=99.0),
    "objective lowered": put("objective", value=1.0),
    "objective in words": put("objective", value="much"),
    "objective missing": drop("objective"),
    "bound below the objective": put("bound", value=1.0),
    "an entrant more": entered_more,
    "entrants left out": put("entrants", value=[]),
    "entrants below nought": put("entrants", 0, "people", value=-1),
    "half an entrant": put("entrants", 0, "people", value=1.5),
    "a flow that is not there": put("entrants", 0, "flow", value="W-NONE"),
    "purchases left out": put("purchases", value=[]),
    "a machine more": put("purchases", 0, "units", value=2),
    "machines left empty": put("purchases", 0, "units", value=None),
    "a machine a year later": put("purchases", 0, "year", value=2028),
    "a year outside the horizon": put("purchases", 0, "year", value=1999),
    "more core funding": restored_more,
    "core funding left out": drop("restored", "C-PHO"),
    "core funding too short": put("restored", "C-PHO", value=[0.0]),
    "another budget": put("budget", value="low"),
    "a budget that is not there": put("budget", value="none"),
    "settings of no search": put("settings", "gap", value=-1),
    "a setting that is not there": put("settings", "speed", value=1),
    "a cell of the programme": cell("modes", "cost_likely", "0.1"),
    "a cell that cannot be read": cell("modes", "cost_likely", "cheap"),
    "a title of the programme": cell("projects", "title_en", "Something else"),
    "a row of the programme": lambda content: content["programme"][3]["rows"].pop(),
    "a table of the programme": lambda content: content["programme"].pop(3),
    "no programme": put("programme", value=[]),
    "another fingerprint": put("fingerprint", value="0" * 64),
    "another format": put("format", value="lotrinh-plan-1"),
    "no format": drop("format"),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_tampered_file_is_refused(kind: str, content: Content, written: Callable[[Content], Path]) -> None:
    changed = copy.deepcopy(content)
    TAMPERED[kind](changed)
    assert changed != content
    with pytest.raises(UsageError):
        load_plan(written(changed))


def test_a_changed_programme_with_its_own_fingerprint_does_not_hold(
    plan: Plan, content: Content, written: Callable[[Content], Path]
) -> None:
    changed = copy.deepcopy(content)
    cell("budget", "amount", "0.1")(changed)
    with pytest.raises(UsageError, match="not the one that was planned"):
        load_plan(written(changed))
    folder = written(changed).parent / "case"
    folder.mkdir()
    for table in SMALL.glob("*.*"):
        (folder / table.name).write_bytes(table.read_bytes())
    text = (SMALL / "budget.base.csv").read_text(encoding="utf-8").splitlines()
    head, first = text[0].split(","), text[1].split(",")
    first[head.index("amount")] = "0.1"
    (folder / "budget.base.csv").write_text("\n".join([text[0], ",".join(first), *text[2:]]) + "\n", encoding="utf-8")
    changed["fingerprint"] = load(folder).fingerprint
    with pytest.raises(UsageError, match="does not hold"):
        load_plan(written(changed))


NO_NUMBERS: dict[str, Tamper] = {
    "objective": put("objective", value=float("nan")),
    "bound": put("bound", value=float("nan")),
    "entrants left empty": put("entrants", 0, "people", value=None),
    "core funding": put("restored", "C-PHO", 0, value=float("nan")),
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_what_is_not_a_number_is_refused(kind: str, content: Content, written: Callable[[Content], Path]) -> None:
    changed = copy.deepcopy(content)
    NO_NUMBERS[kind](changed)
    with pytest.raises(UsageError):
        load_plan(written(changed))


@pytest.mark.parametrize("key", ["objective", "bound", "seconds"])
def test_a_number_beyond_all_measure_is_refused(key: str, content: Content, written: Callable[[Content], Path]) -> None:
    with pytest.raises(UsageError):
        load_plan(written({**content, key: 10**400}))


@pytest.mark.parametrize("status", ["proven by the stars", 7])
def test_a_status_that_is_none_is_refused(status: Any, content: Content, written: Callable[[Content], Path]) -> None:
    with pytest.raises(UsageError):
        load_plan(written({**content, "status": status}))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"plan"', "{}", '{"format": "lotrinh-plan-2"}', "\ud83d", "not JSON at all"]
)
def test_what_is_no_plan_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError):
        load_plan(path)


def test_a_file_cut_short_anywhere_is_refused(content: Content, tmp_path: Path) -> None:
    whole = json.dumps(content).encode()
    for share in np.linspace(0.01, 0.999, 12):
        path = tmp_path / "plan.json"
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(UsageError):
            load_plan(path)


def test_a_path_of_no_use_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(UsageError):
            load_plan(path)


FREE = ("version", "status", "seconds", "solver", "settings", "refused", "spend", "levels", "fields_opened", "gap")
"""What says how the plan was found, and what is worked out anew when it is read."""
DERIVED = ("kind", "end", "field", "chance", "cost")
"""Of a chosen project, what is worked out anew."""


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_changed_the_plan_is_the_same_or_refused(
    seed: int, plan: Plan, content: Content, written: Callable[[Content], Path]
) -> None:
    dice = np.random.default_rng(seed)
    for _ in range(6):
        changed = copy.deepcopy(content)
        where = scramble(changed, dice)
        try:
            back = load_plan(written(changed))
        except UsageError:
            continue
        if where[0] not in FREE and where[-1] not in DERIVED:
            assert (back.objective, back.programme.fingerprint) == (plan.objective, plan.programme.fingerprint), where
            assert back.projects() == plan.projects(), where
            assert back.entrants() == plan.entrants(), where
            assert back.purchases() == plan.purchases(), where


def scramble(node: Any, dice: np.random.Generator) -> list[Any]:
    """Change one value somewhere below `node` and return where."""
    where: list[Any] = []
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = keys[dice.integers(len(keys))]
        where.append(key)
        if isinstance(node[key], dict | list) and node[key] and dice.random() < 0.9:
            node = node[key]
            continue
        values: list[Any] = ["", "x", 0, 1, -1, 0.5, 1e9, True, [], {}, ["x"]]
        node[key] = values[dice.integers(len(values))]
        return where


# Whole or not at all


def test_a_failed_write_leaves_the_old_file(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.json"
    path.write_text("the old plan", encoding="utf-8")

    def fail(source: Any, target: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((OSError, LotrinhError)):
        plan.save(path)
    assert path.read_text(encoding="utf-8") == "the old plan"
    assert list(tmp_path.iterdir()) == [path]


def test_a_plan_that_cannot_be_put_in_words_leaves_the_old_file(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    plan.save(path)
    before = path.read_bytes()

    def fail(*_: Any, **__: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dumps", fail)
    with pytest.raises(KeyboardInterrupt):
        plan.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_plan_survives_a_programme_without_a_plan(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    plan.save(path)
    before = path.read_bytes()
    with pytest.raises(NoPlanError):
        optimise(change_rows(plan.programme, "budget", amount=0.0), EXACT).save(path)
    assert path.read_bytes() == before
