"""The register on disk: what was sighted, the assets that follow from it, and what is known of their systems."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from lotrinh.base.issues import DataError, Issue, Place
from lotrinh.base.text import t
from lotrinh.register import history, importing, state
from lotrinh.register import manifest as files
from lotrinh.register.importing import Added
from lotrinh.register.kept_problems import issues
from lotrinh.register.manifest import DAMAGED, Manifest
from lotrinh.register.sheets import System
from lotrinh.register.sightings import Sighting
from lotrinh.register.state import ASSETS, State

if TYPE_CHECKING:
    import polars

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 5


def reading(method: Callable[Concatenate[Register, P], R]) -> Callable[Concatenate[Register, P], R]:
    """Make a method read again where writers have moved two generations on and deleted the files it was reading."""

    @functools.wraps(method)
    def read(self: Register, *args: P.args, **kwargs: P.kwargs) -> R:
        import polars as pl

        for attempt in range(ATTEMPTS):
            before = self.manifest()
            try:
                return method(self, *args, **kwargs)
            except (DataError, FileNotFoundError, pl.exceptions.PolarsError) as error:
                if attempt < ATTEMPTS - 1 and self.manifest().generation != before.generation:
                    continue
                if isinstance(error, DataError):
                    raise
                place = Place(str(self.path))
                raise DataError([DAMAGED.at(place, error, t("files as the register wrote them"))]) from error
        raise AssertionError  # the last attempt returns or raises

    return cast("Callable[Concatenate[Register, P], R]", read)


class Register:
    """A register in the folder `path`. Every look at it is at its state of that moment; nothing is kept open.

    What takes several looks at one state goes through `at_once`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._sound: set[str] = set()
        self._held: Manifest | None = None

    def manifest(self) -> Manifest:
        """Return what the folder holds at present; `DataError` where that cannot be read."""
        return self._held or files.load(self.path)

    def state(self) -> State:
        """Return the tables as they are at present."""
        return State(self.path, self.manifest(), self._sound)

    def _present(self) -> State:
        """Return the tables that a writer is to follow."""
        return State(self.path, files.load(self.path), self._sound)

    @reading
    def at_once(self, look: Callable[[Register], R]) -> R:
        """Return `look` at this register held at its present state, so that all it sees is of one generation.

        Where imports overtake it, it looks again from the beginning.
        """
        held = Register(self.path)
        held._held, held._sound = self.manifest(), self._sound
        return look(held)

    @reading
    def assets(self, gone: bool = False) -> polars.DataFrame:
        """Return the assets, columns `ASSETS`, in the order of their ids.

        With `gone` there are also those that a later scan of the same sources no longer found, and a column `present`.
        """
        return self.scan(gone).collect()

    @reading
    def scan(self, gone: bool = False) -> polars.LazyFrame:
        """Return `assets` to be read only as far as needed, soon: its files outlive one later import, not two."""
        import polars as pl

        assets = self.state().table("assets")
        return assets.select(*ASSETS, "present") if gone else assets.filter(pl.col("present")).select(ASSETS)

    @reading
    def holdings(self) -> polars.DataFrame:
        """Return asset, system: who holds each asset; an empty system where that is not known."""
        return self.state().table("holdings").collect()

    @reading
    def links(self) -> polars.DataFrame:
        """Return asset, depends: what assets depend on."""
        return self.state().table("links").collect()

    @reading
    def sightings(self) -> polars.LazyFrame:
        """Return every sighting: asset, system, source (its name), tool, seen, and the other fields of `Sighting`."""
        import polars as pl

        now = self.state()
        sources = now.table("sources").select(pl.col("source").alias("id"), pl.col("name").alias("source"), "tool")
        moved = now.table("moved").rename({"from": "asset"})
        rows = now.table("sightings").rename({"source": "id"}).join(sources, on="id")
        rows = rows.join(moved, on="asset", how="left").with_columns(pl.coalesce("to", "asset").alias("asset"))
        rest = [name for name in Sighting._fields if name not in ("system", "seen")]
        return rows.select("asset", "system", "source", "tool", "seen", *rest)

    @reading
    def sources(self) -> polars.DataFrame:
        """Return every source that was imported, columns `state.SOURCES`."""
        return self.state().table("sources").collect()

    def systems(self) -> list[System]:
        """Return the systems of the ownership sheets."""
        return self.sheet("systems")

    @reading
    def sheet(self, name: str) -> list[Any]:
        """Return the rows of a sheet that the register keeps: ``systems``, ``windows``, ``efforts``, …"""
        now = self.state()
        return state.sheet(name, now.sheets(), now.table("sources").collect())

    @reading
    def problems(self) -> list[Issue]:
        """Return the problems met while importing what the register holds."""
        return issues(self.state().table("problems").collect())

    @reading
    def classes(self) -> dict[str, int]:
        """Return how many assets are of each class, in the order of `classes.CLASSES`."""
        return state.count_classes(self.scan().select("class").collect())

    @reading
    def at(self, day: date) -> polars.DataFrame:
        """Return the assets as of the end of `day`, columns `ASSETS`; see `history.at`."""
        return history.at(self.state(), day)

    @reading
    def diff(self, first: date, second: date) -> polars.DataFrame:
        """Return the assets that appeared, vanished or changed their class between two days; see `history.diff`."""
        return history.diff(self.state(), first, second)

    def add(
        self,
        paths: Iterable[str | Path],
        system: str = "",
        workers: int = 2,
        seen: date | None = None,
        wait: float = files.WAIT,
        watch: Callable[[int, int], None] | None = None,
    ) -> Added:
        """Import files, folders and archives; what is known already is passed over.

        Parameters
        ----------
        system: to which all of it belongs; where it is left out, sources and the sheet of systems say.
        workers: processes that read.
        seen: day of what does not tell its own; by default today.
        wait: seconds to wait while another process writes.
        watch: called with how many files and sightings were read so far.

        Raises
        ------
        UsageError
            If there is nothing at a path, `seen` is still to come, another process is writing, or nothing can be
            written.
        DataError
            If the register is damaged: nothing is changed then.
        """
        files.load(self.path)  # refuses what is no register before anything is made there
        with files.writing(self.path, wait):
            return importing.add(self._present(), [Path(path) for path in paths], system, workers, seen, watch)

    def teach(self, path: str | Path, wait: float = files.WAIT) -> Added:
        """Keep a sheet that says what names stand for, and classify all assets anew.

        Raises
        ------
        UsageError
            If there is no such file, or another process is writing.
        DataError
            If the sheet has an error, or the register is damaged: nothing is changed then.
        """
        files.load(self.path)
        with files.writing(self.path, wait):
            return importing.teach(self._present(), Path(path))
