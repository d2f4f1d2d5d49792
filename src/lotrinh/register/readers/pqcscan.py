"""Results of pqcscan as JSON, or as a table with the same names of fields: which groups a server takes, one by one."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from lotrinh.base.issues import Place
from lotrinh.base.text import t
from lotrinh.register.readers._found import CUT_OFF, NOT_REACHED, Json, day, load, methods, report, standing
from lotrinh.register.readers._keys import File
from lotrinh.register.sightings import Batch, Source

TITLE = "pqcscan"
SUFFIXES = (".json", ".csv")

_ALGORITHMS = ("pqc_algos", "hybrid_algos", "nonpqc_algos")
_PARTS = re.compile(r"[\s,;|]+")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a result of pqcscan."""
    return b"pqc_supported" in head and b"pqc_algos" in head


def read(source: Source, found: Batch) -> None:
    """Add every endpoint of a result."""
    found.tool = "pqcscan"
    with source.path.open("rb") as stream:
        start = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")):
        _table(source, found)
        return
    document = load(source, found, '"results"')
    if document is None:
        return
    seen = ""
    if isinstance(document.value, dict):
        found.tool = f"pqcscan {document.text('version')}".strip()
        seen = day(document.text("end_time")) or day(document.text("start_time"))
        document = document.at("results")
    for result in document:
        for protocol, one in result.items() if result.value not in ("Done", None) else ():
            if protocol in ("Tls", "Ssh"):
                _endpoint(one, protocol.lower(), source, found, seen)


def _endpoint(one: Json, protocol: str, source: Source, found: Batch, seen: str) -> None:
    nested = one.at("targetspec").value is not None
    host = one.text("targetspec", "host") if nested else one.text("host")
    port = one.whole("targetspec", "port") if nested else one.whole("port")
    if not host:
        return
    file = File(source, found, host, port, seen)
    if one.at("error").value:
        report(found, NOT_REACHED, one.place)
        file.endpoint(protocol, ("unknown", ""))
        return
    ahead, hybrid, classical = ([name.replace(" ", "_") for name in one.texts(key)] for key in _ALGORITHMS)
    groups = methods([*hybrid, *ahead, *classical])
    found_ahead, fallback = standing(groups, sees=True, complete=protocol == "ssh" and "nonpqc_algos" in one.value)
    if protocol == "tls" and not groups and one.flag("pqc_supported") is False:
        found_ahead = "classical"
    file.endpoint(protocol, (found_ahead, fallback), groups)


def _table(source: Source, found: Batch) -> None:
    """Add the rows of a table whose columns are called as the fields of the JSON are."""
    with source.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.DictReader(stream)
        try:
            for row in rows:
                _row(row, rows.line_num, source, found)
        except csv.Error:
            report(found, CUT_OFF, Place(source.name, "", rows.line_num), t("CSV"))


def _row(row: dict[str, Any], line: int, source: Source, found: Batch) -> None:
    values = {name.strip().casefold(): text for name, text in row.items() if name and isinstance(text, str)}
    fields: dict[str, Any] = {**values, **{key: _PARTS.split(values.get(key, "").strip("[]")) for key in _ALGORITHMS}}
    fields["pqc_supported"] = values.get("pqc_supported", "").casefold() in ("true", "yes", "1")
    target = values.get("target", "")
    if "host" not in fields and ":" in target:
        fields["host"], _, fields["port"] = target.rpartition(":")
    protocol = (values.get("protocol") or values.get("scan_type") or values.get("type") or "tls").casefold()
    place = Place(source.name, "", line)
    _endpoint(Json(fields, found, place), "ssh" if "ssh" in protocol else "tls", source, found, "")
