"""Reading of sources into segments: what a process does that helps an import."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import t
from lotrinh.register import reading
from lotrinh.register.classify import Classifier
from lotrinh.register.frames import segment
from lotrinh.register.guard import guarded, without_secrets
from lotrinh.register.identity import Canonical, Identities, asset_id, folded
from lotrinh.register.manifest import file_digest, put
from lotrinh.register.sightings import Sighting, Source

if TYPE_CHECKING:
    import polars

CHUNK = 50_000
"""Sightings of one segment, about: what a process holds at a time."""
ROW_GROUP = 8_192
"""Rows that a reader of a segment can skip together: segments are in the order of their assets."""

UNREADABLE = IssueKind("R804", "a file that cannot be read", "Check the file and its permissions, then add it again.")
READER = IssueKind(
    "R805", "a reader failed on the file", "This is a bug in Lotrinh: report it with the file, if it can be shown."
)
FUTURE = IssueKind(
    "R806",
    "days in the file lie in the future",
    "They were taken as the day of the import. Check the clock of the machine that wrote the file.",
    "warning",
)

Known = Mapping[tuple[str, str, str], set[str]]
"""The sources of a register: by name, system and digest the days of import; ``*`` where the file tells its own days,
``=`` where it is the latest of its series.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """Sources that one process reads.

    Attributes
    ----------
    folder, stem: where segments are written, and how their names begin.
    day: date of what does not tell its own; `told` where the user gave it.
    """

    folder: Path
    stem: str
    sources: tuple[Source, ...]
    day: date
    told: bool


@dataclass(slots=True)
class Found:
    """What one source gave; `known` where it was imported before and not read again."""

    source: str
    name: str
    system: str
    digest: str = ""
    tool: str = ""
    day: date = date.min
    dated: bool = False
    sightings: int = 0
    known: bool = False
    sheets: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[Issue] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of sheets that it gave."""
        return sum(map(len, self.sheets.values()))


_known: dict[str, Known] = {}


def start(known: Known, watched: bool = True) -> None:
    """Prepare a process: what is known already; it ends when the process ends that started it."""
    _known["sources"] = known
    if watched:
        os.environ["POLARS_MAX_THREADS"] = "1"  # the processes share the processors already
        gc.freeze()
        gc.set_threshold(200_000, 50, 100)  # what is read is kept until it is written: looking for garbage finds none
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def gather(job: Job) -> tuple[list[Found], dict[str, str]]:
    """Read the sources of a job; return what each gave, and the segments written with their digests."""
    known = _known.get("sources", {})
    files: dict[str, str] = {}
    parts: list[polars.DataFrame] = []
    told: list[Found] = []
    for source in job.sources:
        found = Found("", source.name, source.system)
        told.append(found)
        try:
            found.digest = file_digest(source.path)
        except OSError as error:
            found.problems.append(
                UNREADABLE.at(Place(source.name), "", t("a file: {why}", why=error.strerror or error))
            )
            continue
        days = known.get((found.name, found.system, found.digest), set())
        found.source = source_id(found, job.day)
        if days & {"*", job.day.isoformat(), "*" if job.told else "="}:
            found.known = True
            continue
        for part in _frames(source, found, job):
            parts.append(part)
            if sum(len(part) for part in parts) >= CHUNK:
                _write(job, parts, files)
    _write(job, parts, files)
    return told, files


def source_id(found: Found, day: date) -> str:
    """Return the id of a source: the same for the same content under the same name and system on the same day."""
    return asset_id("\x1f".join(("source", found.name, found.system, found.digest, day.isoformat())))


def _frames(source: Source, found: Found, job: Job) -> Iterator[polars.DataFrame]:
    """Yield the sightings of a source, part by part, and note in `found` what else it tells."""
    import polars as pl

    identities, undated = Identities(source.name, canonical_name()), 0
    # A day in the future would be the latest of its series for ever, and hide every scan that comes after.
    today, latest = date.today(), date.min
    days: list[date] = []
    try:
        for batch in reading.batches(source):
            found.tool = found.tool or guarded(batch.tool)
            found.problems += batch.problems
            for table, rows_ in (("systems", batch.systems), *batch.sheets.items()):
                if rows_:
                    found.sheets.setdefault(table, []).extend(rows_)
            for rows in _slices(batch.sightings):
                part = segment(rows, source, found.source, found.sightings, identities)
                part, problems = without_secrets(part, source.name)
                found.problems += problems
                found.sightings += len(part)
                undated += part["seen"].null_count()
                latest = max([latest, *filter(None, part["seen"].unique())])
                part = part.with_columns(pl.min_horizontal(pl.col("seen").fill_null(pl.lit(job.day)), pl.lit(today)))
                days.extend(part["seen"].unique())
                yield part
    except Exception as error:
        found.problems.append(READER.at(Place(source.name), type(error).__name__))
    if latest > today:
        found.problems.append(FUTURE.at(Place(source.name), latest, t("no day after {day}", day=today)))
    found.day = max(days, default=job.day)
    found.dated = bool(days) and not undated


def _slices(sightings: list[Sighting]) -> Iterator[list[Sighting]]:
    for first in range(0, len(sightings), CHUNK):
        yield sightings[first : first + CHUNK]


def _write(job: Job, parts: list[polars.DataFrame], files: dict[str, str]) -> None:
    """Write what was read so far as one segment, in the order of the assets."""
    import polars as pl

    if parts:
        name = f"sightings-{job.stem}-{len(files)}.parquet"
        rows = pl.concat(parts).sort("asset")
        files[name] = put(job.folder, name, rows, compression="lz4", row_group_size=ROW_GROUP)
        parts.clear()


@cache
def canonical_name() -> Canonical:
    """Return the function that names the algorithm of a sighting, the same however sources write it.

    What was taught does not count here, so that teaching never changes which assets there are.
    """
    classifier = Classifier()
    known: dict[tuple[Any, ...], str] = {}

    def canonical(s: Sighting) -> str:
        facts = (s.algorithm or s.name, s.oid, s.parameter, s.curve, s.bits, s.primitive, s.functions)
        found = known.get(facts)
        if found is None:
            verdict = classifier.algorithm(*facts)
            named = "\x1f".join((verdict.algorithm, verdict.function))
            told = "\x1f".join((folded(facts[0]), *map(str, facts[1:6])))
            found = known[facts] = named if verdict.algorithm else told
        return found

    return canonical
