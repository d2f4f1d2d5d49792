r"""Specialists who complete training or come from abroad within the window, and stay; or the work left unfilled.

```{math}
\sum_{w,s,y} n_{w,s,y} \cdot \text{completion}_w \cdot \text{retention}_w
\cdot \text{profile}_w(\text{window} - \text{first}(y))
\qquad\text{or}\qquad \sum_s \sum_{t\text{ in the window}} \max(0,\ \text{demand}_{s,t} - N_{s,t})
```

The scope may be one skill or one flow: that of attraction counts the experts from abroad. Persons are counted, whatever
working time they add, in the quarter at whose end they join. With the word `unfilled` the person-quarters are counted
that projects and teaching want beyond the pools: none in a plan, by the rule of people, some in futures.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures import people_gap
from lotrinh.measures.paths import Paths, weighted
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, lasting, span
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Specialists trained or attracted, or work left unfilled"
UNIT = "person"
UNITS = {"unfilled": "person-quarter"}
SCOPES = ("skills", "training", "unfilled")
HARD = (">=", "<=")


@lasting
def _share(q: Quantities, directive: Directive) -> Floats:
    """Return the share of those of each intake who complete and stay that does so within the window, shape (N,)."""
    intake, (first, end) = q.intake, span(q, directive)
    found = np.zeros(len(intake.flow))
    for i in range(len(found)):
        flow = q.programme.training[int(intake.flow[i])]
        if directive.scope in ("all", flow.flow, q.programme.skills.ids[intake.skill[i]]):
            profile = [(row.after, row.share) for row in q.programme.training_profile if row.flow == flow.flow]
            spread = profile or [(flow.duration, 1.0)]
            found[i] = sum(part for after, part in spread if first < intake.entry[i] + after <= end)
    return found


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the number in each scenario, shape (S,)."""
    q = paths.quantities
    if directive.scope == "unfilled":
        first, after = span(q, directive)
        return np.asarray(people_gap.measure(paths)[..., first:after].sum(axis=(1, 2)))
    return weighted(paths.completed, _share(q, directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement] | None:
    """Return that the number compares with the threshold; every plan fills its demand already."""
    if directive.scope == "unfilled":
        return [] if directive.comparison == "<=" and directive.threshold >= 0 else None
    return [demand(directive, v.entrants, _share(q, directive) * q.intake_completes)]
