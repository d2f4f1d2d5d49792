"""Planning again on the way: at chosen dates the state of a future becomes locks, and the programme is planned anew.

The value of re-planning is that of a future continued under its new plans, less that of the same future, with the same
luck, under the plan as it was. The past is carried out again just as it was: what has begun is begun in its quarter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lotrinh.assessment.assessment import Spread
from lotrinh.assessment.compiled import RUNNING, WAITING
from lotrinh.assessment.desk import Desk
from lotrinh.assessment.draws import Draws
from lotrinh.assessment.onward import Onward, State, formulated, softened, state
from lotrinh.assessment.orders import NEVER, Orders, orders, orders_of
from lotrinh.assessment.outcomes import Job, cut
from lotrinh.assessment.sampling import BATCH
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, simulate
from lotrinh.assessment.spread import spread
from lotrinh.assessment.stress import stressed_draws
from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.columns import decisions_of
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import scorecard
from lotrinh.plan.search import search
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.programme import Programme

FUTURES = 16
SECONDS = 10.0
GAP = 0.005
SAMPLE = 256
"""Futures in which a new plan is tried from a state on before it is adopted."""
BEGUN_THEN = 2
"""How a project is locked that began in the past of a future: unlike what the data lock it obeys every other rule."""
IMAGINED = 1_000_000
"""Batches from which their luck comes: far from those that are assessed."""


@dataclass(frozen=True)
class Replanned:
    """What planning again at some dates is worth.

    Attributes
    ----------
    dates: first quarters of the years in which the programme is planned again.
    kept, renewed: value of each future under the plan as it was, and planned again, (N,), weighted level-years.
    adopted: share of the new plans that were adopted: those that promise more than the plan as it was.
    missed: hard directives that the new plans miss, in which share of the plannings: what has happened has put them out
        of reach, or made them too dear.
    without: share of the plannings that found no plan within their time, so that the plan stayed as it was.
    """

    dates: tuple[str, ...]
    kept: Floats
    renewed: Floats
    adopted: float
    missed: dict[str, float]
    without: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "dates": list(self.dates),
            "futures": len(self.kept),
            "kept": Spread.of(self.kept).as_dict(),
            "renewed": Spread.of(self.renewed).as_dict(),
            "gain": Spread.of(self.renewed - self.kept).as_dict(),
            "adopted": self.adopted,
            "missed": self.missed,
            "without": self.without,
        }


def replan(
    plan: Plan,
    dates: Sequence[str],
    settings: AssessmentSettings | None = None,
    seconds: float = SECONDS,
    watch: Callable[[int, int], None] | None = None,
) -> Replanned:
    """Return what planning again at each of `dates` is worth over the first futures of an assessment.

    An interrupt keeps the futures that are done.

    Parameters
    ----------
    dates: quarters such as ``2029Q1``, each the first of its year, in order.
    settings: as in `assess`; every future is planned again on its own, so a few dozen of them take minutes.
    seconds: time limit of one planning.
    watch: called with how many futures are done, and of how many.

    Raises
    ------
    UsageError
        If a date is not the first quarter of a year of the programme after its first.
    KeyboardInterrupt
        If it is interrupted before the first future is done.
    """
    settings = settings or AssessmentSettings(futures=FUTURES)
    times = tuple(_time(plan.quantities, date) for date in sorted(dates))
    work = _Replanning(plan, softened(plan), settings, times, seconds)
    found = []
    try:
        for one in spread(work, range(settings.futures), settings.engine, settings.workers):
            found.append(one)
            if watch is not None:
                watch(len(found), settings.futures)
    except KeyboardInterrupt:
        if not found:
            raise
    kept, renewed, adopted, without = (np.array([one[at] for one in found], dtype=float) for at in range(4))
    plannings = len(found) * max(1, len(times))
    loose = Counter(directive for one in found for directive in one[4])
    shares = {directive: loose[directive] / plannings for directive in sorted(loose)}
    shared = [float(one.sum()) / plannings for one in (adopted, without)]
    return Replanned(tuple(sorted(dates)), kept, renewed, shared[0], shares, shared[1])


def _time(q: Quantities, date: str) -> int:
    try:
        found = q.calendar.time(Quarter.parse(date))
    except ValueError:
        found = -1
    if found <= 0 or found not in q.order_time.tolist():
        words = t("{date} is not the first quarter of a year of the programme after its first", date=date)
        raise UsageError(str(words))
    return found


@dataclass(frozen=True)
class _Replanning:
    """Plans one future again at every date: picklable, and the same wherever it is done."""

    plan: Plan
    soft: Programme
    settings: AssessmentSettings
    times: tuple[int, ...]
    seconds: float

    def __call__(self, future: int) -> tuple[float, float, int, int, list[str]]:
        """Return the value of a future as planned and planned again, new plans adopted, plannings that found none,
        directives missed.
        """
        q, decisions, now = self.plan.quantities, self.plan.decisions, orders_of(self.plan)
        kept = float(value(self._run(now, future).paths)[0])
        own: Quantities = q
        adopted, without, loose = 0, 0, list[str]()
        for at in self.times:
            stands = state(q, now, self._run(now, future, at), at)
            found, own_then, missed = self._again(own, decisions, now, stands)
            loose += sorted(missed)
            if found is None:
                without += 1
                continue
            then = merged(now, orders(own_then, found), stands)
            if self._promises(then, now, stands, future) > 0.0:
                now, decisions, own, adopted = then, found, own_then, adopted + 1
        return kept, float(value(self._run(now, future).paths)[0]), adopted, without, loose

    def _run(self, o: Orders, future: int, until: int | None = None) -> Futures:
        job = Job(self.plan.quantities, o, self.settings)
        return simulate(self.plan.quantities, job.stressed, self._draws(o, future).desk, until=until)

    def _draws(self, o: Orders, future: int) -> Draws:
        """Return what chance brings to one future under some orders."""
        q = self.plan.quantities
        batch, at = divmod(future, BATCH)
        draws = stressed_draws(self.settings.scenario, q, Job(q, o, self.settings).chances.batch(batch, at + 1))
        return replace(draws, desk=cut(draws.desk, slice(at, at + 1)))

    def _promises(self, then: Orders, now: Orders, stands: State, future: int) -> float:
        """Return what new orders promise beyond the old ones from a state on, in futures with luck of their own."""
        q = self.plan.quantities
        worth = []
        for o in (then, now):
            past = self._draws(o, future)
            job = Job(q, o, replace(self.settings, sampler="random"))  # so far on there are no Sobol' numbers
            ahead = stressed_draws(self.settings.scenario, q, job.chances.batch(IMAGINED + future, SAMPLE))
            worth.append(value(simulate(q, job.stressed, _from_now(past.desk, ahead.desk, o, stands, q)).paths))
        return float((worth[0] - worth[1]).mean())

    def _again(
        self, own: Quantities, decisions: Decisions, o: Orders, now: State
    ) -> tuple[Decisions | None, Quantities, set[str]]:
        """Plan again from a state; return the hard directives that are missed from there on, too."""
        settings = PlanSettings(time_limit=self.seconds, gap=GAP, threads=1, seed=self.settings.seed)
        onward = Onward(self.soft, self.plan.quantities.scenario, now, o.projects["mode"])
        start = carried_over(own, onward, decisions)
        formulation = formulated(onward, start)
        solution = search(formulation, settings, start=start)
        if solution.x is None:
            return None, own, set()
        found = decisions_of(formulation, solution.x)
        hard = {row.directive for row in self.plan.programme.directives if row.kind == "hard"}
        missed = {one.directive.directive for one in scorecard(follow(onward, found)) if not one.held[0]}
        return found, onward, missed & hard


def _from_now(past: Desk, ahead: Desk, o: Orders, stands: State, q: Quantities) -> Desk:
    """Return futures that share the past of one and have luck of their own from a state on.

    What has begun keeps its cost and the gates behind it; how long it still takes is drawn anew, beyond the work done.
    Prices and the real values of uncertain numbers stay: they have shown themselves already.
    """
    at, year = stands.at, int(q.year_of[stands.at])
    for p in np.flatnonzero((stands.started < at) & (stands.status != WAITING)).tolist():
        one = o.projects[p]
        ahead.now["cost"][:, p] = past.now["cost"][0, p]
        if stands.status[p] == RUNNING:
            longer = np.maximum(ahead.now["length"][:, p], np.floor(stands.work[p]) + 1.0)
            ahead.now["length"][:, p] = longer
        else:
            ahead.now["length"][:, p] = past.now["length"][0, p]
        gates = o.rows["index"][one["gates"] : one["gates_end"]]
        behind = gates[: stands.gate[p] + (stands.status[p] != RUNNING)]
        ahead.gates[:, behind] = past.gates[0, behind]
    earlier = o.intakes["entry"] < at
    ahead.entered[:, earlier] = past.entered[0, earlier]
    ahead.price[:], ahead.decay[:], ahead.loss[:] = past.price[0], past.decay[0], past.loss[0]
    ahead.gains["factor"][:] = past.gains["factor"][0]
    ahead.now["failure_share"][:] = past.now["failure_share"][0]
    ahead.leave[:, :, :at] = past.leave[0, :, :at]
    ahead.out[:, :, :at] = past.out[0, :, :at]
    ahead.cash["factor"][:, :year] = past.cash["factor"][0, :year]
    if past.qday[0] < at:
        ahead.qday[:] = past.qday[0]
    else:  # what has not come yet comes later, or never
        later = ahead.qday[ahead.qday >= at]
        ahead.qday[:] = np.resize(later, len(ahead.qday)) if len(later) else np.inf
    return ahead


def carried_over(own: Quantities, onward: Onward, decisions: Decisions) -> Decisions:
    """Return the decisions of the plan so far in the options of `onward`: late projects as soon as may be."""
    option = np.full(len(decisions.option), -1, dtype=np.int64)
    options = onward.options
    for p, x in enumerate(decisions.option.tolist()):
        mine = np.flatnonzero(options.project == p)
        if p in onward.locks:
            option[p] = mine[0]
        elif x >= 0:
            same = mine[options.mode[mine] == own.options.mode[x]]
            later = same[options.start[same] >= own.options.start[x]]
            if len(later):
                option[p] = later[options.start[later].argmin()]
    return replace(decisions, option=option)


def merged(before: Orders, after: Orders, now: State) -> Orders:
    """Return orders that repeat the past of a future just as it was and follow new orders from then on."""
    projects, rows = after.projects.copy(), np.concatenate([after.rows, before.rows])
    begun = (now.started < now.at) & (now.status != WAITING)
    ranges = [name for name in projects.dtype.names if f"{name}_end" in projects.dtype.names]
    gates = 0
    for p, one in enumerate(projects):
        if begun[p]:
            projects[p] = before.projects[p]
            for name in ranges:
                one[name] += len(after.rows)
                one[f"{name}_end"] += len(after.rows)
            one["planned"], one["locked"], one["reserve"] = now.started[p], int(one["locked"]) or BEGUN_THEN, 0
            one["give_up"], one["planned_cost"] = NEVER, now.actual[p]
        else:
            one["earliest"] = max(int(one["earliest"]), now.at)
        mine = slice(one["gates"], one["gates_end"])
        rows["index"][mine] = gates + np.arange(one["gates_end"] - one["gates"])
        gates += int(one["gates_end"] - one["gates"])
    years = after.years.copy()
    years["budget"] = before.years["budget"]
    year = int(before.year_of[now.at])
    years["fixed"][:year] = before.years["fixed"][:year]
    years["migration"][:year] = before.years["migration"][:year]
    years["migration"][year] = max(0.0, years["migration"][year] - now.purse)  # which comes on top
    bought = after.bought.copy()
    bought[:, :year] = before.bought[:, :year]
    bought[:, year] -= before.bought[:, :year].sum(axis=1) - now.ordered[:, :year].sum(axis=1)  # put off, still to come
    restored = after.restored.copy()
    restored[:, : now.at] = before.restored[:, : now.at]
    wanted = after.wanted.copy()
    wanted[:, : now.at] = before.wanted[:, : now.at]
    first = [p for p in before.order.tolist() if begun[p]]
    order = first + [p for p in after.order.tolist() if not begun[p]]
    sites = after.sites.copy()
    sites["since"] = np.where(before.sites["hosts"] > 0, before.sites["since"], now.at)
    sites["hosts"] = np.maximum(before.sites["hosts"], after.sites["hosts"])
    return after._replace(
        sites=sites,
        order=np.array(order, dtype=np.int64),
        projects=projects,
        rows=rows,
        years=years,
        bought=bought,
        restored=restored,
        wanted=wanted,
    )
