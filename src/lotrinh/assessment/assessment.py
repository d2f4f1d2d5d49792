"""An assessment: what becomes of a plan over many futures, as numbers with their Monte Carlo error."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lotrinh.assessment.compiled import ABANDONED, BARRED, DELIVERED, DROPPED, FAILED, RUNNING, WAITING
from lotrinh.assessment.draws import Input
from lotrinh.assessment.outcomes import Outcomes, fanned_measures
from lotrinh.assessment.security import expected_without, lost
from lotrinh.assessment.sensitivity import first_order, swings, tail_shares
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.measures.frames import labels
from lotrinh.measures.paths import value
from lotrinh.plan.directives.tail import WORST
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import holds
from lotrinh.plan.statements import rules, unit

if TYPE_CHECKING:
    import polars

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BY = (10, 50, 90)
"""Percent of the futures by whose last quarter of work something is dated."""
STATUS = {
    "waiting": WAITING,
    "running": RUNNING,
    "delivered": DELIVERED,
    "failed": FAILED,
    "dropped": DROPPED,
    "barred": BARRED,
    "abandoned": ABANDONED,
}
"""How a project ended, by its name."""


@dataclass(frozen=True)
class Spread:
    """How a number is spread over the futures.

    Attributes
    ----------
    mean, error: mean and its standard error.
    quantiles: at `QUANTILES`.
    """

    mean: float
    error: float
    quantiles: tuple[float, ...]

    @classmethod
    def of(cls, values: ArrayLike) -> Spread:
        """Return the spread of the values of N futures."""
        array = np.asarray(values, dtype=float)
        error = float(array.std(ddof=1) / np.sqrt(len(array))) if len(array) > 1 else float("inf")
        return cls(float(array.mean()), error, tuple(float(one) for one in np.quantile(array, QUANTILES)))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        names = [f"p{round(100 * at):02d}" for at in QUANTILES]
        return {
            "mean": _plain(self.mean),
            "error": _plain(self.error),
            **dict(zip(names, map(_plain, self.quantiles), strict=True)),
        }


def chance(held: ArrayLike) -> tuple[float, float]:
    """Return how often something holds, and the standard error (Agresti and Coull 1998, so never 0)."""
    array = np.asarray(held, dtype=bool)
    share, size = float(array.mean()), len(array)
    middle = (array.sum() + 2.0) / (size + 4.0)
    return share, float(np.sqrt(middle * (1.0 - middle) / (size + 4.0)))


@dataclass(frozen=True)
class Assessment:
    """What becomes of a plan over many futures.

    Attributes
    ----------
    plan, settings: what was assessed, and how.
    inputs: what the labels of the outcomes stand for.
    outcomes: what is kept of each future; fewer than asked for where the assessment was interrupted.
    seconds: how long it took.
    fans: the fans as tables, where the assessment was read from files.
    """

    plan: Plan
    settings: AssessmentSettings
    inputs: tuple[Input, ...]
    outcomes: Outcomes = field(repr=False)
    seconds: float
    fans: polars.DataFrame | None = field(default=None, repr=False)

    @cached_property
    def value(self) -> Spread:
        """The objective, weighted level-years."""
        return Spread.of(self.outcomes.value)

    @property
    def planned_value(self) -> float:
        """The objective of the plan's own path, without what soft directives cost."""
        return float(value(self.plan.paths)[0])

    def directives(self) -> list[dict[str, Any]]:
        """Return, for every directive, its measure in the plan and over the futures, and the chance that it holds.

        A rule over all futures at once, such as the tail, has one measure with its error, and holds or does not.
        """
        found = []
        for at, verdict in enumerate(self.plan.directives()):
            directive = verdict.directive
            measure = np.asarray(self.outcomes.directive[:, at], dtype=float)
            rule = rules()[directive.rule]
            row: dict[str, Any] = {
                "directive": directive.directive,
                "rule": directive.rule,
                "kind": directive.kind,
                "unit": unit(directive),
                "comparison": directive.comparison,
                "threshold": directive.threshold,
                "plan": _plain(float(verdict.measure[0])),
                "held_in_plan": bool(verdict.held[0]),
            }
            if hasattr(rule, "of_sample"):
                mean, error = rule.of_sample(measure)
                held_over_all = bool(holds(directive, mean))
                row |= {"mean": mean, "error": error, "chance": None, "chance_error": None, "holds": held_over_all}
            else:
                held, error = chance(self.outcomes.held[:, at])
                row |= _finite(measure)
                row |= {"chance": held, "chance_error": error}
            found.append(row)
        return found

    def projects(self) -> list[dict[str, Any]]:
        """Return how each project that may run ends: shares, start and end against the plan, readiness reached."""
        p, q, out = self.plan.programme, self.plan.quantities, self.outcomes
        planned = self.plan.paths
        found = []
        for at, project in enumerate(p.projects):
            status = out.status[:, at]
            begun = out.started[:, at] < q.horizon
            in_plan = self.plan.decisions.option[at] >= 0
            if not in_plan and not begun.any():
                continue
            done = status == DELIVERED
            _, error = chance(done)
            ended = out.stopped[done, at]
            top = (project.trl_start or 0) + np.asarray(out.step[begun, at], dtype=int)
            levels, counts = np.unique(top, return_counts=True)
            found.append(
                {
                    "project": project.project,
                    "reserve": not in_plan,
                    "begun": float(begun.mean()),
                    **{name: float((status == code).mean()) for name, code in STATUS.items()},
                    "delivered_error": error,
                    "planned_start": str(q.calendar.at(int(planned.started[0, at]))) if in_plan else None,
                    "planned_end": str(q.calendar.at(int(planned.stopped[0, at]) - 1)) if in_plan else None,
                    "end": {name: str(q.calendar.at(int(quarter))) for name, quarter in _ends(ended)},
                    "late": float(np.mean(ended > planned.stopped[0, at])) if in_plan and len(ended) else None,
                    "readiness": {
                        str(level): float(count / max(1, counts.sum()))
                        for level, count in zip(levels, counts, strict=True)
                    }
                    if project.trl_end
                    else {},
                }
            )
        return found

    def products(self) -> list[dict[str, Any]]:
        """Return, for every product of the plan or its reserve, the chance of delivery by the horizon, and its date."""
        names = {row.project for row in self.plan.programme.projects if row.product_en or row.product_vi}
        kept = ("project", "reserve", "delivered", "delivered_error", "planned_end", "end", "late")
        return [{name: row[name] for name in kept} for row in self.projects() if row["project"] in names]

    def capabilities(self) -> list[dict[str, Any]]:
        """Return the usable level of each capability at the end: spread, plan, target, chance to reach it."""
        found = []
        for k, row in enumerate(self.plan.programme.capabilities):
            level = np.asarray(self.outcomes.level[:, k], dtype=float)
            reached, error = chance(level >= row.target - 1e-6)
            found.append(
                {
                    "capability": row.capability,
                    "start": row.level_start,
                    "plan": float(self.plan.paths.usable[0, k, -1]),
                    "target": row.target,
                    **Spread.of(level).as_dict(),
                    "chance": reached,
                    "chance_error": error,
                }
            )
        return found

    def security(self) -> list[dict[str, Any]]:
        """Return what becomes of every class of migration: whether it can begin, how much is migrated, when all of it,
        what share of it in time, and the exposure until then.

        In time is so early that what is protected then outlives no Q-day: before the Q-day of its algorithms less the
        shelf life for key establishment, before Q-day for signatures. What is weak already has no date.
        """
        p, q, out = self.plan.programme, self.plan.quantities, self.outcomes
        without, planned, found = expected_without(q), lost(self.plan.paths)[0], []
        for a, row in enumerate(p.migration):
            needs = [p.projects.position(project) for project in row.projects]
            can_begin, begin_error = chance((out.status[:, needs] == DELIVERED).all(axis=1))
            share = np.asarray(out.migrated[:, a], dtype=float) / row.items if row.items else np.ones(len(out))
            done = np.where(out.done[:, a] <= q.horizon, out.done[:, a], np.inf)
            every, every_error = chance(np.isfinite(done))
            entry: dict[str, Any] = {
                "migration": row.migration,
                "function": row.function,
                "items": row.items,
                "can_begin": can_begin,
                "can_begin_error": begin_error,
                "migrated": {
                    "plan": float(self.plan.paths.migrated[0, a, -1] / row.items) if row.items else 1.0,
                    **Spread.of(share).as_dict(),
                },
                "done": every,
                "done_error": every_error,
                "by": {
                    name: str(q.calendar.at(max(0, int(state) - 1)))
                    for name, state in ((f"p{at}", np.quantile(done, at / 100, method="inverted_cdf")) for at in BY)
                    if np.isfinite(state)
                },
                "exposure": {
                    "without": float(without[a]),
                    "plan": float(planned[a]),
                    **Spread.of(out.exposure[:, a]).as_dict(),
                },
            }
            if row.function != "already_weak" and len(p.threat):
                safe = Spread.of(out.in_time[:, a])
                entry["in_time"], entry["in_time_error"] = safe.mean, _plain(safe.error)
            found.append(entry)
        return found

    def exposure(self) -> dict[str, Any]:
        """Return the exposure of all classes over the horizon, level-years: as expected without any migration, and with
        the plan as it is, by the surveyed chance of Q-day; and in the futures.
        """
        without = expected_without(self.plan.quantities).sum()
        every = np.asarray(self.outcomes.exposure, dtype=float).sum(axis=1)
        return {"without": float(without), "plan": float(lost(self.plan.paths).sum()), **Spread.of(every).as_dict()}

    def drivers(self, output: ArrayLike | None = None, most: int = 0) -> list[dict[str, Any]]:
        """Return what drives the spread of an output, the value where left out: largest share of variance first.

        Each has the mean output where the input is worst and where it is best. Shares are first order, corrected for
        noise; what they do not sum to is interaction, and people coming and going.
        """
        target = np.asarray(self.outcomes.value if output is None else output, dtype=float)
        groups = self._groups
        if not groups or target.std() == 0:
            return []
        shares, swing = first_order(groups, target[:, None]), swings(groups, target[:, None])
        order = np.argsort(-shares.share[:, 0], kind="stable")
        found = [
            {
                "kind": self.inputs[at].kind,
                "of": list(self.inputs[at].of),
                "share": float(shares.share[at, 0]),
                "error": float(shares.error[at, 0]),
                "low": float(swing.low[at, 0]),
                "high": float(swing.high[at, 0]),
            }
            for at in order.tolist()
        ]
        return found[:most] if most else found

    def tail(self, most: int = 10) -> dict[str, Any]:
        """Return the worst tenth of the futures by value, and what they share more often than others."""
        worth = np.asarray(self.outcomes.value, dtype=float)
        worst = worth <= np.quantile(worth, WORST)
        shared: list[dict[str, Any]] = []
        every = tail_shares(self._groups, worth, WORST) if self._groups and len(worth) > 1 / WORST else ()
        for entry, found in zip(self.inputs, every, strict=False):
            at = int(np.argmax(np.where(np.isfinite(found.z), found.z, -np.inf)))
            shared.append(
                {
                    "kind": entry.kind,
                    "of": list(entry.of),
                    "class": at,
                    "classes": entry.classes,
                    "everywhere": float(found.everywhere[at]),
                    "worst": float(found.tail[at]),
                    "z": float(found.z[at]),
                }
            )
        shared.sort(key=lambda row: -float(row["z"]))
        return {"share": WORST, "mean": float(worth[worst].mean()), "shared": shared[:most]}

    @cached_property
    def _groups(self) -> list[Any]:
        return [np.ascontiguousarray(self.outcomes.labels[:, at]) for at in range(self.outcomes.labels.shape[1])]

    def fan(self, measure: str) -> polars.DataFrame:
        """Return one measure over the futures: its axes, mean, error and quantiles; see `lotrinh.measures`.

        Raises
        ------
        KeyError
            If that measure is not kept.
        """
        import polars

        if self.fans is not None:
            return _one_fan(self.fans, measure)
        values = np.asarray(self.outcomes.fans[measure], dtype=float)
        module = fanned_measures()[measure]
        index = np.indices(values.shape[1:]).reshape(values.ndim - 1, -1)
        columns: dict[str, Any] = {"measure": [measure] * index.shape[1] if index.size else [measure]}
        for position, axis in enumerate(module.AXES):
            names = labels(axis, self.plan.paths)
            columns["quarter" if axis == "state" else axis] = [names[i] for i in index[position]]
        flat = values.reshape(len(values), -1)
        columns["mean"] = flat.mean(axis=0)
        columns["error"] = flat.std(axis=0, ddof=min(1, len(flat) - 1)) / np.sqrt(len(flat))
        for at, row in zip(QUANTILES, np.quantile(flat, QUANTILES, axis=0), strict=True):
            columns[f"p{round(100 * at):02d}"] = row
        return polars.DataFrame(columns)

    def summary(self) -> dict[str, Any]:
        """Return the assessment as plain data: what ``lotrinh assess --json`` prints."""
        out = self.outcomes
        short, error = chance(np.asarray(out.left) < -1e-6)
        return {
            "futures": len(out),
            "asked": self.settings.futures,
            "seconds": self.seconds,
            "settings": asdict(self.settings),
            "fingerprint": self.plan.programme.fingerprint,
            "objective": self.plan.objective,
            "planned_value": self.planned_value,
            "value": self.value.as_dict(),
            "money": Spread.of(out.money).as_dict() | {"plan": float(self.plan.paths.money.sum())},
            "overspent": {"chance": short, "error": error},
            "directives": self.directives(),
            "capabilities": self.capabilities(),
            "projects": self.projects(),
            "products": self.products(),
            "security": self.security(),
            "exposure": self.exposure(),
            "drivers": self.drivers(most=20),
            "tail": self.tail(),
        }


def _ends(quarters: ArrayLike) -> list[tuple[str, float]]:
    """Return the last quarter at work of a tenth, half and nine tenths of those who end; nothing where none does."""
    array = np.asarray(quarters, dtype=float)
    if not len(array):
        return []
    return [(f"p{at}", float(np.quantile(array, at / 100, method="inverted_cdf")) - 1) for at in BY]


def _one_fan(fans: polars.DataFrame, measure: str) -> polars.DataFrame:
    """Return the rows of one measure of a table of all fans, without the axes that it lacks."""
    found = fans.filter(fans["measure"] == measure)
    if not len(found):
        raise KeyError(measure)
    return found[[column.name for column in found if column.null_count() < len(found)]]


def _finite(measure: Any) -> dict[str, Any]:
    """Return the spread of a measure over the futures in which it is finite, and their share, as plain data."""
    known = measure[np.isfinite(measure)]
    names = Spread(0.0, 0.0, QUANTILES).as_dict()
    found = Spread.of(known).as_dict() if len(known) else dict.fromkeys(names)
    return {**found, "finite": len(known) / len(measure)}


def _plain(number: float) -> float | None:
    """Return a number as JSON has it: none where it is infinite."""
    return float(number) if np.isfinite(number) else None
