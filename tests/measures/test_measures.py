"""Every measure on one small course, worked by hand, quarter by quarter."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import polars
import pytest
from tests.plan.builders import FIFTH, at, build, decided

from lotrinh.base.units import units
from lotrinh.measures.frames import frame, labels, measures
from lotrinh.measures.paths import Paths, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.programme import Programme

HORIZON = 5
QUARTERS = ["2027Q3", "2027Q4", "2028Q1", "2028Q2", "2028Q3"]
STATES = [*QUARTERS, "2028Q4"]


def programme() -> Programme:
    """Two years of which the first has two quarters; what happens in them is told beside the values below."""
    return build(
        {"P": {"product_value": 1.0, "failure_share": 0.5}, "L": {"field": "H"}, "Q": {"product_value": 2.0}},
        modes={
            "P": {"duration": 2, "cost_likely": 4.0},
            "L": {"duration": 2, "cost_likely": 2.0},
            "Q": {"cost_likely": 9.0},
        },
        gates=[("P", 1, 0.5, 0.8, 0.25)],
        fields=["F", "H", "K"],
        capabilities={
            "B": {"level_start": 1.0, "depreciation": FIFTH, "restore_share": 0.5, "restore_cost": 2.0},
            "C": {"level_start": 2.0},
        },
        foundations=[("C", "B", 0.5)],
        gains=[("P", "C", 1.0)],
        skills={"S": {"people_start": 2.0, "loss": FIFTH}},
        mode_skills=[("P", "S", 1.5)],
        training={"W": {"duration": 2, "completion": 0.5, "cost": 0.4, "teachers": 0.25}},
        training_skills=[("W", "S", 9.0)],
        places=["HN", "DN"],
        equipment={"E": {"cost_likely": 3.0, "lead_time": 1, "upkeep": 0.4, "units_max": 2, "sites_max": 2,
                         "site_cost": 0.8}},
        mode_equipment=[("P", "E", 1.0)],
        equipment_stock=[("E", "DN", 1)],
        locks=[("L", "L", at("2027Q2"))],
        migration={"A": {"function": "already_weak", "items": 10, "value": 2.0, "cost": 0.125, "projects": ("P",)}},
        migration_skills=[("A", "S", 0.25)],
        settings={"start": at("2027Q3"), "quarters": HORIZON},
    )  # fmt: skip


@pytest.fixture(scope="module")
def paths() -> Paths:
    """P starts in quarter 1; L runs since the quarter before the programme; two people enter, and a machine is ordered,
    in quarter 0, in which core funding restores a tenth of a level.
    """
    q = Quantities(programme())
    decisions = decided(q, {"P": 1, "L": -1})
    decisions.entrants[0] = 2
    decisions.bought[0, 0] = 1
    decisions.restored[0, 0] = 0.1
    decisions.migrated[0, 3] = 4
    return follow(q, decisions)


@pytest.fixture(scope="module")
def plan(paths: Paths) -> Plan:
    assert paths.decisions is not None
    return Plan(
        programme=paths.quantities.programme, settings=PlanSettings(), decisions=paths.decisions, status="feasible",
        objective=0.0, bound=0.0, seconds=0.0, solver="by hand", paths=paths,
    )  # fmt: skip


BY_HAND: dict[str, Any] = {
    # A fifth of B is lost in a quarter, and 0.1 comes back in the first. P ends when quarter 3 begins and adds
    # 1·(0.8 + 0.2·0.5) to C.
    "capability": [[1, 0.9, 0.72, 0.576, 0.4608, 0.36864], [2, 2, 2, 2.9, 2.9, 2.9]],
    # C needs half of its level in B, so twice the level of B is usable of it.
    "usable_capability": [[1, 0.9, 0.72, 0.576, 0.4608, 0.36864], [2, 1.8, 1.44, 1.152, 0.9216, 0.73728]],
    # Quarters of the usable levels: 3.6568 of B, twice that of C; the last state does not count.
    "accumulated_capability": [0.9142, 1.8284],
    # A fifth leaves in a quarter; half of the two who entered join after two quarters.
    "people": [[2, 1.6, 2.28, 1.824, 1.4592, 1.16736]],
    # Teaching takes 2·0.25 for two quarters, P 1.5 in quarters 1 and 2, migration 4·0.25 in quarter 3.
    "people_demand": [[0.5, 2.0, 1.5, 1.0, 0]],
    "people_gap": [[0, 0.4, 0, 0, 0]],
    # One machine in stock at DN; the other comes to HN after a quarter, and P holds it in quarters 1 and 2.
    "equipment_held": [[[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]]],
    "equipment_in_use": [[[0, 1, 1, 0, 0], [0, 0, 0, 0, 0]]],
    "fields_opened": [1, 1, 0],
    # P delivers with a chance of 0.8 when it ends; L has no product; Q is refused.
    "products": [[0, 0, 0, 0.8, 0.8, 0.8], [0] * 6, [0] * 6],
    # P spends 0.75 of 4 before its gate and the rest after it: 3 in quarter 1, 1 in quarter 2. L spends the second half
    # of 2 in quarter 0.
    "money_by_field": [[3, 1], [1, 0], [0, 0]],
    # Projects as above. Training: 2·0.4 over two quarters. Equipment: 3 for the machine; upkeep 0.3 a quarter for the
    # one in stock and, from quarter 1 on, for the other; 0.2 a quarter for either place. Core: 0.1 at 2 a level.
    # Migration: 4 items at an eighth.
    "money_by_purpose": [[4, 1], [0.8, 0], [3 + 0.3 + 0.4 + 1.0, 3 * 1.0], [0.2, 0], [0, 0.5]],
    "money": [4 + 0.8 + 4.7 + 0.2, 1 + 3 + 0.5],
    # Four of the ten items in quarter 3, once P has ended; each loses half a level-year a quarter until then.
    "migrated": [[0, 0, 0, 0, 4, 4]],
    "exposure": [[10 * 0.5 * 2, 10 * 0.5 * 2 + 6 * 0.5]],
}


def test_every_measure_is_worked_by_hand() -> None:
    assert set(BY_HAND) == set(measures())


@pytest.mark.parametrize("name", measures())
def test_the_value_by_hand(name: str, paths: Paths) -> None:
    found = measures()[name].measure(paths)
    assert found.shape == (1, *np.shape(BY_HAND[name]))
    assert found[0] == pytest.approx(np.array(BY_HAND[name], dtype=float), abs=1e-12)


@pytest.mark.parametrize("name", measures())
def test_it_says_what_it_is(name: str) -> None:
    module = measures()[name]
    assert module.TITLE
    assert module.TITLE[0].isupper()
    assert module.UNIT in units()
    assert module.AXES
    first, _, rest = (module.__doc__ or "").partition("\n")
    assert first.endswith(".")
    assert "```{math}\n" in rest
    assert module.measure.__doc__


@pytest.mark.parametrize("name", measures())
def test_every_axis_has_as_many_labels_as_the_measure_has_entries(name: str, paths: Paths) -> None:
    module = measures()[name]
    lengths = tuple(len(labels(axis, paths)) for axis in module.AXES)
    assert module.measure(paths).shape == (1, *lengths)
    assert module.measure(several(paths, 3)).shape == (3, *lengths)


def several(paths: Paths, count: int) -> Paths:
    """Return the same course as so many scenarios."""
    facts: dict[str, Any] = {}
    for field in dataclasses.fields(paths):
        value = getattr(paths, field.name)
        if isinstance(value, np.ndarray):
            facts[field.name] = np.repeat(value, count, axis=0)
        elif isinstance(value, dict):
            facts[field.name] = {name: np.repeat(amount, count, axis=0) for name, amount in value.items()}
    return dataclasses.replace(paths, **facts)


@pytest.mark.parametrize("name", measures())
def test_a_scenario_is_measured_as_it_is_alone(name: str, paths: Paths) -> None:
    module = measures()[name]
    alone = module.measure(paths)
    assert (module.measure(several(paths, 3)) == np.repeat(alone, 3, axis=0)).all()


LABELS = {
    "capability": ["B", "C"],
    "skill": ["S"],
    "equipment": ["E"],
    "place": ["HN", "DN"],
    "field": ["F", "H", "K"],
    "project": ["P", "L", "Q"],
    "year": ["2027", "2028"],
    "purpose": ["projects", "training", "equipment", "core", "migration"],
    "migration": ["A"],
    "quarter": QUARTERS,
    "state": STATES,
}


@pytest.mark.parametrize("name", measures())
def test_a_plan_gives_it_as_a_table(name: str, plan: Plan) -> None:
    table = plan.table(name)
    axes = measures()[name].AXES
    assert isinstance(table, polars.DataFrame)
    assert table.columns == [*("quarter" if axis == "state" else axis for axis in axes), "value"]
    assert table["value"].to_numpy() == pytest.approx(np.array(BY_HAND[name], dtype=float).ravel(), abs=1e-12)
    rows = [()]
    for axis in axes:
        rows = [(*row, label) for row in rows for label in LABELS[axis]]
    assert table.drop("value").rows() == rows


def test_a_table_of_several_scenarios_says_which(paths: Paths) -> None:
    table = frame("money", several(paths, 2))
    assert table.columns == ["scenario", "year", "value"]
    assert table["scenario"].to_list() == [0, 0, 1, 1]
    assert table["year"].to_list() == ["2027", "2028"] * 2


def test_a_measure_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        frame("happiness", None)  # type: ignore[arg-type]


def test_the_objective_by_hand(paths: Paths) -> None:
    # Both capabilities serve the goal of weight 4 fully, and P's product serves two quarters with a chance of 0.8.
    # Four items are migrated when quarter 4, the last, begins: half a level-year each is not lost.
    assert value(paths)[0] == pytest.approx(4 * (0.9142 + 1.8284) + 0.8 * 2 / 4 + 4 * 0.5)
