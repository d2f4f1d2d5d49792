"""Subgradients for what quasi-Newton steps leave: prices of capacities, and of the edges that are not in the forest.

An edge left out of the forest is priced as a capacity is: in each quarter ``t`` a node pays for being completed by
``t`` what the node it waits for is paid for that. The bound is then that of the linear relaxation with all edges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled
from lotrinh.plan.waves.dual import Dual
from lotrinh.plan.waves.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MEMORY = 0.04
"""Weight of the latest solution in the mean (Barahona and Anbil, The volume algorithm, 2000)."""


@dataclass(frozen=True)
class Climbed:
    """Prices and tolls of the best bound, and the mean quarter (n,) of each node in the solutions on the way."""

    prices: Floats
    tolls: Floats
    safe: float
    mean: Floats


class Loose:
    """The edges that are not in the forest, and the nodes at their ends."""

    def __init__(self, problem: Problem) -> None:
        p = problem
        waits = np.repeat(np.arange(p.count), np.diff(p.before[0]))
        known = p.before[1]
        parent, later = p.tree.parent, p.tree.later
        held = ((parent[waits] == known) & later[waits]) | ((parent[known] == waits) & ~later[known])
        self.after, self.before = waits[~held], known[~held]
        ends = np.unique(np.concatenate([self.after, self.before]))
        self.row = np.full(p.count, -1, np.int64)
        self.row[ends] = np.arange(len(ends))
        self.shape = (len(self.after), p.horizon)
        slopes = (p.curves[:, -2] - p.curves[:, 0]) / max(1, p.horizon - 1)
        gains = np.add.reduceat(p.values * slopes[p.profiles], p.pointers[:-1])
        _passed(np.argsort(p.rank), *p.before, gains)
        self.scale = (gains / np.maximum(1, np.diff(p.before[0])))[self.after][:, None]

    def table(self, tolls: Floats) -> Floats:
        """Return (rows, T+1) what `tolls` (edges, T) add to the cost of each end by its quarter of completion."""
        found = np.zeros((max(1, int(self.row.max(initial=-1)) + 1), self.shape[1] + 1))
        _table(tolls, self.row[self.after], self.row[self.before], found)
        return found

    def slope(self, quarters: Ints) -> Floats:
        """Return (edges, T) 1 where who waits is completed and whom it waits for is not, -1 the other way round."""
        t = np.arange(self.shape[1])
        late = (quarters[self.after][:, None] <= t).astype(float) - (quarters[self.before][:, None] <= t)
        return np.asarray(late, float)


@compiled
def _passed(order: Any, pointers: Any, before: Any, gains: Any) -> None:
    """Add to each node what waits for it, shared out among all for which that waits."""
    for at in range(len(order) - 1, -1, -1):
        v = order[at]
        many = pointers[v + 1] - pointers[v]
        for k in range(pointers[v], pointers[v + 1]):
            gains[before[k]] += gains[v] / many


@compiled
def _table(tolls: Any, after: Any, before: Any, found: Any) -> None:
    for e in range(len(after)):
        total = 0.0
        for t in range(tolls.shape[1] - 1, -1, -1):
            total += tolls[e, t]
            found[after[e], t] += total
            found[before[e], t] -= total


def climb(dual: Dual, prices: Floats, steps: int, watch: Callable[[float], bool] | None = None) -> Climbed:
    """Return better prices than `prices`: subgradients with Polyak's step towards a target that comes nearer.

    Steps are deflected (Polyak 1969; Camerini, Fratta, Maffioli 1975); each price moves by its own size.
    """
    loose = Loose(dual.problem)
    dual.toll = loose.row
    many = len(prices)
    usable = np.concatenate([dual.capacity > 0, np.ones(loose.shape[0] * loose.shape[1], np.bool_)])
    scale = np.maximum(prices, 0.02 * prices.mean()) / np.maximum(dual.capacity, 1e-9)
    scale = np.concatenate([scale, np.broadcast_to(loose.scale, loose.shape).ravel()])

    def at(x: Floats) -> tuple[float, float, Floats, Ints]:
        dual.tolls, dual.tolled = loose.table(x[many:].reshape(loose.shape)), float(x[many:].sum())
        now = dual.at(x[:many])
        slope = np.concatenate([now.slope, loose.slope(now.quarters).ravel()])
        return now.value, now.safe, slope, now.quarters

    x = np.concatenate([prices, np.zeros(len(usable) - many)])
    value, safe, slope, quarters = at(x)
    best, best_x, target, idle = value, x, 0.05 * abs(value), 0
    mean = quarters.astype(float)
    way = np.zeros_like(x)
    for step in range(steps):
        slope = np.where(usable & ((x > 0) | (slope > 0)), slope, 0.0)
        way = slope + 0.7 * way
        way = np.where(usable & ((x > 0) | (way > 0)), way, 0.0)
        rise = float(slope @ (scale * way))
        if rise <= 0.0:
            way = slope
            rise = float(slope @ (scale * way))
        if rise <= 0.0 or target <= 1e-7 * abs(best):
            break
        x = np.maximum(0.0, x + (best + target - value) / rise * (scale * way))
        value, now_safe, slope, quarters = at(x)
        mean += max(MEMORY, 2.0 / (step + 2.0)) * (quarters - mean)
        safe = max(safe, now_safe)
        idle = 0 if value > best + 0.1 * target else idle + 1
        if value > best:
            best, best_x = value, x
        if idle > 15:
            target, idle, x, way = 0.7 * target, 0, best_x, np.zeros_like(x)
            value, _, slope, _ = at(x)
        if watch is not None and watch(value):
            break
    dual.tolls, dual.tolled = loose.table(best_x[many:].reshape(loose.shape)), float(best_x[many:].sum())
    return Climbed(best_x[:many], best_x[many:].reshape(loose.shape), safe, mean)
