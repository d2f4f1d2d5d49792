"""The problem of waves in arrays: nodes that complete in a quarter each, what that costs and what it uses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar, Quarter
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.plan.waves.compiled import compiled
from lotrinh.plan.waves.condense import Forest, components, forest, needed, neighbours, pointers_of, ranks
from lotrinh.plan.waves.resources import Resources, Uses, joined, possible, resources, unnamed, uses
from lotrinh.register.exposure import profile, rate
from lotrinh.register.sheets import Capacity, Window

if TYPE_CHECKING:
    import polars as pl

    from lotrinh.register.threat import Chance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]

MOST_QUARTERS = 60
MOST_CURVES = 50_000
"""Profiles that are reckoned at a time."""
NEVER = -(10**6)
"""Quarter of what was done, or begun, before anybody counted."""


class Work(Protocol):
    """Work items as `lotrinh.register.items` describes them."""

    @property
    def items(self) -> pl.DataFrame:
        """Columns `items.ITEMS`."""

    @property
    def edges(self) -> pl.DataFrame:
        """Columns `items.EDGES`."""

    @property
    def efforts(self) -> pl.DataFrame:
        """Columns `items.EFFORTS`."""

    @property
    def costs(self) -> pl.DataFrame:
        """Columns `items.COSTS`."""

    @property
    def windows(self) -> Sequence[Window]:
        """Rows of the sheet of windows and freezes."""


@dataclass(frozen=True)
class Settings:
    """What a schedule of waves is asked for.

    Attributes
    ----------
    start, quarters: the horizon.
    hard: whether deadlines must be held; otherwise a quarter late costs `price`, in the unit of the exposure.
    terminal: years after the horizon for which what is not done by then stays exposed.
    move: price of completing an item in another quarter than `Standing.planned` says.
    time_limit, gap, seed: of the search.
    """

    start: Quarter
    quarters: int = 40
    hard: bool = False
    price: float = 0.0
    terminal: float = 5.0
    move: float = 0.0
    time_limit: float = 120.0
    gap: float = 0.01
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.quarters <= MOST_QUARTERS:
            raise UsageError(str(t("a schedule has from 1 to {most} quarters", most=MOST_QUARTERS)))

    @property
    def calendar(self) -> Calendar:
        """The quarters of the horizon."""
        return Calendar(self.start, self.quarters)


@dataclass(frozen=True)
class Standing:
    """How far items are, by their ids; quarters count from the start of the horizon and may be negative.

    Attributes
    ----------
    done: quarter in which an item was completed.
    begun: quarter in which an item that is at work was begun; its completion is fixed.
    accepted: items whose risk is borne: they are not done, and nobody waits for them.
    planned: quarter of completion in the previous schedule, from which moving has a price.
    """

    done: Mapping[str, int] = field(default_factory=dict)
    begun: Mapping[str, int] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    planned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Nodes are items, or groups of items that wait for each other; they stand in the order of their forest.

    Attributes
    ----------
    calendar: the horizon of T quarters; a completion of T means not in it.
    item: (members,) row of each member in the items, by node; `pointers` (n+1,) where those of each node begin.
    values, profiles, dues, planned: (members,) value, row of `curves`, last quarter due (T where none), previous
        quarter of completion (-1 where none).
    curves: (profiles, T+1) exposure of one unit of value completed at the end of each quarter.
    lengths: (members,) quarters from beginning to completion.
    classes, allowed: (n,) row of `used`, and quarters of completion as bits.
    before, waiting: (pointers, nodes) for whom each node waits, and who waits for it.
    rank: (n,) place in a topological order.
    tree: forest of the precedence, whose order is that of the nodes.
    terms: price of a quarter late, price of a move.
    out: (items,) true where an item is none of the problem: done already, or its risk accepted.
    """

    calendar: Calendar
    hard: bool
    item: Ints
    pointers: Ints
    values: Floats
    profiles: Ints
    dues: Ints
    planned: Ints
    curves: Floats
    lengths: Ints
    classes: Ints
    allowed: Bits
    used: Uses
    has: Resources
    before: tuple[Ints, Ints]
    waiting: tuple[Ints, Ints]
    rank: Ints
    tree: Forest
    terms: Floats
    out: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self.classes)

    @property
    def horizon(self) -> int:
        """Number of quarters T."""
        return self.calendar.length

    @cached_property
    def digest(self) -> str:
        """Hash of all that the least cost depends on, but for the price of moving."""
        found = hashlib.sha256(f"{self.calendar} {self.hard} {self.terms[0]}".encode())
        for part in (self.item, self.pointers, self.values, self.profiles, self.dues, self.curves, self.classes):
            found.update(np.ascontiguousarray(part).data)
        for other in (self.allowed, *self.used.entries, self.has.buckets, self.has.amounts, *self.before):
            found.update(np.ascontiguousarray(other).data)
        return found.hexdigest()

    @cached_property
    def nodes(self) -> tuple[Ints, Ints, Bits]:
        """Nodes as the compiled loops take them."""
        return self.pointers, self.classes, self.allowed

    @cached_property
    def members(self) -> tuple[Floats, Ints, Ints, Ints]:
        """Members as the compiled loops take them."""
        return self.values, self.profiles, self.dues, self.planned


