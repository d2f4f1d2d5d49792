"""Certificates, keys, requests and revocation lists: PEM, DER, PKCS #7, PKCS #12, keystores of Java."""

from __future__ import annotations

import binascii
import mmap
import re
from pathlib import Path

from lotrinh.register.readers import _der as der
from lotrinh.register.readers._containers import JAVA, SIGNED, java, pkcs12, signed_data
from lotrinh.register.readers._found import BROKEN, CUT_OFF, NOTHING, UNREADABLE
from lotrinh.register.readers._keys import File
from lotrinh.register.readers._x509 import Key
from lotrinh.register.sightings import Batch, Source

TITLE = "Certificates and keys"
SUFFIXES = (
    *(".pem", ".crt", ".cer", ".der", ".key", ".csr", ".crl", ".p7b", ".p7c", ".p12", ".pfx", ".jks", ".jceks"),
    *(".keystore", ".truststore", ".p8", ".pk8", ".bundle"),
)

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9#. ]{3,40})-----")
_OURS = re.compile(rb"-----BEGIN [A-Z0-9#. ]*(CERTIFICATE|KEY|CRL|PKCS ?#?7|CMS|DH PARAMETERS)[A-Z0-9# ]*-----")
_OTHER = (b"{", b"[", b"<", b"PK\x03\x04", b"%PDF")
_TABLES = (".csv", ".tsv")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CUT = b"-----BEGIN "


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is one of certificates or keys, by its first bytes or its name."""
    start = head.lstrip()[:8]
    if start.startswith(_OTHER) or not start or path.suffix.casefold() in _TABLES:
        return False
    if head[:4] in JAVA or _OURS.search(head):
        return True
    if head[:1] == b"\x30" and _kind(head, 0, len(head)):
        return True
    return path.suffix.casefold() in SUFFIXES and not start.startswith((b"ssh-", b"ecdsa-", b"sk-"))


def read(source: Source, found: Batch) -> None:
    """Add every certificate and key of a file to `found`."""
    file = File(source, found)
    with source.path.open("rb") as stream:
        start = stream.read(4)
        if start[:2] in _MARKS:
            text = source.path.read_bytes().decode("utf-16", "replace")
            _pem(file, text.encode("utf-8", "replace"))
        elif start in JAVA:
            java(file, source.path.read_bytes())
        elif start[:1] == b"\x30":
            _der(file, source.path.read_bytes())
        elif start:
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                if data.find(_CUT) >= 0:
                    _pem(file, data)
                elif not _bare(file, bytes(data)):
                    file.problem(UNREADABLE, "")
    file.close()
    if not found.sightings and not found.problems:
        file.problem(NOTHING, "")


def _pem(file: File, data: bytes | mmap.mmap) -> None:
    """Add every block of a PEM file (RFC 7468), each by the line on which it begins."""
    line, at, end = 1, 0, 0
    size = len(data)
    while found := _BEGIN.search(data, end):
        begin = found.start()
        line += data[at:begin].count(b"\n")
        at = begin
        label = found[1].decode()
        end = data.find(b"-----END ", found.end())
        following = data.find(_CUT, found.end(), end if end >= 0 else size)
        if end < 0 or following >= 0:
            file.problem(CUT_OFF, str(line))
            end = following if following >= 0 else size
            _block(file, label, data[found.end() : end], str(line), broken=True)
        else:
            _block(file, label, data[found.end() : end], str(line))


def _block(file: File, label: str, text: bytes, where: str, *, broken: bool = False) -> None:
    """Add what one block of a PEM file holds; text of a private key that cannot be read is not looked into."""
    locked = b"ENCRYPTED" in text
    if b":" in text:
        text = re.split(rb"\r?\n[ \t]*\r?\n", text, maxsplit=1)[-1]
        text = b"\n".join(line for line in text.splitlines() if b":" not in line)
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error:
        if not broken:
            file.problem(BROKEN, where)
        data = b""
    if label.endswith("CERTIFICATE"):
        file.certificate(_first(data), where)
    elif label.endswith("CERTIFICATE REQUEST"):
        file.request(data, where)
    elif label == "X509 CRL":
        file.revocations(data, where)
    elif label == "OPENSSH PRIVATE KEY":
        file.openssh(data, where)
    elif label == "ENCRYPTED PRIVATE KEY" or (locked and label.endswith("PRIVATE KEY")):
        file.locked(where, label.split(maxsplit=1)[0].replace("ENCRYPTED", ""))
    elif label.endswith("PRIVATE KEY"):
        word = label.split(maxsplit=1)[0]
        file.private(data, where, "" if word in ("PRIVATE", "ANY") else word)
    elif label == "RSA PUBLIC KEY":
        bits = der.write(der.BITS, b"\0" + data)
        file.public(der.write(der.SEQUENCE, bytes.fromhex("300d06092a864886f70d0101010500") + bits), where)
    elif label.endswith("PUBLIC KEY") and "SSH2" not in label and "PGP" not in label:
        file.public(data, where)
    elif label.startswith("PKCS") or label == "CMS":
        signed_data(file, data, where)
    elif label in ("DH PARAMETERS", "X9.42 DH PARAMETERS"):
        _parameters(file, data, where)


def _first(data: bytes) -> bytes:
    """Return a certificate without the settings of trust that OpenSSL may write after it."""
    try:
        return der.whole(data)
    except (der.DerError, IndexError):
        return data


def _parameters(file: File, data: bytes, where: str) -> None:
    """Add a group of Diffie and Hellman by its size (PKCS #3)."""
    try:
        start, stop = der.expect(data, 0, len(data), der.SEQUENCE)
        first, last = der.expect(data, start, stop, der.INTEGER)
        bits = int.from_bytes(data[first:last]).bit_length()
        file.add("algorithm", where, Key("DH", bits=bits, primitive="key-agree"), name="DH parameters")
    except (der.DerError, IndexError):
        file.problem(BROKEN, where)


def _bare(file: File, text: bytes) -> bool:
    """Add what a file of base64 without any mark around it holds; return whether there was something."""
    try:
        data = binascii.a2b_base64(b"".join(text.split()), strict_mode=True)
    except binascii.Error:
        return False
    if data[:1] != b"\x30" or not _kind(data, 0, len(data)):
        return False
    _der(file, data)
    return True


def _der(file: File, data: bytes) -> None:
    """Add the elements of DER that follow one another in a file, each by its offset."""
    at = 0
    while at < len(data) and data[at] == 0x30:
        try:
            end = der.element(data, at, len(data))[2]
        except (der.DerError, IndexError):
            end = len(data)
            file.problem(CUT_OFF, f"byte {at}")
        _one(file, _kind(data, at, len(data)), data[at:end], f"byte {at}")
        at = end
    if at == 0 or data[at:].strip(b"\0\r\n "):
        file.problem(CUT_OFF, f"byte {at}")


def _one(file: File, kind: str, data: bytes, where: str) -> None:
    if kind == "private":
        file.private(data, where)
    elif kind == "public":
        file.public(data, where)
    elif kind == "locked":
        file.locked(where)
    elif kind == "revocations":
        file.revocations(data, where)
    elif kind == "request":
        file.request(data, where)
    elif kind == "signed":
        signed_data(file, data, where)
    elif kind == "container":
        pkcs12(file, data, where)
    elif kind == "certificate":
        file.certificate(data, where)
    else:
        file.problem(UNREADABLE, where)


def _kind(data: bytes, at: int, end: int) -> str:
    """Return what the element at `at` is by the tags with which it begins; it may break off behind them."""
    tags = _opening(data, at, end)
    if not tags:
        return ""
    tag, first, last = tags[0]
    if tag == der.OID:
        return "signed" if data[first - 2 :].startswith(SIGNED) else ""
    following = tags[1][0] if len(tags) > 1 else 0
    if tag == der.INTEGER:
        if data[first:last] == b"\x03" and following == der.SEQUENCE:
            return "container"
        return "private" if following in (der.INTEGER, der.SEQUENCE, der.OCTETS) and last - first == 1 else ""
    if tag != der.SEQUENCE:
        return ""
    inner = [one[0] for one in _inside(data, first, end)]
    if inner[:1] == [der.OID]:
        return {der.BITS: "public", der.OCTETS: "locked"}.get(following, "")
    if inner[:1] == [0xA0] or inner[:3] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE]:
        if inner[:4] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE, 0xA0]:
            return "request"
        dated = len(inner) > 3 and inner[3] in (0x17, 0x18)
        return "revocations" if dated else "certificate"
    if inner[:2] == [der.SEQUENCE, der.SEQUENCE]:
        return "revocations"
    return ""


def _opening(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """Return the first elements of the one that begins at `at`, also where it goes beyond `end`."""
    if at + 2 > end or data[at] != der.SEQUENCE:
        return []
    return _inside(data, at + 2 + (data[at + 1] & 0x7F if data[at + 1] >= 0x80 else 0), end)


def _inside(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    """Return tag, start and stop of up to six elements from `at` on; the last may go beyond `end`."""
    tags: list[tuple[int, int, int]] = []
    while at + 2 <= end and len(tags) < 6:
        size, start = data[at + 1], at + 2
        if size >= 0x80:
            size, start = int.from_bytes(data[start : start + (size & 0x7F)]), start + (size & 0x7F)
        tags.append((data[at], start, start + size))
        at = start + size
    return tags
