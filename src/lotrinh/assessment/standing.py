"""What stood in the way of a project in one executed future: worked out again from its paths and its desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lotrinh.assessment.compiled import DELIVERED, LEVEL, MACHINES, MONEY, PEOPLE, PREDECESSOR, SLACK, SUPPLIER, WAITING
from lotrinh.assessment.orders import Orders
from lotrinh.assessment.simulate import Futures
from lotrinh.measures.quantities import Floats

REASONS = {
    PREDECESSOR: "predecessor",
    LEVEL: "level",
    SUPPLIER: "supplier",
    PEOPLE: "people",
    MACHINES: "machines",
    MONEY: "money",
}
"""What a project waits for, by its name."""


class Standing:
    """Reads who stood where in one future.

    Execution notes that a project waits for people, say; which people it lacked is read off the paths here.
    """

    def __init__(self, orders: Orders, futures: Futures) -> None:
        self.orders, self.paths, self.desk = orders, futures.paths, futures.desk
        self.q = futures.paths.quantities
        self.programme = self.q.programme
        self.now = futures.desk.now[0]
        self.rank = {int(project): place for place, project in enumerate(orders.order)}

    def rows(self, project: int, name: str) -> Any:
        """Return the rows of one ragged table of a project, such as its ``gates``."""
        one = self.orders.projects[project]
        return self.orders.rows[one[name] : one[f"{name}_end"]]

    def gone(self, project: int, t: int) -> tuple[list[str], float, bool]:
        """Return the suppliers of a project that are gone in a quarter, the share lost that nobody had announced, and
        whether it cannot go on without them.
        """
        found, sudden, known = [], 0.0, 0.0
        locked = int(self.orders.projects[project]["locked"]) == 1
        for row in self.rows(project, "relies"):
            supplier = int(row["what"])
            announced = t >= self.orders.known_gone[supplier]
            if announced and locked:  # as in `work`: what the data lock is a fact and goes on
                continue
            if announced or self.desk.out[0, supplier, t]:
                found.append(self.programme.suppliers.ids[supplier])
                known += float(row["amount"]) if announced else 0.0
                sudden += 0.0 if announced else float(row["amount"])
        return found, sudden, sudden + known > float(self.orders.rules[0]["goes_on_without"])

    def runs(self, project: int, t: int) -> bool:
        """Return whether a project is at work, or standing still, in a quarter."""
        return int(self.now["started"][project]) <= t < int(self.now["stopped"][project])

    def halted_until(self, project: int, t: int) -> int:
        """Return the quarter after the last in which a project is without the same suppliers as in quarter `t`."""
        before = self.gone(project, t)
        while t < self.q.horizon and self.runs(project, t) and self.gone(project, t) == before:
            t += 1
        return t

    def wanted(self, t: int) -> Floats:
        """Return the people that projects want in a quarter, by skill: all who run and do not stand still."""
        found = np.zeros(len(self.programme.skills))
        for project in self.orders.order.tolist():
            if self.runs(project, t) and not self.gone(project, t)[2]:
                for row in self.rows(project, "people"):
                    found[row["what"]] += row["amount"]
        return found

    def short(self, project: int, t: int) -> str:
        """Return the skill of which a project at work has the smallest share of what it needs; empty for none."""
        wanted = self.wanted(t)
        able = np.maximum(self.paths.people[0, :, t] - (self.paths.demand[0, :, t] - wanted), 0.0)
        share = {int(row["what"]): able[row["what"]] / wanted[row["what"]] for row in self.rows(project, "people")}
        return self.programme.skills.ids[min(share, key=lambda skill: share[skill])] if share else ""

    def lacked(self, project: int, t: int, reason: int) -> list[str]:
        """Return what a project waited for in a quarter: ids of projects, capabilities, suppliers, skills or kinds."""
        p = self.programme
        if reason == PREDECESSOR:
            return [p.projects.ids[one] for one in self._unready(project, t)]
        if reason == LEVEL:
            usable = self.paths.usable[0, :, t]
            rows = self.rows(project, "needs")
            return [p.capabilities.ids[row["what"]] for row in rows if usable[row["what"]] < row["amount"] - SLACK]
        if reason == SUPPLIER:
            return self.gone(project, t)[0]
        if reason == PEOPLE:
            return self._too_few(project, t)
        return self._no_machines(project, t) if reason == MACHINES else []

    def _unready(self, project: int, t: int) -> Iterable[int]:
        for row in self.rows(project, "before"):
            other = int(row["what"])
            ended = int(self.now["stopped"][other])
            if self.now["status"][other] != DELIVERED or ended + row["amount"] > t:
                yield other

    def _later(self, project: int, t: int) -> list[int]:
        """Return the projects that began in the same quarter after this one was looked at."""
        mine = self.rank[project]
        return [
            other
            for other, place in self.rank.items()
            if place > mine and self.now["status"][other] != WAITING and int(self.now["started"][other]) == t
        ]

    def _too_few(self, project: int, t: int) -> list[str]:
        migrating = self.q.item_effort.T @ (self.paths.migrated[0, :, t + 1] - self.paths.migrated[0, :, t])
        free = self.paths.people[0, :, t] - self.paths.demand[0, :, t] + migrating  # which takes what projects leave
        for other in self._later(project, t):
            for row in self.rows(other, "people"):
                free[row["what"]] += row["amount"]
        rows = sorted(self.rows(project, "people"), key=lambda row: float(free[row["what"]] - row["amount"]))
        missing = [row for row in rows if free[row["what"]] < row["amount"] - SLACK] or rows[:1]
        return [self.programme.skills.ids[row["what"]] for row in missing]

    def _no_machines(self, project: int, t: int) -> list[str]:
        units = np.zeros(int(self.orders.rules[0]["pools"]))
        np.add.at(units, self.orders.sites["pool"], self.paths.holding[0, :, t])
        later = self._later(project, t)
        for other in self.orders.order.tolist():
            if self.runs(other, t) and other not in later:
                for row in self.rows(other, "machines"):
                    units[row["what"]] -= row["amount"]
        rows = self.rows(project, "machines")
        missing = [row for row in rows if units[row["what"]] < row["amount"] - SLACK] or rows
        places = len(self.programme.places) + 1
        return list(dict.fromkeys(self.programme.equipment.ids[int(row["what"]) // places] for row in missing))
