"""The form as something to argue about: its members, the form with only some of them, and with all of them elastic.

Elastic programming: Chinneck, Feasibility and Infeasibility in Optimization (2008), chapter 6; Chinneck and Dravnieks
(1991).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lotrinh.base.registry import entries
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import INFINITY, Builder, Floats, Ints, LinearForm
from lotrinh.plan.said import families, told
from lotrinh.plan.variables import Bools
from lotrinh.plan.verify import TOLERANCE
from lotrinh.plan.words import BOUNDLESS, Ids, Kind, Member, Slack


@dataclass(frozen=True)
class Elastic:
    """A form in dispute.

    Attributes
    ----------
    formulation: with the form of `loosened`: nothing is to be gained in it, and what a person can argue with stands in
        rows alone.
    members: all that is in dispute, those of few rows first.
    asked: projects that the plan must hold and that are not in dispute, positions.
    """

    formulation: Formulation
    members: tuple[Member, ...]
    asked: Ints

    @property
    def form(self) -> LinearForm:
        """The form with all members and no slack."""
        return self.formulation.form

    def only(self, kept: Collection[int], form: LinearForm | None = None) -> LinearForm:
        """Return `form` (the one without slack unless given) with the rows of all members but `kept` freed."""
        form = form or self.form
        low, high = form.row_low.copy(), form.row_high.copy()
        for m, member in enumerate(self.members):
            if m not in kept:
                low[member.rows] = -INFINITY
                if not member.kind.floor:
                    high[member.rows] = INFINITY
        return replace(form, row_low=low, row_high=high)

    @cached_property
    def slacks(self) -> tuple[Slack, ...]:
        """Every way in which a member may give way."""
        q, v = self.formulation.quantities, self.formulation.variables
        breaks = np.maximum(*breaches(self.form))
        found: list[Slack] = []
        for member in self.members:
            if member.kind.slacks is not None:
                found += member.kind.slacks(q, v, self.form, member)
            else:
                found.append(_plain(q, self.form, member, float(breaks[member.rows].max())))
        return tuple(found)

    @cached_property
    def soft(self) -> LinearForm:
        """The form with a column for each slack behind its own, whose objective is the least relative change."""
        return softened(self.form, self.slacks)

    def relaxed(self, amounts: Floats) -> LinearForm:
        """Return the form whose limits have given way by an amount of each slack, shape (slacks,)."""
        moved = np.zeros(len(self.form.row_low))
        for slack, amount in zip(self.slacks, amounts, strict=True):
            np.add.at(moved, slack.rows, slack.values * amount)
        return replace(self.form, row_low=self.form.row_low - moved, row_high=self.form.row_high - moved)


def elastic(formulation: Formulation, wanted: Sequence[str] = ()) -> Elastic:
    """Return the form of a formulation as one in dispute, in which the projects `wanted` run and that is not disputed.

    Raises
    ------
    KeyError
        If a project that is wanted is not in the programme.
    """
    q = formulation.quantities
    asked = np.unique(np.array([q.programme.projects.position(id) for id in wanted], dtype=np.int64))
    form = loosened(formulation, asked)
    return Elastic(replace(formulation, form=form), tuple(_members(q, form)), asked)


def softened(form: LinearForm, slacks: Sequence[Slack]) -> LinearForm:
    """Return the form with a column for each slack behind its own, whose objective is the least relative change."""
    build = Builder.onto(form)
    for slack in slacks:
        one = [([slack.member.name], np.zeros(1, dtype=np.int64))]
        column = build.add_columns("slack", one, high=slack.high, cost=-1.0 / slack.size, whole=slack.whole)
        build.add_entries(slack.rows, column, slack.values)
    return build.form()


def loosened(formulation: Formulation, asked: Ints) -> LinearForm:
    """Return the form without objective, with the projects asked for, and with limits in rows where bounds said them.

    Its plans are those of the form itself as long as all its rows hold.
    """
    q, v, form = formulation.quantities, formulation.variables, formulation.form
    build = Builder.onto(form)
    wider = []
    for rule in entries("lotrinh.plan.constraints").values():
        if hasattr(rule, "loosen"):
            wider += rule.loosen(build, form, q, v)
    if len(asked):
        mode = np.flatnonzero(np.isin(q.mode_project, asked))
        ever, can = v.begun.ever(mode)
        row = np.searchsorted(asked, q.mode_project[mode[can]])
        build.add_rows("wanted", [(q.programme.projects.ids, asked)], [(row, ever[can], 1.0)], low=1.0)
    found = build.form()
    high = found.high.copy()
    for columns, bound in wider:
        high[columns] = bound
    return replace(found, high=high, cost=np.zeros_like(found.cost), constant=0.0)


def breaches(form: LinearForm) -> tuple[Floats, Floats]:
    """Return by how much each row can be missed from below and from above by columns within their bounds, (R,) each."""
    ends = np.stack([form.value * form.low[form.column], form.value * form.high[form.column]])
    least, most = (
        np.bincount(form.row_of, weights=side, minlength=len(form.row_low)) for side in (ends.min(0), ends.max(0))
    )
    return form.row_low - least, most - form.row_high


def _members(q: Quantities, form: LinearForm) -> list[Member]:
    """Return all that is in dispute: rows that could be missed at all, gathered by kind and ids.

    Members of few rows come first: they say something definite, and an explanation rests on them where it can.
    """
    below, above = (breach > TOLERANCE for breach in breaches(form))
    gathered: dict[tuple[str, Ids], tuple[Kind, list[int]]] = {}
    for family in form.rows:
        words = families().get(family.name)
        if words is None or words.kind is None:
            continue
        axes = [list(words.axes).index(axis) for axis in words.kind.key]
        for row in family.members[_disputed(words.kind, below, above)[family.members]]:
            labels = family.labels(int(row))
            ids = tuple(labels[axis] for axis in axes)
            if words.kind.name == "directive" and q.programme.directives.of(ids[0]).kind != "hard":
                continue
            gathered.setdefault((words.kind.name, ids), (words.kind, []))[1].append(int(row))
    found = [
        Member(kind, ids, np.array(rows, dtype=np.int64), told(q, kind, ids))
        for (_, ids), (kind, rows) in gathered.items()
    ]
    return sorted(found, key=lambda member: len(member.rows))


def _disputed(kind: Kind, below: Bools, above: Bools) -> Bools:
    return below if kind.floor else below | above


def _plain(q: Quantities, form: LinearForm, member: Member, most: float) -> Slack:
    """Return the slack of a member whose rows all give way by the same amount."""
    kind, per = member.kind, (member.kind.per(q, member.ids) if member.kind.per else 1.0) or 1.0
    sign = np.where(np.isfinite(form.row_low[member.rows]), 1.0, -1.0)
    high = 1.0 if not kind.unit else min(BOUNDLESS, np.ceil(most / per))
    return Slack(member, member.rows, sign * per, kind.size(q, member.ids), high, kind.whole)
