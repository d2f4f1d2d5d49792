r"""A project starts only after its predecessors have ended.

```{math}
\sum_{m \in p} z_{m,t} \le \sum_{m \in q} z_{m,\,t - d_m - \text{lag}} \qquad q \to p,\ \forall t
```
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Variables

TITLE = "Predecessors end first"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each precedence and quarter in which the later project may start."""
    begun, projects = v.begun, q.programme.projects
    duration = np.array([mode.duration for mode in q.programme.modes], dtype=np.int64)
    of = [np.flatnonzero(q.mode_project == p) for p in range(len(projects))]
    entries, index, count = [], [], 0
    for p, before, lag in q.links:
        able = of[p][begun.first[of[p]] <= begun.last[of[p]]]
        if p in q.locks or not len(able):
            continue
        t = np.arange(int(begun.first[able].min()), int(begun.last[able].max()) + 1)
        for members, wait, sign in ((able, 0 * able, 1.0), (of[before], duration[of[before]] + lag, -1.0)):
            row, member = (array.ravel() for array in np.indices((len(t), len(members))))
            column, can = begun.by(members[member], t[row] - wait[member])
            entries.append((row[can] + count, column[can], sign))
        index.append((np.full(len(t), p), np.full(len(t), before), t))
        count += len(t)
    if count:
        later, earlier, t = (np.concatenate(column) for column in zip(*index, strict=True))
        quarters = [str(q.calendar.at(at)) for at in range(q.horizon)]
        axes = [(projects.ids, later), (projects.ids, earlier), (quarters, t)]
        build.add_rows("precedence", axes, entries, high=0.0)
