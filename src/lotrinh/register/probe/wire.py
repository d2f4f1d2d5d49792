"""One connection to one endpoint: a limit on how long it lasts and on how much is read from it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

MOST_BYTES = 256 * 1024
"""What is read from one connection at most; no honest answer is as long."""
MOST_ADDRESSES = 4
"""Addresses of one name that are tried, in the order of the resolver, until one answers."""
CHUNK = 16 * 1024

Pace = Callable[[], None]
"""Waits until one more connection may be opened."""


class FailedError(Exception):
    """The endpoint could not be asked, or gave no answer that can be read.

    `why` says so in one word or a few: ``timeout``, ``refused``, ``reset``, ``closed``, ``no address``, ``garbage: …``,
    ``alert …``. `answered` is False where there was no connection.
    """

    def __init__(self, why: str, answered: bool = True) -> None:
        super().__init__(why)
        self.why, self.answered = why, answered


class Address(NamedTuple):
    """Where a socket connects to."""

    family: int
    place: Any


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of `host`; `FailedError` where it has none. How long that takes is up to the resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FailedError("no address", answered=False) from None
    return [Address(family, place) for family, _, _, _, place in found[:MOST_ADDRESSES]]


class Wire:
    """A connection that is open until `deadline` on the monotonic clock; reading past `MOST_BYTES` fails."""

    def __init__(self, opened: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = opened, deadline
        self._buffer = bytearray()
        self._left = MOST_BYTES

    def _wait(self) -> None:
        """Let the next call on the socket last no longer than there is time."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._wait()
        self._socket.sendall(data)

    def some(self) -> bytes:
        """Return what is there, or comes next; `FailedError` at the end or past the limit."""
        if self._buffer:
            data = bytes(self._buffer)
            self._buffer.clear()
            return data
        if not self._left:
            raise FailedError("garbage: too long")
        self._wait()
        data = self._socket.recv(min(CHUNK, self._left))
        if not data:
            raise FailedError("closed")
        self._left -= len(data)
        return data

    def exactly(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        while len(self._buffer) < count:
            self._more()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def line(self, most: int) -> bytes:
        """Return the bytes up to the next line feed, that one included; `FailedError` where none is within `most`."""
        while (end := self._buffer.find(b"\n", 0, most)) < 0:
            if len(self._buffer) >= most:
                raise FailedError("garbage: no line ends")
            self._more()
        return self.exactly(end + 1)

    def _more(self) -> None:
        kept = self.some() if self._buffer else b""
        self._buffer += kept + self.some()


class Door:
    """The way to one endpoint: how often it is opened is for `pace` to hold back, how long it may last for the clock.

    Parameters
    ----------
    host, port: the endpoint.
    timeout: seconds for a connection to be made, and again for all that is said over it.
    whole: seconds for all connections together, without those that `pace` waits.
    pace: called before each connection.
    """

    def __init__(self, host: str, port: int, timeout: float, whole: float, pace: Pace) -> None:
        self._host, self._port, self._timeout, self._left, self._pace = host, port, timeout, whole, pace
        self._addresses: list[Address] = []

    @property
    def address(self) -> str:
        """The IP address that answered, or the only one there is; empty where none did."""
        return str(self._addresses[0].place[0]) if len(self._addresses) == 1 else ""

    @contextmanager
    def wire(self) -> Iterator[Wire]:
        """Connect, and close at the end; every connection after the first goes to the address that answered.

        Raises
        ------
        FailedError
            For whatever goes wrong on the way.
        """
        answered = False
        try:
            with self._dial() as opened, self._clock():
                answered = True
                yield Wire(opened, time.monotonic() + min(self._timeout, self._left))
        except OSError as error:  # TimeoutError is one
            raise FailedError(_why(error), answered) from None

    def _dial(self) -> socket.socket:
        """Return a connection to the first address that takes one; they share the time there is."""
        self._addresses = self._addresses or resolve(self._host, self._port)
        for left in range(len(self._addresses), 0, -1):
            address = self._addresses[-left]
            self._pace()
            raw = socket.socket(address.family, socket.SOCK_STREAM)
            try:
                with self._clock():
                    raw.settimeout(max(0.001, min(self._timeout, self._left) / left))
                    raw.connect(address.place)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except BaseException as error:
                raw.close()
                if left == 1 or not isinstance(error, OSError):
                    raise
            else:
                self._addresses = [address]
                return raw
        raise FailedError("no address", answered=False)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._left -= time.monotonic() - began


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "reset"
    return (error.strerror or type(error).__name__).lower()
