"""Who there is in the invented estate: organisations and their systems, drawn from shares that are assumptions."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Quarter
from lotrinh.register.sheets import CLASSIFICATIONS, CRITICALITIES, System, Window

FIRST_YEAR, LAST_YEAR = 2026, 2040
"""Years of freezes."""
WAITING = 0.12
"""Share of systems whose vendor must deliver first."""
AFTER = 0.04
"""Share of systems that come after another of their organisation."""
DRAWS = {"low": 1, "medium": 1, "high": 2, "critical": 3}
"""Draws of the classification, of which the highest holds: what matters more keeps more secrets; an assumption."""
REASON = "Synthetic: drawn by a generator, of no real system"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of ``sectors.csv`` or ``mixes.csv``."""
    text = files("lotrinh.register.made_up").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def mix(of: str) -> tuple[list[dict[str, str]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the rows of a mix and their shares."""
    found = [row for row in rows("mixes") if row["of"] == of]
    shares = np.array([float(row["share"]) for row in found])
    return found, shares / shares.sum()


def systems(rng: np.random.Generator, count: int | None = None, exact: bool = True) -> list[System]:
    """Return the systems of the estate: `count`, or as many as ``sectors.csv`` says.

    Without `exact` every sector has one at least and its share is rounded by itself: their number is about `count`.
    """
    sectors = rows("sectors")
    usual = [int(row["systems"]) for row in sectors]
    found: list[System] = []
    for sector, number in zip(sectors, _scaled(usual, count or sum(usual), exact), strict=True):
        if number:
            found += _of_sector(rng, sector, number, len(found))
    return found


def _scaled(usual: Sequence[int], count: int, exact: bool) -> list[int]:
    """Return whole numbers in the proportions of the usual ones, which add up to `count`; see `systems`."""
    shares = [each * (count / sum(usual)) for each in usual]
    if not exact:
        return [max(1, round(share)) for share in shares]
    found = [round(share) for share in shares]
    while sum(found) != count:
        step = 1 if sum(found) < count else -1
        most = max(range(len(found)), key=lambda at: step * (shares[at] - found[at]))
        found[most] += step
    return found


def windows() -> list[Window]:
    """Return the freezes of the sectors that have any: one quarter of every year."""
    return [
        Window(
            calendar=sector["calendar"],
            from_=Quarter(year, int(sector["frozen"])),
            until=Quarter(year, int(sector["frozen"])),
            open=False,
            evidence="assumption",
            reason=f"Synthetic. {sector['reason']}",
        )
        for sector in rows("sectors")
        if sector["calendar"]
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    ]


def _of_sector(rng: np.random.Generator, sector: dict[str, str], number: int, before: int) -> list[System]:
    organisations = min(int(sector["organisations"]), number)
    criticality = _drawn(rng, CRITICALITIES, sector, number)
    drawn = [_drawn(rng, CLASSIFICATIONS[:4], sector, number) for _ in range(max(DRAWS.values()))]
    classification = [
        max((each[at] for each in drawn[: DRAWS[criticality[at]]]), key=CLASSIFICATIONS.index) for at in range(number)
    ]
    waits, late = rng.random(number) < WAITING, rng.integers(0, 4 * QUARTERS_PER_YEAR, number)
    follows, vendors = rng.random(number) < AFTER, rng.integers(1, 25, number)
    told = rng.random(number) < 0.5
    found = []
    for at in range(number):
        name = f"SYN-{before + at + 1:04d}"
        organisation = f"{sector['title']} {at % organisations + 1:02d}"
        earlier = before + at + 1 - organisations
        trust = {"low": 5.0, "medium": 5.0, "high": 10.0, "critical": 15.0}[criticality[at]]
        found.append(
            System(
                system=name,
                title=f"Hệ thống giả lập {before + at + 1:04d}",
                organisation=organisation,
                owner="Trưởng phòng công nghệ thông tin (giả lập)",
                criticality=criticality[at],
                trust_life=trust if told[at] else None,
                classification=classification[at],
                vendor=f"Nhà cung cấp (giả lập) {vendors[at]:02d}" if waits[at] else "",
                vendor_ready=Quarter(2027, 1).plus(int(late[at])) if waits[at] else None,
                hosts=f"*.{name.lower()}.example",
                after=f"SYN-{earlier:04d}" if follows[at] and earlier > before else "",
                team=sector["title"],
                calendar=sector["calendar"],
                evidence="assumption",
                reason=REASON,
            )
        )
    return found


def _drawn(rng: np.random.Generator, names: Sequence[str], shares: dict[str, str], number: int) -> list[str]:
    weights = np.array([float(shares[name]) for name in names])
    return [names[at] for at in rng.choice(len(names), number, p=weights / weights.sum())]
