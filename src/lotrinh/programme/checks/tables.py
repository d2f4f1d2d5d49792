"""What a programme needs at least, and what stands in it without use."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NO_ROWS = IssueKind("P301", "a table without rows", "Fill the table: without it there is nothing to plan.")
NO_MODES = IssueKind(
    "P316", "a project without modes", "Add at least one row for it to the table modes, or delete the project."
)
NO_GOALS = IssueKind(
    "P321",
    "a capability that serves no goal",
    "Add a row for it to capability_goals; without one its levels have no value to a plan.",
    severity="warning",
)
NO_PROJECTS = IssueKind(
    "P322",
    "a field without projects",
    "Add a project, or delete the field: it can never be opened.",
    severity="warning",
)


@rule
def filled(draft: Draft) -> Iterator[Issue]:
    """The tables on which every plan rests have rows."""
    for name in sorted(draft.empty):
        part = draft.raw.parts(name)[0]
        yield NO_ROWS.at(Place(part.file, part.sheet), name, t("at least one row"))


@rule
def modes(draft: Draft) -> Iterator[Issue]:
    """Every project can be done in at least one way."""
    for line in draft.without(e.Project, e.Mode, "project"):
        yield line.issue(NO_MODES, "project", t("a row of the table {table}", table="modes"))


@rule
def goals(draft: Draft) -> Iterator[Issue]:
    """Every capability serves a goal."""
    for line in draft.without(e.Capability, e.CapabilityGoal, "capability"):
        yield line.issue(NO_GOALS, "capability", t("a row of the table {table}", table="capability_goals"))


@rule
def projects(draft: Draft) -> Iterator[Issue]:
    """Every field has a project."""
    for line in draft.without(e.Field, e.Project, "field"):
        yield line.issue(NO_PROJECTS, "field", t("a row of the table {table}", table="projects"))
