"""Lotrinh: a national programme, from its tables to a proven plan.

The house, from the ground up; a floor imports only floors below it:

1. ``base``       words every floor uses
2. ``tables``     bytes to raw tables, with an origin for every cell
3. ``programme``  what a programme is
4. ``measures``   paths, and what is measured on them
5. ``plan``       choose and schedule
6. ``assessment`` what becomes of a plan in thousands of futures
8. ``cli``        commands

>>> import lotrinh as lt
>>> programme = lt.load("cases/vietnam")
>>> plan = lt.optimise(programme)
>>> assessment = lt.assess(plan)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lotrinh.base.version import VERSION

if TYPE_CHECKING:
    from lotrinh.assessment.assess import assess
    from lotrinh.assessment.assessment import Assessment
    from lotrinh.assessment.settings import AssessmentSettings
    from lotrinh.base.issues import DataError, Issue, LotrinhError, NoPlanError
    from lotrinh.plan.compare import compare
    from lotrinh.plan.optimise import optimise
    from lotrinh.plan.plan import Plan
    from lotrinh.plan.planfile import load_plan
    from lotrinh.plan.settings import PlanSettings
    from lotrinh.programme.change import Change
    from lotrinh.programme.changes import changed
    from lotrinh.programme.dictionary import convert
    from lotrinh.programme.load import check, load
    from lotrinh.programme.programme import Programme


__version__ = VERSION

_PLACES = {
    "Assessment": "lotrinh.assessment.assessment",
    "AssessmentSettings": "lotrinh.assessment.settings",
    "Change": "lotrinh.programme.change",
    "DataError": "lotrinh.base.issues",
    "Issue": "lotrinh.base.issues",
    "LotrinhError": "lotrinh.base.issues",
    "NoPlanError": "lotrinh.base.issues",
    "Plan": "lotrinh.plan.plan",
    "PlanSettings": "lotrinh.plan.settings",
    "Programme": "lotrinh.programme.programme",
    "assess": "lotrinh.assessment.assess",
    "changed": "lotrinh.programme.changes",
    "check": "lotrinh.programme.load",
    "compare": "lotrinh.plan.compare",
    "convert": "lotrinh.programme.dictionary",
    "load": "lotrinh.programme.load",
    "load_plan": "lotrinh.plan.planfile",
    "optimise": "lotrinh.plan.optimise",
}

__all__ = [
    "Assessment",
    "AssessmentSettings",
    "Change",
    "DataError",
    "Issue",
    "LotrinhError",
    "NoPlanError",
    "Plan",
    "PlanSettings",
    "Programme",
    "assess",
    "changed",
    "check",
    "compare",
    "convert",
    "load",
    "load_plan",
    "optimise",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``import lotrinh`` loads nothing heavy."""
    if name not in _PLACES:
        raise AttributeError(f"module 'lotrinh' has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
