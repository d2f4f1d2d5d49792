"""Every way a project may run, and how its money flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotrinh.measures.quantities.horizon import Floats, Ints


def tranches(duration: int, at: Sequence[float] | Floats, release: Sequence[float] | Floats) -> Floats:
    """Return the share of a mode's money spent in each of its quarters, shape (duration,), summing to 1.

    What no gate releases is spent evenly until the first gate; what a gate releases, evenly until the next.
    """
    return np.diff(np.interp(np.arange(duration + 1) / duration, *spending_marks(at, release)))


def spending_marks(at: Sequence[float] | Floats, release: Sequence[float] | Floats) -> tuple[Floats, Floats]:
    """Return points of the work, from 0 to 1, and the share of the money spent by each; between them it is even."""
    inner = [(share, money) for share, money in zip(at, release, strict=True) if share < 1.0]
    marks = np.array([0.0, *(share for share, _ in inner), 1.0])
    money = np.array([1.0 - sum(money for _, money in inner), *(money for _, money in inner)])
    return marks, np.concatenate([[0.0], np.cumsum(money)])


@dataclass(frozen=True)
class Options:
    """Every (mode, start) that may be chosen, one entry each: the columns ``x[m,t]``.

    Attributes
    ----------
    project, mode: positions in the programme's tables, shape (X,).
    start, end: first quarter and the quarter after the last; `start` is negative for what began before the programme.
    chance: chance that the mode passes all its gates.
    cost: money of the whole mode, millions.
    locked: True where the programme's locks fix the choice.
    """

    project: Ints
    mode: Ints
    start: Ints
    end: Ints
    chance: Floats
    cost: Floats
    locked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.project)

    def at_work(self, horizon: int) -> tuple[Ints, Ints, Ints]:
        """Return (option, quarter, quarter of the mode) for every quarter inside the horizon in which an option
        works.
        """
        length = self.end - self.start
        option = np.repeat(np.arange(len(self)), length)
        offset = np.arange(len(option)) - np.repeat(np.cumsum(length) - length, length)
        quarter = self.start[option] + offset
        inside = (quarter >= 0) & (quarter < horizon)
        return option[inside], quarter[inside], offset[inside]


def match(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return every pair (i, j) with ``left[i] == right[j]``, ordered by i then j."""
    order = np.argsort(right, kind="stable")
    first = np.searchsorted(right[order], left, side="left")
    count = np.searchsorted(right[order], left, side="right") - first
    i = np.repeat(np.arange(len(left)), count)
    j = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    return i, order[j] if len(order) else j
