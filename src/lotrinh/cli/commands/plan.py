"""``lotrinh plan``: choose and schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from lotrinh.base.files import check_writable
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Budget, Gap, Json, Output, Seed, Threads, TimeLimit, With, print_json, search_settings

if TYPE_CHECKING:
    from lotrinh.programme.programme import Programme


def plan(
    programme: Path,
    *,
    with_: With = (),
    output: Output = None,
    time_limit: TimeLimit = 120.0,
    gap: Gap = 0.005,
    budget: Budget = "",
    start: Annotated[Path | None, Parameter(help="Plan file of this or a like programme, to begin from.")] = None,
    export: Annotated[Path | None, Parameter(help="Also write the linear form, as .mps or .lp.")] = None,
    seed: Seed = 0,
    threads: Threads = 2,
    json_: Json = False,
) -> int:
    """Choose and schedule the projects, and prove how good the plan is. Ctrl-C keeps the best plan so far.

    Example: lotrinh plan cases/vietnam -o vietnam.plan.json --time-limit 120 --gap 0.01 --budget base

    Parameters
    ----------
    programme
        Folder of CSV tables with programme.toml, or an XLSX workbook.
    """
    from lotrinh.cli.console import live_progress
    from lotrinh.plan.optimise import optimise
    from lotrinh.plan.planfile import load_plan
    from lotrinh.programme.load import load

    settings = search_settings(budget=budget, time_limit=time_limit, gap=gap, seed=seed, threads=threads)
    for path in (output, export):
        if path is not None:
            check_writable(path)
    if export is not None and export.suffix.casefold() not in (".mps", ".lp"):
        raise UsageError(str(t("{path} must end with .mps or .lp", path=export)))
    known = load_plan(start) if start is not None else None
    data = load(programme, *with_)
    if export is not None:
        _export(data, budget, export)
    with live_progress(quiet=json_) as watch:
        found = optimise(data, settings, watch, known)
    if output is not None:
        found.save(output)
    if json_:
        print_json(found.summary())
    else:
        from lotrinh.cli.console import print_line
        from lotrinh.cli.plan_tables import print_plan

        print_plan(found)
        if output is not None:
            print_line(t("The plan is in {path}.", path=output))
    return 0


def _export(data: Programme, budget: str, path: Path) -> None:
    """Write the linear form of `data` for another solver."""
    from lotrinh.plan.exchange import write_lp, write_mps
    from lotrinh.plan.formulate import formulate
    from lotrinh.plan.optimise import quantities_of

    write = write_mps if path.suffix.casefold() == ".mps" else write_lp
    write(formulate(quantities_of(data, budget)).form, path)
