r"""The level that the foundations carry, at the start of each quarter.

```{math}
U_{k,t} = \min\big(L_{k,t},\ 5,\ \min_j U_{j,t} / w_{jk}\big)
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Usable level of each capability"
UNIT = "level"
AXES = ("capability", "state")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, capabilitys, T+1)."""
    return paths.usable
