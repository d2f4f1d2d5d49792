"""What must be done before what: pairs of items, as few as the rules allow.

- A certificate comes after the authority that issued it, an authority after the one above it.
- An authority comes after the hardware modules of its system.
- What is signed in a system comes after its hardware modules and the authorities that issued its certificates. Key
  establishment does not wait for them: a hybrid exchange needs neither a new certificate nor a new module, and is the
  more urgent. What is weak already is mended with the means of today.
- An endpoint that signs comes after the certificate that it presents: only with it in hand can it be configured. The
  key establishment of an endpoint uses keys of the moment, and does not wait for its certificate.
- What depends on a library, a module, a device, an authority or own code by a report comes after it.
- A system comes after the systems that its owner names.

Where many items wait for many, a milestone stands between: an item without effort or value, done once all before it
are. So ``n`` items after ``m`` need ``n + m`` pairs, not ``n·m``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lotrinh.register.sheets import System
from lotrinh.register.work.place import identify

if TYPE_CHECKING:
    import polars as pl

MILESTONE = "milestone"
"""Kind of the items that stand between."""
WAITING = ("signature",)
"""Functions whose items wait for the modules and authorities of their system."""
FIRST = ("hsm_kms", "internal_ca")
CARRIERS = ("library", "own_code", "firmware", "hsm_kms", "internal_ca")
"""Kinds for which what depends on them waits."""


def ordered(
    rows: pl.DataFrame, items: pl.DataFrame, links: pl.DataFrame, systems: Sequence[System]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pairs (item, after) and the milestones they need (item, system, title).

    Parameters
    ----------
    rows: as `place.placed` gives them.
    items: item, system, kind, function.
    links: asset and the asset on which it depends.
    """
    import polars as pl

    return joined(items, pl.concat([_by_issuer(rows), _by_links(rows, links)]).unique(), systems)


