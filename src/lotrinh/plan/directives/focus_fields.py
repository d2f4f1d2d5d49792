r"""Number of fields in which a project is at work within the window.

```{math}
\sum_f y_f
```
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, fields_running, opened
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Number of fields opened"
UNIT = "item"
SCOPES = ()
HARD = (">=", "<=")


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the number in each scenario, shape (S,)."""
    return np.asarray(fields_running(paths, directive).sum(axis=-1), dtype=float)


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the number compares with the threshold."""
    return [demand(directive, opened(build, q, v, directive), 1.0)]
