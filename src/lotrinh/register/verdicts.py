"""Verdicts on whole tables of assets: what differs is classified once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lotrinh.register.classify import Classifier, Taught
from lotrinh.register.sightings import Sighting

if TYPE_CHECKING:
    import polars

VERDICT = ("algorithm_id", "family", "class", "function", "strength", "category", "signature_id", "signature_class")
"""Columns that classification adds to the fields of an asset."""
_ASKED = (
    "kind",
    "algorithm",
    "oid",
    "parameter",
    "curve",
    "bits",
    "primitive",
    "functions",
    "signature",
    "authority",
    "protocol",
    "version",
    "suites",
    "groups",
    "post_quantum",
    "fallback",
)
"""Fields on which a verdict may rest, besides the name where the algorithm does not tell, and whether a certificate is
its own issuer's.
"""
_ALSO = ("name", "subject", "issuer")
_NAMED = ("algorithm", "key", "host_key")


class Verdicts:
    """Classifies assets, with what people taught."""

    def __init__(self, taught: Iterable[Taught] = ()) -> None:
        self._classifier = Classifier([row for row in taught if row.algorithm or row.class_])
        self._known: dict[str, tuple[Any, ...]] = {}

    def judged(self, assets: polars.DataFrame) -> polars.DataFrame:
        """Return `assets` with the columns `VERDICT`."""
        import polars as pl

        named = pl.col("kind").is_in(_NAMED)
        own = (pl.col("authority") == "yes") & (pl.col("subject") == pl.col("issuer")) & (pl.col("subject") != "")
        root = pl.when(own).then(pl.lit("root")).otherwise(pl.lit(""))
        blank = pl.lit("")
        asked = assets.select(
            *_ASKED,
            pl.when(named & (pl.col("algorithm") == "")).then("name").otherwise(blank).alias("name"),
            root.alias("subject"),
            root.alias("issuer"),
        )
        verdicts = self._answered(asked)
        # A name is asked only where the algorithm tells nothing: names differ from asset to asset.
        again = assets.with_columns(verdicts["class"]).select(named & (pl.col("class") == "unknown")).to_series()
        if again.any():
            answers = self._answered(asked.with_columns(assets["name"]).filter(again))
            place = pl.when(again).then(len(verdicts) + again.cum_sum() - 1).otherwise(pl.int_range(pl.len()))
            verdicts = pl.concat([verdicts, answers])[assets.select(place).to_series()]
        return assets.hstack(verdicts)

    def _answered(self, asked: polars.DataFrame) -> polars.DataFrame:
        """Return the verdicts on rows of questions; like ones are asked once."""
        import polars as pl

        keys = asked.select(pl.concat_str(*_ASKED, *_ALSO, separator="\x1f").alias("key"))
        fresh = asked.hstack(keys).unique("key")
        for row in fresh.iter_rows(named=True):
            if row["key"] not in self._known:
                self._known[row["key"]] = self._verdict(row)
        types = [pl.Int32 if name in ("strength", "category") else pl.String for name in VERDICT]
        schema = {"key": pl.String, **dict(zip(VERDICT, types, strict=True))}
        table = pl.DataFrame([(key, *self._known[key]) for key in fresh["key"]], schema=schema, orient="row")
        return keys.join(table, on="key", how="left", maintain_order="left").select(VERDICT)

    def _verdict(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        sighting = Sighting(**{name: value for name, value in row.items() if name != "key"})
        verdict, signature = self._classifier.sighting(sighting), self._classifier.signature(sighting)
        told = (verdict.algorithm, verdict.family, verdict.class_, verdict.function, verdict.strength, verdict.category)
        return (*told, signature.algorithm, signature.class_ if sighting.signature else "")
