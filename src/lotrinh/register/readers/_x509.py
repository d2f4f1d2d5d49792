"""What certificates and public keys say of themselves (RFC 5280), found without a cryptographic library.

One walk for every algorithm: national and post-quantum keys need no support, and a certificate that breaks off still
gives its fingerprint and all that stands before the break. Tests hold it against `cryptography`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from lotrinh.register.readers import _der as der

SIGN, AGREE, KEM, ENCRYPT = (
    ("signature", "sign verify"),
    ("key-agree", "keyderive"),
    ("kem", "encapsulate"),
    ("pke", ""),
)
ALGORITHMS: dict[str, tuple[str, tuple[str, str], int]] = {
    "1.2.840.113549.1.1.1": ("RSA", ("", ""), 0),
    "1.2.840.113549.1.1.7": ("RSAES-OAEP", ENCRYPT, 0),
    "1.2.840.113549.1.1.10": ("RSASSA-PSS", SIGN, 0),
    "1.2.840.10045.2.1": ("EC", ("", ""), 0),
    "1.3.132.1.12": ("ECDH", AGREE, 0),
    "1.2.840.10040.4.1": ("DSA", SIGN, 0),
    "1.2.840.113549.1.3.1": ("DH", AGREE, 0),
    "1.2.840.10046.2.1": ("DH", AGREE, 0),
    "1.3.101.110": ("X25519", AGREE, 255),
    "1.3.101.111": ("X448", AGREE, 448),
    "1.3.101.112": ("Ed25519", SIGN, 255),
    "1.3.101.113": ("Ed448", SIGN, 456),
    "2.16.840.1.101.3.4.3.17": ("ML-DSA-44", SIGN, 0),
    "2.16.840.1.101.3.4.3.18": ("ML-DSA-65", SIGN, 0),
    "2.16.840.1.101.3.4.3.19": ("ML-DSA-87", SIGN, 0),
    "2.16.840.1.101.3.4.4.1": ("ML-KEM-512", KEM, 0),
    "2.16.840.1.101.3.4.4.2": ("ML-KEM-768", KEM, 0),
    "2.16.840.1.101.3.4.4.3": ("ML-KEM-1024", KEM, 0),
}
"""Name, primitive and functions, and size of keys by identifier (RFC 3279, 8410, 9881, 9935). What is not here
keeps its identifier, by which it is classified.
"""
CURVES = {
    "1.2.840.10045.3.1.1": ("P-192", 192),
    "1.3.132.0.33": ("P-224", 224),
    "1.2.840.10045.3.1.7": ("P-256", 256),
    "1.3.132.0.34": ("P-384", 384),
    "1.3.132.0.35": ("P-521", 521),
    "1.3.132.0.10": ("secp256k1", 256),
    "1.3.36.3.3.2.8.1.1.7": ("brainpoolP256r1", 256),
    "1.3.36.3.3.2.8.1.1.11": ("brainpoolP384r1", 384),
    "1.3.36.3.3.2.8.1.1.13": ("brainpoolP512r1", 512),
    "1.2.156.10197.1.301": ("SM2", 256),
}
"""Name and size of curves by identifier (RFC 5480, 5639; GM/T 0006)."""
_ATTRIBUTES = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_PLAIN = re.compile(r"\w[\w.:/@() -]*[\w.)]")
_CODECS = {0x0C: "utf-8", 0x14: "latin-1", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}
_BASIC, _USAGE = b"\x06\x03\x55\x1d\x13", b"\x06\x03\x55\x1d\x0f"
_ECC, _FINITE = ("1.2.840.10045.2.1", "1.3.132.1.12"), ("DSA", "DH")


class Key(NamedTuple):
    """A public key: what `Sighting` calls algorithm, oid, parameter, curve, bits, primitive and functions."""

    algorithm: str = ""
    oid: str = ""
    parameter: str = ""
    curve: str = ""
    bits: int = 0
    primitive: str = ""
    functions: str = ""
    key_fingerprint: str = ""


_NONE = Key()


class Certificate(NamedTuple):
    """What one certificate says; `names` are subject and issuer as bytes, by which chains are joined."""

    whole: bool
    key: Key
    names: tuple[bytes, bytes]
    facts: dict[str, str]


def certificate(data: bytes) -> Certificate:
    """Return what the certificate in `data` says; `whole` is False where it breaks off or is none."""
    facts = {"fingerprint": sha256(data).hexdigest()}
    key, names = _NONE, [b"", b""]
    try:
        start, stop = der.expect(data, 0, len(data), der.SEQUENCE)
        at, end = der.expect(data, start, stop, der.SEQUENCE)
        after = end
        tag, first, last = der.element(data, at, end)
        modern = tag == 0xA0
        if modern:
            tag, first, last = der.element(data, last, end)
        if tag != der.INTEGER:
            raise der.DerError("no serial number")
        facts["serial"] = f"{int.from_bytes(data[first:last], signed=True):x}"
        first, last = der.expect(data, last, end, der.SEQUENCE)
        facts["signature"] = _identifier(data[first:last])[0]
        for place, word in ((1, "issuer"), (0, "subject")):
            at = last
            first, last = der.expect(data, at, end, der.SEQUENCE)
            names[place] = data[at:last]
            facts[word] = name(names[place])
            if place:
                first, last = der.expect(data, last, end, der.SEQUENCE)
                _validity(data, first, last, facts)
        at = last
        first, last = der.expect(data, at, end, der.SEQUENCE)
        key = public_key(data[at:last])
        extensions = data[last:end]
        facts["authority"] = _authority(extensions) if modern else ""
        if usage := _usage(extensions):
            key = key._replace(functions=usage)
        der.expect(data, after, stop, der.SEQUENCE)
    except (der.DerError, IndexError):
        return Certificate(False, key, (names[0], names[1]), facts)
    return Certificate(True, key, (names[0], names[1]), facts)


def _validity(data: bytes, start: int, stop: int, facts: dict[str, str]) -> None:
    tag, first, last = der.element(data, start, stop)
    facts["not_before"] = _date(tag, data[first:last])
    tag, first, last = der.element(data, last, stop)
    facts["not_after"] = _date(tag, data[first:last])


def _date(tag: int, text: bytes) -> str:
    """Return the ISO date of a UTCTime or a GeneralizedTime, or an empty string."""
    digits = text[:8].decode("ascii", "replace")
    if tag == 0x17:
        digits = ("19" if digits >= "50" else "20") + digits[:6]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else ""


def _extension(extensions: bytes, mark: bytes, tag: int) -> bytes | None:
    """Return the contents of the value of the extension whose identifier is `mark`, where it has `tag`."""
    at = extensions.find(mark)
    if at < 0:
        return None
    end = len(extensions)
    found, first, last = der.element(extensions, at + len(mark), end)
    if found == 0x01:
        found, first, last = der.element(extensions, last, end)
    if found != der.OCTETS:
        return None
    start, stop = der.expect(extensions, first, last, tag)
    return extensions[start:stop]


def _authority(extensions: bytes) -> str:
    basic = _extension(extensions, _BASIC, der.SEQUENCE)
    return "yes" if basic and basic[0] == 0x01 and basic[2] else "no"


def _usage(extensions: bytes) -> str:
    """Return what the key may be used for, where its certificate says: signing goes before the rest."""
    bits = _extension(extensions, _USAGE, der.BITS)
    if not bits or len(bits) < 2:
        return ""
    if bits[1] & 0b11000110:
        return "verify"
    return "encrypt" if bits[1] & 0b00110000 else "keyderive" if bits[1] & 0b00001000 else ""


@lru_cache(maxsize=65536)
def name(data: bytes) -> str:
    """Return a distinguished name as RFC 4514 writes it, the last part first."""
    start, stop = der.expect(data, 0, len(data), der.SEQUENCE)
    return ",".join([_part(data[first:last]) for _, _, first, last in der.children(data, start, stop)][::-1])


@lru_cache(maxsize=65536)
def _part(data: bytes) -> str:
    """Return one part of a distinguished name: an attribute, seldom several."""
    pairs = []
    for _, _, start, stop in der.children(data, 0, len(data)):
        kind, upto = der.expect(data, start, stop, der.OID)
        tag, first, last = der.element(data, upto, stop)
        dotted = der.oid(data[kind:upto])
        text = data[first:last].decode(_CODECS.get(tag, "utf-8"), "replace")
        pairs.append(f"{_ATTRIBUTES.get(dotted, dotted)}={text if _PLAIN.fullmatch(text) else _escaped(text)}")
    return "+".join(pairs)


def _escaped(text: str) -> str:
    """Return the value of an attribute with what RFC 4514 escapes; characters that cannot be shown are left out."""
    text = "".join(letter for letter in text if letter.isprintable())
    text = "".join("\\" + letter if letter in '"+,;<>\\' else letter for letter in text)
    text = "\\" + text if text[:1] in ("#", " ") else text
    return text[:-1] + "\\ " if len(text) > 1 and text[-1] == " " else text


def _identifier(contents: bytes) -> tuple[str, bytes]:
    """Return the identifier and the parameters of the contents of an AlgorithmIdentifier."""
    start, stop = der.expect(contents, 0, len(contents), der.OID)
    return der.oid(contents[start:stop]), contents[stop:]


@lru_cache(maxsize=4096)
def algorithm(contents: bytes) -> Key:
    """Return what the contents of an AlgorithmIdentifier of a key say."""
    dotted, parameters = _identifier(contents)
    title, (primitive, functions), bits = ALGORITHMS.get(dotted, ("", ("", ""), 0))
    key = Key(title, dotted, "", "", bits, primitive, functions)
    if not parameters:
        return key
    tag, start, stop = der.element(parameters, 0, len(parameters))
    if tag == der.OID:
        given = der.oid(parameters[start:stop])
        curve, bits = CURVES.get(given, (given, 0))
        return key._replace(curve=curve, bits=bits)
    if title in _FINITE and tag == der.SEQUENCE:
        first, last = der.expect(parameters, start, stop, der.INTEGER)
        return key._replace(bits=_bits(parameters[first:last]))
    if dotted.startswith("1.2.643.") and tag == der.SEQUENCE:
        first, last = der.expect(parameters, start, stop, der.OID)
        return key._replace(parameter=der.oid(parameters[first:last]))
    return key._replace(curve="explicit") if dotted in _ECC else key


def _bits(number: bytes) -> int:
    return int.from_bytes(number).bit_length()


def public_key(data: bytes) -> Key:
    """Return what a SubjectPublicKeyInfo says, and the SHA-256 of it."""
    start, stop = der.expect(data, 0, len(data), der.SEQUENCE)
    first, last = der.expect(data, start, stop, der.SEQUENCE)
    key = algorithm(data[first:last])
    bits = key.bits
    if not bits:
        begin, end = der.expect(data, last, stop, der.BITS)
        if key.algorithm.startswith("RSA"):
            number, _ = der.expect(data, begin + 1, end, der.SEQUENCE)
            number, close = der.expect(data, number, end, der.INTEGER)
            bits = _bits(data[number:close])
        elif key.oid in _ECC and data[begin + 1] == 0x04:
            bits = (end - begin - 2) * 4
    return Key(*key[:4], bits, key.primitive, key.functions, sha256(data[:stop]).hexdigest())
