"""What has a date lies where it can matter."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind, nearest_name
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft, Line

START_WINDOW = IssueKind(
    "P315", "a start window outside the horizon", "Correct earliest or latest, or the horizon of the programme."
)
LOCK = IssueKind(
    "P317",
    "a lock outside the horizon",
    "Correct its start: the work ends within the horizon. What ended before the programme needs no lock.",
)
IDLE_BUDGET = IssueKind(
    "P318",
    "a budget for a year outside the horizon",
    "Correct the year, or the horizon of the programme: this money is never used.",
    severity="warning",
)
NO_BUDGET = IssueKind(
    "P319",
    "a year of the horizon without a budget",
    "Add a row for each year of the horizon; an amount of 0 is allowed.",
)
FAR = IssueKind(
    "P320",
    "a world frontier far from the horizon",
    "Correct the year: it lies more than 30 years before the programme or after it.",
    severity="warning",
)
IDLE = IssueKind(
    "P325",
    "a directive that never applies",
    "Correct from or until: no quarter of the horizon lies between them.",
)
FAR_YEARS = 30


@rule
def start_windows(draft: Draft) -> Iterator[Issue]:
    """A project may start in some quarter of the horizon."""
    calendar = draft.calendar
    if calendar is None:
        return
    span = t("a quarter from {first} to {last}", first=calendar.start, last=calendar.at(calendar.length - 1))
    for line in draft.lines(e.Project, "earliest", "latest"):
        earliest, latest = line.row.earliest, line.row.latest
        if earliest is not None and latest is not None and latest < earliest:
            continue  # reported as such
        if latest is not None and calendar.time(latest) < 0:
            yield line.issue(START_WINDOW, "latest", span)
        elif earliest is not None and calendar.time(earliest) >= calendar.length:
            yield line.issue(START_WINDOW, "earliest", span)


@rule
def locks(draft: Draft) -> Iterator[Issue]:
    """A locked project works in the horizon and ends within it."""
    calendar = draft.calendar
    if calendar is None:
        return
    for line in draft.lines(e.Lock, "mode", "start"):
        mode = draft.find(e.Mode, line.row.mode, "duration")
        if mode is None:
            continue
        first = calendar.at(1 - mode.row.duration)
        last = calendar.at(calendar.length - mode.row.duration)
        if not first <= line.row.start <= last:
            expected = t("a quarter from {first} to {last}", first=first, last=last)
            yield line.issue(LOCK, "start", expected)


@rule
def budgets(draft: Draft) -> Iterator[Issue]:
    """Every scenario has a budget for every year of the horizon, and for no other."""
    calendar = draft.calendar
    if calendar is None or draft.table(e.Budget) in draft.doubtful:
        return
    span = t("a year from {first} to {last}", first=str(calendar.years[0]), last=str(calendar.years[-1]))
    by_scenario: dict[str, list[Line[e.Budget]]] = {}
    for line in draft.lines(e.Budget, "scenario", "year"):
        by_scenario.setdefault(line.row.scenario, []).append(line)
        if line.row.year not in calendar.years:
            yield line.issue(IDLE_BUDGET, "year", span)
    lost = sum(not line.unknown.isdisjoint(("scenario", "year")) for line in draft.every(e.Budget))
    for name, lines in by_scenario.items():
        missing = [str(year) for year in calendar.years if year not in {line.row.year for line in lines}]
        if len(missing) > lost:
            near = nearest_name(name[:80], [other for other in by_scenario if other != name])
            expected = t(
                "a row for each of the years {missing} in scenario {name}", missing=", ".join(missing), name=name
            )
            yield lines[0].issue(NO_BUDGET, "year", expected, value="", nearest=near)


@rule
def frontier(draft: Draft) -> Iterator[Issue]:
    """The world frontier is given for years near the horizon."""
    calendar = draft.calendar
    if calendar is None:
        return
    first, last = calendar.years[0] - FAR_YEARS, calendar.years[-1] + FAR_YEARS
    for line in draft.lines(e.Frontier, "year"):
        if not first <= line.row.year <= last:
            yield line.issue(FAR, "year", t("a year from {first} to {last}", first=str(first), last=str(last)))


@rule
def directives(draft: Draft) -> Iterator[Issue]:
    """A directive applies in some quarter of the horizon."""
    calendar = draft.calendar
    if calendar is None:
        return
    for line in draft.lines(e.Directive, "from_", "until"):
        begin, end = line.row.from_, line.row.until
        if begin is not None and end is not None and end < begin:
            continue  # reported as such
        if begin is not None and calendar.time(begin) >= calendar.length:
            yield line.issue(IDLE, "from_", t("up to {last}", last=calendar.at(calendar.length - 1)))
        elif end is not None and calendar.time(end) < 0:
            yield line.issue(IDLE, "until", t("from {first} on", first=calendar.start))
