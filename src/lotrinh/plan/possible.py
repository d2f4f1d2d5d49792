"""Whether a plan exists when only some members hold, asked of the solver and never taken on its word alone.

A plan that the solver shows is checked row by row by our own arithmetic, and what else it happens to keep answers later
questions without the solver. That there is none is believed for the moment; what a conflict finally rests on is proven
by multipliers that our own arithmetic checks (Farkas 1902), or else asked twice, with and without presolve.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from lotrinh.plan.elastic import Elastic
from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.narrow import closed, needed
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import Solution, solve
from lotrinh.plan.variables import Bools
from lotrinh.plan.verify import TOLERANCE, outside

QUICK = 2.0
"""Seconds for a try that may well be in vain."""


class RefutedError(Exception):
    """A plan has been found where there was thought to be none."""


class Possible:
    """Answers whether a plan exists under some of the members, within a number of seconds for all questions.

    Attributes
    ----------
    seen: columns of every plan found so far, with the members that it keeps.
    """

    def __init__(self, elastic: Elastic, seconds: float, seed: int = 0) -> None:
        self.elastic = elastic
        self.seen: list[tuple[frozenset[int], Floats]] = []
        self._none: list[frozenset[int]] = []
        self._helped = np.zeros(len(elastic.formulation.quantities.programme.projects), dtype=bool)
        self._end, self._seed = time.perf_counter() + seconds, seed

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self._end - time.perf_counter())

    def give(self, seconds: float) -> None:
        """Let the questions from now on take so many seconds."""
        self._end = time.perf_counter() + seconds

    def plan(self, kept: Collection[int]) -> bool | None:
        """Return whether a plan keeps these members; None where that could not be decided.

        A no is believed of a form in which only those projects are open that must run or have been of help before.

        Raises
        ------
        RefutedError
            If a plan is found that keeps members of which there was thought to be none.
        """
        wanted = frozenset(kept)
        if any(wanted <= held for held, _ in self.seen):
            return True
        if any(none <= wanted for none in self._none):
            return False
        if not self.left:
            return None
        answer = self.ask(self.small(self.elastic.only(wanted), wanted), self.left)
        if answer.status == "infeasible":
            self._none.append(wanted)
            return False
        before = len(self._none)
        if not self.keep(answer, wanted):
            return None
        if len(self._none) < before:
            raise RefutedError
        return True

    @property
    def suspected(self) -> frozenset[int]:
        """The smallest set of members of which there is thought to be no plan; empty where there is none."""
        return min(self._none, key=len, default=frozenset())

    def small(self, form: LinearForm, kept: Collection[int]) -> LinearForm:
        """Return the form with every project closed that neither must run nor has been of help before."""
        return closed(self.elastic, form, needed(self.elastic, kept) | self._helped)

    def keep(self, answer: Solution, wanted: Collection[int] = ()) -> bool:
        """Return whether an answer holds a plan with the members wanted, and remember it if so."""
        return answer.x is not None and (
            self._remember(answer.x, wanted) or self._remember(self._rounded(answer.x, wanted), wanted)
        )

    def held(self, x: Floats) -> frozenset[int] | None:
        """Return the members that the columns keep by our own arithmetic; None where they are no plan at all."""
        form = self.elastic.form
        rows = outside(form.activity(x), form.row_low, form.row_high)
        broken = frozenset(m for m, member in enumerate(self.elastic.members) if rows[member.rows].any())
        held = frozenset(range(len(self.elastic.members))) - broken
        bare = self.elastic.only(held)
        wrong = outside(bare.activity(x), bare.row_low, bare.row_high).any() or outside(x, form.low, form.high).any()
        fraction = (form.whole & ~(np.abs(x - np.round(x)) <= TOLERANCE)).any()
        return None if wrong or fraction else held

    def none(self, kept: Collection[int]) -> bool:
        """Return whether it is certain that no plan keeps these members."""
        if self.core(kept) is not None:
            return True
        form = self.elastic.only(kept)
        for presolve in (True, False):
            answer = self.ask(form, self.left, presolve=presolve)
            if answer.status != "infeasible":
                self.keep(answer, kept)
                return False
        return True

    def core(self, kept: Collection[int]) -> list[int] | None:
        """Return members of `kept` that clash already when projects may run in parts; None where none do.

        The multipliers of the elastic relaxation that are not zero belong to rows that clash; weights that are the
        relative changes make it the clash that is dearest to mend.
        """
        loose = self.elastic.only(kept, self.elastic.soft)
        answer = self.ask(replace(loose, whole=np.zeros_like(loose.whole)), self.left)
        if answer.row_dual is None or answer.objective > -TOLERANCE:
            return None
        form = self.elastic.only(kept)
        for multipliers in (answer.row_dual, -answer.row_dual):
            used = clash(form, multipliers)
            if used is not None:
                return [m for m in kept if used[self.elastic.members[m].rows].any()]
        return None

    def ask(self, form: LinearForm, seconds: float, presolve: bool = True, start: Floats | None = None) -> Solution:
        """Return the solver's answer within some seconds."""
        settings = PlanSettings(gap=0.0, threads=1, seed=self._seed, time_limit=max(seconds, 1e-2))
        return solve(form, settings, start=start, presolve=presolve)

    def _remember(self, x: Floats | None, wanted: Collection[int]) -> bool:
        held = None if x is None else self.held(x)
        if x is None or held is None or not held.issuperset(wanted):
            return False
        self.seen.append((held, x))
        right = [none for none in self._none if not none <= held]
        if len(right) < len(self._none):  # it has been denied before, so some project in it is of help
            q, v = self.elastic.formulation.quantities, self.elastic.formulation.variables
            self._helped[q.options.project[x[v.x] > 0.5]] = True
        self._none = right
        return True

    def _rounded(self, x: Floats, wanted: Collection[int]) -> Floats | None:
        """Return the columns with whole numbers that are whole to the last digit, the others solved for anew."""
        form = self.elastic.only(wanted)
        whole = np.flatnonzero(form.whole)
        return self.ask(form.fixed(whole, np.round(x[whole])), QUICK, presolve=False).x


def clash(form: LinearForm, multipliers: Floats) -> Bools | None:
    """Return the rows whose sum, each times its multiplier, no columns within their bounds satisfy; None if some do.

    Farkas' lemma, by our own arithmetic: a positive multiplier takes the upper side of its row, a negative one the
    lower. The sum must be missed by more than all the rounding that a plan is forgiven.
    """
    side = np.where(multipliers > 0, form.row_high, form.row_low)
    used = (np.abs(multipliers) > 1e-9 * np.abs(multipliers).max(initial=0.0)) & np.isfinite(side)
    if not used.any():
        return None
    weight, side = np.where(used, multipliers, 0.0), np.where(used, side, 0.0)
    total = np.bincount(form.column, weights=form.value * weight[form.row_of], minlength=len(form.low))
    bound = np.where(total > 0, form.low, form.high)
    forgiven = [
        TOLERANCE * float(np.abs(factor) @ np.maximum(1.0, np.abs(limit)))
        for factor, limit in ((weight, side), (total, bound))
    ]
    return used if total @ bound > weight @ side + sum(forgiven) else None
