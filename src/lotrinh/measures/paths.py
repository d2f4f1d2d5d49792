"""Paths: the course of every quantity over the horizon. A plan is one path, a simulated future is another.

Every array has a leading scenario axis of length S (1 for a plan), so a measure that reads paths serves both.
`follow` executes decisions by the rules of the model, quarter by quarter and without any solver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.quantities import LEVEL_TOP, Floats, Ints, Quantities
from lotrinh.measures.quantities.options import match

PURPOSES = ("projects", "training", "equipment", "core", "migration")
"""What money is spent on, in the order of `Paths.spend`."""


@dataclass(frozen=True)
class Decisions:
    """What a plan decides; everything else follows from it.

    Attributes
    ----------
    option: chosen option of each project, -1 where it is refused, shape (P,).
    entrants: people entering each intake, shape (N,).
    bought: units ordered at each site in each year, shape (H, Y).
    restored: levels restored by core funding in each quarter, shape (K, T).
    migrated: work items of each class migrated in each quarter, shape (A, T).
    """

    option: Ints
    entrants: Floats
    bought: Floats
    restored: Floats
    migrated: Floats

    @classmethod
    def nothing(cls, q: Quantities) -> Decisions:
        """Return that nothing is decided: no project, nobody, nothing bought, restored or migrated."""
        return cls(
            option=np.full(len(q.programme.projects), -1, dtype=np.int64),
            entrants=np.zeros(len(q.intake.flow)),
            bought=np.zeros((len(q.sites.equipment), len(q.years))),
            restored=np.zeros((len(q.level_start), q.horizon)),
            migrated=np.zeros((len(q.items), q.horizon)),
        )

    @property
    def chosen(self) -> Ints:
        """Options chosen, in the order of the projects."""
        return self.option[self.option >= 0]


@dataclass(frozen=True)
class Paths:
    """The course of every quantity. Axes: S scenarios, then as said; states have T+1 entries, flows have T.

    Attributes
    ----------
    quantities: the arrays of the programme that the paths belong to.
    level, usable: level and usable level of each capability, (S, K, T+1).
    people: FTE in each pool, (S, skills, T+1); `demand` FTE wanted by projects, teaching and migration, (S, skills, T).
    holding: units at each site, (S, H, T).
    spend: millions by purpose, each (S, T); `project_spend` tranches of each project, (S, P, T).
    mode: mode in which each project runs, -1 where it never does, (S, P).
    started, stopped: quarter in which each project begins, T where it never does, and the quarter after its last,
        (S, P); what began before the programme has a negative start.
    delivered: state at which each project leaves its gain, after T where it never does, (S, P).
    gained: levels that each row of the gains then adds, (S, gains).
    product: chance that the product of each project is in service from `delivered` on, (S, P).
    chance: chance of success that each project had when it began, (S, P); `committed` its whole cost, (S, P).
    completed: people of each intake who complete and stay, (S, N); `hosting` whether each site hosts, (S, H).
    depreciation: quarterly depreciation of each capability, (S or 1, K).
    migrated: work items migrated of each class, (S, A, T+1).
    exposed: loss of one item of each class in each quarter while not migrated, where Q-day is known, (S, A, T+1); none
        where it is expected.
    """

    quantities: Quantities
    level: Floats
    usable: Floats
    people: Floats
    demand: Floats
    holding: Floats
    spend: dict[str, Floats]
    project_spend: Floats
    mode: Ints
    started: Ints
    stopped: Ints
    delivered: Ints
    gained: Floats
    product: Floats
    chance: Floats
    committed: Floats
    completed: Floats
    hosting: NDArray[np.bool_]
    depreciation: Floats
    migrated: Floats
    exposed: Floats | None = None
    decisions: Decisions | None = field(default=None, repr=False)

    @cached_property
    def project_money(self) -> Floats:
        """Millions spent on each project in all, (S, P)."""
        return np.asarray(self.project_spend.sum(axis=-1))

    @property
    def field_spend(self) -> Floats:
        """Project money by field, (S, F, T)."""
        q = self.quantities
        member = q.project_field[:, None] == np.arange(len(q.programme.fields))[None, :]
        return np.asarray(np.einsum("spt,pf->sft", self.project_spend, member.astype(float)))

    @cached_property
    def money(self) -> Floats:
        """Millions spent in each quarter, (S, T)."""
        return np.asarray(sum(self.spend.values()))

    @cached_property
    def running(self) -> NDArray[np.bool_]:
        """Whether each project has begun and not ended, (S, P, T)."""
        quarter = np.arange(self.quantities.horizon)
        return np.asarray((quarter >= self.started[..., None]) & (quarter < self.stopped[..., None]))

    @property
    def served(self) -> Floats:
        """Chance that each project's product is in service, (S, P, T+1)."""
        state = np.arange(self.quantities.horizon + 1)
        return np.asarray(self.product[..., None] * (state >= self.delivered[..., None]))

    def served_at(self, state: int) -> Floats:
        """Chance that each project's product is in service at a state, (S, P)."""
        return np.asarray(self.product * (state >= self.delivered))

    @property
    def exposure_rate(self) -> Floats:
        """Loss of one item of each class in each quarter while not migrated, expected or known, (S or 1, A, T+1)."""
        return self.quantities.exposure_rate[None] if self.exposed is None else self.exposed

    @property
    def use(self) -> Floats:
        """Units held by projects in each place, (S, E, places, T)."""
        q = self.quantities
        found = np.zeros((len(self.level), len(q.price), len(q.programme.places), q.horizon))
        for mode, kind, units in zip(*q.mode_equipment, strict=True):
            p = q.mode_project[mode]
            mine = self.mode[:, p] == mode
            found[:, kind, q.project_place[p]] += units * (self.running[:, p] & mine[:, None])
        return found

    def relied(self, at: int) -> Floats:
        """Return the level at a state that would go with each withdrawal, (S, withdrawals, K)."""
        q = self.quantities
        project, capability, _ = q.gains
        since = at - self.delivered[:, project]
        kept = 1.0 - self.depreciation[:, capability]
        if len(kept) == 1 < len(since):  # the same in all futures: a table is quicker than powers
            powers = kept ** np.arange(q.horizon + 1)[:, None]
            kept = powers[np.maximum(since, 0), np.arange(len(project))]
        else:
            kept = kept ** np.maximum(since, 0)
        stands = self.gained * kept * (since >= 0)
        modes = np.flatnonzero(np.bincount(self.mode[self.mode >= 0], minlength=len(q.mode_project)))
        gain, mode = match(project, q.mode_project[modes])
        stands = stands[:, gain] * (self.mode[:, project[gain]] == modes[mode])
        relies = np.zeros((len(q.mode_project), len(q.withdrawals)))
        for w, (_, suppliers) in enumerate(q.withdrawals):
            relies[:, w] = q.mode_suppliers[:, suppliers].sum(axis=1)
        found = np.zeros((len(stands), len(q.withdrawals), len(q.level_start)))
        for k in np.unique(capability):
            mine = np.flatnonzero(capability[gain] == k)
            found[:, :, k] = stands[:, mine] @ relies[modes[mode[mine]]]
        return found


