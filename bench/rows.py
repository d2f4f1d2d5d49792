"""How large the linear form of a programme is, and what building it takes.

    python bench/rows.py                       Vietnam, 100 x 40, 300 x 40, 600 x 40
    python bench/rows.py --sizes 100x40 150x60

Each size is built in a process of its own, three times; the table has the median of the seconds that quantities and
formulation take together, without loading the programme. The memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SIZES = ("vietnam", "100x40", "300x40", "600x40")
REPEATS = 3


def measure(size: str, seed: int) -> dict[str, Any]:
    """Build the programme of one size and return what it took; meant for a process of its own."""
    from lotrinh.measures.quantities import Quantities
    from lotrinh.plan.formulate import formulate

    if size == "vietnam":
        from lotrinh.programme.load import load

        programme = load(ROOT / "cases" / size)
    else:
        from generate import generate

        programme = generate(*(int(number) for number in size.split("x")), seed)
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        form = formulate(Quantities(programme)).form
        seconds.append(time.perf_counter() - began)
    rows, columns, entries = form.size
    return {
        "projects": len(programme.projects),
        "quarters": programme.settings.quarters,
        "rows": rows,
        "columns": columns,
        "whole": int(form.whole.sum()),
        "entries": entries,
        "seconds": statistics.median(seconds),
        "slowest": max(seconds),
        "memory": peak(),
    }


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Print one row for each size."""
    parser = argparse.ArgumentParser(description="Rows, columns, seconds and memory of formulations.")
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="PxT", help="vietnam, or projects x quarters")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated programmes")
    parser.add_argument("--one", metavar="PxT", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.seed)))
        return
    titles = ("programme", "size", "rows", "columns", "whole", "non-zeros", "seconds", "slowest", "peak MB")
    print(" ".join(f"{title:>10}" for title in titles))
    for size in given.sizes:
        command = [sys.executable, __file__, "--one", size, "--seed", str(given.seed)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        cells = (
            "vietnam" if size == "vietnam" else "generated",
            f"{found['projects']}x{found['quarters']}",
            *(f"{found[name]:,}" for name in ("rows", "columns", "whole", "entries")),
            *(f"{found[name]:.2f}" for name in ("seconds", "slowest")),
            f"{found['memory']:.0f}",
        )
        print(" ".join(f"{cell:>10}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
