"""HiGHS, by highspy: mixed-integer and linear programmes, with live progress and an interrupt that keeps the best."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.settings import PlanSettings


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: the best objective so far (None before the first plan), the bound, the gap of the
    bound.
    """

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
    x: values of the columns, or None; `objective` their worth.
    bound: objective that no solution exceeds, as the solver certifies it.
    row_dual: shadow prices of the rows, of a linear programme only.
    """

    status: str
    x: Floats | None
    objective: float
    bound: float
    seconds: float
    solver: str
    interrupted: bool = False
    row_dual: Floats | None = None


Watcher = Callable[[Progress], None]


class Ally(Protocol):
    """Somebody who improves solutions beside the solver."""

    def best(self) -> tuple[float, Floats] | None:
        """Return objective and columns of the ally's best solution, or None."""

    def offer(self, objective: float, x: Floats) -> None:
        """Tell the ally of a solution found here."""


def solve(
    form: LinearForm,
    settings: PlanSettings,
    watch: Watcher | None = None,
    ally: Ally | None = None,
    start: Floats | None = None,
    presolve: bool = True,
    enough: float | None = None,
) -> Solution:
    """Maximise `form` within the limits of `settings`.

    Parameters
    ----------
    watch: called with a `Progress` at most four times a second.
    ally: improves solutions meanwhile; the search ends when its best is within the gap of the bound.
    start: a known solution to begin from.
    presolve: whether the solver may simplify the form first.
    enough: an objective with which the search may end.

    A keyboard interrupt ends the search and keeps the best solution found.
    """
    highs = _load(form, settings)
    if not presolve:
        highs.setOptionValue("presolve", "off")
    if enough is not None:
        highs.setOptionValue("objective_target", float(enough))
    began = time.perf_counter()
    if form.whole.any() and (watch is not None or ally is not None):
        highs.cbMipInterrupt.subscribe(_throttled(began, settings.gap, watch, ally))
    if ally is not None:
        highs.setOptionValue("mip_heuristic_effort", 0.0)  # the ally sees to better solutions, this thread to the bound
        highs.cbMipImprovingSolution.subscribe(
            lambda event: ally.offer(event.data_out.objective_function_value, np.array(event.data_out.mip_solution))
        )
    if start is not None:
        _warm(highs, start)
    interrupted = _run(highs)
    answer = _answer(highs, form, time.perf_counter() - began, interrupted)
    return answer if ally is None else _with_ally(answer, ally, settings)


def _load(form: LinearForm, settings: PlanSettings) -> Any:
    import highspy

    highs = highspy.Highs()
    highs.silent()
    for name, value in (
        ("time_limit", float(settings.time_limit)),
        ("mip_rel_gap", float(settings.gap)),
        ("mip_abs_gap", 1e-9),
        ("random_seed", settings.seed),
        ("threads", min(settings.threads, os.cpu_count() or 1)),
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
    """Run in a thread of its own, so that a keyboard interrupt reaches us; return whether one did.

    An event is waited for and not the thread itself: a join that is interrupted would take the thread for ended.
    """
    stop, done = threading.Event(), threading.Event()

    def check(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    def work() -> None:
        try:
            highs.run()
        finally:
            done.set()

    for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt):
        callback.subscribe(check)
    threading.Thread(target=work, daemon=True).start()
    while not done.is_set():
        try:
            done.wait(0.1)
        except KeyboardInterrupt:
            stop.set()
    return stop.is_set()


def _throttled(began: float, wanted: float, watch: Watcher | None, ally: Ally | None) -> Callable[[Any], None]:
    """Return a callback that reports at most four times a second, and stops the search once the gap is reached."""
    last = began

    def report(event: Any) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last < 0.25:
            return
        last = now
        best = ally.best() if ally is not None else None
        progress = _progress(event.data_out, now - began, best[0] if best is not None else -np.inf)
        if watch is not None:
            watch(progress)
        if best is not None and progress.gap is not None and progress.gap <= wanted:
            event.interrupt()

    return report


def _progress(data: Any, seconds: float, other: float) -> Progress:
    objective = max(data.mip_primal_bound if abs(data.mip_primal_bound) < 1e29 else -np.inf, other)
    bound = data.mip_dual_bound if abs(data.mip_dual_bound) < 1e29 else None
    known = objective if np.isfinite(objective) else None
    gap = max(0.0, bound - known) / max(abs(bound), 1e-12) if bound is not None and known is not None else None
    return Progress(seconds, known, bound, gap, int(data.mip_node_count))


def _with_ally(answer: Solution, ally: Ally, settings: PlanSettings) -> Solution:
    """Return the better of the solver's solution and its ally's, under the solver's bound."""
    best = ally.best()
    if best is None or answer.status in ("infeasible", "unbounded"):
        return answer
    objective, x = best
    if answer.x is not None and objective <= answer.objective:
        return answer
    near = answer.bound - objective <= settings.gap * abs(answer.bound)
    return replace(answer, status="optimal" if near else "feasible", x=x, objective=objective)


def _answer(highs: Any, form: LinearForm, seconds: float, interrupted: bool) -> Solution:
    import highspy

    kinds = highspy.HighsModelStatus
    status, info = highs.getModelStatus(), highs.getInfo()
    whole = bool(form.whole.any())
    solver = f"HiGHS {highs.version()}"
    if status in (kinds.kInfeasible, kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        name = "unbounded" if status == kinds.kUnbounded else "infeasible"
        return Solution(name, None, float("nan"), float("nan"), seconds, solver, interrupted)
    solution = highs.getSolution()
    found = solution.value_valid and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = float(info.mip_dual_bound if whole else info.objective_function_value)
    if not found:
        return Solution("none", None, float("nan"), bound, seconds, solver, interrupted)
    x = np.array(solution.col_value)
    proven = status == kinds.kOptimal
    dual = None if whole else np.array(solution.row_dual)
    status_name = "optimal" if proven else "feasible"
    return Solution(status_name, x, form.objective(x), bound, seconds, solver, interrupted, dual)
