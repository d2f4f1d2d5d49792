"""Cipher suites of TLS by the rules of their names."""

import pytest

from lotrinh.register.algorithms import identifiers
from lotrinh.register.judge import UNKNOWN
from lotrinh.register.suites import judge_suite

IANA = identifiers("tls_suite")


@pytest.mark.parametrize(
    ("name", "algorithm", "class_"),
    [
        ("TLS_AES_128_GCM_SHA256", "AES-128", "grover_margin"),
        ("TLS_CHACHA20_POLY1305_SHA256", "ChaCha20", "grover_margin"),
        ("TLS_SM4_GCM_SM3", "SM4", "grover_margin"),
        ("TLS_SHA256_SHA256", "SHA-256", "already_weak"),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDH", "harvest_now"),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDH", "already_weak"),
        ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DH", "harvest_now"),
        ("TLS_DH_anon_WITH_AES_128_CBC_SHA", "DH", "already_weak"),
        ("TLS_RSA_WITH_AES_256_GCM_SHA384", "RSA", "already_weak"),
        ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "RSA", "already_weak"),
        ("TLS_RSA_PSK_WITH_AES_256_CBC_SHA", "RSA", "already_weak"),
        ("TLS_PSK_WITH_AES_128_GCM_SHA256", "PSK", "grover_margin"),
        ("TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", "DH", "harvest_now"),
        ("TLS_ECDHE_PSK_WITH_NULL_SHA", "ECDH", "already_weak"),
        ("TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA", "SRP", "harvest_now"),
        ("TLS_KRB5_WITH_RC4_128_SHA", "PSK", "already_weak"),
        ("TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "VKO-GOST", "harvest_now"),
        ("TLS_ECCPWD_WITH_AES_128_GCM_SHA256", "Dragonfly", "harvest_now"),
        ("SSL_CK_RC4_128_WITH_MD5", "RSA", "already_weak"),
        ("0x1302", "AES-256", "grover_margin"),
        ("0x13,0x02", "AES-256", "grover_margin"),
        ("C02F", "ECDH", "harvest_now"),
        ("0x00,0x2F", "RSA", "already_weak"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "ECDH", "harvest_now"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDH", "harvest_now"),
        ("DHE-RSA-AES256-SHA", "DH", "harvest_now"),
        ("EDH-RSA-DES-CBC3-SHA", "DH", "already_weak"),
        ("AES128-SHA", "RSA", "already_weak"),
        ("AES256-GCM-SHA384", "RSA", "already_weak"),
        ("DES-CBC3-SHA", "RSA", "already_weak"),
        ("RC4-MD5", "RSA", "already_weak"),
        ("ADH-AES128-SHA", "DH", "already_weak"),
        ("AECDH-NULL-SHA", "ECDH", "already_weak"),
        ("PSK-AES256-GCM-SHA384", "PSK", "grover_margin"),
        ("RSA-PSK-AES128-CBC-SHA", "RSA", "already_weak"),
        ("EXP-RC4-MD5", "RSA", "already_weak"),
        ("ECDHE-SM2-SM4-CBC-SM3", "ECDH", "harvest_now"),
        ("ECC-SM4-SM3", "SM2-PKE", "harvest_now"),
    ],
)
def test_suites(name, algorithm, class_):
    found = judge_suite(name)
    assert (found.algorithm, found.class_) == (algorithm, class_)


@pytest.mark.parametrize("name", ["", "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "TLS_FALLBACK_SCSV", "nonsense", "0xfafa"])
def test_what_is_no_suite_is_unknown(name):
    assert judge_suite(name) == UNKNOWN


def test_every_suite_of_the_registry_is_read_by_rule():
    assert len(IANA) > 350
    unread = [name for name in IANA.values() if judge_suite(name).class_ == "unknown"]
    assert unread == ["TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "TLS_FALLBACK_SCSV"]
    for code, name in IANA.items():
        assert judge_suite(code) == judge_suite(name)


def test_what_the_name_says_is_what_is_found():
    """The exchange by its word, and weak wherever a part of the name says so, told independently of the parser."""
    weak_words = ("NULL", "anon", "EXPORT", "RC4", "DES", "RC2", "IDEA", "MD5", "MAGMA", "28147")
    for name in IANA.values():
        if "_WITH_" not in name:
            continue
        exchange, found = name[4:].split("_WITH_")[0], judge_suite(name)
        static = exchange.startswith(("RSA", "NULL"))
        assert (found.class_ == "already_weak") == (static or any(word in name for word in weak_words)), name
        if exchange.startswith(("ECDH", "DH")):
            assert found.family == ("ecc" if exchange.startswith("ECDH") else "ffdh"), name
        assert found.function == "key_establishment"


def test_suites_with_a_key_of_256_bits_by_code_point():
    assert IANA["0x1306"] == "TLS_AEGIS_256_SHA512"
    assert (judge_suite("0x1306").algorithm, judge_suite("0x1306").strength) == ("AEGIS-256", 256)
    assert judge_suite("0x1307").strength == 128
