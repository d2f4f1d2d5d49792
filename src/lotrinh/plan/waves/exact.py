"""Small instances to the end: a mixed-integer programme by node and quarter, solved by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.improve import cost_of
from lotrinh.plan.waves.problem import Problem

Ints = NDArray[np.int64]

WORTHWHILE = 30_000
"""Columns (nodes by quarters) up to which the programme is worth its time."""


@dataclass(frozen=True)
class Exact:
    """What the solver answered: quarters (n,) or None, and the bound that it certifies; infinite where none exists."""

    quarters: Ints | None
    bound: float
    infeasible: bool = False


def exact(problem: Problem, start: Ints, gap: float, seconds: float, seed: int = 0) -> Exact:
    """Minimise the cost of `problem`, beginning from `start` where it is not empty.

    ``x[i, t]`` is 1 where node i completes in quarter t. Precedence is written in sums up to each quarter, which is as
    tight as linear rows can say it.
    """
    import highspy

    p, width = problem, problem.horizon + 1
    costs = np.stack([cost_of(p, np.full(p.count, t)) for t in range(width)], axis=1).ravel()
    high = np.isfinite(costs).astype(float)
    rows, columns, values, low, up = _rows(p, width)
    highs = highspy.Highs()
    highs.silent()
    for name, value in (("time_limit", float(seconds)), ("mip_rel_gap", max(gap, 0.0)), ("random_seed", seed)):
        highs.setOptionValue(name, value)
    highs.setOptionValue("mip_abs_gap", 1e-9)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(costs), len(low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.where(high > 0, costs, 0.0), np.zeros(len(costs)), high
    lp.row_lower_, lp.row_upper_ = low, up
    order = np.argsort(rows, kind="stable")
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(low)))]).astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = columns[order].astype(np.int32), values[order]
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    highs.passModel(lp)
    if len(start):
        known = highspy.HighsSolution()
        x = np.zeros((p.count, width))
        x[np.arange(p.count), start] = 1.0
        known.col_value = list(x.ravel())
        highs.setSolution(known)
    highs.run()
    return _answer(highs, p, width)


def _answer(highs: Any, p: Problem, width: int) -> Exact:
    import highspy

    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return Exact(None, np.inf, infeasible=True)
    solution, info = highs.getSolution(), highs.getInfo()
    bound = float(info.mip_dual_bound)
    bound = bound - 1e-7 * (1.0 + abs(bound)) if abs(bound) < 1e29 else 0.0  # the solver's tolerances
    if not solution.value_valid or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Exact(None, bound)
    return Exact(np.array(solution.col_value).reshape(p.count, width).argmax(axis=1), bound)


def _rows(p: Problem, width: int) -> tuple[Ints, Ints, Any, Any, Any]:
    """Return entries (row, column, value) and limits of the rows: each node once, precedence, capacities."""
    n, horizon = p.count, p.horizon
    rows, columns, values = [np.repeat(np.arange(n), width)], [np.arange(n * width)], [np.ones(n * width)]
    low, up = [np.ones(n)], [np.ones(n)]
    row = n
    after = np.repeat(np.arange(n), np.diff(p.before[0]))
    for a, b in zip(after.tolist(), p.before[1].tolist(), strict=True):
        for t in range(horizon):
            upto = np.arange(t + 1)
            rows.append(np.full(2 * (t + 1), row + t))
            columns.append(np.concatenate([a * width + upto, b * width + upto]))
            values.append(np.concatenate([np.ones(t + 1), -np.ones(t + 1)]))
        low.append(np.full(horizon, -np.inf))
        up.append(np.zeros(horizon))
        row += horizon
    one = np.ones(1)
    for i in range(n):
        c = p.classes[i]
        for k in range(p.used.pointers[c], p.used.pointers[c + 1]):
            offset = p.used.offset[k]
            rows.append(row + p.has.buckets[p.used.resource[k], : horizon - offset])
            columns.append(i * width + np.arange(offset, horizon))
            values.append(np.repeat(one * p.used.amount[k], horizon - offset))
    low.append(np.full(len(p.has.amounts), -np.inf))
    up.append(p.has.amounts)
    merged = np.concatenate(rows) * np.int64(n * width) + np.concatenate(columns)
    key, where = np.unique(merged, return_inverse=True)
    total = np.bincount(where, np.concatenate(values))
    return key // (n * width), key % (n * width), total, np.concatenate(low), np.concatenate(up)
