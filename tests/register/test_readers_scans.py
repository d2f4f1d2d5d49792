"""Results of scanners: real outputs of local servers, and what hostile ones do."""

import copy
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.register.reading_help import SCANS, codes, of_kind, read, read_bytes, readers, recognised

from lotrinh.register.readers._found import clean, secret, standing
from lotrinh.register.sightings import KINDS, POST_QUANTUM, Batch, Sighting, Source

RSA = "0f205c63dce77af2c2bcbdddab8f5ff54dbe236120e804ad1f4f3ebad7ae4a1c"
ED25519 = "9284a863c4fa3f69b3f49b566a4904bac684770e0af2de40480b8783f18e6432"
HYBRID = ("hybrid", "yes")
UNKNOWN = ("unknown", "")


def endpoints(found: Batch) -> dict[int, Sighting]:
    return {sighting.port: sighting for sighting in of_kind(found, "endpoint")}


def standings(found: Batch) -> dict[int, tuple[str, str]]:
    return {port: (one.post_quantum, one.fallback) for port, one in endpoints(found).items()}


def test_sslyze() -> None:
    found = read(SCANS / "sslyze.json")
    assert found.tool == "sslyze 6.3.1"
    every = (18443, 18444, 18445, 18446, 18447, 18449)
    assert standings(found) == dict.fromkeys(every, UNKNOWN)
    assert codes(found) == ["S105"] * 3
    first = endpoints(found)[18443]
    assert first.version == "TLSv1.2 TLSv1.3"
    assert "TLS_AES_256_GCM_SHA384" in first.suites.split()
    assert first.groups.split()[0] == "X25519"
    assert first.seen == "2026-11-23"
    certificate = next(one for one in found.sightings if one.reference == first.depends)
    assert (certificate.fingerprint, certificate.host, certificate.port) == (RSA, "127.0.0.1", 18443)
    assert endpoints(found)[18447].version == "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"


def test_sslyze_without_pem_keeps_the_fingerprint(tmp_path) -> None:
    document = json.loads((SCANS / "sslyze.json").read_text())
    result = document["server_scan_results"][0]["scan_result"]["certificate_info"]["result"]
    chain = result["certificate_deployments"][0]["received_certificate_chain"]
    del chain[0]["as_pem"]
    found = read_bytes(tmp_path, "s.json", json.dumps(document).encode())
    certificate = of_kind(found, "certificate")[0]
    assert (certificate.fingerprint, certificate.not_after) == (RSA, "2036-11-20")


def test_sslyze_4_had_no_status_around_results(tmp_path) -> None:
    document = json.loads((SCANS / "sslyze.json").read_text())
    for server in document["server_scan_results"]:
        results = server.pop("scan_result") or {}
        server["scan_commands_results"] = {key: value["result"] for key, value in results.items()} or None
    new, old = read(SCANS / "sslyze.json"), read_bytes(tmp_path, "sslyze.json", json.dumps(document).encode())
    assert old.sightings == new.sightings


def test_testssl_flat_and_pretty() -> None:
    flat = read(SCANS / "testssl_18443.json")
    (endpoint,) = of_kind(flat, "endpoint")
    assert (endpoint.host, endpoint.port, endpoint.version) == ("127.0.0.1", 18443, "TLSv1.2 TLSv1.3")
    assert (endpoint.post_quantum, endpoint.fallback) == UNKNOWN
    assert "X448" in endpoint.groups.split()
    assert "DHE-RSA-AES128-SHA256" in endpoint.suites.split()
    assert [one.fingerprint for one in of_kind(flat, "certificate")] == [RSA]
    pretty = read(SCANS / "testssl_pretty_18444.json")
    (endpoint,) = of_kind(pretty, "endpoint")
    assert pretty.tool == "testssl.sh 3.0.8"
    assert (endpoint.seen, endpoint.post_quantum) == ("2026-11-23", "unknown")
    assert "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" in endpoint.suites.split()


def test_testssl_that_sees_post_quantum_groups() -> None:
    expected = {18444: HYBRID, 18445: ("hybrid", "no"), 18446: HYBRID}
    for port, standing_ in expected.items():
        assert standings(read(SCANS / f"testssl_33dev_{port}.json")) == {port: standing_}


