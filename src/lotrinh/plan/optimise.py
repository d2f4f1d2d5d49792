"""From a programme to a plan: quantities, formulation, search, verification. The whole story on one screen."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from lotrinh.base.issues import LotrinhError, NoPlanError, NoPlanInTimeError, UsageError
from lotrinh.base.text import t
from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.by_id import adopted
from lotrinh.plan.columns import columns_of, decisions_of, within_limits
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.search import search
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import Solution, Watcher, solve
from lotrinh.plan.verify import TOLERANCE, faults
from lotrinh.programme.programme import Programme


def optimise(
    programme: Programme,
    settings: PlanSettings | None = None,
    watch: Watcher | None = None,
    start: Plan | None = None,
) -> Plan:
    """Return the best plan found for `programme`, verified, with the proven gap.

    Parameters
    ----------
    programme: a checked programme, from `load`.
    settings: limits of the search; `PlanSettings()` where left out.
    watch: called with a `Progress` while the search runs.
    start: a plan of this or a like programme, to begin from.

    Raises
    ------
    UsageError
        If the budget scenario asked for is not in the programme.
    NoPlanError
        If no plan satisfies every rule.
    NoPlanInTimeError
        If the time limit or an interrupt came before a first plan.
    """
    settings = settings or PlanSettings()
    began = time.perf_counter()
    formulation = formulate(quantities_of(programme, settings.budget))
    known = adopted(formulation.quantities, start) if start is not None else None
    solution = search(formulation, settings, watch, known)
    if solution.status == "infeasible":
        raise NoPlanError(str(t("no plan satisfies every rule; lotrinh explain PROGRAMME --conflict says which clash")))
    if solution.x is None:
        raise NoPlanInTimeError(str(t("no plan was found within the limits of the search")))
    decisions = polish(formulation, decisions_of(formulation, solution.x), settings)
    return release(formulation, decisions, solution, settings, time.perf_counter() - began)


def quantities_of(programme: Programme, budget: str = "") -> Quantities:
    """Return the arrays of `programme` under a budget scenario; `UsageError` where it has none of that name."""
    if budget and budget not in programme.scenarios:
        known = ", ".join(programme.scenarios)
        raise UsageError(str(t("budget scenario {name} is not one of {known}", name=budget, known=known)))
    return Quantities(programme, budget)


def polish(formulation: Formulation, decisions: Decisions, settings: PlanSettings) -> Decisions:
    """Return the same whole-number decisions with the best core funding and migration for them."""
    q, v = formulation.quantities, formulation.variables
    if not q.restore_share.any() and not len(q.items):
        return decisions
    before = follow(q, decisions)
    x = columns_of(formulation, before)
    whole = np.flatnonzero(formulation.form.whole[: formulation.decided])
    form = formulation.form.fixed(whole, x[whole])
    answer = solve(form, PlanSettings(gap=0.0, threads=1, seed=settings.seed))
    if answer.x is None or answer.status != "optimal":
        return decisions
    restored, migrated = (np.maximum(answer.x[columns], 0.0) for columns in (v.restored, v.migrates))
    better = within_limits(formulation, replace(decisions, restored=restored, migrated=migrated))
    after = columns_of(formulation, follow(q, better))
    return better if formulation.form.objective(after) >= formulation.form.objective(x) else decisions


def release(
    formulation: Formulation, decisions: Decisions, solution: Solution, settings: PlanSettings, seconds: float
) -> Plan:
    """Verify `decisions` and return them as a plan; a plan that breaks any rule is our bug and is never returned."""
    paths = follow(formulation.quantities, decisions)
    columns = columns_of(formulation, paths)
    objective = float(value(paths)[0]) - formulation.penalty(columns)
    slack = TOLERANCE * max(1.0, abs(objective))
    bound = max(solution.bound, objective) if solution.bound > objective - slack else solution.bound
    found = faults(formulation, columns, paths, objective, bound)
    if found:
        raise LotrinhError("the solver's plan breaks its own rules:\n" + "\n".join(str(fault) for fault in found[:20]))
    return Plan(
        programme=formulation.quantities.programme,
        settings=settings,
        decisions=decisions,
        status="optimal" if bound - objective <= settings.gap * abs(bound) + slack else "feasible",
        objective=objective,
        bound=bound,
        seconds=seconds,
        solver=solution.solver,
        paths=paths,
    )
