"""``lotrinh check``: every problem of the data."""

from __future__ import annotations

import time
from pathlib import Path

from lotrinh.base.text import t
from lotrinh.cli.options import Json, With, print_json


def check(programme: Path, *, with_: With = (), json_: Json = False) -> int:
    """Report every problem of the data, at once, with its place.

    Example: lotrinh check cases/vietnam

    Parameters
    ----------
    programme
        Folder of CSV tables with programme.toml, or an XLSX workbook.
    """
    from lotrinh.programme.load import check as find

    began = time.perf_counter()
    issues = find(programme, *with_)
    errors = sum(issue.is_error for issue in issues)
    if json_:
        content = {
            "status": "data" if errors else "valid",
            "errors": errors,
            "warnings": len(issues) - errors,
            "seconds": time.perf_counter() - began,
            "issues": [issue.as_dict() for issue in issues],
        }
        print_json(content)
    else:
        from lotrinh.cli.console import print_issues, print_line

        print_issues(issues)
        print_line(t("{errors} errors, {warnings} warnings", errors=errors, warnings=len(issues) - errors))
    return 3 if errors else 0
