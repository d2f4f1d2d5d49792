"""Sightings written by tests, in files that a stand-in for the readers reads; run as a script it imports files.

python -m tests.register.feeder REGISTER FILE...
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.register import reading
from lotrinh.register.sheets import System
from lotrinh.register.sightings import Batch, Sighting, Source
from lotrinh.register.store import Register

ODD = IssueKind("Y901", "an odd line", "It is one of the tests.")


def sources(paths: Iterable[Path], system: str = "", problems: list[Issue] | None = None) -> Iterator[Source]:
    for path in paths:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        yield from (Source(file, file.name, system) for file in files)


def batches(source: Source) -> Iterator[Batch]:
    content = json.loads(source.path.read_text(encoding="utf-8"))
    found = Batch(tool=content.get("tool", "scanner 1.0"))
    found.sightings = [Sighting(**row) for row in content.get("sightings", ())]
    found.systems = [System(evidence="expert", source=(), reason="", **row) for row in content.get("systems", ())]
    found.problems = [ODD.at(Place(source.name, "", number), "odd") for number in content.get("odd", ())]
    yield found


def write(path: Path, *rows: dict[str, Any], **more: Any) -> Path:
    """Write a file of sightings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"sightings": rows, **more}), encoding="utf-8")
    return path


def many(path: Path, count: int, first: int = 0, **facts: Any) -> Path:
    """Write a file of `count` uses of algorithms."""
    names = ("RSA-2048", "ECDSA", "AES-128", "ML-KEM-768")
    rows = (
        {"kind": "algorithm", "algorithm": names[n % 4], "component": "app", "location": f"file{n}.c:1", **facts}
        for n in range(first, first + count)
    )
    return write(path, *rows)


def install() -> None:
    """Put the stand-in in the place of the readers."""
    reading.sources = sources  # type: ignore[assignment]
    reading.batches = batches  # type: ignore[assignment]


if __name__ == "__main__":
    install()
    print("ready", flush=True)
    Register(sys.argv[1]).add([Path(name) for name in sys.argv[2:]], workers=1)
