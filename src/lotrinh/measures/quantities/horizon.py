"""Time and money: the quarters, the discount, the budget of each year."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar
from lotrinh.programme.programme import Programme

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def quarterly(yearly: Floats | float) -> Floats:
    """Return the quarterly rate that compounds to a yearly one."""
    return np.asarray(1.0 - (1.0 - np.asarray(yearly, dtype=float)) ** (1.0 / QUARTERS_PER_YEAR))


class Horizon:
    """A programme under one budget scenario, quarter by quarter."""

    def __init__(self, programme: Programme, scenario: str = "") -> None:
        self.programme = programme
        self.scenario = scenario or programme.settings.budget
        if self.scenario not in programme.scenarios:
            raise KeyError(self.scenario)
        self.calendar: Calendar = programme.calendar
        self.horizon = self.calendar.length
        self.years = self.calendar.years

    @cached_property
    def discount(self) -> Floats:
        """Value today of a unit at each quarter, shape (T+1,)."""
        return np.asarray(
            (1.0 + self.programme.settings.discount) ** (-np.arange(self.horizon + 1) / QUARTERS_PER_YEAR)
        )

    @cached_property
    def years_ahead(self) -> Floats:
        """Discounted years from each state to the end of the horizon, shape (T+2,): none at the end, nor after it."""
        return np.append(np.cumsum(self.discount[: self.horizon][::-1])[::-1], [0.0, 0.0]) / QUARTERS_PER_YEAR

    @cached_property
    def year_of(self) -> Ints:
        """Position of the year in which each quarter lies, shape (T,)."""
        return np.array([self.calendar.year_index(t) for t in range(self.horizon)], dtype=np.int64)

    @cached_property
    def budget(self) -> Floats:
        """Money of each year, shape (Y,), millions."""
        amounts = {row.year: row.amount for row in self.programme.budget if row.scenario == self.scenario}
        return np.array([amounts.get(year, 0.0) for year in self.years])