def usable_levels(level: Floats, foundations: tuple[tuple[int, int, float], ...]) -> Floats:
    """Return the largest usable levels: ``U[k] ≤ L[k]``, ``U[k] ≤ 5``, ``w·U[k] ≤ U[j]``; capabilities on axis -2."""
    usable = np.minimum(level, LEVEL_TOP)
    for k, j, weight in foundations:
        usable[..., k, :] = np.minimum(usable[..., k, :], usable[..., j, :] / weight)
    return usable


def follow(quantities: Quantities, decisions: Decisions) -> Paths:
    """Return the path of `decisions`: expected gains, planned dates, no chance involved."""
    q = quantities
    horizon = q.horizon
    gained = _gained(q, decisions)
    added = np.pad(decisions.restored, ((0, 0), (1, 0))) + q.level_drift
    project, capability, _ = q.gains
    there = decisions.option[project] >= 0
    np.add.at(added, (capability[there], q.options.end[decisions.option[project[there]]]), gained[there])
    level = _course(q, q.level_start, added)
    entrants = decisions.entrants

    joins = _gather((len(q.people_start), horizon + 1), q.intake.skill, q.intake_joins, entrants) + q.people_drift
    people = np.zeros_like(joins)
    people[:, 0] = q.people_start
    for t in range(horizon):
        people[:, t + 1] = (1.0 - q.loss) * people[:, t] + joins[:, t + 1]
    demand = _gather((len(q.people_start), horizon), q.intake.skill, q.intake_teaching, entrants)

    option, quarter, _ = q.options.at_work(horizon)
    works = np.isin(option, decisions.chosen)
    running = np.zeros((len(q.programme.projects), horizon), dtype=bool)
    running[q.options.project[option[works]], quarter[works]] = True
    for x in decisions.chosen:
        mine = q.mode_people[0] == q.options.mode[x]
        np.add.at(demand, q.mode_people[1][mine], q.mode_people[2][mine, None] * running[q.options.project[x]])
    demand += q.item_effort.T @ decisions.migrated

    holding = holdings(q, decisions.bought)
    hosting = (q.sites.stock + decisions.bought.sum(axis=1)) > 0
    spend, project_spend = _spend(q, decisions, holding, hosting)
    chosen = decisions.chosen
    p = q.options.project[chosen]
    projects = len(q.programme.projects)
    mode = np.full(projects, -1)
    started, stopped, delivered = np.full(projects, horizon), np.full(projects, horizon), np.full(projects, horizon + 1)
    product, chance, committed = np.zeros(projects), np.zeros(projects), np.zeros(projects)
    mode[p], started[p], stopped[p] = q.options.mode[chosen], q.options.start[chosen], q.options.end[chosen]
    delivered[p] = q.options.end[chosen]
    product[p] = q.options.chance[chosen] * q.chain_chance[p]
    chance[p], committed[p] = q.options.chance[chosen], q.options.cost[chosen]
    return Paths(
        quantities=q,
        level=level[None],
        usable=usable_levels(level, q.foundations)[None],
        people=people[None],
        demand=demand[None],
        holding=holding[None],
        spend={name: amount[None] for name, amount in spend.items()},
        project_spend=project_spend[None],
        mode=mode[None],
        started=started[None],
        stopped=stopped[None],
        delivered=delivered[None],
        gained=gained[None],
        product=product[None],
        chance=chance[None],
        committed=committed[None],
        completed=(entrants * q.intake_completes)[None],
        hosting=hosting[None],
        depreciation=q.depreciation[None],
        migrated=np.pad(np.cumsum(decisions.migrated, axis=1), ((0, 0), (1, 0)))[None],
        decisions=decisions,
    )


