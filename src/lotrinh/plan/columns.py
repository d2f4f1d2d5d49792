"""Between decisions and the columns of the form: read a solver's answer, and lay a plan's own path out as columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lotrinh.measures.paths import Decisions, Paths, follow
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve

TINY = 1e-9
"""Items below which a solver means none."""


def decisions_of(formulation: Formulation, x: Floats) -> Decisions:
    """Return the decisions that the columns `x` of a solution stand for; core funding is kept within its limit."""
    return within_limits(formulation, read(formulation, x))


def read(formulation: Formulation, x: Floats) -> Decisions:
    """Return the decisions that the columns `x` stand for, just as they are but for whole numbers that are rounded."""
    q, v = formulation.quantities, formulation.variables
    option = np.full(len(q.programme.projects), -1, dtype=np.int64)
    chosen = np.flatnonzero(x[v.x] > 0.5)
    option[q.options.project[chosen]] = chosen
    entrants, bought = np.round(x[v.entrants]), np.round(x[v.bought])
    return Decisions(option, entrants, bought, np.maximum(x[v.restored], 0.0), np.maximum(x[v.migrates], 0.0))


def within_limits(formulation: Formulation, decisions: Decisions) -> Decisions:
    """Return the decisions with core funding and migration cut to what their limits really allow, free of a solver's
    tolerance.
    """
    q = formulation.quantities
    decisions = replace(decisions, migrated=_migrated(q, decisions))
    limit = q.restore_share * q.depreciation
    restored = decisions.restored.copy()
    if not limit.any():
        return replace(decisions, restored=np.zeros_like(restored))
    restored[limit == 0] = 0.0
    for _ in range(3):
        paths = follow(q, replace(decisions, restored=restored))
        excess = restored > limit[:, None] * paths.level[0, :, :-1]
        if not excess.any():
            break
        restored = np.minimum(restored, limit[:, None] * paths.level[0, :, :-1])
    return replace(decisions, restored=restored)


def _migrated(q: Quantities, decisions: Decisions) -> Floats:
    """Return the items migrated in each quarter, none before what enables them has ended and none twice, (A, T)."""
    found = np.where(decisions.migrated > TINY, decisions.migrated, 0.0)
    for a, project in q.enabling:
        x = int(decisions.option[project])
        found[a, : q.horizon if x < 0 else max(0, int(q.options.end[x]))] = 0.0
    done = np.minimum(np.cumsum(found, axis=1), q.items[:, None])
    return np.asarray(np.diff(done, axis=1, prepend=0.0))


def columns_of(formulation: Formulation, paths: Paths) -> Floats:
    """Return every column of the form as the plan's own path has it, shape (C,)."""
    q, v, decisions = formulation.quantities, formulation.variables, paths.decisions
    if decisions is None:
        raise ValueError("only the path of a plan can be laid out as columns")
    x = np.zeros(len(formulation.form.low))
    x[v.x[decisions.chosen]] = 1.0
    start = np.full(len(q.programme.modes), q.horizon)
    start[q.options.mode[decisions.chosen]] = q.options.start[decisions.chosen]
    x[v.begun.column] = v.begun.time >= start[v.begun.mode]
    opened = np.unique(q.project_field[q.options.project[decisions.chosen]])
    x[v.open[opened]] = 1.0
    x[v.entrants], x[v.bought], x[v.restored] = decisions.entrants, decisions.bought, decisions.restored
    x[v.migrates], x[v.migrated] = decisions.migrated, paths.migrated[0]
    x[v.hosts] = (q.sites.stock + decisions.bought.sum(axis=1)) > 0
    x[v.carry] = carried(paths)
    x[v.level], x[v.usable], x[v.people] = paths.level[0], paths.usable[0], paths.people[0]
    slope = q.programme.settings.above_target
    target = q.target[:, None]
    x[v.worth] = np.minimum(paths.usable[0], target + slope * (paths.usable[0] - target))
    return _directed(formulation, x)


def _directed(formulation: Formulation, x: Floats) -> Floats:
    """Return `x` with the best values for the columns of directives, which follow from the others.

    A solver finds them; whether they hold is for the rows to say.
    """
    decided = np.arange(formulation.decided)
    if len(decided) == len(x) or not np.isfinite(x).all():
        return x
    answer = solve(formulation.form.fixed(decided, x[decided]), PlanSettings(gap=0.0, threads=1), presolve=False)
    if answer.x is not None:
        x[len(decided) :] = answer.x[len(decided) :]
        x[formulation.form.whole] = np.round(x[formulation.form.whole])
    return x


def carried(paths: Paths) -> Floats:
    """Return the money carried out of each year, shape (Y,): all that is left, up to the limit."""
    q = paths.quantities
    s = q.programme.settings
    spend = np.bincount(q.year_of, weights=paths.money[0], minlength=len(q.years))
    carry, before = np.zeros(len(q.years)), 0.0
    for y, budget in enumerate(q.budget):
        left = s.over_programming * budget + before - spend[y]
        before = carry[y] = min(max(left, 0.0), s.carry_over * budget)
    return carry
