r"""Tranches of the projects of each field in each calendar year.

```{math}
\sum_{p \in f}\sum_{t \in y} \text{tranche}_{p,t}
```
"""

from lotrinh.measures.paths import Paths, by_year
from lotrinh.measures.quantities import Floats

TITLE = "Project money by field and year"
UNIT = "million"
AXES = ("field", "year")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, fields, Y)."""
    return by_year(paths, paths.field_spend)
