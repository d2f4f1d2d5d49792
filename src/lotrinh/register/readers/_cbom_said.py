"""What assets of a CBOM say of their cryptography: most of a file say the same as others, and are looked at once."""

from __future__ import annotations

from typing import Any

import orjson

from lotrinh.register.readers._cbom_facts import NOTHING, Facts, kind_of, material

MOST, MOST_BYTES = 1 << 13, 1 << 11
"""Different contents that are remembered, and how long each may be: what bounds the memory."""
MOST_TOLD = 1 << 9
"""What is remembered of one content."""


class Said:
    """The `cryptoProperties` of an asset, and of all others of the file that say just that.

    Attributes
    ----------
    crypto, kind: the content, and the kind of sighting that it is.  secret: the value of a key that stands in it.
    sound: True once nothing was found wrong with it.
    facts: what it tells, by the name of the asset and the algorithm it refers to.
    heads: the fields of a sighting before its location, by all else on which they rest.
    """

    __slots__ = ("crypto", "facts", "heads", "kind", "secret", "sound")

    def __init__(self, crypto: dict[str, Any], kind: str) -> None:
        self.crypto, self.kind, self.sound = crypto, kind, False
        value = material(crypto).get("value") if kind == "key" else ""
        self.secret = value if type(value) is str else ""
        self.facts: dict[tuple[str, str], Facts] = {}
        self.heads: dict[tuple[Any, ...], tuple[Any, ...]] = {}


class Sayings:
    """The different contents of `cryptoProperties` of one file."""

    def __init__(self) -> None:
        self._known: dict[bytes, Said] = {}

    def of(self, component: dict[str, Any]) -> Said:
        """Return what an asset says, the same object for equal contents where they are short."""
        crypto = component.get("cryptoProperties")
        if type(crypto) is not dict:
            crypto = NOTHING
        kind = kind_of(crypto)
        if kind not in ("algorithm", "key"):
            return Said(crypto, kind)  # no two certificates are alike
        try:
            key = orjson.dumps(crypto)
        except TypeError:  # half a surrogate, a huge number: from a damaged file
            return Said(crypto, kind)
        said = self._known.get(key)
        if said is None:
            said = Said(crypto, kind)
            # Infinity is written as null too.
            if len(key) <= MOST_BYTES and len(self._known) < MOST and b"null" not in key:
                self._known[key] = said
        return said


def remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Note `value` in what one content has told, within bounds."""
    if len(known) >= MOST_TOLD:
        known.clear()
    known[key] = value
