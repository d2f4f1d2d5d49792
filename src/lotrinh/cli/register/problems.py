"""``lotrinh register problems``: what was wrong in the files that were added."""

from __future__ import annotations

from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, opened


def problems(register: At = HERE, *, json_: Json = False) -> int:
    """List every problem met in the files that were added, with its place.

    Example: lotrinh register problems --register register
    """
    found = opened(register).problems()
    errors = sum(problem.is_error for problem in found)
    if json_:
        told = [problem.as_dict() for problem in found]
        print_json({"errors": errors, "warnings": len(found) - errors, "issues": told})
    else:
        from lotrinh.cli.console import print_issues, print_line

        print_issues(found)
        print_line(t("{errors} errors, {warnings} warnings", errors=errors, warnings=len(found) - errors))
    return 0
