"""What there is to use, by quarter or year, and what each kind of work of each team uses of it."""

from __future__ import annotations

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

    A skill that the capacity sheet names nowhere is not limited; one that it names for others only is lacking.
    """
    position = has.position()
    known = {skill for _, skill in has.names}
    efforts_of: dict[str, list[tuple[str, float]]] = {}
    for kind, skill, effort in efforts.select("kind", "skill", "effort").iter_rows():
        efforts_of.setdefault(kind, []).append((skill, effort))
    costs_of = {kind: (cost, quarters) for kind, cost, quarters in costs.select("kind", "cost", "quarters").iter_rows()}
    rows: list[tuple[int, int, int, float]] = []
    lasts, lacking = [], []
    for c, (team, kind, elapsed) in enumerate(pairs):
        cost, quarters = costs_of.get(kind, (0.0, 1))
        left = max(1, quarters - elapsed)
        missing = ""
        for skill, amount in [*efforts_of.get(kind, []), (MONEY, cost)]:
            found = [position[owner, skill] for owner in {team, ALL} if (owner, skill) in position]
            if amount > 0 and not found and skill in known:
                missing = skill
            if amount > 0:
                rows.extend((c, r, offset, amount / quarters) for r in found for offset in range(left))
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


def joined(single: Uses, groups: Ints, classes: Ints, count: int) -> Uses:
    """Return `single` with one more class for each of `count` groups, whose members complete together.

    Parameters
    ----------
    groups, classes: group and class of each member, sorted by group.
    """
    if not count:
        return single
    lengths = np.diff(single.pointers)[classes]
    owner = np.repeat(groups, lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    entry = np.repeat(single.pointers[:-1][classes], lengths) + within
    wide = int(single.offset.max(initial=0)) + 1
    most = int(single.resource.max(initial=0)) + 1
    key, where = np.unique((owner * most + single.resource[entry]) * wide + single.offset[entry], return_inverse=True)
    amount = np.bincount(where, single.amount[entry], minlength=len(key))
    lasts = np.ones(count, np.int64)
    np.maximum.at(lasts, groups, single.lasts[classes])
    lacking = [""] * count
    for group, cls in zip(groups.tolist(), classes.tolist(), strict=True):
        lacking[group] = lacking[group] or single.lacking[cls]
    pointers = pointers_of(key // (most * wide), count)
    return Uses(
        np.concatenate([single.pointers, single.pointers[-1] + pointers[1:]]),
        np.concatenate([single.resource, key // wide % most]),
        np.concatenate([single.offset, key % wide]),
        np.concatenate([single.amount, amount]),
        np.concatenate([single.lasts, lasts]),
        (*single.lacking, *lacking),
    )


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
