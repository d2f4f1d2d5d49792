r"""Share of the value at risk whose cryptography has been migrated by the date.

```{math}
\frac{\sum_a \text{value}_a\,\text{migrated}_{a,\text{date}}}{\sum_a \text{value}_a\,\text{items}_a}
```

The migrated items come from the migration paths. The scope may be one class; with nothing to migrate the share is 1.
The date is the end of the last quarter; with ``from``, the end of every year from there on, of which the worst counts.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats
from lotrinh.plan.statements import share, states, worst
from lotrinh.programme.entities import Directive

TITLE = "Value at risk removed by a date"
UNIT = "share"
SCOPES = ("migration",)


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    q = paths.quantities
    classes = q.programme.migration
    value = np.array([row.value * (directive.scope in ("all", row.migration)) for row in classes], dtype=float)
    whole = float(value @ np.array([row.items for row in classes], dtype=float)) if len(classes) else 0.0
    removed = value @ paths.migrated[:, :, states(q, directive)]
    return worst(directive, share(removed, np.full(removed.shape, whole), 1.0))
