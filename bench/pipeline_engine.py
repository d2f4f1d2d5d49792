"""A pipeline as a programme of Lotrinh, its plan, and any list executed by the futures of Lotrinh.

Every stage is a project of one mode: a period is a quarter, one gate at the end has the chance of the stage, the stage
before it is its predecessor, and resources are machines that are there, shared and without cost. Stages may outlast the
last period but not start after it, so the horizon goes on as long as the longest of them.

The worth of a plan fixed in advance is a sum over its starts (`pipeline_fixed.gains`), and so is Lotrinh's objective.
The value of a product and the cost of each project are fitted to that sum. Money is no resource of these instances:
budgets are endless in the plan, and in execution nothing costs anything.
"""

from __future__ import annotations

import csv
import math
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pipeline_fixed import gains
from pipeline_instance import Instance, values
from pipeline_tree import Policy, Tables
from scipy.optimize import nnls

from lotrinh import Plan, PlanSettings, Programme, load, optimise
from lotrinh.assessment.desk import desk
from lotrinh.assessment.orders import Orders, orders
from lotrinh.assessment.simulate import simulate
from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Quantities

TERMINAL = 50.0
"""Years that a product counts for after the horizon: so many that being early weighs little, as in the instances."""
TRENDS = np.linspace(-0.5, 0.5, 21)
"""Yearly trends of costs that the fit may choose from."""
BATCH = 8192
"""Futures executed at once."""
FIRST_YEAR = 2001

FACTS = {"evidence": "assumption", "reason": "published instance"}
"""What every row carries beside its own facts."""

EMPTY = {"foundations": "capability,rests_on,weight,evidence", "sources": "source,title,evidence"}
"""Tables that must be there and say nothing here: their columns."""

Rows = list[dict[str, Any]]


def programme(instance: Instance, tab: Tables) -> Programme:
    """Return the instance as a programme."""
    with tempfile.TemporaryDirectory() as folder:
        settings, tables = written(instance, tab)
        lines = [f"{key} = {value!r}\n".replace("'", '"') for key, value in (settings | FACTS).items()]
        (Path(folder) / "programme.toml").write_text("".join(lines), encoding="utf-8")
        for name, columns in EMPTY.items():
            (Path(folder) / f"{name}.csv").write_text(columns + "\n", encoding="utf-8")
        for name, rows in tables.items():
            if not rows:
                continue
            with (Path(folder) / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [*rows[0], *FACTS])
                writer.writeheader()
                writer.writerows(row | FACTS for row in rows)
        return load(folder)


def written(instance: Instance, tab: Tables) -> tuple[dict[str, Any], dict[str, Rows]]:
    """Return the settings and the tables of the programme; rows in the order of places."""
    horizon = instance.periods - 1 + int(instance.duration.max())
    settings = {
        "programme": "PIPELINE",
        "price_year": FIRST_YEAR,
        "start": f"{FIRST_YEAR}Q1",
        "quarters": horizon,
        "discount": 0,
        "terminal": TERMINAL,
        "money_weight": 1,
        "wait": 200,
    }
    tables: dict[str, Rows] = {
        "goals": [{"goal": "G", "weight": 0}],
        "fields": [{"field": "F", "critical_mass": 0}],
        "places": [{"place": "H"}],
        "organisations": [{"organisation": "O", "kind": "institute", "place": "H"}],
        "skills": [{"skill": "S", "people_start": 0, "loss": 0}],
        "capabilities": [{"capability": "C", "field": "F", "level_start": 0, "target": 0, "depreciation": 0}],
        "capability_goals": [{"capability": "C", "goal": "G", "share": 0}],
        "budget": [{"year": FIRST_YEAR + year, "amount": 1e9} for year in range(math.ceil(horizon / 4))],
        **{name: [] for name in ("equipment", "equipment_stock", "projects", "modes", "gates")},
        **{name: [] for name in ("gains", "project_goals", "mode_equipment", "project_links")},
    }
    whole = np.ceil(instance.capacity)  # machines come in whole units
    scale = np.where(whole > 0, whole / np.maximum(instance.capacity, 1e-9), 1.0)
    for resource, units in enumerate(whole.astype(int).tolist()):
        kind = f"E{resource}"
        # A stage may need more than there ever is: the data must allow for it, but what is bought comes too late.
        most = max(units, math.ceil(instance.need[:, :, resource].max() * scale[resource]))
        row = {"equipment": kind, "cost_likely": 0, "lead_time": horizon, "units_max": most, "remote": 1}
        tables["equipment"].append(row)
        tables["equipment_stock"].append({"equipment": kind, "place": "H", "units": units})
    latest = f"{FIRST_YEAR + (instance.periods - 1) // 4}Q{(instance.periods - 1) % 4 + 1}"
    fitted = fit(instance, tab, horizon)
    for place, (product, stage) in enumerate(np.ndindex(instance.cost.shape)):
        value, cost, trend = fitted[place]
        project, duration = f"P{place}", int(instance.duration[product, stage])
        row = {"project": project, "field": "F", "lead": "O", "product_value": value, "latest": latest}
        tables["projects"].append(row)
        tables["project_goals"].append({"project": project, "goal": "G"})
        tables["gains"].append({"project": project, "capability": "C", "levels": 0})
        row = {"mode": f"M{place}", "project": project, "kind": "domestic", "duration": duration}
        tables["modes"].append(row | {"cost_likely": cost, "cost_trend": trend})
        chance = max(float(instance.chance[product, stage]), 1e-9)
        tables["gates"].append({"mode": f"M{place}", "gate": 1, "at": 1, "chance": chance})
        if stage:
            tables["project_links"].append({"project": project, "predecessor": f"P{place - 1}"})
        for resource, need in enumerate(instance.need[product, stage].tolist()):
            if need > 0:
                units = need * scale[resource]
                tables["mode_equipment"].append({"mode": f"M{place}", "equipment": f"E{resource}", "units": units})
    return settings, tables


