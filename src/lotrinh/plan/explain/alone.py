"""What moving or adding one project alone would do, everything else as the plan has it: exact, without any search.

Core funding alone follows, cut to what its limit then allows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lotrinh.measures.paths import follow, value
from lotrinh.measures.quantities import Floats, Ints
from lotrinh.plan.columns import columns_of, within_limits
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import scorecard
from lotrinh.plan.verify import outside


@dataclass(frozen=True)
class Alone:
    """A plan in which one project alone takes another option.

    Attributes
    ----------
    option: the option taken.
    change: what the plan would be worth more, weighted level-years, if every rule let it; prices of soft directives
        aside.
    rows, short: rows of the form that it breaks and by how much, in the unit of the row; those of directives aside.
    directives: hard directives that it misses, by their measures.
    x: its columns.
    """

    option: int
    change: float
    rows: Ints
    short: Floats
    directives: tuple[str, ...]
    x: Floats


def alone(plan: Plan, formulation: Formulation, option: int) -> Alone:
    """Return what the plan would be with `option` in the place of what its project does now."""
    q, form = plan.quantities, formulation.form
    chosen = plan.decisions.option.copy()
    chosen[q.options.project[option]] = option
    paths = follow(q, within_limits(formulation, replace(plan.decisions, option=chosen)))
    x = columns_of(formulation, paths)
    activity = form.activity(x)
    broken = outside(activity, form.row_low, form.row_high)
    for family in form.rows:
        if family.name.startswith("directive"):
            broken[family.members] = False
    rows = np.flatnonzero(broken)
    short = np.maximum(form.row_low - activity, activity - form.row_high)[rows]
    missed = [found for found in scorecard(paths) if found.directive.kind == "hard" and not found.held.all()]
    change = float(value(paths)[0] - value(plan.paths)[0])
    return Alone(option, change, rows, short, tuple(found.directive.directive for found in missed), x)


def least_in_the_way(plan: Plan, formulation: Formulation, project: int) -> Alone | None:
    """Return the option of a project that breaks the fewest rules when added alone, None where it has no option."""
    options = np.flatnonzero(plan.quantities.options.project == project)
    found = [alone(plan, formulation, int(option)) for option in options]
    return min(found, key=lambda each: (len(each.rows) + len(each.directives), -each.change), default=None)
