"""Damages CBOMs in every way we could think of, and says what must still be read."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lotrinh.register.readers import cbom
from lotrinh.register.sightings import Batch, Source

DATA = Path(__file__).parent / "data" / "cboms"
SECRET = "aG9sZGVyIG9mIHRoaXMga2V5IG1heSBzaWduIGFueXRoaW5nCg" + "Q7xV9zK2mP4tR8w"
ASSETS = ("cryptographic-asset", "crypto-asset")
ODDITIES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2048,
        3.5,
        1e300,
        10**25,
        "",
        " ",
        "x",
        "RSA-2048",
        "-----BEGIN",
        "0.0.0",
        "\ud800",
        "\0",
    ),
    *([], [[]], [None, 1, "x", {}], {}, {"": {}}, {"name": 1}, {"ref": ["x"]}, "x" * 5000, [{"location": 7}], ["a", 1]),
)


def is_asset(component: Any) -> bool:
    return isinstance(component, dict) and (
        component.get("type") in ASSETS or isinstance(component.get("cryptoProperties"), dict)
    )


def count(components: Any) -> int:
    """Count the assets in a list of components, by a walk of its own."""
    if isinstance(components, dict):
        components = [components]
    found = 0
    for each in components if isinstance(components, list) else []:
        if isinstance(each, dict):
            found += is_asset(each) + count(each.get("components"))
    return found


def names(component: Any) -> set[str]:
    """Return by what the assets of an untouched component must be found: their references, else their names."""
    found = {component.get("bom-ref") or component["name"]} if is_asset(component) else set()
    return found.union(*(names(each) for each in component.get("components", ())))


def told(batch: Batch) -> set[str]:
    return {text for each in batch.sightings for text in (each.reference, each.name)}


def read(path: Path, raw: bytes) -> Batch:
    path.write_bytes(raw)
    found = Batch()
    cbom.read(Source(path, "damaged.json"), found)
    return found


def documents() -> list[dict[str, Any]]:
    """Return the files of the tests, with a secret as value of every key."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))]
    for document in found:
        document["components"] = document["components"][:40]
        for each in document["components"]:
            material = each.get("cryptoProperties", {}).get("relatedCryptoMaterialProperties")
            if material:
                material["value"] = SECRET
    return found


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every value inside of `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*here, key)
        yield from paths(each, (*here, key))


def change_value(document: dict[str, Any], luck: random.Random) -> tuple[dict[str, Any], int | None, str]:
    """Return a copy with one value swapped, deleted, doubled or renamed, the component it is in, and what was done."""
    changed = copy.deepcopy(document)
    path = luck.choice(list(paths(document)))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    last, what = path[-1], luck.choice(("swap", "swap", "swap", "delete", "double", "rename"))
    if what == "swap":
        holder[last] = luck.choice(ODDITIES)
    elif what == "delete" or isinstance(last, int) != (what == "double"):
        what = "delete"
        del holder[last]
    elif what == "double":
        holder.insert(last, copy.deepcopy(holder[last]))
    else:
        holder[luck.choice((last + "z", last.upper(), last[:-1], "name", "type"))] = holder.pop(last)
    inside = path[1] if len(path) > 1 and path[0] == "components" else None
    return changed, inside, f"{what} {path}"


def spans(raw: bytes) -> list[tuple[int, int]]:
    """Return where the components of a document stand in its text, found by the decoder of the standard library."""
    text = raw.decode("latin-1")
    decoder, at = json.JSONDecoder(), text.index("[", text.index('"components"')) + 1
    found = []
    while True:
        while text[at] in " \r\n\t,":
            at += 1
        if text[at] == "]":
            return found
        end = decoder.raw_decode(text, at)[1]
        found.append((at, end))
        at = end


def change_bytes(raw: bytes, luck: random.Random) -> tuple[bytes, list[tuple[int, int]], str]:
    """Return a copy with some bytes flipped, cut out or put in, which ranges that touches, and what was done."""
    what = luck.choice(("flip", "flip", "quote", "brace", "cut out", "put in", "truncate", "tail"))
    at = luck.randrange(len(raw))
    if what == "flip":
        places = [at, *(luck.randrange(len(raw)) for _ in range(luck.choice((0, 0, 1, 2))))]
        changed = bytearray(raw)
        for place in places:
            changed[place] ^= 1 << luck.randrange(8)
        return bytes(changed), [(place, place + 1) for place in places], f"{what} {places}"
    if what in ("quote", "brace"):
        marks = b'"' if what == "quote" else b"{}[],:"
        at = luck.choice([place for place, byte in enumerate(raw) if byte in marks])
        put = luck.choice((b"", b" ", b"x", b"{", b"}", b'"', b"\\", b"\n", b",", b"]"))
        return raw[:at] + put + raw[at + 1 :], [(at, at + 1)], f"{what} {at} {put!r}"
    if what == "cut out":
        size = luck.choice((1, 2, 5, 40, 400))
        return raw[:at] + raw[at + size :], [(at, at + size)], f"{what} {at} {size}"
    if what == "put in":
        put = luck.choice(
            (b"\xff\xfe", b"{", b"}", b'"', b"[[[", b"\0\0", b"\n}\n", b'"a":{"b":', b"\\", bytes(range(256)))
        )
        return raw[:at] + put + raw[at:], [(at - 1, at + 1)], f"{what} {at} {put!r}"
    if what == "truncate":
        return raw[:at], [(at, len(raw))], f"{what} {at}"
    put = luck.choice((b"garbage", b"}", b"]", b"\0" * 50, raw[: luck.randrange(len(raw))], b"{"))
    return raw + put, [], f"{what} {put[:9]!r}"


def check_value(path: Path, document: dict[str, Any], luck: random.Random) -> None:
    """A changed value costs at most the component it stands in; what else there is, is counted as by hand."""
    changed, inside, what = change_value(document, luck)
    batch = read(path, json.dumps(changed).encode())
    components = document["components"]
    wanted = [each for at, each in enumerate(components) if at != inside]
    if what in ("delete ('components',)", "swap ('components',)"):
        wanted = []  # the whole list went
    elif not what.startswith("swap"):
        assert len(batch.sightings) >= count(changed.get("components")), what
    missing = set().union(*map(names, wanted)) - told(batch)
    assert not missing, (what, missing)
    assert SECRET not in repr(batch), what


def check_bytes(path: Path, raw: bytes, luck: random.Random) -> None:
    """Damage costs at most the components whose bytes it touches."""
    changed, touched, what = change_bytes(raw, luck)
    batch = read(path, changed)
    for start, end in spans(raw):
        if not any(first < end and start < last for first, last in touched):
            missing = names(json.loads(raw[start:end])) - told(batch)
            assert not missing, (what, missing)
    assert SECRET not in repr(batch), what


def run(path: Path, number: int, seed: int) -> None:
    """Make `number` mutations, half of values and half of bytes, of all documents in turn."""
    luck = random.Random(seed)
    whole = documents()
    raws = [json.dumps(each, indent=luck.choice((None, 1, 2))).encode() for each in whole]
    for turn in range(number):
        at = turn // 2 % len(whole)
        if turn % 2:
            check_bytes(path, raws[at], luck)
        else:
            check_value(path, whole[at], luck)
