r"""Work items are migrated only once the projects that enable their class have ended, and each but once.

```{math}
G_{a,t+1} = G_{a,t} + g_{a,t} \qquad 0 \le G_{a,t} \le \text{items}_a \qquad
\frac{G_{a,t+1}}{\text{items}_a} \le \sum_{m \in p} z_{m,\,t - d_m} \quad \forall p \to a
```

People and money of ``g`` stand in their own rules.
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Kind, Words

TITLE = "Migration after what enables it"

ENABLED = Kind(
    "security",
    ("migration", "project"),
    t("{migration} is migrated only after {project} has ended"),
    t("{migration} no longer waits for {project}"),
    whole=True,
)
WORDS = {
    "security_migrated": Words(
        {"migration": "migration", "quarter": TIME}, t("{migration}: what has been migrated stays migrated")
    ),
    "security": Words({"migration": "migration", "project": "projects", "quarter": TIME}, kind=ENABLED),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add what has been migrated by each state, and one row for each enabling project and quarter."""
    p, horizon = q.programme, q.horizon
    classes = len(p.migration)
    if not classes:
        return
    quarters = [str(q.calendar.at(t)) for t in range(horizon)]
    each = np.arange(classes * horizon).reshape(classes, horizon)
    build.add_rows(
        "security_migrated",
        grid((p.migration.ids, classes), (quarters, horizon)),
        [(each, v.migrated[:, 1:], 1.0), (each, v.migrated[:, :-1], -1.0), (each, v.migrates, -1.0)],
        low=0.0,
        high=0.0,
    )
    duration = np.array([mode.duration for mode in p.modes], dtype=np.int64)
    pairs = [(a, project) for a, project in q.enabling if q.items[a] > 0]
    entries = []
    for row, (a, project) in enumerate(pairs):
        members = np.flatnonzero(q.mode_project == project)
        t, member = (array.ravel() for array in np.indices((horizon, len(members))))
        column, can = v.begun.by(members[member], t - duration[members[member]])
        entries.append((row * horizon + t[can], column[can], np.full(int(can.sum()), -1.0)))
        entries.append((row * horizon + np.arange(horizon), v.migrated[a, 1:], np.full(horizon, 1.0 / q.items[a])))
    if pairs:
        pair = np.repeat(np.array(pairs, dtype=np.int64), horizon, axis=0)
        named = [(ids, pair[:, at]) for at, ids in enumerate((p.migration.ids, p.projects.ids))]
        build.add_rows("security", [*named, (quarters, np.tile(np.arange(horizon), len(pairs)))], entries, high=0.0)
