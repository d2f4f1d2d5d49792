"""Tiny instances of waves, and their best schedules by trying all: no code of the search is used."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from lotrinh.base.calendar import Quarter
from lotrinh.plan.waves.problem import Settings
from lotrinh.register.exposure import profile, rate
from lotrinh.register.sheets import ALL, MONEY, Capacity, Window
from lotrinh.register.threat import default

START = Quarter(2027, 1)
THREAT = default()
TEXTS = ("system", "organisation", "family", "class", "title", "calendar", "release", "due", "policy", "evidence")


@dataclass(frozen=True)
class Made:
    items: pl.DataFrame
    edges: pl.DataFrame
    efforts: pl.DataFrame
    costs: pl.DataFrame
    windows: list[Window] = field(default_factory=list)


def made(rows, edges=(), windows=()) -> Made:
    """Return work of items given as dicts; what is left out is empty."""
    empty = dict.fromkeys(TEXTS, "")
    common = {"kind": "endpoint", "function": "key_establishment", "assets": 1, "value": 1.0, "shelf_life": 5.0}
    full = [{"item": f"W{i}"} | empty | common | {"trust_life": 5.0, "team": "A"} | row for i, row in enumerate(rows)]
    return Made(
        pl.DataFrame(full),
        pl.DataFrame(list(edges), {"item": pl.String, "after": pl.String}, orient="row"),
        pl.DataFrame(
            [
                ("endpoint", "net", 0.5),
                ("hsm_kms", "net", 1.0),
                ("hsm_kms", "crypto", 0.6),
                ("own_code", "crypto", 1.0),
            ],
            ["kind", "skill", "effort"],
            orient="row",
        ),
        pl.DataFrame(
            [("endpoint", 0.1, 1), ("hsm_kms", 1.0, 2), ("own_code", 0.4, 1)],
            ["kind", "cost", "quarters"],
            orient="row",
        ),
        list(windows),
    )


def capacity(amounts: dict[tuple[str, str], float]) -> list[Capacity]:
    return [
        Capacity(team=team, skill=skill, amount=amount, evidence="assumption")
        for (team, skill), amount in amounts.items()
    ]


def random(seed: int, count: int = 4) -> tuple[Made, list[Capacity], Settings]:
    """Draw an instance of a few items and quarters, with ties, waits, rings, windows and dues."""
    draw = np.random.default_rng(seed)
    rows = [
        {
            "kind": str(draw.choice(["endpoint", "hsm_kms", "own_code"])),
            "function": str(draw.choice(["key_establishment", "signature", "already_weak"])),
            "value": float(draw.choice([1.0, 2.0, draw.uniform(0.5, 3.0)])),
            "team": str(draw.choice(["A", "B"])),
            "calendar": str(draw.choice(["", "", "closed"])),
            "release": str(draw.choice(["", "", "2027Q2"])),
            "due": str(draw.choice(["", "2027Q2", "2027Q4"])),
        }
        for _ in range(count)
    ]
    edges = [(f"W{a}", f"W{b}") for a in range(count) for b in range(count) if a != b and draw.random() < 0.15]
    windows = [
        Window(calendar="closed", from_=Quarter(2027, 1), until=Quarter(2027, 1), open=False, evidence="assumption")
    ]
    sheet = capacity(
        {
            ("A", "net"): float(draw.choice([0.5, 1.0])),
            ("B", "net"): float(draw.choice([0.0, 0.5])),
            (ALL, "crypto"): float(draw.choice([0.3, 0.6, 1.0])),
            (ALL, MONEY): float(draw.choice([0.8, 2.0])),
        }
    )
    settings = Settings(START, 4, price=float(draw.choice([0.0, 0.1])), time_limit=20.0, gap=0.0)
    return made(rows, edges, windows), sheet, settings


def lasting(items, edges, efforts, costs, has, horizon: int) -> list[int]:
    """Return the quarters of each item: more than its kind says where it, or its ring, needs more than there is."""
    count = len(items)
    reach = np.eye(count, dtype=bool)
    for a, b in edges:
        reach[a, b] = True
    for k in range(count):
        reach |= reach[:, [k]] & reach[[k], :]
    found = []
    for i in range(count):
        length = costs[items[i]["kind"]][1]
        for ring in ([i], [j for j in range(count) if reach[i, j] and reach[j, i]]):
            used: dict[tuple[str, str], float] = {}
            for j in ring:
                kind, team = items[j]["kind"], items[j]["team"]
                for skill, amount in [*efforts.get(kind, []), (MONEY, costs[kind][0])]:
                    for owner in (team, ALL):
                        used[owner, skill] = used.get((owner, skill), 0.0) + amount
            for key, amount in used.items():
                level, least = has.get(key, 0.0), 1
                while level > 0 and amount > level * (1 + 1e-9) * (max(1, least / 4) if key[1] == MONEY else least):
                    least += 1
                length = max(length, least) if least <= horizon else length
        found.append(length)
    return found


def best(work: Made, sheet, settings: Settings) -> float:
    """Return the least cost of all schedules, by trying every one; infinite where there is none."""
    horizon = settings.quarters
    items = work.items.to_dicts()
    efforts = {}
    for kind, skill, effort in work.efforts.iter_rows():
        efforts.setdefault(kind, []).append((skill, effort))
    costs = {kind: (cost, quarters) for kind, cost, quarters in work.costs.iter_rows()}
    at = {row["item"]: i for i, row in enumerate(items)}
    edges = [(at[a], at[b]) for a, b in work.edges.iter_rows()]
    has = {(row.team, row.skill): row.amount for row in sheet}
    lengths = lasting(items, edges, efforts, costs, has, horizon)
    price = []
    for row, length in zip(items, lengths, strict=True):
        facts = (row["function"], row["shelf_life"], row["trust_life"], row["family"], THREAT, START, horizon)
        curve = [*profile(*facts)[1:], profile(*facts)[-1] + settings.terminal * 4 * rate(*facts)[-1]]
        due = Quarter.parse(row["due"]).since(START) if row["due"] else horizon
        first = (Quarter.parse(row["release"]).since(START) if row["release"] else 0) + length - 1
        options = []
        for end in range(horizon + 1):
            closed = end == 0 and row["calendar"] == "closed"
            barred = (end < horizon and (end < first or closed)) or (settings.hard and end > due and due < horizon)
            late = 0.0 if settings.hard else settings.price * max(0, end - due)
            options.append(np.inf if barred else row["value"] * curve[end] + late)
        price.append(options)
    skills = {skill for _, skill in has}
    least = np.inf
    for ends in itertools.product(range(horizon + 1), repeat=len(items)):
        cost = sum(price[i][end] for i, end in enumerate(ends))
        if cost >= least or any(ends[a] < ends[b] for a, b in edges):
            continue
        used: dict[tuple[str, str, int], float] = {}
        fits = True
        for row, end, quarters in zip(items, ends, lengths, strict=True):
            spent, _ = costs[row["kind"]]
            for skill, amount in [*efforts.get(row["kind"], []), (MONEY, spent)]:
                owners = [owner for owner in (row["team"], ALL) if (owner, skill) in has]
                fits = fits and (end == horizon or bool(owners) or skill not in skills)
                for time in range(end - quarters + 1, end + 1) if end < horizon else ():
                    for owner in owners:
                        key = (owner, skill, 0 if skill == MONEY else time)
                        used[key] = used.get(key, 0.0) + amount / quarters
        if fits and all(amount <= has[team, skill] + 1e-9 for (team, skill, _), amount in used.items()):
            least = cost
    return least
