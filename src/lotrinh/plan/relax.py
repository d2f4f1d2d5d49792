"""The least relaxation: by how little the members must give way, taken together, for a plan to exist.

Every member of the form may give way, not only those of one conflict, since several may stand in the way at once. What
is least is the sum of relative changes: each amount as a share of the figure in the data, and 1 for what can only be
dropped.

A share (of money, of levels) is eased against a fixed whole in the elastic form, and years of lag at a fixed
pace, so that they stay linear. The true amount is read from the plan, and while the two differ the search is repeated
against the whole of the plan found. Such a whole may be too small for another plan (more may be committed than the
budget, money is carried over, the relaxation itself raises the budget, levels exceed their targets), so nothing about
the least total follows from it: the bound comes from a form in which these members give way for nothing. It holds for
every plan, and a relaxation that needs none of them may be proven the least. Core funding is no such member: its whole
is the loss at the highest level that could ever be reached.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.paths import Decisions, Paths, follow
from lotrinh.plan.columns import read
from lotrinh.plan.elastic import Elastic, softened
from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.possible import QUICK, Possible
from lotrinh.plan.said import facts
from lotrinh.plan.verify import TOLERANCE, outside
from lotrinh.plan.words import Figure, Member, Share, Slack

STARTS = 3
"""How many of the plans already seen are tried as a beginning."""
FIXED = ("share", "year")
"""Units of directives that give way against a fixed whole, or at a fixed pace, and not as the plan counts them."""
ROUNDS = 3
"""How often the search is repeated at most because a whole was not the one of the plan found."""


@dataclass(frozen=True)
class Change:
    """One member gives way.

    Attributes
    ----------
    amount: by how much, in `unit` (a symbol of units.csv); 1 without a unit where the member is dropped.
    share: the relative change that counts.
    """

    member: Member
    amount: float
    unit: str
    share: float
    words: Text

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return {
            "member": self.member.name,
            "amount": self.amount,
            "unit": self.unit,
            "share": self.share,
            "words": str(self.words),
        }


@dataclass(frozen=True)
class Relaxation:
    """A set of changes with which a plan exists.

    Attributes
    ----------
    total: sum of the relative changes; it is proven that no set of changes with which a plan exists is below `bound`.
    amounts: of every slack of the elastic form, shape (slacks,).
    columns: of a plan under the changes, as the form has them; `decisions` are what it decides.
    """

    changes: tuple[Change, ...]
    total: float
    bound: float
    amounts: Floats
    columns: Floats
    decisions: Decisions

    @property
    def least(self) -> bool:
        """True where it is proven that no smaller total does."""
        return self.total - self.bound <= TOLERANCE * max(1.0, self.total)

    def as_dict(self) -> dict[str, Any]:
        """Return the relaxation as plain data."""
        return {
            "changes": [change.as_dict() for change in self.changes],
            "total": self.total,
            "bound": self.bound,
            "least": self.least,
        }


def least_relaxation(possible: Possible, near: Floats | None = None) -> Relaxation | None:
    """Return the least relaxation found within the seconds left; None where there was no time for any.

    `near` are columns of which only the whole numbers count, such as those of a plan with a project added: the search
    begins from what they need too.
    """
    elastic, soft = possible.elastic, possible.elastic.soft
    known = sorted(possible.seen, key=lambda seen: -len(seen[0]))[:STARTS]
    plans = [*([] if near is None else [near]), *(plan for _, plan in known)]
    begin = [x for plan in plans if (x := _given(possible, soft, plan)) is not None]
    small = possible.small(soft, range(len(elastic.members)))
    first = possible.ask(small, possible.left / 2, start=max(begin, key=soft.objective, default=None))
    found, bound = _search(possible, soft, [*begin, *([] if first.x is None else [first.x])])
    counted = [m for m, member in enumerate(elastic.members) if member.name not in _against_wholes(elastic)]
    if len(counted) < len(elastic.members):
        bound = _search(possible, elastic.only(counted, soft), found)[1]
    slacks, best = elastic.slacks, None
    for _ in range(ROUNDS):
        told = [_told(elastic, slacks, exact, bound) for x in found if (exact := _exact(possible, soft, x)) is not None]
        best = min([*told, *([best] if best else [])], key=lambda each: each.total, default=None)
        closer = _closer(elastic, slacks, min(told, key=lambda each: each.total)) if told else slacks
        if best is None or best.least or closer is slacks:
            break
        slacks, soft = closer, softened(elastic.form, closer)
        found, _ = _search(possible, soft, [])
    return best


def _against_wholes(elastic: Elastic) -> frozenset[str]:
    """Return the names of the members that give way against a whole which need not be that of every plan."""
    return frozenset(
        slack.member.name for slack in elastic.slacks if slack.member.kind.name == "directive" and slack.unit in FIXED
    )


def _closer(elastic: Elastic, slacks: tuple[Slack, ...], found: Relaxation) -> tuple[Slack, ...]:
    """Return the slacks with those of shares against the whole of the plan found; `slacks` where they are right."""
    true = {
        change.member.name: change.amount
        for change in found.changes
        if change.member.kind.after is not None and change.amount > TOLERANCE
    }
    amounts = {slack.member.name: amount for slack, amount in zip(elastic.slacks, found.amounts, strict=True)}
    if all(abs(amounts[name] - amount) <= TOLERANCE for name, amount in true.items()):
        return slacks
    return tuple(
        replace(slack, values=slack.values * float(amount) / true[slack.member.name])
        if amount and true.get(slack.member.name)
        else slack
        for slack, amount in zip(elastic.slacks, found.amounts, strict=True)
    )


def _search(possible: Possible, soft: LinearForm, begin: list[Floats]) -> tuple[list[Floats], float]:
    """Return columns of an elastic form, the best among them, and a bound of the total, asked for twice where cheap."""
    answer = possible.ask(soft, possible.left, start=max(begin, key=soft.objective, default=None))
    answers = [answer]
    if answer.status == "optimal" and answer.seconds < QUICK:
        answers.append(possible.ask(soft, possible.left, presolve=False))
    bound = min((-each.bound for each in answers if np.isfinite(each.bound)), default=0.0)
    found = [*begin, *(each.x for each in answers if each.x is not None)]
    return sorted(found, key=soft.objective, reverse=True)[:STARTS], max(0.0, bound)


def _given(possible: Possible, soft: LinearForm, x: Floats) -> Floats | None:
    """Return columns of the elastic form that go with the decisions of a plan, giving way by what they need."""
    formulation = possible.elastic.formulation
    whole = np.flatnonzero(formulation.form.whole[: formulation.decided])
    return possible.ask(soft.fixed(whole, np.round(x[whole])), QUICK).x


def _exact(possible: Possible, soft: LinearForm, x: Floats) -> Floats | None:
    """Return the columns solved anew with whole numbers whole to the last digit; None unless our arithmetic agrees."""
    whole = np.flatnonzero(soft.whole)
    again = possible.ask(soft.fixed(whole, np.round(x[whole])), QUICK, presolve=False).x
    if again is None:
        return None
    wrong = (
        outside(soft.activity(again), soft.row_low, soft.row_high).any()
        or outside(again, soft.low, soft.high).any()
        or (np.abs(again - np.round(again)) > TOLERANCE)[soft.whole].any()
    )
    return None if wrong else again


def _told(elastic: Elastic, slacks: tuple[Slack, ...], x: Floats, bound: float) -> Relaxation:
    """Return the relaxation that the columns of an elastic form with these slacks mean.

    The bound counts only where no true amount that is counted falls short of the one that was searched for.
    """
    count = len(elastic.form.low)
    scale = np.array([
        float(used.values[0] / plain.values[0]) for used, plain in zip(slacks, elastic.slacks, strict=True)
    ])  # fmt: skip
    amounts = scale * np.where(x[count:] > TOLERANCE, x[count:], 0.0)
    decisions = read(elastic.formulation, x)
    paths = follow(elastic.formulation.quantities, decisions)
    given = [(slack, float(amount)) for slack, amount in zip(elastic.slacks, amounts, strict=True) if amount]
    changes = tuple(_change(paths, slack, amount) for slack, amount in given)
    total = float(sum(change.share for change in changes))
    wholes = _against_wholes(elastic)
    sure = all(
        change.amount >= amount - TOLERANCE * max(1.0, amount)
        for change, (slack, amount) in zip(changes, given, strict=True)
        if slack.member.name not in wholes
    )
    return Relaxation(changes, total, min(bound, total) if sure else 0.0, amounts, x[:count], decisions)


def _change(paths: Paths, slack: Slack, amount: float) -> Change:
    q, kind, ids = paths.quantities, slack.member.kind, slack.member.ids
    limit = kind.figure(q, ids)
    after = limit - amount if kind.falls else limit + amount
    if kind.after is not None:
        after = kind.after(paths, ids)
        amount = abs(after - limit)
    words = t(
        kind.change.template,
        **facts(q, kind, ids),
        **slack.facts,
        amount=Figure(amount, 1),
        share=Share(amount / slack.size),
        to=Figure(after, -1 if after < limit else 1),
    )
    return Change(slack.member, amount, slack.unit or kind.unit, amount / slack.size, words)
