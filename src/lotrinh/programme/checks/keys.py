"""Rows are told apart by their keys."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.columns import Entity
from lotrinh.programme.draft import Draft
from lotrinh.tables.raw import SETTINGS

REPEATED_KEY = IssueKind(
    "P201", "two rows have the same key", "Delete one of the two rows, or correct the columns that tell them apart."
)
SAME_BUT_CASE = IssueKind(
    "P202",
    "two ids differ only in capitals",
    "Rename one of them, so that nobody takes one for the other.",
    severity="warning",
)


@rule
def unique_keys(draft: Draft) -> Iterator[Issue]:
    """No two rows of a table have the same key."""
    for line, first in draft.repeats:
        entity = Entity.registry[draft.table(type(line.row))]
        if entity.table == SETTINGS:
            continue  # said already: the programme is one row
        attributes = [entity.column(name).attribute for name in entity.key]
        key = ", ".join(str(getattr(line.row, attribute)) for attribute in attributes)
        where = t("a key of its own: {place} has it first", place=first.place(attributes[-1]))
        yield line.issue(REPEATED_KEY, attributes[-1], where, value=key)


@rule
def ids_apart(draft: Draft) -> Iterator[Issue]:
    """Ids differ in more than their capitals."""
    for name, entity in Entity.registry.items():
        if not entity.identifies:
            continue
        met: dict[str, str] = {}
        for id, line in draft.ids(name).items():
            first = met.setdefault(id.casefold(), id)
            if first != id:
                yield line.issue(SAME_BUT_CASE, entity.identifies, nearest=first)
