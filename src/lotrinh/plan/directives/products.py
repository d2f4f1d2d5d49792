r"""Products in service by the date, each with its chance: the expected number.

```{math}
\sum_{p\text{ with a product}} \pi_p\,\kappa_p\,[\text{end}_p \le \text{date}]
```

The scope may be one field.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, state_at
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Products in service by a date"
UNIT = "item"


def _counts(q: Quantities, directive: Directive) -> Floats:
    """Return 1 for each project with a product within the scope, else 0, shape (P,)."""
    return np.array(
        [
            float(bool(row.product_en or row.product_vi) and directive.scope in ("all", row.field))
            for row in q.programme.projects
        ]
    )


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the expected number in each scenario, shape (S,)."""
    q = paths.quantities
    return np.asarray(paths.served[:, :, state_at(q, directive)] @ _counts(q, directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the number compares with the threshold."""
    options = q.options
    done = options.end <= state_at(q, directive)
    worth = _counts(q, directive)[options.project] * options.chance * q.chain_chance[options.project]
    return [demand(directive, v.x[done], worth[done])]
