r"""A project runs only in an opened field, and an opened field spends at least its critical mass.

```{math}
\sum_{m \in p}\sum_t x_{m,t} \le y_{f(p)} \qquad \sum_{p \in f}\sum_{m,t} C_{m,t}\,x_{m,t} \ge M_f\,y_f
```

``C`` is the part of the cost that falls inside the horizon.
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import Ids, Kind, Words

TITLE = "Only opened fields, each with its critical mass"


def _mass(q: Quantities, ids: Ids) -> float:
    return q.programme.fields.of(ids[0]).critical_mass


MASS = Kind(
    "mass",
    ("field",),
    t("the field {field}, if opened, spends at least {limit} million {currency} on its projects"),
    t("the critical mass of the field {field} falls by {amount} million {currency} ({share}), to {to} million"),
    unit="million",
    limit=_mass,
    falls=True,
)
WORDS = {
    "fields": Words({"project": "projects"}, t("{project} runs only in an opened field")),
    "fields_mass": Words({"field": "fields"}, kind=MASS),
}


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
