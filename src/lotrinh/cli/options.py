"""What commands share: options that several have, and how each says what it did."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t

if TYPE_CHECKING:
    from lotrinh.plan.settings import PlanSettings

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object and nothing else.")]
Output = Annotated[Path | None, Parameter(name=["--output", "-o"], help="Plan file to write.")]
Budget = Annotated[str, Parameter(help="Budget scenario; the programme's own where left out.")]
TimeLimit = Annotated[float, Parameter(help="Seconds after which the best plan so far is taken.")]
Gap = Annotated[float, Parameter(help="Proven gap at which the search stops: 0.01 is 1 %.")]
Seed = Annotated[int, Parameter(help="Seed of the search.")]
With = Annotated[
    tuple[Path, ...],
    Parameter(
        name="--with",
        negative="",
        show_default=False,
        help="What-if file, a CSV of changes; several are made one after the other.",
    ),
]
Threads = Annotated[int, Parameter(help="Threads of the solver.")]


def search_settings(**limits: Any) -> PlanSettings:
    """Return the settings of a search; `UsageError` where no search can follow them."""
    from lotrinh.plan.settings import PlanSettings

    try:
        return PlanSettings(**limits)
    except ValueError as error:
        raise UsageError(str(error)) from None


def check_share(option: str, value: float) -> None:
    """Refuse a value of `option` that is not from 0 to 1."""
    if not 0 <= value <= 1:
        raise UsageError(str(t("{option} must be from 0 to 1, not {value}", option=option, value=value)))


def check_weights(option: str, values: list[float] | None) -> None:
    """Refuse values of `option` that are negative or not finite."""
    for value in values or ():
        if not (math.isfinite(value) and value >= 0):
            words = t("{option} must be a finite number of 0 or more, not {value}", option=option, value=value)
            raise UsageError(str(words))


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object to standard output."""
    print(json.dumps(content, ensure_ascii=False, indent=1))


def said(sentence: Any, content: dict[str, Any], as_json: bool) -> None:
    """Say what was done: as JSON to standard output, or in words to standard error."""
    if as_json:
        print(json.dumps(content, ensure_ascii=False))
    else:
        print(str(sentence), file=sys.stderr)
