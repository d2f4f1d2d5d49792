"""The search for waves: prices and their bound, a schedule from them, better ones until gap or time is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lotrinh.plan.waves.climb import climb
from lotrinh.plan.waves.condense import neighbours
from lotrinh.plan.waves.construct import by_preference, construct
from lotrinh.plan.waves.dual import Dual, ascend, first_prices
from lotrinh.plan.waves.exact import WORTHWHILE, exact
from lotrinh.plan.waves.exchange import exchange, of_nodes, of_trees, repair
from lotrinh.plan.waves.improve import cost_of, shift, swap
from lotrinh.plan.waves.problem import Problem, Settings, tighten
from lotrinh.plan.waves.ruin import Ruin

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMOOTHING = 0.01
"""Relative noise on values while prices are sought: many like nodes would otherwise change quarters all at once."""
SAMPLES = (20_000, 100_000)
"""Nodes of the samples on which prices are sought before all nodes are looked at."""
MOST_MOVES = 150_000
ROUNDS = 30
CLIMB = 800
"""Steps of subgradients."""
EPOCHS, TURNS = 300, 100_000
"""How often nodes are taken out and put back, and how many times before the best is looked at."""
HEAT = 0.05
"""What a turn may make worse, in mean costs of a node."""


@dataclass
class Search:
    """Where a search stands: the best schedule and bound so far.

    Attributes
    ----------
    quarters: (n,) completion of each node; T is not in the horizon.
    watch: called with seconds, cost, bound.
    """

    problem: Problem
    settings: Settings
    watch: Callable[[float, float, float], None] | None = None
    began: float = field(default_factory=time.perf_counter)
    cost: float = np.inf
    bound: float = 0.0
    quarters: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    left: Floats = field(default_factory=lambda: np.empty(0))
    interrupted: bool = False

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self.began

    @property
    def gap(self) -> float:
        """How much of its cost the schedule may lie above the best there is."""
        return gap(self.cost, self.bound)

    @property
    def over(self) -> bool:
        """True once the gap or the time limit is reached."""
        return self.gap <= self.settings.gap or self.seconds > self.settings.time_limit

    def offer(self, quarters: Ints, left: Floats) -> bool:
        """Keep a schedule where it is better than the best; return whether it is."""
        if len(quarters) and quarters.min() < 0:
            return False
        cost = float(cost_of(self.problem, quarters).sum())
        better = cost < self.cost * (1.0 - 1e-12)
        if better:
            self.cost, self.quarters, self.left = cost, quarters.copy(), left.copy()
        self.tell()
        return better

    def prove(self, bound: float) -> None:
        """Keep a bound where it is higher than the best."""
        self.bound = max(self.bound, bound)
        self.tell()

    def tell(self) -> None:
        """Tell the watcher where the search stands."""
        if self.watch is not None:
            self.watch(self.seconds, self.cost, self.bound)


def gap(cost: float, bound: float) -> float:
    """Return the share of `cost` that `bound` leaves open; 1 where there is no schedule."""
    if not np.isfinite(cost):
        return 1.0
    return max(0.0, cost - bound) / cost if cost > 0 else 0.0


def search(
    problem: Problem,
    settings: Settings,
    watch: Callable[[float, float, float], None] | None = None,
    start: Ints | None = None,
) -> Search:
    """Return the best schedule and bound found within the limits of `settings`; Ctrl-C keeps the best so far.

    Parameters
    ----------
    start: (n,) known quarters to begin from, which may break capacities.
    """
    found = Search(problem, settings, watch)
    if not problem.count:
        found.cost = 0.0
        return found
    try:
        _search(found, start)
    except KeyboardInterrupt:
        found.interrupted = True
    return found


def _search(found: Search, start: Ints | None) -> None:
    p, settings = found.problem, found.settings
    dual = Dual(p)
    if start is not None:
        fares = dual.fares(np.zeros(len(p.has.amounts)))
        quarters, left = construct(p, by_preference(p, start, fares), fares, start)
        found.offer(quarters, left)
    prices = _prices(found, dual)
    found.prove(dual.at(prices).safe)
    climbed = climb(dual, prices, CLIMB, lambda _: found.seconds > 0.5 * settings.time_limit)
    found.prove(climbed.safe)
    prices, fares = climbed.prices, dual.fares(climbed.prices)
    mean = np.rint(climbed.mean).astype(np.int64)
    for wanted in (mean, dual.at(prices).quarters):
        order = by_preference(p, wanted, fares)
        quarters, left = construct(p, order, fares, wanted)
        _polish(found, order, quarters, left, 0)
    _settled(found, prices)
    ruin = Ruin(p, prices, fares)
    if len(found.quarters):
        _rounds(found, dual, prices, order)
        _ruins(found, ruin)
    if not found.over and p.count * (p.horizon + 1) <= WORTHWHILE:
        answer = exact(p, found.quarters, settings.gap, max(1.0, settings.time_limit - found.seconds), settings.seed)
        if answer.quarters is not None:
            found.offer(*repair(p, answer.quarters, fares))
        found.prove(min(answer.bound, found.cost))


def _settled(found: Search, prices: Floats) -> None:
    """Hold those that are waited for to the best schedule, and seek prices and quarters for the others alone."""
    p, hubs = found.problem, np.diff(found.problem.waiting[0]) > 0
    if not len(found.quarters) or found.over:
        return
    allowed = p.allowed.copy()
    allowed[hubs] = np.uint64(1) << found.quarters[hubs].astype(np.uint64)
    tighten(allowed, np.argsort(p.rank), *p.before, p.hard, p.horizon)
    part = replace(p, allowed=allowed)
    limit = found.seconds + 0.1 * found.settings.time_limit
    prices = ascend(Dual(part, None, SMOOTHING), prices, 60, lambda _: found.seconds > limit)
    dual = Dual(part)
    wanted, fares = dual.at(prices).quarters, dual.fares(prices)
    order = by_preference(part, wanted, fares)
    _polish(found, order, *construct(part, order, fares, wanted), 0)


def _prices(found: Search, dual: Dual) -> Floats:
    """Return prices from samples of growing size, then from all nodes; the time for them is a part of the limit."""
    p, limit = found.problem, found.settings.time_limit
    draw = np.random.default_rng(found.settings.seed)
    trees = draw.permutation(len(p.tree.trees) - 1)
    sizes = np.cumsum(np.diff(p.tree.trees)[trees])
    prices: Floats | None = None
    for size in SAMPLES:
        if 2 * size > p.count:
            break
        part = Dual(p, np.sort(trees[: np.searchsorted(sizes, size) + 1]), SMOOTHING)
        prices = 0.5 * first_prices(part) if prices is None else prices
        prices = ascend(part, prices, 120, lambda _: found.seconds > 0.1 * limit)
    prices = 0.5 * first_prices(dual) if prices is None else prices
    steps = 60 if p.count > 200_000 else 120
    prices = ascend(Dual(p, None, SMOOTHING), prices, steps, lambda _: found.seconds > 0.2 * limit)
    return ascend(Dual(p, None, SMOOTHING / 4), prices, steps // 4, lambda _: found.seconds > 0.25 * limit)


def _rounds(found: Search, dual: Dual, prices: Floats, order: Ints) -> None:
    """Exchange until little is gained any more."""
    draw = np.random.default_rng(found.settings.seed)
    idle = 0
    for turn in range(ROUNDS):
        if found.over or idle >= 2:
            return
        before = found.cost
        _exchanged(found, dual, prices, order, draw, turn)
        idle = idle + 1 if found.cost > before * (1.0 - 1e-3) else 0


def _ruins(found: Search, ruin: Ruin) -> None:
    """Ruin and recreate until nothing is gained any more; the colder the later."""
    idle = 0
    for turn in range(EPOCHS):
        if found.over or idle >= 8:
            return
        before = found.cost
        quarters, left = found.quarters.copy(), found.left.copy()
        heat = HEAT * found.cost / found.problem.count / (1 + idle)
        ruin.run(quarters, left, min(TURNS, 100 * found.problem.count), heat, found.settings.seed + turn)
        found.offer(quarters, left)
        idle = idle + 1 if found.cost > before * (1.0 - 1e-4) else 0


def _exchanged(found: Search, dual: Dual, prices: Floats, order: Ints, draw: np.random.Generator, turn: int) -> None:
    """Try one exchange: of whole trees in even turns, of single nodes in odd ones."""
    p, fares = found.problem, dual.fares(prices)
    now = found.quarters
    if turn % 2 == 0:
        noise = [1.0 + draw.uniform(-0.05, 0.05, len(prices)) for _ in range(2)]
        others = [dual.at(prices * each).quarters for each in noise]
        moves = of_trees(p, now, others, fares, MOST_MOVES // 3)
    else:
        moves = of_nodes(p, now, fares, MOST_MOVES)
    hints = exchange(p, now, moves, prices, max(1.0, found.settings.time_limit - found.seconds))
    if hints is not None:
        _polish(found, order, *repair(p, hints, fares), turn)


def _polish(found: Search, order: Ints, quarters: Ints, left: Floats, turn: int) -> None:
    """Fill what is left, let nodes of one class change places, and offer what comes of it."""
    p = found.problem
    if len(quarters) and quarters.min() < 0:
        return
    pools = neighbours(p.classes, np.arange(p.count), len(p.used.lasts))
    for step in range(2):
        shift(p, order, quarters, left)
        swap(p, pools, 6, found.settings.seed + 2 * turn + step, quarters, left)
    shift(p, order, quarters, left)
    found.offer(quarters, left)
