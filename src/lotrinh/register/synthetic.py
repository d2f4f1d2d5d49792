"""Synthetic registers: files of an invented estate to import, and work items of any number for measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from lotrinh.register.items import ITEMS
from lotrinh.register.made_up import written
from lotrinh.register.made_up.estate import systems, windows
from lotrinh.register.sheets import ALL, MONEY, Capacity
from lotrinh.register.work import effort, order, place, worth
from lotrinh.register.workitems import Work, between

if TYPE_CHECKING:
    import polars as pl

SHARES = {
    "endpoint": 0.27,
    "leaf_certificate": 0.43,
    "internal_ca": 0.002,
    "ssh_host": 0.15,
    "vpn_gateway": 0.02,
    "library": 0.06,
    "own_code": 0.05,
    "hsm_kms": 0.003,
    "firmware": 0.015,
}
"""Shares of the kinds of items; an assumption."""
SIGNING = {
    "leaf_certificate": 1.0,
    "internal_ca": 1.0,
    "ssh_host": 0.5,
    "library": 0.5,
    "own_code": 0.5,
    "hsm_kms": 0.5,
}
"""Shares of items of a kind that are about signatures, of the others all establish keys; an assumption."""
WEAK = 0.05
"""Share of items that are weak already; an assumption."""
PER_SYSTEM = 120
SLACK = 1.25
"""What a team has in `capacity`, by its share of the pool."""
HORIZON = 40
"""Quarters to which `capacity` relates its load."""


def write(folder: Path, assets: int = 200_000, seed: int = 1, count: int | None = None) -> dict[str, int]:
    """Write the invented estate as files that ``register add`` reads; see `made_up.written.write`."""
    return written.write(folder, assets, seed, count)


def items(n: int, seed: int = 1, values: Literal["discrete", "continuous"] = "discrete") -> Work:
    """Return `n` work items over invented systems, with what comes first, windows and vendors, and no policy.

    Parameters
    ----------
    values: ``discrete`` gives value and years by the grades of systems, as in a real register, so many items are alike;
        ``continuous`` draws them for each item, so hardly two are.
    """
    import polars as pl

    rng = np.random.default_rng(seed)
    of = systems(rng, max(1, n // PER_SYSTEM), exact=False)
    about = worth.of_systems(of, ())
    names = np.array([system.system for system in of])
    weights = rng.lognormal(0.0, written.SPREAD, len(of))
    kinds, shares = list(SHARES), np.array(list(SHARES.values()))
    kind = rng.choice(len(kinds), n, p=shares / shares.sum())
    signs = rng.random(n) < np.array([SIGNING.get(each, 0.0) for each in kinds])[kind]
    weak = (rng.random(n) < WEAK) & ~np.isin(kind, [kinds.index("internal_ca"), kinds.index("hsm_kms")])
    function = np.where(weak, "already_weak", np.where(signs, "signature", "key_establishment"))
    class_ = np.where(weak, "already_weak", np.where(signs, "forge_later", "harvest_now"))
    codes = np.array([place.CODES[each] for each in kinds])
    plain = pl.DataFrame(
        {
            "item": [f"{code}-SYN{at:013d}" for at, code in enumerate(codes[kind])],
            "system": names[rng.choice(len(of), n, p=weights / weights.sum())],
            "kind": np.array(kinds)[kind],
            "function": function,
            "family": np.where(rng.random(n) < 0.6, "rsa", "ecc"),
            "class": class_,
            "title": [f"SYN {at}" for at in range(n)],
            "assets": rng.integers(1, 4, n),
            "due": [""] * n,
            "policy": [""] * n,
        }
    )
    every = worth.shared(plain, about).join(about.drop("worth"), on="system", how="left", maintain_order="left")
    if values == "continuous":
        drawn = rng.lognormal(0.0, 1.5, n)
        every = every.with_columns(
            pl.Series("value", drawn * (about["worth"].sum() / drawn.sum())),
            pl.Series("shelf_life", rng.uniform(0.0, 30.0, n)),
            pl.Series("trust_life", rng.uniform(0.0, 20.0, n)),
        )
    edges, milestones = order.joined(every, _issued(rng, every), of)
    return Work(
        items=pl.concat([every.select(*ITEMS), between(milestones, about)]).sort("item"),
        edges=edges,
        efforts=effort.efforts(),
        costs=effort.costs(),
        windows=windows(),
        settled=every.select(*ITEMS, pl.lit("").alias("state")).clear(),
        members=pl.DataFrame(schema={"asset": pl.String, "system": pl.String, "item": pl.String}),
        apart=pl.DataFrame(schema={"reason": pl.String, "assets": pl.Int64}),
        systems=about,
    )


def capacity(work: Work, load: float = 0.8) -> list[Capacity]:
    """Return people and money, level over time, of which the work takes the share `load` within ten years.

    The sectors have teams, and a central pool helps and limits all of them: a team has a quarter more than its share of
    the pool, so that both bind.
    """
    import polars as pl

    counts = work.items.group_by("team", "kind").len("count")
    use = counts.join(work.efforts, on="kind").sort(
        "team", "kind", "skill"
    )  # sums depend on the order, in the last bit
    need = use.group_by("team", "skill", maintain_order=True).agg((pl.col("effort") * pl.col("count")).sum())
    rows = [
        _capacity(ALL, skill, total / (load * HORIZON))
        for skill, total in need.group_by("skill", maintain_order=True)
        .agg(pl.col("effort").sum())
        .sort("skill")
        .iter_rows()
    ]
    rows += [
        _capacity(team, skill, SLACK * total / (load * HORIZON))
        for team, skill, total in need.filter(pl.col("team") != ALL).sort("team", "skill").iter_rows()
    ]
    money = (
        counts.join(work.costs, on="kind").sort("team", "kind").select((pl.col("cost") * pl.col("count")).sum()).item()
    )
    return [*rows, _capacity(ALL, MONEY, 4.0 * money / (load * HORIZON))]


def _capacity(team: str, skill: str, amount: float) -> Capacity:
    return Capacity(team=team, skill=skill, amount=amount, evidence="assumption", reason="Synthetic")


def _issued(rng: np.random.Generator, every: pl.DataFrame) -> pl.DataFrame:
    """Return certificates after an authority: of their organisation where it has one, else any."""
    import polars as pl

    authorities = every.filter(pl.col("kind") == "internal_ca").select("organisation", pl.col("item").alias("after"))
    leaves = every.filter(pl.col("kind") == "leaf_certificate").select("organisation", "item")
    if not authorities.height:
        return pl.DataFrame(schema={"item": pl.String, "after": pl.String})
    any_one = authorities["after"].gather(rng.integers(0, authorities.height, leaves.height))
    own = authorities.group_by("organisation").agg(pl.col("after").min())
    found = leaves.with_columns(any_one.alias("other")).join(own, on="organisation", how="left")
    return found.select("item", pl.coalesce("after", "other").alias("after"))
