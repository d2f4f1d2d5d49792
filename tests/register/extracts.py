"""A made-up register of any size with its work and its waves, the same for the same seed."""

import datetime
import random

import polars as pl

from lotrinh.base.calendar import Quarter
from lotrinh.register.items import COSTS, EFFORTS, ITEM_KINDS, ITEMS
from lotrinh.register.outputs.extract import ASSETS, Extract, extract
from lotrinh.register.sheets import CRITICALITIES, System, Window

ALGORITHMS = (
    ("RSA-2048", "harvest_now", "rsa", "key_establishment", "RSA", "", 2048, 112, 0),
    ("ECDSA-P-256", "forge_later", "ecc", "signature", "ECDSA", "P-256", 256, 128, 0),
    ("X25519", "harvest_now", "ecc", "key_establishment", "X25519", "Curve25519", 256, 128, 0),
    ("AES-128-GCM", "grover_margin", "", "", "AES-128-GCM", "", 128, 128, 1),
    ("ML-KEM-768", "post_quantum", "", "key_establishment", "ML-KEM-768", "", 0, 0, 3),
    ("SHA-1", "already_weak", "", "signature", "SHA1withRSA", "", 1024, 61, 0),
    ("", "unknown", "", "", "HOUSE-CIPHER", "", 0, 0, 0),
)
TYPES = {str: pl.String, int: pl.Int64, float: pl.Float64, datetime.date: pl.Date}
DAY = datetime.date(2026, 9, 30)


def blank(kind: type) -> object:
    return None if kind is datetime.date else kind()


def frame(rows: list[dict[str, object]], columns: dict[str, type]) -> pl.DataFrame:
    full = [{name: row.get(name, blank(kind)) for name, kind in columns.items()} for row in rows]
    return pl.DataFrame(full, schema={name: TYPES[kind] for name, kind in columns.items()})


def one_asset(number: int, dice: random.Random) -> dict[str, object]:
    algorithm = dice.choice(ALGORITHMS)
    id, class_, family, function, name, curve, bits, strength, category = algorithm
    kind = dice.choice(("certificate", "endpoint", "algorithm", "key", "host_key", "protocol"))
    row: dict[str, object] = {
        "asset": f"{number:020x}",
        "kind": kind,
        "name": f"{name} {number}",
        "algorithm": name,
        "curve": curve,
        "bits": bits,
        "algorithm_id": id,
        "family": family,
        "class": class_,
        "function": function,
        "strength": strength,
        "category": category,
        "first_seen": datetime.date(2026, 1, 1) + datetime.timedelta(days=dice.randrange(200)),
        "last_seen": DAY - datetime.timedelta(days=number % 500),
        "sightings": 1 + number % 3,
        "component": dice.choice(("", "libcrypto", "payments")),
        "location": dice.choice(("", "src/main/java/Sign.java:71")),
    }
    if kind == "certificate":
        row |= {
            "subject": f"CN=host{number}.example.vn,O=Bộ Khoa học",
            "issuer": "CN=CA",
            "serial": f"{number:x}",
            "not_before": "2025-05-01",
            "not_after": "2031-05-01",
            "fingerprint": f"{number:064x}",
            "key_fingerprint": f"{number // 2:064x}",
            "signature_id": "ECDSA-P-256",
            "signature_class": "forge_later",
            "authority": "no",
        }
    elif kind in ("endpoint", "protocol"):
        row |= {
            "protocol": dice.choice(("tls", "ssh", "quic")),
            "version": "1.3",
            "suites": "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384",
            "groups": "X25519 X25519MLKEM768",
            "host": f"h{number}.example.vn",
            "port": 443,
            "post_quantum": "hybrid",
        }
    elif kind == "algorithm":
        row |= {"primitive": dice.choice(("pke", "signature", "odd")), "functions": "sign verify teleport"}
    else:
        row |= {"key_fingerprint": f"{number // 2:064x}"}
    return row


