r"""When a quantum computer breaks the cryptography of today: Q-day, one moment for everything, and its chance.

Experts were asked how likely it is within so many years. Through the points of each curve goes a cure model: a share
``c`` of all worlds reaches Q-day at all, and in these its distribution is log-logistic, log-normal or Weibull,
whichever lies nearest to the points by least squares:

```{math}
P(Q \le t_0 + t) = c\,G(t;\alpha,\beta), \qquad 0 \le c \le 1
```

(Boag, Journal of the Royal Statistical Society B 11, 1949, for the model; the survey is named beside its points.)
Curves are mixed by their weights. `acceleration` moves everything earlier by so many years; a family of algorithms
falls earlier or later than RSA-2048 by its offset.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST = 3
"""Points that a fit needs; through fewer the chance rises evenly, and after the last nothing is known."""
REACH = 400.0
"""Years from the survey after which what has not happened counts as never."""
STEP = 0.025
"""Years between two points of a tabled curve."""


class Chance(Protocol):
    """Whatever tells how likely Q-day is by a moment: a mixture of curves, or moments that are known."""

    def by(self, year: Floats, family: str = "") -> Floats:
        """Return the chance that Q-day of a family of algorithms has come by each calendar year with its fraction."""
        ...

    def earlier(self, years: float) -> Chance:
        """Return the same with everything so many years earlier."""
        ...


@dataclass(frozen=True)
class Curve:
    """One curve of a survey.

    Attributes
    ----------
    surveyed: when the experts were asked, as a year with its fraction.
    within, chance: the points asked for, years from then and chance.
    shape: ``log-logistic``, ``log-normal`` or ``Weibull``; ``even`` between points where there are too few.
    cure: share of worlds in which Q-day never comes.  scale, form: α in years and β of the distribution.
    """

    name: str
    weight: float
    surveyed: float
    within: Floats
    chance: Floats
    shape: str
    cure: float
    scale: float
    form: float

    def at(self, years: Floats) -> Floats:
        """Return the chance within so many years of the survey."""
        if self.shape == "even":
            within, chance = np.append(0.0, self.within), np.append(0.0, self.chance)
            return np.asarray(np.interp(years, within, chance, left=0.0))
        reached = _SHAPES[self.shape](np.maximum(years, 1e-9), self.scale, self.form)
        return np.where(years > 0.0, (1.0 - self.cure) * reached, 0.0)

    @property
    def misfit(self) -> float:
        """Largest difference between the curve and a point of the survey, as a share."""
        return float(np.abs(self.at(self.within) - self.chance).max())


@dataclass(frozen=True)
class Threat:
    """The chance of Q-day as a mixture of curves.

    Attributes
    ----------
    acceleration: years by which everything comes earlier than the surveys say.
    offsets: years by which the algorithms of a family fall after RSA-2048; negative where they fall before it.
    """

    curves: tuple[Curve, ...]
    acceleration: float = 0.0
    offsets: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def surveyed(
        cls, points: Iterable[Any], acceleration: float = 0.0, offsets: Mapping[str, float] | None = None
    ) -> Threat:
        """Return the threat through survey points: rows with ``curve, surveyed, within, chance, weight``."""
        of: dict[str, list[Any]] = {}
        for row in points:
            of.setdefault(row.curve, []).append(row)
        curves = tuple(_fitted(name, sorted(rows, key=lambda row: row.within)) for name, rows in of.items())
        return cls(curves, acceleration, offsets or {})

    def earlier(self, years: float) -> Threat:
        """Return the same threat, everything so many years earlier."""
        return replace(self, acceleration=self.acceleration + years)

    def by(self, year: Floats, family: str = "") -> Floats:
        """Return the chance that Q-day of a family of algorithms has come by each calendar year with its fraction."""
        moment = np.asarray(year, dtype=float) + self.acceleration - self.offsets.get(family, 0.0)
        whole = sum(curve.weight for curve in self.curves)
        found = np.zeros(moment.shape)
        for curve in self.curves:
            found += curve.weight / whole * curve.at(moment - curve.surveyed)
        return found

    def tabled(self) -> list[tuple[float, Floats, Floats]]:
        """Return weight, calendar years and chance by then of each curve of RSA-2048, for drawing from it."""
        found = []
        for curve in self.curves:
            years = np.append(0.0, curve.within) if curve.shape == "even" else np.arange(0.0, REACH, STEP)
            found.append((curve.weight, years + curve.surveyed - self.acceleration, curve.at(years)))
        return found


@dataclass(frozen=True)
class Known:
    """Q-day known in each of several worlds: `moment` is a calendar year, infinite for never, shape (S,) or ()."""

    moment: Floats
    offsets: Mapping[str, float] = field(default_factory=dict)

    def earlier(self, years: float) -> Known:
        """Return the same worlds with Q-day so many years earlier."""
        return replace(self, moment=self.moment - years)

    def by(self, year: Floats, family: str = "") -> Floats:
        """Return 1 where Q-day has come by each year, (S, years); one world gives (years,)."""
        moment = np.atleast_1d(self.moment)[:, None] + self.offsets.get(family, 0.0)
        found = (np.asarray(year)[None, :] >= moment).astype(float)
        return found[0] if np.ndim(self.moment) == 0 else found


@cache
def default(acceleration: float = 0.0) -> Threat:
    """Return the threat by the surveys and offsets that come with Lotrinh: ``survey.csv`` and ``offsets.csv``."""
    return Threat.surveyed(survey(), acceleration, offsets())


@dataclass(frozen=True)
class Point:
    """One point of a survey, as in ``survey.csv``."""

    curve: str
    surveyed: float
    within: float
    chance: float
    weight: float


def survey() -> tuple[Point, ...]:
    """Return the survey points that come with Lotrinh."""
    numbers = ("surveyed", "within", "chance", "weight")
    return tuple(Point(row["curve"], *(float(row[name]) for name in numbers)) for row in rows("survey.csv"))


def offsets() -> dict[str, float]:
    """Return the years by which each family of algorithms falls after RSA-2048, as shipped; an assumption."""
    return {row["family"]: float(row["years"]) for row in rows("offsets.csv")}


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a data file of the register."""
    text = files("lotrinh.register").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _log_logistic(years: Floats, scale: Any, form: Any) -> Floats:
    return np.asarray(1.0 / (1.0 + _power(years / scale, -form)))


