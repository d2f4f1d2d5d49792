r"""People of each skill at the start of each quarter.

```{math}
N_{s,t}
```
"""

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "People in each pool"
UNIT = "FTE"
AXES = ("skill", "state")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, skills, T+1)."""
    return paths.people
