r"""Share of the money of chosen projects that is committed only after a passed gate.

```{math}
\frac{\sum_{m,t} C_{m,t}\,x_{m,t} \sum_{g \in m} \text{release}_g}{\sum_{m,t} C_{m,t}\,x_{m,t}}
```

Where nothing is spent the directive is held: the share counts as 1 for a floor, as 0 for a ceiling. A gate at the
very end releases nothing.
"""

from __future__ import annotations

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, of_nothing, share
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Money released by gates"
UNIT = "share"


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    return share((paths.committed * paths.released).sum(axis=-1), paths.committed.sum(axis=-1), of_nothing(directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the share compares with the threshold."""
    cost = q.options.cost
    part = q.mode_released[q.options.mode]
    return [demand(directive, v.x, part * cost, of=cost, unit=float(q.budget.sum()))]
