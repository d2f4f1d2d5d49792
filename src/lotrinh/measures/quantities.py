"""The programme as arrays: what the symbols of the model are, in the programme's own numbers.

The formulation and the paths both read these arrays and nothing else of the programme, so a chance, a price or a
tranche
is worked out once. Conventions: ``docs/decisions/0001-model-in-detail.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar
from lotrinh.programme.entities import Mode
from lotrinh.programme.programme import Programme

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LEVEL_TOP = 5.0


def quarterly(yearly: Floats | float) -> Floats:
    """Return the quarterly rate that compounds to a yearly one."""
    return np.asarray(1.0 - (1.0 - np.asarray(yearly, dtype=float)) ** (1.0 / QUARTERS_PER_YEAR))


def tranches(duration: int, at: Sequence[float], release: Sequence[float]) -> Floats:
    """Return the share of a mode's money spent in each of its quarters, shape (duration,), summing to 1.

    What no gate releases is spent evenly until the first gate; what a gate releases, evenly until the next.
    """
    inner = [(share, money) for share, money in zip(at, release, strict=True) if share < 1.0]
    bounds = np.array([0.0, *(share for share, _ in inner), 1.0])
    money = np.array([1.0 - sum(money for _, money in inner), *(money for _, money in inner)])
    spent = np.concatenate([[0.0], np.cumsum(money)])
    return np.diff(np.interp(np.arange(duration + 1) / duration, bounds, spent))


@dataclass(frozen=True)
class Options:
    """Every (mode, start) that may be chosen, one entry each: the columns ``x[m,t]``.

    Attributes
    ----------
    project, mode: positions in the programme's tables, shape (X,).
    start, end: first quarter and the quarter after the last; `start` is negative for what began before the programme.
    chance: chance that the mode passes all its gates.
    cost: money of the whole mode, millions.
    locked: True where the programme's locks fix the choice.
    """

    project: Ints
    mode: Ints
    start: Ints
    end: Ints
    chance: Floats
    cost: Floats
    locked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.project)

    def at_work(self, horizon: int) -> tuple[Ints, Ints, Ints]:
        """Return (option, quarter, quarter of the mode) for every quarter inside the horizon in which an option
        works.
        """
        length = self.end - self.start
        option = np.repeat(np.arange(len(self)), length)
        offset = np.arange(len(option)) - np.repeat(np.cumsum(length) - length, length)
        quarter = self.start[option] + offset
        inside = (quarter >= 0) & (quarter < horizon)
        return option[inside], quarter[inside], offset[inside]


@dataclass(frozen=True)
class Intake:
    """Every (flow, skill, year) into which people may enter: the columns ``n[w,s,year]``.

    Attributes
    ----------
    flow, skill, year: positions, shape (N,); `entry` is the quarter of entry.
    most: most entrants.
    """

    flow: Ints
    skill: Ints
    year: Ints
    entry: Ints
    most: Floats


@dataclass(frozen=True)
class Sites:
    """Every (equipment, place) that may host: the rows of ``h[e,place]``, with the stock there at the start."""

    equipment: Ints
    place: Ints
    stock: Floats


class Quantities:
    """Arrays of one programme under one budget scenario.

    Sizes: P projects, M modes, X options, K capabilities, S skills, W flows, N intakes, E equipment kinds, H sites,
    Y years, T quarters.
    """

    def __init__(self, programme: Programme, scenario: str = "") -> None:
        self.programme = programme
        self.scenario = scenario or programme.settings.budget
        if self.scenario not in programme.scenarios:
            raise KeyError(self.scenario)
        self.calendar: Calendar = programme.calendar
        self.horizon = self.calendar.length
        self.years = self.calendar.years

    # Time and money ------------------------------------------------------------------------------------------------

    @cached_property
    def discount(self) -> Floats:
        """Value today of a unit at each quarter, shape (T+1,)."""
        return np.asarray(
            (1.0 + self.programme.settings.discount) ** (-np.arange(self.horizon + 1) / QUARTERS_PER_YEAR)
        )

    @cached_property
    def year_of(self) -> Ints:
        """Position of the year in which each quarter lies, shape (T,)."""
        return np.array([self.calendar.year_index(t) for t in range(self.horizon)], dtype=np.int64)

    @cached_property
    def budget(self) -> Floats:
        """Money of each year, shape (Y,), millions."""
        amounts = {row.year: row.amount for row in self.programme.budget if row.scenario == self.scenario}
        return np.array([amounts.get(year, 0.0) for year in self.years])

    # Capabilities --------------------------------------------------------------------------------------------------

    @cached_property
    def depreciation(self) -> Floats:
        """Quarterly depreciation δ of each capability, shape (K,)."""
        return quarterly(np.array([row.depreciation for row in self.programme.capabilities]))

    @cached_property
    def level_start(self) -> Floats:
        """Level of each capability at the start, shape (K,)."""
        return np.array([row.level_start for row in self.programme.capabilities])

    @cached_property
    def target(self) -> Floats:
        """Target of each capability, shape (K,)."""
        return np.array([row.target for row in self.programme.capabilities])

    @cached_property
    def restore_share(self) -> Floats:
        """Largest share ρ of the loss that core funding restores, shape (K,)."""
        return np.array([row.restore_share for row in self.programme.capabilities])

    @cached_property
    def restore_cost(self) -> Floats:
        """Cost of one restored level, shape (K,), millions."""
        return np.array([row.restore_cost for row in self.programme.capabilities])

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

    # Projects ------------------------------------------------------------------------------------------------------

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

    def _chance(self, mode: Mode, gates: Floats, start: Ints) -> Floats:
        waited = np.maximum(start, 0) / QUARTERS_PER_YEAR
        return np.asarray(np.prod(1.0 - (1.0 - gates[:, None]) * (1.0 - mode.maturing) ** waited[None, :], axis=0))

    @cached_property
    def options(self) -> Options:
        """Every (mode, start) that selection, start windows, horizon and locks leave open."""
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
        return np.arange(first, last + 1, dtype=np.int64)

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
        before: dict[int, set[int]] = {p: set() for p in range(len(own))}
        for p, q, _ in self.links:
            before[p].add(q)
        ancestors: dict[int, set[int]] = {}
        for p in TopologicalSorter(before).static_order():
            ancestors[p] = set(before[p]).union(*(ancestors[q] for q in before[p])) if before[p] else set()
        return np.array([np.prod([own[q] for q in sorted(ancestors[p])]) for p in range(len(own))], dtype=float)

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
    def option_gains(self) -> tuple[Ints, Ints, Floats]:
        """(option, capability, expected levels E) for every option and gain of its project."""
        options = self.options
        project, capability, levels = self.gains
        option, gain = _match(options.project, project)
        factor = np.array([mode.gain_factor for mode in self.programme.modes])[options.mode[option]]
        kept = np.array([row.failure_share for row in self.programme.projects])[options.project[option]]
        chance = options.chance[option]
        expected = levels[gain] * factor * self.chain_chance[options.project[option]] * (chance + (1.0 - chance) * kept)
        return option, capability[gain], expected

    @cached_property
    def product_worth(self) -> Floats:
        """Value of the product that each option brings over the horizon and after it, shape (X,), weighted
        level-years.
        """
        s, options = self.programme.settings, self.options
        ahead = np.append(np.cumsum(self.discount[: self.horizon][::-1])[::-1], 0.0) / QUARTERS_PER_YEAR
        value = np.array([row.product_value for row in self.programme.projects])[options.project]
        served = ahead[options.end] + s.terminal * self.discount[self.horizon]
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

    # People --------------------------------------------------------------------------------------------------------

    @cached_property
    def loss(self) -> Floats:
        """Quarterly loss λ of each skill, shape (S,)."""
        return quarterly(np.array([row.loss for row in self.programme.skills]))

    @cached_property
    def people_start(self) -> Floats:
        """People of each skill at the start, shape (S,)."""
        return np.array([row.people_start for row in self.programme.skills])

    @cached_property
    def mode_people(self) -> tuple[Ints, Ints, Floats]:
        """(mode, skill, FTE) needed in every quarter at work."""
        p = self.programme
        return (
            np.array([p.modes.position(row.mode) for row in p.mode_skills], dtype=np.int64),
            np.array([p.skills.position(row.skill) for row in p.mode_skills], dtype=np.int64),
            np.array([row.fte for row in p.mode_skills], dtype=float),
        )

    @cached_property
    def intake(self) -> Intake:
        """Every (flow, skill, year) into which people may enter."""
        p = self.programme
        rows = [
            (
                p.training.position(row.flow),
                p.skills.position(row.skill),
                y,
                self.calendar.first_time(year),
                row.intake_max,
            )
            for row in p.training_skills
            for y, year in enumerate(self.years)
        ]
        table = np.array(rows, dtype=float).reshape(-1, 5)
        flow, skill, year, entry = (table[:, i].astype(np.int64) for i in range(4))
        return Intake(flow, skill, year, entry, table[:, 4])

    @cached_property
    def joining(self) -> list[tuple[Ints, Floats]]:
        """(quarters after entry, FTE that one entrant then adds) of each flow."""
        profile: dict[str, list[tuple[int, float]]] = {}
        for row in self.programme.training_profile:
            profile.setdefault(row.flow, []).append((row.after, row.share))
        found = []
        for flow in self.programme.training:
            after, share = zip(*sorted(profile.get(flow.flow, [(flow.duration, 1.0)])), strict=True)
            found.append(
                (np.array(after, dtype=np.int64), np.array(share) * flow.completion * flow.retention * flow.counts)
            )
        return found

    @cached_property
    def intake_joins(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, FTE) that one entrant adds to the pool at a quarter from 1 to T."""
        return self._intake_rows([(after, fte) for after, fte in self.joining], self.horizon + 1)

    @cached_property
    def intake_teaching(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, FTE) of teaching that one entrant needs while training."""
        flows = self.programme.training
        return self._intake_rows(
            [(np.arange(f.duration), np.full(f.duration, f.teachers)) for f in flows], self.horizon
        )

    @cached_property
    def intake_spend(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, millions) that one entrant costs while training."""
        flows = self.programme.training
        return self._intake_rows(
            [(np.arange(f.duration), np.full(f.duration, f.cost / f.duration)) for f in flows], self.horizon
        )

    def _intake_rows(self, profile: Sequence[tuple[Ints, Floats]], until: int) -> tuple[Ints, Ints, Floats]:
        """Lay the profile of its flow from the entry of every intake on; cut at `until` and drop zeros."""
        intake = self.intake
        index: list[Ints] = [np.empty(0, dtype=np.int64)]
        quarter: list[Ints] = [np.empty(0, dtype=np.int64)]
        amount: list[Floats] = [np.empty(0)]
        for i, (flow, entry) in enumerate(zip(intake.flow, intake.entry, strict=True)):
            after, value = profile[flow]
            keep = (entry + after < until) & (value != 0)
            index.append(np.full(int(keep.sum()), i, dtype=np.int64))
            quarter.append(entry + after[keep])
            amount.append(value[keep])
        return np.concatenate(index), np.concatenate(quarter), np.concatenate(amount)

    # Equipment -----------------------------------------------------------------------------------------------------

    @cached_property
    def project_place(self) -> Ints:
        """Place of each project's lead, shape (P,)."""
        p = self.programme
        return np.array([p.places.position(p.organisations.of(row.lead).place) for row in p.projects], dtype=np.int64)

    @cached_property
    def mode_equipment(self) -> tuple[Ints, Ints, Floats]:
        """(mode, equipment, units) held in every quarter at work."""
        p = self.programme
        return (
            np.array([p.modes.position(row.mode) for row in p.mode_equipment], dtype=np.int64),
            np.array([p.equipment.position(row.equipment) for row in p.mode_equipment], dtype=np.int64),
            np.array([row.units for row in p.mode_equipment], dtype=float),
        )

    @cached_property
    def sites(self) -> Sites:
        """Every (equipment, place) that may host, with its stock."""
        p = self.programme
        places: list[set[int]] = [
            {p.places.position(p.organisations.of(o).place) for o in row.hosts} for row in p.equipment
        ]
        for row in p.mode_equipment:
            e = p.equipment.position(row.equipment)
            if not p.equipment[e].hosts:
                places[e].add(int(self.project_place[self.mode_project[p.modes.position(row.mode)]]))
        stock = {
            (p.equipment.position(row.equipment), p.places.position(row.place)): row.units for row in p.equipment_stock
        }
        for e, place in stock:
            places[e].add(place)
        pairs = np.array([(e, place) for e, found in enumerate(places) for place in sorted(found)], dtype=np.int64)
        pairs = pairs.reshape(-1, 2)
        return Sites(
            pairs[:, 0], pairs[:, 1], np.array([float(stock.get((e, place), 0)) for e, place in pairs.tolist()])
        )

    @cached_property
    def order_time(self) -> Ints:
        """Quarter in which the orders of each year are placed and paid, shape (Y,)."""
        return np.array([self.calendar.first_time(year) for year in self.years], dtype=np.int64)

    @cached_property
    def lead_time(self) -> Ints:
        """Quarters from order to use, shape (E,)."""
        return np.array([row.lead_time for row in self.programme.equipment], dtype=np.int64)

    @cached_property
    def price(self) -> Floats:
        """Likely price of a unit, shape (E,), millions."""
        return np.array([row.cost_likely for row in self.programme.equipment])

    @cached_property
    def upkeep(self) -> Floats:
        """Upkeep of a unit in a quarter, shape (E,), millions."""
        return np.array([row.cost_likely * row.upkeep / QUARTERS_PER_YEAR for row in self.programme.equipment])

    @cached_property
    def site_cost(self) -> Floats:
        """Cost of a hosting place in a quarter, shape (E,), millions."""
        return np.array([row.site_cost / QUARTERS_PER_YEAR for row in self.programme.equipment])


def _match(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return every pair (i, j) with ``left[i] == right[j]``, ordered by i then j."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - first
    i = np.repeat(np.arange(len(left)), count)
    j = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    return i, order[j] if len(order) else j
