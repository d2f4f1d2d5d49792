"""Says of the parts of a name what a quantum computer does to it, and whether it is weak already.

Strength of RSA and of finite fields by size: the estimate of SP 800-56B rev. 2, appendix D, rounded to 8 bits; of
elliptic curves by size: SP 800-57 part 1, table 2. Below 112 bits is weak already (SP 800-131A).
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from lotrinh.register.algorithms import Algorithm, algorithms, squash, vocabulary
from lotrinh.register.names import Parts

LEAST_STRENGTH = 112
"""Bits below which a public-key algorithm is weak already."""
MOST_STRENGTH = 256

_PURPOSES = {
    "key_establishment": "encrypt decrypt encapsulate decapsulate keyderive keyagreement keyencipherment "
    "dataencipherment wrap unwrap encipheronly decipheronly",
    "signature": "sign verify digitalsignature keycertsign crlsign nonrepudiation contentcommitment",
}
"""Functions by the purposes that tell them, as in CycloneDX and in certificates; the worse one first."""
_PRIMITIVES = {"signature": "signature", "pke": "key_establishment", "kem": "key_establishment"} | dict.fromkeys(
    ("keyagree", "keywrap", "combiner"), "key_establishment"
)
_LEAST_SIZE = 512
_BROKEN_HASHES = frozenset(("MD2", "MD4", "MD5"))


class Verdict(NamedTuple):
    """What one use of cryptography is.

    algorithm: canonical id, empty where unknown.  family: of `classes.FAMILIES`.  class_: of `classes.CLASSES`.
    function: ``key_establishment``, ``signature`` or empty.  strength: bits against classical attack, 0 where unknown.
    category: that of NIST, 0 to 6.
    """

    algorithm: str = ""
    family: str = ""
    class_: str = "unknown"
    function: str = ""
    strength: int = 0
    category: int = 0


UNKNOWN = Verdict()


class Use(NamedTuple):
    """What is told besides the name: purposes and primitive as in CycloneDX, and the size of the key in bits."""

    functions: str = ""
    primitive: str = ""
    bits: int = 0


NO_USE = Use()


def judge(parts: Parts, use: Use = NO_USE) -> Verdict:
    """Return the verdict on `parts` in the given use."""
    if parts.of("public", "group"):
        return _public(parts, use)
    ciphers, kdfs, hashes = parts.of("cipher"), parts.of("kdf"), parts.of("hash")
    macs = parts.of("mac")
    first = parts.of("random") or ([] if ciphers else kdfs or [_keyed(row, hashes) for row in macs])
    rows = first or [_sized(row, (*parts.sizes, use.bits)) for row in ciphers or hashes or parts.of("protocol")]
    if not rows:
        return UNKNOWN
    chosen = next((row for row in rows if row.class_ == "already_weak"), max(rows, key=_known))
    broken = [row.id for row in hashes if row.id in _BROKEN_HASHES and row is not chosen]
    return _weakened(_of(chosen), broken)


def strength_of(family: str, bits: int) -> int:
    """Return the bits of strength of a key of `bits` bits; 0 where the family has no such rule."""
    if family == "ecc":
        levels = ((160, bits // 2), (224, 80), (256, 112), (384, 128), (512, 192))
        return next((strength for above, strength in levels if bits < above), MOST_STRENGTH)
    if family not in ("rsa", "ffdh"):
        return 0
    nats = bits * math.log(2)
    estimate: float = (1.923 * nats ** (1 / 3) * math.log(nats) ** (2 / 3) - 4.69) / math.log(2)
    return min(MOST_STRENGTH, 8 * round(estimate / 8))


def purpose(use: Use) -> str:
    """Return the function that purposes or primitive tell; key establishment, the worse, where they tell both."""
    told = {squash(word) for word in use.functions.split()}
    for function, words in _PURPOSES.items():
        if not told.isdisjoint(words.split()):
            return function
    return _PRIMITIVES.get(squash(use.primitive), "")


def _public(parts: Parts, use: Use) -> Verdict:
    """Return the verdict on a name with a public-key algorithm or a group in it."""
    rows = [_sized(row, (*parts.sizes, use.bits)) for row in parts.of("public")]
    modern = [row for row in rows if row.class_ in ("post_quantum", "hybrid")]
    groups = parts.of("group")
    classical = [row for row in rows if row not in modern]
    classical = [row for row in classical if row.family] or ([] if groups else classical)
    if not modern:
        return _classical(parts, use, classical, groups)
    chosen = max(modern, key=lambda row: (row.class_ == "hybrid", _known(row)))
    if chosen.class_ == "hybrid" or not (classical or groups):
        return _of(chosen)
    beside = _classical(parts, use, classical, groups, chosen.function).algorithm
    named = vocabulary().get(squash(f"{beside}+{chosen.id}"))
    return _of(named) if named else _of(chosen)._replace(algorithm=f"{beside}+{chosen.id}", class_="hybrid")


def _classical(parts: Parts, use: Use, rows: list[Algorithm], groups: list[Algorithm], function: str = "") -> Verdict:
    """Return the verdict on algorithms that a quantum computer breaks; `function` where it is known otherwise."""
    hashes = parts.of("hash")
    bears = function or purpose(use) or ("signature" if hashes and rows else "both")
    function = function or _function(parts, use, rows)
    row = max(rows, key=lambda row: (row.function == function, row.function != "both", _known(row)), default=None)
    group = next((group for group in groups if row is None or group.family == row.family), None)
    if row is None or row.id == "EC":
        row = _bearer(group or row, bears or function)
    strength, suffix = row.strength, ""
    if group and not row.strength:
        strength, suffix = group.strength, f"-{group.id}"
    elif not row.strength:
        size = _size(row.family, parts, use, hashes)
        strength, suffix = strength_of(row.family, size) if size else 0, f"-{size}" if size else ""
    class_ = "forge_later" if function == "signature" else "harvest_now"
    if "already_weak" in (row.class_, group.class_ if group else "") or 0 < strength < LEAST_STRENGTH:
        class_ = "already_weak"
    verdict = Verdict(row.id + suffix, row.family, class_, function, strength, row.category)
    signed = [hashed.id for hashed in hashes if hashed.class_ == "already_weak"] if function == "signature" else []
    return _weakened(verdict, signed)


def _function(parts: Parts, use: Use, rows: list[Algorithm]) -> str:
    """Return what a classical algorithm is used for: by its name, else as told, else the worse."""
    settled = {row.function for row in rows} - {"both"}
    if len(settled) == 1:
        return settled.pop()
    if "key_establishment" in settled:
        return "key_establishment"
    told = purpose(use) if use.functions else ""
    if told:
        return told
    if "encrypt" in parts.roles and rows:
        return "key_establishment"
    if "sign" in parts.roles or (parts.of("hash") and rows):
        return "signature"
    return purpose(use) or "key_establishment"


def _bearer(group: Algorithm | None, function: str) -> Algorithm:
    """Return the algorithm for which a group, or a key of elliptic curves, stands in the given function."""
    if group and group.family == "ffdh":
        return algorithms()["DH"]
    return algorithms()[{"key_establishment": "ECDH", "signature": "ECDSA"}.get(function, "EC")]


def _size(family: str, parts: Parts, use: Use, hashes: list[Algorithm]) -> int:
    """Return the size of the key in bits, 0 where not told; the size of a hash named besides is none of it."""
    digits = "".join(hashed.id.replace("-", "") for hashed in hashes)
    for size in (use.bits, *parts.sizes):
        if str(size) in digits or not size:
            continue
        if size >= _LEAST_SIZE if family != "ecc" else 112 <= size <= 640:
            return size
    return 0


def _sized(row: Algorithm, sizes: tuple[int, ...]) -> Algorithm:
    """Return the row of the parameter set that a size tells: AES and 256 are AES-256."""
    return next((found for size in sizes if (found := algorithms().get(f"{row.id}-{size}"))), row)


def _keyed(row: Algorithm, hashes: list[Algorithm]) -> Algorithm:
    """Return the row of an authentication code with its hash: HMAC and SHA-256 are HMAC-SHA-256."""
    return next((found for hashed in hashes if (found := algorithms().get(f"{row.id}-{hashed.id}"))), row)


def _known(row: Algorithm) -> int:
    return row.strength


def _weakened(verdict: Verdict, hashes: list[str]) -> Verdict:
    """Return the verdict made already weak by the first of `hashes`, if any, which is added to its name."""
    if not hashes or verdict.class_ == "already_weak":
        return verdict
    return verdict._replace(algorithm=f"{verdict.algorithm}-{hashes[0]}", class_="already_weak")


@cache
def _of(row: Algorithm) -> Verdict:
    """Return the verdict on an algorithm that no use changes."""
    return Verdict(row.id, row.family, row.class_, row.function, row.strength, row.category)
