"""Results of zgrab2 as JSON lines: what TLS and SSH agreed on in one handshake with each server."""

from __future__ import annotations

import binascii
import json
from pathlib import Path

import orjson

from lotrinh.base.issues import Place
from lotrinh.base.text import t
from lotrinh.register.readers import _ssh
from lotrinh.register.readers._found import CUT_OFF, NOT_REACHED, Json, day, joined, methods, report, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "zgrab2"
SUFFIXES = (".json", ".jsonl", ".ndjson")

_PORTS = {"tls": 443, "http": 443, "https": 443, "ssh": 22, "smtp": 25, "imap": 143, "pop3": 110, "ftp": 21}
_GROUPS = {0x6399: "X25519Kyber768Draft00", 0x639A: "SecP256r1Kyber768Draft00", 4587: "SecP256r1MLKEM768"}
_GROUPS |= {4588: "X25519MLKEM768", 4589: "SecP384r1MLKEM1024", 512: "MLKEM512", 513: "MLKEM768", 514: "MLKEM1024"}
"""Groups of TLS by code point (IANA), for versions of the tool that do not name them."""
_HOST_KEY = ("key_exchange", "server_host_key")
_LONGEST_LINE = 16_000_000


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of zgrab2: its first line is an object with an address and data."""
    line = head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    return (
        line.startswith(b"{")
        and (b'"ip":' in line or b'"domain":' in line)
        and b'"data":' in line
        and b'"status":' in line
    )


def read(source: Source, found: Batch) -> None:
    """Add every endpoint of a result, line by line."""
    found.tool = "zgrab2"
    with source.path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), start=1):
            if text := line.strip(b" \t\r\n\xef\xbb\xbf"):
                place = Place(source.name, "", number)
                try:
                    value = _loaded(text)
                except (ValueError, RecursionError):
                    report(found, CUT_OFF, place, t("JSON"))
                    continue
                _grab(Json(value, found, place), source, found)


def _loaded(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def _grab(grab: Json, source: Source, found: Batch) -> None:
    host = grab.text("domain") or grab.text("ip")
    if not host:
        return
    for name, scan in grab.at("data").items() if grab.at("data").value is not None else ():
        protocol = scan.text("protocol") or name
        port = scan.whole("port") or grab.whole("port") or _PORTS.get(protocol, 0)
        file = File(source, found, host, port, day(scan.text("timestamp")))
        result = scan.at("result")
        if protocol == "ssh":
            _ssh_result(result, scan, file)
            continue
        log = _handshake(result)
        if log is not None:
            _tls_result(log, file)
        elif protocol in ("tls", "https"):
            report(found, NOT_REACHED, scan.place)
            file.endpoint("tls", ("unknown", ""))


def _handshake(result: Json) -> Json | None:
    """Return the log of a handshake of TLS wherever a module of zgrab2 puts it."""
    for way in (("handshake_log",), ("tls", "handshake_log"), ("tls_log", "handshake_log")):
        if isinstance(result.value, dict) and isinstance(result.value.get(way[0]), dict):
            log = result.at(*way)
            return log if isinstance(log.value, dict) else None
    if isinstance(result.value, dict) and isinstance(result.value.get("response"), dict):
        answer = result.at("response")
        return _handshake(answer.at("request", "tls_log") if "request" in answer.value else answer)
    return None


def _tls_result(log: Json, file: File) -> None:
    hello = log.at("server_hello")
    version = hello.text("supported_versions", "selected_version", "name") or hello.text("version", "name")
    group = _group(hello.at("key_share")) or _group(log.at("server_key_exchange", "ecdh_params", "curve_id"))
    if not group and log.at("server_key_exchange", "dh_params").value is not None:
        group = f"dh{log.whole('server_key_exchange', 'dh_params', 'prime', 'length') or ''}"
    chain = [log.raw("server_certificates", "certificate", "raw")]
    others = log.at("server_certificates", "chain")
    chain += [one.raw("raw") for one in others] if others.value is not None else []
    references = file.chain([text for text in chain if text])
    if hello.value is None:
        report(file.found, NOT_REACHED, log.place)
    # One handshake tells what was agreed, and post-quantum groups were offered only where one was agreed.
    offered = _offered(log)
    agreed, fallback = standing([group], sees=offered)
    suite = hello.text("cipher_suite", "name")
    file.endpoint("tls", (agreed, fallback), [group], [version], [suite], references[:1])


def _offered(log: Json) -> bool:
    """Return whether the client offered post-quantum groups, where the log has its hello."""
    curves = log.at("client_hello", "supported_curves") if log.at("client_hello").value is not None else None
    if curves is None or curves.value is None:
        return False
    return standing([_group(curve) for curve in curves], sees=True)[0] in ("hybrid", "post_quantum")


def _group(curve: Json) -> str:
    """Return the name of a group; the code point where the tool does not know it. Older files say `id` for `value`."""
    if not isinstance(curve.value, dict):
        return ""
    code = curve.whole("value") or curve.whole("id")
    name = curve.text("name")
    return _GROUPS.get(code, "") or (name if name not in ("", "unknown") else f"0x{code:04X}" if code else "")


def _ssh_result(result: Json, scan: Json, file: File) -> None:
    if result.value is None:
        report(file.found, NOT_REACHED, scan.place)
        file.endpoint("ssh", ("unknown", ""))
        return
    kex = result.at("server_key_exchange")
    names = methods(kex.texts("kex_algorithms"))
    references = []
    key = result.at(*_HOST_KEY)
    if isinstance(key.value, dict):
        blob = _blob(key)
        reference = f"{file.host}:{file.port}/{key.text('algorithm') or _ssh.kind_of(blob)}"
        if blob:
            file.ssh(blob, reference, "host_key", name=_ssh.kind_of(blob), protocol="ssh")
            references.append(reference)
    suites = joined([*kex.texts("server_to_client_ciphers"), *kex.texts("server_to_client_macs")]).split()
    version, component = result.text("server_id", "version"), result.text("server_id", "software")
    file.endpoint("ssh", standing(names, sees=True, complete=True), names, [version], suites, references, component)


def _blob(key: Json) -> bytes:
    text = key.raw("raw")
    try:
        return _ssh.blob_of(text) if text else b""
    except (ValueError, binascii.Error):
        return b""
