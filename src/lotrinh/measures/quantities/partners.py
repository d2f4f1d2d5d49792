"""Countries of the suppliers: how far each mode relies on them, and who can withdraw."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lotrinh.measures.quantities.horizon import Floats, Ints
from lotrinh.measures.quantities.work import Work


class Partners(Work):
    """What is known of the countries of the programme's suppliers."""

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Countries of the suppliers, each once, in the order of the data."""
        return tuple(dict.fromkeys(row.country or row.supplier for row in self.programme.suppliers))

    @cached_property
    def supplier_country(self) -> Ints:
        """Country of each supplier, shape (suppliers,)."""
        rows = self.programme.suppliers
        return np.array([self.countries.index(row.country or row.supplier) for row in rows], dtype=np.int64)

    @cached_property
    def mode_reliance(self) -> Floats:
        """Share of each mode that relies on each country, shape (M, countries)."""
        member = self.supplier_country[:, None] == np.arange(len(self.countries))[None, :]
        return np.asarray(self.mode_suppliers @ member.astype(float))

    @cached_property
    def withdrawals(self) -> tuple[tuple[str, list[int]], ...]:
        """Every single withdrawal: a country with all its suppliers, or one firm; (name, positions of suppliers)."""
        country = self.supplier_country
        found = [(name, np.flatnonzero(country == c).tolist()) for c, name in enumerate(self.countries)]
        firms = [(row.supplier, [s]) for s, row in enumerate(self.programme.suppliers) if row.kind == "firm"]
        return (*found, *firms)
