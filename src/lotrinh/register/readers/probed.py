"""Results of our own probe, as `lotrinh.register.probe.run` writes them: one JSON object a line."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import orjson

from lotrinh.base.issues import IssueKind, Place
from lotrinh.base.text import t
from lotrinh.register.readers import _x509
from lotrinh.register.sightings import POST_QUANTUM, Batch, Sighting, Source

TITLE = "Probe of Lotrinh"
SUFFIXES = (".jsonl",)

UNREADABLE = IssueKind(
    "N103", "a line that is no answer of a probe", "It was passed over; probe the target again.", severity="warning"
)
SILENT = IssueKind(
    "N104",
    "targets of the probe that gave no answer",
    "Nothing is known of them: see why in the file, and probe them again.",
    severity="warning",
)
MOST_NAMED = 5
_MARK = b'"lotrinh_probe":'
_DAY = re.compile(r"^\d{4}-\d\d-\d\d(?=T)", re.ASCII)
_CERTIFIED = re.compile(r"-cert-v\d+@openssh\.com$")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether the first line is one of the probe's; the name of the file does not matter."""
    return head.lstrip()[:1] == b"{" and _MARK in head.partition(b"\n")[0]


def read(source: Source, found: Batch) -> None:
    """Add an endpoint for each target that answered, with its certificates or the types of its host keys."""
    silent: list[str] = []
    with source.path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                told = orjson.loads(line)
                target = str(told["target"])
                sightings = _sightings(told, target) if told["lotrinh_probe"] else []
            except (ValueError, KeyError, TypeError, AttributeError):
                expected = t("a JSON object with the key lotrinh_probe")
                found.problems.append(UNREADABLE.at(Place(source.name, row=number), "", expected))
                continue
            found.tool = str(told.get("tool", "")) or found.tool
            found.sightings.extend(sightings)
            if not sightings:
                silent.append(target)
    if silent:
        named = ", ".join(silent[:MOST_NAMED]) + (", …" if len(silent) > MOST_NAMED else "")
        found.problems.append(SILENT.at(Place(source.name), f"{len(silent)}: {named}"))


def _sightings(told: dict[str, Any], target: str) -> list[Sighting]:
    """Return what one line tells; nothing where the target gave no answer in its protocol."""
    if "versions" not in told:
        return []
    common: dict[str, Any] = {
        "protocol": str(told["protocol"]),
        "host": str(told["host"]),
        "port": _port(told["port"]),
        "system": str(told.get("system", "")),
        "location": target,
        "seen": "".join(_DAY.findall(str(told.get("seen", "")))),
    }
    owned = [*_certificates(told, common, target), *_host_keys(told, common, target)]
    status, fallback = told.get("post_quantum"), told.get("fallback")
    endpoint = Sighting(
        kind="endpoint",
        name=target,
        version=_listed(told, "versions"),
        suites=_listed(told, "suites"),
        groups=_listed(told, "groups"),
        post_quantum=status if isinstance(status, str) and status in POST_QUANTUM else "unknown",
        fallback=fallback if isinstance(fallback, str) and fallback in ("yes", "no") else "",
        component=str(told.get("banner", "")),
        reference=target,
        depends=" ".join(each.reference for each in owned[: 1 if told.get("certificates") else None]),
        **common,
    )
    return [endpoint, *owned]


def _port(written: Any) -> int:
    if not isinstance(written, int) or not 0 < written < 65536:
        raise ValueError("port")
    return int(written)


def _listed(told: dict[str, Any], fact: str) -> str:
    return " ".join(str(each) for each in told.get(fact) or ())


def _certificates(told: dict[str, Any], common: dict[str, Any], target: str) -> list[Sighting]:
    """Return the certificates of a chain; each names the key of the next where that is its issuer."""
    chain = [_x509.certificate(b64decode(each)) for each in told.get("certificates") or ()]
    found = []
    for place, one in enumerate(chain):
        issuers = [one, *chain[place + 1 : place + 2]]
        key = next((each.key.key_fingerprint for each in issuers if one.names[1] and each.names[0] == one.names[1]), "")
        facts: dict[str, Any] = one.key._asdict() | one.facts | {"issuer_key": key} | common
        found.append(
            Sighting(kind="certificate", name=one.facts.get("subject", ""), reference=f"{target}#{place}", **facts)
        )
    return found


def _host_keys(told: dict[str, Any], common: dict[str, Any], target: str) -> list[Sighting]:
    """Return one sighting for each type of key: the RSA algorithms share one key, and a certificate has its key's."""
    written = [_CERTIFIED.sub("", str(each)) for each in told.get("host_keys") or ()]
    types = dict.fromkeys("ssh-rsa" if each.startswith("rsa-sha2-") else each for each in written)
    return [
        Sighting(kind="host_key", name=each, algorithm=each, reference=f"{target}#{each}", **common) for each in types
    ]
