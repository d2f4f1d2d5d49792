"""The futures of a plan once more, in SimPy: projects, suppliers, cohorts, the treasury, and the office that migrates
cryptography, as processes of their own.

It reads the same `Orders` and the same `Desk`, that is the same luck, as `lotrinh.assessment.simulate`, and shares no
rule with it: claims on people and machines stand until they are given back, suppliers tell who relies on them, machines
are delivered by a process. So both can be held against each other, future by future, and one is a yardstick for the
pace of the other.

A quarter has seven phases, and in each every project has its turn in the order of priority: `Clock` makes one whole
number of the three, which is the time of the environment.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

SLACK = 1e-6
TOP = 5.0
WAITING, RUNNING, DELIVERED, FAILED, DROPPED, BARRED, ABANDONED = range(7)
PREDECESSOR, LEVEL, SUPPLIER, PEOPLE, MACHINES, MONEY = range(1, 7)
NEWS, YEAR, BEGIN, SETTLE, WORK, MIGRATE, CLOSE = range(7)
"""Phases of a quarter: suppliers go and come, the year opens, projects begin, flows are settled, all work, cryptography
is migrated, it ends.
"""
PROJECTS, TRAINING, EQUIPMENT, CORE, MIGRATION = range(5)

Steps = Generator[simpy.Event, None, None]
Pairs = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Task:
    """A project as it is commissioned; `gates` as (position on the desk, share of the work)."""

    index: int
    planned: int
    reserve: bool
    locked: int
    earliest: int
    give_up: int
    duration: int
    cost: float
    trend: float
    maturing: float
    planned_cost: float
    gates: Pairs
    marks: tuple[list[float], list[float]]
    people: Pairs
    machines: Pairs
    needs: Pairs
    before: Pairs
    relies: Pairs
    gains: list[tuple[int, int, float]]

    def paid(self, share: float) -> float:
        """Return the share of the money that is spent by a share of the work."""
        at, money = self.marks
        if share >= 1.0:
            return money[-1]
        n = min(max(bisect_right(at, share) - 1, 0), len(at) - 2)
        return money[n] + (money[n + 1] - money[n]) * (share - at[n]) / (at[n + 1] - at[n])

    def likely(self, t: int, trend: float) -> float:
        """Return the likely cost of a start in a quarter."""
        return self.cost * (1.0 + trend) ** (t / 4.0)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A class of cryptography to be migrated: by which quarter how many items, by whom, at what cost, after what."""

    index: int
    due: list[float]
    cost: float
    efforts: Pairs
    after: list[int]


@dataclass(frozen=True)
class Commission:
    """Orders in plain Python: numbers and lists, read once for all futures."""

    tasks: list[Task]
    projects: int
    capabilities: list[tuple[float, float, float]]
    foundations: list[tuple[int, int, float]]
    people_start: list[float]
    known_gone: list[int]
    flows: list[dict[str, Any]]
    intakes: list[dict[str, Any]]
    kinds: list[dict[str, Any]]
    sites: list[dict[str, Any]]
    bought: list[list[float]]
    restored: list[list[float]]
    assignments: list[Assignment]
    years: list[dict[str, Any]]
    year_of: list[int]
    rules: dict[str, Any]

    @property
    def horizon(self) -> int:
        return len(self.year_of)


def commission(orders: Any) -> Commission:
    """Return orders in plain Python."""
    rows = orders.rows.tolist()

    def pairs(one: Any, name: str) -> Pairs:
        return [(what, amount) for what, _, _, amount in rows[int(one[name]) : int(one[f"{name}_end"])]]

    def task(index: int) -> Task:
        one = orders.projects[index]
        gates, marks, gains = (rows[int(one[name]) : int(one[f"{name}_end"])] for name in ("gates", "marks", "gains"))
        whole = ("planned", "earliest", "give_up", "duration")
        money = ("cost", "trend", "maturing", "planned_cost")
        return Task(
            index=index,
            reserve=bool(one["reserve"]),
            locked=int(one["locked"]),
            gates=[(place, at) for _, place, at, _ in gates],
            marks=([at for _, _, at, _ in marks], [share for _, _, _, share in marks]),
            gains=[(what, place, levels) for what, place, _, levels in gains],
            **{name: int(one[name]) for name in whole},
            **{name: float(one[name]) for name in money},
            **{name: pairs(one, name) for name in ("people", "machines", "needs", "before", "relies")},
        )

    def records(table: Any) -> list[dict[str, Any]]:
        return [dict(zip(table.dtype.names, row, strict=True)) for row in table.tolist()]

    def assignment(one: Any) -> Assignment:
        index = int(one["what"])
        after = [project for project, _ in pairs(one, "enabled")]
        return Assignment(index, orders.wanted[index].tolist(), float(one["cost"]), pairs(one, "efforts"), after)

    flows, kinds = records(orders.flows), records(orders.kinds)
    for one in flows:
        one["joins"] = [(what, amount) for what, _, _, amount in rows[one["joins"] : one["joins_end"]]]
    for one in kinds:
        one["supply"] = [what for what, _, _, _ in rows[one["supply"] : one["supply_end"]]]
    return Commission(
        tasks=[task(int(index)) for index in orders.order],
        projects=len(orders.projects),
        capabilities=orders.capabilities.tolist(),
        foundations=[(what, other, weight) for what, other, _, weight in orders.foundations.tolist()],
        people_start=orders.people_start.tolist(),
        known_gone=orders.known_gone.tolist(),
        flows=flows,
        intakes=records(orders.intakes),
        kinds=kinds,
        sites=records(orders.sites),
        bought=orders.bought.tolist(),
        restored=orders.restored.tolist(),
        assignments=[assignment(one) for one in orders.classes],
        years=records(orders.years),
        year_of=orders.year_of.tolist(),
        rules=records(orders.rules)[0],
    )


