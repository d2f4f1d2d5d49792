r"""Products that enter service within the window, each with its chance: the expected number.

```{math}
\sum_{p\text{ with a product}} \pi_p\,\kappa_p\,[\text{end}_p\text{ in the window}]
```

The scope may be one field.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths, weighted
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, lasting, span, window
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Products that enter service"
UNIT = "item"
SCOPES = ("fields",)
HARD = (">=", "<=")


@lasting
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
    first, after = span(q, directive)
    return weighted(paths.served_at(after) - paths.served_at(first), _counts(q, directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the number compares with the threshold."""
    options = q.options
    done = window(q, directive)[options.end - 1]
    worth = _counts(q, directive)[options.project] * options.chance * q.chain_chance[options.project]
    return [demand(directive, v.x[done], worth[done])]
