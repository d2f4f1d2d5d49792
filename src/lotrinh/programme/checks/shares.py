"""Shares of a whole add up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NOT_ONE = IssueKind("P305", "shares do not add up to 1", "Correct the shares of the group so that their sum is 1.")
RELIANCE = IssueKind(
    "P306",
    "a mode relies on its suppliers for more than the whole",
    "Lower the shares; what is done at home needs no row.",
)
RELEASES = IssueKind(
    "P307",
    "the gates of a mode release more than all of its money",
    "Lower the releases; the rest is spent before the first gate.",
)
TOLERANCE = 1e-6


def _sums(draft: Draft, row: type[Any], by: str, share: str) -> Iterator[tuple[str, Any, float]]:
    """Yield the key, the first line and the sum of every group."""
    for key, lines in draft.groups(row, by, share).items():
        yield key, lines[0], math.fsum(getattr(line.row, share) for line in lines)


@rule
def shares_of_one(draft: Draft) -> Iterator[Issue]:
    """The suppliers of a kind of equipment, and the completions of a flow, share out the whole."""
    for row, by in ((e.EquipmentSupply, "equipment"), (e.TrainingProfile, "flow")):
        for key, line, total in _sums(draft, row, by, "share"):
            if abs(total - 1) > TOLERANCE:
                expected = t("a sum of 1 over the rows of {key}", key=key)
                yield line.issue(NOT_ONE, "share", expected, value=f"{total:.6g}")


@rule
def reliance(draft: Draft) -> Iterator[Issue]:
    """A mode relies on all its suppliers together for at most the whole."""
    for key, line, total in _sums(draft, e.Reliance, "mode", "share"):
        if total > 1 + TOLERANCE:
            yield line.issue(
                RELIANCE, "share", t("a sum up to 1 over the rows of {key}", key=key), value=f"{total:.6g}"
            )


@rule
def releases(draft: Draft) -> Iterator[Issue]:
    """The gates of a mode release at most all of its money."""
    for key, line, total in _sums(draft, e.Gate, "mode", "release"):
        if total > 1 + TOLERANCE:
            yield line.issue(
                RELEASES, "release", t("a sum up to 1 over the gates of {key}", key=key), value=f"{total:.6g}"
            )
