"""The execution of futures, quarter by quarter: section 8 of the model, to the last rule. Compiled by Numba.

What chance brings is drawn beforehand and stands in the arrays (`Desk`), so the same luck gives the same future on any
number of processes. The rules in words: ``docs/decisions/0013-futures.md``. The functions take many small arrays instead
of one object, as that is what compiles in seconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from lotrinh.measures.quantities import LEVEL_TOP

SLACK = 1e-6
"""What an amount may pass its limit by: a plan holds its rules to a solver's tolerance."""

WAITING, RUNNING, DELIVERED, FAILED, DROPPED, BARRED, ABANDONED = range(7)
"""How a project stands: not begun, at work, ended well, failed at a gate, waited too long, barred by a predecessor that
did not deliver, given up after standing still."""

PREDECESSOR, LEVEL, SUPPLIER, PEOPLE, MACHINES, MONEY = range(1, 7)
"""What a project that is due waits for."""

BEGUN, WAITS, PASSED, STOPPED, DONE, HALTED, SLOWED, CUT, DEFERRED, SMALLER, SHORT = range(11)
"""What is noted of a future: (quarter, what, whom, detail)."""

compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
"""Compiled without counting references, which would cost more than the work: nothing here keeps an array."""

TRAINING, EQUIPMENT, CORE = 1, 2, 3
"""Rows of `spend` besides 0, the projects; as `measures.paths.PURPOSES` lists them."""


@njit(cache=True, nogil=True)
def execute(
    order: Any, projects: Any, rows: Any, capabilities: Any, foundations: Any, people_start: Any, known_gone: Any,
    flows: Any, intakes: Any, kinds: Any, sites: Any, bought: Any, restored: Any, years: Any, year_of: Any, rules: Any,
    now: Any, gates: Any, gains: Any, decay: Any, loss: Any, leave: Any, entered: Any, price: Any, hosting: Any,
    cash: Any, out: Any, level: Any, usable: Any, people: Any, demand: Any, holding: Any, spend: Any,
    project_spend: Any, notes: Any, noted: Any,
) -> None:
    """Execute the orders in every future of the desk; see `Orders` and `Desk` for the arrays."""
    skills, horizon = demand.shape[1], demand.shape[2]
    teach, training = np.zeros((skills, horizon)), np.zeros(horizon)
    joins, wants, able = np.zeros((skills, horizon + 1)), np.zeros(skills), np.zeros(skills)
    units, deferred, ratio = np.zeros(rules[0].pools), np.zeros(len(sites)), np.zeros(len(flows))
    need, added = np.zeros((3, len(years) + 1)), np.zeros(len(capabilities))
    for i in range(len(now)):
        _future(
            order, projects, rows, capabilities, foundations, people_start, known_gone, flows, intakes, kinds, sites,
            bought, restored, years, year_of, rules, now[i], gates[i], gains[i], decay[i], loss[i], leave, entered[i],
            price[i], hosting[i], cash[i], out[i], level[i], usable[i], people[i], demand[i], holding[i], spend[i],
            project_spend[i], notes[i], noted, i, teach, training, joins, wants, able, units, deferred, ratio, need,
            added,
        )


