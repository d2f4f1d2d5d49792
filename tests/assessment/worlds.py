"""Programmes in which much can go otherwise than planned, and plans of them found at random, without a solver.

`chancy(seed)` is a programme of two to four projects over two to four years, with every kind of chance in it;
`moving(seed)` is the same with classes of cryptography to be migrated;
`random_plan` are decisions that keep every rule which execution holds to (not the critical mass of a field, what is
mandatory, or a directive: those are not for the executor to judge). `world` joins both with what came of them.
"""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.oracle.tiny import FACTS, supplied
from tests.plan.builders import change, change_rows, with_rows

from lotrinh.assessment.draws import Chances
from lotrinh.assessment.orders import Orders, orders
from lotrinh.assessment.simulate import Futures, simulate
from lotrinh.measures.paths import Decisions, Paths, by_year, follow
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.programme import entities as e
from lotrinh.programme.entities import MIGRATION_FUNCTIONS
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

CASES = Path(__file__).parents[2] / "cases"
EPS = 1e-9
NOTES = 400


def chancy(seed: int) -> Programme:
    """Return a programme of the oracle's, made longer, with a spread in everything that can have one."""
    dice, p = random.Random(f"chancy {seed}"), supplied(seed)
    start, length = p.settings.start, dice.randint(8, 14)
    old = p.settings.quarters
    cut = {"cut_chance": dice.choice((0, 0.3)), "cut_share": dice.choice((0.2, 0.6, 0.95))}
    p = change(p, quarters=length, wait=dice.randint(1, 5), **cut)
    quarter = sum(row.amount for row in p.budget if row.scenario == "base") / old
    years = [start.plus(t).year for t in range(length)]
    plenty = dice.choice((0.4, 0.7, 1.0))
    money = [
        e.Budget(scenario="base", year=year, amount=round(quarter * years.count(year) * plenty, 2), **FACTS)
        for year in sorted(set(years))
    ]
    p = with_rows(p, "budget", money)
    p = change_rows(p, "modes", duration=lambda row: row.duration * dice.choice((1, 1, 2)))
    p = change_rows(
        p,
        "modes",
        duration_p90=lambda row: row.duration + dice.choice((0, 1, 2, 4)),
        cost_low=lambda row: row.cost_likely * dice.choice((0.7, 1.0)),
        cost_high=lambda row: row.cost_likely * dice.choice((1.0, 1.4, 2.0)),
    )
    p = change_rows(
        p, "equipment", cost_low=lambda row: row.cost_likely * 0.8, cost_high=lambda row: row.cost_likely * 2
    )
    p = change_rows(
        p,
        "suppliers",
        kind=lambda row: "firm" if row.supplier in "BN" else "country",
        country=lambda row: "A" if row.supplier in "ABN" else row.supplier,
        withdrawal_rate=lambda row: dice.choice((0, 0.3, 1.0)),
        withdrawal_length=lambda row: dice.choice((1, 2, 5)),
        until=lambda row: row.until and row.until.plus(dice.randint(1, length - old)),
    )
    p = change_rows(
        p,
        "projects",
        earliest=lambda row: row.earliest and row.earliest.plus(dice.randint(0, 6)),
        latest=lambda row: row.latest and row.latest.plus(dice.randint(4, 7)),
    )
    ranges = [("modes", "duration"), ("gates", "chance"), ("gains", "levels"), ("capabilities", "depreciation"),
              ("skills", "loss"), ("training", "completion"), ("projects", "failure_share")]  # fmt: skip
    rows = [e.Uncertain(of=of, row="*", column=column, low=0.7, high=1.3, **FACTS) for of, column in ranges]
    return with_rows(p, "uncertain", rows)


