"""The families of decision and state variables, declared in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotrinh.measures.quantities import LEVEL_TOP, Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, grid

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Begun:
    """Columns ``z[m,t]``: mode m has begun by quarter t, from its first to its last possible start.

    Attributes
    ----------
    column: position of each, (Z,), one for every option and every quarter between two of its mode's options.
    mode, time: of each, (Z,).
    first, last, base: of each mode, (M,): first and last start (first above last where it has none), position of the
    first.
    """

    column: Ints
    mode: Ints
    time: Ints
    first: Ints
    last: Ints
    base: Ints

    def by(self, mode: Ints, time: Ints) -> tuple[Ints, Bools]:
        """Return the column that says whether `mode` has begun by `time`, and where there is one: before that it
        has not.
        """
        can = (time >= self.first[mode]) & (self.first[mode] <= self.last[mode])
        return np.where(can, self.base[mode] + np.minimum(time, self.last[mode]) - self.first[mode], 0), can

    def ever(self, mode: Ints) -> tuple[Ints, Bools]:
        """Return the column that says whether `mode` is chosen at all."""
        return self.by(mode, self.last[mode])


@dataclass(frozen=True)
class Variables:
    """Positions of every column of the form, in the shape of its indices.

    Attributes
    ----------
    x: starts, (X,).  begun: whether a mode has begun by a quarter, see `by`.  open: opened fields, (F,).  entrants:
    (N,).  bought: (H, Y).  hosts: (H,).
    restored: (K, T).  carry: (Y,).  level, usable, worth: (K, T+1).  people: (S, T+1).
    migrates: items migrated in each quarter, (A, T); migrated: up to each state, (A, T+1).
    """

    x: Ints
    begun: Begun
    open: Ints
    entrants: Ints
    bought: Ints
    hosts: Ints
    restored: Ints
    carry: Ints
    level: Ints
    usable: Ints
    worth: Ints
    migrates: Ints
    migrated: Ints
    people: Ints


def declare(build: Builder, q: Quantities) -> Variables:
    """Add every variable of the model to `build`."""
    p, horizon, years = q.programme, q.horizon, [str(year) for year in q.years]
    quarters = [str(q.calendar.at(t)) for t in range(-_earliest(q), horizon + 1)]
    shift = _earliest(q)
    options, intake, sites = q.options, q.intake, q.sites
    kinds, skills = p.capabilities.ids, p.skills.ids
    states = [*quarters[shift:]]
    site_axes = [(p.equipment.ids, sites.equipment), (p.places.ids, sites.place)]
    by_year = [(names, np.repeat(index, len(years))) for names, index in site_axes]
    per_year = (years, np.tile(np.arange(len(years)), len(sites.equipment)))
    units = np.array([row.units_max for row in p.equipment], dtype=float)[:, None] * q.may_order
    most = units[sites.equipment].ravel()
    shape = (len(kinds), horizon + 1)
    ceiling = _ceiling(q)
    restored = np.repeat(np.where(q.restore_share > 0, ceiling, 0.0), horizon)
    return Variables(
        x=build.add_columns(
            "x", [(p.modes.ids, options.mode), (quarters, options.start + shift)], high=1.0, whole=True
        ),
        begun=_begun(build, q, quarters, shift),
        open=build.add_columns("open", grid((p.fields.ids, len(p.fields))), high=1.0, whole=True),
        entrants=build.add_columns(
            "n",
            [(p.training.ids, intake.flow), (skills, intake.skill), (years, intake.year)],
            high=np.floor(intake.most + 1e-9),
            whole=True,
        ),
        bought=build.add_columns("b", [*by_year, per_year], high=most, whole=True).reshape(
            len(sites.equipment), len(years)
        ),
        hosts=build.add_columns("h", site_axes, low=(sites.stock > 0).astype(float), high=1.0, whole=True),
        restored=build.add_columns("r", grid((kinds, len(kinds)), (states, horizon)), high=restored).reshape(
            -1, horizon
        ),
        carry=build.add_columns("carry", grid((years, len(years))), high=p.settings.carry_over * q.budget),
        level=build.add_columns("L", grid((kinds, len(kinds)), (states, horizon + 1)), high=ceiling).reshape(shape),
        usable=build.add_columns("U", grid((kinds, len(kinds)), (states, horizon + 1)), high=LEVEL_TOP).reshape(shape),
        worth=build.add_columns("V", grid((kinds, len(kinds)), (states, horizon + 1)), high=ceiling).reshape(shape),
        migrates=build.add_columns(
            "g", grid((p.migration.ids, len(q.items)), (states, horizon)), high=np.repeat(q.items, horizon)
        ).reshape(-1, horizon),
        migrated=build.add_columns(
            "G", grid((p.migration.ids, len(q.items)), (states, horizon + 1)), high=_done(q)
        ).reshape(-1, horizon + 1),
        people=build.add_columns("N", grid((skills, len(skills)), (states, horizon + 1)), high=ceiling).reshape(
            -1, horizon + 1
        ),
    )


def _begun(build: Builder, q: Quantities, quarters: list[str], shift: int) -> Begun:
    """Add the columns that say whether a mode has begun; whole as the starts are, which is said for solvers' sake."""
    modes = len(q.programme.modes)
    first, last = np.full(modes, np.iinfo(np.int64).max), np.full(modes, -1 - shift)
    np.minimum.at(first, q.options.mode, q.options.start)
    np.maximum.at(last, q.options.mode, q.options.start)
    length = np.maximum(last - first + 1, 0) * (first <= last)
    base = np.cumsum(length) - length
    mode = np.repeat(np.arange(modes), length)
    time = np.arange(len(mode)) - base[mode] + first[mode]
    column = build.add_columns("z", [(q.programme.modes.ids, mode), (quarters, time + shift)], high=1.0, whole=True)
    return Begun(column, mode, time, first, last, base + (column[0] if len(column) else 0))


def _done(q: Quantities) -> Floats:
    """Return the most items that may be migrated by each state, flat (A, T+1): none at the start, at last all."""
    most = np.repeat(q.items[:, None], q.horizon + 1, axis=1)
    most[:, 0] = 0.0
    return most.ravel()


def _earliest(q: Quantities) -> int:
    """Return how many quarters before the programme the earliest lock began."""
    return int(max(0, -q.options.start.min(initial=0)))


def _ceiling(q: Quantities) -> float:
    """Return a number that no level and no pool of people comes near.

    No plan needs it; but solvers have answered forms with unbounded columns wrongly, and never yet with bounded ones.
    """
    people = q.people_start.sum() + q.intake_joins[2].sum() * q.intake.most.max(initial=0.0)
    return float(max(1e3, 10.0 * people, 10.0 * (q.level_start.sum() + q.option_gains[2].sum())))


def at_work(q: Quantities, v: Variables, rows: tuple[Ints, Ints, Floats]) -> list[tuple[Ints, Ints, Ints, Floats]]:
    """Return (column, kind, quarter, amount) that sum to the amount at work, ``z[m,t] - z[m,t-d]``; `rows` is
    (mode, kind, amount).
    """
    mode, kind, amount = rows
    row, t = (array.ravel() for array in np.indices((len(mode), q.horizon)))
    found = []
    for ago, sign in ((0 * mode, 1.0), (np.array([m.duration for m in q.programme.modes], dtype=np.int64)[mode], -1.0)):
        column, can = v.begun.by(mode[row], t - ago[row])
        found.append((column[can], kind[row][can], t[can], sign * amount[row][can]))
    return found
