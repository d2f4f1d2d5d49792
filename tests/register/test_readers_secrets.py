"""No part of a planted private key is ever in what readers return."""

import base64
import json
from pathlib import Path

import openpyxl
import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.serialization import pkcs12
from tests.register.reading_help import (
    DER,
    OLD,
    OPEN,
    OPENSSH,
    PEM,
    PKCS8,
    SCANS,
    make_certificate,
    make_key,
    read,
    readers,
    recognised,
    secrets_of,
    shows,
)

from lotrinh.base.text import speaking
from lotrinh.register.sightings import Batch, Source

KEYS = {kind: make_key(kind) for kind in ("rsa2048", "p256", "ed25519")}
SECRETS = frozenset().union(*(secrets_of(key) for key in KEYS.values()))


def pem(kind: str, shape=PKCS8) -> str:
    return KEYS[kind].private_bytes(PEM, shape, OPEN).decode()


def bare(kind: str) -> str:
    return base64.b64encode(KEYS[kind].private_bytes(DER, PKCS8, OPEN)).decode()


def told(found: Batch) -> str:
    """Return everything that a batch says, in both languages."""
    text = repr(found)
    for language in ("en", "vi"):
        with speaking(language):
            text += "".join(f"{issue}{issue.as_dict()}" for issue in found.problems)
    return text


def holds_none(found: Batch) -> None:
    text = told(found)
    assert "PRIVATE KEY-" not in text
    for secret in SECRETS:
        assert not shows(text, secret)


def test_the_search_finds_what_is_planted() -> None:
    for kind, key in KEYS.items():
        for shape in (PKCS8, OPENSSH):
            text = key.private_bytes(PEM, shape, OPEN).decode()
            assert any(shows(text, secret) for secret in secrets_of(key)), (kind, shape)
        assert any(shows(repr(key.private_bytes(DER, PKCS8, OPEN)), secret) for secret in secrets_of(key))
        assert any(shows(secret.hex(":"), secret) for secret in secrets_of(key))


def java(kind: str) -> bytes:
    """Return a keystore of Java whose private key is not even encrypted."""
    certificate = make_certificate(KEYS[kind]).public_bytes(DER)
    private = KEYS[kind].private_bytes(DER, PKCS8, OPEN)
    parts = [b"\xfe\xed\xfe\xed", (2).to_bytes(4), (1).to_bytes(4), (1).to_bytes(4), b"\0\x03web", bytes(8)]
    parts += [len(private).to_bytes(4), private, (1).to_bytes(4), b"\0\x05X.509", len(certificate).to_bytes(4)]
    return b"".join([*parts, certificate, bytes(20)])


def inside(name: str, *texts: str) -> list[bytes]:
    """Return a scan with each text put in the place of every string of it, one after the other."""
    document = json.loads((SCANS / name).read_text())
    return [json.dumps(_filled(document, text)).encode() for text in texts]


def _filled(value, text: str):
    if isinstance(value, dict):
        return {key: _filled(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, text) for one in value]
    return text if isinstance(value, str) else value


