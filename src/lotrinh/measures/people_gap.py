r"""Demand of projects and teaching beyond the pool; zero in a plan, counted in futures.

```{math}
\max(0,\ \text{demand}_{s,t} - N_{s,t})
```
"""

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Unfilled demand for people"
UNIT = "FTE"
AXES = ("skill", "quarter")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, skills, T)."""
    return np.maximum(0.0, paths.demand - paths.people[..., :-1])
