"""Where the work on an asset is done: the kind of item, and the place that the item is about."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lotrinh.register.work.need import NEEDS

if TYPE_CHECKING:
    import polars as pl

VPN = ("ike", "ikev1", "ikev2", "ipsec", "wireguard", "openvpn", "l2tp", "sstp")
LIBRARIES = ("library", "framework", "platform", "operating-system", "container")
DEVICES = ("firmware", "device", "device-driver")
MODULES = ("hsm", "kms")
IN_MODULE = r"(?i)(^|[^a-z])(hsm|kms|pkcs ?#?11)([^a-z]|$)"
"""A name or path that speaks of a hardware module or a key management service."""
CODES = {
    "endpoint": "EP",
    "leaf_certificate": "LC",
    "internal_ca": "CA",
    "ssh_host": "SH",
    "vpn_gateway": "VG",
    "library": "LB",
    "own_code": "OC",
    "hsm_kms": "HK",
    "firmware": "FW",
}
"""With what the ids of items begin, by kind: so the kind of an item is known when the item itself is gone."""
KEPT = (
    *("asset", "item", "system", "holder", "kind", "item_kind", "function", "worst", "family", "strength", "title"),
    *("subject", "issuer", "key_fingerprint", "issuer_key", "not_after", "last_seen"),
)
"""Columns of assets that have found their place; `system` has the item, `holder` the asset."""


def placed(rows: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the item to which each belongs, columns `KEPT`.

    TLS endpoints, SSH hosts and VPN gateways are one item for each host and port; leaf certificates one each; a
    certification authority one for each key, put into the most valuable of the systems that hold it; uses of algorithms
    are grouped by library and version, by device or by module of own code; a key goes with the certificate of its
    system for which it was made, otherwise with what holds it.

    Parameters
    ----------
    rows: as `need.judged` gives them, those with work, and those migrated already.
    worth: system and its value a year.
    """
    import polars as pl

    found = rows.with_columns(_kind().alias("item_kind")).with_columns(_place().alias("place"))
    found = _with_certificates(found)
    found = _owned(found, worth)
    weak, harvested = pl.col("worst") == NEEDS[0], pl.col("worst") == NEEDS[1]
    binding = pl.col("item_kind").is_in(["leaf_certificate", "internal_ca"]) | (pl.col("kind") == "host_key")
    function = (
        pl.when(weak)
        .then(pl.lit("already_weak"))
        .when(~binding & (harvested | ((pl.col("worst") == "") & (pl.col("function") == "key_establishment"))))
        .then(pl.lit("key_establishment"))
        .otherwise(pl.lit("signature"))
    )
    found = found.with_columns(function.alias("function"), _family().alias("family"), _title().alias("title"))
    return _identified(found)


def identify(keys: list[str], code: str) -> list[str]:
    """Return stable ids: `code` and 16 hexadecimal digits of the BLAKE2b hash of each key."""
    return [f"{code}-{_hash(key)}" for key in keys]


def kind_of(item: str) -> str:
    """Return the kind of the item with this id, or an empty string where it is none of ours."""
    code = item.partition("-")[0]
    return next((kind for kind, known in CODES.items() if known == code), "")


