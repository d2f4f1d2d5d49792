"""What it is worth to know: perfect information on everything, on one input, on several; from futures already run.

The value of deciding after an input is known, less the value of deciding now (H. Raiffa and R. Schlaifer, 1961,
"Applied statistical decision theory"). What a decision is worth when the input is known, E(V|x), is estimated by
regression on the futures at hand (M. Strong, J. Oakley and A. Brennan, 2014, "Estimating multiparameter partial
expected value of perfect information from a probabilistic sensitivity analysis sample: a nonparametric regression
approach").

The best of estimates flatters itself: a rule valued by the futures that it was learnt from gains too much. One that is
learnt from the other folds of the sample gains too little, being not quite the best. About as much too little, as
with the optimism of a fit (B. Efron, 2004, "The estimation of prediction error: covariance penalties and
cross-validation"), so that the estimate here is the middle of the two. Half their distance is part of the error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lotrinh.assessment.sensitivity import classes_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RANK_DEGREE, VALUE_DEGREE, JOINT_DEGREE = 8, 3, 5
"""Highest powers of the rank and of the value of one input, and of the rank of one of several."""
CUTS, PRICE = 6, 10.0
"""Jumps looked for, and what one must explain, in variances of the noise: the best of many places looks good."""
PAIRED = 6
"""Inputs known together up to which their products in pairs are fitted, too."""
FEW = 8
"""Classes up to which one of several inputs has a level for each."""
ROWS = 8192
"""Futures predicted at once: their scores stay in the cache."""


@dataclass(frozen=True, slots=True)
class Information:
    """What it is worth to know something, in the unit of the values."""

    gain: float
    """Estimate, never below 0."""
    raw: float
    """The same, below 0 where what was learnt from some futures loses on the others: noise."""
    error: float
    """Standard error of `raw`; not below what an effect too weak to be told from noise would bring."""
    changes: float
    """Share of the futures in which who knows decides otherwise."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """Values as every regression takes them, all less those of the decision best on the whole, which comes first."""

    contrasts: Floats
    """(D, N)"""
    fold: Ints
    """Fold of each future (N,): blocks in the order of the futures, so that draws made in pairs stay together."""
    count: Floats
    """Futures outside each fold, and all of them (K + 1,); so in what follows."""
    mean: Floats
    """Mean contrasts (K + 1, D)."""
    square: Floats
    """Sums of the squared contrasts, less their mean (K + 1, D)."""
    now: Ints
    """Decision best on the mean (K + 1,): what would be decided without knowing."""


def evpi(values: ArrayLike, folds: int = 5) -> Information:
    """Return what it is worth to know everything: E[max V] - max E[V], the most that any information is worth.

    Parameters
    ----------
    values
        Value of every decision in every future (N, D); higher is better.
    folds
        Parts of the sample; what would be decided now is chosen outside each part, as in `evppi`.
    """
    sample = _sample(values, folds)
    choice = sample.contrasts.argmax(axis=0)
    return _valued(sample, choice, choice, 0.0)


def evppi(inputs: Sequence[ArrayLike], values: ArrayLike, folds: int = 5, bins: int = 256) -> list[Information]:
    """Return what it is worth to know each of `inputs` alone: E[max E(V|x)] - max E[V]; never above `evpi`.

    The input is cut into bins, all that is read of the futures are sums by bin and fold, and each decision is
    regressed on those: on powers of the rank, powers of the input, a few jumps or a mean for each bin, whichever
    C. L. Mallows (1973, "Some comments on Cp") prefers. So an input that says nothing is left out, a smooth effect
    takes few terms, and where a uniform draw stands behind a discrete outcome, the jump is found. Who knows decides
    by the bin: a tail much thinner than a bin is not seen.

    Parameters
    ----------
    inputs
        One array (N,) an input: continuous, or discrete in any numbers; up to `bins` distinct values all count.
    values, folds
        As in `evpi`.
    bins
        Most bins of an input; no more than one to 40 futures, and 4 at least.
    """
    sample = _sample(values, folds)
    most = max(4, min(bins, sample.fold.size // 40))
    hidden = _hidden(sample)
    return [_valued(sample, *_known(sample, _row(x, sample), most), hidden) for x in inputs]


def evppi_joint(inputs: Sequence[ArrayLike], values: ArrayLike, folds: int = 5, bins: int = 256) -> Information:
    """Return what it is worth to know all of `inputs` together.

    The regression adds a polynomial of the rank of each input, or a level for each of few classes, and, for up to six
    inputs, their products in pairs. The terms of one input or pair shrink together towards 0 and vanish in noise
    (W. James and C. Stein, 1961, "Estimation with quadratic loss"; the positive part). What three inputs do only
    together is missed: the result is then too low. Meant for a score of inputs: each holds up to five numbers a
    future.

    Parameters
    ----------
    inputs, values, folds, bins
        As in `evppi`.
    """
    sample = _sample(values, folds)
    most = max(4, min(bins, sample.fold.size // 40))
    columns, blocks = _additive([_row(x, sample) for x in inputs], sample.fold.size, most)
    return _valued(sample, *_additively_known(sample, columns, blocks), _hidden(sample))


def _sample(values: ArrayLike, folds: int) -> _Sample:
    """Return `values` (N, D) made ready."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or not values.shape[1] or not np.isfinite(values).all():
        raise ValueError("values must be finite, one row a future, one column a decision")
    futures = values.shape[0]
    if folds < 2 or futures < 20 * folds:
        raise ValueError(f"{folds} folds of {futures} futures: there must be two or more, of 20 futures or more")
    best = int(values.mean(axis=0).argmax())
    order = [best, *(d for d in range(values.shape[1]) if d != best)]
    contrasts = np.ascontiguousarray((values - values[:, [best]]).T[order])
    fold = np.arange(futures) * folds // futures
    start = np.searchsorted(fold, np.arange(folds))
    total, square = (_outside(np.add.reduceat(rows, start, axis=1).T) for rows in (contrasts, contrasts**2))
    count = _outside(np.bincount(fold).astype(np.float64))
    mean = total / count[:, None]
    square -= count[:, None] * mean**2
    return _Sample(contrasts, fold, count, mean, square, mean.argmax(axis=1))


