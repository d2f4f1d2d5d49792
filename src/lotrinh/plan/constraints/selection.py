r"""Each project runs in at most one mode from one start; a mandatory or running project in exactly one.

```{math}
\sum_{m \in p}\sum_t x_{m,t} \le 1 \qquad (= 1 \text{ where } p \text{ is mandatory or already runs}) \qquad z_{m,t} =
z_{m,t-1} + x_{m,t}
```

Start windows, the horizon, suppliers that are gone and the mode and start of what already runs decide which ``x`` exist
at all: unless its project already runs, a mode is not at work in a quarter in which more of it than ``goes_on_without``
of the programme relies on suppliers that are gone. ``z`` says whether a mode has begun; rules that ask what has begun,
works or has ended are written with it and stay short.
"""

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import TIME, Ids, Kind, Words, named

TITLE = "One mode and one start for each project"


def _held(q: Quantities, ids: Ids) -> Text:
    p = q.programme.projects.position(ids[0])
    row, name = q.programme.projects[p], named(q, "projects", ids[0])
    if p in q.locks:
        mode, start = q.locks[p]
        return t(
            "{project} runs already or is decided: {mode} from {first}",
            project=name,
            mode=named(q, "modes", q.programme.modes.ids[mode]),
            first=q.calendar.at(start),
        )
    if not (q.options.project == p).any():
        return t("{project} is mandatory, but no mode of it fits its start window and the horizon", project=name)
    if row.earliest is None and row.latest is None:
        return t("{project} is mandatory", project=name)
    first, last = row.earliest or q.calendar.start, row.latest or q.calendar.at(q.horizon - 1)
    return t("{project} is mandatory and starts from {first} to {last}", project=name, first=first, last=last)


MANDATORY = Kind("mandatory", ("project",), _held, t("{project} is left out"), whole=True, floor=True)
WORDS = {
    "selection": Words({"project": "projects"}, t("{project} runs once, in one mode"), MANDATORY),
    "selection_begun": Words({"mode": "modes", "quarter": TIME}, t("what has started in mode {mode} has begun")),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each project, and one for each mode and quarter that says whether it has begun."""
    p, begun = q.programme, v.begun
    mode = np.arange(len(p.modes))
    ever, can = begun.ever(mode)
    build.add_rows(
        "selection",
        grid((p.projects.ids, len(p.projects))),
        [(q.mode_project[mode[can]], ever[can], 1.0)],
        low=np.where(q.mandatory, 1.0, -np.inf),
        high=1.0,
    )
    each = np.arange(len(begun.column))
    before, had = begun.by(begun.mode, begun.time - 1)
    starts, _ = begun.by(q.options.mode, q.options.start)
    start = int(min(begun.time.min(initial=0), 0))
    quarters = [str(q.calendar.at(t)) for t in range(start, q.horizon)]
    build.add_rows(
        "selection_begun",
        [(p.modes.ids, begun.mode), (quarters, begun.time - start)],
        [
            (each, begun.column, 1.0),
            (each[had], before[had], -1.0),
            (starts - begun.column[0] if len(each) else starts, v.x, -1.0),
        ],
        low=0.0,
        high=0.0,
    )
