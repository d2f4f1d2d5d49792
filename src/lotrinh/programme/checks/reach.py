"""What no plan can do: modes that never fit, levels that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._graph import in_order, reachable
from lotrinh.programme.checks._outline import Outline, outline
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NEVER_FITS = IssueKind(
    "P401",
    "a mode that can never be used",
    "Shorten its duration, widen the start window of its project, lengthen the horizon, or delete the mode.",
)
UNREACHABLE = IssueKind(
    "P402",
    "a level that no plan can reach before it is needed",
    "Lower the level, add gains of other projects, or strengthen what the capability rests on. Gains of projects that "
    "come after this one do not count.",
)
TOP = 5.0
TOLERANCE = 1e-6


@rule
def windows(draft: Draft) -> Iterator[Issue]:
    """A mode fits between the earliest and the latest start, and into the horizon."""
    calendar = draft.calendar
    if calendar is None or not draft.whole(e.Lock, "project"):
        return
    locked = {line.row.project for line in draft.lines(e.Lock, "project")}
    for line in draft.lines(e.Mode, "project", "duration"):
        project = draft.find(e.Project, line.row.project, "earliest", "latest")
        if project is None or line.row.project in locked:
            continue
        earliest, latest = project.row.earliest, project.row.latest
        first = max(0, calendar.time(earliest)) if earliest is not None else 0
        last = min(calendar.length - 1, calendar.time(latest)) if latest is not None else calendar.length - 1
        if first <= last and first + line.row.duration > calendar.length:
            expected = t(
                "quarters: at most {quarters}, from {first} to the end of the horizon",
                quarters=calendar.length - first,
                first=calendar.at(first),
            )
            yield line.issue(NEVER_FITS, "duration", expected)


@rule
def prerequisites(draft: Draft) -> Iterator[Issue]:
    """Every level that a project needs can be reached in the best of cases.

    The bound is the level at the start and the best of what every project can add that need not come after the
    project itself, without losses or failures, held down by what the capability rests on.
    """
    known = (
        draft.whole(e.Gain, "project", "capability", "levels")
        and draft.whole(e.Foundation, "capability", "rests_on", "weight")
        and draft.whole(e.Capability, "capability", "level_start")
    )
    plan = outline(draft, "gain_factor") if known else None
    if plan is None:
        return
    rests: dict[str, dict[str, float]] = {id: {} for id in draft.ids("capabilities")}
    for line in draft.lines(e.Foundation, "capability", "rests_on", "weight"):
        rests[line.row.capability][line.row.rests_on] = line.row.weight
    order = in_order({capability: list(below) for capability, below in rests.items()})
    if order is None:
        return
    before: dict[str, list[str]] = {}
    for project, links in plan.links.items():
        for predecessor in links:
            before.setdefault(predecessor, []).append(project)
    gains = _best_gains(draft, plan)
    usable: dict[str, dict[str, float]] = {}
    for need in draft.lines(e.Prerequisite, "project", "capability", "level"):
        project, capability = need.row.project, need.row.capability
        if project not in plan.projects or project in plan.locks or capability not in rests:
            continue
        if project not in usable:
            late = reachable(before, project) | {project}
            levels = {
                id: line.row.level_start + sum(gain for name, gain in gains.get(id, {}).items() if name not in late)
                for id, line in draft.ids("capabilities").items()
            }
            usable[project] = _held_down(levels, rests, order)
        best = usable[project][capability]
        if need.row.level > best + TOLERANCE:
            expected = t("at most {level}, the best that can be had of {capability} before {project} starts",
                         level=round(best, 4), capability=capability, project=project)  # fmt: skip
            yield need.issue(UNREACHABLE, "level", expected)


def _best_gains(draft: Draft, plan: Outline) -> Mapping[str, Mapping[str, float]]:
    """Return for each capability what each project adds in its best mode."""
    factor = {
        project: max(line.row.gain_factor for line in modes) for project, modes in plan.modes.items()
    }  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for line in draft.lines(e.Gain, "project", "capability", "levels"):
        gain = line.row.levels * factor.get(line.row.project, 1.0)
        found.setdefault(line.row.capability, {})[line.row.project] = gain
    return found


def _held_down(
    levels: Mapping[str, float], rests: Mapping[str, Mapping[str, float]], order: tuple[str, ...]
) -> dict[str, float]:
    """Return usable levels: at most the level itself, the top of the scale, and what each foundation carries."""
    usable: dict[str, float] = {}
    for capability in order:
        carried = [usable[below] / weight for below, weight in rests[capability].items()]
        usable[capability] = min(TOP, levels[capability], *carried)
    return usable