def problem(
    work: Work, sheet: Sequence[Capacity], threat: Chance, settings: Settings, standing: Standing | None = None
) -> Problem:
    """Return the problem of scheduling `work` with the capacity of `sheet`.

    Raises
    ------
    UsageError
        Where the sheet names a skill nowhere that items need.
    """
    lacking = unnamed(work.items, work.efforts, sheet)
    if lacking:
        words = t("the capacity sheet has no row of {skills}, which work items need", skills=", ".join(lacking))
        raise UsageError(str(words))
    standing = standing or Standing()
    calendar, items = settings.calendar, work.items
    has = resources(sheet, calendar)
    ids = items["item"]
    out = _among(ids, [*standing.done, *standing.accepted])
    inside = np.flatnonzero(~out)
    place = np.full(len(ids), -1, np.int64)
    place[inside] = np.arange(len(inside))
    after, before = _edges(work, place)
    component = components(after, before, len(inside))
    count = int(component.max(initial=-1)) + 1
    links = np.unique(component[after] * np.int64(max(count, 1)) + component[before])
    after, before = links // max(count, 1), links % max(count, 1)
    after, before = after[after != before], before[after != before]
    kept = needed(after, before, count)
    after, before = after[kept], before[kept]
    found = forest(after, before, count)
    renamed = np.empty(count, np.int64)
    renamed[found.order] = np.arange(count)
    node = renamed[component]
    after, before = renamed[after], renamed[before]
    members = np.argsort(node, kind="stable")
    item, node = inside[members], node[members]
    chosen = items[item]
    elapsed = np.maximum(0, -_quarters(chosen["item"], standing.begun, 0))
    classes, lasts, used = _classes(chosen, work, has, node, count, elapsed)
    begun = _quarters(chosen["item"], standing.begun, NEVER)
    allowed = _allowed(chosen, work.windows, settings, lasts)
    fixed = np.clip(np.maximum(begun, 0) + lasts - 1, 0, calendar.length).astype(np.uint64)
    allowed = np.where(begun > NEVER, np.uint64(1) << fixed, allowed)
    pointers = pointers_of(node, count)
    bits = np.bitwise_and.reduceat(allowed, pointers[:-1]) if count else allowed
    profiles, curves = _curves(chosen, threat, settings)
    precedes, waiting = neighbours(after, before, count), neighbours(before, after, count)
    rank = np.asarray(ranks(*waiting, np.bincount(after, minlength=count)), np.int64)
    bits = bits & possible(used, has)[classes]
    tighten(bits, np.argsort(rank), *precedes, settings.hard, calendar.length)
    return Problem(
        calendar,
        settings.hard,
        item,
        pointers,
        np.where(chosen["function"].to_numpy() == "", 0.0, chosen["value"].to_numpy()).astype(float),
        profiles,
        np.minimum(_times(chosen["due"], calendar, calendar.length, -1), calendar.length),
        np.minimum(_quarters(chosen["item"], standing.planned, -1), calendar.length),
        curves,
        lasts + elapsed,
        classes,
        bits,
        used,
        has,
        precedes,
        waiting,
        rank,
        found,
        np.array([0.0 if settings.hard else settings.price, settings.move]),
        out,
    )


def _among(ids: pl.Series, some: Sequence[str]) -> NDArray[np.bool_]:
    return ids.is_in(list(some)).to_numpy()


def _quarters(ids: pl.Series, known: Mapping[str, int], otherwise: int) -> Ints:
    """Return the quarter known of each item, or `otherwise`."""
    import polars as pl

    if not known:
        return np.full(len(ids), otherwise, np.int64)
    names, quarters = pl.Series(known.keys(), dtype=pl.String), pl.Series(known.values(), dtype=pl.Int64)
    return ids.replace_strict(names, quarters, default=otherwise, return_dtype=pl.Int64).to_numpy()


def _times(quarters: pl.Series, calendar: Calendar, otherwise: int, least: int) -> Ints:
    """Return the time of each quarter, written ``2029Q4``, at least `least`; `otherwise` where it is empty."""
    import polars as pl

    names = quarters.unique().to_list()
    times = [max(least, calendar.time(Quarter.parse(name))) if name else otherwise for name in names]
    return quarters.replace_strict(names, times, return_dtype=pl.Int64).to_numpy() if names else np.empty(0, np.int64)


def _edges(work: Work, place: Ints) -> tuple[Ints, Ints]:
    """Return who waits for whom, as members; edges from or to what is out of the problem fall away."""
    import polars as pl

    known = pl.DataFrame({"id": work.items["item"], "at": place})
    ends = work.edges.join(known, left_on="item", right_on="id").join(
        known, left_on="after", right_on="id", suffix="_b"
    )
    ends = ends.filter((pl.col("at") >= 0) & (pl.col("at_b") >= 0)).sort("at", "at_b")
    return ends["at"].to_numpy().astype(np.int64), ends["at_b"].to_numpy().astype(np.int64)


