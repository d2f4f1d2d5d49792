"""What a TLS endpoint agrees to: versions, groups, suites, certificates, in as few connections as tell it rightly.

1. Everything is offered, without key shares: the server names the group that it prefers, or an older version.
2. That group is struck out and the rest offered, until it refuses: which groups it takes. Once a classical one is
   found, only post-quantum groups are still offered, as every classical group tells the same.
3. TLS 1.2 at most, then 1.1 at most, is offered: whether it takes less than TLS 1.3.
4. A whole handshake: the certificates, and the group that a current client gets, which counts before the first answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lotrinh.register.probe.codes import CLASSICAL, GROUPS, OLD_GROUPS, kind
from lotrinh.register.probe.handshake import Agreed, shake_hands
from lotrinh.register.probe.hello import Answer, RefusedError, client_hello, first_answer
from lotrinh.register.probe.wire import Door, FailedError


@dataclass(slots=True)
class Told:
    """What an endpoint told so far; lists in the order in which it was told, the preferred first.

    `certificates` are whole, in base64, the endpoint's own first; `why` says what could not be found out, and why not.
    """

    versions: list[str] = field(default_factory=list)
    suites: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    post_quantum: str = "unknown"
    fallback: str = ""
    why: list[str] = field(default_factory=list)

    def take(self, answer: Answer) -> None:
        """Note an answer."""
        for known, new in (
            (self.versions, answer.version),
            (self.suites, answer.suite),
            (self.groups, answer.group),
        ):
            if new and new not in known:
                known.append(new)


def ask(door: Door, name: str) -> Told:
    """Ask an endpoint, by the server name `name` where it has one.

    Raises
    ------
    FailedError
        Where nothing answers, or what answers is no TLS.
    """
    told = Told()
    try:
        first = _hello(door, name, 0x0304, GROUPS)
    except FailedError as error:
        if not (error.answered and (error.why.startswith("alert") or error.why in ("closed", "reset"))):
            raise
        told.why.append(f"hello: {error.why}")
    else:
        told.take(first)
        _survey(told, door, name, first)
    try:
        with door.wire() as wire:
            _learn(told, shake_hands(wire, name))
    except FailedError as error:
        told.why.append(f"certificate: {error.why}")
    return told


def _survey(told: Told, door: Door, name: str, first: Answer) -> None:
    """Find groups and older versions after the first answer, and say what they amount to."""
    if not first.group:
        told.post_quantum, told.fallback = "classical", "yes"  # no version before TLS 1.3 knows another
        if first.version == "TLSv1.2":
            _older(told, door, name, 0x0302)
        return
    told.post_quantum = kind(first.group)
    known = _groups(told, door, name)
    older = _older(told, door, name, 0x0303)
    if told.versions[-1] == "TLSv1.2":
        _older(told, door, name, 0x0302)
    if older or any(group in CLASSICAL.values() for group in told.groups):
        told.fallback = "yes"
    elif known and older is False:
        told.fallback = "no"


def _groups(told: Told, door: Door, name: str) -> bool:
    """Strike out group by group until the server refuses; return whether it came to that."""
    while True:
        classical = any(group in CLASSICAL.values() for group in told.groups)
        left = [
            number
            for number, group in GROUPS.items()
            if group not in told.groups and not (classical and number in CLASSICAL)
        ]
        if not left:
            return True
        try:
            answer = _hello(door, name, 0x0304, left, only=True)
        except RefusedError:
            return True
        except FailedError as error:
            told.why.append(f"groups: {error.why}")
            return False
        told.take(answer)


def _older(told: Told, door: Door, name: str, newest: int) -> bool | None:
    """Offer nothing newer than `newest`; return whether it was taken, None where that remains open."""
    try:
        told.take(_hello(door, name, newest, OLD_GROUPS))
    except RefusedError:
        return False
    except FailedError as error:
        told.why.append(f"older versions: {error.why}")
        return None
    return True


def _hello(door: Door, name: str, newest: int, groups: Any, only: bool = False) -> Answer:
    with door.wire() as wire:
        wire.send(client_hello(name, newest, groups, only))
        answer = first_answer(wire)
    offered = {GROUPS[number] for number in groups if number in GROUPS}
    if (answer.group and answer.group not in offered) or (answer.version == "TLSv1.3") != bool(answer.group):
        raise FailedError("garbage: an answer to nothing that was asked")
    return answer


def _learn(told: Told, agreed: Agreed) -> None:
    """Add what the handshake showed; its group decides where it offered post-quantum ones."""
    told.certificates = agreed.certificates
    asked = bool(told.versions)
    told.take(
        Answer("TLSv1.0" if agreed.version == "TLSv1" else agreed.version, "" if asked else agreed.cipher, agreed.group)
    )
    if told.post_quantum != "unknown" and not agreed.offered:
        return
    older = agreed.version != "TLSv1.3"  # and no version before it knows another than a classical one
    found = "classical" if older else kind(agreed.group)
    if found == "classical":
        told.fallback = "yes"
    if found in ("hybrid", "post_quantum") or (found == "classical" and (older or agreed.offered)):
        told.post_quantum = found
