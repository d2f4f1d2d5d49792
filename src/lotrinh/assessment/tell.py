"""One future, read aloud: executed once more with the same luck, event by event, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.event_words import event_words
from lotrinh.assessment.events import Event, events
from lotrinh.assessment.orders import Orders, orders_of
from lotrinh.assessment.outcomes import Job, Outcomes, cut
from lotrinh.assessment.sampling import BATCH
from lotrinh.assessment.security import lost
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import simulate
from lotrinh.assessment.stress import stressed_draws, stressed_orders
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.measures.paths import value
from lotrinh.plan.plan import Plan
from lotrinh.plan.statements import rules

NOTES = 4
"""Notes a project may make in a quarter, at most."""


@dataclass(frozen=True)
class Told:
    """One future.

    Attributes
    ----------
    plan, settings, future: which one it is; futures are counted from 0.
    events: what happened, in the order of quarters.
    outcomes: of all futures of its batch, to compare with; this one is at `place`.
    """

    plan: Plan
    settings: AssessmentSettings
    future: int
    events: list[Event]
    outcomes: Outcomes = field(repr=False)

    @property
    def place(self) -> int:
        """Where this future stands in its batch."""
        return self.future % BATCH

    def result(self) -> dict[str, Any]:
        """Return what came of this future, against the plan and against the mean of its batch."""
        out, at, paths = self.outcomes, self.place, self.plan.paths
        worth = np.asarray(out.value, dtype=float)
        delivered = out.status[at] == DELIVERED
        planned = self.plan.decisions.option >= 0
        return {
            "value": float(worth[at]),
            "planned_value": float(value(paths)[0]),
            "mean_value": float(worth.mean()),
            "compared": len(out),
            "worse": float((worth < worth[at]).mean()),
            "money": float(out.money[at]),
            "planned_money": float(paths.money.sum()),
            "mean_money": float(np.asarray(out.money, dtype=float).mean()),
            "planned_projects": int(planned.sum()),
            "delivered": int((delivered & planned).sum()),
            "delivered_reserve": int((delivered & ~planned).sum()),
            "mean_delivered": float(((out.status == DELIVERED) & planned).sum(axis=1).mean()),
            "capabilities": [
                {
                    "capability": row.capability,
                    "level": float(out.level[at, k]),
                    "plan": float(paths.usable[0, k, -1]),
                    "mean": float(np.asarray(out.level[:, k], dtype=float).mean()),
                    "target": row.target,
                }
                for k, row in enumerate(self.plan.programme.capabilities)
            ],
            "directives": self._directives(),
            "qday": self._qday(float(out.qday[at])),
            "security": self._security(),
            "exposure": {
                "here": float(out.exposure[at].sum()),
                "plan": float(lost(paths).sum()),
                "mean": float(np.asarray(out.exposure, dtype=float).sum(axis=1).mean()),
            },
        }

    def _directives(self) -> list[dict[str, Any]]:
        """Return every directive that one future can hold or miss."""
        found = []
        for at, verdict in enumerate(self.plan.directives()):
            measure = float(self.outcomes.directive[self.place, at])
            if not hasattr(rules()[verdict.directive.rule], "of_sample"):
                found.append(
                    {
                        "directive": verdict.directive.directive,
                        "measure": measure if np.isfinite(measure) else None,
                        "held": bool(self.outcomes.held[self.place, at]),
                        "held_in_plan": bool(verdict.held[0]),
                    }
                )
        return found

    def _qday(self, quarter: float) -> str | None:
        """Return the quarter of Q-day; none where it lies beyond what the surveys cover, or never comes."""
        return str(self.plan.quantities.calendar.at(int(np.floor(quarter)))) if np.isfinite(quarter) else None

    def _security(self) -> list[dict[str, Any]]:
        """Return how much of each class is migrated, when all of it is, what share in time, and the exposure."""
        p, q, out, at = self.plan.programme, self.plan.quantities, self.outcomes, self.place
        planned, exposed = self.plan.paths.migrated[0], out.exposure
        found = []
        for a, row in enumerate(p.migration):
            done = int(out.done[at, a])
            entry: dict[str, Any] = {
                "migration": row.migration,
                "function": row.function,
                "items": row.items,
                "migrated": float(out.migrated[at, a]),
                "planned": float(planned[a, -1]),
                "done": str(q.calendar.at(max(0, done - 1))) if done <= q.horizon else None,
                "exposure": float(exposed[at, a]),
                "mean_exposure": float(np.asarray(exposed[:, a], dtype=float).mean()),
            }
            if row.function != "already_weak" and len(p.threat):
                entry["in_time"] = float(out.in_time[at, a])
            found.append(entry)
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, each event with its sentences."""
        programme = self.plan.programme
        return {
            "future": self.future,
            "events": [
                {**one.as_dict(), "words": " ".join(map(str, event_words(programme, one)))} for one in self.events
            ],
            "result": self.result(),
        }


def tell(plan: Plan, settings: AssessmentSettings, future: int) -> Told:
    """Execute one future of an assessment once more, with the same luck, and note what happens.

    Parameters
    ----------
    future: its number, from 0; `settings` are those of the assessment.

    Raises
    ------
    UsageError
        If the assessment has no such future.
    """
    if not 0 <= future < settings.futures:
        words = t("there is no future {future}; they are 0 to {last}", future=future, last=settings.futures - 1)
        raise UsageError(str(words))
    q, orders = plan.quantities, orders_of(plan)
    job = Job(q, orders, settings)
    batch, place = divmod(future, BATCH)
    outcomes = job(batch)
    orders = stressed_orders(settings.scenario, q, orders)
    size = min(BATCH, settings.futures - batch * BATCH)
    draws = stressed_draws(settings.scenario, q, job.chances.batch(batch, size))
    one = slice(place, place + 1)
    futures = simulate(q, orders, cut(draws.desk, one), room=_room(orders))
    found = events(orders, futures, plan.paths, float(draws.qday[place]))
    return Told(plan, settings, future, found, outcomes)


def _room(orders: Orders) -> int:
    """Return how many notes a future can make at most."""
    gates = sum(int(one["gates_end"] - one["gates"]) for one in orders.projects)
    each = NOTES * len(orders.order) + len(orders.sites) + len(orders.flows) + 1
    return gates + each * len(orders.year_of)