@pytest.mark.parametrize("name", ["testssl_18445", "testssl_18449", "testssl_pretty_18449"])
def test_testssl_that_failed_leaves_an_unknown_endpoint(name) -> None:
    found = read(SCANS / f"{name}.json")
    assert standings(found) == {int(name[-5:]): UNKNOWN}
    assert codes(found) == ["S105"]


def test_testssl_broken_off_keeps_what_it_wrote(tmp_path) -> None:
    text = (SCANS / "testssl_18443.json").read_bytes()
    found = read_bytes(tmp_path, "t.json", text[: int(len(text) * 0.6)])
    assert endpoints(found)[18443].version == "TLSv1.2 TLSv1.3"
    assert codes(found) == ["S102"]


def test_ssh_audit() -> None:
    found = read(SCANS / "ssh_audit.json")
    (endpoint,) = of_kind(found, "endpoint")
    assert (endpoint.protocol, endpoint.port, endpoint.component) == ("ssh", 18022, "OpenSSH_9.2p1")
    assert (endpoint.post_quantum, endpoint.fallback) == HYBRID
    assert "kex-strict-s-v00@openssh.com" not in endpoint.groups
    keys = {one.name: one for one in of_kind(found, "host_key")}
    assert keys["ssh-ed25519"].fingerprint == ED25519
    assert keys["ssh-rsa"].bits == 3072
    assert keys["ecdsa-sha2-nistp256"].curve == "P-256"
    assert set(endpoint.depends.split()) == {one.reference for one in keys.values()}


def test_ssh_audit_of_several_servers_and_of_version_2(tmp_path) -> None:
    one = json.loads((SCANS / "ssh_audit.json").read_text())
    two = copy.deepcopy(one)
    two["target"] = "ssh.example.gov.vn:2222"
    two["kex"] = [{"algorithm": "curve25519-sha256"}, {"algorithm": "ext-info-s"}]
    old = {
        "target": "192.0.2.1",
        "banner": {"protocol": [2, 0], "software": "OpenSSH_7.2"},
        "compression": ["none"],
        "kex": [{"algorithm": "mlkem768x25519-sha256"}],
        "enc": ["aes128-ctr"],
        "fingerprints": [{"type": "ssh-rsa", "fp": "SHA256:x"}],
    }
    found = read_bytes(tmp_path, "a.json", json.dumps([one, two, old]).encode())
    assert standings(found) == {18022: HYBRID, 2222: ("classical", ""), 22: ("hybrid", "no")}


def test_ssh_audit_that_could_not_reach_one_server() -> None:
    found = read(SCANS / "ssh_audit_broken.json")
    assert standings(found) == {18022: HYBRID}
    assert codes(found) == ["S102"]


def test_nmap() -> None:
    found = read(SCANS / "nmap.xml")
    assert found.tool == "nmap 7.93"
    known = standings(found)
    assert known.pop(18022) == HYBRID
    assert known == dict.fromkeys((18443, 18444, 18445, 18446, 18447), UNKNOWN)
    ends = endpoints(found)
    assert ends[18443].groups == "dh2048 secp256r1 x25519"
    assert "TLS_AES_128_GCM_SHA256" in ends[18443].suites.split()
    assert {one.fingerprint for one in of_kind(found, "host_key")} >= {ED25519}
    assert RSA in {one.fingerprint for one in of_kind(found, "certificate")}
    assert {one.seen for one in found.sightings} == {"2026-11-23"}


def test_nmap_that_names_a_post_quantum_group(tmp_path) -> None:
    text = (SCANS / "nmap.xml").read_bytes().replace(b">ecdh_x25519<", b">X25519MLKEM768<")
    assert standings(read_bytes(tmp_path, "n.xml", text))[18444] == HYBRID


def test_the_same_key_has_one_fingerprint_in_every_tool() -> None:
    bare, full = set(), set()
    for name in ("ssh_audit.json", "nmap.xml", "zgrab2.jsonl"):
        for one in of_kind(read(SCANS / name), "host_key"):
            if one.name == "ssh-ed25519":
                bare.add(one.fingerprint)
                full |= {one.key_fingerprint} - {""}
    assert (bare, len(full)) == ({ED25519}, 1)


