"""How the loops over every work item are compiled, and what they share: the cost of a node and its use of capacity."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

SLACK = 1e-9
"""Relative overdraft of a capacity that rounding may leave."""


def compiled(function: F) -> F:
    """Compile `function`, without the interpreter's lock, and keep the result on disk."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def price_node(out: Any, i: int, nodes: Any, members: Any, curves: Any, fares: Any, terms: Any) -> None:
    """Write into `out` (T+1,) what node `i` costs by quarter of completion, infinite where it is not allowed.

    Parameters
    ----------
    nodes: (member pointers, class, allowed quarters as bits) of every node.
    members: (value, profile, due, previous quarter) of every member.
    curves: (profiles, T+1) exposure of one unit of value.
    fares: (classes, T+1) price of the capacity that a class uses.
    terms: price of a quarter late, price of a move.
    """
    pointers, classes, allowed = nodes
    values, profiles, dues, previous = members
    width = curves.shape[1]
    fare = fares[classes[i]]
    for t in range(width):
        out[t] = fare[t]
    for m in range(pointers[i], pointers[i + 1]):
        value, curve = values[m], curves[profiles[m]]
        for t in range(width):
            out[t] += value * curve[t]
        if terms[0] > 0.0:
            for t in range(dues[m] + 1, width):
                out[t] += terms[0] * (t - dues[m])
        if previous[m] >= 0:
            for t in range(width):
                if t != previous[m]:
                    out[t] += terms[1]
    bits = allowed[i]
    for t in range(width):
        if not (bits >> t) & 1:
            out[t] = math.inf


@compiled
def take(cls: int, t: int, uses: Any, buckets: Any, left: Any, room: Any) -> bool:
    """Take from `left` what class `cls` uses when completed in quarter `t`; change nothing where it does not fit."""
    pointers, resources, offsets, amounts = uses
    if t >= buckets.shape[1]:
        return True
    for k in range(pointers[cls], pointers[cls + 1]):
        at = t - offsets[k]
        b = buckets[resources[k], at] if at >= 0 else -1
        if b >= 0:
            left[b] -= amounts[k]
        if at < 0 or (b >= 0 and left[b] < -room[b]):
            for j in range(pointers[cls], k + 1):
                back = t - offsets[j]
                if back >= 0 and buckets[resources[j], back] >= 0:
                    left[buckets[resources[j], back]] += amounts[j]
            return False
    return True


@compiled
def give(cls: int, t: int, uses: Any, buckets: Any, left: Any) -> None:
    """Give back to `left` what class `cls` uses when completed in quarter `t`."""
    pointers, resources, offsets, amounts = uses
    if t >= buckets.shape[1]:
        return
    for k in range(pointers[cls], pointers[cls + 1]):
        left[buckets[resources[k], t - offsets[k]]] += amounts[k]
