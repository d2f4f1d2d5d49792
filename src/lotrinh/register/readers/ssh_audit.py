"""Results of ssh-audit 2 and 3 as JSON: one server, or a list of them."""

from __future__ import annotations

import re
from pathlib import Path

from lotrinh.register.readers import _ssh
from lotrinh.register.readers._found import Json, load, methods, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.readers._x509 import Key
from lotrinh.register.sightings import Batch, Source

TITLE = "ssh-audit"
SUFFIXES = (".json",)

_CURVE = re.compile(r"nistp(256|384|521)")
_START = re.compile(rb"\s*[\[{]")
_TARGET = re.compile(r"\[?([^\]\s]+?)\]?(?::(\d{1,5}))?")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of ssh-audit."""
    return bool(_START.match(head)) and b'"banner"' in head and b'"kex"' in head and b'"compression"' in head


def read(source: Source, found: Batch) -> None:
    """Add every server of a result and its host keys. The file says neither when nor by which version it was made."""
    document = load(source, found)
    found.tool = "ssh-audit"
    if document is not None:
        for server in document if isinstance(document.value, list) else [document]:
            if isinstance(server.value, dict) and "kex" in server.value:
                _server(server, source, found)


def _server(server: Json, source: Source, found: Batch) -> None:
    host, port = _place(server)
    file = File(source, found, host, port)
    names = methods(_names(server, "kex"))
    seen: dict[str, int] = {}
    for one in _list(server, "key"):
        kind = one.text("algorithm") if isinstance(one.value, dict) else ""
        bits = one.whole("keysize") if kind else 0
        seen[_ssh.named(kind.removeprefix("rsa-sha2-256").removeprefix("rsa-sha2-512") or "ssh-rsa")] = bits
    references = []
    for mark in _list(server, "fingerprints"):
        kind, digest = mark.text("hostkey"), _digest(mark)
        if not kind or (mark.text("hash_alg") == "MD5"):
            continue
        algorithm = _ssh.named(kind)
        curve = _curve(kind)
        size = int(curve[2:]) if curve else seen.get(algorithm, 0)
        key = Key(algorithm, curve=curve, bits=size, primitive="signature", functions="sign verify")
        reference = f"{host}:{port}/{kind}"
        file.add("host_key", reference, key, name=kind, fingerprint=digest, protocol="ssh")
        references.append(reference)
    suites = _names(server, "enc") + _names(server, "mac")
    component = server.text("banner", "software")
    file.endpoint(
        "ssh",
        standing(names, sees=True, complete=True),
        names,
        [server.text("banner", "protocol")],
        suites,
        references,
        component,
    )


def _place(server: Json) -> tuple[str, int]:
    """Return host and port; version 2 may give the host alone."""
    target = _TARGET.fullmatch(server.text("target")) if server.at("target").value else None
    host = target[1] if target else server.text("target_ip") or server.text("host")
    given = target[2] if target else None
    return host, int(given) if given and int(given) < 65536 else server.whole("port") or 22


def _list(server: Json, key: str) -> list[Json]:
    inside = server.at(key)
    return list(inside) if inside.value is not None else []


def _names(server: Json, key: str) -> list[str]:
    """Return the algorithms under `key`: objects that name them or, in old files, bare names."""
    every = _list(server, key)
    names = [one.text("algorithm") if isinstance(one.value, dict) else one.text() for one in every]
    return [name.replace(" ", "_") for name in names if name]


def _digest(mark: Json) -> str:
    """Return a fingerprint in hexadecimal; old files have it under ``fp`` with its method before it."""
    return _ssh.from_base64(mark.raw("hash") or mark.raw("fp"))


def _curve(kind: str) -> str:
    """Return the curve that the type of a key names, such as P-256."""
    found = _CURVE.search(kind)
    return f"P-{found[1]}" if found else ""
