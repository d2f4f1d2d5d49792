"""An oracle for tiny programmes: it enumerates the whole-number decisions and carries out the rules one by one.

It follows ``docs/decisions/0001-model-in-detail.md`` on its own and shares nothing with the formulation, so that both
can be held against each other. `solve` finds the best plan; `execute` carries out a given plan and names the rules that
it breaks.

How `solve` searches, without leaving anything out:

1. Every (mode, start) of every project is laid out once with all that follows from it (`Option`).
2. The options are combined project by project. A combination is dropped at once where its demand alone passes what
   people, machines and money could be at the very most: demand and spend only grow when a project is added.
3. What is left is bounded from above by core funding at its most, free of charge, and is taken in the order of that
   bound.
4. For each, only the least entrants and purchases that suffice are tried: more of either costs and brings nothing.
5. What remains open is core funding and the money carried. That is a linear programme, the same matrix for every
   combination; by weak duality, the dual values of one already solved bound every other, which saves most solving.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from lotrinh.base.calendar import Quarter
from lotrinh.programme.programme import Programme

EPS = 1e-9
"""Rounding allowed when two sides of a rule are compared."""
TOP = 5.0
"""Top of the level scale."""

Starts = Mapping[str, tuple[str, int]]
Entrants = Mapping[tuple[str, str, int], int]
Purchases = Mapping[tuple[str, str, int], int]
Restored = Mapping[tuple[str, int], float]


@dataclass(frozen=True)
class OracleResult:
    """The best plan; only what is not zero is listed.

    `starts` by project, `entrants` by (flow, skill, year), `purchases` by (kind, place, year), levels `restored` by
    (capability, t). `status` is ``optimal`` or ``infeasible``.
    """

    status: str
    objective: float | None = None
    starts: dict[str, tuple[str, int]] = field(default_factory=dict)
    entrants: dict[tuple[str, str, int], int] = field(default_factory=dict)
    purchases: dict[tuple[str, str, int], int] = field(default_factory=dict)
    restored: dict[tuple[str, int], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """How a plan runs: `broken` names every rule it breaks; the rest is what the plan gives, quarter by quarter."""

    objective: float
    broken: tuple[str, ...]
    level: dict[str, list[float]]
    usable: dict[str, list[float]]
    people: dict[str, list[float]]
    demand: dict[str, list[float]]
    spend: list[float]
    carry: dict[int, float]
    fields: tuple[str, ...]
    field_spend: dict[str, float]
    hosts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Option:
    """One mode of one project at one start, and all that follows from choosing it."""

    project: str
    mode: str
    start: int
    end: int
    spend: tuple[float, ...]
    people: dict[str, float]
    units: dict[str, float]
    gain: dict[str, float]
    product: float

    def runs(self, t: int) -> bool:
        """True where the mode works in quarter `t`."""
        return self.start <= t < self.end


class Rules:
    """The programme in the letters of the specification."""

    def __init__(self, programme: Programme, scenario: str) -> None:
        self.programme, self.scenario = programme, scenario
        self.settings = settings = programme.settings
        self.T = settings.quarters
        self.quarters = range(self.T)
        self.disc = [(1 + settings.discount) ** (-t / 4) for t in range(self.T + 1)]
        begin = settings.start
        self.year_of = [begin.year + (begin.quarter - 1 + t) // 4 for t in self.quarters]
        self.years = sorted(set(self.year_of))
        self.first = {year: self.year_of.index(year) for year in self.years}
        amounts = {row.year: row.amount for row in programme.budget if row.scenario == scenario}
        self.budget = {year: amounts.get(year, 0.0) for year in self.years}

        weight = {goal.goal: goal.weight for goal in programme.goals}
        self.omega = {capability.capability: 0.0 for capability in programme.capabilities}
        for row in programme.capability_goals:
            self.omega[row.capability] += weight[row.goal] * row.share
        self.delta = {row.capability: quarterly(row.depreciation) for row in programme.capabilities}
        # What a level, or a product in service, is worth in every quarter and, last, at the end.
        self.worth = [disc / 4 for disc in self.disc[: self.T]] + [settings.terminal * self.disc[self.T]]

        self.lead_place = {
            project.project: programme.organisations.of(project.lead).place for project in programme.projects
        }
        self.predecessors: dict[str, dict[str, int]] = {project.project: {} for project in programme.projects}
        for link in programme.project_links:
            self.predecessors[link.project][link.predecessor] = link.lag
        self.modes = {
            project.project: [mode for mode in programme.modes if mode.project == project.project]
            for project in programme.projects
        }
        self.locked = {lock.project: (lock.mode, self.time(lock.start)) for lock in programme.locks}
        for project, (mode, start) in self.locked.items():
            end = start + programme.modes.of(mode).duration
            if programme.modes.of(mode).project != project or end <= 0 or end > self.T:
                raise ValueError(f"the lock of {project} is an error of the data")
        self.chain = {project.project: self._chain(project.project) for project in programme.projects}
        self.stock: dict[tuple[str, str], int] = {}
        for row in programme.equipment_stock:
            if row.units:
                self.stock[row.equipment, row.place] = row.units
        self.may_stand = {kind.equipment: self._places(kind.equipment) for kind in programme.equipment}
        self.profile = {
            flow.flow: {row.after: row.share for row in programme.training_profile if row.flow == flow.flow}
            or {flow.duration: 1.0}
            for flow in programme.training
        }
        self.ends = {row.supplier: self.time(row.until) for row in programme.suppliers if row.until is not None}

    def time(self, quarter: Quarter) -> int:
        """t of a calendar quarter."""
        begin = self.settings.start
        return 4 * (quarter.year - begin.year) + quarter.quarter - begin.quarter

    # Chance, cost, tranches

    def chance(self, mode: str, t: int) -> float:
        """π(m,t)."""
        maturing = self.programme.modes.of(mode).maturing
        gates = [gate.chance for gate in self.programme.gates if gate.mode == mode]
        return math.prod(1 - (1 - chance) * (1 - maturing) ** (max(t, 0) / 4) for chance in gates)

    def cost(self, mode: str, t: int) -> float:
        """C(m,t)."""
        row = self.programme.modes.of(mode)
        return row.cost_likely * (1 + row.cost_trend) ** (max(t, 0) / 4)

    def parts(self, mode: str) -> list[float]:
        """Share of the cost that falls into each quarter of the mode."""
        duration = self.programme.modes.of(mode).duration
        gates = sorted(
            (gate.at, gate.release if gate.at < 1 else 0.0) for gate in self.programme.gates if gate.mode == mode
        )
        edges = [0.0, *(at for at, _ in gates), 1.0]
        amounts = [1 - sum(release for _, release in gates), *(release for _, release in gates)]
        parts = [0.0] * duration
        for begin, end, amount in zip(edges, edges[1:], amounts, strict=False):
            if amount and end <= begin:
                raise ValueError(f"money of mode {mode} is released over no time")
            for u in range(duration):
                overlap = min(end, (u + 1) / duration) - max(begin, u / duration)
                if amount and overlap > 0:
                    parts[u] += amount * overlap / (end - begin)
        return parts

    def _chain(self, project: str) -> float:
        """κ_p: chance that all predecessors, direct and indirect, each counted once, deliver."""
        above: set[str] = set()
        waiting = list(self.predecessors[project])
        while waiting:
            predecessor = waiting.pop()
            if predecessor not in above:
                above.add(predecessor)
                waiting += self.predecessors[predecessor]
        if project in above:
            raise ValueError(f"{project} waits for itself")
        chance = 1.0
        for predecessor in above:
            if predecessor in self.locked:
                chance *= self.chance(*self.locked[predecessor])
            else:
                modes = self.modes[predecessor]
                chance *= sum(self.chance(mode.mode, 0) for mode in modes) / len(modes)
        return chance

    def option(self, project: str, mode: str, start: int) -> Option:
        """Lay out one (mode, start) of a project."""
        programme, row, mode_row = self.programme, self.programme.projects.of(project), self.programme.modes.of(mode)
        end = start + mode_row.duration
        cost, chance, chain = self.cost(mode, start), self.chance(mode, start), self.chain[project]
        spend = [0.0] * self.T
        for u, part in enumerate(self.parts(mode)):
            if 0 <= start + u < self.T:
                spend[start + u] += cost * part
        delivered = mode_row.gain_factor * chain * (chance + (1 - chance) * row.failure_share)
        service = sum(self.worth[end:])
        return Option(
            project,
            mode,
            start,
            end,
            tuple(spend),
            {need.skill: need.fte for need in programme.mode_skills if need.mode == mode},
            {need.equipment: need.units for need in programme.mode_equipment if need.mode == mode},
            {gain.capability: gain.levels * delivered for gain in programme.gains if gain.project == project},
            self.settings.product_weight * row.product_value * chance * chain * service,
        )

    def options(self, project: str) -> list[Option | None]:
        """Rule 1: every way to choose a project; None is to leave it out."""
        if project in self.locked:
            return [self.option(project, *self.locked[project])]
        row = self.programme.projects.of(project)
        earliest = self.time(row.earliest) if row.earliest else 0
        latest = self.time(row.latest) if row.latest else self.T
        found: list[Option | None] = [] if row.mandatory else [None]
        for mode in self.modes[project]:
            for t in range(max(0, earliest), min(latest, self.T - mode.duration) + 1):
                if all(self.goes_on(mode.mode, t + u) for u in range(mode.duration)):
                    found.append(self.option(project, mode.mode, t))
        return found

    # Suppliers that are gone

    def goes_on(self, mode: str, t: int) -> bool:
        """True where what a mode has lost of its suppliers before quarter `t` does not stop it."""
        lost = 0.0
        for row in self.programme.reliance:
            if row.mode == mode and self.ends.get(row.supplier, t) < t:
                lost += row.share
        return lost <= self.settings.goes_on_without + EPS

    def on_sale(self, kind: str, year: int) -> bool:
        """True where somebody supplies a kind when the orders of a year are placed, or nobody is known to."""
        makers = [row.supplier for row in self.programme.equipment_supply if row.equipment == kind and row.share > 0]
        return not makers or any(self.ends.get(maker, self.T) >= self.first[year] for maker in makers)

    # Capability

    def value(self, capability: str, usable: float) -> float:
        """v_k(u)."""
        target = self.programme.capabilities.of(capability).target
        return min(usable, target + self.settings.above_target * (usable - target))

    def levels(self, chosen: list[Option], restored: Restored | None) -> dict[str, list[float]]:
        """Rule 4; with `restored` None, core funding restores the most it may."""
        gained: dict[tuple[str, int], float] = {}
        for option in chosen:
            for k, levels in option.gain.items():
                gained[k, option.end] = gained.get((k, option.end), 0.0) + levels
        level: dict[str, list[float]] = {}
        for row in self.programme.capabilities:
            k, delta = row.capability, self.delta[row.capability]
            course = [row.level_start]
            for t in self.quarters:
                most = row.restore_share * delta * course[t]
                r = most if restored is None else restored.get((k, t), 0.0)
                course.append((1 - delta) * course[t] + r + gained.get((k, t + 1), 0.0))
            level[k] = course
        return level

    def usable(self, level: dict[str, list[float]]) -> dict[str, list[float]]:
        """Rule 5: the largest usable levels, by lowering until every foundation holds."""
        usable = {k: [min(value, TOP) for value in course] for k, course in level.items()}
        lowered = True
        while lowered:
            lowered = False
            for row in self.programme.foundations:
                upper, lower = usable[row.capability], usable[row.rests_on]
                for t in range(self.T + 1):
                    if upper[t] > lower[t] / row.weight + 1e-15:
                        upper[t] = lower[t] / row.weight
                        lowered = True
        return usable

    def capability_value(self, usable: dict[str, list[float]]) -> float:
        """First line of the objective."""
        return sum(
            omega * sum(worth * self.value(k, u) for worth, u in zip(self.worth, usable[k], strict=True))
            for k, omega in self.omega.items()
            if omega
        )

    def needed(self, chosen: list[Option]) -> dict[tuple[str, int], float]:
        """Rule 6: usable levels that the chosen starts ask for; a locked project asks for none."""
        starts = {option.project: option.start for option in chosen if option.project not in self.locked}
        needed: dict[tuple[str, int], float] = {}
        for row in self.programme.prerequisites:
            if row.project in starts:
                key = (row.capability, starts[row.project])
                needed[key] = max(needed.get(key, 0.0), row.level)
        return needed

    # People

    def intake(self, flow: str, year: int, chosen: list[Option]) -> float:
        """Most entrants of a flow in a year, over all its skills."""
        row = self.programme.training.of(flow)
        if not row.project:
            return row.intake_max
        started = any(option.project == row.project and option.start <= self.first[year] for option in chosen)
        alone = row.intake_alone or 0.0
        return min(row.intake_max, alone + (row.intake_max - alone) * started)

    def joining(self, flow: str, year: int) -> dict[int, float]:
        """People that one entrant of a year adds to the pool, by the quarter in which they join."""
        row = self.programme.training.of(flow)
        return {
            self.first[year] + after: row.completion * row.retention * row.counts * share
            for after, share in self.profile[flow].items()
        }

    def taught(self, flow: str, year: int) -> range:
        """Quarters inside the horizon in which entrants of a year are taught and paid for."""
        first = self.first[year]
        return range(first, min(self.T, first + self.programme.training.of(flow).duration))

    def pool(self, skill: str, entrants: Entrants) -> list[float]:
        """N[s,t]."""
        row = self.programme.skills.of(skill)
        joined = [0.0] * (self.T + 1)
        for (flow, of, year), n in entrants.items():
            if of == skill:
                for t, people in self.joining(flow, year).items():
                    if t <= self.T:
                        joined[t] += n * people
        people = [row.people_start]
        for t in self.quarters:
            people.append((1 - quarterly(row.loss)) * people[t] + joined[t + 1])
        return people

    def teaching(self, skill: str, entrants: Entrants) -> list[float]:
        """FTE of a skill that teach, by quarter."""
        busy = [0.0] * self.T
        for (flow, of, year), n in entrants.items():
            if of == skill:
                for t in self.taught(flow, year):
                    busy[t] += n * self.programme.training.of(flow).teachers
        return busy

    def working(self, skill: str, chosen: list[Option]) -> list[float]:
        """FTE of a skill that running modes need, by quarter."""
        return [sum(option.people.get(skill, 0.0) for option in chosen if option.runs(t)) for t in self.quarters]

    # Equipment

    def _places(self, kind: str) -> tuple[str, ...]:
        """Places where a kind may stand."""
        row = self.programme.equipment.of(kind)
        if row.hosts:
            places = [self.programme.organisations.of(host).place for host in row.hosts]
        else:
            needing = {need.mode for need in self.programme.mode_equipment if need.equipment == kind and need.units > 0}
            places = [
                self.lead_place[project]
                for project, modes in self.modes.items()
                if any(m.mode in needing for m in modes)
            ]
        places += [place for of, place in self.stock if of == kind]
        return tuple(dict.fromkeys(places))

    def held(self, kind: str, chosen: list[Option], place: str | None) -> list[float]:
        """Units of a kind that modes at work hold, by quarter, of one place or (None) of all."""
        return [
            sum(
                option.units.get(kind, 0.0)
                for option in chosen
                if option.runs(t) and (place is None or self.lead_place[option.project] == place)
            )
            for t in self.quarters
        ]

    def there(self, kind: str, purchases: Purchases, place: str | None) -> list[int]:
        """Units of a kind in use or stock, by quarter, at one place or (None) at all."""
        lead_time = self.programme.equipment.of(kind).lead_time
        units = [sum(n for (of, at), n in self.stock.items() if of == kind and place in (None, at))] * self.T
        for (of, at, year), n in purchases.items():
            if of == kind and place in (None, at):
                for t in range(self.first[year] + lead_time, self.T):
                    units[t] += n
        return units

    def hosting(self, kind: str, purchases: Purchases) -> set[str]:
        """h: places with stock or purchases of a kind."""
        bought = {place for (of, place, _), n in purchases.items() if of == kind and n}
        return bought | {place for of, place in self.stock if of == kind}

    # Money

    def training_spend(self, entrants: Entrants) -> list[float]:
        """Cost of entrants, by quarter."""
        spend = [0.0] * self.T
        for (flow, _, year), n in entrants.items():
            row = self.programme.training.of(flow)
            for t in self.taught(flow, year):
                spend[t] += n * row.cost / row.duration
        return spend

    def equipment_spend(self, purchases: Purchases) -> list[float]:
        """Purchases, upkeep and sites, by quarter; with no purchases, what the stock costs."""
        spend = [0.0] * self.T
        for (kind, _, year), n in purchases.items():
            spend[self.first[year]] += n * self.programme.equipment.of(kind).cost_likely
        for row in self.programme.equipment:
            units = self.there(row.equipment, purchases, None)
            sites = len(self.hosting(row.equipment, purchases))
            for t in self.quarters:
                spend[t] += units[t] * row.upkeep / 4 * row.cost_likely + sites * row.site_cost / 4
        return spend

    def by_year(self, spend: list[float]) -> list[float]:
        """Sums of the years."""
        return [sum(spend[t] for t in self.quarters if self.year_of[t] == year) for year in self.years]

    def carried(self, spend: list[float]) -> dict[int, float]:
        """Rule 7: the most that can be carried out of each year; negative where the money of the year is not enough."""
        carry, before = {}, 0.0
        for year, spent in zip(self.years, self.by_year(spend), strict=True):
            left = self.settings.over_programming * self.budget[year] + before - spent
            carry[year] = min(left, self.settings.carry_over * self.budget[year])
            before = max(carry[year], 0.0)
        return carry

    def affordable(self, spend: list[float]) -> bool:
        """True where every year can be paid for."""
        return all(carry >= -EPS for carry in self.carried(spend).values())

    def money_value(self, spend: list[float]) -> float:
        """Last line of the objective."""
        return -self.settings.money_weight * sum(d * s for d, s in zip(self.disc, spend, strict=False))


def quarterly(yearly: float) -> float:
    """Turn a yearly rate into a quarterly one."""
    return 1 - (1 - yearly) ** 0.25


# Carrying out a given plan


def execute(
    programme: Programme,
    scenario: str,
    starts: Starts,
    entrants: Entrants,
    purchases: Purchases,
    restored: Restored,
    tolerance: float = EPS,
) -> Course:
    """Carry out a plan quarter by quarter and name every rule that it breaks by more than `tolerance`."""
    rules = Rules(programme, scenario)
    broken: list[str] = []

    def keep(holds: bool, rule: str) -> None:
        if not holds:
            broken.append(rule)

    # Rules 1 and 3: selection and precedence
    chosen = []
    for project in programme.projects:
        p = project.project
        keep(p in starts or not (project.mandatory or p in rules.locked), f"selection[{p}]")
        if p not in starts:
            continue
        mode, start = starts[p]
        option = rules.option(p, mode, start)
        chosen.append(option)
        if p in rules.locked:
            keep(rules.locked[p] == (mode, start), f"selection[{p}]")
            continue
        keep(programme.modes.of(mode).project == p and start >= 0 and option.end <= rules.T, f"selection[{p}]")
        keep(project.earliest is None or start >= rules.time(project.earliest), f"selection[{p}]")
        keep(project.latest is None or start <= rules.time(project.latest), f"selection[{p}]")
        keep(all(rules.goes_on(mode, t) for t in range(start, option.end)), f"supply[{p}]")
        for q, lag in rules.predecessors[p].items():
            done = q in starts and starts[q][1] + programme.modes.of(starts[q][0]).duration + lag <= start
            keep(done, f"precedence[{p},{q}]")

    # Rule 2: fields
    opened = tuple(
        f.field for f in programme.fields if any(programme.projects.of(o.project).field == f.field for o in chosen)
    )
    field_spend = {
        f: sum(sum(option.spend) for option in chosen if programme.projects.of(option.project).field == f)
        for f in opened
    }
    for f in opened:
        keep(field_spend[f] >= programme.fields.of(f).critical_mass - tolerance, f"fields[{f}]")

    # Rules 4, 5, 6: capability, foundations, prerequisites
    level = rules.levels(chosen, restored)
    usable = rules.usable(level)
    for (k, t), r in restored.items():
        most = programme.capabilities.of(k).restore_share * rules.delta[k] * level[k][t]
        keep(-tolerance <= r <= most + tolerance, f"core funding[{k},{t}]")
    for (k, t), needed in rules.needed(chosen).items():
        keep(usable[k][t] >= needed - tolerance, f"prerequisite[{k},{t}]")

    # Rule 8: training and people
    pairs = {(row.flow, row.skill): row.intake_max for row in programme.training_skills}
    for (flow, skill, year), n in entrants.items():
        keep(n == int(n) and 0 <= n <= pairs.get((flow, skill), 0.0) + tolerance, f"intake[{flow},{skill},{year}]")
        keep(year in rules.years, f"intake[{flow},{skill},{year}]")
    for row in programme.training:
        for year in rules.years:
            total = sum(n for (flow, _, of), n in entrants.items() if flow == row.flow and of == year)
            keep(total <= rules.intake(row.flow, year, chosen) + tolerance, f"intake[{row.flow},{year}]")
    people, demand = {}, {}
    for skill in programme.skills:
        s = skill.skill
        people[s] = rules.pool(s, entrants)
        demand[s] = [a + b for a, b in zip(rules.working(s, chosen), rules.teaching(s, entrants), strict=True)]
        for t in rules.quarters:
            keep(demand[s][t] <= people[s][t] + tolerance, f"people[{s},{t}]")

    # Rule 9: equipment
    hosts = []
    for (kind, place, year), n in purchases.items():
        keep(
            n == int(n) and n >= 0 and place in rules.may_stand[kind] and year in rules.years,
            f"purchase[{kind},{place},{year}]",
        )
        keep(not n or rules.on_sale(kind, year), f"supply[{kind},{year}]")
    for row in programme.equipment:
        e = row.equipment
        total = sum(n for (kind, _), n in rules.stock.items() if kind == e)
        total += sum(n for (kind, _, _), n in purchases.items() if kind == e)
        keep(total <= row.units_max, f"units[{e}]")
        keep(len(rules.hosting(e, purchases)) <= row.sites_max, f"sites[{e}]")
        hosts += [(e, place) for place in sorted(rules.hosting(e, purchases))]
        for place in [None] if row.remote else [location.place for location in programme.places]:
            held, there = rules.held(e, chosen, place), rules.there(e, purchases, place)
            for t in rules.quarters:
                keep(held[t] <= there[t] + tolerance, f"equipment[{e},{place},{t}]")

    # Rule 7: money
    spend = [sum(option.spend[t] for option in chosen) for t in rules.quarters]
    for part in (rules.training_spend(entrants), rules.equipment_spend(purchases)):
        spend = [a + b for a, b in zip(spend, part, strict=True)]
    for (k, t), r in restored.items():
        spend[t] += programme.capabilities.of(k).restore_cost * r
    carry = rules.carried(spend)
    for year, left in carry.items():
        keep(left >= -tolerance, f"money[{year}]")

    objective = rules.capability_value(usable) + sum(option.product for option in chosen) + rules.money_value(spend)
    return Course(
        objective, tuple(broken), level, usable, people, demand, spend, carry, opened, field_spend, tuple(hosts)
    )


# Core funding and money carried: the linear programme


class Restoring:
    """max value of capability − money over r and carry, for given starts, entrants and purchases.

    The matrix depends on the programme alone; the right-hand sides hold what the decisions bring: levels gained, levels
    needed, spend.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        programme, settings, T = rules.programme, rules.settings, rules.T
        self.k = [row.capability for row in programme.capabilities]
        self.column: dict[tuple, int] = {}
        for k in self.k:
            for t in range(T + 1):
                for name in ("L", "U", "V"):
                    self.column[name, k, t] = len(self.column)
                if t < T and programme.capabilities.of(k).restore_share * rules.delta[k] > 0:
                    self.column["r", k, t] = len(self.column)
        for year in rules.years:
            self.column["carry", year] = len(self.column)

        self.reward = np.zeros(len(self.column))
        self.low = np.zeros(len(self.column))
        self.high = np.full(len(self.column), np.inf)
        equal: list[tuple[tuple, dict[tuple, float]]] = []
        below: list[tuple[tuple, dict[tuple, float], float]] = []
        for row in programme.capabilities:
            k, delta = row.capability, rules.delta[row.capability]
            equal.append((("start", k), {("L", k, 0): 1.0}))
            for t in range(T + 1):
                self.reward[self.column["V", k, t]] = rules.omega[k] * rules.worth[t]
                self.high[self.column["U", k, t]] = TOP
                above = settings.above_target
                below.append((("level", k, t), {("U", k, t): 1.0, ("L", k, t): -1.0}, 0.0))
                below.append((("value", k, t), {("V", k, t): 1.0, ("U", k, t): -1.0}, 0.0))
                below.append((("bend", k, t), {("V", k, t): 1.0, ("U", k, t): -above}, (1 - above) * row.target))
                below.append((("need", k, t), {("U", k, t): -1.0}, 0.0))
                if t < T:
                    step = {("L", k, t + 1): 1.0, ("L", k, t): delta - 1.0}
                    if ("r", k, t) in self.column:
                        step["r", k, t] = -1.0
                        self.reward[self.column["r", k, t]] = -settings.money_weight * rules.disc[t] * row.restore_cost
                        most = {("r", k, t): 1.0, ("L", k, t): -row.restore_share * delta}
                        below.append((("most", k, t), most, 0.0))
                    equal.append((("step", k, t), step))
        for row in programme.foundations:
            for t in range(T + 1):
                below.append(
                    (
                        ("foundation", row.capability, row.rests_on, t),
                        {("U", row.capability, t): row.weight, ("U", row.rests_on, t): -1.0},
                        0.0,
                    )
                )
        before = None
        for year in rules.years:
            paid: dict[tuple, float] = {("carry", year): 1.0}
            self.high[self.column["carry", year]] = settings.carry_over * rules.budget[year]
            if before is not None:
                paid["carry", before] = -1.0
            before = year
            for name in self.column:
                if name[0] == "r" and rules.year_of[name[2]] == year:
                    paid[name] = programme.capabilities.of(name[1]).restore_cost
            below.append((("money", year), paid, settings.over_programming * rules.budget[year]))

        self.equal_row = {name: i for i, (name, _) in enumerate(equal)}
        self.below_row = {name: i for i, (name, _, _) in enumerate(below)}
        self.equal_matrix = self._matrix([terms for _, terms in equal])
        self.below_matrix = self._matrix([terms for _, terms, _ in below])
        self.below_base = np.array([side for _, _, side in below])
        self.money_rows = np.array([self.below_row["money", year] for year in rules.years])
        self.duals: list[tuple[np.ndarray, np.ndarray, float]] = []
        # No column can be larger than this; it makes the bound by duality safe against the rounding of the dual values.
        self.ceiling = np.minimum(self.high, TOP + 2 * TOP * len(programme.gains))
        for year in rules.years:
            self.ceiling[self.column["carry", year]] = self.high[self.column["carry", year]]

    def _matrix(self, rows: list[dict[tuple, float]]) -> csr_array:
        at = [(i, self.column[name], value) for i, terms in enumerate(rows) for name, value in terms.items()]
        i, j, value = zip(*at, strict=True)
        return csr_array((value, (i, j)), shape=(len(rows), len(self.column)))

    def sides(self, chosen: list[Option], spend: list[float]) -> tuple[np.ndarray, np.ndarray]:
        """Right-hand sides that follow from the decisions; `spend` is everything but core funding."""
        equal = np.zeros(len(self.equal_row))
        for row in self.rules.programme.capabilities:
            equal[self.equal_row["start", row.capability]] = row.level_start
        for option in chosen:
            for k, gain in option.gain.items():
                equal[self.equal_row["step", k, option.end - 1]] += gain
        below = self.below_base.copy()
        for (k, t), level in self.rules.needed(chosen).items():
            below[self.below_row["need", k, t]] = -level
        below[self.money_rows] -= self.rules.by_year(spend)
        return equal, below

    def bound(self, equal: np.ndarray, below: np.ndarray) -> float:
        """The least of the bounds that the dual values met so far give, by weak duality."""
        return min((e @ equal + b @ below + constant for e, b, constant in self.duals), default=math.inf)

    def solve(self, equal: np.ndarray, below: np.ndarray) -> tuple[float, dict[tuple[str, int], float]] | None:
        """Return the value and r, or None where nothing is feasible."""
        found = linprog(
            -self.reward,
            A_ub=self.below_matrix,
            b_ub=below,
            A_eq=self.equal_matrix,
            b_eq=equal,
            bounds=np.column_stack([self.low, self.high]),
            method="highs",
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise RuntimeError(found.message)
        e, b = -found.eqlin.marginals, np.maximum(-found.ineqlin.marginals, 0.0)
        left = self.reward - self.equal_matrix.T @ e - self.below_matrix.T @ b
        self.duals.append((e, b, float(np.maximum(left, 0.0) @ self.ceiling)))
        restored = {
            (name[1], name[2]): float(found.x[column])
            for name, column in self.column.items()
            if name[0] == "r" and found.x[column] > EPS
        }
        return -float(found.fun), restored


# The search


class Search:
    """Every combination of whole-number decisions of one programme and scenario."""

    def __init__(self, programme: Programme, scenario: str) -> None:
        self.rules = rules = Rules(programme, scenario)
        self.order = self._order()
        self.options = {project: rules.options(project) for project in self.order}
        self.base_spend = rules.equipment_spend({})
        paid = [row for row in programme.capabilities if row.restore_share * rules.delta[row.capability] > 0]
        self.core = bool(paid)
        self.free = all(row.restore_cost == 0 for row in paid)
        self.restoring = Restoring(rules) if self.core and not self.free else None
        self.solved = 0
        self.leaves = 0
        self._limits()

    def _order(self) -> list[str]:
        """Projects, predecessors first; locked ones before all, since they wait for nothing."""
        rules, placed = self.rules, list(self.rules.locked)
        left = [project.project for project in rules.programme.projects if project.project not in rules.locked]
        while left:
            project = next(p for p in left if all(q in placed for q in rules.predecessors[p]))
            placed.append(project)
            left.remove(project)
        return placed

    def _limits(self) -> None:
        """What people, machines and money can be at the very most, and what every option takes of it."""
        rules, programme = self.rules, self.rules.programme
        skills = [row.skill for row in programme.skills]
        limit: list[float] = []
        for skill in skills:
            everyone = {
                (pair.flow, skill, year): math.floor(
                    min(pair.intake_max, programme.training.of(pair.flow).intake_max) + EPS
                )
                for pair in programme.training_skills
                if pair.skill == skill
                for year in rules.years
            }
            limit += rules.pool(skill, everyone)[: rules.T]
        stands: list[tuple[str, str | None]] = []
        for row in programme.equipment:
            e = row.equipment
            stock = sum(n for (kind, _), n in rules.stock.items() if kind == e)
            for place in [None] if row.remote else [location.place for location in programme.places]:
                stands.append((e, place))
                here = rules.there(e, {}, place)
                room = row.units_max - stock if place is None or place in rules.may_stand[e] else 0
                limit += [here[t] + (room if t >= row.lead_time else 0) for t in rules.quarters]
        spans = [(a, b) for a in range(len(rules.years)) for b in range(a, len(rules.years))]
        base = rules.by_year(self.base_spend)
        for a, b in spans:
            money = sum(rules.settings.over_programming * rules.budget[year] for year in rules.years[a : b + 1])
            carried = rules.settings.carry_over * rules.budget[rules.years[a - 1]] if a else 0.0
            limit.append(money + carried - sum(base[a : b + 1]))
        self.limit = np.array(limit) + EPS

        self.taken: dict[tuple[str, str, int], np.ndarray] = {}
        for option in itertools.chain.from_iterable(self.options.values()):
            if option is None:
                continue
            taken: list[float] = []
            for skill in skills:
                taken += rules.working(skill, [option])
            for e, place in stands:
                taken += rules.held(e, [option], place)
            spent = rules.by_year(list(option.spend))
            taken += [sum(spent[a : b + 1]) for a, b in spans]
            self.taken[option.project, option.mode, option.start] = np.array(taken)

    def combinations(self) -> Iterator[list[Option]]:
        """Every choice of options that keeps rules 1, 2 and 3 and stays within the limits."""
        rules = self.rules
        field_of = {row.project: row.field for row in rules.programme.projects}
        critical = {row.field: row.critical_mass for row in rules.programme.fields}

        def extend(depth: int, chosen: list[Option], used: np.ndarray) -> Iterator[list[Option]]:
            if depth == len(self.order):
                spent: dict[str, float] = {}
                for option in chosen:
                    f = field_of[option.project]
                    spent[f] = spent.get(f, 0.0) + sum(option.spend)
                if all(money >= critical[f] - EPS for f, money in spent.items()):
                    yield list(chosen)
                return
            project = self.order[depth]
            for option in self.options[project]:
                if option is None:
                    yield from extend(depth + 1, chosen, used)
                    continue
                if project not in rules.locked and not self._follows(option, chosen):
                    continue
                now = used + self.taken[option.project, option.mode, option.start]
                if (now <= self.limit).all():
                    chosen.append(option)
                    yield from extend(depth + 1, chosen, now)
                    chosen.pop()

        if (self.limit >= 0).all():
            yield from extend(0, [], np.zeros(len(self.limit)))

    def _follows(self, option: Option, chosen: list[Option]) -> bool:
        """Rule 3."""
        ends = {other.project: other.end for other in chosen}
        waits = self.rules.predecessors[option.project].items()
        return all(q in ends and ends[q] + lag <= option.start for q, lag in waits)

    def entrants(self, chosen: list[Option]) -> list[dict[tuple[str, str, int], int]]:
        """The least entrants that give enough people: every feasible choice has at least those of one of these.

        Fewer entrants cost less, and skills share nothing but the intake of a flow, so each skill is taken on its own
        and what holds more than another sufficient choice is left out.
        """
        rules, programme = self.rules, self.rules.programme
        per_skill: list[list[dict[tuple[str, str, int], int]]] = []
        for skill in (row.skill for row in programme.skills):
            working = rules.working(skill, chosen)
            short = [t for t in rules.quarters if working[t] > rules.pool(skill, {})[t] + EPS]
            if not short:
                continue
            most: dict[tuple[str, str, int], int] = {}
            for pair in programme.training_skills:
                if pair.skill == skill:
                    for year in rules.years:
                        n = math.floor(min(pair.intake_max, rules.intake(pair.flow, year, chosen)) + EPS)
                        if n > 0 and min(rules.joining(pair.flow, year)) <= short[-1]:
                            most[pair.flow, skill, year] = n
            enough: list[dict[tuple[str, str, int], int]] = []
            for numbers in sorted(itertools.product(*(range(n + 1) for n in most.values())), key=sum):
                some = {key: n for key, n in zip(most, numbers, strict=True) if n}
                if any(all(some.get(key, 0) >= n for key, n in less.items()) for less in enough):
                    continue
                there, teaching = rules.pool(skill, some), rules.teaching(skill, some)
                if all(working[t] + teaching[t] <= there[t] + EPS for t in rules.quarters):
                    enough.append(some)
            per_skill.append(enough)
        found = []
        for parts in itertools.product(*per_skill):
            some = {key: n for part in parts for key, n in part.items()}
            totals: dict[tuple[str, int], int] = {}
            for (flow, _, year), n in some.items():
                totals[flow, year] = totals.get((flow, year), 0) + n
            if all(n <= rules.intake(flow, year, chosen) + EPS for (flow, year), n in totals.items()):
                found.append(some)
        return found

    def purchases(self, chosen: list[Option]) -> list[dict[tuple[str, str, int], int]]:
        """The least purchases that give enough machines: every feasible choice has at least those of one of these."""
        rules, programme = self.rules, self.rules.programme
        per_kind: list[list[dict[tuple[str, str, int], int]]] = []
        for row in programme.equipment:
            e = row.equipment
            stock = sum(n for (kind, _), n in rules.stock.items() if kind == e)
            if stock > row.units_max or len(rules.hosting(e, {})) > row.sites_max:
                return []
            places: list[str | None] = [None] if row.remote else [location.place for location in programme.places]
            held = {place: rules.held(e, chosen, place) for place in places}
            useful = [
                (e, place, year)
                for place in rules.may_stand[e]
                for year in rules.years
                if rules.on_sale(e, year)
                and any(
                    any(units[rules.first[year] + row.lead_time :]) for at, units in held.items() if at in (None, place)
                )
            ]
            enough: list[dict[tuple[str, str, int], int]] = []
            for total in range(row.units_max - stock + 1):
                for bought in itertools.combinations_with_replacement(useful, total):
                    some = {key: bought.count(key) for key in bought}
                    if any(all(some.get(key, 0) >= n for key, n in less.items()) for less in enough):
                        continue
                    if len(rules.hosting(e, some)) > row.sites_max:
                        continue
                    if all(
                        units[t] <= there + EPS
                        for place, units in held.items()
                        for t, there in enumerate(rules.there(e, some, place))
                    ):
                        enough.append(some)
            per_kind.append(enough)
        return [{key: n for part in parts for key, n in part.items()} for parts in itertools.product(*per_kind)]

    def most(self, chosen: list[Option]) -> float | None:
        """Value with core funding at its most and free; None where even then a prerequisite is missed."""
        rules = self.rules
        usable = rules.usable(rules.levels(chosen, None))
        if any(usable[k][t] < level - EPS for (k, t), level in rules.needed(chosen).items()):
            return None
        return rules.capability_value(usable) + sum(option.product for option in chosen)

    def best(self) -> OracleResult:
        """Try every combination, best bound first."""
        rules = self.rules
        ranked = []
        for chosen in self.combinations():
            most = self.most(chosen)
            if most is not None:
                spend = [self.base_spend[t] + sum(option.spend[t] for option in chosen) for t in rules.quarters]
                ranked.append((most + rules.money_value(spend), chosen))
        ranked.sort(key=lambda entry: -entry[0])
        self.leaves = len(ranked)
        best = OracleResult("infeasible")
        for bound, chosen in ranked:
            if best.objective is not None and bound <= best.objective + 1e-12:
                break
            best = self._finish(chosen, best)
        return best

    def _finish(self, chosen: list[Option], best: OracleResult) -> OracleResult:
        """Return the better of `best` and the best plan with these starts."""
        rules, restoring = self.rules, self.restoring
        products = sum(option.product for option in chosen)
        projects = [sum(option.spend[t] for option in chosen) for t in rules.quarters]
        floor = -math.inf if best.objective is None else best.objective
        if restoring:
            spend = [a + b for a, b in zip(projects, self.base_spend, strict=True)]
            sides = restoring.sides(chosen, spend)
            if restoring.bound(*sides) + products + rules.money_value(spend) <= floor:
                return best
        for entrants, purchases in itertools.product(self.entrants(chosen), self.purchases(chosen)):
            spend = [
                a + b + c
                for a, b, c in zip(
                    projects, rules.training_spend(entrants), rules.equipment_spend(purchases), strict=True
                )
            ]
            if not rules.affordable(spend):
                continue
            found = self._value(chosen, spend, floor - products - rules.money_value(spend))
            if found is None:
                continue
            value, restored = found
            objective = value + products + rules.money_value(spend)
            if objective > floor:
                floor = objective
                starts = {option.project: (option.mode, option.start) for option in chosen}
                best = OracleResult("optimal", objective, starts, entrants, purchases, restored)
        return best

    def _value(
        self, chosen: list[Option], spend: list[float], floor: float
    ) -> tuple[float, dict[tuple[str, int], float]] | None:
        """Value of capability less the cost of core funding, and r; None where infeasible or not above `floor`."""
        rules, restoring = self.rules, self.restoring
        level = rules.levels(chosen, None)
        restored = {
            (row.capability, t): row.restore_share * rules.delta[row.capability] * level[row.capability][t]
            for row in rules.programme.capabilities
            for t in rules.quarters
            if row.restore_share * rules.delta[row.capability] * level[row.capability][t] > 0
        }
        core = [0.0] * rules.T
        for (k, t), r in restored.items():
            core[t] += r * rules.programme.capabilities.of(k).restore_cost
        value = rules.capability_value(rules.usable(level))
        if restoring is None:
            return value, restored
        if value <= floor:
            return None
        if rules.settings.money_weight == 0 and rules.affordable([a + b for a, b in zip(spend, core, strict=True)]):
            return value, restored
        sides = restoring.sides(chosen, spend)
        if restoring.bound(*sides) <= floor:
            return None
        self.solved += 1
        return restoring.solve(*sides)


def solve(programme: Programme, scenario: str) -> OracleResult:
    """Return the best plan of a tiny programme in one budget scenario."""
    best = Search(programme, scenario).best()
    if best.objective is not None:
        course = execute(programme, scenario, best.starts, best.entrants, best.purchases, best.restored, 1e-6)
        if course.broken or abs(course.objective - best.objective) > 1e-6 * max(1.0, abs(best.objective)):
            raise AssertionError(
                f"the oracle contradicts itself: {course.broken}, {course.objective}, {best.objective}"
            )
    return best
