"""Directives in a few words, and plans that are followed or found, for the tests of their rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from tests.plan.builders import decided, with_rows

from lotrinh.base.issues import NoPlanError
from lotrinh.measures.paths import Decisions, Paths, follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.statements import rules
from lotrinh.programme.entities import Directive
from lotrinh.programme.programme import Programme

EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)


def directive(rule: str, comparison: str = ">=", threshold: float = 0.0, **facts: Any) -> Directive:
    """Return a hard directive D of a rule unless the facts say otherwise."""
    facts = {"kind": "hard", "evidence": "assumption", "reason": "an example", **facts}
    return Directive(directive="D", rule=rule, comparison=comparison, threshold=threshold, **facts)


def under(programme: Programme, *directives: Directive) -> Programme:
    """Return the programme with these directives and no other."""
    named = directives if len(directives) == 1 else [
        dataclasses.replace(row, directive=f"D{i}") for i, row in enumerate(directives)
    ]  # fmt: skip
    return with_rows(programme, "directives", named)


def best(programme: Programme, *directives: Directive) -> Plan | None:
    """Return the best plan under these directives, or None where there is none."""
    try:
        return optimise(under(programme, *directives), EXACT)
    except NoPlanError:
        return None


def path(
    programme: Programme,
    starts: Mapping[str, int] | None = None,
    entrants: Mapping[tuple[str, str, int], float] | None = None,
    bought: Iterable[tuple[str, str]] = (),
) -> Paths:
    """Return the path of modes that start at given times, of people who enter and of units bought in the first year."""
    q = Quantities(programme)
    p = programme
    d = decided(q, starts)
    for (flow, skill, year), number in (entrants or {}).items():
        who = (p.training.position(flow), p.skills.position(skill), q.years.index(year))
        d.entrants[list(zip(q.intake.flow, q.intake.skill, q.intake.year, strict=True)).index(who)] = number
    for kind, place in bought:
        site = (p.equipment.position(kind), p.places.position(place))
        d.bought[list(zip(q.sites.equipment, q.sites.place, strict=True)).index(site), 0] = 1
    return follow(q, d)


def stacked(*paths: Paths) -> Paths:
    """Return several paths as the scenarios of one."""
    facts: dict[str, Any] = {"decisions": None}
    for field in dataclasses.fields(Paths):
        values = [getattr(each, field.name) for each in paths]
        if field.name == "spend":
            facts["spend"] = {name: np.concatenate([value[name] for value in values]) for name in values[0]}
        elif field.name not in ("quantities", "decisions") and values[0] is not None:
            facts[field.name] = np.concatenate(values)
    return dataclasses.replace(paths[0], **facts)


def measured(paths: Paths, said: Directive) -> np.ndarray:
    """Return the measure of a directive on paths."""
    return np.asarray(rules()[said.rule].measure(paths, said))


def starts_of(quantities: Quantities, decisions: Decisions) -> dict[str, tuple[str, int]]:
    """Return (mode, start) of every chosen project."""
    q, p = quantities, quantities.programme
    return {
        p.projects.ids[q.options.project[x]]: (p.modes.ids[q.options.mode[x]], int(q.options.start[x]))
        for x in decisions.chosen
    }
