"""The run of a probe: what it keeps, what it passes over, how fast it goes, and whom it never calls."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.register.test_probe_tls import always, retry
from tests.register.tls_servers import MATRIX, context, serving, tls

from lotrinh.base.issues import UsageError
from lotrinh.register.probe.run import Pace, probe
from lotrinh.register.probe.targets import Target

REFUSAL = bytes.fromhex("15030300020228")
FAST = Pace(rate=0, timeout=2.0, concurrency=8)


def hello_only(connection: socket.socket) -> None:
    """Take x25519 and nothing else, and no handshake."""
    hello = connection.recv(4096)
    taken = b"\x00\x33\x00\x02\x00\x00" in hello and b"\x00\x1d\x00\x17" in hello
    connection.sendall(retry(0x001D) if taken else REFUSAL)
    connection.recv(1)


def targets(port: int, count: int) -> list[Target]:
    return [Target("tls", f"127.0.1.{number + 1}", port) for number in range(count)]


@pytest.fixture(autouse=True)
def loopback() -> None:
    """Let servers be found under every address of the loopback."""
    if sys.platform != "linux":
        pytest.skip("127.0.1.1 is an address of its own here")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def everywhere() -> Iterator[int]:
    with serving(hello_only, "0.0.0.0") as found:
        yield found


def test_every_target_is_one_line(everywhere: int, tmp_path: Path) -> None:
    asked, watched = targets(everywhere, 40), []
    counts = probe(asked, tmp_path / "p.jsonl", FAST, watch=lambda *done: watched.append(done))
    told = lines(tmp_path / "p.jsonl")
    assert sorted(one["target"] for one in told) == sorted(target.key for target in asked)
    assert {(one["post_quantum"], one["fallback"]) for one in told} == {("classical", "yes")}
    assert (counts["asked"], counts["classical"], counts["skipped"]) == (40, 40, 0)
    assert watched == [(number, 40) for number in range(1, 41)]


def test_what_is_told_does_not_depend_on_the_order(everywhere: int, tmp_path: Path) -> None:
    def told(order: int, concurrency: int) -> list[str]:
        path = tmp_path / f"{order}{concurrency}.jsonl"
        probe(targets(everywhere, 12)[::order], path, Pace(0, 2.0, concurrency))
        found = lines(path)
        for one in found:
            del one["seen"]
        return sorted(json.dumps(one) for one in found)

    assert told(1, 1) == told(-1, 12)


def test_resume_asks_only_what_is_left(everywhere: int, tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    probe(targets(everywhere, 5), path, FAST)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 7])  # cut off in the middle of a line
    cut = path.read_bytes()[: path.read_bytes().rindex(b"\n") + 1]
    counts = probe(targets(everywhere, 9), path, FAST, resume=True)
    assert (counts["asked"], counts["skipped"]) == (4, 5)
    assert path.read_bytes().startswith(cut)
    assert len({one["target"] for one in lines(path)}) == 9


def test_an_output_that_is_there_is_not_written_over(everywhere: int, tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("mine\n", "utf-8")
    for resume in (False, True):
        with pytest.raises(UsageError):
            probe(targets(everywhere, 1), path, FAST, resume)
        assert path.read_text("utf-8") == "mine\n"
    with pytest.raises(UsageError):
        probe(targets(everywhere, 1), tmp_path / "none" / "p.jsonl", FAST)


@pytest.mark.parametrize("wrong", [{"rate": -1}, {"timeout": 0}, {"concurrency": 0}, {"concurrency": 10**9}])
def test_a_pace_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Pace(**wrong)


def test_connections_are_no_more_frequent_than_allowed(tmp_path: Path) -> None:
    opened: list[float] = []

    def answer(connection: socket.socket) -> None:
        opened.append(time.monotonic())
        hello_only(connection)

    with serving(answer, "0.0.0.0") as port:
        probe(targets(port, 10), tmp_path / "p.jsonl", Pace(50, 2.0, 10))
    opened.sort()
    assert len(opened) == 40  # all, the rest of the groups, TLS 1.2, handshake
    assert opened[-1] - opened[0] >= 38 / 50


def test_no_more_targets_at_once_than_allowed_and_none_twice(tmp_path: Path) -> None:
    lock, here, most = threading.Lock(), [0], [0]

    def answer(connection: socket.socket) -> None:
        with lock:
            here[0] += 1
            most[0] = max(most[0], here[0])
        time.sleep(0.01)
        with lock:
            here[0] -= 1
        hello_only(connection)

    with serving(answer, "0.0.0.0") as port:
        probe(targets(port, 12), tmp_path / "p.jsonl", Pace(0, 2.0, 3))
    assert 2 <= most[0] <= 3


def test_nothing_but_the_targets_is_contacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: set[Any] = set()
    asked: set[Any] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def watching(self: socket.socket, place: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            called.add(place[:2])
        connect(self, place)

    def looking(host: Any, *rest: Any, **more: Any) -> Any:
        asked.add(host)
        return look_up(host, *rest, **more)

    moved = always(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.99/\r\n\r\n")
    with serving(tls(context(MATRIX["default groups"]))) as web, serving(moved) as other, serving(hello_only) as third:
        given = [Target("tls", "localhost", web), *(Target("tls", "127.0.0.1", each) for each in (other, third))]
        given.append(Target("ssh", "127.0.0.1", other))
        monkeypatch.setattr(socket.socket, "connect", watching)
        monkeypatch.setattr(socket.socket, "connect_ex", None)
        monkeypatch.setattr(socket.socket, "sendto", None)
        monkeypatch.setattr(socket, "getaddrinfo", looking)
        probe(given, tmp_path / "p.jsonl", Pace(0, 0.5, 8))
        monkeypatch.undo()
    assert {place for place in called if place[0] != "::1"} == {("127.0.0.1", each) for each in (web, other, third)}
    assert {place[1] for place in called if place[0] == "::1"} <= {web}
    assert asked == {"localhost", "127.0.0.1"}


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupted_run_keeps_what_was_done(tmp_path: Path) -> None:
    def slowly(connection: socket.socket) -> None:
        hello_only(connection) if connection.getsockname()[0].endswith((".1", ".2", ".3")) else time.sleep(5)

    with serving(slowly, "0.0.0.0") as port:
        path = tmp_path / "p.jsonl"
        named = [target.key for target in targets(port, 9)]
        call = [sys.executable, "-m", "lotrinh", "register", "probe", *named, "-o", str(path), "--timeout", "20"]
        running = subprocess.Popen(call, stderr=subprocess.PIPE, text=True)
        for _ in range(200):
            if path.exists() and path.read_bytes().count(b"\n") == 3:
                break
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        began = time.monotonic()
        said = running.communicate(timeout=10)[1]
    assert running.returncode == 130
    assert time.monotonic() - began < 4
    assert "--resume" in said
    assert {one["host"] for one in lines(path)} == {"127.0.1.1", "127.0.1.2", "127.0.1.3"}
