"""A whole TLS handshake with an endpoint, as a current client makes it, for the certificates that only it shows."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from typing import NamedTuple

from OpenSSL import SSL, crypto
from OpenSSL.SSL import Connection, Context

from lotrinh.register.probe.codes import group_name
from lotrinh.register.probe.wire import FailedError, Wire

MOST_CERTIFICATES = 8
"""Certificates of a chain that are kept."""

_CIPHERS = b"ALL:!ADH:!AECDH:!PSK:!SRP:@SECLEVEL=0"
_GROUPS = (
    b"?*X25519MLKEM768:?*X25519:?SecP256r1MLKEM768:?SecP384r1MLKEM1024:?MLKEM768:?MLKEM1024:?MLKEM512:"
    b"?P-256:?X448:?P-384:?P-521:?ffdhe2048:?ffdhe3072:?ffdhe4096"
)
"""Key shares go out for the two with a star; groups that the library does not know are passed over."""
_LEGACY_SERVER_CONNECT = 0x4


class Agreed(NamedTuple):
    """What was agreed, names as OpenSSL has them but for the group, and the certificates.

    `offered` is True where post-quantum groups were surely offered.
    """

    version: str
    cipher: str
    group: str
    offered: bool
    certificates: list[str]


def shake_hands(wire: Wire, name: str) -> Agreed:
    """Make a handshake over `wire`, say goodbye, and return what was agreed. Nothing is verified.

    Raises
    ------
    FailedError
        Where no handshake comes about.
    """
    context, offered = _context()
    connection = SSL.Connection(context, None)
    if name:
        connection.set_tlsext_host_name(name.encode("ascii"))
    connection.set_connect_state()
    while True:
        try:
            connection.do_handshake()
            break
        except SSL.WantReadError:
            _flush(connection, wire)
            connection.bio_write(wire.some())
        except SSL.Error as error:
            raise FailedError(_reason(error)) from None
    agreed = Agreed(
        connection.get_protocol_version_name(),
        connection.get_cipher_name() or "",
        group_name(_group(connection)),
        offered,
        _certificates(connection),
    )
    try:
        connection.shutdown()
        _flush(connection, wire)
    except (SSL.Error, OSError):
        pass  # it was told all the same
    return agreed


@lru_cache(maxsize=1)
def _context() -> tuple[Context, bool]:
    """Return a client that takes whatever the server has, however weak, and whether it offers post-quantum groups."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_cipher_list(_CIPHERS)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_options(_LEGACY_SERVER_CONNECT)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    # pyOpenSSL has no call of its own for groups; without this one the library's own choice is offered
    choose = getattr(getattr(SSL, "_lib", None), "SSL_CTX_set1_curves_list", None)
    chosen = choose is not None and choose(context._context, _GROUPS) == 1
    return context, chosen and SSL.OPENSSL_VERSION_NUMBER >= 0x30500000


def _flush(connection: Connection, wire: Wire) -> None:
    """Send what the handshake has to say."""
    while True:
        try:
            data = connection.bio_read(16384)
        except SSL.WantReadError:
            return
        wire.send(data)


def _group(connection: Connection) -> str:
    try:
        return connection.get_group_name() or ""
    except NotImplementedError:
        return ""


def _reason(error: Exception) -> str:
    """Return the words of OpenSSL for what went wrong."""
    try:
        return str(error.args[0][-1][2]) or "handshake failed"
    except (IndexError, TypeError):
        return "handshake failed"


def _certificates(connection: Connection) -> list[str]:
    """Return the certificates shown, the endpoint's own first, each in base64 of its DER."""
    chain = (connection.get_peer_cert_chain() or [])[:MOST_CERTIFICATES]
    return [b64encode(crypto.dump_certificate(crypto.FILETYPE_ASN1, each)).decode("ascii") for each in chain]
