"""The register as CycloneDX 1.6: every asset with its owner, wave and due date as properties.

Written by hand and not by an object model, for speed; a component goes out as soon as it is made. Only the fields named
here leave the register, and none of them is ever the value of a key.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from lotrinh.base.version import VERSION
from lotrinh.register.outputs.cyclonedx_properties import crypto_properties
from lotrinh.register.outputs.extract import OURS, Extract, system_table

_BATCH = 4096
PREFIX = "lotrinh:"
HOLDER = ("component", "component_kind", "component_version")
TYPES = frozenset(
    (
        "application",
        "framework",
        "library",
        "container",
        "platform",
        "operating-system",
        "device",
        "device-driver",
        "firmware",
        "file",
        "machine-learning-model",
        "data",
    )
)
"""Types of components besides assets (CycloneDX 1.6)."""
OWN = (
    ("algorithm", "algorithm_id"),
    ("class", "class"),
    ("family", "family"),
    ("function", "function"),
    ("signature", "signature_id"),
    ("signature-class", "signature_class"),
    ("kind", "kind"),
    ("oid", "oid"),
    ("bits", "bits"),
    ("serial", "serial"),
    ("fingerprint", "fingerprint"),
    ("key-fingerprint", "key_fingerprint"),
    ("issuer-key", "issuer_key"),
    ("authority", "authority"),
    ("groups", "groups"),
    ("post-quantum", "post_quantum"),
    ("fallback", "fallback"),
    ("host", "host"),
    ("port", "port"),
    ("location", "location"),
    ("trust-store", "trust_store"),
    ("test", "test"),
    ("first-seen", "first_seen"),
    ("last-seen", "last_seen"),
)
"""Properties of a component, ``lotrinh:`` before each name, and the column of the asset in which each stands."""


def cyclonedx_chunks(x: Extract, timestamp: datetime.datetime | None = None) -> Iterator[bytes]:
    """Yield the bill of `x` piece by piece; the same extract gives the same bytes.

    The serial number is a UUID of version 5 over all that stands before it, and therefore stands last. `timestamp` is
    that of the metadata; the beginning of `Extract.as_of` where left out.
    """
    digest = hashlib.sha256()
    stamp = timestamp or datetime.datetime.combine(x.as_of, datetime.time(), datetime.UTC)
    for chunk in _body(x, stamp.astimezone(datetime.UTC)):
        digest.update(chunk)
        yield chunk
    serial = uuid.uuid5(OURS, digest.hexdigest())
    yield b',\n"serialNumber":' + orjson.dumps(f"urn:uuid:{serial}") + b"}\n"


def cyclonedx_bytes(x: Extract, timestamp: datetime.datetime | None = None) -> bytes:
    """Return the bill of `x` as a whole."""
    return b"".join(cyclonedx_chunks(x, timestamp))


def _body(x: Extract, stamp: datetime.datetime) -> Iterator[bytes]:
    """Yield the bill without its serial number."""
    head = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tools": {"components": [{"type": "application", "name": "lotrinh", "version": VERSION}]},
            "properties": [{"name": f"{PREFIX}register", "value": x.name}],
        },
    }
    yield orjson.dumps(head)[:-1] + b',\n"components":['
    refs = _Refs(x)
    yield from _lines(_components(x, refs))
    yield b'],\n"dependencies":['
    yield from _lines(_dependencies(x, refs))
    yield b"]"


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """Yield rows as JSON, one a line with commas between, in chunks."""
    held: list[bytes] = []
    between = b"\n"
    for row in rows:
        held.append(orjson.dumps(row))
        if len(held) == _BATCH:
            yield between + b",\n".join(held)
            between, held = b",\n", []
    if held:
        yield between + b",\n".join(held)


class _Refs:
    """The bom-refs of the bill: assets by their ids, what holds them, the algorithms and keys to which they refer.

    CycloneDX lets a certificate name its algorithm only by reference, so each algorithm that no asset stands for gets a
    component of its own, marked ``lotrinh:role`` ``reference``: it is no asset of the register.
    """

    def __init__(self, x: Extract) -> None:
        import polars as pl

        named = x.assets.filter(pl.col("kind").is_in(["certificate", "key", "host_key"]))
        columns = [named["algorithm_id"], named.filter(pl.col("kind") == "certificate")["signature_id"]]
        self.algorithms = sorted(set().union(*(column.unique().to_list() for column in columns)) - {""})
        keys = x.assets.filter(pl.col("kind").is_in(["key", "host_key"]) & (pl.col("key_fingerprint") != ""))
        keys = keys.sort("asset").unique("key_fingerprint", keep="first", maintain_order=True)
        self.keys: dict[str, str] = dict(keys.select("key_fingerprint", "asset").iter_rows())
        held = x.assets.filter(pl.col("component") != "").group_by(HOLDER).agg(pl.col("asset").sort()).sort(HOLDER)
        self.holders = [(f"component:{n}", *row) for n, row in enumerate(held.iter_rows())]

    def algorithm(self, id: str) -> str:
        """Return the reference of an algorithm; empty for none."""
        return f"algorithm:{id}" if id else ""

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the reference of the public key of a certificate; empty where the register does not know it."""
        return self.keys.get(row["key_fingerprint"], "")


