r"""Not rushing: a project starts only where every capability it needs is usable at its least level.

```{math}
\theta_{p,k} \sum_{m \in p} x_{m,t} \le U_{k,t}
```

With ``u`` a level that is usable whatever the plan does, the rows are written in the equivalent and tighter form
``(θ − u)·Σx ≤ U − u``: for 0/1 starts both say the same, and the relaxation is closer.
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.paths import usable_levels
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Ids, Kind, Words

TITLE = "Within actual capability"


def _level(q: Quantities, ids: Ids) -> float:
    """Return the level that a project needs."""
    p, k = q.programme.projects.position(ids[0]), q.programme.capabilities.position(ids[1])
    return next(level for project, capability, level in q.prerequisites if (project, capability) == (p, k))


READY = Kind(
    "readiness",
    ("project", "capability"),
    t("{project} starts only where {capability} is usable at level {limit}"),
    t("{project} may start with {capability} at level {to} instead of {limit} ({share})"),
    unit="level",
    limit=_level,
    falls=True,
)
WORDS = {"readiness": Words({"project": "projects", "capability": "capabilities", "quarter": TIME}, kind=READY)}


def floor_levels(q: Quantities) -> Floats:
    """Return the usable levels of a plan that does nothing, shape (K, T+1): no plan falls below them."""
    decay = (1.0 - q.depreciation)[:, None] ** np.arange(q.horizon + 1)[None, :]
    return usable_levels(q.level_start[:, None] * decay, q.foundations)


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each prerequisite and quarter in which the project may start."""
    p = q.programme
    floor = floor_levels(q)
    times = [str(q.calendar.at(t)) for t in range(q.horizon)]
    entries, index, low, count = [], [], [], 0
    for project, capability, level in q.prerequisites:
        members = np.flatnonzero(q.options.project == project)
        if project in q.locks or not len(members):
            continue
        t, row = np.unique(q.options.start[members], return_inverse=True)
        base = np.where(floor[capability, t] < level, floor[capability, t], 0.0)
        entries.append((row + count, v.x[members], -(level - base)[row]))
        entries.append((np.arange(len(t)) + count, v.usable[capability, t], np.ones(len(t))))
        low.append(base)
        index.append((np.full(len(t), project), np.full(len(t), capability), t))
        count += len(t)
    if count:
        projects, kinds, at = (np.concatenate(column) for column in zip(*index, strict=True))
        axes = [(p.projects.ids, projects), (p.capabilities.ids, kinds), (times, at)]
        build.add_rows("readiness", axes, entries, low=np.concatenate(low))
