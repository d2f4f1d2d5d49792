"""The waves as a calendar that any calendar program reads (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotrinh.base.calendar import Quarter
from lotrinh.base.text import number, t
from lotrinh.base.version import VERSION
from lotrinh.register.outputs.extract import OURS, Extract, in_hand
from lotrinh.register.outputs.words import WORK, word

if TYPE_CHECKING:
    import polars as pl

_DAY = datetime.timedelta(days=1)
_FIRST = datetime.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of whole days, from `first` to `last`; `key` is what makes it the same event in a later export."""

    key: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    title: str
    text: str
    category: str


def calendar_bytes(x: Extract) -> bytes:
    """Return the calendar of `x`: waves, deadlines and freezes as events of whole days.

    Ids of events depend on the register's name and on what the event is, not on its figures: a later export brings the
    events that are there already up to date. The same extract gives the same bytes.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415

    stamp = datetime.datetime.combine(x.as_of, datetime.time(), datetime.UTC)
    found = Calendar()
    found.add("prodid", f"-//Lotrinh//Lotrinh {VERSION}//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", str(t("Waves: {name}", name=x.name)))
    for entry in entries(x):
        event = Event()
        event.add("uid", f"{uuid.uuid5(OURS, '|'.join((x.name, *entry.key)))}@lotrinh")
        event.add("dtstamp", stamp)
        event.add("last-modified", stamp)
        event.add("sequence", max((x.as_of - _FIRST).days, 0))
        event.add("dtstart", entry.first)
        event.add("dtend", entry.last + _DAY)
        event.add("summary", entry.title)
        event.add("description", entry.text)
        event.add("categories", [entry.category])
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return bytes(found.to_ical())


def entries(x: Extract) -> list[Entry]:
    """Return every event of the calendar, by its first day."""
    every = [*_waves(x), *_deadlines(x), *_freezes(x)]
    return sorted(every, key=lambda entry: (entry.first, entry.key))


def _waves(x: Extract) -> Iterator[Entry]:
    """Yield an event for each quarter, team and kind of work that goes on in it."""
    import polars as pl

    running = in_hand(x)
    effort = _effort(x, running)
    grouped = running.group_by("quarter", "team", "kind").agg(
        **{name: _sums(name) for name in ("begun", "done", "assets")}, items=pl.len()
    )
    for row in grouped.sort("quarter", "team", "kind").iter_rows(named=True):
        quarter, team, kind = row["quarter"], row["team"], row["kind"]
        lines = [
            str(t("Work items in hand: {count}", count=number(row["items"], 0))),
            str(t("Begun in this quarter: {count}", count=number(row["begun"], 0))),
            str(t("Done in this quarter: {count}", count=number(row["done"], 0))),
            str(t("Assets moved: {count}", count=number(row["assets"], 0))),
        ]
        for skill, amount in effort.get((quarter, team, kind), ()):
            lines.append(str(t("{skill}: {amount} person-quarters", skill=skill, amount=number(amount, 1))))
        first, last = days(Quarter.parse(quarter))
        title = t(
            "{team}: {kind} ({count})", team=team or t("all"), kind=word(WORK, kind), count=number(row["items"], 0)
        )
        yield Entry(("wave", quarter, team, kind), first, last, str(title), "\n".join(lines), str(t("Wave")))


def _effort(x: Extract, running: pl.DataFrame) -> dict[tuple[str, str, str], list[tuple[str, float]]]:
    """Return likely person-quarters by skill for each quarter, team and kind, spread evenly over its quarters."""
    import polars as pl

    keys = ["quarter", "team", "kind"]
    shares = running.group_by(keys).agg(share=pl.col("part").sum())
    rows = shares.join(x.efforts, on="kind").with_columns(effort=pl.col("share") * pl.col("effort"))
    found: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    for quarter, team, kind, skill, effort in rows.sort(*keys, "skill").select(*keys, "skill", "effort").iter_rows():
        found.setdefault((quarter, team, kind), []).append((skill, effort))
    return found


def _deadlines(x: Extract) -> Iterator[Entry]:
    """Yield an event on the last day of each quarter in which a policy falls due."""
    import polars as pl

    rows = x.items.filter(pl.col("due") != "").join(x.waves.select("item", "end"), on="item", how="left")
    done = (pl.col("end") <= pl.col("due")).fill_null(False)
    grouped = rows.group_by("due", "policy").agg(items=pl.len(), held=done.sum()).sort("due", "policy")
    titles = {row["policy"]: row["title"] for row in x.rules.iter_rows(named=True)}
    for due, policy, items, held in grouped.iter_rows():
        last = days(Quarter.parse(due))[1]
        lines = [titles[policy]] if titles.get(policy) else []
        lines.append(str(t("Work items due: {count}", count=number(items, 0))))
        if x.scheduled:
            lines.append(str(t("Done by then as planned: {count}", count=number(held, 0))))
            lines.append(str(t("Not done by then: {count}", count=number(items - held, 0))))
        title = t("Deadline: {policy}", policy=policy or t("without a policy"))
        yield Entry(("deadline", due, policy), last, last, str(title), "\n".join(lines), str(t("Deadline")))


def _freezes(x: Extract) -> Iterator[Entry]:
    """Yield an event for each time in which systems may, or may not, be changed."""
    held: dict[str, list[str]] = {}
    for system in x.systems:
        held.setdefault(system.calendar, []).append(system.system)
    for window in x.windows:
        systems = sorted(held.get(window.calendar, ()))
        text = str(t("Systems: {count}", count=number(len(systems), 0)))
        category = t("Window for changes") if window.open else t("Freeze")
        title = str(t("{what}: {calendar}", what=category, calendar=window.calendar))
        first, last = days(window.from_)[0], days(window.until)[1]
        key = ("window" if window.open else "freeze", window.calendar, str(window.from_), str(window.until))
        yield Entry(key, first, last, title, text, str(category))


def days(quarter: Quarter) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of a quarter."""
    after = quarter.plus(1)
    first, then = (datetime.date(each.year, 3 * each.quarter - 2, 1) for each in (quarter, after))
    return first, then - _DAY


def _sums(column: str) -> pl.Expr:
    import polars as pl

    return pl.col(column).cast(pl.Int64).sum()
