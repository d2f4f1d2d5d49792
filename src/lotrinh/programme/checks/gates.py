"""Gates stand in order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NUMBERING = IssueKind(
    "P308", "the gates of a mode are not numbered 1, 2, 3", "Number the gates of a mode from 1 without gaps."
)
ORDER = IssueKind(
    "P309", "a gate is not later than the gate before it", "Correct when the gates stand, or their numbers."
)
LAST = IssueKind(
    "P310",
    "a gate at the very end releases money",
    "Set its release to 0, or move it to before the end: after it nothing is left to spend on.",
)


@rule
def numbering(draft: Draft) -> Iterator[Issue]:
    """The gates of a mode are numbered from 1 without gaps."""
    for lines in draft.groups(e.Gate, "mode", "gate").values():
        for expected, line in enumerate(sorted(lines, key=lambda line: line.row.gate), start=1):
            if line.row.gate != expected:
                yield line.issue(NUMBERING, "gate", t("gate {number}", number=expected))
                break


@rule
def order(draft: Draft) -> Iterator[Issue]:
    """A later gate stands later."""
    for lines in draft.groups(e.Gate, "mode", "gate", "at").values():
        for before, line in pairwise(sorted(lines, key=lambda line: line.row.gate)):
            if line.row.at <= before.row.at:
                expected = t("later than {at}, where gate {number} stands", at=before.row.at, number=before.row.gate)
                yield line.issue(ORDER, "at", expected)


@rule
def nothing_after_the_end(draft: Draft) -> Iterator[Issue]:
    """A gate at the end releases nothing."""
    for line in draft.lines(e.Gate, "at", "release"):
        if line.row.at >= 1 and line.row.release > 0:
            yield line.issue(LAST, "release", t("0, as the gate stands at the end"))
