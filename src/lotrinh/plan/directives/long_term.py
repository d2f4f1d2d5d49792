r"""Accumulated capability within the window: level-years of usable capability, not weighted and not discounted.

```{math}
\sum_k \sum_{t\text{ in the window}} \tfrac14 U_{k,t}
```

The scope may be one capability, or a field for its capabilities.
"""

from __future__ import annotations

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, span, window
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Accumulated level-years"
UNIT = "level-year"
SCOPES = ("capabilities", "fields")
HARD = (">=",)


def _concerned(q: Quantities, directive: Directive) -> list[int]:
    rows = enumerate(q.programme.capabilities)
    return [k for k, row in rows if directive.scope in ("all", row.capability, row.field)]


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the level-years in each scenario, shape (S,)."""
    q = paths.quantities
    first, after = span(q, directive)
    usable = paths.usable[..., first:after].sum(axis=-1)
    return np.asarray(usable[:, _concerned(q, directive)].sum(axis=-1) / QUARTERS_PER_YEAR)


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the level-years reach the threshold."""
    columns = v.usable[_concerned(q, directive), :-1][:, window(q, directive)]
    return [demand(directive, columns, 1.0 / QUARTERS_PER_YEAR)]
