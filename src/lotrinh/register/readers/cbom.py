"""Reads CycloneDX in JSON: 1.4-cbom to 1.7, of any tool, of any size, also where it is damaged."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lotrinh.base.issues import IssueKind, Place
from lotrinh.base.text import t
from lotrinh.register.json_scan import load, pieces, uncollected
from lotrinh.register.readers._cbom_assets import NOBODY, Document, Holder, holder
from lotrinh.register.readers._cbom_facts import is_asset, listed
from lotrinh.register.readers._cbom_shape import TYPE, Complaints, check, shown
from lotrinh.register.sightings import Batch, Source

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "CycloneDX CBOM (JSON)"
SUFFIXES = (".json", ".cdx")

SMALL = 64 << 20
"""Files up to this many bytes are parsed whole; larger ones piece by piece."""
HEAD = 1 << 16
BATCH = 20_000
"""Sightings of a batch."""

XML = IssueKind(
    "B104",
    "CycloneDX in XML is not read",
    "Have the tool export JSON, or convert the file: cyclonedx convert --output-format json.",
    "warning",
)
DAMAGED = IssueKind(
    "B105",
    "A part of the file is damaged and was left out",
    "Every asset outside of the part was read. Get the file anew from the tool that wrote it.",
    "warning",
)
LENIENT = IssueKind(
    "B106",
    "A part of the file is not quite JSON",
    "It was read all the same; single values may be missing. Tell the makers of the tool that wrote the file.",
    "warning",
)
NOWHERE = IssueKind(
    "B107",
    "Assets stand where no components should be",
    "They were read. The list of components is called `components` in CycloneDX.",
    "warning",
)
EMPTY = IssueKind(
    "B108",
    "A CBOM without any component",
    "Check that the tool has written what it found.",
    "warning",
)
DOUBLE = IssueKind(
    "B109",
    "An object names its components twice",
    "All of them were read. In JSON a name stands once in an object.",
    "warning",
)

_MARKS = (b'"bomFormat"', b'"cryptoProperties"', b'"cryptographic-asset"', b'"crypto-asset"', b'"CycloneDX"', b'"CBOM"')
_XML_MARK = b"cyclonedx.org/schema/bom"
_JSON_MARK = b"cyclonedx.org/schema/bom-1."
_OTHER_ROOTS = frozenset(
    (
        *("$schema", "bomFormat", "specVersion", "serialNumber", "version", "services", "externalReferences"),
        *("compositions", "vulnerabilities", "annotations", "formulation", "declarations", "definitions"),
        *("citations", "properties", "signature"),
    )
)
_Part = tuple[str, str, Any]
"""What a piece is (``components``, ``dependencies``, ``metadata``, ``odd``), the pointer to it, its value."""


def recognises(head: bytes, path: Path) -> bool:
    """Tell whether the first bytes of a file are of CycloneDX, also in UTF-16 or in XML."""
    del path
    plain = head.replace(b"\0", b"")
    return any(mark in plain for mark in _MARKS) or _JSON_MARK in plain or _is_xml(plain)


def read(source: Source, found: Batch) -> None:
    """Add all that the file tells to `found`."""
    for batch in batches(source):
        found.sightings += batch.sightings
        found.problems += batch.problems
        found.tool = found.tool or batch.tool


def batches(source: Source) -> Iterator[Batch]:
    """Yield what the file tells, some `BATCH` sightings at a time. It is read twice: references point anywhere."""
    return uncollected(_batches(source))


def _batches(source: Source) -> Iterator[Batch]:
    found = Batch()
    if source.path.stat().st_size > SMALL:
        with source.path.open("rb") as stream:
            data: bytes | mmap.mmap = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    else:
        data = source.path.read_bytes()
    data = _utf8(data)
    if _is_xml(data[:HEAD]):
        found.problems.append(XML.at(Place(source.name)))
        yield found
        return
    complaints = Complaints(source.name, found.problems)
    root = _parsed(data, complaints)
    document = Document(source.system)
    for role, pointer, value in _parts(data, root, None):
        _note(document, role, pointer, value)
    document.close()
    found.tool = document.tool
    some = False
    for role, pointer, value in _parts(data, root, complaints):
        some = some or role == "components"
        for component, place, around in _components(role, pointer, value, complaints):
            if is_asset(component):
                said = document.sayings.of(component)
                check(component, said, place, complaints)
                found.sightings += document.sightings(component, said, place, around)
        if len(found.sightings) >= BATCH:
            yield found
            found = Batch(tool=document.tool)
            complaints.problems = found.problems
    if not some:
        complaints.add(EMPTY, "", "")
    complaints.close()
    yield found


def _is_xml(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<" and _XML_MARK in head and b'"bomFormat"' not in head


def _utf8(data: bytes | mmap.mmap) -> bytes | mmap.mmap:
    """Return the text of a file in UTF-8 without a mark of byte order."""
    head = data[:8]
    if head[:3] == b"\xef\xbb\xbf":
        return data[3:]
    wide = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    mark = next((mark for mark in wide if head.startswith(mark)), b"")
    if mark and b"\0" not in head[len(mark) :]:
        return data[len(mark) :]  # the mark is damage: what follows is not wide
    code = wide.get(mark, "")
    if not code and len(head) == 8 and (head[::2] == b"\0" * 4) != (head[1::2] == b"\0" * 4):
        code = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    return data[:].decode(code, "replace").encode("utf-8", "replace") if code else data


def _parsed(data: bytes | mmap.mmap, complaints: Complaints) -> Any:
    """Return the value of a small and flawless file; None where it is read piece by piece."""
    if not isinstance(data, bytes) or len(data) > SMALL:
        return None
    try:
        root, exact = load(data, merged=False)
    except ValueError:
        return None
    if not exact or type(root) not in (dict, list):
        return None
    if (count := data.count(b'"components"')) > 1 and count > _named(root):
        complaints.add(DOUBLE, "components", "components")
        return load(data, merged=True)[0]
    return root


def _named(root: Any) -> int:
    """Return how often ``components`` stands in a document, as a name or as a text."""
    count, stack = 0, [root]
    while stack:
        value = stack.pop()
        if type(value) is dict:
            count += "components" in value
            stack.extend(value.values())
        elif type(value) is list:
            stack.extend(value)
        else:
            count += value == "components"
    return count


def _parts(data: bytes | mmap.mmap, root: Any, complaints: Complaints | None) -> Iterator[_Part]:
    """Yield the parts of a document that matter. Problems go to `complaints`, in one of the two readings."""
    if root is None:
        yield from _scanned(data, complaints)
        return
    members = root.items() if type(root) is dict else [("", root)]
    for key, value in members:
        for at, each in enumerate(value) if type(value) is list else [(-1, value)]:
            pointer = f"{key}[{at}]" if at >= 0 else key
            role, each = _role(key, pointer, each, complaints)  # noqa: PLW2901
            if role:
                yield role, pointer, each


def _scanned(data: bytes | mmap.mmap, complaints: Complaints | None) -> Iterator[_Part]:
    """Yield the parts of a document that is large or damaged, found one by one."""
    lost: tuple[int, int] | None = None
    at, list_of = 0, ""
    for piece in pieces(data):
        if not piece.whole:
            lost = lost or (piece.start, piece.end)
            continue
        at, list_of = (at + 1 if piece.key == list_of else 0), piece.key or ""
        pointer = f"@{piece.start}" if piece.key is None else f"{piece.key}[{at}]" if piece.listed else piece.key
        raw = data[piece.start : piece.end]
        try:
            value, exact = load(raw)
        except ValueError:
            lost = lost or (piece.start, piece.start)
            continue
        role, value = _role(piece.key, pointer, value, complaints)
        if not exact and complaints:
            complaints.add(LENIENT, pointer, "", row=_line(data, piece.start))
        if lost and role:
            _damage(data, lost, piece.start, complaints)
            lost = None
        if role:
            yield role, pointer, value
        own = role == "components"
        if type(value) is dict and raw.count(b'"cryptoProperties"') > own:
            for stray in _strays(value, {"components": "components", "metadata": "component"}.get(role, "")):
                if complaints:
                    complaints.add(NOWHERE, pointer, "components")
                yield "components", pointer, stray
    if lost:
        _damage(data, lost, len(data), complaints)


def _strays(component: dict[str, Any], told: str) -> Iterator[dict[str, Any]]:
    """Yield the assets that damage has put inside of other fields of a piece than `told`, where they are looked for."""
    stack = [each for key, each in component.items() if key != told]
    while stack:
        value = stack.pop()
        if type(value) is dict:
            if "cryptoProperties" in value and is_asset(value):
                yield value
            stack.extend(each for key, each in value.items() if key != "components" or not is_asset(value))
        elif type(value) is list:
            stack.extend(value)


def _damage(data: bytes | mmap.mmap, lost: tuple[int, int], end: int, complaints: Complaints | None) -> None:
    if complaints:
        wrong = t(
            "bytes {start} to {end} are left out; the first wrong one is {at}", start=lost[0], end=end, at=lost[1]
        )
        complaints.add(DAMAGED, f"@{lost[1]}", "", expected=wrong, row=_line(data, lost[1]))


def _line(data: bytes | mmap.mmap, at: int) -> int:
    """Return the line of a byte, from 1."""
    step = 1 << 24
    return 1 + sum(data[start : min(start + step, at)].count(b"\n") for start in range(0, at, step))


def _role(key: str | None, pointer: str, value: Any, complaints: Complaints | None) -> tuple[str, Any]:
    """Return what a piece is, by the member it stands in, else by what is in it, and its value."""
    if key in ("components", "dependencies", "metadata"):
        return (key if type(value) is dict else "odd" if key == "components" else ""), value
    if type(value) is not dict or key in _OTHER_ROOTS:
        return "", value
    if is_asset(value):
        if key and complaints:
            complaints.add(NOWHERE, pointer, key)
        return "components", value
    if "ref" in value and ("dependsOn" in value or "provides" in value):
        return "dependencies", value
    if "components" in value or ("type" in value and "name" in value):
        return "components", value
    if type(value.get("component")) is dict or ("timestamp" in value and "tools" in value):
        return "metadata", value
    if key and (inside := _wrapped(value)):
        return "components", inside
    if key is None and "assetType" in value:  # all that is left of a damaged component
        return "components", {"cryptoProperties": value}
    return "", value


def _wrapped(value: dict[str, Any]) -> dict[str, Any]:
    """Return the CBOM that an answer of a service holds, as in ``{"data": {"bom": …}}``; an empty object where none."""
    layer = [value]
    for _ in range(3):
        layer = [each for holder in layer for each in holder.values() if type(each) is dict]
        for each in layer:
            if type(each.get("components")) is list and "bomFormat" in each:
                return each
    return {}


def _note(document: Document, role: str, pointer: str, value: Any) -> None:
    """First reading of a part."""
    if role == "dependencies":
        document.dependency(value)
        return
    if role == "metadata":
        document.metadata(value)
    elif type(value) is dict and type(value.get("metadata")) is dict:
        document.metadata(value["metadata"])
    for component, _, _ in _components(role, pointer, value, None):
        document.note(component)


def _components(
    role: str, pointer: str, value: Any, complaints: Complaints | None
) -> Iterable[tuple[dict[str, Any], str, Holder]]:
    """Return a component and all inside of it, each with its pointer and what is around it."""
    if role == "components" and "components" not in value:
        return ((value, pointer, NOBODY),)
    return _nested(role, pointer, value, complaints)


def _nested(
    role: str, pointer: str, value: Any, complaints: Complaints | None
) -> Iterator[tuple[dict[str, Any], str, Holder]]:
    if role == "metadata":
        value, pointer = value.get("component"), f"{pointer}.component"
    if role not in ("components", "metadata", "odd") or value is None:
        return
    stack: list[tuple[Any, str, Holder]] = [(value, pointer, NOBODY)]
    while stack:
        component, place, around = stack.pop()
        if type(component) is not dict:
            if complaints:
                complaints.add(TYPE, place, "components", shown(component), t("an object"))
            continue
        yield component, place, around
        if "components" in component:
            inner, inside = listed(component, "components"), holder(component, around)
            stack += [(each, f"{place}.components[{at}]", inside) for at, each in enumerate(inner)][::-1]
