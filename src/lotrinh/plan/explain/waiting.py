"""Not rushing, not hesitating: what starting a project earlier or later would do.

Two answers for every other start. Alone: the project moves and nothing else does, which is exact, and says which rules
it would break. Planned anew: the project starts then and all the rest may change, which is an interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.base.issues import UsageError
from lotrinh.base.text import Text, t
from lotrinh.plan.explain.again import Interval, again, demanded, lost
from lotrinh.plan.explain.alone import Alone, alone
from lotrinh.plan.explain.broken import broken_words, members_of
from lotrinh.plan.explain.why_not import position
from lotrinh.plan.formulate import formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings

STEPS = (-8, -4, -2, 2, 4, 8)
"""Quarters by which the project starts earlier or later."""


@dataclass(frozen=True)
class Waiting:
    """One other start of a project.

    Attributes
    ----------
    start: the quarter; `later` how many quarters after the plan's start it lies (negative: before).
    alone: what moving this project alone would do; `broken` are the rules that it would break.
    loss: what the best plan with this start is worth less than the best plan, None where `status` is ``infeasible``
        or ``none`` (nothing found within the time).
    """

    start: str
    later: int
    alone: Alone
    broken: tuple[Text, ...]
    status: str
    loss: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """Return the start as plain data."""
        return {
            "start": self.start,
            "later": self.later,
            "alone": {"change": self.alone.change, "broken": [str(each) for each in self.broken]},
            "status": self.status,
            "low": None if self.loss is None else self.loss.low,
            "high": None if self.loss is None else self.loss.high,
        }


def waiting(plan: Plan, project: str, settings: PlanSettings, steps: tuple[int, ...] = STEPS) -> list[Waiting]:
    """Return what other starts of a chosen project would do; the time limit of `settings` is for each of them.

    Raises
    ------
    UsageError
        If there is no such project, or the plan does not have it.
    """
    q, p = plan.quantities, position(plan.programme, project)
    now = int(plan.decisions.option[p])
    if now < 0:
        raise UsageError(str(t("{project} is not in the plan; ask --why-not {project}", project=project)))
    formulation, options = formulate(q), q.options
    members = members_of(formulation)
    same = {
        int(options.start[x]) - int(options.start[now]): int(x)
        for x in np.flatnonzero((options.project == p) & (options.mode == options.mode[now]))
    }
    wanted = [step for step in steps if step in same]
    found = []
    for step in wanted:
        then = np.flatnonzero((options.project == p) & (options.start == options.start[same[step]]))
        columns = formulation.variables.x[then]
        start = str(q.calendar.at(int(options.start[same[step]])))
        moved = replace(demanded(formulation, "start", start, columns, np.ones(len(then)), 1.0), wanted=(p,))
        answer = again(moved, plan.decisions, settings, plan.bound)
        loss = lost(plan.objective, plan.bound, answer) if answer.found else None
        single = alone(plan, formulation, same[step])
        broken = broken_words(formulation, members, single)
        found.append(Waiting(start, step, single, broken, answer.status, loss))
        if answer.interrupted:
            break
    return found
