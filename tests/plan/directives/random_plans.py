"""Random tiny programmes with partners, and every plan of one that is small enough.

`partnered(seed)` is the tiny programme of the oracle with suppliers, reliance, a frontier, products and partners added,
so that every rule of directives has something to say. `every_plan` lays out all plans of a programme without core
funding: the oracle says which of them keep the rules and what they are worth.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from tests.oracle.oracle import Course, Search, execute
from tests.oracle.tiny import FACTS, FEATURES, tiny
from tests.plan.builders import change_rows, option_of, with_rows

from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Quantities
from lotrinh.programme import entities as e
from lotrinh.programme.programme import Programme

MOST_PLANS = 600


def partnered(seed: int, core: bool = False) -> Programme:
    """Return the tiny programme of a seed with partners; without core funding unless asked for."""
    programme = tiny(seed)
    if not core:
        programme = FEATURES["core funding"](programme)
    dice = random.Random(f"partners {seed}")
    first = programme.settings.start.year

    def rows(table: str, row: type, facts: list[dict[str, Any]]) -> None:
        nonlocal programme
        programme = with_rows(programme, table, [row(**FACTS, **each) for each in facts])

    rows(
        "suppliers",
        e.Supplier,
        [
            {"supplier": "A", "kind": "country"},
            {"supplier": "A1", "kind": "firm", "country": "A"},
            {"supplier": "B1", "kind": "firm", "country": "B"},
            {"supplier": "B2", "kind": "firm", "country": "B"},
        ],
    )
    reliance = []
    for mode in programme.modes:
        left = 1.0
        for supplier in dice.sample(programme.suppliers.ids, dice.choice((0, 1, 1, 2, 3))):
            share = min(left, dice.choice((0.1, 0.3, 0.5, 0.9)))
            left -= share
            reliance.append({"mode": mode.mode, "supplier": supplier, "share": round(share, 3)})
    rows("reliance", e.Reliance, reliance)
    rows(
        "equipment_supply",
        e.EquipmentSupply,
        [
            {"equipment": kind, "supplier": supplier, "share": share}
            for kind in programme.equipment.ids
            for supplier, share in zip(("A", "A1", "B1"), dice.choice(((0.5, 0.3, 0.2), (0.3, 0.1, 0.4))), strict=True)
        ],
    )
    rows(
        "frontier",
        e.Frontier,
        [
            {"capability": k, "year": first - 3 + i, "level": level}
            for k in programme.capabilities.ids
            for i, level in enumerate(dice.choice(((0.5, 1, 1.5, 2, 2.5, 3), (1, 1, 1.5, 1.5, 2, 2.5), (2, 2.5, 4))))
        ],
    )
    programme = change_rows(programme, "fields", critical_mass=lambda row: row.critical_mass or 0.5)
    place = programme.places.ids[0]
    programme = with_rows(
        programme,
        "organisations",
        [*programme.organisations, e.Organisation(organisation="BIZ", kind="business", place=place, **FACTS)],
    )
    joined = [{"project": p, "organisation": "BIZ"} for p in programme.projects.ids if dice.random() < 0.5]
    rows("project_partners", e.ProjectPartner, joined)
    rows("project_goals", e.ProjectGoal, [{"project": p, "goal": "G1"} for p in programme.projects.ids
                                          if dice.random() < 0.5])  # fmt: skip
    products = [replace(row, product_en="a product" if dice.random() < 0.7 else "") for row in programme.projects]
    return with_rows(programme, "projects", products)


def random_decisions(q: Quantities, seed: int, core: bool = True) -> Decisions:
    """Return decisions at random, whatever the rules; core funding is within its limit."""
    dice = np.random.default_rng(seed)
    option = np.full(len(q.programme.projects), -1, dtype=np.int64)
    for p in range(len(option)):
        mine = np.flatnonzero(q.options.project == p)
        if len(mine) and dice.random() < 0.85:
            option[p] = dice.choice(mine)
    kinds = len(q.programme.capabilities)
    most = (q.restore_share * q.depreciation * q.level_start)[:, None] * np.ones(q.horizon)
    return replace(Decisions.nothing(q), option=option, restored=most * dice.random((kinds, q.horizon)) * core)


@dataclass(frozen=True)
class Whole:
    """One plan of a programme: what is decided, and how the oracle carries it out."""

    decisions: Decisions
    starts: dict[str, tuple[str, int]]
    course: Course


def every_plan(programme: Programme, scenario: str = "base", most: int = MOST_PLANS) -> list[Whole] | None:
    """Return every plan that keeps every rule; None where more than `most` would have to be tried."""
    q = Quantities(programme, scenario)
    starts = list(itertools.islice((
        {o.project: (o.mode, o.start) for o in chosen} for chosen in Search(programme, scenario).combinations()
    ), most + 1))  # fmt: skip
    intake, sites = q.intake, q.sites
    entering = [range(math.floor(limit + 1e-9) + 1) for limit in intake.most]
    units = [programme.equipment[int(kind)].units_max for kind in sites.equipment for _ in q.years]
    buying = [range(limit + 1) for limit in units]
    if len(starts) * math.prod(map(len, entering)) * math.prod(map(len, buying)) > most:
        return None
    found = []
    for chosen, entrants, bought in itertools.product(
        starts, list(itertools.product(*entering)), list(itertools.product(*buying))
    ):
        course = execute(programme, scenario, chosen, _entrants(q, entrants), _purchases(q, bought), {})
        if not course.broken:
            option = np.full(len(programme.projects), -1, dtype=np.int64)
            for mode, start in chosen.values():
                x = option_of(q, mode, start)
                option[q.options.project[x]] = x
            decisions = replace(
                Decisions.nothing(q),
                option=option,
                entrants=np.array(entrants, dtype=float),
                bought=np.array(bought, dtype=float).reshape(len(sites.equipment), len(q.years)),
            )
            found.append(Whole(decisions, chosen, course))
    return found


def _entrants(q: Quantities, numbers: tuple[int, ...]) -> dict[tuple[str, str, int], int]:
    p, intake = q.programme, q.intake
    return {
        (p.training.ids[intake.flow[i]], p.skills.ids[intake.skill[i]], q.years[intake.year[i]]): n
        for i, n in enumerate(numbers)
        if n
    }


def _purchases(q: Quantities, numbers: tuple[int, ...]) -> dict[tuple[str, str, int], int]:
    p, sites = q.programme, q.sites
    at = itertools.product(range(len(sites.equipment)), range(len(q.years)))
    return {
        (p.equipment.ids[sites.equipment[h]], p.places.ids[sites.place[h]], q.years[y]): n
        for (h, y), n in zip(at, numbers, strict=True)
        if n
    }


def small_programmes(
    seeds: range, most: int = MOST_PLANS, start: float = 1.0
) -> Iterator[tuple[int, Programme, list[Whole]]]:
    """Yield the programmes of these seeds that have plans and few enough of them: seed, programme, plans.

    `start` is the share of every level that is there at the start, and that is needed for a project: with less of it
    more of what is reached has been built.
    """
    for seed in seeds:
        programme = partnered(seed)
        programme = change_rows(programme, "capabilities", level_start=lambda row: row.level_start * start)
        programme = change_rows(programme, "prerequisites", level=lambda row: row.level * start)
        plans = every_plan(programme, most=most)
        if plans:
            yield seed, programme, plans
