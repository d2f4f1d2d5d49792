"""Reading whatever is given: files, folders and archives are walked, and each file goes to the reader that knows it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import IO

from lotrinh.base.issues import Issue, IssueKind, Place, UsageError
from lotrinh.base.registry import entries
from lotrinh.base.text import t
from lotrinh.register.sightings import Batch, Source

READERS = "lotrinh.register.readers"
HEAD = 1 << 16
"""Bytes from which a reader recognises a file."""
MOST_MEMBERS = 100_000
"""Files unpacked from one archive."""
MOST_UNPACKED = 8 << 30
"""Bytes unpacked from one archive, and from all archives inside of it."""
MOST_RATIO = 250
"""Bytes unpacked for each byte of an archive, once 64 MiB are: a bomb grows a thousandfold, a CBOM forty times."""
DEEPEST = 3
"""Archives inside of archives that are opened."""

raises = False
"""Whether a reader that fails raises, as tests want it, or becomes a problem, so that the other files are read."""

UNKNOWN = IssueKind(
    "B201",
    "A file is of no format that is read",
    "Formats are recognised by what is in the file. Export one of those listed by the documentation of the register.",
    "warning",
)
SKIPPED = IssueKind(
    "B202",
    "Files of one kind in a folder or archive are of no format that is read",
    "They were passed over. Name such a file itself to learn more of it.",
    "warning",
)
UNREADABLE = IssueKind(
    "B203", "A file or folder cannot be opened", "Check that it is there and that it may be read.", "warning"
)
ARCHIVE = IssueKind(
    "B204",
    "An archive cannot be unpacked in full",
    "What could be unpacked was read. Unpack it by hand, and give the folder.",
    "warning",
)
FAILED = IssueKind(
    "B205",
    "A reader failed on a file",
    "What it had told before is kept, and all other files were read. Please report this as a mistake of the program.",
    "warning",
)

_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, RuntimeError, ValueError, LookupError),
)
_ZIP, _GZIP, _BZIP, _XZ = b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"


class _Unpacked(type(Path())):  # type: ignore[misc]
    """The path of an unpacked file: a path to which a finaliser can be tied."""


def reader(path: Path) -> ModuleType | None:
    """Return the reader that recognises a file; None where none does.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    return next((module for module in entries(READERS).values() if _recognises(module, head, path)), None)


def _recognises(module: ModuleType, head: bytes, path: Path) -> bool:
    try:
        return bool(module.recognises(head, path))
    except Exception:
        if raises:
            raise
        return False


def read(source: Source) -> Batch:
    """Return all that a file tells, as one batch."""
    found = Batch()
    for batch in batches(source):
        found.sightings += batch.sightings
        found.systems += batch.systems
        found.problems += batch.problems
        found.tool = found.tool or batch.tool
    return found


def batches(source: Source) -> Iterator[Batch]:
    """Yield what a file tells: in parts where its reader has a function `batches`, else at once.

    A file that no reader knows, that cannot be opened, or on which a reader fails is a problem, not an error.
    """
    found = Batch()
    try:
        module = reader(source.path)
        if module is None:
            found.problems.append(UNKNOWN.at(Place(source.name)))
        elif hasattr(module, "batches"):
            yield from module.batches(source)
            return
        else:
            module.read(source, found)
    except OSError as error:
        found.problems.append(UNREADABLE.at(Place(source.name), error.strerror or type(error).__name__))
    except Exception as error:
        if raises:
            raise
        # Only the kind of the failure is told: its message may quote the file, and the file may hold secrets.
        found.problems.append(FAILED.at(Place(source.name), type(error).__name__))
    yield found


def sources(paths: Iterable[Path], system: str = "", problems: list[Issue] | None = None) -> Iterator[Source]:
    """Yield the files to read: those given, and of folders and archives those that some reader recognises.

    Parameters
    ----------
    paths: files, folders and archives (.zip, .tar, also compressed, .gz). Hidden files and folders are passed over.
    system: the system to which all belongs.
    problems: takes what could not be opened, and a problem for each kind of file that no reader knows.

    Raises
    ------
    UsageError
        If a path is not there.
    """
    given = list(paths)
    for path in given:
        if not path.is_file() and not path.is_dir():
            raise UsageError(str(t("{path} is no file or folder", path=path)))
    walk = _Walk(system, [] if problems is None else problems)
    for path in given:
        if path.is_dir():
            yield from walk.folder(path)
        else:
            yield from walk.file(path, _said(path), None)


