"""What the readers of scans share: their problems, a careful look into JSON, and the words for endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from lotrinh.base.issues import IssueKind, Place
from lotrinh.base.text import Text, t
from lotrinh.register.sightings import Batch, Source

UNREADABLE = IssueKind("S101", "the file cannot be read", "Export it again; nothing of it was taken.")
CUT_OFF = IssueKind(
    "S102",
    "the file is damaged or breaks off",
    "What could be read was kept; run the scan again for the rest.",
    "warning",
)
WRONG_TYPE = IssueKind("S103", "a value of another kind than expected", "The value was passed over.", "warning")
NOTHING = IssueKind(
    "S104", "nothing about cryptography was found in the file", "Check that it is the right file.", "warning"
)
NOT_REACHED = IssueKind(
    "S105",
    "the scanner could not connect",
    "The endpoint is kept with unknown key establishment: it may be down, or accept post-quantum groups only.",
    "warning",
)
SECRET = IssueKind(
    "S106", "a private key stands where none belongs", "Delete it there, and replace that key.", "warning"
)
BROKEN = IssueKind("S107", "a certificate or key is damaged", "What could be read of it was kept.", "warning")
LOCKED = IssueKind(
    "S108", "a password protects the keys", "Only what can be seen without the password was kept.", "warning"
)
ENTITIES = IssueKind("S109", "the XML declares entities", "No scanner writes them: the file was not read.")

MOST_TRIES = 1000
"""Broken places after which the rest of a damaged JSON file is given up."""
LONGEST = 300
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_LONG = re.compile(r"[A-Za-z0-9+/=]{40}")
_AHEAD = re.compile(r"mlkem|ml-kem|kyber|sntrup|ntru|frodo|bike|hqc|mceliece", re.IGNORECASE)
_BESIDE = re.compile(r"25519|x448|p-?256|p-?384|p-?521|secp|nistp|prime256|brainpool", re.IGNORECASE)
_MARKERS = ("ext-info-", "kex-strict-")


def secret(text: str) -> bool:
    """Return whether `text` may hold key material: the mark of a private key, or a long run as of base64 or hex."""
    return "PRIVATE KEY" in text or bool(_LONG.search(text))


def clean(text: str) -> str:
    """Return a text from a scan on one line and not too long, or nothing where it may hold key material."""
    text = _SPACE.sub(" ", text).strip()
    return "" if secret(text) else text[:LONGEST]


class Json:
    """A value of a JSON document and where it stands; what is not of the kind asked for is reported and passed over."""

    __slots__ = ("found", "place", "value")

    def __init__(self, value: Any, found: Batch, place: Place) -> None:
        self.value, self.found, self.place = value, found, place

    def _of(self, key: str | int) -> Json:
        inside = self.value.get(key) if isinstance(self.value, dict) else self.value[key]
        column = f"{self.place.column}/{key}" if isinstance(key, int) or not secret(key) else self.place.column
        return Json(inside, self.found, Place(self.place.file, self.place.sheet, self.place.row, column))

    def at(self, *keys: str) -> Json:
        """Return what stands under `keys`, one inside the other; nothing where one of them is missing."""
        here = self
        for key in keys:
            if not isinstance(here.value, dict):
                here._wrong(t("an object"))
                return Json(None, self.found, here.place)
            here = here._of(key)
        return here

    def __iter__(self) -> Iterator[Json]:
        if isinstance(self.value, list):
            for number in range(len(self.value)):
                yield self._of(number)
        else:
            self._wrong(t("a list"))

    def items(self) -> Iterator[tuple[str, Json]]:
        """Yield every key of an object and what stands under it."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self._of(key)
        else:
            self._wrong(t("an object"))

    def text(self, *keys: str) -> str:
        """Return the text under `keys`, clean; numbers as they are written."""
        here = self.at(*keys)
        if isinstance(here.value, str):
            return clean(here.value)
        if isinstance(here.value, int | float) and not isinstance(here.value, bool):
            return clean(str(here.value)) if abs(here.value) < 1e15 else ""
        here._wrong(t("a text"))
        return ""

    def raw(self, *keys: str) -> str:
        """Return the text under `keys` as it stands, for what is decoded at once."""
        here = self.at(*keys)
        if isinstance(here.value, str):
            return here.value
        here._wrong(t("a text"))
        return ""

    def whole(self, *keys: str) -> int:
        """Return the whole number under `keys`, also where it is written as a text, or 0."""
        here = self.at(*keys)
        if isinstance(here.value, int) and not isinstance(here.value, bool):
            return here.value if abs(here.value) < 2**31 else 0
        if isinstance(here.value, str) and here.value.isascii() and here.value.isdigit() and len(here.value) < 10:
            return int(here.value)
        here._wrong(t("a whole number"))
        return 0

    def words(self, *keys: str) -> list[str]:
        """Return the words of the text under `keys`, each clean."""
        return [word for word in map(clean, self.raw(*keys).split()) if word]

    def flag(self, *keys: str) -> bool | None:
        """Return the yes or no under `keys`, or None."""
        here = self.at(*keys)
        if isinstance(here.value, bool):
            return here.value
        here._wrong(t("true or false"))
        return None

    def texts(self, *keys: str) -> list[str]:
        """Return the texts of the list under `keys`, clean and without blanks inside."""
        here = self.at(*keys)
        words = [word.text() for word in here] if here.value is not None else []
        return [word.replace(" ", "_") for word in words if word]

    def _wrong(self, expected: Text) -> None:
        if self.value is not None:
            report(self.found, WRONG_TYPE, self.place, expected)


