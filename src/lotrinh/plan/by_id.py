"""Decisions written with the ids of the data, as plan files have them, put into the positions of one programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lotrinh.base.calendar import Quarter
from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Floats, Quantities

if TYPE_CHECKING:
    from lotrinh.plan.plan import Plan

Rows = Sequence[Mapping[str, Any]]


def decisions_by_id(
    q: Quantities,
    projects: Rows,
    entrants: Rows,
    purchases: Rows,
    restored: Mapping[str, Sequence[float]],
    migrated: Mapping[str, Sequence[float]],
    strict: bool = True,
) -> Decisions:
    """Return the decisions that rows of a plan stand for, in the programme behind `q`.

    Parameters
    ----------
    projects, entrants, purchases: rows as `Plan` lists them.
    restored: levels restored by core funding, by capability, a number a quarter.
    migrated: work items migrated, by class, a number a quarter.
    strict: whether what this programme does not have is an error, or left out.

    Raises
    ------
    KeyError, ValueError
        If `strict` and something is not in the programme.
    """
    p, options, intake, sites = q.programme, q.options, q.intake, q.sites
    mode_ids, flow_ids, skill_ids = p.modes.ids, p.training.ids, p.skills.ids
    option_of = {
        (mode_ids[m], int(start)): x for x, (m, start) in enumerate(zip(options.mode, options.start, strict=True))
    }
    intake_of = {
        (flow_ids[w], skill_ids[s], q.years[y]): i
        for i, (w, s, y) in enumerate(zip(intake.flow, intake.skill, intake.year, strict=True))
    }
    site_of = {
        (p.equipment.ids[e], p.places.ids[place]): h
        for h, (e, place) in enumerate(zip(sites.equipment, sites.place, strict=True))
    }
    option = np.full(len(p.projects), -1, dtype=np.int64)
    people, bought = np.zeros(len(intake_of)), np.zeros((len(site_of), len(q.years)))
    for row in projects:
        x = option_of.get((row["mode"], q.calendar.time(Quarter.parse(row["start"]))))
        if x is not None and p.projects.ids[options.project[x]] == row["project"]:
            option[options.project[x]] = x
        elif strict:
            raise KeyError(row["project"])
    for row in entrants:
        i = intake_of.get((row["flow"], row["skill"], row["year"]))
        if i is not None:
            people[i] = row["people"]
        elif strict:
            raise KeyError(row["flow"])
    for row in purchases:
        h = site_of.get((row["equipment"], row["place"]))
        if h is not None and row["year"] in q.years:
            bought[h, q.years.index(row["year"])] = row["units"]
        elif strict:
            raise KeyError(row["equipment"])
    courses = ((p.capabilities.ids, restored), (p.migration.ids, migrated))
    return Decisions(option, people, bought, *(_courses(q, ids, course, strict) for ids, course in courses))


def _courses(q: Quantities, ids: Sequence[str], course: Mapping[str, Sequence[float]], strict: bool) -> Floats:
    """Return what is decided for each id in each quarter, shape (ids, T)."""
    found = np.zeros((len(ids), q.horizon))
    for at, id in enumerate(ids):
        amounts = course[id] if strict else course.get(id, [])
        if strict or len(amounts) == q.horizon:
            found[at] = amounts
    return found


def adopted(q: Quantities, plan: Plan) -> Decisions:
    """Return the decisions of `plan` as far as the programme behind `q` has them; rules may be broken."""
    p, d = plan.programme, plan.decisions
    restored = dict(zip(p.capabilities.ids, d.restored, strict=True))
    migrated = dict(zip(p.migration.ids, d.migrated, strict=True))
    return decisions_by_id(q, plan.projects(), plan.entrants(), plan.purchases(), restored, migrated, strict=False)
