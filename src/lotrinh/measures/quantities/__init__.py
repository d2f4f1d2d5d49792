"""The programme as arrays: what the symbols of the model are, in the programme's own numbers.

The formulation and the paths both read these arrays and nothing else of the programme, so a chance, a price or a
tranche is worked out once. Conventions: ``docs/decisions/0001-model-in-detail.md``.
"""

from lotrinh.measures.quantities.abilities import LEVEL_TOP, Abilities
from lotrinh.measures.quantities.horizon import Floats, Ints
from lotrinh.measures.quantities.machines import Machines
from lotrinh.measures.quantities.partners import Partners
from lotrinh.measures.quantities.security import Security
from lotrinh.measures.quantities.staff import Staff

__all__ = ["LEVEL_TOP", "Floats", "Ints", "Quantities"]


class Quantities(Abilities, Staff, Machines, Partners, Security):
    """Arrays of one programme under one budget scenario.

    Sizes: P projects, M modes, X options, K capabilities, S skills, W flows, N intakes, E equipment kinds, H sites,
    Y years, T quarters, A classes of migration.
    """
