"""From orders and luck to paths: the futures as every measure reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lotrinh.assessment.desk import Desk, expected
from lotrinh.assessment.execute import execute
from lotrinh.assessment.orders import Orders
from lotrinh.measures.paths import PURPOSES, Decisions, Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.register.threat import Known


@dataclass(frozen=True)
class Futures:
    """Futures of one set of orders.

    Attributes
    ----------
    paths: the course of every quantity.
    desk: what chance brought.
    notes: (quarter, what, whom, detail) of what happened, (S, room, 4), and how many there are, (S,).
    """

    paths: Paths
    desk: Desk
    notes: Floats
    noted: Ints

    @property
    def outcome(self) -> Ints:
        """How each project ended, by the numbers of `compiled`, (S, P)."""
        return np.asarray(self.desk.now["status"], dtype=np.int64)

    @cached_property
    def share(self) -> Floats:
        """Share of the work of each project that was done, (S, P)."""
        return np.asarray(np.minimum(1.0, self.desk.now["work"] / self.desk.now["length"]))

    @property
    def left(self) -> Floats:
        """Millions left at the end of each year before any lapse; negative where promises went beyond, (S, Y)."""
        return np.asarray(self.desk.cash["left"])


def simulate(q: Quantities, o: Orders, desk: Desk, room: int = 0, until: int | None = None) -> Futures:
    """Execute the orders in the futures of `desk`, which is written on.

    Parameters
    ----------
    room: how many notes to keep of each future.
    until: quarter before which to stop; what comes after is then not written.
    """
    if until is not None:
        rules = o.rules.copy()
        rules["until"] = until
        o = o._replace(rules=rules)
    size, sites, horizon = len(desk.now), len(o.sites), q.horizon
    projects, kinds, skills = len(o.projects), len(o.capabilities), len(o.people_start)
    level, usable = np.empty((size, kinds, horizon + 1)), np.empty((size, kinds, horizon + 1))
    people, demand = np.empty((size, skills, horizon + 1)), np.empty((size, skills, horizon))
    holding = np.empty((size, sites, horizon))
    spend, project_spend = np.empty((size, len(PURPOSES), horizon)), np.empty((size, projects, horizon))
    notes, noted = np.zeros((size, room, 4)), np.zeros(size, dtype=np.int64)
    migrated = np.empty((size, len(o.classes), horizon + 1))
    drawn = desk[: desk._fields.index("qday")]
    execute(*o, *drawn, level, usable, people, demand, holding, spend, project_spend, migrated, notes, noted)
    completed = np.zeros((size, len(q.intake.flow)))
    completed[:, o.intakes["intake"]] = desk.entered["completed"]
    now, decay = desk.now, desk.decay
    drawn_qday = len(q.items) > 0 and not np.isnan(desk.qday).any()
    paths = Paths(
        quantities=q,
        level=level,
        usable=usable,
        people=people,
        demand=demand,
        holding=holding,
        spend={name: spend[:, at] for at, name in enumerate(PURPOSES)},
        project_spend=project_spend,
        mode=np.where(now["started"] < horizon, o.projects["mode"], -1),
        started=now["started"].astype(np.int64),
        stopped=now["stopped"].astype(np.int64),
        delivered=now["delivered"].astype(np.int64),
        gained=np.ascontiguousarray(desk.gains["levels"]),
        product=np.ascontiguousarray(now["product"]),
        chance=np.ascontiguousarray(now["chance"]),
        committed=np.ascontiguousarray(now["committed"]),
        completed=completed,
        hosting=desk.hosting,
        depreciation=decay[:1] if (decay == decay[:1]).all() else decay,
        migrated=migrated,
        exposed=q.exposed_to(Known(q.calendar_year(desk.qday))) if drawn_qday else None,
    )
    return Futures(paths, desk, notes, noted)


def as_planned(q: Quantities, decisions: Decisions, o: Orders, room: int = 0) -> Futures:
    """Return the one future in which nothing is left to chance: it is the plan's own path."""
    return simulate(q, o, expected(q, decisions, o), room)
