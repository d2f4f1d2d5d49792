"""Two solvers that share no code agree on every tiny programme, and the files we write mean what our form means."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.tiny import tiny
from tests.plan.cross import Answer, agree, by_highs, by_scip, form_of, read_back

from lotrinh.plan.exchange import write_lp, write_mps
from lotrinh.plan.linear import Builder, LinearForm
from lotrinh.programme.load import load

SMALL = Path(__file__).parents[2] / "cases" / "small"
SEEDS = range(30)
READ = range(0, 30, 5)
"""Tiny programmes that are read back from files as well."""

Write = Callable[[LinearForm, Path], None]
FORMATS: list[tuple[str, Write, float]] = [("mps", write_mps, -1.0), ("lp", write_lp, 1.0)]


@pytest.fixture(scope="module")
def forms() -> dict[str, LinearForm]:
    found = {f"tiny-{seed}": form_of(tiny(seed)) for seed in SEEDS}
    impossible = tiny(0)
    settings = dataclasses.replace(impossible.settings, over_programming=1e-6)
    projects = [dataclasses.replace(row, mandatory=True, earliest=None, latest=None) for row in impossible.projects]
    changed = dataclasses.replace(impossible, settings=settings, projects=type(impossible.projects)(projects, "project"))
    found["impossible"] = form_of(changed)
    small = load(SMALL)
    found |= {f"small-{scenario}": form_of(small, scenario) for scenario in small.scenarios}
    return found | {"odd": odd()}


@pytest.fixture(scope="module")
def highs(forms: dict[str, LinearForm]) -> dict[str, Answer]:
    return {name: by_highs(form) for name, form in forms.items()}


def odd() -> LinearForm:
    """Everything that a format may get wrong: a constant, a range, a free row, an empty one, a negative and a free
    column, a fixed one, whole numbers above 1, and a figure with all its digits.

    a is whole and at most 3, 3 a + b ≤ 10 + 1/3 and ≥ -7, b ≥ -2.5, c is free and c ≤ a/3, d = 1.5:
    a = 3, b = 4/3, c = 1 and 2 a + b + c + d/3 - 100.25.
    """
    build = Builder()
    one = np.zeros(1, dtype=np.int64)
    columns = {}
    for name, low, high, whole in (
        ("a", 0.0, 3.0, True),
        ("b", -2.5, np.inf, False),
        ("c", -np.inf, np.inf, False),
        ("d", 1.5, 1.5, False),
        ("n", -4.0, -1.0, True),
    ):
        columns[name] = build.add_columns(name, [(["X-1"], one)], low=low, high=high, whole=whole)
    a, b, c, _, n = columns.values()
    build.add_rows("range", [(["E1"], one)], [(0, a, 3.0), (0, b, 1.0)], low=-7.0, high=10 + 1 / 3)
    build.add_rows("above", [(["E1"], one)], [(0, c, -1.0), (0, a, 1 / 3)], low=0.0)
    build.add_rows("free", [(["E1"], one)], [(0, a, 1.0), (0, n, 1.0)])
    build.add_rows("empty", [(["E1"], one)], [], low=-1.0, high=2.0)
    build.add_rows("equal", [(["E1"], one)], [(0, n, 2.0)], low=-6.0, high=-6.0)
    form = build.form(constant=-100.25)
    return dataclasses.replace(form, cost=np.array([2.0, 1.0, 1.0, 1 / 3, 0.0]))


def test_the_odd_form_is_solved_as_by_hand(highs: dict[str, Answer]) -> None:
    assert highs["odd"].objective == pytest.approx(6 + 4 / 3 + 1 + 0.5 - 100.25, abs=1e-9)


def test_scip_agrees(forms: dict[str, LinearForm], highs: dict[str, Answer], tmp_path: Path) -> None:
    pytest.importorskip("pyscipopt", exc_type=ImportError) if False else None
    answers = dict(zip(forms, by_scip(list(forms.values()), tmp_path), strict=True))
    apart = {name: (highs[name], answers[name]) for name in forms if not agree(highs[name], answers[name])}
    assert apart == {}
    assert highs["impossible"].status == "infeasible"
    assert sum(answer.status == "optimal" for answer in highs.values()) >= len(SEEDS) / 2
