"""What one asset of a CBOM says, read without complaint: a field of a wrong type counts as missing or as its text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from lotrinh.register.redact import clean

TYPES = frozenset(("cryptographic-asset", "crypto-asset"))
MOST_BITS = 10_000_000
NOTHING: dict[str, Any] = {}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OID = re.compile(r"(?:urn:)?(?:oid:)?([0-2](?:\.\d{1,39}){1,40})")
_REF = re.compile(r"(?:pkg:)?crypto[/:](?:algorithm|key|algo)[/:]([^@]+)(?:@(.*))?")
_OLD_WORDS = {"blockcipher": "block-cipher", "streamcipher": "stream-cipher", "keyagree": "key-agree"}
_PEM_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----(.*?)-----END", re.DOTALL)
_DATE = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)")
_OPENSSL_DATE = re.compile(r"([A-Za-z]{3}) +(\d{1,2}) [\d:.]+ (\d{4})")


class Facts(NamedTuple):
    """What an algorithm or key tells those that refer to it.

    `via` is the algorithm that a key refers to in turn; `key` tells whether it is one.
    """

    algorithm: str = ""
    oid: str = ""
    parameter: str = ""
    curve: str = ""
    bits: int = 0
    primitive: str = ""
    functions: str = ""
    key_fingerprint: str = ""
    via: str = ""
    key: bool = False


_cached = lru_cache(maxsize=1 << 15)(clean)


def cleaned(value: str) -> str:
    """Return `value` without secrets; short texts, which come again and again, are remembered."""
    return _cached(value) if len(value) < 200 else clean(value)


def text(holder: dict[str, Any], key: str) -> str:
    """Return the text of a field, cleaned; a number as text, anything else as nothing."""
    value = holder.get(key)
    if type(value) is str:
        return _cached(value) if len(value) < 200 else clean(value)
    return str(value) if type(value) is int and abs(value) < 10**18 else ""


def mapping(holder: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object in a field, or an empty one."""
    value = holder.get(key)
    return value if type(value) is dict else NOTHING


def listed(holder: dict[str, Any], key: str) -> list[Any]:
    """Return the list in a field; a single object or text as a list of one."""
    value = holder.get(key)
    if type(value) is list:
        return value
    return [value] if type(value) in (dict, str) and value else []


def bits(holder: dict[str, Any], key: str) -> int:
    """Return a size in bits, 0 where there is none that makes sense."""
    value = holder.get(key)
    if type(value) is str and value.strip().isdecimal() and len(value) < 12:
        value = int(value)
    if type(value) is float and value == value // 1:
        value = int(value) if abs(value) < MOST_BITS else 0
    return value if type(value) is int and 0 < value <= MOST_BITS else 0


def oid(holder: dict[str, Any]) -> str:
    """Return the object identifier in dotted form, without a prefix; nothing where it is none."""
    value = holder.get("oid")
    found = _OID.fullmatch(value.strip()) if type(value) is str and len(value) < 500 else None
    return found[1] if found else ""


@lru_cache(maxsize=1 << 14)
def iso_date(value: str) -> str:
    """Return the day of a date as ISO, from ISO 8601, ASN.1 or the way of OpenSSL; nothing where it is none."""
    if found := _DATE.match(value):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif (old := _OPENSSL_DATE.match(value)) and old[1].lower() in _MONTHS:
        year, month, day = int(old[3]), _MONTHS.index(old[1].lower()) + 1, int(old[2])
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def day(holder: dict[str, Any], key: str) -> str:
    """Return the day in a field that holds a date."""
    value = holder.get(key)
    return iso_date(value.strip()) if type(value) is str and len(value) < 100 else ""


@lru_cache(maxsize=1 << 10)
def kebab(word: str) -> str:
    """Return a word of the older dialect, ``privateKey``, as the newer one writes it, ``private-key``."""
    return _OLD_WORDS.get(word) or _CAMEL.sub("-", word).lower()


