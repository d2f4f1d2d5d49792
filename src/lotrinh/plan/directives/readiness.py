r"""Projects started within the window below the level they need: none in a plan, some in futures.

```{math}
\sum_p \Big[\, U_{k,\text{start}_p} < \theta_{p,k} \text{ for some } k \,\Big]
```
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, starts
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Projects started below the level they need"
UNIT = "item"
SCOPES = ()
HARD = ("<=",)
SLACK = 1e-6


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the number in each scenario, shape (S,)."""
    q = paths.quantities
    start, started = starts(paths, directive)
    early = np.zeros(started.shape, dtype=bool)
    scenario = np.arange(len(started))
    for p, k, level in q.prerequisites:
        if p not in q.locks:
            early[:, p] |= started[:, p] & (paths.usable[scenario, k, start[:, p]] < level - SLACK)
    return np.asarray(early.sum(axis=-1), dtype=float)


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement] | None:
    """Return nothing to add: the rule readiness of every plan says so already."""
    return [] if directive.threshold >= 0 else None
