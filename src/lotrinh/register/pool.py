"""Processes that read sources together."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lotrinh.base.issues import LotrinhError
from lotrinh.base.text import t
from lotrinh.register.gather import Found, Job, Known, gather, start
from lotrinh.register.sightings import Source

JOB_BYTES, JOB_FILES = 8_000_000, 500
"""What a process reads at a time, about."""
Watch = Callable[[int, int], None]
"""Told how many files and sightings were read so far."""
Part = tuple[list[Found], dict[str, str]]


class KilledError(LotrinhError):
    """A process that read files was ended from outside; the register is as it was."""


@dataclass(slots=True)
class Read:
    """What all sources of an import gave, and the segments written with their digests."""

    found: list[Found] = field(default_factory=list)
    segments: dict[str, str] = field(default_factory=dict)

    def take(self, part: Part, watch: Watch | None) -> None:
        """Add what one process read."""
        self.found += part[0]
        self.segments |= part[1]
        if watch is not None:
            watch(len(self.found), sum(each.sightings for each in self.found))


def jobs(sources: Iterable[Source], folder: Path, stem: str, seen: date | None) -> Iterator[Job]:
    """Yield the sources in jobs of like size."""
    day, told, number = seen or date.today(), seen is not None, 0
    some: list[Source] = []
    size = 0
    for source in sources:
        with contextlib.suppress(OSError):  # reading it will tell
            size += source.path.stat().st_size
        some.append(source)
        if size >= JOB_BYTES or len(some) >= JOB_FILES:
            yield Job(folder, f"{stem}-{number}", tuple(some), day, told)
            some, size, number = [], 0, number + 1
    if some:
        yield Job(folder, f"{stem}-{number}", tuple(some), day, told)


def read(todo: Iterator[Job], known: Known, workers: int, watch: Watch | None) -> Read:
    """Carry out jobs: here where there is but one or one process is wanted, else in `workers` processes.

    Raises
    ------
    KilledError
        If such a process was ended from outside, as the system does where memory runs out.
    """
    found = Read()
    first, second = next(todo, None), next(todo, None)
    waiting = [job for job in (first, second) if job is not None]
    if workers < 2 or second is None:
        start(known, watched=False)
        for job in (*waiting, *todo):
            found.take(gather(job), watch)
        return found
    # Polars must not be forked: processes are started anew.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, context, start, (known,)) as pool:
            # Jobs are held while they run: files unpacked for them are deleted afterwards.
            running = {pool.submit(gather, job): job for job in waiting}
            for job in todo:
                if len(running) > workers:
                    _take(running, found, watch)
                running[pool.submit(gather, job)] = job
            while running:
                _take(running, found, watch)
    except BrokenProcessPool as error:
        raise KilledError(str(t("a process that read files was ended from outside; nothing was added"))) from error
    return found


def _take(running: dict[Future[Part], Job], found: Read, watch: Watch | None) -> None:
    """Wait for a job, and take what is done."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        found.take(future.result(), watch)
        del running[future]
