"""Plans that fault injection starts from: solved once in a session, and rich enough to be spoilt in every way."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.oracle.tiny import tiny
from tests.plan.builders import FIFTH, at, build, change_rows

from lotrinh.measures.paths import Decisions, Paths, follow, value
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.columns import columns_of, decisions_of
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import solve
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

CASES = Path(__file__).parents[2] / "cases"
SEEDS = (18, 28, 60, 78, 117, 120, 146, 147, 158, 159, 197, 218)
"""Tiny programmes whose plans between them have every feature that can be spoilt."""


@dataclass(frozen=True)
class Solved:
    """A plan: its formulation, its path, the columns laid out from the path, its objective and its bound."""

    name: str
    formulation: Formulation
    x: Floats
    paths: Paths
    objective: float
    bound: float

    @property
    def q(self) -> Quantities:
        return self.formulation.quantities

    @property
    def d(self) -> Decisions:
        assert self.paths.decisions is not None
        return self.paths.decisions

    def quarter(self, t: int) -> str:
        return str(self.q.calendar.at(int(t)))


def solved(name: str, programme: Programme, every: int = 1, gap: float = 0.0) -> Solved | None:
    """Return the best plan of a programme, or None where it has none.

    With `every` above 1 only the first mode of each project may be chosen, and starts only in every so many quarters:
    not the best plan of a large programme, but one of the same form in seconds, whatever the machine is doing.
    """
    formulation = formulate(Quantities(programme))
    q, form = formulation.quantities, formulation.form
    if every > 1:
        first = np.isin(q.options.mode, np.unique(q.mode_project, return_index=True)[1])
        closed = ~(first & (q.options.start % every == 0) | q.options.locked)
        form = form.fixed(formulation.variables.x[closed], np.zeros(int(closed.sum())))
    answer = solve(form, PlanSettings(gap=gap, threads=1))
    if answer.x is None:
        return None
    paths = follow(q, decisions_of(formulation, answer.x))
    objective = float(value(paths)[0])
    return Solved(name, formulation, columns_of(formulation, paths), paths, objective, max(answer.bound, objective))


@functools.cache
def everything() -> tuple[Solved, ...]:
    """Return all plans: the Vietnam case, the small one, two made by hand, and tiny ones."""
    found = [
        solved("vietnam", change_rows(load(CASES / "vietnam"), "directives", kind="watch"), every=8, gap=0.3),
        solved("small", load(CASES / "small")),
        solved("workshop", workshop()),
        solved("school", school()),
        *(solved(f"tiny-{seed}", tiny(seed)) for seed in SEEDS),
    ]
    assert all(found[:4]), "a case whose plan is spoilt in every way has no plan any more"
    return tuple(plan for plan in found if plan is not None)


def workshop() -> Programme:
    """Machines of two kinds at three places, to be bought in time; a field with a critical mass; money carried over."""
    return build(
        {
            "P": {"mandatory": True},
            "Q": {"lead": "D"},
            "R": {"field": "H"},
            "S": {"field": "H", "lead": "D"},
            "T": {},
        },
        modes={
            "P": {"duration": 3, "cost_likely": 3},
            "Q": {"duration": 2, "cost_likely": 3},
            "Q-2": {"duration": 1, "cost_likely": 6, "gain_factor": 0.5},
            "R": {"duration": 2, "cost_likely": 2},
            "S": {"duration": 2, "cost_likely": 3},
            "T": {"duration": 2, "cost_likely": 2},
        },
        fields={"F": {}, "H": {"critical_mass": 5}},
        places=["HN", "DN", "SG"],
        organisations={"O": {"place": "HN"}, "D": {"place": "DN"}, "S": {"place": "SG"}},
        capabilities={
            "B": {"level_start": 1.5, "depreciation": FIFTH / 2, "restore_share": 0.8, "restore_cost": 0.4},
            "C": {"level_start": 2, "target": 3, "depreciation": FIFTH / 4},
            "A": {"level_start": 1, "depreciation": FIFTH / 4},
        },
        foundations=[("C", "B", 0.75)],
        gains=[("P", "B", 1), ("Q", "C", 1), ("R", "C", 1), ("S", "B", 0.5), ("T", "A", 1)],
        project_links=[("T", "P", 1)],
        prerequisites=[("R", "B", 1.6)],
        equipment={
            "E": {
                "lead_time": 1,
                "units_max": 2,
                "sites_max": 2,
                "site_cost": 0.1,
                "upkeep": 0.1,
                "hosts": ("O", "D", "S"),
            },
            "X": {"units_max": 3, "sites_max": 1, "remote": True, "hosts": ("O", "D")},
        },
        mode_equipment=[("P", "E", 1), ("Q", "E", 1), ("Q-2", "E", 1), ("R", "X", 1), ("S", "X", 2)],
        equipment_stock=[("X", "DN", 1)],
        budget=[11, 8, 8],
        settings={"quarters": 10, "carry_over": 0.5, "terminal": 1.0, "above_target": 0.2},
    )


def school() -> Programme:
    """Skills that must be trained first: two flows, one of which waits for a project; a project that already runs."""
    return build(
        ["P", "Q", "R", "L"],
        modes={
            "P": {"duration": 2, "cost_likely": 2},
            "Q": {"duration": 2, "cost_likely": 2},
            "R": {"duration": 3, "cost_likely": 2},
            "L": {"duration": 4, "cost_likely": 4},
        },
        gains=[("P", "C", 1), ("Q", "C", 1), ("R", "C", 1), ("L", "C", 0.5)],
        skills={"S": {"people_start": 1.5, "loss": 0.05}, "Z": {"people_start": 1}},
        mode_skills=[("P", "S", 3), ("Q", "S", 2), ("Q", "Z", 2), ("R", "Z", 2), ("L", "S", 0.5)],
        training={
            "W": {"intake_max": 4, "duration": 2, "completion": 0.9, "cost": 0.2, "teachers": 0.2},
            "V": {"intake_max": 3, "intake_alone": 1, "project": "P", "cost": 0.1, "completion": 0.5},
        },
        training_profile=[("V", 1, 0.5), ("V", 2, 0.5)],
        training_skills=[("W", "S", 3), ("W", "Z", 2), ("V", "S", 3), ("V", "Z", 3)],
        locks=[("L", "L", at("2026Q3"))],
        project_links=[("R", "L"), ("R", "P")],
        budget=[7, 5, 5],
        settings={"quarters": 10, "carry_over": 0.2, "terminal": 1.0},
    )


def with_options(plan: Solved, **facts: Floats) -> Paths:
    """Return the plan's path under quantities whose options say something else, as no data ever would."""
    q = Quantities(plan.q.programme)
    q.__dict__["options"] = dataclasses.replace(q.options, **facts)
    return dataclasses.replace(plan.paths, quantities=q)
