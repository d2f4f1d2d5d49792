"""Capabilities: levels, targets, depreciation, core funding, foundations."""

from __future__ import annotations

from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np

from lotrinh.measures.quantities.horizon import Floats, Horizon, quarterly

LEVEL_TOP = 5.0
"""Top of the level scale."""


class Abilities(Horizon):
    """What is known of the programme's capabilities, one entry each."""

    @cached_property
    def depreciation(self) -> Floats:
        """Quarterly depreciation δ of each capability, shape (K,)."""
        return quarterly(np.array([row.depreciation for row in self.programme.capabilities], dtype=float))

    @cached_property
    def level_start(self) -> Floats:
        """Level of each capability at the start, shape (K,)."""
        return np.array([row.level_start for row in self.programme.capabilities], dtype=float)

    @cached_property
    def level_drift(self) -> Floats:
        """Levels that come or go by themselves at each state, whatever a plan decides; none here, (K, T+1)."""
        return np.zeros((len(self.programme.capabilities), self.horizon + 1))

    @cached_property
    def target(self) -> Floats:
        """Target of each capability, shape (K,)."""
        return np.array([row.target for row in self.programme.capabilities], dtype=float)

    @cached_property
    def restore_share(self) -> Floats:
        """Largest share ρ of the loss that core funding restores, shape (K,)."""
        return np.array([row.restore_share for row in self.programme.capabilities], dtype=float)

    @cached_property
    def restore_cost(self) -> Floats:
        """Cost of one restored level, shape (K,), millions."""
        return np.array([row.restore_cost for row in self.programme.capabilities], dtype=float)

    @cached_property
    def weight(self) -> Floats:
        """Weight ω of each capability: the goals' weights times how far it serves them, shape (K,)."""
        weight = np.zeros(len(self.programme.capabilities))
        for row in self.programme.capability_goals:
            weight[self.programme.capabilities.position(row.capability)] += (
                row.share * self.programme.goals.of(row.goal).weight
            )
        return weight

    @cached_property
    def foundations(self) -> tuple[tuple[int, int, float], ...]:
        """(k, j, weight) for every "k rests on j", in an order in which j is settled before k."""
        position = self.programme.capabilities.position
        below: dict[int, list[tuple[int, float]]] = {k: [] for k in range(len(self.programme.capabilities))}
        for row in self.programme.foundations:
            below[position(row.capability)].append((position(row.rests_on), row.weight))
        order = TopologicalSorter({k: [j for j, _ in rests] for k, rests in below.items()}).static_order()
        return tuple((k, j, weight) for k in order for j, weight in below[k])
