"""What may happen to a pipeline, followed without leaving anything out: the best policy, and the worth of a given one.

A state is a period with, for each product, the stage before which or in which it stands (the number of stages when it
has failed or passed) and how many periods that stage still runs (0: it waits). Money is booked when the decision falls
that brings it, weighted with the chance of success known then: the expectation is that of `pipeline_instance.value`.

Numba compiles this if it is there; without it the same runs some hundred times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from pipeline_instance import COST_FALL, Instance

try:
    from numba import njit as _njit

    def compiled(function: Callable[..., Any]) -> Any:
        return _njit(cache=True)(function)
except ImportError:

    def compiled(function: Callable[..., Any]) -> Any:
        return function


class Tables(NamedTuple):
    """An instance as the loops want it. A place is `product * stages + stage`."""

    periods: int
    stages: int
    duration: np.ndarray  # place
    chance: np.ndarray  # place
    need: np.ndarray  # place, resource
    capacity: np.ndarray  # resource
    start: np.ndarray  # place, period: expected money of starting it
    wait: np.ndarray  # place: expected money lost by waiting one period
    left: np.ndarray  # place: expected money if it still waits after the last period
    marks: np.ndarray  # place, periods still to run: a random number; their XOR names a state


class Policy(NamedTuple):
    """A priority list over places, and the periods in which each may start, both ends included."""

    order: np.ndarray
    first: np.ndarray
    last: np.ndarray


def tables(instance: Instance) -> Tables:
    products, stages = instance.cost.shape
    places = products * stages
    hope = instance.hope[:, :-1]
    start = np.zeros((products, stages, instance.periods + 2))
    for period in range(1, instance.periods + 1):
        start[:, :, period] = hope * instance.worth_running(period)
        # A stage that runs into the horizon is never seen to pass: its worth is weighted with its own chance too.
        start[:, -1, period] = hope[:, -1] * instance.earned(period)
        start[:, :, period] -= instance.cost * (1 - COST_FALL * (period - 1))
    wait = hope * instance.idle_loss[:, None]
    wait[:, 0] = 0
    longest = int(instance.duration.max())
    marks = np.random.default_rng(0).integers(1, 2**62, (places + products, longest + 1))
    return Tables(
        instance.periods,
        stages,
        instance.duration.reshape(places).astype(np.int64),
        instance.chance.reshape(places),
        instance.need.reshape(places, -1),
        instance.capacity,
        start.reshape(places, -1),
        wait.reshape(places),
        (hope * instance.worth_open).reshape(places),
        marks,
    )


def beginning(tab: Tables) -> tuple[int, np.ndarray, np.ndarray]:
    products = len(tab.duration) // tab.stages
    return 1, np.zeros(products, np.int64), np.zeros(products, np.int64)


@compiled
def name(tab, period, stage, rest):
    """Return the number of a state; two states share one with a chance that may be neglected."""
    key = period * 7919
    places = len(tab.duration)
    for product in range(len(stage)):
        if stage[product] < tab.stages:
            key ^= tab.marks[product * tab.stages + stage[product], rest[product]]
        else:
            key ^= tab.marks[places + product, 0]
    return key


@compiled
def free(tab, stage, rest):
    """Return what running stages leave of each resource."""
    room = tab.capacity.copy()
    for product in range(len(stage)):
        if rest[product] > 0:
            place = product * tab.stages + stage[product]
            for resource in range(len(room)):
                room[resource] -= tab.need[place, resource]
    return room


@compiled
def fits(tab, room, place):
    short = 0
    for resource in range(len(room)):
        short += tab.need[place, resource] > room[resource] + 1e-9
    return short == 0


@compiled
def pay(tab, period, stage, rest, place):
    """Start a stage and return the money booked; what it takes must be free."""
    rest[place // tab.stages] = tab.duration[place]
    return tab.start[place, period]


@compiled
def walk(tab, policy, period, stage, rest):
    """Start what the list starts in this period and return the money booked."""
    room = free(tab, stage, rest)
    money = 0.0
    for place in policy.order:
        product = place // tab.stages
        if stage[product] != place - product * tab.stages or rest[product] > 0:
            continue
        if policy.first[place] <= period <= policy.last[place] and fits(tab, room, place):
            money += pay(tab, period, stage, rest, place)
            for resource in range(len(room)):
                room[resource] -= tab.need[place, resource]
    return money


@compiled
def close(tab, period, stage, rest):
    """Close a period: return the money booked for waiting, let time pass; -1 in `rest` marks a stage that ended."""
    money = 0.0
    for product in range(len(stage)):
        if stage[product] == tab.stages:
            continue
        place = product * tab.stages + stage[product]
        if rest[product] == 0:
            money -= tab.wait[place]
            if period == tab.periods:
                money += tab.left[place]
        else:
            rest[product] -= 1
            if rest[product] == 0:
                if stage[product] == tab.stages - 1:
                    stage[product] = tab.stages
                else:
                    rest[product] = -1
    return money


@compiled
def ended(rest):
    number = 0
    for product in range(len(rest)):
        if rest[product] == -1:
            number += 1
    return number


@compiled
def resolve(tab, stage, rest, mask):
    """Let the stages that ended pass (bit 1) or fail (bit 0), and return the chance of that."""
    chance = 1.0
    bit = 0
    for product in range(len(stage)):
        if rest[product] == -1:
            passed = tab.chance[product * tab.stages + stage[product]]
            rest[product] = 0
            if (mask >> bit) & 1:
                chance *= passed
                stage[product] += 1
            else:
                chance *= 1 - passed
                stage[product] = tab.stages
            bit += 1
    return chance


@compiled
def follow(tab, policy, period, stage, rest):
    """Execute the list until something becomes known: return period and money; `stage` and `rest` change in place."""
    money = 0.0
    while period <= tab.periods:
        money += walk(tab, policy, period, stage, rest)
        money += close(tab, period, stage, rest)
        period += 1
        if ended(rest) > 0:
            break
    return period, money


@compiled
def _expected(tab, policy, period, stage, rest, known, most):
    key = name(tab, period, stage, rest)
    if key in known:
        return known[key]
    if len(known) >= most:
        return np.nan
    stage, rest = stage.copy(), rest.copy()
    period, total = follow(tab, policy, period, stage, rest)
    if period <= tab.periods:
        for mask in range(1 << ended(rest)):
            after, left = stage.copy(), rest.copy()
            chance = resolve(tab, after, left, mask)
            if chance > 0.0:
                total += chance * _expected(tab, policy, period, after, left, known, most)
    known[key] = total
    return total


@compiled
def expected(tab, policy, period, stage, rest, most):
    """Return the exact worth of a list from a state on, not a number beyond `most` states, and their number."""
    known = {0: 0.0}
    worth = _expected(tab, policy, period, stage, rest, known, most)
    return worth, len(known) - 1


@compiled
def sampled(tab, policy, period, stage, rest, outcomes):
    """Return the worth of a list in each outcome (stages that a product passes), from a state on.

    Chances of stages that have not ended stay in the money booked, which takes variance away and adds no bias.
    """
    worth = np.zeros(len(outcomes))
    for number in range(len(outcomes)):
        at, on, now = stage.copy(), rest.copy(), period
        while now <= tab.periods:
            now, money = follow(tab, policy, now, at, on)
            worth[number] += money
            for product in range(len(at)):
                if on[product] == -1:
                    on[product] = 0
                    at[product] = at[product] + 1 if outcomes[number, product] > at[product] else tab.stages
    return worth


@compiled
def _best(tab, period, stage, rest, known, most):
    if period > tab.periods:
        return 0.0
    key = name(tab, period, stage, rest)
    if key in known:
        return known[key]
    if len(known) >= most:
        return np.nan
    room = free(tab, stage, rest)
    waiting = [product for product in range(len(stage)) if rest[product] == 0 and stage[product] < tab.stages]
    best = -np.inf
    chosen = 0
    while chosen < 1 << len(waiting):
        money = 0.0
        space = room.copy()
        at, on = stage.copy(), rest.copy()
        over = -1
        for bit in range(len(waiting) - 1, -1, -1):
            if (chosen >> bit) & 1:
                place = waiting[bit] * tab.stages + stage[waiting[bit]]
                if not fits(tab, space, place):
                    over = bit
                    break
                money += pay(tab, period, at, on, place)
                for resource in range(len(space)):
                    space[resource] -= tab.need[place, resource]
        if over >= 0:  # nor does any choice fit that agrees down to this bit
            chosen = ((chosen >> over) + 1) << over
            continue
        chosen += 1
        money += close(tab, period, at, on)
        if period < tab.periods:
            for mask in range(1 << ended(on)):
                after, left = at.copy(), on.copy()
                chance = resolve(tab, after, left, mask)
                if chance > 0.0:
                    money += chance * _best(tab, period + 1, after, left, known, most)
        if len(known) >= most:
            return np.nan
        best = max(best, money)
    known[key] = best
    return best


@compiled
def best(tab, period, stage, rest, most):
    """Return the exact worth of the best policy, and the number of states; not a number beyond `most` states."""
    known = {0: 0.0}
    worth = _best(tab, period, stage, rest, known, most)
    return worth, len(known) - 1
