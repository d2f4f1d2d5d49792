"""The reader of CBOMs: what it makes of real files, of the older dialect, of large and of damaged ones."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.register import cbom_mutations
from tests.register.cbom_mutations import DATA, count, read

from lotrinh.register.readers import cbom
from lotrinh.register.readers._cbom_shape import WORD
from lotrinh.register.sightings import Batch, Sighting, Source

FILES = sorted(DATA.glob("*.json"))
KINDS = {"algorithm": "algorithm", "certificate": "certificate", "protocol": "protocol"}
MATERIAL = ("related-crypto-material", "relatedCryptoMaterial", "key")


def told(path: Path) -> Batch:
    found = Batch()
    cbom.read(Source(path, path.name), found)
    return found


def by_name(batch: Batch, name: str) -> Sighting:
    return next(each for each in batch.sightings if each.name == name)


def written(path: Path, components: list[Any], **more: Any) -> Batch:
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, **more}
    return read(path / "bom.json", json.dumps(document).encode())


def asset(kind: str, name: str = "it", ref: str = "", **properties: Any) -> dict[str, Any]:
    field = {"related-crypto-material": "relatedCryptoMaterial"}.get(kind, kind) + "Properties"
    crypto = {"assetType": kind, field: properties}
    return {"type": "cryptographic-asset", "name": name, "cryptoProperties": crypto} | ({"bom-ref": ref} if ref else {})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_asset_of_a_real_file_is_told_once_for_each_place(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    types = Counter(re.findall(r'"assetType"\s*:\s*"([^"]+)"', raw))
    wanted = Counter({KINDS.get(kind, "key"): 0 for kind in types})
    for kind, number in types.items():
        wanted[KINDS.get(kind, "key")] += number
    batch = told(path)
    assets = Counter(each.kind for each in batch.sightings)
    places = sum(
        max(1, len({each["location"] for each in component.get("evidence", {}).get("occurrences", [])})) - 1
        for component in json.loads(raw)["components"]
    )
    assert cbom.recognises(raw.encode()[: 1 << 16], path)
    assert count(json.loads(raw)["components"]) == types.total()
    assert len(batch.sightings) == types.total() + places
    assert all(assets[kind] >= number for kind, number in wanted.items())
    assert not [problem for problem in batch.problems if problem.kind is not WORD]


def test_a_certificate_takes_key_and_signature_from_its_references() -> None:
    found = by_name(told(DATA / "example_certificate.json"), "google.com")
    assert (found.algorithm, found.oid, found.bits) == ("RSA-2048", "1.2.840.113549.1.1.1", 2048)
    assert found.signature == "SHA512withRSA"
    assert (found.subject, found.not_before, found.not_after) == ("CN = www.google.com", "2016-11-21", "2017-11-22")
    assert found.depends.split() == [
        "crypto/key/rsa-2048@1.2.840.113549.1.1.1",
        "crypto/algorithm/sha-512-rsa@1.2.840.113549.1.1.13",
    ]
    assert (found.system, found.component, found.component_kind) == ("my application", "my application", "application")
    assert found.seen == "2024-01-09"


def test_what_1_7_added_is_read() -> None:
    batch = told(DATA / "specification_certificate_1.7.json")
    leaf = by_name(batch, "google.com")
    assert leaf.serial == "1234567890ABCDEF"
    assert leaf.fingerprint == "1e15e0fbd3ce95bde5945633ae96add551341b11e5bae7bba12e98ad84a5beb4"
    assert (leaf.algorithm, leaf.parameter, leaf.bits) == ("RSAES-OAEP", "2048", 2048)
    full = told(DATA / "specification_full_1.7.json")
    assert by_name(full, "Name here").curve == "brainpoolP160r1"
    assert by_name(full, "Name here").algorithm == "ECDH"
    assert by_name(full, "Example Certificate with All Properties").authority == "no"
    protocol = by_name(full, "Example Protocol with All Properties")
    assert protocol.groups == "x25519 secp256r1 secp384r1 secp521r1 ffdhe2048 ffdhe3072 modp2048"
    assert protocol.suites.split()[:3] == [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ]
    assert "diffie-hellman-group14-sha256-ref" in protocol.depends.split()


def test_a_public_key_is_told_by_its_digest_alone() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    batch = told(DATA / "theia_single_certificate.json")
    key = by_name(batch, "RSA-2048")
    raw = json.loads((DATA / "theia_single_certificate.json").read_text())
    value = raw["components"][5]["cryptoProperties"]["relatedCryptoMaterialProperties"]["value"]
    der = load_der_public_key(base64.b64decode(value)).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.key_fingerprint == hashlib.sha256(der).hexdigest()
    assert by_name(batch, "Linagora CA").key_fingerprint == key.key_fingerprint
    assert value[:40] not in repr(batch)


def test_public_roots_their_keys_and_algorithms_are_told_apart() -> None:
    batch = told(DATA / "theia_tomcat_out_first_150.json")
    roots = [each for each in batch.sightings if each.kind == "certificate"]
    assert len(roots) > 60
    assert {each.trust_store for each in roots} == {"yes"}
    keys = [each for each in batch.sightings if each.kind == "key" and each.primitive == "public-key"]
    assert {each.trust_store for each in keys[:-1]} == {"yes"}  # the last one's certificate was cut off
    assert by_name(batch, "sha-256").trust_store == ""
    assert {each.test for each in batch.sightings if "/test/" in f"/{each.location}"} == {"yes"}
    assert next(each.location for each in batch.sightings if each.name == "md5").startswith("test/")


def test_dependencies_say_what_holds_an_asset_and_what_a_key_is_of() -> None:
    found = told(DATA / "example_dependencies.json").sightings[0]
    assert (found.component, found.component_kind, found.component_version) == ("Crypto library", "library", "1.0.0")
    assert found.system == "Acme Application"
    keys = [each for each in told(DATA / "cbomkit_kafka.json").sightings if each.kind == "key"]
    assert {each.algorithm for each in keys} == {"EC", "PRIVATE KEY", "DSA", "RSA-2048"}
    assert {each.component for each in keys} == {"https://github.com/apache/kafka"}


def test_nested_components_belong_to_the_one_around_them(tmp_path: Path) -> None:
    inner = asset("algorithm", "AES-128", primitive="ae")
    library = {"type": "library", "name": "openssl", "version": "3.5", "components": [inner, {"components": [inner]}]}
    main = {"type": "device", "name": "gateway", "components": [inner]}
    batch = written(tmp_path, [library, inner], metadata={"component": main})
    holders = [(each.component, each.component_kind, each.component_version) for each in batch.sightings]
    assert sorted(holders) == [
        ("gateway", "device", ""),
        ("gateway", "device", ""),
        ("openssl", "library", "3.5"),
        ("openssl", "library", "3.5"),
    ]
    assert {each.system for each in batch.sightings} == {"gateway"}


def test_the_older_dialect_is_read(tmp_path: Path) -> None:
    document = {
        "bomFormat": "CBOM",
        "specVersion": "1.4-cbom-1.0",
        "metadata": {"tools": [{"vendor": "v", "name": "forge", "version": "2"}], "component": {"name": "app"}},
        "components": [
            {"type": "library", "name": "libcrypto", "bom-ref": "lib", "version": "3"},
            {
                "type": "crypto-asset",
                "name": "RSA",
                "bom-ref": "pkg:crypto/algorithm/rsa2048@1.2.840.113549.1.1.1",
                "cryptoProperties": {
                    "assetType": "algorithm",
                    "algorithmProperties": {
                        "variant": "rsa2048",
                        "primitive": "keyagree",
                        "cryptoFunctions": ["keygen"],
                    },
                    "oid": "oid:1.2.840.113549.1.1.1",
                    "detectionContext": [
                        {"filePath": "src/a.c", "lineNumbers": [1, 2]},
                        {"filePath": "src/a.c", "lineNumbers": [9]},
                        {"filePath": "src/b.c"},
                    ],
                },
            },
            {
                "type": "crypto-asset",
                "name": "k",
                "cryptoProperties": {
                    "assetType": "key",
                    "keyProperties": {
                        "type": "privateKey",
                        "size": 2048,
                        "keyAlgorithmRef": "pkg:crypto/algorithm/rsa2048@1.2.840.113549.1.1.1",
                    },
                },
            },
            {
                "type": "crypto-asset",
                "name": "salt",
                "cryptoProperties": {
                    "assetType": "relatedCryptoMaterial",
                    "relatedCryptoMaterialProperties": {"relatedCryptoMaterialType": "initializationVector"},
                },
            },
            {
                "type": "crypto-asset",
                "name": "c",
                "cryptoProperties": {
                    "assetType": "certificate",
                    "certificateProperties": {
                        "certificateAlgorithm": "RSA",
                        "certificateSignatureAlgorithm": "SHA1withRSA",
                        "notValidAfter": "20310501080000Z",
                    },
                },
            },
            {
                "type": "crypto-asset",
                "name": "p",
                "cryptoProperties": {
                    "assetType": "protocol",
                    "protocolProperties": {"type": "tls", "version": "1.2", "tlsCipherSuites": ["TLS_RSA_X", "TLS_Y"]},
                },
            },
        ],
        "dependencies": [
            {
                "ref": "lib",
                "dependsOn": ["pkg:crypto/algorithm/rsa2048@1.2.840.113549.1.1.1"],
                "dependencyType": "implements",
            }
        ],
    }
    batch = read(tmp_path / "old.json", json.dumps(document).encode())
    assert batch.problems == []
    assert batch.tool == "forge 2"
    first, second, key, vector, leaf, protocol = batch.sightings
    assert (first.algorithm, first.primitive, first.oid) == ("rsa2048", "key-agree", "1.2.840.113549.1.1.1")
    assert [first.location, second.location] == ["src/a.c", "src/b.c"]
    assert (first.component, first.component_version) == ("libcrypto", "3")
    assert (key.kind, key.primitive, key.algorithm, key.bits) == ("key", "private-key", "rsa2048", 2048)
    assert (vector.kind, vector.primitive) == ("key", "initialization-vector")
    assert (leaf.algorithm, leaf.signature, leaf.not_after) == ("RSA", "SHA1withRSA", "2031-05-01")
    assert protocol.suites == "TLS_RSA_X TLS_Y"


def test_a_wrong_field_is_a_problem_with_its_place_and_costs_nothing_else(tmp_path: Path) -> None:
    component = asset("algorithm", "AES", primitive="cipher!", cryptoFunctions=["sign", 7], parameterSetIdentifier=256)
    component["cryptoProperties"]["oid"] = "AES"
    batch = written(tmp_path, [7, component, asset("certificate", notValidAfter="soon", subjectName="CN=x")])
    places = {problem.place.column: problem.value for problem in batch.problems}
    assert places == {
        "components[0]": "7",
        "components[1].cryptoProperties.oid": "AES",
        "components[1].cryptoProperties.algorithmProperties.primitive": "cipher!",
        "components[1].cryptoProperties.algorithmProperties.cryptoFunctions[1]": "7",
        "components[1].cryptoProperties.algorithmProperties.parameterSetIdentifier": "256",
        "components[2].cryptoProperties.certificateProperties.notValidAfter": "soon",
    }
    assert not any(problem.is_error for problem in batch.problems)
    first, second = batch.sightings
    assert (first.name, first.parameter, first.functions, first.oid) == ("AES", "256", "sign", "")
    assert (second.subject, second.not_after) == ("CN=x", "")


def test_a_mistake_made_everywhere_is_listed_a_few_times_and_counted(tmp_path: Path) -> None:
    batch = written(tmp_path, [asset("algorithm", str(at), primitive="cipher") for at in range(1000)])
    assert len(batch.sightings) == 1000
    assert len(batch.problems) == 21
    assert "980" in str(batch.problems[-1])


ODD_FILES = {
    "mark of byte order": lambda raw: b"\xef\xbb\xbf" + raw,
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda raw: raw.decode().encode("utf-16-be"),
    "a mark of UTF-16 before UTF-8": lambda raw: b"\xff\xfe" + raw,
    "no UTF-8": lambda raw: raw.replace(b"google", b"goo\xffgle"),
    "NaN": lambda raw: raw.replace(b'"version": "1.0"', b'"version": NaN'),
    "number without end": lambda raw: raw.replace(b'"1.2"', b"1" + b"0" * 400),
    "half surrogates": lambda raw: raw.replace(b'"google.com"', rb'"\ud800google\udfff"'),
    "trailing garbage": lambda raw: raw + b"}}{",
    "renamed list": lambda raw: raw.replace(b'"components"', b'"componentz"'),
    "huge text": lambda raw: raw.replace(b"google.com", b"x" * 3_000_000),
    "wrapped": lambda raw: b'{"data": {"bom": ' + raw + b"}}",
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files_are_read_all_the_same(name: str, tmp_path: Path) -> None:
    raw = (DATA / "example_protocol.json").read_bytes()
    batch = read(tmp_path / "odd.json", ODD_FILES[name](raw))
    assert len(batch.sightings) == 8
    json.dumps(batch.sightings).encode()
    assert all(each.name.isprintable() and len(each.name) <= 1000 for each in batch.sightings)


def test_lists_under_the_same_name_are_both_read(tmp_path: Path) -> None:
    raw = (DATA / "example_key.json").read_bytes()
    twice = raw.replace(b'"version": 1,', b'"components": [{"type": "cryptographic-asset", "name": "X"}],', 1)
    batch = read(tmp_path / "twice.json", twice)
    assert Counter(each.name for each in batch.sightings) == {"RSA-2048": 2, "AES-128-GCM": 1, "X": 1}
    assert [problem.kind for problem in batch.problems] == [cbom.DOUBLE]


BOMBS = {
    "lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000,
    "components": b'{"components":[' * 100_000,
    "braces": b"{" * 1_000_000,
    "pairs": b"{}" * 100_000,
    "empty": b"",
    "zeros": b"\0" * 1000,
    "text": b'"' + b"x" * 1_000_000,
    "list": b'{"components":[' + b"1," * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_crashes_it(name: str, tmp_path: Path) -> None:
    batch = read(tmp_path / "bomb.json", BOMBS[name])
    assert batch.sightings == []
    assert batch.problems


def test_damage_is_told_with_line_and_byte(tmp_path: Path) -> None:
    raw = (DATA / "example_protocol.json").read_bytes()
    at = raw.index(b'"SHA512withRSA"')
    batch = read(tmp_path / "damaged.json", raw[:at] + b"!" + raw[at + 1 :])
    assert len({each.reference for each in batch.sightings}) == 8  # of the damaged one its properties are left
    problem = batch.problems[0]
    assert problem.kind is cbom.DAMAGED
    assert problem.place.row == raw[:at].count(b"\n") + 1
    assert problem.place.column == f"@{at}"


def test_xml_is_named(tmp_path: Path) -> None:
    raw = b'<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"/>'
    assert cbom.recognises(raw, Path("bom.xml"))
    assert [each.kind for each in read(tmp_path / "bom.xml", raw).problems] == [cbom.XML]
    assert not cbom.recognises(b"<nmaprun/>", Path("scan.xml"))
    assert not cbom.recognises(b'{"server_scan_results": []}', Path("sslyze.json"))


def test_a_large_file_is_read_in_parts_and_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = DATA / "theia_tomcat_out_first_150.json"
    whole = told(path)
    monkeypatch.setattr(cbom, "SMALL", 1000)
    monkeypatch.setattr(cbom, "BATCH", 10)
    parts = list(cbom.batches(Source(path, path.name)))
    assert len(parts) > 10
    assert [each for part in parts for each in part.sightings] == whole.sightings
    assert {part.tool for part in parts} == {whole.tool}


def test_what_many_assets_say_is_looked_at_once_and_told_of_each(tmp_path: Path) -> None:
    crypto = {"assetType": "algorithm", "algorithmProperties": {"primitive": "pke", "curve": 7.5}, "oid": "1.2.3"}
    named = [("RSA", crypto), ("DSA", crypto), ("RSA", {**crypto, "oid": None}), ("RSA", crypto)]
    assets = [{"type": "cryptographic-asset", "name": name, "cryptoProperties": said} for name, said in named]
    found = read(tmp_path / "same.json", json.dumps({"bomFormat": "CycloneDX", "components": assets}).encode())
    assert [(each.name, each.algorithm, each.oid, each.reference) for each in found.sightings] == [
        (name, name, said["oid"] or "", f"components[{at}]") for at, (name, said) in enumerate(named)
    ]
    assert [each.place.column for each in found.problems if each.kind.code == "B101"] == [
        f"components[{at}].cryptoProperties.algorithmProperties.curve" for at in range(4)
    ]


def test_mutations(tmp_path: Path) -> None:
    cbom_mutations.run(tmp_path / "mutated.json", 400, seed=5)


@pytest.mark.slow
def test_many_mutations(tmp_path: Path) -> None:
    cbom_mutations.run(tmp_path / "mutated.json", 10_000, seed=50_000)
