"""Instances of waves of any size: teams, kinds of work, certification authorities, modules, windows, vendors.

Everything is drawn and stands for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lotrinh.base.calendar import Quarter
from lotrinh.register.sheets import Capacity, Window

START = Quarter(2027, 1)
KINDS = {
    "endpoint": (0.010, 0.002, 0.0002, 1),
    "leaf_certificate": (0.004, 0.001, 0.0001, 1),
    "internal_ca": (0.150, 0.050, 0.0200, 2),
    "ssh_host": (0.006, 0.004, 0.0001, 1),
    "library": (0.080, 0.002, 0.0040, 1),
    "own_code": (0.300, 0.020, 0.0150, 3),
    "hsm_kms": (0.120, 0.080, 0.0600, 2),
    "firmware": (0.030, 0.050, 0.0100, 2),
}
"""Person-quarters of two skills, millions and quarters of one item."""
SKILLS = ("cryptography", "network")


@dataclass(frozen=True)
class Made:
    """Work as the register gives it."""

    items: pl.DataFrame
    edges: pl.DataFrame
    efforts: pl.DataFrame
    costs: pl.DataFrame
    windows: list[Window]


def work(count: int, seed: int = 0, teams: int = 30, alike: bool = False) -> Made:
    """Draw `count` items in systems of some twenty; with `alike` values are one of five."""
    draw = np.random.default_rng(seed)
    systems = max(1, count // 20)
    system = np.sort(draw.integers(0, systems, count))
    first = np.r_[True, system[1:] != system[:-1]]
    place = np.arange(count) - np.flatnonzero(first)[np.cumsum(first) - 1]
    common = draw.choice(
        ["endpoint", "leaf_certificate", "ssh_host", "library", "own_code", "firmware"],
        count,
        p=[0.35, 0.35, 0.12, 0.10, 0.03, 0.05],
    )
    kind = np.where(place == 0, "hsm_kms", np.where(place == 1, "internal_ca", common))
    worth = draw.choice([1.0, 3.0, 10.0, 30.0], systems, p=[0.4, 0.35, 0.2, 0.05])
    value = worth[system] * (1.0 if alike else draw.lognormal(0.0, 0.7, count)) / 20.0
    function = draw.choice(["key_establishment", "signature", "already_weak"], systems * 3, p=[0.6, 0.32, 0.08])[
        system * 3 + draw.integers(0, 3, count)
    ]
    ids = np.array([f"W{i:07d}" for i in range(count)])
    leader, authority = np.flatnonzero(place == 0), np.flatnonzero(place == 1)
    head = np.full(systems, -1)
    head[system[leader]] = leader
    second = np.full(systems, -1)
    second[system[authority]] = authority
    leaves = np.flatnonzero((kind == "leaf_certificate") & (second[system] >= 0))
    rest = np.flatnonzero((place > 0) & (kind != "leaf_certificate"))
    after = np.concatenate([leaves, rest])
    before = np.concatenate([second[system[leaves]], head[system[rest]]])
    ring = np.flatnonzero((place >= 2) & (draw.random(count) < 0.01) & np.r_[place[1:] > place[:-1], False])
    after, before = np.concatenate([after, ring, ring + 1]), np.concatenate([before, ring + 1, ring])
    due = np.where(function == "already_weak", "2028Q4", np.where(worth[system] >= 10, "2030Q4", "2035Q4"))
    items = pl.DataFrame(
        {
            "item": ids,
            "system": [f"S{i:06d}" for i in system],
            "organisation": [f"O{i % 40:02d}" for i in system],
            "kind": kind,
            "function": function,
            "family": draw.choice(["rsa", "ecc"], count),
            "class": np.where(function == "signature", "forge_later", "harvest_now"),
            "title": ids,
            "assets": draw.integers(1, 9, count),
            "value": value,
            "shelf_life": draw.choice([1.0, 5.0, 10.0, 25.0], systems)[system],
            "trust_life": draw.choice([1.0, 5.0, 15.0], systems)[system],
            "team": [f"T{i % teams:02d}" for i in system],
            "calendar": np.array(["", "bank", "grid"])[draw.choice(3, systems, p=[0.7, 0.2, 0.1])[system]],
            "release": np.where(kind == "firmware", draw.choice(["", "2028Q3", "2030Q1"], count), ""),
            "due": due,
            "policy": np.full(count, ""),
            "evidence": np.full(count, "assumption"),
        }
    )
    edges = pl.DataFrame({"item": ids[after], "after": ids[before]})
    rows = [
        (kind, skill, KINDS[kind][s], KINDS[kind][s], KINDS[kind][s], "")
        for kind in KINDS
        for s, skill in enumerate(SKILLS)
    ]
    efforts = pl.DataFrame(rows, ["kind", "skill", "effort", "low", "high", "evidence"], orient="row")
    costs = pl.DataFrame(
        [(kind, facts[2], facts[3], "") for kind, facts in KINDS.items()],
        ["kind", "cost", "quarters", "evidence"],
        orient="row",
    )
    windows = [
        Window(calendar="bank", from_=Quarter(year, 4), until=Quarter(year, 4), open=False, evidence="")
        for year in range(2027, 2045)
    ]
    windows += [
        Window(calendar="grid", from_=Quarter(year, 2), until=Quarter(year, 3), open=True, evidence="")
        for year in range(2027, 2045)
    ]
    return Made(items, edges, efforts, costs, windows)


def capacity(made: Made, years: float = 8.0) -> list[Capacity]:
    """Return what does all of the work in some `years`: two skills of each team, and money of all teams together."""
    need = made.items.group_by("team", "kind").len().join(made.efforts, on="kind")
    need = need.group_by("team", "skill").agg((pl.col("len") * pl.col("effort")).sum()).sort("team", "skill")
    sheet = [
        Capacity(team=team, skill=skill, amount=round(total / years / 4.0, 4), evidence="")
        for team, skill, total in need.iter_rows()
    ]
    money = made.items.group_by("kind").len().join(made.costs, on="kind")
    total = float((money["len"] * money["cost"]).sum())
    later = Capacity(team="*", skill="money", from_=Quarter(2029, 1), amount=round(1.2 * total / years, 4), evidence="")
    return [*sheet, Capacity(team="*", skill="money", amount=round(0.7 * total / years, 4), evidence=""), later]
