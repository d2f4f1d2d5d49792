"""``lotrinh assess`` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars
import pytest

from lotrinh.assessment import assess as assessing
from lotrinh.cli.main import main
from lotrinh.plan.plan import Plan

SMALL = Path(__file__).parents[2] / "cases" / "small"
DONE, USAGE, INTERRUPTED = 0, 2, 130
FUTURES = ("--futures", 2500, "--seed", 3)
RESULTS = {"futures.parquet", "inputs.parquet", "fans.parquet", "summary.json", "manifest.json"}

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def results(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "new" / "small.futures"
    with pytest.raises(SystemExit) as ended:
        main(["assess", str(file), *map(str, FUTURES), "-o", str(folder)])
    assert ended.value.code == DONE
    return folder


def timeless(text: str) -> dict[str, Any]:
    """Return a JSON object without what belongs to one machine on one day."""
    content = json.loads(text)
    assert isinstance(content, dict)
    content["settings"] = {k: v for k, v in content["settings"].items() if k not in ("engine", "workers")}
    return {key: value for key, value in content.items() if key != "seconds"}


def interrupting(after: int) -> Callable[..., Iterator[Any]]:
    """Return a way to spread batches that Ctrl-C ends after some of them."""

    def spread(work: Callable[[Any], Any], tasks: Any, *_: Any) -> Iterator[Any]:
        for number, task in enumerate(tasks):
            if number == after:
                raise KeyboardInterrupt
            yield work(task)

    return spread


def test_for_people(file: Path, plan: Plan, call: Call) -> None:
    code, out, err = call("assess", file, *FUTURES)
    assert (code, err) == (DONE, "")
    assert "\x1b" not in out
    assert "2,500 futures, seed 3" in out
    for name in ("directives", "capabilities", "migration"):
        for row in getattr(plan.programme, name):
            assert row.title_en in out, name
    for words in (
        "23.58", "Directives:", "What is reached", "Products:", "do not deliver", "What drives the value",
        "worst tenth of the futures share", "gate 2 of P2 National suite of post-quantum algorithms",
        "Security in time", "Exposure: what is lost", "All classes", "Reference library", "fails gate 2",
    ):  # fmt: skip
        assert words in out, words


def test_the_same_seed_gives_the_same_json(file: Path, call: Call) -> None:
    code, first, err = call("assess", file, *FUTURES, "--json")
    assert (code, err) == (DONE, "")
    content = json.loads(first)
    assert (content["status"], content["futures"], content["asked"]) == ("assessed", 2500, 2500)
    assert content["value"]["p05"] < content["value"]["mean"] < content["planned_value"]
    assert [row["directive"] for row in content["directives"]] == ["D1", "D2", "D3"]
    again = call("assess", file, *FUTURES, "--json", "--workers", 1)[1]
    assert timeless(again) == timeless(first)
    other = call("assess", file, "--futures", 2500, "--seed", 4, "--json")[1]
    assert timeless(other)["value"] != timeless(first)["value"]


def test_results(results: Path, file: Path, call: Call) -> None:
    assert {path.name for path in results.iterdir()} == RESULTS
    summary = (results / "summary.json").read_text(encoding="utf-8")
    content = json.loads(call("assess", file, *FUTURES, "--json")[1])
    del content["status"]
    assert timeless(summary) == timeless(json.dumps(content))


@pytest.mark.parametrize("future", [0, 17, 2047, 2048, 2499])
def test_a_future_told_is_the_row_of_the_results(
    future: int, results: Path, file: Path, plan: Plan, call: Call
) -> None:
    code, out, err = call("assess", file, *FUTURES, "--tell", future, "--json")
    assert (code, err) == (DONE, "")
    told = json.loads(out)
    assert (told["status"], told["future"]) == ("told", future)
    (row,) = polars.read_parquet(results / "futures.parquet").filter(polars.col("future") == future).to_dicts()
    assert (told["result"]["value"], told["result"]["money"]) == (row["value"], row["money"])
    for one in told["result"]["capabilities"]:
        assert one["level"] == row[one["capability"]]
    ends = {"delivers": "delivered", "fails": "failed", "dropped": "dropped", "barred": "barred",
            "abandoned": "abandoned", "unfinished": "running"}  # fmt: skip
    at = plan.quantities.calendar.at
    seen = set()
    for event in told["events"]:
        if event["kind"] == "begins":
            assert event["quarter"] == str(at(row[f"{event['project']}_started"]))
        if event["kind"] in ends:
            seen.add(event["project"])
            assert row[f"{event['project']}_status"] == ends[event["kind"]]
        if event["kind"] in ("delivers", "fails", "abandoned"):
            assert event["quarter"] == str(at(row[f"{event['project']}_stopped"] - 1))
        assert event["words"] or event["kind"] == "passes"
    assert seen == set(told_of(plan))


def told_of(plan: Plan) -> list[str]:
    """Return the projects of the plan; the small case has no reserve list that could begin."""
    return [row["project"] for row in plan.projects()]


def test_a_future_told_to_people(file: Path, call: Call) -> None:
    code, out, err = call("assess", file, *FUTURES, "--tell", 17)
    assert (code, err) == (DONE, "")
    for words in (
        "Future 17 of seed 3",
        "2027Q1",
        "What came of it",
        "weighted level-years",
        "items are migrated",
        "Lost while not migrated",
        "Usable level at the end",
    ):
        assert words in out, words


def test_a_scenario(file: Path, call: Call) -> None:
    scenario = "withdraw/F-NORD/2027Q1+cut/2028/0.5"
    code, out, _ = call("assess", file, *FUTURES, "--scenario", scenario, "--json")
    stressed = json.loads(out)
    free = json.loads(call("assess", file, *FUTURES, "--json")[1])
    assert code == DONE
    assert stressed["settings"]["scenario"] == scenario
    assert stressed["value"]["mean"] < free["value"]["mean"]
    told = json.loads(call("assess", file, *FUTURES, "--scenario", scenario, "--tell", 5, "--json")[1])
    assert {"withdrawn", "cut"} <= {event["kind"] for event in told["events"]}
    assert "Northland (fictional) supplies no more from 2027Q1 on" in call(
        "assess", file, "--futures", 100, "--scenario", scenario
    )[1]  # fmt: skip


def test_uncertain_numbers_and_sobol(file: Path, call: Call) -> None:
    plain = json.loads(call("assess", file, "--futures", 300, "--json")[1])
    for option in ("--uncertain", "--sobol"):
        code, out, _ = call("assess", file, "--futures", 300, "--json", option)
        assert code == DONE
        assert json.loads(out)["value"] != plain["value"]
    assert "whose range is stated are drawn" in call("assess", file, "--futures", 300, "--uncertain")[1]


def test_an_interrupt_keeps_what_is_done(
    file: Path, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assessing, "spread", interrupting(1))
    code, out, err = call("assess", file, *FUTURES, "-o", tmp_path / "kept")
    assert (code, err) == (DONE, "")
    assert "Interrupted: 2,048 of 2,500 futures are done." in out
    assert polars.read_parquet(tmp_path / "kept" / "futures.parquet").height == 2048
    content = json.loads(call("assess", file, *FUTURES, "--json")[1])
    assert (content["status"], content["futures"], content["asked"]) == ("interrupted", 2048, 2500)


def test_an_interrupt_before_the_first_futures_harms_nothing(
    file: Path, call: Call, monkeypatch: pytest.MonkeyPatch, results: Path
) -> None:
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    monkeypatch.setattr(assessing, "spread", interrupting(0))
    assert call("assess", file, *FUTURES, "-o", results)[0] == INTERRUPTED
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before
    assert [path.name for path in results.parent.iterdir()] == [results.name]


WRONG = {
    "plan that is not there": ("none.plan.json",),
    "no futures": ("FILE", "--futures", 0),
    "seed below nought": ("FILE", "--seed", -1),
    "no workers": ("FILE", "--workers", 0),
    "engine that is not there": ("FILE", "--engine", "steam"),
    "scenario that is none": ("FILE", "--scenario", "flood/2028"),
    "scenario of nobody": ("FILE", "--scenario", "withdraw/F-NONE/2028Q1"),
    "future that is not there": ("FILE", "--futures", 10, "--tell", 10),
    "future below nought": ("FILE", "--tell", -1),
    "future told to a folder": ("FILE", "--tell", 1, "-o", "folder"),
    "output that is a file": ("FILE", "-o", "FILE"),
    "output that is something else": ("FILE", "-o", SMALL),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_usage(kind: str, file: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [file if one == "FILE" else one for one in WRONG[kind]]
    code, out, err = call("assess", *arguments)
    assert (code, out) == (USAGE, "")
    assert err.strip()
    assert "Traceback" not in err
    code, out, err = call("assess", *arguments, "--json")
    assert (code, err) == (USAGE, "")
    assert json.loads(out)["status"] == "usage"
    assert list(tmp_path.iterdir()) == []


def test_vietnamese(file: Path, call: Call) -> None:
    code, out, _ = call("assess", file, "--futures", 100, "--lang", "vi")
    assert code == DONE
    for words in ("Mật mã", "23,58", "Bộ thuật toán hậu lượng tử quốc gia"):
        assert words.casefold() in out.casefold(), words
