"""Cross-solve: the same linear form by HiGHS here and by SCIP in a process of its own, through the file we write."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.exchange import write_mps
from lotrinh.plan.formulate import formulate
from lotrinh.plan.linear import LinearForm
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.programme.programme import Programme

TOLERANCE = 1e-6
ALONE = Path(__file__).with_name("scip_alone.py")


@dataclass(frozen=True)
class Answer:
    """What one solver says of one form: ``optimal`` with its objective, ``infeasible``, or that time ran out."""

    status: str
    objective: float | None
    seconds: float = 0.0


def form_of(programme: Programme, scenario: str = "") -> LinearForm:
    """Return the form of a programme under one budget scenario."""
    return formulate(Quantities(programme, scenario)).form


def by_highs(form: LinearForm, seconds: float = 60.0) -> Answer:
    """Maximise a form by HiGHS with no gap left."""
    found = solve(form, PlanSettings(gap=0.0, time_limit=seconds, threads=1))
    proven = found.status == "optimal"
    return Answer(found.status, found.objective if proven else None, found.seconds)


def by_scip(
    forms: Sequence[LinearForm],
    folder: Path,
    seconds: float = 60.0,
    write: Callable[[LinearForm, Path], None] = write_mps,
    suffix: str = "mps",
) -> list[Answer]:
    """Maximise forms by SCIP with no gap left, all in one process, each read from a file in `folder`."""
    files = [folder / f"{i}.{suffix}" for i in range(len(forms))]
    for form, file in zip(forms, files, strict=True):
        write(form, file)
    sign = -1.0 if suffix == "mps" else 1.0  # our MPS is a minimisation, our LP a maximisation
    command = [sys.executable, "-I", str(ALONE), str(seconds), *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return [
        Answer(line["status"], None if line["objective"] is None else sign * line["objective"], line["seconds"])
        for line in lines
    ]


def read_back(file: Path) -> Answer:
    """Solve a model file by HiGHS as it reads it, and return the objective in the sense of the file."""
    import highspy

    highs = highspy.Highs()
    highs.silent()
    for option in ("mip_rel_gap", "mip_abs_gap"):
        highs.setOptionValue(option, 0.0)
    if highs.readModel(str(file)) != highspy.HighsStatus.kOk:
        raise ValueError(f"HiGHS does not read {file.name}")
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return Answer("optimal", float(highs.getInfo().objective_function_value))
    unsolvable = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    return Answer("infeasible" if status in unsolvable else highs.modelStatusToString(status), None)


def agree(one: Answer, other: Answer, sign: float = 1.0) -> bool:
    """True where both have the same status and the same objective but for rounding; `sign` turns the other's sense."""
    if one.status != other.status or one.status not in ("optimal", "infeasible"):
        return False
    if one.objective is None or other.objective is None:
        return one.objective is other.objective
    return abs(one.objective - sign * other.objective) <= TOLERANCE * max(1.0, abs(one.objective))
