r"""Years behind the world frontier: how long ago the leading countries stood where the programme stands at the date.

```{math}
\text{date} - F_k^{-1}(U_{k,\text{date}})
```

The frontier is interpolated between its years; before its first year its first step is continued, after its last it
stays: who stands there is not behind. Where it stands still, the last year counts. With all the measure is the mean
over the capabilities that have a frontier; a single capability can be hard. The date is the end of the last quarter;
with ``from``, the end of every year from there on, of which the worst counts.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, lasting, states, worst
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Years behind the world frontier"
UNIT = "year"
SCOPES = ("frontier",)
HARD = ("<=",)
ROUNDING = 1e-9


@lasting
def _frontier(q: Quantities, k: int) -> tuple[Floats, Floats]:
    """Return years and levels of the frontier of capability k, continued into the past down to level 0."""
    name = q.programme.capabilities.ids[k]
    points = sorted((float(row.year), row.level) for row in q.programme.frontier if row.capability == name)
    years, levels = np.array([y for y, _ in points]), np.array([level for _, level in points])
    if len(years) > 1:
        pace = max((levels[1] - levels[0]) / (years[1] - years[0]), 1e-3)
        years = np.insert(years, 0, years[0] - levels[0] / pace)
        levels = np.insert(levels, 0, 0.0)
    return years, np.maximum.accumulate(levels) if len(levels) else levels


@lasting
def _concerned(q: Quantities, directive: Directive) -> list[int]:
    known = {row.capability for row in q.programme.frontier}
    ids = q.programme.capabilities.ids
    return [k for k, name in enumerate(ids) if name in known and directive.scope in ("all", name)]


def _date(q: Quantities, at: int) -> float:
    quarter = q.calendar.at(at)
    return quarter.year + (quarter.quarter - 1) / 4.0


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the mean years behind in each scenario, shape (S,)."""
    q = paths.quantities
    at = states(q, directive)
    date = np.array([_date(q, state) for state in at])
    found = []
    for k in _concerned(q, directive):
        years, levels = _frontier(q, k)
        usable = paths.usable[:, k, at] + ROUNDING
        stood = np.where(usable >= levels[-1], np.maximum(years[-1], date), np.interp(usable, levels, years))
        found.append(date - stood)
    return worst(directive, np.mean(found, axis=0)) if found else np.zeros(len(paths.level))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement] | None:
    """Return that the level reaches the frontier of so many years ago.

    Only for one capability, and not for a lead that goes beyond the years of the frontier.
    """
    concerned = _concerned(q, directive)
    if len(concerned) != 1:
        return None
    years, levels = _frontier(q, concerned[0])
    pace = max(float(levels[-1] - levels[0]) / max(float(years[-1] - years[0]), 1.0), 1e-3)
    found = []
    for at in states(q, directive):
        date = _date(q, at)
        moment = date - directive.threshold
        if moment > max(years[-1], date):
            return None
        needed = float(np.interp(moment, years, levels)) if moment > years[0] else 0.0
        column = v.usable[concerned[0], at : at + 1]
        found.append(Statement(column, np.ones(1), ROUNDING - needed, str(q.calendar.at(at)), pace))
    return found
