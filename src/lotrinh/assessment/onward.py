"""The programme as it stands in one future at a date: what has begun is locked, what has failed is out, levels, people
and money are what they have become. It is planned again with the rules of every plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lotrinh.assessment.compiled import DELIVERED, FAILED, RUNNING
from lotrinh.assessment.orders import Orders
from lotrinh.assessment.simulate import Futures
from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.paths import Decisions, follow
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.measures.quantities.options import Options
from lotrinh.plan.columns import columns_of
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.linear import INFINITY, Axis, LinearForm
from lotrinh.plan.plan import Plan
from lotrinh.programme.change import Change
from lotrinh.programme.changes import changed
from lotrinh.programme.programme import Programme

DEAR = 0.1
"""Share of a plan's objective that all of a directive is worth where it can no longer be demanded."""
PAST = (
    "people",
    "equipment",
    "equipment_own",
    "training",
    "readiness",
    "precedence",
    "money",
    "capability_core",
    "security",
)
"""Rules that speak of single quarters or years: what was is no longer for a plan to keep."""


@dataclass(frozen=True)
class State:
    """Where one future stands at the start of a quarter.

    Attributes
    ----------
    at: the quarter, the first of a year.
    status: of each project, by the numbers of `compiled`, (P,).
    started, stopped: first quarter of each project, and the one after the last of those that have ended, (P,).
    work, gate, actual: quarters of work done, gates passed and cost of each project, (P,).
    level, people: course of every level and pool up to now, (K, at + 1) and (skills, at + 1).
    ordered: units really ordered at each site in each year before, (H, Y).
    migrated: work items really migrated of each class in each quarter before, (A, at).
    money: millions in hand for the year that begins; `purse` what of it was set aside for migration and not spent.
    """

    at: int
    status: Ints
    started: Ints
    stopped: Ints
    work: Floats
    gate: Ints
    actual: Floats
    level: Floats
    people: Floats
    ordered: Floats
    migrated: Floats
    money: float
    purse: float


def state(q: Quantities, o: Orders, futures: Futures, at: int) -> State:
    """Return where the one future of `futures`, executed up to `at`, stands; work and gates are those of that date."""
    paths, now = futures.paths, futures.desk.now[0]
    ordered = np.zeros_like(o.bought)
    year = int(q.year_of[at])
    for h, site in enumerate(o.sites):
        arrives = q.order_time[:year] + q.lead_time[site["kind"]]
        held = np.concatenate([[float(site["stock"])], paths.holding[0, h]])
        for y, quarter in enumerate(arrives.tolist()):
            if quarter < q.horizon:
                ordered[h, y] = held[quarter + 1] - held[quarter]
    s = q.programme.settings
    left = float(futures.left[0, year - 1]) if year else 0.0
    factor = futures.desk.cash["factor"][0]
    carry = min(left, s.carry_over * q.budget[year - 1] * factor[year - 1]) if year else 0.0
    return State(
        at=at,
        status=np.array(now["status"]),
        started=np.array(now["started"]),
        stopped=np.array(now["stopped"]),
        work=np.array(now["work"]),
        gate=np.array(now["gate"]),
        actual=np.array(now["actual"]),
        level=paths.level[0, :, : at + 1],
        people=paths.people[0, :, : at + 1],
        ordered=ordered,
        migrated=np.diff(paths.migrated[0, :, : at + 1], axis=1),
        money=carry + s.over_programming * float(q.budget[year]),
        purse=min(float(futures.desk.cash["purse"][0, year - 1]), max(0.0, carry)) if year else 0.0,
    )


