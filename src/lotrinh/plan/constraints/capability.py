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

from lotrinh.base.text import t
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, LinearForm, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Ids, Kind, Words

TITLE = "Capability is accumulated and lost"


def _share(q: Quantities, ids: Ids) -> float:
    return q.programme.capabilities.of(ids[0]).restore_share


def _loss(q: Quantities, ids: Ids) -> float:
    """Return what a capability loses in a quarter at the highest level that it could ever reach, in levels."""
    k = q.programme.capabilities.position(ids[0])
    option, capability, expected = q.option_gains
    most = np.zeros(len(q.programme.projects))
    np.maximum.at(most, q.options.project[option[capability == k]], expected[capability == k])
    return float(q.depreciation[k] * (q.level_start[k] + most.sum()))


def _restored(paths: Paths, ids: Ids) -> float:
    """Return the largest share of a quarter's loss that a plan restores."""
    q = paths.quantities
    k = q.programme.capabilities.position(ids[0])
    lost = q.depreciation[k] * paths.level[0, k, :-1]
    there = lost > 1e-9
    restored = paths.decisions.restored[k] if paths.decisions is not None else np.zeros(q.horizon)
    return float(np.max(restored[there] / lost[there], initial=q.restore_share[k]))


CORE = Kind(
    "core",
    ("capability",),
    t("core funding restores at most the share {limit} of what {capability} loses"),
    t("core funding restores the share {to} instead of {limit} of what {capability} loses"),
    unit="share",
    limit=_share,
    per=_loss,
    after=_restored,
)
WORDS = {
    "capability": Words(
        {"capability": "capabilities", "quarter": TIME}, t("{capability} is built by projects and lost by depreciation")
    ),
    "capability_core": Words({"capability": "capabilities", "quarter": TIME}, kind=CORE),
    "capability_loss": Words(
        {"capability": "capabilities", "quarter": TIME}, t("core funding restores no more than what {capability} loses")
    ),
}


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
        low=np.where(now == now[:, :1], q.level_start[:, None], q.level_drift).ravel(),
        high=np.where(now == now[:, :1], q.level_start[:, None], q.level_drift).ravel(),
    )
    _core(build, q, v, "capability_core", q.restore_share)


def _core(build: Builder, q: Quantities, v: Variables, family: str, share: Floats) -> None:
    """Add that core funding restores at most a share, (K,), of the loss of each quarter."""
    kinds, horizon = q.programme.capabilities, q.horizon
    states = [str(q.calendar.at(t)) for t in range(horizon)]
    kept = np.flatnonzero(q.restore_share > 0)
    each = np.arange(len(kept) * horizon).reshape(len(kept), horizon)
    build.add_rows(
        family,
        [(kinds.ids, np.repeat(kept, horizon)), (states, np.tile(np.arange(horizon), len(kept)))],
        [
            (each, v.restored[kept], 1.0),
            (each, v.level[kept, :-1], -(share * q.depreciation)[kept, None]),
        ],
        high=0.0,
    )


def loosen(build: Builder, form: LinearForm, q: Quantities, v: Variables) -> list[tuple[Ints, Floats]]:
    """Say by rows that core funding never restores more than the loss, however much its limit gives way."""
    _core(build, q, v, "capability_loss", np.ones_like(q.restore_share))
    return []
