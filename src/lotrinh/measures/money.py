r"""All spending of each calendar year: projects, training, equipment and core funding.

```{math}
\sum_{t \in y} \text{spend}_t
```
"""

from lotrinh.measures.paths import Paths, by_year
from lotrinh.measures.quantities import Floats

TITLE = "Money by year"
UNIT = "million"
AXES = ("year",)


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, Y)."""
    return by_year(paths, paths.money)