class Onward(Quantities):
    """Quantities of a programme from the state of one future on; the horizon and its first quarter stay."""

    def __init__(self, programme: Programme, scenario: str, now: State, modes: Ints) -> None:
        super().__init__(programme, scenario)
        self.now = now
        begun = np.flatnonzero((now.status == RUNNING) | (now.status == DELIVERED)).tolist()
        lost = np.flatnonzero(now.status >= FAILED).tolist()
        self.lost = {p for p in lost if now.started[p] < self.horizon}
        locks = {p: (int(modes[p]), self._as_if_begun(p, int(modes[p]))) for p in begun}
        self.__dict__["locks"] = locks  # in place of the programme's own
        self.__dict__["mandatory"] = np.array(
            [(row.mandatory or p in locks) and p not in self.lost for p, row in enumerate(programme.projects)]
        )
        self.__dict__["options"] = self._options(super().options)

    def _as_if_begun(self, p: int, mode: int) -> int:
        """Return the start from which a likely duration would have ended just then, or come as far by now, or end with
        the horizon.
        """
        duration = self.programme.modes[mode].duration
        if self.now.status[p] == DELIVERED:
            return int(self.now.stopped[p] - duration)
        return int(min(self.now.at - min(duration - 1, int(self.now.work[p])), self.horizon - duration))

    def _starts(self, p: int, m: int, mode: object) -> Ints:
        found = Quantities._starts(self, p, m, mode)  # type: ignore[arg-type]
        if p in self.locks:
            return found
        return found[:0] if p in self.lost else found[found >= self.now.at]

    def _options(self, options: Options) -> Options:
        """Return the options with the chance that is left, and the cost that was agreed, of what has begun."""
        chance, cost = options.chance.copy(), options.cost.copy()
        for x in np.flatnonzero(options.locked).tolist():
            p, m = int(options.project[x]), int(options.mode[x])
            waited = max(int(self.now.started[p]), 0)
            gates = self.mode_gates[m][1][int(self.now.gate[p]) :]
            done = self.now.status[p] == DELIVERED
            duration = self.programme.modes[m].duration
            passes = float(self._chance(self.programme.modes[m], gates, np.array([waited]))[0])
            within = self.now.at + duration - int(self.now.work[p]) <= self.horizon
            chance[x] = 1.0 if done else passes * within
            cost[x] = self.now.actual[p]
        return replace(options, chance=chance, cost=cost)


def formulated(onward: Onward, decisions: Decisions) -> Formulation:
    """Return the formulation from a state on: the past is as it was, and only the future is decided.

    Parameters
    ----------
    decisions: the plan so far, in the options of `onward`.
    """
    now, q = onward.now, onward
    year = int(q.year_of[now.at])
    before = _settled(q, decisions, year)
    q.level_drift[:], q.people_drift[:] = 0.0, 0.0
    path = follow(q, before)
    added = path.level[0, :, 1:] - (1.0 - q.depreciation)[:, None] * path.level[0, :, :-1]
    real = now.level[:, 1:] - (1.0 - q.depreciation)[:, None] * now.level[:, :-1]
    q.level_drift[:, 1 : now.at + 1] = real - added[:, : now.at]
    joined = path.people[0, :, 1:] - (1.0 - q.loss)[:, None] * path.people[0, :, :-1]
    came = now.people[:, 1:] - (1.0 - q.loss)[:, None] * now.people[:, :-1]
    q.people_drift[:, 1 : now.at + 1] = came - joined[:, : now.at]
    spent = np.bincount(q.year_of, weights=path.money[0], minlength=len(q.years))
    over = q.programme.settings.over_programming
    q.budget[:year] = (spent[:year] + QUARTERS_PER_YEAR * q.site_cost.sum()) / over
    q.budget[year] = now.money / over
    found = formulate(q)
    v, form = found.variables, _freed(found.form, q, now.at, year)
    earlier = q.intake.entry < now.at
    past = [
        (v.entrants[earlier], before.entrants[earlier]),
        (v.bought[:, :year], before.bought[:, :year]),
        (v.restored[:, : now.at], before.restored[:, : now.at]),
        (v.migrates[:, : now.at], before.migrated[:, : now.at]),
    ]
    columns, values = (np.concatenate([part.ravel() for part in parts]) for parts in zip(*past, strict=True))
    found = replace(found, form=form.fixed(columns, values))
    return replace(found, form=_bearing(found, _nothing_new(q, before)))


