"""How every directive fares on a path: its measure and its error, the threshold, held or not, and by how much."""

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
    error: standard error of the measure where the rule samples, else 0, shape (S,).
    held: whether each scenario holds it, shape (S,).
    """

    directive: Directive
    measure: Floats
    error: Floats
    held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    @property
    def margin(self) -> Floats:
        """By how much each scenario holds it (negative where it is missed), shape (S,)."""
        sign = 1.0 if self.directive.comparison == ">=" else -1.0
        return np.asarray(sign * (self.measure - self.directive.threshold))


def holds(directive: Directive, measure: Floats | float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return where a measure compares with the threshold as the directive says, within a solver's tolerance."""
    slack = TOLERANCE * max(1.0, abs(directive.threshold))
    above = directive.comparison == ">="
    return np.asarray(measure >= directive.threshold - slack if above else measure <= directive.threshold + slack)


def verdict(paths: Paths, directive: Directive) -> Verdict:
    """Return how one directive fares."""
    rule = rules()[directive.rule]
    measure = np.asarray(rule.measure(paths, directive), dtype=float)
    error = rule.error(paths, directive) if hasattr(rule, "error") else np.zeros_like(measure)
    return Verdict(directive, measure, error, holds(directive, measure))


def scorecard(paths: Paths) -> list[Verdict]:
    """Return how every directive of the programme fares, in the order of the data."""
    return [verdict(paths, directive) for directive in paths.quantities.programme.directives]


def watched(rule: str) -> Directive:
    """Return a directive that only measures: the rule, over everything, at the end of the horizon."""
    return Directive(directive=rule, rule=rule, comparison=">=", threshold=0.0, kind="watch", evidence="assumption")
