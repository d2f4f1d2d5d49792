r"""Machines at work are at most the machines there; kinds and sites stay within the national limits.

```{math}
\sum_{m\text{ at }l} \text{units}_{m,e}\,(z_{m,t} - z_{m,t-d_m}) \le \text{stock}_{e,l} +
\sum_{\text{first}(y)+\text{lead}_e \le t} b_{e,l,y}
\qquad \sum_y b_{e,l,y} \le \overline{b}_e\,h_{e,l}
\qquad \sum_{l,y} b_{e,l,y} \le \overline{b}_e - \text{stock}_e
\qquad \sum_l h_{e,l} \le \overline{h}_e
```

A project uses machines of its lead's place; a kind that can be used from afar is one national pool. Nothing is ordered
in a year in whose first quarter none of the suppliers of the kind supplies any more: the column ``b`` is held at 0.
"""

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, Family, LinearForm, grid
from lotrinh.plan.variables import Variables, at_work
from lotrinh.plan.words import TIME, Ids, Kind, Member, Slack, Words, named

TITLE = "Machines and the places that host them"


def _there(q: Quantities, ids: Ids) -> Text:
    e = q.programme.equipment.position(ids[0])
    kind = named(q, "equipment", ids[0])
    places = [named(q, "places", q.programme.places.ids[place]) for place in q.sites.place[q.sites.equipment == e]]
    if not places:
        return t("{kind} is there before it is used, and no place can host it", kind=kind)
    return t(
        "{kind} is there before it is used: {quarters} quarters from order to use, only at {places}",
        kind=kind,
        quarters=int(q.lead_time[e]),
        places=places,
    )


def _units(q: Quantities, ids: Ids) -> float:
    return float(q.programme.equipment.of(ids[0]).units_max)


def _sites(q: Quantities, ids: Ids) -> float:
    return float(q.programme.equipment.of(ids[0]).sites_max)


def _stand(q: Quantities, v: Variables, form: LinearForm, member: Member) -> list[Slack]:
    """Return that a unit stands at a place from the start: hosted there and counted among the units, yet not paid for.

    Where a pool has no site at all the unit stands there all the same.
    """
    p, e = q.programme, q.programme.equipment.position(member.ids[0])
    remote, size = p.equipment[e].remote, MACHINES.size(q, member.ids)
    families = {family.name: family for family in form.rows}
    _, needing, needed = q.mode_equipment
    high = float(np.ceil(needed[needing == e]).sum())
    use, pools = _rows(families["equipment"], (0, e), 1)
    own, owner = _rows(families.get("equipment_own"), (1, e), 0)
    home, guest = _rows(families.get("equipment_home"), (1, e), 0)
    found = []
    for pool in np.unique(pools):
        near = np.flatnonzero((q.sites.equipment == e) & (remote | (q.sites.place == pool)))
        eased = [use[pools == pool], own[remote | (q.project_place[owner] == pool)]]
        taken = np.array([families["equipment_units"].first + e])
        if not len(near):
            eased.append(home[remote | (q.project_place[guest] == pool)])
            found.append(_slack(member, eased, taken, size, high, pool, q))
        for site in near:
            hosts = np.append(taken, families["equipment_host"].first + site)
            found.append(_slack(member, eased, hosts, size, high, q.sites.place[site], q))
    return found


def _slack(
    member: Member, eased: list[Ints], taken: Ints, size: float, high: float, place: int, q: Quantities
) -> Slack:
    """Return the slack that eases rows by a unit each and takes a unit from others."""
    places, rows = q.programme.places, np.concatenate([*eased, taken])
    where = named(q, "places", places.ids[place]) if place < len(places) else t("any place")
    values = np.where(np.arange(len(rows)) < len(rows) - len(taken), -1.0, 1.0)
    return Slack(member, rows, values, size, high, whole=True, facts={"place": where})


