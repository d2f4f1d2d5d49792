"""Results of testssl.sh as JSON, flat or pretty, also of scans that failed or were broken off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lotrinh.register.readers._found import NOT_REACHED, Json, clean, day, load, report, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "testssl.sh"
SUFFIXES = (".json",)

_VERSIONS = {"SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLS1": "TLSv1.0", "TLS1_1": "TLSv1.1", "TLS1_2": "TLSv1.2"}
_VERSIONS |= {"TLS1_3": "TLSv1.3"}
_KEMS = "FS_KEMs"
_GROUPS = ("FS_ECDHE_curves", "PFS_ECDHE_curves", "DH_groups")
_CERTIFICATE = re.compile(r"cert(?: <cert#\d+>)?|(?:intermediate_)?cert <#\d+>")
_SUITE = re.compile(r"\b(?:TLS|SSL)_[A-Z0-9_]+\b")
_NAMES = ("FS_ciphers", "PFS_ciphers")
_SENTENCE = frozenset(("No", "no", "not", "offered", "Couldn't"))
_FAILED = ("scanProblem", "optimal_proto")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of testssl.sh."""
    if not head.lstrip().startswith((b"[", b"{")) or b'"finding"' not in head or b'"severity"' not in head:
        return False
    return b'"id"' in head and (b'"ip"' in head or b'"scanResult"' in head or b'"clientProblem' in head)


def read(source: Source, found: Batch) -> None:
    """Add every endpoint of a result and the certificates that it sent."""
    document = load(source, found, '"scanResult"')
    if document is None:
        return
    found.tool, seen = "testssl.sh", ""
    invoked: list[str] = []
    if isinstance(document.value, dict):
        found.tool = f"testssl.sh {document.text('version').split(' ')[0]}".strip()
        seen = day(document.text("startTime"))
        invoked = document.words("Invocation")[-1:]
        document = document.at("scanResult")
    flat: dict[tuple[str, str], list[Json]] = {}
    for one in document:
        if isinstance(one.value, dict) and "targetHost" in one.value:
            host = one.text("targetHost") or one.text("ip")
            _endpoint(host, one.whole("port"), _findings(one), source, found, seen)
        elif isinstance(one.value, dict) and "ip" in one.value and one.text("ip") != "/":
            flat.setdefault((one.text("ip"), one.text("port")), []).append(one)
        elif isinstance(one.value, dict) and one.text("id") == "scanProblem":
            _endpoint(*_place("".join(invoked)), [one], source, found, seen)
    for (address, port), findings in flat.items():
        host, _, ip = address.partition("/")
        _endpoint(*_place(f"{host or ip}:{port}"), findings, source, found, seen)


def _place(target: str) -> tuple[str, int]:
    """Return host and port of a target as it was given; 443 where it has none."""
    host, mark, port = target.removeprefix("https://").partition("/")[0].rpartition(":")
    if not mark or not port.isascii() or not port.isdigit() or len(port) > 5:
        return host + mark + port, 443
    return host, int(port)


def _findings(server: Json) -> list[Json]:
    """Return the findings of all sections of one server."""
    sections = [section for _, section in server.items() if isinstance(section.value, list)]
    return [one for section in sections for one in section if isinstance(one.value, dict)]


def _endpoint(host: str, port: int, findings: Iterable[Json], source: Source, found: Batch, seen: str) -> None:
    if not host:
        return
    file = File(source, found, host, port, seen)
    said: dict[str, list[Json]] = {}
    for one in findings:
        said.setdefault(one.text("id"), []).append(one)
    versions = [name for what, name in _VERSIONS.items() if _offered(said.get(what, ()))]
    failed = next((one for what in _FAILED for one in said.get(what, ())), None)
    if failed is not None and not versions:
        report(found, NOT_REACHED, failed.place)
    kems, groups = _words(said, _KEMS), _words(said, *_GROUPS)
    suites = [_SUITE.search(one.raw("finding")) for what in said if what.startswith("cipher") for one in said[what]]
    chain = [_pem(one.raw("finding")) for what in said if _CERTIFICATE.fullmatch(what) for one in said[what]]
    references = file.chain(chain)
    # Groups of all kinds were asked for where the scan went on behind them.
    asked = _KEMS in said and not next(reversed(said)).startswith(("FS", "DH"))
    older = any(version != "TLSv1.3" for version in versions)
    file.endpoint(
        "tls",
        standing(kems + groups, sees=_KEMS in said, classical=True if older or groups else False if asked else None),
        kems + groups,
        versions,
        [suite[0] for suite in suites if suite] or _words(said, *_NAMES),
        references[:1],
    )


def _offered(findings: Iterable[Json]) -> bool:
    return any(clean(one.raw("finding")).startswith("offered") for one in findings)


def _words(said: Mapping[str, Iterable[Json]], *keys: str) -> list[str]:
    """Return the names in the findings of `keys`; a sentence such as ``No KEMs offered`` has none."""
    found = [one.words("finding") for key in keys for one in said.get(key, ())]
    return [word for words in found if not _SENTENCE.intersection(words) for word in words]


def _pem(text: str) -> str:
    """Return a certificate that was written on one line as PEM again."""
    return text.replace("\\n", "\n")
