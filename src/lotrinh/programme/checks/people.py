"""People: no more than there can ever be."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

TOO_MANY = IssueKind(
    "P330",
    "a mode needs more people than there can be",
    "Lower the people it needs, correct people_start, or add a training flow that fills the skill.",
)


@rule
def enough(draft: Draft) -> Iterator[Issue]:
    """Where no flow fills a skill, a mode needs no more of it than there are at the start."""
    if not draft.whole(e.TrainingSkill, "skill", "intake_max"):
        return
    fed = {line.row.skill for line in draft.lines(e.TrainingSkill, "skill", "intake_max") if line.row.intake_max > 0}
    for line in draft.lines(e.ModeSkill, "skill", "fte"):
        skill = draft.find(e.Skill, line.row.skill, "people_start")
        if skill is not None and line.row.skill not in fed and line.row.fte > skill.row.people_start:
            expected = t("at most {people}, as nobody is trained for {skill}", people=skill.row.people_start,
                         skill=line.row.skill)  # fmt: skip
            yield line.issue(TOO_MANY, "fte", expected)
