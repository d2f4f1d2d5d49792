"""The stresses of a plan side by side: what each costs, and which directives it shakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.assessment.assess import assess
from lotrinh.assessment.assessment import Assessment, Spread
from lotrinh.assessment.orders import orders_of
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.stress import standard, title
from lotrinh.plan.plan import Plan

FUTURES = 4096
DEPRECIATION = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35)
"""Yearly shares over which the depreciation of all capabilities is swept."""


@dataclass(frozen=True)
class Stress:
    """A plan under one stress, against the same futures without it.

    Attributes
    ----------
    scenario: its name, by which ``lotrinh assess --scenario`` runs it again; `title` in words.
    assessed: the futures under it, without their fans.
    change: of the value, future by future.
    chances: change of the chance of each directive, by id; those that move by more than a hundredth.
    security: change of the share of each class of migration that is migrated in time, likewise.
    """

    scenario: str
    title: str
    assessed: Assessment
    change: Spread
    chances: dict[str, float]
    security: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "value": self.assessed.value.as_dict(),
            "change": self.change.as_dict(),
            "chances": self.chances,
            "security": self.security,
        }


def sweep() -> list[str]:
    """Return the scenarios over which depreciation is swept."""
    return [f"depreciation/{share:g}" for share in DEPRECIATION]


def scenarios_of(plan: Plan) -> list[str]:
    """Return the standard stresses of a plan and the sweep of depreciation."""
    return [*standard(plan.quantities, plan.decisions, orders_of(plan)), *sweep()]


def stress(
    plan: Plan,
    settings: AssessmentSettings | None = None,
    scenarios: Sequence[str] | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> list[Stress]:
    """Return a plan under each of `scenarios`; the standard stresses and the sweep of depreciation where left out.

    An interrupt keeps the stresses that are done.

    Raises
    ------
    UsageError
        If a scenario is none.
    KeyboardInterrupt
        If it is interrupted before the first stress is done.
    """
    settings = settings or AssessmentSettings(futures=FUTURES)
    q = plan.quantities
    names = scenarios_of(plan) if scenarios is None else list(scenarios)
    titles = [str(title(name, q)) for name in names]
    calm = _all(plan, settings)
    held, safe = _held(calm), _in_time(calm)
    found: list[Stress] = []
    try:
        for name, words in zip(names, titles, strict=True):
            one = _all(plan, replace(settings, scenario=name))
            change = np.asarray(one.outcomes.value, dtype=float) - np.asarray(calm.outcomes.value, dtype=float)
            moved = _moved(held, _held(one)), _moved(safe, _in_time(one))
            found.append(Stress(name, words, one, Spread.of(change), *moved))
            if watch is not None:
                watch(len(found), len(names))
    except KeyboardInterrupt:
        if not found:
            raise
    return found


def _all(plan: Plan, settings: AssessmentSettings) -> Assessment:
    """Return an assessment that is whole, without fans: of a score of them they would fill the memory."""
    found = assess(plan, settings)
    if len(found.outcomes) < settings.futures:
        raise KeyboardInterrupt
    return replace(found, outcomes=replace(found.outcomes, fans={}))


def _moved(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {id: share - before[id] for id, share in after.items() if abs(share - before[id]) > 0.01}


def _in_time(assessed: Assessment) -> dict[str, float]:
    """Return the share of each class that is migrated in time."""
    return {row["migration"]: row["in_time"] for row in assessed.security() if "in_time" in row}


def _held(assessed: Assessment) -> dict[str, float]:
    """Return the chance of each directive that a future holds or not."""
    rows = assessed.directives()
    return {row["directive"]: float(row["chance"]) for row in rows if row["chance"] is not None}
