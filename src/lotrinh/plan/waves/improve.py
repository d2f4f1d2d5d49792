"""Better schedules by small steps: a node moved to a cheaper quarter with room, two nodes that change places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled, give, price_node, take
from lotrinh.plan.waves.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def cost_of(problem: Problem, quarters: Ints) -> Floats:
    """Return (n,) the cost of each node completed in its quarter."""
    p = problem
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    return np.asarray(_costs(quarters, p.nodes, p.members, p.curves, free, p.terms), float)


def shift(problem: Problem, order: Ints, quarters: Ints, left: Floats) -> float:
    """Move each node of `order` to the cheapest quarter with room that precedence leaves; return the saving."""
    p = problem
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    return float(
        _shift(
            order, p.nodes, p.members, p.curves, free, p.terms, p.before, p.waiting, p.used.entries, p.has.buckets,
            left, p.has.room, quarters,
        )
    )  # fmt: skip


def swap(problem: Problem, pools: tuple[Ints, Ints], tries: int, seed: int, quarters: Ints, left: Floats) -> float:
    """Let random pairs of nodes of one pool change quarters where that saves; return what it saves.

    Parameters
    ----------
    pools: pointers and nodes of each pool, such as the nodes of one class.
    tries: pairs tried for each node.
    """
    p = problem
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    return float(
        _swap(
            pools, tries, seed, p.nodes, p.members, p.curves, free, p.terms, p.before, p.waiting, p.used.entries,
            p.has.buckets, left, p.has.room, quarters,
        )
    )  # fmt: skip


@compiled
def _costs(quarters: Any, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any) -> Any:
    found = np.empty(len(quarters))
    cost = np.empty(curves.shape[1])
    for i in range(len(quarters)):
        price_node(cost, i, nodes, members, curves, fares, terms)
        found[i] = cost[quarters[i]] if quarters[i] >= 0 else np.inf
    return found


@compiled
def window(i: int, before: Any, waiting: Any, quarters: Any, width: int) -> tuple[int, int]:
    """Return the first and the last quarter that its neighbours leave node `i`."""
    first, last = 0, width - 1
    for k in range(before[0][i], before[0][i + 1]):
        first = max(first, quarters[before[1][k]])
    for k in range(waiting[0][i], waiting[0][i + 1]):
        last = min(last, quarters[waiting[1][k]])
    return first, last


@compiled
def _shift(
    order: Any,
    nodes: Any,
    members: Any,
    curves: Any,
    fares: Any,
    terms: Any,
    before: Any,
    waiting: Any,
    entries: Any,
    buckets: Any,
    left: Any,
    room: Any,
    quarters: Any,
) -> float:
    width = curves.shape[1]
    cost = np.empty(width)
    saved = 0.0
    for i in order:
        now, cls = quarters[i], nodes[1][i]
        first, last = window(i, before, waiting, quarters, width)
        if first == now and (last == now or (members[3][nodes[0][i]] < 0)):
            continue  # without a price of moving no later quarter is cheaper
        price_node(cost, i, nodes, members, curves, fares, terms)
        own = cost[now]
        give(cls, now, entries, buckets, left)
        while True:
            best = now
            for t in range(first, last + 1):
                if cost[t] < cost[best]:
                    best = t
            if take(cls, best, entries, buckets, left, room):
                break
            if best == now:  # rounding: it stood here before
                for k in range(entries[0][cls], entries[0][cls + 1]):
                    left[buckets[entries[1][k], now - entries[2][k]]] -= entries[3][k]
                break
            cost[best] = np.inf
        saved += own - cost[best]
        quarters[i] = best
    return saved


@compiled
def _swap(
    pools: Any,
    tries: int,
    seed: int,
    nodes: Any,
    members: Any,
    curves: Any,
    fares: Any,
    terms: Any,
    before: Any,
    waiting: Any,
    entries: Any,
    buckets: Any,
    left: Any,
    room: Any,
    quarters: Any,
) -> float:
    width = curves.shape[1]
    mine, other = np.empty(width), np.empty(width)
    saved = 0.0
    state = np.uint64(seed * 2654435761 + 88172645463325252)
    pointers, inside = pools
    for g in range(len(pointers) - 1):
        low, many = pointers[g], pointers[g + 1] - pointers[g]
        if many < 2:
            continue
        for at in range(low, low + many):
            i = inside[at]
            first, last = window(i, before, waiting, quarters, width)
            price_node(mine, i, nodes, members, curves, fares, terms)
            for _ in range(tries):
                state ^= state << np.uint64(13)
                state ^= state >> np.uint64(7)
                state ^= state << np.uint64(17)
                j = inside[low + np.int64(state % np.uint64(many))]
                a, b = quarters[i], quarters[j]
                if a == b or b < first or b > last or mine[b] == np.inf:
                    continue
                earliest, latest = window(j, before, waiting, quarters, width)
                if a < earliest or a > latest:
                    continue
                price_node(other, j, nodes, members, curves, fares, terms)
                gain = mine[a] + other[b] - mine[b] - other[a]
                if not gain > 1e-12 * (mine[a] + other[b]):
                    continue
                if _tied(i, j, before) or _tied(j, i, before):
                    continue
                if nodes[1][i] != nodes[1][j] and not _exchange(i, j, a, b, nodes, entries, buckets, left, room):
                    continue
                quarters[i], quarters[j] = b, a
                saved += gain
    return saved


@compiled
def _tied(i: int, j: int, before: Any) -> bool:
    """Return whether node `i` waits for node `j`."""
    found = False
    for k in range(before[0][i], before[0][i + 1]):
        found = found or before[1][k] == j
    return found


@compiled
def _exchange(i: int, j: int, a: int, b: int, nodes: Any, entries: Any, buckets: Any, left: Any, room: Any) -> bool:
    """Change the quarters of two nodes of different classes in `left`, where both fit."""
    give(nodes[1][i], a, entries, buckets, left)
    give(nodes[1][j], b, entries, buckets, left)
    if take(nodes[1][i], b, entries, buckets, left, room):
        if take(nodes[1][j], a, entries, buckets, left, room):
            return True
        give(nodes[1][i], b, entries, buckets, left)
    for cls, t in ((nodes[1][i], a), (nodes[1][j], b)):
        if t < buckets.shape[1]:
            for k in range(entries[0][cls], entries[0][cls + 1]):
                left[buckets[entries[1][k], t - entries[2][k]]] -= entries[3][k]
    return False
