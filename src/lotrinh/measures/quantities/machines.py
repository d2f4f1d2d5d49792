"""Equipment: the places that may host it, its price, lead time and upkeep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures.quantities.horizon import Floats, Ints
from lotrinh.measures.quantities.work import Work


@dataclass(frozen=True)
class Sites:
    """Every (equipment, place) that may host: the rows of ``h[e,place]``, with the stock there at the start."""

    equipment: Ints
    place: Ints
    stock: Floats


class Machines(Work):
    """What is known of the programme's machines, and which modes hold them."""

    @cached_property
    def project_place(self) -> Ints:
        """Place of each project's lead, shape (P,)."""
        p = self.programme
        return np.array([p.places.position(p.organisations.of(row.lead).place) for row in p.projects], dtype=np.int64)

    @cached_property
    def mode_equipment(self) -> tuple[Ints, Ints, Floats]:
        """(mode, equipment, units) held in every quarter at work."""
        p = self.programme
        return (
            np.array([p.modes.position(row.mode) for row in p.mode_equipment], dtype=np.int64),
            np.array([p.equipment.position(row.equipment) for row in p.mode_equipment], dtype=np.int64),
            np.array([row.units for row in p.mode_equipment], dtype=float),
        )

    @cached_property
    def sites(self) -> Sites:
        """Every (equipment, place) that may host, with its stock."""
        p = self.programme
        places: list[set[int]] = [
            {p.places.position(p.organisations.of(o).place) for o in row.hosts} for row in p.equipment
        ]
        for row in p.mode_equipment:
            e = p.equipment.position(row.equipment)
            if row.units and not p.equipment[e].hosts:
                places[e].add(int(self.project_place[self.mode_project[p.modes.position(row.mode)]]))
        stock = {
            (p.equipment.position(row.equipment), p.places.position(row.place)): row.units
            for row in p.equipment_stock
            if row.units
        }
        for e, place in stock:
            places[e].add(place)
        pairs = np.array([(e, place) for e, found in enumerate(places) for place in sorted(found)], dtype=np.int64)
        pairs = pairs.reshape(-1, 2)
        return Sites(
            pairs[:, 0], pairs[:, 1], np.array([float(stock.get((e, place), 0)) for e, place in pairs.tolist()])
        )

    @cached_property
    def order_time(self) -> Ints:
        """Quarter in which the orders of each year are placed and paid, shape (Y,)."""
        return np.array([self.calendar.first_time(year) for year in self.years], dtype=np.int64)

    @cached_property
    def may_order(self) -> NDArray[np.bool_]:
        """Whether some supplier of a kind still supplies when the orders of a year are placed, shape (E, Y).

        A kind of which no supplier is known can always be ordered.
        """
        p = self.programme
        found = np.ones((len(p.equipment), len(self.years)), dtype=bool)
        for e, kind in enumerate(p.equipment.ids):
            rows = [row for row in p.equipment_supply if row.equipment == kind and row.share > 0]
            ends = [self.supplied_until[p.suppliers.position(row.supplier)] for row in rows]
            if ends:
                found[e] = self.order_time <= max(ends)
        return found

    @cached_property
    def lead_time(self) -> Ints:
        """Quarters from order to use, shape (E,)."""
        return np.array([row.lead_time for row in self.programme.equipment], dtype=np.int64)

    @cached_property
    def price(self) -> Floats:
        """Likely price of a unit, shape (E,), millions."""
        return np.array([row.cost_likely for row in self.programme.equipment], dtype=float)

    @cached_property
    def upkeep(self) -> Floats:
        """Upkeep of a unit in a quarter, shape (E,), millions."""
        return np.array([row.cost_likely * row.upkeep / QUARTERS_PER_YEAR for row in self.programme.equipment])

    @cached_property
    def site_cost(self) -> Floats:
        """Cost of a hosting place in a quarter, shape (E,), millions."""
        return np.array([row.site_cost / QUARTERS_PER_YEAR for row in self.programme.equipment])
