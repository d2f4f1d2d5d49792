r"""What one item of a kind takes: as shipped, as a register's own sheets say, and as finished items teach.

The effort of a kind is re-estimated by credibility: with `n` finished items, whose efforts were
``r_i`` times what had been estimated,

```{math}
\hat r = \frac{k + \sum_i r_i}{k + n}
```

which weighs the mean of what was observed by ``n / (n + k)`` and the estimate by the rest (Bühlmann, Experience rating
and credibility, ASTIN Bulletin 4, 1967). Where ratios follow an exponential family with a conjugate prior of weight
``k``, it is the posterior mean (Jewell, Credible means are exact Bayesian for exponential families, ASTIN Bulletin 8,
1974).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lotrinh.register.items import COSTS, EFFORTS
from lotrinh.register.sheets import Cost, Effort, Progress
from lotrinh.register.work.place import kind_of

if TYPE_CHECKING:
    import polars as pl

PRIOR = 5.0
"""`k`: finished items that weigh as much as the estimate they correct; an assumption."""


@cache
def shipped(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of ``efforts.csv`` or ``costs.csv``; all are assumptions."""
    text = files("lotrinh.register.work").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def efforts(own: Sequence[Effort] = ()) -> pl.DataFrame:
    """Return the effort of each kind and skill, columns `EFFORTS`: a kind that `own` speaks of is taken from there."""
    import polars as pl

    told = {row.kind for row in own}
    rows: list[tuple[Any, ...]] = [
        (row["kind"], row["skill"], float(row["effort"]), float(row["low"]), float(row["high"]), row["evidence"])
        for row in shipped("efforts")
        if row["kind"] not in told
    ]
    rows += [(row.kind, row.skill, row.effort, row.low, row.high, row.evidence) for row in own]
    return pl.DataFrame(sorted(rows), schema=EFFORTS, orient="row")


def costs(own: Sequence[Cost] = ()) -> pl.DataFrame:
    """Return cost and length of each kind, columns `COSTS`: a kind that `own` speaks of is taken from there."""
    import polars as pl

    told = {row.kind for row in own}
    rows: list[tuple[Any, ...]] = [
        (row["kind"], float(row["cost"]), int(row["quarters"]), row["evidence"])
        for row in shipped("costs")
        if row["kind"] not in told
    ]
    rows += [(row.kind, row.cost, row.quarters, row.evidence) for row in own]
    return pl.DataFrame(sorted(rows), schema=COSTS, orient="row")


def recalibrate(estimates: pl.DataFrame, progress: Iterable[Progress], prior: float = PRIOR) -> pl.DataFrame:
    """Return the efforts re-estimated from finished items whose effort is known, columns `EFFORTS`.

    Low and high are scaled with the likely effort: the mean is better known, one item varies as before. A kind of which
    more items are finished than `prior` rests on the register's own records and is no assumption any more.
    """
    import polars as pl

    likely = dict(estimates.group_by("kind").agg(pl.col("effort").sum()).iter_rows())
    ratios: dict[str, list[float]] = defaultdict(list)
    for row in progress:
        kind = kind_of(row.item)
        if row.state == "done" and row.effort is not None and likely.get(kind, 0.0) > 0.0:
            ratios[kind].append(row.effort / likely[kind])
    factors = {kind: (prior + sum(sorted(seen))) / (prior + len(seen)) for kind, seen in ratios.items()}
    known = [kind for kind, seen in ratios.items() if len(seen) > prior]
    factor = pl.col("kind").replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    return estimates.with_columns(
        *(pl.col(name) * factor for name in ("effort", "low", "high")),
        pl.when(pl.col("kind").is_in(known)).then(pl.lit("expert")).otherwise(pl.col("evidence")).alias("evidence"),
    )
