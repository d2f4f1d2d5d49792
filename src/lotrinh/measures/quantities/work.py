"""Projects and modes: what may be chosen, with its chance, cost, tranches, gains and worth."""

from __future__ import annotations

from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.quantities.horizon import Floats, Ints
from lotrinh.measures.quantities.options import Options, match, tranches
from lotrinh.measures.quantities.supply import Supply
from lotrinh.programme.entities import Mode


class Work(Supply):
    """What is known of the programme's projects and modes."""

    @cached_property
    def locks(self) -> dict[int, tuple[int, int]]:
        """(mode, start) of each locked project."""
        p = self.programme
        return {
            p.projects.position(row.project): (p.modes.position(row.mode), self.calendar.time(row.start))
            for row in p.locks
        }

    @cached_property
    def mode_gates(self) -> list[tuple[Floats, Floats, Floats]]:
        """(at, chance, release) of the gates of each mode, in order."""
        gates: list[list[tuple[int, float, float, float]]] = [[] for _ in self.programme.modes]
        for row in self.programme.gates:
            gates[self.programme.modes.position(row.mode)].append((row.gate, row.at, row.chance, row.release))
        ordered = [np.array(sorted(rows), dtype=float).reshape(-1, 4) for rows in gates]
        return [(rows[:, 1], rows[:, 2], rows[:, 3]) for rows in ordered]

    @cached_property
    def mode_project(self) -> Ints:
        """Project of each mode, shape (M,)."""
        return np.array([self.programme.projects.position(row.project) for row in self.programme.modes], dtype=np.int64)

    @cached_property
    def mode_tranches(self) -> list[Floats]:
        """Share of the money spent in each quarter of each mode."""
        return [
            tranches(mode.duration, list(at), list(release))
            for mode, (at, _, release) in zip(self.programme.modes, self.mode_gates, strict=True)
        ]

    @cached_property
    def mode_released(self) -> Floats:
        """Share of the money of each mode that its gates release, shape (M,)."""
        return np.array([float(release[at < 1.0].sum()) for at, _, release in self.mode_gates])

    def _chance(self, mode: Mode, gates: Floats, start: Ints) -> Floats:
        waited = np.maximum(start, 0) / QUARTERS_PER_YEAR
        return np.asarray(np.prod(1.0 - (1.0 - gates[:, None]) * (1.0 - mode.maturing) ** waited[None, :], axis=0))

    @cached_property
    def options(self) -> Options:
        """Every (mode, start) that selection, start windows, horizon, suppliers and locks leave open."""
        parts: list[tuple[Ints, ...]] = []
        figures: list[tuple[Floats, Floats]] = []
        for m, mode in enumerate(self.programme.modes):
            p = int(self.mode_project[m])
            start = self._starts(p, m, mode)
            shape = np.full(len(start), 1, dtype=np.int64)
            parts.append((p * shape, m * shape, start, start + mode.duration, (p in self.locks) * shape))
            waited = np.maximum(start, 0) / QUARTERS_PER_YEAR
            figures.append(
                (self._chance(mode, self.mode_gates[m][1], start), mode.cost_likely * (1.0 + mode.cost_trend) ** waited)
            )
        project, mode_of, start, end, locked = (np.concatenate(column) for column in zip(*parts, strict=True))
        chance, cost = (np.concatenate(column) for column in zip(*figures, strict=True))
        return Options(project, mode_of, start, end, chance, cost, locked.astype(bool))

    def _starts(self, p: int, m: int, mode: Mode) -> Ints:
        """Return the starts open to mode `m` of project `p`."""
        if p in self.locks:
            locked_mode, start = self.locks[p]
            return np.array([start] if m == locked_mode else [], dtype=np.int64)
        project = self.programme.projects[p]
        first = max(0, self.calendar.time(project.earliest)) if project.earliest else 0
        last = self.horizon - mode.duration
        if project.latest:
            last = min(last, self.calendar.time(project.latest))
        starts = np.arange(first, last + 1, dtype=np.int64)
        goes_on = self.goes_on[m, starts + mode.duration - 1]  # who is gone stays gone, so the last quarter decides
        return np.asarray(starts[goes_on])

    @cached_property
    def mandatory(self) -> NDArray[np.bool_]:
        """True for projects that every plan holds: mandatory or locked, shape (P,)."""
        return np.array([row.mandatory or p in self.locks for p, row in enumerate(self.programme.projects)])

    @cached_property
    def links(self) -> tuple[tuple[int, int, int], ...]:
        """(project, predecessor, lag) for every precedence."""
        position = self.programme.projects.position
        return tuple(
            (position(row.project), position(row.predecessor), row.lag) for row in self.programme.project_links
        )

    @cached_property
    def chain_chance(self) -> Floats:
        """κ: chance that every direct and indirect predecessor delivers, by the mean of its modes, shape (P,)."""
        options = self.options
        own = np.ones(len(self.programme.projects))
        for p in range(len(own)):
            if p in self.locks:
                own[p] = float(options.chance[options.project == p].mean()) if (options.project == p).any() else 1.0
                continue
            modes = np.flatnonzero(self.mode_project == p)
            if len(modes):
                own[p] = np.mean([float(np.prod(self.mode_gates[m][1])) for m in modes])
        return np.array([np.prod([own[q] for q in sorted(before)]) for _, before in sorted(self.ancestors.items())])

    @cached_property
    def ancestors(self) -> dict[int, set[int]]:
        """Every direct and indirect predecessor of each project."""
        before: dict[int, set[int]] = {p: set() for p in range(len(self.programme.projects))}
        for p, q, _ in self.links:
            before[p].add(q)
        found: dict[int, set[int]] = {}
        for p in TopologicalSorter(before).static_order():
            found[p] = before[p].union(*(found[q] for q in before[p]))
        return found

    @cached_property
    def gains(self) -> tuple[Ints, Ints, Floats]:
        """(project, capability, levels) of every gain."""
        p = self.programme
        return (
            np.array([p.projects.position(row.project) for row in p.gains], dtype=np.int64),
            np.array([p.capabilities.position(row.capability) for row in p.gains], dtype=np.int64),
            np.array([row.levels for row in p.gains], dtype=float),
        )

    @cached_property
    def mode_gain(self) -> Floats:
        """Share of the project's gains that each mode brings, shape (M,)."""
        return np.array([mode.gain_factor for mode in self.programme.modes], dtype=float)

    @cached_property
    def failure_share(self) -> Floats:
        """Share of the gain that stays when each project fails, shape (P,)."""
        return np.array([row.failure_share for row in self.programme.projects], dtype=float)

    @cached_property
    def option_extent(self) -> Floats:
        """Expected share κ·(π + (1 − π)·failure share) of the gain that each option leaves, shape (X,)."""
        chance, project = self.options.chance, self.options.project
        return np.asarray(self.chain_chance[project] * (chance + (1.0 - chance) * self.failure_share[project]))

    @cached_property
    def option_gains(self) -> tuple[Ints, Ints, Floats]:
        """(option, capability, expected levels E) for every option and gain of its project."""
        options = self.options
        project, capability, levels = self.gains
        option, gain = match(options.project, project)
        expected = levels[gain] * self.mode_gain[options.mode[option]] * self.option_extent[option]
        return option, capability[gain], expected

    @cached_property
    def product_worth(self) -> Floats:
        """Value of the product that each option brings over the horizon and after it, shape (X,), weighted
        level-years.
        """
        s, options = self.programme.settings, self.options
        value = np.array([row.product_value for row in self.programme.projects])[options.project]
        served = self.years_ahead[options.end] + s.terminal * self.discount[self.horizon]
        return np.asarray(s.product_weight * value * options.chance * self.chain_chance[options.project] * served)

    @cached_property
    def option_spend(self) -> tuple[Ints, Ints, Floats]:
        """(option, quarter, millions) of every tranche that falls inside the horizon."""
        options = self.options
        option, quarter, offset = options.at_work(self.horizon)
        longest = max((len(shares) for shares in self.mode_tranches), default=0)
        table = np.zeros((len(self.mode_tranches), longest))
        for m, shares in enumerate(self.mode_tranches):
            table[m, : len(shares)] = shares
        return option, quarter, options.cost[option] * table[options.mode[option], offset]

    @cached_property
    def project_field(self) -> Ints:
        """Field of each project, shape (P,)."""
        return np.array([self.programme.fields.position(row.field) for row in self.programme.projects], dtype=np.int64)

    @cached_property
    def prerequisites(self) -> tuple[tuple[int, int, float], ...]:
        """(project, capability, least usable level) of every prerequisite."""
        p = self.programme
        return tuple(
            (p.projects.position(row.project), p.capabilities.position(row.capability), row.level)
            for row in p.prerequisites
        )
