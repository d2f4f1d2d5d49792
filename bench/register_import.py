"""Import of many assets into a register, end to end, and the reference library on a part of the same files.

    python bench/register_import.py                        1,000,000 assets in 500 CycloneDX files (two minutes)
    python bench/register_import.py --assets 100000 --keep FOLDER

`lotrinh register add` runs as a user runs it, in a process of its own: reading, identity, classification, merge and
writing are all in its time. Memory is that of the process and of all that it starts, sampled together. The reference
library only parses, into its object model.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

USES = (
    ("RSA-2048", "1.2.840.113549.1.1.1", "signature", "2048", ["sign", "verify"]),
    ("RSA-4096", "1.2.840.113549.1.1.1", "pke", "4096", ["encrypt", "decrypt"]),
    ("ECDSA-P-256", "1.2.840.10045.4.3.2", "signature", "P-256", ["sign"]),
    ("ECDH", "1.3.132.1.12", "key-agree", "P-384", ["keyderive"]),
    ("AES-256-GCM", "2.16.840.1.101.3.4.1.46", "ae", "256", ["encrypt", "decrypt"]),
    ("AES-128-CBC", "2.16.840.1.101.3.4.1.2", "block-cipher", "128", ["encrypt"]),
    ("SHA-256", "2.16.840.1.101.3.4.2.1", "hash", "256", ["digest"]),
    ("SHA-1", "1.3.14.3.2.26", "hash", "160", ["digest"]),
    ("ML-KEM-768", "2.16.840.1.101.3.4.4.2", "kem", "768", ["encapsulate", "decapsulate"]),
    ("HOUSE-CIPHER-7", "", "block-cipher", "7", ["encrypt"]),
)


def component(number: int, luck: random.Random) -> dict[str, Any]:
    """Return one cryptographic asset of a CycloneDX file: a use of an algorithm, a certificate or a key."""
    name, oid, primitive, parameter, functions = luck.choice(USES)
    kind = luck.random()
    found: dict[str, Any] = {"type": "cryptographic-asset", "bom-ref": f"ref-{number}", "name": name}
    if kind < 0.7:
        properties: dict[str, Any] = {
            "assetType": "algorithm",
            "algorithmProperties": {
                "primitive": primitive,
                "parameterSetIdentifier": parameter,
                "cryptoFunctions": functions,
            },
            "oid": oid or "1.3.6.1.4.1.99999.7",
        }
        found["evidence"] = {"occurrences": [{"location": f"src/part{number % 97}/File{number}.java", "line": 42}]}
    elif kind < 0.85:
        found["name"] = f"host{number}.example.org"
        properties = {
            "assetType": "certificate",
            "certificateProperties": {
                "subjectName": f"CN=host{number}.example.org,O=Example",
                "issuerName": "CN=Example CA,O=Example",
                "notValidBefore": "2025-01-01T00:00:00Z",
                "notValidAfter": "2027-01-01T00:00:00Z",
                "certificateFormat": "X.509",
            },
        }
    else:
        found["name"] = "RSA-2048"
        properties = {
            "assetType": "related-crypto-material",
            "relatedCryptoMaterialProperties": {"type": "public-key", "size": 2048, "format": "PEM"},
        }
        found["evidence"] = {"occurrences": [{"location": f"etc/keys/{number}.pem"}]}
    return found | {"cryptoProperties": properties}


def generate(folder: Path, assets: int, each: int, seed: int) -> Iterator[Path]:
    """Write CycloneDX files of `each` assets; yield them."""
    luck = random.Random(seed)
    for first in range(0, assets, each):
        numbers = range(first, min(assets, first + each))
        content = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "timestamp": "2026-01-15T00:00:00Z",
                "component": {"type": "application", "name": f"app-{first // each}", "version": "1.0"},
            },
            "components": [component(number, luck) for number in numbers],
            "dependencies": [{"ref": f"ref-{n}", "dependsOn": [f"ref-{n - 1}"]} for n in numbers if n % 10 == 9],
        }
        path = folder / f"app-{first // each:05d}.cdx.json"
        path.write_text(json.dumps(content))
        yield path


def memory(root: int) -> int:
    """Return the bytes that a process and all that it started hold, what they share counted once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    family = {root}
    while grown := {child for child, parent in parents.items() if parent in family} - family:
        family |= grown
    total = 0
    for process in family:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def run(files: Path, register: Path, workers: int) -> tuple[float, float, int, dict[str, Any]]:
    """Import a folder; return seconds, those of the processor, most bytes held at once, and what was printed."""
    command = [sys.executable, "-m", "lotrinh", "register", "add", str(files), "--register", str(register), "--json"]
    began, spent, most = time.perf_counter(), os.times(), 0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([*command, "--workers", str(workers)], stdout=out)
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(0.2)
        seconds = time.perf_counter() - began
        if process.returncode:
            sys.exit(f"the import ended with {process.returncode}")
        out.seek(0)
        ended = os.times()
        work = ended.children_user + ended.children_system - spent.children_user - spent.children_system
        return seconds, work, most, json.loads(out.read())


def reference(files: list[Path]) -> tuple[float, int]:
    """Parse files with cyclonedx-python-lib; return seconds and how many assets it found."""
    from cyclonedx.model.bom import Bom

    began, found = time.perf_counter(), 0
    for path in files:
        bom = Bom.from_json(json.loads(path.read_bytes()))
        found += sum(each.crypto_properties is not None for each in bom.components)
    return time.perf_counter() - began, found


def main() -> None:
    """Generate, import, import again, and parse a part with the reference library."""
    parser = argparse.ArgumentParser(description="Import assets into a register, beside the reference library.")
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=2_000, help="assets of a file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sample", type=int, default=5, help="files for the reference library")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files and the register, kept afterwards")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    try:
        files = folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        paths = sorted(files.iterdir()) or list(generate(files, given.assets, given.each, given.seed))
        size = sum(path.stat().st_size for path in paths)
        print(f"{len(paths):,} files, {size / 1e6:,.0f} MB")
        register = folder / "register"
        shutil.rmtree(register, ignore_errors=True)
        load = os.getloadavg()[0]
        seconds, work, most, told = run(files, register, given.workers)
        rate = told["sightings"] / seconds
        held = sum(path.stat().st_size for path in register.iterdir())
        print(f"import: {told['new']:,} assets of {told['sightings']:,} sightings in {seconds:.1f} s, {rate:,.0f}/s")
        print(
            f"processor time: {work:.1f} s, {work / told['sightings'] * 1e6:.1f} us an asset; load before: {load:.1f}"
        )
        print(f"most memory of all processes: {most / 1e9:.2f} GB; register: {held / 1e6:,.0f} MB; {told['classes']}")
        seconds, _, most, told = run(files, register, given.workers)
        print(f"again: {seconds:.1f} s, {most / 1e9:.2f} GB, changed: {told['changed']}")
        spent, found = reference(paths[:: max(1, len(paths) // given.sample)][: given.sample])
        print(f"cyclonedx-python-lib, parsing only: {found:,} assets in {spent:.1f} s, {found / spent:,.0f}/s")
        print(f"ratio: {rate * spent / found:.0f}")
    finally:
        if given.keep is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
