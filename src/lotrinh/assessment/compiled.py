"""What the compiled files of the execution share: their words, their numbers, and how they are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

compiled = njit(
    nogil=True, error_model="numpy", _nrt=False, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
)
"""Compiled into `execute` without counting references, which would cost more than the work: nothing keeps an array."""

SLACK = 1e-6
"""What an amount may pass its limit by: a plan holds its rules to a solver's tolerance."""

WAITING, RUNNING, DELIVERED, FAILED, DROPPED, BARRED, ABANDONED = range(7)
"""How a project stands: not begun, at work, ended well, failed at a gate, waited too long, barred by a predecessor that
did not deliver, given up after standing still."""

PREDECESSOR, LEVEL, SUPPLIER, PEOPLE, MACHINES, MONEY = range(1, 7)
"""What a project that is due waits for."""

HERE, ANNOUNCED, SUDDEN = range(3)
"""Whether a supplier supplies, or has gone, as was known or not."""

BEGUN, WAITS, PASSED, STOPPED, DONE, HALTED, SLOWED, CUT, DEFERRED, SMALLER, SHORT = range(11)
"""What is noted of a future: (quarter, what, whom, detail)."""

PEOPLE_TABLED = 1000
"""Most people of a skill for whom the chance that nobody leaves is tabled."""

TRAINING, EQUIPMENT, CORE, MIGRATION = 1, 2, 3, 4
"""Rows of `spend` besides 0, the projects; as `measures.paths.PURPOSES` lists them."""


@compiled
def note(notes: Any, noted: Any, i: int, t: int, what: int, whom: int, detail: float) -> None:
    """Note what happened, where there is room for it."""
    if noted[i] < len(notes):
        at = noted[i]
        notes[at, 0], notes[at, 1], notes[at, 2], notes[at, 3] = t, what, whom, detail
        noted[i] = at + 1
