"""Good priority lists for a pipeline: index rules, then local search, and planning anew at every realisation.

A list orders (product, stage) pairs; each pair may start within a window of periods only. The windows matter: a list
without them starts whatever fits, while near the horizon it can be worth more to leave a stage unstarted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from pipeline_instance import Instance
from pipeline_tree import Policy, Tables, beginning, ended, expected, follow, name, resolve, sampled, walk

STATES = 150_000
"""A list that meets more states than this is judged by a sample."""
HEAVY = 5_000
"""A list counts once more against the limit of evaluations for every so many states that it meets."""
SAMPLE = 2_000
"""Outcomes in such a sample; all lists of a search meet the same ones."""
CLIMBS = 3
"""From how many index rules a search climbs."""

State = tuple[int, np.ndarray, np.ndarray]


def execute(instance: Instance, policy: Policy, outcome: tuple[int, ...] | np.ndarray) -> np.ndarray:
    """Execute a list in one outcome and return the period in which each stage started, 0 for never.

    Plain and slow on purpose: it is what any other executor, and the tree, must agree with.
    """
    products, stages = instance.cost.shape
    starts = np.zeros((products, stages), np.int64)
    ends = np.zeros((products, stages), np.int64)  # first period in which its result is known
    for period in range(1, instance.periods + 1):
        room = instance.capacity - instance.need[(starts > 0) & (ends > period)].sum(axis=0)
        for place in policy.order:
            product, stage = divmod(int(place), stages)
            ready = not stage or (0 < ends[product, stage - 1] <= period and outcome[product] >= stage)
            within = policy.first[place] <= period <= policy.last[place]
            need = instance.need[product, stage]
            if ready and within and not starts[product, stage] and (need <= room + 1e-9).all():
                starts[product, stage] = period
                ends[product, stage] = period + instance.duration[product, stage]
                room = room - need
    return starts


class Judge:
    """What lists are worth from a state on: exactly if the tree stays small, otherwise by one sample for all."""

    def __init__(self, tab: Tables, state: State, outcomes: np.ndarray, trial: Policy | None = None) -> None:
        self.tab, self.state, self.outcomes = tab, state, outcomes
        self.calls = 0  # a call that meets many states counts for several
        self.exact = trial is None or not math.isnan(expected(tab, trial, *state, STATES)[0])

    def __call__(self, policy: Policy) -> float:
        if self.exact:
            worth, states = expected(self.tab, policy, *self.state, STATES)
            self.calls += 1 + states // HEAVY
            return -math.inf if math.isnan(worth) else float(worth)
        self.calls += 1 + len(self.outcomes) // HEAVY
        return float(sampled(self.tab, policy, *self.state, self.outcomes).mean())


def indices(instance: Instance) -> dict[str, np.ndarray]:
    """Return the index rules: what each says of every (product, stage), more being better."""
    chance, hope = instance.chance, instance.hope[:, :-1]
    use = (instance.need / np.maximum(instance.capacity, 1e-9)).max(axis=2) * instance.duration
    cost, held = instance.cost.copy(), use.copy()  # expected, of this stage and all later ones
    for stage in range(chance.shape[1] - 2, -1, -1):
        cost[:, stage] += chance[:, stage] * cost[:, stage + 1]
        held[:, stage] += chance[:, stage] * held[:, stage + 1]
    held = np.maximum(held, 1e-9)
    net = hope * instance.revenue[:, None] - cost
    gain = net - hope * instance.worth_open
    loss = hope * (instance.idle_loss + instance.late_loss)[:, None]
    return {"net": net, "net/use": net / held, "gain/use": gain / held, "loss/use": loss / held, "short": -use}


def windows(tab: Tables) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last period in which each stage were worth starting if its product were alone."""
    first, last = np.full(len(tab.duration), tab.periods + 1), np.zeros(len(tab.duration), np.int64)
    later = np.zeros(tab.periods + 2)
    for place in range(len(tab.duration) - 1, -1, -1):
        final = place % tab.stages == tab.stages - 1
        here = np.zeros(tab.periods + 2)
        here[-1] = tab.left[place]
        for period in range(tab.periods, 0, -1):
            then = period + tab.duration[place]
            go = tab.start[place, period]
            go += tab.chance[place] * later[then] if not final and then <= tab.periods else 0.0
            stay = here[period + 1] - tab.wait[place]
            here[period] = max(go, stay)
            if go >= stay - 1e-9:
                first[place] = period
                last[place] = max(last[place], period)
        later = here
    return first, last


