"""What the register takes from the results of the probe."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.register.test_probe_ssh import MODERN, kexinit, server
from tests.register.tls_servers import MATRIX, context, serving, tls

from lotrinh.register.probe.run import Pace, ask, probe
from lotrinh.register.probe.targets import Target
from lotrinh.register.readers import probed
from lotrinh.register.sightings import Batch, Sighting, Source

FAST = Pace(0, 5.0, 8)


def read(path: Path) -> Batch:
    found = Batch()
    probed.read(Source(path, path.name), found)
    return found


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a web server with a chain, one with ML-DSA, an SSH server and one that is not there."""
    path = tmp_path_factory.mktemp("probe") / "probe.jsonl"
    chained = tls(context(MATRIX["hybrid only"], issued=True))
    signed = tls(context(MATRIX["ML-DSA-65 certificate"]))
    keys = "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512,rsa-sha2-256,ssh-ed25519,ecdsa-sha2-nistp256"
    with serving(chained) as first, serving(signed) as second, serving(server(kexinit(MODERN, keys))) as third:
        given = [
            Target("tls", "localhost", first, "S1"),
            Target("tls", "127.0.0.1", second),
            Target("ssh", "127.0.0.1", third, "S2"),
        ]
        probe(given, path, FAST)
    probe([*given, Target("tls", "name.invalid", 443)], path, FAST, resume=True)
    return path


def test_the_file_is_recognised(results: Path) -> None:
    head = results.read_bytes()[:65536]
    assert probed.recognises(head, results)
    assert not probed.recognises(b'{"bomFormat": "CycloneDX"}', Path("a.jsonl"))
    assert not probed.recognises(b"", Path("a.jsonl"))


def test_endpoints_certificates_and_host_keys(results: Path) -> None:
    found = read(results)
    by_kind: dict[str, list[Sighting]] = {}
    for each in found.sightings:
        by_kind.setdefault(each.kind, []).append(each)
    assert {kind: len(each) for kind, each in by_kind.items()} == {"endpoint": 3, "certificate": 3, "host_key": 3}
    endpoints = {each.host + each.protocol: each for each in by_kind["endpoint"]}
    web, old = endpoints["localhosttls"], endpoints["127.0.0.1ssh"]
    assert (web.post_quantum, web.fallback, web.groups, web.version) == ("hybrid", "no", "X25519MLKEM768", "TLSv1.3")
    assert (old.post_quantum, old.fallback, old.version, old.system) == ("hybrid", "yes", "2.0", "S2")
    assert old.groups.split()[0] == "mlkem768x25519-sha256"
    assert found.tool.startswith("lotrinh ")
    assert all(len(each.seen) == 10 for each in found.sightings)


def test_the_certificates_of_a_chain_are_joined(results: Path) -> None:
    found = read(results)
    at = {each.reference: each for each in found.sightings}
    web = next(each for each in found.sightings if each.kind == "endpoint" and each.host == "localhost")
    own, issuer = at[web.depends], at[web.depends.replace("#0", "#1")]
    assert (own.subject, own.issuer, own.authority) == ("CN=server.example", "CN=Test CA", "no")
    assert (issuer.subject, issuer.authority) == ("CN=Test CA", "yes")
    assert own.issuer_key == issuer.key_fingerprint == issuer.issuer_key
    assert (own.system, own.serial, own.oid, own.signature) == (
        "S1",
        "1b59",
        "1.2.840.10045.2.1",
        "1.2.840.10045.4.3.2",
    )


def test_a_post_quantum_certificate_is_known_by_its_identifier(results: Path) -> None:
    oids = {each.oid for each in read(results).sightings if each.kind == "certificate"}
    assert "2.16.840.1.101.3.4.3.18" in oids


def test_rsa_is_one_host_key_and_the_endpoint_depends_on_all(results: Path) -> None:
    found = read(results).sightings
    keys = [each for each in found if each.kind == "host_key"]
    assert [each.algorithm for each in keys] == ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"]
    endpoint = next(each for each in found if each.protocol == "ssh" and each.kind == "endpoint")
    assert endpoint.depends.split() == [each.reference for each in keys]


def test_what_gave_no_answer_is_told_once(results: Path) -> None:
    (problem,) = read(results).problems
    assert (problem.kind, problem.value) == (probed.SILENT, "1: tls://name.invalid:443")


def test_a_bad_line_costs_only_itself(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    good = results.read_bytes().splitlines(keepends=True)
    path.write_bytes(good[0] + b'{"lotrinh_probe": 1}\nno json\n[]\n\n' + good[1] + good[2][:50])
    found = read(path)
    assert [problem.place.row for problem in found.problems] == [2, 3, 4, 7]
    assert {problem.kind for problem in found.problems} == {probed.UNREADABLE}
    assert sum(each.kind == "endpoint" for each in found.sightings) == 2


def test_no_change_of_a_line_breaks_the_reader(tmp_path: Path) -> None:
    with serving(server(kexinit(MODERN))) as port:
        told: dict[str, Any] = ask(Target("ssh", "127.0.0.1", port), 2.0, lambda: None)
    told |= {"certificates": ["MIIB", "no base64"], "tool": "x"}
    chance, odd = random.Random(5), [None, 7, -1.5, "", "x y", [], {}, [None], [[1]], {"a": 1}, True, "9" * 400]
    lines = [json.dumps(told)]
    for _ in range(1500):
        changed = dict(told)
        for key in chance.sample(sorted(changed), chance.randrange(1, 4)):
            changed[key] = chance.choice(odd)
        lines.append(json.dumps(changed))
    whole = lines[0]
    lines += [whole[: chance.randrange(len(whole))] for _ in range(200)]
    path = tmp_path / "p.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    for each in read(path).sightings:
        assert [type(value) for value in each] == [type(value) for value in Sighting("")]
        assert each.kind in ("endpoint", "host_key", "certificate")
