"""Distributions through the numbers of the data, inverted: a uniform number in, a draw out.

Each is set by what the tables state: the likely value, the nine-in-ten value, low and high, a rate, a mean length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from lotrinh.measures.quantities import Floats, Ints

P90 = 1.2815515655446004
"""Standard normal quantile of 0.9."""
POINTS = 2049
"""Points at which the distribution of a cost is tabled."""


def work_lengths(likely: int, p90: int | None, horizon: int | None = None) -> Floats:
    """Return the chance that work takes at most 1, 2, 3, … quarters: a log-normal distribution, in whole quarters.

    Its mode is the likely duration and its 90 % quantile `p90`; without a `p90` above it the duration is certain. What
    would last beyond the horizon is put just there, where it never ends either. With ``s`` the standard deviation of
    the logarithm, ``ln(p90/likely) = s² + 1.2816·s`` (Johnson, Kotz and Balakrishnan, Continuous Univariate
    Distributions, 1994, chapter 14).
    """
    if p90 is None or p90 <= likely:
        return np.append(np.zeros(likely - 1), 1.0)
    ratio = math.log(p90 / likely)
    spread = (math.sqrt(P90**2 + 4.0 * ratio) - P90) / 2.0
    middle = math.log(likely) + spread**2
    most = math.ceil(math.exp(middle + 6.0 * spread))
    most = most if horizon is None else max(likely, min(most, horizon + 1))
    below = [0.5 * math.erfc(-(math.log(n + 0.5) - middle) / (spread * math.sqrt(2.0))) for n in range(1, most)]
    return np.append(below, 1.0)


@lru_cache(maxsize=4096)
def pert(low: float, likely: float, high: float) -> Floats:
    """Return the quantiles of a PERT distribution at `POINTS` even steps from 0 to 1.

    A beta distribution on low to high with mode `likely` and mean (low + 4·likely + high)/6 (Malcolm, Roseboom, Clark
    and Fazar, Operations Research 7, 1959), integrated by the midpoint rule.
    """
    if high <= low:
        return np.full(POINTS, likely)
    mode = min(max((likely - low) / (high - low), 0.0), 1.0)
    a, b = 1.0 + 4.0 * mode, 5.0 - 4.0 * mode
    edges = np.linspace(0.0, 1.0, 40_001)
    middle = (edges[1:] + edges[:-1]) / 2.0
    below = np.concatenate([[0.0], np.cumsum(middle ** (a - 1.0) * (1.0 - middle) ** (b - 1.0))])
    shape: Floats = np.interp(np.linspace(0.0, 1.0, POINTS), below / below[-1], edges)
    return np.asarray(low + (high - low) * shape)


def tabled(quantiles: Floats, u: Floats) -> Floats:
    """Return the value at each u of quantiles at even steps from 0 to 1."""
    at = u * (len(quantiles) - 1)
    before = np.minimum(at.astype(np.int64), len(quantiles) - 2)
    return np.asarray(np.diff(quantiles)[before] * (at - before) + quantiles[before])


def whole_numbers(below: Floats, u: Floats) -> Ints:
    """Return the position of each u in a distribution function over 0, 1, 2, …"""
    return np.minimum(np.searchsorted(below, u, side="right"), len(below) - 1)


def successes(trials: int, chance: float) -> Floats:
    """Return the chance of at most 0, 1, …, `trials` successes: the binomial distribution function."""
    if chance <= 0.0 or chance >= 1.0:
        return (np.arange(trials + 1) >= (0 if chance <= 0.0 else trials)).astype(float)
    count = np.arange(trials + 1)
    ways = np.array([math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1) for k in count])
    return np.asarray(
        np.minimum(np.cumsum(np.exp(ways + count * math.log(chance) + (trials - count) * math.log1p(-chance))), 1.0)
    )


def waiting(chance: Floats | float, u: Floats) -> Floats:
    """Return after how many quarters something happens that happens in each with a chance: geometric, from 0."""
    return np.floor(np.log1p(-u) / np.log1p(-np.minimum(chance, 1.0 - 1e-12)))


def arrival(curves: Sequence[tuple[float, Floats, Floats]], which: Floats, u: Floats) -> Floats:
    """Return a moment drawn from a mixture of surveyed curves; infinite where it lies beyond what was surveyed.

    Parameters
    ----------
    curves: weight, moments and chance by then of each curve, from chance 0 on; between points it is even.
    which, u: uniform numbers, for the curve and for the moment on it.
    """
    found = np.full(u.shape, np.inf)
    if not curves:
        return found
    weight = np.cumsum([weight for weight, _, _ in curves])
    curve = np.minimum(np.searchsorted(weight / weight[-1], which, side="right"), len(curves) - 1)
    for at, (_, moments, chance) in enumerate(curves):
        mine = (curve == at) & (u < chance[-1])
        found[mine] = np.interp(u[mine], chance, moments)
    return found
