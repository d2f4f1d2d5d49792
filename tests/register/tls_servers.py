"""TLS servers for tests and benches, made with pyOpenSSL alone: any groups, versions and kind of certificate."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

NAME = "server.example"


class Kind(NamedTuple):
    """One kind of server: its key, its groups as OpenSSL lists them (its own choice where empty), its versions."""

    key: str
    groups: str = ""
    oldest: int = SSL.TLS1_2_VERSION
    newest: int = 0
    ciphers: bytes = b""


MATRIX = {
    "default groups": Kind("rsa-2048"),
    "classical": Kind("rsa-2048", "X25519:P-256"),
    "hybrid only": Kind("ecdsa", "X25519MLKEM768"),
    "ML-DSA-65 certificate": Kind("mldsa-65"),
    "TLS 1.2": Kind("rsa-4096", newest=SSL.TLS1_2_VERSION),
    "hybrid and fallback": Kind("ecdsa", "SecP256r1MLKEM768:X25519MLKEM768:P-256"),
}
"""The six servers of the detection matrix."""
MORE = {
    "pure": Kind("ecdsa", "MLKEM768:MLKEM1024"),
    "hybrid, older fallback": Kind("rsa-2048", "X25519MLKEM768"),
    "classical preferred": Kind("ecdsa", "X25519:X25519MLKEM768"),
    "TLS 1.1": Kind("rsa-2048", "", SSL.TLS1_VERSION, SSL.TLS1_1_VERSION, b"ALL:@SECLEVEL=0"),
    "TLS 1.0 to 1.3": Kind("rsa-2048", "X25519:P-256", SSL.TLS1_VERSION, 0, b"ALL:@SECLEVEL=0"),
    "ML-KEM-1024 hybrid": Kind("ecdsa", "SecP384r1MLKEM1024:P-384"),
}


@cache
def _key(kind: str) -> Any:
    if kind == "mldsa-65":
        from cryptography.hazmat.primitives.asymmetric import mldsa

        return mldsa.MLDSA65PrivateKey.generate()
    if kind in ("ecdsa", "authority"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa-")))


@cache
def credentials(kind: str, issued: bool = False) -> tuple[bytes, bytes]:
    """Return key and certificate in PEM; `issued` by an authority whose certificate follows it, or signed by itself."""
    key, authority = _key(kind), _key("authority" if issued else kind)
    issuer = "Test CA" if issued else NAME
    found = [_signed(NAME, key, issuer, authority)]
    if issued:
        found.append(_signed(issuer, authority, issuer, authority))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, b"".join(each.public_bytes(pem) for each in found)


def _signed(subject: str, key: Any, issuer: str, authority: Any) -> x509.Certificate:
    """Return a certificate of `key` that `authority` signs; one that it signs for itself may sign others."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .serial_number(7001)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(subject == issuer, None), critical=True)
    )
    hashed = isinstance(authority, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return builder.sign(authority, hashes.SHA256() if hashed else None)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def context(kind: Kind, issued: bool = False) -> SSL.Context:
    """Return the context of a server of `kind`."""
    found = SSL.Context(SSL.TLS_SERVER_METHOD)
    if kind.ciphers:
        found.set_cipher_list(kind.ciphers)
    found.set_min_proto_version(kind.oldest)
    if kind.newest:
        found.set_max_proto_version(kind.newest)
    with tempfile.TemporaryDirectory() as folder:  # from files, as pyOpenSSL takes no ML-DSA key object
        for name, content in zip(("key", "certificate"), credentials(kind.key, issued), strict=True):
            (Path(folder) / name).write_bytes(content)
        found.use_certificate_chain_file(str(Path(folder) / "certificate"))
        found.use_privatekey_file(str(Path(folder) / "key"))
    if kind.groups and SSL._lib.SSL_CTX_set1_curves_list(found._context, kind.groups.encode()) != 1:
        raise ValueError(kind.groups)
    return found


@contextmanager
def serving(answer: Any, host: str = "127.0.0.1") -> Iterator[int]:
    """Listen on a free port of `host` and call ``answer(connection)`` in a thread for each; yield the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, backlog=128) as listener:
        ending = threading.Event()
        worker = threading.Thread(target=_accept, args=(listener, answer, ending), daemon=True)
        worker.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ending.set()
            with socket.socket(family) as knock:  # wakes the thread that waits
                knock.connect((host, listener.getsockname()[1]))
            worker.join(5)


def _accept(listener: socket.socket, answer: Any, ending: threading.Event) -> None:
    while True:
        connection, _ = listener.accept()
        if ending.is_set():
            connection.close()
            return
        threading.Thread(target=_one, args=(connection, answer), daemon=True).start()


def _one(connection: socket.socket, answer: Any) -> None:
    with connection:
        connection.settimeout(10)
        with suppress(OSError):  # the client has gone
            answer(connection)


def tls(server: SSL.Context) -> Any:
    """Return what makes a handshake on a connection and waits for its end."""

    def answer(connection: socket.socket) -> None:
        connection.settimeout(None)
        speaking = SSL.Connection(server, connection)
        speaking.set_accept_state()
        try:
            speaking.do_handshake()
            speaking.recv(1)
        except SSL.Error:
            pass

    return answer
