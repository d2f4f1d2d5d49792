"""Which projects wait for which, with which modes: what the rules on reach share.

A locked project keeps its mode and start, whatever it would otherwise wait for, so it waits for nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lotrinh.base.calendar import QUARTERS_PER_YEAR, Calendar
from lotrinh.programme import entities as e
from lotrinh.programme.draft import Draft, Line


@dataclass(frozen=True, slots=True)
class Outline:
    """Projects, links and modes of a draft.

    Attributes
    ----------
    modes: modes of each project; of a locked one only the mode that it is locked to.
    links: what each project waits for, with the lag; nothing for a locked project.
    locks: lines of the locked projects.
    """

    calendar: Calendar
    projects: Mapping[str, Line[e.Project]]
    modes: Mapping[str, Sequence[Line[e.Mode]]]
    links: Mapping[str, Mapping[str, int]]
    locks: Mapping[str, Line[e.Lock]]

    def start(self, project: str) -> int:
        """Return the time at which a locked project starts."""
        return self.calendar.time(self.locks[project].row.start)

    def costs(self, project: str) -> tuple[float, float]:
        """Return the least and the most that a project can cost within the horizon, or zeros where it has no mode."""
        if project in self.locks:
            return self._locked_cost(project)
        found: list[float] = []
        for line in self.modes.get(project, ()):
            mode = line.row
            latest = max(0, self.calendar.length - mode.duration)
            found += [mode.cost_likely, mode.cost_likely * (1 + mode.cost_trend) ** (latest / QUARTERS_PER_YEAR)]
        return (min(found), max(found)) if found else (0.0, 0.0)

    def _locked_cost(self, project: str) -> tuple[float, float]:
        """Return the cost of a locked project; of one that began before the horizon the least is not known, so 0."""
        start = self.start(project)
        costs = [
            line.row.cost_likely * (1 + line.row.cost_trend) ** (max(0, start) / QUARTERS_PER_YEAR)
            for line in self.modes.get(project, ())
        ]
        return (min(costs) if costs and start >= 0 else 0.0, max(costs, default=0.0))


def outline(draft: Draft, *of_modes: str) -> Outline | None:
    """Return the outline of a draft, or None where part of it is unknown; `of_modes` are attributes of modes needed."""
    known = (
        draft.calendar is not None
        and draft.whole(e.Project, "project", "earliest", "latest", "mandatory", "field")
        and draft.whole(e.ProjectLink, "project", "predecessor", "lag")
        and draft.whole(e.Lock, "project", "mode", "start")
        and draft.whole(e.Mode, "mode", "project", *of_modes)
    )
    if not known or draft.calendar is None:
        return None
    locks = {line.row.project: line for line in draft.lines(e.Lock, "project", "mode", "start")}
    modes: dict[str, list[Line[e.Mode]]] = {}
    for mode in draft.lines(e.Mode, "mode", "project", *of_modes):
        lock = locks.get(mode.row.project)
        if lock is None or lock.row.mode == mode.row.mode:
            modes.setdefault(mode.row.project, []).append(mode)
    if any(project not in modes for project in locks):
        return None  # a lock names a mode of another project
    projects = dict(draft.ids("projects"))
    links: dict[str, dict[str, int]] = {project: {} for project in projects}
    for link in draft.lines(e.ProjectLink, "project", "predecessor", "lag"):
        if link.row.project not in locks and link.row.project != link.row.predecessor:
            links[link.row.project][link.row.predecessor] = link.row.lag
    return Outline(draft.calendar, projects, modes, links, locks)
