"""The certified bound: capacities priced instead of held, and what every node then costs at least.

For prices ``y >= 0`` of the capacities, ``L(y) = sum over trees of min (cost + price of use) - y * capacity`` is at
most the cost of every schedule (weak duality). Precedence along the edges of a forest is held exactly, by dynamic
programming over quarters; other edges are left out, or priced by tolls (`climb`). Whatever
found the prices, the bound is this function of all nodes, rounded down.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled, price_node
from lotrinh.plan.waves.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

THREADS = 2


@dataclass(frozen=True)
class Relaxed:
    """What prices lead to: the value of the dual function, its slope, and the quarter that each node prefers."""

    value: float
    slope: Floats
    quarters: Ints
    safe: float
    """The value less all that rounding can have added."""


class Dual:
    """The dual function of a problem, or of some of its trees with their share of the capacities."""

    def __init__(self, problem: Problem, trees: Ints | None = None, smoothing: float = 0.0) -> None:
        self.problem = problem
        tree = problem.tree
        self.trees = np.arange(len(tree.trees) - 1) if trees is None else trees
        starts, ends = tree.trees[:-1][self.trees], tree.trees[1:][self.trees]
        self.runs = np.stack([starts, ends], axis=1)
        self.parents = _rows(tree.parent)
        self.members = problem.members
        if smoothing:
            draw = np.random.default_rng(0)
            noise = 1.0 + smoothing * draw.uniform(-1.0, 1.0, len(problem.values))
            self.members = (problem.values * noise, *problem.members[1:])
        self.capacity = problem.has.amounts
        # row of `tolls` for each node, -1 for none, and what is added there to its cost by quarter: see `climb`
        self.toll = np.full(problem.count, -1, np.int64)
        self.tolls, self.tolled = np.zeros((1, problem.horizon + 1)), 0.0
        if trees is not None:
            inside = np.zeros(problem.count, np.int64)
            np.add.at(inside, starts, 1)
            np.add.at(inside, ends[ends < problem.count], -1)
            mine = np.bincount(problem.classes, np.cumsum(inside), minlength=len(problem.used.lasts))
            everyone = np.bincount(problem.classes, minlength=len(problem.used.lasts))
            need, whole = self._total(mine), self._total(everyone)
            share = np.divide(need, whole, out=np.zeros_like(need), where=whole > 0)
            by_bucket = np.empty(len(self.capacity))
            by_bucket[problem.has.buckets] = share[:, None]
            self.capacity = self.capacity * by_bucket

    def _total(self, counts: Floats | Ints) -> Floats:
        """Return how much of each resource so many nodes of each class use in all."""
        used = self.problem.used
        weights = np.repeat(counts, np.diff(used.pointers)) * used.amount
        return np.asarray(np.bincount(used.resource, weights, minlength=len(self.problem.has.names)), float)

    def fares(self, prices: Floats) -> Floats:
        """Return (classes, T+1) what the use of each class costs by quarter of completion."""
        has, used = self.problem.has, self.problem.used
        return np.asarray(_fares(prices, has.buckets, *used.entries), float)

    def at(self, prices: Floats) -> Relaxed:
        """Return the dual function at `prices` (capacities,) and what it prefers."""
        p = self.problem
        fares = self.fares(prices)
        quarters = np.full(p.count, -1, np.int64)
        tree = (p.tree.parent, p.tree.later, self.parents)
        tolled = (self.toll, self.tolls)
        parts = np.array_split(self.runs, THREADS) if len(self.runs) >= 64 else [self.runs]

        def work(runs: Ints) -> tuple[float, Ints]:
            return _relax(runs, p.nodes, self.members, p.curves, fares, p.terms, tree, tolled, quarters)

        if len(parts) > 1:
            with ThreadPoolExecutor(THREADS) as pool:
                found = list(pool.map(work, parts))
        else:
            found = [work(parts[0])]
        counts = sum(each[1] for each in found)
        use = np.asarray(use_of(counts, p.has.buckets, len(prices), *p.used.entries), float)
        gross, paid = sum(each[0] for each in found), float(prices @ self.capacity)
        terms = len(p.item) + p.count * (p.horizon + 8) + len(prices)  # of numbers of one sign: no cancellation inside
        size = abs(gross) + paid + 2.0 * self.tolled
        safe = gross - paid - 4.0 * np.finfo(float).eps * terms * size
        return Relaxed(gross - paid, use - self.capacity, quarters, float(safe))


def _rows(parent: Ints) -> Ints:
    """Return the row (n,) of a table for each node that is a parent, -1 for the others."""
    found = np.full(len(parent), -1, np.int64)
    inner = np.unique(parent[parent >= 0])
    found[inner] = np.arange(len(inner))
    return found


@compiled
def _fares(prices: Any, buckets: Any, pointers: Any, resources: Any, offsets: Any, amounts: Any) -> Any:
    horizon = buckets.shape[1]
    found = np.zeros((len(pointers) - 1, horizon + 1))
    for c in range(len(pointers) - 1):
        for k in range(pointers[c], pointers[c + 1]):
            for t in range(offsets[k], horizon):
                found[c, t] += amounts[k] * prices[buckets[resources[k], t - offsets[k]]]
    return found


@compiled
def use_of(counts: Any, buckets: Any, many: int, pointers: Any, resources: Any, offsets: Any, amounts: Any) -> Any:
    """Return how much of each of `many` capacities is used, from how many nodes of each class complete when."""
    horizon = buckets.shape[1]
    found = np.zeros(many)
    for c in range(len(pointers) - 1):
        for k in range(pointers[c], pointers[c + 1]):
            for t in range(offsets[k], horizon):
                found[buckets[resources[k], t - offsets[k]]] += amounts[k] * counts[c, t]
    return found


@compiled
def _relax(
    runs: Any, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any, tree: Any, tolled: Any, quarters: Any
) -> tuple[float, Any]:
    """Return the least cost of the trees in `runs` and how many nodes of each class complete when; fill `quarters`."""
    parent, later, rows = tree
    toll, tolls = tolled
    width = curves.shape[1]
    counts = np.zeros((fares.shape[0], width), np.int64)
    cost = np.empty(width)
    gross = 0.0
    widest = 0
    for r in range(len(runs)):
        inner = 0
        for i in range(runs[r, 0], runs[r, 1]):
            if rows[i] >= 0:
                inner += 1
        widest = max(widest, inner)
    table = np.empty((widest, width))
    for r in range(len(runs)):
        first, last = runs[r, 0], runs[r, 1]
        base = -1
        for i in range(first, last):
            if rows[i] >= 0:
                if base < 0:
                    base = rows[i]
                table[rows[i] - base] = 0.0
        for i in range(last - 1, first - 1, -1):
            price_node(cost, i, nodes, members, curves, fares, terms)
            if toll[i] >= 0:
                cost += tolls[toll[i]]
            if rows[i] >= 0:
                own = table[rows[i] - base]
                for t in range(width):
                    cost[t] += own[t]
                    own[t] = cost[t]
            if parent[i] < 0:
                best = 0
                for t in range(1, width):
                    if cost[t] < cost[best]:
                        best = t
                gross += cost[best]
                quarters[i] = best
            else:
                above = table[rows[parent[i]] - base]
                least = np.inf
                if later[i]:
                    for t in range(width - 1, -1, -1):
                        least = min(least, cost[t])
                        above[t] += least
                else:
                    for t in range(width):
                        least = min(least, cost[t])
                        above[t] += least
        for i in range(first, last):
            if parent[i] >= 0:
                at = quarters[parent[i]]
                if rows[i] >= 0:
                    cost[:] = table[rows[i] - base]
                else:
                    price_node(cost, i, nodes, members, curves, fares, terms)
                    if toll[i] >= 0:
                        cost += tolls[toll[i]]
                low, high = (at, width) if later[i] else (0, at + 1)
                best = low
                for t in range(low + 1, high):
                    if cost[t] < cost[best]:
                        best = t
                quarters[i] = best
            counts[nodes[1][i], quarters[i]] += 1
    return gross, counts


Watch = Callable[[float], bool]
"""Told the value of the dual function after each step; true ends the ascent."""


def first_prices(dual: Dual) -> Floats:
    """Return prices as if each capacity were the only one: what the last node to fit gains by a quarter.

    A price falls from quarter to quarter by the gain for each unit of capacity of the node that just misses it.
    """
    p = dual.problem
    inside = np.concatenate([np.arange(first, last) for first, last in dual.runs])
    slopes = (p.curves[:, -2] - p.curves[:, 0]) / max(1, p.horizon - 1)
    gains = np.add.reduceat(p.values * slopes[p.profiles], p.pointers[:-1])[inside]
    classes = p.classes[inside]
    lengths = np.diff(p.used.pointers)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    need = np.zeros((len(lengths), len(p.has.names)))
    np.add.at(need, (owner, p.used.resource), p.used.amount)
    prices = np.zeros(len(dual.capacity))
    for r in range(len(p.has.names)):
        amounts = need[:, r][classes]
        used = amounts > 0
        density = gains[used] / amounts[used]
        order = np.argsort(-density, kind="stable")
        buckets = np.unique(p.has.buckets[r])
        per = p.horizon / len(buckets)
        at = np.searchsorted(np.cumsum(amounts[used][order]), np.cumsum(dual.capacity[buckets]))
        threshold = np.append(density[order], 0.0)[np.minimum(at, len(order))] * per
        prices[buckets] = np.cumsum(threshold[::-1])[::-1]
    return prices


def ascend(dual: Dual, prices: Floats, steps: int, watch: Watch | None = None, memory: int = 12) -> Floats:
    """Return better prices than `prices`: projected L-BFGS (Nocedal 1980; Bertsekas 1982), preconditioned in time.

    A node moves between two quarters by the difference of their prices: in those differences the curvature is nearly
    diagonal, about capacity by difference. Prices at 0 whose slope points below are left out of a step.
    """
    usable = dual.capacity > 0
    chains = _Chains(dual)
    x = prices.copy()
    now = dual.at(x)
    slope = np.where(usable, now.slope, 0.0)
    pairs: list[tuple[Floats, Floats, float]] = []
    best, best_x, stalled = now.value, x, 0
    for _ in range(steps):
        free = usable & ((x > 0) | (slope > 0))
        weights = chains.weights(x)
        step = _direction(np.where(free, slope, 0.0), pairs, free, partial(chains.step, free, weights))
        length = 1.0
        for _ in range(12):
            y = np.maximum(0.0, x + length * step)
            then = dual.at(y)
            if then.value >= now.value + 1e-4 * float(slope @ (y - x)):
                break
            length *= 0.4
        else:
            stalled += 1
            if stalled > 3 or not pairs:
                break
            pairs.clear()
            continue
        new = np.where(usable, then.slope, 0.0)
        moved, bent = y - x, slope - new
        curvature = float(moved @ bent)
        if curvature > 1e-12 * float(np.linalg.norm(moved) * np.linalg.norm(bent)):
            pairs.append((moved, bent, curvature))
            del pairs[:-memory]
        x, slope, now = y, new, then
        if now.value > best:
            best, best_x = now.value, x
        if watch is not None and watch(now.value):
            break
    return best_x


class _Chains:
    """The prices of each resource one after the other in time, and the differences between them."""

    def __init__(self, dual: Dual) -> None:
        buckets = dual.problem.has.buckets
        self.capacity = dual.capacity
        last = np.array([row.max(initial=0) for row in buckets], np.int64)
        self.owner = np.zeros(len(self.capacity), np.int64)
        for r, row in enumerate(buckets):
            self.owner[row] = r
        self.last = last

    def weights(self, prices: Floats) -> Floats:
        """Return the inverse curvature in the differences, as it would be if a price moved its own capacity."""
        following = np.append(prices[1:], 0.0)
        following[self.last] = 0.0
        fall = np.abs(prices - following)
        mean = np.bincount(self.owner, fall) / np.bincount(self.owner)
        fall = np.maximum(fall, 0.1 * mean[self.owner]) + 1e-12 * (1.0 + fall.max(initial=0.0))
        level = np.bincount(self.owner, self.capacity) / np.bincount(self.owner)
        return np.asarray(fall / np.maximum(level[self.owner], 1e-12), float)

    def step(self, free: NDArray[np.bool_], weights: Floats, slope: Floats) -> Floats:
        """Return the step along `slope`, within the free prices."""
        return np.where(free, self.apply(slope, weights), 0.0)

    def apply(self, slope: Floats, weights: Floats) -> Floats:
        """Return the slope in differences, weighted, as prices: a sum from the start, and one from the end."""
        total = np.cumsum(slope)
        before = np.concatenate([[0.0], total[self.last[:-1]]])
        falls = (total - before[self.owner]) * weights
        back = np.cumsum(falls[::-1])[::-1]
        beyond = np.append(back, 0.0)[self.last + 1]
        return np.asarray(back - beyond[self.owner], float)


def _direction(
    slope: Floats,
    pairs: list[tuple[Floats, Floats, float]],
    free: NDArray[np.bool_],
    first: Callable[[Floats], Floats],
) -> Floats:
    """Return the quasi-Newton step of the two-loop recursion, from the preconditioner `first`."""
    step = slope.copy()
    weights = []
    for moved, bent, curvature in reversed(pairs):
        weight = float(moved @ step) / curvature
        weights.append(weight)
        step -= weight * bent
    step = first(step)
    if pairs:
        _, bent, curvature = pairs[-1]
        step *= curvature / max(float(bent @ first(bent)), 1e-300)
    for (moved, bent, curvature), weight in zip(pairs, reversed(weights), strict=True):
        step += (weight - float(bent @ step) / curvature) * moved
    return np.where(free, step, 0.0)
