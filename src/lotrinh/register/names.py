"""Takes names apart: ``SHA256withRSA``, ``aes-128-cbc-pkcs5`` or ``p256_mlkem768`` into the algorithms they consist of.

A name is understood whole or not at all: every letter of it must belong to the name of an algorithm, to a word that
says how it is used (`WORDS`) or to a size. So no longer word that happens to begin with ``des`` is taken for a cipher.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from lotrinh.register.algorithms import OID, Algorithm, aliases, oid_name, squash, vocabulary

WORDS = {
    "sign": "sign signature signing signatures sig verify certificate cert",
    "encrypt": "ecb transport encipherment padding encrypt decrypt",
    "": """with and using based inp1363format p1363format asn1 nopadding pkcs5 pkcs7 pkcs1padding
        pkcs5padding pkcs7padding pkcs1v15 pkcs15 v15 iso10126 iso10126padding withcts cbc ctr cfb cfb1
        cfb8 cfb64 cfb128 ofb ofb64 ofb8 gcm ccm ccm8 ocb xts siv gcmsiv eax wrap kw kwp wrappad pad cts
        cs1 cs2 cs3 openpgp mode key keys keypair generation generator gen keygen algorithm algo
        encryption encrypted cipher block stream aead ae host hostkey id id-alg etm tag openssl openssh
        ssh x509 x509v3 v01 v00 d00 draft00 sk webauthn r3 ephemeral static public private secret
        agreement exchange scheme hash digest digestinfo function raw gss kem kex kdfscheme bit bits rsae
        brainpool nist secg ansi x962 other oscaa oscca wtls anssi edwards montgomery cloudflare pure pkcs
        tls simple robust param paramset parameter set curve group cn crt mac
        legacy plain iv noiv implicit explicit nonce acpkm mgm mgml mgms x2""",
}
"""How an algorithm is used, and words that say nothing of it."""

_DOMAIN = re.compile(r"@[\w.-]+$")
_HASHED = re.compile(r"-(?:\*|[A-Za-z0-9+/]{22}==)$")
_INNER_OID = re.compile(r"(?<![\d.])" + OID.pattern)
_SIZE = re.compile(r"[1-9]\d{1,4}|8(?!\d)")
_LONGEST = 120


class Parts(NamedTuple):
    """What a name consists of: algorithms in its order, sizes, and roles among the keys of `WORDS`."""

    rows: tuple[Algorithm, ...] = ()
    sizes: tuple[int, ...] = ()
    roles: frozenset[str] = frozenset()

    def of(self, *kinds: str) -> list[Algorithm]:
        """Return the algorithms of the given kinds."""
        return [row for row in self.rows if row.kind in kinds]


NOTHING = Parts()


@lru_cache(maxsize=100_000)
def parse(name: str) -> Parts:
    """Return what `name` consists of; `NOTHING` where it is not understood or names no algorithm."""
    text = _HASHED.sub("", _DOMAIN.sub("", name.strip()))
    if not text or len(text) > _LONGEST:
        return NOTHING
    if "." in text:
        text = _INNER_OID.sub(lambda found: oid_name(found[0]) or found[0], text)
    text = aliases().get(squash(text), text)
    flat = squash(text)
    whole = vocabulary().get(flat)
    if whole:
        return Parts((whole,))
    tokens = _split(flat.replace("+", ""), 0, _within_numbers(text), *_tokens())
    return _parts(tokens) if tokens else NOTHING


def join(parts: Iterable[Parts]) -> Parts:
    """Return several parts as one; a parameter set stands for its family too: AES and AES-128 are AES-128."""
    parts = list(parts)
    rows = tuple(dict.fromkeys(row for part in parts for row in part.rows))
    if len(rows) > 1:
        rows = tuple(row for row in rows if not any(other.id.startswith(f"{row.id}-") for other in rows))
    return Parts(rows, tuple(s for part in parts for s in part.sizes), frozenset().union(*(p.roles for p in parts)))


def _parts(tokens: list[str]) -> Parts:
    known, _ = _tokens()
    meant = [known.get(token, int(token) if token.isdecimal() else "") for token in tokens]
    rows = tuple(dict.fromkeys(each for each in meant if isinstance(each, Algorithm)))
    sizes = tuple(each for each in meant if isinstance(each, int))
    return Parts(rows, sizes, frozenset(each for each in meant if each and isinstance(each, str))) if rows else NOTHING


def _within_numbers(text: str) -> set[int]:
    """Return where a name must not be cut, as places in its squashed form: ``RSA-1536`` is not ``RSA1_5`` and 36."""
    inside, at, before = set(), 0, ""
    for char in text:
        kept = squash(char).replace("+", "")
        if before.isdecimal() and kept.isdecimal():
            inside.add(at)
        at, before = at + len(kept), kept
    return inside


def _split(
    text: str, start: int, dead: set[int], known: Container[str], lengths: Mapping[str, tuple[int, ...]]
) -> list[str] | None:
    """Return `text` from `start` cut into tokens, the longest first, or None; from `dead` there is no way on."""
    if start == len(text):
        return []
    ends = [
        end for length in lengths.get(text[start : start + 2], ()) if text[start : (end := start + length)] in known
    ]
    size = _SIZE.match(text, start)
    for end in (*ends, size.end()) if size else ends:
        rest = None if end in dead or end > len(text) else _split(text, end, dead, known, lengths)
        if rest is not None:
            return [text[start:end], *rest]
    dead.add(start)
    return None


@cache
def _tokens() -> tuple[dict[str, Algorithm | str], dict[str, tuple[int, ...]]]:
    """Return what every token means, an algorithm or a role, and how long tokens can be by their first two letters."""
    known: dict[str, Algorithm | str] = {squash(word): role for role, words in WORDS.items() for word in words.split()}
    known.update(vocabulary())
    found: dict[str, set[int]] = {}
    for token in known:
        found.setdefault(token[:2], set()).add(len(token))
    return known, {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}
