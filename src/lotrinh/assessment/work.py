"""The projects of one future: what is due, what begins, how the work goes, which gates are passed. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from lotrinh.assessment.compiled import (
    ABANDONED,
    ANNOUNCED,
    BARRED,
    DELIVERED,
    DONE,
    DROPPED,
    FAILED,
    HALTED,
    HERE,
    LEVEL,
    MACHINES,
    MONEY,
    PASSED,
    PEOPLE,
    PREDECESSOR,
    RUNNING,
    SHORT,
    SLACK,
    SLOWED,
    STOPPED,
    SUDDEN,
    SUPPLIER,
    WAITING,
    compiled,
    note,
)


@compiled
def begin(
    projects: Any, rows: Any, slopes: Any, matured: Any, now: Any, gates: Any, horizon: int, ahead: Any
) -> None:
    """Lay the projects out as they stand at the start; what already runs has its work so far behind it."""
    for p in range(len(projects)):
        one, mine = projects[p], now[p]
        ahead[p, -1] = np.nan
        mine.status, mine.still, mine.gate, mine.reason, mine.work = WAITING, 0, 0, 0, 0.0
        mine.started, mine.stopped, mine.delivered, mine.lost = horizon, horizon, horizon + 1, 0.0
        mine.product, mine.chance, mine.committed, mine.done, mine.halts = 0.0, 0.0, 0.0, 0.0, 0
        if one.mode >= 0 and one.planned < 0:
            mine.status, mine.started, mine.work = RUNNING, one.planned, -float(one.planned)
            mine.actual = mine.committed = one.cost * mine.cost
            mine.chance = _odds(one, rows, gates, matured[p, 0])
            mine.done = _spent(one, rows, slopes, mine.work / mine.length)
            while one.gates + mine.gate < one.gates_end:
                if rows[one.gates + mine.gate].at * mine.length > mine.work + SLACK:
                    break
                mine.gate += 1


@compiled
def _odds(one: Any, rows: Any, gates: Any, matured: float) -> float:
    """Return the chance to pass every gate of a project: the world matures while the country waits."""
    odds = 1.0
    for row in range(one.gates, one.gates_end):
        odds *= 1.0 - (1.0 - gates[rows[row].index].chance) * matured
    return odds


@compiled
def _bereft(one: Any, rows: Any, away: Any, rules: Any, mine: Any) -> bool:
    """Return whether a project cannot go on without the suppliers that are gone, announced or not; write down the share
    of it that has gone unannounced.
    """
    sudden, known = 0.0, 0.0
    if away[-1] != HERE:
        for row in range(one.relies, one.relies_end):
            how = away[rows[row].what]
            if how == ANNOUNCED and one.locked != 1:  # what the data lock is a fact and goes on
                known += rows[row].amount
            elif how == SUDDEN:
                sudden += rows[row].amount
    mine.lost = sudden
    mine.halts = sudden + known > rules[0].goes_on_without
    return mine.halts > 0


@compiled
def standing(
    t: int, running: Any, projects: Any, rows: Any, away: Any, rules: Any, now: Any, people: Any, teach: Any,
    holding: Any, sites: Any, wants: Any, able: Any, units: Any, notes: Any, noted: Any, i: int,
) -> None:
    """Say what people and machines there are for new work; who runs comes first."""
    wants[:], units[:] = 0.0, 0.0
    for skill in range(len(able)):
        able[skill] = people[skill, t] - teach[skill, t]
    for h in range(len(sites)):
        units[sites[h].pool] += holding[h, t]
    for p in running[: running[-1]]:
        before = now[p].lost
        stops = _bereft(projects[p], rows, away, rules, now[p])
        if now[p].lost > 0.0 and now[p].lost != before:
            note(notes, noted, i, t, HALTED if stops else SLOWED, p, now[p].lost)
        _take(projects[p], rows, stops, wants, units)


@compiled
def _take(one: Any, rows: Any, stops: bool, wants: Any, units: Any) -> None:
    """Take the machines of a project, and its people unless it stands still."""
    for row in range(one.machines, one.machines_end):
        units[rows[row].what] -= rows[row].amount
    if not stops:
        for row in range(one.people, one.people_end):
            wants[rows[row].what] += rows[row].amount


@compiled
def due(
    t: int, p: int, waiting: Any, running: Any, projects: Any, rows: Any, away: Any, years: Any, year_of: Any,
    rules: Any, now: Any, usable: Any, wants: Any, able: Any, units: Any, likely: Any, slopes: Any, nominal: Any,
    ahead: Any, need: Any, free: float, freed: float, failed: bool,
) -> int:
    """Return 0 where a project begins now, what it waits for where it is due, -1 where it is not; drop it where its
    time has passed or a predecessor did not deliver.
    """
    one = projects[p]
    if one.locked and t >= one.planned:  # decided: it waits for nothing but room
        return _room(one, rows, wants, able, units)
    if t > one.give_up:
        now[p].status = WAITING if one.reserve else DROPPED
        return -1
    early = t < one.planned
    may = failed and not one.locked and (one.reserve or rules[0].ahead)
    if t < one.earliest or (early and not may):
        return -1
    if one.reserve and likely[p, t] > freed + SLACK:
        return MONEY
    for row in range(one.before, one.before_end):
        other = rows[row].what
        if projects[other].mode < 0 or now[other].status >= FAILED:
            now[p].status = WAITING if one.reserve else BARRED
            return -1
        if now[other].status != DELIVERED or now[other].stopped + rows[row].amount > t:
            return PREDECESSOR
    for row in range(one.needs, one.needs_end):
        if usable[rows[row].what, t] < rows[row].amount - SLACK:
            return LEVEL
    if _bereft(one, rows, away, rules, now[p]):
        return SUPPLIER
    lacks = _room(one, rows, wants, able, units)
    if lacks != 0:
        return lacks
    fits = _affordable(
        t, p, waiting, running, projects, rows, years, year_of, rules, now, likely[p, t], slopes, nominal, ahead, need,
        free, early,
    )
    return 0 if fits else MONEY


@compiled
def _room(one: Any, rows: Any, wants: Any, able: Any, units: Any) -> int:
    """Return what a project lacks to begin, people or machines, or 0."""
    for row in range(one.people, one.people_end):
        if able[rows[row].what] - wants[rows[row].what] < rows[row].amount - SLACK:
            return PEOPLE
    for row in range(one.machines, one.machines_end):
        if units[rows[row].what] < rows[row].amount - SLACK:
            return MACHINES
    return 0


@compiled
def _affordable(
    t: int, p: int, waiting: Any, running: Any, projects: Any, rows: Any, years: Any, year_of: Any, rules: Any,
    now: Any, likely: float, slopes: Any, nominal: Any, ahead: Any, need: Any, free: float, early: bool,
) -> bool:
    """Return whether the budgets bear a project beside all that runs, in every year; before its time, or from the
    reserve list, beside all that is still planned, too.

    What runs and what is planned is summed up once a quarter: row 0 and 1 of `need`, of which the last entry says when.
    Who keeps full pace keeps its row of `ahead`, of which the last entry says when it would have begun.
    """
    first = year_of[t]
    if need[0, -1] != t:
        need[0, :], need[0, -1] = 0.0, t
        for other in running[: running[-1]]:
            mine = now[other]
            if ahead[other, -1] != t - mine.work:
                ahead[other, -1] = t - mine.work
                _foresee(projects[other], rows, slopes, years, year_of, ahead[other], t, mine.work, mine.length)
            _add(need[0], first, ahead[other], mine.done, mine.actual)
    if early and need[1, -1] != t:
        need[1, :], need[1, -1] = 0.0, t
        for other in waiting[: waiting[-1]]:
            if now[other].status == WAITING and not projects[other].reserve:
                _plan(projects[other], rows, slopes, years, year_of, nominal[other], t, need[1], 1.0)
    need[2, :] = 0.0
    _from_new(projects[p], rows, slopes, years, year_of, nominal[p], t, need[2], likely)
    if early and not projects[p].reserve:
        _plan(projects[p], rows, slopes, years, year_of, nominal[p], t, need[2], -1.0)
    left = free
    for y in range(first, len(years)):
        if y > first:
            left = min(left, rules[0].carry_over * years[y - 1].budget)
            left += rules[0].over * years[y].budget - years[y].fixed
        wanted = need[2, y] + need[0, y] + (need[1, y] if early else 0.0)
        left -= wanted
        if left < -SLACK and wanted > 0.0:
            return False
    return True


@compiled
def _plan(
    one: Any, rows: Any, slopes: Any, years: Any, year_of: Any, nominal: Any, t: int, need: Any, sign: float
) -> None:
    """Add, or take away, what a project that waits would spend if it began at its planned quarter."""
    _from_new(one, rows, slopes, years, year_of, nominal, max(t, one.planned), need, sign * one.planned_cost)


@compiled
def _from_new(
    one: Any, rows: Any, slopes: Any, years: Any, year_of: Any, nominal: Any, begins: int, need: Any, cost: float
) -> None:
    """Add what a project that begins in a quarter will spend in each year, as long as it is likely to take."""
    if np.isnan(nominal[begins, -1]):
        _foresee(one, rows, slopes, years, year_of, nominal[begins], begins, 0.0, float(one.duration))
    _add(need, year_of[begins], nominal[begins], 0.0, cost)


@compiled
def _foresee(
    one: Any, rows: Any, slopes: Any, years: Any, year_of: Any, ahead: Any, t: int, work: float, length: float
) -> None:
    """Write the share of its money that a project will have spent by the end of each year, at full pace from t on."""
    for y in range(year_of[t], len(years)):
        if work < length - SLACK:
            work += years[y].end - t
            t = years[y].end
        ahead[y] = _spent(one, rows, slopes, work / length)


@compiled
def _add(need: Any, first: int, ahead: Any, before: float, cost: float) -> None:
    """Add what is spent in each year from the first on, by the share of the cost that is spent by its end."""
    for y in range(first, len(need) - 1):
        need[y] += cost * (ahead[y] - before)
        before = ahead[y]


@compiled
def _spent(one: Any, rows: Any, slopes: Any, share: float) -> float:
    """Return the share of the money spent by a share of the work: what a gate releases is spent evenly to the next."""
    if share >= 1.0:
        return rows[one.marks_end - 1].amount
    row = one.marks
    while row < one.marks_end - 2 and rows[row + 1].at <= share:
        row += 1
    return rows[row].amount + slopes[row] * (share - rows[row].at)


@compiled
def start(
    t: int, p: int, projects: Any, rows: Any, away: Any, rules: Any, now: Any, gates: Any, wants: Any, units: Any,
    likely: Any, matured: Any,
) -> float:
    """Begin a project; return the money this frees against the plan, negative where it costs more."""
    one, mine = projects[p], now[p]
    mine.status, mine.started = RUNNING, t
    mine.actual = mine.committed = likely[p, t] * mine.cost
    mine.chance = _odds(one, rows, gates, matured[p, t])
    mine.done = 0.0
    _take(one, rows, _bereft(one, rows, away, rules, mine), wants, units)
    return (0.0 if one.reserve else one.planned_cost) - mine.actual


@compiled
def work(
    t: int, p: int, projects: Any, rows: Any, rules: Any, now: Any, gates: Any, gains: Any, wants: Any, able: Any,
    added: Any, slopes: Any, matured: Any, free: float, project_spend: Any, notes: Any, noted: Any, i: int,
) -> tuple[float, float, bool]:
    """Work for a quarter as far as suppliers, people and money go, then hold the gates that are reached.

    Return the money spent, the money freed for others, and whether the project ended without delivering.
    """
    one, mine = projects[p], now[p]
    pace, short = 1.0, -1
    for row in range(one.people, one.people_end):
        skill = rows[row].what
        if wants[skill] > 0.0 and wants[skill] > able[skill] + SLACK:
            fill = max(0.0, able[skill]) / wants[skill]
            if fill < pace:
                pace, short = fill, skill
    length, lost = mine.length, mine.lost
    moved = min(length, mine.work + pace * (1.0 - lost))
    done = _spent(one, rows, slopes, moved / length)
    cost = mine.actual * (done - mine.done)
    spent = cost
    if lost > 0.0:
        spent = cost / (1.0 - lost) if lost < 1.0 else 0.0
    stops = pace <= 0.0 or lost >= 1.0 or mine.halts > 0
    if stops or (spent > SLACK and spent > free + SLACK):
        mine.still += 1
        if not stops and mine.still == 1:
            note(notes, noted, i, t, HALTED, p, -1.0)
        if mine.still < rules[0].wait:
            return 0.0, 0.0, False
        _end(t, one, rows, mine, gains, added, ABANDONED, mine.failure_share * mine.work / length)
        note(notes, noted, i, t, STOPPED, p, float(ABANDONED))
        return 0.0, mine.actual * (1.0 - mine.done), True
    if short >= 0:
        note(notes, noted, i, t, SHORT, p, pace)
    mine.still, mine.work, mine.done = 0, moved, done
    project_spend[p, t] = spent
    spare = cost - spent
    while one.gates + mine.gate < one.gates_end:
        row = rows[one.gates + mine.gate]
        if row.at * length > moved + SLACK:
            break
        chance = gates[row.index].chance
        if gates[row.index].luck >= 1.0 - (1.0 - chance) * matured[p, max(mine.started, 0)]:
            _end(t, one, rows, mine, gains, added, FAILED, mine.failure_share)
            note(notes, noted, i, t, STOPPED, p, float(FAILED))
            return spent, spare + mine.actual * (1.0 - done), True
        mine.gate += 1
        note(notes, noted, i, t, PASSED, p, float(mine.gate))
    if moved >= length - SLACK:
        _end(t, one, rows, mine, gains, added, DELIVERED, mine.extent)
        mine.product = mine.serves
        note(notes, noted, i, t, DONE, p, 0.0)
    return spent, spare, False


@compiled
def _end(
    t: int, one: Any, rows: Any, mine: Any, gains: Any, added: Any, status: int, extent: float
) -> None:
    """End a project: a share of its gain stands from the next quarter on."""
    mine.status, mine.stopped, mine.delivered = status, t + 1, t + 1
    for row in range(one.gains, one.gains_end):
        levels = rows[row].amount * extent * gains[rows[row].index].factor
        gains[rows[row].index].levels = levels
        added[rows[row].what] += levels
