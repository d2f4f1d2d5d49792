"""Targets of the probe: what the user named, one endpoint each, and never more than that."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lotrinh.base.issues import Issue, IssueKind, Place, UsageError
from lotrinh.base.text import t
from lotrinh.programme.columns import Entity, entity, text
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.tables.csv_folder import read_csv

NO_TARGET = IssueKind(
    "N101", "no target of a probe", "Write a host name or address, with its port where it is not the usual one."
)
RANGE = IssueKind(
    "N102",
    "a range or pattern instead of a target",
    "Name every endpoint: the probe contacts nothing but what is named to it.",
)

PORTS = {"tls": 443, "ssh": 22}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_RANGE = re.compile(r"[*?,;]|/\d{1,3}$|^\[?[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+\]?$|\[\d+-\d+\]|\{")


class Target(NamedTuple):
    """One endpoint to ask: protocol ``tls`` or ``ssh``, host (a name in ASCII, or an address), port, and system."""

    protocol: str
    host: str
    port: int
    system: str = ""

    @property
    def key(self) -> str:
        """What tells it apart: ``tls://host:port``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}://{host}:{self.port}"

    @property
    def server_name(self) -> str:
        """The name to ask a server for; empty where the host is an address (RFC 6066, 3)."""
        return "" if _address(self.host) else self.host


@entity("targets", ["target"], "Endpoints to probe", apart=True)
class _Named:
    target: str = text("Endpoint: host, host:port, tls://host:port, ssh://host:port")
    system: str = text("System to which it belongs")


def read_targets(named: Iterable[str], files: Iterable[Path] = ()) -> tuple[list[Target], list[Issue]]:
    """Return the targets named and those in files, each once, in their order, and every problem met.

    A file is a list, one target a line, with comments after ``#``; or, where it ends in ``.csv`` or ``.tsv``, a table
    with the columns ``target`` and ``system``.

    Raises
    ------
    UsageError
        If a file is not there or cannot be read.
    """
    found: dict[str, Target] = {}
    issues: list[Issue] = []
    for text_, system, place in _every(named, files, issues):
        target = parse_target(text_, system)
        if isinstance(target, Target):
            found.setdefault(target.key, target)
        else:
            expected = t("host, host:port, [v6]:port, tls://host:port or ssh://host:port")
            issues.append(target.at(place, text_, expected))
    return list(found.values()), issues


def _every(named: Iterable[str], files: Iterable[Path], issues: list[Issue]) -> Iterator[tuple[str, str, Place]]:
    """Yield every target as written, its system, and where it stands."""
    for name in named:
        yield name.strip(), "", Place("", column="TARGETS")
    for path in files:
        if path.suffix.casefold() in (".csv", ".tsv"):
            raw = read_csv(path, "targets")
            issues.extend(raw.issues)
            for table in raw.tables:
                for line in read_table(Entity.apart["targets"], table, Reported(raw), issues):
                    if not line.unknown:
                        yield line.row.target, line.row.system, line.place("target")
            continue
        for number, written in enumerate(_lines(path), start=1):
            bare = re.sub(r"(^|\s)#.*", "", written).strip()
            if bare:
                yield bare, "", Place(path.name, row=number)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except FileNotFoundError:
        raise UsageError(str(t("there is no file {path}", path=path))) from None
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=path, why=error.strerror))) from error


def parse_target(written: str, system: str = "") -> Target | IssueKind:
    """Return the target that `written` names, or the kind of problem that it is.

    Without a scheme, port 22 is asked for SSH and any other for TLS.
    """
    scheme = _SCHEME.fullmatch(written)
    protocol, rest = (scheme[1].casefold(), scheme[2].removesuffix("/")) if scheme else ("", written)
    if _RANGE.search(rest):
        return RANGE
    split = _split(rest)
    if split is None or (protocol and protocol not in PORTS):
        return NO_TARGET
    host, number = split
    protocol = protocol or ("ssh" if number == "22" else "tls")
    port = int(number) if number else PORTS[protocol]
    plain = _plain(host)
    return Target(protocol, plain, port, system) if plain and 0 < port < 65536 else NO_TARGET


def _split(written: str) -> tuple[str, str] | None:
    """Return host and port as written, the port empty where there is none; None where that cannot be told apart."""
    if _address(written):  # an IPv6 address without brackets has no port
        return written, ""
    found = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^\[\]:]*))(?::([0-9]{1,5}))?", written)
    if found is None or (found[1] is not None and ":" not in found[1]):
        return None
    return found[1] or found[2], found[3] or ""


def _plain(host: str) -> str:
    """Return `host` as it is asked for: an address in its shortest form, a name in lower case and ASCII."""
    address = _address(host)
    if address:
        return address
    try:
        name = host.removesuffix(".").encode("idna").decode("ascii").casefold()
    except UnicodeError:
        return ""
    labels = name.split(".")
    sound = len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return name if sound and not labels[-1].isdigit() else ""  # a name that ends in digits is a broken address


def _address(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""
