"""The best plan of starts fixed in advance, to tell what it loses against deciding as results come in.

Every stage has its period or none; it is dropped if its predecessor failed, and what it would have held stays unused.
A plan of a product is then a column with an expected worth, and the best choice of columns a small whole-number
programme: at most one column for each product, resources kept in every period.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pipeline_instance import Instance
from pipeline_tree import Tables
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix


def gains(instance: Instance, tab: Tables) -> np.ndarray:
    """Return what starting each place in a period (0 unused) adds to leaving it for ever, in expectation.

    A plan fixed in advance is worth what the sum over its starts comes to, beyond what doing nothing is worth.
    """
    found = np.zeros((len(tab.duration), tab.periods + 1))
    periods = np.arange(1, tab.periods + 1)
    before = np.concatenate([np.ones((len(instance.cost), 1)), np.cumprod(instance.chance, axis=1)], axis=1)
    for place, reached in enumerate(before[:, :-1].reshape(-1)):
        left = tab.left[place] - tab.wait[place] * (tab.periods + 1 - periods)
        found[place, 1:] = tab.start[place, 1:-1] - left
        if (place + 1) % tab.stages:
            rest = tab.periods + 1 - periods - tab.duration[place]
            later = tab.left[place + 1] - tab.wait[place + 1] * rest
            found[place, 1:] += tab.chance[place] * np.where(rest > 0, later, 0.0)
        found[place] *= reached
    return found


def plans(tab: Tables, product: int, stage: int = 0, ready: int = 1) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield each plan of a product from a stage on: its starts and its worth once that stage is reached."""
    place = product * tab.stages + stage
    if stage == tab.stages or ready > tab.periods:
        yield (), 0.0
        return
    yield (), float(tab.left[place] - tab.wait[place] * (tab.periods + 1 - ready))
    for start in range(ready, tab.periods + 1):
        worth = float(tab.start[place, start] - tab.wait[place] * (start - ready))
        for after, more in plans(tab, product, stage + 1, start + int(tab.duration[place])):
            yield (start, *after), worth + float(tab.chance[place]) * more


def fixed(instance: Instance, tab: Tables, seconds: float = 60.0) -> tuple[float, np.ndarray]:
    """Return the worth and the starts (0 for never) of the best plan fixed in advance."""
    products, stages = instance.cost.shape
    columns: list[tuple[int, tuple[int, ...]]] = []
    worths: list[float] = []
    for product in range(products):
        for starts, worth in plans(tab, product):
            columns.append((product, starts))
            worths.append(worth)
    kinds = len(instance.capacity)
    used = np.zeros((products + instance.periods * kinds, len(columns)))
    for number, (product, starts) in enumerate(columns):
        used[product, number] = 1
        for stage, start in enumerate(starts):
            for period in range(start, min(start + instance.duration[product, stage], instance.periods + 1)):
                begin = products + (period - 1) * kinds
                used[begin : begin + kinds, number] += instance.need[product, stage]
    high = np.concatenate([np.ones(products), np.tile(instance.capacity, instance.periods)])
    low = np.concatenate([np.ones(products), np.zeros(instance.periods * kinds)])
    found = milp(
        -np.array(worths),
        constraints=LinearConstraint(csr_matrix(used), low, high),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds},
    )
    plan = np.zeros((products, stages), np.int64)
    for number in np.flatnonzero(found.x > 0.5):
        product, starts = columns[number]
        plan[product, : len(starts)] = starts
    return -float(found.fun), plan
