r"""Projects, training and attraction, equipment with upkeep and hosting, core funding.

```{math}
\sum_{t \in y} \text{spend}_{\text{purpose},t}
```
"""

import numpy as np

from lotrinh.measures.paths import PURPOSES, Paths, by_year
from lotrinh.measures.quantities import Floats

TITLE = "Money by purpose and year"
UNIT = "million"
AXES = ("purpose", "year")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, purposes, Y)."""
    return by_year(paths, np.stack([paths.spend[name] for name in PURPOSES], axis=1))
