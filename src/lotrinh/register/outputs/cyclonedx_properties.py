"""`cryptoProperties` of CycloneDX 1.6 for one asset; words that its schema does not know are left out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

PRIMITIVES = frozenset(
    (
        "drbg",
        "mac",
        "block-cipher",
        "stream-cipher",
        "signature",
        "hash",
        "pke",
        "xof",
        "kdf",
        "key-agree",
        "kem",
        "ae",
        "combiner",
        "other",
        "unknown",
    )
)
MODES = frozenset(("cbc", "ecb", "ccm", "gcm", "cfb", "ofb", "ctr"))
PADDINGS = {"pkcs5": "pkcs5", "pkcs7": "pkcs7", "pkcs1": "pkcs1v15", "pkcs1v15": "pkcs1v15", "oaep": "oaep"}
FUNCTIONS = frozenset(
    (
        "generate",
        "keygen",
        "encrypt",
        "decrypt",
        "digest",
        "tag",
        "keyderive",
        "sign",
        "verify",
        "encapsulate",
        "decapsulate",
        "other",
        "unknown",
    )
)
MATERIALS = frozenset(
    (
        "private-key",
        "public-key",
        "secret-key",
        "key",
        "ciphertext",
        "signature",
        "digest",
        "initialization-vector",
        "nonce",
        "seed",
        "salt",
        "shared-secret",
        "tag",
        "additional-data",
        "password",
        "credential",
        "token",
        "other",
        "unknown",
    )
)
PROTOCOLS = frozenset(("tls", "ssh", "ipsec", "ike", "sstp", "wpa"))
_WORDS = re.compile(r"[^a-z0-9]+")


class References(Protocol):
    """Where an asset finds the references of what it names."""

    def algorithm(self, id: str) -> str:
        """Return the reference of an algorithm."""
        ...

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the reference of the public key of a certificate."""
        ...


def crypto_properties(row: Mapping[str, Any], refs: References) -> dict[str, Any]:
    """Return the `cryptoProperties` of an asset, a row of `extract.ASSETS`."""
    kind = row["kind"]
    if kind == "certificate":
        found = {"assetType": "certificate", "certificateProperties": _certificate(row, refs)}
    elif kind in ("key", "host_key"):
        found = {"assetType": "related-crypto-material", "relatedCryptoMaterialProperties": _key(row, refs)}
    elif kind in ("endpoint", "protocol"):
        found = {"assetType": "protocol", "protocolProperties": _protocol(row)}
    else:
        found = {"assetType": "algorithm", "algorithmProperties": _algorithm(row)}
    if row["oid"] and kind == "algorithm":
        found["oid"] = row["oid"]
    return found


def _filled(**entries: Any) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if value}


def _certificate(row: Mapping[str, Any], refs: References) -> dict[str, Any]:
    return _filled(
        subjectName=row["subject"],
        issuerName=row["issuer"],
        notValidBefore=moment(row["not_before"]),
        notValidAfter=moment(row["not_after"]),
        signatureAlgorithmRef=refs.algorithm(row["signature_id"]),
        subjectPublicKeyRef=refs.key(row) or refs.algorithm(row["algorithm_id"]),
        certificateFormat="X.509",
    )


def _key(row: Mapping[str, Any], refs: References) -> dict[str, Any]:
    return _filled(
        type=_material(row),
        id=row["key_fingerprint"],
        algorithmRef=refs.algorithm(row["algorithm_id"]),
        size=row["bits"],
        expirationDate=moment(row["not_after"]),
    )


def _material(row: Mapping[str, Any]) -> str:
    """Return what a key is: as its source says, or else as its name does."""
    said = row["primitive"].lower()
    if said in MATERIALS:
        return str(said)
    return "public-key" if row["kind"] == "host_key" else key_type(row["name"])


def _protocol(row: Mapping[str, Any]) -> dict[str, Any]:
    protocol = row["protocol"].lower()
    return _filled(
        type=protocol if protocol in PROTOCOLS else "other" if protocol else "unknown",
        version=row["version"],
        cipherSuites=[{"name": suite} for suite in dict.fromkeys(row["suites"].split())],
    )


def _algorithm(row: Mapping[str, Any]) -> dict[str, Any]:
    primitive, functions = row["primitive"].lower(), row["functions"].lower()
    mode, padding = traits(f"{row['name']} {row['algorithm']}")
    found = _filled(
        primitive=primitive if primitive in PRIMITIVES else "",
        parameterSetIdentifier=row["parameter"] or (str(row["bits"]) if row["bits"] else ""),
        curve=row["curve"],
        mode=mode,
        padding=padding,
        cryptoFunctions=[word for word in dict.fromkeys(functions.split()) if word in FUNCTIONS],
        classicalSecurityLevel=row["strength"],
    )
    # 0 is a level of its own, but only of what was recognised.
    if row["category"] is not None and row["class"] not in ("", "unknown"):
        found["nistQuantumSecurityLevel"] = row["category"]
    return found


@lru_cache(maxsize=65536)
def traits(name: str) -> tuple[str, str]:
    """Return mode and padding that stand in the name of an algorithm, in the words of CycloneDX; empty for none."""
    words = _WORDS.split(name.lower())
    mode = next((word for word in words if word in MODES), "")
    return mode, next((PADDINGS[word] for word in words if word in PADDINGS), "")


@lru_cache(maxsize=65536)
def key_type(name: str) -> str:
    """Return which kind of key a name tells of."""
    words = _WORDS.split(name.lower())
    return next((f"{word}-key" for word in words if word in ("private", "public", "secret")), "key")


@lru_cache(maxsize=65536)
def moment(day: str) -> str:
    """Return an ISO date as date and time of RFC 3339; empty where it is none."""
    try:
        return f"{datetime.date.fromisoformat(day[:10]).isoformat()}T00:00:00Z"
    except ValueError:
        return ""
