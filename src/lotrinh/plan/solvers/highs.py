"""HiGHS, by highspy: mixed-integer and linear programmes, with live progress and an interrupt that keeps the best."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.settings import PlanSettings


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: the best objective so far (None before the first plan), the bound, the gap of the bound."""

    seconds: float
    objective: float | None
    bound: float | None
    gap: float | None
    nodes: int = 0


@dataclass(frozen=True)
class Solution:
    """What a solver answered.

    Attributes
    ----------
    status: ``optimal``, ``feasible``, ``infeasible``, ``unbounded`` or ``none`` (stopped without a solution).
    x: values of the columns, or None.
    bound: objective that no solution exceeds, as the solver certifies it.
    row_dual: shadow prices of the rows, of a linear programme only.
    """

    status: str
    x: Floats | None
    bound: float
    seconds: float
    solver: str
    interrupted: bool = False
    row_dual: Floats | None = None


Watcher = Callable[[Progress], None]


def version() -> str:
    """Return the solver's name and version."""
    import highspy

    return f"HiGHS {highspy.Highs().version()}"


def solve(form: LinearForm, settings: PlanSettings, watch: Watcher | None = None, start: Floats | None = None) -> Solution:
    """Maximise `form` within the limits of `settings`; `start` is a known solution to begin from.

    A keyboard interrupt ends the search and keeps the best solution found.
    """
    highs = _load(form, settings)
    began = time.perf_counter()
    if watch is not None:
        highs.cbMipInterrupt.subscribe(_throttled(watch, began))
    if start is not None:
        _warm(highs, start)
    interrupted = _run(highs)
    return _answer(highs, form, time.perf_counter() - began, interrupted)


def _load(form: LinearForm, settings: PlanSettings) -> Any:
    import highspy

    highs = highspy.Highs()
    highs.silent()
    for name, value in (
        ("time_limit", float(settings.time_limit)),
        ("mip_rel_gap", float(settings.gap)),
        ("mip_abs_gap", 1e-9),
        ("random_seed", int(settings.seed) % 2147483647),
        ("threads", int(settings.threads)),
        ("mip_feasibility_tolerance", 1e-7),
        ("primal_feasibility_tolerance", 1e-7),
    ):
        highs.setOptionValue(name, value)
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = len(form.low), len(form.row_low)
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.offset_ = form.constant
    problem.col_cost_, problem.col_lower_, problem.col_upper_ = form.cost, form.low, form.high
    problem.row_lower_, problem.row_upper_ = form.row_low, form.row_high
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = form.start.astype(np.int32)
    problem.a_matrix_.index_ = form.column.astype(np.int32)
    problem.a_matrix_.value_ = form.value
    if form.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        problem.integrality_ = [kinds[int(whole)] for whole in form.whole]
    if highs.passModel(problem) == highspy.HighsStatus.kError:
        raise RuntimeError("the solver refused the linear form")
    return highs


def _warm(highs: Any, start: Floats) -> None:
    import highspy

    known = highspy.HighsSolution()
    known.col_value = list(start)
    highs.setSolution(known)


def _run(highs: Any) -> bool:
    """Run in a thread of its own, so that a keyboard interrupt reaches us; return whether one did."""
    highs.HandleUserInterrupt = True
    thread = highs.startSolve()
    interrupted = False
    while thread.is_alive():
        try:
            thread.join(0.1)
        except KeyboardInterrupt:
            interrupted = True
            highs.cancelSolve()
    return interrupted


def _throttled(watch: Watcher, began: float) -> Callable[[Any], None]:
    """Return a callback that reports at most four times a second."""
    last = began

    def report(event: Any) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last >= 0.25:
            last = now
            watch(_progress(event.data_out, began))

    return report


def _progress(data: Any, began: float) -> Progress:
    found = abs(data.mip_primal_bound) < 1e29
    bounded = abs(data.mip_dual_bound) < 1e29
    gap = abs(data.mip_dual_bound - data.mip_primal_bound) / max(abs(data.mip_dual_bound), 1e-9) if found and bounded else None
    return Progress(
        time.perf_counter() - began,
        data.mip_primal_bound if found else None,
        data.mip_dual_bound if bounded else None,
        gap,
        int(data.mip_node_count),
    )


def _answer(highs: Any, form: LinearForm, seconds: float, interrupted: bool) -> Solution:
    import highspy

    kinds = highspy.HighsModelStatus
    status, info = highs.getModelStatus(), highs.getInfo()
    whole = bool(form.whole.any())
    solver = f"HiGHS {highs.version()}"
    if status in (kinds.kInfeasible, kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        name = "unbounded" if status == kinds.kUnbounded else "infeasible"
        return Solution(name, None, float("nan"), seconds, solver, interrupted)
    solution = highs.getSolution()
    found = solution.value_valid and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not found:
        return Solution("none", None, float("inf"), seconds, solver, interrupted)
    x = np.array(solution.col_value)
    bound = info.mip_dual_bound if whole else info.objective_function_value
    proven = status == kinds.kOptimal
    dual = None if whole else np.array(solution.row_dual)
    return Solution("optimal" if proven else "feasible", x, float(bound), seconds, solver, interrupted, dual)
