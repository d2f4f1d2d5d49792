r"""Each project runs in at most one mode from one start; a mandatory or running project in exactly one.

```{math}
\sum_{m \in p}\sum_t x_{m,t} \le 1 \qquad (= 1 \text{ where } p \text{ is mandatory or already runs})
```

Start windows, the horizon and the mode and start of what already runs decide which ``x`` exist at all.
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables

TITLE = "One mode and one start for each project"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each project."""
    projects = q.programme.projects
    build.add_rows(
        "selection",
        grid((projects.ids, len(projects))),
        [(q.options.project, v.x, 1.0)],
        low=np.where(q.mandatory, 1.0, -np.inf),
        high=1.0,
    )
