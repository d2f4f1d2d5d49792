"""Public keys as SSH writes them (RFC 4253, 5656, 8709), and the public half of key files of OpenSSH."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from hashlib import sha256

from lotrinh.register.readers import _der as der
from lotrinh.register.readers._x509 import Key, public_key

MAGIC = b"openssh-key-v1\0"
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_DSA, _EC = bytes.fromhex("06072a8648ce380401"), bytes.fromhex("06072a8648ce3d0201")
_ED25519, _ED448 = bytes.fromhex("300506032b6570"), bytes.fromhex("300506032b6571")
_CURVES = {
    b"nistp256": bytes.fromhex("06082a8648ce3d030107"),
    b"nistp384": bytes.fromhex("06052b81040022"),
    b"nistp521": bytes.fromhex("06052b81040023"),
}
_KIND = re.compile(r"(?:sk-)?[a-z]{2,10}-[a-z0-9-]{2,30}(?:@[a-z.]{3,20})?")
_CERTIFICATE = b"-cert-v01@openssh.com"
WORDS = {"ssh-rsa": "RSA", "ssh-dss": "DSA", "ssh-ed25519": "Ed25519", "ssh-ed448": "Ed448", "ecdsa-sha2-": "EC"}
"""Algorithm of a key by how its type begins; the hardware keys of OpenSSH begin with ``sk-`` before it."""


def fields(data: bytes) -> Iterator[bytes]:
    """Yield the strings of which a blob consists, each with its length before it."""
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if size > len(data) - at - 4:
            raise der.DerError("cut off")
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def kind_of(blob: bytes) -> str:
    """Return the type of a key blob, ``ssh-rsa`` and so on, or an empty string where it is none."""
    size = int.from_bytes(blob[:4])
    word = blob[4 : 4 + size].decode("ascii", "replace") if size <= 64 else ""
    return word if len(word) == size and _KIND.fullmatch(word) else ""


def key(blob: bytes) -> Key:
    """Return what a key blob says; the fingerprint is that of the same key in a certificate."""
    word, *rest = fields(blob)
    if word.endswith(_CERTIFICATE):
        word, rest = word.removesuffix(_CERTIFICATE), rest[1:]
    word = word.removeprefix(b"sk-").removesuffix(b"@openssh.com")
    if word == b"ssh-rsa" and len(rest) >= 2:
        numbers = der.write(der.INTEGER, rest[1]) + der.write(der.INTEGER, rest[0])
        return _public(_RSA, der.write(der.SEQUENCE, numbers))
    if word == b"ssh-dss" and len(rest) >= 4:
        parameters = der.write(der.SEQUENCE, b"".join(der.write(der.INTEGER, number) for number in rest[:3]))
        return _public(der.write(der.SEQUENCE, _DSA + parameters), der.write(der.INTEGER, rest[3]))
    if word.startswith(b"ecdsa-sha2-") and len(rest) >= 2 and rest[0] in _CURVES:
        return _public(der.write(der.SEQUENCE, _EC + _CURVES[rest[0]]), rest[1])
    if word in (b"ssh-ed25519", b"ssh-ed448") and rest:
        return _public(_ED25519 if word == b"ssh-ed25519" else _ED448, rest[0])
    return Key(named(word.decode("ascii", "replace")))


def named(word: str) -> str:
    """Return the algorithm that the type of a key names, or the type itself."""
    bare = word.removeprefix("sk-")
    return next((title for begin, title in WORDS.items() if bare.startswith(begin)), word[:80])


def _public(identifier: bytes, bits: bytes) -> Key:
    return public_key(der.write(der.SEQUENCE, identifier + der.write(der.BITS, b"\0" + bits)))


def blob_of(text: str | bytes) -> bytes:
    """Return the blob that base64 `text` writes, or nothing."""
    try:
        blob = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return b""
    return blob if kind_of(blob) else b""


def fingerprint(blob: bytes) -> str:
    """Return the SHA-256 of a key blob, as ``ssh-keygen -l`` takes it, in hexadecimal."""
    return sha256(blob).hexdigest()


def from_base64(text: str) -> str:
    """Return in hexadecimal a SHA-256 written in base64 with or without padding, or nothing."""
    try:
        digest = binascii.a2b_base64(text.removeprefix("SHA256:") + "==")
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""


def opened(data: bytes) -> tuple[bool, list[bytes]]:
    """Return whether a key file of OpenSSH is locked, and the blobs of its public keys; the private half is not read.

    Layout: the format of OpenSSH's PROTOCOL.key: cipher, key derivation, its options, count, public blobs.
    """
    if not data.startswith(MAGIC):
        raise der.DerError("not of OpenSSH")
    rest = fields(data[len(MAGIC) :])
    cipher, _, options = next(rest, b""), next(rest, b""), next(rest, b"")
    at = len(MAGIC) + 12 + len(cipher) + len(_) + len(options)
    count = int.from_bytes(data[at : at + 4])
    if not 1 <= count <= 16:
        raise der.DerError("no keys")
    blobs = []
    for _, blob in zip(range(count), fields(data[at + 4 :]), strict=False):
        if not kind_of(blob):
            raise der.DerError("no key")
        blobs.append(blob)
    return cipher != b"none", blobs
