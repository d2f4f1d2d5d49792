"""The invented estate as files that tools could have written: CBOMs, results of probes, sheets of owners."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from lotrinh.base.calendar import Quarter
from lotrinh.base.files import write_whole
from lotrinh.programme.columns import Entity
from lotrinh.register.made_up.boms import ROOTS, authorities, bom
from lotrinh.register.made_up.estate import mix, systems, windows
from lotrinh.register.sheets import System
from lotrinh.tables.cells import cell_text

TOOL = "lotrinh-synthetic 1"
SEEN, LATER = "2026-11-02T02:00:00Z", "2026-11-09T02:00:00Z"
AGAIN = 0.1
"""Share of endpoints that are asked a second time."""
ROOTED = 0.2
"""Share of systems in whose containers public roots lie."""
OWN_CODE, DEVICES = 0.35, 0.25
"""Shares of systems with own code, and with devices in the field; the others run what they have bought."""
SPREAD = 1.1
"""Standard deviation of the logarithm of how many assets a system has."""


def write(folder: Path, assets: int = 200_000, seed: int = 1, count: int | None = None) -> dict[str, int]:
    """Write the estate into `folder`; return how many systems, distinct assets and public roots it holds.

    Public roots come on top of `assets`. The same arguments give the same bytes.

    Parameters
    ----------
    count: systems; as many as ``sectors.csv`` says where left out.
    """
    rng = np.random.default_rng(seed)
    of = systems(rng, count)
    kinds, shares = mix("kind")
    names = [row["name"] for row in kinds]
    above = authorities(of)
    weights = rng.lognormal(0.0, SPREAD, len(of))
    left = max(0, assets - sum(len(each) for each in above.values()))
    split = np.array([rng.multinomial(size, shares) for size in rng.multinomial(left, weights / weights.sum())])
    rooted, coded, fielded = (rng.random(len(of)) < share for share in (ROOTED, OWN_CODE, DEVICES))
    first, second = list[dict[str, Any]](), list[bytes]()
    for at, system in enumerate(of):
        amount = {name: int(number) for name, number in zip(names, split[at], strict=True)}
        absent = {"code": not coded[at], "firmware": not fielded[at], "key": system.criticality in ("low", "medium")}
        amount["library"] += sum(amount[name] for name in absent if absent[name])
        amount |= {name: 0 for name in absent if absent[name]}
        # The endpoint of an SSH host and its key are two assets.
        amount["endpoint"] += amount["ssh"] % 2
        lines = list(_answers(rng, system, amount["endpoint"], amount["ssh"] // 2))
        first += lines
        again = rng.random(len(lines)) < AGAIN
        second += [_line(line | {"seen": LATER}) for line, repeated in zip(lines, again, strict=True) if repeated]
        content = bom(rng, system, amount, above, SEEN, rooted=bool(rooted[at]))
        if content["components"]:
            write_whole(folder / "cbom" / f"{system.system}.cdx.json", orjson.dumps(content))
    write_whole(folder / "probe-1.jsonl", b"".join(map(_line, first)))
    write_whole(folder / "probe-2.jsonl", b"".join(second))
    write_whole(folder / "systems.csv", sheet("systems", of))
    write_whole(folder / "windows.csv", sheet("windows", windows()))
    return {"systems": len(of), "assets": assets, "public_roots": ROOTS if rooted.any() else 0}


def sheet(name: str, rows: Sequence[Any]) -> str:
    """Return rows of a sheet as CSV, with the columns that are declared."""
    columns = Entity.apart[name].columns
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(getattr(row, column.attribute)) for column in columns] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ";".join(value)
    return cell_text(str(value) if isinstance(value, Quarter) else value)


def _line(told: dict[str, Any]) -> bytes:
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"


def _answers(rng: np.random.Generator, system: System, endpoints: int, hosts: int) -> Iterator[dict[str, Any]]:
    """Yield what the TLS endpoints and SSH hosts of a system answer, as the probe writes it."""
    name = system.system.lower()
    rows, shares = mix("tls")
    for at, chosen in enumerate(rng.choice(len(rows), endpoints, p=shares)):
        group, versions = rows[chosen]["name"], rows[chosen]["detail"].split()
        status = "hybrid" if "MLKEM" in group else "classical" if group else "unknown"
        static = group == "rsa"
        yield _answer(f"h{at:05d}.{name}.example", 443, "tls") | {
            "versions": versions,
            "suites": ["TLS_RSA_WITH_AES_128_CBC_SHA" if static else "TLS_AES_128_GCM_SHA256"],
            "groups": [] if static or not group else [group, "X25519"] if status == "hybrid" else [group],
            "certificates": [],
            "post_quantum": status,
            "fallback": "" if status == "unknown" else "yes",
        }
    rows, shares = mix("ssh")
    for at, chosen in enumerate(rng.choice(len(rows), hosts, p=shares)):
        method = rows[chosen]["name"]
        yield _answer(f"s{at:05d}.{name}.example", 22, "ssh") | {
            "versions": ["2.0"],
            "banner": "OpenSSH (SYN)",
            "groups": [method],
            "host_keys": [rows[chosen]["detail"]],
            "suites": ["aes256-ctr"],
            "post_quantum": "hybrid" if method.startswith("sntrup") else "classical",
            "fallback": "no" if method.startswith("sntrup") else "yes",
        }


def _answer(host: str, port: int, protocol: str) -> dict[str, Any]:
    return {
        "lotrinh_probe": 1,
        "tool": TOOL,
        "target": f"{protocol}://{host}:{port}",
        "protocol": protocol,
        "host": host,
        "port": port,
        "system": "",
        "address": "",
        "seen": SEEN,
        "why": "",
    }
