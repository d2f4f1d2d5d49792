r"""A flow takes in no more than it can, and less while the project that carries it has not started.

```{math}
\sum_s n_{w,s,y} \le \text{alone}_w + (\text{most}_w - \text{alone}_w) \sum_{m \in p(w)} z_{m,\text{first}(y)}
```

Without such a project the right-hand side is the flow's largest intake.
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables

TITLE = "Intake of training and attraction"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each flow and year."""
    p, years = q.programme, len(q.years)
    flows = len(p.training)
    if not flows:
        return
    entries = [(q.intake.flow * years + q.intake.year, v.entrants, 1.0)]
    high = np.empty((flows, years))
    for w, flow in enumerate(p.training):
        high[w] = flow.intake_max
        if not flow.project:
            continue
        high[w] = flow.intake_alone or 0.0
        members = np.flatnonzero(q.mode_project == p.projects.position(flow.project))
        y, member = (array.ravel() for array in np.indices((years, len(members))))
        begun, can = v.begun.by(members[member], q.order_time[y])
        entries.append((w * years + y[can], begun[can], (flow.intake_alone or 0.0) - flow.intake_max))
    axes = grid((p.training.ids, flows), ([str(year) for year in q.years], years))
    build.add_rows("training", axes, entries, high=high.ravel())
