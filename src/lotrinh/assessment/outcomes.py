"""What is kept of each future, and how a batch of futures becomes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.desk import Desk
from lotrinh.assessment.draws import Chances, Draws
from lotrinh.assessment.orders import Orders
from lotrinh.assessment.sampling import BATCH
from lotrinh.assessment.security import done_at, in_time, lost
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, simulate
from lotrinh.assessment.stress import stressed_draws, stressed_orders
from lotrinh.measures.frames import measures
from lotrinh.measures.paths import value
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.scorecard import verdict
from lotrinh.plan.statements import rules

FANNED = 4096
"""Futures of which every measure is kept in every quarter, for fan charts."""
CHUNK = 512
"""Futures executed at once: few enough to stay in a processor's cache."""
TURN = Lock()
"""Held while a thread draws or measures, in many small steps for which threads would else fight over the interpreter;
the others execute meanwhile, which needs no interpreter.
"""

Small = NDArray[Any]


@dataclass(frozen=True)
class Outcomes:
    """What is kept of N futures; the first axis of every array is the future.

    Attributes
    ----------
    value: objective, weighted level-years, (N,).
    money: millions spent in all, (N,); `left` the least money left at the end of a year, negative where promises went
        beyond it, (N,).
    directive: measure of each directive, (N, directives), or, of a rule over all futures at once, what it is made of;
        `held` whether the future holds it.
    level: usable level of each capability at the end, (N, K).
    people: people of each skill at the end, (N, skills).
    status, started, stopped: how each project ended, first quarter, quarter after the last, (N, P); `share` of its work
        done; `step` readiness levels gained.
    migrated: items of each class that have been migrated at the end, (N, A); `done` the state at which all have been,
        after T where they never are; `in_time` the share that is migrated in time; `exposure` what is lost over the
        horizon until it is, level-years.
    qday: quarter of Q-day, (N,), infinite for never.
    labels: class of each input, (N, inputs).
    fans: every measure of the first `FANNED` futures, by name, (n, …).
    """

    value: Small
    money: Small
    left: Small
    directive: Small
    held: Small
    level: Small
    people: Small
    status: Small
    started: Small
    stopped: Small
    share: Small
    step: Small
    migrated: Small
    done: Small
    in_time: Small
    exposure: Small
    qday: Small
    labels: Small
    fans: dict[str, Small]

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Job:
    """The work on one batch of futures: picklable, and the same wherever it is done.

    Attributes
    ----------
    quantities, orders: what is carried out.
    settings: of the assessment.
    """

    quantities: Quantities
    orders: Orders
    settings: AssessmentSettings

    @cached_property
    def stressed(self) -> Orders:
        """The orders under the scenario of the assessment."""
        return stressed_orders(self.settings.scenario, self.quantities, self.orders)

    @cached_property
    def chances(self) -> Chances:
        """The distributions that this job draws from."""
        s = self.settings
        return Chances(self.quantities, self.stressed, s.seed, s.sampler == "sobol", s.uncertain)

    @property
    def batches(self) -> range:
        """Every batch of the assessment."""
        return range(-(-self.settings.futures // BATCH))

    def __call__(self, batch: int) -> Outcomes:
        """Return what is kept of the futures of one batch."""
        size = min(BATCH, self.settings.futures - batch * BATCH)
        with TURN:
            draws = stressed_draws(self.settings.scenario, self.quantities, self.chances.batch(batch, size))
        parts = []
        for at in range(0, size, CHUNK):
            part = slice(at, min(at + CHUNK, size))
            futures = simulate(self.quantities, self.stressed, cut(draws.desk, part))
            with TURN:
                parts.append(kept(futures, draws, part, fanned=batch * BATCH + at < FANNED))
        return joined(parts)


def cut(desk: Desk, part: slice) -> Desk:
    """Return some of the futures of a desk."""
    arrays: list[Any] = [array[part] for array in desk]
    return Desk(*arrays)


def kept(futures: Futures, draws: Draws, part: slice, fanned: bool) -> Outcomes:
    """Return what is kept of executed futures, which are `part` of the draws."""
    paths, q = futures.paths, futures.paths.quantities
    found = [_directive(paths, directive) for directive in q.programme.directives]
    empty = np.zeros((len(paths.level), 0))
    return Outcomes(
        value=value(paths).astype(np.float32),
        money=paths.money.sum(axis=1).astype(np.float32),
        left=futures.left.min(axis=1).astype(np.float32),
        directive=np.stack([measure for measure, _ in found], axis=1).astype(np.float32) if found else empty,
        held=np.stack([held for _, held in found], axis=1) if found else empty.astype(bool),
        level=paths.usable[:, :, -1].astype(np.float32),
        people=paths.people[:, :, -1].astype(np.float32),
        status=futures.outcome.astype(np.int8),
        started=paths.started.astype(np.int16),
        stopped=paths.stopped.astype(np.int16),
        share=futures.share.astype(np.float32),
        step=_steps(q, futures, draws.step[part]),
        migrated=paths.migrated[:, :, -1].astype(np.float32),
        done=done_at(paths).astype(np.int16),
        in_time=in_time(paths, draws.qday[part]).astype(np.float32),
        exposure=lost(paths).astype(np.float32),
        qday=draws.qday[part].astype(np.float32),
        labels=draws.labels[part],
        fans=_fans(paths) if fanned else {},
    )


def fanned_measures() -> dict[str, ModuleType]:
    """Return the measures that are kept in every quarter: all but those by place."""
    return {name: module for name, module in measures().items() if "place" not in module.AXES}


def _fans(paths: Any) -> dict[str, Small]:
    return {name: module.measure(paths).astype(np.float32) for name, module in fanned_measures().items()}


def _directive(paths: Any, directive: Any) -> tuple[Floats, Any]:
    """Return the measure of a directive in each future, and whether it is held there."""
    rule = rules()[directive.rule]
    if hasattr(rule, "sample"):
        sample = rule.sample(paths, directive)
        return sample, np.zeros(len(sample), dtype=bool)
    found = verdict(paths, directive)
    return found.measure, found.held


def _steps(q: Quantities, futures: Futures, luck: Floats) -> Small:
    """Return the readiness levels that each project gained: whole ones, as the scale is ordinal, (S, P).

    A success gains all. Else the share of the work says how many are behind it, and luck whether the one under way is
    reached; the last one is not.
    """
    rows = q.programme.projects
    whole = np.array([(row.trl_end or 0) - (row.trl_start or 0) for row in rows])
    some = np.floor(whole * futures.share + luck)
    return np.where(futures.outcome == DELIVERED, whole, np.clip(some, 0, np.maximum(whole - 1, 0))).astype(np.int8)


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Return outcomes one after the other."""
    fans = [part.fans for part in parts if part.fans]
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Outcomes)
        if field.name != "fans"
    }
    return Outcomes(
        **arrays, fans={name: np.concatenate([fan[name] for fan in fans]) for name in fans[0]} if fans else {}
    )
