"""Damages CBOMs in thousands of ways, of values and of bytes, and checks what is read of each.

Run from the root of the checkout:

    python bench/cbom_fuzz.py [--number 10000] [--seed 1]

A changed value must cost at most the component it stands in; damaged bytes at most the components they touch; nothing
may raise, and a secret planted in every key may not come out. The first mutation that fails ends the run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.register.cbom_mutations import documents, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    choice = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as room:
        run(Path(room, "mutated.json"), choice.number, choice.seed)
    seconds = time.perf_counter() - start
    print(
        f"{choice.number} mutations of {len(documents())} files: no crash, nothing lost that was whole; {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
