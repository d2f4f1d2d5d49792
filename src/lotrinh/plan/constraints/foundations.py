r"""What rests on a foundation is usable only as far as the foundation carries it.

```{math}
U_{k,t} \le L_{k,t} \qquad U_{k,t} \le 5 \qquad w_{jk}\,U_{k,t} \le U_{j,t}
```
"""

import numpy as np

from lotrinh.base.text import t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Words

TITLE = "Usable only as far as the foundations carry"
WORDS = {
    "foundations_level": Words(
        {"capability": "capabilities", "quarter": TIME}, t("{capability} is usable only up to its level")
    ),
    "foundations": Words(
        {"capability": "capabilities", "below": "capabilities", "quarter": TIME},
        t("{capability} is usable only as far as {below} carries it"),
    ),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each capability, and for each foundation, at every quarter."""
    kinds, length = q.programme.capabilities, q.horizon + 1
    states = [str(q.calendar.at(t)) for t in range(length)]
    size = len(kinds) * length
    build.add_rows(
        "foundations_level",
        grid((kinds.ids, len(kinds)), (states, length)),
        [(np.arange(size), v.usable.ravel(), 1.0), (np.arange(size), v.level.ravel(), -1.0)],
        high=0.0,
    )
    if not q.foundations:
        return
    above, below, weight = (np.array(column) for column in zip(*q.foundations, strict=True))
    each = np.arange(len(above) * length).reshape(len(above), length)
    build.add_rows(
        "foundations",
        [
            (kinds.ids, np.repeat(above, length)),
            (kinds.ids, np.repeat(below, length)),
            (states, np.tile(np.arange(length), len(above))),
        ],
        [(each, v.usable[above], weight[:, None]), (each, v.usable[below], -1.0)],
        high=0.0,
    )
