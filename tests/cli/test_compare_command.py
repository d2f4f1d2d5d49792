"""``lotrinh compare`` as a user meets it: what it prints in both languages, its JSON, and how it ends."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lotrinh.cli.compare_tables import _apart, _difference, _judged
from lotrinh.plan.compare import Judged
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load

SMALL = Path(__file__).parents[2] / "cases" / "small"
DONE, USAGE = 0, 2

Call = Callable[..., tuple[int, str, str]]
"""A command run in this process: exit code, standard output, standard error."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Plans of the small case: as it is, under less money, and with a photon laboratory that costs more."""
    folder = tmp_path_factory.mktemp("plans")
    shutil.copytree(SMALL, folder / "case")
    path = folder / "case" / "modes.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    laboratory = next(cells for cells in rows if cells[0] == "P4-D")
    laboratory[header.index("cost_likely")] = "2.9"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    found = {}
    for name, place, budget in (("base", SMALL, ""), ("low", SMALL, "low"), ("dear", folder / "case", "")):
        found[name] = folder / f"{name}.plan.json"
        optimise(load(place), PlanSettings(budget=budget, gap=0.0, threads=1)).save(found[name])
    return found


def test_compare_for_people(files: dict[str, Path], call: Call) -> None:
    code, out, err = call("compare", files["base"], files["low"])
    assert (code, err) == (DONE, "")
    for words in (
        "P4 Single-photon source laboratory",
        "2027Q4–2028Q3 domestic",
        "dropped",
        "its field COM is no longer opened",
        "As they stand, B is worth 3.57 less than A",
        "B allows less",
        "Fields that A opens and B does not: COM Quantum communication",
        "but of the budgets base and low",
    ):
        assert words in out, words
    assert "…" not in out
    assert "\x1b" not in out


def test_compare_tells_what_was_put_in(files: dict[str, Path], call: Call) -> None:
    code, out, _ = call("compare", files["base"], files["dear"])
    assert code == DONE
    assert re.search(r"modes +P4-D +cost_likely +2 +2\.9", out)
    assert "Data that differs between A and B: 1" in out


def test_a_plan_and_itself(files: dict[str, Path], call: Call) -> None:
    code, out, _ = call("compare", files["base"], files["base"])
    assert code == DONE
    assert "Every project stands in all plans alike." in out
    assert "Both are plans of one problem: the best plan of it is worth from 23.58 to 23.58." in out
    assert "same data under the same budget" in out


def test_directives_have_their_units(files: dict[str, Path], call: Call) -> None:
    _, out, _ = call("compare", files["base"], files["low"])
    assert re.search(r"^D1 .* ≤ 3 +2 yes +1 yes +−1$", out, re.MULTILINE)
    assert re.search(r"^D3 .* ≥ 100\.0 % +\d+\.\d % \w+ +\d+\.\d % \w+ +(=|≈|[+−]\d+\.\d pp)$", out, re.MULTILINE)


def judged(measure: float) -> Judged:
    return Judged("lag", "watch", "<=", 2.0, measure, False, 2.0 - measure)


@pytest.mark.parametrize(
    ("first", "second", "unit", "words"),
    [
        (math.inf, math.inf, "year", "="),
        (-math.inf, -math.inf, "year", "="),
        (1.0, math.inf, "year", "+∞"),
        (math.inf, 1.0, "share", "−∞"),
        (1.0, 3.5, "year", "+2.50"),
        (3.0, 1.0, "item", "−2"),
        (0.25, 0.5, "share", "+25.0 pp"),
        (0.5, 0.5, "share", "="),
        (1.0, 1.0001, "year", "≈"),
    ],
)
def test_differences_of_directives(first: float, second: float, unit: str, words: str) -> None:
    assert _apart([(judged(first), unit), (judged(second), unit)]) == words


def test_what_has_no_difference() -> None:
    assert _apart([(judged(1.0), "year"), (judged(2.0), "share")]) == ""
    assert _apart([(judged(1.0), "year"), (None, "")]) == ""
    assert _difference([math.nan, 1.0], 2) == ""
    assert str(_judged(judged(math.inf), "year")) == "∞ no"


def test_three_plans_side_by_side(files: dict[str, Path], call: Call) -> None:
    code, out, _ = call("compare", files["base"], files["low"], files["dear"])
    assert code == DONE
    (heading,) = (line for line in out.splitlines() if line.startswith("Project  "))
    assert heading.split() == ["Project", "A", "B", "C"]
    assert re.search(r"^B P4 +its field COM is no longer opened", out, re.MULTILINE)


def test_compare_as_json(files: dict[str, Path], call: Call) -> None:
    code, out, err = call("compare", files["base"], files["dear"], "--json")
    assert (code, err) == (DONE, "")
    content = json.loads(out)
    assert list(content) == [
        "status", "plans", "against", "measures", "directives", "projects", "fields", "entrants", "purchases",
    ]  # fmt: skip
    assert content["status"] == "compared"
    assert [plan["path"] for plan in content["plans"]] == [str(files["base"]), str(files["dear"])]
    assert content["against"][0]["inputs"] == [
        {
            "kind": "changed", "table": "modes", "key": ["P4-D"], "column": "cost_likely", "first": 2.0, "other": 2.9,
            "projects": ["P4"],
        }
    ]  # fmt: skip
    assert [row["project"] for row in content["projects"]] == list(load(SMALL).projects.ids)


def words(text: str) -> set[str]:
    """Return the words of a text that have no accent."""
    return {word for word in re.findall(r"[^\W\d_]{2,}", text) if word.isascii()}


def test_compare_in_vietnamese(files: dict[str, Path], call: Call) -> None:
    """No word of the English output stands in the Vietnamese one, but for ids, names and paths."""
    told = {"en": "", "vi": ""}
    for lang in told:
        for other in ("base", "low", "dear"):
            code, out, _ = call("--lang", lang, "compare", files["base"], files[other])
            assert code == DONE
            told[lang] += out
    assert "Phòng thí nghiệm nguồn đơn photon" in told["vi"]
    programme = load(SMALL)
    tables = (programme.fields, programme.capabilities, programme.projects, programme.training, programme.skills,
              programme.equipment, programme.places)  # fmt: skip
    ids = words(" ".join(id for table in tables for id in table.ids))
    names = words(f"USD Northland photon qubit base low modes cost_likely P4-D {files}")
    assert words(told["en"]) & words(told["vi"]) - ids - names == set()


def test_vietnamese_does_not_change_the_json(files: dict[str, Path], call: Call) -> None:
    told = []
    for lang in ("en", "vi"):
        content = json.loads(call("--lang", lang, "compare", files["base"], files["low"], "--json")[1])
        for row in content["projects"]:
            for reason in row["changes"][0]["reasons"]:
                assert reason.pop("text")
        told.append(content)
    assert told[0] == told[1]


def test_what_is_no_plan_is_refused(files: dict[str, Path], call: Call, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", encoding="utf-8")
    for other in (wrong, tmp_path / "none.json", SMALL):
        code, out, err = call("compare", files["base"], other)
        assert (code, out) == (USAGE, "")
        assert "not a plan file" in err


def test_one_plan_is_no_comparison(files: dict[str, Path], call: Call) -> None:
    code, out, err = call("compare", files["base"])
    assert (code, out) == (USAGE, "")
    assert err.strip()


def test_too_many_plans_are_refused(files: dict[str, Path], call: Call) -> None:
    code, out, err = call("compare", *[files["base"]] * 10)
    assert (code, out) == (USAGE, "")
    assert "at most 9 plans" in err