def test_zgrab2() -> None:
    found = read(SCANS / "zgrab2.jsonl")
    ends = {one.name: one for one in of_kind(found, "endpoint")}
    assert {name: (one.post_quantum, one.groups) for name, one in ends.items()} == {
        "127.0.0.1:18444": ("hybrid", "X25519MLKEM768"),
        "127.0.0.1:18445": ("hybrid", "X25519Kyber768Draft00"),
        "127.0.0.1:18443": ("unknown", "x25519"),
        "192.0.2.7:443": ("unknown", "secp256r1"),
        "192.0.2.9:443": ("classical", "x25519"),
        "192.0.2.8:443": ("unknown", ""),
        "ssh.example.gov.vn:22": ("hybrid", "mlkem768x25519-sha256 sntrup761x25519-sha512"),
    }
    assert ends["ssh.example.gov.vn:22"].fallback == "no"
    assert ends["192.0.2.7:443"].version == "TLSv1.2"
    assert ends["127.0.0.1:18444"].version == "TLSv1.3"
    assert ends["ssh.example.gov.vn:22"].seen == "2018-04-06"
    assert [(issue.kind.code, issue.place.row) for issue in found.problems] == [("S105", 6)]


def test_pqcscan() -> None:
    found = read(SCANS / "pqcscan.json")
    assert found.tool == "pqcscan 0.8.0"
    assert standings(found) == {
        18444: HYBRID,
        18445: ("post_quantum", ""),
        18443: ("classical", ""),
        18449: UNKNOWN,
        18022: HYBRID,
    }
    assert {one.seen for one in found.sightings} == {"2026-04-14"}
    table = read(SCANS / "pqcscan.csv")
    assert standings(table) == {18444: HYBRID, 18022: ("hybrid", "no"), 18449: UNKNOWN}
    assert codes(table) == ["S105"]


def test_the_system_of_the_user_goes_to_everything() -> None:
    for path in SCANS.iterdir():
        if path.suffix in (".json", ".xml", ".jsonl"):
            assert {one.system for one in read(path, system="portal").sightings} == {"portal"}


def test_every_word_is_one_of_the_contract() -> None:
    for path in SCANS.iterdir():
        if path.suffix == ".md":
            continue
        for one in read(path).sightings:
            assert one.kind in KINDS
            assert one.post_quantum in POST_QUANTUM
            assert (one.kind == "endpoint") == bool(one.post_quantum)
            assert all(isinstance(value, str | int) for value in one)
            assert all("\n" not in value for value in one if isinstance(value, str))


ENTITY = b'<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aaaaaaaaaa">%s]><nmaprun>&z;</nmaprun>'


def test_xml_bombs_are_refused(tmp_path) -> None:
    bomb = ENTITY % b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(25))
    begin = time.perf_counter()
    found = read_bytes(tmp_path, "bomb.xml", bomb)
    assert codes(found) == ["S109"]
    outside = ENTITY % b'<!ENTITY z SYSTEM "file:///etc/passwd">'
    assert codes(read_bytes(tmp_path, "outside.xml", outside)) == ["S109"]
    utf16 = (ENTITY.decode() % "").replace("<?xml version", "<?xml encoding='utf-16' version").encode("utf-16")
    path = tmp_path / "wide.xml"
    path.write_bytes(utf16)
    found = Batch()
    readers()["nmap"].read(Source(path, "wide.xml"), found)
    assert codes(found)
    deep = b"<nmaprun><host>" + b"<a>" * 100_000
    assert codes(read_bytes(tmp_path, "deep.xml", deep)) == ["S101"]
    assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("codec", ["UDF-8", "rot13", "hex", "undefined", "cp037", "shift_jis"])
def test_strange_encodings_are_a_problem(tmp_path, codec) -> None:
    text = (SCANS / "nmap.xml").read_text().replace('encoding="UTF-8"', f'encoding="{codec}"')
    assert read_bytes(tmp_path, "n.xml", text.encode()).problems or codec == "shift_jis"


def test_nmap_broken_off_keeps_the_hosts_before(tmp_path) -> None:
    text = (SCANS / "nmap.xml").read_bytes()
    at, end = text.index(b"<host "), text.index(b"</host>") + len(b"</host>")
    found = read_bytes(tmp_path, "n.xml", text[:end] + text[at : at + 4000])
    assert len(endpoints(found)) == 6
    assert codes(found) == ["S102"]


