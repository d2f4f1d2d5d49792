"""From sightings to assets: a function of all sightings alone, whatever the order in which they came.

Each field of an asset is that of its most recent sighting that tells it. Of two sightings of one day the later scan of
the same source goes before, then chance by content, the same for every order of imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lotrinh.register.frames import NUMBERS, TOLD
from lotrinh.register.owners import Owners
from lotrinh.register.verdicts import Verdicts

if TYPE_CHECKING:
    import polars
    from numpy.typing import NDArray

BUCKET = 150_000
"""Sightings that are merged at a time, about: what bounds the memory."""
BLIND = "unknown"
"""What a tool says of post-quantum key establishment where it cannot see it: no news for who could."""
SEEN_WITH = ("post_quantum", "groups", "fallback")
"""Fields that are taken from a tool that can see post-quantum groups, where there is one."""


class Merge:
    """Merges the sightings in some segments.

    Attributes
    ----------
    sources: source, rank (order of sightings of one day), current (the latest scan of its series; see `ranked`), and
        fresh, which is handed on.
    moved: from, to: ids by a weaker identity and the ids by the surest of the same assets.
    """

    def __init__(
        self,
        segments: Sequence[Path],
        sources: polars.DataFrame,
        owners: Owners,
        verdicts: Verdicts,
        moved: polars.DataFrame | None = None,
    ) -> None:
        import polars as pl

        self._scan = pl.scan_parquet([str(path) for path in segments])
        self.sources, self._owners, self._verdicts = sources, owners, verdicts
        self._size = self._scan.select(pl.len()).collect().item()
        self.moved = self._moved() if moved is None else moved
        self.holdings: list[polars.DataFrame] = []
        self._keys: list[polars.DataFrame] = []

    def assets(self) -> Iterator[polars.DataFrame]:
        """Yield the assets, in the order of their ids, part by part; notes `holdings` of them."""
        import polars as pl

        late = None
        if len(self.moved):
            late = self._read(pl.col("asset").is_in(self.moved["from"].implode()))
            late = late.with_columns(pl.col("asset").replace_strict(self.moved["from"], self.moved["to"]))
        for low, high in self._ranges():
            here = (pl.col("asset") >= low) & (pl.col("asset") < high)
            rows = self._read(here)
            if late is not None:
                rows = rows.join(self.moved, left_on="asset", right_on="from", how="anti")
                rows = pl.concat([rows, late.filter(here)])
            if len(rows):
                yield self._merged(rows)

    def links(self) -> polars.DataFrame:
        """Return asset, depends: what assets depend on, as sources say, and the certificates of issuers' keys.

        Call it when all `assets` have been taken.
        """
        import polars as pl

        current = self._scan.join(self._current().lazy(), on="source", how="semi")
        told = current.filter(pl.col("depends") != "").select("source", "asset", pl.col("depends").str.split(" "))
        # Lists of references may be long: they are taken apart only where they are joined.
        told = told.explode("depends", empty_as_null=False, keep_nulls=False)
        named = current.filter(pl.col("reference") != "").select("source", "reference", pl.col("asset").alias("on"))
        found = [
            told.join(named, left_on=["source", "depends"], right_on=["source", "reference"])
            .select("asset", pl.col("on").alias("depends"))
            .unique()
            .collect(engine="streaming")
        ]
        if self._keys:
            keys = pl.concat(self._keys)
            issued = keys.filter(pl.col("issuer_key") != "").select("asset", "issuer_key")
            issuers = keys.filter((pl.col("key_fingerprint") != "") & (pl.col("authority") != "no"))
            pairs = issued.join(issuers.rename({"asset": "depends"}), left_on="issuer_key", right_on="key_fingerprint")
            found.append(pairs.select("asset", "depends"))
        links = pl.concat(found)
        if len(self.moved):
            to = {"old": self.moved["from"], "new": self.moved["to"]}
            links = links.with_columns(pl.col("asset", "depends").replace(**to))
        return links.filter(pl.col("asset") != pl.col("depends")).unique().sort("asset", "depends")

    def _current(self) -> polars.DataFrame:
        import polars as pl

        return self.sources.filter(pl.col("current")).select("source")

    def _read(self, condition: polars.Expr) -> polars.DataFrame:
        """Return the sightings that fulfil `condition`, with the rank of their sources."""
        import polars as pl

        columns = ("asset", "source", "n", "seen", "system", *TOLD)
        rows = self._scan.filter(condition).select(columns).collect()
        ranks = rows.select("source").join(self.sources, on="source", how="left", maintain_order="left")
        rows = rows.drop("source").hstack(ranks.drop("source"))
        return rows.filter(pl.col("rank").is_not_null()) if rows["rank"].null_count() else rows

    def _ranges(self) -> Iterator[tuple[str, str]]:
        """Yield the ranges of ids that are merged together; ids are evenly spread, being digests."""
        count = max(1, -(-self._size // BUCKET))
        bounds = [f"{round(0x10000 * at / count):04x}" for at in range(count)]
        yield from zip(["", *bounds[1:]], [*bounds[1:], "g"], strict=True)

    def _moved(self) -> polars.DataFrame:
        """Return which ids are those of assets that another sighting identifies more surely.

        An id moves only where one asset alone fits: two certificates with one serial number stay two.
        """
        import polars as pl

        rows = (
            self._scan.filter((pl.col("second") != "") | (pl.col("third") != ""))
            .join(self.sources.lazy(), on="source", how="semi")
            .select("asset", "second", "third")
            .unique()
            .collect(engine="streaming")
        )
        moves = _one_to_one(rows.filter(pl.col("second") != "").select(pl.col("second").alias("from"), "asset"))
        rows = rows.with_columns(pl.col("asset").replace(old=moves["from"], new=moves["to"]))
        last = rows.filter(pl.col("third") != "").select(pl.col("third").alias("from"), "asset")
        return pl.concat([moves, _one_to_one(last)])

    def _merged(self, rows: polars.DataFrame) -> polars.DataFrame:
        """Return one row for each asset sighted in `rows`."""
        import polars as pl

        order = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"), "asset", "seen", "rank", "n")
        sorted_ = order.sort("asset", "seen", "rank", "n")
        at = sorted_["at"].to_numpy()
        ids = sorted_["asset"]
        starts = np.flatnonzero((ids != ids.shift()).fill_null(True).to_numpy())
        ends = np.append(starts[1:], len(at)) - 1
        columns = {"asset": ids.gather(starts), **_told(rows, at, starts, ends)}
        seen = sorted_["seen"]
        made = pl.DataFrame(columns).with_columns(
            seen.gather(starts).alias("first_seen"),
            seen.gather(ends).alias("last_seen"),
            pl.Series("sightings", ends - starts + 1, dtype=pl.UInt32),
            *(_any(rows[name], at, starts) for name in ("current", "fresh")),
        )
        made = made.rename({"current": "present"})
        self.holdings.append(self._owners.holdings(rows.filter("current").select("asset", "system", "host")))
        certificates = made.filter((pl.col("kind") == "certificate") & pl.col("present"))
        self._keys.append(certificates.select("asset", "key_fingerprint", "issuer_key", "authority"))
        return self._verdicts.judged(made)


def ranked(sources: polars.DataFrame) -> polars.DataFrame:
    """Return source, rank and current of sources with their name, system, tool, day and generation.

    A series are the sources of one name, system and tool, whatever its version: the latest says what is there now.
    """
    import polars as pl

    maker = pl.col("tool").str.split(" ").list.first().fill_null("").alias("maker")
    series = ("name", "system", "maker")
    rows = sources.select("source", "name", "system", "day", "generation", maker)
    rows = rows.with_columns((pl.col("day") == pl.col("day").max().over(series)).alias("current"))
    # Of scans on one day the last import is the latest.
    last = pl.col("generation").filter("current").max().over(series)
    return (
        rows.with_columns(pl.col("current") & (pl.col("generation") == last))
        .sort("current", "source")
        .with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("rank"))
        .select("source", "rank", "current")
    )


def _any(values: polars.Series, at: NDArray[Any], starts: NDArray[Any]) -> polars.Series:
    """Return for each asset whether any of its flags is set."""
    import polars as pl

    return pl.Series(values.name, np.maximum.reduceat(values.to_numpy()[at].astype(np.int8), starts) > 0)


def _one_to_one(pairs: polars.DataFrame) -> polars.DataFrame:
    """Return from, to for each id in ``from`` that stands beside one other id in ``asset``."""
    import polars as pl

    others = pairs.filter(pl.col("from") != pl.col("asset")).unique()
    counted = others.group_by("from").agg(pl.col("asset").first().alias("to"), pl.len().alias("count"))
    return counted.filter(pl.col("count") == 1).select("from", "to").sort("from")


def _told(
    rows: polars.DataFrame, at: NDArray[Any], starts: NDArray[Any], ends: NDArray[Any]
) -> dict[str, polars.Series]:
    """Return the fields `TOLD` of each asset, whose sightings are the rows ``at[start]`` to ``at[end]``."""
    once, many = at[starts], ends > starts
    inside = at[np.repeat(many, ends - starts + 1)]
    if not len(inside):
        alone: polars.DataFrame = rows.select(TOLD)[once]
        return alone.to_dict()
    several = rows.select(TOLD)[inside]
    sizes = (ends - starts + 1)[many]
    firsts = np.cumsum(sizes) - sizes
    sees = (several["post_quantum"] != BLIND).to_numpy()
    found = {}
    for name in TOLD:
        tells = (several[name] != (0 if name in NUMBERS else "")).to_numpy()
        chosen = once.copy()
        chosen[many] = inside[_last(firsts, tells, sees if name in SEEN_WITH else None)]
        found[name] = rows[name].gather(chosen)
    return found


def _last(starts: NDArray[Any], tells: NDArray[np.bool_], sees: NDArray[np.bool_] | None) -> NDArray[Any]:
    """Return for each asset the place of the last of its values that tells something; those that see go first."""
    place = np.arange(len(tells), dtype=np.int64)
    if sees is not None:
        place = place + len(tells) * sees
    last = np.maximum.reduceat(np.where(tells, place, -1), starts)
    # Where none tells anything, any sighting will do: its value is empty.
    return np.where(last >= 0, last % len(tells), starts)