def joined(items: pl.DataFrame, issued: pl.DataFrame, systems: Sequence[System]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pairs and milestones of items, of which the pairs `issued` are known: as `ordered`."""
    import polars as pl

    heads, members = _foundations(items, issued)
    founded, gates = through(heads, members, "foundations")
    modules, authorities = (items.filter(pl.col("kind") == kind).select("system", "item") for kind in FIRST)
    keyed, rooms = through(modules, authorities, "modules")
    chain, ends = _after_systems(items, systems)
    edges = (
        pl.concat([issued, founded, keyed, chain])
        .filter(pl.col("item") != pl.col("after"))
        .unique()
        .sort("item", "after")
    )
    return edges, pl.concat([gates, rooms, ends]).sort("item")


def through(heads: pl.DataFrame, members: pl.DataFrame, what: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return pairs by which, in each system, every member comes after every head, and the milestones they need.

    Parameters
    ----------
    heads, members: system, item.  what: names the milestone of a system among its others.
    """
    import polars as pl

    sizes = heads.group_by("system").len("first").join(members.group_by("system").len("rest"), on="system")
    first, rest = pl.col("first").cast(pl.Int64), pl.col("rest").cast(pl.Int64)
    sizes = sizes.with_columns((first * rest > first + rest).alias("gated")).sort("system")
    gates = _milestones(sizes.filter("gated")["system"].to_list(), what)
    plain = sizes.filter(~pl.col("gated")).select("system")
    before = heads.rename({"item": "after"})
    direct = members.join(plain, on="system").join(before, on="system").select("item", "after")
    gate = gates.select("system", pl.col("item").alias("gate"))
    into = before.join(gate, on="system").select(pl.col("gate").alias("item"), "after")
    out = members.join(gate, on="system").select("item", pl.col("gate").alias("after"))
    return pl.concat([direct, into, out]), gates


def _milestones(systems: Sequence[str], what: str) -> pl.DataFrame:
    import polars as pl

    ids = identify([f"{system}\x1f{what}" for system in systems], "MS")
    titles = [f"{system}: {what}" for system in systems]
    schema = {"item": pl.String, "system": pl.String, "title": pl.String}
    return pl.DataFrame({"item": ids, "system": list(systems), "title": titles}, schema=schema)


def _by_issuer(rows: pl.DataFrame) -> pl.DataFrame:
    """Return certificates after their authorities: by the issuer's key, or by its name where the key is not known."""
    import polars as pl

    certificates = rows.filter(pl.col("kind") == "certificate")
    authorities = certificates.filter(pl.col("item_kind") == "internal_ca")
    by_key = authorities.filter(pl.col("key_fingerprint") != "").select(
        pl.col("key_fingerprint").alias("issuer_key"), pl.col("item").alias("after")
    )
    by_name = authorities.filter(pl.col("subject") != "").group_by(pl.col("subject").alias("issuer"))
    named = by_name.agg(pl.col("item").min().alias("after"))
    keyed = certificates.filter(pl.col("issuer_key") != "").select("item", "issuer_key")
    nameless = certificates.filter((pl.col("issuer_key") == "") & (pl.col("issuer") != "")).select("item", "issuer")
    found = [
        keyed.unique().join(by_key.unique(), on="issuer_key").select("item", "after"),
        nameless.unique().join(named, on="issuer").select("item", "after"),
    ]
    return pl.concat(found).filter(pl.col("item") != pl.col("after")).unique()


def _by_links(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return items after those whose assets theirs depend on, inside a system or on an authority."""
    import polars as pl

    mine = rows.select("asset", "item", "item_kind", "function", "holder")
    its = mine.rename(
        {"asset": "depends", "item": "after", "item_kind": "its_kind", "function": "its", "holder": "held"}
    )
    pairs = links.select("asset", "depends").unique().join(mine, on="asset").join(its, on="depends")
    near = (pl.col("holder") == pl.col("held")) | (pl.col("its_kind") == "internal_ca")
    certificate = pl.col("item_kind").is_in(["leaf_certificate", "internal_ca"])
    carried = pl.col("its_kind").is_in(CARRIERS) & ~certificate
    issued = certificate & (pl.col("its_kind") == "internal_ca")
    presented = (pl.col("its_kind") == "leaf_certificate") & (pl.col("function") == "signature") & ~certificate
    kept = pairs.filter(near & (carried | issued | presented) & (pl.col("item") != pl.col("after")))
    return kept.select("item", "after").unique()


def _foundations(items: pl.DataFrame, issued: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what comes first in each system, its modules and the authorities of its certificates, and what waits."""
    import polars as pl

    modules = items.filter(pl.col("kind") == "hsm_kms").select("system", "item")
    kinds = items.select("item", "system", "kind")
    authority = items.filter(pl.col("kind") == "internal_ca").select(pl.col("item").alias("after"))
    leaves = kinds.filter(pl.col("kind") == "leaf_certificate").join(issued, on="item").join(authority, on="after")
    heads = pl.concat([modules, leaves.select("system", pl.col("after").alias("item"))]).unique()
    waiting = pl.col("function").is_in(WAITING) & ~pl.col("kind").is_in(FIRST)
    return heads, items.filter(waiting).select("system", "item")


def _after_systems(items: pl.DataFrame, systems: Sequence[System]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every item of a system after the last of each system that its owner names."""
    import polars as pl

    mine = items.select("system", "item")
    here = set(mine["system"].unique().to_list())
    named = [(row.system, other) for row in systems for other in row.after.split() if row.system in here]
    named = sorted({(system, other) for system, other in named if other in here and other != system})
    ends = _milestones(sorted({other for _, other in named}), "all")
    closing = mine.join(ends.select("system", pl.col("item").alias("end")), on="system")
    closed = closing.select(pl.col("end").alias("item"), pl.col("item").alias("after"))
    wanted = pl.DataFrame(named, schema={"system": pl.String, "other": pl.String}, orient="row")
    heads = wanted.join(ends.select(pl.col("system").alias("other"), "item"), on="other").select("system", "item")
    started, starts = through(heads, mine, "start")
    return pl.concat([closed, started]), pl.concat([ends, starts])
