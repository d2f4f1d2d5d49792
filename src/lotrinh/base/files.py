"""Writing results: whole or not at all, so that a failed run never harms what was there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` beside `path`, then put it in its place in one step."""
    try:
        _write(path, content)
    except OSError as error:
        raise UsageError(str(t("{path} cannot be written: {why}", path=path, why=error.strerror or error))) from error


def check_writable(path: Path) -> None:
    """Find out before long work whether its result can be written to `path`; `UsageError` where it cannot."""
    if path.is_dir():
        raise UsageError(str(t("{path} is a folder, not a file", path=path)))
    there = next(folder for folder in path.absolute().parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(str(t("nothing can be written in {path}", path=there)))


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
