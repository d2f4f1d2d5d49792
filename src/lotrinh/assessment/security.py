"""Migration in executed futures: when a class is done, by when it had to be, and what was lost until then."""

from __future__ import annotations

from typing import Any

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities

WHOLE = 1e-6
"""Share of the items of a class by which it may fall short of all."""


def done_at(paths: Paths) -> Ints:
    """Return the state at which all items of each class have been migrated, after T where they never are, (S, A)."""
    all_of = paths.migrated >= paths.quantities.items[:, None] * (1.0 - WHOLE)
    return np.where(all_of.any(axis=-1), all_of.argmax(axis=-1), paths.quantities.horizon + 1)


def lost(paths: Paths) -> Floats:
    """Return what each class loses over the horizon while it is not migrated, level-years, (S, A)."""
    left = paths.quantities.items[:, None] - paths.migrated[..., :-1]
    return np.asarray((left * paths.exposure_rate[..., :-1]).sum(axis=-1))


def expected_without(q: Quantities) -> Floats:
    """Return what each class is expected to lose over the horizon if nothing is migrated, level-years, (A,)."""
    return np.asarray(q.items * q.exposure_rate[:, :-1].sum(axis=1))


def safe_until(q: Quantities, qday: Any) -> Floats:
    """Return the moment by which each class must be migrated so that nothing is lost, quarters from the start, (S, A).

    For signatures that is Q-day of their algorithms; for keys it is earlier by the years in which what they protect
    must stay secret. What is weak already has none: not a number. No items are always in time.
    """
    found = np.full((len(qday), len(q.items)), np.nan)
    for a, row in enumerate(q.programme.migration):
        if row.function != "already_weak":
            shelf = row.shelf_life if row.function == "key_establishment" else 0.0
            found[:, a] = np.asarray(qday, dtype=float) + QUARTERS_PER_YEAR * (row.offset - shelf)
            found[:, a] = np.where(row.items > 0, found[:, a], np.inf)
    return found


def in_time(paths: Paths, qday: Any) -> Floats:
    """Return the share of each class that is migrated by the moment at which it must be, or at all where it has none,
    (S, A).
    """
    q = paths.quantities
    safe = safe_until(q, qday)
    state = np.floor(np.clip(np.where(np.isnan(safe), q.horizon, safe), -1, q.horizon)).astype(np.int64)
    by_then = np.take_along_axis(paths.migrated, np.maximum(state, 0)[..., None], axis=2)[..., 0]
    return np.where(q.items > 0, by_then * (state >= 0) / np.maximum(q.items, 1.0), 1.0)
