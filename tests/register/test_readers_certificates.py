"""Certificates and keys in every usual file, beside what `cryptography` says of them."""

import base64
import datetime
import hashlib
import warnings
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.register.reading_help import (
    DER,
    OLD,
    OPEN,
    OPENSSH,
    PEM,
    PKCS8,
    SCANS,
    codes,
    make_certificate,
    make_key,
    make_name,
    of_kind,
    read,
    read_bytes,
    readers,
    recognised,
    spki,
)

from lotrinh.register.readers import _der, _x509
from lotrinh.register.readers._containers import MOST_ROUNDS, rounds
from lotrinh.register.sightings import Batch, Source

KINDS = ("rsa1024", "rsa2048", "rsa4096", "p256", "p384", "p521", "ed25519", "ed448")
OTHER = ("x25519", "x448", "dsa", "k256", "mldsa44", "mldsa65", "mldsa87")
SIZES = {"rsa1024": 1024, "rsa2048": 2048, "rsa4096": 4096, "p256": 256, "p384": 384, "p521": 521}
MLDSA65 = "2.16.840.1.101.3.4.3.18"
ROOT = make_key("p256")
USAGE = dict.fromkeys(("content_commitment", "data_encipherment", "crl_sign", "encipher_only"), False)
USAGE |= {"decipher_only": False, "key_cert_sign": False}


@pytest.fixture(scope="session")
def keys() -> dict:
    return {kind: make_key(kind) for kind in (*KINDS, *OTHER)}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def agrees(sighting, certificate: x509.Certificate) -> None:
    """Hold a sighting against the library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        serial = certificate.serial_number
    public = certificate.public_key().public_bytes(DER, form.PublicFormat.SubjectPublicKeyInfo)
    assert sighting.fingerprint == certificate.fingerprint(hashes.SHA256()).hex()
    assert sighting.key_fingerprint == sha256(public)
    assert sighting.subject == certificate.subject.rfc4514_string()
    assert sighting.issuer == certificate.issuer.rfc4514_string()
    assert sighting.serial == f"{serial:x}"
    assert sighting.signature == certificate.signature_algorithm_oid.dotted_string
    assert sighting.oid == certificate.public_key_algorithm_oid.dotted_string
    assert sighting.not_before == certificate.not_valid_before_utc.date().isoformat()
    assert sighting.not_after == certificate.not_valid_after_utc.date().isoformat()
    size = getattr(certificate.public_key(), "key_size", 0)
    assert sighting.bits == size or not size


@pytest.mark.parametrize("kind", [*KINDS, "mldsa65"])
@pytest.mark.parametrize("coding", [PEM, DER], ids=["pem", "der"])
def test_a_certificate_says_what_the_library_says(tmp_path, keys, kind, coding) -> None:
    certificate = make_certificate(keys[kind], authority=True)
    found = read_bytes(tmp_path, "www.crt", certificate.public_bytes(coding))
    (sighting,) = found.sightings
    agrees(sighting, certificate)
    assert sighting.kind == "certificate"
    assert sighting.authority == "yes"
    assert sighting.issuer_key == sighting.key_fingerprint
    assert sighting.bits == SIZES.get(kind, sighting.bits)
    assert sighting.location == "www.crt"
    assert not found.problems


def test_every_root_of_the_machine_agrees_with_the_library() -> None:
    stores = [Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/ssl/cert.pem")]
    store = next((path for path in stores if path.is_file()), None)
    if store is None:
        pytest.skip("no store of roots here")
    found = read(store)
    sightings = {sighting.fingerprint: sighting for sighting in found.sightings}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for certificate in x509.load_pem_x509_certificates(store.read_bytes()):
            sighting = sightings[certificate.fingerprint(hashes.SHA256()).hex()]
            assert sighting.subject == certificate.subject.rfc4514_string()
            assert sighting.trust_store == "yes"


def test_a_post_quantum_certificate_has_its_identifier(tmp_path, keys) -> None:
    (sighting,) = read_bytes(tmp_path, "pq.pem", make_certificate(keys["mldsa65"]).public_bytes(PEM)).sightings
    assert (sighting.oid, sighting.signature, sighting.algorithm) == (MLDSA65, MLDSA65, "ML-DSA-65")


@pytest.mark.parametrize("dotted", ["2.16.840.1.101.3.4.3.26", "1.2.643.7.1.1.1.1", "1.2.3.4.5.6.7"])
def test_unknown_algorithms_keep_their_identifier(tmp_path, keys, dotted) -> None:
    """The identifier of Ed25519 gives way to another one, as of keys that no library here knows."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    contents = b"".join(map(septets, (40 * first + second, *rest)))
    old, new = bytes.fromhex("300506032b6570"), _der.write(0x30, _der.write(0x06, contents))
    data, key = make_certificate(keys["ed25519"]).public_bytes(DER), spki(keys["ed25519"])
    start, stop = _der.expect(data, 0, len(data), 0x30)
    begin, end = _der.expect(data, start, stop, 0x30)
    changed = _der.write(0x30, key[2:].replace(old, new))
    signed = data[begin:end].replace(key, changed).replace(old, new)
    whole = _der.write(0x30, _der.write(0x30, signed) + data[end:].replace(old, new))
    (sighting,) = read_bytes(tmp_path, "x.der", whole).sightings
    assert (sighting.oid, sighting.signature) == (dotted, dotted)
    assert (sighting.fingerprint, sighting.key_fingerprint) == (sha256(whole), sha256(changed))
    assert sighting.not_after == "2051-05-06"


