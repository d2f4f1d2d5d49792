"""Public keys of SSH as lines: key files, authorized_keys and known_hosts."""

from __future__ import annotations

import re
from pathlib import Path

from lotrinh.base.issues import Place
from lotrinh.base.text import t
from lotrinh.register.readers import _ssh
from lotrinh.register.readers._found import BROKEN, NOTHING, SECRET, clean, report
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "SSH public keys and known hosts"
SUFFIXES = (".pub", "known_hosts", "authorized_keys")

_WORD = rb"(?:sk-)?(?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-[a-z0-9]+)(?:-cert-v01)?(?:@openssh\.com)?"
_KEY = re.compile(rb"(?:^|[ \t])(" + _WORD + rb")[ \t]+(AAAA[A-Za-z0-9+/]+={0,2})(?=[ \t\r]|$)")
_LINE = re.compile(rb"(?m)^[^\n#]{0,4096}?(?:^|[ \t])" + _WORD + rb"[ \t]+AAAA")
_HOST = re.compile(r"\[([^\]]+)\]:(\d{1,5})|([^\s\[\]]+)")
_NAMED = ("known_hosts", "authorized_keys", "authorized_keys2", "ssh_known_hosts")
_OPTIONS = r"no-[a-z0-9-]+|restrict|cert-authority|agent-forwarding|port-forwarding|pty|user-rc|[xX]11-forwarding"
_HOSTS = re.compile(rf"\|1\|[^,]+|(?!(?:{_OPTIONS})(?:,|$))[^\s=\"]+")
"""What stands before a key in known_hosts, and not options as in authorized_keys."""


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file holds public keys of SSH, a line each."""
    if b"-----BEGIN " in head or (head.lstrip()[:1] in (b"{", b"[", b"<") and path.name not in _NAMED):
        return False
    return b"\0" not in head and bool(_LINE.search(head))


def read(source: Source, found: Batch) -> None:
    """Add the keys of a file; those of known hosts are keys of hosts, the others keys of people and programs."""
    file = File(source, found)
    with source.path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            text = line.strip()
            if text and not text.startswith(b"#"):
                _line(file, text, number)
    if not found.sightings:
        report(found, NOTHING, Place(source.name))


def _line(file: File, line: bytes, number: int) -> None:
    key = _KEY.search(line)
    if key is None:
        kind = SECRET if b"PRIVATE KEY" in line else BROKEN
        report(file.found, kind, Place(file.source.name, "", number), t("a type of key and the key"))
        return
    blob = _ssh.blob_of(key[2])
    if not blob:
        report(file.found, BROKEN, Place(file.source.name, "", number))
        return
    before = line[: key.start()].decode("utf-8", "replace").split()
    marked = bool(before) and before[0] in ("@cert-authority", "@revoked")
    hosts = (before[1:2] if marked else before[:1]) or [""]
    if marked or _HOSTS.fullmatch(hosts[0]):
        for pattern in hosts[0].split(","):
            _host(file, pattern, blob, number)
    else:
        file.ssh(blob, str(number), name="public key")


def _host(file: File, pattern: str, blob: bytes, number: int) -> None:
    """Add the key of one host of known_hosts; a hashed name (``|1|``) is not told."""
    if pattern.startswith("!"):
        return
    if not pattern.startswith("|") and (host := _HOST.fullmatch(pattern)):
        file.host, file.port = clean(host[1] or host[3]), min(int(host[2] or 22), 65535)
    file.ssh(blob, str(number), "host_key", name=_ssh.kind_of(blob), protocol="ssh")
    file.host, file.port = "", 0
