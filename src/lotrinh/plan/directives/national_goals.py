r"""Share of project money spent on projects that serve a weighted national goal.

```{math}
\frac{\sum_{p\text{ serves}} C_p}{\sum_p C_p}
```

The scope may be one goal; with all, any goal of a weight above 0 counts. Only money spent within the window counts.
Where nothing is spent the directive is held: the share counts as 1 for a floor, as 0 for a ceiling.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths, weighted
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, lasting, of_nothing, purse, share, spending, spent
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Money with a line of sight to a national goal"
UNIT = "share"
SCOPES = ("goals",)
HARD = (">=", "<=")


@lasting
def _serves(q: Quantities, directive: Directive) -> Floats:
    """Return 1 for each project that serves a goal within the scope, else 0, shape (P,)."""
    p = q.programme
    wanted = {row.goal for row in p.goals if row.weight > 0} if directive.scope == "all" else {directive.scope}
    serving = {row.project for row in p.project_goals if row.goal in wanted}
    return np.array([float(row.project in serving) for row in p.projects])


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    money = spent(paths, directive)
    serving = weighted(money, _serves(paths.quantities, directive))
    return share(serving, money.sum(axis=-1), of_nothing(directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the share compares with the threshold."""
    option, money = spending(q, directive)
    serving = _serves(q, directive)[q.options.project[option]]
    return [demand(directive, v.x[option], serving * money, of=money, unit=purse(q, directive))]
