"""Measures as tables: every measure of the folder, by name, as a long Polars frame."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from lotrinh.base.registry import entries
from lotrinh.measures.paths import PURPOSES, Paths

if TYPE_CHECKING:
    import polars


@cache
def measures() -> dict[str, ModuleType]:
    """Return every measure by its name; a file with a title and a unit is a measure."""
    return {name: module for name, module in entries("lotrinh.measures").items() if hasattr(module, "TITLE")}


def labels(axis: str, paths: Paths) -> list[str]:
    """Return what the entries of an axis are called."""
    q = paths.quantities
    p = q.programme
    ids = {
        "capability": p.capabilities.ids,
        "skill": p.skills.ids,
        "field": p.fields.ids,
        "project": p.projects.ids,
        "equipment": p.equipment.ids,
        "place": p.places.ids,
        "migration": p.migration.ids,
    }
    if axis in ids:
        return list(ids[axis])
    if axis == "year":
        return [str(year) for year in q.years]
    if axis == "purpose":
        return list(PURPOSES)
    return [str(q.calendar.at(t)) for t in range(q.horizon + (axis == "state"))]


def frame(measure: str, paths: Paths) -> polars.DataFrame:
    """Return one measure as a long table: its axes, a scenario column where there are several, and ``value``.

    Raises
    ------
    KeyError
        If there is no measure of that name.
    """
    import polars

    module = measures()[measure]
    values = module.measure(paths)
    index = np.indices(values.shape).reshape(values.ndim, -1)
    columns: dict[str, list[str] | np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
    if len(values) > 1:
        columns["scenario"] = index[0]
    for position, axis in enumerate(module.AXES, start=1):
        names = labels(axis, paths)
        columns["quarter" if axis == "state" else axis] = [names[i] for i in index[position]]
    columns["value"] = values.ravel()
    return polars.DataFrame(columns)
