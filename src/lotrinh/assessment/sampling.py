"""Uniform numbers by name: pseudo-random streams, and Sobol' numbers with a dimension for every draw of a programme."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.base.streams import stream
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.programme.columns import Entity
from lotrinh.programme.entities import Supplier

BATCH = 2048
"""Futures in a batch: every batch has streams of its own, so futures do not depend on who works on which."""
BITS = 30
"""Binary digits of a Sobol' number."""
DIMENSIONS = 21_201
"""Most dimensions of the sequence (Joe and Kuo 2008)."""

Sampler = Callable[..., Floats]


def pseudo(seed: int, batch: int) -> Sampler:
    """Return a sampler of pseudo-random numbers for one batch."""

    def sample(name: str, *shape: int) -> Floats:
        return stream(seed, name, batch).random((BATCH, *shape))

    return sample


def sobol(seed: int, batch: int, names: Mapping[str, int]) -> Sampler:
    """Return a sampler of Sobol' numbers for one batch, each dimension digitally shifted by a stream of its own.

    `names` says which dimension belongs to which draw (see `dimensions`); what has none, or a shape, stays
    pseudo-random. A digital shift keeps the net and makes the mean unbiased (L'Ecuyer and Lemieux 2002).

    Raises
    ------
    ImportError
        If SciPy is not installed: ``pip install lotrinh[sobol]``.
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(len(names), scramble=False, bits=BITS)
    if batch:
        engine.fast_forward(batch * BATCH)
    points = np.asarray(engine.random(BATCH) * 2.0**BITS).astype(np.uint64)
    plain = pseudo(seed, batch)

    def sample(name: str, *shape: int) -> Floats:
        if shape or name not in names:
            return plain(name, *shape)
        shift = stream(seed, f"sobol/{name}").integers(2**BITS, dtype=np.uint64)
        return np.asarray(((points[:, names[name]] ^ shift).astype(float) + 0.5) / 2.0**BITS)

    return sample


def dimensions(q: Quantities, uncertain: bool) -> dict[str, int]:
    """Return the dimension of every draw of a programme, the weightiest first: the same for every plan of it."""
    p = q.programme
    most: dict[str, int] = dict.fromkeys(p.projects.ids, 0)
    for mode, (at, _, _) in zip(p.modes, q.mode_gates, strict=True):
        most[mode.project] = max(most[mode.project], len(at))
    ids = p.projects.ids
    gates = [f"gate/{id}/{n + 1}" for n in range(max(most.values(), default=0)) for id in ids if n < most[id]]
    withdrawals = [
        f"withdrawal/{row.supplier}/{n}/{part}"
        for n in range(max((renewals(q, row) for row in p.suppliers), default=0))
        for row in p.suppliers
        if n < renewals(q, row)
        for part in ("begins", "lasts")
    ]
    rest = [f"{kind}/{id}" for kind in ("duration", "cost", "step") for id in ids]
    rest += [f"cut/{year}" for year in q.years] + [f"price/{id}" for id in p.equipment.ids]
    rest += [f"completion/{row.flow}/{row.skill}/{year}" for row in p.training_skills for year in q.years]
    ranged = dict.fromkeys((row.of, row.column) for row in p.uncertain) if uncertain else {}
    for table, column in ranged:
        key = Entity.registry[table].key
        rest += ["/".join(("input", table, column, *(str(getattr(row, k)) for k in key))) for row in getattr(p, table)]
    names = [*gates, *withdrawals, "qday/curve", "qday/moment", *rest]
    return {name: at for at, name in enumerate(names[:DIMENSIONS])}


def renewals(q: Quantities, supplier: Supplier) -> int:
    """Return how many withdrawals of a supplier are drawn: more than there will be, whatever its rate turns out."""
    ranges = [row.high for row in q.programme.uncertain if (row.of, row.column) == ("suppliers", "withdrawal_rate")]
    rate = supplier.withdrawal_rate * max([1.0, *ranges])
    return int(4 + 2 * q.horizon * -np.expm1(-rate / QUARTERS_PER_YEAR)) if rate > 0.0 else 0
