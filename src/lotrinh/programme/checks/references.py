"""What a row refers to is there, and belongs together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lotrinh.base.issues import Issue, IssueKind, nearest_name
from lotrinh.base.registry import declared
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.columns import Entity
from lotrinh.programme.draft import Draft

DANGLING = IssueKind("P203", "an id that is not in its table", "Correct the id, or add the row that it refers to.")
NO_SCENARIO = IssueKind(
    "P204",
    "the programme names a budget scenario that is not there",
    "Write the name of a scenario of the budget table.",
)
NO_SCOPE = IssueKind(
    "P205",
    "a directive speaks of something unknown",
    "Write all, or an id or a word that the rule of the directive accepts.",
)
FOREIGN_MODE = IssueKind(
    "P206", "a lock names a mode of another project", "Write a mode of the locked project, or lock the other project."
)

MOST_GUESSES = 20
"""Ids of one column for which the nearest is looked up; where more are wrong, the table itself is."""


@rule
def references(draft: Draft) -> Iterator[Issue]:
    """Every id that a column refers to is a row of its table."""
    for entity in Entity.registry.values():
        for column in entity.columns:
            if not column.ref:
                continue
            expected = t("an id of the table {table}", table=column.ref)
            near: dict[str, str] = {}
            for line, id in draft.strays(entity.row, column.attribute):
                if id not in near and len(near) < MOST_GUESSES:
                    near[id] = nearest_name(id, draft.ids(column.ref))
                yield line.issue(DANGLING, column.attribute, expected, value=id, nearest=near.get(id, ""))


@rule
def scenario(draft: Draft) -> Iterator[Issue]:
    """The scenario of the programme is one of the budget's."""
    line = draft.settings
    names = tuple(dict.fromkeys(row.row.scenario for row in draft.lines(e.Budget, "scenario")))
    if line is None or "budget" in line.unknown or not draft.whole(e.Budget, "scenario") or not names:
        return
    name = line.row.budget
    if name not in names:
        yield line.issue(
            NO_SCENARIO, "budget", t("one of {names}", names=names), value=name, nearest=nearest_name(name, names)
        )


@rule
def scopes(draft: Draft) -> Iterator[Issue]:
    """A directive speaks of everything, or of what its rule says in ``SCOPES`` that it accepts."""
    accepted = declared("lotrinh.plan.directives", "SCOPES")
    ids = {table: _ids(draft, table) for table in sorted({*chain(*accepted.values())}) if table in Entity.registry}
    for line in draft.lines(e.Directive, "rule", "scope"):
        rule, name = line.row.rule, line.row.scope
        accepts = accepted.get(rule, ())
        tables = tuple(word for word in accepts if word in ids)
        words = ("all", *(word for word in accepts if word not in ids))
        found = [ids[table] for table in tables]
        if name in words or any(known is None or name in known for known in found):
            continue
        expected = t("for the rule {rule}: {words}", rule=rule, words=words)
        if tables:
            expected = t("for the rule {rule}: {words}, or an id of {tables}", rule=rule, words=words, tables=tables)
        near = nearest_name(name[:80], (*words, *chain.from_iterable(known or () for known in found)))
        yield line.issue(NO_SCOPE, "scope", expected, value=name, nearest=near)


@rule
def uncertain_rows(draft: Draft) -> Iterator[Issue]:
    """What is uncertain stands in a row that is there."""
    lines = draft.lines(e.Uncertain, "of", "row")
    ids = {table: _ids(draft, table) for table in {line.row.of for line in lines}}
    near: dict[tuple[str, str], str] = {}
    for line in lines:
        table, id = line.row.of, line.row.row
        known = ids[table]
        if id == e.EVERY or known is None or id in known:
            continue
        if (table, id) not in near and len(near) < MOST_GUESSES:
            near[table, id] = nearest_name(id[:80], known)
        expected = t("an id of the table {table}", table=table)
        yield line.issue(DANGLING, "row", expected, value=id, nearest=near.get((table, id), ""))


def _ids(draft: Draft, table: str) -> frozenset[str] | None:
    """Return the ids in the first key column of a table, or None where some of them could not be read."""
    entity = Entity.registry[table]
    id = entity.column(entity.key[0]).attribute
    if not draft.whole(entity.row, id):
        return None
    return frozenset(getattr(line.row, id) for line in draft.lines(entity.row, id))


@rule
def modes_of_locks(draft: Draft) -> Iterator[Issue]:
    """The mode of a lock belongs to the project that is locked."""
    for line in draft.lines(e.Lock, "project", "mode"):
        mode = draft.find(e.Mode, line.row.mode, "project")
        if mode is not None and mode.row.project != line.row.project and draft.find(e.Project, line.row.project):
            own = tuple(m.row.mode for m in draft.lines(e.Mode, "mode", "project") if m.row.project == line.row.project)
            yield line.issue(
                FOREIGN_MODE, "mode", t("a mode of {project}: {modes}", project=line.row.project, modes=own)
            )
