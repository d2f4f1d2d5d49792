"""What chance brings: every draw of every future, from named streams, as arrays that execution reads.

A draw belongs to a name, such as ``gate/P07/2``, not to a plan: under the same seed project P07 meets the same luck in
every plan, so plans are compared future by future. With Sobol' numbers each name has a dimension of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lotrinh.assessment.desk import Desk, desk
from lotrinh.assessment.distributions import (
    arrival,
    pert,
    successes,
    tabled,
    waiting,
    whole_numbers,
    work_lengths,
)
from lotrinh.assessment.orders import Orders
from lotrinh.assessment.sampling import BATCH, Sampler, dimensions, pseudo, renewals, sobol
from lotrinh.assessment.year import binomials
from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.quantities import LEVEL_TOP, Floats, Quantities
from lotrinh.measures.quantities.horizon import quarterly

QDAY_CUTS = (0.5, 1.0, 2.0)
"""Horizons within which futures count Q-day alike."""
CLASSES = 16
"""Classes into which a continuous draw is sorted where its influence is asked for."""

Labels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Input:
    """Something uncertain whose influence on the futures can be asked for.

    Attributes
    ----------
    kind: ``gate``, ``duration``, ``cost``, ``price``, ``withdrawal``, ``cut``, or the column of an uncertain row.
    of: table, and ids of the row that it belongs to.
    classes: how many classes its labels have; with two, 1 is the good one.
    """

    kind: str
    of: tuple[str, ...]
    classes: int


@dataclass(frozen=True)
class Draws:
    """A batch of draws.

    Attributes
    ----------
    desk: for the execution.
    labels: class of each input in each future, (S, inputs), as `Chances.inputs` lists them.
    step: uniform numbers by which a readiness level between two is decided, (S, P).
    """

    desk: Desk
    labels: Labels
    step: Floats

    @property
    def qday(self) -> Floats:
        """Quarter of Q-day, counted from the start of the programme, (S,)."""
        return self.desk.qday


@dataclass(frozen=True)
class Chances:
    """All distributions of one programme under given orders.

    Attributes
    ----------
    uncertain: whether the stated ranges of the inputs themselves are drawn from.
    """

    quantities: Quantities
    orders: Orders
    seed: int = 0
    quasi: bool = False
    uncertain: bool = False

    def batch(self, index: int, size: int = BATCH) -> Draws:
        """Return the first `size` draws of a batch."""
        sample = sobol(self.seed, index, self._dimensions) if self.quasi else pseudo(self.seed, index)
        return self._draw(lambda name, *shape: sample(name, *shape)[:size], size)[0]

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What can be asked for its influence, in the order of the labels."""
        return tuple(self._draw(lambda _, *shape: np.full((1, *shape), 0.5), 1)[1])

    @cached_property
    def _dimensions(self) -> dict[str, int]:
        return dimensions(self.quantities, self.uncertain)

    def _draw(self, sample: Sampler, size: int) -> tuple[Draws, list[Input]]:
        q, o = self.quantities, self.orders
        hand = _Hand(self, sample, size, desk(q, o, size), [], [])
        step = np.zeros((size, len(o.projects)))
        for project in np.flatnonzero(o.projects["mode"] >= 0).tolist():
            hand.work(project)
            hand.gates(project)
            hand.gains(project)
            step[:, project] = sample(f"step/{q.programme.projects.ids[project]}")
        hand.capabilities()
        hand.people()
        hand.suppliers()
        hand.money()
        hand.threat()
        labels = np.stack(hand.labels, axis=1).astype(np.uint8) if hand.labels else np.zeros((size, 0), np.uint8)
        return Draws(hand.desk, labels, step), hand.inputs

    @cached_property
    def lengths(self) -> dict[int, Floats]:
        """Distribution of the quarters of work of each project that may run; what already runs lasts on."""
        found = {}
        for project in np.flatnonzero(self.orders.projects["mode"] >= 0).tolist():
            one = self.orders.projects[project]
            mode = self.quantities.programme.modes[int(one["mode"])]
            below = work_lengths(mode.duration, mode.duration_p90, self.quantities.horizon)
            behind = max(0, -int(one["planned"]))
            if behind:
                known = below[min(behind, len(below)) - 1]
                below = np.maximum(0.0, below - known) / max(1.0 - known, 1e-12)
                below = np.append(below[:-1], [0.0] * (behind + 1 - len(below)) + [1.0])
            found[project] = below
        return found

    @cached_property
    def costs(self) -> dict[int, Floats | None]:
        """Quantiles of the cost of each project that may run, against the likely one."""
        modes = self.quantities.programme.modes
        return {project: _factors(modes[int(self.orders.projects[project]["mode"])]) for project in self.lengths}

    @cached_property
    def prices(self) -> list[Floats | None]:
        """Quantiles of the price of each kind of equipment, against the likely one."""
        return [_factors(kind) for kind in self.quantities.programme.equipment]

    @cached_property
    def completing(self) -> list[Floats]:
        """Distribution of those of each intake of the orders who complete and stay."""
        share = self.quantities.intake_completes
        return [successes(round(one["entrants"]), float(share[one["intake"]])) for one in self.orders.intakes]

    @cached_property
    def curves(self) -> list[tuple[float, Floats, Floats]]:
        """(weight, quarters from the start of the programme, chance by then) of each surveyed curve of Q-day."""
        start = float(self.quantities.calendar_year(np.zeros(())))
        tabled = self.quantities.threat.tabled()
        return [(weight, (years - start) * QUARTERS_PER_YEAR, chance) for weight, years, chance in tabled]

    @cached_property
    def ranges(self) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
        """Stated ranges of uncertain numbers by (table, column) and row; none unless `uncertain`."""
        found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
        for row in self.quantities.programme.uncertain if self.uncertain else ():
            found.setdefault((row.of, row.column), {})[row.row] = (row.low, row.high)
        return found


