"""Verdicts on whole sightings: certificates, keys, hosts, endpoints and protocols."""

import pytest

from lotrinh.register.classify import Classifier
from lotrinh.register.sightings import Sighting

CLASSIFIER = Classifier()
ECDHE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"


def verdict(kind, **facts):
    return CLASSIFIER.sighting(Sighting(kind, **facts))


@pytest.mark.parametrize(
    ("facts", "algorithm", "class_"),
    [
        ({"algorithm": "RSA", "bits": 2048, "signature": "sha256WithRSAEncryption"}, "RSA-2048", "forge_later"),
        ({"algorithm": "RSA", "bits": 1024, "signature": "sha256WithRSAEncryption"}, "RSA-1024", "already_weak"),
        ({"algorithm": "RSA", "bits": 4096, "signature": "1.2.840.113549.1.1.5"}, "RSA-4096", "already_weak"),
        ({"oid": "1.2.840.10045.2.1", "curve": "prime256v1"}, "ECDSA-P-256", "forge_later"),
        ({"oid": "2.16.840.1.101.3.4.3.18"}, "ML-DSA-65", "post_quantum"),
        ({"signature": "ecdsa-with-SHA384"}, "ECDSA", "forge_later"),
        ({"name": "www.example.org"}, "", "unknown"),
    ],
)
def test_certificates(facts, algorithm, class_):
    found = verdict("certificate", **facts)
    assert (found.algorithm, found.class_) == (algorithm, class_)
    assert found.function == ("signature" if algorithm else "")


def test_the_signature_of_a_root_by_itself_does_not_count():
    facts = {"algorithm": "RSA", "bits": 4096, "signature": "sha1WithRSAEncryption", "subject": "CN=Root"}
    assert verdict("certificate", **facts, issuer="CN=Root", authority="yes").class_ == "forge_later"
    assert verdict("certificate", **facts, issuer="CN=Root", authority="no").class_ == "already_weak"
    assert verdict("certificate", **facts, issuer="CN=Other", authority="yes").class_ == "already_weak"


@pytest.mark.parametrize(
    ("facts", "class_", "function"),
    [
        ({"algorithm": "RSA", "bits": 2048}, "harvest_now", "key_establishment"),
        ({"algorithm": "RSA", "bits": 2048, "functions": "sign"}, "forge_later", "signature"),
        ({"algorithm": "RSA", "bits": 2048, "functions": "decrypt sign"}, "harvest_now", "key_establishment"),
        ({"name": "RSA-2048", "bits": 2048}, "harvest_now", "key_establishment"),
        ({"name": "key:aes"}, "grover_margin", ""),
        ({"algorithm": "Ed25519"}, "forge_later", "signature"),
        ({"name": "private-key@577d943c", "bits": 2048}, "unknown", ""),
    ],
)
def test_keys(facts, class_, function):
    found = verdict("key", **facts)
    assert (found.class_, found.function) == (class_, function)


@pytest.mark.parametrize(
    ("facts", "algorithm", "class_"),
    [
        ({"algorithm": "ssh-rsa", "bits": 3072}, "RSA-3072", "forge_later"),
        ({"algorithm": "ssh-rsa", "bits": 1024}, "RSA-1024", "already_weak"),
        ({"algorithm": "ssh-ed25519", "bits": 256}, "Ed25519", "forge_later"),
        ({"algorithm": "ecdsa-sha2-nistp256"}, "ECDSA-P-256", "forge_later"),
        ({"algorithm": "rsa-sha2-512", "bits": 4096}, "RSA-4096", "forge_later"),
    ],
)
def test_host_keys(facts, algorithm, class_):
    assert verdict("host_key", **facts)[:4] == (algorithm, verdict("host_key", **facts).family, class_, "signature")


