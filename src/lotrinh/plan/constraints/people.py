r"""Pools of people grow by training and attraction, shrink by loss, and bound the work.

```{math}
N_{s,t+1} = (1-\lambda_s)\,N_{s,t} + \sum_{w,y} a_{w,t+1-\text{first}(y)}\,n_{w,s,y}
\qquad \sum_m \text{fte}_{m,s}\,(z_{m,t} - z_{m,t-d_m}) + \text{teaching}_{s,t}
+ \sum_a \text{effort}_{a,s}\,g_{a,t} \le N_{s,t}
```

``a`` is the share of entrants who complete then, stay, and count as working time.
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables, at_work
from lotrinh.plan.words import TIME, Ids, Kind, Words

TITLE = "People of each skill"


def _most(q: Quantities, ids: Ids) -> float:
    """Return the people of a skill at the start or, where more, what its most demanding mode needs, FTE."""
    s = q.programme.skills.position(ids[0])
    _, skill, fte = q.mode_people
    return float(max(q.people_start[s], fte[skill == s].max(initial=0.0)))


PEOPLE = Kind(
    "people",
    ("skill",),
    t("no more people of {skill} are at work than there are"),
    t("people of {skill}: {amount} more in every quarter ({share})"),
    unit="FTE",
    limit=_most,
)
WORDS = {
    "people_pool": Words(
        {"skill": "skills", "quarter": TIME}, t("{skill}: people join by training and attraction, and some leave")
    ),
    "people": Words({"skill": "skills", "quarter": TIME}, kind=PEOPLE),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add the pool of every skill at every quarter, and the demand on it."""
    skills, horizon = q.programme.skills, q.horizon
    states = [str(q.calendar.at(t)) for t in range(horizon + 1)]
    now = np.arange(len(skills) * (horizon + 1)).reshape(len(skills), horizon + 1)
    intake, quarter, joins = q.intake_joins
    start = np.where(now == now[:, :1], q.people_start[:, None], q.people_drift).ravel()
    build.add_rows(
        "people_pool",
        grid((skills.ids, len(skills)), (states, horizon + 1)),
        [
            (now, v.people, 1.0),
            (now[:, 1:], v.people[:, :-1], -(1.0 - q.loss)[:, None]),
            (now[q.intake.skill[intake], quarter], v.entrants[intake], -joins),
        ],
        low=start,
        high=start,
    )
    each = np.arange(len(skills) * horizon).reshape(len(skills), horizon)
    works = at_work(q, v, q.mode_people)
    intake, quarter, teaching = q.intake_teaching
    item, skill = np.nonzero(q.item_effort)
    effort = q.item_effort[item, skill, None]
    build.add_rows(
        "people",
        grid((skills.ids, len(skills)), (states, horizon)),
        [
            *((each[skill, t], column, amount) for column, skill, t, amount in works),
            (each[q.intake.skill[intake], quarter], v.entrants[intake], teaching),
            (each[skill], v.migrates[item], effort),
            (each, v.people[:, :-1], -1.0),
        ],
        high=0.0,
    )
