r"""Levels are built by projects, lost by depreciation, and kept by core funding of key laboratories.

```{math}
L_{k,t+1} = (1-\delta_k)\,L_{k,t} + r_{k,t} + \sum_{m} E_{k,m,t+1-d_m}\,x_{m,t+1-d_m}
\qquad 0 \le r_{k,t} \le \rho_k\,\delta_k\,L_{k,t}
```

``E`` is the expected gain: levels, times the mode's gain factor, times the chance that the predecessors deliver,
times the
chance to succeed plus, where it fails, the share that stays.
"""

import numpy as np

from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables

TITLE = "Capability is accumulated and lost"


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add the level of every capability at every quarter, and the limit of core funding."""
    kinds, horizon = q.programme.capabilities, q.horizon
    states = [str(q.calendar.at(t)) for t in range(horizon + 1)]
    option, capability, expected = q.option_gains
    size = len(kinds) * (horizon + 1)
    now = np.arange(size).reshape(len(kinds), horizon + 1)
    build.add_rows(
        "capability",
        grid((kinds.ids, len(kinds)), (states, horizon + 1)),
        [
            (now, v.level, 1.0),
            (now[:, 1:], v.level[:, :-1], -(1.0 - q.depreciation)[:, None]),
            (now[:, 1:], v.restored, -1.0),
            (now[capability, q.options.end[option]], v.x[option], -expected),
        ],
        low=np.where(now == now[:, :1], q.level_start[:, None], 0.0).ravel(),
        high=np.where(now == now[:, :1], q.level_start[:, None], 0.0).ravel(),
    )
    kept = np.flatnonzero(q.restore_share > 0)
    each = np.arange(len(kept) * horizon).reshape(len(kept), horizon)
    build.add_rows(
        "capability_core",
        [(kinds.ids, np.repeat(kept, horizon)), (states, np.tile(np.arange(horizon), len(kept)))],
        [
            (each, v.restored[kept], 1.0),
            (each, v.level[kept, :-1], -(q.restore_share * q.depreciation)[kept, None]),
        ],
        high=0.0,
    )
