"""What is carried out in every future: the plan's decisions, the order of priority, the reserve list, as plain arrays.

The execution is compiled and reads records only; ragged tables (the gates of a project, say) are laid out one after the
other in `Orders.rows`, with ``projects[p].gates`` to ``projects[p].gates_end`` saying which rows are those of p.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lotrinh.assessment.reserve import option_worth, ranked_reserve
from lotrinh.measures.paths import Decisions, follow
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.measures.quantities.options import spending_marks
from lotrinh.measures.quantities.supply import ROUNDING
from lotrinh.plan.plan import Plan

NEVER = 1_000_000
"""A quarter that never comes."""


ROW = np.dtype([("what", "u4"), ("index", "u4"), ("at", "f8"), ("amount", "f8")])
"""A row of a ragged table: what it speaks of, a position of its own, where in the work, how much.

What is only ever a position is without a sign here, as compiled code then need not ask whether it counts from the end.
"""
PROJECT = np.dtype(
    [(name, "i8") for name in ("mode", "planned", "reserve", "locked", "earliest", "give_up", "duration")]
    + [(name, "f8") for name in ("cost", "trend", "maturing", "planned_cost")]
    + [
        (f"{name}{end}", "u4")
        for name in ("gates", "marks", "people", "machines", "needs", "before", "relies", "gains")
        for end in ("", "_end")
    ]
)
CAPABILITY = np.dtype([(name, "f8") for name in ("level_start", "restore_share", "restore_cost")])
FLOW = np.dtype(
    [(name, "i8") for name in ("project", "duration")]
    + [(name, "f8") for name in ("alone", "cost", "teachers")]
    + [(name, "u4") for name in ("joins", "joins_end")]
)
INTAKE = np.dtype([("entry", "i8"), ("entrants", "f8")] + [(name, "u4") for name in ("intake", "flow", "skill")])
KIND = np.dtype(
    [("lead_time", "i8")]
    + [(name, "f8") for name in ("price", "upkeep", "site_cost")]
    + [(name, "u4") for name in ("supply", "supply_end")]
)
SITE = np.dtype([("stock", "f8"), ("hosts", "f8"), ("kind", "u4"), ("pool", "u4"), ("since", "i8")])
CLASS = np.dtype(
    [(name, "u4") for name in ("what", "efforts", "efforts_end", "enabled", "enabled_end")] + [("cost", "f8")]
)
YEAR = np.dtype(
    [("first", "i8"), ("end", "i8")]
    + [(name, "f8") for name in ("budget", "fixed", "migration")]
    + [("intakes", "u4"), ("intakes_end", "u4")]
)
RULES = np.dtype(
    [(name, "i8") for name in ("pools", "until", "wait", "ahead")]
    + [(name, "f8") for name in ("over", "carry_over", "goes_on_without")]
)


class Orders(NamedTuple):
    """Everything that execution needs to know beforehand, as records; sizes as in `Quantities`.

    Attributes
    ----------
    order: projects that may run, in the order of priority, (R,).
    projects: (P,) `mode` in which each would run, -1 where it may not; `planned` quarter; whether it is on the
        `reserve` list or `locked`; `earliest` quarter, and the last in which it still begins (`give_up`); duration,
        cost, trend and maturing of the mode; likely cost at the planned quarter; where its rows stand in `rows`.
    rows: chance of each gate (`at`, `index` its position among `gates`); share of the money spent by a point (`marks`);
        skill and FTE (`people`); pool and units (`machines`); capability and level (`needs`); predecessor and lag
        (`before`); supplier and share (`relies`); capability and levels (`gains`, `index` their row in the programme);
        quarters and FTE (`joins` of a flow); supplier and share (`supply` of a kind); skill and person-quarters
        (`efforts` of a class); project (`enabled`).
    foundations: capability (`what`) that rests on another (`index`) with a weight (`amount`), in order.
    known_gone: quarter from which each supplier is known not to supply, (suppliers,).
    intakes: those into which the plan lets somebody enter, by year; `intake` their position in the programme.
    bought, restored: as `Decisions` has them.
    classes: classes of migration by priority, `what` their position in the programme; `wanted` items that are to be
        migrated by the end of each quarter, (A, T).
    years: first quarter, the one after the last, budget, what the plan spends on everything but projects, on migration
        alone, and its intakes, (Y,).
    rules: one record of what holds for all.
    """

    order: Ints
    projects: Any
    rows: Any
    capabilities: Any
    foundations: Any
    people_start: Floats
    known_gone: Ints
    flows: Any
    intakes: Any
    kinds: Any
    sites: Any
    bought: Floats
    restored: Floats
    classes: Any
    wanted: Floats
    years: Any
    year_of: Ints
    rules: Any

    @property
    def gates(self) -> Any:
        """The rows of all gates, by their index."""
        first, last = self.projects["gates"], self.projects["gates_end"]
        return np.concatenate([self.rows[:0], *(self.rows[a:b] for a, b in zip(first, last, strict=True))])


def orders_of(
    plan: Plan,
    reserve: Sequence[tuple[int, int, int]] | None = None,
    order: Iterable[int] | None = None,
    ahead: bool = True,
) -> Orders:
    """Return the orders of a plan; see `orders`."""
    return orders(plan.quantities, plan.decisions, reserve, order, ahead)


def orders(
    q: Quantities,
    decisions: Decisions,
    reserve: Sequence[tuple[int, int, int]] | None = None,
    order: Iterable[int] | None = None,
    ahead: bool = True,
) -> Orders:
    """Return the orders that decisions come to.

    Parameters
    ----------
    reserve: (project, mode, last start) of the reserve list, best first; `ranked_reserve` where left out.
    order: projects in the order of priority; by planned quarter, then by worth for the money, the reserve list last,
        where left out.
    ahead: whether planned projects may begin before their quarter once another has failed.
    """
    chosen, size = decisions.chosen, len(q.programme.projects)
    if reserve is None:
        reserve = ranked_reserve(q, decisions)
    planned = np.full(size, NEVER)
    planned[q.options.project[chosen]] = q.options.start[chosen]
    if order is None:
        worth = _worth(q, decisions)
        first = sorted(q.options.project[chosen].tolist(), key=lambda one: (planned[one], -worth[one], one))
        order = [*first, *(project for project, _, _ in reserve)]
    rows: list[tuple[int, int, float, float]] = []
    projects = _projects(q, planned, {entry[0]: entry[1:] for entry in reserve}, decisions, rows)
    kinds, flows = _kinds(q, rows), _flows(q, rows)
    sites, pools = _sites(q, decisions)
    s = q.programme.settings
    rules = (pools, q.horizon, s.wait, int(ahead), s.over_programming, s.carry_over, s.goes_on_without + ROUNDING)
    capabilities = zip(q.level_start, q.restore_share, q.restore_cost, strict=True)
    intake, ends = q.intake, np.append(q.order_time[1:], q.horizon)
    there = np.flatnonzero(decisions.entrants > 0)
    there = there[np.argsort(intake.year[there], kind="stable")]
    entering = [(intake.entry[n], decisions.entrants[n], n, intake.flow[n], intake.skill[n]) for n in there]
    entry = np.searchsorted(intake.year[there], np.arange(len(q.years) + 1))
    classes = _classes(q, rows)
    years = zip(q.order_time, ends, q.budget, *_fixed(q, decisions), entry[:-1], entry[1:], strict=True)
    return Orders(
        order=np.array(list(order), dtype=np.int64),
        projects=projects,
        rows=np.array(rows, dtype=ROW),
        capabilities=np.array(list(capabilities), dtype=CAPABILITY),
        foundations=np.array([(k, j, 0.0, weight) for k, j, weight in q.foundations], dtype=ROW),
        people_start=q.people_start,
        known_gone=q.supplied_until + 1,
        flows=flows,
        intakes=np.array(entering, dtype=INTAKE),
        kinds=kinds,
        sites=sites,
        bought=decisions.bought,
        restored=decisions.restored,
        classes=classes,
        wanted=np.cumsum(decisions.migrated, axis=1),
        years=np.array(list(years), dtype=YEAR),
        year_of=q.year_of,
        rules=np.array([rules], dtype=RULES),
    )


Found = list[tuple[int, int, float, float]]


def _projects(
    q: Quantities, planned: Ints, reserve: Mapping[int, tuple[int, int]], decisions: Decisions, rows: Found
) -> Any:
    """Return the records of the projects, and append their rows."""
    p, s, time = q.programme, q.programme.settings, q.calendar.time
    found = np.zeros(len(p.projects), dtype=PROJECT)
    gates, gain_rows = 0, q.gains[1].tolist()
    for a, project in enumerate(p.projects):
        one, option = found[a], int(decisions.option[a])
        m = int(q.options.mode[option]) if option >= 0 else reserve.get(a, (-1, -1))[0]
        one["mode"], one["planned"], one["reserve"], one["locked"] = m, planned[a], a in reserve, a in q.locks
        if m < 0:
            continue
        mode = p.modes[m]
        one["earliest"] = max(0, time(project.earliest)) if project.earliest else 0
        latest = time(project.latest) if project.latest else NEVER
        waited = reserve[a][1] if a in reserve else planned[a] + s.wait
        supplied = int(q.goes_on[m].sum()) - mode.duration  # who is gone stays gone
        one["give_up"] = NEVER if a in q.locks else min(latest, q.horizon - mode.duration, supplied, waited)
        one["duration"], one["cost"] = mode.duration, mode.cost_likely
        one["trend"], one["maturing"] = mode.cost_trend, mode.maturing
        one["planned_cost"] = q.options.cost[option] if option >= 0 else 0.0
        at, chance, release = q.mode_gates[m]
        _add(one, "gates", rows, [(0, gates + n, *pair) for n, pair in enumerate(zip(at, chance, strict=True))])
        gates += len(at)
        _add(one, "marks", rows, [(0, 0, *pair) for pair in zip(*spending_marks(at, release), strict=True)])
        _add(one, "people", rows, _of(q.mode_people, m))
        pools = [(_pool(q, e, int(q.project_place[a])), 0, 0.0, units) for e, _, _, units in _of(q.mode_equipment, m)]
        _add(one, "machines", rows, pools)
        _add(one, "needs", rows, [(k, 0, 0.0, level) for b, k, level in q.prerequisites if b == a])
        _add(one, "before", rows, [(other, 0, 0.0, float(lag)) for b, other, lag in q.links if b == a])
        shares = q.mode_suppliers[m]
        _add(one, "relies", rows, [(int(c), 0, 0.0, float(shares[c])) for c in np.flatnonzero(shares)])
        mine = [
            (gain_rows[g], int(g), 0.0, float(q.gains[2][g] * q.mode_gain[m])) for g in np.flatnonzero(q.gains[0] == a)
        ]
        _add(one, "gains", rows, mine)
    return found


def _add(record: Any, name: str, rows: Found, more: Found) -> None:
    record[name], record[f"{name}_end"] = len(rows), len(rows) + len(more)
    rows.extend(more)


def _of(table: tuple[Ints, Ints, Floats], mode: int) -> Found:
    """Return the rows of one mode in a table of (mode, what, amount)."""
    mine = table[0] == mode
    return [(int(what), 0, 0.0, float(amount)) for what, amount in zip(table[1][mine], table[2][mine], strict=True)]


def _pool(q: Quantities, kind: int, place: int) -> int:
    """Return the pool of machines that a place uses: its own, or the country's where the kind is used from afar."""
    places = len(q.programme.places)
    return kind * (places + 1) + (places if q.programme.equipment[kind].remote else place)


