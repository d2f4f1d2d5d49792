"""Why no plan exists: rules and directives that clash, none of which can be spared, and the least that mends it.

The set is irreducible: no plan keeps all of its members together, and without any one of them a plan keeps the others.
It is found by QuickXplain (Junker 2004) among the members that the multipliers of the elastic relaxation name (elastic
filtering: Chinneck and Dravnieks 1991), and every claim is checked again at the end.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lotrinh.base.text import Text, t
from lotrinh.plan.elastic import elastic
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import Floats
from lotrinh.plan.possible import Possible, RefutedError
from lotrinh.plan.relax import Relaxation, least_relaxation
from lotrinh.plan.words import Member, Name, Share, named

MANY = 12
"""Members that a person can still weigh where it is not settled which of them are needed."""
SHARE = 0.6
"""Part of the seconds for finding the conflict; the rest is for the relaxation."""


@dataclass(frozen=True)
class Conflict:
    """Why no plan exists.

    Attributes
    ----------
    members: what clashes; empty where what is asked for is impossible by itself, or where nothing could be settled.
    proven: whether it is certain that no plan keeps them all and that each of them is needed for that.
    wanted: projects that were asked for beside the programme.
    relaxation: the least change found with which a plan exists.
    """

    members: tuple[Member, ...]
    proven: bool
    wanted: tuple[Name, ...]
    relaxation: Relaxation | None
    seconds: float

    def text(self) -> list[Text]:
        """Return the conflict in sentences."""
        found = [self._head()]
        if self.proven or len(self.members) <= MANY:
            found += [member.words for member in self.members]
        if self.relaxation is None:
            return found
        total = Share(self.relaxation.total)
        if self.relaxation.least:
            found.append(t("The least change with which a plan exists, {total} in all:", total=total))
        else:
            found.append(t("A change with which a plan exists, {total} in all; a smaller one may do:", total=total))
        return [*found, *(change.words for change in self.relaxation.changes)]

    def as_dict(self) -> dict[str, Any]:
        """Return the conflict as plain data."""
        return {
            "members": [{"member": member.name, "words": str(member.words)} for member in self.members],
            "proven": self.proven,
            "wanted": [name.id for name in self.wanted],
            "relaxation": None if self.relaxation is None else self.relaxation.as_dict(),
            "seconds": self.seconds,
        }

    def _head(self) -> Text:
        projects = list(self.wanted)
        if not self.members:
            if not self.proven:
                return t("Whether a plan exists was not settled in the time given.")
            if projects:
                return t("No plan can hold {projects}, even if every rule that can give way did.", projects=projects)
            return t("No plan exists, even if every rule that can give way did.")
        if self.proven:
            if projects:
                return t(
                    "No plan with {projects} keeps all of these together; without any one of them there is one:",
                    projects=projects,
                )
            return t("No plan keeps all of these together; without any one of them there is a plan:")
        if len(self.members) > MANY:
            return t(
                "No plan was found. {count} rules and directives stand in question, too many to be told apart in the "
                "time given.",
                count=len(self.members),
            )
        if projects:
            return t(
                "No plan with {projects} was found that keeps all of these together; whether each of them is needed "
                "was not settled in the time given:",
                projects=projects,
            )
        return t(
            "No plan was found that keeps all of these together; whether each of them is needed was not settled in the "
            "time given:"
        )


def conflict(
    formulation: Formulation,
    wanted: Sequence[str] = (),
    seconds: float = 60.0,
    seed: int = 0,
    near: Floats | None = None,
) -> Conflict | None:
    """Return why no plan exists, or None where one does after all.

    Parameters
    ----------
    formulation: a form without a feasible point. Rows that the caller has added are not in dispute.
    wanted: ids of projects that the plan must hold, not in dispute either; `KeyError` for one the programme has not.
    seconds: for everything; what is not settled by then is said not to be proven.
    near: columns of a plan that breaks few rules, from which the relaxation is sought.
    """
    began = time.perf_counter()
    disputed = elastic(formulation, wanted)
    possible = Possible(disputed, SHARE * seconds, seed)
    every = list(range(len(disputed.members)))
    found = explain(possible, every)
    if found is None:
        return None
    members, proven = found
    possible.give(seconds - (time.perf_counter() - began))
    mended = least_relaxation(possible, near) if members else None
    names = tuple(named(formulation.quantities, "projects", id) for id in wanted)
    picked = tuple(disputed.members[m] for m in members)
    return Conflict(picked, proven, names, mended, time.perf_counter() - began)


def explain(possible: Possible, members: list[int]) -> tuple[list[int], bool] | None:
    """Return an irreducible set of members and whether it is proven; None where a plan keeps all of them.

    Where time runs out, it is the smallest set that is thought to clash.
    """
    while True:
        try:
            return _explained(possible, members)
        except RefutedError:
            continue  # an answer on the way was wrong, and is known to be so now; without time there is no other


def _explained(possible: Possible, members: list[int]) -> tuple[list[int], bool] | None:
    """Return what `explain` does, unless an earlier answer turns out to have been wrong: then `RefutedError`."""
    answer = possible.plan(members)
    if answer:
        return None
    if possible.plan([]) is False:
        return [], possible.none([])
    core = possible.core(members)
    if core is None and answer is None:
        return [], False
    doubtful = members if core is None else core
    while possible.left:
        try:
            if possible.plan(doubtful):
                return None
            found = quickxplain(possible, [], False, doubtful)
        except TimeoutError:
            break
        proven = possible.none(found)
        if proven or not possible.plan(found):
            return _checked(possible, found, proven)
    return sorted(possible.suspected if core is None and possible.suspected else doubtful), False


def _checked(possible: Possible, found: list[int], proven: bool) -> tuple[list[int], bool]:
    """Return the set without what turns out not to be needed, and whether each of the rest is proven to be."""
    for member in list(found):
        rest = [other for other in found if other != member]
        answer = possible.plan(rest)
        if answer is False and possible.none(rest):
            found = rest
        elif not (answer or possible.plan(rest)):
            proven = False
    return found, proven


def quickxplain(possible: Possible, held: list[int], grown: bool, members: list[int]) -> list[int]:
    """Return a least part of `members` that clashes with those held; `grown` says that they have just become more.

    Raises
    ------
    RefutedError
        If an earlier answer turns out to have been wrong.
    TimeoutError
        If no time is left.
    """
    if not possible.left:
        raise TimeoutError
    if grown and possible.plan(held) is False:
        return []
    if len(members) == 1:
        return members
    half = len(members) // 2
    first, second = members[:half], members[half:]
    later = quickxplain(possible, held + first, True, second)
    earlier = quickxplain(possible, held + later, bool(later), first)
    return earlier + later
