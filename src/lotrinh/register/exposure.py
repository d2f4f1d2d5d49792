r"""What is lost while cryptography is not migrated: expected exposure by quarter, for one unit of value a year.

```{math}
\rho_t = \begin{cases}
\tfrac14\,P(Q \le t + \text{shelf life}) & \text{key establishment: what is recorded now is read later} \\
\tfrac14\,P(Q \le t) + \text{trust life}\,\big(P(Q \le t{+}1) - P(Q \le t)\big) & \text{signatures: forged from Q on} \\
\tfrac14 & \text{weak already}
\end{cases}
```

Key establishment: the traffic of a quarter is lost if its secrets must outlive Q-day. Signatures: if they are not
migrated by Q-day, all that were made in the trust life before it come into doubt at once, and afterwards those of each
quarter. It is separable by item and grows with time, so a schedule weighs items by quarter. In one point it is
Mosca's inequality (IACR ePrint 2015/1075): with a certain Q-day ``Z`` from now, what takes ``Y`` to migrate and must
stay secret for ``X`` is exposed just where ``X + Y > Z``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Quarter
from lotrinh.register.threat import Chance

Floats = NDArray[np.float64]


def rate(
    function: str, shelf_life: float, trust_life: float, family: str, threat: Chance, start: Quarter, quarters: int
) -> Floats:
    """Return the loss in each quarter while not migrated, (…, T+1); entry T is that of the quarter after the horizon.

    Parameters
    ----------
    function: one of `classes.FUNCTIONS`.
    shelf_life, trust_life: in years.
    family: family of algorithms, as `Threat.offsets` knows it.
    threat: the chance of Q-day; of several known worlds the result has a leading axis.
    """
    edges = start.year + (start.quarter - 1 + np.arange(quarters + 2)) / QUARTERS_PER_YEAR
    middle = (edges[1:] + edges[:-1]) / 2.0
    if function == "already_weak":
        return np.full_like(threat.by(middle, family), 1.0 / QUARTERS_PER_YEAR)
    if function == "key_establishment":
        return threat.by(middle + shelf_life, family) / QUARTERS_PER_YEAR
    come = threat.by(edges[1:], family)  # a Q-day before the start costs what one in the first quarter does
    return threat.by(middle, family) / QUARTERS_PER_YEAR + trust_life * np.diff(come, prepend=0.0)


def profile(
    function: str, shelf_life: float, trust_life: float, family: str, threat: Chance, start: Quarter, quarters: int
) -> Floats:
    """Return the loss until migrated, (…, T+1): entry t is that of what is migrated at the end of quarter t-1."""
    each = rate(function, shelf_life, trust_life, family, threat, start, quarters)[..., :-1]
    return np.concatenate([np.zeros((*each.shape[:-1], 1)), np.cumsum(each, axis=-1)], axis=-1)
