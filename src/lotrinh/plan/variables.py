"""The families of decision and state variables, declared in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotrinh.measures.quantities import LEVEL_TOP, Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, grid


@dataclass(frozen=True)
class Variables:
    """Positions of every column of the form, in the shape of its indices.

    Attributes
    ----------
    x: starts, (X,).  open: opened fields, (F,).  entrants: (N,).  bought: (H, Y).  hosts: (H,).
    restored: (K, T).  carry: (Y,).  level, usable, worth: (K, T+1).  people: (S, T+1).
    """

    x: Ints
    open: Ints
    entrants: Ints
    bought: Ints
    hosts: Ints
    restored: Ints
    carry: Ints
    level: Ints
    usable: Ints
    worth: Ints
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
    most = np.array([row.units_max for row in p.equipment], dtype=float)[sites.equipment] if len(sites.equipment) else np.empty(0)
    shape = (len(kinds), horizon + 1)
    return Variables(
        x=build.add_columns("x", [(p.modes.ids, options.mode), (quarters, options.start + shift)], high=1.0, whole=True),
        open=build.add_columns("open", grid((p.fields.ids, len(p.fields))), high=1.0, whole=True),
        entrants=build.add_columns(
            "n",
            [(p.training.ids, intake.flow), (skills, intake.skill), (years, intake.year)],
            high=np.floor(intake.most + 1e-9),
            whole=True,
        ),
        bought=build.add_columns("b", [*by_year, per_year], high=np.repeat(most, len(years)), whole=True).reshape(
            len(sites.equipment), len(years)
        ),
        hosts=build.add_columns("h", site_axes, low=(sites.stock > 0).astype(float), high=1.0, whole=True),
        restored=build.add_columns("r", grid((kinds, len(kinds)), (states, horizon)), high=_restorable(q)).reshape(-1, horizon),
        carry=build.add_columns("carry", grid((years, len(years))), high=p.settings.carry_over * q.budget),
        level=build.add_columns("L", grid((kinds, len(kinds)), (states, horizon + 1))).reshape(shape),
        usable=build.add_columns("U", grid((kinds, len(kinds)), (states, horizon + 1)), high=LEVEL_TOP).reshape(shape),
        worth=build.add_columns("V", grid((kinds, len(kinds)), (states, horizon + 1))).reshape(shape),
        people=build.add_columns("N", grid((skills, len(skills)), (states, horizon + 1))).reshape(-1, horizon + 1),
    )


def _earliest(q: Quantities) -> int:
    """Return how many quarters before the programme the earliest lock began."""
    return int(max(0, -q.options.start.min(initial=0)))


def _restorable(q: Quantities) -> Floats:
    """Return an upper bound of what core funding can restore: nothing where its share is 0, else open."""
    return np.repeat(np.where(q.restore_share > 0, np.inf, 0.0), q.horizon)
