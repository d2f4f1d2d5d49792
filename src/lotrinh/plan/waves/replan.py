"""Waves again from how far items really are: what can stay in its quarter stays there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lotrinh.base.calendar import Calendar, Quarter
from lotrinh.plan.waves.dual import Dual, ascend, first_prices
from lotrinh.plan.waves.exchange import late, left_of
from lotrinh.plan.waves.problem import NEVER, Settings, Standing, Work, problem
from lotrinh.plan.waves.schedule import Watch, Waves, known_nodes, released, waves
from lotrinh.plan.waves.search import Search
from lotrinh.register.sheets import Capacity, Progress

if TYPE_CHECKING:
    from lotrinh.register.threat import Chance


@dataclass(frozen=True)
class Replanned:
    """A schedule made again, and the items that do not complete in the quarter that was planned."""

    waves: Waves
    moved: tuple[str, ...]


def standing_of(progress: Sequence[Progress], previous: Mapping[str, int], calendar: Calendar) -> Standing:
    """Return how far items are by a sheet of progress and the quarters of a previous schedule."""

    def time(row: Progress) -> int:
        return NEVER if row.quarter is None else calendar.time(row.quarter)

    by_state = {
        state: [row for row in progress if row.state == state] for state in ("done", "begun", "planned", "accepted")
    }
    planned = dict(previous) | {row.item: time(row) for row in by_state["planned"] if row.quarter is not None}
    done = {row.item: time(row) for row in by_state["done"]}
    begun = {row.item: 0 if row.quarter is None else time(row) for row in by_state["begun"]}
    accepted = frozenset(row.item for row in by_state["accepted"])
    settled = {*done, *begun, *accepted}
    planned = {item: at for item, at in planned.items() if at >= 0 and item not in settled}
    return Standing(done, begun, accepted, planned)


def previous_quarters(previous: Waves, calendar: Calendar) -> dict[str, int]:
    """Return when the items of a previous schedule complete, in quarters of `calendar`."""
    rows = previous.items.select("item", "end").iter_rows()
    return {item: calendar.time(Quarter.parse(end)) if end else calendar.length for item, end in rows}


def replan(
    work: Work,
    sheet: Sequence[Capacity],
    threat: Chance,
    settings: Settings,
    previous: Waves,
    progress: Sequence[Progress] = (),
    watch: Watch | None = None,
) -> Replanned:
    """Schedule again from `progress`; moving an item costs `settings.move`.

    A previous schedule that still holds every rule, and whose gap is no wider than it was or than asked, is kept whole.
    """
    calendar = settings.calendar
    quarters = previous_quarters(previous, calendar)
    standing = standing_of(progress, quarters, calendar)
    kept = _kept(work, sheet, threat, settings, standing, previous)
    made = kept or waves(work, sheet, threat, settings, standing, watch, dict(standing.planned))
    now = previous_quarters(made, calendar)
    moved = tuple(
        sorted(item for item, at in standing.planned.items() if now.get(item, at) != min(at, calendar.length))
    )
    return Replanned(replace(made, summary={**made.summary, "moved": len(moved), "move": settings.move}), moved)


def _kept(
    work: Work, sheet: Sequence[Capacity], threat: Chance, settings: Settings, standing: Standing, previous: Waves
) -> Waves | None:
    """Return the previous schedule under the present facts, where it still holds and is good enough."""
    p = problem(work, sheet, threat, settings, standing)
    expected = dict(standing.planned)
    nodes = known_nodes(work, p, expected)
    ids = work.items["item"].gather(p.item).to_list()
    member = np.array([expected.get(item, -1) for item in ids], np.int64)
    known = member >= 0
    if not (np.minimum(member, p.horizon) == np.repeat(nodes, np.diff(p.pointers)))[known].all() or not known.all():
        return None
    allowed = (p.allowed >> nodes.astype(np.uint64)) & np.uint64(1)
    if not allowed.all() or late(nodes, *p.before).any() or (left_of(p, nodes) < -p.has.room).any():
        return None
    found = Search(p, settings)
    found.offer(nodes, left_of(p, nodes))
    if p.digest == previous.summary.get("problem"):
        found.prove(min(float(previous.summary["bound"]), found.cost))
    else:
        dual = Dual(p)
        found.prove(dual.at(ascend(dual, 0.5 * first_prices(dual), 60)).safe)
    enough = max(settings.gap, float(previous.summary["gap"])) + 1e-9
    return released(work, sheet, settings, standing, p, found) if found.gap <= enough else None