@dataclass(frozen=True)
class Luck:
    """What chance brings to one future, in plain Python; names as on the desk."""

    length: list[float]
    cost: list[float]
    extent: list[float]
    serves: list[float]
    failure_share: list[float]
    luck: list[float]
    chance: list[float]
    factor: list[float]
    decay: list[float]
    loss: list[float]
    leave: list[list[float]]
    completes: list[float]
    price: list[float]
    cash: list[float]
    out: Any

    @classmethod
    def of(cls, desk: Any, i: int) -> Luck:
        """Return the luck of future `i` of a desk."""
        now, gates = desk.now[i], desk.gates[i]
        return cls(
            **{name: now[name].tolist() for name in ("length", "cost", "extent", "serves", "failure_share")},
            luck=gates["luck"].tolist(),
            chance=gates["chance"].tolist(),
            factor=desk.gains["factor"][i].tolist(),
            decay=desk.decay[i].tolist(),
            loss=desk.loss[i].tolist(),
            leave=desk.leave[i].tolist() if len(desk.leave) else [],
            completes=desk.entered["completes"][i].tolist(),
            price=desk.price[i].tolist(),
            cash=desk.cash["factor"][i].tolist(),
            out=desk.out[i],
        )


class Clock:
    """Time of the environment: a whole number for each turn of each phase of each quarter."""

    TURNS = 1 << 16

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env

    def at(self, quarter: int, phase: int, turn: int = 0) -> simpy.Event:
        """Return the event of a turn to come."""
        return self.env.timeout((quarter * (CLOSE + 1) + phase) * self.TURNS + turn - self.env.now)


@dataclass(slots=True)
class Pool:
    """People of one skill: how many there are, what teaching takes, what projects want, what migration takes, who will
    join when.
    """

    people: float
    teaching: float = 0.0
    wanted: float = 0.0
    migrating: float = 0.0
    joins: dict[int, float] = field(default_factory=dict)

    @property
    def able(self) -> float:
        return self.people - self.teaching

    @property
    def idle(self) -> float:
        """Whom neither teaching nor projects nor migration so far wants."""
        return max(0.0, self.able - self.wanted - self.migrating)


@dataclass(slots=True)
class Cohort:
    """People who entered a flow together; `part` of the intake as planned."""

    number: int
    intake: dict[str, Any]
    flow: dict[str, Any]
    part: float

    @property
    def entrants(self) -> float:
        return self.part * self.intake["entrants"]

    @property
    def fee(self) -> float:
        """Millions a quarter."""
        return self.entrants * self.flow["cost"] / self.flow["duration"]

    def quarters(self, first: int, end: int) -> int:
        """Return how many of the quarters it learns in."""
        return max(0, min(end, self.intake["entry"] + self.flow["duration"]) - max(first, self.intake["entry"]))


class Supplier:
    """A supplier that withdraws and returns, or goes for good as announced; it tells the projects that rely on it."""

    def __init__(self, world: World, index: int) -> None:
        self.world, self.index = world, index
        self.withdrawn = self.announced = False
        self.relying: list[Project] = []

    def changes(self) -> Iterator[tuple[int, bool, bool]]:
        """Yield (quarter, withdrawn, gone as announced) whenever one of them changes."""
        out, gone = self.world.luck.out[self.index], self.world.plan.known_gone[self.index]
        turns = {int(t) + 1 for t in np.flatnonzero(out[1:] != out[:-1])} | {gone} | ({0} if out[0] else set())
        for t in sorted(turns):
            if t < len(out):
                yield t, bool(out[t]), t >= gone

    def life(self) -> Steps:
        for t, withdrawn, announced in self.changes():
            yield self.world.clock.at(t, NEWS)
            self.withdrawn, self.announced = withdrawn, announced
            for project in self.relying:
                project.hear()


