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

FUTURES = {"stress": 4096, "check": 8192, "replan": 16}
"""How many futures where nothing else is said, by what is asked."""
PLAIN = 10_000
SECONDS = 10.0
"""Time limit of one planning on the way."""

Futures = Annotated[
    int | None,
    Parameter(
        help="How many futures; where left out 10,000, with --stress 4,096, with --check 8,192, with --replan 16."
    ),
]
Scenario = Annotated[
    str,
    Parameter(
        help="Stress: withdraw/SUPPLIER/QUARTER, intake/SHARE, cut/YEAR/SHARE, qday/YEARS or depreciation/SHARE, "
        "several joined by +."
    ),
]
Stresses = Annotated[
    bool, Parameter(negative="", help="The standard stresses side by side instead: what each costs and shakes.")
]
Checks = Annotated[
    bool, Parameter(negative="", help="Which assumptions to check first instead: what it is worth to know each.")
]
Dates = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="First quarter of a year in which the programme is planned again, such as 2029Q1; several are planned one "
        "after the other in each future: what that is worth.",
    ),
]
Seconds = Annotated[float | None, Parameter(help="Time limit of one planning with --replan; 10 where left out.")]


def assess(
    plan: Path,
    *,
    futures: Futures = None,
    seed: Annotated[int, Parameter(help="Seed of the luck: the same seed, the same futures.")] = 0,
    sobol: Annotated[bool, Parameter(negative="", help="Draw quasi-random numbers; needs SciPy.")] = False,
    uncertain: Annotated[
        bool, Parameter(negative="", help="Draw the numbers of the data whose range is stated, too.")
    ] = False,
    scenario: Scenario = "",
    stress: Stresses = False,
    check: Checks = False,
    replan: Dates = None,
    replan_seconds: Seconds = None,
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

    --tell, --stress, --check and --replan each answer another question instead, one at a time.

    Example: lotrinh assess vietnam.plan.json --futures 10000 -o vietnam.futures

    Parameters
    ----------
    plan
        Plan file, from `lotrinh plan -o`.
    """
    from lotrinh.assessment.results import check_folder
    from lotrinh.assessment.stress import parts
    from lotrinh.plan.planfile import load_plan

    asked = _asked(tell=tell is not None, stress=stress, check=check, replan=bool(replan), output=output is not None)
    settings = _settings(
        futures=FUTURES.get(asked, PLAIN) if futures is None else futures,
        seed=seed,
        sampler="sobol" if sobol else "random",
        uncertain=uncertain,
        scenario=scenario,
        engine=engine,
        workers=workers,
    )
    _possible(asked, settings, replan_seconds)
    if output is not None:
        check_folder(output)
    known = load_plan(plan)
    parts(scenario, known.quantities)
    if tell is not None:
        return _tell(known, settings, tell, json_)
    if stress:
        return _stress(known, settings, json_)
    if check:
        return _check(known, settings, json_)
    if replan:
        return _replan(known, settings, list(dict.fromkeys(replan)), replan_seconds or SECONDS, json_)
    return _assess(known, settings, output, json_)


def _asked(**asked: bool) -> str:
    """Return what is asked beside the plain assessment, empty for nothing; `UsageError` where it is too much."""
    found = [name for name, wanted in asked.items() if wanted]
    if found == ["tell", "output"]:
        raise UsageError(str(t("--tell reads one future aloud and writes no folder; leave out -o")))
    if found[1:] == ["output"]:
        raise UsageError(str(t("--{name} writes no folder; leave out -o, or take --json", name=found[0])))
    if len(found) > 1:
        names = [f"--{name}" for name in found[:2]]
        words = t("{a} and {b} answer different questions; ask them one at a time", a=names[0], b=names[1])
        raise UsageError(str(words))
    return found[0] if found else ""


def _possible(asked: str, settings: AssessmentSettings, replan_seconds: float | None) -> None:
    """Refuse settings with which what is asked cannot be answered."""
    from lotrinh.assessment.checking import FEWEST

    if asked == "stress" and settings.scenario:
        words = t("--stress runs scenarios of its own, each against the plan without any; leave out --scenario")
        raise UsageError(str(words))
    if asked == "check" and settings.futures < FEWEST:
        raise UsageError(str(t("--check needs {count} futures or more", count=FEWEST)))
    if replan_seconds is not None and asked != "replan":
        raise UsageError(str(t("--replan-seconds goes with --replan")))
    if replan_seconds is not None and not replan_seconds > 0:
        raise UsageError(str(t("--replan-seconds must be more than 0, not {seconds}", seconds=replan_seconds)))


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


def _stress(known: Plan, settings: AssessmentSettings, as_json: bool) -> int:
    from dataclasses import asdict

    from lotrinh.assessment.stresses import scenarios_of, stress
    from lotrinh.cli.console import live_steps

    names = scenarios_of(known)
    with live_steps(lambda **facts: t("{done} of {count} stresses", **facts), quiet=as_json) as watch:
        found = stress(known, settings, names, watch)
    if as_json:
        status = "stressed" if len(found) == len(names) else "interrupted"
        stresses = [one.as_dict() for one in found]
        print_json({"status": status, "settings": asdict(settings), "asked": len(names), "stresses": stresses})
        return 0
    from lotrinh.cli.stress_tables import print_stresses

    print_stresses(known, settings, found, len(names))
    return 0


def _check(known: Plan, settings: AssessmentSettings, as_json: bool) -> int:
    from dataclasses import asdict, replace

    from lotrinh.assessment.checking import to_check
    from lotrinh.cli.console import live_steps

    settings = replace(settings, uncertain=True)  # as what is stated with a range is what there is to check
    with live_steps(lambda **facts: t("{done} of {count} batches of futures", **facts), quiet=as_json) as watch:
        found = to_check(known, settings, watch)
    if as_json:
        print_json({"status": "checked", "settings": asdict(settings), **found.as_dict()})
        return 0
    from lotrinh.cli.check_tables import print_checks

    print_checks(known, settings, found)
    return 0


def _replan(known: Plan, settings: AssessmentSettings, dates: list[str], seconds: float, as_json: bool) -> int:
    from dataclasses import asdict

    from lotrinh.assessment.replan import replan
    from lotrinh.cli.console import live_steps

    words = t("The first futures take longest: each planning may take {seconds} s", seconds=seconds)
    with live_steps(
        lambda **facts: t("{done} of {count} futures planned again", **facts), quiet=as_json, first=words
    ) as watch:
        found = replan(known, dates, settings, seconds, watch)
    if as_json:
        status = "replanned" if len(found.kept) == settings.futures else "interrupted"
        print_json({"status": status, "settings": asdict(settings), "seconds": seconds, **found.as_dict()})
        return 0
    from lotrinh.cli.replan_tables import print_replanned

    print_replanned(known, settings, found, seconds)
    return 0
