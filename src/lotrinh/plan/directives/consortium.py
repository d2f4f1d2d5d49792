r"""Share of chosen projects with a product that join at least one academy, university or institute and one business.

```{math}
\frac{\sum_{p\text{ with a product, joined}} [p\text{ at work}]}{\sum_{p\text{ with a product}} [p\text{ at work}]}
```

The lead counts as much as the partners. The scope may be one field. Only projects at work within the window count.
Without such a project the directive is held: the share counts as 1 for a floor, as 0 for a ceiling.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths, weighted
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import Statement, demand, lasting, of_nothing, running, runs, share
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Product projects that join research and business"
UNIT = "share"
SCOPES = ("fields",)
HARD = (">=", "<=")
RESEARCH = ("academy", "university", "institute")


@lasting
def _kinds(q: Quantities, directive: Directive) -> tuple[Floats, Floats]:
    """Return which projects have a product within the scope, and which of them join both sides, each (P,)."""
    p = q.programme
    members: dict[str, set[str]] = {row.project: {p.organisations.of(row.lead).kind} for row in p.projects}
    for partner in p.project_partners:
        members[partner.project].add(p.organisations.of(partner.organisation).kind)
    product = np.array(
        [float(bool(row.product_en or row.product_vi) and directive.scope in ("all", row.field)) for row in p.projects]
    )
    both = np.array([float("business" in kinds and not kinds.isdisjoint(RESEARCH)) for kinds in members.values()])
    return product, product * both


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share in each scenario, shape (S,)."""
    product, both = _kinds(paths.quantities, directive)
    chosen = runs(paths, directive).astype(float)
    return share(weighted(chosen, both), weighted(chosen, product), of_nothing(directive))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that the share compares with the threshold."""
    product, both = _kinds(q, directive)
    project, column, sign = running(q, v, directive)
    unit = float(product.sum())
    return [demand(directive, column, sign * both[project], of=sign * product[project], unit=unit)]
