"""What the probe says of TLS servers of every kind, and of what is no TLS server."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL
from tests.register.tls_servers import MATRIX, MORE, NAME, context, credentials, serving, tls

from lotrinh.register.probe.codes import CLASSICAL, GROUPS
from lotrinh.register.probe.handshake import Agreed
from lotrinh.register.probe.hello import RETRY, Answer, client_hello, server_hello
from lotrinh.register.probe.run import WHOLE, ask
from lotrinh.register.probe.targets import Target
from lotrinh.register.probe.tls import Told, _learn
from lotrinh.register.probe.wire import FailedError

TRUTH: dict[str, tuple[str, str, list[str], str]] = {
    "default groups": ("hybrid", "yes", ["TLSv1.3", "TLSv1.2"], "X25519MLKEM768"),
    "classical": ("classical", "yes", ["TLSv1.3", "TLSv1.2"], "x25519"),
    "hybrid only": ("hybrid", "no", ["TLSv1.3"], "X25519MLKEM768"),
    "ML-DSA-65 certificate": ("hybrid", "yes", ["TLSv1.3"], "X25519MLKEM768"),
    "TLS 1.2": ("classical", "yes", ["TLSv1.2"], "x25519"),
    "hybrid and fallback": ("hybrid", "yes", ["TLSv1.3", "TLSv1.2"], "X25519MLKEM768 SecP256r1MLKEM768 secp256r1"),
    "pure": ("post_quantum", "no", ["TLSv1.3"], "MLKEM768 MLKEM1024"),
    "hybrid, older fallback": ("hybrid", "yes", ["TLSv1.3", "TLSv1.2"], "X25519MLKEM768"),
    "classical preferred": ("hybrid", "yes", ["TLSv1.3", "TLSv1.2"], "X25519MLKEM768 x25519"),
    "TLS 1.1": ("classical", "yes", ["TLSv1.1"], "x25519"),
    "TLS 1.0 to 1.3": ("classical", "yes", ["TLSv1.3", "TLSv1.2", "TLSv1.1"], "x25519"),
    "ML-KEM-1024 hybrid": ("hybrid", "yes", ["TLSv1.3", "TLSv1.2"], "SecP384r1MLKEM1024 secp384r1"),
}
FIXED = bytes.fromhex("15030300020228")


def at_once() -> None:
    """Let connections be opened without a limit."""


def told_by(answer: Any, timeout: float = 5.0, host: str = "127.0.0.1") -> dict[str, Any]:
    """Return what the probe says of a server that handles connections with `answer`."""
    with serving(answer, host) as port:
        return ask(Target("tls", host, port), timeout, at_once)


@pytest.mark.parametrize("name", MATRIX | MORE)
def test_every_kind_of_server_is_told_rightly(name: str) -> None:
    kind = (MATRIX | MORE)[name]
    told = told_by(tls(context(kind._replace(key=kind.key.replace("4096", "2048")))))  # which takes long to make
    post_quantum, fallback, versions, groups = TRUTH[name]
    assert (told["post_quantum"], told["fallback"], told["versions"]) == (post_quantum, fallback, versions)
    assert set(groups.split()) <= set(told["groups"])
    assert told["groups"][0] == groups.split()[0]
    assert len(told["certificates"]) == 1
    assert told["why"] == ""
    if fallback == "no":
        assert not set(told["groups"]) & set(CLASSICAL.values())


def test_the_suites_are_named_as_registered() -> None:
    told = told_by(tls(context(MORE["hybrid, older fallback"])))
    assert told["suites"] == ["TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"]


def test_a_server_on_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    told = told_by(tls(context(MATRIX["classical"])), host="::1")
    assert (told["post_quantum"], told["address"]) == ("classical", "::1")


def test_the_server_is_asked_by_its_name() -> None:
    names: list[bytes | None] = []
    server = context(MATRIX["classical"])
    server.set_tlsext_servername_callback(lambda connection: names.append(connection.get_servername()))
    with serving(tls(server)) as port:
        ask(Target("tls", "localhost", port), 5.0, at_once)
        assert set(names) == {b"localhost"}
        names.clear()
        ask(Target("tls", "127.0.0.1", port), 5.0, at_once)
    assert set(names) <= {None}


def test_a_server_that_refuses_everything_is_unknown() -> None:
    told = told_by(lambda connection: (connection.recv(4096), connection.sendall(FIXED)))
    assert (told["post_quantum"], told["fallback"]) == ("unknown", "")
    assert "handshake_failure" in told["why"]


def test_no_answer_to_the_hello_but_a_handshake() -> None:
    """A server that cannot bear a hello without key shares is told by what a whole handshake agrees on."""
    inner = tls(context(MATRIX["classical"]))

    def answer(connection: socket.socket) -> None:
        hello = connection.recv(4096, socket.MSG_PEEK)
        if b"\x00\x33\x00\x02\x00\x00" in hello:
            connection.recv(4096)
            connection.sendall(bytes.fromhex("15030300020232"))
        else:
            inner(connection)

    told = told_by(answer)
    assert (told["post_quantum"], told["fallback"], told["groups"]) == ("classical", "yes", ["x25519"])
    assert "decode_error" in told["why"]


def retry(group: int, version: int = 0x0304) -> bytes:
    """Return the record of a HelloRetryRequest for `group`."""
    extensions = bytes.fromhex("002b0002") + version.to_bytes(2) + bytes.fromhex("00330002") + group.to_bytes(2)
    body = b"\3\3" + RETRY + b"\0" + b"\x13\x01\0" + len(extensions).to_bytes(2) + extensions
    message = b"\2" + len(body).to_bytes(3) + body
    return b"\x16\3\3" + len(message).to_bytes(2) + message


def always(data: bytes) -> Callable[[socket.socket], None]:
    """Return what answers anything with `data`, and closes."""

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        connection.recv(1)

    return answer


def test_a_group_that_was_not_offered_ends_the_questions() -> None:
    told = told_by(always(retry(0x11EC)))
    assert told["groups"] == ["X25519MLKEM768"]
    assert "nothing that was asked" in told["why"]
    assert (told["post_quantum"], told["fallback"]) == ("hybrid", "")


def flood(connection: socket.socket) -> None:
    """Send for ever."""
    while True:
        connection.sendall(b"\x16\3\3\x40\x00" + bytes(16384))


def warnings(connection: socket.socket) -> None:
    """Send warnings for ever."""
    while True:
        connection.sendall(bytes.fromhex("15030300020170") * 100)


def drip(connection: socket.socket) -> None:
    """Send a good answer, byte by byte, too slowly to end."""
    for byte in retry(0x001D):
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


HOSTILE: dict[str, tuple[Any, str]] = {
    "flood": (flood, "garbage"),
    "warnings": (warnings, "garbage: alerts"),
    "drip": (drip, "timeout"),
    "silence": (lambda connection: connection.recv(10_000) and time.sleep(1), "timeout"),
    "web": (always(b"HTTP/1.1 301 Moved\r\nLocation: https://example.com/\r\n\r\n"), "garbage: no TLS, HTTP/"),
    "ssh": (always(b"SSH-2.0-OpenSSH_9.2\r\n"), "garbage: no TLS, SSH-2"),
    "empty record": (always(b"\x16\3\3\0\0"), "garbage"),
    "large record": (always(b"\x16\3\3\xff\xff"), "garbage"),
    "long hello": (always(b"\x16\3\3\0\4\2\xff\xff\xff"), "garbage: no ServerHello"),
    "another message": (always(b"\x16\3\3\0\4\1\0\0\0"), "garbage: no ServerHello"),
    "short hello": (always(b"\x16\3\3\0\4\2\0\0\0"), "garbage: malformed ServerHello"),
    "unknown group": (always(retry(0x7777)), "garbage"),
    "unknown version": (always(retry(0x001D, 0x7F1C)), "garbage: version"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_tls_server_is_unknown_with_its_reason(name: str) -> None:
    answer, why = HOSTILE[name]
    began = time.monotonic()
    told = told_by(answer, timeout=0.4)
    assert (told["post_quantum"], told["fallback"]) == ("unknown", "")
    assert why in told["why"]
    assert "versions" not in told
    assert time.monotonic() - began < WHOLE * 0.4 + 1


def test_a_server_that_closes_or_resets() -> None:
    assert "closed" in told_by(lambda connection: connection.recv(4096))["why"]
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    told = told_by(lambda connection: connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger))
    assert told["post_quantum"] == "unknown"
    assert told["why"]


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = ask(Target("tls", "127.0.0.1", port), 1.0, at_once)
    assert (told["post_quantum"], told["why"]) == ("unknown", "refused")
    told = ask(Target("tls", "name.invalid", 443), 1.0, at_once)
    assert (told["post_quantum"], told["why"]) == ("unknown", "no address")


def test_a_chain_longer_than_anything_honest_is_cut_off() -> None:
    server = context(MATRIX["classical"])
    extra = x509.load_pem_x509_certificates(credentials("rsa-2048")[1])[0]
    for _ in range(400):
        server.add_extra_chain_cert(extra)
    told = told_by(tls(server))
    assert told["post_quantum"] == "classical"
    assert told["certificates"] == []
    assert told["why"].startswith("certificate: ")


def test_a_timeout_after_the_first_answer_keeps_what_was_told() -> None:
    inner, asked = tls(context(MATRIX["hybrid only"])), iter(range(100))

    def answer(connection: socket.socket) -> None:
        if next(asked):
            time.sleep(0.5)
        else:
            inner(connection)

    told = told_by(answer, timeout=0.2)
    assert (told["post_quantum"], told["fallback"]) == ("hybrid", "")
    assert "timeout" in told["why"]


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_refused(body: bytes) -> None:
    with suppress(FailedError):
        assert isinstance(server_hello(body), Answer)


def test_any_change_of_an_answer_is_an_answer_or_refused() -> None:
    body, chance = retry(0x001D)[9:], random.Random(7)
    assert server_hello(body) == Answer("TLSv1.3", "TLS_AES_128_GCM_SHA256", "x25519")
    for _ in range(3000):
        changed = bytearray(body)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        cut = bytes(changed[: chance.randrange(len(changed) + 1)])
        for each in (bytes(changed), cut):
            with suppress(FailedError):
                assert isinstance(server_hello(each), Answer)


def test_openssl_reads_our_hello() -> None:
    """The hello is well formed: OpenSSL answers it, and sees the name that was asked for."""
    names: list[bytes | None] = []
    server = context(MATRIX["default groups"])
    server.set_tlsext_servername_callback(lambda connection: names.append(connection.get_servername()))
    speaking = SSL.Connection(server, None)
    speaking.set_accept_state()
    speaking.bio_write(client_hello(NAME, 0x0304, GROUPS))
    with pytest.raises(SSL.WantReadError):
        speaking.do_handshake()
    assert names == [NAME.encode()]
    assert RETRY in speaking.bio_read(4096)


@pytest.mark.parametrize(
    ("before", "agreed", "after"),
    [
        (("unknown", ""), ("TLSv1.3", "x25519", True), ("classical", "yes")),
        (("unknown", ""), ("TLSv1.3", "x25519", False), ("unknown", "yes")),
        (("unknown", ""), ("TLSv1.2", "x25519", False), ("classical", "yes")),
        (("unknown", ""), ("TLSv1.3", "MLKEM1024", True), ("post_quantum", "")),
        (("unknown", ""), ("TLSv1.3", "", True), ("unknown", "")),
        (("hybrid", "no"), ("TLSv1.3", "", True), ("hybrid", "no")),
        (("hybrid", ""), ("TLSv1.2", "x25519", False), ("hybrid", "")),
        (("hybrid", "yes"), ("TLSv1.3", "x25519", True), ("classical", "yes")),
        (("classical", "yes"), ("TLSv1.3", "X25519MLKEM768", True), ("hybrid", "yes")),
    ],
)
def test_a_handshake_counts_where_it_offered_post_quantum_groups(
    before: tuple[str, str], agreed: tuple[str, str, bool], after: tuple[str, str]
) -> None:
    told = Told(post_quantum=before[0], fallback=before[1])
    version, group, offered = agreed
    _learn(told, Agreed(version, "", group, offered, []))
    assert (told.post_quantum, told.fallback) == after
