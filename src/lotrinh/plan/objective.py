r"""What makes one plan better than another: the discounted value of usable capability and of products in service.

```{math}
\max \sum_k \omega_k \Big( \sum_{t<T} \tfrac{1}{4} D_t\,V_{k,t} + \tau D_T\,V_{k,T} \Big)
+ \sum_{m,t} W_{m,t}\,x_{m,t} + \eta \sum_{a} \Big( \sum_{t<T} D_t\,\rho_{a,t}\,G_{a,t}
+ 4 \tau D_T\,\rho_{a,T}\,G_{a,T} \Big) - \mu \sum_t D_t\,\text{spend}_t
\qquad V_{k,t} \le U_{k,t}, \quad V_{k,t} \le \sigma\,U_{k,t} + (1-\sigma)\,\text{target}_k
```

``W`` is the product's value over its service, ``τ`` the years that the end counts for, ``μ`` the worth of a million
unspent. ``ρ`` is the expected exposure of an item in a quarter and ``G`` the items migrated, so the term with ``η`` is
the exposure that migration removes: that without migration is the same for every plan, and is left out.
"""

from __future__ import annotations

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.constraints.money import outlays, standing
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Words

TITLE = "Objective"
WORDS = {
    "worth": Words({"capability": "capabilities", "quarter": TIME}, t("{capability} is worth its usable level")),
    "worth_above": Words(
        {"capability": "capabilities", "quarter": TIME}, t("{capability} is worth less above its target")
    ),
}


def worth_rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add the concave value of each usable level: its own slope up to the target, a smaller one above."""
    kinds, length = q.programme.capabilities, q.horizon + 1
    slope = q.programme.settings.above_target
    axes = grid((kinds.ids, len(kinds)), ([str(q.calendar.at(t)) for t in range(length)], length))
    size = np.arange(len(kinds) * length)
    usable, worth = v.usable.ravel(), v.worth.ravel()
    build.add_rows("worth", axes, [(size, worth, 1.0), (size, usable, -1.0)], high=0.0)
    above = np.repeat((1.0 - slope) * q.target, length)
    build.add_rows("worth_above", axes, [(size, worth, 1.0), (size, usable, -slope)], high=above)


def costs(q: Quantities, v: Variables, columns: int) -> tuple[Floats, float]:
    """Return the objective's coefficient of every column and its constant."""
    s = q.programme.settings
    cost = np.zeros(columns)
    weight = np.append(q.discount[: q.horizon] / 4.0, s.terminal * q.discount[q.horizon])
    cost[v.worth] = q.weight[:, None] * weight[None, :]
    cost[v.x] += q.product_worth
    cost[v.migrated] = q.exposure_rate * q.exposure_discount
    for column, quarter, amount in outlays(q, v):
        np.add.at(cost, column, -s.money_weight * q.discount[quarter] * amount)
    return cost, -s.money_weight * float(standing(q) @ q.discount[: q.horizon])