def _row(x: ArrayLike, sample: _Sample) -> Floats:
    """Return an input (N,) as numbers."""
    row = np.asarray(x, dtype=np.float64)
    if row.shape != sample.fold.shape or not np.isfinite(row).all():
        raise ValueError(f"an input must be {sample.fold.size} finite numbers, one a future")
    return row


def _outside(inside: Floats) -> Floats:
    """Return sums outside each fold, and over all, of sums `inside` each (K, …)."""
    everywhere = inside.sum(axis=0)
    return np.concatenate([everywhere - inside, everywhere[None]])


def _hidden(sample: _Sample) -> float:
    """Return what knowing may bring though nothing shows: effects of two variances of the noise, which Cp lets pass.

    With an effect normal of deviation s on a decision worse by m·s, that is s·(φ(m) - m·Φ(-m)). The mean that the
    decision is worse by is itself known within an error or two, and taken two errors smaller.
    """
    two = 2 * np.sqrt(np.maximum(sample.square[-1], 0.0)) / sample.fold.size
    most = 0.0
    for error, worse in zip((two / 2).tolist(), (-sample.mean[-1] - two).tolist(), strict=True):
        if error > 0:
            s = math.sqrt(2) * error
            m = max(worse, 0.0) / s
            density = math.exp(-(m**2) / 2) / math.sqrt(2 * math.pi)
            most = max(most, s * (density - m * math.erfc(m / math.sqrt(2)) / 2))
    return most


def _valued(sample: _Sample, choice: Ints, flattered: Ints, hidden: float) -> Information:
    """Return what is gained where `choice` (N,), learnt outside the fold of each future, replaces what is decided now.

    `flattered` (N,) is what a rule learnt from all futures decides in them; `hidden`, the least error.
    """
    futures = choice.size
    now = sample.now[sample.fold]
    other = np.flatnonzero(choice != now)
    gains = sample.contrasts[choice[other], other] - sample.contrasts[now[other], other]
    low = float(gains.sum()) / futures
    high = float(sample.contrasts[flattered, np.arange(futures)].sum()) / futures
    variance = (float(np.square(gains).sum()) / futures - low**2) / futures
    raw = (low + high) / 2
    error = max(math.sqrt(max(variance, 0.0) + (high - low) ** 2 / 4), hidden)
    return Information(max(raw, 0.0), raw, error, other.size / futures)


