"""What happened in a future, in sentences: one function for each kind of event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotrinh.assessment.events import Event
from lotrinh.assessment.words import name
from lotrinh.base.text import Text, number, pick, t
from lotrinh.plan.words import Figure, Name, Share
from lotrinh.programme.programme import Programme

LITTLE = 0.005
"""Millions that are not worth telling."""


def event_words(programme: Programme, event: Event) -> list[Text]:
    """Return the sentences that tell an event; none for a gate that is passed, which is told when its project ends."""
    write = _WORDS.get(event.kind)
    return [] if write is None else write(programme, event.facts)


def _project(p: Programme, facts: dict[str, Any]) -> Name:
    return name(p, "projects", facts["project"])


def _names(p: Programme, table: str, ids: list[str]) -> tuple[Name, ...]:
    return tuple(name(p, table, id) for id in ids)


def _withdrawn(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"supplier": name(p, "suppliers", facts["supplier"]), "until": facts["until"]}
    if facts["until"]:
        found = [t("{supplier} withdraws; it supplies again from {until} on.", **values)]
    else:
        found = [t("{supplier} withdraws and stays away to the end.", **values)]
    if facts["projects"]:
        found.append(t("At work and relying on it in this time: {projects}.", projects=tuple(facts["projects"])))
    else:
        found.append(t("Nothing at work relies on it in this time."))
    return found


def _cut(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"year": facts["year"], "share": Share(round(facts["share"], 4)), "amount": Figure(facts["amount"])}
    return [t("The budget of {year} is cut by {share}: {amount} million less.", **values)]


def _qday(p: Programme, facts: dict[str, Any]) -> list[Text]:
    return [t("Q-day: from now on a quantum computer can break the public-key cryptography of today.")]


def _runs(p: Programme, facts: dict[str, Any]) -> list[Text]:
    return [
        t("{project} has been at work since {since}.", project=_project(p, facts), since=facts["since"]),
        *_drawn(facts),
    ]


def _begins(p: Programme, facts: dict[str, Any]) -> list[Text]:
    late, project = facts["late"], _project(p, facts)
    if late is None:
        found = [t("{project} begins, from the reserve list, as money is free.", project=project)]
    elif late == 0:
        found = [t("{project} begins as planned.", project=project)]
    elif late < 0:
        words = t(
            "{project} begins {early} before its time, as another did not deliver.",
            project=project,
            early=_quarters(-late),
        )
        found = [words]
    else:
        found = [t("{project} begins {late} late.", project=project, late=_quarters(late))]
    return [*found, *_waited(p, facts), *_drawn(facts)]


def _quarters(count: int) -> Text:
    return t("a quarter") if count == 1 else t("{count} quarters", count=count)


def _waited(p: Programme, facts: dict[str, Any]) -> list[Text]:
    """Return what a project waited for, and since when."""
    found = []
    for one in facts["waited"]:
        values = {"since": one["since"], "until": one["until"], "what": _waited_for(p, one)}
        if one["since"] == one["until"]:
            found.append(t("In {since} it waited for {what}.", **values))
        else:
            found.append(t("From {since} to {until} it waited for {what}.", **values))
    return found


def _waited_for(p: Programme, one: dict[str, Any]) -> Text | tuple[Text, ...]:
    what = one["what"]
    if one["reason"] == "predecessor":
        return t("{projects} to deliver", projects=_names(p, "projects", what))
    if one["reason"] == "level":
        return tuple(
            t(
                "{capability} to reach level {needed} (it stood at {there})",
                capability=name(p, "capabilities", id),
                needed=Figure(one["needed"][id]),
                there=Figure(one["there"][id], -1),
            )
            for id in what
        )
    if one["reason"] == "supplier":
        return t("{suppliers} to supply again", suppliers=_names(p, "suppliers", what))
    if one["reason"] == "people":
        return t("people: {skills}", skills=_names(p, "skills", what))
    if one["reason"] == "machines":
        return t("machines: {equipment}", equipment=_names(p, "equipment", what))
    return t("money")


def _drawn(facts: dict[str, Any]) -> list[Text]:
    """Return how long a project takes at full pace and what it costs, against what was likely."""
    values = {
        "time": _quarters(facts["quarters"]),
        "likely_time": facts["likely_quarters"],
        "cost": number(facts["cost"], 2),
        "likely_cost": number(facts["likely_cost"], 2),
    }
    words = t(
        "Drawn: {time} of work ({likely_time} likely) and {cost} million ({likely_cost} likely).",
        **values,
    )
    return [words]


def _fails(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"project": _project(p, facts), "gate": facts["gate"], "criterion": _criterion(p, facts), **_luck(facts)}
    return [
        t(
            "{project} fails gate {gate}{criterion}: it is passed with chance {chance}, and this future drew {drawn}.",
            **values,
        ),
        *_gates(facts),
        _stops(facts),
        *_stays(facts),
    ]


def _luck(facts: dict[str, Any]) -> dict[str, str]:
    """Return chance and drawn number with as many decimals as tell them apart."""
    chance, drawn = facts["chance"], facts["drawn"]
    decimals = next((d for d in (2, 3, 4) if f"{chance:.{d}f}" != f"{drawn:.{d}f}"), 6)
    return {"chance": number(chance, decimals), "drawn": number(drawn, decimals)}


def _criterion(p: Programme, facts: dict[str, Any]) -> str:
    """Return the pass criterion of a gate, in brackets."""
    mode = facts.get("mode")
    gates = sorted((row for row in p.gates if row.mode == mode), key=lambda row: row.at)
    row = gates[facts["gate"] - 1] if len(gates) >= facts["gate"] else None
    words = pick(row.criterion_vi, row.criterion_en) if row is not None else ""
    return f" ({words})" if words else ""


def _gates(facts: dict[str, Any]) -> list[Text]:
    """Return the gates that were passed, with the numbers drawn and the chances."""
    gates = tuple(t("{gate} ({drawn} against {chance})", gate=one["gate"], **_luck(one)) for one in facts["passed"])
    return [t("Gates passed: {gates}.", gates=gates)] if gates else []


def _stops(facts: dict[str, Any]) -> Text:
    values = {"time": _quarters(facts["quarters"]), "freed": number(facts["freed"], 2)}
    if facts["freed"] < LITTLE:
        return t("It stops after {time}.", **values)
    return t("It stops after {time}; {freed} million are freed.", **values)


def _stays(facts: dict[str, Any]) -> list[Text]:
    """Return what stays of the levels of a project that did not deliver."""
    every = tuple(
        t(
            "{levels} of {whole} levels of {capability}",
            capability=id,
            levels=Figure(facts["levels"][id]),
            whole=Figure(whole),
        )
        for id, whole in facts["whole"].items()
        if whole > 0
    )
    if not any(facts["levels"].values()):
        return [t("Nothing of its gain stays.")]
    return [t("Of its gain stay {levels}.", levels=every)]


def _delivers(p: Programme, facts: dict[str, Any]) -> list[Text]:
    late = facts["late"] or 0
    values = {"project": _project(p, facts), "time": _quarters(facts["quarters"]), "late": _quarters(abs(late))}
    if late == 0:
        found = [t("{project} delivers after {time}.", **values)]
    elif late > 0:
        found = [t("{project} delivers after {time}, {late} behind the plan.", **values)]
    else:
        found = [t("{project} delivers after {time}, {late} before the plan.", **values)]
    found += _gates(facts)
    gained = tuple(
        t("{levels} levels of {capability}", levels=Figure(levels), capability=id)
        for id, levels in facts["levels"].items()
        if levels > 0
    )
    return [*found, t("It adds {levels}.", levels=gained)] if gained else found


def _dropped(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"project": _project(p, facts), "last": facts["last"]}
    return [t("{project} is given up: it could begin no later than {last}.", **values), *_waited(p, facts)]


def _barred(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"project": _project(p, facts), "by": _names(p, "projects", facts["by"])}
    return [t("{project} can no longer begin, as it builds on what did not deliver: {by}.", **values)]


def _abandoned(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"project": _project(p, facts), "still": _quarters(facts["still"])}
    words = t("{project} is abandoned: it has stood still for {still}.", **values)
    return [words, _stops(facts), *_stays(facts)]


def _halted(p: Programme, facts: dict[str, Any]) -> list[Text]:
    if facts["reason"] == "money":
        return [t("{project} stands still: the money of the year is spent.", project=_project(p, facts))]
    return [t("{project} stands still up to {until}: {share} of it relies on {suppliers}.", **_gone(p, facts))]


def _slowed(p: Programme, facts: dict[str, Any]) -> list[Text]:
    return [t("{project} is slowed up to {until}: {share} of it relies on {suppliers}.", **_gone(p, facts))]


def _gone(p: Programme, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "project": facts["project"],
        "until": facts["until"],
        "share": Share(round(facts["share"], 4)),
        "suppliers": _names(p, "suppliers", facts["suppliers"]),
    }


def _short(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {
        "projects": tuple(facts["projects"]),
        "skill": name(p, "skills", facts["skill"]),
        "pace": Share(round(facts["pace"], 2)),
        "until": facts["until"],
    }
    words = t("People are short up to {until}: {skill}. Slowed, at worst to {pace} of the pace: {projects}.", **values)
    return [words]


def _deferred(p: Programme, facts: dict[str, Any]) -> list[Text]:
    equipment, place = name(p, "equipment", facts["equipment"]), name(p, "places", facts["place"])
    values = {
        "equipment": equipment,
        "place": place,
        "until": facts["until"][:4],
        "price": Share(round(facts["price"], 2)),
    }
    if facts["reason"] == "money":
        return [
            t(
                "{equipment} for {place} is not bought, up to {until}: the money is short. Its price is {price} of the "
                "likely one.",
                **values,
            )
        ]
    return [t("{equipment} for {place} is not bought, up to {until}: nobody supplies it.", **values)]


def _smaller(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values: dict[str, Any] = {
        "flow": name(p, "training", facts["flow"]),
        "people": number(facts["people"], 0),
        "planned": number(facts["planned"], 0),
    }
    if facts["project"]:
        values["project"] = name(p, "projects", facts["project"])
        return [t("{flow}: {people} of {planned} enter, as {project} has not begun.", **values)]
    return [t("{flow}: {people} of {planned} enter, as the money is short.", **values)]


def _unfinished(p: Programme, facts: dict[str, Any]) -> list[Text]:
    values = {"project": _project(p, facts), "share": Share(round(facts["share"], 2))}
    return [t("{project} is still at work at the end; {share} of the work is done.", **values), *_gates(facts)]


def _migrates(p: Programme, facts: dict[str, Any]) -> list[Text]:
    late, migration = facts["late"], name(p, "migration", facts["migration"])
    if late is None or late == 0:
        return [t("{migration}: migration begins.", migration=migration)]
    if late < 0:
        words = t(
            "{migration}: migration begins, {early} before the plan.", migration=migration, early=_quarters(-late)
        )
    else:
        words = t("{migration}: migration begins, {late} behind the plan.", migration=migration, late=_quarters(late))
    return [words]


def _migrated(p: Programme, facts: dict[str, Any]) -> list[Text]:
    late, items = facts["late"] or 0, number(facts["items"], 0)
    values = {"migration": name(p, "migration", facts["migration"]), "items": items}
    if late == 0:
        found = [t("{migration}: all {items} items are migrated.", **values)]
    elif late > 0:
        found = [
            t("{migration}: all {items} items are migrated, {late} behind the plan.", **values, late=_quarters(late))
        ]
    else:
        early = _quarters(-late)
        found = [t("{migration}: all {items} items are migrated, {early} before the plan.", **values, early=early)]
    if facts["in_time"] is not None:
        found.append(t("That is in time.") if facts["in_time"] else t("That is too late to lose nothing."))
    return found


def _unmigrated(p: Programme, facts: dict[str, Any]) -> list[Text]:
    migrated, planned = facts["migrated"], facts["planned"]
    values: dict[str, Any] = {
        "migration": name(p, "migration", facts["migration"]),
        "items": number(facts["items"], 0),
        "migrated": number(migrated, 0),
    }
    found = [t("{migration}: {migrated} of {items} items are migrated at the end.", **values)]
    if planned > migrated + 0.5:
        found.append(t("The plan has {planned}.", planned=number(planned, 0)))
    if facts["without"]:
        found.append(t("What it needs did not deliver: {projects}.", projects=_names(p, "projects", facts["without"])))
    return found


_WORDS: dict[str, Callable[[Programme, dict[str, Any]], list[Text]]] = {
    "withdrawn": _withdrawn,
    "cut": _cut,
    "qday": _qday,
    "runs": _runs,
    "begins": _begins,
    "fails": _fails,
    "delivers": _delivers,
    "dropped": _dropped,
    "barred": _barred,
    "abandoned": _abandoned,
    "halted": _halted,
    "slowed": _slowed,
    "short": _short,
    "deferred": _deferred,
    "smaller": _smaller,
    "unfinished": _unfinished,
    "migrates": _migrates,
    "migrated": _migrated,
    "unmigrated": _unmigrated,
}