def rules(instance: Instance, tab: Tables) -> list[Policy]:
    """Return the lists of the index rules: by pair, by product, late or early stages first; with windows or without."""
    places = range(len(tab.duration))
    orders: dict[tuple[int, ...], None] = {}
    for index in indices(instance).values():
        flat = index.reshape(-1)
        whole = np.repeat(index[:, 0], tab.stages)
        for key in (
            lambda q, flat=flat: (-flat[q], q),
            lambda q, whole=whole: (-whole[q], q),
            lambda q, flat=flat: (-(q % tab.stages), -flat[q]),
            lambda q, flat=flat: (q % tab.stages, -flat[q]),
        ):
            orders[tuple(sorted(places, key=key))] = None
    free = np.ones(len(places), np.int64), np.full(len(places), tab.periods)
    return [Policy(np.array(order), *limits) for limits in (windows(tab), free) for order in orders]


def from_plan(tab: Tables, plan: np.ndarray) -> list[Policy]:
    """Return lists in the order of a plan fixed in advance; the first does just what the plan does."""
    starts = plan.reshape(-1)
    order = np.lexsort((np.arange(len(starts)), np.where(starts > 0, starts, tab.periods + 1)))
    alone, never = windows(tab), np.zeros(len(starts), np.int64)
    limits = (
        (np.where(starts > 0, starts, tab.periods + 1), starts),
        (np.ones_like(starts), np.where(starts > 0, tab.periods, never)),
        (np.where(starts > 0, 1, alone[0]), np.where(starts > 0, tab.periods, alone[1])),
    )
    return [Policy(order, *limit) for limit in limits]


