"""Targets: every way to write one, and everything that is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotrinh.base.issues import IssueKind, UsageError
from lotrinh.register.probe.targets import NO_TARGET, RANGE, Target, parse_target, read_targets


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("mail.example.vn", "tls://mail.example.vn:443"),
        ("Mail.Example.VN.", "tls://mail.example.vn:443"),
        ("mail.example.vn:8443", "tls://mail.example.vn:8443"),
        ("mail.example.vn:22", "ssh://mail.example.vn:22"),
        ("tls://mail.example.vn:22", "tls://mail.example.vn:22"),
        ("ssh://mail.example.vn", "ssh://mail.example.vn:22"),
        ("SSH://mail.example.vn:2222/", "ssh://mail.example.vn:2222"),
        ("10.1.2.3", "tls://10.1.2.3:443"),
        ("10.1.2.3:993", "tls://10.1.2.3:993"),
        ("2001:DB8:0::1", "tls://[2001:db8::1]:443"),
        ("[2001:db8::1]", "tls://[2001:db8::1]:443"),
        ("[2001:db8::1]:22", "ssh://[2001:db8::1]:22"),
        ("ssh://[::1]:2222", "ssh://[::1]:2222"),
        ("bộ.example.vn", "tls://xn--b-8xm.example.vn:443"),
        ("_dmarc.example.vn", "tls://_dmarc.example.vn:443"),
        ("localhost", "tls://localhost:443"),
    ],
)
def test_a_target_is_read_as_it_is_meant(written: str, key: str) -> None:
    target = parse_target(written)
    assert isinstance(target, Target)
    assert target.key == key
    assert parse_target(target.key) == target


@pytest.mark.parametrize(
    "written",
    [
        *("10.0.0.0/24", "10.0.0.1-20", "10.0.0.1-10.0.0.9", "2001:db8::/64", "*.example.vn", "host[1-9].example.vn"),
        *("10.0.0.*", "a.example,b.example", "host{1,2}", "10.0.0.?", "tls://10.0.0.0/8", "ssh://*.example.vn"),
    ],
)
def test_a_range_is_refused_and_never_expanded(written: str) -> None:
    assert parse_target(written) is RANGE


@pytest.mark.parametrize(
    "written",
    [
        *("https://example.vn/path", "ftp://example.vn", "example.vn:0", "example.vn:65536", "example.vn:x", ":443"),
        *("tls://", "-x.example", "a..b", "example.vn:443:22", "[10.0.0.1]:22", "1.2.3", "999.1.1.1", "two words"),
        *("user@example.vn", "x" * 64 + ".vn", ".".join(["abcdefgh"] * 32), "[::1", "0x7f000001.1"),
    ],
)
def test_what_is_no_target_is_told(written: str) -> None:
    assert parse_target(written) is NO_TARGET


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_a_problem(written: str) -> None:
    found = parse_target(written)
    if isinstance(found, Target):
        assert found.port in range(1, 65536)
        assert found.host.isascii()
        assert parse_target(found.key) == found
    else:
        assert isinstance(found, IssueKind)


def test_a_list_with_comments_and_doubles(tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text("\ufeff# all\n a.example # web\n\nA.example:443\n10.0.0.0/8\nssh://b.example\nbad name\n", "utf-8")
    targets, issues = read_targets(["b.example", "tls://b.example:443"], [path])
    assert [target.key for target in targets] == ["tls://b.example:443", "tls://a.example:443", "ssh://b.example:22"]
    assert [(issue.kind, issue.place.row, issue.value) for issue in issues] == [
        (RANGE, 5, "10.0.0.0/8"),
        (NO_TARGET, 7, "bad name"),
    ]


def test_a_table_names_the_system(tmp_path: Path) -> None:
    path = tmp_path / "hosts.csv"
    path.write_text("target;system\na.example;S1\nb.example:22;\n10.0.0.1-9;S2\n", "utf-8")
    targets, issues = read_targets([], [path])
    assert targets == [Target("tls", "a.example", 443, "S1"), Target("ssh", "b.example", 22)]
    assert [(issue.kind, issue.place.row, issue.place.column) for issue in issues] == [(RANGE, 4, "target")]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in ("hosts.txt", "hosts.csv"):
        with pytest.raises(UsageError, match="hosts"):
            read_targets([], [tmp_path / name])
