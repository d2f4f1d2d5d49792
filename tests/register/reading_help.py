"""Reads files with the reader that recognises them, and makes certificates and keys."""

from __future__ import annotations

import base64
import datetime
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519

from lotrinh.base.registry import entries
from lotrinh.register.sightings import Batch, Sighting, Source

SCANS = Path(__file__).parent / "data" / "scans"
READERS = ("certificates", "nmap", "ownership", "pqcscan", "ssh_audit", "ssh_keys", "sslyze", "testssl", "zgrab2")
PEM, DER = form.Encoding.PEM, form.Encoding.DER
PKCS8, OLD, OPENSSH = form.PrivateFormat.PKCS8, form.PrivateFormat.TraditionalOpenSSL, form.PrivateFormat.OpenSSH
SPKI = form.PublicFormat.SubjectPublicKeyInfo
OPEN = form.NoEncryption()


def readers() -> dict:
    """Return the readers of scans and sheets by their names."""
    found = entries("lotrinh.register.readers")
    return {name: found[name] for name in READERS}


def recognised(path: Path) -> list[str]:
    """Return the names of the readers that take a file for theirs."""
    head = path.read_bytes()[:65536]
    return [name for name, reader in readers().items() if reader.recognises(head, path)]


def read(path: Path, name: str = "", system: str = "") -> Batch:
    """Read a file with the only reader that recognises it."""
    (reader,) = recognised(path)
    found = Batch()
    readers()[reader].read(Source(path, name or path.name, system), found)
    return found


def read_bytes(folder: Path, name: str, data: bytes) -> Batch:
    """Write a file and read it."""
    path = folder / name
    path.write_bytes(data)
    return read(path)


def of_kind(found: Batch, kind: str) -> list[Sighting]:
    return [sighting for sighting in found.sightings if sighting.kind == kind]


def codes(found: Batch) -> list[str]:
    return [issue.kind.code for issue in found.problems]


def make_key(kind: str):
    """Return a new private key: ``rsa1024``, ``p256``, ``ed25519``, …"""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    curves = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1(), "k256": ec.SECP256K1()}
    if kind in curves:
        return ec.generate_private_key(curves[kind])
    if kind == "dsa":
        return dsa.generate_private_key(1024)
    if kind.startswith("mldsa"):
        from cryptography.hazmat.primitives.asymmetric import mldsa

        return getattr(mldsa, f"MLDSA{kind[5:]}PrivateKey").generate()
    classes = {
        "ed25519": ed25519.Ed25519PrivateKey,
        "ed448": ed448.Ed448PrivateKey,
        "x25519": x25519.X25519PrivateKey,
        "x448": x448.X448PrivateKey,
    }
    return classes[kind].generate()


def make_name(common: str) -> x509.Name:
    parts = [(x509.NameOID.COUNTRY_NAME, "VN"), (x509.NameOID.ORGANIZATION_NAME, "Cơ quan, thử"), (None, common)]
    return x509.Name([x509.NameAttribute(oid or x509.NameOID.COMMON_NAME, text) for oid, text in parts])


def make_certificate(key, common="www.example.gov.vn", issuer=None, signer=None, authority=None, usage=None):
    """Return a certificate for the public half of `key`, signed by itself unless a signer is given."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(make_name(common))
        .issuer_name(make_name(issuer or common))
        .public_key(key.public_key())
        .serial_number(0xABCDEF0123)
        .not_valid_before(datetime.datetime(2026, 2, 3))
        .not_valid_after(datetime.datetime(2051, 5, 6))
    )
    if authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    signer = signer or key
    plain = isinstance(signer, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey)
    return builder.sign(signer, hashes.SHA256() if plain else None)


def spki(key) -> bytes:
    return key.public_key().public_bytes(DER, SPKI)


def secrets_of(key) -> set[bytes]:
    """Return the bytes that must never be seen of a private key: its numbers, raw."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        values = (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
        return {value.to_bytes((value.bit_length() + 7) // 8) for value in values}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {key.private_numbers().private_value.to_bytes(key.key_size // 8)}
    return {key.private_bytes_raw()}


def shows(text: str, secret: bytes) -> bool:
    """Return whether a text holds a piece of a secret: raw, in hexadecimal, decimal, or base64 at any offset."""
    pieces = [secret.hex(), str(int.from_bytes(secret)), secret[:16].hex(), secret[-16:].hex(), secret[8:24].hex()]
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret).decode().strip("=")[4 + shift : -4]
        pieces += [encoded[at : at + 16] for at in range(0, len(encoded) - 16, 8)]
    pieces += [repr(secret[at : at + 8])[2:-1] for at in range(0, len(secret) - 8, 4)]
    pieces = [_bare(piece) for piece in pieces]
    bare = _bare(text)
    return any(piece in bare for piece in pieces if len(piece) >= 12)


def _bare(text: str) -> str:
    return re.sub(r"[\s:'\"]|\\n", "", text).casefold()