def made(count: int = 300, seed: int = 1, scheduled: bool = True) -> Extract:
    """Return an extract of `count` assets, one item for every second one."""
    dice = random.Random(seed)
    systems = [
        System(
            system=f"s{n}",
            title=f"Hệ thống {n}",
            organisation=f"Organisation {n % 4}",
            owner="" if n % 5 == 0 else f"Head of unit {n}",
            criticality=CRITICALITIES[n % 4],
            calendar="banks" if n % 2 else "",
            evidence="expert",
        )
        for n in range(max(4, count // 50))
    ]
    assets = [one_asset(number, dice) for number in range(count)]
    holdings = [
        {"asset": row["asset"], "system": dice.choice(systems).system} for row in assets if dice.random() < 0.95
    ]
    items, moves, waves, stake = [], [], [], []
    start = Quarter(2027, 1)
    for number, held in enumerate(holdings[::2]):
        item, length = f"i{number:06d}", dice.choice((1, 1, 2))
        function = dice.choice(("key_establishment", "signature", "already_weak"))
        due = start.plus(dice.randrange(8, 24))
        items.append(
            {
                "item": item,
                "system": held["system"],
                "organisation": next(s.organisation for s in systems if s.system == held["system"]),
                "kind": dice.choice(ITEM_KINDS),
                "function": function,
                "class": {"key_establishment": "harvest_now", "signature": "forge_later"}.get(function, function),
                "title": f"Do item {number}",
                "assets": 1,
                "value": dice.random(),
                "shelf_life": 10.0,
                "trust_life": 5.0,
                "team": f"Team {number % 3}",
                "due": str(due) if number % 4 else "",
                "policy": "eu-high" if number % 4 else "",
                "evidence": dice.choice(("assumption", "expert")),
            }
        )
        moves.append({"item": item, "asset": held["asset"]})
        stake.append({"item": item, "at_stake": 3.0 * float(items[-1]["value"])})
        if number % 20 == 19:
            continue
        first = start.plus(dice.randrange(0, 16))
        end = first.plus(length - 1)
        waves.append(
            {
                "item": item,
                "start": str(first),
                "end": str(end),
                "team": items[-1]["team"],
                "late": max(0, end.since(due)) if number % 4 else 0,
                "due": items[-1]["due"],
                "exposure": float(items[-1]["value"]) * 0.1 * (end.since(start) + 1),
            }
        )
    load = [
        {"team": team, "skill": skill, "quarter": str(start.plus(q)), "used": used, "capacity": capacity}
        for q in range(16)
        for team in ("Team 0", "Team 1", "Team 2")
        for skill, used, capacity in (("cryptography", 3.5, 4.0), ("network", 1.0, 2.0), ("money", 2.0, 3.0))
    ]
    skills = ("cryptography", "network")
    efforts = [
        {"kind": kind, "skill": skill, "effort": 0.2, "low": 0.1, "high": 0.5, "evidence": "assumption"}
        for kind in ITEM_KINDS
        for skill in skills
    ]
    costs = [{"kind": kind, "cost": 0.01, "quarters": 1, "evidence": "expert"} for kind in ITEM_KINDS]
    plain = {"item": str, "asset": str}
    wave_columns = {"item": str, "start": str, "end": str, "team": str, "late": int, "due": str, "exposure": float}
    rules = {
        "policy": "eu-high",
        "pack": "eu",
        "title": "High-risk uses",
        "scope": "high risk",
        "function": "",
        "deadline": "2030Q4",
        "source": "NIS Cooperation Group, roadmap v1.1",
        "strength": "recommendation",
    }
    return extract(
        "Ministry | of <Science>",
        assets=frame(assets, ASSETS),
        holdings=pl.DataFrame(holdings),
        links=pl.DataFrame(
            {"asset": [assets[0]["asset"], assets[1]["asset"]], "depends": [assets[1]["asset"], "gone"]}
        ),
        items=frame(items, ITEMS),
        item_assets=frame(moves, plain),
        efforts=frame(efforts, EFFORTS),
        costs=frame(costs, COSTS),
        waves=frame(waves, wave_columns) if scheduled else None,
        load=pl.DataFrame(load) if scheduled else None,
        at_stake=pl.DataFrame(stake),
        rules=pl.DataFrame([rules]),
        systems=systems,
        windows=[
            Window(calendar="banks", from_=Quarter(2027, 4), until=Quarter(2027, 4), open=False, evidence="expert"),
            Window(calendar="banks", from_=Quarter(2028, 1), until=Quarter(2028, 2), open=True, evidence="expert"),
        ],
        summary={"exposure": 20.0, "bound": 19.8, "gap": 0.01, "undone": 200.0} if scheduled else None,
    )
