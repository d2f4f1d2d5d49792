"""TLS hellos, written and read byte by byte: a ClientHello without key shares, and the first answer to it.

A server of TLS 1.3 that finds no key share answers with the group it would take (HelloRetryRequest, RFC 8446, 4.1.4),
or refuses with an alert. No key is made and nothing is computed, on either side.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from struct import pack
from typing import NamedTuple

from lotrinh.register.probe.codes import ALERTS, GROUPS, SIGNATURES, SUITES, SUITES_12, SUITES_13, VERSIONS
from lotrinh.register.probe.wire import FailedError, Wire

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""Random of a ServerHello that is a HelloRetryRequest (RFC 8446, 4.1.3)."""
MOST_RECORD = 2**14 + 2048
MOST_HELLO = 2**14
MOST_WARNINGS = 4

_ALERT, _HANDSHAKE, _SERVER_HELLO = 21, 22, 2
_SERVER_NAME, _GROUPS, _POINTS, _SIGNATURES, _MASTER, _VERSIONS, _MODES, _SHARE, _RENEGOTIATION = (
    *(0, 10, 11, 13, 23, 43, 45, 51),
    0xFF01,
)


class Answer(NamedTuple):
    """What a server took: names as in `codes`; `group` only under TLS 1.3."""

    version: str
    suite: str
    group: str = ""


class RefusedError(FailedError):
    """The server understood and would have none of what was offered."""


def client_hello(name: str, newest: int, groups: Iterable[int], only: bool = False) -> bytes:
    """Return the record of a ClientHello.

    Parameters
    ----------
    name: server name to ask for, empty for none.
    newest: newest version offered, as `VERSIONS` numbers them; older ones are offered besides, unless `only`.
    groups: groups offered, the preferred first; no key share is sent for any.
    """
    head, extensions = _offer(newest, tuple(groups), only)
    if name:
        extensions = _extension(_SERVER_NAME, _sized(b"\0" + _sized(name.encode("ascii")))) + extensions
    chance = os.urandom(64)
    body = pack(">H", min(newest, 0x0303)) + chance[:32] + b"\x20" + chance[32:] + head + _sized(extensions)
    return b"\x16\3\1" + _sized(b"\1\0" + _sized(body))


@lru_cache(maxsize=256)
def _offer(newest: int, groups: tuple[int, ...], only: bool) -> tuple[bytes, bytes]:
    """Return what of a ClientHello is the same for every server: suites with compression, and extensions."""
    modern = newest >= 0x0304
    suites = SUITES_13 if modern and only else SUITES if modern else SUITES_12
    extensions = [
        _extension(_RENEGOTIATION, b"\0"),
        _extension(_MASTER, b""),
        _extension(_GROUPS, _sized(_numbers(groups))),
        _extension(_POINTS, b"\1\0"),
        _extension(_SIGNATURES, _sized(_numbers(SIGNATURES))),
    ]
    if modern:
        versions = _numbers([newest] if only else [number for number in VERSIONS if 0x0300 < number <= newest])
        extensions += [
            _extension(_VERSIONS, bytes([len(versions)]) + versions),
            _extension(_MODES, b"\1\1"),
            _extension(_SHARE, b"\0\0"),
        ]
    return _sized(_numbers(suites)) + b"\1\0", b"".join(extensions)


def _numbers(numbers: Iterable[int]) -> bytes:
    return b"".join(pack(">H", number) for number in numbers)


def _extension(number: int, data: bytes) -> bytes:
    return pack(">H", number) + _sized(data)


def _sized(data: bytes) -> bytes:
    return pack(">H", len(data)) + data


def first_answer(wire: Wire) -> Answer:
    """Return what the server took; `RefusedError` where it refused, `FailedError` where that is no TLS."""
    message = b""
    warnings = 0
    while True:
        head = wire.exactly(5)
        size = int.from_bytes(head[3:], "big")
        if head[0] not in (_ALERT, _HANDSHAKE) or head[1] != 3 or not 0 < size <= MOST_RECORD:
            raise FailedError(f"garbage: no TLS, {_printable(head)}")
        body = wire.exactly(size)
        if head[0] == _ALERT:
            warnings += 1
            _heed(body, warnings)
            continue
        message += body
        if len(message) < 4:
            continue
        length = int.from_bytes(message[1:4], "big")
        if message[0] != _SERVER_HELLO or length > MOST_HELLO:
            raise FailedError("garbage: no ServerHello")
        if len(message) >= 4 + length:
            return server_hello(message[4 : 4 + length])


def _heed(alert: bytes, count: int) -> None:
    """Pass over a warning; raise for an alert that ends the handshake."""
    if len(alert) < 2 or count > MOST_WARNINGS:
        raise FailedError("garbage: alerts")
    if alert[0] != 1:
        why = f"alert {ALERTS.get(alert[1], alert[1])}"
        raise RefusedError(why) if alert[1] in (40, 70, 71) else FailedError(why)


def server_hello(body: bytes) -> Answer:
    """Return what the body of a ServerHello or HelloRetryRequest says; `FailedError` where it is malformed."""
    try:
        version = int.from_bytes(body[:2], "big")
        at = 35 + body[34]
        suite = int.from_bytes(body[at : at + 2], "big")
        extensions = dict(_extensions(body[at + 3 :]))
        if len(body) < at + 3:
            raise IndexError
    except IndexError:
        raise FailedError("garbage: malformed ServerHello") from None
    if _VERSIONS in extensions:
        version = int.from_bytes(extensions[_VERSIONS], "big")
    if version not in VERSIONS:
        raise FailedError(f"garbage: version {version:#06x}")
    named = SUITES.get(suite, f"{suite:#06x}")
    if version < 0x0304:
        return Answer(VERSIONS[version], named)
    group = int.from_bytes(extensions.get(_SHARE, b""), "big")
    if body[2:34] != RETRY or group not in GROUPS:
        raise FailedError("garbage: a ServerHello for no key share")
    return Answer(VERSIONS[version], named, GROUPS[group])


def _extensions(data: bytes) -> Iterable[tuple[int, bytes]]:
    """Yield number and content of every extension; `IndexError` where the lengths do not fit."""
    if not data:
        return
    rest = data[2:]
    if int.from_bytes(data[:2], "big") != len(rest):
        raise IndexError
    while rest:
        size = int.from_bytes(rest[2:4], "big")
        if len(rest) < 4 + size:
            raise IndexError
        yield int.from_bytes(rest[:2], "big"), rest[4 : 4 + size]
        rest = rest[4 + size :]


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
