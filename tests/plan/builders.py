"""Small valid programmes in a few lines: what a test does not name takes a plain default.

Rows of tables with an id are written ``{id: facts}``; rows of other tables are tuples in the order of the columns in
``programme/entities.py`` (those of `Row` and `Titled` left out) or mappings of facts.

The plain world: four quarters from 2027Q1, no discount, nothing worn down, nothing counted after the horizon, one goal
of weight 4, one field F, one place HN with one organisation O, one capability C at 0 that serves the goal fully, plenty
of money. So the objective of a plan is the sum over its quarters of the usable levels: level-quarters.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lotrinh.base.calendar import Quarter
from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.programme import entities as e
from lotrinh.programme.columns import Entity
from lotrinh.programme.programme import Programme, Table
from lotrinh.tables.raw import RawTables

Facts = Mapping[str, Any]
Rows = Mapping[str, Facts] | Iterable[str | Sequence[Any] | Facts]

START = Quarter(2027, 1)
FIFTH = 1 - 0.8**4
"""A yearly rate that is a fifth in a quarter."""

COMMON = {"evidence": "assumption", "reason": "an example"}
PLAIN: dict[str, Facts] = {
    "goals": {"weight": 4},
    "fields": {"critical_mass": 0},
    "capabilities": {"level_start": 0, "target": 5, "depreciation": 0},
    "organisations": {"kind": "institute"},
    "modes": {"kind": "domestic", "duration": 1, "cost_likely": 0},
    "skills": {"people_start": 0, "loss": 0},
    "training": {"intake_max": 9, "duration": 1, "completion": 1, "cost": 0},
    "equipment": {"cost_likely": 1, "lead_time": 0, "units_max": 1},
}
"""Facts of rows that say nothing else."""
ONE: dict[str, Rows] = {
    "goals": ["G"],
    "fields": ["F"],
    "capabilities": ["C"],
    "places": ["HN"],
    "organisations": ["O"],
}
"""Tables that have one row unless a test says otherwise."""
FIRST = {
    "capabilities": {"field": "fields"},
    "organisations": {"place": "places"},
    "projects": {"field": "fields", "lead": "organisations"},
}
"""References that lead to the first row of another table unless a test says otherwise."""


def at(text: str) -> Quarter:
    """Return a quarter written ``2027Q1``."""
    return Quarter.parse(text)


def build(
    projects: Rows = ("P",),
    *,
    modes: Rows | None = None,
    budget: float | Sequence[float] | Rows = 1000.0,
    settings: Facts | None = None,
    **tables: Rows,
) -> Programme:
    """Return a programme.

    Parameters
    ----------
    modes: by their ids; a mode ``P-2`` belongs to the project ``P`` unless its facts say otherwise. Left out, each
        project has one mode with its own id, of one quarter and free.
    budget: the money of every year, of each year in turn, or rows of the table.
    settings: facts of the programme itself.
    tables: rows of any other table. Without ``capability_goals`` every capability serves the first goal fully.
    """
    facts = {"programme": "T", "price_year": 2026, "start": START, "quarters": 4, "discount": 0.0, "above_target": 1.0,
             "terminal": 0.0, **COMMON, **(settings or {})}  # fmt: skip
    whole = e.Settings(**facts)
    given: dict[str, Rows] = {**ONE, **tables, "projects": projects}
    given["modes"] = _ids(projects) if modes is None else modes
    if "capability_goals" not in given:
        given["capability_goals"] = [(c, _ids(given["goals"])[0], 1.0) for c in _ids(given["capabilities"])]
    given["budget"] = _budget(whole, budget)
    made: dict[str, Any] = {}
    for name, entity in Entity.registry.items():
        if name == "programme":
            continue
        defaults = dict(PLAIN.get(name, {}))
        defaults |= {column: _ids(given[table])[0] for column, table in FIRST.get(name, {}).items()}
        rows = [_row(entity, facts, defaults) for facts in _listed(entity, given.get(name, ()))]
        made[name] = Table(rows, entity.identifies)
    if unknown := set(given) - set(made):
        raise ValueError(f"no such table: {', '.join(sorted(unknown))}")
    return Programme(settings=whole, **made, raw=RawTables("", ()))


def _ids(rows: Rows) -> list[str]:
    """Return the ids of the rows, the first of their facts."""
    if isinstance(rows, Mapping):
        return list(rows)
    return [row if isinstance(row, str) else next(iter(row.values())) if isinstance(row, Mapping) else row[0]
            for row in rows]  # fmt: skip


def _listed(entity: Entity, rows: Rows) -> list[dict[str, Any]]:
    """Return the facts of every row."""
    if isinstance(rows, Mapping):
        return [{entity.identifies: id, **facts} for id, facts in rows.items()]
    inherited = {field.name for field in dataclasses.fields(e.Titled)}
    own = [column.attribute or column.name for column in entity.columns if column.name not in inherited]
    found = []
    for row in rows:
        if isinstance(row, Mapping):
            found.append(dict(row))
        else:
            found.append(dict(zip(own, (row,) if isinstance(row, str) else row, strict=False)))
    return found


def _row(entity: Entity, facts: Mapping[str, Any], defaults: Facts) -> Any:
    common = {} if entity.table == "sources" else COMMON
    if entity.table == "modes":
        defaults = {**defaults, "project": facts["mode"].split("-")[0]}
    return entity.row(**{**common, **defaults, **facts})


def _budget(settings: e.Settings, budget: float | Sequence[float] | Rows) -> Rows:
    """Return the rows of the budget."""
    if isinstance(budget, Mapping):
        return budget
    years = range(settings.start.year, settings.start.plus(settings.quarters - 1).year + 1)
    if isinstance(budget, int | float):
        return [("base", year, float(budget)) for year in years]
    amounts = list(budget)
    if all(isinstance(amount, int | float) for amount in amounts):
        return [("base", year, float(amount)) for year, amount in zip(years, amounts, strict=True)]
    return amounts


def change(programme: Programme, **facts: Any) -> Programme:
    """Return the programme with other settings."""
    return dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, **facts))


def change_rows(programme: Programme, table: str, **facts: Any) -> Programme:
    """Return the programme with columns of every row of a table set; a function is called with the row."""
    rows = [
        dataclasses.replace(row, **{name: fact(row) if callable(fact) else fact for name, fact in facts.items()})
        for row in getattr(programme, table)
    ]
    return with_rows(programme, table, rows)


def with_rows(programme: Programme, table: str, rows: Iterable[Any]) -> Programme:
    """Return the programme with other rows in one of its tables."""
    return dataclasses.replace(programme, **{table: Table(tuple(rows), Entity.registry[table].identifies)})


def formulated(programme: Programme, scenario: str = "") -> Formulation:
    """Return the formulation of a programme."""
    return formulate(Quantities(programme, scenario))


def option_of(quantities: Quantities, mode: str, start: int) -> int:
    """Return the option of a mode that starts at a time."""
    m = quantities.programme.modes.position(mode)
    options = quantities.options
    return next(x for x in range(len(options)) if (options.mode[x], options.start[x]) == (m, start))


def decided(quantities: Quantities, starts: Mapping[str, int] | None = None) -> Decisions:
    """Return the decisions that start modes at given times and do nothing else."""
    q, p = quantities, quantities.programme
    option = np.full(len(p.projects), -1, dtype=np.int64)
    for mode, start in (starts or {}).items():
        x = option_of(q, mode, start)
        option[q.options.project[x]] = x
    return dataclasses.replace(Decisions.nothing(q), option=option)