@dataclass(frozen=True)
class _Hand:
    """A hand that draws one batch: it writes on the desk and labels what it drew."""

    chances: Chances
    sample: Sampler
    size: int
    desk: Desk
    inputs: list[Input]
    labels: list[Any]

    def _label(self, kind: str, of: tuple[str, ...], labels: Any, classes: int = 2) -> None:
        self.inputs.append(Input(kind, of, classes))
        self.labels.append(labels)

    def _even(self, kind: str, of: tuple[str, ...], name: str) -> Floats:
        """Draw a number whose influence is asked for by its class."""
        u = self.sample(name)
        self._label(kind, of, np.minimum((u * CLASSES).astype(np.uint8), CLASSES - 1), CLASSES)
        return u

    def _factor(self, table: str, column: str, *ids: str) -> Floats | float:
        """Draw the factor on a number whose range is stated; 1 where none is."""
        ranges = self.chances.ranges.get((table, column), {})
        low, high = ranges.get(ids[0], ranges.get("*", (1.0, 1.0)))
        if low == high:
            return low
        return low + (high - low) * self._even(column, (table, *ids), "/".join(("input", table, column, *ids)))

    def work(self, project: int) -> None:
        """Draw how long a project takes, what it costs, and what stays of it if it fails."""
        p, now = self.chances.quantities.programme, self.desk.now
        id, mode = p.projects.ids[project], p.modes.ids[self.chances.orders.projects[project]["mode"]]
        below = self.chances.lengths[project]
        if below[-2:-1].any():
            u = self._even("duration", ("projects", id), f"duration/{id}")
            now["length"][:, project] = whole_numbers(below, u) + 1
        else:
            now["length"][:, project] = len(below)
        longer = self._factor("modes", "duration", mode)
        if np.ndim(longer) or longer != 1.0:
            least = 1 + max(0, -int(self.chances.orders.projects[project]["planned"]))  # what already runs lasts on
            now["length"][:, project] = np.maximum(least, np.round(now["length"][:, project] * longer))
        quantiles = self.chances.costs[project]
        if quantiles is not None:
            now["cost"][:, project] = tabled(quantiles, self._even("cost", ("projects", id), f"cost/{id}"))
        else:
            now["cost"][:, project] *= self._factor("modes", "cost_likely", mode)
        if now["failure_share"][0, project] > 0.0:
            kept = now["failure_share"][:, project] * self._factor("projects", "failure_share", id)
            now["failure_share"][:, project] = np.minimum(1.0, kept)

    def gates(self, project: int) -> None:
        """Draw the luck at each gate of a project."""
        p, one = self.chances.quantities.programme, self.chances.orders.projects[project]
        id, mode = p.projects.ids[project], p.modes.ids[one["mode"]]
        rows = self.chances.orders.rows[one["gates"] : one["gates_end"]]
        for number, row in enumerate(rows, start=1):
            gate = self.desk.gates[:, row["index"]]
            gate["luck"] = self.sample(f"gate/{id}/{number}")
            if row["amount"] < 1.0 or ("gates", "chance") in self.chances.ranges:
                gate["chance"] = np.minimum(1.0, row["amount"] * self._factor("gates", "chance", mode, str(number)))
                self._label("gate", ("projects", id, str(number)), gate["luck"] < gate["chance"])

    def gains(self, project: int) -> None:
        """Draw the factor on each gain of a project."""
        p, one = self.chances.quantities.programme, self.chances.orders.projects[project]
        for row in self.chances.orders.rows[one["gains"] : one["gains_end"]]:
            ids = (p.projects.ids[project], p.capabilities.ids[row["what"]])
            stated = max(float(self.chances.quantities.gains[2][row["index"]]), 1e-9)
            factor = self._factor("gains", "levels", *ids)
            self.desk.gains["factor"][:, row["index"]] = np.minimum(factor, LEVEL_TOP / stated)

    def capabilities(self) -> None:
        """Draw the depreciation of each capability."""
        rows = self.chances.quantities.programme.capabilities
        for k, row in enumerate(rows):
            factor = self._factor("capabilities", "depreciation", row.capability)
            self.desk.decay[:, k] = quarterly(np.minimum(0.99, row.depreciation * factor))

    def people(self) -> None:
        """Draw who leaves, and how many of each intake complete and stay."""
        q, o = self.chances.quantities, self.chances.orders
        skills, flows = q.programme.skills, q.programme.training.ids
        for skill, row in enumerate(skills):
            factor = self._factor("skills", "loss", row.skill)
            self.desk.loss[:, skill] = quarterly(np.minimum(0.99, row.loss * factor))
        leave = np.empty((self.size, len(skills), q.horizon))
        for skill, id in enumerate(skills.ids):
            leave[:, skill] = self.sample(f"leave/{id}", q.horizon)
        object.__setattr__(self, "desk", self.desk._replace(leave=leave))
        chances = {w: self._completing(w) for w in np.unique(o.intakes["flow"]).tolist()}
        for n, one in enumerate(o.intakes):
            year = q.years[q.intake.year[one["intake"]]]
            u = self.sample(f"completion/{flows[one['flow']]}/{skills.ids[one['skill']]}/{year}")
            chance = chances[int(one["flow"])]
            known = np.ndim(chance) == 0
            self.desk.entered["completes"][:, n] = (
                whole_numbers(self.chances.completing[n], u) if known else binomials(round(one["entrants"]), chance, u)
            )

    def _completing(self, flow: int) -> Floats | float:
        """Return the chance that an entrant of a flow completes and stays, each of the two cut at 1."""
        row = self.chances.quantities.programme.training[flow]
        completes = np.minimum(1.0, row.completion * self._factor("training", "completion", row.flow))
        stays = np.minimum(1.0, row.retention * self._factor("training", "retention", row.flow))
        found = completes * stays
        return np.asarray(found) if np.ndim(found) else float(found)

    def suppliers(self) -> None:
        """Draw when suppliers withdraw; a shock to a country takes its firms along."""
        rows, out = self.chances.quantities.programme.suppliers, self.desk.out
        for supplier, row in enumerate(rows):
            if row.withdrawal_rate <= 0.0 or row.withdrawal_length <= 0.0:
                continue
            rate = row.withdrawal_rate * self._factor("suppliers", "withdrawal_rate", row.supplier)
            mean = row.withdrawal_length * self._factor("suppliers", "withdrawal_length", row.supplier)
            times = renewals(self.chances.quantities, row)
            ever = _withdraw(out[:, supplier], rate, mean, times, f"withdrawal/{row.supplier}", self.sample)
            self._label("withdrawal", ("suppliers", row.supplier), ~ever)
        for supplier, row in enumerate(rows):
            if row.kind == "country":
                for firm, other in enumerate(rows):
                    if other.kind == "firm" and other.country == row.country:
                        out[:, firm] |= out[:, supplier]

    def money(self) -> None:
        """Draw the cuts of the budget and the prices of equipment."""
        q, s = self.chances.quantities, self.chances.quantities.programme.settings
        if s.cut_chance > 0.0 and s.cut_share > 0.0:
            cut = np.stack([self.sample(f"cut/{year}") < s.cut_chance for year in q.years], axis=1)
            self.desk.cash["factor"] -= s.cut_share * cut
            self._label("cut", ("budget",), 3 - np.minimum(cut.sum(axis=1), 3), 4)
        for kind, quantiles in enumerate(self.chances.prices):
            if quantiles is not None:
                id = q.programme.equipment.ids[kind]
                self.desk.price[:, kind] = tabled(quantiles, self._even("price", ("equipment", id), f"price/{id}"))

    def threat(self) -> None:
        """Draw Q-day; where a class of migration depends on it, its influence is asked for."""
        self.desk.qday[:] = arrival(self.chances.curves, self.sample("qday/curve"), self.sample("qday/moment"))
        q = self.chances.quantities
        if self.chances.curves and any(row.function != "already_weak" for row in q.programme.migration):
            at = np.searchsorted(q.horizon * np.array(QDAY_CUTS), self.desk.qday, side="right")
            self._label("qday", ("threat",), at, len(QDAY_CUTS) + 1)


