r"""What a year spends and carries over is at most its budget and what came over; committed money counts in full.

```{math}
\text{spend}_y + c_y \le \beta\,B_y + c_{y-1} \qquad 0 \le c_y \le \sigma\,B_y
```

Spend is the tranches of projects, training and attraction, equipment with upkeep and hosting, core funding and
migration; ``β`` is the over-programming factor and ``σ`` the share that may be carried over.
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Ids, Kind, Words

TITLE = "Balance of money in each year"


def _budget(q: Quantities, ids: Ids) -> float:
    """Return the budget of a year, or the mean of all years where it has none, millions."""
    return float(q.budget[q.years.index(int(ids[0]))]) or float(q.budget.mean())


def _committed(q: Quantities, ids: Ids) -> float:
    """Return how much may be committed for each million of budget."""
    return q.programme.settings.over_programming


MONEY = Kind(
    "money",
    ("year",),
    t("the money of {year}: a budget of {limit} million {currency}, with what was carried over"),
    t("the budget of {year} rises by {amount} million {currency} ({share})"),
    unit="million",
    limit=_budget,
    per=_committed,
)
WORDS = {"money": Words({"year": TIME}, kind=MONEY)}


def outlays(q: Quantities, v: Variables) -> list[tuple[Ints, Ints, Floats]]:
    """Return every (column, quarter, millions) by which a decision spends money."""
    option, quarter, amount = q.option_spend
    found = [(v.x[option], quarter, amount)]
    intake, quarter, amount = q.intake_spend
    found.append((v.entrants[intake], quarter, amount))
    kind = q.sites.equipment
    for y, ordered in enumerate(q.order_time):
        found.append((v.bought[:, y], np.full(len(kind), ordered), q.price[kind]))
        ready = ordered + q.lead_time[kind]
        site, t = np.nonzero(np.arange(q.horizon)[None, :] >= ready[:, None])
        found.append((v.bought[site, y], t, q.upkeep[kind[site]]))
    site = np.repeat(np.arange(len(kind)), q.horizon)
    t = np.tile(np.arange(q.horizon), len(kind))
    found.append((v.hosts[site], t, q.site_cost[kind[site]]))
    capability = np.repeat(np.arange(len(q.restore_cost)), q.horizon)
    found.append((v.restored.ravel(), np.tile(np.arange(q.horizon), len(q.restore_cost)), q.restore_cost[capability]))
    cost = np.repeat(q.item_cost, q.horizon)
    found.append((v.migrates.ravel(), np.tile(np.arange(q.horizon), len(q.item_cost)), cost))
    return found


def standing(q: Quantities) -> Floats:
    """Return what the equipment already there costs in each quarter, shape (T,), millions."""
    return np.full(q.horizon, float(q.upkeep[q.sites.equipment] @ q.sites.stock))


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each year."""
    years = np.arange(len(q.years))
    fixed = np.bincount(q.year_of, weights=standing(q), minlength=len(years))
    build.add_rows(
        "money",
        grid(([str(year) for year in q.years], len(years))),
        [
            *((q.year_of[quarter], column, amount) for column, quarter, amount in outlays(q, v)),
            (years, v.carry, 1.0),
            (years[1:], v.carry[:-1], -1.0),
        ],
        high=q.programme.settings.over_programming * q.budget - fixed,
    )
