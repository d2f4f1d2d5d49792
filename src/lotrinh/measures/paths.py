"""Paths: the course of every quantity over the horizon. A plan is one path, a simulated future is another.

Every array has a leading scenario axis of length S (1 for a plan), so a measure that reads paths serves both.
`follow` executes decisions by the rules of the model, quarter by quarter and without any solver.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lotrinh.measures.quantities import LEVEL_TOP, Floats, Ints, Quantities

PURPOSES = ("projects", "training", "equipment", "core")
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
    """

    option: Ints
    entrants: Floats
    bought: Floats
    restored: Floats

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
    people: FTE in each pool, (S, skills, T+1); `demand` FTE wanted by projects and teaching, (S, skills, T).
    holding: units at each site, (S, H, T); `use` units held at work in each place, (S, E, places, T).
    spend: millions by purpose, each (S, T); `field_spend` project money by field, (S, F, T).
    running: whether each project is at work, (S, P, T).
    served: chance that each project's product is in service, (S, P, T+1).
    """

    quantities: Quantities
    level: Floats
    usable: Floats
    people: Floats
    demand: Floats
    holding: Floats
    use: Floats
    spend: dict[str, Floats]
    field_spend: Floats
    running: NDArray[np.bool_]
    served: Floats
    decisions: Decisions | None = field(default=None, repr=False)

    @property
    def money(self) -> Floats:
        """Millions spent in each quarter, (S, T)."""
        return np.asarray(sum(self.spend.values()))


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
    level = _levels(q, decisions)
    entrants = decisions.entrants

    joins = _gather((len(q.people_start), horizon + 1), q.intake.skill, q.intake_joins, entrants)
    people = np.zeros_like(joins)
    people[:, 0] = q.people_start
    for t in range(horizon):
        people[:, t + 1] = (1.0 - q.loss) * people[:, t] + joins[:, t + 1]
    demand = _gather((len(q.people_start), horizon), q.intake.skill, q.intake_teaching, entrants)

    option, quarter, _ = q.options.at_work(horizon)
    works = np.isin(option, decisions.chosen)
    running = np.zeros((len(q.programme.projects), horizon), dtype=bool)
    running[q.options.project[option[works]], quarter[works]] = True
    use = np.zeros((len(q.price), len(q.programme.places), horizon))
    for x in decisions.chosen:
        mode, working = q.options.mode[x], running[q.options.project[x]]
        mine = q.mode_people[0] == mode
        np.add.at(demand, q.mode_people[1][mine], q.mode_people[2][mine, None] * working)
        mine = q.mode_equipment[0] == mode
        place = q.project_place[q.options.project[x]]
        np.add.at(use, (q.mode_equipment[1][mine], place), q.mode_equipment[2][mine, None] * working)

    holding = holdings(q, decisions.bought)
    spend, field_spend = _spend(q, decisions, holding)
    served = np.zeros((len(q.programme.projects), horizon + 1))
    for x in decisions.chosen:
        p = q.options.project[x]
        served[p, q.options.end[x] :] = q.options.chance[x] * q.chain_chance[p]
    return Paths(
        quantities=q,
        level=level[None],
        usable=usable_levels(level, q.foundations)[None],
        people=people[None],
        demand=demand[None],
        holding=holding[None],
        use=use[None],
        spend={name: amount[None] for name, amount in spend.items()},
        field_spend=field_spend[None],
        running=running[None],
        served=served[None],
        decisions=decisions,
    )


def _levels(q: Quantities, decisions: Decisions) -> Floats:
    gained = np.zeros((len(q.level_start), q.horizon + 1))
    option, capability, expected = q.option_gains
    chosen = np.isin(option, decisions.chosen)
    np.add.at(gained, (capability[chosen], q.options.end[option[chosen]]), expected[chosen])
    level = np.zeros_like(gained)
    level[:, 0] = q.level_start
    for t in range(q.horizon):
        level[:, t + 1] = (1.0 - q.depreciation) * level[:, t] + decisions.restored[:, t] + gained[:, t + 1]
    return level


def holdings(q: Quantities, bought: Floats) -> Floats:
    """Return the units in use or stock at each site in each quarter, shape (H, T)."""
    holding = np.repeat(q.sites.stock[:, None], q.horizon, axis=1)
    for y, ordered in enumerate(q.order_time):
        for site, units in enumerate(bought[:, y]):
            holding[site, ordered + q.lead_time[q.sites.equipment[site]] :] += units
    return holding


def _spend(q: Quantities, decisions: Decisions, holding: Floats) -> tuple[dict[str, Floats], Floats]:
    """Return money by purpose, each (T,), and project money by field, (F, T)."""
    option, quarter, amount = q.option_spend
    chosen = np.isin(option, decisions.chosen)
    field_spend = np.zeros((len(q.programme.fields), q.horizon))
    np.add.at(field_spend, (q.project_field[q.options.project[option[chosen]]], quarter[chosen]), amount[chosen])
    training = np.zeros(q.horizon)
    intake, quarter, amount = q.intake_spend
    np.add.at(training, quarter, amount * decisions.entrants[intake])
    equipment = np.zeros(q.horizon)
    kind = q.sites.equipment
    np.add.at(equipment, q.order_time, q.price[kind] @ decisions.bought)
    equipment += q.upkeep[kind] @ holding
    hosting = (q.sites.stock + decisions.bought.sum(axis=1)) > 0
    equipment += float(q.site_cost[kind] @ hosting)
    spend = {
        "projects": field_spend.sum(axis=0),
        "training": training,
        "equipment": equipment,
        "core": q.restore_cost @ decisions.restored,
    }
    return spend, field_spend


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


def value(paths: Paths) -> Floats:
    """Return the objective of each scenario in weighted level-years, shape (S,): section 6 of the model, without
    exposure.
    """
    q = paths.quantities
    s = q.programme.settings
    target = q.target[None, :, None]
    worth = np.minimum(paths.usable, target + s.above_target * (paths.usable - target))
    now = q.discount[: q.horizon] / 4.0
    capability = worth[..., :-1] @ now + s.terminal * q.discount[-1] * worth[..., -1]
    product = np.array([row.product_value for row in q.programme.projects])
    served = paths.served[..., :-1] @ now + s.terminal * q.discount[-1] * paths.served[..., -1]
    money = paths.money @ q.discount[: q.horizon]
    return np.asarray(capability @ q.weight + s.product_weight * (served @ product) - s.money_weight * money)