def _unknowing(sample: _Sample) -> tuple[Ints, Ints]:
    """Return what is decided in each future (N,) by who knows nothing, from the other folds and from all futures."""
    return sample.now[sample.fold], np.full_like(sample.fold, sample.now[-1])


def _known(sample: _Sample, x: Floats, most: int) -> tuple[Ints, Ints]:
    """Return what is decided in each future (N,) by who knows `x` (N,); two ways, as `_unknowing`."""
    labels = classes_of(x, most)
    folds, size = sample.now.size - 1, int(labels.max()) + 1
    if size == 1:
        return _unknowing(sample)
    cell = sample.fold * size + labels
    inside = np.bincount(cell, minlength=folds * size).reshape(folds, size).astype(np.float64)
    sums = np.empty((folds, size, len(sample.contrasts)))
    for d, row in enumerate(sample.contrasts):
        sums[:, :, d] = np.bincount(cell, weights=row, minlength=folds * size).reshape(folds, size)
    count, total = _outside(inside), _outside(sums)
    everywhere = count[-1].copy()
    middle = np.bincount(labels, weights=x) / everywhere
    rank = (np.cumsum(everywhere) - everywhere / 2) / labels.size
    # Half a future at the mean in each bin: none is empty, and the mean stays.
    count += 0.5
    total += 0.5 * sample.mean[:, None, :] - count[:, :, None] * sample.mean[:, None, :]
    score = _regressed(sample, count, total, [_powers(rank, RANK_DEGREE), _powers(middle, VALUE_DEGREE)])
    choice: Ints = score.argmax(axis=2)
    return choice[:-1].reshape(-1)[cell], choice[-1][labels]


def _regressed(sample: _Sample, count: Floats, total: Floats, families: list[Floats]) -> Floats:
    """Return E(V|x) by fold and bin (K + 1, G, D), each decision by the family and the number of terms that suit it.

    `count` (K + 1, G) and `total` (K + 1, G, D) are sums of the contrasts less their mean. Of a family, terms by bin
    (G, P), any first few may be taken. Jumps and a mean for each bin are families, too.
    """
    root = np.sqrt(count)[:, :, None]
    response = total / root
    between = np.square(response).sum(axis=1)
    spare = np.maximum(sample.count - count.shape[1], 1.0)
    noise = np.maximum(sample.square - between, 0.0) / spare[:, None]
    fits = [_jumps(count, total, noise), (2 * noise * (count.shape[1] - 1) - between, total / count[:, :, None])]
    for terms in families:
        # Orthonormal under the counts, the mean first: what each term explains adds up.
        basis = np.linalg.qr(root * np.column_stack([np.ones(len(terms)), terms]))[0][:, :, 1:]
        weight = np.swapaxes(basis, 1, 2) @ response
        number = np.arange(1, terms.shape[1] + 1)[:, None]
        criterion = 2 * noise[:, None, :] * number - np.cumsum(weight**2, axis=1)
        weight *= number <= criterion.argmin(axis=1)[:, None, :] + 1
        fits.append((criterion.min(axis=1), basis @ weight / root))
    best, score = np.zeros_like(noise), np.zeros_like(total)
    for criterion, fit in fits:
        np.copyto(score, fit, where=(criterion < best)[:, None, :])
        best = np.minimum(best, criterion)
    return score + sample.mean[:, None, :]


