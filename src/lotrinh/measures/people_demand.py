r"""People wanted by running projects and by teaching.

```{math}
\sum_m \text{fte}_{m,s}\,[m\text{ at work in }t] + \text{teaching}_{s,t}
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "People at work"
UNIT = "FTE"
AXES = ("skill", "quarter")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, skills, T)."""
    return paths.demand