FILES: dict[str, bytes] = {
    "all.pem": "".join(pem(kind) for kind in KEYS).encode(),
    "old.pem": (pem("rsa2048", OLD) + pem("p256", OLD)).encode(),
    "cut.pem": pem("rsa2048").encode()[:-200] + pem("p256").encode()[:-60],
    "spoilt.pem": pem("rsa2048").replace("M", "*", 3).encode() + pem("p256").replace("PRIVATE", "PUBLIC").encode(),
    "as_certificate.pem": pem("ed25519").replace("PRIVATE KEY", "CERTIFICATE").encode()
    + pem("p256").replace("PRIVATE KEY", "CERTIFICATE REQUEST").encode(),
    "key.der": KEYS["rsa2048"].private_bytes(DER, PKCS8, OPEN),
    "id_ed25519": pem("ed25519", OPENSSH).encode(),
    "id_rsa": pem("rsa2048", OPENSSH).encode(),
    "id_spoilt": pem("p256", OPENSSH).replace("b3Bl", "b4Bl", 1).encode(),
    "store.jks": java("rsa2048"),
    "store_cut.jks": java("p256")[:-300],
    "bundle.p12": pkcs12.serialize_key_and_certificates(b"x", KEYS["p256"], make_certificate(KEYS["p256"]), [], OPEN),
    "authorized_keys": KEYS["ed25519"].public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    + f"\n{pem('ed25519', OPENSSH)}\nssh-rsa AAAA{bare('rsa2048')}\n".replace("-----BEGIN", "----BEGIN").encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_keys(tmp_path, name) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    found = read(path)
    assert found.sightings or found.problems
    holds_none(found)


@pytest.mark.parametrize("path", [*sorted(SCANS.glob("*.json")), SCANS / "zgrab2.jsonl"], ids=lambda path: path.name)
def test_scans_with_keys_in_every_text(tmp_path, path) -> None:
    if "broken" in path.name:
        return
    (reader,) = recognised(path)
    for text in (pem("rsa2048"), pem("p256"), bare("ed25519"), bare("rsa2048"), pem("ed25519", OPENSSH)):
        lines = path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]
        data = "\n".join(json.dumps(_filled(json.loads(line), text)) for line in lines)
        scan = tmp_path / path.name
        scan.write_text(data)
        found = Batch()
        readers()[reader].read(Source(scan, path.name), found)
        holds_none(found)


def test_sslyze_with_a_key_for_a_certificate(tmp_path) -> None:
    document = json.loads((SCANS / "sslyze.json").read_text())
    result = document["server_scan_results"][0]["scan_result"]["certificate_info"]["result"]
    for planted in (pem("rsa2048"), pem("p256").replace("PRIVATE KEY", "CERTIFICATE"), bare("ed25519")):
        result["certificate_deployments"][0]["received_certificate_chain"][0]["as_pem"] = planted
        path = tmp_path / "sslyze.json"
        path.write_text(json.dumps(document))
        found = read(path)
        assert found.problems
        holds_none(found)


def test_nmap_with_keys(tmp_path) -> None:
    text = (SCANS / "nmap.xml").read_text()
    path = tmp_path / "nmap.xml"
    for planted in (pem("rsa2048"), bare("p256"), bare("rsa2048")):
        for before in ('<elem key="pem">', '<elem key="name">', '<elem key="kex_info">', '<elem key="key">'):
            path.write_text(text.replace(before, before + planted))
            holds_none(read(path))
        for before in ('addr="', 'product="', 'name="'):
            path.write_text(text.replace(before, before + planted.replace("\n", " ")))
            holds_none(read(path))


@pytest.mark.parametrize("kind", KEYS)
def test_sheets_with_a_key_in_a_cell(tmp_path, kind) -> None:
    quoted = '"' + pem(kind) + '"'
    sheets = [
        f"system,title,hosts\na,{quoted},x\n{quoted},b,c\n",
        f"system,title,hosts\na,b,c\n{pem(kind)}d,e,f\n",
        f"system,title,criticality\n{bare(kind)},a,{bare(kind)}\nok,b,{quoted}\n",
        f"system,title,{bare(kind)}\nok,b,c\n",
        f"system;title;hosts\nok;b;{pem(kind)}\n",
    ]
    for number, text in enumerate(sheets):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        found = read(path)
        assert any(issue.kind.code in ("S106", "P104") for issue in found.problems)
        holds_none(found)
    _workbook(tmp_path / "o.xlsx", pem(kind))
    found = read(tmp_path / "o.xlsx")
    assert [one.system for one in found.systems] == ["a", "b"]
    assert "S106" in [issue.kind.code for issue in found.problems]
    holds_none(found)


def _workbook(path: Path, planted: str) -> None:
    book = openpyxl.Workbook()
    book.active.title = "systems"
    for row in (["system", "title", "owner"], ["a", planted, "x"], ["b", "y", "z"], [planted, "y", "z"]):
        book.active.append(row)
    for line in planted.splitlines():
        book.active.append([line, "u", "v"])
    book.save(path)
