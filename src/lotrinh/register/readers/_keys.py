"""Sightings of certificates and keys from their bytes; of a private key only what its public half tells."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lotrinh.base.issues import IssueKind, Place
from lotrinh.base.text import Text
from lotrinh.register.readers import _der as der
from lotrinh.register.readers import _ssh, _x509
from lotrinh.register.readers._found import BROKEN, LOCKED, SECRET, joined, report
from lotrinh.register.readers._x509 import Key
from lotrinh.register.sightings import Batch, Sighting, Source

ROOTS_LEAST, ROOTS_SHARE = 20, 0.8
"""A file with so many certificates, of which this share are authorities that sign themselves, is a store of roots."""

_STORES = re.compile(
    r"(^|/)(etc/ssl/certs|ca-certificates|ca-trust|trust-source|certifi)/|(^|/)cacerts$|"
    r"(^|/)(cacerts?|ca-bundle|ca-certificates|tls-ca-bundle|curl-ca-bundle)\.(pem|crt|jks|p12)$"
)
_TESTS = re.compile(
    r"(^|/)(tests?|testdata|test-data|test_data|testing|fixtures?|mocks?|__tests__)/|(^|/)tests?[-_.][^/]*$|"
    r"[-_]tests?\.[^/]*$|snakeoil",
)
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_EC = bytes.fromhex("06072a8648ce3d0201")
NO_KEY = Key()
PEM = re.compile(rb"-----BEGIN ([A-Z0-9# ]{3,40})-----(.*?)-----END ", re.DOTALL)


@dataclass(slots=True)
class File:
    """One file while its certificates and keys are gathered, so that issuers in it are found by name.

    host, port, seen: of the endpoint that sent them, where there is one.
    store, test: whether it is known as a store of public roots, or as material of tests, by its path; what endpoints
        sent is neither.  roots: authorities so far that sign themselves.
    """

    source: Source
    found: Batch
    host: str = ""
    port: int = 0
    seen: str = ""
    store: bool = False
    roots: int = 0
    certificates: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    """Of each certificate where it stands among the sightings, and the names of subject and issuer."""
    test: str = ""

    def __post_init__(self) -> None:
        if self.host:
            return
        named = self.source.name.replace("\\", "/").casefold()
        self.store = bool(_STORES.search(named) or _STORES.search(self.source.path.as_posix().casefold()))
        self.test = "yes" if _TESTS.search(named) else ""

    def add(self, kind: str, where: str, key: Key = NO_KEY, **facts: Any) -> Sighting:
        """Add a sighting of `kind` that stands at `where` in the file."""
        sighting = Sighting(
            kind,
            *(facts.pop("name", ""), key.algorithm, key.oid, key.parameter, key.curve, key.bits, key.primitive),
            facts.pop("functions", "") or key.functions,
            key_fingerprint=key.key_fingerprint,
            host=self.host,
            port=self.port,
            system=self.source.system,
            location=f"{self.host}:{self.port}" if self.host else self.source.name,
            reference=where,
            seen=self.seen,
            trust_store="yes" if self.store and kind == "certificate" else "",
            test=self.test,
            **facts,
        )
        self.found.sightings.append(sighting)
        return sighting

    def problem(self, kind: IssueKind, where: str, expected: Text | None = None) -> None:
        """Report a problem at `where`: a line, or a place inside the file."""
        row = int(where) if where.isdigit() else None
        report(self.found, kind, Place(self.source.name, "", row, "" if row else where), expected)

    def certificate(self, data: bytes, where: str) -> Sighting:
        """Add the certificate in `data`, also where it is damaged."""
        whole, key, names, facts = _x509.certificate(data)
        if not whole:
            self.problem(BROKEN, where)
        if names[0] and names[0] == names[1]:
            facts["issuer_key"] = key.key_fingerprint
            self.roots += facts.get("authority") == "yes"
        self.certificates.append((len(self.found.sightings), *names))
        return self.add("certificate", where, key, name=facts.get("subject", ""), **facts)

    def close(self) -> None:
        """Join certificates to issuers in the same file, and mark the file as a store of roots where it is one."""
        sightings = self.found.sightings
        keys: dict[bytes, set[str]] = {}
        for at, subject, _ in self.certificates:
            keys.setdefault(subject, set()).add(sightings[at].key_fingerprint)
        many = len(self.certificates)
        store = many >= ROOTS_LEAST and self.roots >= ROOTS_SHARE * many and not self.store
        for at, _, issuer in self.certificates:
            one = keys.get(issuer, set()) if issuer else set()
            if not sightings[at].issuer_key and len(one) == 1:
                sightings[at] = sightings[at]._replace(issuer_key=next(iter(one)))
            if store:
                sightings[at] = sightings[at]._replace(trust_store="yes")

    def endpoint(
        self,
        protocol: str,
        standing: tuple[str, str],
        groups: Iterable[str] = (),
        versions: Iterable[str] = (),
        suites: Iterable[str] = (),
        depends: Iterable[str] = (),
        component: str = "",
    ) -> None:
        """Add the endpoint itself; `standing` is what `_found.standing` says of its groups."""
        name = f"{self.host}:{self.port}"
        sighting = Sighting(
            *("endpoint", name),
            protocol=protocol,
            version=joined(versions),
            suites=joined(suites),
            groups=joined(groups),
            post_quantum=standing[0],
            fallback=standing[1],
            host=self.host,
            port=self.port,
            system=self.source.system,
            component=component,
            component_kind="application" if component else "",
            reference=name,
            depends=joined(depends),
            seen=self.seen,
        )
        self.found.sightings.append(sighting)
        self.close()

    def public(self, data: bytes, where: str, name: str = "public key") -> None:
        """Add the public key in a SubjectPublicKeyInfo."""
        try:
            self.add("key", where, _x509.public_key(data), name=name)
        except (der.DerError, IndexError):
            self.problem(BROKEN, where)
            self.add("key", where, name=name)

    def request(self, data: bytes, where: str) -> None:
        """Add the key of a certification request (RFC 2986)."""
        key, subject = Key(), ""
        try:
            at, _ = der.expect(data, 0, len(data), der.SEQUENCE)
            start, stop = der.expect(data, at, len(data), der.SEQUENCE)
            _, (_, first, _, last), (_, begin, _, end), *_ = der.children(data, start, stop)
            subject = _x509.name(data[first:last])
            key = _x509.public_key(data[begin:end])
        except (ValueError, IndexError):
            self.problem(BROKEN, where)
        self.add("key", where, key, name="certificate request", subject=subject)

    def revocations(self, data: bytes, where: str) -> None:
        """Add the signature of a list of revoked certificates (RFC 5280)."""
        signature, issuer = "", ""
        try:
            at, _ = der.expect(data, 0, len(data), der.SEQUENCE)
            start, stop = der.expect(data, at, len(data), der.SEQUENCE)
            parts = list(der.children(data, start, stop))
            parts = parts[1:] if parts[0][0] == der.INTEGER else parts
            first, last = der.expect(data, parts[0][2], parts[0][3], der.OID)
            signature, issuer = der.oid(data[first:last]), _x509.name(data[parts[1][1] : parts[1][3]])
        except (der.DerError, IndexError):
            self.problem(BROKEN, where)
        key = Key(oid=signature, primitive="signature", functions="sign")
        self.add("algorithm", where, key, name="certificate revocation list", issuer=issuer)

    def ssh(self, blob: bytes, where: str, kind: str = "key", **facts: Any) -> None:
        """Add the key of SSH in `blob`; its own fingerprint is kept beside that of the bare key."""
        try:
            key = _ssh.key(blob)
        except (der.DerError, IndexError, ValueError):
            self.problem(BROKEN, where)
            key = Key(_ssh.named(_ssh.kind_of(blob)))
        self.add(kind, where, key, fingerprint=_ssh.fingerprint(blob), **facts)

    def openssh(self, data: bytes, where: str) -> None:
        """Add the keys of a private key file of OpenSSH."""
        try:
            locked, blobs = _ssh.opened(data)
        except der.DerError:
            self.problem(BROKEN, where)
            self.add("key", where, name="private key")
            return
        for blob in blobs:
            self.ssh(blob, where, name="encrypted private key" if locked else "private key")

    def private(self, data: bytes, where: str, label: str = "") -> None:
        """Add a private key in PKCS #8, PKCS #1, SEC 1 or the form of DSA by what its public half tells."""
        key = Key()
        try:
            key = _public_half(data)
        except (der.DerError, IndexError):
            self.problem(BROKEN, where)
        self.add("key", where, key if key.algorithm or key.oid else Key(label), name="private key")

    def locked(self, where: str, label: str = "") -> None:
        """Add a private key that a password protects."""
        self.problem(LOCKED, where)
        self.add("key", where, Key(label), name="encrypted private key")

    def chain(self, texts: Sequence[str]) -> list[str]:
        """Add the certificates that an endpoint sent, in PEM or bare base64; return their references."""
        references = []
        for text in texts:
            where = f"{self.host}:{self.port}/certificate/{len(self.certificates) + 1}"
            data = decoded(text.encode("utf-8", "replace"))
            if "PRIVATE KEY" in text:
                self.problem(SECRET, where)
            elif data:
                references.append(self.certificate(data, where).reference)
            elif text:
                self.problem(BROKEN, where)
        return references


