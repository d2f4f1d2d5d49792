"""Which sightings are of one asset."""

from __future__ import annotations

import pytest

from lotrinh.register.identity import Identities, asset_id, distinguished, host, serial
from lotrinh.register.sightings import Sighting


def known(system: str = "s", source: str = "scan.json", **facts: object) -> tuple[str, ...]:
    return Identities(source, canonical).of(Sighting(**facts), system)  # type: ignore[arg-type]


def canonical(s: Sighting) -> str:
    return s.algorithm.casefold()


def certificate(**facts: object) -> dict[str, object]:
    told = {"subject": "CN=a", "issuer": "CN=CA", "serial": "1A", "not_before": "2025-01-01", "not_after": "2027-01-01"}
    return {"kind": "certificate", **told, **facts}


def test_an_id_is_twenty_hexadecimal_digits() -> None:
    assert len(asset_id("x")) == 20
    assert int(asset_id("x"), 16)
    assert asset_id("x") != asset_id("y")


def test_a_certificate_is_known_by_fingerprint_then_serial_then_names_and_dates() -> None:
    full = known(**certificate(fingerprint="AB:CD"))
    assert full[0] == known(kind="certificate", fingerprint="abcd")[0]
    assert full[1] == known(kind="certificate", issuer="CN=CA", serial="0x1a")[1]
    assert full[2] == known(**certificate(serial=""))[2]
    assert all(full)
    assert len(set(full)) == 3


def test_a_certificate_belongs_to_no_system() -> None:
    assert known("one", **certificate()) == known("two", "other.json", component="c", **certificate())


def test_nothing_but_its_place_tells_a_nameless_certificate() -> None:
    assert known(kind="certificate", name="x", location="a") != known(kind="certificate", name="x", location="b")


@pytest.mark.parametrize(
    "form",
    [
        "CN=Root CA,O=Acme\\, Inc.,C=VN",
        "C=VN, O=Acme\\, Inc., CN=Root  CA",
        "/C=VN/O=Acme, Inc./CN=Root CA",
        "commonName=Root CA, countryName=VN, organizationName=Acme\\, Inc.",
        "2.5.4.3=root ca,2.5.4.10=acme\\, inc.,c=vn",
    ],
)
def test_a_distinguished_name_is_the_same_in_every_form(form: str) -> None:
    assert distinguished(form) == "C=vn,CN=root ca,O=acme, inc."


def test_other_names_stay_apart() -> None:
    assert distinguished("CN=a,O=b") != distinguished("CN=b,O=a")
    assert distinguished("CN=a") != distinguished("CN=a,OU=x")


@pytest.mark.parametrize(
    ("one", "other"), [("0A:1B", "a1b"), ("0x0a1b", "A1B"), ("2587", "0a1b"), ("00", "0"), ("10:00", "1000" + "")]
)
def test_serial_numbers(one: str, other: str) -> None:
    same = serial(one) == serial(other)
    assert same is (other != "1000")  # digits without a mark are decimal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Example.ORG.", "example.org"),
        ("[2001:DB8::0001]", "2001:db8:0:0:0:0:0:1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host_is_the_same_in_every_form(one: str, other: str) -> None:
    assert host(one) == host(other)


def test_an_endpoint_is_protocol_host_and_port_whoever_has_it() -> None:
    one = known("one", kind="endpoint", protocol="TLS", host="A.example.", port=443, groups="x25519")
    assert one == known("two", "b.json", kind="endpoint", protocol="https", host="a.example", port=443)
    assert one != known(kind="endpoint", protocol="tls", host="a.example", port=8443)
    assert one != known(kind="endpoint", protocol="ssh", host="a.example", port=443)


def test_a_key_is_known_by_its_fingerprint_else_by_its_place() -> None:
    assert known("a", kind="key", key_fingerprint="AA", name="x") == known("b", kind="key", key_fingerprint="aa")
    assert known(kind="key", name="x", location="l") == known(source="other", kind="key", name="x", location="l")
    assert known(kind="key", name="x", location="l") != known(kind="key", name="y", location="l")


def test_a_host_key_is_known_by_fingerprint_then_by_host_port_and_algorithm() -> None:
    both = known(kind="host_key", key_fingerprint="aa", host="h", port=22, algorithm="RSA")
    assert both[1] == known(kind="host_key", host="H.", port=22, algorithm="rsa")[1]
    assert both[1] != known(kind="host_key", host="h", port=22, algorithm="ed25519")[1]


def test_a_use_is_known_by_system_component_location_and_algorithm() -> None:
    facts = {"kind": "algorithm", "algorithm": "RSA", "component": "app", "location": "a.c:1"}
    assert known(**facts) == known(source="other.json", **facts | {"algorithm": "rsa", "name": "another"})
    for change in ({"algorithm": "AES"}, {"component": "lib"}, {"location": "a.c:2"}):
        assert known(**facts) != known(**facts | change)
    assert known("s", **facts) != known("t", **facts)


def test_what_nobody_says_where_it_belongs_is_told_apart_by_its_source() -> None:
    facts = {"kind": "algorithm", "algorithm": "RSA"}
    assert known("", "one.json", **facts) != known("", "two.json", **facts)
    assert known("s", "one.json", **facts) == known("s", "two.json", **facts)


def test_things_of_one_name_and_place_are_counted_whatever_their_references() -> None:
    keys = [Sighting("key", name="RSA", reference=reference) for reference in ("a", "b", "a", "c")]
    later = [Sighting("key", name="RSA", reference=reference) for reference in ("x", "y")]
    first, second = Identities("scan", canonical), Identities("scan", canonical)
    one, other = [first.of(key, "") for key in keys], [second.of(key, "") for key in later]
    assert one[0] == one[2]
    assert len(set(one)) == 3
    assert other == one[:2]
