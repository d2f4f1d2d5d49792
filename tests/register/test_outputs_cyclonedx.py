"""The register as CycloneDX 1.6, judged by the reference validator."""

import datetime
import re

import orjson
import polars as pl
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.register.extracts import frame, made

from lotrinh.register.outputs import cyclonedx, cyclonedx_properties
from lotrinh.register.outputs.extract import ASSETS, Extract, extract

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)
SECRET = "-----BEGIN PRIVATE KEY-----MIIEvQIBADANBg"


@pytest.fixture(scope="module")
def small() -> Extract:
    return made(200)


@pytest.fixture(scope="module")
def bill(small: Extract) -> dict[str, object]:
    return orjson.loads(cyclonedx.cyclonedx_bytes(small))


def properties(component: dict[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in component["properties"]:
        found.setdefault(entry["name"].removeprefix("lotrinh:"), []).append(entry["value"])
    return found


def assets(bill: dict[str, object]) -> dict[str, dict[str, object]]:
    return {each["bom-ref"]: each for each in bill["components"] if ":" not in each["bom-ref"]}


def test_it_is_valid(small: Extract) -> None:
    assert VALIDATOR.validate_str(cyclonedx.cyclonedx_bytes(small).decode()) is None


def test_the_validator_would_say_so(small: Extract) -> None:
    text = cyclonedx.cyclonedx_bytes(small).decode()
    assert VALIDATOR.validate_str(text.replace('"assetType":"protocol"', '"assetType":"odd"')) is not None


def test_every_asset_is_there_once(bill: dict[str, object], small: Extract) -> None:
    refs = [each["bom-ref"] for each in bill["components"]]
    assert len(set(refs)) == len(refs)
    assert set(assets(bill)) == set(small.assets["asset"])


def test_every_reference_leads_somewhere(bill: dict[str, object]) -> None:
    refs = {each["bom-ref"] for each in bill["components"]}
    for entry in bill["dependencies"]:
        named = entry.get("dependsOn", []) + entry.get("provides", [])
        assert {entry["ref"], *named} <= refs
        assert entry["ref"] not in named
    named = re.findall(rb'"(?:algorithmRef|signatureAlgorithmRef|subjectPublicKeyRef)":"([^"]*)"', orjson.dumps(bill))
    assert named
    assert {ref.decode() for ref in named} <= refs


def test_what_holds_assets_provides_them(bill: dict[str, object], small: Extract) -> None:
    names = {each["bom-ref"]: each["name"] for each in bill["components"]}
    provided = {asset: names[entry["ref"]] for entry in bill["dependencies"] for asset in entry.get("provides", ())}
    held = small.assets.filter(pl.col("component") != "").select("asset", "component")
    assert provided == dict(held.iter_rows())


def test_owner_wave_and_due_are_properties(bill: dict[str, object], small: Extract) -> None:
    found = assets(bill)
    owners = {row.system: row.owner for row in small.systems}
    moves = small.item_assets.join(small.items, on="item").join(small.waves, on="item", suffix="_wave")
    assert moves.height
    for row in moves.iter_rows(named=True):
        told = properties(found[row["asset"]])
        assert row["item"] in told["item"]
        wave = row["end"] if row["start"] == row["end"] else f"{row['start']}/{row['end']}"
        assert wave in told["wave"]
        assert row["due"] in told.get("due", [""])
    for asset, system in small.holdings.iter_rows():
        told = properties(found[asset])
        assert system in told["system"]
        assert owners[system] in told.get("owner", [""])


def test_the_serial_number_follows_from_the_content(small: Extract, bill: dict[str, object]) -> None:
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", bill["serialNumber"]
    )
    again = made(200)
    assert cyclonedx.cyclonedx_bytes(again) == cyclonedx.cyclonedx_bytes(small)
    other = orjson.loads(cyclonedx.cyclonedx_bytes(made(200, seed=2)))
    assert other["serialNumber"] != bill["serialNumber"]
    assert bill["metadata"]["timestamp"] == "2026-09-30T00:00:00Z"


def test_the_timestamp_given_is_taken(small: Extract) -> None:
    moment = datetime.datetime(2026, 11, 1, 7, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
    assert orjson.loads(cyclonedx.cyclonedx_bytes(small, moment))["metadata"]["timestamp"] == "2026-11-01T00:00:00Z"


def test_no_column_leaves_that_is_not_named() -> None:
    rows = made(20).assets.with_columns(value=pl.lit(SECRET), private=pl.lit(SECRET))
    content = cyclonedx.cyclonedx_bytes(extract("r", assets=rows))
    assert SECRET.encode() not in content
    assert b'"value":"-----' not in content


def test_words_that_the_schema_does_not_know_are_left_out() -> None:
    blank = {name: kind() if kind is not datetime.date else None for name, kind in ASSETS.items()}
    row = blank | {"kind": "algorithm", "primitive": "odd", "functions": "sign teleport", "name": "AES-256-CBC-PKCS7"}
    found = cyclonedx_properties.crypto_properties(row, cyclonedx._Refs(extract("r")))
    assert found["algorithmProperties"] == {"mode": "cbc", "padding": "pkcs7", "cryptoFunctions": ["sign"]}
    row |= {"kind": "endpoint", "protocol": "quic", "suites": "A A B"}
    found = cyclonedx_properties.crypto_properties(row, cyclonedx._Refs(extract("r")))
    assert found["protocolProperties"] == {"type": "other", "cipherSuites": [{"name": "A"}, {"name": "B"}]}


def test_a_level_of_nought_is_told_only_of_what_is_known() -> None:
    blank = {name: kind() if kind is not datetime.date else None for name, kind in ASSETS.items()}
    refs = cyclonedx._Refs(extract("r"))
    for class_, told in (("harvest_now", True), ("unknown", False), ("", False)):
        found = cyclonedx_properties.crypto_properties(blank | {"kind": "algorithm", "class": class_}, refs)
        assert ("nistQuantumSecurityLevel" in found["algorithmProperties"]) is told


TEXT = st.text(max_size=30)
ROW = st.fixed_dictionaries(
    {
        "asset": st.uuids().map(lambda each: each.hex[:20]),
        "kind": st.sampled_from(("algorithm", "certificate", "key", "endpoint", "host_key", "protocol", "", "odd")),
        **dict.fromkeys(
            ("name", "oid", "parameter", "curve", "primitive", "functions", "subject", "issuer", "not_after"), TEXT
        ),
        **dict.fromkeys(("protocol", "version", "suites", "host", "location", "algorithm_id", "signature_id"), TEXT),
        "not_before": st.sampled_from(("2031-05-01", "2031-13-01", "2031", "", "0001-01-01", "2025-05-01T10:00:00")),
        "bits": st.integers(0, 2**31 - 1),
        "category": st.integers(0, 6),
        "strength": st.integers(0, 512),
        "key_fingerprint": st.sampled_from(("", "aa", "bb")),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=4, unique_by=lambda row: row["asset"]), TEXT)
def test_whatever_stands_in_the_register_it_is_valid(rows: list[dict[str, object]], name: str) -> None:
    content = cyclonedx.cyclonedx_bytes(extract(name, assets=frame(rows, ASSETS)))
    assert VALIDATOR.validate_str(content.decode()) is None
