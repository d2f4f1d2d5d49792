"""Reads JSON piece by piece, in bounded memory and whatever is damaged, and single pieces leniently."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson

if TYPE_CHECKING:
    from mmap import mmap

Found = TypeVar("Found")
ROWS = 1 << 12
"""Pieces found at once."""


class Piece(NamedTuple):
    """A piece of a JSON text.

    Attributes
    ----------
    key: name of the member of the outermost object that it is, or in whose list it stands; None after damage.
    start, end: its bytes.  whole: False where it could not be read; `end` is then the first byte that cannot be right.
    listed: True where it stands in a list.
    """

    key: str | None
    start: int
    end: int
    whole: bool
    listed: bool


def pieces(data: bytes | mmap) -> Iterator[Piece]:
    """Yield the members of the outermost object, of those that are lists their elements one by one.

    From the first damage on, every whole object that stands in what could not be read, or after it, is a piece
    without a key.
    """
    import numpy as np  # noqa: PLC0415

    from lotrinh.register import _json_kernel as kernel  # noqa: PLC0415

    view = np.frombuffer(data, dtype=np.uint8)
    state = np.zeros(6, dtype=np.int64)
    rows, stack = np.zeros((ROWS, 5), dtype=np.int64), np.zeros(kernel.DEPTH, dtype=np.uint8)
    names: dict[tuple[int, int], str] = {}
    while count := kernel.scan(view, state, rows, stack):
        for what, key_start, key_end, start, end in rows[:count].tolist():
            if what == kernel.FAILED:
                yield Piece(None, start, end, False, False)
            elif what == kernel.FOUND:
                yield Piece(None, start, end, True, False)
            else:
                if (key_start, key_end) not in names:
                    names = {(key_start, key_end): _name(data[key_start:key_end])}
                yield Piece(names[key_start, key_end], start, end, True, what == kernel.ELEMENT)


def uncollected(found: Iterator[Found]) -> Iterator[Found]:
    """Yield from `found`, which works without the collector of cyclic garbage: a parsed document has no cycles.

    Python would search its many objects for some again and again, which takes a quarter of the time.
    """
    end = object()
    each: Any = None
    while each is not end:
        enabled = gc.isenabled()
        gc.disable()
        try:
            each = next(found, end)
        finally:
            if enabled:
                gc.enable()
        if each is not end:
            yield each


def _name(raw: bytes) -> str:
    try:
        found = load(raw)[0] if raw else ""
    except ValueError:
        found = ""
    return found if type(found) is str else ""


def load(raw: bytes, *, merged: bool = False) -> tuple[Any, bool]:
    """Return the value of a JSON text, and whether it was flawless.

    Bytes that are no UTF-8, NaN and infinity (null), numbers out of range, control characters and half surrogates are
    let pass. With `merged`, lists under the same key of one object are put together.

    Raises
    ------
    ValueError
        If it cannot be read even so.
    """
    if not merged:
        try:
            return orjson.loads(raw), True
        except orjson.JSONDecodeError:
            pass
    text = raw.decode("utf-8", "replace")
    hook = _together if merged else None
    try:
        return json.loads(text, strict=False, parse_int=_whole, parse_constant=_nothing, object_pairs_hook=hook), merged
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _whole(digits: str) -> int:
    """Return a whole number; one too long to be any size here as 10 to the 20th."""
    return int(digits) if len(digits) < 20 else 10**20


def _nothing(_: str) -> None:
    return None


def _together(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        before = found.get(key)
        found[key] = [*before, *value] if type(before) is list and type(value) is list else value
    return found