def _log_normal(years: Floats, scale: Any, form: Any) -> Floats:
    return np.asarray(0.5 * _erfc(-np.log(years / scale) * form / math.sqrt(2.0)))


def _weibull(years: Floats, scale: Any, form: Any) -> Floats:
    return np.asarray(-np.expm1(-_power(years / scale, form)))


def _power(ratio: Any, form: Any) -> Any:
    """Return a power without overflow."""
    return np.exp(np.clip(form * np.log(ratio), -700.0, 700.0))


_erfc = np.vectorize(math.erfc, otypes=[float])
_SHAPES = {"log-logistic": _log_logistic, "log-normal": _log_normal, "Weibull": _weibull}


def _fitted(name: str, rows: list[Any]) -> Curve:
    """Return the curve nearest to the points of one survey by least squares."""
    within, chance = np.array([row.within for row in rows]), np.array([row.chance for row in rows])
    facts = (name, rows[0].weight, rows[0].surveyed, within, chance)
    if len(rows) < FEWEST:
        return Curve(*facts, "even", 1.0 - float(chance[-1]), 0.0, 0.0)
    best = min((_least(_SHAPES[shape], within, chance), shape) for shape in _SHAPES)
    (_, share, scale, form), shape = best
    return Curve(*facts, shape, 1.0 - share, scale, form)


def _least(shape: Any, within: Floats, chance: Floats) -> tuple[float, float, float, float]:
    """Return the least sum of squares and the share, scale and form that give it.

    For a scale and a form the best share is a ratio; the two are searched on a grid that narrows around its best point.
    """
    low, high = np.log([0.5, 0.2]), np.log([300.0, 12.0])
    best = (math.inf, 0.0, 1.0, 1.0)
    for _ in range(40):
        scale, form = np.exp(np.meshgrid(*np.linspace(low, high, 17).T, indexing="ij"))
        reached = shape(within, scale[..., None], form[..., None])
        share = np.clip((reached @ chance) / np.maximum((reached**2).sum(axis=-1), 1e-300), 0.0, 1.0)
        error = ((share[..., None] * reached - chance) ** 2).sum(axis=-1)
        at = np.unravel_index(np.argmin(error), error.shape)
        if error[at] < best[0]:
            best = (float(error[at]), float(share[at]), float(scale[at]), float(form[at]))
        middle, half = np.log(best[2:]), 0.35 * (high - low)
        low, high = middle - half, middle + half
    return best
