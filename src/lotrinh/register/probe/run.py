"""The run of a probe: asks every target, no faster than allowed, and keeps each answer as soon as it is there."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import orjson

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.base.version import VERSION
from lotrinh.register.probe import ssh, tls
from lotrinh.register.probe.targets import Target
from lotrinh.register.probe.wire import Door, FailedError

FORMAT = 1
"""Version of the result file, under ``lotrinh_probe`` in each of its lines."""
WHOLE = 4
"""Times the timeout that all connections to one target may take together."""
SPARE_FILES = 64

Watch = Callable[[int, int], None]
"""Called with the number of targets done, and of all."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard to ask.

    Attributes
    ----------
    rate: connections opened in a second, over all targets; 0 for no limit.
    timeout: seconds for a connection to be made, and again for the answer over it; a target may take `WHOLE` times it.
    concurrency: targets asked at once. Never is one target asked twice at a time.
    """

    rate: float = 100.0
    timeout: float = 5.0
    concurrency: int = 100

    def __post_init__(self) -> None:
        if not (0 <= self.rate < float("inf") and 0 < self.timeout < float("inf") and self.concurrency >= 1):
            raise UsageError(str(t("rate, timeout and concurrency of a probe must be above 0")))
        most = _most_files()
        if self.concurrency > most:
            words = t(
                "at most {most} targets can be asked at once here, not {asked}", most=most, asked=self.concurrency
            )
            raise UsageError(str(words))


def _most_files() -> int:
    """Return how many connections this process may have open."""
    try:
        resource: Any = import_module("resource")
    except ImportError:  # a system without such limits
        return 10_000
    return max(1, int(resource.getrlimit(resource.RLIMIT_NOFILE)[0]) - SPARE_FILES)


def probe(
    targets: Sequence[Target], output: Path, pace: Pace | None = None, resume: bool = False, watch: Watch | None = None
) -> Counter[str]:
    """Ask every target and write what it told to `output`, one JSON object a line, in the order of the answers.

    Each line is written at once and whole, so that a run that is ended loses nothing of what was done. With `resume`,
    targets that stand in `output` already are passed over.

    Returns how many targets told what: ``hybrid``, ``post_quantum``, ``classical``, ``unknown``, and ``fallback``
    among the first two; ``asked`` and ``skipped``.

    Raises
    ------
    UsageError
        If `output` is there already and `resume` is not asked for, or it is no result file, or cannot be written.
    """
    done = _done(output) if resume else set()
    left = [target for target in targets if target.key not in done]
    counts: Counter[str] = Counter(asked=0, skipped=len(targets) - len(left))
    with _appending(output, resume) as write:

        def keep(told: dict[str, Any]) -> None:
            write(told)
            counts.update(["asked", told["post_quantum"]])
            counts["fallback"] += told["fallback"] == "yes" and told["post_quantum"] in ("hybrid", "post_quantum")
            if watch is not None:
                watch(counts["asked"], len(left))

        _every(left, pace or Pace(), keep)
    return counts


def _done(output: Path) -> set[str]:
    """Return the keys of the targets in a result file; a last line that was cut off is taken out of it."""
    if not output.exists():
        return set()
    try:
        with output.open("r+b") as stream:
            end, keys = 0, set()
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                keys.add(_key(line))
                end += len(line)
            stream.truncate(end)
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=output, why=error.strerror))) from error
    if None in keys:
        raise UsageError(str(t("{path} is no result of a probe; nothing was added to it", path=output)))
    return {key for key in keys if key}


def _key(line: bytes) -> str | None:
    try:
        told = orjson.loads(line)
        return str(told["target"]) if "lotrinh_probe" in told else None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


@contextmanager
def _appending(output: Path, resume: bool) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Open `output` for whole lines at its end."""
    if output.exists() and not resume:
        raise UsageError(str(t("{path} is there already: go on with --resume, or name another file", path=output)))
    try:
        handle = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(str(t("{path} cannot be written: {why}", path=output, why=error.strerror))) from error
    with os.fdopen(handle, "ab", buffering=0) as stream:
        yield lambda told: _write_all(stream, orjson.dumps(told) + b"\n")


def _write_all(stream: Any, line: bytes) -> None:
    while line:
        line = line[stream.write(line) :]


def _every(targets: Sequence[Target], pace: Pace, keep: Callable[[dict[str, Any]], None]) -> None:
    """Ask all targets, `pace.concurrency` at once, and keep what they told, here in the calling thread.

    Threads that wait on sockets, since one that asks takes a fifth of the processor's time that an event loop takes.
    They are daemons: where the run is interrupted, nothing waits for them.
    """
    left, ending, wait = iter(targets), threading.Event(), _slots(pace.rate)
    lock, results = threading.Lock(), SimpleQueue[dict[str, Any] | BaseException]()

    def work() -> None:
        while not ending.is_set():
            with lock:
                target = next(left, None)
            if target is None:
                return
            try:
                results.put(ask(target, pace.timeout, wait))
            except BaseException as error:
                results.put(error)

    for _ in range(min(pace.concurrency, len(targets))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for _ in targets:
            told = results.get()
            if isinstance(told, BaseException):
                raise told
            keep(told)
    finally:
        ending.set()


def _slots(rate: float) -> Callable[[], None]:
    """Return a function that waits until the next of `rate` slots a second is free; slots left unused are lost."""
    lock, following = threading.Lock(), 0.0

    def wait() -> None:
        nonlocal following
        if rate:
            with lock:
                now = time.monotonic()
                following = max(now, following + 1 / rate)
                left = following - now
            time.sleep(left)

    return wait


def ask(target: Target, timeout: float, wait: Callable[[], None]) -> dict[str, Any]:
    """Return what one target told, as one line of the result file has it; it never fails, but says why it could not.

    Facts are `versions`, `suites`, `groups`, `post_quantum`, `fallback`, `why`; of TLS `certificates` in base64, of SSH
    `banner` and `host_keys`. Where there was no answer in the protocol, there is only `why`.
    """
    door = Door(target.host, target.port, timeout, WHOLE * timeout, wait)
    seen = datetime.now(UTC)
    told: dict[str, Any] = {"post_quantum": "unknown", "fallback": ""}
    try:
        if target.protocol == "ssh":
            with door.wire() as wire:
                told = _facts(ssh.ask(wire))
        else:
            told = _facts(tls.ask(door, target.server_name))
        told["why"] = "; ".join(told["why"])
    except FailedError as error:
        told["why"] = error.why
    return {
        "lotrinh_probe": FORMAT,
        "tool": f"lotrinh {VERSION}",
        "target": target.key,
        "protocol": target.protocol,
        "host": target.host,
        "port": target.port,
        "system": target.system,
        "address": door.address,
        "seen": seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **told,
    }


def _facts(told: tls.Told | ssh.Offered) -> dict[str, Any]:
    return {each.name: getattr(told, each.name) for each in fields(told)}
