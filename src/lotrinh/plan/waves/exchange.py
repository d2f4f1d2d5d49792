"""Many nodes change quarters at once: a linear programme over the moves that prices hold for nearly free.

Each node that takes part stays, or goes to its best other quarter: one column between 0 and 1 for each, one row for
each capacity. A vertex has few fractions, at most one for each row, so what rounding spoils is little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled, give, price_node, take
from lotrinh.plan.waves.construct import after_those_before, construct
from lotrinh.plan.waves.dual import use_of
from lotrinh.plan.waves.improve import cost_of, window
from lotrinh.plan.waves.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moves:
    """What may move: units of nodes, each to other quarters, all or none; of one group at most one unit.

    Attributes
    ----------
    pointers, nodes, targets: nodes of each unit, and the quarter to which each would go.
    groups: (units,) group of each unit, from 0 on.
    """

    pointers: Ints
    nodes: Ints
    targets: Ints
    groups: Ints


def of_nodes(problem: Problem, now: Ints, fares: Floats, most: int) -> Moves:
    """Return the moves of single nodes that prices find least bad; none waits for another."""
    p = problem
    other, regret = _others(now, p.nodes, p.members, p.curves, fares, p.terms, p.before, p.waiting)
    order = np.argsort(regret, kind="stable")
    movers = np.asarray(_apart(order[np.isfinite(regret[order])], most, p.before, p.waiting), np.int64)
    return Moves(np.arange(len(movers) + 1), movers, other[movers], np.arange(len(movers)))


def of_trees(problem: Problem, now: Ints, others: Sequence[Ints], fares: Floats, most: int) -> Moves:
    """Return the moves of whole trees to `others`, each quarters (n,) of all nodes, the least bad by prices first."""
    p = problem
    count = len(p.tree.trees) - 1
    tree_of = np.repeat(np.arange(count), np.diff(p.tree.trees))
    paid = cost_of(p, now) + fares[p.classes, now]
    seen: set[tuple[int, int]] = set()
    draw = np.random.default_rng(0).integers(1, 2**40, p.count)
    units: list[tuple[float, int, Ints, Ints]] = []
    for other in others:
        nodes = np.flatnonzero(other != now)
        trees = tree_of[nodes]
        worse = cost_of(p, other) + fares[p.classes, other] - paid
        broken = np.bincount(tree_of, late(other, *p.before), minlength=count) > 0
        regret = np.bincount(trees, worse[nodes], minlength=count)
        marks = np.zeros(count, np.int64)
        np.add.at(marks, trees, draw[nodes] * (other[nodes] + 1))
        first, last = np.searchsorted(trees, np.arange(count)), np.searchsorted(trees, np.arange(count), side="right")
        for tree in np.flatnonzero((last > first) & ~broken).tolist():
            if (tree, int(marks[tree])) not in seen:
                seen.add((tree, int(marks[tree])))
                inside = nodes[first[tree] : last[tree]]
                units.append((float(regret[tree]), tree, inside, other[inside]))
    units.sort(key=lambda unit: unit[0])
    units = units[:most]
    if not units:
        return Moves(np.zeros(1, np.int64), *(np.zeros(0, np.int64),) * 3)
    _, groups = np.unique([unit[1] for unit in units], return_inverse=True)
    lengths = np.array([len(unit[2]) for unit in units])
    nodes, targets = (np.concatenate([unit[k] for unit in units]) for k in (2, 3))
    return Moves(np.concatenate([[0], np.cumsum(lengths)]), nodes, targets, groups)


def exchange(problem: Problem, now: Ints, moves: Moves, prices: Floats, seconds: float) -> Ints | None:
    """Return the quarters (n,) after the best of `moves`, which may pass capacities a little by rounding.

    Parameters
    ----------
    now: (n,) quarters, which may pass capacities.
    prices: of capacities; what passes one is fined by a multiple.
    """
    p = problem
    units = len(moves.pointers) - 1
    if not units:
        return None
    owner = np.repeat(np.arange(units), np.diff(moves.pointers))
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    gain = _gains(moves.pointers, moves.nodes, moves.targets, now, p.nodes, p.members, p.curves, free, p.terms)
    columns = _columns(
        moves.pointers, moves.nodes, now[moves.nodes], moves.targets, p.classes, p.used.entries, p.has.buckets
    )
    left = left_of(p, now)
    z = _solve(gain, columns, moves.groups, left, 4.0 * prices + prices.mean(), seconds)
    if z is None:
        return None
    best = np.lexsort((z, moves.groups))
    last = best[np.append(moves.groups[best][1:] != moves.groups[best][:-1], True)]  # the fullest unit of each group
    stays = 1.0 - np.bincount(moves.groups, z)
    taken = np.zeros(units, np.bool_)
    taken[last] = z[last] > stays[moves.groups[last]]
    hints = now.copy()
    hints[moves.nodes[taken[owner]]] = moves.targets[taken[owner]]
    return hints


def repair(problem: Problem, quarters: Ints, fares: Floats) -> tuple[Ints, Floats]:
    """Return a schedule that holds every capacity, near one that passes some, and what it leaves of them.

    Nodes leave the quarters that are passed, those first that prices find least bad; where that is not enough, all are
    placed anew.
    """
    p = problem
    found, left = quarters.copy(), left_of(p, quarters)
    for _ in range(4):
        if (left >= -p.has.room).all():
            return found, left
        _, regret = _others(found, p.nodes, p.members, p.curves, fares, p.terms, p.before, p.waiting)
        order = np.argsort(regret, kind="stable")
        order = order[np.isfinite(regret[order])]
        _leave(
            order, p.nodes, p.members, p.curves, fares, p.terms, p.before, p.waiting, p.used.entries, p.has.buckets,
            left, p.has.room, found,
        )  # fmt: skip
    return construct(p, after_those_before(p, np.argsort(found, kind="stable")), fares, found)


def left_of(problem: Problem, quarters: Ints) -> Floats:
    """Return what a schedule leaves of the capacities; negative where it passes them."""
    p = problem
    counts = np.bincount(p.classes * (p.horizon + 1) + quarters, minlength=len(p.used.lasts) * (p.horizon + 1))
    used = use_of(counts.reshape(-1, p.horizon + 1), p.has.buckets, len(p.has.amounts), *p.used.entries)
    return np.asarray(p.has.amounts - used, float)


def _solve(
    gain: Floats, columns: tuple[Ints, Ints, Floats], groups: Ints, left: Floats, fines: Floats, seconds: float
) -> Floats | None:
    """Return how much of each unit moves, by a linear programme; None where it is not solved in time."""
    import highspy

    pointers, rows, values = columns
    sizes = np.bincount(groups)
    several = np.flatnonzero(sizes > 1)
    row_of = np.full(len(sizes), -1, np.int64)
    row_of[several] = len(left) + np.arange(len(several))
    extra = np.flatnonzero(row_of[groups] >= 0)
    rows = np.insert(rows, pointers[1:][extra], row_of[groups[extra]])
    values = np.insert(values, pointers[1:][extra], 1.0)
    grown = np.zeros(len(gain) + 1, np.int64)
    np.cumsum(np.diff(pointers) + (row_of[groups] >= 0), out=grown[1:])
    units, limits = len(gain), len(left)
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("time_limit", float(seconds))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = units + limits, limits + len(several)
    lp.col_cost_ = np.concatenate([gain, fines])
    lp.col_lower_ = np.zeros(units + limits)
    lp.col_upper_ = np.concatenate([np.ones(units), np.full(limits, highspy.kHighsInf)])
    lp.row_lower_ = np.full(limits + len(several), -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([left, np.ones(len(several))])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([grown, grown[-1] + np.arange(1, limits + 1)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([rows, np.arange(limits)]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([values, np.full(limits, -1.0)])
    highs.passModel(lp)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(highs.getSolution().col_value)[:units]


@compiled
def _gains(
    units: Any, inside: Any, targets: Any, now: Any, nodes: Any, members: Any, curves: Any, free: Any, terms: Any
) -> Any:
    """Return what the move of each unit adds to the cost."""
    cost = np.empty(curves.shape[1])
    found = np.zeros(len(units) - 1)
    for u in range(len(units) - 1):
        for at in range(units[u], units[u + 1]):
            price_node(cost, inside[at], nodes, members, curves, free, terms)
            found[u] += cost[targets[at]] - cost[now[inside[at]]]
    return found


@compiled
def _others(
    quarters: Any, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any, before: Any, waiting: Any
) -> Any:
    """Return the best other quarter of each node by prices, and how much worse it is than the present one."""
    width = curves.shape[1]
    cost = np.empty(width)
    other, regret = quarters.copy(), np.full(len(quarters), np.inf)
    for i in range(len(quarters)):
        first, last = window(i, before, waiting, quarters, width)
        if first == last:
            continue
        price_node(cost, i, nodes, members, curves, fares, terms)
        now = quarters[i]
        best = -1
        for t in range(first, last + 1):
            if t != now and cost[t] < np.inf and (best < 0 or cost[t] < cost[best]):
                best = t
        if best >= 0:
            other[i] = best
            regret[i] = cost[best] - cost[now]
    return other, regret


@compiled
def _apart(order: Any, most: int, before: Any, waiting: Any) -> Any:
    """Return the first nodes of `order`, at most so many, of which none waits for another."""
    chosen = np.zeros(len(before[0]) - 1, np.bool_)
    found = np.empty(min(most, len(order)), np.int64)
    many = 0
    for i in order:
        if many == len(found):
            break
        near = False
        for k in range(before[0][i], before[0][i + 1]):
            near = near or chosen[before[1][k]]
        for k in range(waiting[0][i], waiting[0][i + 1]):
            near = near or chosen[waiting[1][k]]
            if near:
                break
        if not near:
            chosen[i] = True
            found[many] = i
            many += 1
    return found[:many]


@compiled
def late(quarters: Any, pointers: Any, before: Any) -> Any:
    """Return (n,) whether a node completes before one for which it waits."""
    found = np.zeros(len(quarters), np.bool_)
    for v in range(len(quarters)):
        for k in range(pointers[v], pointers[v + 1]):
            found[v] = found[v] or quarters[v] < quarters[before[k]]
    return found


@compiled
def _columns(units: Any, inside: Any, here: Any, there: Any, classes: Any, entries: Any, buckets: Any) -> Any:
    """Return by columns what the move of each unit adds to the use of each capacity."""
    horizon = buckets.shape[1]
    pointers = np.zeros(len(units), np.int64)
    total = 0
    for i in inside:
        total += 2 * (entries[0][classes[i] + 1] - entries[0][classes[i]])
    rows, values = np.empty(total, np.int64), np.empty(total)
    place = np.full(int(buckets.max()) + 1 if buckets.size else 0, -1, np.int64)
    filled = 0
    for u in range(len(units) - 1):
        begin = filled
        for at in range(units[u], units[u + 1]):
            i = inside[at]
            for sign, t in ((1.0, there[at]), (-1.0, here[at])):
                if t >= horizon:
                    continue
                for k in range(entries[0][classes[i]], entries[0][classes[i] + 1]):
                    b = buckets[entries[1][k], t - entries[2][k]]
                    if place[b] < begin:
                        place[b] = filled
                        rows[filled] = b
                        values[filled] = 0.0
                        filled += 1
                    values[place[b]] += sign * entries[3][k]
        pointers[u + 1] = filled
    return pointers, rows[:filled], values[:filled]


@compiled
def _leave(
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
) -> None:
    """Move nodes out of capacities that are passed, each to the cheapest quarter where it fits."""
    width = curves.shape[1]
    cost = np.empty(width)
    for i in order:
        cls, now = nodes[1][i], quarters[i]
        if now == width - 1:
            continue
        over = False
        for k in range(entries[0][cls], entries[0][cls + 1]):
            b = buckets[entries[1][k], now - entries[2][k]]
            over = over or left[b] < -room[b]
        if not over:
            continue
        first, last = window(i, before, waiting, quarters, width)
        price_node(cost, i, nodes, members, curves, fares, terms)
        give(cls, now, entries, buckets, left)
        cost[now] = np.inf
        while True:
            best = now
            for t in range(first, last + 1):
                if cost[t] < cost[best]:
                    best = t
            if best == now:
                for k in range(entries[0][cls], entries[0][cls + 1]):
                    left[buckets[entries[1][k], now - entries[2][k]]] -= entries[3][k]
                break
            if take(cls, best, entries, buckets, left, room):
                quarters[i] = best
                break
            cost[best] = np.inf
