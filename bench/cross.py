"""The same programmes by two solvers that share no code: HiGHS, and SCIP through the MPS file that we write.

    python bench/cross.py                                  30 tiny programmes, the small case, Vietnam relaxed
    python bench/cross.py --tiny 200 --relaxed vietnam
    python bench/cross.py --whole small --relaxed none --generated 6x8 8x12

Both close the gap to nothing. A relaxed programme may take parts of projects: its optimum is a linear programme, which
both solve even where the whole numbers would take hours. SCIP runs alone in a process of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from generate import generate  # noqa: E402
from tests.oracle.tiny import tiny  # noqa: E402
from tests.plan.cross import Answer, agree, by_highs, by_scip, form_of  # noqa: E402

from lotrinh.plan.linear import LinearForm  # noqa: E402
from lotrinh.programme.load import load  # noqa: E402


def models(given: argparse.Namespace) -> Iterator[tuple[str, LinearForm]]:
    """Yield the name and the form of everything to solve."""
    for seed in range(given.tiny):
        yield f"tiny {seed}", form_of(tiny(seed))
    for size in given.generated:
        projects, quarters = (int(number) for number in size.split("x"))
        yield f"generated {size}", form_of(generate(projects, quarters, given.seed))
    for cases, relaxed in ((given.whole, False), (given.relaxed, True)):
        for case in cases:
            if case == "none":
                continue
            programme = load(ROOT / "cases" / case)
            for scenario in programme.scenarios:
                form = form_of(programme, scenario)
                if relaxed:
                    form = replace(form, whole=np.zeros_like(form.whole))
                yield f"{case} {scenario}{' relaxed' if relaxed else ''}", form


def line(name: str, form: LinearForm, one: Answer, other: Answer) -> str:
    """Return one row of the table."""
    objectives = ("-" if answer.objective is None else f"{answer.objective:.8f}" for answer in (one, other))
    cells = (*(f"{size:,}" for size in form.size), one.status, *objectives)
    seconds = (f"{answer.seconds:.2f}" for answer in (one, other))
    verdict = "agree" if agree(one, other) else f"APART ({other.status})"
    return f"{name:<24} " + " ".join(f"{cell:>14}" for cell in (*cells, *seconds, verdict))


def main() -> int:
    """Print one row for each model; return how many differ."""
    parser = argparse.ArgumentParser(description="Cross-solve programmes by HiGHS and SCIP.")
    parser.add_argument("--tiny", type=int, default=30, help="how many tiny programmes")
    parser.add_argument("--whole", nargs="*", default=["small"], metavar="CASE", help="cases, every budget scenario")
    parser.add_argument(
        "--relaxed", nargs="*", default=["vietnam"], metavar="CASE", help="cases, without whole numbers"
    )
    parser.add_argument("--generated", nargs="*", default=[], metavar="PxT", help="generated programmes")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated programmes")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each model and solver")
    given = parser.parse_args()
    named = dict(models(given))
    one = [by_highs(form, given.time_limit) for form in named.values()]
    with tempfile.TemporaryDirectory() as folder:
        other = by_scip(list(named.values()), Path(folder), given.time_limit)
    titles = ("rows", "columns", "non-zeros", "status", "HiGHS", "SCIP", "HiGHS s", "SCIP s", "")
    print(f"{'programme':<24} " + " ".join(f"{title:>14}" for title in titles))
    for (name, form), first, second in zip(named.items(), one, other, strict=True):
        print(line(name, form, first, second))
    apart = sum(not agree(first, second) for first, second in zip(one, other, strict=True))
    print(f"{len(named)} models, {apart} apart")
    return apart


if __name__ == "__main__":
    sys.exit(min(main(), 1))