def septets(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.insert(0, arc & 0x7F | 0x80)
    return bytes(digits)


def test_a_signature_with_sha_1_is_told(tmp_path, keys) -> None:
    data = make_certificate(keys["rsa2048"]).public_bytes(DER)
    patched = data.replace(bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105"))
    (sighting,) = read_bytes(tmp_path, "old.cer", patched).sightings
    assert sighting.signature == "1.2.840.113549.1.1.5"


@pytest.mark.parametrize("kept", [0.02, 0.2, 0.4, 0.6, 0.9])
def test_a_certificate_that_breaks_off_is_kept(tmp_path, keys, kept) -> None:
    data = make_certificate(keys["rsa2048"]).public_bytes(DER)
    part = data[: int(len(data) * kept)]
    text = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(part) + b"-----END CERTIFICATE-----\n"
    found = read_bytes(tmp_path, "part.pem", text)
    (sighting,) = found.sightings
    assert sighting.fingerprint == sha256(part)
    assert codes(found) == ["S107"]


def test_a_chain_knows_its_issuers(tmp_path, keys) -> None:
    root = make_certificate(ROOT, "Root", authority=True)
    middle = make_certificate(keys["p384"], "Middle", "Root", ROOT, authority=True)
    leaf = make_certificate(keys["rsa2048"], "leaf", "Middle", keys["p384"], authority=False)
    text = b"".join(one.public_bytes(PEM) for one in (leaf, middle, root))
    found = read_bytes(tmp_path, "fullchain.pem", b"# a remark\n" + text)
    assert [one.issuer_key for one in found.sightings] == [sha256(spki(key)) for key in (keys["p384"], ROOT, ROOT)]
    assert [one.authority for one in found.sightings] == ["no", "yes", "yes"]
    assert found.sightings[0].reference == "2"
    assert {one.trust_store for one in found.sightings} == {""}


def test_the_use_of_a_key_is_told(tmp_path, keys) -> None:
    for words, expected in (
        ({"digital_signature": True, "key_encipherment": True, "key_agreement": False}, "verify"),
        ({"digital_signature": False, "key_encipherment": True, "key_agreement": False}, "encrypt"),
        ({"digital_signature": False, "key_encipherment": False, "key_agreement": True}, "keyderive"),
    ):
        certificate = make_certificate(keys["rsa2048"], usage=x509.KeyUsage(**{**USAGE, **words}))
        (sighting,) = read_bytes(tmp_path, "use.pem", certificate.public_bytes(PEM)).sightings
        assert sighting.functions == expected


@pytest.mark.parametrize("kind", [*KINDS, *OTHER])
def test_an_open_private_key_tells_its_public_half(tmp_path, keys, kind) -> None:
    key = keys[kind]
    forms = [(PEM, PKCS8), (DER, PKCS8)]
    if kind.startswith(("rsa", "p", "dsa", "k")):
        forms += [(PEM, OLD), (DER, OLD)]
    if kind.startswith(("rsa", "p", "ed25519")):
        forms += [(PEM, OPENSSH)]
    for number, (coding, shape) in enumerate(forms):
        found = read_bytes(tmp_path, f"{number}.key", key.private_bytes(coding, shape, OPEN))
        (sighting,) = found.sightings
        assert (sighting.kind, sighting.name) == ("key", "private key")
        assert sighting.key_fingerprint == sha256(spki(key)), (coding, shape)
        assert sighting.algorithm
        assert not found.problems


def test_a_locked_key_is_an_asset_and_a_problem(tmp_path, keys) -> None:
    lock = form.BestAvailableEncryption(b"word")
    for name, data in {
        "a.pem": keys["rsa2048"].private_bytes(PEM, PKCS8, lock),
        "a.der": keys["rsa2048"].private_bytes(DER, PKCS8, lock),
        "b.pem": keys["rsa2048"].private_bytes(PEM, OLD, lock),
    }.items():
        found = read_bytes(tmp_path, name, data)
        (sighting,) = found.sightings
        assert (sighting.kind, sighting.name) == ("key", "encrypted private key")
        assert codes(found) == ["S108"]
    assert sighting.algorithm == "RSA"


def test_public_keys_requests_and_revocation_lists(tmp_path, keys) -> None:
    key = keys["p256"]
    public = key.public_key().public_bytes(PEM, form.PublicFormat.SubjectPublicKeyInfo)
    request = x509.CertificateSigningRequestBuilder().subject_name(make_name("csr")).sign(key, hashes.SHA256())
    day = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateRevocationListBuilder().issuer_name(make_name("ca")).last_update(day)
    crl = builder.next_update(day.replace(year=2027)).sign(key, hashes.SHA384())
    text = public + request.public_bytes(PEM) + crl.public_bytes(PEM)
    found = read_bytes(tmp_path, "mixed.pem", text)
    first, second, third = found.sightings
    assert first.key_fingerprint == second.key_fingerprint == sha256(spki(key))
    assert second.subject.startswith("CN=csr")
    assert (third.kind, third.oid) == ("algorithm", "1.2.840.10045.4.3.3")
    for name, data in {"r.csr": request.public_bytes(DER), "c.crl": crl.public_bytes(DER)}.items():
        (sighting,) = read_bytes(tmp_path, name, data).sightings
        assert sighting.name in ("certificate request", "certificate revocation list")
    old = keys["rsa2048"].public_key().public_bytes(PEM, form.PublicFormat.PKCS1)
    (sighting,) = read_bytes(tmp_path, "rsa.pem", old).sightings
    assert sighting.key_fingerprint == sha256(spki(keys["rsa2048"]))


def test_pkcs_7_and_12(tmp_path, keys) -> None:
    one, two = make_certificate(keys["rsa2048"], "one"), make_certificate(keys["p256"], "two")
    for coding in (PEM, DER):
        found = read_bytes(tmp_path, "c.p7b", pkcs7.serialize_certificates([one, two], coding))
        assert {sighting.key_fingerprint for sighting in found.sightings} == {
            sha256(spki(keys["rsa2048"])),
            sha256(spki(keys["p256"])),
        }
    bundle = pkcs12.serialize_key_and_certificates(b"x", keys["p256"], two, [one], OPEN)
    found = read_bytes(tmp_path, "open.p12", bundle)
    assert [sighting.kind for sighting in found.sightings] == ["certificate", "certificate", "key"]
    assert found.sightings[2].key_fingerprint == sha256(spki(keys["p256"]))
    lock = form.BestAvailableEncryption(b"word")
    found = read_bytes(tmp_path, "locked.pfx", pkcs12.serialize_key_and_certificates(b"x", keys["p256"], two, [], lock))
    assert [(sighting.kind, sighting.name) for sighting in found.sightings] == [("key", "encrypted private key")]
    assert codes(found) == ["S108"]


def test_a_hostile_pkcs_12_does_not_hash_for_years(tmp_path, keys) -> None:
    lock = form.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(500_000).build(b"x")
    data = pkcs12.serialize_key_and_certificates(b"x", keys["p256"], None, [], lock)
    assert rounds(data) == 500_000
    patched = data.replace(b"\x02\x03\x07\xa1\x20", b"\x02\x03\x7f\xff\xff")
    assert rounds(patched) == 0x7FFFFF > MOST_ROUNDS
    assert codes(read_bytes(tmp_path, "years.p12", patched)) == ["S108"]


@pytest.mark.parametrize("name", ["java.jks", "java.jceks"])
def test_keystores_of_java_show_certificates_and_count_keys(name) -> None:
    found = read(SCANS / name)
    assert len(of_kind(found, "certificate")) == (2 if name == "java.jks" else 3)
    private = next(sighting for sighting in found.sightings if sighting.name == "encrypted private key")
    web = next(sighting for sighting in found.sightings if "CN=web" in sighting.subject)
    assert private.key_fingerprint == web.key_fingerprint
    assert private.depends == web.reference
    assert [sighting.name for sighting in of_kind(found, "key") if sighting is not private] == (
        [] if name == "java.jks" else ["secret key"]
    )


def test_the_root_store_of_java_is_a_root_store() -> None:
    found = read(SCANS / "cacerts")
    assert [(sighting.kind, sighting.trust_store) for sighting in found.sightings] == [("certificate", "yes")]


def test_root_stores_and_test_keys_are_recognised(tmp_path, keys) -> None:
    roots = [make_certificate(keys["p256"], f"Root {n}", authority=True).public_bytes(PEM) for n in range(25)]
    found = read_bytes(tmp_path, "many.pem", b"".join(roots))
    assert {sighting.trust_store for sighting in found.sightings} == {"yes"}
    found = read_bytes(tmp_path, "few.pem", b"".join(roots[:10]))
    assert {sighting.trust_store for sighting in found.sightings} == {""}
    path = tmp_path / "few.pem"
    for name, store, test in (
        ("image/etc/ssl/certs/Root.pem", "yes", ""),
        ("lib/python3/site-packages/certifi/cacert.pem", "yes", ""),
        ("etc/letsencrypt/live/www/cert.pem", "", ""),
        ("app/tests/fixtures/few.pem", "", "yes"),
        ("etc/ssl/private/ssl-cert-snakeoil.pem", "", "yes"),
        ("etc/latest/contest.pem", "", ""),
    ):
        first = read(path, name).sightings[0]
        assert (first.trust_store, first.test) == (store, test), name


def test_a_private_key_in_a_root_store_stays_work(tmp_path, keys) -> None:
    path = tmp_path / "k.pem"
    path.write_bytes(keys["p256"].private_bytes(PEM, PKCS8, OPEN))
    (sighting,) = read(path, "etc/ssl/certs/k.pem", "portal").sightings
    assert (sighting.trust_store, sighting.system) == ("", "portal")


def test_bare_base64_byte_order_marks_and_utf_16(tmp_path, keys) -> None:
    certificate = make_certificate(keys["p256"])
    pem = certificate.public_bytes(PEM)
    for data in (
        base64.encodebytes(certificate.public_bytes(DER)),
        b"\xef\xbb\xbf" + pem,
        pem.decode().encode("utf-16"),
        pem.replace(b"\n", b"\r\n"),
        b"Bag Attributes\n    friendlyName: x\n" + pem,
    ):
        (sighting,) = read_bytes(tmp_path, "c.cer", data).sightings
        assert sighting.fingerprint == certificate.fingerprint(hashes.SHA256()).hex()


def test_a_file_cut_off_in_a_block_keeps_the_rest(tmp_path, keys) -> None:
    pem = make_certificate(keys["p256"]).public_bytes(PEM)
    found = read_bytes(tmp_path, "cut.pem", pem + pem[:200] + b"\n" + pem + pem[:100])
    assert len(found.sightings) == 4
    assert "S102" in codes(found)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"\x30", b"\x30\x84\xff\xff\xff\xff", b"-----BEGIN ", b"0" * 5000, b"\x30\x80\x00\x00"]
)
def test_junk_is_a_problem_and_no_exception(tmp_path, data) -> None:
    path = tmp_path / "junk.pem"
    path.write_bytes(data)
    found = Batch()
    readers()["certificates"].read(Source(path, "junk.pem"), found)
    assert found.problems


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_files_never_raise(tmp_path_factory, data) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = _SAMPLES[data.draw(st.integers(0, len(_SAMPLES) - 1))]
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    path = folder / "damaged"
    path.write_bytes(bytes(changed[:cut]))
    found = Batch()
    readers()["certificates"].read(Source(path, "damaged"), found)
    assert found.sightings or found.problems