class Treasury:
    """The money of each year, what is promised of it, the purse for migration, and the machines bought."""

    def __init__(self, world: World) -> None:
        plan = world.plan
        self.world = world
        self.free, self.carry, self.freed, self.core, self.purse = 0.0, 0.0, 0.0, 1.0, 0.0
        self.failed = False
        self.left = [0.0] * len(plan.years)
        self.deferred = [0.0] * len(plan.sites)
        self.hosting = [site["stock"] > 0.0 for site in plan.sites]
        self.units = [site["stock"] for site in plan.sites]
        self.coming: list[tuple[int, int, float]] = []
        self.known: dict[bool, tuple[int, list[float]]] = {}

    def life(self) -> Steps:
        for y, year in enumerate(self.world.plan.years):
            yield self.world.clock.at(year["first"], YEAR)
            self.open(y, year["first"], year["end"])
            yield self.world.clock.at(year["first"], SETTLE)
            for w, flow in enumerate(self.world.plan.flows):
                self.settle(w, flow, year["first"], year["end"])
            yield self.world.clock.at(year["end"] - 1, CLOSE, 1)
            self.left[y] = self.free + self.purse
            budget = year["budget"] * self.world.luck.cash[y]
            self.carry = min(self.left[y], self.world.plan.rules["carry_over"] * budget)

    def open(self, y: int, t: int, end: int) -> None:
        """Pay what is promised, let people in, order machines."""
        plan, luck, world = self.world.plan, self.world.luck, self.world
        self.free = self.carry + plan.rules["over"] * plan.years[y]["budget"] * luck.cash[y]
        self.free -= sum(cohort.fee * cohort.quarters(t, end) for cohort in world.cohorts)
        for h, site in enumerate(plan.sites):
            kind = plan.kinds[site["kind"]]
            upkeep = kind["upkeep"] * luck.price[site["kind"]]
            late = sum(units * max(0, end - when) for when, where, units in self.coming if where == h)
            self.free -= upkeep * (self.units[h] * (end - t) + late) + site["hosts"] * kind["site_cost"] * (end - t)
        core = sum(
            cost * sum(levels[t:end]) for (_, _, cost), levels in zip(plan.capabilities, plan.restored, strict=True)
        )
        new = [
            Cohort(n, intake, plan.flows[intake["flow"]], 1.0)
            for n, intake in enumerate(plan.intakes)
            if intake["entry"] == t
        ]
        fees = sum(cohort.fee * cohort.quarters(t, end) for cohort in new)
        part = self.core = 1.0
        if fees > 0.0 and self.free - core - fees < -SLACK:
            part = max(0.0, min(1.0, (self.free - core) / fees))
        if core > 0.0 and self.free - core < -SLACK:
            self.core = max(0.0, min(1.0, self.free / core))
        self.free -= part * fees + self.core * core
        for cohort in new:
            cohort.part = part
            world.env.process(world.teach(cohort))
        for h in range(len(plan.sites)):
            self.order(h, y, t, end)
        if self.carry < self.purse:  # what lapses or pays a debt is lost to it
            self.purse = max(0.0, self.carry)
        self.purse = max(0.0, min(plan.years[y]["migration"] + self.purse, self.free))
        self.free -= self.purse

    def in_hand(self, t: int) -> float:
        """Return the money for migration: the purse, and at the end of a year what the projects have left of it."""
        last = t == self.world.plan.years[self.world.plan.year_of[t]]["end"] - 1
        return self.purse + max(0.0, self.free) if last else self.purse

    def pay_migration(self, amount: float) -> None:
        beyond = max(0.0, amount - self.purse)
        self.purse -= amount - beyond
        self.free -= beyond

    def order(self, h: int, y: int, t: int, end: int) -> None:
        """Order what the plan wants at a site, and what it could not order before; or put it off for a year."""
        plan, number = self.world.plan, self.world.plan.sites[h]["kind"]
        wanted = plan.bought[h][y] + self.deferred[h]
        if wanted <= 0.0:
            return
        kind, factor = plan.kinds[number], self.world.luck.price[number]
        sellers = [self.world.suppliers[c] for c in kind["supply"]]
        sold = not sellers or any(not (one.announced or one.withdrawn) for one in sellers)
        arrives = t + kind["lead_time"]
        price = wanted * kind["price"] * factor
        cost = price + wanted * kind["upkeep"] * factor * max(0, end - arrives)
        if not sold or cost > self.free + SLACK:
            self.deferred[h] = wanted
            return
        self.deferred[h], self.hosting[h] = 0.0, True
        self.free -= cost
        self.world.spend[EQUIPMENT][t] += price
        self.world.env.process(self.deliver(h, arrives, t, wanted))

    def deliver(self, h: int, arrives: int, t: int, units: float) -> Steps:
        """Bring machines to a site when they are due."""
        if arrives > t:
            parcel = (arrives, h, units)
            self.coming.append(parcel)
            yield self.world.clock.at(arrives, NEWS)
            self.coming.remove(parcel)
        self.units[h] += units
        self.world.machines[self.world.plan.sites[h]["pool"]] += units

    def settle(self, w: int, flow: dict[str, Any], t: int, end: int) -> None:
        """Hold a flow to what it can take in without the project it needs."""
        project = self.world.projects.get(flow["project"])
        if flow["project"] < 0 or (project is not None and project.started <= t):
            return
        new = [one for one in self.world.cohorts if one.intake["flow"] == w and one.intake["entry"] == t]
        whole = sum(cohort.entrants for cohort in new)
        if whole <= flow["alone"] + SLACK:
            return
        for cohort in new:
            before, fee = cohort.entrants, cohort.fee
            cohort.part *= flow["alone"] / whole
            self.free += (fee - cohort.fee) * cohort.quarters(t, end)
            self.world.pools[cohort.intake["skill"]].teaching -= (before - cohort.entrants) * flow["teachers"]

    def bears(self, project: Project, t: int, early: bool) -> bool:
        """Return whether the budgets of all years bear a project beside what runs; where it is early or of the reserve
        list, beside what is still planned, too.
        """
        plan, task = self.world.plan, project.task
        wanted = self.promised(t, False)
        if early:
            wanted = [a + b for a, b in zip(wanted, self.promised(t, True), strict=True)]
        self.forecast(wanted, task, t, task.likely(t, task.trend))
        if early and not task.reserve:
            self.forecast(wanted, task, max(t, task.planned), -task.planned_cost)
        left = self.free
        for y in range(plan.year_of[t], len(plan.years)):
            if y > plan.year_of[t]:
                most = plan.rules["carry_over"] * plan.years[y - 1]["budget"]
                left = min(left, most) + plan.rules["over"] * plan.years[y]["budget"] - plan.years[y]["fixed"]
            left -= wanted[y]
            if left < -SLACK and wanted[y] > 0.0:
                return False
        return True

    def promised(self, t: int, planned: bool) -> list[float]:
        """Return what all that runs, or all that is planned and waits, will want in each year; summed up anew whenever
        something changed.
        """
        version, found = self.known.get(planned, (-1, []))
        if version != self.world.version:
            found = [0.0] * len(self.world.plan.years)
            for one in self.world.projects.values():
                task = one.task
                if not planned and one.status == RUNNING:
                    self.forecast(found, task, t, one.actual, one.work, one.length)
                elif planned and one.status == WAITING and not task.reserve:
                    self.forecast(found, task, max(t, task.planned), task.planned_cost)
            self.known[planned] = self.world.version, found
        return found.copy()

    def forecast(
        self, wanted: list[float], task: Task, t: int, cost: float, work: float = 0.0, length: float = 0.0
    ) -> None:
        """Add what a project will want in each year at full pace from quarter t on."""
        plan, length = self.world.plan, length or float(task.duration)
        paid = task.paid(work / length)
        for y in range(plan.year_of[t] if t < plan.horizon else len(plan.years), len(plan.years)):
            if work >= length - SLACK:
                return
            work += plan.years[y]["end"] - max(t, plan.years[y]["first"])
            by_then = task.paid(work / length)
            wanted[y] += cost * (by_then - paid)
            paid = by_then


