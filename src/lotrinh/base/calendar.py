"""Quarters and years. A quarter is written ``2027Q1``; inside it is the number of quarters since a start."""

from __future__ import annotations

import re
from dataclasses import dataclass

QUARTERS_PER_YEAR = 4
_QUARTER = re.compile(r"^(\d{4})\s*[-/ ]?\s*[Qq]([1-4])$")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One calendar quarter."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2027Q1`` (also ``2027-Q1``).

        Raises
        ------
        ValueError
            If `text` is not a year and a quarter from 1 to 4.
        """
        match = _QUARTER.match(text.strip())
        if not match:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"

    def plus(self, quarters: int) -> Quarter:
        """Return the quarter `quarters` later (earlier where negative)."""
        count = self.year * QUARTERS_PER_YEAR + self.quarter - 1 + quarters
        return Quarter(count // QUARTERS_PER_YEAR, count % QUARTERS_PER_YEAR + 1)

    def since(self, start: Quarter) -> int:
        """Return how many quarters this one lies after `start` (negative where before)."""
        return (self.year - start.year) * QUARTERS_PER_YEAR + self.quarter - start.quarter


@dataclass(frozen=True, slots=True)
class Calendar:
    """The programme's horizon: `length` quarters from `start`; time ``t`` counts quarters from 0."""

    start: Quarter
    length: int

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years that the horizon touches."""
        return tuple(range(self.start.year, self.start.plus(self.length - 1).year + 1))

    def at(self, t: int) -> Quarter:
        """Return the calendar quarter of time `t`."""
        return self.start.plus(t)

    def time(self, quarter: Quarter) -> int:
        """Return the time of a calendar quarter: 0 is the first quarter of the horizon."""
        return quarter.since(self.start)

    def year_index(self, t: int) -> int:
        """Return the position in `years` of the year in which time `t` lies."""
        return self.at(t).year - self.start.year

    def first_time(self, year: int) -> int:
        """Return the first time inside the horizon that lies in `year`."""
        return max(0, Quarter(year, 1).since(self.start))
