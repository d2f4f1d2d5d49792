"""What moving or adding one project alone would do, everything else as the plan has it: exact, without any search.

Core funding alone follows, cut to what its limit then allows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lotrinh.measures.paths import follow
from lotrinh.measures.quantities import Floats, Ints
from lotrinh.plan.columns import columns_of, within_limits
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.plan import Plan
from lotrinh.plan.verify import TOLERANCE


@dataclass(frozen=True)
class Alone:
    """A plan in which one project alone takes another option.

    Attributes
    ----------
    option: the option taken.
    change: what the plan would be worth more, weighted level-years, if every rule let it.
    rows, short: rows of the form that it breaks and by how much, in the unit of the row.
    x: its columns.
    """

    option: int
    change: float
    rows: Ints
    short: Floats
    x: Floats


def alone(plan: Plan, formulation: Formulation, option: int) -> Alone:
    """Return what the plan would be with `option` in the place of what its project does now."""
    q, form = plan.quantities, formulation.form
    chosen = plan.decisions.option.copy()
    chosen[q.options.project[option]] = option
    decisions = within_limits(formulation, replace(plan.decisions, option=chosen))
    x = columns_of(formulation, follow(q, decisions))
    activity = form.activity(x)
    short = np.maximum(form.row_low - activity, activity - form.row_high)
    side = np.where(np.isfinite(form.row_high), np.abs(form.row_high), np.abs(form.row_low))
    broken = np.flatnonzero(short > TOLERANCE * np.maximum(1.0, np.where(np.isfinite(side), side, 1.0)))
    return Alone(option, form.objective(x) - plan.objective, broken, short[broken], x)


def least_in_the_way(plan: Plan, formulation: Formulation, project: int) -> Alone | None:
    """Return the option of a project that breaks the fewest rows when added alone, None where it has no option."""
    options = np.flatnonzero(plan.quantities.options.project == project)
    found = [alone(plan, formulation, int(option)) for option in options]
    return min(found, key=lambda each: (len(each.rows), -each.change), default=None)
