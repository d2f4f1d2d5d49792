"""Cycles and orders among rows that come before one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


def cycles(before: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield cycles until removing one step of each leaves none; each begins with its smallest name.

    `before` holds for each name those that come before it; in a cycle every name comes before the next one.
    """
    left = {name: [other for other in others if other != name] for name, others in before.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            cycle = list(error.args[1][:-1])
            smallest = cycle.index(min(cycle))
            cycle = cycle[smallest:] + cycle[:smallest]
            left[cycle[0]].remove(cycle[-1])
            yield tuple(cycle)
        else:
            return


def in_order(before: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """Return the names, each after those that come before it, or None where there is a cycle."""
    try:
        return tuple(TopologicalSorter(before).static_order())
    except CycleError:
        return None


def reachable(step: Mapping[str, Sequence[str]], start: str) -> set[str]:
    """Return every name reached from `start` by one step or more."""
    found: set[str] = set()
    ahead = list(step.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(step.get(name, ()))
    return found
