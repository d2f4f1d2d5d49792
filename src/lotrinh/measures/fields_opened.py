r"""1 for a field in which a project runs at any time.

```{math}
\max_{p \in f,\,t} [p\text{ at work in }t]
```
"""

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Fields opened"
UNIT = "share"
AXES = ("field",)


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, fields)."""
    q = paths.quantities
    member = q.project_field[:, None] == np.arange(len(q.programme.fields))[None, :]
    return np.asarray((paths.started < paths.quantities.horizon).astype(float) @ member > 0, dtype=float)
