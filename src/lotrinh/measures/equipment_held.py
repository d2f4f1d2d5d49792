r"""Units in stock or delivered, by place.

```{math}
\text{stock}_{e,l} + \sum_{\text{first}(y)+\text{lead}_e \le t} b_{e,l,y}
```
"""

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Machines there"
UNIT = "unit"
AXES = ("equipment", "place", "quarter")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, kinds, places, T)."""
    q = paths.quantities
    held = np.zeros((len(paths.holding), len(q.price), len(q.programme.places), q.horizon))
    held[:, q.sites.equipment, q.sites.place] = paths.holding
    return held
