r"""Level at the start of each quarter: built by projects, kept by core funding, lost by depreciation.

```{math}
L_{k,t}
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Level of each capability"
UNIT = "level"
AXES = ("capability", "state")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, capabilitys, T+1)."""
    return paths.level