def fit(instance: Instance, tab: Tables, horizon: int) -> list[tuple[float, float, float]]:
    """Return value of the product, cost and trend of the cost for each place: what starting it brings, nearly."""
    found = []
    for place, curve in enumerate(gains(instance, tab)):
        product, stage = divmod(place, tab.stages)
        start = np.arange(int(instance.duration[product, :stage].sum()), instance.periods)
        if not len(start):
            found.append((0.0, 0.0, 0.0))
            continue
        served = (horizon - start - instance.duration[product, stage]) / 4 + TERMINAL
        fits = [(*nnls(np.column_stack([served, -((1 + r) ** (start / 4))]), curve[start + 1]), r) for r in TRENDS]
        (value, cost), _, trend = min(fits, key=lambda one: (one[1], abs(one[2])))
        reached = float(np.prod(np.maximum(instance.chance[product, : stage + 1], 1e-9)))
        found.append((float(value) / reached, float(cost), float(trend)))
    return found


class Engine:
    """One instance in the hands of Lotrinh."""

    def __init__(self, instance: Instance, tab: Tables) -> None:
        self.instance, self.tab = instance, tab
        self.programme = programme(instance, tab)
        self.quantities = Quantities(self.programme)

    def plan(self, seconds: float = 10.0, gap: float = 1e-4, seed: int = 0) -> Plan:
        """Return Lotrinh's plan."""
        return optimise(self.programme, PlanSettings(time_limit=seconds, gap=gap, seed=seed, threads=1))

    def of_plan(self, plan: Plan) -> dict[str, Orders]:
        """Return the orders of a plan: alone, and with its reserve list."""
        q, decisions = plan.quantities, plan.decisions
        made = {
            "plan": orders(q, decisions, [], ahead=False),
            "reserve": orders(q, decisions),
        }
        return {name: free(one) for name, one in made.items()}

    def of_list(self, policy: Policy) -> Orders:
        """Return the orders of a list with windows: nothing is planned, each project may begin in its window."""
        everything = [(place, place, self.quantities.horizon) for place in range(len(self.programme.projects))]
        made = free(orders(self.quantities, self.nothing, everything, policy.order.tolist(), ahead=False))
        made.projects["reserve"] = 0
        made.projects["planned"] = np.maximum(policy.first, 1) - 1
        made.projects["give_up"] = np.minimum(policy.last, self.instance.periods) - 1
        return made

    @cached_property
    def nothing(self) -> Decisions:
        return Decisions.nothing(self.quantities)

    def starts(self, made: Orders, outcomes: np.ndarray) -> np.ndarray:
        """Execute orders in each outcome (stages that a product would pass); return periods as `values` wants them."""
        book = desk(self.quantities, made, len(outcomes))
        shape = self.instance.cost.shape
        passed = np.arange(shape[1]) < outcomes[:, :, None]
        has = made.projects["gates_end"] > made.projects["gates"]
        rows = made.rows[made.projects["gates"][has]]["index"]
        book.gates["luck"][:, rows] = np.where(passed, -1.0, 2.0).reshape(len(outcomes), -1)[:, has]
        begun = simulate(self.quantities, made, book).paths.started
        return np.where(begun < self.quantities.horizon, begun + 1, 0).reshape(-1, *shape)

    def worths(self, made: Orders, outcomes: np.ndarray) -> np.ndarray:
        """Return what the orders are worth in each outcome, by the formula of the instance."""
        batches = [outcomes[begin : begin + BATCH] for begin in range(0, len(outcomes), BATCH)]
        return np.concatenate([values(self.instance, self.starts(made, some), some) for some in batches])


def free(made: Orders) -> Orders:
    """Return orders in which nothing costs anything, so that no project waits for money."""
    for name in ("cost", "planned_cost"):
        made.projects[name] = 0.0
    return made
