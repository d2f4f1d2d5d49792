"""What a user waits for before any search: import, check, reading.

    python bench/speed.py

Processes are started one after another, bare interpreter and import in turn, so that a busy machine weighs on both.
"""

from __future__ import annotations

import argparse
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

VIETNAM = Path(__file__).parents[1] / "cases" / "vietnam"


Sample = tuple[float, float]
"""Milliseconds that passed, and milliseconds of processor time; the second hardly minds a busy machine."""


def process(*arguments: str) -> Sample:
    """Return what a fresh interpreter takes with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    passed = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * passed, 1000 * used


def processes(times: int, *arguments: str) -> list[Sample]:
    """Return what each of several fresh interpreters takes."""
    return [process(*arguments) for _ in range(times)]


def calls(function: Callable[[], object], times: int) -> list[Sample]:
    """Return what each of several calls takes."""
    found = []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        function()
        found.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)))
    return found


def say(what: str, found: list[Sample], less: list[Sample] | None = None) -> None:
    """Print median, least and most of what passed, and the median processor time; `less` is taken off."""
    passed, used = ([sample[i] for sample in found] for i in range(2))
    figures = [statistics.median(passed), min(passed), max(passed), statistics.median(used)]
    if less is not None:
        passed, used = ([sample[i] for sample in less] for i in range(2))
        off = (statistics.median(passed), min(passed), float("nan"), statistics.median(used))
        figures = [figure - other for figure, other in zip(figures, off, strict=True)]
    cells = " ".join("        -" if math.isnan(figure) else f"{figure:>9.1f}" for figure in figures)
    print(f"{what:<42} {len(found):>5} {cells}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Milliseconds of import, check and reading.")
    parser.add_argument("--case", type=Path, default=VIETNAM, help="folder of the programme")
    case = parser.parse_args().case
    print(f"{'milliseconds':<42} {'times':>5} {'median':>9} {'least':>9} {'most':>9} {'processor':>9}")

    process("-c", "import lotrinh")  # so that no run pays for the first touch of the disk
    pairs = [(process("-c", "pass"), process("-c", "import lotrinh")) for _ in range(15)]
    bare, both = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    say("bare interpreter, whole process", bare)
    say("import lotrinh, whole process", both)
    say("import lotrinh, beyond the interpreter", both, bare)
    say("lotrinh --help, whole process", processes(7, "-m", "lotrinh", "--help"))
    say("lotrinh check, folder, whole process", processes(7, "-m", "lotrinh", "check", str(case)))

    from lotrinh.programme.dictionary import convert
    from lotrinh.programme.load import load
    from lotrinh.tables.files import read

    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "programme.xlsx"
        say("convert the folder to a workbook", calls(lambda: convert(case, book), 3))
        say("lotrinh check, workbook, whole process", processes(7, "-m", "lotrinh", "check", str(book)))
        say("read the folder (cells only)", calls(lambda: read(case), 7))
        say("load the folder (read, check, build)", calls(lambda: load(case), 7))
        say("read the workbook (cells only)", calls(lambda: read(book), 7))
        say("load the workbook (read, check, build)", calls(lambda: load(book), 7))


if __name__ == "__main__":
    main()
