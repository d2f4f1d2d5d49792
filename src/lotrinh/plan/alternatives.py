"""Plans nearly as good as the best: which projects are in all of them, in some, in none.

Plans are looked for in two ways, from the plan in hand on. First every project that all plans so far drop or hold
alike is given a bonus for doing otherwise, beside the programme's own objective: that finds plans quickly. Where that
brings nothing new, the plan that differs most among those worth enough is sought: where there is provably none, it is
certain which projects all such plans share; else it is only what the plans found have in common.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from lotrinh.measures.paths import follow
from lotrinh.plan.columns import columns_of
from lotrinh.plan.explain.again import again, demanded
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.linear import Floats
from lotrinh.plan.optimise import polish
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.variables import Bools
from lotrinh.plan.verify import TOLERANCE

ROUND_SECONDS = 20.0
"""Most seconds for one more plan."""
SHORTEST = 0.1
"""Seconds below which another round is not worth while."""
FEW, MANY = 4.0, 64.0
"""Into how many bonuses the worth that may be lost is parted, at first and at last."""


@dataclass(frozen=True)
class Alternatives:
    """Which projects near-optimal plans share.

    Attributes
    ----------
    share: how much less than the plan in hand a plan may be worth, as a share; `least` is that worth.
    always, sometimes, never: projects in all, some, none of these plans.
    proven: whether `always` and `never` hold for every such plan, or only for those found.
    plans: worth and projects of every plan found, the plan in hand first.
    """

    share: float
    least: float
    always: tuple[str, ...]
    sometimes: tuple[str, ...]
    never: tuple[str, ...]
    proven: bool
    plans: tuple[tuple[float, tuple[str, ...]], ...]
    seconds: float


def alternatives(plan: Plan, share: float, settings: PlanSettings) -> Alternatives:
    """Return which projects the plans within `share` of this one have in common; `settings` limits the whole time."""
    began = time.perf_counter()
    q, ids = plan.quantities, plan.programme.projects.ids
    least = plan.objective - share * abs(plan.objective)
    own = formulate(q)
    inside = plan.decisions.option >= 0
    always, never = inside.copy(), ~inside
    found = [(plan.objective, tuple(ids[p] for p in np.flatnonzero(inside)))]
    limits = replace(settings, gap=0.0)
    bonus, proven = share * abs(plan.objective) / FEW, False
    while not proven and (left := settings.time_limit - (time.perf_counter() - began)) > SHORTEST:
        wish = rewarded(own, always, never, bonus) if bonus else differing(worth_at_least(own, least), always, never)
        seconds = min(left, ROUND_SECONDS) if bonus else left
        answer = again(wish, plan.decisions, replace(limits, time_limit=seconds))
        proven = not bonus and answer.found and answer.bound < 1.0 - 1e-6
        worth, has = -np.inf, inside
        if answer.decisions is not None:
            decisions = polish(own, answer.decisions, settings)  # for its worth, whatever was sought
            worth, has = own.form.objective(columns_of(own, follow(q, decisions))), decisions.option >= 0
        new = (always & ~has) | (never & has)
        if new.any() and worth >= least - TOLERANCE * max(1.0, abs(least)):
            always, never = always & has, never & ~has
            found.append((worth, tuple(ids[p] for p in np.flatnonzero(has))))
        elif bonus and new.any() and bonus > share * abs(plan.objective) / MANY:
            bonus /= 2.0
        elif bonus:
            bonus = 0.0
        elif not proven:
            break
        if answer.interrupted:
            break
    return Alternatives(
        share=share,
        least=least,
        always=tuple(ids[p] for p in np.flatnonzero(always)),
        sometimes=tuple(ids[p] for p in np.flatnonzero(~always & ~never)),
        never=tuple(ids[p] for p in np.flatnonzero(never)),
        proven=proven,
        plans=tuple(found),
        seconds=time.perf_counter() - began,
    )


def worth_at_least(formulation: Formulation, least: float) -> Formulation:
    """Return the formulation in which no plan is worth less than `least`."""
    form = formulation.form
    columns = np.flatnonzero(form.cost)
    return demanded(formulation, "worth_of_all", "all", columns, form.cost[columns], least - form.constant)


def rewarded(formulation: Formulation, always: Bools, never: Bools, bonus: float) -> Formulation:
    """Return the formulation whose objective adds a bonus for each project of `always` dropped and of `never` added."""
    form = formulation.form
    cost = form.cost.copy()
    cost[formulation.variables.x] += bonus * _signs(formulation, always, never)
    return replace(formulation, form=replace(form, cost=cost, constant=form.constant + bonus * float(always.sum())))


def differing(formulation: Formulation, always: Bools, never: Bools) -> Formulation:
    """Return the formulation whose objective counts projects of `always` dropped and of `never` added."""
    cost = np.zeros_like(formulation.form.cost)
    cost[formulation.variables.x] = _signs(formulation, always, never)
    return replace(formulation, form=replace(formulation.form, cost=cost, constant=float(always.sum())))


def _signs(formulation: Formulation, always: Bools, never: Bools) -> Floats:
    """Return -1 for the options of projects of `always`, 1 for those of `never`, else 0, shape (X,)."""
    sign = np.where(always, -1.0, 0.0) + np.where(never, 1.0, 0.0)
    return np.asarray(sign[formulation.quantities.options.project])
