"""What is known of algorithms: the rows of `algorithms.csv`, and `identifiers.csv`, which turns numbers into names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KINDS = ("public", "group", "cipher", "hash", "mac", "kdf", "random", "protocol")
"""Public-key algorithm; curve or finite-field group; cipher; hash; authentication code; derivation of keys; random
numbers; version of a protocol.
"""
REGISTERS = ("oid", "tls_group", "tls_scheme", "tls_suite", "alias")
"""What `identifiers.csv` turns into names: object identifiers, TLS code points as ``0x001d``, and names that say
nothing by themselves, such as ``RS256``.
"""

OID = re.compile(r"[0-2](?:\.\d+){2,}")
_PREFIX = re.compile(r"^(?:urn:)?oid[:.]\s*", re.IGNORECASE)
_SEPARATORS = str.maketrans("", "", "-_ /.^,;:()[]{}'\"*=\t\n")
_CODE = re.compile(r"(?:0x)?([0-9a-f]{1,2})[,:\s]*(?:0x)?([0-9a-f]{2})")


@dataclass(frozen=True, slots=True, eq=False)
class Algorithm:
    """One row of `algorithms.csv`.

    `function` is ``both`` where the use decides; `strength` in bits against classical attack, 0 where unknown or not
    fixed by the name; `category` that of NIST, 0 where it meets none; `class_` the worst that its uses allow.
    """

    id: str
    kind: str
    family: str
    function: str
    class_: str
    strength: int
    category: int
    names: tuple[str, ...]
    source: str


def squash(name: str) -> str:
    """Return `name` without case and separators, so that ``SHA-256``, ``sha_256`` and ``Sha256`` are one."""
    return name.casefold().translate(_SEPARATORS)


def bare_oid(text: str) -> str:
    """Return an object identifier without prefix such as ``urn:oid:``, or an empty string where it is none."""
    if "." not in text:
        return ""
    bare = _PREFIX.sub("", text.strip())
    return bare if OID.fullmatch(bare) else ""


@cache
def algorithms() -> dict[str, Algorithm]:
    """Return every algorithm by its canonical id."""
    rows = {}
    for row in _read("algorithms.csv"):
        names = tuple(name for name in row["names"].split("|") if name)
        facts = (row["kind"], row["family"], row["function"], row["class"], int(row["strength"]), int(row["category"]))
        rows[row["algorithm"]] = Algorithm(row["algorithm"], *facts, names, row["source"])
    return rows


@cache
def vocabulary() -> dict[str, Algorithm]:
    """Return every algorithm by its squashed names, its id among them."""
    return {squash(name): row for row in algorithms().values() for name in (row.id, *row.names)}


@cache
def aliases() -> dict[str, str]:
    """Return the names for which others stand, by these, squashed."""
    return {squash(alias): name for alias, name in identifiers("alias").items()}


@cache
def identifiers(register: str) -> dict[str, str]:
    """Return the names of the identifiers of one of `REGISTERS`, as the registries write them."""
    return {row["identifier"]: row["name"] for row in _read("identifiers.csv") if row["register"] == register}


def named(register: str, code: str) -> str:
    """Return the name of a code point written ``0x11ec``, ``0x11,0xEC``, ``11EC`` or ``4588``, or an empty string."""
    known = identifiers(register)
    text = code.strip().casefold()
    if text.isdecimal() and len(text) <= 5 and not (len(text) == 4 and register == "tls_suite"):
        return known.get(f"0x{int(text):04x}", "")
    match = _CODE.fullmatch(text)
    return known.get(f"0x{int(match[1], 16):02x}{match[2]}", "") if match else ""


def oid_name(oid: str) -> str:
    """Return the name of an object identifier, or of the nearest arc above it that has one, or an empty string."""
    known = identifiers("oid")
    while oid.count(".") > 3:
        if oid in known:
            return known[oid]
        oid = oid.rpartition(".")[0]
    return known.get(oid, "")


def _read(name: str) -> Iterator[dict[str, str]]:
    text = (files("lotrinh.register") / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
