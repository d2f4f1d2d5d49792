r"""A flow takes in no more than it can, and less while the project that carries it has not started.

```{math}
\sum_s n_{w,s,y} \le \text{alone}_w + (\text{most}_w - \text{alone}_w) \sum_{m \in p(w)} z_{m,\text{first}(y)}
```

Without such a project the right-hand side is the flow's largest intake.
"""

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, LinearForm, grid
from lotrinh.plan.variables import Variables
from lotrinh.plan.words import BOUNDLESS, TIME, Figure, Ids, Kind, Words, named

TITLE = "Intake of training and attraction"


def _most(q: Quantities, ids: Ids) -> float:
    return q.programme.training.of(ids[0]).intake_max


def _intake(q: Quantities, ids: Ids) -> Text:
    row, name = q.programme.training.of(ids[0]), named(q, "training", ids[0])
    most = {pair.skill: pair.intake_max for pair in q.programme.training_skills if pair.flow == row.flow}
    skills = [t("{skill}: {most}", skill=skill, most=Figure(number)) for skill, number in most.items()]
    if not row.project:
        return t(
            "{flow} takes in at most {most} people a year, by skill at most {skills}",
            flow=name,
            most=Figure(row.intake_max),
            skills=skills,
        )
    return t(
        "{flow} takes in at most {most} people a year, by skill at most {skills}, and {alone} in all before {project} "
        "has started",
        flow=name,
        most=Figure(row.intake_max),
        skills=skills,
        alone=Figure(row.intake_alone or 0.0),
        project=named(q, "projects", row.project),
    )


INTAKE = Kind(
    "training",
    ("flow",),
    _intake,
    t("entrants of {flow}: {amount} more a year ({share})"),
    unit="person/year",
    limit=_most,
)
WORDS = {
    "training": Words({"flow": "training", "year": TIME}, kind=INTAKE),
    "training_skill": Words({"flow": "training", "skill": "skills", "year": TIME}, kind=INTAKE),
}


def rows(build: Builder, q: Quantities, v: Variables) -> None:
    """Add one row for each flow and year."""
    p, years = q.programme, len(q.years)
    flows = len(p.training)
    if not flows:
        return
    entries = [(q.intake.flow * years + q.intake.year, v.entrants, 1.0)]
    high = np.empty((flows, years))
    for w, flow in enumerate(p.training):
        high[w] = flow.intake_max
        if not flow.project:
            continue
        high[w] = flow.intake_alone or 0.0
        members = np.flatnonzero(q.mode_project == p.projects.position(flow.project))
        y, member = (array.ravel() for array in np.indices((years, len(members))))
        begun, can = v.begun.by(members[member], q.order_time[y])
        entries.append((w * years + y[can], begun[can], (flow.intake_alone or 0.0) - flow.intake_max))
    axes = grid((p.training.ids, flows), ([str(year) for year in q.years], years))
    build.add_rows("training", axes, entries, high=high.ravel())


def loosen(build: Builder, form: LinearForm, q: Quantities, v: Variables) -> list[tuple[Ints, Floats]]:
    """Say by rows how many enter a flow for one skill, which bounds say in the form; return columns and wider bounds.

    The bound of a pool goes too: it follows from the intake.
    """
    p, intake = q.programme, q.intake
    axes = [
        (p.training.ids, intake.flow),
        (p.skills.ids, intake.skill),
        ([str(year) for year in q.years], intake.year),
    ]
    each = np.arange(len(intake.flow))
    build.add_rows("training_skill", axes, [(each, v.entrants, 1.0)], high=np.floor(intake.most + 1e-9))
    return [(columns, np.full(len(columns), BOUNDLESS)) for columns in (v.entrants, v.people.ravel())]
