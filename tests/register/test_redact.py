"""Secrets never enter the register, whatever field of whatever file they stand in."""

from __future__ import annotations

import copy
import json
import random
import string
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from tests.register.cbom_mutations import DATA, paths, read

from lotrinh.register.places import in_trust_store, is_test
from lotrinh.register.redact import clean, reference

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAzq3vT1\nKx9\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    "PEM": (PEM, "MIIEowIBAAKCAQEAzq3vT1"),
    "PEM cut off": (PEM[:60], "MIIEowIBAA"),
    "PEM on one line": (PEM.replace("\n", "\\n"), "MIIEowIBAA"),
    "Base64": (b64encode(random.Random(1).randbytes(32)).decode(), "DQxp"),
    "AWS": ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSF"),
    "GitHub": ("ghp_" + "a1B2c3D4e5F6" * 3, "a1B2c3"),
    "JWT": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJ"),
    "password": ("db password=correct-horse", "correct"),
    "secret": ('{"client_secret": "s3cr3tvalue!"}', "s3cr3t"),
    "login": ("https://bot:hunter22@git.example/x", "hunter22"),
    "long hexadecimal": ("ab01" * 64, "ab01ab01"),
}
HARMLESS = [
    "AES-256-GCM",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "CN=www.example.com, O=Công ty TNHH Ví dụ, C=VN",
    "crypto/certificate/google.com@sha256:1e15e0fbd3ce95bde5945633ae96add551341b11e5bae7bba12e98ad84a5beb4",
    "org/keycloak/testsuite/rest/resource/TestingOIDCEndpointsApplicationResource.java",
    "secret-key@3cbf6b27-f414-46b4-8009-bc52c59f8a14",
    "key:pbkdf2withhmacsha1",
    "cpe:2.3:a:openssl:openssl:1.1.1q:*:*:*:*:*:*:*",
    "pkg:maven/org.bouncycastle/bcprov-jdk18on@1.78.1?type=jar",
    "0B:35:82:6D:F5:7A:02:0A:0A:21:8F:BD:F3:91:43:C3",
]


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_taken_out(name: str) -> None:
    text, part = SECRETS[name]
    assert part in text or name == "Base64"
    for around in (text, f"before {text} after", f"x: {text}"):
        kept = clean(around)
        assert part not in kept
        assert text not in kept
        assert text not in reference(around)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert clean(text) == text
    assert reference(text) == text.replace(" ", "%20")


def test_all_names_places_and_references_of_real_files_stay() -> None:
    for path in DATA.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        for where in paths(document):
            value = document
            for key in where:
                value = value[key]
            if isinstance(value, str) and where[-1] not in ("value", "additionalContext", "$comment"):
                assert clean(value) == value, where


def test_random_keys_are_nearly_always_known() -> None:
    luck = random.Random(7)
    letters = string.ascii_letters + string.digits + "+/"
    missed = sum(clean(key) == key for key in ("".join(luck.choices(letters, k=43)) for _ in range(2000)))
    assert missed < 20


def planted(document: dict[str, Any], places: list[tuple[Any, ...]], text: str) -> bytes:
    changed = copy.deepcopy(document)
    for where in places:
        holder = changed
        for key in where[:-1]:
            holder = holder[key]
        if isinstance(holder[where[-1]], str):
            holder[where[-1]] = text
    return json.dumps(changed).encode()


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_in_every_field_reach_neither_sightings_nor_problems(name: str, tmp_path: Path) -> None:
    text, part = SECRETS[name]
    part = text[10:] if name == "Base64" else part
    for path in DATA.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        kept = ("type", "assetType", "bomFormat", "specVersion")
        places = [where for where in paths(document) if where[-1] not in kept]
        batch = read(tmp_path / "planted.json", planted(document, places, text))
        assert batch.sightings
        assert part not in repr(batch), path


def test_a_secret_in_one_field_reaches_neither_sightings_nor_problems(tmp_path: Path) -> None:
    text, part = SECRETS["PEM"]
    for file in ("theia_single_certificate", "specification_full_1.7"):
        document = json.loads((DATA / f"{file}.json").read_text(encoding="utf-8"))
        for where in paths(document):
            batch = read(tmp_path / "planted.json", planted(document, [where], text))
            assert part not in repr(batch), where


def test_the_value_of_a_key_is_taken_out_of_all_that_is_told_of_it(tmp_path: Path) -> None:
    value = "tango-foxtrot"
    material = {"type": "password", "value": value, "size": "?" + value, "algorithmRef": value}
    crypto = {"assetType": "related-crypto-material", "relatedCryptoMaterialProperties": material, "oid": value}
    key = {"type": "cryptographic-asset", "name": f"pw {value}", "bom-ref": f"pw:{value}", "cryptoProperties": crypto}
    more = [{"ref": "app", "dependsOn": [f"pw:{value}"]}, {"ref": f"pw:{value}", "dependsOn": ["app"]}]
    raw = json.dumps({"bomFormat": "CycloneDX", "components": [key], "dependencies": more}).encode()
    batch = read(tmp_path / "key.json", raw)
    assert len(batch.sightings) == 1
    assert batch.sightings[0].depends.split()[-1] == "app"
    assert value not in repr(batch)


@pytest.mark.parametrize(
    ("path", "stored", "test"),
    [
        ("/etc/ssl/certs/ACCVRAIZ1.pem", True, False),
        ("/usr/share/ca-certificates/mozilla/x.crt", True, False),
        ("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", True, False),
        ("/opt-java/lib/security/cacerts", True, False),
        ("venv/site-packages/certifi/cacert.pem", True, False),
        ("C:\\Java\\lib\\security\\cacerts", True, False),
        ("/usr/lib/ssl/cert.pem", True, False),
        ("/srv/app/cert.pem", False, False),
        ("/srv/app/certs/server.pem", False, False),
        ("test/org/apache/TestJNDIRealm.java", False, True),
        ("src/test/resources/key.pem", False, True),
        ("pkg/testdata/a.pem", False, True),
        ("examples/tls/key.pem", False, True),
        ("spec/fixtures/key.pem", False, True),
        ("app/test_crypto.py", False, True),
        ("net/tls_test.go", False, True),
        ("src/main/java/Attestation.java", False, False),
        ("latest/contest/protest.pem", False, False),
    ],
)
def test_paths(path: str, stored: bool, test: bool) -> None:
    assert in_trust_store(path) is stored
    assert is_test(path) is test
