"""How a plan runs each of its projects, in words that hold for any programme: ids and calendar quarters."""

from __future__ import annotations

from dataclasses import dataclass

from lotrinh.base.calendar import Quarter
from lotrinh.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Run:
    """One funded project: its mode with the kind of it, first and last quarter at work, chance, cost in millions."""

    mode: str
    kind: str
    start: Quarter
    end: Quarter
    chance: float
    cost: float


def runs(plan: Plan) -> dict[str, Run]:
    """Return how every funded project runs, by its id."""
    return {
        row["project"]: Run(
            mode=row["mode"],
            kind=row["kind"],
            start=Quarter.parse(row["start"]),
            end=Quarter.parse(row["end"]),
            chance=row["chance"],
            cost=row["cost"],
        )
        for row in plan.projects()
    }
