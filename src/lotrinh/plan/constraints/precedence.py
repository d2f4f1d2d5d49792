r"""A project starts only after its predecessors have ended.

```{math}
\sum_{m \in p}\sum_{t' \le t} x_{m,t'} \le \sum_{m \in q}\sum_{t' + d_m + \text{lag} \le t} x_{m,t'} \qquad q \to p,\ \forall t
```
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Variables

TITLE = "Predecessors end first"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each precedence and quarter in which the later project may start."""
    options, projects = q.options, q.programme.projects
    of = [np.flatnonzero(options.project == p) for p in range(len(projects))]
    times = [str(q.calendar.at(t)) for t in range(q.horizon)]
    entries, index, count = [], [], 0
    for p, before, lag in q.links:
        if p in q.locks or not len(of[p]):
            continue
        first, last = int(options.start[of[p]].min()), int(options.start[of[p]].max())
        t = np.arange(first, last + 1)
        for members, ready, sign in ((of[p], options.start[of[p]], 1.0), (of[before], options.end[of[before]] + lag, -1.0)):
            row, member = np.nonzero(ready[None, :] <= t[:, None])
            entries.append((row + count, v.x[members[member]], sign))
        index.append((np.full(len(t), p), np.full(len(t), before), t))
        count += len(t)
    if count:
        later, earlier, t = (np.concatenate(column) for column in zip(*index, strict=True))
        build.add_rows("precedence", [(projects.ids, later), (projects.ids, earlier), (times, t)], entries, high=0.0)
