"""Machines: as many as may be had, where they can be used."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

TOO_MANY = IssueKind(
    "P326", "a mode holds more machines than the country may have", "Lower the units of the mode, or raise units_max."
)
STOCK_UNITS = IssueKind(
    "P327", "more machines are there than the country may have", "Raise units_max, or correct the units that are there."
)
STOCK_SITES = IssueKind(
    "P328", "machines stand in more places than may host them", "Raise sites_max, or correct where the machines are."
)
OUT_OF_REACH = IssueKind(
    "P329",
    "a mode needs a machine that its lead cannot use",
    "Name a host at the lead's place, mark the kind as remote, raise sites_max, or take the machine out of the mode.",
)


@rule
def units(draft: Draft) -> Iterator[Issue]:
    """A mode holds at most as many machines as the country may have."""
    for line in draft.lines(e.ModeEquipment, "equipment", "units"):
        kind = draft.find(e.Equipment, line.row.equipment, "units_max")
        if kind is not None and line.row.units > kind.row.units_max:
            yield line.issue(TOO_MANY, "units", t("at most {units}, the units_max of {kind}", units=kind.row.units_max,
                                                  kind=line.row.equipment))  # fmt: skip


@rule
def stock(draft: Draft) -> Iterator[Issue]:
    """What is there already keeps to the same limits."""
    for id, lines in draft.groups(e.EquipmentStock, "equipment", "units").items():
        standing = [line for line in lines if line.row.units > 0]
        total = sum(line.row.units for line in standing)
        kind = draft.find(e.Equipment, id, "units_max")
        if kind is not None and total > kind.row.units_max:
            expected = t("at most {units}, the units_max of {kind}", units=kind.row.units_max, kind=id)
            yield standing[0].issue(STOCK_UNITS, "units", expected, value=total)
        kind = draft.find(e.Equipment, id, "sites_max")
        if kind is not None and len(standing) > kind.row.sites_max:
            expected = t("at most {places}, the sites_max of {kind}", places=kind.row.sites_max, kind=id)
            yield standing[kind.row.sites_max].issue(STOCK_SITES, "place", expected)


def _possible_places(draft: Draft, kind: e.Equipment, stock_places: frozenset[str]) -> frozenset[str] | None:
    """Return the places that can ever host a kind, or None where any place can."""
    if len(stock_places) >= kind.sites_max:
        return stock_places
    if not kind.hosts:
        return None
    hosts = [draft.find(e.Organisation, id, "place") for id in kind.hosts]
    return stock_places | {host.row.place for host in hosts if host is not None}


@rule
def places(draft: Draft) -> Iterator[Issue]:
    """A mode can use its machines: at its lead's place, or anywhere where the kind is remote."""
    if not draft.whole(e.EquipmentStock, "equipment", "place", "units") or not draft.whole(e.Organisation, "place"):
        return
    stocked: dict[str, set[str]] = {}
    for piece in draft.lines(e.EquipmentStock, "equipment", "place", "units"):
        if piece.row.units > 0:
            stocked.setdefault(piece.row.equipment, set()).add(piece.row.place)
    if not draft.whole(e.Equipment, "hosts"):
        return
    possible = {
        id: _possible_places(draft, kind.row, frozenset(stocked.get(id, ())))
        for id, kind in draft.ids("equipment").items()
        if kind.unknown.isdisjoint(("sites_max", "hosts", "remote"))
    }
    for line in draft.lines(e.ModeEquipment, "mode", "equipment", "units"):
        mode = draft.find(e.Mode, line.row.mode, "project")
        project = draft.find(e.Project, mode.row.project, "lead") if mode else None
        lead = draft.find(e.Organisation, project.row.lead) if project else None
        where = possible.get(line.row.equipment)
        if lead is None or where is None or line.row.units <= 0:
            continue
        remote = draft.ids("equipment")[line.row.equipment].row.remote
        if not where or (not remote and lead.row.place not in where):
            expected = t("a kind that can be used in {place}; this one can stand in: {where}", place=lead.row.place,
                         where=tuple(sorted(where)) or "-")  # fmt: skip
            yield line.issue(OUT_OF_REACH, "equipment", expected)
