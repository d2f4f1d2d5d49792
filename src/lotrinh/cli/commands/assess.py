"""``lotrinh assess``: what becomes of a plan in thousands of futures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json

if TYPE_CHECKING:
    from lotrinh.assessment.settings import AssessmentSettings
    from lotrinh.plan.plan import Plan


def assess(
    plan: Path,
    *,
    futures: Annotated[int, Parameter(help="How many futures.")] = 10_000,
    seed: Annotated[int, Parameter(help="Seed of the luck: the same seed, the same futures.")] = 0,
    sobol: Annotated[bool, Parameter(negative="", help="Draw quasi-random numbers; needs SciPy.")] = False,
    uncertain: Annotated[
        bool, Parameter(negative="", help="Draw the numbers of the data whose range is stated, too.")
    ] = False,
    scenario: Annotated[
        str,
        Parameter(
            help="Stress: withdraw/SUPPLIER/QUARTER, intake/SHARE, cut/YEAR/SHARE or qday/YEARS, several joined by +."
        ),
    ] = "",
    tell: Annotated[
        int | None, Parameter(help="Read this one future aloud instead, event by event; the first is 0.")
    ] = None,
    engine: Annotated[str, Parameter(help="Who works: threads, processes, dask or ray; the numbers are the same.")] = (
        "threads"
    ),
    workers: Annotated[int, Parameter(help="How many work at once.")] = 2,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder of results to write.")] = None,
    json_: Json = False,
) -> int:
    """Execute a plan in many futures: what it then brings, what fails, and why. Ctrl-C keeps the futures that are done.

    Example: lotrinh assess vietnam.plan.json --futures 10000 -o vietnam.futures

    Parameters
    ----------
    plan
        Plan file, from `lotrinh plan -o`.
    """
    from lotrinh.assessment.results import check_folder
    from lotrinh.assessment.stress import parts
    from lotrinh.plan.planfile import load_plan

    settings = _settings(
        futures=futures,
        seed=seed,
        sampler="sobol" if sobol else "random",
        uncertain=uncertain,
        scenario=scenario,
        engine=engine,
        workers=workers,
    )
    if tell is not None and output is not None:
        raise UsageError(str(t("--tell reads one future aloud and writes no folder; leave out -o")))
    if output is not None:
        check_folder(output)
    known = load_plan(plan)
    parts(scenario, known.quantities)
    if tell is not None:
        return _tell(known, settings, tell, json_)
    return _assess(known, settings, output, json_)


def _settings(**given: Any) -> AssessmentSettings:
    """Return the settings; `UsageError` where nobody can follow them."""
    from importlib.util import find_spec

    from lotrinh.assessment.settings import AssessmentSettings

    if given["sampler"] == "sobol" and find_spec("scipy") is None:
        words = t("{engine} is not installed: pip install 'lotrinh[{engine}]'", engine="sobol")
        raise UsageError(str(words))
    try:
        return AssessmentSettings(**given)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _assess(known: Plan, settings: AssessmentSettings, output: Path | None, as_json: bool) -> int:
    from lotrinh.assessment.assess import assess as execute
    from lotrinh.assessment.results import save
    from lotrinh.cli.console import live_futures, print_line

    with live_futures(quiet=as_json) as watch:
        found = execute(known, settings, watch)
    if output is not None:
        save(found, output)
    if as_json:
        done = len(found.outcomes) == settings.futures
        print_json({"status": "assessed" if done else "interrupted", **found.summary()})
        return 0
    from lotrinh.cli.assess_tables import print_assessment

    print_assessment(found)
    if output is not None:
        print_line("")
        print_line(t("The futures are in {path}.", path=output))
    return 0


def _tell(known: Plan, settings: AssessmentSettings, future: int, as_json: bool) -> int:
    from dataclasses import asdict

    from lotrinh.assessment.tell import tell

    told = tell(known, settings, future)
    if as_json:
        print_json({"status": "told", "settings": asdict(settings), **told.as_dict()})
        return 0
    from lotrinh.cli.tell_tables import print_told

    print_told(told)
    return 0
