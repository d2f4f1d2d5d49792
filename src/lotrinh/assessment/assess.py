"""From a plan to its futures: orders, batches spread over workers, outcomes. The whole story on one screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from lotrinh.assessment.assessment import Assessment
from lotrinh.assessment.orders import orders_of
from lotrinh.assessment.outcomes import Job, Outcomes, joined
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.spread import spread
from lotrinh.plan.plan import Plan


class Progress(NamedTuple):
    """How far an assessment is: futures done, of how many, and the seconds this took."""

    done: int
    futures: int
    seconds: float


Watcher = Callable[[Progress], None]


def assess(plan: Plan, settings: AssessmentSettings | None = None, watch: Watcher | None = None) -> Assessment:
    """Execute `plan` in many futures and return what becomes of it. An interrupt keeps the futures that are done.

    Parameters
    ----------
    plan: a verified plan, from `optimise` or `load_plan`.
    settings: how many futures, from which seed; `AssessmentSettings()` where left out.
    watch: called with a `Progress` after every batch.

    Raises
    ------
    UsageError
        If the scenario or the engine asked for is none.
    KeyboardInterrupt
        If it is interrupted before the first batch is done.
    """
    settings = settings or AssessmentSettings()
    began = time.perf_counter()
    job = Job(plan.quantities, orders_of(plan), settings)
    parts: list[Outcomes] = []
    done = 0
    try:
        for part in spread(job, job.batches, settings.engine, settings.workers):
            parts.append(part)
            done += len(part)
            if watch is not None:
                watch(Progress(done, settings.futures, time.perf_counter() - began))
    except KeyboardInterrupt:
        if not parts:
            raise
    return Assessment(plan, settings, job.chances.inputs, joined(parts), time.perf_counter() - began)
