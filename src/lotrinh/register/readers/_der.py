"""A small tolerant walk over DER (ITU-T X.690): only what certificates, keys and their containers need."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

INTEGER, BITS, OCTETS, NULL, OID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x31


class DerError(ValueError):
    """The bytes are no DER, or not of the shape that was looked for."""


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return tag, start and stop of the contents of the element that begins at `at` and must end by `end`."""
    start = at + 2
    if start > end:
        raise DerError("cut off")
    size = data[at + 1]
    if size >= 0x80:
        more = size & 0x7F
        if not 1 <= more <= 4:
            raise DerError("no definite length")
        size, start = int.from_bytes(data[start : start + more]), start + more
    stop = start + size
    if stop > end:
        raise DerError("cut off")
    return data[at], start, stop


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return start and stop of the contents of an element that must have `tag`."""
    if at >= end or data[at] != tag:
        raise DerError("another tag")
    _, start, stop = element(data, at, end)
    return start, stop


def children(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield tag, beginning, start and stop of the contents of every element between `start` and `stop`."""
    at = start
    while at < stop:
        tag, first, last = element(data, at, stop)
        yield tag, at, first, last
        at = last


def whole(data: bytes) -> bytes:
    """Return the first element of `data` without what follows it."""
    return data[: element(data, 0, len(data))[2]]


def shape(data: bytes, start: int, stop: int) -> tuple[int, ...]:
    """Return the tags of the elements between `start` and `stop`."""
    return tuple(tag for tag, *_ in children(data, start, stop))


def write(tag: int, contents: bytes) -> bytes:
    """Return the element of `tag` that holds `contents`."""
    size = len(contents)
    if size < 0x80:
        return bytes((tag, size)) + contents
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(digits))) + digits + contents


@lru_cache(maxsize=4096)
def oid(contents: bytes) -> str:
    """Return the contents of an object identifier in dotted form."""
    if not contents or contents[-1] & 0x80 or len(contents) > 64:
        raise DerError("no object identifier")
    arcs, arc = [], 0
    for byte in contents:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    head = min(arcs[0] // 40, 2)
    return ".".join(map(str, (head, arcs[0] - 40 * head, *arcs[1:])))
