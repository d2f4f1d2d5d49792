r"""Largest share of one country: in the market of a kind of equipment that is hosted, and in what the money relies on.

```{math}
\max\Big( \max_{e\text{ hosted}} \max_c \text{market}_{e,c},\
\max_c \frac{\sum_m C_m\,\text{reliance}_{m,c}}{\sum_m C_m} \Big)
```

Suppliers of one country are added up. With the id of a kind only its market is looked at. Only kinds of which units are
there within the window count, and money spent within it; without a window, kinds that are ordered at all.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, hosting, hosts, lasting, purse, share, spending, spent
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Largest share of one supplier country"
UNIT = "share"
SCOPES = ("equipment",)
HARD = ("<=",)


@lasting
def _markets(q: Quantities, directive: Directive) -> Floats:
    """Return the largest country share of each kind within the scope, else 0, shape (E,)."""
    p = q.programme
    found = np.zeros((len(p.equipment), len(q.countries)))
    for row in p.equipment_supply:
        if directive.scope in ("all", row.equipment):
            country = q.supplier_country[p.suppliers.position(row.supplier)]
            found[p.equipment.position(row.equipment), country] += row.share
    return np.asarray(found.max(axis=1, initial=0.0))


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the largest share in each scenario, shape (S,)."""
    q = paths.quantities
    markets = _markets(q, directive)[q.sites.equipment]
    largest = np.max(hosting(paths, directive) * markets, axis=-1, initial=0.0)
    if directive.scope != "all":
        return np.asarray(largest)
    money = spent(paths, directive)
    relied = np.einsum("sp,spc->sc", money * (paths.mode >= 0), q.mode_reliance[paths.mode])
    relied = share(relied, money.sum(axis=-1, keepdims=True), 0.0)
    return np.asarray(np.maximum(largest, relied.max(axis=-1, initial=0.0)))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that no kind above the threshold is hosted and no country is relied on beyond it."""
    kinds, places = q.programme.equipment.ids, q.programme.places.ids
    found = []
    excess = (_markets(q, directive) - directive.threshold)[q.sites.equipment]
    column = hosts(build, q, v, directive) if (excess > 0).any() else v.hosts
    for h in np.flatnonzero(excess > 0):
        about = f"{kinds[q.sites.equipment[h]]},{places[q.sites.place[h]]}"
        found.append(Statement(column[h : h + 1], -excess[h : h + 1], 0.0, about))
    if directive.scope == "all":
        option, money = spending(q, directive)
        for country, name in enumerate(q.countries):
            relied = q.mode_reliance[q.options.mode[option], country]
            whole = purse(q, directive)
            found.append(demand(directive, v.x[option], relied * money, of=money, about=name, unit=whole))
    return found
