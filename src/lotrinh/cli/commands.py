"""What each command does. Heavy modules are imported where they are used, so that ``--help`` stays quick."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from lotrinh.base.files import check_writable
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t

if TYPE_CHECKING:
    from lotrinh.programme.programme import Programme

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object and nothing else.")]


def check(programme: Path, *, json_: Json = False) -> int:
    """Report every problem of the data, at once, with its place.

    Example: lotrinh check cases/vietnam

    Parameters
    ----------
    programme
        Folder of CSV tables with programme.toml, or an XLSX workbook.
    """
    from lotrinh.programme.load import check as find

    began = time.perf_counter()
    issues = find(programme)
    errors = sum(issue.is_error for issue in issues)
    if json_:
        content = {
            "status": "data" if errors else "valid",
            "errors": errors,
            "warnings": len(issues) - errors,
            "seconds": time.perf_counter() - began,
            "issues": [issue.as_dict() for issue in issues],
        }
        print(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        from lotrinh.cli.console import print_issues, print_line

        print_issues(issues)
        print_line(t("{errors} errors, {warnings} warnings", errors=errors, warnings=len(issues) - errors))
    return 3 if errors else 0


def plan(
    programme: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Plan file to write.")] = None,
    time_limit: Annotated[float, Parameter(help="Seconds after which the best plan so far is taken.")] = 120.0,
    gap: Annotated[float, Parameter(help="Proven gap at which the search stops: 0.01 is 1 %.")] = 0.005,
    budget: Annotated[str, Parameter(help="Budget scenario; the programme's own where left out.")] = "",
    export: Annotated[Path | None, Parameter(help="Also write the linear form, as .mps or .lp.")] = None,
    seed: Annotated[int, Parameter(help="Seed of the search.")] = 0,
    threads: Annotated[int, Parameter(help="Threads of the solver.")] = 2,
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
    from lotrinh.plan.settings import PlanSettings
    from lotrinh.programme.load import load

    try:
        settings = PlanSettings(budget=budget, time_limit=time_limit, gap=gap, seed=seed, threads=threads)
    except ValueError as error:
        raise UsageError(str(error)) from None
    for path in (output, export):
        if path is not None:
            check_writable(path)
    if export is not None and export.suffix.casefold() not in (".mps", ".lp"):
        raise UsageError(str(t("{path} must end with .mps or .lp", path=export)))
    data = load(programme)
    if export is not None:
        _export(data, budget, export)
    with live_progress(quiet=json_) as watch:
        found = optimise(data, settings, watch)
    if output is not None:
        found.save(output)
    if json_:
        print(json.dumps(found.summary(), ensure_ascii=False, indent=1))
    else:
        from lotrinh.cli.console import print_line, print_plan

        print_plan(found)
        if output is not None:
            print_line(t("The plan is in {path}.", path=output))
    return 0


def template(
    what: Literal["workbook", "folder", "dictionary", "schema"],
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Where to write it.")] = None,
    json_: Json = False,
) -> int:
    """Write a blank programme to fill in, or what its columns mean.

    Example: lotrinh template workbook -o programme.xlsx

    Parameters
    ----------
    what
        workbook: one XLSX with drop-downs; folder: blank CSV tables; dictionary: every column with its meaning, as CSV;
        schema: JSON Schema of the rows of every table.
    """
    from lotrinh.base.files import write_whole
    from lotrinh.programme import dictionary
    from lotrinh.tables.files import write

    names = {
        "workbook": "programme.xlsx",
        "folder": "programme",
        "dictionary": "dictionary.csv",
        "schema": "schema.json",
    }
    target = output or Path(names[what])
    if output is None and target.exists():
        raise UsageError(str(t("{path} is there already; name another with -o", path=target)))
    if what in ("workbook", "folder"):
        if what == "workbook" and target.suffix.casefold() != ".xlsx":
            raise UsageError(str(t("{path} must end with .xlsx", path=target)))
        write(dictionary.blank(), target, dictionary.layouts())
    elif what == "dictionary":
        write_whole(target, dictionary.dictionary_csv())
    else:
        write_whole(target, json.dumps(dictionary.schemas(), ensure_ascii=False, indent=1) + "\n")
    _said(t("Written: {path}", path=target), {"status": "written", "path": str(target)}, json_)
    return 0


def convert(source: Path, target: Path, *, json_: Json = False) -> int:
    """Turn a folder of tables into a workbook, or back; nothing that was typed is lost.

    Example: lotrinh convert cases/vietnam vietnam.xlsx

    Parameters
    ----------
    source
        Folder or workbook to read.
    target
        Workbook (.xlsx) or folder to write.
    """
    from lotrinh.programme.dictionary import convert as turn

    turn(source, target)
    _said(t("Written: {path}", path=target), {"status": "written", "path": str(target)}, json_)
    return 0


def demo(
    *,
    time_limit: Annotated[float, Parameter(help="Seconds of search.")] = 90.0,
    gap: Annotated[float, Parameter(help="Proven gap at which the search stops.")] = 0.01,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Plan file to write.")] = Path(
        "out/vietnam.plan.json"
    ),
    json_: Json = False,
) -> int:
    """Plan the Vietnam reference programme, from its tables to a proven portfolio.

    Example: lotrinh demo
    """
    from lotrinh.base.examples import example

    case = example("vietnam")
    if not json_:
        from lotrinh.cli.console import print_line

        print_line(t("1. Check the data of {path}", path=case))
        if check(case):
            return 3
        print_line(
            t("2. Choose, schedule and prove (up to {seconds} s; Ctrl-C keeps the best plan)", seconds=time_limit)
        )
    return plan(case, output=output, time_limit=time_limit, gap=gap, json_=json_)


def _export(data: Programme, budget: str, path: Path) -> None:
    """Write the linear form of `data` for another solver."""
    from lotrinh.plan.exchange import write_lp, write_mps
    from lotrinh.plan.formulate import formulate
    from lotrinh.plan.optimise import quantities_of

    write = write_mps if path.suffix.casefold() == ".mps" else write_lp
    write(formulate(quantities_of(data, budget)).form, path)


def _said(sentence: Any, content: dict[str, Any], as_json: bool) -> None:
    """Say what was done: as JSON to standard output, or in words to standard error."""
    if as_json:
        print(json.dumps(content, ensure_ascii=False))
    else:
        print(str(sentence), file=sys.stderr)