def _kinds(q: Quantities, rows: Found) -> Any:
    p = q.programme
    found = np.zeros(len(p.equipment), dtype=KIND)
    found["lead_time"], found["price"] = q.lead_time, q.price
    found["upkeep"], found["site_cost"] = q.upkeep, q.site_cost
    for e, kind in enumerate(p.equipment.ids):
        supply = [row for row in p.equipment_supply if row.equipment == kind and row.share > 0]
        _add(found[e], "supply", rows, [(p.suppliers.position(row.supplier), 0, 0.0, row.share) for row in supply])
    return found


def _flows(q: Quantities, rows: Found) -> Any:
    p = q.programme
    found = np.zeros(len(p.training), dtype=FLOW)
    for w, flow in enumerate(p.training):
        one = found[w]
        one["project"] = p.projects.position(flow.project) if flow.project else -1
        one["duration"], one["cost"], one["teachers"] = flow.duration, flow.cost, flow.teachers
        one["alone"] = flow.intake_alone or 0.0
        _add(one, "joins", rows, [(int(after), 0, 0.0, float(fte)) for after, fte in zip(*q.joining[w], strict=True)])
    return found


def _sites(q: Quantities, decisions: Decisions) -> tuple[Any, int]:
    """Return the records of the sites, and how many pools there are."""
    found = np.zeros(len(q.sites.equipment), dtype=SITE)
    found["kind"], found["stock"] = q.sites.equipment, q.sites.stock
    found["hosts"] = (q.sites.stock + decisions.bought.sum(axis=1)) > 0
    for h, (kind, place) in enumerate(zip(q.sites.equipment.tolist(), q.sites.place.tolist(), strict=True)):
        found[h]["pool"] = _pool(q, kind, place)
    return found, max(1, len(q.programme.equipment) * (len(q.programme.places) + 1))


