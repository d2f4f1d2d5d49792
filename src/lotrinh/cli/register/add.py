"""``lotrinh register add``: import files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, day


def add(
    *files: Path,
    register: At = HERE,
    system: Annotated[str, Parameter(help="System to which all of it belongs.")] = "",
    seen: Annotated[str, Parameter(help="Day of what does not tell its own, as 2027-01-31; today by default.")] = "",
    workers: Annotated[int, Parameter(help="Processes that read.")] = 2,
    wait: Annotated[float, Parameter(help="Seconds to wait while another process writes.")] = 30.0,
    json_: Json = False,
) -> int:
    """Import inventories, scans, certificates and sheets into the register. What is known already changes nothing.

    Example: lotrinh register add scans/ payroll.cdx.json systems.csv --register register

    Parameters
    ----------
    files
        Files, folders and archives of any format that is read.
    """
    from lotrinh.cli.console import live_steps, print_issues
    from lotrinh.register.store import Register

    if not files:
        raise UsageError(str(t("name the files or folders to add")))
    if workers < 1:
        raise UsageError(str(t("{option} must be 1 or more, not {value}", option="--workers", value=workers)))
    seen_on = day("--seen", seen) if seen else None
    words = lambda done, count: t("files read: {files}, sightings: {count}", files=done, count=count)  # noqa: E731
    with live_steps(words, json_, t("Reading")) as watch:
        added = Register(register).add(files, system, workers, seen_on, wait, watch)
    errors = any(problem.is_error for problem in added.problems)
    nothing = "" if added.read or errors else str(t("nothing that can be read was found in {files}", files=files))
    if json_:
        content = {
            "status": "added" if added.read else "usage" if nothing else "data",
            **({"error": nothing} if nothing else {}),
            "generation": added.generation,
            "changed": added.changed,
            "files": len(added.sources),
            "sightings": added.sightings,
            "new": added.fresh,
            "known": added.known,
            "classes": added.classes,
            "sources": [
                {"name": s.name, "tool": s.tool, "sightings": s.sightings, "rows": s.rows, "known": s.known}
                for s in added.sources
            ],
            "problems": [problem.as_dict() for problem in added.problems],
        }
        print_json(content)
    elif nothing:
        print_issues(added.problems)
        raise UsageError(nothing)
    else:
        from lotrinh.cli.register_tables import print_added

        print_added(added, register)
    return 0 if added.read else 2 if nothing else 3
