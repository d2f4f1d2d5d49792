"""What there is to use, by quarter or year, and what each kind of work of each team uses of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar
from lotrinh.plan.waves.compiled import SLACK, compiled, give, take
from lotrinh.plan.waves.condense import pointers_of
from lotrinh.register.sheets import ALL, MONEY, Capacity

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Resources:
    """Teams' skills by quarter and money by calendar year.

    Attributes
    ----------
    names: (team, skill) of each.
    buckets: (resources, T) place in `amounts` of each quarter; the quarters of a year share that of money.
    amounts: person-quarters, or millions, that there are.
    """

    names: tuple[tuple[str, str], ...]
    buckets: Ints
    amounts: Floats

    @property
    def room(self) -> Floats:
        """What rounding may overdraw of each amount."""
        return SLACK * (1.0 + self.amounts)

    @property
    def levels(self) -> Floats:
        """Return (resources,) the most that there is in any one quarter, or year where it is money."""
        return np.array([self.amounts[row].max(initial=0.0) for row in self.buckets])

    def position(self) -> dict[tuple[str, str], int]:
        """Return the number of each resource by its name."""
        return {name: at for at, name in enumerate(self.names)}


def resources(sheet: Sequence[Capacity], calendar: Calendar) -> Resources:
    """Return what a capacity sheet gives; of rows that hold for one quarter, that of the latest `from` counts."""
    names = tuple(sorted({(row.team or ALL, row.skill) for row in sheet}))
    position = {name: at for at, name in enumerate(names)}
    given = np.zeros((len(names), calendar.length))
    for row in sorted(sheet, key=lambda row: calendar.time(row.from_) if row.from_ else -(10**6)):
        first = max(0, calendar.time(row.from_)) if row.from_ else 0
        last = calendar.time(row.until) if row.until else calendar.length - 1
        given[position[row.team or ALL, row.skill], first : max(first, last + 1)] = row.amount
    buckets = np.empty((len(names), calendar.length), np.int64)
    amounts: list[float] = []
    for r, (_, skill) in enumerate(names):
        periods = [calendar.year_index(t) if skill == MONEY else t for t in range(calendar.length)]
        buckets[r] = len(amounts) + np.array(periods, np.int64)
        share = given[r] / QUARTERS_PER_YEAR if skill == MONEY else given[r]
        amounts.extend(np.bincount(periods, share))
    return Resources(names, buckets, np.array(amounts))


@dataclass(frozen=True)
class Uses:
    """What each class of nodes uses, spread evenly over the quarters that the work takes.

    Attributes
    ----------
    pointers: (classes+1,) where the entries of each class begin.
    resource, offset, amount: of each entry: how much of what, how many quarters before completion.
    lasts: (classes,) quarters that the work takes.
    lacking: (classes,) resource that a class needs and its team has none of, as text; empty where it has all.
    """

    pointers: Ints
    resource: Ints
    offset: Ints
    amount: Floats
    lasts: Ints
    lacking: tuple[str, ...]

    @property
    def entries(self) -> tuple[Ints, Ints, Ints, Floats]:
        """Entries as the compiled loops take them."""
        return self.pointers, self.resource, self.offset, self.amount


def uses(pairs: Sequence[tuple[str, str, int]], efforts: pl.DataFrame, costs: pl.DataFrame, has: Resources) -> Uses:
    """Return what work of each (team, kind, quarters at work before the horizon) uses.

    Work that needs more in a quarter than there ever is takes as many quarters as it then must: see `stretched`. A
    skill that the capacity sheet names nowhere is not limited; one that it names for others only is lacking.
    """
    position, levels = has.position(), has.levels
    known = {skill for _, skill in has.names}
    efforts_of: dict[str, list[tuple[str, float]]] = {}
    for kind, skill, effort in efforts.select("kind", "skill", "effort").iter_rows():
        efforts_of.setdefault(kind, []).append((skill, effort))
    costs_of = {kind: (cost, quarters) for kind, cost, quarters in costs.select("kind", "cost", "quarters").iter_rows()}
    rows: list[tuple[int, int, int, float]] = []
    lasts, lacking = [], []
    for c, (team, kind, elapsed) in enumerate(pairs):
        cost, quarters = costs_of.get(kind, (0.0, 1))
        missing = ""
        total: dict[int, float] = {}
        for skill, amount in [*efforts_of.get(kind, []), (MONEY, cost)]:
            found = [position[owner, skill] for owner in {team, ALL} if (owner, skill) in position]
            if amount > 0 and not found and skill in known:
                missing = skill
            total |= {r: total.get(r, 0.0) + amount for r in found if amount > 0}
        for r, amount in total.items():
            quarters = stretched(quarters, amount, float(levels[r]), has.names[r][1] == MONEY, has.buckets.shape[1])
        left = max(1, quarters - elapsed)
        rows.extend((c, r, offset, total[r] / quarters) for r in sorted(total) for offset in range(left))
        lasts.append(left)
        lacking.append(missing)
    table = np.array(rows, float).reshape(-1, 4)
    return Uses(
        pointers_of(table[:, 0].astype(np.int64), len(pairs)),
        table[:, 1].astype(np.int64),
        table[:, 2].astype(np.int64),
        np.ascontiguousarray(table[:, 3]),
        np.array(lasts, np.int64),
        tuple(lacking),
    )


def unnamed(items: pl.DataFrame, efforts: pl.DataFrame, sheet: Sequence[Capacity]) -> list[str]:
    """Return the skills that items need and the capacity sheet names nowhere; money may be without limit."""
    needed = efforts.filter(efforts["effort"] > 0).join(items, on="kind", how="semi")
    return sorted(set(needed["skill"]) - {row.skill for row in sheet})


def stretched(quarters: int, amount: float, level: float, money: bool, most: int) -> int:
    """Return how long work takes that needs `amount` of what there is `level` of in a quarter, or of money in a year.

    It is at least `quarters`, and as many more as keep its even use within the level; work that would not fit into
    `most` quarters keeps its own length, and cannot be done.
    """
    if level <= 0.0 or amount <= level * (1.0 if money else quarters):
        return quarters
    needed = math.ceil(amount / level * (QUARTERS_PER_YEAR if money else 1) * (1.0 - SLACK))
    return max(quarters, needed) if needed <= most else quarters


def joined(single: Uses, groups: Ints, classes: Ints, count: int, has: Resources) -> tuple[Uses, Ints]:
    """Return `single` with one more class for each of `count` groups, whose members complete together.

    A group that together needs more than there is takes longer, as one work item does (`stretched`). The second result
    says (members,) how long each takes.

    Parameters
    ----------
    groups, classes: group and class of each member, sorted by group.
    """
    lasts = single.lasts[classes]
    if not count:
        return single, lasts
    lengths = np.diff(single.pointers)[classes]
    member = np.repeat(np.arange(len(classes)), lengths)
    within = np.arange(len(member)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    entry = np.repeat(single.pointers[:-1][classes], lengths) + within
    last = single.offset[entry] == 0  # one entry of each resource
    member, entry = member[last], entry[last]
    resource, total = single.resource[entry], single.amount[entry] * lasts[member]
    most, levels = len(has.names), has.levels
    key, where = np.unique(groups[member] * most + resource, return_inverse=True)
    longest = np.ones(count, np.int64)
    for at, amount in zip(key.tolist(), np.bincount(where, total, minlength=len(key)).tolist(), strict=True):
        group, r = divmod(at, most)
        level, money = float(levels[r]), has.names[r][1] == MONEY
        longest[group] = stretched(int(longest[group]), amount, level, money, has.buckets.shape[1])
    lasts = np.maximum(lasts, longest[groups])
    wide = int(lasts.max(initial=1))
    again = np.repeat(np.arange(len(member)), lasts[member])
    offset = np.arange(len(again)) - np.repeat(np.cumsum(lasts[member]) - lasts[member], lasts[member])
    key, where = np.unique((groups[member] * most + resource)[again] * wide + offset, return_inverse=True)
    amount = np.bincount(where, (total / lasts[member])[again], minlength=len(key))
    slowest = np.ones(count, np.int64)
    np.maximum.at(slowest, groups, lasts)
    lacking = [""] * count
    for group, cls in zip(groups.tolist(), classes.tolist(), strict=True):
        lacking[group] = lacking[group] or single.lacking[cls]
    pointers = pointers_of(key // (most * wide), count)
    found = Uses(
        np.concatenate([single.pointers, single.pointers[-1] + pointers[1:]]),
        np.concatenate([single.resource, key // wide % most]),
        np.concatenate([single.offset, key % wide]),
        np.concatenate([single.amount, amount]),
        np.concatenate([single.lasts, slowest]),
        (*single.lacking, *lacking),
    )
    return found, lasts


def possible(used: Uses, has: Resources) -> NDArray[np.uint64]:
    """Return as bits in which quarters one node of each class fits at all; bit T, not in the horizon, always."""
    barred = np.array([bool(skill) for skill in used.lacking], np.bool_)
    found = _possible(used.entries, used.lasts, barred, has.buckets, has.amounts.copy(), has.room)
    return np.asarray(found, np.uint64)


@compiled
def _possible(entries: Any, lasts: Any, barred: Any, buckets: Any, left: Any, room: Any) -> Any:
    horizon = buckets.shape[1]
    found = np.zeros(len(lasts), np.uint64)
    for c in range(len(lasts)):
        bits = np.uint64(1) << np.uint64(horizon)
        for t in range(0 if barred[c] else lasts[c] - 1, 0 if barred[c] else horizon):
            if take(c, t, entries, buckets, left, room):
                give(c, t, entries, buckets, left)
                bits |= np.uint64(1) << np.uint64(t)
        found[c] = bits
    return found
