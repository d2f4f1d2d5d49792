"""The country in one future: money and machines of the year, people who come and go, levels. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from lotrinh.assessment.compiled import (
    ANNOUNCED,
    CORE,
    CUT,
    DEFERRED,
    EQUIPMENT,
    HERE,
    MONEY,
    PEOPLE_TABLED,
    SLACK,
    SMALLER,
    SUDDEN,
    SUPPLIER,
    TRAINING,
    compiled,
    note,
)
from lotrinh.measures.quantities import LEVEL_TOP


@compiled
def suppliers(t: int, known_gone: Any, out: Any, away: Any) -> None:
    """Say who supplies in a quarter; the last entry says whether anybody does not."""
    away[-1] = HERE
    for supplier in range(len(known_gone)):
        away[supplier] = ANNOUNCED if t >= known_gone[supplier] else (SUDDEN if out[supplier, t] else HERE)
        away[-1] |= away[supplier]


@compiled
def open_year(
    t: int, y: int, carry: float, purse: float, rows: Any, away: Any, flows: Any, intakes: Any, kinds: Any, sites: Any,
    bought: Any, restored: Any, capabilities: Any, years: Any, rules: Any, price: Any, hosting: Any, cash: Any,
    holding: Any, spend: Any, teach: Any, training: Any, deferred: Any, ratio: Any, notes: Any, noted: Any, i: int,
) -> tuple[float, float, float]:
    """Open a year: pay what is promised, take people in, order machines, fill the purse for migration; return the money
    left for projects, the share of core funding that is paid, and the purse.
    """
    horizon = len(training)
    if cash[y].factor != 1.0:
        note(notes, noted, i, t, CUT, y, cash[y].factor)
    end = years[y].end
    free = carry + rules[0].over * years[y].budget * cash[y].factor
    entering, core = 0.0, 0.0
    for q in range(t, end):
        free -= training[q]
        for h in range(len(sites)):
            kind = sites[h].kind
            free -= kinds[kind].upkeep * price[kind] * holding[h, q]
            if q >= sites[h].since:
                free -= sites[h].hosts * kinds[kind].site_cost
        for k in range(len(capabilities)):
            core += capabilities[k].restore_cost * restored[k, q]
    for n in range(years[y].intakes, years[y].intakes_end):
        flow = flows[intakes[n].flow]
        entering += intakes[n].entrants * flow.cost / flow.duration * min(end - t, flow.duration)
    part, paid = 1.0, 1.0
    if entering > 0.0 and free - core - entering < -SLACK:
        part = max(0.0, min(1.0, (free - core) / entering))
    if core > 0.0 and free - core < -SLACK:
        paid = max(0.0, min(1.0, free / core))
    free -= part * entering + paid * core
    ratio[:] = part
    for n in range(years[y].intakes, years[y].intakes_end):
        _enter(intakes[n], flows[intakes[n].flow], part, teach, training)
    for h in range(len(sites)):
        wanted = bought[h, y] + deferred[h]
        if wanted > 0.0:
            one, factor = kinds[sites[h].kind], price[sites[h].kind]
            supplied = one.supply == one.supply_end
            for row in range(one.supply, one.supply_end):
                supplied |= away[rows[row].what] == HERE
            arrives = t + one.lead_time
            paid_now = wanted * one.price * factor
            cost = paid_now + wanted * one.upkeep * factor * max(0, end - arrives)
            if supplied and cost <= free + SLACK:
                deferred[h], hosting[h] = 0.0, True
                spend[EQUIPMENT, t] += paid_now
                for q in range(arrives, horizon):
                    holding[h, q] += wanted
                free -= cost
            else:
                deferred[h] = wanted
                note(notes, noted, i, t, DEFERRED, h, float(MONEY if supplied else SUPPLIER))
    purse = min(years[y].migration + min(purse, max(0.0, carry)), max(0.0, free))
    return free - purse, paid, purse


@compiled
def _enter(intake: Any, flow: Any, part: float, teach: Any, training: Any) -> None:
    """Let a part of an intake enter, or, with a negative part, leave: teaching and money of the coming years."""
    teachers, cost = part * intake.entrants * flow.teachers, part * intake.entrants * flow.cost / flow.duration
    for q in range(intake.entry, min(len(training), intake.entry + flow.duration)):
        teach[intake.skill, q] += teachers
        training[q] += cost


@compiled
def settle(
    t: int, y: int, projects: Any, flows: Any, intakes: Any, years: Any, now: Any, teach: Any, training: Any,
    ratio: Any, notes: Any, noted: Any, i: int,
) -> float:
    """Hold each flow to what it can take in without the project it needs; return the money of the year this leaves."""
    spared = 0.0
    for w in range(len(flows)):
        project = flows[w].project
        if project < 0 or (projects[project].mode >= 0 and now[project].started <= t):
            continue
        whole = 0.0
        for n in range(years[y].intakes, years[y].intakes_end):
            if intakes[n].flow == w:
                whole += ratio[w] * intakes[n].entrants
        if whole <= flows[w].alone + SLACK:
            continue
        part = ratio[w] * flows[w].alone / whole
        for q in range(t, years[y].end):
            spared += training[q]
        for n in range(years[y].intakes, years[y].intakes_end):
            if intakes[n].flow == w:
                _enter(intakes[n], flows[w], part - ratio[w], teach, training)
        for q in range(t, years[y].end):
            spared -= training[q]
        ratio[w] = part
        note(notes, noted, i, t, SMALLER, w, part)
    return spared


@compiled
def usable_levels(t: int, level: Any, usable: Any, foundations: Any) -> None:
    """Write the usable levels of a state: at most the level, the top of the scale, and what the foundations carry."""
    for k in range(len(level)):
        usable[k, t] = min(level[k, t], LEVEL_TOP)
    for row in foundations:
        usable[row.what, t] = min(usable[row.what, t], usable[row.index, t] / row.amount)


@compiled
def close(
    t: int, y: int, opens: bool, core: float, rows: Any, flows: Any, intakes: Any, kinds: Any, sites: Any,
    restored: Any, years: Any, capabilities: Any, decay: Any, loss: Any, leave: Any, entered: Any, price: Any,
    holding: Any, spend: Any, level: Any, people: Any, demand: Any, wants: Any, teach: Any, training: Any, joins: Any,
    ratio: Any, stay: Any, added: Any, i: int,
) -> float:
    """Pay what stands, let people come and go, levels rise and fall; return money planned for core but not needed."""
    spared = 0.0
    for h in range(len(sites)):
        kind = sites[h].kind
        spend[EQUIPMENT, t] += kinds[kind].upkeep * price[kind] * holding[h, t]
        if t >= sites[h].since:
            spend[EQUIPMENT, t] += sites[h].hosts * kinds[kind].site_cost
    spend[TRAINING, t] = training[t]
    for k in range(len(capabilities)):
        kept = min(core * restored[k, t], capabilities[k].restore_share * decay[k] * level[k, t])
        spared += capabilities[k].restore_cost * (core * restored[k, t] - kept)
        spend[CORE, t] += capabilities[k].restore_cost * kept
        level[k, t + 1] = (1.0 - decay[k]) * level[k, t] + (kept + added[k])
        added[k] = 0.0
    for n in range(years[y].intakes, years[y].intakes_end if opens else years[y].intakes):
        flow = flows[intakes[n].flow]
        completed = ratio[intakes[n].flow] * entered[n].completes
        entered[n].completed = completed
        for row in range(flow.joins, flow.joins_end):
            if t + rows[row].what < joins.shape[1]:
                joins[intakes[n].skill, t + rows[row].what] += completed * rows[row].amount
    for skill in range(len(wants)):
        demand[skill, t] = wants[skill] + teach[skill, t]
        gone = loss[skill] * people[skill, t]
        if len(leave) > 0:
            whole = np.floor(people[skill, t])
            gone = _leavers(whole, loss[skill], leave[i, skill, t], stay[skill])
            gone += loss[skill] * (people[skill, t] - whole)
        people[skill, t + 1] = people[skill, t] - gone + joins[skill, t + 1]
    return spared


@compiled
def _leavers(people: float, rate: float, u: float, stay: Any) -> float:
    """Return how many of `people` leave, each with chance `rate`: the binomial distribution, inverted at u.

    `stay` tables the chance that nobody leaves, by the number of people; its last entry is the rate it is for.
    """
    if stay[-1] != rate:
        stay[-1], stay[0] = rate, 1.0
        for number in range(1, PEOPLE_TABLED):
            stay[number] = stay[number - 1] * (1.0 - rate)
    return _inverted(people, rate, u, stay[int(people)] if people < PEOPLE_TABLED else (1.0 - rate) ** people)


@compiled
def _inverted(people: float, rate: float, u: float, each: float) -> float:
    """Return the number at u of a binomial distribution, of which `each` is the chance of nobody."""
    if each <= 0.0:  # beyond tens of thousands of people, where the spread is nothing
        return rate * people
    below, gone, odds = each, 0.0, rate / (1.0 - rate)
    while u > below and gone < people:
        gone += 1.0
        each *= odds * (people - gone + 1.0) / gone
        below += each
    return gone


@njit(nogil=True, error_model="numpy")
def binomials(people: int, chance: Any, u: Any) -> Any:
    """Return how many of `people` there are, each with the chance of its future, (S,), inverted at u, (S,)."""
    found = np.zeros(len(u))
    for i in range(len(u)):
        rate = min(chance[i], 1.0 - chance[i])  # count the fewer
        fewer = _inverted(people, rate, u[i] if rate == chance[i] else 1.0 - u[i], (1.0 - rate) ** people)
        found[i] = fewer if rate == chance[i] else people - fewer
    return found
