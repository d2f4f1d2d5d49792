"""The CBOM of one system of the invented estate, CycloneDX 1.7."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from lotrinh.register.made_up.estate import mix
from lotrinh.register.sheets import System

ROOTS = 140
"""Public roots in a container; about as many as a browser trusts."""
RUN_OUT = 0.75
"""Share of certificates that have run out: of those issued anew each quarter, three of a year's four are past."""
TESTED = 0.05
"""Share of uses in own code that stand in its tests."""
MODULE, DEVICE, KEYS = 150, 60, 60
"""Uses of algorithms in one module of own code and in one type of device, and keys in one hardware module, about."""
VERSIONS = 2
"""Versions of libraries in one system: many uses share them."""
BASE = date(2026, 11, 1)
GROUPS = {"ecp256": 19, "modp2048": 14, "modp1024": 2}
"""Numbers of IKEv2's key exchange methods (IANA, transform type 4)."""

Component = dict[str, Any]
Authorities = Mapping[str, Sequence[Component]]
Uses = Iterator[tuple[Component, str]]
"""Assets, each with the reference of what holds it."""


def authorities(of: Sequence[System]) -> dict[str, list[Component]]:
    """Return the certification authorities by system: one for each organisation, below one root."""
    root = "CN=SYN Root CA (giả lập)"
    found: dict[str, list[Component]] = {of[0].system: [_certificate("ca-root", root, root, 7000, -3000, "RSA-4096")]}
    seen: set[str] = set()
    for system in of:
        if system.organisation not in seen:
            seen.add(system.organisation)
            subject = issuer_of(system)
            days = 1500 + 300 * (len(seen) % 7)
            made = _certificate(f"ca-{len(seen):03d}", subject, root, days, -1500, "RSA-2048")
            found.setdefault(system.system, []).append(made)
    return found


def issuer_of(system: System) -> str:
    """Return the name of the authority of the organisation of a system."""
    return f"CN=SYN CA {system.organisation}"


def bom(
    rng: np.random.Generator,
    system: System,
    amount: Mapping[str, int],
    above: Authorities,
    seen: str,
    *,
    rooted: bool,
) -> Component:
    """Return the CBOM of a system with so many assets of each kind; with public roots where it is `rooted`."""
    held: dict[str, list[str]] = {}
    holders: dict[str, Component] = {}
    assets = [*above.get(system.system, ()), *_leaves(rng, system, amount["certificate"])]
    if rooted:
        assets += [_public_root(at) for at in range(ROOTS)]
    for uses in (
        _libraries(rng, amount["library"], holders),
        _code(rng, system, amount["code"]),
        _devices(rng, amount["firmware"], holders),
        _gateways(rng, amount["vpn"], holders),
        _keys(rng, amount["key"], holders),
    ):
        for asset, holder in uses:
            assets.append(asset)
            if holder:
                held.setdefault(holder, []).append(asset["bom-ref"])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {
            "timestamp": seen,
            "tools": {"components": [{"type": "application", "name": "lotrinh-synthetic", "version": "1"}]},
            "component": {"type": "application", "name": system.system, "version": "1", "bom-ref": "main"},
        },
        "components": [*holders.values(), *assets],
        "dependencies": [{"ref": holder, "provides": refs} for holder, refs in held.items()],
    }


def _leaves(rng: np.random.Generator, system: System, number: int) -> Iterator[Component]:
    rows, shares = mix("certificate")
    chosen, out = rng.choice(len(rows), number, p=shares), rng.random(number) < RUN_OUT
    old, valid = rng.integers(0, 360, number), rng.integers(200, 1100, number)
    host = f"{system.system.lower()}.example"
    # What has run out is an earlier issue of the next that is valid.
    name: np.ndarray[Any, np.dtype[np.int64]] = np.cumsum(~out) - ~out
    for at in range(number):
        subject = f"CN=c{name[at]:05d}.{host}, O={system.organisation}"
        last = -int(old[at]) - 1 if out[at] else int(valid[at])
        row = rows[chosen[at]]
        made = _certificate(
            f"{system.system}-{at}", subject, issuer_of(system), last, -int(old[at]) - 400 * bool(out[at]), row["name"]
        )
        made["cryptoProperties"]["certificateProperties"] |= {
            "signatureAlgorithmRef": f"crypto/algorithm/{row['detail']}",
            "certificateExtensions": [{"commonExtensionName": "basicConstraints", "commonExtensionValue": "CA:FALSE"}],
        }
        yield _found(made, f"/srv/{system.system}/tls/c{at:05d}.crt")


def _certificate(ref: str, subject: str, issuer: str, last: int, first: int, key: str) -> Component:
    """Return a certificate that is valid between two days counted from `BASE`, of an authority."""
    mark = hashlib.sha256(f"SYN {ref}".encode()).hexdigest()
    return _asset(
        f"cert-{ref}",
        subject.partition(",")[0].removeprefix("CN="),
        "certificate",
        {
            "serialNumber": mark[:16],
            "subjectName": subject,
            "issuerName": issuer,
            "notValidBefore": f"{BASE + timedelta(first)}T00:00:00Z",
            "notValidAfter": f"{BASE + timedelta(last)}T00:00:00Z",
            "certificateFormat": "X.509",
            "fingerprint": {"alg": "SHA-256", "content": mark},
            "subjectPublicKeyRef": f"crypto/algorithm/{key}",
            "signatureAlgorithmRef": "crypto/algorithm/SHA256withRSA",
            "certificateExtensions": [{"commonExtensionName": "basicConstraints", "commonExtensionValue": "CA:TRUE"}],
        },
    )