def _classes(
    chosen: pl.DataFrame, work: Work, has: Resources, node: Ints, count: int, elapsed: Ints
) -> tuple[Ints, Ints, Uses]:
    """Return the class of each node, how long each member still takes, and what the classes use."""
    import polars as pl

    keys = chosen.select("team", "kind").with_columns(pl.Series("elapsed", elapsed))
    ranked = keys.select(pl.struct(pl.all()).rank("dense").alias("class")).to_series().to_numpy().astype(np.int64) - 1
    pairs = keys.unique().sort("team", "kind", "elapsed").rows()
    single = uses(pairs, work.efforts, work.costs, has)
    sizes = np.bincount(node, minlength=count)
    groups = np.flatnonzero(sizes > 1)
    grouped = sizes[node] > 1
    number = np.full(count, -1, np.int64)
    number[groups] = np.arange(len(groups))
    classes = np.where(number >= 0, number + len(pairs), 0)
    classes[node[~grouped]] = ranked[~grouped]
    lasts = single.lasts[ranked]
    used, lasts[grouped] = joined(single, number[node[grouped]], ranked[grouped], len(groups), has)
    return classes, lasts, used


def _allowed(chosen: pl.DataFrame, windows: Sequence[Window], settings: Settings, lasts: Ints) -> Bits:
    """Return in which quarters each member may complete by windows, release and, where hard, its due date."""
    calendar = settings.calendar
    names = sorted({name for name in chosen["calendar"].unique().to_list() if name})
    opened = {name: open_quarters(windows, name, calendar) for name in names}
    every = ~np.uint64(0)
    bits = chosen["calendar"].replace_strict(names, list(range(1, len(names) + 1)), default=0).to_numpy()
    window = np.array([every, *(_bits(opened[name]) for name in names)], np.uint64)[bits.astype(np.int64)]
    first = np.clip(_times(chosen["release"], calendar, 0, 0) + lasts - 1, 0, calendar.length).astype(np.uint64)
    found = window & (every << first)
    end = np.uint64(calendar.length)
    if not settings.hard:
        return np.asarray(found | (np.uint64(1) << end), np.uint64)
    due = np.clip(_times(chosen["due"], calendar, calendar.length, -1), -1, calendar.length)
    last = (np.uint64(1) << (due + 1).astype(np.uint64)) - np.uint64(1)
    found = found & last
    return np.asarray(np.where(due >= calendar.length, found | (np.uint64(1) << end), found), np.uint64)


def open_quarters(windows: Sequence[Window], name: str, calendar: Calendar) -> NDArray[np.bool_]:
    """Return (T,) in which quarters systems of the calendar called `name` may be changed."""
    rows = [row for row in windows if row.calendar == name]
    found = np.full(calendar.length, not any(row.open for row in rows))
    for row in sorted(rows, key=lambda row: not row.open):  # freezes are taken out of windows
        first, last = max(0, calendar.time(row.from_)), calendar.time(row.until)
        found[first : max(first, last + 1)] = row.open
    return found


def _bits(opened: NDArray[np.bool_]) -> np.uint64:
    return np.uint64(sum(1 << at for at in np.flatnonzero(opened).tolist()) | 1 << len(opened))


def _curves(chosen: pl.DataFrame, threat: Chance, settings: Settings) -> tuple[Ints, Floats]:
    """Return the profile of each member and exposure by quarter of completion; entry T is of what is not done."""
    import polars as pl

    keys = chosen.select("function", "shelf_life", "trust_life", "family")
    ranked = keys.select(pl.struct(pl.all()).rank("dense").alias("at")).to_series().to_numpy().astype(np.int64) - 1
    rows = keys.unique().sort("function", "shelf_life", "trust_life", "family").with_row_index("row")
    curves = np.zeros((len(rows), settings.quarters + 1))
    for (function, family), like in rows.group_by("function", "family"):
        if not function:
            continue
        for part in like.iter_slices(MOST_CURVES):
            at = part["row"].to_numpy()
            lives = [
                part[name].to_numpy()[:, None] for name in ("shelf_life", "trust_life")
            ]  # arrays broadcast in them
            facts: Any = (function, *lives, family, threat, settings.start, settings.quarters)
            curves[at, :-1] = profile(*facts)[..., 1:]
            curves[at, -1] = curves[at, -2] + settings.terminal * QUARTERS_PER_YEAR * rate(*facts)[..., -1]
    return ranked, curves


@compiled
def tighten(bits: Any, order: Any, pointers: Any, before: Any, hard: bool, horizon: int) -> None:
    """Take out of the allowed quarters those that precedence excludes; what is left with none may stay undone."""
    one = np.uint64(1)
    for v in order:
        for k in range(pointers[v], pointers[v + 1]):
            least = bits[before[k]] & (~bits[before[k]] + one)
            bits[v] &= ~(least - one)
        if bits[v] == 0 and not hard:
            bits[v] = one << np.uint64(horizon)
    for at in range(len(order) - 1, -1, -1):
        v = order[at]
        most = bits[v]
        for shift in (1, 2, 4, 8, 16, 32):
            most |= most >> np.uint64(shift)
        for k in range(pointers[v], pointers[v + 1]):
            bits[before[k]] &= most
