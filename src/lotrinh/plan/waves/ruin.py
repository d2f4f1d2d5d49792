"""Better schedules by ruin and recreation: a few nodes taken out and put back in another order, over and over.

Schrimpf and others, Record breaking optimization results using the ruin and recreate principle, Journal of
Computational Physics 159, 2000; worse schedules are accepted as in simulated annealing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled, give, price_node, take
from lotrinh.plan.waves.condense import neighbours
from lotrinh.plan.waves.problem import Problem
from lotrinh.register.sheets import ALL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIZE = 32
"""Most nodes taken out at a time."""
NEAR = 4
"""Quarters within which those that compete for the same capacity are taken out together."""


class Ruin:
    """Ruin and recreation of schedules of one problem, with prices of capacities to tell what is urgent."""

    def __init__(self, problem: Problem, prices: Floats, fares: Floats) -> None:
        self.problem, self.fares = problem, fares
        self.keys = _urgency(problem, prices)
        self.team = _teams(problem)
        self.pools = neighbours(self.team, np.arange(problem.count), int(self.team.max(initial=0)) + 1)
        self.hubs = np.flatnonzero(np.diff(problem.waiting[0]) > 0)

    def run(self, quarters: Ints, left: Floats, turns: int, heat: float, seed: int) -> None:
        """Take out and put back `turns` times, changing `quarters` and `left`.

        Parameters
        ----------
        heat: what a first turn may add to the cost; it falls to nothing.
        """
        p = self.problem
        _ruin(
            turns, heat, seed, self.keys, self.fares, self.hubs, self.team, self.pools, p.nodes, p.members, p.curves,
            np.zeros_like(self.fares), p.terms, p.before, p.waiting, p.used.entries, p.has.buckets, left, p.has.room,
            quarters,
        )  # fmt: skip


def _urgency(problem: Problem, prices: Floats) -> Floats:
    """Return (n,) the logarithm of what a quarter's delay of each node, and of who waits, costs for the use it has."""
    p = problem
    slopes = (p.curves[:, -2] - p.curves[:, 0]) / max(1, p.horizon - 1)
    gains = np.add.reduceat(p.values * slopes[p.profiles], p.pointers[:-1])
    gains = gains + 1e-9 * gains.mean() + 1e-300
    lengths = np.diff(p.used.pointers)
    mean = np.array([prices[row].mean() for row in p.has.buckets])
    owner = np.repeat(np.arange(len(lengths)), lengths)
    use = np.bincount(owner, p.used.amount * mean[p.used.resource], len(lengths))
    worth = use[p.classes]
    worth = worth + 1e-9 * worth.mean() + 1e-300
    _inherited(np.argsort(p.rank), *p.before, gains, worth)
    return np.asarray(np.log(gains / worth), float)


def _teams(problem: Problem) -> Ints:
    """Return (n,) a number of each node's own team, and the last one for those of none."""
    p = problem
    owner = np.full(len(p.used.lasts), len(p.has.names), np.int64)
    for c in range(len(p.used.lasts)):
        for r in p.used.resource[p.used.pointers[c] : p.used.pointers[c + 1]].tolist():
            if p.has.names[r][0] != ALL:
                owner[c] = r
                break
    return np.asarray(owner[p.classes], np.int64)


@compiled
def _inherited(order: Any, pointers: Any, before: Any, gains: Any, worth: Any) -> None:
    """Add to each node what waits for it, where that is the more urgent; shared out among several."""
    for at in range(len(order) - 1, -1, -1):
        v = order[at]
        many = pointers[v + 1] - pointers[v]
        for k in range(pointers[v], pointers[v + 1]):
            b = before[k]
            if gains[v] * worth[b] > gains[b] * worth[v] * many * 0.1:
                gains[b] += gains[v] / many
                worth[b] += worth[v] / many