def _rows(family: Family | None, at: tuple[int, int], other: int) -> tuple[Ints, Ints]:
    """Return the rows of a family with a label at (axis, position), and the positions of their labels on another."""
    if family is None:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    mine = family.axes[at[0]][1] == at[1]
    return family.members[mine], family.axes[other][1][mine]


MACHINES = Kind(
    "equipment",
    ("kind",),
    _there,
    t("{kind}: {amount} more at {place} from the start ({share})"),
    unit="unit",
    limit=_units,
    slacks=_stand,
)
UNITS = Kind(
    "equipment_units",
    ("kind",),
    t("at most {limit} units of {kind} in the country"),
    t("{to} units of {kind} are allowed instead of {limit} ({share})"),
    unit="unit",
    limit=_units,
    whole=True,
)
SITES = Kind(
    "equipment_sites",
    ("kind",),
    t("at most {limit} places host {kind}"),
    t("{to} places may host {kind} instead of {limit} ({share})"),
    unit="place",
    limit=_sites,
    whole=True,
)
WORDS = {
    "equipment": Words({"kind": "equipment", "place": "places", "quarter": TIME}, kind=MACHINES),
    "equipment_own": Words({"project": "projects", "kind": "equipment", "quarter": TIME}, kind=MACHINES),
    "equipment_home": Words({"project": "projects", "kind": "equipment"}, kind=MACHINES),
    "equipment_host": Words(
        {"kind": "equipment", "place": "places"}, t("{kind} is bought only for a place that hosts it: {place}")
    ),
    "equipment_units": Words({"kind": "equipment"}, kind=UNITS),
    "equipment_sites": Words({"kind": "equipment"}, kind=SITES),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add use against holding, purchases against hosting, and the national limits."""
    kinds = q.programme.equipment
    if not len(kinds):
        return
    _use(build, q, v)
    _own(build, q, v)
    sites = np.arange(len(q.sites.equipment))
    most = np.array([row.units_max for row in kinds], dtype=float)
    stock = np.bincount(q.sites.equipment, weights=q.sites.stock, minlength=len(kinds))
    axes = [(kinds.ids, q.sites.equipment), (q.programme.places.ids, q.sites.place)]
    build.add_rows(
        "equipment_host",
        axes,
        [(sites[:, None], v.bought, 1.0), (sites, v.hosts, -(most - stock)[q.sites.equipment])],
        high=0.0,
    )
    each = grid((kinds.ids, len(kinds)))
    build.add_rows("equipment_units", each, [(q.sites.equipment[:, None], v.bought, 1.0)], high=most - stock)
    places = np.array([row.sites_max for row in kinds], dtype=float)
    build.add_rows("equipment_sites", each, [(q.sites.equipment, v.hosts, 1.0)], high=places)


def _use(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each pool of machines and quarter: a place, or the country for a kind used from afar."""
    p, horizon = q.programme, q.horizon
    remote = np.array([row.remote for row in p.equipment])
    places = len(p.places)
    mode, kind, units = q.mode_equipment
    works = at_work(q, v, (mode, np.arange(len(mode)), units))
    place = np.where(remote, places, 0)[kind] + np.where(remote[kind], 0, q.project_place[q.mode_project[mode]])
    pool = kind * (places + 1) + place
    used = [(pool[member] * horizon + t, column, amount) for column, member, t, amount in works]
    site_place = np.where(remote[q.sites.equipment], places, q.sites.place)
    order, year, later = np.nonzero(
        np.arange(horizon)[None, None, :] >= q.order_time[None, :, None] + q.lead_time[q.sites.equipment][:, None, None]
    )
    held = (q.sites.equipment[order] * (places + 1) + site_place[order]) * horizon + later
    pools = np.unique(np.concatenate([row for row, _, _ in used]))
    stock = np.bincount(
        q.sites.equipment * (places + 1) + site_place, weights=q.sites.stock, minlength=len(p.equipment) * (places + 1)
    )
    there = np.isin(held, pools)
    build.add_rows(
        "equipment",
        [
            (p.equipment.ids, pools // horizon // (places + 1)),
            ([*p.places.ids, "national"], pools // horizon % (places + 1)),
            ([str(q.calendar.at(t)) for t in range(horizon)], pools % horizon),
        ],
        [
            *((np.searchsorted(pools, row), column, amount) for row, column, amount in used),
            (np.searchsorted(pools, held[there]), v.bought[order[there], year[there]], -1.0),
        ],
        high=stock[pools // horizon],
    )


def _own(build: Builder, q: Quantities, v: Variables) -> None:
    """Add, for each project and kind, that what it needs was there when it began, and that somebody hosts it.

    Whole starts imply these rows; they keep a relaxed project, spread thinly over many starts, from doing with a part
    of a
    machine.
    """
    p, horizon = q.programme, q.horizon
    remote = np.array([row.remote for row in p.equipment])
    mode, kind, units = q.mode_equipment
    able = v.begun.first[mode] <= v.begun.last[mode]
    mode, kind, units = mode[able], kind[able], units[able]
    project = q.mode_project[mode]
    pairs = np.unique(np.stack([project, kind], axis=1), axis=0)
    pairs = pairs[np.array([int(a) not in q.locks for a, _ in pairs], dtype=bool)]
    entries, hosted, index, stock, count = [], [], [], [], 0
    for pair, (a, e) in enumerate(pairs):
        mine = np.flatnonzero((project == a) & (kind == e))
        sites = np.flatnonzero((q.sites.equipment == e) & (remote[e] | (q.sites.place == q.project_place[a])))
        t = np.arange(int(v.begun.first[mode[mine]].min()), int(v.begun.last[mode[mine]].max()) + 1)
        row, member = (array.ravel() for array in np.indices((len(t), len(mine))))
        column, can = v.begun.by(mode[mine[member]], t[row])
        entries.append((row[can] + count, column[can], units[mine[member]][can]))
        row, year = np.nonzero((q.order_time + q.lead_time[e])[None, :] <= t[:, None])
        for site in sites:
            entries.append((row + count, v.bought[site, year], np.full(len(row), -1.0)))
        index.append((np.full(len(t), a), np.full(len(t), e), t))
        stock.append(np.full(len(t), float(q.sites.stock[sites].sum())))
        hosted.append((pair, v.begun.ever(mode[mine])[0], 1.0))
        hosted.append((pair, v.hosts[sites], -1.0))
        count += len(t)
    if not index:
        return
    a, e, t = (np.concatenate(column) for column in zip(*index, strict=True))
    quarters = [str(q.calendar.at(at)) for at in range(horizon)]
    axes = [(p.projects.ids, a), (p.equipment.ids, e), (quarters, t)]
    build.add_rows("equipment_own", axes, entries, high=np.concatenate(stock))
    build.add_rows("equipment_home", [(p.projects.ids, pairs[:, 0]), (p.equipment.ids, pairs[:, 1])], hosted, high=0.0)


def loosen(build: Builder, form: LinearForm, q: Quantities, v: Variables) -> list[tuple[Ints, Floats]]:
    """Leave the national limit of units to `equipment_units` alone; return columns and wider bounds.

    What a place that hosts may buy grows to all that anybody could need, in bounds and in `equipment_host`.
    """
    p, sites = q.programme, q.sites
    if not len(p.equipment):
        return []
    _, kind, units = q.mode_equipment
    needed = np.bincount(kind, weights=np.ceil(units), minlength=len(p.equipment))
    most = np.array([row.units_max for row in p.equipment], dtype=float)
    stock = np.bincount(sites.equipment, weights=sites.stock, minlength=len(p.equipment))
    more = (needed + np.maximum(stock - most, 0.0))[sites.equipment]
    build.add_entries(form.family("equipment_host").members, v.hosts, -more)
    return [(v.bought.ravel(), np.repeat(most[sites.equipment] + more, len(q.years)))]
