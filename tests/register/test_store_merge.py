"""What follows from sightings: assets, holders, links; the same in whatever order they came."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.register.feeder import write

from lotrinh.register import merge
from lotrinh.register.owners import Owners
from lotrinh.register.sheets import System
from lotrinh.register.sightings import Sighting
from lotrinh.register.state import ASSETS
from lotrinh.register.store import Register

DAY = date(2026, 5, 1)


def endpoint(**facts: Any) -> dict[str, Any]:
    return {"kind": "endpoint", "protocol": "tls", "host": "a.example", "port": 443, **facts}


def certificate(**facts: Any) -> dict[str, Any]:
    told = {"subject": "CN=a", "issuer": "CN=CA", "not_before": "2025-01-01", "not_after": "2027-01-01"}
    return {"kind": "certificate", "algorithm": "RSA", "bits": 2048, **told, **facts}


def one(register: Register) -> dict[str, Any]:
    return register.assets().row(0, named=True)


def test_columns(fed: Register, tmp_path: Path) -> None:
    fed.add([write(tmp_path / "a", endpoint())], workers=1)
    assert tuple(fed.assets().columns) == ASSETS
    assert fed.holdings().columns == ["asset", "system"]
    assert fed.links().columns == ["asset", "depends"]
    assert set(Sighting._fields) - set(fed.sightings().collect_schema()) == set()


def test_three_tools_see_one_asset(fed: Register, tmp_path: Path) -> None:
    for tool, host in (("a", "A.example"), ("b", "a.example."), ("c", "a.example")):
        fed.add([write(tmp_path / tool, endpoint(host=host), tool=tool)], workers=1)
    assert len(fed.assets()) == 1
    assert one(fed)["sightings"] == 3
    assert set(fed.sightings().collect()["tool"]) == {"a", "b", "c"}


def test_the_latest_that_tells_a_field_tells_it(fed: Register, tmp_path: Path) -> None:
    fed.add([write(tmp_path / "new", endpoint(seen="2026-03-01", version="TLSv1.3"))], workers=1)
    fed.add([write(tmp_path / "old", endpoint(seen="2026-01-01", version="TLSv1.2", suites="X"))], workers=1)
    row = one(fed)
    assert (row["version"], row["suites"]) == ("TLSv1.3", "X")
    assert (row["first_seen"], row["last_seen"]) == (date(2026, 1, 1), date(2026, 3, 1))


def test_who_cannot_see_post_quantum_groups_takes_nothing_from_who_can(fed: Register, tmp_path: Path) -> None:
    can = endpoint(seen="2026-01-01", groups="X25519MLKEM768", post_quantum="hybrid", fallback="yes")
    cannot = endpoint(seen="2026-02-01", groups="x25519", post_quantum="unknown", version="TLSv1.3")
    fed.add([write(tmp_path / "a", can), write(tmp_path / "b", cannot)], workers=1)
    row = one(fed)
    assert (row["groups"], row["post_quantum"], row["fallback"]) == ("X25519MLKEM768", "hybrid", "yes")
    assert (row["version"], row["class"]) == ("TLSv1.3", "hybrid")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_certificate_seen_with_and_without_a_fingerprint_is_one(
    fed: Register, tmp_path: Path, order: tuple[int, ...]
) -> None:
    forms = [
        certificate(serial="1a", fingerprint="ab" * 32),
        certificate(serial="0x1A", subject=""),
        certificate(signature="sha256WithRSAEncryption"),
    ]
    for place in order:
        fed.add([write(tmp_path / str(place), forms[place])], workers=1, system=f"s{place}")
    row = one(fed)
    assert (row["sightings"], row["subject"], row["signature"]) == (3, "CN=a", forms[2]["signature"])
    assert sorted(fed.holdings()["system"]) == ["s0", "s1", "s2"]
    assert fed.sightings().collect()["asset"].n_unique() == 1


def test_two_certificates_with_one_serial_number_stay_two(fed: Register, tmp_path: Path) -> None:
    rows = [certificate(serial="1", fingerprint=mark * 64) for mark in "ab"]
    fed.add([write(tmp_path / "a", *rows, certificate(serial="1", subject=""))], workers=1)
    assert len(fed.assets()) == 3


def test_holders(fed: Register, tmp_path: Path) -> None:
    rows = [endpoint(host=host) for host in ("a.gov.example", "b.gov.example", "10.1.2.3", "else.example")]
    fed.add([write(tmp_path / "scan", *rows)], workers=1)
    assert set(fed.holdings()["system"]) == {""}
    systems = [
        {"system": "web", "hosts": "a.gov.example"},
        {"system": "all", "hosts": "*.gov.example"},
        {"system": "net", "hosts": "10.0.0.0/8"},
    ]
    fed.add([write(tmp_path / "owners", systems=systems)], workers=1)
    held = fed.holdings().join(fed.assets().select("asset", "host"), on="asset")
    assert dict(held.select("host", "system").iter_rows()) == {
        "a.gov.example": "web",
        "b.gov.example": "all",
        "10.1.2.3": "net",
        "else.example": "",
    }
    assert [row.system for row in fed.systems()] == ["all", "net", "web"]


def test_the_system_of_the_upload_goes_before_that_of_the_file(fed: Register, tmp_path: Path) -> None:
    fed.add([write(tmp_path / "a", endpoint(system="file"))], workers=1)
    assert fed.holdings()["system"].to_list() == ["file"]
    fed.add([tmp_path / "a"], system="upload", workers=1)
    assert sorted(fed.holdings()["system"]) == ["file", "upload"]
    assert one(fed)["sightings"] == 2


def test_links(fed: Register, tmp_path: Path) -> None:
    rows = [
        endpoint(reference="e", depends="c nothing"),
        certificate(reference="c", fingerprint="aa", issuer_key="cc"),
        certificate(fingerprint="bb", subject="CN=CA", key_fingerprint="cc", issuer_key="cc", authority="yes"),
    ]
    fed.add([write(tmp_path / "a", *rows)], workers=1)
    ids = dict(fed.assets().select(pl.coalesce(pl.col("host") + pl.col("fingerprint")), "asset").iter_rows())
    assert set(fed.links().rows()) == {(ids["a.example"], ids["aa"]), (ids["aa"], ids["bb"])}


def test_a_reference_means_its_own_file(fed: Register, tmp_path: Path) -> None:
    fed.add([write(tmp_path / "a", endpoint(reference="x", depends="y"))], workers=1)
    fed.add([write(tmp_path / "b", certificate(reference="y", fingerprint="aa"))], workers=1)
    assert fed.links().is_empty()


def test_what_a_later_scan_no_longer_finds_is_gone_but_not_lost(fed: Register, tmp_path: Path) -> None:
    both = [endpoint(seen="2026-01-01"), endpoint(port=8443, seen="2026-01-01")]
    fed.add([write(tmp_path / "scan", *both)], workers=1)
    fed.add([write(tmp_path / "scan", endpoint(seen="2026-02-01"))], workers=1)
    assert fed.assets()["port"].to_list() == [443]
    assert sorted(fed.assets(gone=True).select("port", "present").rows()) == [(443, True), (8443, False)]
    assert sorted(fed.at(date(2026, 1, 15))["port"]) == [443, 8443]
    assert fed.at(date(2026, 2, 1))["port"].to_list() == [443]
    assert fed.at(date(2025, 1, 1)).is_empty()


def test_diff(fed: Register, tmp_path: Path) -> None:
    first = [endpoint(post_quantum="classical", groups="x25519"), endpoint(port=1)]
    fed.add([write(tmp_path / "scan", *(row | {"seen": "2026-01-01"} for row in first))], workers=1)
    second = [endpoint(post_quantum="hybrid", groups="X25519MLKEM768"), endpoint(port=2)]
    fed.add([write(tmp_path / "scan", *(row | {"seen": "2026-02-01"} for row in second))], workers=1)
    found = fed.diff(date(2026, 1, 1), date(2026, 2, 1))
    rows = set(found.select("change", "port", "class_before", "class_after").rows())
    assert ("changed", 443, "harvest_now", "hybrid") in rows
    assert {row[:2] for row in rows} == {("changed", 443), ("vanished", 1), ("appeared", 2)}
    assert fed.diff(date(2026, 2, 1), date(2026, 2, 1)).is_empty()


def test_a_second_scan_on_one_day_takes_the_place_of_the_first(fed: Register, tmp_path: Path) -> None:
    for groups in ("x25519", "X25519MLKEM768", "x448"):
        fed.add([write(tmp_path / "scan", endpoint(groups=groups))], workers=1, seen=DAY)
        assert one(fed)["groups"] == groups


def test_a_file_that_says_again_what_it_said_before_is_news(fed: Register, tmp_path: Path) -> None:
    for day, groups in ((1, "x25519"), (2, "X25519MLKEM768"), (3, "x25519")):
        fed.add([write(tmp_path / "scan", endpoint(groups=groups))], workers=1, seen=date(2026, 1, day))
    assert one(fed)["groups"] == "x25519"
    assert one(fed)["sightings"] == 3


def test_merged_in_many_parts_it_is_the_same(fed: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [endpoint(port=n % 50, seen=f"2026-01-{n % 28 + 1:02d}", version=f"v{n}") for n in range(300)]
    rows += [certificate(serial=str(n % 40), fingerprint=f"{n % 40:064x}" if n % 3 else "") for n in range(120)]
    fed.add([write(tmp_path / "a", *rows)], workers=1)
    monkeypatch.setattr(merge, "BUCKET", 17)
    other = Register(tmp_path / "other")
    other.add([tmp_path / "a"], workers=1)
    assert len(other.manifest().files["assets"]) > 10
    assert fed.assets().equals(other.assets())
    assert fed.holdings().sort("asset", "system").equals(other.holdings().sort("asset", "system"))


ROWS = st.one_of(
    st.builds(
        endpoint,
        host=st.sampled_from(["a", "b", "c.gov"]),
        version=st.sampled_from(["", "1", "2"]),
        groups=st.sampled_from(["", "x25519", "X25519MLKEM768"]),
        post_quantum=st.sampled_from(["", "unknown", "classical", "hybrid"]),
        seen=st.sampled_from(["", "2026-01-01", "2026-02-01"]),
        depends=st.sampled_from(["", "c"]),
    ),
    st.builds(
        certificate,
        fingerprint=st.sampled_from(["", "aa", "bb"]),
        serial=st.sampled_from(["", "1", "2"]),
        subject=st.sampled_from(["CN=a", "CN=b"]),
        key_fingerprint=st.sampled_from(["", "k"]),
        issuer_key=st.sampled_from(["", "k"]),
        reference=st.just("c"),
        system=st.sampled_from(["", "s", "t"]),
    ),
)
FILES = st.lists(st.lists(ROWS, max_size=4), min_size=2, max_size=4)
SYSTEMS = [{"system": "gov", "hosts": "*.gov"}]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, data=st.data())
def test_the_order_of_imports_does_not_matter(
    fed: Register, tmp_path_factory: pytest.TempPathFactory, files: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    paths = [write(folder / f"f{n}", *rows) for n, rows in enumerate(files)]
    paths.append(write(folder / "owners", systems=SYSTEMS))
    together, apart = Register(folder / "together"), Register(folder / "apart")
    together.add(paths, workers=1, seen=DAY)
    for path in data.draw(st.permutations(paths)):
        apart.add([path], workers=1, seen=DAY)
    assert together.assets().equals(apart.assets())
    for table in ("holdings", "links"):
        one_, other = getattr(together, table)(), getattr(apart, table)()
        assert one_.sort(one_.columns).equals(other.sort(other.columns)), table


def test_a_host_whose_last_label_is_a_number_is_no_address() -> None:
    hosts = {"n": "10.0.0.0/8 10.0.0.0/99", "d": "db.*"}
    owners = Owners(System(system=name, hosts=each, evidence="expert") for name, each in hosts.items())
    found = [owners.of(host) for host in ("db.01", "10.1.2.3", "a:b", "300.1.1.1")]
    assert found == ["d", "n", "", ""]
