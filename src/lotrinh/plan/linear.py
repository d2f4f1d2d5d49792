"""One neutral linear form: named columns and rows, sparse, written once and met by every solver.

``maximise c·x + constant  subject to  row_low ≤ A·x ≤ row_high, low ≤ x ≤ high, x whole where said``.
Names are made only when somebody asks: ``people[SK-PQC,2029Q3]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
INFINITY = float("inf")

Axis = tuple[Sequence[str], Ints]
"""Labels of one index and, for every member of the family, the position of its label."""


@dataclass(frozen=True, slots=True)
class Family:
    """Columns or rows of one kind: ``name[label,label]`` for members `first` … `first + count - 1`."""

    name: str
    first: int
    count: int
    axes: tuple[Axis, ...]

    def label(self, position: int) -> str:
        """Return the name of the member at `position` of the whole form."""
        labels = self.labels(position)
        return f"{self.name}[{','.join(labels)}]" if labels else self.name

    def labels(self, position: int) -> list[str]:
        """Return the labels, one an axis, of the member at `position` of the whole form."""
        return [str(names[int(index[position - self.first])]) for names, index in self.axes]

    @property
    def members(self) -> Ints:
        """Positions of the members in the whole form."""
        return np.arange(self.first, self.first + self.count)


@dataclass(frozen=True)
class LinearForm:
    """A linear form, complete. `A` is held by rows: `start` (R+1,), `column` and `value` (one entry a non-zero)."""

    columns: tuple[Family, ...]
    rows: tuple[Family, ...]
    cost: Floats
    constant: float
    low: Floats
    high: Floats
    whole: NDArray[np.bool_]
    start: Ints
    column: Ints
    value: Floats
    row_low: Floats
    row_high: Floats

    @property
    def size(self) -> tuple[int, int, int]:
        """Rows, columns, non-zeros."""
        return len(self.row_low), len(self.low), len(self.value)

    def activity(self, x: Floats) -> Floats:
        """Return ``A·x``, shape (R,), by our own arithmetic."""
        products = self.value * x[self.column]
        return np.asarray(np.bincount(self.row_of, weights=products, minlength=len(self.row_low)), dtype=float)

    @property
    def row_of(self) -> Ints:
        """Row of every non-zero."""
        return np.repeat(np.arange(len(self.row_low)), np.diff(self.start))

    def objective(self, x: Floats) -> float:
        """Return ``c·x + constant``."""
        return float(self.cost @ x + self.constant)

    def row_name(self, row: int) -> str:
        """Return the readable name of a row."""
        return self.family_of(row).label(row)

    def family_of(self, row: int) -> Family:
        """Return the family to which a row belongs."""
        return _family(self.rows, row)

    def column_name(self, column: int) -> str:
        """Return the readable name of a column."""
        return _family(self.columns, column).label(column)

    def family(self, name: str) -> Family:
        """Return the family of rows called `name`; `KeyError` where there is none."""
        for family in self.rows:
            if family.name == name:
                return family
        raise KeyError(name)

    def without(self, *names: str) -> LinearForm:
        """Return the form with the rows of the named families freed: what the plan would be without a rule."""
        low, high = self.row_low.copy(), self.row_high.copy()
        for family in self.rows:
            if family.name in names:
                low[family.members], high[family.members] = -INFINITY, INFINITY
        return replace(self, row_low=low, row_high=high)

    def fixed(self, columns: Ints, values: Floats) -> LinearForm:
        """Return the form with the given columns held at the given values."""
        low, high = self.low.copy(), self.high.copy()
        low[columns] = high[columns] = values
        return replace(self, low=low, high=high)


def _family(families: tuple[Family, ...], position: int) -> Family:
    for family in families:
        if family.first <= position < family.first + family.count:
            return family
    raise IndexError(position)


@dataclass
class Builder:
    """Gathers families of columns and rows; `form` closes it."""

    _columns: list[Family] = field(default_factory=list)
    _rows: list[Family] = field(default_factory=list)
    _parts: dict[str, list[NDArray[np.generic]]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: {"column": 0, "row": 0})

    @classmethod
    def onto(cls, form: LinearForm) -> Builder:
        """Return a builder that goes on from `form`."""
        rows, columns, _ = form.size
        build = cls([*form.columns], [*form.rows], {}, {"column": columns, "row": rows})
        for key in ("cost", "low", "high", "whole", "row_low", "row_high"):
            build._put(key, getattr(form, key))
        for key, part in (("r", form.row_of), ("c", form.column), ("v", form.value)):
            build._put(key, part)
        return build

    def add_columns(
        self,
        name: str,
        axes: Sequence[Axis],
        *,
        low: ArrayLike = 0.0,
        high: ArrayLike = INFINITY,
        cost: ArrayLike = 0.0,
        whole: bool = False,
    ) -> Ints:
        """Add one column for every entry of the axes and return their positions."""
        family = self._family(self._columns, "column", name, axes)
        for key, given in (("low", low), ("high", high), ("cost", cost)):
            self._put(key, np.broadcast_to(np.asarray(given, dtype=float), (family.count,)))
        self._put("whole", np.full(family.count, whole))
        return family.members

    def add_rows(
        self,
        name: str,
        axes: Sequence[Axis],
        entries: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]],
        *,
        low: ArrayLike = -INFINITY,
        high: ArrayLike = INFINITY,
    ) -> None:
        """Add rows. Each of `entries` is (row within the family, column, value), broadcast together; repeats add up."""
        family = self._family(self._rows, "row", name, axes)
        for row, column, value in entries:
            self.add_entries(np.asarray(row) + family.first, column, value)
        self._put("row_low", np.broadcast_to(np.asarray(low, dtype=float), (family.count,)))
        self._put("row_high", np.broadcast_to(np.asarray(high, dtype=float), (family.count,)))

    def add_entries(self, row: ArrayLike, column: ArrayLike, value: ArrayLike) -> None:
        """Add entries to rows that are there already, by their positions in the whole form; repeats add up."""
        r, c, v = np.broadcast_arrays(np.asarray(row), np.asarray(column), np.asarray(value, dtype=float))
        self._put("r", r.ravel().astype(np.int64))
        self._put("c", c.ravel().astype(np.int64))
        self._put("v", v.ravel())

    def form(self, constant: float = 0.0) -> LinearForm:
        """Return the form gathered so far."""
        r, c, v = (
            self._joined("r").astype(np.int64),
            self._joined("c").astype(np.int64),
            self._joined("v").astype(float),
        )
        rows = self._counts["row"]
        order = np.lexsort((c, r))
        r, c, v = r[order], c[order], v[order]
        if len(r):
            new = np.append(True, (np.diff(r) != 0) | (np.diff(c) != 0))
            v = np.add.reduceat(v, np.flatnonzero(new))
            r, c = r[new], c[new]
            keep = v != 0.0
            r, c, v = r[keep], c[keep], v[keep]
        start = np.concatenate([[0], np.cumsum(np.bincount(r, minlength=rows))]).astype(np.int64)
        return LinearForm(
            columns=tuple(self._columns),
            rows=tuple(self._rows),
            cost=self._joined("cost").astype(float),
            constant=constant,
            low=self._joined("low").astype(float),
            high=self._joined("high").astype(float),
            whole=self._joined("whole").astype(bool),
            start=start,
            column=c,
            value=v,
            row_low=self._joined("row_low").astype(float),
            row_high=self._joined("row_high").astype(float),
        )

    def _family(self, families: list[Family], kind: str, name: str, axes: Sequence[Axis]) -> Family:
        count = len(axes[0][1]) if axes else 1
        family = Family(name, self._counts[kind], count, tuple((names, np.asarray(index)) for names, index in axes))
        families.append(family)
        self._counts[kind] += count
        return family

    def _put(self, key: str, array: NDArray[np.generic]) -> None:
        self._parts.setdefault(key, []).append(array)

    def _joined(self, key: str) -> NDArray[np.generic]:
        return np.concatenate(self._parts.get(key, [np.empty(0)]))


def grid(*axes: tuple[Sequence[str], int]) -> list[Axis]:
    """Return the axes of a full grid, last axis fastest, from (labels, length) pairs."""
    index = np.indices([length for _, length in axes]).reshape(len(axes), -1)
    return [(names, index[i]) for i, (names, _) in enumerate(axes)]