def _factors(row: Any) -> Floats | None:
    """Return the quantiles of a cost against the likely one, or nothing where no range is stated."""
    likely = row.cost_likely
    low, high = (likely if end is None else end for end in (row.cost_low, row.cost_high))
    return pert(low / likely, 1.0, high / likely) if likely > 0.0 and low < high else None


def _withdraw(out: Any, rate: Floats | float, mean: Floats | float, times: int, name: str, sample: Sampler) -> Any:
    """Mark the quarters in which a supplier has withdrawn, (S, T); return whether it ever does, (S,).

    While it supplies it withdraws `rate` times a year on average; it returns after a geometric number of quarters of
    mean `mean`, at least one.
    """
    horizon = out.shape[1]
    quarters = np.arange(horizon)
    some, at = np.arange(len(out)), np.zeros(len(out))
    odds = np.broadcast_to(-np.expm1(-np.asarray(rate) / QUARTERS_PER_YEAR), len(out))
    back = np.broadcast_to(1.0 / np.maximum(mean, 1.0), len(out))
    for number in range(times):
        luck, more = sample(f"{name}/{number}/begins"), sample(f"{name}/{number}/lasts")
        begins = at + waiting(odds[some], luck[some])
        within = begins < horizon
        some, begins = some[within], begins[within]
        at = begins + 1 + waiting(back[some], more[some])
        out[some] |= (quarters >= begins[:, None]) & (quarters < at[:, None])
    return out.any(axis=1)