def test_json_that_is_deep_or_huge_or_odd(tmp_path) -> None:
    begin = time.perf_counter()
    head = b'{"server_scan_results":'
    for data in (
        head + b"[" * 100_000,
        head + b'{"a":' * 100_000,
        head + b"9" * 10_000 + b"}",
        head + b'[{"server_location":' * 5_000,
        b'\xef\xbb\xbf{"sslyze_version": 6, "server_scan_results": [null, 5, "x", {"server_location": []}]}',
    ):
        assert read_bytes(tmp_path, "odd.json", data).problems
    assert time.perf_counter() - begin < 8


ODD = (None, 5, -1, 1e300, True, "x", "", [], {}, [[]], [None], {"a": []}, "-----BEGIN CERTIFICATE-----\nAA==", 2**70)
JSONS = [path for path in sorted(SCANS.glob("*.json")) if "broken" not in path.name]
LOADED = {path.name: json.loads(path.read_text()) for path in JSONS}
LINES = [json.loads(line) for line in (SCANS / "zgrab2.jsonl").read_text().splitlines()]


def places(value, way=()):
    """Yield the way to everything inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*way, key)
        yield from places(one, (*way, key))


WAYS = {name: list(places(value)) for name, value in LOADED.items()}
LINE_WAYS = [list(places(line)) for line in LINES]


def altered(value, way, odd):
    """Return a copy of a document with something odd at one place."""
    value = copy.copy(value)
    if len(way) == 1:
        value[way[0]] = odd
    else:
        value[way[0]] = altered(value[way[0]], way[1:], odd)
    return value


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_wrong_types_never_raise(tmp_path_factory, data) -> None:
    name = data.draw(st.sampled_from([*LOADED, "zgrab2.jsonl"]))
    odd = data.draw(st.sampled_from(ODD))
    if name == "zgrab2.jsonl":
        number = data.draw(st.integers(0, len(LINES) - 1))
        value = altered(LINES[number], data.draw(st.sampled_from(LINE_WAYS[number])), odd)
    else:
        value = altered(LOADED[name], data.draw(st.sampled_from(WAYS[name])), odd)
    _run(tmp_path_factory, name, json.dumps(value).encode())


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_never_raise(tmp_path_factory, data) -> None:
    name = data.draw(st.sampled_from([*(path.name for path in SCANS.iterdir() if path.suffix != ".md")]))
    whole = bytearray((SCANS / name).read_bytes())
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _run(tmp_path_factory, name, bytes(whole[: data.draw(st.integers(0, len(whole)))]))


def _run(factory, name: str, data: bytes) -> None:
    (reader,) = recognised(SCANS / name)
    path = factory.getbasetemp() / f"odd{Path(name).suffix}"
    path.write_bytes(data)
    found = Batch()
    readers()[reader].read(Source(path, name), found)
    for one in found.sightings:
        assert all(isinstance(value, str | int) for value in one)


@pytest.mark.parametrize("data", [b"", b"\0\1\2" * 50, b"{", b"[", b"[]", b"{}", b"<a/>", b"\xff\xfe\x00", b"null"])
@pytest.mark.parametrize("name", ["nmap", "pqcscan", "ssh_audit", "ssh_keys", "sslyze", "testssl", "zgrab2"])
def test_junk_never_raises(tmp_path, name, data) -> None:
    path = tmp_path / "junk"
    path.write_bytes(data)
    found = Batch()
    readers()[name].read(Source(path, "junk"), found)
    assert not found.sightings
    assert not readers()[name].recognises(data, path)


def test_the_standing_of_groups() -> None:
    assert standing(["X25519MLKEM768", "x25519"], sees=True) == HYBRID
    assert standing(["X25519MLKEM768"], sees=False) == ("hybrid", "")
    assert standing(["X25519MLKEM768"], sees=True, classical=False) == ("hybrid", "no")
    assert standing(["MLKEM1024"], sees=True) == ("post_quantum", "")
    assert standing(["sntrup761x25519-sha512@openssh.com"], sees=True) == ("hybrid", "")
    assert standing(["mlkem768x25519-sha256"], sees=True, complete=True) == ("hybrid", "no")
    assert standing(["secp256r1"], sees=True) == ("classical", "")
    assert standing(["secp256r1"], sees=False) == UNKNOWN
    assert standing([], sees=True) == UNKNOWN


def test_texts_are_clean() -> None:
    assert clean("  a\n b\0c  ") == "a b c"
    assert clean("x" * 30 + " " + "y" * 500) == ""
    assert secret("-----BEGIN PRIVATE KEY-----")
    assert not secret("diffie-hellman-group-exchange-sha256 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