def _components(x: Extract, refs: _Refs) -> Iterator[dict[str, Any]]:
    """Yield what holds assets, the algorithms that others refer to, then every asset."""
    import polars as pl

    for ref, name, kind, version, _ in refs.holders:
        holder = {"type": kind if kind in TYPES else "application", "bom-ref": ref, "name": name}
        yield holder | ({"version": version} if version else {})
    for id in refs.algorithms:
        yield {
            "type": "cryptographic-asset",
            "bom-ref": refs.algorithm(id),
            "name": id,
            "cryptoProperties": {"assetType": "algorithm"},
            "properties": [{"name": f"{PREFIX}role", "value": "reference"}],
        }
    planned = _planned(x)
    dates = pl.col("first_seen", "last_seen").dt.to_string("%Y-%m-%d")
    for row in x.assets.sort("asset").with_columns(dates).iter_rows(named=True):
        asset = row["asset"]
        found: dict[str, Any] = {
            "type": "cryptographic-asset",
            "bom-ref": asset,
            "name": row["name"] or row["algorithm_id"] or row["subject"] or row["host"] or asset,
            "cryptoProperties": crypto_properties(row, refs),
            "properties": [
                {"name": f"{PREFIX}{name}", "value": str(value)} for name, column in OWN if (value := row[column])
            ]
            + planned.get(asset, []),
        }
        place = f"{row['host']}:{row['port']}" if row["host"] and row["port"] else row["host"] or row["location"]
        if place:
            found["evidence"] = {"occurrences": [{"location": place}]}
        yield found


def _planned(x: Extract) -> dict[str, list[dict[str, str]]]:
    """Return the properties that an asset has of its systems and of the work that moves it.

    An asset of several systems or items has a property of the same name for each.
    """
    import polars as pl

    wanted = ("system", "organisation", "owner", "criticality", "classification")
    held = x.holdings.filter(pl.col("system") != "").join(system_table(x.systems), on="system", how="left")
    work = x.item_assets.join(x.items, on="item").join(x.waves.drop("due"), on="item", how="left", suffix="_wave")
    work = work.with_columns(
        wave=pl.when(pl.col("start") == pl.col("end"))
        .then("end")
        .otherwise(pl.concat_str("start", pl.lit("/"), pl.col("end"))),
        team=pl.coalesce(pl.when(pl.col("team_wave") != "").then("team_wave"), "team"),
    )
    found: dict[str, list[dict[str, str]]] = {}
    tables = (
        (held.sort("asset", "system"), wanted),
        (work.sort("asset", "item"), ("item", "wave", "team", "due", "policy")),
    )
    for table, columns in tables:
        names = [PREFIX + column for column in columns]
        for asset, *values in table.select("asset", *columns).iter_rows():
            mine = found.setdefault(asset, [])
            for name, value in zip(names, values, strict=True):
                if value and (entry := {"name": name, "value": value}) not in mine:
                    mine.append(entry)
    return found


def _dependencies(x: Extract, refs: _Refs) -> Iterator[dict[str, Any]]:
    """Yield what provides assets, and what each depends on: its links, algorithms, and the key that it certifies."""
    import polars as pl

    for ref, *_, provided in refs.holders:
        yield {"ref": ref, "provides": provided}
    assets = x.assets.select("asset")
    links = x.links.join(assets, on="asset", how="semi")
    links = links.join(assets.rename({"asset": "depends"}), on="depends", how="semi")
    links = links.filter(pl.col("asset") != pl.col("depends"))
    groups = links.group_by("asset").agg(pl.col("depends"))
    linked: dict[str, list[str]] = dict(groups.iter_rows())
    columns = ("asset", "kind", "algorithm_id", "signature_id", "key_fingerprint")
    for row in x.assets.sort("asset").select(columns).iter_rows(named=True):
        kind = row["kind"]
        on = set(linked.get(row["asset"], ()))
        if kind in ("certificate", "key", "host_key"):
            on.add(refs.algorithm(row["algorithm_id"]))
        if kind == "certificate":
            on |= {refs.algorithm(row["signature_id"]), refs.key(row)}
        on.discard("")
        if on:
            yield {"ref": row["asset"], "dependsOn": sorted(on)}