class Project:
    """A project: it waits for its turn, works quarter by quarter, and ends one way or another."""

    def __init__(self, world: World, task: Task, turn: int) -> None:
        self.world, self.task, self.turn, index = world, task, turn, task.index
        luck, horizon = world.luck, world.plan.horizon
        self.length, self.price = luck.length[index], luck.cost[index]
        self.status, self.reason, self.still, self.gate = WAITING, 0, 0, 0
        self.started, self.stopped, self.delivered = horizon, horizon, horizon + 1
        self.work = self.done = self.actual = self.committed = self.chance = self.product = 0.0
        self.lost, self.halts, self.claims, self.total = 0.0, False, False, 0.0
        for supplier, _ in task.relies:
            world.suppliers[supplier].relying.append(self)

    def life(self) -> Steps:
        clock, horizon, task = self.world.clock, self.world.plan.horizon, self.task
        t = 0
        if task.planned < 0:
            self.resume()
        while self.status == WAITING and t < horizon:
            yield clock.at(t, BEGIN, self.turn)
            if not self.begin(t):
                t += 1
        if self.status == RUNNING:
            yield clock.at(t, WORK, self.turn)
        while self.status == RUNNING:
            self.labour(t)
            t += 1
            yield clock.at(t, WORK if self.status == RUNNING and t < horizon else NEWS, self.turn)
            if t == horizon and self.status == RUNNING:
                self.stopped = horizon
                return
        if self.started < horizon:
            self.leave()

    def resume(self) -> None:
        """Stand where a project stands that began before the programme."""
        task = self.task
        self.status, self.started, self.work = RUNNING, task.planned, float(-task.planned)
        self.actual = self.committed = task.cost * self.price
        self.chance = self.odds(0)
        self.done = task.paid(self.work / self.length)
        self.gate = 0
        while self.gate < len(task.gates) and task.gates[self.gate][1] * self.length <= self.work + SLACK:
            self.gate += 1
        self.take()

    def passes(self, gate: int, start: int) -> float:
        """Return the chance of a gate of a project that begins in a quarter."""
        return 1.0 - (1.0 - self.world.luck.chance[gate]) * (1.0 - self.task.maturing) ** (max(start, 0) / 4.0)

    def odds(self, start: int) -> float:
        return math.prod(self.passes(gate, start) for gate, _ in self.task.gates)

    def gone(self) -> tuple[float, float]:
        """Return the share of the project whose suppliers withdrew, and that whose suppliers left as announced; what
        the data lock goes on without these.
        """
        suppliers = self.world.suppliers
        announced = sum(share for c, share in self.task.relies if suppliers[c].announced and self.task.locked != 1)
        withdrew = sum(share for c, share in self.task.relies if suppliers[c].withdrawn and not suppliers[c].announced)
        return withdrew, announced

    def hear(self) -> None:
        """Take note of the suppliers; who stands still for want of them leaves the people to others."""
        withdrew, announced = self.gone()
        self.lost, self.halts = withdrew, withdrew + announced > self.world.plan.rules["goes_on_without"]
        if self.status == RUNNING and self.claims == self.halts:
            self.claim(not self.halts)

    def claim(self, claims: bool) -> None:
        self.claims = claims
        for skill, fte in self.task.people:
            self.world.pools[skill].wanted += fte if claims else -fte

    def take(self) -> None:
        """Take machines, and people unless the project stands still."""
        for pool, units in self.task.machines:
            self.world.machines[pool] -= units
        self.hear()

    def leave(self) -> None:
        """Give machines and people back."""
        for pool, units in self.task.machines:
            self.world.machines[pool] += units
        if self.claims:
            self.claim(False)

    def begin(self, t: int) -> bool:
        """Begin where nothing stands in the way; else wait, or be dropped."""
        treasury, task = self.world.treasury, self.task
        reason = self.obstacle(t)
        if self.status > RUNNING:
            treasury.failed = True
            treasury.freed += task.planned_cost
            self.world.version += 1
        elif reason > 0:
            self.reason = reason
        elif reason == 0:
            self.status, self.started = RUNNING, t
            self.actual = self.committed = task.likely(t, task.trend) * self.price
            self.chance = self.odds(t)
            treasury.freed += (0.0 if task.reserve else task.planned_cost) - self.actual
            self.world.version += 1
            self.take()
        return self.status == RUNNING

    def obstacle(self, t: int) -> int:
        """Return what a project waits for, 0 for nothing, -1 where it is not its time; drop it where it has passed."""
        world, task, treasury = self.world, self.task, self.world.treasury
        if task.locked:
            return self.crowded() if t >= task.planned else -1
        if t > task.give_up:
            self.status = WAITING if task.reserve else DROPPED
            return -1
        early = t < task.planned
        if t < task.earliest or (early and not treasury.failed):
            return -1
        if early and not task.reserve and not world.plan.rules["ahead"]:
            return -1
        if task.reserve and task.likely(t, task.trend) > treasury.freed + SLACK:
            return MONEY
        for index, lag in task.before:
            other = world.projects.get(index)
            if other is None or other.status >= FAILED:
                self.status = WAITING if task.reserve else BARRED
                return -1
            if other.status != DELIVERED or other.stopped + lag > t:
                return PREDECESSOR
        if any(world.usable[k][t] < level - SLACK for k, level in task.needs):
            return LEVEL
        if sum(self.gone()) > world.plan.rules["goes_on_without"]:
            return SUPPLIER
        if lacks := self.crowded():
            return lacks
        return 0 if treasury.bears(self, t, early) else MONEY

    def crowded(self) -> int:
        """Return what there is no room for, people or machines; 0 where there is."""
        if any(self.world.pools[s].able - self.world.pools[s].wanted < fte - SLACK for s, fte in self.task.people):
            return PEOPLE
        if any(self.world.machines[pool] < units - SLACK for pool, units in self.task.machines):
            return MACHINES
        return 0

    def labour(self, t: int) -> None:
        """Work for a quarter, then hold the gates that are reached."""
        world, task, treasury = self.world, self.task, self.world.treasury
        pace = 1.0
        for skill, _ in task.people:
            pool = world.pools[skill]
            if pool.wanted > 0.0 and pool.wanted > pool.able + SLACK:
                pace = min(pace, max(0.0, pool.able) / pool.wanted)
        work = min(self.length, self.work + pace * (1.0 - self.lost))
        done = task.paid(work / self.length)
        worth = self.actual * (done - self.done)
        bill = worth / (1.0 - self.lost) if self.lost < 1.0 else 0.0
        if pace <= 0.0 or self.halts or bill > treasury.free + SLACK:
            self.still += 1
            if self.still >= world.plan.rules["wait"]:
                self.end(t, ABANDONED, world.luck.failure_share[task.index] * self.work / self.length)
            return
        self.still, self.work, self.done = 0, work, done
        self.total += bill
        world.spend[PROJECTS][t] += bill
        treasury.free -= bill
        treasury.freed += worth - bill
        for gate, at in task.gates[self.gate :]:
            if at * self.length > work + SLACK:
                break
            if world.luck.luck[gate] >= self.passes(gate, self.started):
                self.end(t, FAILED, world.luck.failure_share[task.index])
                return
            self.gate += 1
        if work >= self.length - SLACK:
            self.end(t, DELIVERED, world.luck.extent[task.index])
            self.product = world.luck.serves[task.index]

    def end(self, t: int, status: int, extent: float) -> None:
        """End; what was learnt stands from the next quarter on, and what is not spent is free for others."""
        self.status = status
        self.stopped = self.delivered = t + 1
        for capability, row, levels in self.task.gains:
            self.world.gained[row] = levels * extent * self.world.luck.factor[row]
            self.world.added[capability] += self.world.gained[row]
        if status != DELIVERED:
            self.world.treasury.failed = True
            self.world.treasury.freed += self.actual * (1.0 - self.done)


