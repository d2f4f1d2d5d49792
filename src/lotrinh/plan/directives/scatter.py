r"""Places that host one kind of equipment, or projects led by one organisation: the largest number.

```{math}
\max_e \sum_l h_{e,l} \qquad\text{or}\qquad \max_o \sum_{p\text{ led by }o} [p\text{ chosen}]
```

With all, or the id of a kind, places are counted; with the id of an organisation, its projects.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Places of a kind of equipment, or projects of an organisation"
UNIT = "item"


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the largest number in each scenario, shape (S,)."""
    q = paths.quantities
    if directive.scope in q.programme.organisations.ids:
        led = np.array([row.lead == directive.scope for row in q.programme.projects])
        return np.asarray((paths.running.any(axis=-1) & led).sum(axis=-1), dtype=float)
    hosting = paths.hosting
    member = q.sites.equipment[:, None] == np.array(_kinds(q, directive), dtype=np.int64)[None, :]
    counts = hosting.astype(float) @ member
    return np.asarray(counts.max(axis=-1, initial=0.0))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement] | None:
    """Return that no number exceeds the threshold; a floor is only watched."""
    if directive.comparison != "<=":
        return None
    if directive.scope in q.programme.organisations.ids:
        led = np.array([q.programme.projects[int(p)].lead == directive.scope for p in q.mode_project])
        ever, can = v.begun.ever(np.flatnonzero(led))
        return [demand(directive, ever[can], 1.0, about=directive.scope)]
    return [
        demand(directive, v.hosts[q.sites.equipment == e], 1.0, about=q.programme.equipment.ids[e])
        for e in _kinds(q, directive)
    ]


def _kinds(q: Quantities, directive: Directive) -> list[int]:
    return [e for e, kind in enumerate(q.programme.equipment.ids) if directive.scope in ("all", kind)]
