r"""Share of project money on work whose chance of success is below seven in ten.

```{math}
\frac{\sum_{m,t:\ \pi_{m,t} < 0.7} C_{m,t}\,x_{m,t}}{\sum_{m,t} C_{m,t}\,x_{m,t}}
```

A floor and a ceiling may both be wanted: controlled risk is part of the mission. Only money spent within the window
counts. Where nothing is spent the directive is held: the share counts as 1 for a floor, as 0 for a ceiling.
"""

from __future__ import annotations

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, of_nothing, purse, share, spending, spent
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Money on work of low chance of success"
UNIT = "share"
SCOPES = ()
HARD = (">=", "<=")
LIMIT = 0.7


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    money = spent(paths, directive)
    return share((money * (paths.chance < LIMIT)).sum(axis=-1), money.sum(axis=-1), of_nothing(directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the share compares with the threshold."""
    option, money = spending(q, directive)
    bold = q.options.chance[option] < LIMIT
    return [demand(directive, v.x[option], bold * money, of=money, unit=purse(q, directive))]
