r"""Specialists who have completed training or come from abroad, and stay, by the date.

```{math}
\sum_{w,s,y} n_{w,s,y} \cdot \text{completion}_w \cdot \text{retention}_w
\cdot \text{profile}_w(\text{date} - \text{first}(y))
```

The scope may be one skill or one flow. Persons are counted, whatever working time they add.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, state_at
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Specialists trained or attracted by a date"
UNIT = "person"


def _each(q: Quantities, directive: Directive) -> Floats:
    """Return how many of one entrant of each intake count by the date, shape (N,)."""
    intake, at = q.intake, state_at(q, directive)
    found = np.zeros(len(intake.flow))
    for i in range(len(found)):
        flow = q.programme.training[int(intake.flow[i])]
        if directive.scope in ("all", flow.flow, q.programme.skills.ids[intake.skill[i]]):
            profile = [(row.after, row.share) for row in q.programme.training_profile if row.flow == flow.flow]
            done = sum(part for after, part in profile or [(flow.duration, 1.0)] if intake.entry[i] + after <= at)
            found[i] = done * flow.completion * flow.retention
    return found


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the number in each scenario, shape (S,)."""
    return np.asarray(paths.entrants @ _each(paths.quantities, directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the number compares with the threshold."""
    return [demand(directive, v.entrants, _each(q, directive))]
