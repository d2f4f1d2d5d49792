"""What an SSH endpoint offers: its banner and the lists of its first message (RFC 4253, 4.2 and 7.1).

The lists are sent in the open before any key is exchanged, so nothing is computed. Types of host keys are told from
`server_host_key_algorithms`; the keys themselves would take a whole key exchange and are not fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lotrinh.register.probe.wire import FailedError, Wire

GREETING = b"SSH-2.0-lotrinh\r\n"
LONGEST_LINE = 1024
MOST_LINES = 64
"""Lines that may stand before the banner."""
MOST_PACKET = 35000
MOST_PACKETS = 8
LISTS = 10

_DISCONNECT, _IGNORE, _DEBUG, _KEXINIT = 1, 2, 4, 20
_LATTICE = re.compile(r"mlkem|kyber|sntrup|ntruprime|frodokem|classic-?mceliece|hqc|bike", re.IGNORECASE)
_CURVE = re.compile(r"25519|x448|curve448|nistp|ecdh|secp", re.IGNORECASE)
_PLAIN = re.compile(
    r"curve25519-|curve448-|ecdh-sha2-|ecmqv-sha2|diffie-hellman-|gss-|rsa1024-|rsa2048-|sm2kep-|kexguess2|"
    r"kexalgo.*libssh",
    re.IGNORECASE,
)
_SIGNALS = re.compile(r"ext-info-[cs]$|kex-strict-")
"""Names in the list of key exchanges that are none (RFC 8308, and OpenSSH's strict key exchange)."""


@dataclass(slots=True)
class Offered:
    """What an endpoint offers, each list in its order; `post_quantum` and `fallback` as in a `Sighting`.

    `groups` are its key exchanges, `host_keys` their signature algorithms, `suites` its ciphers and then its MACs.
    """

    versions: list[str]
    banner: str
    groups: list[str]
    host_keys: list[str]
    suites: list[str]
    post_quantum: str = "unknown"
    fallback: str = ""
    why: list[str] = field(default_factory=list)


def kind(method: str) -> str:
    """Return what a key exchange is: ``hybrid``, ``post_quantum``, ``classical``, or ``unknown``."""
    if _LATTICE.search(method):
        return "hybrid" if _CURVE.search(method) else "post_quantum"
    return "classical" if _PLAIN.match(method) else "unknown"


def ask(wire: Wire) -> Offered:
    """Read banner and lists over `wire`; `FailedError` where what answers is no SSH."""
    banner = _banner(wire)
    version, _, software = banner[4:].partition("-")
    if version not in ("2.0", "1.99"):
        raise FailedError(f"garbage: SSH {version[:20]}")
    wire.send(GREETING)
    lists = _lists(_first_packet(wire))
    offered = Offered(
        versions=[version],
        banner=software,
        groups=[method for method in lists[0] if not _SIGNALS.match(method)],
        host_keys=lists[1],
        suites=list(dict.fromkeys(lists[2] + lists[3] + lists[4] + lists[5])),
    )
    _judge(offered)
    return offered


def _judge(offered: Offered) -> None:
    """Say what the key exchanges amount to for a client that prefers post-quantum ones."""
    kinds = [kind(method) for method in offered.groups]
    unknown = [method for method, found in zip(offered.groups, kinds, strict=True) if found == "unknown"]
    safe = next((found for found in kinds if found in ("hybrid", "post_quantum")), "")
    if unknown:
        offered.why.append(f"key exchanges not known: {' '.join(unknown)}")
    if safe:
        offered.post_quantum = safe
        offered.fallback = "yes" if "classical" in kinds else "" if unknown else "no"
    elif kinds and not unknown:
        offered.post_quantum, offered.fallback = "classical", "yes"


def _banner(wire: Wire) -> str:
    for _ in range(MOST_LINES):
        line = (wire.line(LONGEST_LINE)).decode("latin-1").strip()
        if line.startswith("SSH-"):
            return _printable(line)
    raise FailedError("garbage: no SSH banner")


def _first_packet(wire: Wire) -> bytes:
    """Return the payload of the first message that is a KEXINIT."""
    for _ in range(MOST_PACKETS):
        head = wire.exactly(5)
        size, padding = int.from_bytes(head[:4], "big"), head[4]
        if not padding + 1 < size <= MOST_PACKET:
            raise FailedError("garbage: an SSH packet of no size")
        payload = (wire.exactly(size - 1))[: size - 1 - padding]
        if payload[0] == _KEXINIT:
            return payload
        if payload[0] == _DISCONNECT:
            raise FailedError("disconnected")
        if payload[0] not in (_IGNORE, _DEBUG):
            break
    raise FailedError("garbage: no KEXINIT")


def _lists(payload: bytes) -> list[list[str]]:
    """Return the ten name-lists of a KEXINIT."""
    found: list[list[str]] = []
    at = 17
    for _ in range(LISTS):
        size = int.from_bytes(payload[at : at + 4], "big")
        if len(payload) < at + 4 + size:
            raise FailedError("garbage: a malformed KEXINIT")
        text = _printable(payload[at + 4 : at + 4 + size].decode("latin-1"))
        found.append([name for name in text.replace(" ", "").split(",") if name])
        at += 4 + size
    return found


def _printable(text: str) -> str:
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)
