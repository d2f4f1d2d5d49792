"""What commands share: options that several have, and how each says what it did."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

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


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object to standard output."""
    print(json.dumps(content, ensure_ascii=False, indent=1))


def said(sentence: Any, content: dict[str, Any], as_json: bool) -> None:
    """Say what was done: as JSON to standard output, or in words to standard error."""
    if as_json:
        print(json.dumps(content, ensure_ascii=False))
    else:
        print(str(sentence), file=sys.stderr)
