r"""A project runs only in an opened field, and an opened field spends at least its critical mass.

```{math}
\sum_{m \in p}\sum_t x_{m,t} \le y_{f(p)} \qquad \sum_{p \in f}\sum_{m,t} C_{m,t}\,x_{m,t} \ge M_f\,y_f
```

``C`` is the part of the cost that falls inside the horizon.
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables

TITLE = "Only opened fields, each with its critical mass"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each project and one for each field."""
    projects, fields = q.programme.projects, q.programme.fields
    mode = np.arange(len(q.programme.modes))
    ever, can = v.begun.ever(mode)
    build.add_rows(
        "fields",
        grid((projects.ids, len(projects))),
        [(q.mode_project[mode[can]], ever[can], 1.0), (np.arange(len(projects)), v.open[q.project_field], -1.0)],
        high=0.0,
    )
    option, _, amount = q.option_spend
    critical = np.array([row.critical_mass for row in fields])
    build.add_rows(
        "fields_mass",
        grid((fields.ids, len(fields))),
        [
            (q.project_field[q.options.project[option]], v.x[option], amount),
            (np.arange(len(fields)), v.open, -critical),
        ],
        low=0.0,
    )
