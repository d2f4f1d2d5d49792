"""Instances of clinical-trial pipelines: reading them, and the worth of what was done in one of them.

The model is that of Colvin and Maravelias. A product passes its stages in order. A stage that starts costs, holds
resources for its duration and then succeeds or fails, once and for all. Periods count from 1. Nothing here searches.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

COST_FALL = 0.025
"""By how much of its price a stage gets cheaper with every period after the first."""
OPEN_SHARE = 0.9
"""What is left of the highest revenue of a product that the horizon cut off, before costs still to come."""


@dataclass(frozen=True)
class Instance:
    """One pipeline. Arrays go by product, then by stage, then by resource."""

    name: str
    periods: int
    products: tuple[str, ...]
    stages: tuple[str, ...]
    resources: tuple[str, ...]
    cost: np.ndarray
    duration: np.ndarray
    chance: np.ndarray
    need: np.ndarray
    capacity: np.ndarray
    revenue: np.ndarray
    idle_loss: np.ndarray
    late_loss: np.ndarray

    @property
    def size(self) -> str:
        return f"{len(self.products)}x{len(self.stages)}"

    @cached_property
    def hope(self) -> np.ndarray:
        """Chance that a product which came to a stage also passes it and all later ones; 1 after the last."""
        ahead = np.cumprod(self.chance[:, ::-1], axis=1)[:, ::-1]
        return np.concatenate([ahead, np.ones((len(self.products), 1))], axis=1)

    @cached_property
    def worth_open(self) -> np.ndarray:
        """What a successful product is worth if it stands before a stage after the last period."""
        ahead = np.cumsum(self.duration[:, ::-1], axis=1)[:, ::-1]
        return self._late(self.periods + ahead) * self._cut

    def worth_running(self, period: int) -> np.ndarray:
        """What a successful product is worth if a stage started in this period outlasts the horizon.

        0 for a stage that does not outlast it, and for the last stage, which earns its revenue when it starts.
        """
        ahead = np.cumsum(self.duration[:, ::-1], axis=1)[:, ::-1]
        worth = np.zeros(self.cost.shape)
        worth[:, :-1] = (self._late(period + ahead) * self._cut_next)[:, :-1]
        return np.where(period > self.periods - self.duration, worth, 0.0)

    def earned(self, period: int) -> np.ndarray:
        """Revenue of each successful product whose last stage starts in this period."""
        return self.revenue - self.late_loss * (period + self.duration[:, -1])

    def _late(self, moment: np.ndarray) -> np.ndarray:
        return self.revenue[:, None] - self.late_loss[:, None] * moment

    @cached_property
    def _cut(self) -> np.ndarray:
        """Share of its revenue that an unfinished product keeps, by the next stage."""
        late = (self.late_loss * self.periods)[:, None]
        unpaid = np.cumsum(self.cost[:, ::-1], axis=1)[:, ::-1]
        return (OPEN_SHARE * self.revenue[:, None] - late - unpaid) / (self.revenue[:, None] - late)

    @cached_property
    def _cut_next(self) -> np.ndarray:
        return np.concatenate([self._cut[:, 1:], np.zeros((len(self.products), 1))], axis=1)

    def outcomes(self) -> tuple[np.ndarray, np.ndarray]:
        """Every outcome that can be, and its weight: for each product how many stages it would pass."""
        products, stages = self.chance.shape
        passed = np.concatenate([np.ones((products, 1)), np.cumprod(self.chance, axis=1)], axis=1)
        fails = np.concatenate([1 - self.chance, np.ones((products, 1))], axis=1)
        outcomes = np.indices((stages + 1,) * products).reshape(products, -1).T
        weights = np.prod((passed * fails)[np.arange(products), outcomes], axis=1)
        return outcomes[weights > 0], weights[weights > 0]

    def sample(self, number: int, seed: int) -> np.ndarray:
        """Draw outcomes; the same seed always draws the same."""
        draws = np.random.default_rng(seed).random((number, *self.chance.shape)) < self.chance
        return np.cumprod(draws, axis=2).sum(axis=2).astype(np.int64)


def value(instance: Instance, starts: np.ndarray, outcome: tuple[int, ...] | np.ndarray) -> float:
    """Return what an execution is worth: `starts` holds the period in which each stage started, 0 for never."""
    last = len(instance.stages) - 1
    total = 0.0
    for product in range(len(instance.products)):
        success = outcome[product] == last + 1
        ready = 1
        for stage in range(last + 1):
            start = int(starts[product, stage])
            if start:
                total -= float(instance.cost[product, stage]) * (1 - COST_FALL * (start - 1))
            if not success:
                if not start or stage >= outcome[product]:
                    break
                continue
            if stage:
                waited = (start or instance.periods + 1) - ready
                total -= float(instance.idle_loss[product]) * max(waited, 0)
            if not start:
                if ready <= instance.periods:
                    total += float(instance.worth_open[product, stage])
                break
            total += float(instance.worth_running(start)[product, stage])
            if stage == last:
                total += float(instance.earned(start)[product])
            ready = start + int(instance.duration[product, stage])
    return total


def values(instance: Instance, starts: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Return what `value` says of many executions at once; starts by outcome, product and stage."""
    stages = np.arange(len(instance.stages))
    begun = starts > 0
    periods = np.arange(instance.periods + 1)
    running = np.stack([instance.worth_running(period) for period in periods])
    money = -instance.cost * (1 - COST_FALL * (starts - 1)) * begun
    good = outcomes == len(stages)
    ready = np.ones(starts.shape, np.int64)
    ready[:, :, 1:] = (starts + instance.duration)[:, :, :-1]
    reached = np.ones(starts.shape, bool)
    reached[:, :, 1:] = begun[:, :, :-1]
    waited = np.where(begun, starts, instance.periods + 1) - ready
    waited[:, :, 0] = 0
    gained = -instance.idle_loss[:, None] * np.maximum(waited, 0)
    gained += np.where(begun, running[starts, *np.indices(instance.cost.shape)], 0.0)
    gained += np.where(~begun & (ready <= instance.periods), instance.worth_open, 0.0)
    gained[:, :, -1] += np.where(begun[:, :, -1], instance.earned(starts[:, :, -1]), 0.0)
    return (money + gained * (reached & good[:, :, None])).sum(axis=(1, 2))


