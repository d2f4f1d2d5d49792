r"""Share of the value at risk whose cryptography has been migrated by the date.

```{math}
\frac{\sum_a \text{value}_a\,\text{migrated}_{a,\text{date}}}{\sum_a \text{value}_a\,\text{items}_a}
```

The migrated items come from the migration paths. The scope may be one class; with nothing to migrate the share is 1.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats
from lotrinh.plan.statements import share, state_at
from lotrinh.programme.entities import Directive

TITLE = "Value at risk removed by a date"
UNIT = "share"


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    q = paths.quantities
    classes = q.programme.migration
    value = np.array([row.value * (directive.scope in ("all", row.migration)) for row in classes], dtype=float)
    whole = float(value @ np.array([row.items for row in classes], dtype=float)) if len(classes) else 0.0
    removed = paths.migrated[:, :, state_at(q, directive)] @ value
    return share(removed, np.full(len(removed), whole), 1.0)
