r"""How scattered machines, projects or money are: the largest number, or share, of what the scope names.

```{math}
\max_e \sum_l h_{e,l} \qquad \max_o \sum_{p\text{ led by }o} [p\text{ at work}] \qquad
\sum_l \max_e h_{e,l} \qquad \max_o \frac{\sum_{p\text{ led by }o} C_p}{\sum_p C_p}
```

With all, or the id of a kind of equipment, the places that host one kind are counted; with the id of an organisation,
the projects that it leads; with the word `centres`, the places that host any kind. With the word `spending` the measure
is the largest share of project money that one organisation leads. Only projects at work and money spent within the
window count, and places with units there within it; without a window, places for which units are ordered at all.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.statements import (
    Statement,
    demand,
    hosting,
    hosts,
    lasting,
    purse,
    running,
    runs,
    share,
    spending,
    spent,
    tag,
)
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Scatter of machines, projects or money"
UNIT = "item"
UNITS = {"spending": "share"}
SCOPES = ("equipment", "organisations", "centres", "spending")
HARD = ("<=",)


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the largest number or share in each scenario, shape (S,)."""
    q, scope = paths.quantities, directive.scope
    if scope == "spending":
        money = spent(paths, directive)
        return np.asarray(share(money @ _led(q), money.sum(axis=-1, keepdims=True), 0.0).max(axis=-1, initial=0.0))
    hosted = hosting(paths, directive).astype(float)
    if scope == "centres":
        return np.asarray((hosted @ _member(q.sites.place, len(q.programme.places)) > 0).sum(axis=-1), dtype=float)
    places = hosted @ _member(q.sites.equipment, len(q.programme.equipment))[:, _kinds(q, directive)]
    projects = runs(paths, directive) @ _led(q)[:, _leads(q, directive)]
    return np.asarray(np.concatenate([places, projects], axis=-1).max(axis=-1, initial=0.0))


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that no number or share exceeds the threshold."""
    scope, kinds, leads = directive.scope, q.programme.equipment.ids, q.programme.organisations.ids
    if scope == "spending":
        option, money = spending(q, directive)
        led, whole = _led(q)[q.options.project[option]], purse(q, directive)
        return [
            demand(directive, v.x[option], led[:, o] * money, of=money, about=name, unit=whole)
            for o, name in enumerate(leads)
            if led[:, o].any()
        ]
    if scope == "centres":
        return [demand(directive, _centres(build, q, v, directive), 1.0)]
    found = []
    if concerned := _kinds(q, directive):
        column = hosts(build, q, v, directive)
        found += [demand(directive, column[q.sites.equipment == e], 1.0, about=kinds[e]) for e in concerned]
    for o in _leads(q, directive):
        project, column, sign = running(q, v, directive)
        mine = _led(q)[project, o] > 0
        found.append(demand(directive, column[mine], sign[mine], about=leads[o]))
    return found


def _centres(build: Builder, q: Quantities, v: Variables, directive: Directive) -> Ints:
    """Add a column for each place that is 1 where a site there hosts; return the columns, shape (places,)."""
    places, kinds = q.programme.places.ids, q.programme.equipment.ids
    column = hosts(build, q, v, directive)
    found = build.add_columns("centre", [tag(directive, len(places)), (places, np.arange(len(places)))], high=1.0)
    axes = [tag(directive, len(column)), (kinds, q.sites.equipment), (places, q.sites.place)]
    each = np.arange(len(column))
    build.add_rows("directive_centre", axes, [(each, found[q.sites.place], 1.0), (each, column, -1.0)], low=0.0)
    return found


def _kinds(q: Quantities, directive: Directive) -> list[int]:
    return [e for e, kind in enumerate(q.programme.equipment.ids) if directive.scope in ("all", kind)]


def _leads(q: Quantities, directive: Directive) -> list[int]:
    return [o for o, name in enumerate(q.programme.organisations.ids) if directive.scope == name]


@lasting
def _led(q: Quantities) -> Floats:
    """Return 1 where an organisation leads a project, shape (P, organisations)."""
    position = q.programme.organisations.position
    lead = np.array([position(row.lead) for row in q.programme.projects], dtype=np.int64)
    return _member(lead, len(q.programme.organisations))


def _member(group: Ints, groups: int) -> Floats:
    """Return 1 where a row belongs to a group, shape (rows, groups)."""
    return np.asarray(group[:, None] == np.arange(groups), dtype=float)
