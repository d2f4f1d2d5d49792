"""The tables in the folder of a register, as they are at a moment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotrinh.register import manifest as files
from lotrinh.register.classes import CLASSES
from lotrinh.register.frames import NUMBERS, SEGMENT, TOLD
from lotrinh.register.kept_problems import frame
from lotrinh.register.kept_sheets import TAUGHT, latest, unpacked
from lotrinh.register.manifest import Manifest
from lotrinh.register.merge import ranked
from lotrinh.register.verdicts import VERDICT

if TYPE_CHECKING:
    import polars

ASSETS = ("asset", *TOLD, *VERDICT, "first_seen", "last_seen", "sightings")
SOURCES = ("source", "name", "system", "digest", "tool", "day", "dated", "sightings", "rows", "generation")
"""Columns of the sources: id, name, system and digest of the file, tool, latest day on which it saw anything, whether
it tells all days itself, how many sightings and rows of sheets, and the generation that added it.
"""
_COLUMNS: dict[str, Sequence[str]] = {
    "assets": (*ASSETS, "present"),
    "sightings": SEGMENT,
    "sources": SOURCES,
    "holdings": ("asset", "system"),
    "links": ("asset", "depends"),
    "moved": ("from", "to"),
}
_WHOLE = (*NUMBERS, "strength", "category")
_COUNTS = ("n", "sightings", "rows", "generation")
_DAYS = ("seen", "day", "first_seen", "last_seen")
_FLAGS = ("dated", "present")


class State:
    """The register in a folder, at the generation of `manifest`."""

    def __init__(self, folder: Path, manifest: Manifest, sound: set[str]) -> None:
        self.folder, self.manifest, self._sound = folder, manifest, sound

    def table(self, kind: str) -> polars.LazyFrame:
        """Return a table, to be read only as far as needed; `DataError` where a file of it is damaged."""
        import polars as pl

        held = self.manifest.files.get(kind, {})
        if not held:
            return empty(kind).lazy()
        self.verify(held)
        return pl.scan_parquet([str(self.folder / name) for name in held])

    def sheets(self) -> list[dict[str, Any]]:
        """Return what each source told of each sheet: ``source``, ``table`` and ``rows``."""
        held = self.manifest.files.get("sheets", {})
        self.verify(held)
        return [entry for name in held for entry in json.loads((self.folder / name).read_bytes())]

    def verify(self, held: dict[str, str]) -> None:
        """Compare files with their digests, each once; `DataError` where one is damaged."""
        fresh = {name: mark for name, mark in held.items() if name not in self._sound}
        files.verify(self.folder, fresh)
        self._sound.update(fresh)


def empty(kind: str) -> polars.DataFrame:
    """Return a table of a kind without rows."""
    import polars as pl

    if kind == "problems":
        return frame([])
    types: dict[str, Any] = dict.fromkeys(_WHOLE, pl.Int32) | dict.fromkeys(_COUNTS, pl.UInt32)
    types |= dict.fromkeys(_DAYS, pl.Date) | dict.fromkeys(_FLAGS, pl.Boolean)
    return pl.DataFrame(schema={name: types.get(name, pl.String) for name in _COLUMNS[kind]})


def sheet(name: str, sheets: Iterable[dict[str, Any]], sources: polars.DataFrame) -> list[Any]:
    """Return the rows of a sheet: of each key that of the latest source, among the latest of their series.

    What was taught is never forgotten: there every source counts, in the order in which they were imported.
    """
    held = [entry for entry in sheets if entry["table"] == name]
    if not held:
        return []
    ranks = ranked(sources).join(sources.select("source", "day", "generation"), on="source")
    ranks = ranks.sort("generation") if name == TAUGHT else ranks.filter("current").sort("day", "rank")
    place = {source: at for at, source in enumerate(ranks["source"])}
    found = sorted((entry for entry in held if entry["source"] in place), key=lambda entry: place[entry["source"]])
    rows = latest(name, (row for entry in found for row in entry["rows"]))
    return [unpacked(name, row) for row in rows]


def count_classes(assets: polars.DataFrame) -> dict[str, int]:
    """Return how many assets are of each class, in the order of `CLASSES`."""
    counts = Counter(dict(assets.group_by("class").len().iter_rows()))
    return {name: counts[name] for name in CLASSES}