@compiled
def _future(
    order: Any, projects: Any, rows: Any, capabilities: Any, foundations: Any, people_start: Any, known_gone: Any,
    flows: Any, intakes: Any, kinds: Any, sites: Any, bought: Any, restored: Any, years: Any, year_of: Any, rules: Any,
    now: Any, gates: Any, gains: Any, decay: Any, loss: Any, leave: Any, entered: Any, price: Any, hosting: Any,
    cash: Any, out: Any, level: Any, usable: Any, people: Any, demand: Any, holding: Any, spend: Any,
    project_spend: Any, notes: Any, noted: Any, i: int, teach: Any, training: Any, joins: Any, wants: Any, able: Any,
    units: Any, deferred: Any, ratio: Any, need: Any, added: Any,
) -> None:
    """Execute one future: open the year, say who stands where, begin what is due, work, close the quarter."""
    horizon = len(year_of)
    teach[:], training[:], joins[:], deferred[:] = 0.0, 0.0, 0.0, 0.0
    for skill in range(len(people_start)):
        people[skill, 0] = people_start[skill]
    for k in range(len(capabilities)):
        level[k, 0] = capabilities[k].level_start
    for h in range(len(sites)):
        hosting[h] = sites[h].stock > 0.0
        holding[h, :] = sites[h].stock
    _begin(projects, rows, now, gates, horizon)
    free, carry, freed, core, failed = 0.0, 0.0, 0.0, 1.0, False
    for t in range(rules[0].until):
        y = year_of[t]
        opens = t == years[y].first
        if opens:
            free, core = _open_year(
                t, y, carry, rows, known_gone, flows, intakes, kinds, sites, bought, restored, capabilities, years,
                year_of, rules, entered, price, hosting, cash, out, holding, spend, teach,
                training, deferred, ratio, notes, noted, i,
            )
        need[:, -1] = -1.0
        _usable(t, level, usable, foundations)
        _standing(
            t, order, projects, rows, known_gone, rules, now, out, people, teach, holding, sites, wants,
            able, units, notes, noted, i,
        )
        for p in order:
            if now[p].status != WAITING:
                continue
            reason = _due(
                t, p, order, projects, rows, known_gone, years, year_of, rules, now, out, usable, wants,
                able, units, need, free, freed, failed,
            )
            if reason == 0:
                freed += _start(t, p, projects, rows, known_gone, rules, now, gates, out, wants, units)
                need[:, -1] = -1.0
                _note(notes, noted, i, t, BEGUN, p, float(t - projects[p].planned))
            elif reason > 0 and reason != now[p].reason:
                now[p].reason = reason
                _note(notes, noted, i, t, WAITS, p, float(reason))
            if now[p].status > RUNNING:
                failed = True
                freed += projects[p].planned_cost
                _note(notes, noted, i, t, STOPPED, p, float(now[p].status))
        if opens:
            free += _settle(
                t, projects, flows, intakes, year_of, now, teach, training, ratio, notes, noted, i
            )
        for p in order:
            if now[p].status == RUNNING:
                spent, spare, lost = _work(
                    t, p, projects, rows, rules, now, gates, gains, wants, able, added,
                    free, project_spend, notes, noted, i,
                )
                spend[0, t] += spent
                free -= spent
                freed += spare
                failed |= lost
        free += _close(
            t, core, rows, flows, intakes, kinds, sites, bought, restored, capabilities, decay, loss, leave,
            entered, price, holding, spend, level, people, demand, wants, teach, training,
            joins, ratio, added, i,
        )
        if t == horizon - 1 or year_of[t + 1] != y:
            cash[y].left = free
            carry = min(free, rules[0].carry_over * years[y].budget * cash[y].factor)
    _usable(rules[0].until, level, usable, foundations)
    for p in order:
        if now[p].status == RUNNING:
            now[p].stopped = horizon


@compiled
def _note(notes: Any, noted: Any, i: int, t: int, what: int, whom: int, detail: float) -> None:
    if noted[i] < len(notes):
        at = noted[i]
        notes[at, 0], notes[at, 1], notes[at, 2], notes[at, 3] = t, what, whom, detail
        noted[i] = at + 1


@compiled
def _begin(projects: Any, rows: Any, now: Any, gates: Any, horizon: int) -> None:
    """Lay the projects out as they stand at the start; what already runs has its work so far behind it."""
    for p in range(len(projects)):
        one, mine = projects[p], now[p]
        mine.status, mine.still, mine.gate, mine.reason, mine.work = WAITING, 0, 0, 0, 0.0
        mine.started, mine.stopped, mine.delivered, mine.lost = horizon, horizon, horizon + 1, 0.0
        mine.product, mine.chance, mine.committed, mine.done, mine.halts = 0.0, 0.0, 0.0, 0.0, 0
        if one.mode >= 0 and one.planned < 0:
            mine.status, mine.started, mine.work = RUNNING, one.planned, -float(one.planned)
            mine.actual = mine.committed = one.cost * mine.cost
            mine.chance = _odds(one, rows, gates, 0)
            mine.done = _spent(one, rows, mine.work / mine.length)
            while one.gates + mine.gate < one.gates_end:
                if rows[one.gates + mine.gate].at * mine.length > mine.work + SLACK:
                    break
                mine.gate += 1


