"""``lotrinh waves``: every work item of a register into quarters and teams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from lotrinh.base.issues import DataError, Issue, UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Gap, Json, Seed, TimeLimit, check_share, check_weights, print_json

if TYPE_CHECKING:
    from lotrinh.plan.waves.problem import Settings


def waves(
    register: Path,
    *,
    capacity: Annotated[Path, Parameter(help="Sheet of people and money: team, skill or money, from, until, amount.")],
    start: Annotated[str, Parameter(help="First quarter.")] = "2027Q1",
    quarters: Annotated[int, Parameter(help="Quarters from the first, at most 60.")] = 40,
    policy: Annotated[str, Parameter(help="Policy pack that sets the deadlines: a name, or a file.")] = "eu",
    qday: Annotated[int | None, Parameter(help="A certain year of Q-day, instead of what experts expect.")] = None,
    acceleration: Annotated[float, Parameter(help="Years by which Q-day comes earlier than experts expect.")] = 0.0,
    deadlines: Annotated[Literal["hard", "priced"], Parameter(help="Whether deadlines must be held.")] = "priced",
    price: Annotated[float, Parameter(help="Exposure that an item late by a quarter counts as.")] = 0.0,
    move: Annotated[float, Parameter(help="With --previous: exposure that a moved item counts as.")] = 0.0,
    time_limit: TimeLimit = 120.0,
    gap: Gap = 0.01,
    seed: Seed = 0,
    progress: Annotated[Path | None, Parameter(help="Sheet of how far items are: item, state, quarter.")] = None,
    previous: Annotated[
        Path | None, Parameter(help="Folder of the previous schedule, which is kept if it can be.")
    ] = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder to write the schedule to.")] = None,
    json_: Json = False,
) -> int:
    """Schedule every work item of a register, and prove how good the schedule is. Ctrl-C keeps the best so far.

    Example: lotrinh waves bank.register --capacity capacity.csv --policy eu -o waves

    Parameters
    ----------
    register
        Register folder, from `lotrinh register add`.
    """
    from lotrinh.cli.console import live_progress
    from lotrinh.plan.waves.replan import replan, standing_of
    from lotrinh.plan.waves.schedule import load_waves
    from lotrinh.plan.waves.schedule import waves as schedule
    from lotrinh.register.sheets import Capacity, Progress

    if output is not None and output.exists() and not output.is_dir():
        raise UsageError(str(t("{path} is a file, not a folder", path=output)))
    settings = _settings(start, quarters, deadlines, price, move, time_limit, gap, seed)
    sheet: list[Any] = read_sheet(capacity, Capacity, "capacity")
    steps: list[Any] = read_sheet(progress, Progress, "progress") if progress is not None else []
    known = load_waves(previous) if previous is not None else None
    work, threat = work_of(register, policy), threat_of(qday, acceleration)
    with live_progress(quiet=json_) as line:
        watch = _watching(line)
        if known is not None:
            found = replan(work, sheet, threat, settings, known, steps, watch).waves
        else:
            standing = standing_of(steps, {}, settings.calendar)
            found = schedule(work, sheet, threat, settings, standing, watch)
    if output is not None:
        found.save(output)
    if json_:
        print_json(found.summary)
        return 0
    from lotrinh.cli.console import print_line
    from lotrinh.cli.waves_tables import print_waves

    print_waves(found, work)
    if found.summary["late"] and deadlines == "priced" and not price:
        print_line(t("Deadlines are counted here and cost nothing; --price says what lateness counts as."))
    if output is not None:
        print_line(t("The schedule is in {path}.", path=output))
    return 0


def _settings(
    start: str, quarters: int, deadlines: str, price: float, move: float, time_limit: float, gap: float, seed: int
) -> Settings:
    from lotrinh.base.calendar import Quarter
    from lotrinh.plan.waves.problem import Settings

    check_weights("--price", [price])
    check_weights("--move", [move])
    check_weights("--time-limit", [time_limit])
    check_share("--gap", gap)
    try:
        first = Quarter.parse(start)
    except ValueError:
        raise UsageError(str(t("--start must be a quarter such as 2027Q1, not {value}", value=start))) from None
    return Settings(first, quarters, deadlines == "hard", price, move=move, time_limit=time_limit, gap=gap, seed=seed)


def work_of(register: Path, policy: str) -> Any:
    """Return the work items of a register, with the deadlines of a policy pack."""
    from functools import partial

    from lotrinh.cli.register._extract import pack_of
    from lotrinh.cli.register._options import opened
    from lotrinh.register.policies import due
    from lotrinh.register.workitems import work

    return work(opened(register), due=partial(due, pack_of(policy)))


def threat_of(qday: int | None, acceleration: float) -> Any:
    """Return the chance of Q-day: a certain year, or the mixture of the surveys."""
    import numpy as np

    from lotrinh.register.threat import Known, default, offsets

    return Known(np.array(float(qday)), offsets()).earlier(acceleration) if qday is not None else default(acceleration)


def read_sheet(path: Path, row: type[Any], table: str) -> list[Any]:
    """Return the rows of a sheet, CSV or XLSX; `DataError` with every problem."""
    from lotrinh.programme.columns import Entity
    from lotrinh.programme.parse import read_table
    from lotrinh.programme.reported import Reported
    from lotrinh.tables.csv_folder import read_csv
    from lotrinh.tables.files import read

    if not path.is_file():
        raise UsageError(str(t("{path} is not there", path=path)))
    raw = read_csv(path, table) if path.suffix.casefold() == ".csv" else read(path)
    issues: list[Issue] = list(raw.issues)
    reported = Reported(raw)
    lines = [line for part in raw.parts(table) for line in read_table(Entity.apart[table], part, reported, issues)]
    if any(issue.is_error for issue in issues):
        raise DataError(issues)
    rows = [line.row for line in lines if isinstance(line.row, row)]
    if not rows:
        raise UsageError(str(t("{path} has no row of the table {table}", path=path, table=table)))
    return rows


def _watching(line: Any) -> Any:
    """Return what shows the state of a search on a live line, or None."""
    if line is None:
        return None
    from lotrinh.plan.solvers.highs import Progress
    from lotrinh.plan.waves.search import gap

    def watch(seconds: float, cost: float, bound: float) -> None:
        known = cost < float("inf")
        line(Progress(seconds, cost if known else None, bound, gap(cost, bound) if known else None))

    return watch
