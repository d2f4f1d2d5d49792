"""Which assets need work, and why the others do not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

NEEDS = ("already_weak", "harvest_now", "forge_later")
"""Classes that need work, the worst first."""
REASONS = ("public_root", "test", "expired", "superseded", "migrated", "margin", "unknown", "accepted", "done")
"""Why an asset is no work: it lies in a store of public roots; it is material of tests; a certificate that has run out;
one whose successor is in place; post-quantum or hybrid already; only its margin shrinks; not recognised, so nobody
knows; the risk is borne; done.
"""
TEXTS = (
    *("asset", "kind", "name", "subject", "issuer", "not_before", "not_after", "key_fingerprint", "issuer_key"),
    *("authority", "protocol", "host", "component", "component_kind", "component_version", "location"),
    *("trust_store", "test", "algorithm_id", "family", "class", "function", "signature_id", "signature_class"),
)
NUMBERS = ("port", "strength")
DAYS = ("last_seen",)


def uses(assets: pl.DataFrame, holdings: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each asset in each system that holds it: `TEXTS`, `NUMBERS`, `DAYS`, `system` and `worst`.

    Columns that a frame lacks are empty. An asset that no system holds has the system "". `worst` is the class that
    counts: of a certificate the worse of its key's and of the signature on it.
    """
    import polars as pl

    columns = [_text(assets, name) for name in TEXTS]
    columns += [_filled(assets, name, pl.Int64, 0) for name in NUMBERS]
    columns += [_filled(assets, name, pl.Date, None) for name in DAYS]
    found = assets.select(columns).unique("asset", maintain_order=True)
    held = holdings.select(pl.col("asset").cast(pl.String), pl.col("system").cast(pl.String).fill_null("")).unique()
    joined = found.join(held, on="asset", how="left").with_columns(pl.col("system").fill_null(""))
    signed = pl.when(pl.col("kind") == "certificate").then(pl.col("signature_class")).otherwise(pl.lit(""))
    worst = pl.lit("")
    for name in reversed(NEEDS):
        worst = pl.when((pl.col("class") == name) | (signed == name)).then(pl.lit(name)).otherwise(worst)
    return joined.with_columns(worst.alias("worst"))


def judged(rows: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return the rows with the column `reason`: one of `REASONS`, or empty where there is work."""
    import polars as pl

    expired = (pl.col("not_after") != "") & (pl.col("not_after").str.slice(0, 10) < today.isoformat())
    certificate = pl.col("kind") == "certificate"
    return (
        _succeeded(rows)
        .with_columns(
            pl.when(pl.col("trust_store") == "yes")
            .then(pl.lit("public_root"))
            .when(pl.col("test") == "yes")
            .then(pl.lit("test"))
            .when(certificate & expired)
            .then(pl.lit("expired"))
            .when(certificate & pl.col("succeeded"))
            .then(pl.lit("superseded"))
            .when(pl.col("worst") != "")
            .then(pl.lit(""))
            .when(pl.col("class").is_in(["post_quantum", "hybrid"]))
            .then(pl.lit("migrated"))
            .when(pl.col("class") == "grover_margin")
            .then(pl.lit("margin"))
            .otherwise(pl.lit("unknown"))
            .alias("reason")
        )
        .drop("succeeded")
    )


def _succeeded(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark leaf certificates whose system holds one of the same subject that begins later and was seen after them."""
    import polars as pl

    leaf = (pl.col("kind") == "certificate") & (pl.col("authority") != "yes") & (pl.col("subject") != "")
    leaves = rows.filter(leaf & (pl.col("not_before") != "") & pl.col("last_seen").is_not_null())
    newest = (
        leaves.sort("not_before", "last_seen")
        .group_by("system", "subject", maintain_order=True)
        .agg(pl.col("not_before").last().alias("newest"), pl.col("last_seen").last().alias("newest_seen"), pl.len())
        .filter(pl.col("len") > 1)
        .drop("len")
    )
    after = (pl.col("not_before") < pl.col("newest")) & (pl.col("last_seen") < pl.col("newest_seen"))
    joined = rows.join(newest, on=["system", "subject"], how="left", maintain_order="left")
    return joined.with_columns((leaf & after).fill_null(False).alias("succeeded")).drop("newest", "newest_seen")


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    import polars as pl

    return _filled(frame, name, pl.String, "")


def _filled(frame: pl.DataFrame, name: str, dtype: type[pl.DataType], default: object) -> pl.Expr:
    import polars as pl

    if name not in frame.columns:
        return pl.lit(default, dtype=dtype).alias(name)
    column = pl.col(name).cast(dtype)
    return column if default is None else column.fill_null(default)