@compiled
def _chance(stated: float, maturing: float, start: int) -> float:
    """Return the chance of a gate of a project that began in `start`: the world matures while the country waits."""
    return 1.0 - (1.0 - stated) * (1.0 - maturing) ** (max(start, 0) / 4.0)


@compiled
def _odds(one: Any, rows: Any, gates: Any, start: int) -> float:
    """Return the chance to pass every gate of a project that begins in `start`."""
    odds = 1.0
    for row in range(one.gates, one.gates_end):
        odds *= _chance(gates[rows[row].index].chance, one.maturing, start)
    return odds


@compiled
def _open_year(
    t: int, y: int, carry: float, rows: Any, known_gone: Any, flows: Any, intakes: Any, kinds: Any, sites: Any,
    bought: Any, restored: Any, capabilities: Any, years: Any, year_of: Any, rules: Any, entered: Any, price: Any,
    hosting: Any, cash: Any, out: Any, holding: Any, spend: Any, teach: Any, training: Any, deferred: Any, ratio: Any,
    notes: Any, noted: Any, i: int,
) -> tuple[float, float]:
    """Open a year: pay what is promised, take people in, order machines; return the money left for projects, and the
    share of core funding that is paid.
    """
    horizon = len(year_of)
    if cash[y].factor != 1.0:
        _note(notes, noted, i, t, CUT, y, cash[y].factor)
    end = years[y].end
    free = carry + rules[0].over * years[y].budget * cash[y].factor
    entering, core = 0.0, 0.0
    for q in range(t, end):
        free -= training[q]
        for h in range(len(sites)):
            kind = sites[h].kind
            free -= kinds[kind].upkeep * price[kind] * holding[h, q] + sites[h].hosts * kinds[kind].site_cost
        for k in range(len(capabilities)):
            core += capabilities[k].restore_cost * restored[k, q]
    for n in range(len(intakes)):
        if intakes[n].entry == t:
            flow = flows[intakes[n].flow]
            entering += intakes[n].entrants * flow.cost / flow.duration * min(end - t, flow.duration)
    part, paid = 1.0, 1.0
    if entering > 0.0 and free - core - entering < -SLACK:
        part = max(0.0, min(1.0, (free - core) / entering))
    if core > 0.0 and free - core < -SLACK:
        paid = max(0.0, min(1.0, free / core))
    free -= part * entering + paid * core
    ratio[:] = part
    for n in range(len(intakes)):
        if intakes[n].entry == t:
            _enter(intakes[n], flows[intakes[n].flow], part, teach, training)
    for h in range(len(sites)):
        wanted = bought[h, y] + deferred[h]
        if wanted > 0.0:
            one, factor = kinds[sites[h].kind], price[sites[h].kind]
            supplied = one.supply == one.supply_end
            for row in range(one.supply, one.supply_end):
                supplied |= t < known_gone[rows[row].what] and not out[rows[row].what, t]
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
                _note(notes, noted, i, t, DEFERRED, h, float(MONEY if supplied else SUPPLIER))
    return free, paid


@compiled
def _enter(intake: Any, flow: Any, part: float, teach: Any, training: Any) -> None:
    """Let a part of an intake enter, or, with a negative part, leave: teaching and money of the coming years."""
    for q in range(intake.entry, min(len(training), intake.entry + flow.duration)):
        teach[intake.skill, q] += part * intake.entrants * flow.teachers
        training[q] += part * intake.entrants * flow.cost / flow.duration


@compiled
def _settle(
    t: int, projects: Any, flows: Any, intakes: Any, year_of: Any, now: Any, teach: Any, training: Any, ratio: Any,
    notes: Any, noted: Any, i: int,
) -> float:
    """Hold each flow to what it can take in without the project it needs; return the money of the year this leaves."""
    spared = 0.0
    for w in range(len(flows)):
        project = flows[w].project
        if project < 0 or (projects[project].mode >= 0 and now[project].started <= t):
            continue
        whole = 0.0
        for n in range(len(intakes)):
            if intakes[n].flow == w and intakes[n].entry == t:
                whole += ratio[w] * intakes[n].entrants
        if whole <= flows[w].alone + SLACK:
            continue
        part = ratio[w] * flows[w].alone / whole
        for q in range(t, len(year_of)):
            spared += training[q] if year_of[q] == year_of[t] else 0.0
        for n in range(len(intakes)):
            if intakes[n].flow == w and intakes[n].entry == t:
                _enter(intakes[n], flows[w], part - ratio[w], teach, training)
        for q in range(t, len(year_of)):
            spared -= training[q] if year_of[q] == year_of[t] else 0.0
        ratio[w] = part
        _note(notes, noted, i, t, SMALLER, w, part)
    return spared


