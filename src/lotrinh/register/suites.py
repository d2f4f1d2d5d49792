"""Cipher suites of TLS, read by the rules of their names, those of IANA as well as those of OpenSSL.

What counts is how keys are established; what is weak: static RSA, no authentication or encryption, export sizes, and
ciphers and codes that are weak already. Suites of TLS 1.3 leave the exchange to the group.
"""

from __future__ import annotations

import re

from lotrinh.register.algorithms import algorithms, named, squash
from lotrinh.register.judge import UNKNOWN, Verdict, judge
from lotrinh.register.names import parse

_EXCHANGES = {
    "ECDHE": "ECDH",
    "EECDH": "ECDH",
    "ECDH": "ECDH",
    "AECDH": "ECDH",
    "ECCPWD": "Dragonfly",
    "DHE": "DH",
    "EDH": "DH",
    "DH": "DH",
    "ADH": "DH",
    "SRP": "SRP",
    "ECC": "SM2-PKE",
    "IBC": "SM9",
    "GOSTR341094": "GOST-R-34.10-94",
    "GOSTR341001": "GOST-R-34.10-2001",
    "GOSTR341112": "VKO-GOST",
    "GOST94": "GOST-R-34.10-94",
    "GOST2001": "GOST-R-34.10-2001",
    "GOST2012": "VKO-GOST",
    "IANA_GOST2012": "VKO-GOST",
    "LEGACY_GOST2012": "VKO-GOST",
}
"""How keys are established by the word that stands for it, the word that decides first."""
_SAYING_LESS = ("RSA", "DSS", "DSA", "ECDSA", "PSK", "KRB5", "SM2", "SM9", "FIPS", "IANA", "LEGACY")
_WEAK = frozenset(("NULL", "ANON", "ADH", "AECDH", "EXPORT", "EXPORT1024", "EXP", "EXP1024"))
_HEAD = frozenset((*_EXCHANGES, *_SAYING_LESS, *_WEAK))
_SIGNALS = frozenset(("EMPTY_RENEGOTIATION_INFO_SCSV", "FALLBACK_SCSV"))
_PREFIX = re.compile(r"^(?:TLS1?|SSL3?|SSL2)_(?:CK_|TXT_|RSA_FIPS_)?", re.IGNORECASE)
_RULE = re.compile(r"^(?:TLS|SSL)[-_](?=[A-Z0-9]+[-_])", re.IGNORECASE)


def looks_like_suite(name: str) -> bool:
    """Return whether a name is written as the registry writes suites: ``TLS_…`` or ``SSL_…``."""
    return bool(_RULE.match(name))


def judge_suite(name: str) -> Verdict:
    """Return the verdict on a suite by its name or code point; `UNKNOWN` for signals that are no suite."""
    text = (named("tls_suite", name) or name.strip()).upper().replace("-", "_")
    body = _PREFIX.sub("", text)
    if body in _SIGNALS or not body:
        return UNKNOWN
    head, joined, tail = body.partition("_WITH_")
    words = head.split("_") if joined else _leading(body)
    rest = tail if joined else body.split("_", len(words))[-1] if words else body
    cipher = judge(parse(rest))
    if cipher.class_ == "unknown" and "NULL" not in words and not rest.startswith("NULL"):
        return UNKNOWN
    weak = cipher.class_ == "already_weak" or bool(_WEAK & {*words, *rest.split("_")}) or _integrity_only(body)
    if not joined and not words and text.startswith("TLS_"):
        return cipher._replace(class_="already_weak") if weak else cipher
    return _exchange(words, weak)


def _leading(body: str) -> list[str]:
    """Return the words of a name of OpenSSL that stand for exchange and authentication."""
    words = body.split("_")
    count = next((at for at, word in enumerate(words) if word not in _HEAD), len(words))
    return words[:count]


def _integrity_only(body: str) -> bool:
    """Return whether a suite of TLS 1.3 does not encrypt: ``TLS_SHA256_SHA256`` of RFC 9150."""
    return squash(body) in ("sha256sha256", "sha384sha384")


def _exchange(words: list[str], weak: bool) -> Verdict:
    """Return the verdict on the exchange that `words` name; without any of them it is static RSA."""
    known = [_EXCHANGES[word] for word in words if word in _EXCHANGES]
    symmetric = {"PSK", "KRB5"} & set(words)
    if known:
        row = algorithms()[known[0]]
    elif symmetric and "RSA" not in words:
        row = algorithms()["PSK"]
    else:
        row, weak = algorithms()["RSA"], True
    class_ = "already_weak" if weak or row.class_ == "already_weak" else row.class_
    return Verdict(row.id, row.family, class_, "key_establishment", row.strength)