def moving(seed: int) -> Programme:
    """Return a chancy programme that has one to three classes to migrate, with people, money, both or neither."""
    dice, p = random.Random(f"moving {seed}"), chancy(seed)
    classes = [
        e.Migration(
            migration=id,
            function=dice.choice(MIGRATION_FUNCTIONS),
            items=dice.choice((0, 1, 5, 40)),
            value=dice.choice((0.0, 0.1, 1.0)),
            shelf_life=dice.choice((0.0, 5.0)),
            trust_life=dice.choice((0.0, 3.0)),
            offset=dice.choice((0.0, -2.0)),
            cost=dice.choice((0.0, 0.02, 0.1)),
            projects=tuple(dice.sample(p.projects.ids, dice.choice((0, 1, 1, 2)))),
            **FACTS,
        )
        for id in ("MA", "MB", "MC")[: dice.randint(1, 3)]
    ]
    efforts = [
        e.MigrationSkill(migration=row.migration, skill=skill, effort=dice.choice((0.0, 0.02, 0.1, 0.4)), **FACTS)
        for row in classes
        for skill in p.skills.ids
    ]
    points = [(2.0, 0.2, 1.0, "soon"), (9.0, 0.9, 1.0, "soon"), (10.0, 0.3, 2.0, "late")]
    threat = [
        e.Threat(curve=curve, surveyed=2026.5, within=within, chance=chance, weight=weight, **FACTS)
        for within, chance, weight, curve in points
    ]
    return with_rows(with_rows(with_rows(p, "migration", classes), "migration_skills", efforts), "threat", threat)


# Plans


def keeps(q: Quantities, d: Decisions, paths: Paths, share: float = 1.0) -> bool:
    """True where decisions keep every rule that execution holds to, with a share of the money."""
    if (paths.demand > paths.people[..., :-1] + EPS).any() or not _machines(q, paths) or not _money(q, paths, share):
        return False
    start, end = np.full(len(d.option), -99), np.full(len(d.option), 10_000)
    project = q.options.project[d.chosen]
    start[project], end[project] = q.options.start[d.chosen], q.options.end[d.chosen]
    free = {int(p) for p in np.flatnonzero(d.option >= 0)} - set(q.locks)
    if any(end[other] + lag > start[p] for p, other, lag in q.links if p in free):
        return False
    if any(paths.usable[0, k, start[p]] < level - EPS for p, k, level in q.prerequisites if p in free):
        return False
    return all(_intake(q, d, start, w, y) for w in range(len(q.programme.training)) for y in range(len(q.years)))


def _machines(q: Quantities, paths: Paths) -> bool:
    use, held = paths.use[0], held_at(q, paths)[0]
    return all(
        (use[k].sum(axis=0) <= held[k].sum(axis=0) + EPS).all() if row.remote else (use[k] <= held[k] + EPS).all()
        for k, row in enumerate(q.programme.equipment)
    )


def held_at(q: Quantities, paths: Paths) -> Floats:
    """Return the units at each place, (S, E, places, T)."""
    found = np.zeros((len(paths.level), len(q.price), len(q.programme.places), q.horizon))
    for h, (kind, place) in enumerate(zip(q.sites.equipment, q.sites.place, strict=True)):
        found[:, kind, place] += paths.holding[:, h]
    return found


def _money(q: Quantities, paths: Paths, share: float) -> bool:
    s, carry = q.programme.settings, 0.0
    for spent, budget in zip(by_year(paths, paths.money)[0], q.budget, strict=True):
        left = carry + share * s.over_programming * budget - spent
        if left < -EPS:
            return False
        carry = min(left, s.carry_over * budget)
    return True


def _intake(q: Quantities, d: Decisions, start: Any, w: int, y: int) -> bool:
    flow = q.programme.training[w]
    mine = (q.intake.flow == w) & (q.intake.year == y)
    most = flow.intake_max
    if flow.project:
        p = q.programme.projects.position(flow.project)
        begun = d.option[p] >= 0 and start[p] <= q.order_time[y]
        most = most if begun else flow.intake_alone or 0.0
    return float(d.entrants[mine].sum()) <= most + EPS


