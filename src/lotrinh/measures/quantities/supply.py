"""Suppliers: how far each mode relies on them, and until when they supply."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotrinh.measures.quantities.horizon import Floats, Horizon, Ints

ROUNDING = 1e-9
"""What a sum of shares may pass its limit by: 0.1 and 0.2 make a little more than 0.3."""


class Supply(Horizon):
    """What is known of who supplies modes and machines, and when."""

    @cached_property
    def mode_suppliers(self) -> Floats:
        """Share of each mode that relies on each supplier, shape (M, suppliers)."""
        p = self.programme
        found = np.zeros((len(p.modes), len(p.suppliers)))
        for row in p.reliance:
            found[p.modes.position(row.mode), p.suppliers.position(row.supplier)] += row.share
        return found

    @cached_property
    def supplied_until(self) -> Ints:
        """Last quarter in which each supplier supplies, T where it has no end, shape (suppliers,)."""
        ends = [row.until for row in self.programme.suppliers]
        return np.array([self.horizon if end is None else self.calendar.time(end) for end in ends], dtype=np.int64)

    @cached_property
    def goes_on(self) -> NDArray[np.bool_]:
        """Whether what a mode has lost of its suppliers by a quarter is within the limit, shape (M, T)."""
        gone = self.supplied_until[:, None] < np.arange(self.horizon)[None, :]
        lost = self.mode_suppliers @ gone.astype(float)
        return np.asarray(lost <= self.programme.settings.goes_on_without + ROUNDING)