@compiled
def _usable(t: int, level: Any, usable: Any, foundations: Any) -> None:
    """Write the usable levels of a state: at most the level, the top of the scale, and what the foundations carry."""
    for k in range(len(level)):
        usable[k, t] = min(level[k, t], LEVEL_TOP)
    for row in foundations:
        usable[row.what, t] = min(usable[row.what, t], usable[row.index, t] / row.amount)


@compiled
def _bereft(one: Any, rows: Any, known_gone: Any, rules: Any, mine: Any, out: Any, t: int) -> bool:
    """Return whether a project cannot go on without the suppliers that are gone, announced or not; write down the share
    of it that has gone unannounced.
    """
    sudden, known = 0.0, 0.0
    for row in range(one.relies, one.relies_end):
        supplier = rows[row].what
        if t >= known_gone[supplier]:
            known += rows[row].amount
        elif out[supplier, t]:
            sudden += rows[row].amount
    mine.lost = sudden
    mine.halts = sudden + known > rules[0].goes_on_without
    return mine.halts > 0


@compiled
def _standing(
    t: int, order: Any, projects: Any, rows: Any, known_gone: Any, rules: Any, now: Any, out: Any, people: Any,
    teach: Any, holding: Any, sites: Any, wants: Any, able: Any, units: Any, notes: Any, noted: Any, i: int,
) -> None:
    """Say what people and machines there are for new work; who runs comes first."""
    wants[:], units[:] = 0.0, 0.0
    for skill in range(len(able)):
        able[skill] = people[skill, t] - teach[skill, t]
    for h in range(len(sites)):
        units[sites[h].pool] += holding[h, t]
    for p in order:
        if now[p].status != RUNNING:
            continue
        before = now[p].lost
        stops = _bereft(projects[p], rows, known_gone, rules, now[p], out, t)
        if now[p].lost > 0.0 and now[p].lost != before:
            _note(notes, noted, i, t, HALTED if stops else SLOWED, p, now[p].lost)
        _take(projects[p], rows, stops, wants, units)


@compiled
def _take(one: Any, rows: Any, stops: bool, wants: Any, units: Any) -> None:
    """Take the machines of a project, and its people unless it stands still."""
    for row in range(one.machines, one.machines_end):
        units[rows[row].what] -= rows[row].amount
    for row in range(one.people, one.people_end):
        if not stops:
            wants[rows[row].what] += rows[row].amount


@compiled
def _due(
    t: int, p: int, order: Any, projects: Any, rows: Any, known_gone: Any, years: Any, year_of: Any, rules: Any,
    now: Any, out: Any, usable: Any, wants: Any, able: Any, units: Any, need: Any, free: float, freed: float,
    failed: bool,
) -> int:
    """Return 0 where a project begins now, what it waits for where it is due, -1 where it is not; drop it where its
    time has passed or a predecessor did not deliver.
    """
    one = projects[p]
    if one.locked:
        return 0 if t == one.planned else -1
    if t > one.give_up:
        now[p].status = WAITING if one.reserve else DROPPED
        return -1
    early = t < one.planned
    if t < one.earliest or (early and not failed) or (early and not one.reserve and not rules[0].ahead):
        return -1
    if one.reserve and one.cost * (1.0 + min(0.0, one.trend)) ** (t / 4.0) > freed + SLACK:
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
    if _bereft(one, rows, known_gone, rules, now[p], out, t):
        return SUPPLIER
    for row in range(one.people, one.people_end):
        if able[rows[row].what] - wants[rows[row].what] < rows[row].amount - SLACK:
            return PEOPLE
    for row in range(one.machines, one.machines_end):
        if units[rows[row].what] < rows[row].amount - SLACK:
            return MACHINES
    likely = one.cost * (1.0 + one.trend) ** (t / 4.0)
    return 0 if _affordable(t, p, order, projects, rows, years, year_of, rules, now, need, likely, free, early) else MONEY


