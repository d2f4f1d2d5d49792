"""Which assumption to check first: what it is worth to know a number before it is decided what to fund.

The decisions are the plan as it is, and the plan without one of its projects, whose money then goes to the reserve
list; each is executed in the same futures. What an input is worth to know is its expected value of partial perfect
information over these decisions, from that one sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.assessment.draws import Input
from lotrinh.assessment.information import Information, evpi, evppi
from lotrinh.assessment.orders import Orders, orders_of
from lotrinh.assessment.outcomes import CHUNK, Job, cut
from lotrinh.assessment.sampling import BATCH
from lotrinh.assessment.sensitivity import first_order
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import simulate
from lotrinh.assessment.spread import spread
from lotrinh.assessment.stress import stressed_draws
from lotrinh.measures.paths import value
from lotrinh.plan.plan import Plan
from lotrinh.programme.columns import Entity

LUCK = ("gate", "withdrawal", "cut")
"""Kinds of inputs that nobody can check beforehand: what happens, not what is assumed."""
FUTURES = 8192
FEWEST = 100
"""Futures below which nothing can be said of what it is worth to know."""
SCREENED = 512
"""Futures in which every decision is tried before the best few are looked at closely."""
CLOSELY = 8
"""Decisions looked at closely."""


@dataclass(frozen=True)
class Worth:
    """What it is worth to check one input.

    Attributes
    ----------
    input: what is checked.
    evidence: how its row is known.
    gain, error: value of knowing it, weighted level-years, with its standard error; `changes` the share of futures in
        which who knows decides otherwise.
    share: share of the variance of the plan's value that it explains, which ranks what changes no decision.
    """

    input: Input
    evidence: str
    gain: float
    error: float
    changes: float
    share: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.input.kind,
            "of": list(self.input.of),
            "evidence": self.evidence,
            "gain": self.gain,
            "error": self.error,
            "changes": self.changes,
            "share": self.share,
        }


@dataclass(frozen=True)
class Checks:
    """What there is to check, most worth checking first, and what perfect information on everything would be worth.

    Attributes
    ----------
    decisions: projects whose leaving out was looked at closely beside the plan as it is, best first.
    """

    worth: tuple[Worth, ...]
    everything: Information
    decisions: tuple[str, ...]
    futures: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "futures": self.futures,
            "decisions": list(self.decisions),
            "everything": {"gain": self.everything.gain, "error": self.everything.error},
            "inputs": [row.as_dict() for row in self.worth],
        }


def to_check(
    plan: Plan, settings: AssessmentSettings | None = None, watch: Callable[[int, int], None] | None = None
) -> Checks:
    """Return which assumptions of a plan are most worth checking.

    Only inputs of rows marked as assumptions count, and none that is mere luck. Those whose knowledge changes no
    decision follow by how much of the spread they explain.

    Parameters
    ----------
    settings: as in `assess`; the stated ranges of inputs are always drawn from here.
    watch: called with how many batches are done, and of how many.
    """
    settings = replace(settings or AssessmentSettings(futures=FUTURES), uncertain=True)
    first = orders_of(plan)
    droppable = _droppable(plan)
    every = [first, *(without(first, p) for p in droppable)]
    screen = np.concatenate(_values(plan, replace(settings, futures=min(SCREENED, settings.futures)), every, None)[0])
    best = np.argsort(-screen.mean(axis=0), kind="stable")
    chosen = [0, *(int(at) for at in best if at)][: CLOSELY + 1]
    values, labels = _values(plan, settings, [every[at] for at in chosen], watch)
    worth = np.concatenate(values)
    job = Job(plan.quantities, first, settings)
    known = _assumptions(plan, job.chances.inputs)
    classes = np.concatenate(labels)
    columns = [np.ascontiguousarray(classes[:, at]) for at in known]
    found = evppi(columns, worth) if columns else []
    shares: Any = first_order(columns, worth[:, :1]).share[:, 0] if columns else []
    rows = [
        Worth(job.chances.inputs[at], "assumption", one.gain, one.error, one.changes, float(share))
        for at, one, share in zip(known, found, shares, strict=True)
    ]
    rows.sort(key=lambda row: (-row.gain, -row.share))
    ids = plan.programme.projects.ids
    return Checks(tuple(rows), evpi(worth), tuple(ids[droppable[at - 1]] for at in chosen if at), len(worth))


def without(o: Orders, project: int) -> Orders:
    """Return orders in which a project is given up at once, so that its money goes to others."""
    projects = o.projects.copy()
    projects[project]["give_up"], projects[project]["locked"] = -1, 0
    return o._replace(projects=projects)


def _droppable(plan: Plan) -> list[int]:
    """Return the projects of the plan that could be left out: neither mandatory nor begun."""
    mandatory = plan.quantities.mandatory
    return [p for p in np.flatnonzero(plan.decisions.option >= 0).tolist() if not mandatory[p]]


@dataclass(frozen=True)
class _Trial:
    """Executes several orders in the same futures: picklable."""

    jobs: tuple[Job, ...]

    def __call__(self, batch: int) -> tuple[Any, Any]:
        first = self.jobs[0]
        size = min(BATCH, first.settings.futures - batch * BATCH)
        draws = stressed_draws(first.settings.scenario, first.quantities, first.chances.batch(batch, size))
        columns = []
        for job in self.jobs:  # execution writes on the desk, but on nothing that was drawn
            parts = [
                value(simulate(first.quantities, job.stressed, cut(draws.desk, slice(at, min(at + CHUNK, size)))).paths)
                for at in range(0, size, CHUNK)
            ]
            columns.append(np.concatenate(parts))
        return np.stack(columns, axis=1), draws.labels


def _values(
    plan: Plan, settings: AssessmentSettings, every: list[Orders], watch: Callable[[int, int], None] | None
) -> tuple[list[Any], list[Any]]:
    """Return the values of all orders, (N, D), and the labels, batch by batch."""
    jobs = tuple(Job(plan.quantities, o, settings) for o in every)
    values, labels = [], []
    for one in spread(_Trial(jobs), jobs[0].batches, settings.engine, settings.workers):
        values.append(one[0])
        labels.append(one[1])
        if watch is not None:
            watch(len(values), len(jobs[0].batches))
    return values, labels


def _assumptions(plan: Plan, inputs: tuple[Input, ...]) -> list[int]:
    """Return the inputs that stand for numbers of rows marked as assumptions."""
    found = []
    for at, entry in enumerate(inputs):
        if entry.kind not in LUCK and _evidence(plan, entry) == "assumption":
            found.append(at)
    return found


def _evidence(plan: Plan, entry: Input) -> str:
    """Return how the row behind an input is known: for what a project takes and costs, the mode in which it runs."""
    p, (table, *ids) = plan.programme, entry.of
    if table == "projects" and entry.kind in ("duration", "cost"):
        at = p.projects.position(ids[0])
        option = plan.decisions.option[at]
        if option >= 0:
            return p.modes[int(plan.quantities.options.mode[option])].evidence
        return next((row.evidence for row in p.modes if row.project == ids[0]), "")
    key = Entity.registry[table].key
    rows = getattr(p, table)
    return next((str(row.evidence) for row in rows if [str(getattr(row, name)) for name in key] == ids), "")
