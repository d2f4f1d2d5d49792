"""How every directive fares on a path: its measure, the threshold, held or not, and by how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats
from lotrinh.plan.statements import rules
from lotrinh.programme.entities import Directive

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Verdict:
    """One directive on a set of paths.

    Attributes
    ----------
    measure: of each scenario, shape (S,), in the unit of the rule.
    held: whether each scenario holds it, shape (S,).
    """

    directive: Directive
    measure: Floats
    held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    @property
    def margin(self) -> Floats:
        """By how much each scenario holds it (negative where it is missed), shape (S,)."""
        sign = 1.0 if self.directive.comparison == ">=" else -1.0
        return np.asarray(sign * (self.measure - self.directive.threshold))


def verdict(paths: Paths, directive: Directive) -> Verdict:
    """Return how one directive fares."""
    measure = np.asarray(rules()[directive.rule].measure(paths, directive), dtype=float)
    slack = TOLERANCE * max(1.0, abs(directive.threshold))
    if directive.comparison == ">=":
        return Verdict(directive, measure, measure >= directive.threshold - slack)
    return Verdict(directive, measure, measure <= directive.threshold + slack)


def scorecard(paths: Paths) -> list[Verdict]:
    """Return how every directive of the programme fares, in the order of the data."""
    return [verdict(paths, directive) for directive in paths.quantities.programme.directives]