@compiled
def _affordable(
    t: int, p: int, order: Any, projects: Any, rows: Any, years: Any, year_of: Any, rules: Any, now: Any, need: Any,
    likely: float, free: float, early: bool,
) -> bool:
    """Return whether the budgets bear a project beside all that runs, in every year; before its time, or from the
    reserve list, beside all that is still planned, too.

    What runs and what is planned is summed up once a quarter: row 0 and 1 of `need`, of which the last entry says when.
    """
    if need[0, -1] != t:
        need[0, :], need[0, -1] = 0.0, t
        for other in order:
            mine = now[other]
            if mine.status == RUNNING:
                _forecast(projects[other], rows, years, year_of, need[0], t, mine.work, mine.length, mine.actual)
    if early and need[1, -1] != t:
        need[1, :], need[1, -1] = 0.0, t
        for other in order:
            one = projects[other]
            if now[other].status == WAITING and not one.reserve:
                begins = max(t, one.planned)
                _forecast(one, rows, years, year_of, need[1], begins, 0.0, float(one.duration), one.planned_cost)
    own = need[2]
    own[:] = 0.0
    _forecast(projects[p], rows, years, year_of, own, t, 0.0, float(projects[p].duration), likely)
    if early and not projects[p].reserve:
        one = projects[p]
        begins = max(t, one.planned)
        _forecast(one, rows, years, year_of, own, begins, 0.0, float(one.duration), -one.planned_cost)
    first = year_of[t]
    left = free
    for y in range(first, len(years)):
        if y > first:
            left = min(left, rules[0].carry_over * years[y - 1].budget) + rules[0].over * years[y].budget - years[y].fixed
        wanted = own[y] + need[0, y] + (need[1, y] if early else 0.0)
        left -= wanted
        if left < -SLACK and wanted > 0.0:
            return False
    return True


@compiled
def _forecast(
    one: Any, rows: Any, years: Any, year_of: Any, need: Any, t: int, work: float, length: float, cost: float
) -> None:
    """Add what a project will spend in each year at full pace from quarter t on."""
    before = _spent(one, rows, work / length)
    while t < len(year_of) and work < length - SLACK:
        y = year_of[t]
        work += years[y].end - t
        after = _spent(one, rows, work / length)
        need[y] += cost * (after - before)
        before = after
        t = years[y].end


@compiled
def _spent(one: Any, rows: Any, share: float) -> float:
    """Return the share of the money spent by a share of the work: what a gate releases is spent evenly to the next."""
    if share >= 1.0:
        return rows[one.marks_end - 1].amount
    row = one.marks
    while row < one.marks_end - 2 and rows[row + 1].at <= share:
        row += 1
    slope = (rows[row + 1].amount - rows[row].amount) / (rows[row + 1].at - rows[row].at)
    return rows[row].amount + slope * (share - rows[row].at)


@compiled
def _start(
    t: int, p: int, projects: Any, rows: Any, known_gone: Any, rules: Any, now: Any, gates: Any, out: Any, wants: Any,
    units: Any,
) -> float:
    """Begin a project; return the money this frees against the plan, negative where it costs more."""
    one, mine = projects[p], now[p]
    mine.status, mine.started = RUNNING, t
    mine.actual = mine.committed = one.cost * (1.0 + one.trend) ** (t / 4.0) * mine.cost
    mine.chance = _odds(one, rows, gates, t)
    mine.done = 0.0
    _take(one, rows, _bereft(one, rows, known_gone, rules, mine, out, t), wants, units)
    return (0.0 if one.reserve else one.planned_cost) - mine.actual


