"""What is at stake: the exposure of each work item if it is never done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Quarter
from lotrinh.register.exposure import profile, rate

if TYPE_CHECKING:
    import polars as pl

    from lotrinh.register.threat import Chance

_FACTS = ("function", "shelf_life", "trust_life", "family")


def at_stake(items: pl.DataFrame, threat: Chance, start: Quarter, quarters: int, terminal: float) -> pl.DataFrame:
    """Return item, at_stake: its expected loss in `quarters` from `start` and, at the last rate, `terminal` years."""
    import polars as pl

    def loss(function: str, shelf_life: float, trust_life: float, family: str) -> float:
        if not function:
            return 0.0
        facts = (function, shelf_life, trust_life, family, threat, start, quarters)
        return float(profile(*facts)[-1] + terminal * QUARTERS_PER_YEAR * rate(*facts)[-1])

    kinds = items.select(_FACTS).unique().sort(_FACTS)
    losses = [loss(*facts) for facts in kinds.iter_rows()]
    known = kinds.with_columns(pl.Series("loss", losses, dtype=pl.Float64))
    found = items.join(known, on=_FACTS, how="left", nulls_equal=True)
    return found.select("item", at_stake=pl.col("value") * pl.col("loss"))
