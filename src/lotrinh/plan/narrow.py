"""Which projects must run whatever else is planned: with the others closed, a form becomes small and quick to ask.

A plan of the small form is a plan. That the small form has none proves nothing, since other projects may help.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from lotrinh.plan.elastic import Elastic
from lotrinh.plan.linear import LinearForm
from lotrinh.plan.said import words_of
from lotrinh.plan.variables import Bools


def closed(elastic: Elastic, form: LinearForm, kept: Bools) -> LinearForm:
    """Return the form with every project closed but those kept, (P,)."""
    q, v = elastic.formulation.quantities, elastic.formulation.variables
    columns = v.x[~kept[q.options.project]]
    return form.fixed(columns, np.zeros(len(columns)))


def needed(elastic: Elastic, kept: Collection[int]) -> Bools:
    """Return the projects that must run under some members, with what must have ended before them, (P,).

    Projects on which a flow of people waits are among them: they are few, and often of help.
    """
    q = elastic.formulation.quantities
    position = q.programme.projects.position
    found = _forced(elastic)
    for member in (elastic.members[m] for m in kept):
        if member.kind.name == "mandatory":
            found[position(member.ids[0])] = True
    found[[position(row.project) for row in q.programme.training if row.project]] = True
    for project in np.flatnonzero(found):
        found[list(q.ancestors[int(project)])] = True
    return found


def _forced(elastic: Elastic) -> Bools:
    """Return the projects of which rows speak that no rule has added: somebody forces them in, (P,)."""
    q, v, form = elastic.formulation.quantities, elastic.formulation.variables, elastic.form
    rows = [family.members for family in form.rows if words_of(family.name) is None]
    columns = form.column[np.isin(form.row_of, np.concatenate([np.empty(0, dtype=np.int64), *rows]))]
    found = np.zeros(len(q.programme.projects), dtype=bool)
    found[q.options.project[np.isin(v.x, columns)]] = True
    found[q.mode_project[v.begun.mode[np.isin(v.begun.column, columns)]]] = True
    return found
