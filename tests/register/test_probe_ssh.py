"""What the probe says of SSH servers: fake ones of every kind, and a real one where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.register.tls_servers import serving

from lotrinh.register.probe.run import ask
from lotrinh.register.probe.ssh import GREETING, kind
from lotrinh.register.probe.targets import Target

CLASSICAL = "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256"
MODERN = f"mlkem768x25519-sha256,sntrup761x25519-sha512@openssh.com,{CLASSICAL},ext-info-s,kex-strict-s-v00@openssh.com"


def kexinit(kex: str, keys: str = "rsa-sha2-512,rsa-sha2-256,ssh-ed25519", lists: int = 10) -> bytes:
    """Return the packet of a KEXINIT."""
    names = [kex, keys, "aes256-ctr", "aes256-ctr,3des-cbc", "hmac-sha2-256", "hmac-md5", "none", "none", "", ""]
    payload = b"\x14" + bytes(16) + b"".join(len(name).to_bytes(4) + name.encode() for name in names[:lists]) + bytes(5)
    return packet(payload)


def packet(payload: bytes) -> bytes:
    padding = 4 + -(len(payload) + 9) % 8
    return (len(payload) + padding + 1).to_bytes(4) + bytes([padding]) + payload + bytes(padding)


def server(data: bytes, banner: bytes = b"SSH-2.0-Test_1.0 comment\r\n") -> Callable[[socket.socket], None]:
    """Return what sends a banner, waits for ours, and sends `data`."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(banner)
        if connection.recv(255) == GREETING:
            connection.sendall(data)
            connection.recv(1)

    return answer


def told_by(answer: Any, timeout: float = 2.0) -> dict[str, Any]:
    with serving(answer) as port:
        return ask(Target("ssh", "127.0.0.1", port), timeout, lambda: None)


@pytest.mark.parametrize(
    ("kex", "post_quantum", "fallback"),
    [
        (MODERN, "hybrid", "yes"),
        (CLASSICAL, "classical", "yes"),
        ("mlkem768x25519-sha256", "hybrid", "no"),
        ("sntrup761x25519-sha512,mlkem1024nistp384-sha384,ext-info-s", "hybrid", "no"),
        ("mlkem768nistp256-sha256,ecdh-sha2-nistp256", "hybrid", "yes"),
        ("mlkem1024-sha384", "post_quantum", "no"),
        ("sntrup4591761x25519-sha512@tinyssh.org", "hybrid", "no"),
        ("curve25519-sha256,novel@vendor.example", "unknown", ""),
        ("mlkem768x25519-sha256,novel@vendor.example", "hybrid", ""),
        ("", "unknown", ""),
    ],
)
def test_key_exchanges_are_told_rightly(kex: str, post_quantum: str, fallback: str) -> None:
    told = told_by(server(kexinit(kex)))
    assert (told["post_quantum"], told["fallback"]) == (post_quantum, fallback)
    assert ("novel@vendor.example" in told["why"]) == ("novel" in kex)


def test_lists_and_banner_are_kept() -> None:
    told = told_by(server(kexinit(MODERN), b"Welcome\r\nto this host\r\nSSH-2.0-Test_1.0 comment\r\n"))
    assert told["banner"] == "Test_1.0 comment"
    assert told["versions"] == ["2.0"]
    assert told["groups"] == MODERN.split(",")[:-2]
    assert told["host_keys"] == ["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"]
    assert told["suites"] == ["aes256-ctr", "3des-cbc", "hmac-sha2-256", "hmac-md5"]


def test_messages_before_the_lists_are_passed_over() -> None:
    told = told_by(server(packet(b"\2" + bytes(20)) + packet(b"\4" + bytes(20)) + kexinit(CLASSICAL)))
    assert told["post_quantum"] == "classical"


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def lines(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"no banner\r\n" * 1000)


def drip(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"S")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (flood, "garbage: no line ends"),
        (lines, "garbage: no SSH banner"),
        (drip, "timeout"),
        (lambda connection: time.sleep(0.8), "timeout"),
        (server(b"", b"SSH-1.5-old\r\n"), "garbage: SSH 1.5"),
        (server(b"\xff\xff\xff\xff\x04"), "garbage: an SSH packet of no size"),
        (server(bytes(5)), "garbage: an SSH packet of no size"),
        (server(packet(b"\1" + bytes(12))), "disconnected"),
        (server(packet(b"\x15")), "garbage: no KEXINIT"),
        (server(packet(b"\2" + bytes(10)) * 50), "garbage: no KEXINIT"),
        (server(kexinit(CLASSICAL, lists=4)), "garbage: a malformed KEXINIT"),
        (server(packet(b"\x14" + bytes(16) + b"\xff\xff\xff\xff")), "garbage: a malformed KEXINIT"),
    ],
)
def test_what_is_no_ssh_server_is_unknown_with_its_reason(answer: Any, why: str) -> None:
    told = told_by(answer, timeout=0.4)
    assert (told["post_quantum"], told["fallback"], told["why"]) == ("unknown", "", why)
    assert "versions" not in told


def test_kinds_of_key_exchange() -> None:
    assert kind("x25519-kyber-512r3-sha256-d00@amazon.com") == "hybrid"
    assert kind("diffie-hellman-group1-sha1") == "classical"
    assert kind("gss-group16-sha512-toWM5Slw5Ew8Mqkay+al2g==") == "classical"
    assert kind("newhope") == "unknown"


@pytest.mark.skipif(shutil.which("sshd") is None or os.name != "posix", reason="no OpenSSH server here")
def test_a_real_server(tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)

    def answer(connection: socket.socket) -> None:
        call = [str(shutil.which("sshd")), "-i", "-f", os.devnull, "-h", str(key)]
        subprocess.run(call, stdin=connection, stdout=connection, stderr=subprocess.DEVNULL, check=False)

    Path("/run/sshd").mkdir(exist_ok=True) if os.geteuid() == 0 else None
    told = told_by(answer, timeout=10.0)
    if told["why"] == "closed":
        pytest.skip("the server does not run for this user")
    assert told["banner"].startswith("OpenSSH")
    assert told["post_quantum"] in ("hybrid", "classical")
    assert told["fallback"] == "yes"
    assert told["host_keys"] == ["ssh-ed25519"]