def _worth(q: Quantities, decisions: Decisions) -> Floats:
    """Return the worth for the money of what is chosen of each project, 0 where nothing is, shape (P,)."""
    found = np.zeros(len(q.programme.projects))
    chosen = decisions.chosen
    found[q.options.project[chosen]] = (option_worth(q) / np.maximum(q.options.cost, 1e-6))[chosen]
    return found


def _classes(q: Quantities, rows: Found) -> Any:
    """Return the records of the classes of migration, those first whose migration removes most for its effort."""
    worth = q.exposure_rate.sum(axis=1) / np.maximum(q.item_effort.sum(axis=1) + q.item_cost, 1e-9)
    found = np.zeros(len(q.items), dtype=CLASS)
    for one, a in zip(found, np.argsort(-worth, kind="stable").tolist(), strict=True):
        one["what"], one["cost"] = a, q.item_cost[a]
        effort = q.item_effort[a]
        _add(one, "efforts", rows, [(int(s), 0, 0.0, float(effort[s])) for s in np.flatnonzero(effort)])
        _add(one, "enabled", rows, [(project, 0, 0.0, 0.0) for b, project in q.enabling if b == a])
    return found


def _fixed(q: Quantities, decisions: Decisions) -> tuple[Floats, Floats]:
    """Return what the plan spends in each year on everything but projects, and on migration alone, (Y,), millions."""
    spend = follow(q, decisions).spend
    rest = sum(amount[0] for name, amount in spend.items() if name != "projects")
    found = [np.bincount(q.year_of, amount, len(q.years)).astype(float) for amount in (rest, spend["migration"][0])]
    return found[0], found[1]
