"""The search: an exact tree search for plan and bound, and beside it, where there is a second thread, an improver.

The improver is a process of its own (`lotrinh.plan.improve`) that frees a part of the best plan at a time and
re-solves it. It starts only when the exact search has not ended after a moment, so small programmes never see it. The
bound is always the exact search's alone.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from dataclasses import replace
from types import TracebackType

import numpy as np

from lotrinh.measures.paths import Decisions, follow
from lotrinh.plan.columns import columns_of
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import Floats, LinearForm
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import Solution, Watcher, solve
from lotrinh.plan.variables import Bools
from lotrinh.plan.verify import TOLERANCE, broken_rows

PATIENCE = 1.5
"""Seconds that the exact search has for itself, where there is no plan to begin from."""
PROMPT = 0.3
"""Seconds that it has for itself where there is one."""
RELAXED = 60.0
"""Seconds for the relaxation alone, where nothing else gives a bound."""
CHEAP = 10.0
"""Seconds within which an answer came quickly enough to be asked for twice."""


def search(
    formulation: Formulation,
    settings: PlanSettings,
    watch: Watcher | None = None,
    start: Decisions | None = None,
) -> Solution:
    """Return the best solution found within the limits, with the bound that the exact search certifies.

    `start` are the decisions of a like plan to begin from; they may break rules of this formulation, and are then only
    where the search looks first.

    Solvers lie sometimes: HiGHS has been seen to call small forms infeasible that are not, and to prove bounds that a
    better plan refutes, mostly by its presolve. So an answer that came quickly is asked for once more without presolve,
    and so is one that a plan in our own hands contradicts; the better plan and the weaker bound count.
    """
    form = formulation.form
    known = _known(formulation, start) if start is not None else None
    first = known[1] if known is not None else None
    if settings.threads < 2:
        answer = _doubted(form, settings, solve(form, settings, watch, start=first), known)
        return _bounded(form, settings, _with(answer, known, settings))
    with Improver(formulation, settings, start) as improver:
        if known is not None:
            improver.offer(*known)
        answer = solve(form, replace(settings, threads=settings.threads - 1), watch, improver, first)
        best = max((pair for pair in (improver.best(), known) if pair), key=lambda pair: pair[0], default=None)
    return _bounded(form, settings, _with(_doubted(form, settings, answer, best), best, settings))


def _with(answer: Solution, known: tuple[float, Floats] | None, settings: PlanSettings) -> Solution:
    """Return the answer, or the known plan where it is better or the answer denies that there is any."""
    if known is None or (answer.x is not None and answer.objective >= known[0]):
        return answer
    bound = answer.bound if np.isfinite(answer.bound) and answer.bound >= known[0] else np.inf
    proven = bound - known[0] <= settings.gap * abs(bound)
    return replace(answer, status="optimal" if proven else "feasible", x=known[1], objective=known[0], bound=bound)


def _known(formulation: Formulation, start: Decisions) -> tuple[float, Floats] | None:
    """Return objective and columns of the decisions where they keep every rule, else None."""
    x = columns_of(formulation, follow(formulation.quantities, start))
    return None if any(broken_rows(formulation, x)) else (formulation.form.objective(x), x)


def _bounded(form: LinearForm, settings: PlanSettings, answer: Solution) -> Solution:
    """Return the answer with the bound of the relaxation where the exact search had none yet."""
    if answer.x is None or np.isfinite(answer.bound):
        return answer
    relaxed = solve(replace(form, whole=np.zeros_like(form.whole)), replace(settings, time_limit=RELAXED))
    if relaxed.status != "optimal":
        return answer
    bound = relaxed.bound
    proven = bound - answer.objective <= settings.gap * abs(bound)
    return replace(answer, bound=bound, status="optimal" if proven else "feasible")


def _doubted(
    form: LinearForm, settings: PlanSettings, answer: Solution, known: tuple[float, Floats] | None
) -> Solution:
    """Return the answer, asked for again without presolve where that is cheap or where a known plan contradicts it."""
    refuted = known is not None and not known[0] <= answer.bound + TOLERANCE * max(1.0, abs(known[0]))
    cheap = answer.status in ("optimal", "infeasible") and answer.seconds < CHEAP and not answer.interrupted
    if not (refuted or cheap):
        return answer
    left = max(settings.time_limit - answer.seconds, CHEAP)
    again = solve(form, replace(settings, time_limit=left), start=known[1] if known else None, presolve=False)
    if again.status == "infeasible" and (answer.x is not None or known is not None):
        return answer
    if again.x is None:
        return answer if again.status != "none" or answer.status != "infeasible" else again
    if answer.x is None:
        return replace(again, seconds=answer.seconds + again.seconds)
    better = again if again.objective > answer.objective else answer
    bound = max(again.bound, answer.bound)
    proven = bound - better.objective <= settings.gap * abs(bound) + TOLERANCE * max(1.0, abs(bound))
    status, seconds = "optimal" if proven else "feasible", answer.seconds + again.seconds
    return replace(better, status=status, bound=bound, seconds=seconds)


class Improver:
    """The improver's process: started late, fed with every better solution, asked for its best."""

    def __init__(self, formulation: Formulation, settings: PlanSettings, start: Decisions | None = None) -> None:
        self._formulation, self._settings, self._hint = formulation, settings, start
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._best: tuple[float, Floats] | None = None
        self._offered: tuple[float, Floats] | None = None
        self._timer = threading.Timer(PATIENCE if start is None else PROMPT, self._start)
        self._timer.daemon = True

    def __enter__(self) -> Improver:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()  # a start under way would else leave a process that nobody ends
        with self._lock:
            process, self._process = self._process, None
            self._best, self._offered = None, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def best(self) -> tuple[float, Floats] | None:
        """Return objective and columns of the improver's best solution, or None."""
        with self._lock:
            return self._best

    def offer(self, objective: float, x: Floats) -> None:
        """Tell the improver of a solution that the exact search found."""
        with self._lock:
            known = max((pair[0] for pair in (self._best, self._offered) if pair is not None), default=-np.inf)
            if objective <= known:
                return
            self._offered = (objective, x)
            process = self._process
        if process is not None:
            self._send(process, (objective, x))

    def _start(self) -> None:
        q, v, form = self._formulation.quantities, self._formulation.variables, self._formulation.form
        process = subprocess.Popen(
            [sys.executable, "-m", "lotrinh.plan.improve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        loose = form.whole.copy()
        hint = None if self._hint is None else np.isin(np.arange(len(v.x)), self._hint.chosen)
        loose[v.begun.column] = False  # whole all the same, and quicker so; what comes back is checked here
        task = {
            "form": replace(form, whole=loose),
            "columns": v.x,
            "project": q.options.project,
            "mode": q.options.mode,
            "start": q.options.start,
            "end": q.options.end,
            "field": q.project_field,
            "needed": needed(self._formulation),
            "hint": hint,
            "seed": self._settings.seed,
        }
        self._send(process, task)
        with self._lock:  # only now, so that nothing is offered before the task
            self._process, offered = process, self._offered
        if offered is not None:
            self._send(process, offered)
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()

    @staticmethod
    def _send(process: subprocess.Popen[bytes], message: object) -> None:
        try:
            assert process.stdin is not None
            pickle.dump(message, process.stdin)
            process.stdin.flush()
        except (OSError, ValueError):
            return  # the improver has ended; the exact search goes on alone

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        while True:
            try:
                objective, x = pickle.load(process.stdout)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                return
            worth = self._formulation.form.objective(x)
            if any(broken_rows(self._formulation, x)) or abs(worth - objective) > TOLERANCE * max(1.0, abs(objective)):
                continue
            with self._lock:
                if self._best is None or objective > self._best[0]:
                    self._best = (objective, x)


def needed(formulation: Formulation) -> Bools:
    """Return the projects that no plan can leave out: mandatory or wanted ones and all that must have ended before
    them, (P,).
    """
    q = formulation.quantities
    found = q.mandatory.copy()
    found[list(formulation.wanted)] = True
    for project in np.flatnonzero(found):
        found[list(q.ancestors[int(project)])] = True
    return found