def report(found: Batch, kind: IssueKind, place: Place, expected: Text | None = None) -> None:
    """Add a problem; values of scans are never repeated in it, since they may be secret."""
    found.problems.append(kind.at(place, "", expected))


def load(source: Source, found: Batch, marker: str = "") -> Json | None:
    """Return the JSON document of a file, or None.

    Where it is damaged, return the list of the objects that are whole, those after `marker` where there is one.
    """
    data = source.path.read_bytes()
    place = Place(source.name)
    try:
        return Json(orjson.loads(data), found, place)
    except ValueError:
        pass
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return Json(json.loads(text), found, place)
    except RecursionError:
        report(found, UNREADABLE, place, t("JSON that is not nested so deep"))
        return None
    except ValueError as error:
        kept = list(_salvaged(text, marker))
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        report(found, CUT_OFF if kept else UNREADABLE, Place(source.name, "", line), t("JSON"))
    return Json(kept, found, place) if kept else None


def _salvaged(text: str, marker: str) -> Iterator[dict[str, Any]]:
    decoder, at, tries = json.JSONDecoder(), text.find(marker) + len(marker) if marker in text else 0, 0
    while tries < MOST_TRIES and (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
            yield value
        except (ValueError, RecursionError):
            at, tries = at + 1, tries + 1


def day(text: str) -> str:
    """Return the ISO date with which `text` begins, or of the seconds since 1970 that it writes, or nothing."""
    if re.match(r"\d{4}-\d\d-\d\d", text):
        return text[:10]
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return datetime.fromtimestamp(int(text), UTC).date().isoformat()
    return ""


def methods(names: Iterable[str]) -> list[str]:
    """Return the key-exchange methods of SSH without the markers that stand among them."""
    return [name for name in names if not name.startswith(_MARKERS)]


def standing(
    groups: Iterable[str], *, sees: bool, classical: bool | None = None, complete: bool = False
) -> tuple[str, str]:
    """Return `post_quantum` and `fallback` of an endpoint by the names of the groups or methods that it accepts.

    `sees` says whether the tool would have seen post-quantum ones; `classical` whether it accepts anything classical,
    where more is known of that than the groups tell; `complete` that they are all that it accepts, as SSH lists them.
    """
    known = [group for group in groups if group]
    ahead = [group for group in known if _AHEAD.search(group)]
    if not ahead:
        return ("classical" if known and sees else "unknown"), ""
    if classical is None and (complete or len(ahead) < len(known)):
        classical = len(ahead) < len(known)
    fallback = {True: "yes", False: "no", None: ""}[classical]
    return ("hybrid" if any(_BESIDE.search(group) for group in ahead) else "post_quantum"), fallback


def joined(words: Iterable[str]) -> str:
    """Return each word once, in order, with blanks between."""
    return " ".join(dict.fromkeys(word for word in words if word))
