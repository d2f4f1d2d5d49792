"""Sightings as columns: what a segment of the register holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lotrinh.register.identity import Identities, asset_id
from lotrinh.register.sightings import Sighting, Source

if TYPE_CHECKING:
    import polars

NUMBERS = ("bits", "port")
TOLD = tuple(name for name in Sighting._fields if name not in ("reference", "depends", "seen", "system"))
"""Fields of a sighting that describe the asset."""
SEGMENT = ("asset", "second", "third", "source", "n", "seen", "system", *TOLD, "reference", "depends")
"""Columns of a segment: the id by the surest identity, those by weaker ones (empty where there are none), id of the
source, place in it, day, and system where the source or its upload names one.
"""
_LARGEST = 2**31 - 1


def segment(
    sightings: Sequence[Sighting], source: Source, id: str, start: int, identities: Identities
) -> polars.DataFrame:
    """Return the columns `SEGMENT` of sightings of one source with its `id`; the first is number `start` in it."""
    import polars as pl

    try:
        columns = _columns(sightings, source.system, identities)
    except (TypeError, ValueError, AttributeError, OverflowError, pl.exceptions.PolarsError):
        # No reader should give a field of another type; if one does, nothing else is to be lost.
        columns = _columns([_mended(sighting) for sighting in sightings], source.system, identities)
    number = pl.int_range(start, start + len(sightings), dtype=pl.UInt32).alias("n")
    return pl.DataFrame(columns).with_columns(pl.lit(id).alias("source"), number).select(SEGMENT)


def _columns(sightings: Sequence[Sighting], system: str, identities: Identities) -> list[polars.Series]:
    """Return the fields of sightings as columns, and the ids by their identities."""
    import polars as pl

    values: dict[str, Sequence[Any]] = dict(zip(Sighting._fields, zip(*sightings, strict=True), strict=True))
    if system:
        values["system"] = [system] * len(sightings)
    known = [identities.of(s, of) for s, of in zip(sightings, values["system"], strict=True)]
    values["asset"] = [asset_id(next(filter(None, texts))) for texts in known]
    for place, name in enumerate(("second", "third"), start=1):
        values[name] = [asset_id(texts[place]) if len(texts) > place and texts[place] else "" for texts in known]
    types: dict[str, Any] = dict.fromkeys(NUMBERS, pl.Int32)
    found = {name: pl.Series(name, column, dtype=types.get(name, pl.String)) for name, column in values.items()}
    found["seen"] = found["seen"].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return list(found.values())


def _mended(sighting: Sighting) -> Sighting:
    """Return a sighting with every field of its own type."""
    facts: dict[str, Any] = {
        name: _number(value) if name in NUMBERS else _text(value) for name, value in sighting._asdict().items()
    }
    return Sighting(**facts)


def _text(value: Any) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode("utf-8")


def _number(value: Any) -> int:
    try:
        return min(max(int(value), 0), _LARGEST)
    except (TypeError, ValueError, OverflowError):
        return 0