@pytest.mark.parametrize(
    ("facts", "algorithm", "family", "class_"),
    [
        (
            {"post_quantum": "hybrid", "groups": "X25519MLKEM768 x25519", "fallback": "yes"},
            "X25519MLKEM768",
            "",
            "hybrid",
        ),
        ({"post_quantum": "hybrid", "groups": "x25519 X25519MLKEM768"}, "X25519MLKEM768", "", "hybrid"),
        ({"post_quantum": "post_quantum", "groups": "MLKEM1024"}, "ML-KEM-1024", "", "post_quantum"),
        ({"post_quantum": "classical", "version": "TLSv1.3", "groups": "x25519"}, "X25519", "ecc", "harvest_now"),
        ({"post_quantum": "unknown", "version": "TLSv1.3", "groups": "x25519"}, "X25519", "ecc", "unknown"),
        ({"post_quantum": "unknown", "version": "TLSv1.2", "suites": ECDHE}, "ECDH", "ecc", "harvest_now"),
        ({"post_quantum": "", "version": "TLSv1.3", "groups": "x25519 secp256r1"}, "X25519", "ecc", "harvest_now"),
        ({"post_quantum": "", "version": "TLSv1.3", "groups": "4588 29"}, "X25519MLKEM768", "", "hybrid"),
        ({"post_quantum": "", "version": "TLSv1.3", "groups": "MLKEM768 x25519"}, "X25519", "ecc", "harvest_now"),
        ({"post_quantum": "", "version": "TLSv1.3"}, "", "", "unknown"),
        ({"post_quantum": "", "version": "TLSv1.2"}, "TLS-1.2", "", "harvest_now"),
        (
            {"post_quantum": "hybrid", "version": "TLSv1.0 TLSv1.3", "groups": "4588"},
            "X25519MLKEM768",
            "",
            "already_weak",
        ),
        ({"post_quantum": "classical", "version": "SSLv3"}, "SSL-3.0", "", "already_weak"),
        ({"post_quantum": "classical", "version": "TLS 1.1, TLS 1.2", "groups": "29"}, "X25519", "ecc", "already_weak"),
        ({"post_quantum": "classical", "version": "0x0303", "groups": "23"}, "ECDH-P-256", "ecc", "harvest_now"),
        ({"post_quantum": "classical", "version": "1.2", "suites": "AES128-SHA"}, "RSA", "rsa", "already_weak"),
        (
            {"post_quantum": "classical", "suites": ECDHE + " TLS_RSA_WITH_AES_128_CBC_SHA"},
            "ECDH",
            "ecc",
            "already_weak",
        ),
    ],
)
def test_endpoints_of_tls(facts, algorithm, family, class_):
    for kind in ("endpoint", "protocol"):
        found = verdict(kind, protocol="tls", **facts)
        assert (found.algorithm, found.family, found.class_) == (algorithm, family, class_)
        assert found.function == "key_establishment"


@pytest.mark.parametrize(
    ("facts", "algorithm", "class_"),
    [
        (
            {"groups": "mlkem768x25519-sha256 curve25519-sha256 kex-strict-s-v00@openssh.com"},
            "X25519MLKEM768",
            "hybrid",
        ),
        ({"groups": "curve25519-sha256 ecdh-sha2-nistp256"}, "X25519", "harvest_now"),
        ({"groups": "curve25519-sha256 diffie-hellman-group1-sha1"}, "X25519", "already_weak"),
        ({"groups": "curve25519-sha256", "suites": "aes256-ctr 3des-cbc"}, "X25519", "already_weak"),
        ({"version": "SSH-1.99", "groups": "curve25519-sha256"}, "X25519", "already_weak"),
        ({"version": "SSH-2.0-thing_1.5", "groups": "curve25519-sha256"}, "X25519", "harvest_now"),
        ({"version": "2.0"}, "", "unknown"),
    ],
)
def test_endpoints_of_ssh(facts, algorithm, class_):
    found = verdict("endpoint", protocol="ssh", **facts)
    assert (found.algorithm, found.class_) == (algorithm, class_)


def test_a_protocol_of_key_exchange_alone():
    assert verdict("protocol", protocol="ike", version="1").class_ == "already_weak"
    assert verdict("protocol", protocol="ike", version="IKEv2").class_ == "unknown"
    assert verdict("protocol", protocol="ike", version="2", groups="MODP_1024").class_ == "already_weak"
    assert verdict("protocol", protocol="wpa", version="2").class_ == "unknown"


def test_signatures_of_certificates_by_name_or_identifier():
    for name in ("sha256WithRSAEncryption", "1.2.840.113549.1.1.11", "SHA256-RSA"):
        assert CLASSIFIER.signature(Sighting("certificate", signature=name)).class_ == "forge_later"
    assert CLASSIFIER.signature(Sighting("certificate")).class_ == "unknown"
