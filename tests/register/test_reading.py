"""Reading of files, folders and archives, and what becomes of what cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.register.cbom_mutations import DATA

from lotrinh.base.issues import Issue, UsageError
from lotrinh.register import reading
from lotrinh.register.sightings import Batch, Source

BOM = (DATA / "example_key.json").read_bytes()


def assets(paths: list[Path], problems: list[Issue] | None = None) -> dict[str, int]:
    return {
        Path(source.name).name: len(reading.read(source).sightings) for source in reading.sources(paths, "", problems)
    }


def test_a_folder_is_walked_and_what_is_unknown_is_told_by_kind(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("a.json", "deep/er/b.cdx", ".git/c.json", ".hidden.json"):
        (tmp_path / name).write_bytes(BOM)
    for at in range(5):
        (tmp_path / "deep" / f"{at}.bin").write_bytes(b"\0\1\2")
    (tmp_path / "deep" / "README").write_text("nothing")
    problems: list[Issue] = []
    assert assets([tmp_path], problems) == {"a.json": 3, "b.cdx": 3}
    assert [(each.kind, each.value) for each in problems] == [(reading.SKIPPED, "*: 1"), (reading.SKIPPED, ".bin: 5")]


def test_a_file_that_is_named_and_unknown_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "note.bin"
    path.write_bytes(b"\0\1\2")
    (source,) = reading.sources([path])
    assert [each.kind for each in reading.read(source).problems] == [reading.UNKNOWN]
    with pytest.raises(UsageError):
        list(reading.sources([tmp_path / "not there"]))
    gone = Source(tmp_path / "gone", "gone")
    assert [each.kind for each in reading.read(gone).problems] == [reading.UNREADABLE]


def packed(kind: str, path: Path) -> Path:
    names = {"x/a.json": BOM, "../../b.json": BOM, "c.bin": b"\0"}
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in names.items():
                archive.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w:xz" if kind == "tar.xz" else "w") as archive:
        for name, content in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz"])
def test_archives_are_unpacked_and_cleared_away(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    archive = packed(kind, tmp_path / f"all.{kind}")
    problems: list[Issue] = []
    found = list(reading.sources([archive], "bank", problems))
    assert [len(reading.read(each).sightings) for each in found] == [3, 3]
    assert [each.name for each in found] == [f"{archive}/x/a.json", f"{archive}/../../b.json"]
    assert {each.system for each in found} == {"bank"}
    assert [(each.kind, each.value) for each in problems] == [(reading.SKIPPED, ".bin: 1")]
    assert all(each.path.is_relative_to(room) for each in found)
    found.clear()
    assert list(room.iterdir()) == []


def test_an_archive_in_an_archive_and_a_single_compressed_file(tmp_path: Path) -> None:
    inner = packed("tar.gz", tmp_path / "inner.tar.gz")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "inner.tar.gz")
        archive.writestr("alone.json.gz", gzip.compress(BOM))
    assert assets([tmp_path / "outer.zip"]) == {"a.json": 3, "b.json": 3, "alone.json": 3}


def test_a_bomb_and_a_damaged_archive_are_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1 << 20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", BOM)
        archive.writestr("b.json", b" " * (8 << 20))
        archive.writestr("c.json", BOM)
    whole = packed("zip", tmp_path / "whole.zip").read_bytes()
    at = whole.index(b"../../b.json") + 60
    (tmp_path / "damaged.zip").write_bytes(whole[:at] + b"\xff\xff\xff" + whole[at + 3 :])
    (tmp_path / "short.tar.gz").write_bytes(packed("tar.gz", tmp_path / "long.tar.gz").read_bytes()[:-100])
    problems: list[Issue] = []
    assert assets([tmp_path / "bomb.zip"], problems) == {"a.json": 3}
    assert assets([tmp_path / "damaged.zip"], problems) == {"a.json": 3}
    assets([tmp_path / "short.tar.gz"], problems)
    assert {each.kind for each in problems} == {reading.ARCHIVE, reading.SKIPPED}
    assert sum(each.kind is reading.ARCHIVE for each in problems) >= 3


def test_a_reader_that_fails_loses_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ModuleType("bad")
    secret = "hunter2-hunter2"

    def read(source: Source, found: Batch) -> None:
        raise KeyError(secret)

    bad.recognises, bad.read = lambda head, path: head.startswith(b"bad"), read  # type: ignore[attr-defined]
    readers: dict[str, Any] = {"bad": bad, **reading.entries(reading.READERS)}
    monkeypatch.setattr(reading, "entries", lambda package: readers)
    (tmp_path / "a.bad").write_bytes(b"bad")
    (tmp_path / "b.json").write_bytes(BOM)
    found = [reading.read(each) for each in reading.sources([tmp_path])]
    assert [len(each.sightings) for each in found] == [0, 3]
    assert [each.kind for each in found[0].problems] == [reading.FAILED]
    assert secret not in str(found[0].problems[0])
    monkeypatch.setattr(reading, "raises", True)
    with pytest.raises(KeyError):
        reading.read(Source(tmp_path / "a.bad", "a.bad"))


def test_any_name_of_a_file_can_be_told(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json")).write_bytes(BOM)
    except OSError:
        pytest.skip("the file system takes no such name")
    (source,) = reading.sources([tmp_path])
    assert source.name.encode().endswith(b".json")
    assert len(reading.read(source).sightings) == 3
