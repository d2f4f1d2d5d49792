"""The desk on which futures are executed: what chance brings to each, and room for what becomes of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lotrinh.assessment.orders import Orders
from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Floats, Quantities

NOW = np.dtype(
    [(name, "f8") for name in ("length", "cost", "extent", "serves", "failure_share")]
    + [(name, "i4") for name in ("status", "still", "gate", "reason", "halts", "started", "stopped", "delivered")]
    + [(name, "f8") for name in ("work", "done", "actual", "lost", "product", "chance", "committed")]
)
GATE = np.dtype([("luck", "f8"), ("chance", "f8")])
GAIN = np.dtype([("factor", "f8"), ("levels", "f8")])
ENTERED = np.dtype([("completes", "f8"), ("completed", "f8")])
CASH = np.dtype([(name, "f8") for name in ("factor", "left", "purse")])


class Desk(NamedTuple):
    """What chance brings to S futures, and what becomes of what it touches.

    Attributes
    ----------
    now: projects, (S, P). Drawn: quarters of work (`length`), `cost` against the likely one, share of the gain a
        success leaves (`extent`), chance of its product (`serves`), and share a failure leaves. The rest is written.
    gates: (S, gates): passed where `luck` is below `chance`.
    gains: (S, gains of the programme): `factor` on the levels; `levels` written.
    decay, loss: quarterly depreciation, (S, K), and loss of people, (S, skills).
    leave: uniform numbers that decide how many people leave, (S, skills, T); empty where just the share leaves.
    entered: (S, intakes of the orders): people who complete and stay of the whole intake, and of the real one.
    price: of each kind of equipment against the likely one, (S, E).
    hosting: whether each site hosts, (S, H), written.
    cash: (S, Y): `factor` on the budget; what is `left` at the end of the year, and of it the `purse` for migration,
        written.
    out: whether each supplier has withdrawn, (S, suppliers, T).
    qday: quarter, counted from the start of the programme, in which quantum computers break RSA-2048, (S,); infinite
        where that is never; no number where it is not drawn, and exposure is the expected one.
    """

    now: Any
    gates: Any
    gains: Any
    decay: Floats
    loss: Floats
    leave: Floats
    entered: Any
    price: Floats
    hosting: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    cash: Any
    out: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    qday: Floats


def desk(q: Quantities, o: Orders, size: int) -> Desk:
    """Return a desk of `size` futures in which everything goes as is likely and every gate is passed."""
    now = np.zeros(len(o.projects), dtype=NOW)
    now["length"], now["cost"], now["extent"], now["serves"] = np.maximum(o.projects["duration"], 1), 1.0, 1.0, 1.0
    now["failure_share"] = q.failure_share
    gates = np.zeros(len(o.gates), dtype=GATE)
    gates["luck"], gates["chance"] = -1.0, o.gates["amount"]
    gains = np.zeros(len(q.gains[0]), dtype=GAIN)
    gains["factor"] = 1.0
    entered = np.zeros(len(o.intakes), dtype=ENTERED)
    entered["completes"] = o.intakes["entrants"] * q.intake_completes[o.intakes["intake"]]
    cash = np.zeros(len(q.years), dtype=CASH)
    cash["factor"] = 1.0
    return Desk(
        now=_repeated(now, size),
        gates=_repeated(gates, size),
        gains=_repeated(gains, size),
        decay=_repeated(q.depreciation, size),
        loss=_repeated(q.loss, size),
        leave=np.zeros((0, len(q.loss), q.horizon)),
        entered=_repeated(entered, size),
        price=np.ones((size, len(q.price))),
        hosting=np.zeros((size, len(o.sites)), dtype=bool),
        cash=_repeated(cash, size),
        out=np.zeros((size, len(q.programme.suppliers), q.horizon), dtype=bool),
        qday=np.full(size, np.nan),
    )


def _repeated(one: Any, size: int) -> Any:
    return np.repeat(one[None], size, axis=0)


def expected(q: Quantities, decisions: Decisions, o: Orders) -> Desk:
    """Return the desk of the plan's own future: a success brings the expected gain, and its product with its chance."""
    found, chosen = desk(q, o, 1), decisions.chosen
    project = q.options.project[chosen]
    found.now["extent"][0, project] = q.option_extent[chosen]
    found.now["serves"][0, project] = q.options.chance[chosen] * q.chain_chance[project]
    return found
