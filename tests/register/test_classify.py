"""Verdicts on names, on whole uses and on what persons taught."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.register.wild import WILD

from lotrinh.register.algorithms import identifiers
from lotrinh.register.classes import CLASSES, FAMILIES
from lotrinh.register.classify import UNKNOWN, Classifier, Taught
from lotrinh.register.judge import strength_of

KNOWN = [row for row in WILD if row[1]]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier()


@pytest.mark.parametrize(("name", "algorithm", "family", "class_", "function"), WILD, ids=[row[0] for row in WILD])
def test_wild_names(classifier, name, algorithm, family, class_, function):
    found = classifier.algorithm(name)
    assert (found.algorithm, found.family, found.class_, found.function) == (algorithm, family, class_, function)


@pytest.mark.parametrize(
    ("name", "strength"), [("RSA-1536", 96), ("RSA-15360", 256), ("BN254", 100), ("AEGIS-256", 256)]
)
def test_strength_goes_with_the_whole_name(classifier, name, strength):
    assert classifier.algorithm(name).strength == strength


def test_every_size_of_rsa_is_read_as_a_size(classifier):
    """No alias takes the first digits of a number; told by the rule of sizes alone."""
    for bits in range(512, 16385, 8):
        for name in (f"RSA-{bits}", f"RSA{bits}"):
            found = classifier.algorithm(name)
            assert (found.algorithm, found.strength) == (f"RSA-{bits}", strength_of("rsa", bits)), name


@given(st.sampled_from(KNOWN), st.sampled_from("-_ /"), st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_case_and_separators_do_not_matter(row, separator, recase):
    name = row[0]
    if name[0].isdigit() or "@" in name or name.startswith(("urn:", "TLS")):
        return
    classifier = Classifier()
    varied = recase(name)
    for old in "-_ /":
        varied = varied.replace(old, separator)
    assert classifier.algorithm(varied) == classifier.algorithm(name)


@given(st.text(max_size=60))
def test_any_text_has_a_verdict(name):
    verdict = Classifier().algorithm(name)
    assert verdict.class_ in CLASSES
    assert verdict.family in FAMILIES


@given(st.text(alphabet="abdehrsx0123456789-+@.", max_size=40))
def test_any_mixture_of_syllables_has_a_verdict(name):
    Classifier().ssh_method(name)
    Classifier().suite(name)
    Classifier().group(name)


def test_the_identifier_goes_before_the_name(classifier):
    assert classifier.algorithm("AES", oid="2.16.840.1.101.3.4.1.46").algorithm == "AES-256"
    assert classifier.algorithm("Name here", oid="oid:1.2.840.113549.1.1.5").algorithm == "RSA-SHA-1"
    assert classifier.algorithm("X25519", oid="1.3.101.112").algorithm == "Ed25519"
    assert classifier.algorithm("SHA512", oid="2.16.840.1.101.3.4.3.18").algorithm == "ML-DSA-65"


def test_the_name_adds_to_a_general_identifier(classifier):
    assert classifier.algorithm("ECDSA", oid="1.2.840.10045.2.1", functions="encapsulate").class_ == "forge_later"
    assert classifier.algorithm("AES-128", oid="2.16.840.1.101.3.4.1").algorithm == "AES-128"
    assert classifier.algorithm("EC-secp384r1", oid="1.2.840.10045.2.1").strength == 192
    assert classifier.algorithm("RSA-1024", oid="1.2.840.113549.1.1.1").class_ == "already_weak"


@pytest.mark.parametrize(
    ("facts", "algorithm", "class_"),
    [
        ({"name": "RSA", "parameter": "2048", "functions": "sign verify"}, "RSA-2048", "forge_later"),
        ({"name": "RSA", "bits": 2048, "functions": "decrypt"}, "RSA-2048", "harvest_now"),
        ({"name": "RSA", "bits": 2048, "functions": "sign keyEncipherment"}, "RSA-2048", "harvest_now"),
        ({"name": "RSA", "bits": 2048, "primitive": "signature"}, "RSA-2048", "forge_later"),
        ({"name": "RSA", "bits": 2048, "primitive": "pke", "functions": "sign"}, "RSA-2048", "forge_later"),
        ({"name": "RSA", "bits": 2048}, "RSA-2048", "harvest_now"),
        ({"name": "RSA", "bits": 1024, "functions": "sign"}, "RSA-1024", "already_weak"),
        ({"name": "SHA512withRSA", "parameter": "512", "bits": 512}, "RSA", "forge_later"),
        ({"name": "SHA256-RSA", "parameter": "256"}, "RSA", "forge_later"),
        ({"name": "ECDSA", "curve": "secp256r1"}, "ECDSA-P-256", "forge_later"),
        ({"name": "ECDSA", "curve": "1.2.840.10045.3.1.7"}, "ECDSA-P-256", "forge_later"),
        ({"name": "ECDSA", "parameter": "P-384"}, "ECDSA-P-384", "forge_later"),
        ({"name": "ECDH", "curve": "curve25519"}, "X25519", "harvest_now"),
        ({"name": "EC", "curve": "secp256r1", "functions": "sign"}, "ECDSA-P-256", "forge_later"),
        ({"name": "EC", "bits": 192}, "EC-192", "already_weak"),
        ({"curve": "brainpool/brainpoolP160r1"}, "EC-brainpoolP160r1", "already_weak"),
        ({"curve": "nums/numsp256d1"}, "EC", "harvest_now"),
        ({"name": "ECDSA", "curve": "somebody's own"}, "ECDSA", "forge_later"),
        ({"name": "AES", "parameter": "192"}, "AES-192", "grover_margin"),
        ({"name": "AES", "bits": 256}, "AES-256", "grover_margin"),
        ({"name": "ML-KEM", "parameter": "768"}, "ML-KEM-768", "post_quantum"),
        ({"name": "ML-KEM", "parameter": "ML-KEM-1024"}, "ML-KEM-1024", "post_quantum"),
        ({"name": "SLH-DSA", "parameter": "SHA2-128s"}, "SLH-DSA-SHA2-128s", "post_quantum"),
        ({"name": "DSA", "parameter": "2048"}, "DSA-2048", "forge_later"),
        ({"name": "256", "parameter": "256"}, "", "unknown"),
    ],
)
def test_uses(classifier, facts, algorithm, class_):
    found = classifier.algorithm(**facts)
    assert (found.algorithm, found.class_) == (algorithm, class_)


def test_strengths_are_those_of_the_standards():
    """SP 800-57 part 1, table 2; SP 800-56B rev. 2, appendix D."""
    rsa = {1024: 80, 2048: 112, 3072: 128, 4096: 152, 6144: 176, 8192: 200, 15360: 256}
    assert {bits: strength_of("rsa", bits) for bits in rsa} == rsa
    ecc = {160: 80, 192: 80, 224: 112, 256: 128, 384: 192, 521: 256}
    assert {bits: strength_of("ecc", bits) for bits in ecc} == ecc
    assert strength_of("", 256) == 0


@pytest.mark.parametrize(
    ("group", "algorithm", "class_"),
    [
        ("x25519", "X25519", "harvest_now"),
        ("0x001d", "X25519", "harvest_now"),
        ("29", "X25519", "harvest_now"),
        ("secp256r1", "ECDH-P-256", "harvest_now"),
        ("prime256v1 (secp256r1)", "ECDH-P-256", "harvest_now"),
        ("4588", "X25519MLKEM768", "hybrid"),
        ("0x11EC", "X25519MLKEM768", "hybrid"),
        ("0x11,0xEB", "SecP256r1MLKEM768", "hybrid"),
        ("4589", "SecP384r1MLKEM1024", "hybrid"),
        ("25497", "X25519Kyber768", "hybrid"),
        ("MLKEM768", "ML-KEM-768", "post_quantum"),
        ("513", "ML-KEM-768", "post_quantum"),
        ("ffdhe3072", "DH-ffdhe3072", "harvest_now"),
        ("256", "DH-ffdhe2048", "harvest_now"),
        ("19", "ECDH-P-192", "already_weak"),
        ("65000", "", "unknown"),
    ],
)
def test_groups(classifier, group, algorithm, class_):
    found = classifier.group(group)
    assert (found.algorithm, found.class_) == (algorithm, class_)


def test_every_group_and_scheme_of_the_registry_is_read(classifier):
    for register in ("tls_group", "tls_scheme"):
        for name in identifiers(register).values():
            assert classifier.algorithm(name).class_ != "unknown", name


@pytest.mark.parametrize(
    ("method", "algorithm", "class_"),
    [
        ("ssh-rsa", "RSA-SHA-1", "already_weak"),
        ("ssh-dss", "DSA-SHA-1", "already_weak"),
        ("rsa-sha2-512", "RSA", "forge_later"),
        ("diffie-hellman-group1-sha1", "DH-modp1024", "already_weak"),
        ("diffie-hellman-group14-sha1", "DH-modp2048", "harvest_now"),
        ("diffie-hellman-group14-sha256", "DH-modp2048", "harvest_now"),
        ("diffie-hellman-group-exchange-sha1", "DH", "already_weak"),
        ("diffie-hellman-group-exchange-sha256", "DH", "harvest_now"),
        ("ecdh-sha2-1.3.132.0.10", "ECDH-secp256k1", "harvest_now"),
        ("gss-group16-sha512-*", "DH-modp4096", "harvest_now"),
        ("gss-gex-sha1-dZuIebMjgUqaxvbF7hDbAw==", "DH", "already_weak"),
        ("rsa1024-sha1", "RSAES-OAEP-1024", "already_weak"),
        ("sntrup761x25519-sha512", "sntrup761x25519", "hybrid"),
        ("mlkem1024nistp384-sha384", "SecP384r1MLKEM1024", "hybrid"),
        ("ecdh-nistp256-kyber-512r3-sha256-d00@openquantumsafe.org", "ECDH-P-256+Kyber-512", "hybrid"),
        ("ssh-mldsa-65", "ML-DSA-65", "post_quantum"),
        ("3des-cbc", "3DES", "already_weak"),
        ("none", "NULL", "already_weak"),
        ("kex-strict-s-v00@openssh.com", "", "unknown"),
        ("ext-info-c", "", "unknown"),
    ],
)
def test_ssh_methods(classifier, method, algorithm, class_):
    found = classifier.ssh_method(method)
    assert (found.algorithm, found.class_) == (algorithm, class_)


def taught(name, **facts):
    return Taught(name=name, evidence="expert", **facts)


def test_what_was_taught_goes_first():
    classifier = Classifier(
        [
            taught("ACME-KEM*", class_="post_quantum", function="key_establishment", algorithm="ACME-KEM"),
            taught("house signature", algorithm="ECDSA-P-256"),
            taught("1.2.3.4.*", class_="grover_margin"),
            taught("RAW", algorithm="AES-256"),
        ]
    )
    assert classifier.algorithm("acme-kem-512")[:4] == ("ACME-KEM", "", "post_quantum", "key_establishment")
    assert classifier.algorithm("House_Signature")[:4] == ("ECDSA-P-256", "ecc", "forge_later", "signature")
    assert classifier.algorithm("x", oid="1.2.3.4.5").class_ == "grover_margin"
    assert classifier.algorithm("x", oid="1.2.3.44.5") == UNKNOWN
    assert classifier.algorithm("RAW").strength == 256
    assert Classifier().algorithm("RAW") == UNKNOWN


def test_the_same_question_is_answered_from_memory(classifier):
    names = [f"{row[0]} {size}" for row in KNOWN for size in (128, 256, 3072)]
    begun = time.perf_counter()
    first = [Classifier().algorithm(name) for name in names[:1]] + [classifier.algorithm(name) for name in names[1:]]
    between = time.perf_counter()
    again = [classifier.algorithm(name) for name in names[1:]]
    ended = time.perf_counter()
    assert first[1:] == again
    assert (between - begun) / len(names) < 1e-3, "far above what is aimed at, for a machine that is busy"
    assert ended - between < (between - begun) / 3
