"""A register survives killed writers, other writers, readers beside them, and damage."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.register.feeder import many

from lotrinh.base.issues import DataError, UsageError
from lotrinh.register import manifest
from lotrinh.register.store import Register

ROOT = Path(__file__).parents[2]


def feed(register: Path, *files: Path) -> subprocess.Popen[str]:
    """Start an import in a process of its own, and return when it begins."""
    command = [sys.executable, "-m", "tests.register.feeder", str(register), *map(str, files)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


def sound(register: Register) -> set[str]:
    """Return the locations in a register after comparing all its files with their digests."""
    now = register.manifest()
    for files in now.files.values():
        manifest.verify(register.path, files)
    assets = register.assets()
    assert sorted(register.holdings()["asset"]) == assets["asset"].to_list()
    assert len(register.sightings().collect()) == assets["sightings"].sum()
    return set(assets["location"])


def test_a_killed_import_leaves_the_old_state_or_the_new(fed: Register, tmp_path: Path) -> None:
    old, new = many(tmp_path / "old", 300), many(tmp_path / "new", 4000, first=300)
    fed.add([old], workers=1)
    before, after = sound(fed), {f"file{n}.c:1" for n in range(4300)}
    process = feed(fed.path, new)
    began = time.perf_counter()
    process.wait()
    takes = time.perf_counter() - began
    states = set()
    for share in (0.3, 0.8, 0.9, 0.97):
        target = Register(tmp_path / f"r{share}")
        target.add([old], workers=1)
        process = feed(target.path, new)
        time.sleep(share * takes)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        found = sound(target)
        assert found in (before, after), share
        states.add(len(found))
        target.add([new], workers=1)
        assert sound(target) == after
        named = {*target.manifest().names, *target.manifest().before, manifest.MANIFEST, manifest.LOCK}
        assert set(os.listdir(target.path)) <= named
    assert 300 in states


def test_readers_beside_an_import_see_one_state_or_the_next(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "first", 200)], workers=1)
    seen = set()
    for turn in range(1, 4):
        process = feed(fed.path, many(tmp_path / f"f{turn}", 200, first=200 * turn))
        while process.poll() is None:
            reader = Register(fed.path)
            count = len(reader.assets())
            assert count % 200 == 0
            assert len(reader.holdings()) % 200 == 0
            seen.add(count)
        assert process.returncode == 0
    assert len(fed.assets()) == 800
    assert len(seen) >= 3


def test_a_table_that_is_being_read_outlives_the_next_import(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 5)], workers=1)
    table = fed.scan()
    fed.add([many(tmp_path / "b", 5, first=5)], workers=1)
    assert len(table.collect()) == 5
    fed.add([many(tmp_path / "c", 5, first=10)], workers=1)
    with pytest.raises(FileNotFoundError):
        table.collect()
    assert len(fed.assets()) == 15


def test_a_second_writer_waits_or_is_told_who_writes(fed: Register, tmp_path: Path) -> None:
    path = many(tmp_path / "a", 5)
    with manifest.writing(fed.path):
        with pytest.raises(UsageError, match=f"process {os.getpid()}, since "):
            fed.add([path], workers=1, wait=0.1)
        process = feed(fed.path, path)
        time.sleep(0.3)
        assert process.poll() is None
    assert process.wait(30) == 0
    assert len(fed.assets()) == 5


@pytest.mark.parametrize("kind", ["assets", "holdings", "links", "sources", "problems", "sheets", "sightings"])
@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_damage_is_told_with_its_place_and_nothing_is_destroyed(
    fed: Register, tmp_path: Path, kind: str, harm: str
) -> None:
    path = many(tmp_path / "a", 20)
    fed.add([path], workers=1)
    name = next(iter(fed.manifest().files[kind]))
    file = fed.path / name
    data = file.read_bytes()
    middle = len(data) // 2
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(
            data[:middle] if harm == "cut" else data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        )
    before = {entry.name: entry.read_bytes() for entry in fed.path.iterdir()}
    fresh = Register(fed.path)
    for act in (
        lambda: fresh.add([many(tmp_path / "b", 5)], workers=1),
        lambda: [fresh.assets(), fresh.holdings(), fresh.links(), fresh.problems(), fresh.systems(), fresh.sightings()],
    ):
        with pytest.raises(DataError, match=name):
            act()
    after = {entry.name: entry.read_bytes() for entry in fed.path.iterdir()}
    assert {key: value for key, value in after.items() if key != "lock"} == {
        key: value for key, value in before.items() if key != "lock"
    }


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', "null", '{"format": "x", "digest": ""}'])
def test_a_damaged_manifest_is_told(fed: Register, tmp_path: Path, content: str) -> None:
    path = many(tmp_path / "a", 5)
    fed.add([path], workers=1)
    (fed.path / "manifest.json").write_text(content)
    for act in (fed.assets, lambda: fed.add([path], workers=1)):
        with pytest.raises(DataError, match=r"manifest\.json"):
            act()
    assert (fed.path / "manifest.json").read_text() == content
    assert len(os.listdir(fed.path)) > 5


def test_a_changed_manifest_is_told(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 5)], workers=1)
    place = fed.path / "manifest.json"
    place.write_text(place.read_text().replace('"generation": 1,', '"generation": 3,', 1))
    with pytest.raises(DataError, match="damaged"):
        fed.assets()


def test_a_newer_register_is_left_alone(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 5)], workers=1)
    place = fed.path / "manifest.json"
    content = json.loads(place.read_text())
    place.write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(DataError, match="newer"):
        fed.assets()
