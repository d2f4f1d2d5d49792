r"""Number of fields in which a project runs.

```{math}
\sum_f y_f
```
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures import fields_opened
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Number of fields opened"
UNIT = "item"


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the number in each scenario, shape (S,)."""
    return np.asarray(fields_opened.measure(paths).sum(axis=-1))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the number compares with the threshold; a field counts as opened only with a project in it."""
    fields = q.programme.fields
    mode = np.arange(len(q.programme.modes))
    ever, can = v.begun.ever(mode)
    entry = [(np.arange(len(fields)), v.open, 1.0), (q.project_field[q.mode_project[mode[can]]], ever[can], -1.0)]
    build.add_rows("directive_opened", [(fields.ids, np.arange(len(fields)))], entry, high=0.0)
    return [demand(directive, v.open, 1.0)]