@compiled
def _work(
    t: int, p: int, projects: Any, rows: Any, rules: Any, now: Any, gates: Any, gains: Any, wants: Any, able: Any,
    added: Any, free: float, project_spend: Any, notes: Any, noted: Any, i: int,
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
    moved = min(mine.length, mine.work + pace * (1.0 - mine.lost))
    done = _spent(one, rows, moved / mine.length)
    cost = mine.actual * (done - mine.done)
    spent = cost / (1.0 - mine.lost) if mine.lost < 1.0 else 0.0
    stops = pace <= 0.0 or mine.halts > 0
    if stops or spent > free + SLACK:
        mine.still += 1
        if not stops and mine.still == 1:
            _note(notes, noted, i, t, HALTED, p, -1.0)
        if mine.still < rules[0].wait:
            return 0.0, 0.0, False
        _end(t, one, rows, mine, gains, added, ABANDONED, mine.failure_share * mine.work / mine.length)
        _note(notes, noted, i, t, STOPPED, p, float(ABANDONED))
        return 0.0, mine.actual * (1.0 - mine.done), True
    if short >= 0:
        _note(notes, noted, i, t, SHORT, p, pace)
    mine.still, mine.work, mine.done = 0, moved, done
    project_spend[p, t] = spent
    spare = cost - spent
    while one.gates + mine.gate < one.gates_end:
        row = rows[one.gates + mine.gate]
        if row.at * mine.length > moved + SLACK:
            break
        if gates[row.index].luck >= _chance(gates[row.index].chance, one.maturing, mine.started):
            _end(t, one, rows, mine, gains, added, FAILED, mine.failure_share)
            _note(notes, noted, i, t, STOPPED, p, float(FAILED))
            return spent, spare + mine.actual * (1.0 - done), True
        mine.gate += 1
        _note(notes, noted, i, t, PASSED, p, float(mine.gate))
    if moved >= mine.length - SLACK:
        _end(t, one, rows, mine, gains, added, DELIVERED, mine.extent)
        mine.product = mine.serves
        _note(notes, noted, i, t, DONE, p, 0.0)
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


@compiled
def _close(
    t: int, core: float, rows: Any, flows: Any, intakes: Any, kinds: Any, sites: Any, bought: Any, restored: Any,
    capabilities: Any, decay: Any, loss: Any, leave: Any, entered: Any, price: Any, holding: Any, spend: Any,
    level: Any, people: Any, demand: Any, wants: Any, teach: Any, training: Any, joins: Any, ratio: Any, added: Any,
    i: int,
) -> float:
    """Pay what stands, let people come and go and levels rise and fall; return money planned for core but not needed.
    """
    spared = 0.0
    for h in range(len(sites)):
        kind = sites[h].kind
        spend[EQUIPMENT, t] += kinds[kind].upkeep * price[kind] * holding[h, t] + sites[h].hosts * kinds[kind].site_cost
    spend[TRAINING, t] = training[t]
    for k in range(len(capabilities)):
        kept = min(core * restored[k, t], capabilities[k].restore_share * decay[k] * level[k, t])
        spared += capabilities[k].restore_cost * (core * restored[k, t] - kept)
        spend[CORE, t] += capabilities[k].restore_cost * kept
        level[k, t + 1] = (1.0 - decay[k]) * level[k, t] + (kept + added[k])
        added[k] = 0.0
    for n in range(len(intakes)):
        if intakes[n].entry == t:
            flow = flows[intakes[n].flow]
            entered[n].completed = ratio[intakes[n].flow] * entered[n].completes
            for row in range(flow.joins, flow.joins_end):
                if t + rows[row].what < joins.shape[1]:
                    joins[intakes[n].skill, t + rows[row].what] += entered[n].completed * rows[row].amount
    for skill in range(len(wants)):
        demand[skill, t] = wants[skill] + teach[skill, t]
        gone = loss[skill] * people[skill, t]
        if len(leave) > 0:
            whole = np.floor(people[skill, t])
            gone = _leavers(whole, loss[skill], leave[i, skill, t]) + loss[skill] * (people[skill, t] - whole)
        people[skill, t + 1] = people[skill, t] - gone + joins[skill, t + 1]
    return spared


@compiled
def _leavers(people: float, rate: float, u: float) -> float:
    """Return how many of `people` leave, each with chance `rate`: the binomial distribution, inverted at u."""
    each = (1.0 - rate) ** people
    if each <= 0.0:  # beyond tens of thousands of people, where the spread is nothing
        return rate * people
    below, gone, odds = each, 0.0, rate / (1.0 - rate)
    while u > below and gone < people:
        gone += 1.0
        each *= odds * (people - gone + 1.0) / gone
        below += each
    return gone
