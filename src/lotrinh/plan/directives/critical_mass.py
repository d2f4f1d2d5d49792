r"""Least spending of an opened field, as a share of its critical mass.

```{math}
\min_{f\text{ opened}} \frac{\sum_{p \in f} C_p}{M_f}
```

The scope may be one field. A field is open where a project of it is at work within the window, and only money spent
within it counts. Fields without a critical mass do not count; without any the measure is infinite.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, fields_running, lasting, opened, spending, spent
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Spending of opened fields against their critical mass"
UNIT = "share"
SCOPES = ("fields",)
HARD = (">=",)


@lasting
def _fields(q: Quantities, directive: Directive) -> list[int]:
    return [
        f for f, row in enumerate(q.programme.fields) if row.critical_mass > 0 and directive.scope in ("all", row.field)
    ]


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the least share in each scenario, shape (S,)."""
    q = paths.quantities
    least = np.full(len(paths.level), np.inf)
    money, running = spent(paths, directive), fields_running(paths, directive)
    for f in _fields(q, directive):
        ratio = money[:, q.project_field == f].sum(axis=-1) / q.programme.fields[f].critical_mass
        least = np.where(running[:, f], np.minimum(least, ratio), least)
    return least


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that each field, if opened, spends the threshold times its critical mass."""
    option, money = spending(q, directive)
    open_ = opened(build, q, v, directive)
    field = q.project_field[q.options.project[option]]
    found = []
    for f in _fields(q, directive):
        row = q.programme.fields[f]
        columns = np.append(v.x[option[field == f]], open_[f])
        values = np.append(money[field == f], -directive.threshold * row.critical_mass)
        found.append(Statement(columns, values, 0.0, row.field, row.critical_mass))
    return found
