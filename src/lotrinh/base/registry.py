"""Finds the entries of a folder: one file is one entry, in the order of their names, listed nowhere else."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any


@cache
def names(package: str) -> tuple[str, ...]:
    """Return the names of the entries of `package`, in order, without importing any of them.

    Names that start with an underscore are helpers, not entries.
    """
    folder = importlib.import_module(package).__path__
    return tuple(sorted(file.name for file in pkgutil.iter_modules(folder) if not file.name.startswith("_")))


def entries(package: str) -> dict[str, ModuleType]:
    """Return the modules of `package` by their names, in the order of the names."""
    return {name: importlib.import_module(f"{package}.{name}") for name in names(package)}


@cache
def declared(package: str, constant: str) -> dict[str, Any]:
    """Return the value of a literal constant of every entry that declares it, by the names of the entries.

    The files are read and not imported, so that a lower floor can know what the entries of a higher one say.
    """
    found: dict[str, Any] = {}
    for name in names(package):
        text = files(package).joinpath(f"{name}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and any(getattr(each, "id", "") == constant for each in node.targets):
                found[name] = ast.literal_eval(node.value)
    return found
