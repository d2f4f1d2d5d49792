"""How well numbers are founded."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.columns import Entity
from lotrinh.programme.draft import Draft, Line
from lotrinh.programme.entities import Row

NO_SOURCE = IssueKind(
    "P207",
    "a row is called sourced and names no source",
    "Write the id of its source, or call the row expert or assumption.",
)
NO_REASON = IssueKind(
    "P208",
    "assumptions without a reason",
    "Write in the column reason why these numbers were chosen, for whoever must answer for them.",
    severity="warning",
)


@rule
def sources(draft: Draft) -> Iterator[Issue]:
    """What is called sourced names a source."""
    for entity in Entity.registry.values():
        if not issubclass(entity.row, Row):
            continue
        for line in draft.lines(entity.row, "evidence", "source"):
            if line.row.evidence == "sourced" and not line.row.source:
                yield line.issue(NO_SOURCE, "source", t("the id of a source"))


@rule
def reasons(draft: Draft) -> Iterator[Issue]:
    """An assumption says why; each table is reported once, at the first row that does not."""
    for entity in Entity.registry.values():
        if not issubclass(entity.row, Row):
            continue
        silent: dict[tuple[str, str], list[Line[Row]]] = {}
        for line in draft.lines(entity.row, "evidence", "reason"):
            if line.row.evidence == "assumption" and not line.row.reason:
                silent.setdefault((line.table.file, line.table.sheet), []).append(line)
        for lines in silent.values():
            yield lines[0].issue(
                NO_REASON, "reason", t("a reason; rows of this table without one: {count}", count=len(lines))
            )
