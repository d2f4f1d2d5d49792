r"""Level-years of usable capability over the horizon, undiscounted: what a long-term evaluation counts.

```{math}
\sum_{t<T} \tfrac14 U_{k,t}
```
"""

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Accumulated capability"
UNIT = "level-year"
AXES = ("capability",)


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, capabilitys)."""
    return np.asarray(paths.usable[..., :-1].sum(axis=-1) / QUARTERS_PER_YEAR)
