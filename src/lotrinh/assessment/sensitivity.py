"""Which inputs of simulated futures decide their outputs: first order, from the futures already run.

Nothing here knows what the inputs are. An input is a label, one a future: 0 or 1 for a gate, the number of a bin for
a continuous draw (`classes_of`). Futures are taken as independent draws; where they were drawn in a balanced way
(Latin hypercube, antithetic), the errors are too wide rather than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Labels = NDArray[np.integer[Any]] | NDArray[np.bool_]

FEW = 12
"""Classes up to which a product with one-hot labels is faster than a count."""
BATCH, CHUNK = 32, 4096
"""Inputs and futures of one such product: it stays in the cache."""
SAME = 1e-12
"""Spread, relative to the largest value, below which an output counts as constant."""


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """Shares of the variance of every output that every input alone explains; both arrays (inputs, outputs)."""

    share: Floats
    """Corrected for noise, so that it may fall below 0 by about an error."""
    error: Floats
    """Standard error of `share`."""


@dataclass(frozen=True, slots=True)
class Swings:
    """Mean outputs in the class where they are lowest and where they are highest; arrays (inputs, outputs)."""

    low: Floats
    high: Floats
    low_error: Floats
    """Standard error of `low`; nan in a class of one future."""
    high_error: Floats
    low_class: Ints
    high_class: Ints


@dataclass(frozen=True, slots=True)
class TailShare:
    """How often each class of one input occurs in the tail and everywhere; arrays (classes,)."""

    everywhere: Floats
    """Share of all futures."""
    tail: Floats
    """Share of the futures of the tail."""
    lift: Floats
    """`tail` by `everywhere`; 1 in a class that never occurs."""
    error: Floats
    """Standard error of `lift`."""
    z: Floats
    """Distance of `tail` from `everywhere` in standard deviations of a tail drawn by lot. Among thousands of classes
    a few pass 3 by chance.
    """


def classes_of(values: ArrayLike, most: int = 64) -> Ints:
    """Return the class of each of `values` (N,): 0, 1, … in rising order, at most `most` of them.

    Up to `most` distinct values are a class each; more are cut into classes of equal frequency, equal values staying
    together.
    """
    values = np.asarray(values)
    ordered = np.sort(values)
    if values.ndim != 1 or not values.size or most < 2 or ordered[-1] != ordered[-1]:
        raise ValueError("values must be one row of numbers, and classes two or more")
    start = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    distinct = ordered[start]
    if distinct.size > most:
        middle = start + np.append(start[1:], values.size)
        cut = np.diff(middle * most // (2 * values.size)) > 0
        distinct = distinct[np.concatenate([[True], cut])]
    return np.searchsorted(distinct, values, side="right").astype(np.int64) - 1


def first_order(groups: Sequence[Labels], outputs: ArrayLike) -> FirstOrder:
    """Return the share Var(E[Y|X]) / Var(Y) of every output Y that every input X explains, with its error.

    The between-class sum of squares less what noise alone would make of it: the epsilon squared of T. L. Kelley (1935,
    "An unbiased correlation ratio measure"), with a noise of its own in each class, since a rare class is often also
    an unruly one. The error is that of the influence function of the ratio (S. Da Veiga and F. Gamboa, 2013,
    "Efficient estimation of sensitivity indices"), plus the variance of the noise squared, all that remains where the
    input explains nothing. Cutting a continuous input into B classes loses a part 1/B² of a linear effect.

    Parameters
    ----------
    groups
        Class of each input in each future, from 0: whole numbers (N,), one array an input.
    outputs
        Values (N, M), or (N,) for one output. A constant output has shares and errors of 0.
    """
    rows = _rows(outputs)
    count, futures = rows.shape
    rows, varies = _standardised(rows)
    fourth = np.square(np.square(rows)).mean(axis=1)
    share, error = np.zeros((2, len(groups), count))
    for i, (n, sums) in enumerate(_sums(groups, np.concatenate([rows, rows**2, rows**3]))):
        p = (n / futures)[:, None]
        per = np.maximum(n, 1)[:, None]
        mean, square, cube = np.split(sums / per, 3, axis=1)
        within = np.maximum(square - mean**2, 0.0)
        spare = futures - np.count_nonzero(n)
        if 2 * spare < futures:
            raise ValueError(f"input {i} has more classes than half of {futures} futures")
        # The noise of a class of one future is that of all.
        noise = np.where(per > 1, within * per / np.maximum(per - 1, 1), (p * within).sum(axis=0) * futures / spare)
        noise *= p > 0
        raw = (p * mean**2).sum(axis=0)
        share[i] = raw - ((1 - p) * noise).sum(axis=0) / futures
        # The influence is 2·Y·m − m² − raw·Y², with m the mean of the class; its square, class by class.
        influence = 4 * mean**2 * square - 3 * mean**4 - 4 * raw * mean * cube + 2 * raw * mean**2 * square
        spread = (p * influence).sum(axis=0) + raw**2 * fourth
        spread -= 4 * ((1 - p) * noise**2).sum(axis=0) / futures
        chance = 2 * (((1 - 2 * p) * noise**2).sum(axis=0) + (p * noise).sum(axis=0) ** 2)
        error[i] = np.sqrt(np.maximum(spread, 0.0) / futures + np.maximum(chance, 0.0) / futures**2)
    return FirstOrder(share * varies, error * varies)


def swings(groups: Sequence[Labels], outputs: ArrayLike) -> Swings:
    """Return the mean of every output in the class of every input where it is lowest and highest.

    What a tornado chart shows (R. A. Howard, 1988, "Decision analysis: practice and promise"), in the units of the
    outputs. The extremes of many classes are flattered by noise; ten classes of a continuous input are enough.
    `groups` and `outputs` are as in `first_order`.
    """
    rows = _rows(outputs)
    count, _ = rows.shape
    centre = rows.mean(axis=1)
    rows = rows - centre[:, None]
    floats = np.zeros((4, len(groups), count))
    ints = np.zeros((2, len(groups), count), dtype=np.int64)
    output = np.arange(count)
    for i, (n, sums) in enumerate(_sums(groups, np.concatenate([rows, rows**2]))):
        per = np.maximum(n, 1)[:, None]
        mean, square = np.split(sums / per, 2, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(np.maximum(square - mean**2, 0.0) / np.where(per > 1, per - 1, np.nan))
        empty = np.where(n > 0, 0.0, np.inf)[:, None]
        ints[:, i] = (mean + empty).argmin(axis=0), (mean - empty).argmax(axis=0)
        floats[:2, i] = mean[ints[:, i], output] + centre
        floats[2:, i] = error[ints[:, i], output]
    return Swings(*floats, *ints)


def tail_shares(
    groups: Sequence[Labels], output: ArrayLike, fraction: float = 0.1, *, low: bool = True
) -> list[TailShare]:
    """Return what the worst `fraction` of futures share: one `TailShare` an input.

    The comparison of G. M. Hornberger and R. C. Spear (1981, "An approach to the preliminary analysis of environmental
    systems"). The error of the lift counts that the threshold, too, is read off the sample: its influence function
    takes h, the frequency of the class near the threshold. `z` is exact in its first two moments (hypergeometric).

    Parameters
    ----------
    groups
        As in `first_order`.
    output
        Values (N,). Of equal ones at the threshold, the earlier futures count as worse.
    low
        Whether low values are the bad ones.
    """
    (row,) = _rows(output)
    futures = row.size
    size = round(fraction * futures)
    if not 0 < size < futures:
        raise ValueError(f"a tail of {fraction} holds none or all of {futures} futures")
    order = np.argsort(row if low else -row, kind="stable")
    margin = max(1, min(size, futures - size) // 4)
    tail, near = order[:size], order[size - margin : size + margin]
    shares = []
    for labels in _checked(groups, futures):
        n = np.bincount(labels)
        hits = np.bincount(labels[tail], minlength=n.size)
        h = np.bincount(labels[near], minlength=n.size) / near.size
        p, f, t = n / futures, hits / size, size / futures
        within = hits / np.maximum(n, 1)
        both, outside = hits / futures, (n - hits) / futures
        # Influence in the four cells: in the class and the tail, in the class only, in the tail only, in neither.
        cells = np.array([1 - h - within, -within, -h, np.zeros(n.size)])
        weights = np.array([both, outside, t - both, 1 - t - outside])
        spread = (weights * cells**2).sum(axis=0) - (weights * cells).sum(axis=0) ** 2
        some = p > 0
        lift = np.divide(f, p, out=np.ones(n.size), where=some)
        root = np.sqrt(np.maximum(spread, 0.0) / futures)
        error = np.divide(root, t * p, out=np.zeros(n.size), where=some)
        by_lot = np.sqrt(size * p * (1 - p) * (futures - size) / (futures - 1))
        z = np.divide(hits - size * p, by_lot, out=np.zeros(n.size), where=by_lot > 0)
        shares.append(TailShare(p, f, lift, error, z))
    return shares


def _rows(outputs: ArrayLike) -> Floats:
    """Return outputs (N, M) or (N,) as contiguous rows (M, N)."""
    rows = np.asarray(outputs, dtype=np.float64)
    if rows.ndim not in (1, 2) or rows.shape[0] < 2 or not np.isfinite(rows).all():
        raise ValueError("outputs must be finite, (N,) or (N, M), of two futures or more")
    return np.ascontiguousarray(rows.T).reshape(-1, rows.shape[0])


def _standardised(rows: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return rows (M, N) with mean 0 and variance 1, and which of them vary (M,)."""
    scale = np.abs(rows).max(axis=1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    deviation = rows.std(axis=1)
    varies = deviation > SAME * scale
    return rows / np.where(varies, deviation, 1.0)[:, None], varies


def _checked(groups: Sequence[Labels], futures: int) -> list[Ints]:
    """Return the labels of every input as counts take them."""
    checked = [np.asarray(labels) for labels in groups]
    for labels in checked:
        if labels.shape != (futures,) or labels.dtype.kind not in "biu" or labels.min() < 0:
            raise ValueError(f"labels must be {futures} whole numbers from 0")
    return [labels.astype(np.int64, copy=False) for labels in checked]


def _sums(groups: Sequence[Labels], rows: Floats) -> list[tuple[Floats, Floats]]:
    """Return for every input the futures of each class (C,) and the sums of `rows` (R, N) over them (C, R)."""
    every = _checked(groups, rows.shape[1])
    sizes = [int(labels.max()) + 1 for labels in every]
    found: dict[int, tuple[Floats, Floats]] = {}
    few = [i for i, size in enumerate(sizes) if size <= FEW]
    columns = np.ascontiguousarray(np.vstack([np.ones(rows.shape[1]), rows]).T) if few else rows
    for start in range(0, len(few), BATCH):
        batch = few[start : start + BATCH]
        ends = np.cumsum([sizes[i] for i in batch])
        for i, total in zip(batch, np.split(_one_hot(every, sizes, batch, columns), ends[:-1]), strict=True):
            found[i] = total[:, 0], total[:, 1:]
    for i, (labels, size) in enumerate(zip(every, sizes, strict=True)):
        if i not in found:
            sums = np.empty((size, len(rows)))
            for r, row in enumerate(rows):
                sums[:, r] = np.bincount(labels, weights=row)
            found[i] = np.bincount(labels).astype(np.float64), sums
    return [found[i] for i in range(len(every))]


def _one_hot(every: list[Ints], sizes: list[int], batch: list[int], columns: Floats) -> Floats:
    """Return the sums of `columns` (N, R) over the classes of all inputs of `batch`, one below the other."""
    classes = [np.arange(sizes[i])[:, None] for i in batch]
    total = np.zeros((sum(sizes[i] for i in batch), columns.shape[1]))
    for start in range(0, len(columns), CHUNK):
        part = slice(start, start + CHUNK)
        hot = [every[i][part] == labels for i, labels in zip(batch, classes, strict=True)]
        total += np.concatenate(hot).astype(np.float64) @ columns[part]
    return total
