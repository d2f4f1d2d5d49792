"""What can be done with the suppliers that stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._outline import Outline, outline
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NO_WAY = IssueKind(
    "P409",
    "a mandatory project that relies on suppliers that are gone, in every mode",
    "Add a mode that relies less on them, let it start earlier, raise goes_on_without, or make it optional.",
)
NO_WAY_LEFT = IssueKind(
    "P410",
    "a project that relies on suppliers that are gone, in every mode",
    "Add a mode that relies less on them, let it start earlier, or raise goes_on_without; no plan can choose it.",
    severity="warning",
)
RUNS_ON = IssueKind(
    "P411",
    "a locked project relies on suppliers that are gone",
    "It is planned as if they went on supplying it: check that it can, or take out its lock.",
    severity="warning",
)
ROUNDING = 1e-9

Lost = Mapping[str, Mapping[Quarter, float]]
"""By mode, the share that relies on suppliers that end, by their last quarter."""


@rule
def suppliers(draft: Draft) -> Iterator[Issue]:
    """A project can be done in some mode without the suppliers that are gone by its end."""
    plan, settings = outline(draft, "duration"), draft.settings
    if plan is None or settings is None or "goes_on_without" in settings.unknown:
        return
    limit = settings.row.goes_on_without
    lost = _lost(draft)
    for project, line in plan.projects.items():
        least = _least_lost(plan, project, lost)
        if least is None or least <= limit + ROUNDING:
            continue
        expected = t("at most {limit}, the goes_on_without of the programme", limit=limit)
        if project in plan.locks:
            yield plan.locks[project].issue(RUNS_ON, "mode", expected, value=f"{least:.6g}")
        else:
            kind = NO_WAY if line.row.mandatory else NO_WAY_LEFT
            yield line.issue(kind, "project", expected, value=f"{least:.6g}")


def _lost(draft: Draft) -> Lost:
    """Return the share of each mode that goes with the suppliers that end; nothing where part of it is unknown."""
    if not draft.whole(e.Supplier, "supplier", "until") or not draft.whole(e.Reliance, "mode", "supplier", "share"):
        return {}
    ends = {line.row.supplier: line.row.until for line in draft.lines(e.Supplier, "supplier", "until")}
    found: dict[str, dict[Quarter, float]] = {}
    for line in draft.lines(e.Reliance, "mode", "supplier", "share"):
        end = ends.get(line.row.supplier)
        if end is not None:
            shares = found.setdefault(line.row.mode, {})
            shares[end] = shares.get(end, 0.0) + line.row.share
    return found


def _least_lost(plan: Outline, project: str, lost: Lost) -> float | None:
    """Return the least share that is gone before a project ends, over its modes; None where no mode fits in time."""
    calendar, row = plan.calendar, plan.projects[project].row
    found = []
    for line in plan.modes.get(project, ()):
        mode = line.row
        if project in plan.locks:
            last = plan.start(project) + mode.duration - 1
        else:
            first = 0 if row.earliest is None else max(0, calendar.time(row.earliest))
            latest = calendar.length - mode.duration
            if first > latest or (row.latest is not None and first > calendar.time(row.latest)):
                continue
            last = first + mode.duration - 1
        found.append(sum(share for end, share in lost.get(mode.mode, {}).items() if calendar.time(end) < last))
    return min(found, default=None)
