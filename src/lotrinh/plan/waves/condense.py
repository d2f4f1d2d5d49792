"""Which items move together, and who waits for whom: components, edges needed, a topological order, a forest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.compiled import compiled

Ints = NDArray[np.int64]

WALK = 20_000
"""Nodes looked at from one node, to see which of its edges follow from others."""


def pointers_of(sources: Ints, count: int) -> Ints:
    """Return where the entries of each of `count` sources begin, once entries are sorted by source; (count+1,)."""
    found = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(sources, minlength=count), out=found[1:])
    return found


def neighbours(sources: Ints, targets: Ints, count: int) -> tuple[Ints, Ints]:
    """Return pointers (count+1,) and the targets of each source."""
    return pointers_of(sources, count), targets[np.argsort(sources, kind="stable")]


def components(after: Ints, before: Ints, count: int) -> Ints:
    """Return the number of the strongly connected component of each of `count` items (Tarjan 1972, without recursion).

    Parameters
    ----------
    after, before: (edges,) item ``after[e]`` waits for item ``before[e]``.
    """
    return np.asarray(_tarjan(*neighbours(before, after, count)), np.int64)


@compiled
def _tarjan(pointers: Any, targets: Any) -> Any:
    count = len(pointers) - 1
    index = np.full(count, -1, np.int64)
    low = np.zeros(count, np.int64)
    component = np.full(count, -1, np.int64)
    held, path = np.empty(count, np.int64), np.empty(count, np.int64)
    nexts = pointers[:-1].copy()
    clock, holding, found = 0, 0, 0
    for root in range(count):
        if index[root] >= 0:
            continue
        depth = 0
        path[0] = root
        while depth >= 0:
            v = path[depth]
            if index[v] < 0:
                index[v] = low[v] = clock
                clock += 1
                held[holding] = v
                holding += 1
            if nexts[v] < pointers[v + 1]:
                w = targets[nexts[v]]
                nexts[v] += 1
                if index[w] < 0:
                    depth += 1
                    path[depth] = w
                elif component[w] < 0:
                    low[v] = min(low[v], index[w])
                continue
            if low[v] == index[v]:
                while True:
                    holding -= 1
                    w = held[holding]
                    component[w] = found
                    if w == v:
                        break
                found += 1
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[v])
    return component


def needed(after: Ints, before: Ints, count: int) -> NDArray[np.bool_]:
    """Return (edges,) false where an edge follows from others, as a walk of at most `WALK` nodes shows.

    ``c`` after ``b`` after ``a`` makes ``c`` after ``a`` superfluous (transitive reduction: Aho, Garey, Ullman 1972).
    """
    order = np.argsort(after, kind="stable")
    found = np.ones(len(after), np.bool_)
    found[order] = _needed(*neighbours(after, before, count))
    return found


@compiled
def _needed(pointers: Any, before: Any) -> Any:
    """Return of each edge, by who waits, whether none of the others it waits for implies it."""
    count = len(pointers) - 1
    found = np.ones(len(before), np.bool_)
    seen = np.full(count, -1, np.int64)
    path = np.empty(count, np.int64)
    for v in range(count):
        if pointers[v + 1] - pointers[v] < 2:
            continue
        filled = 0
        for k in range(pointers[v], pointers[v + 1]):
            for j in range(pointers[before[k]], pointers[before[k] + 1]):
                if seen[before[j]] != v:
                    seen[before[j]] = v
                    path[filled] = before[j]
                    filled += 1
        read = 0
        while read < filled < WALK:
            for j in range(pointers[path[read]], pointers[path[read] + 1]):
                if seen[before[j]] != v:
                    seen[before[j]] = v
                    path[filled] = before[j]
                    filled += 1
            read += 1
        for k in range(pointers[v], pointers[v + 1]):
            found[k] = seen[before[k]] != v
    return found


@dataclass(frozen=True)
class Forest:
    """A spanning forest of the precedence between nodes, with nodes renamed so that each tree is one run.

    Attributes
    ----------
    order: (n,) old node of each new one; parents stand before their children.
    parent: (n,) new parent in the tree, -1 at a root.
    later: (n,) true where the node waits for its parent, false where the parent waits for it.
    trees: (trees+1,) where each tree begins.
    kept: (edges,) true where an edge is one of the forest.
    """

    order: Ints
    parent: Ints
    later: NDArray[np.bool_]
    trees: Ints
    kept: NDArray[np.bool_]


def forest(after: Ints, before: Ints, count: int) -> Forest:
    """Return a spanning forest of `count` nodes, in which edges count as undirected."""
    kept = np.asarray(_span(after, before, count), bool)
    a, b = after[kept], before[kept]
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    waits = np.concatenate([np.zeros(len(a), np.bool_), np.ones(len(b), np.bool_)])
    sort = np.argsort(ends, kind="stable")
    order, parent, later, trees = _walk(pointers_of(ends, count), others[sort], waits[sort])
    return Forest(order, parent, later, trees, kept)


@compiled
def _span(after: Any, before: Any, count: int) -> Any:
    """Return which edges join two trees (union of sets, paths halved)."""
    root = np.arange(count)
    kept = np.zeros(len(after), np.bool_)
    for e in range(len(after)):
        a, b = after[e], before[e]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a != b:
            root[a] = b
            kept[e] = True
    return kept


@compiled
def _walk(pointers: Any, targets: Any, waits: Any) -> Any:
    """Return order, parents, who waits for its parent and where trees begin, breadth first from the widest node."""
    count = len(pointers) - 1
    order, parent = np.empty(count, np.int64), np.full(count, -1, np.int64)
    place, later = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
    trees = np.empty(count + 1, np.int64)
    filled, grown, read = 0, 0, 0
    for root in range(count):
        if place[root] >= 0:
            continue
        trees[grown] = filled
        grown += 1
        order[filled] = root
        place[root] = filled
        filled += 1
        while read < filled:
            v = order[read]
            for k in range(pointers[v], pointers[v + 1]):
                w = targets[k]
                if place[w] < 0:
                    place[w] = filled
                    parent[filled] = read
                    later[filled] = waits[k]
                    order[filled] = w
                    filled += 1
            read += 1
    trees[grown] = count
    return order, parent, later, trees[: grown + 1]


@compiled
def ranks(pointers: Any, targets: Any, waiting: Any) -> Any:
    """Return the place (n,) of each node in a topological order.

    Parameters
    ----------
    pointers, targets: who waits for each node.
    waiting: (n,) for how many each waits; used up.
    """
    count = len(waiting)
    queue = np.empty(count, np.int64)
    rank = np.empty(count, np.int64)
    filled = 0
    for v in range(count):
        if waiting[v] == 0:
            queue[filled] = v
            filled += 1
    for read in range(count):
        v = queue[read]
        rank[v] = read
        for k in range(pointers[v], pointers[v + 1]):
            waiting[targets[k]] -= 1
            if waiting[targets[k]] == 0:
                queue[filled] = targets[k]
                filled += 1
    return rank
