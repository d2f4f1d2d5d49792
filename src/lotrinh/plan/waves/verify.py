"""Checks a schedule row by row against the work itself, by other means than the search and without its arrays."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar, Quarter
from lotrinh.base.text import Text, t
from lotrinh.plan.waves.condense import components
from lotrinh.plan.waves.problem import Settings, Standing, Work
from lotrinh.register.sheets import ALL, MONEY, Capacity, Window

if TYPE_CHECKING:
    import polars as pl

TOLERANCE = 1e-6
SHOWN = 20


def verify(
    work: Work, sheet: Sequence[Capacity], settings: Settings, schedule: pl.DataFrame, standing: Standing | None = None
) -> list[Text]:
    """Return every rule that a schedule breaks, at most `SHOWN` of each kind; empty where it holds all.

    Parameters
    ----------
    schedule: columns item, start_at, end_at: quarters from the start of the horizon; null where not scheduled.
    """
    standing = standing or Standing()
    rows = _rows(work, sheet, settings.calendar, schedule, standing)
    return [
        *_complete(work, schedule, standing),
        *_times(work, settings, rows, standing),
        *_precedence(work, settings.calendar, rows, standing),
        *_capacities(work, sheet, settings.calendar, rows),
    ]


def _rows(
    work: Work, sheet: Sequence[Capacity], calendar: Calendar, schedule: pl.DataFrame, standing: Standing
) -> pl.DataFrame:
    """Return the scheduled items with what they need."""
    import polars as pl

    gone = [*standing.done, *standing.accepted]
    rows = work.items.select("item", "kind", "team", "calendar", "release", "due").join(
        schedule, on="item", how="inner"
    )
    rows = rows.filter(~pl.col("item").is_in(gone)) if gone else rows
    rows = rows.join(work.costs.select("kind", "cost", "quarters"), on="kind", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("quarters").fill_null(1), pl.col("cost").fill_null(0.0))
    rows = _stretched(rows, work, sheet, calendar)
    begun = pl.DataFrame(
        {"item": list(standing.begun), "begun": list(standing.begun.values())},
        schema={"item": pl.String, "begun": pl.Int64},
    )
    rows = rows.join(begun, on="item", how="left", maintain_order="left")
    return rows.filter(pl.col("end_at").is_not_null())


def _stretched(rows: pl.DataFrame, work: Work, sheet: Sequence[Capacity], calendar: Calendar) -> pl.DataFrame:
    """Return the rows with `quarters` so many that what an item, or a group that moves together, needs can be had.

    What needs `e` person-quarters of a skill of which there are never more than `c` takes at least ``e / c`` quarters;
    of money, four times as many, and only where a year's money is not enough. What would never fit is not stretched.
    """
    import polars as pl

    most: dict[tuple[str, str], float] = {}
    for owner, skill in {(row.team or ALL, row.skill) for row in sheet}:
        amounts: dict[int, float] = {}
        for time in range(calendar.length):
            slot, share = (calendar.at(time).year, 0.25) if skill == MONEY else (time, 1.0)
            amounts[slot] = amounts.get(slot, 0.0) + share * _amount(sheet, owner, skill, calendar.at(time))
        most[owner, skill] = max(amounts.values())
    needs: dict[str, list[tuple[str, float]]] = {}
    for kind, skill, effort in _needs(work).iter_rows():
        needs.setdefault(kind, []).append((skill, effort))

    def least(members: Sequence[tuple[str, str]]) -> int:
        used: dict[tuple[str, str], float] = {}
        for team, kind in members:
            for skill, effort in needs.get(kind, []):
                for owner in {team, ALL}:
                    used[owner, skill] = used.get((owner, skill), 0.0) + effort
        found = 1
        for (owner, skill), amount in used.items():
            level, per = most.get((owner, skill), 0.0), 4 if skill == MONEY else 1
            if level > 0.0 and not (skill == MONEY and amount <= level):
                wanted = ceil(amount / level * per * (1.0 - 1e-9))
                found = max(found, wanted) if wanted <= calendar.length else found
        return found

    alone = [(team, kind, least([(team, kind)])) for team, kind in rows.select("team", "kind").unique().iter_rows()]
    together = [(item, least(ring)) for ring, items in _rings(rows, work) for item in items]
    singles = pl.DataFrame(alone, {"team": pl.String, "kind": pl.String, "alone": pl.Int64}, orient="row")
    rings = pl.DataFrame(together, {"item": pl.String, "ring": pl.Int64}, orient="row")
    found = rows.join(singles, on=["team", "kind"], how="left", maintain_order="left")
    found = found.join(rings, on="item", how="left", maintain_order="left")
    return found.with_columns(pl.max_horizontal("quarters", "alone", "ring").alias("quarters")).drop("alone", "ring")


def _rings(rows: pl.DataFrame, work: Work) -> list[tuple[list[tuple[str, str]], list[str]]]:
    """Return (team, kind) and ids of the items that wait for each other, by ring."""
    edges = work.edges.join(rows, on="item", how="semi").join(rows, left_on="after", right_on="item", how="semi")
    while len(edges):  # what nobody waits for, or waits for nobody, is in no ring
        fewer = edges.join(edges, left_on="item", right_on="after", how="semi")
        fewer = fewer.join(fewer, left_on="after", right_on="item", how="semi")
        if len(fewer) == len(edges):
            break
        edges = fewer
    ids = edges["item"].unique().sort()
    place = {item: at for at, item in enumerate(ids)}
    after, before = (np.array([place[item] for item in edges[name]], np.int64) for name in ("item", "after"))
    number = components(after, before, len(ids))
    facts = {
        row[0]: (row[1], row[2])
        for row in rows.join(edges, on="item", how="semi").select("item", "team", "kind").rows()
    }
    found = []
    for ring in np.unique(number).tolist():
        items = [ids[int(at)] for at in np.flatnonzero(number == ring)]
        if len(items) > 1:
            found.append(([facts[item] for item in items], items))
    return found


def _needs(work: Work) -> pl.DataFrame:
    """Return what one item of each kind needs: kind, skill or money, effort."""
    import polars as pl

    need = work.efforts.select("kind", "skill", pl.col("effort").cast(pl.Float64))
    money = work.costs.select("kind", pl.lit(MONEY).alias("skill"), pl.col("cost").cast(pl.Float64).alias("effort"))
    return pl.concat([need, money]).filter(pl.col("effort") > 0)


def _complete(work: Work, schedule: pl.DataFrame, standing: Standing) -> list[Text]:
    import polars as pl

    wanted = set(work.items["item"]) - set(standing.done) - set(standing.accepted)
    found = schedule.group_by("item").len()
    twice = found.filter(pl.col("len") > 1)["item"].sort().to_list()
    missing = sorted(wanted - set(found["item"]))
    return [t("{item} stands in the schedule several times", item=item) for item in twice[:SHOWN]] + [
        t("{item} is missing in the schedule", item=item) for item in missing[:SHOWN]
    ]


def _times(work: Work, settings: Settings, rows: pl.DataFrame, standing: Standing) -> list[Text]:
    """Check length, horizon, release, windows and hard deadlines of every row."""
    calendar, found = settings.calendar, []
    opened = {name: _open(work.windows, name, calendar) for name in rows["calendar"].unique().to_list()}
    times = {
        name: calendar.time(Quarter.parse(name)) for key in ("release", "due") for name in rows[key].unique() if name
    }
    done: set[str] = set()
    for item, name, release, due, start, end, lasts, begun in rows.select(
        "item", "calendar", "release", "due", "start_at", "end_at", "quarters", "begun"
    ).iter_rows():
        done.add(item)
        if begun is not None:
            if end != max(begun, 0) + max(1, lasts - max(0, -begun)) - 1:
                found.append(t("{item} is at work and does not end when it must", item=item))
            continue
        if end - start + 1 != lasts:
            found.append(
                t("{item} takes {given} quarters, not {wanted}", item=item, given=end - start + 1, wanted=lasts)
            )
        if start < 0 or end >= calendar.length:
            found.append(t("{item} is not inside the horizon", item=item))
        elif release and start < times[release]:
            found.append(t("{item} is begun before {quarter}, when it can be", item=item, quarter=release))
        elif name and not opened[name][end]:
            found.append(t("{item} is changed in {quarter}, which is closed", item=item, quarter=calendar.at(end)))
        if settings.hard and due and end > times[due]:
            found.append(t("{item} is later than {quarter}, its deadline", item=item, quarter=due))
        if len(found) >= SHOWN:
            return found
    if settings.hard:
        gone = {*standing.done, *standing.accepted, *done}
        for item, due in work.items.select("item", "due").iter_rows():
            if due and item not in gone and calendar.time(Quarter.parse(due)) < calendar.length:
                found.append(t("{item} is not scheduled and has a deadline", item=item))
    return found[:SHOWN]


def _open(windows: Sequence[Window], name: str, calendar: Calendar) -> list[bool]:
    """Return of each quarter whether the calendar called `name` is open."""
    mine = [row for row in windows if row.calendar == name]
    some = any(row.open for row in mine)
    found = []
    for time in range(calendar.length):
        now = calendar.at(time)
        inside = [row.open for row in mine if row.from_ <= now <= row.until]
        found.append(False not in inside and (not some or True in inside))
    return found


def _precedence(work: Work, calendar: Calendar, rows: pl.DataFrame, standing: Standing) -> list[Text]:
    import polars as pl

    gone = [*standing.done, *standing.accepted]
    ends = work.items.select("item").join(rows.select("item", "end_at"), on="item", how="left")
    ends = ends.with_columns(pl.col("end_at").fill_null(calendar.length))
    if gone:
        ends = ends.with_columns(
            pl.when(pl.col("item").is_in(gone)).then(-(10**6)).otherwise(pl.col("end_at")).alias("end_at")
        )
        pairs = work.edges.filter(~pl.col("item").is_in(gone))
    else:
        pairs = work.edges
    pairs = pairs.join(ends, on="item").join(ends, left_on="after", right_on="item", suffix="_before")
    broken = pairs.filter(pl.col("end_at") < pl.col("end_at_before")).sort("item", "after").head(SHOWN)
    return [
        t("{item} is completed before {before}, for which it waits", item=item, before=before)
        for item, before in broken.select("item", "after").iter_rows()
    ]


def _capacities(work: Work, sheet: Sequence[Capacity], calendar: Calendar, rows: pl.DataFrame) -> list[Text]:
    """Add up effort and money by team and quarter, and compare with the sheet."""
    need = _needs(work)
    skills = {row.skill for row in sheet}
    counted = rows.group_by("team", "kind", "quarters", "start_at", "end_at").len().join(need, on="kind")
    used: dict[tuple[str, str, int], float] = {}
    found = []
    lacking: set[tuple[str, str]] = set()
    named = {(row.team or ALL, row.skill) for row in sheet}
    for team, quarters, start, end, count, skill, effort in counted.select(
        "team", "quarters", "start_at", "end_at", "len", "skill", "effort"
    ).iter_rows():
        owners = [owner for owner in {team, ALL} if (owner, skill) in named]
        if not owners and skill in skills:
            lacking.add((team, skill))
        for time in range(max(0, start), end + 1):
            slot = calendar.at(time).year if skill == MONEY else time
            for owner in owners:
                used[owner, skill, slot] = used.get((owner, skill, slot), 0.0) + count * effort / quarters
    for team, skill in sorted(lacking):
        found.append(t("{team} has no {skill}", team=team, skill=skill))
    for (owner, skill, slot), amount in sorted(used.items()):
        times = (
            [time for time in range(calendar.length) if calendar.at(time).year == slot] if skill == MONEY else [slot]
        )
        there = sum(_amount(sheet, owner, skill, calendar.at(time)) for time in times)
        there /= QUARTERS_PER_YEAR if skill == MONEY else 1
        if amount > there + TOLERANCE * (1.0 + there):
            when = slot if skill == MONEY else calendar.at(slot)
            found.append(
                t(
                    "{team} uses {used} of {skill} in {period} and has {capacity}",
                    team=owner,
                    used=amount,
                    skill=skill,
                    period=when,
                    capacity=there,
                )
            )
    return found[:SHOWN]


def _amount(sheet: Sequence[Capacity], team: str, skill: str, quarter: Quarter) -> float:
    """Return what the row of the latest `from` that holds in a quarter gives."""
    first = Quarter(0, 1)
    rows = [row for row in sheet if (row.team or ALL, row.skill) == (team, skill) and (row.from_ or first) <= quarter]
    rows = [row for row in rows if row.until is None or quarter <= row.until]
    return max(rows, key=lambda row: row.from_ or first).amount if rows else 0.0
