"""Migration in one future: as fast as the plan says, and what is behind as fast as people and money allow. Compiled."""

from __future__ import annotations

from typing import Any

from lotrinh.assessment.compiled import DELIVERED, MIGRATION, SLACK, compiled


@compiled
def migrate(
    t: int,
    closes: bool,
    classes: Any,
    rows: Any,
    wanted: Any,
    now: Any,
    wants: Any,
    able: Any,
    purse: float,
    free: float,
    migrated: Any,
    spend: Any,
) -> tuple[float, float]:
    """Migrate for a quarter what the plan wants by its end and what enables it allows; return what is left of the purse
    and of the money of projects, which is touched only in the last quarter of a year.

    Projects have had their people; classes come in the order of their priority.
    """
    spent, money = 0.0, purse + max(0.0, free) if closes else purse
    for c in range(len(classes)):
        one = classes[c]
        more = wanted[one.what, t] - migrated[one.what, t]
        for row in range(one.enabled, one.enabled_end):
            project = rows[row].what
            if now[project].status != DELIVERED or now[project].stopped > t:
                more = 0.0
        more = max(0.0, more)
        for row in range(one.efforts, one.efforts_end):
            room = able[rows[row].what] - wants[rows[row].what]
            if more * rows[row].amount > room + SLACK:
                more = max(0.0, room) / rows[row].amount
        if more * one.cost > money - spent + SLACK:
            more = max(0.0, money - spent) / one.cost
        for row in range(one.efforts, one.efforts_end):
            wants[rows[row].what] += more * rows[row].amount
        spent += more * one.cost
        migrated[one.what, t + 1] = migrated[one.what, t] + more
    spend[MIGRATION, t] = spent
    beyond = max(0.0, spent - purse)
    return purse - (spent - beyond), free - beyond
