r"""Work items of each class of migration that have been migrated.

```{math}
G_{a,t} = \sum_{u < t} g_{a,u}
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Work items migrated"
UNIT = "item"
AXES = ("migration", "state")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, A, T+1)."""
    return paths.migrated
