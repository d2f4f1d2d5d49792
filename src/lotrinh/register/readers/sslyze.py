"""Results of sslyze 5 and 6 as JSON. It cannot see post-quantum groups: what it does not see is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lotrinh.register.readers import _ssh
from lotrinh.register.readers._found import NOT_REACHED, Json, day, load, report, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "sslyze"
SUFFIXES = (".json",)

_SUITES = "_cipher_suites"
_VERSIONS = {"ssl_2_0": "SSLv2", "ssl_3_0": "SSLv3", "tls_1_0": "TLSv1.0", "tls_1_1": "TLSv1.1"}
_VERSIONS |= {"tls_1_2": "TLSv1.2", "tls_1_3": "TLSv1.3"}


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of sslyze."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and (b'"server_scan_results"' in head or b'"sslyze_version"' in head)


def read(source: Source, found: Batch) -> None:
    """Add every endpoint of a result and the certificates that it sent."""
    document = load(source, found, '"server_scan_results"')
    if document is None:
        return
    seen = ""
    if isinstance(document.value, dict):
        found.tool = f"sslyze {document.text('sslyze_version')}".strip()
        seen = day(document.text("date_scans_completed"))
        document = document.at("server_scan_results")
    for server in document:
        _server(server, source, found, seen)


def _server(server: Json, source: Source, found: Batch, seen: str) -> None:
    where = server.at("server_location")
    host, port = where.text("hostname") or where.text("ip_address"), where.whole("port")
    if not host:
        return
    result = server.at("scan_result") if server.at("scan_result").value else server.at("scan_commands_results")
    versions, suites, groups, chain = [], [], [], []
    if result.value is None:
        report(found, NOT_REACHED, server.place)
    else:
        for key, name in _VERSIONS.items():
            accepted = [suite.text("cipher_suite", "name") for suite in _accepted(result, key + _SUITES)]
            versions += [name] if accepted else []
            suites += accepted
        curves = _result(result, "elliptic_curves").at("supported_curves")
        groups = [curve.text("name") for curve in curves if curve.value is not None]
        deployments = _result(result, "certificate_info").at("certificate_deployments")
        chain = [one for deployment in deployments for one in _list(deployment.at("received_certificate_chain"))]
    file = File(source, found, host, port, seen)
    references = _chain(file, chain)
    file.endpoint("tls", standing(groups, sees=False), groups, versions, suites, references[:1])


def _result(result: Json, command: str) -> Json:
    """Return what a command found; older files have it without the status around it."""
    inside = result.at(command)
    return inside.at("result") if isinstance(inside.value, dict) and "status" in inside.value else inside


def _list(value: Json) -> list[Json]:
    return list(value) if value.value is not None else []


def _accepted(result: Json, command: str) -> list[Json]:
    return _list(_result(result, command).at("accepted_cipher_suites"))


def _chain(file: File, chain: list[Json]) -> list[str]:
    """Add the certificates of a chain; one without its PEM by what the file says of it."""
    references: list[str] = []
    for one in chain:
        if one.value is None:
            continue
        pem = one.raw("as_pem")
        if pem:
            references += file.chain([pem])
        elif fingerprint := _ssh.from_base64(one.raw("fingerprint_sha256")):
            facts: dict[str, Any] = {word: one.text(word, "rfc4514_string") for word in ("subject", "issuer")}
            facts |= {word: day(one.text(f"not_valid_{word[4:]}")) for word in ("not_before", "not_after")}
            reference = f"{file.host}:{file.port}/{fingerprint[:16]}"
            file.add("certificate", reference, fingerprint=fingerprint, name=facts["subject"], **facts)
            references.append(reference)
    return references
