"""The folder of a register: which files are its present state, and how one state takes the place of another.

Files are written under names of a new generation and count only once the manifest names them, which is put in its
place in one step. So a writer that is killed leaves the state that was, and readers are never disturbed: the files of
the generation before are kept until the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotrinh.base.files import write_whole
from lotrinh.base.issues import DataError, IssueKind, Place, UsageError
from lotrinh.base.text import t

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    import polars

FORMAT = 1
MANIFEST, LOCK = "manifest.json", "lock"
WAIT = 30.0
"""Seconds that a writer waits for another."""
_OURS = re.compile(r"[a-z]+-\d{6}-[0-9a-f]{8}(?:-\d+)*\.(?:parquet|json)")

DAMAGED = IssueKind(
    "R802", "a file of the register is damaged", "Nothing was changed. Restore the register from a copy."
)
NEWER = IssueKind(
    "R803", "the register was written by a newer release", "Install the newer release; nothing was changed."
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a register holds.

    Attributes
    ----------
    generation: how often the register was written; 0 where it never was.
    files: for each kind of file, by name, its digest.
    before: names of the files of the generation before, which readers may still be reading.
    imports: for each generation its date and counts.
    """

    generation: int = 0
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    imports: tuple[dict[str, Any], ...] = ()

    @property
    def names(self) -> set[str]:
        """Names of the files of this generation."""
        return {name for files in self.files.values() for name in files}


def load(folder: Path) -> Manifest:
    """Return the manifest of the register in `folder`; an empty one where there is none.

    Raises
    ------
    UsageError
        If `folder` is something else than a register.
    DataError
        If the manifest is damaged, or of a newer release.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if folder.is_dir() and any(not _OURS.fullmatch(name) and name != LOCK for name in os.listdir(folder)):
            raise UsageError(str(t("{path} is a folder, but no register", path=folder))) from None
        return Manifest()
    except NotADirectoryError:
        raise UsageError(str(t("{path} is a file; a register is a folder", path=folder))) from None
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=path, why=error.strerror))) from error
    return _parsed(path, content)


def _parsed(path: Path, content: bytes) -> Manifest:
    try:
        data = json.loads(content)
        form = data.pop("format")
        mark = data.pop("digest")
        if form > FORMAT:
            raise DataError([NEWER.at(Place(str(path)), form, t("format {format} or older", format=FORMAT))])
        if mark != _mark(data):
            raise ValueError(mark)
        return Manifest(**{**data, "before": tuple(data["before"]), "imports": tuple(data["imports"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError([DAMAGED.at(Place(str(path)), "", t("a manifest as the register writes it"))]) from error


def save(folder: Path, manifest: Manifest) -> None:
    """Put `manifest` in its place in one step, after the files that it names are safely on the disk."""
    _settle(folder)
    data = {name: getattr(manifest, name) for name in Manifest.__slots__}
    data = json.loads(json.dumps(data))
    text = json.dumps({"format": FORMAT, "digest": _mark(data), **data}, ensure_ascii=False, indent=1)
    write_whole(folder / MANIFEST, text + "\n")
    _settle(folder)


def _mark(data: dict[str, Any]) -> str:
    return digest(json.dumps(data, sort_keys=True).encode())


def follow(manifest: Manifest, **facts: Any) -> Manifest:
    """Return the manifest of the generation after, with other `facts`."""
    return replace(manifest, generation=manifest.generation + 1, before=tuple(sorted(manifest.names)), **facts)


def stem(manifest: Manifest) -> str:
    """Return what the names of the files of the next generation have in common.

    It is another for every attempt: what a killed one still writes is never taken for this one's.
    """
    return f"{manifest.generation + 1:06d}-{os.urandom(4).hex()}"


def clean(folder: Path, manifest: Manifest) -> None:
    """Delete what neither this generation nor the one before needs, such as leftovers of a killed import."""
    needed = {*manifest.names, *manifest.before}
    for name in os.listdir(folder):
        if (_OURS.fullmatch(name) and name not in needed) or name.startswith(f".{MANIFEST}."):
            (folder / name).unlink(missing_ok=True)


def put(folder: Path, name: str, content: polars.DataFrame | bytes, **how: Any) -> str:
    """Write one file of the next generation until it is safely on the disk; return its digest."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content.write_parquet(path, **how)
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    return file_digest(path)


def digest(content: bytes) -> str:
    """Return the digest of `content`: 32 hexadecimal digits of BLAKE2b."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def verify(folder: Path, files: dict[str, str]) -> None:
    """Compare files with their digests.

    Raises
    ------
    DataError
        If a file is gone or not as it was written; all such files are named.
    """
    spoiled = []
    for name, mark in files.items():
        path = folder / name
        if not path.exists() or file_digest(path) != mark:
            spoiled.append(path)
    if spoiled:
        expected = t("a file as the register wrote it")
        raise DataError([DAMAGED.at(Place(str(path)), "", expected) for path in spoiled])


@contextmanager
def writing(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the register in `folder` for one writer, after waiting `wait` seconds for another at most.

    Where there is no register afterwards, nothing that was made for it is left.

    Raises
    ------
    UsageError
        If another process is writing still, or nothing can be written there.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    until = time.monotonic() + wait
    while (handle := _locked(folder)) is None:
        if time.monotonic() >= until:
            words = t(
                "{path} is being written by {holder}; try again when it has ended", path=folder, holder=_holder(folder)
            )
            raise UsageError(str(words))
        time.sleep(0.05)
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
        yield
    finally:
        if sys.platform == "win32":  # there an open file cannot be deleted
            os.close(handle)
            _leave(folder, made)
        else:
            _leave(folder, made)
            os.close(handle)


def _locked(folder: Path) -> int | None:
    """Return the handle of the lock of a register, made where it is not there; None where another holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(str(t("nothing can be written in {path}", path=folder))) from error
    try:
        # The last holder may have deleted the file: what was locked then is no lock.
        if _take(handle) and os.path.samestat(os.fstat(handle), os.stat(folder / LOCK)):
            return handle
    except FileNotFoundError:
        pass
    os.close(handle)
    return None


def _holder(folder: Path) -> str:
    try:
        return (folder / LOCK).read_text(encoding="utf-8", errors="replace").strip() or "?"
    except OSError:
        return "?"


def _leave(folder: Path, made: list[Path]) -> None:
    """Delete the lock, and the folders that were made for it, where no register has come of it."""
    if (folder / MANIFEST).exists():
        return
    with suppress(OSError):
        (folder / LOCK).unlink()
        for path in made:
            path.rmdir()


def _take(handle: int) -> bool:
    """Try to lock an open file; the system frees it when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _settle(folder: Path) -> None:
    """Wait until the entries of a folder are on the disk, where the system can say so."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