@compiled
def _ruin(
    turns: int,
    heat: float,
    seed: int,
    keys: Any,
    fares: Any,
    hubs: Any,
    team: Any,
    pools: Any,
    nodes: Any,
    members: Any,
    curves: Any,
    free: Any,
    terms: Any,
    before: Any,
    waiting: Any,
    entries: Any,
    buckets: Any,
    left: Any,
    room: Any,
    quarters: Any,
) -> None:
    np.random.seed(seed)
    count, width = len(quarters), curves.shape[1]
    taken = np.empty(SIZE, np.int64)
    old = np.empty(SIZE, np.int64)
    key = np.empty(SIZE)
    cost, bare = np.empty(width), np.empty(width)
    for turn in range(turns):
        many = _choose(taken, hubs, team, pools, before, waiting, quarters, count, width)
        was = 0.0
        noise = 0.1 + 2.0 * np.random.random() ** 2
        for j in range(many):
            i = taken[j]
            old[j] = quarters[i]
            price_node(bare, i, nodes, members, curves, free, terms)
            was += bare[old[j]]
            give(nodes[1][i], old[j], entries, buckets, left)
            key[j] = keys[i] + noise * np.random.normal()
        for j in range(many):
            quarters[taken[j]] = -1
        priced = np.random.random() < 0.3
        now, placed, good = 0.0, 0, True
        limit = was + heat * (1.0 - turn / turns) * np.random.exponential()
        while placed < many and good:
            i = taken[_ready(many, taken, key, before, quarters)]
            first, last = _span(i, width - 1, before, waiting, quarters)
            price_node(bare, i, nodes, members, curves, free, terms)
            if priced:
                price_node(cost, i, nodes, members, curves, fares, terms)
            else:
                cost[:] = bare
            while True:
                to = -1
                for t in range(first, last + 1):
                    if cost[t] < np.inf and (to < 0 or cost[t] < cost[to]):
                        to = t
                if to < 0 or take(nodes[1][i], to, entries, buckets, left, room):
                    break
                cost[to] = np.inf
            if to < 0:
                good = False
            else:
                quarters[i] = to
                now += bare[to]
                placed += 1
                good = now <= limit
        if not good:
            _put_back(many, taken, old, nodes, entries, buckets, left, quarters)


@compiled
def _ready(many: int, taken: Any, key: Any, before: Any, quarters: Any) -> int:
    """Return the position of the most urgent node out of place whose every predecessor is in place."""
    best = -1
    for j in range(many):
        i = taken[j]
        if quarters[i] >= 0 or (best >= 0 and key[j] <= key[best]):
            continue
        ready = True
        for k in range(before[0][i], before[0][i + 1]):
            ready = ready and quarters[before[1][k]] >= 0
        if ready:
            best = j
    return best


@compiled
def _span(i: int, last: int, before: Any, waiting: Any, quarters: Any) -> tuple[int, int]:
    """Return the first and the last quarter that the order of work leaves to a node."""
    first = 0
    for k in range(before[0][i], before[0][i + 1]):
        first = max(first, quarters[before[1][k]])
    for k in range(waiting[0][i], waiting[0][i + 1]):
        if quarters[waiting[1][k]] >= 0:
            last = min(last, quarters[waiting[1][k]])
    return first, last


@compiled
def _put_back(
    many: int, taken: Any, old: Any, nodes: Any, entries: Any, buckets: Any, left: Any, quarters: Any
) -> None:
    """Put what was taken out back where it was."""
    for j in range(many):
        if quarters[taken[j]] >= 0:
            give(nodes[1][taken[j]], quarters[taken[j]], entries, buckets, left)
    for j in range(many):
        i = taken[j]
        quarters[i] = old[j]
        if old[j] < buckets.shape[1]:
            for k in range(entries[0][nodes[1][i]], entries[0][nodes[1][i] + 1]):
                left[buckets[entries[1][k], old[j] - entries[2][k]]] -= entries[3][k]


@compiled
def _choose(
    taken: Any, hubs: Any, team: Any, pools: Any, before: Any, waiting: Any, quarters: Any, count: int, width: int
) -> int:
    """Write into `taken` nodes to take out: one, some that wait for it or for which it waits, and some that compete."""
    wanted = 2 + int(np.random.random() ** 2 * (SIZE - 2))
    seed = hubs[np.random.randint(len(hubs))] if len(hubs) and np.random.random() < 0.4 else np.random.randint(count)
    taken[0] = seed
    many = 1
    for _ in range(np.random.randint(wanted)):
        pointers, others = before if np.random.random() < 0.4 else waiting
        v = taken[np.random.randint(many)]
        low, size = pointers[v], pointers[v + 1] - pointers[v]
        if size > 0:
            many = _add(taken, many, others[low + np.random.randint(size)])
    reach = 1 + np.random.randint(NEAR)
    for _ in range(6 * wanted):
        if many >= wanted:
            break
        i = np.random.randint(count)
        if np.random.random() < 0.5:
            pool = team[seed]
            i = pools[1][pools[0][pool] + np.random.randint(pools[0][pool + 1] - pools[0][pool])]
        near = abs(quarters[i] - quarters[seed]) <= reach
        if near or np.random.random() < 0.02:
            many = _add(taken, many, i)
    return many


@compiled
def _add(taken: Any, many: int, node: int) -> int:
    for j in range(many):
        if taken[j] == node:
            return many
    if many < len(taken):
        taken[many] = node
        return many + 1
    return many
