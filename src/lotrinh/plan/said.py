"""A row of the form in words: what it says, to which quarter or year it belongs, and whose it is.

The files of ``plan/constraints`` and the objective say it of their own rows (`WORDS`); the rows of directives, which
one file adds for all rules, are said here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from lotrinh.base.registry import entries
from lotrinh.base.text import Text, t
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Quantities
from lotrinh.plan import objective
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import Builder, LinearForm
from lotrinh.plan.statements import rules, unit
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Figure, Ids, Kind, Member, Slack, Words, named


def said(formulation: Formulation, row: int) -> Text:
    """Return what a row of the form says; a family that nobody has put into words says its name."""
    q, family = formulation.quantities, formulation.form.family_of(row)
    words = words_of(family.name)
    if words is None:
        return Text(family.label(row))
    labels = dict(zip(words.axes, family.labels(row), strict=False))
    if words.sentence is None and words.kind is not None:
        return told(q, words.kind, tuple(labels[axis] for axis in words.kind.key))
    assert words.sentence is not None
    return t(words.sentence.template, **_names(q, words, labels))


def period(formulation: Formulation, row: int) -> str:
    """Return the quarter or year of a row of the form, as ``2029Q3`` or ``2029``; empty where it holds for all time."""
    family = formulation.form.family_of(row)
    words = words_of(family.name)
    if words is None:
        return ""
    return next(
        (label for label, of in zip(family.labels(row), words.axes.values(), strict=False) if of == TIME),
        "",
    )


def told(q: Quantities, kind: Kind, ids: Ids) -> Text:
    """Return what a member of a kind says."""
    if not isinstance(kind.words, Text):
        return kind.words(q, ids)
    return t(kind.words.template, **facts(q, kind, ids))


def facts(q: Quantities, kind: Kind, ids: Ids) -> dict[str, Any]:
    """Return what fills the sentences of a member: its ids by the names of the axes, the limit, the currency."""
    words = next(words for words in families().values() if words.kind is kind)
    limit, currency = Figure(kind.figure(q, ids)), q.programme.settings.currency
    return {**_names(q, words, dict(zip(kind.key, ids, strict=True))), "limit": limit, "currency": currency}


def words_of(family: str) -> Words | None:
    """Return the words of a family of rows, or None where nobody has put it into words."""
    if family.startswith("directive_"):
        return _PART
    return families().get(family)


@cache
def families() -> dict[str, Words]:
    """Return the words of every family of rows, those of directives' own definitions left out."""
    found = {"directive": Words({"directive": "directives", "about": ""}, kind=DIRECTIVE), **objective.WORDS}
    for rule in entries("lotrinh.plan.constraints").values():
        found |= rule.WORDS
    return found


def _names(q: Quantities, words: Words, labels: Mapping[str, str]) -> dict[str, Any]:
    return {axis: named(q, words.axes[axis], label) for axis, label in labels.items()}


def _directive(q: Quantities, ids: Ids) -> Text:
    row = q.programme.directives.of(ids[0])
    values = {
        "directive": named(q, "directives", ids[0]),
        "rule": t(rules()[row.rule].TITLE),
        "threshold": Figure(row.threshold),
    }
    if row.comparison == ">=":
        return t("the directive {directive}: {rule}, at least {threshold}", **values)
    return t("the directive {directive}: {rule}, at most {threshold}", **values)


def _threshold(q: Quantities, ids: Ids) -> float:
    return q.programme.directives.of(ids[0]).threshold


def _reached(paths: Paths, ids: Ids) -> float:
    directive = paths.quantities.programme.directives.of(ids[0])
    return float(rules()[directive.rule].measure(paths, directive)[0])


def _give_way(q: Quantities, v: Variables, form: LinearForm, member: Member) -> list[Slack]:
    """Return that the threshold of a directive moves, by one amount for all its statements, as a soft one is missed."""
    directive = q.programme.directives.of(member.ids[0])
    statements = rules()[directive.rule].rows(Builder(), q, v, directive)
    units = np.array([statement.unit or 1.0 for statement in statements])
    first, size = form.family_of(int(member.rows[0])).first, DIRECTIVE.size(q, member.ids)
    return [Slack(member, member.rows, units[member.rows - first], size, unit=unit(directive))]


DIRECTIVE = Kind(
    "directive",
    ("directive",),
    _directive,
    t("the directive {directive} asks for {to} instead of {limit}"),
    limit=_threshold,
    slacks=_give_way,
    after=_reached,
)
_PART = Words({}, t("what a directive measures"))