def _nothing_new(q: Onward, before: Decisions) -> Decisions:
    """Return what is promised already: what has begun goes on, nothing else begins, nobody enters any more."""
    option = before.option.copy()
    option[[p not in q.locks for p in range(len(option))]] = -1
    year = int(q.year_of[q.now.at])
    entrants, bought, restored = before.entrants.copy(), before.bought.copy(), before.restored.copy()
    migrated = before.migrated.copy()
    entrants[q.intake.entry >= q.now.at] = 0.0
    bought[:, year:] = 0.0
    restored[:, q.now.at :] = 0.0
    migrated[:, q.now.at :] = 0.0
    return Decisions(option, entrants, bought, restored, migrated)


def _bearing(formulation: Formulation, promised: Decisions) -> LinearForm:
    """Return the form with the limits that what is promised passes already raised to it: fewer people than the running
    work asks for, say. Directives stay as they are.
    """
    form = formulation.form
    x = columns_of(formulation, follow(formulation.quantities, promised))
    activity = form.activity(x)
    low, high = np.minimum(form.row_low, activity), np.maximum(form.row_high, activity)
    for family in form.rows:
        if family.name.startswith("directive"):
            low[family.members], high[family.members] = form.row_low[family.members], form.row_high[family.members]
    return replace(form, row_low=low, row_high=high)


def _settled(q: Onward, decisions: Decisions, year: int) -> Decisions:
    """Return the decisions with what was really ordered before a year and migrated before now, no more of a class than
    is left, and what core funding its limit still allows.
    """
    bought = decisions.bought.copy()
    bought[:, :year] = q.now.ordered[:, :year]
    restored = decisions.restored.copy()
    limit = (q.restore_share * q.depreciation)[:, None] * q.now.level[:, :-1]
    restored[:, : q.now.at] = np.minimum(restored[:, : q.now.at], limit)
    migrated = decisions.migrated.copy()
    migrated[:, : q.now.at] = q.now.migrated
    done = np.minimum(np.cumsum(migrated, axis=1), q.items[:, None])
    return replace(decisions, bought=bought, restored=restored, migrated=np.diff(done, axis=1, prepend=0.0))


def _freed(form: LinearForm, q: Quantities, at: int, year: int) -> LinearForm:
    """Return the form with the rows of the past freed."""
    low, high = form.row_low.copy(), form.row_high.copy()
    quarters = {str(q.calendar.at(t)) for t in range(at)} | {str(y) for y in q.years[:year]}
    for family in form.rows:
        if family.name in PAST:
            gone = family.members[_past(family.axes, quarters)]
            low[gone], high[gone] = -INFINITY, INFINITY
    return replace(form, row_low=low, row_high=high)


def _past(axes: Sequence[Axis], quarters: set[str]) -> NDArray[np.bool_]:
    """Return which rows of a family carry a label of the past."""
    found = np.zeros(len(axes[0][1]), dtype=bool)
    for names, index in axes:
        found |= np.array([name in quarters for name in names])[index]
    return found


def softened(plan: Plan) -> Programme:
    """Return the programme with its hard directives soft: what has happened may have put one out of reach.

    To miss all of a directive costs `DEAR` of the plan's objective, so none is let go without need.
    """
    hard = [row for row in plan.programme.directives if row.kind == "hard"]
    made = []
    for row in hard:
        price = DEAR * abs(plan.objective) / max(abs(row.threshold), 1e-3)
        for column, value in (("kind", "soft"), ("price", f"{price:.6g}")):
            made.append(
                Change(table="directives", row=row.directive, column=column, change="set", value=value, reason="")
            )
    return changed(plan.programme, made) if made else plan.programme
