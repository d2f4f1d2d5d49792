"""Two solvers that share no code agree on every tiny programme, and the files we write mean what our form means."""

import dataclasses
import re
from collections.abc import Callable
from importlib.util import find_spec
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

LP_NAME = re.compile(r"[A-Za-z_][\w(),.~]*")
"""What every reader of LP takes for a name: no brackets, which mean squares, and no hyphens, which mean minus."""

Write = Callable[[LinearForm, Path], None]
FORMATS: list[tuple[str, Write, float]] = [("mps", write_mps, -1.0), ("lp", write_lp, 1.0)]


@pytest.fixture(scope="module")
def forms() -> dict[str, LinearForm]:
    found = {f"tiny-{seed}": form_of(tiny(seed)) for seed in SEEDS}
    small = load(SMALL)
    found |= {f"small-{scenario}": form_of(small, scenario) for scenario in small.scenarios}
    return found | {"odd": odd(), "impossible": odd(impossible=True)}


@pytest.fixture(scope="module")
def highs(forms: dict[str, LinearForm]) -> dict[str, Answer]:
    return {name: by_highs(form) for name, form in forms.items()}


def odd(*, impossible: bool = False) -> LinearForm:
    """Everything that a format may get wrong: a constant, a range, a free row, an empty one, a negative and a free
    column, a fixed one, whole numbers above 1, and a figure with all its digits.

    a is whole and at most 3, 3 a + b ≤ 10 + 1/3 and ≥ -7, b ≥ -2.5, c is free and c ≤ a/3, d = 1.5:
    the best is a = 3, b = 4/3, c = 1, n = -3 for 4 a + b + c + d/3 - 100.25.
    """
    build, equal = Builder(), -9.0 if impossible else -6.0
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
    build.add_rows("equal", [(["E1"], one)], [(0, n, 2.0)], low=equal, high=equal)
    form = build.form(constant=-100.25)
    return dataclasses.replace(form, cost=np.array([4.0, 1.0, 1.0, 1 / 3, 0.0]))


def test_the_odd_form_is_solved_as_by_hand(highs: dict[str, Answer]) -> None:
    assert highs["odd"].objective == pytest.approx(12 + 4 / 3 + 1 + 0.5 - 100.25, abs=1e-9)


@pytest.mark.skipif(find_spec("pyscipopt") is None, reason="PySCIPOpt is not installed")
def test_scip_agrees(forms: dict[str, LinearForm], highs: dict[str, Answer], tmp_path: Path) -> None:
    answers = dict(zip(forms, by_scip(list(forms.values()), tmp_path), strict=True))
    apart = {name: (highs[name], answers[name]) for name in forms if not agree(highs[name], answers[name])}
    assert apart == {}
    statuses = [answers[f"tiny-{seed}"].status for seed in SEEDS]
    assert statuses.count("optimal") >= len(SEEDS) / 2
    assert answers["impossible"].status == "infeasible"


@pytest.mark.parametrize(("suffix", "write", "sign"), FORMATS, ids=["mps", "lp"])
def test_files_mean_what_the_form_means(
    suffix: str, write: Write, sign: float, forms: dict[str, LinearForm], highs: dict[str, Answer], tmp_path: Path
) -> None:
    names = [name for name in forms if not name.startswith("tiny")] + [f"tiny-{seed}" for seed in READ]
    apart = {}
    for name in names:
        file = tmp_path / f"{name}.{suffix}"
        write(forms[name], file)
        answer = read_back(file)
        if not agree(highs[name], answer, sign):
            apart[name] = (highs[name], answer)
    assert apart == {}


@pytest.mark.skipif(find_spec("pyscipopt") is None, reason="PySCIPOpt is not installed")
def test_scip_reads_the_lp(forms: dict[str, LinearForm], highs: dict[str, Answer], tmp_path: Path) -> None:
    names = ["odd", "impossible", "tiny-0"]
    answers = by_scip([forms[name] for name in names], tmp_path, write=write_lp, suffix="lp")
    assert all(agree(highs[name], answer) for name, answer in zip(names, answers, strict=True)), answers


@pytest.mark.parametrize(("suffix", "write", "sign"), FORMATS, ids=["mps", "lp"])
def test_read_back_keeps_every_figure(suffix: str, write: Write, sign: float, tmp_path: Path) -> None:
    import highspy

    form = odd()
    write(form, tmp_path / f"odd.{suffix}")
    highs = highspy.Highs()
    highs.silent()
    assert highs.readModel(str(tmp_path / f"odd.{suffix}")) == highspy.HighsStatus.kOk
    lp = highs.getLp()
    assert lp.offset_ == sign * form.constant
    assert sorted(lp.col_cost_) == sorted((sign * form.cost).tolist())
    assert sorted(zip(lp.col_lower_, lp.col_upper_, strict=True)) == sorted(zip(form.low, form.high, strict=True))
    assert 10 + 1 / 3 in lp.row_upper_


def names_of(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the names of the rows and of the columns of an LP text."""
    middle, bounds, generals = (lines.index(title) for title in ("Subject To", "Bounds", "Generals"))
    rows = [line.partition(":")[0].strip() for line in lines[middle + 1 : bounds] if ":" in line]
    columns = [re.split(r" <= ", line)[1].strip() for line in lines[bounds + 1 : generals]]
    return rows, columns


def test_names_of_the_lp_are_readable_and_unique(forms: dict[str, LinearForm], tmp_path: Path) -> None:
    for name in ("tiny-0", "small-base", "odd"):
        file = tmp_path / f"{name}.lp"
        write_lp(forms[name], file)
        rows, columns = names_of(file.read_text(encoding="utf-8").splitlines())
        assert len(columns) == forms[name].size[1]
        for family in (rows, columns):
            assert len(set(family)) == len(family)
            assert all(LP_NAME.fullmatch(label) for label in family)
        if name != "odd":
            assert any(re.fullmatch(r"people\(.+,20\d\dQ[1-4]\)", label) for label in rows)
            assert any(re.fullmatch(r"x\(.+,20\d\dQ[1-4]\)", label) for label in columns)
