r"""A project starts only after its predecessors have ended.

```{math}
\sum_{m \in p} z_{m,t} \le \sum_{m \in q} z_{m,\,t - d_m - \text{lag}} \qquad q \to p,\ \forall t
```
"""

from typing import Any

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Ids, Kind, Words, named

TITLE = "Predecessors end first"


def _order(q: Quantities, ids: Ids) -> Text:
    later, earlier = (q.programme.projects.position(id) for id in ids)
    wait = next(lag for p, before, lag in q.links if (p, before) == (later, earlier))
    names: dict[str, Any] = {"project": named(q, "projects", ids[0]), "earlier": named(q, "projects", ids[1])}
    taken = [mode.duration for mode in q.programme.modes if mode.project == ids[1]]
    first = q.programme.projects.of(ids[1]).earliest
    if not taken:
        return t("{project} starts only after {earlier} has ended, which has no mode", **names)
    names["quarters"] = min(taken) + wait
    if first is None:
        return t("{project} starts only after {earlier} has ended, which takes {quarters} quarters or more", **names)
    return t(
        "{project} starts only after {earlier} has ended, which starts in {first} at the earliest and takes {quarters} "
        "quarters or more",
        first=first,
        **names,
    )


ORDER = Kind("precedence", ("project", "earlier"), _order, t("{project} no longer waits for {earlier}"), whole=True)
WORDS = {"precedence": Words({"project": "projects", "earlier": "projects", "quarter": TIME}, kind=ORDER)}


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
