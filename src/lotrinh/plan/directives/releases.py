r"""Share of the money of chosen projects that is committed only after a passed gate.

```{math}
\frac{\sum_{m,t} C_{m,t}\,x_{m,t} \sum_{g \in m} \text{release}_g}{\sum_{m,t} C_{m,t}\,x_{m,t}}
```

Only projects that start within the window count, those that run already as if they started in the first quarter. Where
there is none the directive is held: the share counts as 1 for a floor, as 0 for a ceiling. A gate at the very end
releases nothing.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, of_nothing, purse, share, starts, window
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Money released by gates"
UNIT = "share"
SCOPES = ()
HARD = (">=", "<=")


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    q = paths.quantities
    money = paths.committed * starts(paths, directive)[1]
    released = money * np.where(paths.mode >= 0, q.mode_released[paths.mode], 0.0)
    return share(released.sum(axis=-1), money.sum(axis=-1), of_nothing(directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the share compares with the threshold."""
    cost = q.options.cost * window(q, directive)[np.maximum(q.options.start, 0)]
    part = q.mode_released[q.options.mode]
    return [demand(directive, v.x, part * cost, of=cost, unit=purse(q, directive))]
