r"""Expected loss of each year from cryptography that has not been migrated; in a future, the loss with its Q-day.

```{math}
\sum_{t \in y} (\text{items}_a - G_{a,t})\,\text{value}_a\,\rho_{a,t}
```

``ρ`` is the expected exposure of a quarter, see `lotrinh.register.exposure`.
"""

import numpy as np

from lotrinh.measures.paths import Paths, by_year
from lotrinh.measures.quantities import Floats

TITLE = "Exposure to the quantum threat"
UNIT = "level-year"
AXES = ("migration", "year")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, A, Y)."""
    left = paths.quantities.items[:, None] - paths.migrated[..., :-1]
    return by_year(paths, np.asarray(left * paths.exposure_rate[..., :-1]))
