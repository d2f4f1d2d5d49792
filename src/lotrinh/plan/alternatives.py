"""Plans nearly as good as the best: which projects are in all of them, in some, in none.

From the plan in hand on, the search looks for the plan that differs most from all plans found so far, among those worth
enough; projects that it drops or adds are in some. It ends when it proves that no plan drops or adds another one, and
then the rest is certain; or when time is up, and then the rest is only what all plans found have in common.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from lotrinh.plan.explain.again import again, demanded
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.variables import Bools

ROUND_SECONDS = 20.0
"""Most seconds for one more plan."""


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
    formulation = worth_at_least(own, least)
    inside = plan.decisions.option >= 0
    always, never = inside.copy(), ~inside
    found = [(plan.objective, tuple(ids[p] for p in np.flatnonzero(inside)))]
    proven, start = False, plan.decisions
    while not proven:
        left = settings.time_limit - (time.perf_counter() - began)
        if left <= 0:
            break
        wish = differing(formulation, always, never)
        answer = again(wish, start, replace(settings, time_limit=min(left, ROUND_SECONDS), gap=0.0))
        proven = answer.bound < 1.0 - 1e-6
        if answer.decisions is None or answer.x is None or answer.objective < 0.5:
            break
        has = answer.decisions.option >= 0
        always, never, start = always & has, never & ~has, answer.decisions
        found.append((own.form.objective(answer.x), tuple(ids[p] for p in np.flatnonzero(has))))
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


def differing(formulation: Formulation, always: Bools, never: Bools) -> Formulation:
    """Return the formulation whose objective counts projects of `always` dropped and of `never` added."""
    q, form = formulation.quantities, formulation.form
    sign = np.where(always, -1.0, 0.0) + np.where(never, 1.0, 0.0)
    cost = np.zeros_like(form.cost)
    cost[formulation.variables.x] = sign[q.options.project]
    return replace(formulation, form=replace(form, cost=cost, constant=float(always.sum())))
