"""Ways to spoil a plan: each yields spoilt columns, or spoilt decisions, and the name that the fault must carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tests.plan.solved import Solved

from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Floats, Ints

Dice = np.random.Generator
Spoilt = tuple[Floats, str]
"""Columns, and how the name of the fault begins."""
Misled = tuple[Decisions, str, str]
"""Decisions, and how the names begin: of the rule, and of the row or column of the form."""

COLUMNS: dict[str, Callable[[Solved, Dice], Iterator[Spoilt]]] = {}
DECISIONS: dict[str, Callable[[Solved, Dice], Iterator[Misled]]] = {}


def columns(make: Callable[[Solved, Dice], Iterator[Spoilt]]) -> Callable[[Solved, Dice], Iterator[Spoilt]]:
    COLUMNS[make.__name__] = make
    return make


def decisions(make: Callable[[Solved, Dice], Iterator[Misled]]) -> Callable[[Solved, Dice], Iterator[Misled]]:
    DECISIONS[make.__name__] = make
    return make


def shuffled(dice: Dice, *arrays: Any) -> Iterator[Any]:
    """Yield the members of the arrays, side by side, in random order."""
    rows = [tuple(row) for row in zip(*(np.asarray(array).tolist() for array in arrays), strict=True)]
    for i in dice.permutation(len(rows)):
        yield rows[i] if len(arrays) > 1 else rows[i][0]


def put(x: Floats, column: Any, value: Any) -> Floats:
    """Return the columns with some of them at another value."""
    new = x.copy()
    new[column] = value
    return new


def starts(s: Solved) -> Ints:
    """Return the chosen options that no lock fixes."""
    return s.d.chosen[~s.q.options.locked[s.d.chosen]]


def others(s: Solved, x: int) -> Ints:
    """Return the other options of the mode of option `x`."""
    same = np.flatnonzero(s.q.options.mode == s.q.options.mode[x])
    return same[same != x]


def run(s: Solved, x: Floats, option: int, on: float) -> Floats:
    """Return the columns with an option, and that its mode has begun from there on, set to `on`."""
    v, o = s.formulation.variables, s.q.options
    begun = (v.begun.mode == o.mode[option]) & (v.begun.time >= o.start[option])
    return put(put(x, v.begun.column[begun], on), v.x[option], on)


def project_of(s: Solved, option: int) -> str:
    return s.q.programme.projects.ids[s.q.options.project[option]]


def mode_of(s: Solved, option: int) -> str:
    return s.q.programme.modes.ids[s.q.options.mode[option]]


# Columns: selection, fields


@columns
def start_moved(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v = s.formulation.variables
    for x in shuffled(dice, starts(s)):
        for other in shuffled(dice, others(s, x)):
            yield put(put(s.x, v.x[x], 0), v.x[other], 1), f"selection_begun[{mode_of(s, x)},"
            break


@columns
def start_and_beginning_moved(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    option, capability, expected = s.q.option_gains
    for x in shuffled(dice, starts(s)):
        gains = np.flatnonzero((option == x) & (expected > 1e-3))
        for other in shuffled(dice, others(s, x)):
            if len(gains):
                k, end = capability[gains[0]], s.quarter(s.q.options.end[x])
                moved = run(s, run(s, s.x, x, 0), other, 1)
                yield moved, f"capability[{s.q.programme.capabilities.ids[k]},{end}]"
            break


@columns
def two_modes(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    o = s.q.options
    for x in shuffled(dice, starts(s)):
        more = np.flatnonzero((o.project == o.project[x]) & (o.mode != o.mode[x]))
        for other in shuffled(dice, more):
            yield run(s, s.x, other, 1), f"selection[{project_of(s, x)}]"
            break


@columns
def two_starts_of_one_mode(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v, o = s.formulation.variables, s.q.options
    for x in shuffled(dice, starts(s)):
        for other in shuffled(dice, others(s, x)):
            new = put(s.x, v.x[other], 1)
            new[v.begun.column] += (v.begun.mode == o.mode[x]) & (v.begun.time >= o.start[other])
            yield new, f"z[{mode_of(s, x)},"
            break


@columns
def refused_though_it_must_be(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for x in shuffled(dice, s.d.chosen[s.q.mandatory[s.q.options.project[s.d.chosen]]]):
        yield run(s, s.x, x, 0), f"selection[{project_of(s, x)}]"


@columns
def half_a_start(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for x in shuffled(dice, s.d.chosen):
        yield put(s.x, s.formulation.variables.x[x], 0.5), f"x[{mode_of(s, x)},{s.quarter(s.q.options.start[x])}]"


@columns
def a_thousandth_of_a_start(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for x in shuffled(dice, np.arange(len(s.q.options))):
        column = s.formulation.variables.x[x]
        name = f"x[{mode_of(s, x)},{s.quarter(s.q.options.start[x])}]"
        yield put(s.x, column, abs(s.x[column] - 1e-3)), name


@columns
def started_twice_over(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for x in shuffled(dice, s.d.chosen):
        yield put(s.x, s.formulation.variables.x[x], 2), f"x[{mode_of(s, x)},{s.quarter(s.q.options.start[x])}]"


@columns
def begun_before_its_start(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    begun = s.formulation.variables.begun
    for column, mode, t in shuffled(dice, begun.column, begun.mode, begun.time):
        if s.x[column] == 0:
            name = f"selection_begun[{s.q.programme.modes.ids[mode]},{s.quarter(t)}]"
            yield put(s.x, column, 1), name


@columns
def forgotten_that_it_began(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    begun = s.formulation.variables.begun
    for column, mode, t in shuffled(dice, begun.column, begun.mode, begun.time):
        if s.x[column] == 1:
            yield put(s.x, column, 0.5), f"selection_begun[{s.q.programme.modes.ids[mode]},{s.quarter(t)}]"


@columns
def field_closed(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for x in shuffled(dice, s.d.chosen):
        field = s.q.project_field[s.q.options.project[x]]
        yield put(s.x, s.formulation.variables.open[field], 0), f"fields[{project_of(s, x)}]"


@columns
def field_opened_for_nothing(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for f, field in enumerate(s.q.programme.fields):
        column = s.formulation.variables.open[f]
        if s.x[column] == 0 and field.critical_mass > 0:
            yield put(s.x, column, 1), f"fields_mass[{field.field}]"


# Columns: levels


def _levels(s: Solved, dice: Dice) -> Iterator[tuple[int, int, str]]:
    kinds = s.q.programme.capabilities.ids
    for k, t in shuffled(dice, *np.indices((len(kinds), s.q.horizon + 1)).reshape(2, -1)):
        yield k, t, f"{kinds[k]},{s.quarter(t)}"


@columns
def level_raised(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    column = s.formulation.variables.level
    for k, t, place in _levels(s, dice):
        yield put(s.x, column[k, t], s.x[column[k, t]] + 0.01), f"capability[{place}]"


@columns
def level_lowered(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    column = s.formulation.variables.level
    for k, t, place in _levels(s, dice):
        if s.x[column[k, t]] > 0.01:
            yield put(s.x, column[k, t], s.x[column[k, t]] - 0.01), f"capability[{place}]"


@columns
def usable_above_its_level(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v = s.formulation.variables
    for k, t, place in _levels(s, dice):
        if s.x[v.level[k, t]] < 4.9:
            yield put(s.x, v.usable[k, t], s.x[v.level[k, t]] + 0.01), f"foundations_level[{place}]"


@columns
def usable_above_its_foundation(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v, kinds = s.formulation.variables, s.q.programme.capabilities.ids
    for k, j, weight in shuffled(dice, *zip(*s.q.foundations, strict=True)) if s.q.foundations else ():
        for t in shuffled(dice, np.arange(s.q.horizon + 1)):
            most = s.x[v.usable[j, t]] / weight
            if most < min(4.9, s.x[v.level[k, t]] - 0.02):
                yield put(s.x, v.usable[k, t], most + 0.01), f"foundations[{kinds[k]},{kinds[j]},{s.quarter(t)}]"
                break


@columns
def usable_above_the_scale(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for k, t, place in _levels(s, dice):
        yield put(s.x, s.formulation.variables.usable[k, t], 5.1), f"U[{place}]"


@columns
def worth_raised(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v = s.formulation.variables
    for k, t, place in _levels(s, dice):
        worth = s.x[v.worth[k, t]]
        row = "worth" if worth > s.x[v.usable[k, t]] - 1e-9 else "worth_above"
        yield put(s.x, v.worth[k, t], worth + 0.01), f"{row}[{place}]"


@columns
def core_funding_above_its_limit(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v, limit = s.formulation.variables, s.q.restore_share * s.q.depreciation
    for k, t, place in _levels(s, dice):
        if t < s.q.horizon and limit[k] > 0:
            most = limit[k] * s.x[v.level[k, t]]
            yield put(s.x, v.restored[k, t], most + 0.01), f"capability_core[{place}]"


@columns
def core_funding_where_there_is_none(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for k, t, place in _levels(s, dice):
        if t < s.q.horizon and s.q.restore_share[k] == 0:
            yield put(s.x, s.formulation.variables.restored[k, t], 0.01), f"r[{place}]"


# Columns: money


@columns
def more_carried_than_allowed(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    carry, form = s.formulation.variables.carry, s.formulation.form
    for y, column in shuffled(dice, np.arange(len(carry)), carry):
        yield put(s.x, column, form.high[column] + 0.1), f"carry[{s.q.years[y]}]"


@columns
def more_carried_than_is_left(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    carry, form = s.formulation.variables.carry, s.formulation.form
    for y, column in shuffled(dice, np.arange(len(carry)), carry):
        if s.x[column] + 0.1 < form.high[column]:
            yield put(s.x, column, s.x[column] + 0.1), f"money[{s.q.years[y]}]"


@columns
def what_was_carried_is_lost(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    carry, form = s.formulation.variables.carry, s.formulation.form
    money = form.family("money").members
    spare = (form.row_high - form.activity(s.x))[money]
    for y in shuffled(dice, np.arange(len(carry) - 1)):
        if s.x[carry[y]] > spare[y + 1] + 0.01:
            yield put(s.x, carry[y], 0), f"money[{s.q.years[y + 1]}]"


# Columns: people


@columns
def people_raised(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    people, skills = s.formulation.variables.people, s.q.programme.skills.ids
    for i, t in shuffled(dice, *np.indices(people.shape).reshape(2, -1)):
        yield put(s.x, people[i, t], s.x[people[i, t]] + 0.1), f"people_pool[{skills[i]},{s.quarter(t)}]"


@columns
def people_lowered(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    people, skills = s.formulation.variables.people, s.q.programme.skills.ids
    for i, t in shuffled(dice, *np.indices(people.shape).reshape(2, -1)):
        if s.x[people[i, t]] > 0.1:
            yield put(s.x, people[i, t], s.x[people[i, t]] - 0.1), f"people_pool[{skills[i]},{s.quarter(t)}]"


def _intakes(s: Solved, dice: Dice) -> Iterator[tuple[int, str, str]]:
    """Yield every intake with the names of its column and of its flow and year."""
    p, intake = s.q.programme, s.q.intake
    for i in shuffled(dice, np.arange(len(intake.flow))):
        flow, skill, year = p.training.ids[intake.flow[i]], p.skills.ids[intake.skill[i]], s.q.years[intake.year[i]]
        yield i, f"[{flow},{skill},{year}]", f"[{flow},{year}]"


def _siblings(s: Solved, i: int) -> Ints:
    """Return the intakes of the same flow and year."""
    intake = s.q.intake
    return np.flatnonzero((intake.flow == intake.flow[i]) & (intake.year == intake.year[i]))


@columns
def more_entrants_than_the_skill_takes(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for i, column, _ in _intakes(s, dice):
        yield put(s.x, s.formulation.variables.entrants[i], np.floor(s.q.intake.most[i]) + 1), f"n{column}"


@columns
def more_entrants_than_the_flow_takes(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for i, _, flow in _intakes(s, dice):
        mine, most = _siblings(s, i), s.q.programme.training[s.q.intake.flow[i]].intake_max
        if s.q.intake.most[mine].sum() > most:
            yield put(s.x, s.formulation.variables.entrants[mine], s.q.intake.most[mine]), f"training{flow}"


def _early(s: Solved, i: int) -> bool:
    """Return whether the project of the flow of an intake has not started when it opens."""
    flow = s.q.programme.training[s.q.intake.flow[i]]
    if not flow.project:
        return False
    option = s.d.option[s.q.programme.projects.position(flow.project)]
    return bool(option < 0 or s.q.options.start[option] > s.q.intake.entry[i])


@columns
def entrants_before_their_project(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for i, _, flow in _intakes(s, dice):
        alone = s.q.programme.training[s.q.intake.flow[i]].intake_alone or 0.0
        if _early(s, i) and alone + 1 <= s.q.intake.most[i]:
            yield put(s.x, s.formulation.variables.entrants[i], np.floor(alone) + 1), f"training{flow}"


@columns
def half_an_entrant(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for i, column, _ in _intakes(s, dice):
        entrants = s.formulation.variables.entrants[i]
        yield put(s.x, entrants, abs(s.x[entrants] - 0.5)), f"n{column}"


@columns
def entrants_who_never_came(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    p, (of, quarter, _) = s.q.programme, s.q.intake_joins
    for i, _, _ in _intakes(s, dice):
        joins = quarter[of == i]
        if s.d.entrants[i] > 0 and len(joins):
            skill = p.skills.ids[s.q.intake.skill[i]]
            yield put(s.x, s.formulation.variables.entrants[i], 0), f"people_pool[{skill},{s.quarter(joins[0])}]"


# Columns: machines


def _sites(s: Solved, dice: Dice) -> Iterator[tuple[int, int, str]]:
    """Yield every (site, year) with the name of the site."""
    p, sites = s.q.programme, s.q.sites
    for h, y in shuffled(dice, *np.indices(s.d.bought.shape).reshape(2, -1)):
        yield h, y, f"{p.equipment.ids[sites.equipment[h]]},{p.places.ids[sites.place[h]]}"


def short_of(s: Solved, bought: Floats, h: int) -> str:
    """Return the name of a pool in which other purchases leave too few machines of the kind of a site, or nothing."""
    q, p, e = s.q, s.q.programme, s.q.sites.equipment[h]
    order = np.array([q.calendar.first_time(year) for year in q.years])
    there = np.zeros((len(p.places), q.horizon))
    for site in np.flatnonzero(q.sites.equipment == e):
        there[q.sites.place[site]] += q.sites.stock[site]
        for y, units in enumerate(bought[site]):
            there[q.sites.place[site], order[y] + p.equipment[e].lead_time :] += units
    use = s.paths.use[0, e]
    names = p.places.ids
    if p.equipment[e].remote:
        use, there, names = use.sum(axis=0, keepdims=True), there.sum(axis=0, keepdims=True), ("national",)
    short = np.argwhere(use > there + 1e-3)
    return f"equipment[{p.equipment.ids[e]},{names[short[0, 0]]},{s.quarter(short[0, 1])}]" if len(short) else ""


def _without(s: Solved, h: int, y: int, later: bool) -> Floats:
    """Return the purchases without those of a site and year, or with those a year later."""
    bought = s.d.bought.copy()
    if later:
        bought[h, y + 1] += bought[h, y]
    bought[h, y] = 0
    return bought


@columns
def machine_not_bought(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for h, y, _ in _sites(s, dice):
        bought = _without(s, h, y, later=False)
        if s.d.bought[h, y] and (name := short_of(s, bought, h)):
            yield put(s.x, s.formulation.variables.bought, bought), name


@columns
def machine_bought_a_year_late(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for h, y, _ in _sites(s, dice):
        if s.d.bought[h, y] and y + 1 < len(s.q.years):
            bought = _without(s, h, y, later=True)
            if name := short_of(s, bought, h):
                yield put(s.x, s.formulation.variables.bought, bought), name


@columns
def half_a_machine(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    column = s.formulation.variables.bought
    for h, y, name in _sites(s, dice):
        yield put(s.x, column[h, y], s.d.bought[h, y] + 0.5), f"b[{name},{s.q.years[y]}]"


@columns
def more_machines_than_the_country_may_have(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    v, p = s.formulation.variables, s.q.programme
    for h, _, _ in _sites(s, dice):
        kind = p.equipment[s.q.sites.equipment[h]]
        new = put(s.x, v.bought[h], kind.units_max)
        if len(s.q.years) > 1 and kind.units_max:
            yield new, f"equipment_units[{kind.equipment}]"


@columns
def bought_for_a_place_that_does_not_host(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for h, y, name in _sites(s, dice):
        if s.d.bought[h, y] and s.q.sites.stock[h] == 0:
            yield put(s.x, s.formulation.variables.hosts[h], 0), f"equipment_host[{name}]"


@columns
def stock_that_nobody_hosts(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for h in shuffled(dice, np.flatnonzero(s.q.sites.stock > 0)):
        p, sites = s.q.programme, s.q.sites
        name = f"h[{p.equipment.ids[sites.equipment[h]]},{p.places.ids[sites.place[h]]}]"
        yield put(s.x, s.formulation.variables.hosts[h], 0), name


@columns
def more_places_than_may_host(s: Solved, dice: Dice) -> Iterator[Spoilt]:
    for e, kind in enumerate(s.q.programme.equipment):
        mine = np.flatnonzero(s.q.sites.equipment == e)
        if len(mine) > kind.sites_max:
            yield put(s.x, s.formulation.variables.hosts[mine], 1), f"equipment_sites[{kind.equipment}]"


# Columns: any of them


def _family(name: str) -> Callable[[Solved, Dice], Iterator[tuple[int, str]]]:
    def members(s: Solved, dice: Dice) -> Iterator[tuple[int, str]]:
        form = s.formulation.form
        family = next(family for family in form.columns if family.name == name)
        for column in shuffled(dice, family.members):
            yield column, form.column_name(column)

    return members


FAMILIES = ("x", "z", "open", "n", "b", "h", "r", "carry", "L", "U", "V", "N")
"""Families of columns; none may be negative."""


def _negative(name: str) -> Callable[[Solved, Dice], Iterator[Spoilt]]:
    def spoil(s: Solved, dice: Dice) -> Iterator[Spoilt]:
        for column, label in _family(name)(s, dice):
            yield put(s.x, column, -1.0), label

    return spoil


def not_a_number(name: str) -> Callable[[Solved, Dice], Iterator[Spoilt]]:
    def spoil(s: Solved, dice: Dice) -> Iterator[Spoilt]:
        for column, label in _family(name)(s, dice):
            yield put(s.x, column, np.nan), label

    return spoil


COLUMNS |= {f"negative_{name}": _negative(name) for name in FAMILIES}


# Decisions


def choose(s: Solved, project: int, option: int) -> Decisions:
    """Return the decisions with another option of a project."""
    new = s.d.option.copy()
    new[project] = option
    return dataclasses.replace(s.d, option=new)


def alternatives(s: Solved, project: int) -> Ints:
    return np.flatnonzero((s.q.options.project == project) & ~s.q.options.locked)


@decisions
def before_its_predecessor_has_ended(s: Solved, dice: Dice) -> Iterator[Misled]:
    o, ids = s.q.options, s.q.programme.projects.ids
    for p, before, lag in shuffled(dice, *zip(*s.q.links, strict=True)) if s.q.links else ():
        if s.d.option[p] < 0 or s.d.option[before] < 0:
            continue
        for x in shuffled(dice, alternatives(s, p)):
            if o.start[x] < o.end[s.d.option[before]] + lag:
                name = f"precedence[{ids[p]},{ids[before]}"
                yield choose(s, p, x), name, name
                break


@decisions
def without_its_predecessor(s: Solved, dice: Dice) -> Iterator[Misled]:
    ids = s.q.programme.projects.ids
    for p, before, _ in shuffled(dice, *zip(*s.q.links, strict=True)) if s.q.links else ():
        if s.d.option[p] >= 0 and p not in s.q.locks:
            name = f"precedence[{ids[p]},{ids[before]}"
            yield choose(s, before, -1), name, name


@decisions
def before_it_is_ready(s: Solved, dice: Dice) -> Iterator[Misled]:
    q, o = s.q, s.q.options
    for p, k, level in shuffled(dice, *zip(*q.prerequisites, strict=True)) if q.prerequisites else ():
        for x in shuffled(dice, alternatives(s, p)):
            now = s.d.option[p]
            clear = now < 0 or o.end[now] > o.start[x]  # or else its own gain might be what it lacks
            if clear and s.paths.usable[0, k, o.start[x]] < level - 1e-3:
                name = f"readiness[{q.programme.projects.ids[p]},{q.programme.capabilities.ids[k]}"
                yield choose(s, p, x), name, name
                break


@decisions
def left_out_though_it_must_be(s: Solved, dice: Dice) -> Iterator[Misled]:
    for p in shuffled(dice, np.flatnonzero(s.q.mandatory)):
        name = f"selection[{s.q.programme.projects.ids[p]}]"
        yield choose(s, p, -1), name, name


@decisions
def an_option_of_another_project(s: Solved, dice: Dice) -> Iterator[Misled]:
    ids = s.q.programme.projects.ids
    for p in shuffled(dice, np.arange(len(ids))):
        for x in shuffled(dice, starts(s)):
            other = s.q.options.project[x]
            more = alternatives(s, other)
            if other != p and len(more) > 1:
                spoilt = next(a for a in shuffled(dice, more) if a != x)
                mine = f"selection[{ids[other]}]" if s.q.options.mode[spoilt] != s.q.options.mode[x] else "selection"
                yield choose(s, p, spoilt), f"selection[{ids[p]}]", mine
                break


@decisions
def too_little_for_its_field(s: Solved, dice: Dice) -> Iterator[Misled]:
    q = s.q
    spent = np.zeros((len(q.options),))
    option, _, amount = q.option_spend
    np.add.at(spent, option, amount)
    for p in shuffled(dice, np.arange(len(q.programme.projects))):
        x, f = s.d.option[p], q.project_field[p]
        field = q.programme.fields[f]
        total = float(s.paths.field_spend[0, f].sum())
        if x >= 0:
            others_run = (s.d.option >= 0) & (q.project_field == f)
            if others_run.sum() > 1 and 0 < total - spent[x] < field.critical_mass - 0.01:
                yield choose(s, p, -1), f"fields_mass[{field.field}]", f"fields_mass[{field.field}]"
        elif total == 0:
            for new in shuffled(dice, alternatives(s, p)):
                if spent[new] < field.critical_mass - 0.01:
                    yield choose(s, p, new), f"fields_mass[{field.field}]", f"fields_mass[{field.field}]"
                    break


@decisions
def more_money_than_there_is(s: Solved, dice: Dice) -> Iterator[Misled]:
    q, rules = s.q, s.q.programme.settings
    spend = np.bincount(q.year_of, weights=s.paths.money[0], minlength=len(q.years))
    most = rules.over_programming * q.budget + rules.carry_over * np.append(0.0, q.budget[:-1])
    option, quarter, amount = q.option_spend
    for p in shuffled(dice, np.flatnonzero(s.d.option < 0)):
        for x in shuffled(dice, alternatives(s, p)):
            mine = option == x
            more = np.bincount(q.year_of[quarter[mine]], weights=amount[mine], minlength=len(q.years))
            if (spend + more > most + 0.01).any():
                yield choose(s, p, x), "money[", "money["
                break


@decisions
def more_people_than_there_are(s: Solved, dice: Dice) -> Iterator[Misled]:
    q, o = s.q, s.q.options
    mode, skill, fte = q.mode_people
    for p in shuffled(dice, np.flatnonzero(s.d.option < 0)):
        for x in shuffled(dice, alternatives(s, p)):
            at = slice(o.start[x], o.end[x])
            mine = mode == o.mode[x]
            found = next(
                (
                    i
                    for i, needed in zip(skill[mine], fte[mine], strict=True)
                    if (s.paths.demand[0, i, at] + needed > s.paths.people[0, i, : q.horizon][at] + 0.01).any()
                ),
                None,
            )
            if found is not None:
                name = f"people[{q.programme.skills.ids[found]},"
                yield choose(s, p, x), name, name
                break


@decisions
def nobody_trained(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i in shuffled(dice, np.arange(len(s.q.people_start))):
        skill = s.q.programme.skills.ids[i]
        start, keep = s.q.people_start[i], 1 - s.q.loss[i]
        pool = start * keep ** np.arange(s.q.horizon)
        mine = s.q.intake.skill == i
        works = s.paths.demand[0, i].copy()
        of, quarter, teaching = s.q.intake_teaching
        np.add.at(works, quarter[mine[of]], -teaching[mine[of]] * s.d.entrants[of[mine[of]]])
        if (works > pool + 0.01).any():
            entrants = np.where(mine, 0.0, s.d.entrants)
            yield dataclasses.replace(s.d, entrants=entrants), f"people[{skill},", f"people[{skill},"


def _enter(s: Solved, i: Any, people: Any) -> Decisions:
    return dataclasses.replace(s.d, entrants=put(s.d.entrants, i, people))


@decisions
def entrants_until_the_money_is_gone(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, _, _ in _intakes(s, dice):
        if s.q.programme.training[s.q.intake.flow[i]].cost > 0:
            yield _enter(s, i, 1e6), f"money[{s.q.years[s.q.intake.year[i]]}]", "money["


@decisions
def entrants_until_nobody_can_teach_them(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, _, _ in _intakes(s, dice):
        if s.q.programme.training[s.q.intake.flow[i]].teachers > 0:
            skill = s.q.programme.skills.ids[s.q.intake.skill[i]]
            name = f"people[{skill},{s.quarter(s.q.intake.entry[i])}]"
            yield _enter(s, i, 1e6), name, name


@decisions
def one_entrant_too_many_for_the_skill(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, column, _ in _intakes(s, dice):
        yield _enter(s, i, np.floor(s.q.intake.most[i]) + 1), f"training{column}", f"n{column}"


@decisions
def one_entrant_too_many_for_the_flow(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, _, flow in _intakes(s, dice):
        mine, most = _siblings(s, i), s.q.programme.training[s.q.intake.flow[i]].intake_max
        if s.q.intake.most[mine].sum() > most:
            yield _enter(s, mine, np.floor(s.q.intake.most[mine])), f"training{flow}", f"training{flow}"


@decisions
def entrants_while_the_flow_is_alone(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, _, flow in _intakes(s, dice):
        alone = s.q.programme.training[s.q.intake.flow[i]].intake_alone or 0.0
        if _early(s, i) and alone + 1 <= s.q.intake.most[i]:
            yield _enter(s, i, np.floor(alone) + 1), f"training{flow}", f"training{flow}"


@decisions
def entrants_below_nought(s: Solved, dice: Dice) -> Iterator[Misled]:
    for i, column, _ in _intakes(s, dice):
        yield _enter(s, i, -1), f"training{column}", f"n{column}"


def _buy(s: Solved, bought: Floats) -> Decisions:
    return dataclasses.replace(s.d, bought=bought)


@decisions
def without_a_machine_it_needs(s: Solved, dice: Dice) -> Iterator[Misled]:
    for h, y, _ in _sites(s, dice):
        bought = _without(s, h, y, later=False)
        if s.d.bought[h, y] and (name := short_of(s, bought, h)):
            yield _buy(s, bought), name, name


@decisions
def the_machine_comes_a_year_late(s: Solved, dice: Dice) -> Iterator[Misled]:
    for h, y, _ in _sites(s, dice):
        if s.d.bought[h, y] and y + 1 < len(s.q.years):
            bought = _without(s, h, y, later=True)
            if name := short_of(s, bought, h):
                yield _buy(s, bought), name, name


@decisions
def the_machine_stands_elsewhere(s: Solved, dice: Dice) -> Iterator[Misled]:
    for h, y, _ in _sites(s, dice):
        other = np.flatnonzero(
            (s.q.sites.equipment == s.q.sites.equipment[h]) & (s.q.sites.place != s.q.sites.place[h])
        )
        if s.d.bought[h, y] and len(other):
            bought = _without(s, h, y, later=False)
            bought[other[0], y] += s.d.bought[h, y]
            if name := short_of(s, bought, h):
                yield _buy(s, bought), name, name


@decisions
def too_many_machines(s: Solved, dice: Dice) -> Iterator[Misled]:
    for h, y, _ in _sites(s, dice):
        kind = s.q.programme.equipment[s.q.sites.equipment[h]]
        name = f"equipment_units[{kind.equipment}]"
        yield _buy(s, put(s.d.bought, (h, y), kind.units_max + 1)), name, name


@decisions
def too_many_places(s: Solved, dice: Dice) -> Iterator[Misled]:
    for e, kind in enumerate(s.q.programme.equipment):
        mine = np.flatnonzero(s.q.sites.equipment == e)
        if len(mine) > kind.sites_max:
            name = f"equipment_sites[{kind.equipment}]"
            yield _buy(s, put(s.d.bought, (mine, 0), 1)), name, name


@decisions
def machines_below_nought(s: Solved, dice: Dice) -> Iterator[Misled]:
    for h, y, name in _sites(s, dice):
        kind = s.q.programme.equipment.ids[s.q.sites.equipment[h]]
        yield _buy(s, put(s.d.bought, (h, y), -1)), f"equipment_units[{kind}]", f"b[{name},{s.q.years[y]}]"


@decisions
def core_funding_beyond_the_loss(s: Solved, dice: Dice) -> Iterator[Misled]:
    limit = s.q.restore_share * s.q.depreciation
    for k, t, place in _levels(s, dice):
        if t < s.q.horizon and limit[k] > 0:
            more = limit[k] * s.paths.level[0, k, t] + 0.01
            restored = put(s.d.restored, (k, t), more)
            yield dataclasses.replace(s.d, restored=restored), f"capability_core[{place}]", f"capability_core[{place}]"


@decisions
def core_funding_not_foreseen(s: Solved, dice: Dice) -> Iterator[Misled]:
    for k, t, place in _levels(s, dice):
        if t < s.q.horizon and s.q.restore_share[k] == 0:
            restored = put(s.d.restored, (k, t), 0.01)
            yield dataclasses.replace(s.d, restored=restored), f"capability_core[{place}]", f"r[{place}]"


@decisions
def core_funding_below_nought(s: Solved, dice: Dice) -> Iterator[Misled]:
    for k, t, place in _levels(s, dice):
        if t < s.q.horizon:
            restored = put(s.d.restored, (k, t), -0.01)
            yield dataclasses.replace(s.d, restored=restored), f"capability_core[{place}]", f"r[{place}]"