def _jumps(count: Floats, total: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Return a fit of few jumps (K + 1, G, D), each the best one in what the former leave, and before it its criterion.

    S. Mallat and Z. Zhang (1993, "Matching pursuits with time-frequency dictionaries"), with steps for words.
    """
    below = np.cumsum(count, axis=1)[:, :-1, None]
    factor = 1 / below + 1 / (count.sum(axis=1)[:, None, None] - below)
    place = np.arange(count.shape[1])[:, None]
    criterion, fit, left = np.zeros_like(noise), np.zeros_like(total), total
    for _ in range(CUTS if count.shape[1] > 2 else 0):
        sums = np.cumsum(left, axis=1)[:, :-1]
        explained = sums**2 * factor
        at = explained.argmax(axis=1)[:, None, :]
        change = PRICE * noise - np.take_along_axis(explained, at, axis=1)[:, 0]
        if not (change < 0).any():
            break
        here = np.where(change[:, None, :] < 0, np.take_along_axis(sums, at, axis=1), 0.0)
        under = np.take_along_axis(below, at, axis=1)
        over = count.sum(axis=1)[:, None, None] - under
        step = np.where(place <= at, here / under, -here / over)
        criterion += np.minimum(change, 0.0)
        fit += step
        left = left - count[:, :, None] * step
    return criterion, fit


def _powers(x: Floats, degree: int) -> Floats:
    """Return powers of `x` (G,) from the first up to `degree`, orthogonal where `x` is even."""
    low, high = x.min(), x.max()
    even = (2 * x - low - high) / ((high - low) or 1.0)
    return np.polynomial.legendre.legvander(even, min(degree, x.size - 1))[:, 1:]


def _additive(inputs: list[Floats], futures: int, most: int) -> tuple[Floats, list[int]]:
    """Return the terms of several inputs (N, P), each of mean 0, and how many belong together."""
    parts = []
    for x in inputs:
        labels = classes_of(x, most)
        count = np.bincount(labels)
        if count.size == 1:
            continue
        rank = (np.cumsum(count) - count / 2) / labels.size
        degree = count.size - 1 if count.size <= FEW else JOINT_DEGREE
        terms = _powers(rank, degree)
        parts.append((terms - count @ terms / labels.size)[labels])
    if len(parts) <= PAIRED:
        firsts = [part[:, :1] for part in parts]
        parts += [a * b for i, a in enumerate(firsts) for b in firsts[:i]]
    return np.concatenate([np.zeros((futures, 0)), *parts], axis=1), [part.shape[1] for part in parts]


def _additively_known(sample: _Sample, columns: Floats, blocks: list[int]) -> tuple[Ints, Ints]:
    """Return what is decided by who knows inputs with terms `columns` (N, P) in `blocks`; as `_unknowing`."""
    folds = sample.now.size - 1
    choices = _unknowing(sample)
    if not blocks:
        return choices
    parts = [np.flatnonzero(sample.fold == k) for k in range(folds)]
    first = np.cumsum([0, *blocks[:-1]])
    total = _outside(np.array([columns[part].sum(axis=0) for part in parts]))
    squares = _outside(np.array([columns[part].T @ columns[part] for part in parts]))
    crosses = _outside(np.array([columns[part].T @ sample.contrasts[:, part].T for part in parts]))
    for k, part in enumerate([*parts, np.arange(len(columns))]):
        count, mean = sample.count[k], sample.mean[k]
        centre = total[k] / count
        square = squares[k] - count * np.outer(centre, centre)
        # A trace of ridge: a term that another repeats, or that never varies outside the fold, does no harm.
        square[np.diag_indices_from(square)] += 1e-9 * (count + np.diag(square))
        root = np.linalg.cholesky(square)
        weight = np.linalg.solve(root, crosses[k] - count * np.outer(centre, mean))
        explained = np.add.reduceat(weight**2, first, axis=0)
        spare = max(count - columns.shape[1] - 1, 1.0)
        due = np.array(blocks)[:, None] * np.maximum(sample.square[k] - explained.sum(axis=0), 0.0) / spare
        kept = 1 - np.divide(due, explained, out=np.ones_like(due), where=explained > due)
        slope = np.linalg.solve(root.T, weight * np.repeat(kept, blocks, axis=0))
        for start in range(0, part.size, ROWS):
            rows = part[start : start + ROWS]
            choices[k // folds][rows] = ((columns[rows] - centre) @ slope + mean).argmax(axis=1)
    return choices
