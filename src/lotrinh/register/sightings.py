"""What a source tells of one use of cryptography, and the batch into which readers put it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lotrinh.base.issues import Issue
from lotrinh.register.sheets import System

KINDS = ("algorithm", "certificate", "key", "endpoint", "host_key", "protocol")
"""What can be sighted: the use of an algorithm, a certificate, a key (never its value), an endpoint that was asked, the
key of an SSH host, the use of a protocol.
"""
POST_QUANTUM = ("hybrid", "post_quantum", "classical", "unknown", "")
"""Key establishment of an endpoint as far as the tool could see: ``unknown`` where it cannot tell post-quantum groups;
empty for what is no endpoint.
"""


class Sighting(NamedTuple):
    """One use of cryptography, as one source saw it. Nothing here is ever the value of a key.

    Text is as the source wrote it, stripped; empty where it does not say. Lists are joined by single blanks.

    Attributes
    ----------
    kind: one of `KINDS`.  name: how the source calls it.
    algorithm, oid, parameter, curve, bits: the algorithm as named, its object identifier, parameter set, curve, and
        size of its key (0 where unknown); for a certificate or key those of its public key.
    primitive, functions: as in CycloneDX: ``signature``, ``key-agree``, ``kem``, ``pke``, …; ``keygen sign verify``.
    signature: algorithm, name or identifier, by which a certificate is signed.
    subject, issuer, serial, not_before, not_after: of a certificate; dates as ISO ``2031-05-01``.
    fingerprint: SHA-256 of the whole certificate; `key_fingerprint` of its public key's SubjectPublicKeyInfo; in
        lower-case hexadecimal.  issuer_key: that of the issuer's key, where known.
    authority: ``yes`` where a certificate may sign others, ``no`` where not.
    protocol, version, suites, groups: of an endpoint or protocol: ``tls``, ``ssh``, ``ike``, …; versions offered or
        agreed; cipher suites; key-exchange groups or methods.
    post_quantum: one of `POST_QUANTUM`.  fallback: ``yes`` where a classical group is accepted besides, ``no`` where it
        was refused, empty where that was not tried.
    host, port: of an endpoint (port 0 where there is none).
    system: the system that the source names, where it does.
    component, component_kind, component_version: what holds it: ``library``, ``application``, ``firmware``,
        ``container``, ``device``, ``file``, …
    location: file, path or place inside the component.
    reference: how the source itself refers to it, or where in the file it stands.
    depends: references, within the same source, of what it depends on.
    trust_store, test: ``yes`` where it lies in a store of public roots, or is recognised as material of tests.
    seen: ISO date on which the source saw it; empty for the date of the import.
    """

    kind: str
    name: str = ""
    algorithm: str = ""
    oid: str = ""
    parameter: str = ""
    curve: str = ""
    bits: int = 0
    primitive: str = ""
    functions: str = ""
    signature: str = ""
    subject: str = ""
    issuer: str = ""
    serial: str = ""
    not_before: str = ""
    not_after: str = ""
    fingerprint: str = ""
    key_fingerprint: str = ""
    issuer_key: str = ""
    authority: str = ""
    protocol: str = ""
    version: str = ""
    suites: str = ""
    groups: str = ""
    post_quantum: str = ""
    fallback: str = ""
    host: str = ""
    port: int = 0
    system: str = ""
    component: str = ""
    component_kind: str = ""
    component_version: str = ""
    location: str = ""
    reference: str = ""
    depends: str = ""
    trust_store: str = ""
    test: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Attributes
    ----------
    path: where it stands.  name: as problems and sightings call it.
    system: the system to which all in it belongs, where the user said so; it goes before what the file says.
    """

    path: Path
    name: str
    system: str = ""


@dataclass(slots=True)
class Batch:
    """What was read so far. `tool` is set by the reader: the tool and version that wrote the source.

    `sheets` has the rows of the other sheets that people fill in (`windows`, `efforts`, `costs`, `progress`).
    """

    sightings: list[Sighting] = field(default_factory=list)
    systems: list[System] = field(default_factory=list)
    sheets: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[Issue] = field(default_factory=list)
    tool: str = ""
