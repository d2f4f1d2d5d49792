"""The improver's process: large neighbourhood search over the linear form.

Each round keeps most projects of the best plan as they are, frees the rest (some projects, the projects of two
fields, a
stretch of time, or small shifts of all), and lets the solver re-solve that small problem. The share freed grows while
rounds
end early and shrinks when they do not. See Shaw (1998) and Danna, Rothberg and Le Pape (2005) for the method.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from lotrinh.plan.linear import Floats, Ints, LinearForm
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve

ROUND_SECONDS = 8.0
FIRST_SECONDS = 20.0
LOOSE_SECONDS = 60.0
SLACK = 2
"""Quarters about a start, of the relaxation or of a plan, that are open too."""


class Search:
    """The state of the improver: the best plan and how much of it a round frees."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.form: LinearForm = task["form"]
        self.columns: Ints = task["columns"]
        self.project, self.mode, self.start, self.end = (task[name] for name in ("project", "mode", "start", "end"))
        self.field: Ints = task["field"]
        self.needed, self.hint = task["needed"], task["hint"]
        self.random = np.random.default_rng(task["seed"])
        self.size = 12.0
        self.objective, self.x = -np.inf, np.empty(0)

    def steps(self) -> Iterator[bool]:
        """Search without end, a step at a time; yield whether the step found a better plan.

        A first plan is sought with what no plan can leave out and, where a plan of a like programme is known, with its
        choices: a plan that keeps many of them, which is quickly found, then a good one. Then come the starts that the
        relaxation uses and those just after, and where all that finds nothing, any plan at all. Rounds improve what was
        found.
        """
        nothing = np.zeros(len(self.columns))
        if not len(self.x):
            few = self.needed[self.project]
            if self.hint is not None:
                few = few | self.hint
                kept = np.zeros_like(self.form.cost)
                kept[self.columns[self.hint]] = 1.0
                yield self._solve(~few, nothing, FIRST_SECONDS, 0.5, kept)
            yield self._solve(~few, nothing, FIRST_SECONDS, 0.05 if self.hint is None else 0.02)
            yield self._solve(~self._used(), nothing, FIRST_SECONDS, 0.005)
        while not len(self.x):
            every, free = np.zeros_like(self.needed[self.project]), np.zeros_like(self.form.cost)
            yield self._solve(every, nothing, LOOSE_SECONDS, 1.0, free)
        while True:
            yield self.round()

    def _used(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return the options that the relaxation uses, those just after, and those of the best plan, shape (X,)."""
        loose = replace(self.form, whole=np.zeros_like(self.form.whole))
        answer = solve(loose, PlanSettings(threads=1, time_limit=LOOSE_SECONDS))
        if answer.x is None:
            return np.zeros(len(self.columns), dtype=bool)
        used = answer.x[self.columns] > 1e-6
        index = {pair: x for x, pair in enumerate(zip(self.mode.tolist(), self.start.tolist(), strict=True))}
        for x in np.flatnonzero(used):
            for later in range(1, SLACK + 1):
                used[index.get((int(self.mode[x]), int(self.start[x]) + later), x)] = True
        if len(self.x):
            used |= self.x[self.columns] > 0.5
        return np.asarray(used)

    def round(self) -> bool:
        """Free a part of the best plan and re-solve it; return whether the plan became better."""
        value = np.round(self.x[self.columns])
        closed = ~self._neighbourhood(value > 0.5)
        return self._solve(closed, value, ROUND_SECONDS, 2e-4)

    def take(self, objective: float, x: Floats) -> None:
        """Go on from a better plan found elsewhere."""
        if objective > self.objective:
            self.objective, self.x = objective, x

    def _neighbourhood(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return which options the round may change, shape (X,)."""
        projects = len(self.field)
        some = self.random.permutation(projects)[: max(2, int(self.size))]
        kind = int(self.random.integers(4))
        if kind == 0:
            fields = self.random.permutation(int(self.field.max()) + 1)[:2]
            some = np.flatnonzero(np.isin(self.field, fields))
        elif kind == 1:
            begin = int(self.random.integers(int(self.end.max())))
            at_work = chosen & (self.start < begin + 4) & (self.end > begin)
            some = np.union1d(some[: len(some) // 2], self.project[at_work])
        free = np.isin(self.project, some)
        if kind == 2:
            free = self._near(chosen) | (free & np.isin(self.project, some[: len(some) // 3]))
        return np.asarray(free)

    def _near(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return the options that start within two quarters of a chosen one of the same mode, shape (X,)."""
        mode, start = np.full(len(self.field), -1), np.zeros(len(self.field), dtype=np.int64)
        mode[self.project[chosen]], start[self.project[chosen]] = self.mode[chosen], self.start[chosen]
        return np.asarray((self.mode == mode[self.project]) & (np.abs(self.start - start[self.project]) <= SLACK))

    def _solve(
        self,
        closed: np.ndarray[Any, np.dtype[np.bool_]],
        value: Floats,
        seconds: float,
        gap: float,
        cost: Floats | None = None,
    ) -> bool:
        """Solve with the closed options held at `value`, with another objective where `cost` is given."""
        form = self.form.fixed(self.columns[closed], value[closed])
        if cost is not None:
            form = replace(form, cost=cost, constant=0.0)
        limits = PlanSettings(time_limit=seconds, gap=gap, threads=1, seed=int(self.random.integers(1 << 30)))
        answer = solve(form, limits, start=self.x if len(self.x) else None)
        full = answer.status != "optimal"
        self.size = float(np.clip(self.size * (0.9 if full else 1.15), 4, len(self.field)))
        if answer.x is None:
            return False
        objective = self.form.objective(answer.x)
        if objective <= self.objective + 1e-7 * max(1.0, abs(self.objective)):
            return False
        self.objective, self.x = objective, answer.x
        return True


def improve(task: dict[str, Any], news: Iterator[tuple[float, Floats] | None], out: BinaryIO) -> None:
    """Improve plans until the parent ends us; every better plan is written to `out`."""
    search = Search(task)
    steps = search.steps()
    for message in news:
        if message is not None:
            search.take(*message)
        if next(steps):
            pickle.dump((search.objective, search.x), out)
            out.flush()


def _heard(stream: BinaryIO) -> Iterator[tuple[float, Floats] | None]:
    """Yield what the parent has sent since the last look, the latest only, or None."""
    box: queue.Queue[tuple[float, Floats]] = queue.Queue()

    def listen() -> None:
        try:
            while True:
                box.put(pickle.load(stream))
        finally:
            os._exit(0)  # the parent has ended, or ended us

    threading.Thread(target=listen, daemon=True).start()
    while True:
        latest = None
        while not box.empty():
            latest = box.get()
        yield latest


if __name__ == "__main__":
    improve(pickle.load(sys.stdin.buffer), _heard(sys.stdin.buffer), sys.stdout.buffer)
