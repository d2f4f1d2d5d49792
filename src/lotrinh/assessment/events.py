"""What happened in one executed future, event by event: the notes of the execution, and why each was so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lotrinh.assessment import compiled as rules
from lotrinh.assessment.orders import NEVER, Orders
from lotrinh.assessment.security import done_at, safe_until
from lotrinh.assessment.simulate import Futures
from lotrinh.assessment.standing import REASONS, Standing
from lotrinh.assessment.stress import relied
from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.paths import Paths


@dataclass(frozen=True)
class Event:
    """Something that happened in one future.

    Attributes
    ----------
    time: quarter, counted from the start of the programme.
    quarter: the same, as it is written.
    kind: ``withdrawn``, ``cut``, ``qday``, ``runs``, ``begins``, ``passes``, ``fails``, ``delivers``, ``dropped``,
        ``barred``, ``abandoned``, ``halted``, ``slowed``, ``short``, ``deferred``, ``smaller``, ``unfinished``,
        ``migrates``, ``migrated``, ``unmigrated``.
    facts: ids and numbers.
    """

    time: int
    quarter: str
    kind: str
    facts: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"quarter": self.quarter, "kind": self.kind, **self.facts}


def events(orders: Orders, futures: Futures, planned: Paths, qday: float) -> list[Event]:
    """Return what happened in the one future of `futures`, executed with room for notes, in the order of quarters.

    Parameters
    ----------
    planned: the plan's own path.
    qday: quarter of Q-day, counted from the start of the programme.
    """
    reader = _Reader(orders, futures, planned)
    found = [*reader.luck(qday), *reader.notes(futures), *reader.intakes(), *reader.ends(), *reader.migration(qday)]
    return sorted(found, key=lambda one: (one.time, _FIRST.get(one.kind, 1)))


_FIRST = {"withdrawn": 0, "cut": 0, "qday": 0, "runs": 0, "unfinished": 2, "unmigrated": 3}
"""What stands first among the events of a quarter, and what last."""


@dataclass
class _Reader:
    """Reads one future; what is to be told later waits in the lists."""

    orders: Orders
    futures: Futures
    planned: Paths
    waits: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    passed: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    short: dict[int, list[Event]] = field(default_factory=dict)
    deferred: dict[int, Event] = field(default_factory=dict)
    small: set[tuple[int, int]] = field(default_factory=set)
    status: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.standing = Standing(self.orders, self.futures)
        self.q = self.futures.paths.quantities
        self.programme = self.q.programme
        self.now = self.standing.now

    def _event(self, t: int, kind: str, **facts: Any) -> Event:
        return Event(t, str(self.q.calendar.at(t)), kind, facts)

    def _at(self, t: int) -> str:
        return str(self.q.calendar.at(t))

    # What chance brings to all

    def luck(self, qday: float) -> Iterator[Event]:
        """Yield withdrawals, cuts of the budget and Q-day."""
        p, out = self.programme, self.futures.desk.out[0]
        used = [p.suppliers.position(id) for id in relied(self.q, self.orders)]
        for supplier in used:
            row = p.suppliers[supplier]
            state = [
                at for at in used if row.kind == "firm" and p.suppliers[at].kind == "country"
                and p.suppliers[at].country == row.country
            ]  # fmt: skip
            for first, end in _spans(out[supplier]):
                if any(out[at, first:end].all() for at in state):
                    continue
                reliant = [a for a in self.orders.order.tolist() if self._share(a, supplier) > 0]
                yield self._event(
                    first,
                    "withdrawn",
                    supplier=row.supplier,
                    until=self._at(end) if end < self.q.horizon else None,
                    rate=row.withdrawal_rate,
                    projects=[
                        p.projects.ids[a] for a in reliant if any(self.standing.runs(a, t) for t in range(first, end))
                    ],
                )
        for y, factor in enumerate(self.futures.desk.cash["factor"][0].tolist()):
            if factor != 1.0:
                amount = (1.0 - factor) * float(self.q.budget[y])
                yield self._event(
                    int(self.q.order_time[y]), "cut", year=self.q.years[y], share=1.0 - factor, amount=amount
                )
        if 0 <= qday < self.q.horizon:
            yield self._event(int(qday), "qday")
        for project in np.flatnonzero(self.now["started"] < 0).tolist():
            yield self._event(0, "runs", **self._work(project), since=self._at(int(self.now["started"][project])))

    def _share(self, project: int, supplier: int) -> float:
        return sum(float(row["amount"]) for row in self.standing.rows(project, "relies") if row["what"] == supplier)

    # What was noted

    def notes(self, futures: Futures) -> list[Event]:
        """Return what the notes tell; an event that lasts stands where it began."""
        found: list[Event] = []
        tell = {
            rules.BEGUN: self._begun,
            rules.WAITS: self._waits,
            rules.PASSED: self._passed,
            rules.STOPPED: self._stopped,
            rules.DONE: self._done,
            rules.HALTED: self._halted,
            rules.SLOWED: self._slowed,
            rules.DEFERRED: self._deferred,
            rules.SMALLER: self._smaller,
            rules.SHORT: self._short,
        }
        for t, what, whom, detail in futures.notes[0, : futures.noted[0]].tolist():
            if int(what) in tell:  # cuts are told with the rest of the luck
                found += tell[int(what)](int(t), int(whom), detail)
        return _together(found)

    def _project(self, project: int) -> dict[str, Any]:
        """Return which project an event is of, and how it is carried out."""
        one = self.orders.projects[project]
        return {
            "project": self.programme.projects.ids[project],
            "mode": self.programme.modes.ids[one["mode"]],
            "reserve": bool(one["reserve"]),
        }

    def _work(self, project: int) -> dict[str, Any]:
        """Return what chance made of the length and cost of a project, against what was likely."""
        one, start = self.orders.projects[project], max(0, int(self.now["started"][project]))
        return {
            **self._project(project),
            "quarters": int(self.now["length"][project]),
            "likely_quarters": int(one["duration"]),
            "cost": float(self.now["actual"][project]),
            "likely_cost": float(one["cost"] * (1.0 + one["trend"]) ** (start / QUARTERS_PER_YEAR)),
        }

    def _waited(self, project: int, until: int) -> list[dict[str, Any]]:
        """Return what a project waited for since its planned quarter, one after the other."""
        planned, every, found = int(self.orders.projects[project]["planned"]), self.waits.get(project, []), []
        for place, (noted, reason) in enumerate(every):
            since = max(noted, planned)
            end = every[place + 1][0] if place + 1 < len(every) else until
            if end > since:
                one = {"reason": REASONS[reason], "since": self._at(since), "until": self._at(end - 1)}
                found.append({**one, "what": self.standing.lacked(project, since, reason)})
                if reason == rules.LEVEL:
                    found[-1] |= self._levels(project, since)
        return found

    def _levels(self, project: int, t: int) -> dict[str, Any]:
        """Return the usable levels that a project needs, and those there are in a quarter."""
        ids, usable = self.programme.capabilities.ids, self.futures.paths.usable[0, :, t]
        rows = self.standing.rows(project, "needs")
        return {
            "needed": {ids[row["what"]]: float(row["amount"]) for row in rows},
            "there": {ids[row["what"]]: float(usable[row["what"]]) for row in rows},
        }

    def _begun(self, t: int, project: int, late: float) -> list[Event]:
        reserve = self.orders.projects[project]["planned"] == NEVER
        waited = [] if reserve else self._waited(project, t)
        found = [self._event(t, "begins", **self._work(project), late=None if reserve else int(late), waited=waited)]
        return [*found, *self._slowed(t, project, 0.0)] if self.standing.gone(project, t)[1] > 0 else found

    def _waits(self, t: int, project: int, reason: float) -> list[Event]:
        self.waits.setdefault(project, []).append((t, int(reason)))
        return []

    def _gate(self, project: int, number: int) -> dict[str, Any]:
        """Return a gate with its chance, in a world that matured while the project waited, and the number drawn."""
        one, row = self.orders.projects[project], self.standing.rows(project, "gates")[number - 1]
        drawn = self.futures.desk.gates[0, row["index"]]
        waited = max(0, int(self.now["started"][project])) / QUARTERS_PER_YEAR
        chance = 1.0 - (1.0 - float(drawn["chance"])) * (1.0 - float(one["maturing"])) ** waited
        return {"gate": number, "chance": chance, "drawn": float(drawn["luck"])}

    def _passed(self, t: int, project: int, number: float) -> list[Event]:
        gate = self._gate(project, int(number))
        self.passed.setdefault(project, []).append(gate)
        return [self._event(t, "passes", **self._project(project), **gate)]

    def _left(self, project: int) -> dict[str, Any]:
        """Return the levels that a project leaves, and what a full success would have left."""
        capabilities = self.programme.capabilities.ids
        rows = self.standing.rows(project, "gains")
        levels, factor = self.futures.desk.gains["levels"][0], self.futures.desk.gains["factor"][0]
        return {
            "levels": {capabilities[row["what"]]: float(levels[row["index"]]) for row in rows},
            "whole": {capabilities[row["what"]]: float(row["amount"] * factor[row["index"]]) for row in rows},
        }

    def _stopped(self, t: int, project: int, status: float) -> list[Event]:
        self.status[project] = int(status)
        if status == rules.DROPPED:
            last = self._at(int(self.orders.projects[project]["give_up"]))
            return [self._event(t, "dropped", **self._project(project), last=last, waited=self._waited(project, t))]
        if status == rules.BARRED:
            before = {int(row["what"]) for row in self.standing.rows(project, "before")}
            never = [a for a in before if self.orders.projects[a]["mode"] < 0 or self.status.get(a, 0) >= rules.FAILED]
            by = [self.programme.projects.ids[a] for a in sorted(never)]
            return [self._event(t, "barred", **self._project(project), by=by)]
        facts = {
            **self._project(project),
            "quarters": t + 1 - int(self.now["started"][project]),
            "freed": float(self.now["actual"][project] * (1.0 - self.now["done"][project])),
            **self._left(project),
        }
        if status == rules.FAILED:
            gate = self._gate(project, int(self.now["gate"][project]) + 1)
            return [self._event(t, "fails", **facts, **gate, passed=self.passed.get(project, []))]
        return [self._event(t, "abandoned", **facts, still=int(self.now["still"][project]))]

    def _done(self, t: int, project: int, _: float) -> list[Event]:
        planned = int(self.planned.stopped[0, project])
        reserve = self.orders.projects[project]["planned"] == NEVER
        return [
            self._event(
                t,
                "delivers",
                **self._project(project),
                quarters=t + 1 - int(self.now["started"][project]),
                late=None if reserve else t + 1 - planned,
                **self._left(project),
                passed=self.passed.get(project, []),
            )
        ]

    def _halted(self, t: int, project: int, lost: float) -> list[Event]:
        if lost < 0:
            return [self._event(t, "halted", **self._project(project), reason="money")]
        return [self._event(t, "halted", **self._project(project), reason="supplier", **self._without(project, t))]

    def _slowed(self, t: int, project: int, lost: float) -> list[Event]:
        return [self._event(t, "slowed", **self._project(project), **self._without(project, t))]

    def _without(self, project: int, t: int) -> dict[str, Any]:
        suppliers, share, _ = self.standing.gone(project, t)
        until = self.standing.halted_until(project, t)
        return {"suppliers": suppliers, "share": share, "until": self._at(until - 1)}

    def _short(self, t: int, project: int, pace: float) -> list[Event]:
        """Merge quarter after quarter of shortage into one event."""
        known = self.short.get(project, [])
        skill = self.standing.short(project, t)
        if known and known[-1].facts["until"] == self._at(t - 1) and known[-1].facts["skill"] == skill:
            facts = known[-1].facts
            facts["until"], facts["pace"] = self._at(t), min(facts["pace"], pace)
            return []
        ids = [self.programme.projects.ids[project]]
        found = self._event(t, "short", skill=skill, pace=pace, until=self._at(t), projects=ids)
        self.short.setdefault(project, []).append(found)
        return [found]

    def _deferred(self, t: int, site: int, reason: float) -> list[Event]:
        """Merge year after year in which the same machines cannot be bought into one event."""
        one = self.orders.sites[site]
        kind = self.programme.equipment.ids[one["kind"]]
        known = self.deferred.get(site)
        if known is not None and known.facts["reason"] == REASONS[int(reason)]:
            known.facts["until"] = self._at(t)
            return []
        found = self._event(
            t,
            "deferred",
            equipment=kind,
            place=self.programme.places.ids[self.q.sites.place[site]],
            reason=REASONS[int(reason)],
            until=self._at(t),
            price=float(self.futures.desk.price[0, one["kind"]]),
        )
        self.deferred[site] = found
        return [found]

    def _smaller(self, t: int, flow: int, part: float) -> list[Event]:
        self.small.add((t, flow))
        return []

    # What follows from the desk alone

    def intakes(self) -> Iterator[Event]:
        """Yield the intakes of which only a part could enter, by flow and year."""
        intakes, entered = self.orders.intakes, self.futures.desk.entered[0]
        for t, flow in sorted({(int(one["entry"]), int(one["flow"])) for one in intakes}):
            mine = np.flatnonzero((intakes["entry"] == t) & (intakes["flow"] == flow) & (entered["completes"] > 0))
            if not len(mine):
                continue
            part = float(entered["completed"][mine[0]] / entered["completes"][mine[0]])
            if part < 1.0 - rules.SLACK:
                people = float(intakes["entrants"][mine].sum())
                project = self.programme.training[flow].project if (t, flow) in self.small else ""
                yield self._event(
                    t,
                    "smaller",
                    flow=self.programme.training.ids[flow],
                    planned=people,
                    people=part * people,
                    reason="project" if project else "money",
                    project=project,
                )

    def ends(self) -> Iterator[Event]:
        """Yield the projects that are still at work at the end."""
        for project in np.flatnonzero(self.now["status"] == rules.RUNNING).tolist():
            share = float(min(1.0, self.now["work"][project] / self.now["length"][project]))
            last = self.q.horizon - 1
            yield self._event(
                last, "unfinished", **self._project(project), share=share, passed=self.passed.get(project, [])
            )

    def migration(self, qday: float) -> Iterator[Event]:
        """Yield when each class of migration begins and is done, or how much of it is left at the end."""
        q, paths, last = self.q, self.futures.paths, self.q.horizon - 1
        done, planned = done_at(paths)[0], done_at(self.planned)[0]
        safe = safe_until(q, [qday])[0]
        for a, row in enumerate(self.programme.migration):
            begins, plan = (int((one.migrated[0, a] <= rules.SLACK).sum()) - 1 for one in (paths, self.planned))
            facts = {"migration": row.migration, "items": row.items}
            if begins <= last:
                yield self._event(begins, "migrates", **facts, late=begins - plan if plan <= last else None)
            if 0 < done[a] <= q.horizon:
                late = int(done[a] - planned[a]) if planned[a] <= q.horizon else None
                safe_then = None if np.isnan(safe[a]) else bool(done[a] <= safe[a])
                yield self._event(int(done[a]) - 1, "migrated", **facts, late=late, in_time=safe_then)
            elif done[a]:
                never = [p for b, p in q.enabling if b == a and self.now["status"][p] != rules.DELIVERED]
                yield self._event(
                    last,
                    "unmigrated",
                    **facts,
                    migrated=float(paths.migrated[0, a, -1]),
                    planned=float(self.planned.migrated[0, a, -1]),
                    without=[self.programme.projects.ids[p] for p in never],
                )


def _together(found: list[Event]) -> list[Event]:
    """Return events in which projects that are short of the same people at the same time stand together."""
    kept: list[Event] = []
    known: dict[tuple[Any, ...], Event] = {}
    for one in found:
        if one.kind == "short":
            key = (one.time, one.facts["skill"], one.facts["until"], round(one.facts["pace"], 2))
            if key in known:
                known[key].facts["projects"] += one.facts["projects"]
                continue
            known[key] = one
        kept.append(one)
    return kept


def _spans(flags: Any) -> list[tuple[int, int]]:
    """Return first and end of every run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(flags, dtype=np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
