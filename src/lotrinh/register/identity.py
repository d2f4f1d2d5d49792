"""When two sightings are of the same thing: the texts by which an asset is known, and its id."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

from lotrinh.register.sightings import Sighting

Canonical = Callable[[Sighting], str]
"""Says for a sighting which algorithm it is, the same text however a source writes it."""

ID_BYTES = 10
_SEPARATOR = "\x1f"
_SAME_PROTOCOL = {"ssl": "tls", "ssl/tls": "tls", "tls/ssl": "tls", "https": "tls", "ssh2": "ssh", "ipsec": "ike"}
_ATTRIBUTES = {
    "COMMONNAME": "CN", "COUNTRYNAME": "C", "COUNTRY": "C", "LOCALITYNAME": "L", "LOCALITY": "L",
    "STATEORPROVINCENAME": "ST", "S": "ST", "SP": "ST", "ORGANIZATIONNAME": "O", "ORGANIZATION": "O",
    "ORGANIZATIONALUNITNAME": "OU", "ORGANIZATIONALUNIT": "OU", "EMAILADDRESS": "E", "EMAIL": "E",
    "DOMAINCOMPONENT": "DC", "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O",
    "2.5.4.11": "OU", "2.5.4.5": "SERIALNUMBER", "1.2.840.113549.1.9.1": "E", "0.9.2342.19200300.100.1.25": "DC",
}  # fmt: skip
"""Names of the attributes of distinguished names, as tools write them, in the short form of RFC 4514 and OpenSSL."""
_PART = re.compile(r"(?<!\\)[,;+\n]\s*(?=[\w.]+\s*=)|/(?=[\w.]+=)")
_BARE = re.compile(r"[\s_\-/]+")


def asset_id(text: str) -> str:
    """Return the id of what `text` identifies: 20 hexadecimal digits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=ID_BYTES).hexdigest()


class Identities:
    """Tells by which texts the sightings of one source are known."""

    def __init__(self, source: str, canonical: Canonical) -> None:
        self._source, self._canonical = source, canonical
        self._met: dict[str, dict[str, int]] = {}

    def of(self, s: Sighting, system: str) -> tuple[str, ...]:
        """Return the texts by which what was sighted is known, the surest first; each names one asset.

        Only certificates and the keys of hosts have more than one: with them `merge` finds that a sighting without a
        fingerprint is of an asset that another source saw with one. A text is empty where the sighting does not tell
        it. What nobody says where it belongs is told apart by the name of its source.
        """
        kind = s.kind
        if kind in ("algorithm", "protocol"):
            at = (system, s.component or ("" if system else self._source), s.location)
            return (_SEPARATOR.join((kind, *at, protocol(s.protocol), s.version, self._canonical(s))),)
        if kind == "certificate":
            found = (_named(kind, s.fingerprint), _numbered(s), _described(s))
            return found if any(found) else (self._placed(s, system),)
        if kind == "endpoint" and s.host:
            return (_SEPARATOR.join((kind, protocol(s.protocol), host(s.host), str(s.port))),)
        if kind == "host_key":
            at_ = (kind, host(s.host), str(s.port), self._canonical(s))
            keys = (_named(kind, s.key_fingerprint), _SEPARATOR.join(at_) if s.host else "")
            return keys if any(keys) else (self._placed(s, system),)
        if kind == "key" and s.key_fingerprint:
            return (_named(kind, s.key_fingerprint),)
        return (self._placed(s, system),)

    def _placed(self, s: Sighting, system: str) -> str:
        """Return the place and name of a thing, and which of the things so called in its source it is.

        Sources tell such things apart by references that are others in every scan; their number is not.
        """
        at = (s.kind, system, s.component or ("" if system else self._source), s.location, s.name)
        text = _SEPARATOR.join(at)
        met = self._met.setdefault(text, {})
        number = met.setdefault(s.reference, len(met))
        return f"{text}{_SEPARATOR}{number}" if number else text


def _named(kind: str, fingerprint: str) -> str:
    return _SEPARATOR.join((kind, fingerprint.lower().replace(":", ""))) if fingerprint else ""


def _numbered(s: Sighting) -> str:
    """Return issuer and serial number, which RFC 5280 (4.1.2.2) makes unique."""
    if not (s.issuer and s.serial):
        return ""
    return _SEPARATOR.join(("certificate serial", distinguished(s.issuer), serial(s.serial)))


def _described(s: Sighting) -> str:
    if not (s.subject and s.issuer and s.not_before and s.not_after):
        return ""
    dates = (s.not_before[:10], s.not_after[:10])
    return _SEPARATOR.join(("certificate name", distinguished(s.subject), distinguished(s.issuer), *dates))


@lru_cache(maxsize=65536)
def distinguished(name: str) -> str:
    """Return a distinguished name the same however it is written: RFC 4514, reversed, or OpenSSL's with slashes."""
    parts = []
    for part in _PART.split(name):
        attribute, equals, value = part.partition("=")
        short = attribute.strip().upper().removeprefix("OID.")
        text = " ".join(value.replace("\\", "").replace('"', "").split()).casefold()
        if equals:
            parts.append(f"{_ATTRIBUTES.get(short, short)}={text}")
        elif part.strip():
            parts.append(" ".join(part.split()).casefold())
    return ",".join(sorted(parts))


def serial(text: str) -> str:
    """Return a serial number in hexadecimal without leading zeros.

    Digits only are taken as decimal, unless colons, ``0x`` or a leading zero say that they are hexadecimal.
    """
    bare = text.strip().lower().replace(" ", "")
    digits = bare.replace(":", "").removeprefix("0x")
    if digits.isdecimal() and digits == bare and not digits.startswith("0") and len(digits) < 60:
        return f"{int(digits):x}"
    return digits.lstrip("0") or "0"


@lru_cache(maxsize=65536)
def host(text: str) -> str:
    """Return the name or address of a host the same however it is written."""
    bare = text.strip().strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        if bare.isascii():
            return bare
        try:
            return bare.encode("idna").decode("ascii")
        except UnicodeError:
            return bare
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def protocol(text: str) -> str:
    """Return a protocol by the one of its names that the register uses."""
    bare = text.strip().lower() if text else ""
    return _SAME_PROTOCOL.get(bare, bare)


def folded(text: str) -> str:
    """Return a name without case, blanks and punctuation, for what is not recognised."""
    return _BARE.sub("", text).casefold()
