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
    worked = paths.running.any(axis=-1)
    opened = np.zeros((len(worked), len(q.programme.fields)))
    np.maximum.at(opened, (slice(None), q.project_field), worked)
    return opened
