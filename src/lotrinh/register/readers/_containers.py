"""Containers of certificates and keys: PKCS #7, PKCS #12, and the keystores of Java."""

from __future__ import annotations

from itertools import pairwise

from lotrinh.base.text import t
from lotrinh.register.readers import _der as der
from lotrinh.register.readers import _x509
from lotrinh.register.readers._found import BROKEN, CUT_OFF, clean
from lotrinh.register.readers._keys import File

SIGNED = bytes.fromhex("06092a864886f70d010702")
"""Identifier of PKCS #7 signed data, 1.2.840.113549.1.7.2."""
_IN_BAG = bytes.fromhex("060a2a864886f70d01091601")
"""Identifier of an X.509 certificate in a bag of PKCS #12, 1.2.840.113549.1.9.22.1."""
JAVA = {b"\xfe\xed\xfe\xed": "JKS", b"\xce\xce\xce\xce": "JCEKS"}
"""The first bytes of the keystores of Java."""
PUBLIC_PASSWORD = b"changeit"
"""Documented password of the store of public roots that every Java has; tried on such stores only."""
MOST_ROUNDS = 2_000_000
"""Rounds of password hashing that a file may ask for; common tools write up to 600,000."""
_DEEPEST = 20


def signed_data(file: File, data: bytes, where: str) -> None:
    """Add the certificates and revocation lists of PKCS #7 signed data (RFC 2315, 5652)."""
    try:
        at, stop = der.expect(data, 0, len(data), der.SEQUENCE)
        _, at = der.expect(data, at, stop, der.OID)
        at, stop = der.expect(data, at, stop, 0xA0)
        at, stop = der.expect(data, at, stop, der.SEQUENCE)
        number = 0
        for tag, _, first, last in der.children(data, at, stop):
            for _, begin, _, end in der.children(data, first, last) if tag in (0xA0, 0xA1) else ():
                number += 1
                add = file.certificate if tag == 0xA0 else file.revocations
                add(data[begin:end], f"{where}/{number}")
    except (der.DerError, IndexError):
        file.problem(BROKEN, where)


def pkcs12(file: File, data: bytes, where: str) -> None:
    """Add what a PKCS #12 file (RFC 7292) shows without a password: with an empty one, or what is not encrypted."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs12 as container  # noqa: PLC0415

    empty: tuple[bytes | None, ...] = (None, b"")
    for password in (*empty, PUBLIC_PASSWORD) if file.store else empty:
        try:
            if rounds(data) > MOST_ROUNDS:
                break
            inside = container.load_pkcs12(data, password)
        except Exception:
            continue
        held = [one for one in (inside.cert, *inside.additional_certs) if one]
        for number, one in enumerate(held, start=1):
            file.certificate(one.certificate.public_bytes(form.Encoding.DER), f"{where}/{number}")
        if inside.key is not None:
            public = inside.key.public_key()
            bare = public.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
            file.add("key", f"{where}/key", _x509.public_key(bare), name="private key")
        return
    number, at = 0, data.find(_IN_BAG)
    while at >= 0:
        at += len(_IN_BAG)
        try:
            start, stop = der.expect(data, at, len(data), 0xA0)
            start, stop = der.expect(data, start, stop, der.OCTETS)
            number += 1
            file.certificate(data[start:stop], f"{where}/{number}")
        except (der.DerError, IndexError):
            file.problem(BROKEN, where)
        at = data.find(_IN_BAG, at)
    file.locked(where)


def rounds(data: bytes, depth: int = 0) -> int:
    """Return the most rounds of password hashing that any part of a PKCS #12 file asks for."""
    most = 0
    try:
        parts = list(der.children(data, 0, len(data)))
    except (der.DerError, IndexError):
        return 0
    for (tag, _, first, last), (second, _, begin, end) in pairwise(parts):
        if tag == der.OCTETS and second == der.INTEGER and last - first <= 1024:
            most = max(most, int.from_bytes(data[begin:end]))
    for tag, _, first, last in parts:
        if depth < _DEEPEST and (tag & 0x20 or tag == der.OCTETS):
            most = max(most, rounds(data[first:last], depth + 1))
    return most


def java(file: File, data: bytes) -> None:
    """Add the certificates of a keystore of Java, and its private keys by their certificates.

    Layout, as `sun.security.provider.JavaKeyStore` documents it: magic, version, count; then of each entry its tag (1
    private key, 2 certificate, 3 secret key), alias and date. Private keys are stepped over and never read.
    """
    reader = _Java(data)
    number = count = 0
    try:
        reader.step(4)
        version, count = reader.number(), reader.number()
        if version not in (1, 2):
            raise der.DerError("another version")
        for number in range(1, count + 1):
            tag, alias = reader.number(), clean(reader.text())
            reader.step(8)
            where = f"{number}/{alias}"
            if tag == 1:
                reader.step(reader.number())
                chain = [reader.certificate(version) for _ in range(reader.number())]
                seen = [file.certificate(each, f"{where}/{at}") for at, each in enumerate(chain, start=1)]
                key = _x509.certificate(chain[0]).key if chain else _x509.Key()
                file.add("key", where, key, name="encrypted private key", depends=seen[0].reference if seen else "")
            elif tag == 2:
                file.certificate(reader.certificate(version), where)
            elif tag == 3:
                file.add("key", where, name="secret key")
                if number < count:
                    raise der.DerError("its length is not told")
            else:
                raise der.DerError("another tag")
    except (der.DerError, IndexError):
        file.problem(CUT_OFF, f"{number}", t("{count} entries", count=count))


class _Java:
    """Reads numbers, texts and certificates one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def step(self, size: int) -> bytes:
        """Return the next `size` bytes and go past them."""
        if size > len(self._data) - self._at:
            raise der.DerError("cut off")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self) -> int:
        return int.from_bytes(self.step(4))

    def text(self) -> str:
        return self.step(int.from_bytes(self.step(2))).decode("utf-8", "replace")

    def certificate(self, version: int) -> bytes:
        if version == 2:
            self.text()
        return self.step(self.number())
