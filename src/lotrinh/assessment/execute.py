"""The execution of futures, quarter by quarter: section 8 of the model, to the last rule. Compiled by Numba.

What chance brings is drawn beforehand and stands in the arrays (`Desk`), so the same luck gives the same future on any
number of processes. The rules in words: ``docs/decisions/0013-futures.md``. The functions take many small arrays
instead of one object, as that is what compiles in seconds.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from lotrinh.assessment.compiled import BEGUN, PEOPLE_TABLED, RUNNING, STOPPED, WAITING, WAITS, compiled, note
from lotrinh.assessment.migrate import migrate
from lotrinh.assessment.work import begin, due, standing, start, work
from lotrinh.assessment.year import close, open_year, settle, suppliers, usable_levels
from lotrinh.measures.quantities import LEVEL_TOP


@compiled
def _tables(projects: Any, rows: Any, likely: Any, matured: Any, slopes: Any) -> None:
    """Table what holds in every future: the likely cost of a project that begins in a quarter, how far its unknowns
    have matured by then, and how steeply the money rises with the work after each mark.
    """
    for p in range(len(projects)):
        one = projects[p]
        for t in range(likely.shape[1]):
            likely[p, t] = one.cost * (1.0 + one.trend) ** (t / 4.0)
            matured[p, t] = (1.0 - one.maturing) ** (t / 4.0)
        for row in range(one.marks, one.marks_end - 1):
            slopes[row] = (rows[row + 1].amount - rows[row].amount) / (rows[row + 1].at - rows[row].at)


@compiled
def _future(
    order: Any, projects: Any, rows: Any, capabilities: Any, foundations: Any, people_start: Any, known_gone: Any,
    flows: Any, intakes: Any, kinds: Any, sites: Any, bought: Any, restored: Any, classes: Any, wanted: Any, years: Any,
    year_of: Any, rules: Any, now: Any, gates: Any, gains: Any, decay: Any, loss: Any, leave: Any, entered: Any,
    price: Any, hosting: Any, cash: Any, out: Any, level: Any, usable: Any, people: Any, demand: Any, holding: Any,
    spend: Any, project_spend: Any, migrated: Any, notes: Any, noted: Any, i: int, likely: Any, matured: Any,
    slopes: Any, nominal: Any, ahead: Any, stay: Any, waiting: Any, running: Any, away: Any, teach: Any, training: Any,
    joins: Any, wants: Any, able: Any, units: Any, deferred: Any, ratio: Any, need: Any, added: Any,
) -> None:
    """Execute one future; `waiting` and `running` list projects by priority, their last entries say how many."""
    horizon = len(year_of)
    teach[:], training[:], joins[:], deferred[:] = 0.0, 0.0, 0.0, 0.0
    spend[:], project_spend[:], migrated[:, 0] = 0.0, 0.0, 0.0
    _lay_out(people_start, capabilities, sites, gains, level, people, hosting, holding)
    begin(projects, rows, slopes, matured, now, gates, horizon, ahead)
    waiting[-1], running[-1] = 0, 0
    for p in order:
        _append(running if now[p].status == RUNNING else waiting, p)
    free, carry, purse, freed, core, failed = 0.0, 0.0, 0.0, 0.0, 1.0, False
    for t in range(rules[0].until):
        y = year_of[t]
        opens = t == years[y].first
        suppliers(t, known_gone, out, away)
        if opens:
            free, core, purse = open_year(
                t, y, carry, purse, rows, away, flows, intakes, kinds, sites, bought, restored, capabilities, years,
                rules, price, hosting, cash, holding, spend, teach, training, deferred, ratio, notes, noted, i,
            )
        need[:, -1] = -1.0
        usable_levels(t, level, usable, foundations)
        standing(
            t, running, projects, rows, away, rules, now, people, teach, holding, sites, wants, able, units, notes,
            noted, i,
        )
        for at in range(waiting[-1]):
            p = waiting[at]
            reason = due(
                t, p, waiting, running, projects, rows, away, years, year_of, rules, now, usable, wants, able, units,
                likely, slopes, nominal, ahead, need, free, freed, failed,
            )
            if reason == 0:
                freed += start(t, p, projects, rows, away, rules, now, gates, wants, units, likely, matured)
                _insert(running, p, order)
                need[:, -1] = -1.0
                note(notes, noted, i, t, BEGUN, p, float(t - projects[p].planned))
            elif reason > 0 and reason != now[p].reason:
                now[p].reason = reason
                note(notes, noted, i, t, WAITS, p, float(reason))
            if now[p].status > RUNNING:
                failed = True
                freed += projects[p].planned_cost
                need[:, -1] = -1.0
                note(notes, noted, i, t, STOPPED, p, float(now[p].status))
        _keep(waiting, now, WAITING)
        if opens:
            free += settle(t, y, projects, flows, intakes, years, now, teach, training, ratio, notes, noted, i)
            for skill in range(len(able)):
                able[skill] = people[skill, t] - teach[skill, t]
        for p in running[: running[-1]]:
            spent, spare, lost = work(
                t, p, projects, rows, rules, now, gates, gains, wants, able, added, slopes, matured, free,
                project_spend, notes, noted, i,
            )
            spend[0, t] += spent
            free -= spent
            freed += spare
            failed |= lost
        _keep(running, now, RUNNING)
        closes = t == horizon - 1 or year_of[t + 1] != y
        purse, free = migrate(t, closes, classes, rows, wanted, now, wants, able, purse, free, migrated, spend)
        free += close(
            t, y, opens, core, rows, flows, intakes, kinds, sites, restored, years, capabilities, decay, loss, leave,
            entered, price, holding, spend, level, people, demand, wants, teach, training, joins, ratio, stay, added, i,
        )
        if closes:
            cash[y].left, cash[y].purse = free + purse, purse
            carry = min(free + purse, rules[0].carry_over * years[y].budget * cash[y].factor)
    usable_levels(rules[0].until, level, usable, foundations)
    for p in running[: running[-1]]:
        now[p].stopped = horizon


@compiled
def _lay_out(
    people_start: Any, capabilities: Any, sites: Any, gains: Any, level: Any, people: Any, hosting: Any, holding: Any
) -> None:
    """Lay people, levels and machines out as they stand at the start."""
    for skill in range(len(people_start)):
        people[skill, 0] = people_start[skill]
    for k in range(len(capabilities)):
        level[k, 0] = capabilities[k].level_start
    for h in range(len(sites)):
        hosting[h] = sites[h].stock > 0.0
        holding[h, :] = sites[h].stock
    for row in range(len(gains)):
        gains[row].levels = 0.0


@compiled
def _append(listed: Any, p: int) -> None:
    listed[listed[-1]] = p
    listed[-1] += 1


@compiled
def _insert(listed: Any, p: int, order: Any) -> None:
    """List a project at its place in the order."""
    at, rank = listed[-1], len(order) - 1
    while order[rank] != p:
        if at > 0 and listed[at - 1] == order[rank]:
            listed[at] = listed[at - 1]
            at -= 1
        rank -= 1
    listed[at] = p
    listed[-1] += 1


@compiled
def _keep(listed: Any, now: Any, status: int) -> None:
    """Keep those listed who have a status."""
    count, listed[-1] = listed[-1], 0
    for at in range(count):
        if now[listed[at]].status == status:
            _append(listed, listed[at])


def _kernel(stamp: str) -> Any:
    """Return the compiled execution. Numba's cache watches one file: `stamp` tells it of changes in the others."""

    @njit(cache=True, nogil=True)
    def execute(
        order: Any, projects: Any, rows: Any, capabilities: Any, foundations: Any, people_start: Any, known_gone: Any,
        flows: Any, intakes: Any, kinds: Any, sites: Any, bought: Any, restored: Any, classes: Any, wanted: Any,
        years: Any, year_of: Any, rules: Any, now: Any, gates: Any, gains: Any, decay: Any, loss: Any, leave: Any,
        entered: Any, price: Any,
        hosting: Any, cash: Any, out: Any, level: Any, usable: Any, people: Any, demand: Any, holding: Any, spend: Any,
        project_spend: Any, migrated: Any, notes: Any, noted: Any,
    ) -> None:
        """Execute the orders in every future of the desk; see `Orders` and `Desk` for the arrays."""
        _ = stamp
        skills, horizon = demand.shape[1], demand.shape[2]
        likely, matured = np.ones((len(projects), horizon)), np.ones((len(projects), horizon))
        slopes = np.zeros(len(rows))
        _tables(projects, rows, likely, matured, slopes)
        nominal = np.full((len(projects), horizon, len(years)), np.nan)
        ahead = np.zeros((len(projects), len(years) + 1))
        stay = np.full((skills, PEOPLE_TABLED + 1), -1.0)
        waiting, running = np.zeros(len(order) + 1, dtype=np.uint32), np.zeros(len(order) + 1, dtype=np.uint32)
        away = np.zeros(len(known_gone) + 1, dtype=np.int64)
        teach, training = np.zeros((skills, horizon)), np.zeros(horizon)
        joins, wants, able = np.zeros((skills, horizon + 1)), np.zeros(skills), np.zeros(skills)
        units, deferred, ratio = np.zeros(rules[0].pools), np.zeros(len(sites)), np.zeros(len(flows))
        need, added = np.zeros((3, len(years) + 1)), np.zeros(len(capabilities))
        for i in range(len(now)):
            _future(
                order, projects, rows, capabilities, foundations, people_start, known_gone, flows, intakes, kinds,
                sites, bought, restored, classes, wanted, years, year_of, rules, now[i], gates[i], gains[i],
                decay[i], loss[i], leave,
                entered[i],
                price[i], hosting[i], cash[i], out[i], level[i], usable[i], people[i], demand[i], holding[i], spend[i],
                project_spend[i], migrated[i], notes[i], noted, i, likely, matured, slopes, nominal, ahead, stay,
                waiting, running,
                away, teach, training, joins, wants, able, units, deferred, ratio, need, added,
            )

    return execute


_FILES = (Path(__file__).with_name(name) for name in ("compiled.py", "migrate.py", "work.py", "year.py"))
execute = _kernel(sha256(b"".join([str(LEVEL_TOP).encode(), *(path.read_bytes() for path in _FILES)])).hexdigest())
"""Execute orders in every future of a desk."""