def _gained(q: Quantities, decisions: Decisions) -> Floats:
    """Return the expected levels that each row of the gains adds when its project ends, shape (gains,)."""
    project, _, levels = q.gains
    there = np.flatnonzero(decisions.option[project] >= 0)
    option = decisions.option[project[there]]
    found = np.zeros(len(project))
    found[there] = levels[there] * q.mode_gain[q.options.mode[option]] * q.option_extent[option]
    return found


def _course(q: Quantities, start: Floats, added: Floats) -> Floats:
    """Return the course of levels that depreciate and are added to at each state, (K, T+1)."""
    level = np.zeros_like(added)
    level[:, 0] = start
    for t in range(q.horizon):
        level[:, t + 1] = (1.0 - q.depreciation) * level[:, t] + added[:, t + 1]
    return level


def holdings(q: Quantities, bought: Floats) -> Floats:
    """Return the units in use or stock at each site in each quarter, shape (H, T)."""
    holding = np.repeat(q.sites.stock[:, None], q.horizon, axis=1)
    for y, ordered in enumerate(q.order_time):
        for site, units in enumerate(bought[:, y]):
            holding[site, ordered + q.lead_time[q.sites.equipment[site]] :] += units
    return holding


def _spend(
    q: Quantities, decisions: Decisions, holding: Floats, hosting: NDArray[np.bool_]
) -> tuple[dict[str, Floats], Floats]:
    """Return money by purpose, each (T,), and the tranches of each project, (P, T)."""
    option, quarter, amount = q.option_spend
    chosen = np.isin(option, decisions.chosen)
    tranches = np.zeros((len(q.programme.projects), q.horizon))
    np.add.at(tranches, (q.options.project[option[chosen]], quarter[chosen]), amount[chosen])
    training = np.zeros(q.horizon)
    intake, quarter, amount = q.intake_spend
    np.add.at(training, quarter, amount * decisions.entrants[intake])
    equipment = np.zeros(q.horizon)
    kind = q.sites.equipment
    np.add.at(equipment, q.order_time, q.price[kind] @ decisions.bought)
    equipment += q.upkeep[kind] @ holding
    equipment += float(q.site_cost[kind] @ hosting)
    spend = {
        "projects": tranches.sum(axis=0),
        "training": training,
        "equipment": equipment,
        "core": q.restore_cost @ decisions.restored,
        "migration": q.item_cost @ decisions.migrated,
    }
    return spend, tranches


