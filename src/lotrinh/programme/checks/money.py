"""Fields can reach their critical mass."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._outline import outline
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

CLOSED = IssueKind(
    "P407",
    "a mandatory project in a field that can never reach its critical mass",
    "Lower the critical mass of the field, or add projects to it.",
)
NEVER_OPEN = IssueKind(
    "P408",
    "a field that can never reach its critical mass",
    "Lower the critical mass of the field, or add projects to it; no plan can open it.",
    severity="warning",
)
TOLERANCE = 1e-6


@rule
def critical_mass(draft: Draft) -> Iterator[Issue]:
    """The dearest modes of all projects of a field together reach its critical mass."""
    plan = outline(draft, "duration", "cost_likely", "cost_trend")
    if plan is None:
        return
    most: dict[str, float] = {}
    bound: dict[str, str] = {}
    open_ended: set[str] = set()
    for project, line in plan.projects.items():
        field = line.row.field
        if project not in plan.modes:
            open_ended.add(field)
        most[field] = most.get(field, 0.0) + plan.costs(project)[1]
        if line.row.mandatory or project in plan.locks:
            bound.setdefault(field, project)
    for row in draft.lines(e.Field, "field", "critical_mass"):
        id, mass = row.row.field, row.row.critical_mass
        if id in most and id not in open_ended and mass > most[id] + TOLERANCE:
            expected = t("at most {total}, what its projects can spend together", total=round(most[id], 6))
            if id in bound:
                expected = t("{expected}; {project} is mandatory", expected=expected, project=bound[id])
            yield row.issue(CLOSED if id in bound else NEVER_OPEN, "critical_mass", expected)