def _identified(found: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    keys = found.select(pl.concat_str("system", "item_kind", "function", "place", separator="\x1f")).to_series()
    code = pl.col("item_kind").replace_strict(CODES, return_dtype=pl.String)
    hashes = pl.Series("item", [_hash(key) for key in keys], dtype=pl.String)
    return found.with_columns(pl.concat_str(code, pl.lit("-"), hashes).alias("item")).select(KEPT)


def _hash(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _kind() -> pl.Expr:
    import polars as pl

    kind, protocol, holder = pl.col("kind"), pl.col("protocol").str.to_lowercase(), pl.col("component_kind")
    holder = holder.str.to_lowercase()
    asked = (kind == "endpoint") | ((kind == "protocol") & (pl.col("host") != ""))
    inside = pl.concat_str("component", pl.lit(" "), "location").str.contains(IN_MODULE)
    module = holder.is_in(MODULES) | (((kind == "key") | holder.is_in(DEVICES)) & inside)
    return (
        pl.when((kind == "certificate") & (pl.col("authority") == "yes"))
        .then(pl.lit("internal_ca"))
        .when(kind == "certificate")
        .then(pl.lit("leaf_certificate"))
        .when((kind == "host_key") | (kind.is_in(["endpoint", "protocol"]) & (protocol == "ssh")))
        .then(pl.lit("ssh_host"))
        .when(kind.is_in(["endpoint", "protocol"]) & protocol.is_in(VPN))
        .then(pl.lit("vpn_gateway"))
        .when(asked)
        .then(pl.lit("endpoint"))
        .when(module)
        .then(pl.lit("hsm_kms"))
        .when(holder.is_in(DEVICES))
        .then(pl.lit("firmware"))
        .when(holder.is_in(LIBRARIES))
        .then(pl.lit("library"))
        .otherwise(pl.lit("own_code"))
    )


def _place() -> pl.Expr:
    """Return what an item is about, inside its system: parts that define it, joined by `|`."""
    import polars as pl

    kind, component = pl.col("item_kind"), pl.col("component")
    address = pl.concat_str(pl.col("host").str.to_lowercase(), pl.lit(":"), pl.col("port"))
    version = pl.concat_str(component, pl.lit("|"), pl.col("component_version"))
    authority = pl.when(pl.col("key_fingerprint") != "").then(pl.col("key_fingerprint")).otherwise(pl.col("asset"))
    path = pl.col("location").str.replace_all("\\\\", "/")
    folder = pl.when(path.str.contains("/")).then(path.str.replace(r"/[^/]*$", "")).otherwise(pl.lit(""))
    part = folder.str.replace(r"(^|/)src(/.*)?$", "")
    return (
        pl.when(kind == "leaf_certificate")
        .then(pl.col("asset"))
        .when(kind == "internal_ca")
        .then(authority)
        .when(kind.is_in(["endpoint", "ssh_host", "vpn_gateway"]) & (pl.col("host") != ""))
        .then(address)
        .when(kind.is_in(["library", "firmware"]))
        .then(version)
        .when(kind == "hsm_kms")
        .then(component)
        .otherwise(pl.concat_str(component, pl.lit("|"), part))
    )


def _with_certificates(found: pl.DataFrame) -> pl.DataFrame:
    """Let a key go with the certificate, of the same system and in need of work, for which it was made."""
    import polars as pl

    certified = (
        found.filter((pl.col("kind") == "certificate") & (pl.col("key_fingerprint") != ""))
        .sort("item_kind", "place")
        .unique(["system", "key_fingerprint"], keep="first", maintain_order=True)
        .select("system", "key_fingerprint", pl.col("item_kind").alias("its_kind"), pl.col("place").alias("its_place"))
    )
    joined = found.join(certified, on=["system", "key_fingerprint"], how="left", maintain_order="left")
    with_it = (pl.col("kind") == "key") & pl.col("its_kind").is_not_null() & (pl.col("item_kind") != "hsm_kms")
    return joined.with_columns(
        pl.when(with_it).then(pl.col("its_kind")).otherwise(pl.col("item_kind")).alias("item_kind"),
        pl.when(with_it).then(pl.col("its_place")).otherwise(pl.col("place")).alias("place"),
    ).drop("its_kind", "its_place")


def _owned(found: pl.DataFrame, worth: pl.DataFrame) -> pl.DataFrame:
    """Give every certification authority to one system; `holder` keeps the system that holds the asset."""
    import polars as pl

    owners = (
        found.filter(pl.col("item_kind") == "internal_ca")
        .select("place", "system")
        .unique()
        .join(worth.select("system", "worth"), on="system", how="left")
        .with_columns(pl.col("worth").fill_null(0.0), (pl.col("system") == "").alias("nobody"))
        .sort(["place", "nobody", "worth", "system"], descending=[False, False, True, False])
        .unique("place", keep="first", maintain_order=True)
        .select("place", pl.col("system").alias("owner"))
    )
    joined = found.with_columns(pl.col("system").alias("holder")).join(
        owners, on="place", how="left", maintain_order="left"
    )
    given = (pl.col("item_kind") == "internal_ca") & pl.col("owner").is_not_null()
    return joined.with_columns(pl.when(given).then(pl.col("owner")).otherwise(pl.col("system")).alias("system")).drop(
        "owner"
    )


def _family() -> pl.Expr:
    """Return the family that breaks it: of the key, or where that is safe, of the signature on the certificate."""
    import polars as pl

    signature = pl.col("signature_id").str.to_uppercase()
    signed = (
        pl.when(signature.str.contains("^RSA|WITHRSA"))
        .then(pl.lit("rsa"))
        .when(signature.str.contains("^EC|^ED|^SM2|WITHECDSA"))
        .then(pl.lit("ecc"))
        .when(signature.str.contains("^DSA|WITHDSA"))
        .then(pl.lit("ffdh"))
        .otherwise(pl.lit(""))
    )
    by_signature = (pl.col("family") == "") & (pl.col("kind") == "certificate")
    return pl.when(by_signature).then(signed).otherwise(pl.col("family"))


def _title() -> pl.Expr:
    import polars as pl

    certificate = pl.col("item_kind").is_in(["leaf_certificate", "internal_ca"])
    subject = pl.when(pl.col("subject") != "").then(pl.col("subject")).otherwise(pl.col("name"))
    plain = pl.col("place").str.replace_all("|", " ", literal=True).str.strip_chars()
    return (
        pl.when(certificate)
        .then(subject)
        .when(plain != "")
        .then(plain)
        .otherwise(pl.coalesce(pl.when(pl.col("name") != "").then(pl.col("name")), pl.col("algorithm_id")))
    )