def is_asset(component: dict[str, Any]) -> bool:
    """Tell whether a component is a cryptographic asset, by its type or by having properties of one."""
    kind = component.get("type")
    return (type(kind) is str and kind in TYPES) or type(component.get("cryptoProperties")) is dict


def kind_of(crypto: dict[str, Any]) -> str:
    """Return the kind of sighting that an asset is: by its asset type, else by the properties it has."""
    said = crypto.get("assetType")
    if said == "algorithm":
        return "algorithm"
    word = kebab(said) if type(said) is str and len(said) < 60 else ""
    if word in ("certificate", "protocol"):
        return word
    if word in ("related-crypto-material", "key"):
        return "key"
    for key, kind in (("certificate", "certificate"), ("protocol", "protocol"), ("relatedCryptoMaterial", "key")):
        if f"{key}Properties" in crypto:
            return kind
    return "key" if "keyProperties" in crypto else "algorithm"


def material(crypto: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a key or other material, of either dialect."""
    return mapping(crypto, "relatedCryptoMaterialProperties") or mapping(crypto, "keyProperties")


def algorithm_facts(component: dict[str, Any], crypto: dict[str, Any]) -> Facts:
    """Return what an algorithm asset says of itself."""
    said = mapping(crypto, "algorithmProperties")
    functions = said.get("cryptoFunctions")
    curve = text(said, "ellipticCurve") or text(said, "curve")
    return Facts(
        algorithm=text(said, "algorithmFamily") or text(said, "variant") or text(component, "name"),
        oid=oid(crypto),
        parameter=text(said, "parameterSetIdentifier"),
        curve=curve.rpartition("/")[2],
        primitive=kebab(text(said, "primitive")),
        functions=" ".join([clean(each).replace(" ", "-") for each in functions if type(each) is str])
        if type(functions) is list
        else text(said, "cryptoFunctions"),
    )


def key_facts(component: dict[str, Any], crypto: dict[str, Any], via: str) -> Facts:
    """Return what a key says of itself."""
    said = material(crypto)
    return Facts(
        algorithm="" if via else text(component, "name"),
        oid=oid(crypto),
        bits=bits(said, "size"),
        key_fingerprint=key_fingerprint(said),
        via=via,
        key=True,
    )


def sha256_of(said: dict[str, Any]) -> str:
    """Return the SHA-256 fingerprint that an asset states, in lower case; nothing where it is of another kind."""
    found = said.get("fingerprint")
    if type(found) is not dict or type(found.get("content")) is not str:
        return ""
    content = found["content"].replace(":", "").strip().lower()
    right = len(content) == 64 and all(each in "0123456789abcdef" for each in content)
    return content if right and text(found, "alg").upper().replace("-", "") in ("SHA256", "") else ""


def key_fingerprint(said: dict[str, Any]) -> str:
    """Return the SHA-256 of a public key: of its SubjectPublicKeyInfo where that is given, else as it is stated.

    Only a public key is looked at, and only where its second tag is that of a SEQUENCE (RFC 5280, section 4.1): that
    of a private key (RFC 5958) is an INTEGER.
    """
    value = said.get("value")
    if type(value) is str and len(value) < 1 << 16 and kebab(text(said, "type")) == "public-key":
        found = _PEM_PUBLIC.search(value)
        try:
            der = base64.b64decode("".join((found[1] if found else value).split()), validate=True)
        except (binascii.Error, ValueError):
            der = b""
        head = 2 if der[1:2] < b"\x80" else 2 + (der[1] & 0x7F)
        if der[:1] == b"\x30" and der[head : head + 1] == b"\x30":
            return hashlib.sha256(der).hexdigest()
    return sha256_of(said)


def named_in(ref: str) -> Facts:
    """Return the algorithm that a reference names, as does ``crypto/algorithm/rsa-2048@1.2.840.113549.1.1.1``."""
    found = _REF.fullmatch(ref)
    if not found:
        return Facts()
    dotted = _OID.fullmatch(found[2] or "")
    return Facts(algorithm=found[1], oid=dotted[1] if dotted else "")