def read(path: Path) -> Instance:
    """Read a .dat file; say what is missing rather than guess it."""
    sets, tables = _statements(path)
    for name in ("product", "trial", "time_step", "resource_type"):
        if not sets.get(name):
            raise ValueError(f"{path.name}: the set {name} is missing")
    products, stages, resources = sets["product"], sets["trial"], sets["resource_type"]

    def array(name: str, *axes: list[str]) -> np.ndarray:
        table = tables.get(name)
        if table is None:
            raise ValueError(f"{path.name}: the parameter {name} is missing")
        found = np.zeros([len(axis) for axis in axes])
        for places in itertools.product(*(range(len(axis)) for axis in axes)):
            key = tuple(axis[place] for axis, place in zip(axes, places, strict=True))
            if key not in table:
                raise ValueError(f"{path.name}: {name} has no entry for {' '.join(key)}")
            found[places] = table[key]
        return found

    duration = array("trial_duration", products, stages)
    if (duration < 1).any() or (duration % 1).any():
        raise ValueError(f"{path.name}: trial_duration must be whole periods, one at least")
    chance = array("probability", products, stages)
    if (chance < 0).any() or (chance > 1).any():
        raise ValueError(f"{path.name}: a probability lies outside 0 to 1")
    return Instance(
        name=path.stem,
        periods=len(sets["time_step"]),
        products=tuple(products),
        stages=tuple(stages),
        resources=tuple(resources),
        cost=array("trial_cost", products, stages),
        duration=duration.astype(np.int64),
        chance=chance,
        need=array("resource_requirement", products, stages, resources),
        capacity=array("max_resource", resources),
        revenue=array("maximum_revenue", products),
        idle_loss=array("gammaD", products),
        late_loss=array("gammaL", products),
    )


KEYS = {"resource_requirement": 3}
"""How many words come before each number of a plain parameter; 1 unless told here."""


def _statements(path: Path) -> tuple[dict[str, list[str]], dict[str, dict[tuple[str, ...], float]]]:
    text = "\n".join(line.split("#")[0] for line in path.read_text(encoding="utf-8-sig").splitlines())
    sets: dict[str, list[str]] = {}
    tables: dict[str, dict[tuple[str, ...], float]] = {}
    for statement in text.split(";"):
        words = statement.replace(":=", " := ").replace(": ", " : ").replace(":\t", " : ").split()
        if not words:
            continue
        if len(words) < 3 or words[0] not in ("set", "param") or ":=" not in words:
            raise ValueError(f"{path.name}: cannot read {' '.join(words[:6])!r}")
        kind, name = words[:2]
        cut = words.index(":=")
        body = words[cut + 1 :]
        if kind == "set":
            sets[name] = body
        elif name != "model_type":
            columns = words[3:cut] if words[2] == ":" else None
            tables.setdefault(name, {}).update(_entries(path, name, columns, body))
    return sets, tables


def _entries(path: Path, name: str, columns: list[str] | None, body: list[str]) -> dict[tuple[str, ...], float]:
    width = 1 + len(columns) if columns else 1 + KEYS.get(name, 1)
    if len(body) % width:
        raise ValueError(f"{path.name}: {name} does not come out even: a word is missing or too many")
    entries: dict[tuple[str, ...], float] = {}
    try:
        for begin in range(0, len(body), width):
            row = body[begin : begin + width]
            if columns:
                entries.update({(column, row[0]): float(x) for column, x in zip(columns, row[1:], strict=True)})
            else:
                entries[tuple(row[:-1])] = float(row[-1])
    except ValueError as error:
        raise ValueError(f"{path.name}: {name} has no number where one must be: {' '.join(row)}") from error
    return entries
