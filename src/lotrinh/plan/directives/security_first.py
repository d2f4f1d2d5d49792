r"""Share of the value at risk whose cryptography has been migrated by the date.

```{math}
\frac{\sum_a \text{value}_a\,G_{a,\text{date}}}{\sum_a \text{value}_a\,\text{items}_a}
```

The scope may be one class, or the classes of one risk, as ``high``; with ``exposure`` it is the share of all exposure
from the first quarter to the date that is removed, ``Σρ·G / Σρ·items``. With nothing to migrate the share is 1. The
date is the end of the last quarter; with ``from``, the end of every year from there on, of which the worst counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, share, states, worst
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import RISKS, Directive

TITLE = "Value at risk removed by a date"
UNIT = "share"
SCOPES = ("migration", "high", "medium", "low", "exposure")
HARD = (">=",)


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    q = paths.quantities
    weight = _weight(q, directive, paths.exposure_rate)
    found = []
    for state, each in zip(states(q, directive), weight, strict=True):
        whole = np.asarray((each * q.items[:, None]).sum(axis=(-2, -1)))
        removed = (paths.migrated[:, :, : state + 1] * each).sum(axis=(-2, -1))
        found.append(share(removed, np.broadcast_to(whole, removed.shape), 1.0))
    return worst(directive, np.stack(found, axis=-1))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> Sequence[Statement]:
    """Return one statement for each date."""
    found = []
    for state, (each,) in zip(states(q, directive), _weight(q, directive, q.exposure_rate[None]), strict=True):
        whole = float((each * q.items[:, None]).sum())
        if whole > 0:
            a, at = np.nonzero(each)
            about = str(q.calendar.at(state - 1)) if state else ""
            found.append(demand(directive, v.migrated[a, at], each[a, at] / whole, about=about))
    return found


def _weight(q: Quantities, directive: Directive, rate: Floats) -> list[Floats]:
    """Return what an item of each class counts at each state up to each date, (S or 1, A, state + 1)."""
    classes = q.programme.migration
    scope = directive.scope
    meant = np.array(
        [scope in ("all", "exposure", row.migration) or (scope in RISKS and row.risk == scope) for row in classes],
        dtype=float,
    )
    found = []
    for state in states(q, directive):
        if scope == "exposure":
            found.append(rate[..., : state + 1] * meant[:, None] * (np.arange(state + 1) < state))
            continue
        last = np.zeros((1, len(classes), state + 1))
        last[0, :, state] = meant * np.array([row.value for row in classes])
        found.append(last)
    return found
