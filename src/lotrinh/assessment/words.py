"""What is uncertain, in words: the inputs of an assessment, and the class of one that futures share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lotrinh.base.text import Text, t
from lotrinh.plan.words import Name, Share
from lotrinh.programme.programme import Programme

CUTS = 3
"""Cuts of the budget from which on futures are counted alike."""


def name(programme: Programme, table: str, id: str) -> Name:
    """Return the id of a row with its title."""
    row = getattr(programme, table).of(id)
    return Name(id, row.title_vi, row.title_en)


def input_words(programme: Programme, kind: str, of: Sequence[str]) -> Text:
    """Return what an input is, such as the third gate of a project; `kind` and `of` as `Input` has them."""
    table, *ids = of
    if table in _OF_MODES:
        mode = programme.modes.of(ids[0])
        return _STATED[table, kind](name(programme, "projects", mode.project), mode.mode, *ids[1:])
    if table == "gains":
        return _STATED[table, kind](name(programme, "projects", ids[0]), name(programme, "capabilities", ids[1]))
    first = name(programme, table, ids[0]) if ids else Name("")
    if (table, kind) in _STATED:
        return _STATED[table, kind](first, *ids[1:])
    return _DRAWN[kind](first, *ids[1:])


def class_words(programme: Programme, kind: str, of: Sequence[str], at: int, classes: int) -> Text:
    """Return what it is for an input to be in one of its classes: a gate failed, a project that takes long."""
    table, *ids = of
    first = name(programme, table, ids[0]) if ids and table not in (*_OF_MODES, "gains") else Name("")
    if kind == "gate":
        facts: dict[str, Any] = {"gate": ids[1], "project": first}
        return t("{project} passes gate {gate}", **facts) if at else t("{project} fails gate {gate}", **facts)
    if kind == "withdrawal":
        facts = {"supplier": first}
        return t("{supplier} never withdraws", **facts) if at else t("{supplier} withdraws", **facts)
    if kind == "cut":
        return _cuts(CUTS - at)
    if kind == "qday":
        return _QDAY[at]
    high = 2 * at >= classes
    share = Share(round(at / classes if high else 1.0 - (at + 1) / classes, 2))
    if (table, kind) == ("projects", "duration"):
        facts = {"project": first, "share": share}
        if high:
            return t("{project} takes longer than in {share} of all futures", **facts)
        return t("{project} is quicker than in {share} of all futures", **facts)
    facts = {"what": input_words(programme, kind, of), "share": share}
    if high:
        return t("{what}: higher than in {share} of all futures", **facts)
    return t("{what}: lower than in {share} of all futures", **facts)


def _cuts(count: int) -> Text:
    if count == 0:
        return t("no budget is cut")
    if count >= CUTS:
        return t("the budgets of {count} years or more are cut", count=count)
    return t("the budget of one year is cut") if count == 1 else t("the budgets of {count} years are cut", count=count)


_QDAY = (
    t("Q-day comes in the first half of the horizon"),
    t("Q-day comes in the second half of the horizon"),
    t("Q-day comes within as long again after the horizon"),
    t("Q-day comes later still, or never"),
)
"""Classes of Q-day."""
_OF_MODES = ("modes", "gates")
"""Tables whose rows belong to a mode."""

_DRAWN: dict[str, Callable[..., Text]] = {
    "gate": lambda project, gate: t("gate {gate} of {project}", project=project, gate=gate),
    "duration": lambda project: t("how long {project} takes", project=project),
    "cost": lambda project: t("what {project} costs", project=project),
    "price": lambda equipment: t("the price of {equipment}", equipment=equipment),
    "withdrawal": lambda supplier: t("whether {supplier} withdraws", supplier=supplier),
    "cut": lambda _: t("cuts of the budget"),
    "qday": lambda _: t("when Q-day comes"),
}
"""What chance brings, by the kind of the input."""

_STATED: dict[tuple[str, str], Callable[..., Text]] = {
    ("capabilities", "depreciation"): lambda row: t("how fast {capability} is lost without care", capability=row),
    ("projects", "failure_share"): lambda row: t("what stays of {project} if it fails", project=row),
    ("modes", "duration"): lambda row, mode: t("the likely duration of {project} ({mode})", project=row, mode=mode),
    ("modes", "cost_likely"): lambda row, mode: t("the likely cost of {project} ({mode})", project=row, mode=mode),
    ("gates", "chance"): lambda row, mode, gate: t(
        "the chance stated for gate {gate} of {project} ({mode})", project=row, mode=mode, gate=gate
    ),
    ("gains", "levels"): lambda row, capability: t(
        "what {project} adds to {capability}", project=row, capability=capability
    ),
    ("suppliers", "withdrawal_rate"): lambda row: t("how often {supplier} withdraws", supplier=row),
    ("suppliers", "withdrawal_length"): lambda row: t("how long {supplier} stays away", supplier=row),
    ("skills", "loss"): lambda row: t("how many people of {skill} are lost in a year", skill=row),
    ("training", "completion"): lambda row: t("how many complete {flow}", flow=row),
    ("training", "retention"): lambda row: t("how many stay after {flow}", flow=row),
}
"""Numbers of the data whose range is stated, by table and column."""
