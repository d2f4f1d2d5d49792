"""``lotrinh explain``, ``alternatives`` and ``front`` as a user meets them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lotrinh.base.text import speaking
from lotrinh.cli.explain_tables import price_words, why_not_words
from lotrinh.cli.main import main
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


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run_here(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_here


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
    project = plan.projects()[0]["project"]
    code, out, _ = call("explain", file, "--waiting", project, "--threads", 1)
    assert code == DONE
    assert "Not rushing, not hesitating" in out
    content = json.loads(call("explain", file, "--waiting", project, "--json", "--threads", 1)[1])
    assert {each["later"] for each in content["waiting"][project]} <= {-8, -4, -2, 2, 4, 8}
    code, _, err = call("explain", file, "--waiting", plan.refused[0])
    assert (code, f"{plan.refused[0]} is not in the plan" in err) == (USAGE, True)


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
    assert float(rows[0]["value"]) >= max(float(row["value"]) for row in rows[1:]) - 1e-6
    svg = chart.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "Money spent, million" in svg
    code, _, err = call("front", file, "--chart", tmp_path / "front.gif", *options)
    assert (code, ".svg" in err) == (USAGE, True)


ENGLISH = re.compile(r"\b(?:the|of|it|plan|costs|short|directive|holds|needs|level)\b")


def test_answers_in_vietnamese(plan: Plan) -> None:
    with speaking("vi"):
        for project in plan.refused:
            for sentence in why_not_words(plan, why_not(plan, project, EXACT)):
                assert not ENGLISH.search(str(sentence)), str(sentence)
        for directive in plan.programme.directives.ids:
            assert not ENGLISH.search(str(price_words(plan, price(plan, directive, EXACT))))
