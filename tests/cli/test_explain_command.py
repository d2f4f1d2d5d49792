"""``lotrinh explain``, ``alternatives`` and ``front`` as a user meets them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lotrinh.base.text import speaking
from lotrinh.cli import front_chart
from lotrinh.cli.explain_tables import price_words, why_not_words
from lotrinh.plan import front
from lotrinh.plan.explain.price import price
from lotrinh.plan.explain.why_not import why_not
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load

SMALL = Path(__file__).parents[2] / "cases" / "small"
DONE, USAGE = 0, 2
EXACT = PlanSettings(gap=0.0, threads=1)

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return optimise(load(SMALL), EXACT)


@pytest.fixture(scope="module")
def file(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "small.plan.json"
    plan.save(path)
    return path


def test_why_not(plan: Plan, file: Path, call: Call) -> None:
    code, out, _ = call("explain", file, "--why-not", "all", "--threads", 1)
    assert code == DONE
    for project in plan.refused:
        assert re.search(rf"^{project} \w+", out, re.MULTILINE), project
    assert "Forced in, it costs" in out
    assert "It displaces:" in out
    code, out, _ = call("explain", file, "--why-not", plan.refused[0], "--json", "--threads", 1)
    (answer,) = json.loads(out)["why_not"]
    assert answer["project"] == plan.refused[0]
    assert answer["status"] in ("possible", "out_of_reach", "forbidden", "no_start")


def test_prices(plan: Plan, file: Path, call: Call) -> None:
    code, out, _ = call("explain", file, "--price", "all", "--threads", 1)
    assert code == DONE
    for directive in plan.programme.directives.ids:
        assert directive in out
    assert "Price, weighted level-years" in out
    content = json.loads(call("explain", file, "--price", "all", "--json", "--threads", 1)[1])
    assert [each["directive"] for each in content["prices"]] == list(plan.programme.directives.ids)


def test_binding(file: Path, call: Call) -> None:
    code, out, _ = call("explain", file, "--binding")
    assert code == DONE
    assert "the money of 2027" in out
    assert "2029" in out
    content = json.loads(call("explain", file, "--binding", "--json")[1])["binding"]
    assert content[0]["relative"] >= content[-1]["relative"] > 0


def test_waiting(plan: Plan, file: Path, call: Call) -> None:
    locked = plan.quantities.locks
    ids = plan.programme.projects.ids
    project = next(ids[p] for p, x in enumerate(plan.decisions.option) if x >= 0 and p not in locked)
    code, out, _ = call("explain", file, "--waiting", project, "--threads", 1)
    assert code == DONE
    assert "Not rushing, not hesitating" in out
    content = json.loads(call("explain", file, "--waiting", project, "--json", "--threads", 1)[1])
    assert {each["later"] for each in content["waiting"][project]} <= {-8, -4, -2, 2, 4, 8}
    code, _, err = call("explain", file, "--waiting", plan.refused[0])
    assert (code, f"{plan.refused[0]} is not in the plan" in err) == (USAGE, True)


def test_waiting_of_a_locked_project(file: Path, call: Call) -> None:
    code, out, _ = call("explain", file, "--waiting", "P1")
    assert (code, out.strip()) == (DONE, "P1 is locked: its start in 2026Q3 is fixed.")
    assert json.loads(call("explain", file, "--waiting", "P1", "--json")[1]) == {"waiting": {"P1": []}}


def test_conflict(tmp_path: Path, call: Call) -> None:
    code, out, _ = call("explain", SMALL, "--conflict")
    assert (code, out.strip()) == (DONE, "Nothing clashes: there is a plan.")
    change = tmp_path / "poor.csv"
    rows = [["table", "row", "column", "change", "value", "reason"]]
    rows.append(["budget", "base/*", "amount", "scale", "0.05", "hardly any money"])
    with change.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    code, out, _ = call("explain", SMALL, "--conflict", "--with", change)
    assert code == DONE
    assert "without any one of them there is" in out
    assert "P1 Inventory" in out
    assert "the money of" in out


def test_something_must_be_asked(file: Path, call: Call) -> None:
    code, _, err = call("explain", file)
    assert (code, "--why-not" in err) == (USAGE, True)
    code, _, err = call("explain", file, "--price", "D99")
    assert (code, "there is no directive D99" in err) == (USAGE, True)


def forbidden(*_: object) -> None:
    raise AssertionError("a search began")


SEARCHES = (
    "lotrinh.plan.explain.why_not.why_not",
    "lotrinh.plan.explain.price.price",
    "lotrinh.plan.explain.waiting.waiting",
    "lotrinh.plan.explain.binding.binding",
    "lotrinh.plan.conflict.conflict",
    "lotrinh.plan.alternatives.alternatives",
    "lotrinh.plan.front.front",
)


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SEARCHES:
        monkeypatch.setattr(name, forbidden)


def test_unknown_names_are_told_together_before_any_search(plan: Plan, file: Path, call: Call, no_search: None) -> None:
    asked = ("--why-not", plan.refused[0], "--why-not", "P98", "--price", "D99", "--waiting", "P97", "--binding")
    code, out, err = call("explain", file, *asked, "--waiting", plan.refused[0])
    assert (code, out) == (USAGE, "")
    for words in ("project P98", "directive D99", "project P97", f"{plan.refused[0]} is not in the plan"):
        assert words in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--binding", "--budget", "low"), "--with and --budget go with --conflict"),
        (("--price", "D1", "--with", "cut.csv"), "--with and --budget go with --conflict"),
        (("--conflict", "--budget", "low"), "a plan file has its own data"),
        (("--conflict", "--with", "cut.csv"), "a plan file has its own data"),
        (("--conflict", "--binding"), "--conflict is asked alone"),
        (("--conflict", "--why-not", "all"), "--conflict is asked alone"),
        (("--conflict", "--price", "all"), "--conflict is asked alone"),
        (("--conflict", "--waiting", "P2"), "--conflict is asked alone"),
    ],
)
def test_options_are_not_ignored(options: tuple[str, ...], words: str, file: Path, call: Call, no_search: None) -> None:
    code, out, err = call("explain", file, *options)
    assert (code, out) == (USAGE, "")
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        *(
            ((command, *limit), words)
            for command in ("explain --binding", "explain --conflict", "alternatives", "front")
            for limit, words in ((("--time-limit", "0"), "time_limit"), (("--time-limit", "nan"), "time_limit"),
                                 (("--threads", "0"), "threads"))
        ),
        (("front", "--gap", "2"), "gap"),
        (("front", "--money", "nan"), "--money"),
        (("front", "--money", "0", "--money", "-0.5"), "--money"),
        (("front", "--independence", "inf"), "--independence"),
        (("front", "--independence", "-1"), "--independence"),
        *((("alternatives", "--within", value), "--within must be from") for value in ("nan", "inf", "-0.1", "2")),
    ],
)  # fmt: skip
def test_limits(arguments: tuple[str, ...], words: str, file: Path, call: Call, no_search: None) -> None:
    command, *options = arguments
    name, *question = command.split()
    code, out, err = call(name, file, *question, *options)
    assert (code, out) == (USAGE, "")
    assert words in err
    assert "bug" not in err


def test_alternatives(plan: Plan, file: Path, call: Call) -> None:
    code, out, _ = call("alternatives", file, "--within", "0.05", "--threads", 1)
    assert code == DONE
    assert "In every one" in out
    content = json.loads(call("alternatives", file, "--within", "0.05", "--threads", 1, "--json")[1])
    assert content["proven"] is True
    assert sorted([*content["always"], *content["sometimes"], *content["never"]]) == sorted(plan.programme.projects.ids)


def test_front(file: Path, tmp_path: Path, call: Call) -> None:
    points, chart = tmp_path / "front.csv", tmp_path / "front.svg"
    options = ["--money", 0.0, "--money", 0.5, "--independence", 0.0, "--threads", 1]
    code, out, err = call("front", file, "-o", points, "--chart", chart, *options)
    assert code == DONE, err
    assert "The front: capability, independence, cost and tail" in out
    with points.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 3
    assert "No plan was found in time" not in out
    assert float(rows[0]["value"]) >= max(float(row["value"]) for row in rows[1:]) - 1e-6
    svg = chart.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "Money spent, million" in svg


def test_a_chart_is_checked_before_the_sweep(
    file: Path, tmp_path: Path, call: Call, no_search: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = call("front", file, "--chart", tmp_path / "front.gif")
    assert (code, ".svg" in err) == (USAGE, True)
    for missing in ("altair", "vl_convert"):
        monkeypatch.setattr(front_chart, "find_spec", lambda name, gone=missing: None if name == gone else object())
        code, _, err = call("front", file, "--chart", tmp_path / "front.svg")
        assert (code, "lotrinh[charts]" in err) == (USAGE, True)


def test_points_that_were_not_found_are_told(file: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_the_plan(plan: Plan, *_: object) -> list[front.Point]:
        return sweep(plan, EXACT, (), ())

    sweep = front.front
    monkeypatch.setattr(front, "front", only_the_plan)
    options = ("--money", 0, "--money", 1, "--independence", 0)
    code, out, _ = call("front", file, *options)
    assert (code, "No plan was found in time for 2 of the 2 points." in out) == (DONE, True)
    content = json.loads(call("front", file, *options, "--json")[1])
    assert (len(content["points"]), content["missing"]) == (1, 2)


ENGLISH = re.compile(r"\b(?:the|of|it|plan|costs|short|directive|holds|needs|level)\b")


def test_answers_in_vietnamese(plan: Plan) -> None:
    with speaking("vi"):
        for project in plan.refused:
            for sentence in why_not_words(plan, why_not(plan, project, EXACT)):
                assert not ENGLISH.search(str(sentence)), str(sentence)
        for directive in plan.programme.directives.ids:
            assert not ENGLISH.search(str(price_words(plan, price(plan, directive, EXACT))))
