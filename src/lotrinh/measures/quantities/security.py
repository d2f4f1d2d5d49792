"""Migration: what each class of work items takes, and what is lost while it is not done."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.quantities.horizon import Floats, Horizon
from lotrinh.register.exposure import rate
from lotrinh.register.threat import Chance, Threat


class Security(Horizon):
    """What is known of the programme's migration of cryptography. Size: A classes."""

    @cached_property
    def items(self) -> Floats:
        """Work items of each class, shape (A,)."""
        return np.array([row.items for row in self.programme.migration], dtype=float)

    @cached_property
    def item_cost(self) -> Floats:
        """Cost of migrating one item of each class, shape (A,), millions."""
        return np.array([row.cost for row in self.programme.migration], dtype=float)

    @cached_property
    def item_effort(self) -> Floats:
        """Person-quarters of each skill for one item of each class, shape (A, S)."""
        p = self.programme
        found = np.zeros((len(p.migration), len(p.skills)))
        for row in p.migration_skills:
            found[p.migration.position(row.migration), p.skills.position(row.skill)] += row.effort
        return found

    @cached_property
    def enabling(self) -> tuple[tuple[int, int], ...]:
        """(class, project that must have ended first)."""
        p = self.programme
        return tuple((a, p.projects.position(id)) for a, row in enumerate(p.migration) for id in row.projects)

    @cached_property
    def threat(self) -> Threat:
        """The chance of Q-day."""
        return Threat.surveyed(self.programme.threat, self.programme.settings.acceleration)

    def calendar_year(self, quarter: Floats) -> Floats:
        """Return quarters counted from the start of the programme as calendar years with their fraction."""
        start = self.calendar.start
        return np.asarray(start.year + (start.quarter - 1 + quarter) / QUARTERS_PER_YEAR)

    @cached_property
    def exposure_rate(self) -> Floats:
        """Expected loss of one item of each class in each quarter while not migrated, level-years, shape (A, T+1)."""
        return self.exposed_to(self.threat)

    def exposed_to(self, threat: Chance) -> Floats:
        """Return the loss of one item in each quarter under another chance of Q-day; (S, A, T+1) in S known worlds."""
        found = []
        for row in self.programme.migration:
            moved = threat.earlier(-row.offset)
            facts = (row.function, row.shelf_life, row.trust_life, "", moved, self.calendar.start, self.horizon)
            found.append(row.value * rate(*facts))
        if not found:
            return np.zeros((0, self.horizon + 1))
        return np.stack(np.broadcast_arrays(*found), axis=-2)

    @cached_property
    def exposure_discount(self) -> Floats:
        """What a unit of loss in each quarter weighs in the objective, shape (T+1,); the last for all years after."""
        s = self.programme.settings
        last = QUARTERS_PER_YEAR * s.terminal * self.discount[-1]
        return np.asarray(s.exposure_weight * np.append(self.discount[:-1], last))

    @cached_property
    def exposure_without(self) -> float:
        """Expected exposure if nothing were ever migrated, as the objective weighs it, level-years."""
        return float(self.items @ self.exposure_rate @ self.exposure_discount)