class Office:
    """Migrates what the plan wants by now, with the people whom the projects leave; the worst class comes first."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done = {one.index: [0.0] for one in world.plan.assignments}

    def life(self) -> Steps:
        for t in range(self.world.plan.horizon):
            yield self.world.clock.at(t, MIGRATE)
            for pool in self.world.pools:
                pool.migrating = 0.0
            for one in self.world.plan.assignments:
                self.migrate(one, t)

    def migrate(self, one: Assignment, t: int) -> None:
        """Migrate items of a class for a quarter."""
        treasury, pools, before = self.world.treasury, self.world.pools, self.done[one.index][t]
        count = max(0.0, one.due[t] - before) if self.enabled(one, t) else 0.0
        for skill, effort in one.efforts:
            count = within(count, effort, pools[skill].idle)
        money = treasury.in_hand(t)
        count = within(count, one.cost, money)
        for skill, effort in one.efforts:
            pools[skill].migrating += count * effort
        treasury.pay_migration(count * one.cost)
        self.world.spend[MIGRATION][t] += count * one.cost
        self.done[one.index].append(before + count)

    def enabled(self, one: Assignment, t: int) -> bool:
        """Return whether all that a class needs has been delivered before a quarter."""
        needs = [self.world.projects.get(index) for index in one.after]
        return all(project and project.status == DELIVERED and project.stopped <= t for project in needs)


def within(count: float, each: float, there: float) -> float:
    """Return how many items there is enough for, each taking so much."""
    return there / each if count * each > there + SLACK else count


class World:
    """One future: its environment, everybody in it, and the record of what happens."""

    def __init__(self, plan: Commission, luck: Luck) -> None:
        self.plan, self.luck = plan, luck
        self.env = simpy.Environment()
        self.clock = Clock(self.env)
        self.version = 0
        self.pools = [Pool(people) for people in plan.people_start]
        self.machines = [0.0] * plan.rules["pools"]
        for site in plan.sites:
            self.machines[site["pool"]] += site["stock"]
        self.suppliers = [Supplier(self, c) for c in range(len(plan.known_gone))]
        self.cohorts: list[Cohort] = []
        self.treasury = Treasury(self)
        self.office = Office(self)
        self.projects = {task.index: Project(self, task, turn) for turn, task in enumerate(plan.tasks)}
        horizon = plan.horizon
        self.level = [[start] for start, _, _ in plan.capabilities]
        self.usable: list[list[float]] = [[] for _ in plan.capabilities]
        self.carry_levels(0)
        self.people = [[pool.people] for pool in self.pools]
        self.demand: list[list[float]] = [[] for _ in self.pools]
        self.holding: list[list[float]] = [[] for _ in plan.sites]
        self.spend = [[0.0] * horizon for _ in range(5)]
        self.added, self.gained = [0.0] * len(plan.capabilities), [0.0] * len(luck.factor)
        self.completed = [0.0] * len(plan.intakes)
        for one in (*self.suppliers, self.treasury, *self.projects.values(), self.office, self):
            self.env.process(one.life())

    def run(self) -> World:
        self.env.run()
        return self

    def life(self) -> Steps:
        """End every quarter: pay what stands; people come and go, levels rise and fall."""
        for t in range(self.plan.horizon):
            yield self.clock.at(t, CLOSE)
            self.pay(t)
            self.hold_levels(t)
            for skill, pool in enumerate(self.pools):
                self.demand[skill].append(pool.wanted + pool.teaching + pool.migrating)
                pool.people += pool.joins.get(t + 1, 0.0) - self.leavers(skill, pool.people, t)
                self.people[skill].append(pool.people)
            self.version += 1

    def teach(self, cohort: Cohort) -> Steps:
        """Teach those who entered together; who completes joins the pool bit by bit."""
        pool, entry = self.pools[cohort.intake["skill"]], cohort.intake["entry"]
        self.cohorts.append(cohort)
        pool.teaching += cohort.entrants * cohort.flow["teachers"]
        yield self.clock.at(entry, WORK)
        complete = cohort.part * self.luck.completes[cohort.number]
        self.completed[cohort.number] = complete
        for after, fte in cohort.flow["joins"]:
            pool.joins[entry + after] = pool.joins.get(entry + after, 0.0) + complete * fte
        yield self.clock.at(entry + cohort.flow["duration"], NEWS)
        self.cohorts.remove(cohort)
        pool.teaching -= cohort.entrants * cohort.flow["teachers"]

    def pay(self, t: int) -> None:
        """Pay the upkeep of machines and sites, and those who learn."""
        for h, site in enumerate(self.plan.sites):
            kind, units = self.plan.kinds[site["kind"]], self.treasury.units[h]
            self.holding[h].append(units)
            upkeep = kind["upkeep"] * self.luck.price[site["kind"]] * units
            self.spend[EQUIPMENT][t] += upkeep + site["hosts"] * kind["site_cost"]
        self.spend[TRAINING][t] = sum(cohort.fee for cohort in self.cohorts)

    def hold_levels(self, t: int) -> None:
        """Restore what core funding can, and let the rest fade."""
        for k, (_, share, cost) in enumerate(self.plan.capabilities):
            level, decay = self.level[k][t], self.luck.decay[k]
            funded = self.treasury.core * self.plan.restored[k][t]
            kept = min(funded, share * decay * level)
            self.treasury.free += cost * (funded - kept)
            self.spend[CORE][t] += cost * kept
            self.level[k].append((1.0 - decay) * level + kept + self.added[k])
            self.added[k] = 0.0
        self.carry_levels(t + 1)

    def carry_levels(self, t: int) -> None:
        """Write the usable levels: no more than the level, the top of the scale, and what the foundations carry."""
        for k, levels in enumerate(self.level):
            self.usable[k].append(min(levels[t], TOP))
        for k, other, weight in self.plan.foundations:
            self.usable[k][t] = min(self.usable[k][t], self.usable[other][t] / weight)

    @property
    def migrated(self) -> list[list[float]]:
        """Items of each class that have been migrated at each state."""
        return [self.office.done[index] for index in sorted(self.office.done)]

    def leavers(self, skill: int, people: float, t: int) -> float:
        """Return how many leave in a quarter: of whole people by the binomial distribution, of the rest their share."""
        rate, whole = self.luck.loss[skill], math.floor(people)
        if not self.luck.leave:
            return rate * people
        u, chance = self.luck.leave[skill][t], (1.0 - rate) ** whole
        if chance <= 0.0:
            return rate * people
        gone, below = 0, chance
        while u > below and gone < whole:
            chance *= (whole - gone) / (gone + 1) * rate / (1.0 - rate)
            gone += 1
            below += chance
        return gone + rate * (people - whole)


OF_PROJECTS = {
    name: name
    for name in ("status", "started", "stopped", "delivered", "reason", "still", "gate", "work", "done", "product")
} | {"chance": "chance", "committed": "committed", "project_spend": "total"}
"""What is recorded of every project, and its name in `Project`."""


def play(orders: Any, desk: Any, futures: range | None = None) -> dict[str, Any]:
    """Return what becomes of the futures of a desk, by name; the first axis of every array is the future."""
    plan = commission(orders)
    worlds = [World(plan, Luck.of(desk, i)).run() for i in futures or range(len(desk.now))]
    found = {
        name: np.array([getattr(world, name) for world in worlds])
        for name in ("level", "usable", "people", "demand", "holding", "spend", "gained", "completed", "migrated")
    }
    found["left"] = np.array([world.treasury.left for world in worlds])
    found["hosting"] = np.array([world.treasury.hosting for world in worlds])
    for name, attribute in OF_PROJECTS.items():
        rest = plan.horizon + (name == "delivered") if name in ("started", "stopped", "delivered") else 0
        found[name] = np.full((len(worlds), plan.projects), rest, dtype=float)
        for n, world in enumerate(worlds):
            for index, project in world.projects.items():
                found[name][n, index] = getattr(project, attribute)
    return found


def compiled(futures: Any) -> dict[str, Any]:
    """Return the same names from the futures of `lotrinh.assessment.simulate`."""
    paths, now = futures.paths, futures.desk.now
    found = {
        name: getattr(paths, name) for name in ("level", "usable", "people", "demand", "holding", "gained", "migrated")
    }
    found |= {name: now[name] for name in OF_PROJECTS if name != "project_spend"}
    found["spend"] = np.stack(list(paths.spend.values()), axis=1)
    found["project_spend"] = paths.project_spend.sum(axis=2)
    found |= {"completed": futures.desk.entered["completed"], "left": futures.left, "hosting": paths.hosting}
    return found


def objective(q: Any, found: dict[str, Any], qday: Any) -> Any:
    """Return the objective of each future, by ``docs/decisions/0001-model-in-detail.md`` and the plain rows."""
    s, horizon = q.programme.settings, q.horizon
    discount = [(1.0 + s.discount) ** (-t / 4.0) for t in range(horizon + 1)]
    total = np.zeros(len(found["level"]))
    for k, row in enumerate(q.programme.capabilities):
        usable = found["usable"][:, k]
        worth = np.minimum(usable, row.target + s.above_target * (usable - row.target))
        course = sum(discount[t] * worth[:, t] / 4.0 for t in range(horizon))
        total += q.weight[k] * (course + s.terminal * discount[horizon] * worth[:, horizon])
    for p, row in enumerate(q.programme.projects):
        if row.product_value:
            for n, (since, chance) in enumerate(zip(found["delivered"][:, p], found["product"][:, p], strict=True)):
                served = sum(discount[t] / 4.0 for t in range(int(since), horizon))
                served += s.terminal * discount[horizon] * (since <= horizon)
                total[n] += s.product_weight * row.product_value * chance * served
    total += q.exposure_without - s.exposure_weight * exposure(q, found, qday, discount)
    return total - s.money_weight * found["spend"].sum(axis=1) @ np.array(discount[:horizon])


def exposure(q: Any, found: dict[str, Any], qday: Any, discount: list[float]) -> Any:
    """Return what each future loses with what it has not migrated; the last state stands for all years after."""
    s, total = q.programme.settings, np.zeros(len(qday))
    weight = [*discount[: q.horizon], 4.0 * s.terminal * discount[q.horizon]]
    for n, day in enumerate(qday):
        for a, row in enumerate(q.programme.migration):
            for t, left in enumerate(row.items - np.reshape(found["migrated"][n], (-1, q.horizon + 1))[a]):
                total[n] += weight[t] * left * row.value * loss(row, t, day + 4.0 * row.offset)
    return total


def loss(row: Any, t: int, day: float) -> float:
    """Return what an item loses in a quarter for one unit of its value, with the Q-day of its class."""
    if row.function == "already_weak":
        return 0.25
    if row.function == "key_establishment":
        return 0.25 * (day <= t + 0.5 + 4.0 * row.shelf_life)
    comes = day <= t + 1 if t == 0 else t < day <= t + 1
    return 0.25 * (day <= t + 0.5) + row.trust_life * comes


def by_year(q: Any, spend: Any) -> Any:
    """Return money by purpose and calendar year, (S, purposes, Y)."""
    return np.stack([spend[:, :, q.year_of == y].sum(axis=2) for y in range(len(q.years))], axis=2)


def apart(found: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    """Return the largest difference of each quantity."""
    return {name: float(gaps(found[name], other[name]).max(initial=0.0)) for name in found}


def gaps(found: Any, other: Any) -> Any:
    """Return every difference; what a programme does not have, say machines, has no shape in plain Python."""
    return np.abs(np.reshape(found, np.shape(other)).astype(float) - other)
