"""Nothing waits for itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._graph import cycles
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

CYCLE_OF_PROJECTS = IssueKind(
    "P302", "projects wait for one another in a circle", "Delete one of the links of the circle."
)
CYCLE_OF_FOUNDATIONS = IssueKind(
    "P303", "capabilities rest on one another in a circle", "Delete one of the rows of the circle."
)
ITSELF = IssueKind("P304", "a row is linked to itself", "Delete the row, or correct one of its two ids.")


def _circles(draft: Draft, kind: IssueKind, row: type[Any], after: str, before: str) -> Iterator[Issue]:
    links = {(getattr(n.row, after), getattr(n.row, before)): n for n in draft.lines(row, after, before)}
    graph: dict[str, list[str]] = {}
    for (name, earlier), line in links.items():
        graph.setdefault(name, []).append(earlier)
        if name == earlier:
            yield line.issue(ITSELF, before, t("another id than in the column {column}", column=after))
    for cycle in cycles(graph):
        closing = links[cycle[0], cycle[-1]]
        named = " → ".join((*cycle, cycle[0]))
        yield closing.issue(kind, before, t("no circle"), value=named)


@rule
def projects(draft: Draft) -> Iterator[Issue]:
    """No project waits for itself, neither directly nor through others."""
    yield from _circles(draft, CYCLE_OF_PROJECTS, e.ProjectLink, "project", "predecessor")


@rule
def foundations(draft: Draft) -> Iterator[Issue]:
    """No capability rests on itself, neither directly nor through others."""
    yield from _circles(draft, CYCLE_OF_FOUNDATIONS, e.Foundation, "capability", "rests_on")
