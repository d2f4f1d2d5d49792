"""An import: sources are read by processes, merged with what is known, and put in place in one step."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotrinh.base.issues import DataError, Issue, UsageError
from lotrinh.base.text import t
from lotrinh.register import kept_problems, kept_sheets, reading
from lotrinh.register import manifest as files
from lotrinh.register.gather import CHUNK, ROW_GROUP, Found, Known, source_id
from lotrinh.register.merge import Merge, ranked
from lotrinh.register.owners import Owners
from lotrinh.register.pool import Watch, jobs, read
from lotrinh.register.state import SOURCES, State, count_classes, empty, sheet
from lotrinh.register.verdicts import Verdicts

if TYPE_CHECKING:
    import polars

MANY = 64
"""Segments from which on small ones are joined."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source gave: name, tool, how many sightings and rows of sheets, and whether it was known already."""

    name: str
    tool: str
    sightings: int
    rows: int
    known: bool


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did.

    Attributes
    ----------
    generation: of the register afterwards.  changed: False where all was known already, so nothing was written.
    sources: what each gave.  fresh, known: how many of the assets sighted are new, and how many were there before.
    problems: of this import.  classes: how many assets of the register are of each class.
    """

    generation: int
    changed: bool
    sources: tuple[Told, ...]
    fresh: int
    known: int
    problems: tuple[Issue, ...]
    classes: dict[str, int]

    @property
    def sightings(self) -> int:
        """Sightings that were read."""
        return sum(source.sightings for source in self.sources)

    @property
    def read(self) -> bool:
        """Whether any source gave something, now or before."""
        return any(source.known or source.sightings or source.rows for source in self.sources)


def add(
    old: State, paths: Sequence[Path], system: str, workers: int, seen: date | None, watch: Watch | None = None
) -> Added:
    """Import `paths` as `Register.add` says; the caller holds the lock of the register."""
    if seen is not None and seen > date.today():
        raise UsageError(str(t("nothing can have been seen on {day}: that day is still to come", day=seen)))
    stem = _begin(old)
    sources = old.table("sources").collect()
    passed: list[Issue] = []
    try:
        walk = reading.sources(_apart(paths), system, passed)
        found = read(jobs(walk, old.folder, stem, seen), _known(sources), workers, watch)
        return _end(old, stem, found.found, found.segments, passed)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(str(t("{path} cannot be written: {why}", path=old.folder, why=why))) from error
    finally:
        files.clean(old.folder, files.load(old.folder))


def teach(old: State, path: Path) -> Added:
    """Keep a sheet of what is taught and classify all assets anew; the caller holds the lock of the register.

    Raises
    ------
    DataError
        If the sheet has an error.
    """
    stem = _begin(old)
    rows, problems = kept_sheets.read_taught(path)
    if any(problem.is_error for problem in problems):
        raise DataError(problems)
    found = Found("", path.name, "", files.file_digest(path), kept_sheets.TAUGHT, date.today())
    found.source = source_id(found, found.day)
    found.sheets, found.problems = {kept_sheets.TAUGHT: rows}, problems
    held = sheet(kept_sheets.TAUGHT, old.sheets(), old.table("sources").collect())
    packed = [kept_sheets.packed(kept_sheets.TAUGHT, row) for row in held]
    found.known = bool(rows) and all(kept_sheets.packed(kept_sheets.TAUGHT, row) in packed for row in rows)
    try:
        return _end(old, stem, [found], {}, [])
    finally:
        files.clean(old.folder, files.load(old.folder))


def _begin(old: State) -> str:
    """Look whether a register is sound, and return how the names of its next files begin."""
    files.clean(old.folder, old.manifest)
    old.verify({name: mark for held in old.manifest.files.values() for name, mark in held.items()})
    return files.stem(old.manifest)


def _end(old: State, stem: str, found: list[Found], segments: dict[str, str], passed: list[Issue]) -> Added:
    """Put what was found in place, if any of it is new; `passed` are the problems of no source."""
    told = tuple(Told(each.name, each.tool, each.sightings, each.rows, each.known) for each in found)
    problems = (*(problem for each in found for problem in each.problems), *passed)
    fresh = _fresh(old, found)
    if not fresh or not (old.manifest.generation or any(each.sightings or each.rows for each in fresh)):
        classes = count_classes(old.table("assets").filter("present").select("class").collect())
        return Added(old.manifest.generation, False, told, 0, 0, problems, classes)
    now = Next(old, stem)
    now.take(fresh, segments, passed)
    counts = now.derive({each.source for each in fresh})
    return Added(now.generation, True, told, *counts, problems, count_classes(now.classes))


def _apart(paths: Sequence[Path]) -> list[Path]:
    """Return paths without those that stand in others, or twice."""
    absolute = {path: Path(os.path.abspath(path)) for path in dict.fromkeys(paths)}
    found = {place: path for path, place in absolute.items()}
    return [path for place, path in found.items() if not any(other in found for other in place.parents)]


def _known(sources: polars.DataFrame) -> Known:
    """Return by name, system and digest the days of the sources that need not be read again."""
    known: dict[tuple[str, str, str], set[str]] = {}
    rows = sources.filter(sources["sightings"] + sources["rows"] > 0).join(ranked(sources), on="source")
    for row in rows.iter_rows(named=True):
        days = known.setdefault((row["name"], row["system"], row["digest"]), set())
        days |= {"*"} if row["dated"] else {row["day"].isoformat(), *("=" if row["current"] else "")}
    return known


def _fresh(old: State, found: Sequence[Found]) -> list[Found]:
    """Return what gave anything that is not known; what gives nothing for the same reasons as before is known."""
    sources = old.table("sources").collect()
    nothing = set(sources.filter(sources["sightings"] + sources["rows"] == 0)["source"])
    again = [each for each in found if each.source in nothing and not each.sightings and not each.rows]
    told = set()
    if again:
        problems = old.table("problems").collect()
        told = {(row["source"], row["code"], row["row"], row["value"]) for row in problems.iter_rows(named=True)}
    same = {
        each.source
        for each in again
        for rows in [kept_problems.rows(each.source, each.problems)]
        if all((row["source"], row["code"], row["row"], row["value"]) in told for row in rows)
    }
    fresh = {each.source: each for each in found if each.source and not each.known and each.source not in same}
    return list(fresh.values())


class Next:
    """The next state of a register, while its files are written."""

    def __init__(self, old: State, stem: str) -> None:
        self._old, self._stem = old, stem
        self.generation = old.manifest.generation + 1
        self._files: dict[str, dict[str, str]] = {kind: dict(held) for kind, held in old.manifest.files.items()}
        self._sources = old.table("sources").collect()
        self._problems = old.table("problems").collect()
        self._sheets = old.sheets()
        self._counts: dict[str, int] = {}
        self.classes = empty("assets").select("class")

    def take(self, fresh: Sequence[Found], segments: dict[str, str], passed: Sequence[Issue]) -> None:
        """Add what new sources gave, and the problems of none of them."""
        import polars as pl

        again = [found.source for found in fresh]
        rows = [_row(found, self.generation) for found in fresh]
        new = pl.DataFrame(rows, schema=empty("sources").schema, orient="row")
        self._sources = pl.concat([self._sources.filter(~pl.col("source").is_in(again)), new])
        told = [row for found in fresh for row in kept_problems.rows(found.source, found.problems)]
        told += kept_problems.rows("", passed)
        old = self._problems.filter(~pl.col("source").is_in(again))
        self._problems = pl.concat([old, kept_problems.frame(told)]).unique(maintain_order=True)
        self._sheets = [entry for entry in self._sheets if entry["source"] not in again]
        for found in fresh:
            for table, lines in found.sheets.items():
                packed = [kept_sheets.packed(table, line) for line in lines]
                self._sheets.append({"source": found.source, "table": table, "rows": packed})
        self._files.setdefault("sightings", {}).update(segments)
        self._counts = {
            "sources": len(fresh),
            "sightings": sum(found.sightings for found in fresh),
            "rows": sum(found.rows for found in fresh),
            "problems": len(told),
        }

    def derive(self, fresh: set[str]) -> tuple[int, int]:
        """Write all that follows from the sightings, and put it in place; return how many assets are new and known."""
        import polars as pl

        had = self._old.table("assets").select("asset").collect()["asset"].implode()
        folder, new, known = self._old.folder, 0, 0
        self._join_small()
        parts: dict[str, str] = {}
        merge = self._merge(fresh)
        if merge is not None:
            for number, part in enumerate(merge.assets()):
                name = f"assets-{self._stem}-{number}.parquet"
                parts[name] = files.put(folder, name, part.drop("fresh"), compression="lz4")
                sighted = part.filter("fresh")
                there = int(sighted["asset"].is_in(had).sum())
                known, new = known + there, new + len(sighted) - there
                self.classes = pl.concat([self.classes, part.filter("present").select("class")])
        self._files["assets"] = parts
        self._put("moved", merge.moved if merge else empty("moved"))
        self._put("holdings", pl.concat(merge.holdings) if merge and merge.holdings else empty("holdings"))
        self._put("links", merge.links() if merge else empty("links"))
        self._put("sources", self._sources)
        self._put("problems", self._problems)
        name = f"sheets-{self._stem}.json"
        self._files["sheets"] = {name: files.put(folder, name, json.dumps(self._sheets, ensure_ascii=False).encode())}
        entry = {"generation": self.generation, "date": date.today().isoformat(), **self._counts, "assets": new}
        imports = (*self._old.manifest.imports, entry)
        files.save(folder, files.follow(self._old.manifest, files=self._files, imports=imports))
        return new, known

    def _join_small(self) -> None:
        """Join segments of few sightings once there are many: each takes a look of its own."""
        import polars as pl

        held = self._files.get("sightings", {})
        if len(held) <= MANY:
            return
        sizes = {name: pl.scan_parquet(self._old.folder / name).select(pl.len()).collect().item() for name in held}
        groups: list[list[str]] = [[]]
        for name in sorted(name for name, size in sizes.items() if size <= CHUNK // 2):
            if sum(sizes[each] for each in groups[-1]) + sizes[name] > CHUNK:
                groups.append([])
            groups[-1].append(name)
        for number, group in enumerate(group for group in groups if len(group) > 1):
            rows = pl.read_parquet([self._old.folder / name for name in group]).sort("asset")
            joined = f"sightings-{self._stem}-0-0-{number}.parquet"
            mark = files.put(self._old.folder, joined, rows, compression="lz4", row_group_size=ROW_GROUP)
            held = {name: digest for name, digest in held.items() if name not in group} | {joined: mark}
        self._files["sightings"] = held

    def _merge(self, fresh: set[str]) -> Merge | None:
        import polars as pl

        segments = [self._old.folder / name for name in self._files.get("sightings", {})]
        if not segments:
            return None
        ranks = ranked(self._sources).with_columns(pl.col("source").is_in(list(fresh)).alias("fresh"))
        owners = Owners(sheet("systems", self._sheets, self._sources))
        return Merge(segments, ranks, owners, Verdicts(sheet("taught", self._sheets, self._sources)))

    def _put(self, kind: str, table: polars.DataFrame) -> None:
        name = f"{kind}-{self._stem}.parquet"
        self._files[kind] = {name: files.put(self._old.folder, name, table, compression="lz4")}


def _row(found: Found, generation: int) -> tuple[Any, ...]:
    """Return a source as the table of sources holds it."""
    facts = {name: getattr(found, name) for name in SOURCES if name != "generation"}
    return tuple({**facts, "generation": generation}[name] for name in SOURCES)
