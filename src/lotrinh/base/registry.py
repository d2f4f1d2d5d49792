"""Finds the entries of a folder: one file is one entry, in the order of their names, listed nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def entries(package: str) -> dict[str, ModuleType]:
    """Return the modules of `package` by their names, in the order of the names.

    Names that start with an underscore are helpers, not entries.
    """
    folder = importlib.import_module(package)
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__) if not module.name.startswith("_"))
    return {name: importlib.import_module(f"{package}.{name}") for name in names}