class _Walk:
    """One walk over what is given."""

    def __init__(self, system: str, problems: list[Issue]) -> None:
        self.system, self.problems = system, problems

    def folder(self, path: Path) -> Iterator[Source]:
        """Yield the files under a folder, in the order of their names."""
        skipped: Counter[str] = Counter()
        for where, folders, names in os.walk(path, onerror=lambda error: self._unreadable(error, str(error.filename))):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(where, name)
                if not name.startswith(".") and file.is_file():
                    yield from self.file(file, _said(file), skipped)
        self._tell(_said(path), skipped)

    def file(
        self, path: Path, name: str, skipped: Counter[str] | None, room: list[int] | None = None, depth: int = 0
    ) -> Iterator[Source]:
        """Yield a file, or those in it where it is an archive; one that nobody knows is counted in `skipped`.

        A workbook is an archive too: a reader that knows a file goes first.
        """
        try:
            kind = _packed(path) if depth < DEEPEST else ""
            known = kind != "archive" and reader(path) is not None
        except OSError as error:
            self._unreadable(error, name)
            return
        if kind and not known:
            yield from self._archive(path, name, room, depth)
        elif known or skipped is None:
            yield Source(path, name, self.system)
        else:
            skipped[path.suffix.lower() or "*"] += 1

    def _archive(self, path: Path, name: str, room: list[int] | None, depth: int) -> Iterator[Source]:
        skipped: Counter[str] = Counter()
        room = room or [min(MOST_UNPACKED, max(64 << 20, MOST_RATIO * path.stat().st_size)), MOST_MEMBERS]
        try:
            for member, opened in _members(path):
                try:
                    unpacked = _unpack(member, opened, room)
                except _BROKEN as error:
                    self._broken(f"{name}/{member}", error)
                    if min(room) < 0:
                        break
                else:
                    yield from self.file(unpacked, f"{name}/{member}", skipped, room, depth + 1)
        except _BROKEN as error:
            self._broken(name, error)
        self._tell(name, skipped)

    def _broken(self, place: str, error: Exception) -> None:
        why = t("an archive that unpacks to less") if isinstance(error, _TooMuchError) else t("a whole archive")
        self.problems.append(ARCHIVE.at(Place(place), type(error).__name__.removeprefix("_"), why))

    def _tell(self, place: str, skipped: Counter[str]) -> None:
        for kind, count in sorted(skipped.items()):
            self.problems.append(SKIPPED.at(Place(place), f"{kind}: {count}"))

    def _unreadable(self, error: OSError, name: str) -> None:
        self.problems.append(UNREADABLE.at(Place(name), error.strerror or type(error).__name__))


class _TooMuchError(ValueError):
    """An archive that unpacks to more than is allowed."""


def _said(path: Path) -> str:
    """Return a path as text that any file can hold, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


def _packed(path: Path) -> str:
    """Return ``archive``, or ``zip`` where it may be a workbook as well; nothing for other files."""
    with path.open("rb") as stream:
        head = stream.read(512)
    if head.startswith(_ZIP):
        return "zip"
    return "archive" if head.startswith((_GZIP, _BZIP, _XZ)) or head[257:262] == b"ustar" else ""


def _members(path: Path) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    """Yield the names of the files in an archive and what opens each; of a single compressed file that one."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, partial(archive.open, info)
        return
    try:
        packed = tarfile.open(path)  # noqa: SIM115
    except tarfile.ReadError:
        yield path.stem, partial(_opened, path)
        return
    with packed:
        for each in packed:
            if each.isreg():
                yield each.name, partial(_extracted, packed, each)


def _extracted(packed: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = packed.extractfile(member)
    if stream is None:
        raise LookupError(member.name)
    return stream


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        head = stream.read(6)
    if head.startswith(_GZIP):
        return gzip.GzipFile(path)  # type: ignore[return-value]
    return bz2.BZ2File(path) if head.startswith(_BZIP) else lzma.LZMAFile(path)


def _unpack(member: str, opened: Callable[[], IO[bytes]], room: list[int]) -> Path:
    """Write a member into a folder of its own, under its last name only; `room` is what may still be unpacked.

    The folder is deleted once nobody holds the path, at the latest when the program ends.
    """
    folder = tempfile.mkdtemp(prefix="lotrinh-")
    name = PurePosixPath(member.replace("\\", "/")).name.replace("\0", "")[-100:]
    path = _Unpacked(folder, name if name not in ("", "..") else "member")
    weakref.finalize(path, _delete, folder, os.getpid())
    room[1] -= 1
    with opened() as stream, path.open("wb") as file:
        while block := stream.read(1 << 20):
            room[0] -= len(block)
            if min(room) < 0:
                raise _TooMuchError
            file.write(block)
    return path


def _delete(folder: str, owner: int) -> None:
    """Delete an unpacked file, in the process that unpacked it: a copy of the process must not."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