def live(tab: Tables, state: State) -> list[int]:
    """Return the places that may still start."""
    _, stage, rest = state
    return [
        place
        for place in range(len(tab.duration))
        if place % tab.stages >= stage[place // tab.stages] + (rest[place // tab.stages] > 0)
    ]


def earliest(tab: Tables, state: State) -> np.ndarray:
    """Return the earliest period in which each place could start if all went well."""
    period, stage, rest = state
    found = np.full(len(tab.duration), tab.periods + 1)
    for product in range(len(stage)):
        at, running = period, rest[product]
        for place in range(product * tab.stages + stage[product], (product + 1) * tab.stages):
            found[place] = at
            at += running or tab.duration[place]
            running = 0
    return found


def moves(tab: Tables, state: State) -> list[tuple[str, int, int]]:
    """Return every move of the local search that can change what happens after a state."""
    places, soonest = live(tab, state), earliest(tab, state)
    found = [("before", one, other) for one in places for other in places if one // tab.stages != other // tab.stages]
    for place in places:
        for period in range(soonest[place], tab.periods + 1):
            found += [("first", place, period + 1), ("last", place, period)]
        if soonest[place] <= tab.periods:
            found += [("open", place, 0), ("open", place, 1), ("last", place, 0)]
    return found


def moved(tab: Tables, policy: Policy, move: tuple[str, int, int]) -> Policy | None:
    """Return the list after a move, None if the move changes nothing."""
    kind, place, number = move
    order, first, last = policy
    if kind == "before":
        kept = order[order != place]
        at = int(np.flatnonzero(kept == number)[0])
        order = np.concatenate([kept[:at], [place], kept[at:]])
        return None if (order == policy.order).all() else Policy(order, first, last)
    first, last = first.copy(), last.copy()
    if kind == "first":
        first[place] = number
        last[place] = max(last[place], number)
    elif kind == "last":
        last[place] = number
        first[place] = min(first[place], number)
    else:  # a product is taken up again: this stage always, or also all later ones
        end = place + 1 if not number else (place // tab.stages + 1) * tab.stages
        first[place:end], last[place:end] = 1, tab.periods
    same = (first == policy.first).all() and (last == policy.last).all()
    return None if same else Policy(order, first, last)


def climb(judge: Judge, policy: Policy, worth: float, limit: int, chance: random.Random) -> tuple[Policy, float]:
    """Take every move that does not harm, in a shuffled order, until none helps or the judge was called so often."""
    around = moves(judge.tab, judge.state)
    idle = 0
    while around:
        chance.shuffle(around)
        for move in around:
            if judge.calls >= limit or idle >= len(around):
                return policy, worth
            idle += 1
            other = moved(judge.tab, policy, move)
            if other is None or (found := judge(other)) < worth - 1e-9:
                continue
            policy = other
            if found > worth + 1e-9:
                worth, idle = found, 0
    return policy, worth


class Found(NamedTuple):
    """The best list of a search, and the best one for each choice of what starts first."""

    policy: Policy
    worth: float
    pool: list[Policy]


def search(judge: Judge, begin: list[Policy], limit: int, seed: int) -> Found:
    """Climb from the best lists given, then from others and from shaken copies of the best, within so many calls."""
    chance = random.Random(seed)
    pool: dict[bytes, tuple[float, int, Policy]] = {}

    def keep(policy: Policy, worth: float) -> None:
        stage, rest = judge.state[1].copy(), judge.state[2].copy()
        walk(judge.tab, policy, judge.state[0], stage, rest)
        key = rest.tobytes()
        if key not in pool or worth > pool[key][0] + 1e-9:
            pool[key] = worth, -len(pool), policy

    ranked = []
    for number, policy in enumerate(begin):
        if number and judge.calls >= limit:
            break
        ranked.append((judge(policy), -number))
        keep(policy, ranked[-1][0])
    ranked.sort(reverse=True)
    share = max(0, limit - judge.calls) // (CLIMBS + 1)
    for number, (worth, place) in enumerate(ranked[:CLIMBS]):
        keep(*climb(judge, begin[-place], worth, judge.calls + share * (1 + (number == 0)), chance))
    around = moves(judge.tab, judge.state)
    while around and judge.calls < limit:
        shaken = chance.random() < 0.5
        other = max(pool.values())[2] if shaken else begin[-chance.choice(ranked)[1]]
        for move in chance.sample(around, min(chance.randint(2, 8) if shaken else 0, len(around))):
            other = moved(judge.tab, other, move) or other
        keep(*climb(judge, other, judge(other), limit, chance))
    best = sorted(pool.values(), key=lambda entry: entry[:2], reverse=True)
    return Found(best[0][2], best[0][0], [policy for _, _, policy in best])


def best_list(instance: Instance, tab: Tables, limit: int, seed: int, plan: np.ndarray) -> Found:
    """Search from the beginning, with the index rules and a plan fixed in advance as starts."""
    begin = [*from_plan(tab, plan), *rules(instance, tab)]
    judge = Judge(tab, beginning(tab), instance.sample(SAMPLE, seed), begin[0])
    return search(judge, begin, limit, seed)


def opened(tab: Tables, policy: Policy, limits: tuple[np.ndarray, np.ndarray], state: State) -> Iterator[Policy]:
    """Yield a list with other windows: for all products, or for one that waits, which then also comes first."""
    yield Policy(policy.order, *limits)
    for product in range(len(state[1])):
        if state[1][product] < tab.stages and not state[2][product]:
            begin, end = product * tab.stages + state[1][product], (product + 1) * tab.stages
            first, last = policy.first.copy(), policy.last.copy()
            first[begin:end], last[begin:end] = limits[0][begin:end], limits[1][begin:end]
            ahead = (policy.order >= begin) & (policy.order < end)
            yield Policy(np.concatenate([policy.order[ahead], policy.order[~ahead]]), first, last)


def held(tab: Tables, policy: Policy, state: State) -> Iterator[Policy]:
    """Yield a list with one stage held back that could start now: for one period, or for ever."""
    for product in range(len(state[1])):
        place = product * tab.stages + state[1][product]
        if state[1][product] < tab.stages and not state[2][product] and policy.last[place] >= state[0]:
            first, last = policy.first.copy(), policy.last.copy()
            first[place] = max(first[place], state[0] + 1)
            yield Policy(policy.order, first, last)
            last[place] = 0
            yield Policy(policy.order, policy.first, last)


class Replanner:
    """Plans the rest anew by the same search whenever something becomes known; one plan for each state met."""

    def __init__(self, instance: Instance, tab: Tables, limit: int, seed: int) -> None:
        self.instance, self.tab, self.limit, self.seed = instance, tab, limit, seed
        self.outcomes, self.others = (instance.sample(SAMPLE // 4, seed + more) for more in (1, 4))
        self.limits = windows(tab), (np.ones(len(tab.duration), np.int64), np.full(len(tab.duration), tab.periods))
        self.plans: dict[int, Policy] = {}
        self.known: dict[int, float] = {}

    def plan(self, state: State, old: Policy) -> Policy:
        """Return the list for a state: the old one, improved."""
        key = int(name(self.tab, *state))
        if key not in self.plans:
            judge = Judge(self.tab, state, self.outcomes, old)
            begin = [old, *held(self.tab, old, state)]
            for limits in self.limits:
                begin += opened(self.tab, old, limits, state)
            self.plans[key] = search(judge, begin, self.limit, self.seed).policy if live(self.tab, state) else old
        return self.plans[key]

    def expected(self, state: State, old: Policy) -> float:
        """Return the exact worth of planning anew from a state on."""
        key = int(name(self.tab, *state))
        if key not in self.known:
            policy = self.plan(state, old)
            stage, rest = state[1].copy(), state[2].copy()
            period, worth = follow(self.tab, policy, state[0], stage, rest)
            if period <= self.tab.periods:
                for mask in range(1 << ended(rest)):
                    at, on = stage.copy(), rest.copy()
                    chance = resolve(self.tab, at, on, mask)
                    if chance > 0:
                        worth += chance * self.expected((period, at, on), policy)
            self.known[key] = worth
        return self.known[key]

    def best(self, pool: list[Policy]) -> float:
        """Return the exact worth of planning anew after the best first decision of those in the pool."""
        worths = []
        for policy in pool:
            key = int(name(self.tab, *beginning(self.tab)))
            self.known.pop(key, None)
            self.plans[key] = policy
            worths.append(self.expected(beginning(self.tab), policy))
        return max(worths)

    def gains(self, policy: Policy, outcomes: np.ndarray) -> np.ndarray:
        """Return by how much planning anew betters the list, for each outcome.

        Each new plan is worth so much more than the old one in the state in which it is made; the sum over the states
        that an outcome meets has as its expectation just what planning anew gains, with little variance.
        """
        gains = np.zeros(len(outcomes))
        for number, outcome in enumerate(outcomes):
            period, stage, rest = beginning(self.tab)
            current = policy
            while period <= self.tab.periods:
                state = period, stage.copy(), rest.copy()
                old, current = current, self.plan(state, current)
                judge = Judge(self.tab, state, self.others, old)
                gains[number] += judge(current) - judge(old) if current is not old else 0.0
                period, _ = follow(self.tab, current, period, stage, rest)
                mask = 0
                for bit, product in enumerate(np.flatnonzero(rest == -1)):
                    mask |= int(outcome[product] > stage[product]) << bit
                resolve(self.tab, stage, rest, mask)
        return gains
