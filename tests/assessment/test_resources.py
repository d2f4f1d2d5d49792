"""What no future may do: use what is not there, begin what may not begin, or leave more than was done.

Every rule is held against every quarter of every future of many programmes, and told from the paths and the draws, not
from what execution says of itself. What is locked begins whatever is there, so it is exempt where a rule says so.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from tests.assessment.worlds import World, chancy_plans, held_at, small, vietnam, world
from tests.plan.builders import build, decided

from lotrinh.assessment.compiled import ABANDONED, BARRED, DELIVERED, DROPPED, FAILED, RUNNING, STOPPED, WAITING
from lotrinh.assessment.desk import expected
from lotrinh.assessment.orders import orders
from lotrinh.assessment.simulate import simulate
from lotrinh.measures.paths import by_year
from lotrinh.measures.quantities import Floats, Quantities

SLACK = 1e-5
SEEDS = range(120)

Rule = Callable[[World], Any]


@functools.cache
def worlds() -> tuple[World, ...]:
    """Return the small case, the Vietnam case and many random programmes, in some of which inputs are uncertain too."""
    found = [world("small", *small(), 512), world("vietnam", *vietnam(), 256, uncertain=True)]
    found += [world(f"chancy {seed}", q, d, 128, seed, seed % 2 == 0) for seed, q, d in chancy_plans(SEEDS)]
    return tuple(found)


RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    RULES[function.__name__] = function
    return function


def free(w: World) -> list[int]:
    """Return the projects that run in some future and are not locked."""
    return [p for p in np.flatnonzero((w.paths.mode >= 0).any(axis=0)).tolist() if p not in w.q.locks]


def starts(w: World, p: int) -> tuple[Any, Any]:
    """Return the futures in which a project begins, and when."""
    futures = np.flatnonzero(w.paths.started[:, p] < w.q.horizon)
    return futures, w.paths.started[futures, p]


def starting(w: World, projects: list[int]) -> Any:
    """Return where one of the projects begins, (S, T)."""
    quarters = np.arange(w.q.horizon)
    return (w.paths.started[:, projects, None] == quarters).any(axis=1)


@rule
def machines_in_use_are_there(w: World) -> Any:
    use, held = w.paths.use, held_at(w.q, w.paths)
    remote = np.array([row.remote for row in w.q.programme.equipment], dtype=bool)
    use[:, remote], held[:, remote] = (
        np.concatenate([x[:, remote].sum(axis=2, keepdims=True), 0 * x[:, remote, 1:]], axis=2) for x in (use, held)
    )
    over = use > held + SLACK
    for p, (mode, _) in w.q.locks.items():  # a lock begins without: those pools say nothing while it runs
        for kind in w.q.mode_equipment[1][w.q.mode_equipment[0] == mode]:
            place = 0 if remote[kind] else w.q.project_place[p]
            over[:, kind, place] &= ~w.paths.running[:, p]
    return over


@rule
def people_are_there_for_whom_begins(w: World) -> Any:
    found = []
    for skill in range(len(w.q.people_start)):
        asks = {
            p for p in free(w) if (w.q.mode_people[2][
                (w.q.mode_people[0] == w.o.projects["mode"][p]) & (w.q.mode_people[1] == skill)
            ] > 0).any()
        }  # fmt: skip
        begins = starting(w, sorted(asks)) & ~starting(w, list(w.q.locks))
        found.append(begins & (w.paths.demand[:, skill] > w.paths.people[:, skill, :-1] + SLACK))
    return np.stack(found)


@rule
def money_is_within_the_budget_unless_promises_pass_it(w: World) -> Any:
    """Where a year ends in the red, nothing was spent but on those in training and on machines that stood there."""
    left, more = _left(w), np.zeros((len(w.paths.level), len(w.q.years)), dtype=bool)
    for name in ("projects", "core"):
        more |= by_year(w.paths, w.paths.spend[name]) > SLACK
    for h, kind in enumerate(w.q.sites.equipment):
        for y, ordered in enumerate(w.q.order_time):
            arrives = ordered + w.q.lead_time[kind]
            if arrives < w.q.horizon:
                before = w.paths.holding[:, h, arrives - 1] if arrives else w.q.sites.stock[h]
                more[:, y] |= w.paths.holding[:, h, arrives] > before
    for n, year in enumerate(w.q.intake.year):
        flow = w.q.programme.training[int(w.q.intake.flow[n])]
        if flow.cost > 0.0:
            more[:, year] |= w.paths.completed[:, n] > SLACK
    return (left < -SLACK) & more


@rule
def what_is_left_is_what_is_said(w: World) -> Any:
    return np.abs(_left(w) - w.futures.left) > SLACK


def _left(w: World) -> Floats:
    """Return the money left at the end of each year, worked out from the spending."""
    s, spent = w.q.programme.settings, by_year(w.paths, w.paths.money)
    budget = w.q.budget * w.futures.desk.cash["factor"]
    left, carry = np.zeros_like(spent), np.zeros(len(spent))
    for y in range(spent.shape[1]):
        left[:, y] = carry + s.over_programming * budget[:, y] - spent[:, y]
        carry = np.minimum(left[:, y], s.carry_over * budget[:, y])
    return left


@rule
def the_money_of_projects_is_that_of_each(w: World) -> Any:
    return np.abs(w.paths.project_spend.sum(axis=1) - w.paths.spend["projects"]) > SLACK


@rule
def nobody_spends_who_does_not_run(w: World) -> Any:
    return (w.paths.project_spend != 0.0) & ~w.paths.running


@rule
def nobody_begins_before_those_it_waits_for(w: World) -> Any:
    found = []
    for p, other, lag in w.q.links:
        if p in w.q.locks:
            continue
        futures, start = starts(w, p)
        ready = (w.futures.outcome[futures, other] == DELIVERED) & (w.paths.stopped[futures, other] + lag <= start)
        found.append(~ready)
    return found


@rule
def nobody_begins_below_a_needed_level(w: World) -> Any:
    found = []
    for p, k, level in w.q.prerequisites:
        if p not in w.q.locks:
            futures, start = starts(w, p)
            found.append(w.paths.usable[futures, k, start] < level - SLACK)
    return found


@rule
def nobody_begins_outside_its_window(w: World) -> Any:
    found = []
    for p in free(w):
        row, (_, start) = w.q.programme.projects[p], starts(w, p)
        time = w.q.calendar.time
        mode = w.q.programme.modes[int(w.o.projects["mode"][p])]
        found.append((start < 0) | (start + mode.duration > w.q.horizon))
        if row.earliest:
            found.append(start < time(row.earliest))
        if row.latest:
            found.append(start > time(row.latest))
        if w.d.option[p] >= 0:
            found.append(start > w.q.options.start[w.d.option[p]] + w.q.programme.settings.wait)
    return found


@rule
def everybody_runs_in_a_mode_of_its_own(w: World) -> Any:
    runs = w.paths.mode >= 0
    mine = np.where(runs, w.q.mode_project[w.paths.mode], np.arange(w.paths.mode.shape[1]))
    chosen = w.d.option >= 0
    planned = np.where(chosen, w.q.options.mode[w.d.option], -1)
    other = runs & chosen & (w.paths.mode != planned)
    began = w.paths.started < w.q.horizon
    return (mine != np.arange(mine.shape[1])) | other | (runs != began)


@rule
def what_is_locked_begins_when_it_is_locked_or_as_soon_as_there_is_room(w: World) -> Any:
    return [w.paths.started[:, p] < start for p, (_, start) in w.q.locks.items()]


@rule
def nobody_works_beyond_the_end(w: World) -> Any:
    return w.now["work"] > w.now["length"] + SLACK


@rule
def who_delivers_has_done_all_and_passed_every_gate(w: World) -> Any:
    delivered = w.futures.outcome == DELIVERED
    short = delivered & (np.abs(w.now["work"] - w.now["length"]) > SLACK)
    took = w.paths.stopped - w.paths.started
    quick = delivered & (took < w.now["length"] - SLACK)
    passes = _passes(w).all(axis=2)
    return short | quick | (delivered & ~passes) | ((w.futures.outcome == FAILED) & passes)


def _passes(w: World) -> Any:
    """Return whether each project passes each of its gates by its luck, (S, P, most gates)."""
    most = max([int(one["gates_end"] - one["gates"]) for one in w.o.projects], default=0)
    found = np.ones((*w.paths.started.shape, max(1, most)), dtype=bool)
    for p, one in enumerate(w.o.projects):
        if one["mode"] < 0:
            continue
        maturing = w.q.programme.modes[int(one["mode"])].maturing
        waited = np.maximum(w.paths.started[:, p], 0) / 4
        for g, row in enumerate(w.o.rows[one["gates"] : one["gates_end"]]):
            gate = w.futures.desk.gates[:, row["index"]]
            behind = -one["planned"] >= row["at"] * w.now["length"][:, p] - SLACK
            chance = 1 - (1 - gate["chance"]) * (1 - maturing) ** waited
            found[:, p, g] = (gate["luck"] < chance) | ((one["planned"] < 0) & behind)
    return found


@rule
def everybody_leaves_what_it_has_earned(w: World) -> Any:
    project, _, levels = w.q.gains
    status, whole = w.futures.outcome[:, project], np.zeros((len(w.paths.level), len(project)))
    runs = w.o.projects["mode"][project] >= 0
    whole[:, runs] = (levels * w.q.mode_gain[w.o.projects["mode"][project]])[runs]
    whole *= w.futures.desk.gains["factor"]
    now = w.now[:, project]
    kept = np.select(
        [status == DELIVERED, status == FAILED, status == ABANDONED],
        [1.0, now["failure_share"], now["failure_share"] * now["work"] / now["length"]],
        0.0,
    )
    return np.abs(w.paths.gained - whole * kept) > SLACK


@rule
def levels_follow_from_what_is_left(w: World) -> Any:
    """Between a state and the next: depreciation, what projects leave then, and no more core funding than planned."""
    project, capability, _ = w.q.gains
    keeps = 1.0 - w.paths.depreciation[:, :, None]
    added = np.zeros_like(w.paths.level)
    for g, (p, k) in enumerate(zip(project, capability, strict=True)):
        at = w.paths.delivered[:, p]
        there = np.flatnonzero(at <= w.q.horizon)
        added[there, k, at[there]] += w.paths.gained[there, g]
    more = w.paths.level[:, :, 1:] - keeps * w.paths.level[:, :, :-1] - added[:, :, 1:]
    most = w.q.restore_share[:, None] * w.paths.depreciation[:, :, None] * w.paths.level[:, :, :-1]
    return (more < -SLACK) | (more > w.d.restored + SLACK) | (more > most + SLACK)


@rule
def who_has_ended_says_when(w: World) -> Any:
    status, horizon = w.futures.outcome, w.q.horizon
    ended = np.isin(status, (DELIVERED, FAILED, ABANDONED))
    never = np.isin(status, (WAITING, DROPPED, BARRED))
    wrong = ended & ((w.paths.stopped <= w.paths.started) | (w.paths.delivered != w.paths.stopped))
    wrong |= never & ((w.paths.started != horizon) | (w.paths.stopped != horizon))
    wrong |= (status == RUNNING) & (w.paths.stopped != horizon)
    return wrong | (~ended & (w.paths.delivered != horizon + 1))


@rule
def nobody_moves_ahead_or_off_the_reserve_list_before_something_failed(w: World) -> Any:
    notes = w.futures.notes
    assert w.futures.noted.max() < notes.shape[1]
    real = np.arange(notes.shape[1]) < w.futures.noted[:, None]
    stops = real & (notes[..., 1] == STOPPED)
    first = np.where(stops, notes[..., 0], 10_000).min(axis=1)
    begins = np.where(w.paths.started < w.q.horizon, w.paths.started, 20_000)
    early = (begins < w.o.projects["planned"]) & (np.arange(begins.shape[1]) >= 0)
    return early & (begins < first[:, None])


@rule
def nothing_begins_without_its_suppliers(w: World) -> Any:
    limit, found = w.q.programme.settings.goes_on_without, []
    gone = w.q.supplied_until[:, None] < np.arange(w.q.horizon)
    out = w.futures.desk.out | gone
    for p in free(w):
        futures, start = starts(w, p)
        share = w.q.mode_suppliers[int(w.o.projects["mode"][p])]
        found.append(out[futures, :, start] @ share > limit + SLACK)
    return found


@rule
def who_is_barred_waited_for_one_that_did_not_deliver(w: World) -> Any:
    found = []
    for p in {p for p, _, _ in w.q.links}:
        before = [other for one, other, _ in w.q.links if one == p]
        lost = np.isin(w.futures.outcome[:, before], (FAILED, ABANDONED, DROPPED, BARRED)).any(axis=1)
        absent = bool((w.o.projects["mode"][before] < 0).any())
        found.append((w.futures.outcome[:, p] == BARRED) & ~lost & (not absent))
    return found


@rule
def who_is_given_up_has_stood_still_as_long_as_is_waited(w: World) -> Any:
    stopped, wait = w.paths.stopped, max(1, w.q.programme.settings.wait)
    quarters = np.arange(w.q.horizon)
    last = (quarters >= stopped[..., None] - wait) & (quarters < stopped[..., None])
    worked = (w.paths.project_spend > SLACK) & last
    return (w.futures.outcome == ABANDONED) & (worked.any(axis=2) | (stopped - w.paths.started < wait))


@rule
def people_are_never_fewer_than_none(w: World) -> Any:
    least = w.paths.people.min(axis=2)
    added = w.paths.completed.sum(axis=1)
    return (least < 0).any(axis=1) | (w.paths.people.sum(axis=1).max(axis=1) > w.q.people_start.sum() + added + SLACK)


@rule
def nothing_is_ordered_that_nobody_supplies(w: World) -> Any:
    found = []
    supply = w.q.programme.equipment_supply
    gone = (w.q.supplied_until[:, None] < np.arange(w.q.horizon)) | w.futures.desk.out
    for h, kind in enumerate(w.q.sites.equipment):
        makers = [w.q.programme.suppliers.position(row.supplier) for row in supply
                  if row.equipment == w.q.programme.equipment.ids[kind] and row.share > 0]  # fmt: skip
        if not makers:
            continue
        more = np.diff(w.paths.holding[:, h], axis=1, prepend=w.q.sites.stock[h]) > 0
        for t in range(w.q.horizon):
            ordered = t - w.q.lead_time[kind]
            found.append(more[:, t] & ((ordered < 0) | gone[:, makers, max(0, ordered)].all(axis=1)))
    return found


def broken(w: World, name: str) -> bool:
    found = RULES[name](w)
    return any(bool(np.any(part)) for part in (found if isinstance(found, list) else [found]))


@pytest.mark.parametrize("name", RULES)
def test_in_every_future(name: str) -> None:
    assert [w.name for w in worlds() if broken(w, name)] == []


def _counts() -> Iterator[tuple[str, int]]:
    every = worlds()
    for status in (RUNNING, DELIVERED, FAILED, DROPPED, BARRED, ABANDONED):
        yield f"status {status}", sum(int((w.futures.outcome == status).sum()) for w in every)
    yield "reserve", sum(int(((w.o.projects["reserve"] > 0) & (w.paths.mode >= 0)).sum()) for w in every)
    late = [(w.paths.started > w.o.projects["planned"]) & (w.paths.started < w.q.horizon) for w in every]
    yield "late", sum(int(found.sum()) for found in late)
    early = [(w.paths.started < w.o.projects["planned"]) & (w.paths.mode >= 0) & (w.d.option >= 0) for w in every]
    yield "early", sum(int(found.sum()) for found in early)
    yield "overdrawn", sum(int((w.futures.left < -SLACK).sum()) for w in every)
    yield "kept for a while", sum(int((w.paths.holding[:, :, -1].sum(axis=1) > 0).sum()) for w in every)


def test_everything_happens_somewhere() -> None:
    """A rule that is never put to the test holds for nothing."""
    assert len(worlds()) > 60
    assert [name for name, count in _counts() if count < 20] == []


def test_what_costs_nothing_goes_on_when_a_year_is_in_the_red() -> None:
    """A site that must be paid for takes more than is there; work that needs no money needs none of it."""
    q = Quantities(
        build(
            modes={"P": {"duration": 2, "cost_likely": 0}},
            skills=["S"],
            equipment={"E": {"site_cost": 4, "hosts": ("O",)}},
            equipment_stock=[("E", "HN", 1)],
            budget=5.0,
        )
    )
    d = decided(q, {"P": 0})
    o = orders(q, d)
    desk = expected(q, d, o)
    desk.cash["factor"] = 0.5
    assert simulate(q, o, desk).outcome.tolist() == [[DELIVERED]]