def decoded(text: bytes) -> bytes:
    """Return the bytes of the first certificate in PEM, or of bare base64; nothing where it is neither."""
    if found := PEM.search(text):
        if found[1] not in (b"CERTIFICATE", b"X509 CERTIFICATE"):
            return b""
        text = found[2]
    try:
        data = binascii.a2b_base64(text)
    except binascii.Error:
        return b""
    return data if data[:1] == b"\x30" else b""


def _public_half(data: bytes) -> Key:
    """Return the public half of an unlocked private key. Numbers of RSA and DSA are taken from where they stand; for
    curves that are not written down `cryptography` is asked, which works them out.
    """
    start, stop = der.expect(data, 0, len(data), der.SEQUENCE)
    parts = list(der.children(data, start, stop))
    tags = tuple(part[0] for part in parts)
    if tags[:3] == (der.INTEGER, der.SEQUENCE, der.OCTETS):
        _, _, first, last = parts[1]
        identifier, inner = data[parts[1][1] : last], data[parts[2][2] : parts[2][3]]
        key = _x509.algorithm(data[first:last])
        if key.algorithm.startswith("RSA"):
            begin, end = der.expect(inner, 0, len(inner), der.SEQUENCE)
            return _rsa(identifier, inner, list(der.children(inner, begin, end)))
        return _worked_out(data, key)
    if len(tags) >= 9 and set(tags[:9]) == {der.INTEGER}:
        return _rsa(_RSA, data, parts)
    if len(tags) == 6 and set(tags) == {der.INTEGER}:
        return _worked_out(data, Key("DSA", bits=int.from_bytes(data[parts[1][2] : parts[1][3]]).bit_length()))
    if tags[:2] == (der.INTEGER, der.OCTETS):
        named = next((data[first:last] for tag, _, first, last in parts if tag == 0xA0), b"")
        return _worked_out(data, _x509.algorithm(_EC + named))
    raise der.DerError("no private key")


def _rsa(identifier: bytes, data: bytes, parts: Sequence[tuple[int, int, int, int]]) -> Key:
    """Return the public key of which the second and third number are modulus and exponent (RFC 8017)."""
    numbers = der.write(der.SEQUENCE, data[parts[1][1] : parts[2][3]])
    return _x509.public_key(der.write(der.SEQUENCE, identifier + der.write(der.BITS, b"\0" + numbers)))


def _worked_out(data: bytes, otherwise: Key) -> Key:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    try:
        public = form.load_der_private_key(data, None).public_key()
        return _x509.public_key(public.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return otherwise