def _samples() -> list[bytes]:
    key = ROOT
    one = make_certificate(key)
    return [
        one.public_bytes(DER),
        one.public_bytes(PEM) + key.private_bytes(PEM, PKCS8, OPEN),
        key.private_bytes(PEM, OPENSSH, OPEN),
        key.private_bytes(DER, OLD, OPEN),
        pkcs7.serialize_certificates([one], DER),
        (SCANS / "java.jks").read_bytes(),
        (SCANS / "cacerts").read_bytes(),
    ]


_SAMPLES = _samples()


def test_keys_of_ssh(tmp_path, keys) -> None:
    lines, blobs = [], {}
    for kind in ("rsa2048", "p256", "p384", "p521", "ed25519"):
        line = keys[kind].public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
        lines.append(line)
        blobs[kind] = base64.b64decode(line.split()[1])
    found = read_bytes(tmp_path, "authorized_keys", b"\n".join(b'no-pty,command="a b" ' + line for line in lines))
    assert [one.key_fingerprint for one in found.sightings] == [sha256(spki(keys[kind])) for kind in blobs]
    assert [one.fingerprint for one in found.sightings] == [sha256(blob) for blob in blobs.values()]
    text = b"a.example.gov.vn,192.0.2.1 %s\n[b.example.gov.vn]:2222 %s\n|1|aaaa=|bbbb= %s\n@cert-authority *.vn %s\nx\n"
    found = read_bytes(tmp_path, "known_hosts", text % tuple(lines[:4]))
    assert [(one.kind, one.host, one.port) for one in found.sightings] == [
        ("host_key", "a.example.gov.vn", 22),
        ("host_key", "192.0.2.1", 22),
        ("host_key", "b.example.gov.vn", 2222),
        ("host_key", "", 0),
        ("host_key", "*.vn", 22),
    ]
    assert [(issue.kind.code, issue.place.row) for issue in found.problems] == [("S107", 5)]


def test_a_locked_key_of_openssh_tells_its_public_half(tmp_path) -> None:
    (sighting,) = read(SCANS / "openssh_locked").sightings
    (public,) = read(SCANS / "openssh_locked.pub").sightings
    assert sighting.name == "encrypted private key"
    assert sighting.key_fingerprint == public.key_fingerprint
    assert sighting.fingerprint == public.fingerprint


def test_readers_do_not_take_each_other_s_files() -> None:
    for path in sorted(SCANS.iterdir()):
        if path.suffix != ".md":
            assert len(recognised(path)) == 1, path.name


def test_the_sizes_of_dotted_identifiers_are_bounded() -> None:
    with pytest.raises(_der.DerError):
        _der.oid(b"\xff" * 65)
    assert _der.oid(bytes.fromhex("2a864886f70d010101")) == "1.2.840.113549.1.1.1"


def test_names_agree_with_the_library() -> None:
    odd = ' #a+b,c;d<e>"\\ '
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, odd)])
    assert _x509.name(name.public_bytes()) == name.rfc4514_string()
