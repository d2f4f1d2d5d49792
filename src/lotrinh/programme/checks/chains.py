"""What must be in every plan fits into the horizon and into the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._graph import in_order, reachable
from lotrinh.programme.checks._outline import Outline, outline
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft, Line

TOO_LATE = IssueKind(
    "P403",
    "a mandatory project that can never be done in time",
    "Shorten the chain of projects before it, widen its start window, lengthen the horizon, or make it optional.",
)
NEVER = IssueKind(
    "P404",
    "a project that can never be done in time",
    "Shorten the chain of projects before it, widen its start window, or lengthen the horizon; no plan can choose it.",
    severity="warning",
)
TOO_DEAR = IssueKind(
    "P405",
    "a mandatory project that the budget can never pay for",
    "Raise the budget of the scenario, lower the costs of the projects named, or make the project optional.",
)
ALL_TOO_DEAR = IssueKind(
    "P406",
    "mandatory projects that the budget can never pay for together",
    "Raise the budget of the scenario, or make some of the projects optional.",
)
TOLERANCE = 1e-6


@rule
def times(draft: Draft) -> Iterator[Issue]:
    """A project can start after the shortest way through all that comes before it, and still end in time."""
    plan = outline(draft, "duration")
    order = in_order({project: list(links) for project, links in plan.links.items()}) if plan else None
    if plan is None or order is None:
        return
    ends: dict[str, int] = {}
    route: dict[str, str] = {}
    late: dict[str, bool] = {}  # whether an error says so already
    for project in order:
        modes = plan.modes.get(project, ())
        shortest = min((line.row.duration for line in modes), default=1)
        if project in plan.locks:
            ends[project] = plan.start(project) + shortest
            if not 0 < ends[project] <= plan.calendar.length:
                late[project] = True  # another rule says so
            continue
        line = plan.projects[project]
        first, last = _window(plan, line.row, shortest)
        ready = {name: ends[name] + lag for name, lag in plan.links[project].items()}
        slowest = max(ready, key=lambda name: ready[name], default="")
        start = max(first, ready.get(slowest, 0))
        ends[project] = start + shortest
        route[project] = slowest if slowest and ready[slowest] > first else ""
        if first > last:
            late[project] = True  # by itself: another rule says so
            continue
        behind = [name for name in ready if name in late]
        if start <= last and not behind:
            continue
        late[project] = line.row.mandatory or any(late[name] for name in behind)
        if not behind or (line.row.mandatory and not any(late[name] for name in behind)):
            expected = t(
                "a start by {last}; the chain allows none before {start}",
                last=plan.calendar.at(last),
                start=plan.calendar.at(start),
            )
            kind = TOO_LATE if line.row.mandatory else NEVER
            yield line.issue(kind, "project", expected, value=_route(route, project))


def _window(plan: Outline, project: e.Project, shortest: int) -> tuple[int, int]:
    """Return the first and last start that the project's own window and the horizon allow."""
    calendar = plan.calendar
    first = 0 if project.earliest is None else max(0, calendar.time(project.earliest))
    last = calendar.length - shortest
    return first, last if project.latest is None else min(last, calendar.time(project.latest))


def _route(route: Mapping[str, str], project: str) -> str:
    """Return the chain that leads to a project, first to last."""
    names = [project]
    while route.get(names[-1]):
        names.append(route[names[-1]])
    return " → ".join(reversed(names))


@rule
def money(draft: Draft) -> Iterator[Issue]:
    """Every scenario can pay for the cheapest way of what must be done, alone and together."""
    plan = outline(draft, "duration", "cost_likely", "cost_trend")
    if plan is None:
        return
    waits = {project: list(links) for project, links in plan.links.items()}
    needed = {
        project: {project} | reachable(waits, project)
        for project, line in plan.projects.items()
        if line.row.mandatory or project in plan.locks
    }
    least = {project: plan.costs(project)[0] for project in plan.projects}
    for name, (line, total) in _totals(draft, plan).items():
        alone = False
        limit = t("at most {total}, all of the budget of scenario {name}", total=round(total, 6), name=name)
        for project, names in needed.items():
            cost = sum(least[other] for other in sorted(names))
            if cost > total + TOLERANCE:
                alone = True
                value = f"{cost:.6g} ({', '.join(sorted(names))})"
                yield plan.projects[project].issue(TOO_DEAR, "project", limit, value=value)
        everything = sorted(set[str]().union(*needed.values()))
        cost = sum(least[project] for project in everything)
        if cost > total + TOLERANCE and not alone:
            yield line.issue(ALL_TOO_DEAR, "scenario", limit, value=f"{cost:.6g} ({', '.join(everything)})")


def _totals(draft: Draft, plan: Outline) -> Mapping[str, tuple[Line[e.Budget], float]]:
    """Return the first line of each scenario with a budget for every year, and all that may be committed in it."""
    settings = draft.settings
    found: dict[str, tuple[Line[e.Budget], float]] = {}
    if settings is None or "over_programming" in settings.unknown:
        return found
    for name, lines in draft.groups(e.Budget, "scenario", "year", "amount").items():
        amounts = {line.row.year: line.row.amount for line in lines}
        if all(year in amounts for year in plan.calendar.years):
            total = sum(amounts[year] for year in plan.calendar.years)
            found[name] = (lines[0], total * settings.row.over_programming)
    return found
