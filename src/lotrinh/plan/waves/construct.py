"""A schedule from prices: nodes one after the other, each in the cheapest quarter in which it still fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled, price_node, take
from lotrinh.plan.waves.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def construct(problem: Problem, order: Ints, fares: Floats, hints: Ints) -> tuple[Ints, Floats]:
    """Return the quarter (n,) in which each node completes, -1 where none is left, and what is left of capacities.

    Parameters
    ----------
    order: nodes, none before one for which it waits.
    fares: (classes, T+1) price of the capacity that a class uses, by which quarters are compared.
    hints: (n,) quarter that each node tries first; -1 for none.
    """
    p = problem
    left = p.has.amounts.copy()
    quarters = np.full(p.count, -1, np.int64)
    rows, onward = _awaited(p, fares)
    _serial(
        order, p.nodes, p.members, p.curves, fares, p.terms, p.before, p.used.entries, p.has.buckets, left, p.has.room,
        rows, onward, hints, quarters,
    )  # fmt: skip
    return quarters, left


def _awaited(problem: Problem, fares: Floats) -> tuple[Ints, Floats]:
    """Return the row of a table for each node that is waited for, -1 for others, and what it makes those pay that wait.

    The table holds by quarter the least that all who wait will pay from then on; who waits for several shares it out.
    """
    p = problem
    awaited = np.diff(p.waiting[0]) > 0
    rows = np.where(awaited, np.cumsum(awaited) - 1, -1)
    onward = np.zeros((int(awaited.sum()), p.horizon + 1))
    _onward(np.argsort(p.rank), rows, p.nodes, p.members, p.curves, fares, p.terms, p.before, onward)
    return rows, onward


def by_preference(problem: Problem, preferred: Ints, fares: Floats) -> Ints:
    """Return the nodes by the quarter that they prefer; of one quarter first who would lose most by another.

    Those that are waited for go before all others: little fills with them, and whoever waits is late if they are.
    """
    p = problem
    last = np.diff(p.waiting[0]) == 0
    wanted = preferred.copy()
    lead(wanted, np.argsort(p.rank), *p.before)
    loss = regrets(wanted, p.nodes, p.members, p.curves, fares, p.terms)
    return after_those_before(problem, np.lexsort((-loss, wanted, last)))


def after_those_before(problem: Problem, order: Ints) -> Ints:
    """Return `order` with every node moved ahead of the first that waits for it."""
    urgency = np.empty(problem.count, np.int64)
    urgency[order] = np.arange(problem.count)
    _hurry(urgency, np.argsort(problem.rank), *problem.before)
    return np.lexsort((problem.rank, urgency))


@compiled
def _onward(
    order: Any, rows: Any, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any, before: Any, onward: Any
) -> None:
    width = curves.shape[1]
    cost = np.empty(width)
    for at in range(len(order) - 1, -1, -1):
        i = order[at]
        many = before[0][i + 1] - before[0][i]
        if many == 0:
            continue
        price_node(cost, i, nodes, members, curves, fares, terms)
        if rows[i] >= 0:
            cost += onward[rows[i]]
        for t in range(width - 2, -1, -1):
            cost[t] = min(cost[t], cost[t + 1])
        for k in range(before[0][i], before[0][i + 1]):
            onward[rows[before[1][k]]] += cost / many


@compiled
def lead(wanted: Any, order: Any, pointers: Any, before: Any) -> None:
    """Put the quarter of every node off to that of the last for which it waits."""
    for v in order:
        for k in range(pointers[v], pointers[v + 1]):
            wanted[v] = max(wanted[v], wanted[before[k]])


@compiled
def _hurry(urgency: Any, order: Any, pointers: Any, before: Any) -> None:
    for at in range(len(order) - 1, -1, -1):
        v = order[at]
        for k in range(pointers[v], pointers[v + 1]):
            urgency[before[k]] = min(urgency[before[k]], urgency[v])


@compiled
def regrets(wanted: Any, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any) -> Any:
    """Return (n,) what each node loses in its second best quarter, of those from the wanted one on."""
    found = np.empty(len(wanted))
    cost = np.empty(curves.shape[1])
    for i in range(len(wanted)):
        price_node(cost, i, nodes, members, curves, fares, terms)
        own, second = cost[wanted[i]], np.inf
        for t in range(len(cost)):
            if t != wanted[i]:
                second = min(second, cost[t])
        found[i] = second - own if own < np.inf and second < np.inf else 0.0
    return found


@compiled
def _serial(
    order: Any,
    nodes: Any,
    members: Any,
    curves: Any,
    fares: Any,
    terms: Any,
    before: Any,
    entries: Any,
    buckets: Any,
    left: Any,
    room: Any,
    rows: Any,
    onward: Any,
    hints: Any,
    quarters: Any,
) -> None:
    width = curves.shape[1]
    cost = np.empty(width)
    for i in order:
        first = 0
        for k in range(before[0][i], before[0][i + 1]):
            first = max(first, quarters[before[1][k]])
        hint = hints[i]
        if hint >= first and (nodes[2][i] >> hint) & 1 and take(nodes[1][i], hint, entries, buckets, left, room):
            quarters[i] = hint
            continue
        price_node(cost, i, nodes, members, curves, fares, terms)
        if rows[i] >= 0:
            cost += onward[rows[i]]
        while True:
            best = -1
            for t in range(first, width):
                if cost[t] < np.inf and (best < 0 or cost[t] < cost[best]):
                    best = t
            if best < 0 or take(nodes[1][i], best, entries, buckets, left, room):
                break
            cost[best] = np.inf
        quarters[i] = best