def _gather(shape: tuple[int, int], row_of: Ints, rows: tuple[Ints, Ints, Floats], entrants: Floats) -> Floats:
    """Sum ``amount·entrants`` of every intake row into (skill, quarter)."""
    intake, quarter, amount = rows
    total = np.zeros(shape)
    np.add.at(total, (row_of[intake], quarter), amount * entrants[intake])
    return total


def by_year(paths: Paths, amount: Floats) -> Floats:
    """Sum quarterly amounts, (..., T), into calendar years, (..., Y)."""
    years = paths.quantities.year_of
    member = (years[:, None] == np.arange(len(paths.quantities.years))[None, :]).astype(float)
    return np.asarray(amount @ member)


def weighted(amount: Floats, weight: Floats) -> Floats:
    """Return the weighted sum over the last axis, (..., n) and (n,) to (...); a product of matrices would, in many
    futures, start threads within each of ours.
    """
    return np.asarray(np.einsum("...n,n->...", amount, weight))


def value(paths: Paths) -> Floats:
    """Return the objective of each scenario in weighted level-years, shape (S,): section 6 of the model. Exposure
    counts against that expected without any migration, a constant of the programme.
    """
    q = paths.quantities
    s = q.programme.settings
    target = q.target[None, :, None]
    worth = np.minimum(paths.usable, target + s.above_target * (paths.usable - target))
    now = q.discount[: q.horizon] / QUARTERS_PER_YEAR
    capability = worth[..., :-1] @ now + s.terminal * q.discount[-1] * worth[..., -1]
    product = np.array([row.product_value for row in q.programme.projects])
    ahead = q.years_ahead[paths.delivered]
    served = paths.product * (ahead + s.terminal * q.discount[-1] * (paths.delivered <= q.horizon))
    money = weighted(paths.money, q.discount[: q.horizon])
    products = weighted(served, product)
    lost = ((q.items[:, None] - paths.migrated) * paths.exposure_rate).sum(axis=1)
    removed = q.exposure_without - weighted(lost, q.exposure_discount)
    return np.asarray(weighted(capability, q.weight) + s.product_weight * products + removed - s.money_weight * money)
