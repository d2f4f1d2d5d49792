"""Reads CBOMs by our reader and by cyclonedx-python-lib in one run: crashes, assets, assets a second.

Run from the root of the checkout:

    python bench/cbom.py [FOLDER] [--repeat 3] [--times 1]

The assets of every file are counted a third way too, by a walk over what the standard library's `json` makes of it.
With `--times 300` every file is read with its components repeated so often: the rate of a large file of its kind.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import tempfile
import time
import warnings
from itertools import pairwise
from pathlib import Path

from lotrinh.register.readers import cbom
from lotrinh.register.sightings import Batch, Source

TYPES = ("cryptographic-asset", "crypto-asset")


def count(components) -> int:
    """Count assets by a walk of its own."""
    found = 0
    for each in components if isinstance(components, list) else []:
        if isinstance(each, dict):
            found += each.get("type") in TYPES or isinstance(each.get("cryptoProperties"), dict)
            found += count(each.get("components"))
    return found


def ours(path: Path):
    found = Batch()
    cbom.read(Source(path, path.name), found)
    return found


def library(path: Path):
    from cyclonedx.model.bom import Bom

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bom = Bom.from_json(json.loads(path.read_bytes()))
    return sum(each.crypto_properties is not None for each in bom.components)


def timed(read, path: Path, repeat: int):
    """Return the median seconds of reading a file and the result, or nothing and the name of the error."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        try:
            result = read(path)
        except Exception as error:
            return None, type(error).__name__
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="tests/register/data/cboms", type=Path)
    parser.add_argument("--repeat", type=int, default=3, help="readings of each file; the median counts")
    parser.add_argument("--times", type=int, default=1, help="how often the components of each file are repeated")
    choice = parser.parse_args()
    logging.disable(logging.CRITICAL)
    totals = {"assets": 0, "ours": 0, "library": 0}
    spent = {"ours": 0.0, "library": 0.0, "ours where both": 0.0}
    crashes, ratios = {"ours": 0, "library": 0}, []
    print(f"{'file':44} {'assets':>8} {'ours':>8} {'a second':>9} {'library':>8} {'a second':>9} {'times':>7}")
    with tempfile.TemporaryDirectory() as room:
        for path in sorted(choice.folder.rglob("*.json")):
            document = json.loads(path.read_bytes())
            if not isinstance(document, dict):
                continue
            document["components"] = document.get("components", []) * choice.times
            copied = Path(room, path.name)
            copied.write_text(json.dumps(document), encoding="utf-8")
            wanted = count(document["components"])
            mine, batch = timed(ours, copied, choice.repeat)
            theirs, told = timed(library, copied, choice.repeat)
            crashes["ours"] += mine is None
            crashes["library"] += theirs is None
            references = [(each.reference, each.kind, each.name) for each in batch.sightings] if mine else []
            places = sum(1 for one, two in pairwise(references) if one == two)
            found = len(references) - places if choice.times == 1 else len(references)
            totals["assets"] += wanted
            totals["ours"] += found
            totals["library"] += told if theirs else 0
            spent["ours"] += mine or 0
            spent["library"] += theirs or 0
            spent["ours where both"] += mine if mine and theirs else 0
            if mine and theirs:
                ratios.append(theirs / mine)
            rate = [f"{wanted / each:9,.0f}" if each else f"{'crash':>9}" for each in (mine, theirs)]
            seen = told if theirs else told[:8]
            times = f"{theirs / mine:7.1f}" if mine and theirs else ""
            print(f"{path.name[:44]:44} {wanted:8} {found:8} {rate[0]} {seen:>8} {rate[1]} {times}")
    print(f"\ncrashes: ours {crashes['ours']}, library {crashes['library']}")
    print(f"assets: {totals['assets']} counted, ours {totals['ours']}, library {totals['library']}")
    print(f"assets a second: ours {totals['ours'] / spent['ours']:,.0f}, ", end="")
    print(f"library {totals['library'] / max(spent['library'], 1e-9):,.0f}")
    if ratios:
        where = spent["library"] / spent["ours where both"]
        print(f"times faster: median {statistics.median(ratios):.1f} by file, {where:.1f} over all that both read")


if __name__ == "__main__":
    main()
