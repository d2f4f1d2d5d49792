"""Solving a programme again, a little changed, from a plan that is known: what every question comes down to.

The optimum of a programme lies between its best plan and its bound. So the difference of two optima is known only as an
interval, `Interval`, and that is what answers state: never the bare difference of two plans that are not proven.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from lotrinh.base.issues import LotrinhError, UsageError
from lotrinh.base.text import t
from lotrinh.measures.paths import Decisions, Paths, follow
from lotrinh.plan.columns import columns_of, decisions_of
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import Builder, Floats, Ints
from lotrinh.plan.optimise import polish
from lotrinh.plan.search import search
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.verify import TOLERANCE, Fault, broken_rows, broken_rules


@dataclass(frozen=True, slots=True)
class Interval:
    """What a difference of two optima is at least and at most, weighted level-years."""

    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """A programme solved again.

    Attributes
    ----------
    status: ``optimal``, ``feasible``, ``infeasible`` or ``none`` (no plan within the time).
    objective: worth of the best plan found, minus infinity without one; `bound`: what no plan exceeds.
    decisions, paths, x: of that plan, or None; `x` are its columns.
    interrupted: whether somebody at the keyboard ended the search.
    """

    formulation: Formulation
    status: str
    objective: float
    bound: float
    seconds: float
    decisions: Decisions | None
    paths: Paths | None
    x: Floats | None
    interrupted: bool = False

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return self.decisions is not None


def again(formulation: Formulation, start: Decisions, settings: PlanSettings, limit: float = float("inf")) -> Answer:
    """Solve `formulation` from `start` on, and check what comes back row by row.

    Parameters
    ----------
    start: decisions of a like plan; they may break rules of this formulation.
    limit: a bound known otherwise, such as that of the same programme with fewer rules.
    """
    began = time.perf_counter()
    solution = search(formulation, settings, start=start)
    if solution.x is None:
        bound = -np.inf if solution.status == "infeasible" else limit
        seconds = time.perf_counter() - began
        return Answer(formulation, solution.status, -np.inf, bound, seconds, None, None, None, solution.interrupted)
    decisions = polish(formulation, decisions_of(formulation, solution.x), settings)
    paths = follow(formulation.quantities, decisions)
    x = columns_of(formulation, paths)
    objective = formulation.form.objective(x)
    slack = TOLERANCE * max(1.0, abs(objective))
    if objective > limit + slack:
        raise UsageError(
            str(t("the plan in hand is not sound: a plan worth {a} exceeds its bound {b}", a=objective, b=limit))
        )
    bound = min(solution.bound, limit)
    broken = [*broken_rows(formulation, x), *broken_rules(paths)]
    if objective > bound + slack:
        broken.append(Fault("bound", t("the objective {a} exceeds the bound {b}", a=objective, b=bound)))
    if broken:
        raise LotrinhError("the solver's plan breaks its own rules:\n" + "\n".join(str(row) for row in broken[:20]))
    bound = max(bound, objective)
    status = "optimal" if bound - objective <= settings.gap * abs(bound) + slack else "feasible"
    seconds = time.perf_counter() - began
    return Answer(formulation, status, objective, bound, seconds, decisions, paths, x, solution.interrupted)


def lost(objective: float, bound: float, answer: Answer) -> Interval:
    """Return what the best plan of `answer`'s programme is worth less than the best plan of one with fewer rules.

    The known optimum lies in [objective, bound]. With more rules nothing is gained, so nothing is below 0; the
    difference is infinite where no plan was found.
    """
    return Interval(max(0.0, objective - answer.bound), max(0.0, bound - answer.objective))


def demanded(formulation: Formulation, name: str, id: str, columns: Ints, values: Floats, least: float) -> Formulation:
    """Return the formulation with one more row: ``values · columns ≥ least``."""
    build = Builder.onto(formulation.form)
    rows = np.zeros(len(columns), dtype=np.int64)
    build.add_rows(name, [([id], np.zeros(1, dtype=np.int64))], [(rows, columns, values)], low=least)
    return replace(formulation, form=build.form(formulation.form.constant))


def forced(formulation: Formulation, project: str) -> Formulation:
    """Return the formulation in which `project` must run."""
    q = formulation.quantities
    p = q.programme.projects.position(project)
    mine = np.flatnonzero(q.options.project == p)
    found = demanded(formulation, "wanted", project, formulation.variables.x[mine], np.ones(len(mine)), 1.0)
    return replace(found, wanted=(*formulation.wanted, p))
