"""Results of nmap as XML: ssl-enum-ciphers, ssl-cert, ssh2-enum-algos and ssh-hostkey."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from lotrinh.base.issues import Place
from lotrinh.base.text import t
from lotrinh.register.readers import _ssh
from lotrinh.register.readers._found import CUT_OFF, ENTITIES, UNREADABLE, clean, day, methods, report, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "nmap"
SUFFIXES = (".xml",)

_DEEPEST = 100
_PIECE = 1 << 16
_SSL = re.compile(r"https|ssl|tls|imaps|pop3s|smtps|ldaps|ftps")
_GROUP = re.compile(r"(?:ecdh_)?([A-Za-z0-9_-]+)|dh (\d+)")


class _RefusedError(Exception):
    """The document is not read any further."""


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of nmap."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<nmaprun" in head


def read(source: Source, found: Batch) -> None:
    """Add every endpoint of a result with its certificates and host keys, host by host."""
    found.tool = "nmap"
    parser = expat.ParserCreate()
    hosts = _Hosts(source, found)
    parser.StartElementHandler, parser.EndElementHandler = hosts.start, hosts.end
    parser.CharacterDataHandler = hosts.data
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    try:
        with source.path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece, False)
            parser.Parse(b"", True)
    except _RefusedError:
        report(found, ENTITIES, Place(source.name, "", parser.CurrentLineNumber))
    except (expat.ExpatError, ParseError, ValueError, LookupError):
        kind = CUT_OFF if found.sightings else UNREADABLE
        report(found, kind, Place(source.name, "", parser.CurrentLineNumber), t("XML"))


def _refuse(*_: Any) -> None:
    raise _RefusedError


class _Hosts:
    """Builds the tree of one host at a time and reads it when it ends."""

    def __init__(self, source: Source, found: Batch) -> None:
        self.source, self.found = source, found
        self._tree: TreeBuilder | None = None
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("nested too deep")
        if tag == "nmaprun":
            self.found.tool = f"nmap {clean(attributes.get('version', ''))}".strip()
        if tag == "host" and self._tree is None:
            self._tree = TreeBuilder()
        if self._tree is not None:
            self._tree.start(tag, attributes)

    def data(self, text: str) -> None:
        """Take text inside an element."""
        if self._tree is not None:
            self._tree.data(text)

    def end(self, tag: str) -> None:
        """End an element; that of a host is read."""
        self._depth -= 1
        if self._tree is None:
            return
        self._tree.end(tag)
        if tag == "host":
            host, self._tree = self._tree.close(), None
            _host(host, self.source, self.found)


def _host(host: Element, source: Source, found: Batch) -> None:
    names = {one.get("type"): clean(one.get("name", "")) for one in host.iterfind("hostnames/hostname")}
    addresses = [clean(one.get("addr", "")) for one in host.iterfind("address") if one.get("addrtype") != "mac"]
    name = names.get("user") or (addresses[0] if addresses else "") or next(iter(names.values()), "")
    seen = day(host.get("endtime", "") or host.get("starttime", ""))
    for port in host.iterfind("ports/port"):
        number = port.get("portid", "")
        state = port.find("state")
        if not name or (state is not None and state.get("state") != "open"):
            continue
        at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        _port(port, File(source, found, name, at, seen))


def _port(port: Element, file: File) -> None:
    scripts = {one.get("id", ""): one for one in port.iterfind("script")}
    service = port.find("service")
    facts = service.attrib if service is not None else {}
    product = clean(" ".join(facts.get(key, "") for key in ("product", "version"))) if facts else ""
    if "ssh2-enum-algos" in scripts or "ssh-hostkey" in scripts:
        _ssh_port(scripts, file, product)
    elif (
        "ssl-enum-ciphers" in scripts
        or "ssl-cert" in scripts
        or facts.get("tunnel") == "ssl"
        or _SSL.fullmatch(facts.get("name", ""))
    ):
        _tls_port(scripts, file, product)


def _elem(table: Element, key: str) -> str:
    """Return the text of the element `key` of a table."""
    return next((one.text or "" for one in table.iterfind("elem") if one.get("key") == key), "")


def _texts(script: Element | None, key: str) -> list[str]:
    """Return the words listed in the table `key` of a script."""
    tables = [] if script is None else [one for one in script.iterfind("table") if one.get("key") == key]
    words = [clean(one.text or "").replace(" ", "_") for table in tables for one in table.iterfind("elem")]
    return [word for word in words if word]


def _ssh_port(scripts: dict[str, Element], file: File, product: str) -> None:
    script = scripts.get("ssh2-enum-algos")
    names = methods(_texts(script, "kex_algorithms"))
    suites = _texts(script, "encryption_algorithms") + _texts(script, "mac_algorithms")
    references = []
    for table in scripts["ssh-hostkey"].iterfind("table") if "ssh-hostkey" in scripts else ():
        blob = _ssh.blob_of("".join(_elem(table, "key").split()))
        if blob:
            references.append(f"{file.host}:{file.port}/{_ssh.kind_of(blob)}")
            file.ssh(blob, references[-1], "host_key", name=_ssh.kind_of(blob), protocol="ssh")
    file.endpoint("ssh", standing(names, sees=True, complete=True), names, (), suites, references, product)


def _tls_port(scripts: dict[str, Element], file: File, product: str) -> None:
    versions: list[str] = []
    suites: list[str] = []
    groups: list[str] = []
    ciphers = scripts.get("ssl-enum-ciphers")
    for table in ciphers.iterfind("table") if ciphers is not None else ():
        versions.append(clean(table.get("key", "")))
        for one in table.iterfind("table[@key='ciphers']/table"):
            suites.append(clean(_elem(one, "name")).replace("TLS_AKE_WITH_", "TLS_"))
            groups.append(_group(_elem(one, "kex_info")))
    chain = []
    if "ssl-cert" in scripts:
        chain = [_elem(scripts["ssl-cert"], "pem")]
        chain += [_elem(table, "pem") for table in scripts["ssl-cert"].iterfind("table") if _elem(table, "pem")]
    references = file.chain([pem for pem in chain if pem])
    older = any(version != "TLSv1.3" for version in versions)
    known = standing(groups, sees=False, classical=True if older else None)
    file.endpoint("tls", known, groups, versions, suites, references[:1], product)


def _group(info: str) -> str:
    """Return the group of a key exchange as nmap writes it: ``ecdh_x25519``, ``secp256r1``, ``dh 2048``."""
    found = _GROUP.fullmatch(info.strip())
    if not found or info.startswith("rsa"):
        return ""
    return f"dh{found[2]}" if found[2] else clean(found[1])