def random_plan(q: Quantities, seed: int, tries: int = 4) -> Decisions | None:
    """Return decisions at random that keep the rules; None where not even the locks can be kept."""
    dice = random.Random(f"plan {seed}")
    option = np.full(len(q.programme.projects), -1, dtype=np.int64)
    for p, (mode, start) in q.locks.items():
        option[p] = np.flatnonzero((q.options.mode == mode) & (q.options.start == start))[0]
    sites, years = len(q.sites.equipment), len(q.years)
    bought = np.array([[dice.choice((0, 0, 1)) for _ in range(years)] for _ in range(sites)], dtype=float)
    entrants = np.array([float(dice.randint(0, int(most))) for most in q.intake.most])
    bought = bought.reshape(sites, years) * q.may_order[q.sites.equipment]
    d = dataclasses.replace(Decisions.nothing(q), option=option)
    if not keeps(q, d, follow(q, d)):
        return None
    decay = (q.restore_share * q.depreciation)[:, None] * follow(q, d).level[0, :, :-1]
    decay *= dice.choice((0.5, 1.0))
    for column, most, share in (("bought", bought, 0.4), ("entrants", entrants, 0.6), ("restored", decay, 0.7)):
        for part in (1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02):
            kept = np.vectorize(lambda _, part=part: dice.random() < part, otypes=[bool])(most)
            more = dataclasses.replace(d, **{column: most * kept})
            if keeps(q, more, follow(q, more), share):
                d = more
                break
    for p in _in_order(q, dice):
        mine = np.flatnonzero(q.options.project == p).tolist()
        for x in dice.sample(mine, min(tries, len(mine))) if d.option[p] < 0 else ():
            more = dataclasses.replace(d, option=np.where(np.arange(len(option)) == p, x, d.option))
            if keeps(q, more, follow(q, more)):
                d = more
                break
    return _migrating(q, d, random.Random(f"migration {seed}"))


def _migrating(q: Quantities, d: Decisions, dice: random.Random) -> Decisions:
    """Return the decisions with as much migration at random, after what enables it, as keeps the rules."""
    end = np.full(len(d.option), q.horizon)
    end[q.options.project[d.chosen]] = q.options.end[d.chosen]
    for a in range(len(q.items)):
        ready = max((int(end[project]) for b, project in q.enabling if b == a), default=0)
        course = np.array([dice.choice((0.0, 0.0, 1.0, 2.5)) for _ in range(q.horizon)]) * q.items[a] / 6.0
        course[: max(0, ready)] = 0.0
        course = np.diff(np.minimum(np.cumsum(course), q.items[a]), prepend=0.0)
        for part in (1.0, 0.7, 0.4, 0.2, 0.05, 0.01):
            migrated = d.migrated.copy()
            migrated[a] = part * course
            more = dataclasses.replace(d, migrated=migrated)
            if keeps(q, more, follow(q, more)):
                d = more
                break
    return d


def _in_order(q: Quantities, dice: random.Random) -> list[int]:
    """Return the projects at random, but each after its predecessors."""
    left = list(range(len(q.programme.projects)))
    dice.shuffle(left)
    return sorted(left, key=lambda p: len(q.ancestors[p]))


# What came of it


@dataclasses.dataclass(frozen=True)
class World:
    """A programme, a plan of it, and futures in which it is carried out."""

    name: str
    q: Quantities
    d: Decisions
    o: Orders
    futures: Futures

    @property
    def paths(self) -> Paths:
        return self.futures.paths

    @property
    def now(self) -> Any:
        return self.futures.desk.now


def world(name: str, q: Quantities, d: Decisions, size: int, seed: int = 0, uncertain: bool = False) -> World:
    o = orders(q, d)
    return World(name, q, d, o, simulate(q, o, Chances(q, o, seed, uncertain=uncertain).batch(0, size).desk, NOTES))


@functools.cache
def vietnam() -> tuple[Quantities, Decisions]:
    """Return the Vietnam case with a plan at random."""
    q = Quantities(load(CASES / "vietnam"))
    d = random_plan(q, 1, tries=12)
    assert d is not None
    return q, d


@functools.cache
def small() -> tuple[Quantities, Decisions]:
    """Return the small case with its best plan."""
    from tests.plan.solved import solved

    plan = solved("small", load(CASES / "small"))
    assert plan is not None
    return plan.q, plan.d


def chancy_plans(seeds: range, make: Callable[[int], Programme] = chancy) -> list[tuple[int, Quantities, Decisions]]:
    """Return the programmes of these seeds that have a plan, with it."""
    found = []
    for seed in seeds:
        q = Quantities(make(seed))
        d = random_plan(q, seed)
        if d is not None and len(d.chosen):
            found.append((seed, q, d))
    return found