def _public_root(at: int) -> Component:
    name = f"CN=SYN Public Root {at:03d}"
    return _found(_certificate(f"public-{at:03d}", name, name, 4000, -2000, "RSA-4096"), f"/etc/ssl/certs/{at:03d}.pem")


def _algorithms(rng: np.random.Generator, number: int, prefix: str) -> Iterator[Component]:
    rows, shares = mix("algorithm")
    for at, chosen in enumerate(rng.choice(len(rows), number, p=shares)):
        name, primitive = rows[chosen]["name"], rows[chosen]["detail"]
        functions = {"signature": ["sign", "verify"], "pke": ["encrypt", "decrypt"], "key-agree": ["keyderive"]}
        said: dict[str, Any] = {"primitive": primitive}
        if primitive in functions:
            said["cryptoFunctions"] = functions[primitive]
        yield _asset(f"{prefix}-{at}", name, "algorithm", said)


def _libraries(rng: np.random.Generator, number: int, holders: dict[str, Component]) -> Uses:
    rows, shares = mix("library")
    chosen = rng.choice(rng.choice(len(rows), VERSIONS, replace=False, p=shares), number)
    for at, asset in enumerate(_algorithms(rng, number, "lib")):
        row, ref = rows[chosen[at]], f"library-{chosen[at]}"
        holders.setdefault(ref, _component(ref, "library", row["name"], row["detail"]))
        yield _found(asset, f"/usr/lib/{row['name'].replace(' ', '-').lower()}/part{at:05d}.so"), ref


def _code(rng: np.random.Generator, system: System, number: int) -> Uses:
    tests, modules = rng.random(number) < TESTED, rng.integers(0, number // MODULE + 1, number)
    for at, asset in enumerate(_algorithms(rng, number, "code")):
        part = "test" if tests[at] else "main"
        yield _found(asset, f"{system.system}/module{modules[at]:03d}/src/{part}/java/Use{at:05d}.java"), ""


def _devices(rng: np.random.Generator, number: int, holders: dict[str, Component]) -> Uses:
    devices = rng.integers(0, number // DEVICE + 1, number)
    for at, asset in enumerate(_algorithms(rng, number, "fw")):
        ref = f"device-{devices[at]}"
        name = f"Thiết bị (giả lập) {devices[at]:02d}"
        holders.setdefault(ref, _component(ref, "firmware", name, f"{1 + devices[at] % 4}.0"))
        yield _found(asset, f"image/part{at:04d}.bin"), ref


def _gateways(rng: np.random.Generator, number: int, holders: dict[str, Component]) -> Uses:
    rows, shares = mix("vpn")
    for at, chosen in enumerate(rng.choice(len(rows), number, p=shares)):
        group, version = rows[chosen]["name"], rows[chosen]["detail"]
        ref = f"gateway-{at}"
        holders[ref] = _component(ref, "device", f"Cổng VPN (giả lập) {at:02d}", "1")
        said = {"type": "ike", "version": version, "ikev2TransformTypes": {"ke": [{"group": GROUPS[group]}]}}
        yield _asset(f"vpn-{at}", f"IKE {group}", "protocol", said), ref


def _keys(rng: np.random.Generator, number: int, holders: dict[str, Component]) -> Uses:
    """Yield private keys in hardware modules."""
    modules = rng.integers(0, number // KEYS + 1, number)
    for at in range(number):
        ref = f"hsm-{modules[at]}"
        holders.setdefault(ref, _component(ref, "device", f"HSM (giả lập) {modules[at]:02d}", "1"))
        said: dict[str, Any] = {"type": "private-key", "size": 2048, "algorithmRef": "crypto/algorithm/RSA-2048"}
        said["securedBy"] = {"mechanism": "HSM"}
        asset = _asset(f"key-{at}", f"SYN key {at:05d}", "related-crypto-material", said)
        yield _found(asset, f"hsm/slot{modules[at]:02d}/key{at:05d}"), ref


def _component(ref: str, kind: str, name: str, version: str) -> Component:
    return {"bom-ref": ref, "type": kind, "name": name, "version": version}


def _asset(ref: str, name: str, kind: str, said: dict[str, Any]) -> Component:
    words = {"related-crypto-material": "relatedCryptoMaterialProperties"}
    return {
        "bom-ref": ref,
        "type": "cryptographic-asset",
        "name": name,
        "cryptoProperties": {"assetType": kind, words.get(kind, f"{kind}Properties"): said},
    }


def _found(asset: Component, location: str) -> Component:
    return asset | {"evidence": {"occurrences": [{"location": location}]}}
