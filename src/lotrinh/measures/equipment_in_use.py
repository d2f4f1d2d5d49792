r"""Units held by running projects, at the place of their leads.

```{math}
\sum_m \text{units}_{m,e}\,[m\text{ at work at }l\text{ in }t]
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Machines at work"
UNIT = "unit"
AXES = ("equipment", "place", "quarter")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, kinds, places, T)."""
    return paths.use
