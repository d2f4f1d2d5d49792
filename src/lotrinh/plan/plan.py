"""A plan: what was decided, the path it leads to, how good it provably is, and the file that carries all of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lotrinh.base.files import write_whole
from lotrinh.base.version import VERSION
from lotrinh.measures.frames import frame
from lotrinh.measures.paths import Decisions, Paths
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.scorecard import Verdict, scorecard
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.programme import Programme

if TYPE_CHECKING:
    import polars

FORMAT = "lotrinh-plan-2"


@dataclass(frozen=True)
class Plan:
    """A verified plan of one programme under one budget scenario.

    Attributes
    ----------
    status: ``optimal`` where the proven gap is within the gap asked for, else ``feasible``.
    objective, bound: weighted level-years of the plan, and what no plan exceeds, as the solver certifies it.
    seconds: time of the whole search.
    solver: name and version.
    paths: the course of every quantity.
    """

    programme: Programme
    settings: PlanSettings
    decisions: Decisions
    status: str
    objective: float
    bound: float
    seconds: float
    solver: str
    paths: Paths = field(repr=False)

    @property
    def quantities(self) -> Quantities:
        """The programme's arrays under the plan's budget scenario."""
        return self.paths.quantities

    @property
    def gap(self) -> float:
        """Proven gap as a share of the bound: 0.01 is 1 %."""
        return max(0.0, self.bound - self.objective) / max(abs(self.bound), 1e-12)

    @property
    def fields_opened(self) -> tuple[str, ...]:
        """Fields in which at least one project runs, in the order of the data."""
        q = self.quantities
        opened = set(q.project_field[q.options.project[self.decisions.chosen]].tolist())
        return tuple(row.field for f, row in enumerate(self.programme.fields) if f in opened)

    @property
    def refused(self) -> tuple[str, ...]:
        """Projects that the plan leaves out."""
        return tuple(row.project for p, row in enumerate(self.programme.projects) if self.decisions.option[p] < 0)

    def projects(self) -> list[dict[str, Any]]:
        """Return project, mode, kind, start, end, field, chance and cost of every chosen project, by start."""
        q, found = self.quantities, []
        for x in self.decisions.chosen:
            project = self.programme.projects[int(q.options.project[x])]
            mode = self.programme.modes[int(q.options.mode[x])]
            found.append(
                {
                    "project": project.project,
                    "mode": mode.mode,
                    "kind": mode.kind,
                    "start": str(q.calendar.at(int(q.options.start[x]))),
                    "end": str(q.calendar.at(int(q.options.end[x]) - 1)),
                    "field": project.field,
                    "chance": round(float(q.options.chance[x]), 6),
                    "cost": round(float(q.options.cost[x]), 6),
                }
            )
        return sorted(found, key=lambda row: (_quarter_key(row["start"]), row["project"]))

    def entrants(self) -> list[dict[str, Any]]:
        """Return flow, skill, year and people of every intake that takes anyone in."""
        q, intake = self.quantities, self.quantities.intake
        return [
            {
                "flow": self.programme.training.ids[intake.flow[i]],
                "skill": self.programme.skills.ids[intake.skill[i]],
                "year": q.years[intake.year[i]],
                "people": int(self.decisions.entrants[i]),
            }
            for i in np.flatnonzero(self.decisions.entrants > 0)
        ]

    def purchases(self) -> list[dict[str, Any]]:
        """Return equipment, place, year and units of every purchase."""
        q, sites = self.quantities, self.quantities.sites
        return [
            {
                "equipment": self.programme.equipment.ids[sites.equipment[i]],
                "place": self.programme.places.ids[sites.place[i]],
                "year": q.years[y],
                "units": int(self.decisions.bought[i, y]),
            }
            for i, y in zip(*np.nonzero(self.decisions.bought), strict=True)
        ]

    def migration(self) -> list[dict[str, Any]]:
        """Return items, those migrated, first and last quarter of work and exposure removed of every class."""
        q, removed = self.quantities, self.quantities.exposure_rate * self.paths.migrated[0]
        found = []
        for a, row in enumerate(self.programme.migration):
            works = np.flatnonzero(self.decisions.migrated[a])
            done = self.paths.migrated[0, a, -1]
            first, last = (str(q.calendar.at(int(works[at]))) if len(works) else None for at in (0, -1))
            found.append(
                {
                    "migration": row.migration,
                    "risk": row.risk,
                    "items": row.items,
                    "migrated": round(float(done), 6),
                    "first": first,
                    "last": last,
                    "done": last if done >= row.items - 1e-6 else None,
                    "exposure_removed": round(float(removed[a, :-1].sum()), 6),
                    "exposure_without": round(float(q.exposure_rate[a, :-1].sum() * row.items), 6),
                }
            )
        return found

    def summary(self) -> dict[str, Any]:
        """Return the plan as plain data: what ``lotrinh plan --json`` prints."""
        q = self.quantities
        spend = np.bincount(q.year_of, weights=self.paths.money[0], minlength=len(q.years))
        return {
            "status": self.status,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "seconds": self.seconds,
            "fingerprint": self.programme.fingerprint,
            "solver": self.solver,
            "budget": q.scenario,
            "changes": [change.as_dict() for change in self.programme.changes],
            "settings": asdict(self.settings),
            "fields_opened": list(self.fields_opened),
            "projects": self.projects(),
            "refused": list(self.refused),
            "entrants": self.entrants(),
            "purchases": self.purchases(),
            "directives": [
                {
                    "directive": found.directive.directive,
                    "rule": found.directive.rule,
                    "kind": found.directive.kind,
                    "measure": _plain(float(found.measure[0])),
                    "error": _plain(float(found.error[0])),
                    "comparison": found.directive.comparison,
                    "threshold": found.directive.threshold,
                    "held": bool(found.held[0]),
                    "margin": _plain(float(found.margin[0])),
                }
                for found in self.directives()
            ],
            "migration": self.migration(),
            "spend": {str(year): round(float(amount), 6) for year, amount in zip(q.years, spend, strict=True)},
            "levels": [
                {
                    "capability": row.capability,
                    "start": row.level_start,
                    "end": round(float(self.paths.usable[0, k, -1]), 6),
                    "target": row.target,
                }
                for k, row in enumerate(self.programme.capabilities)
            ],
        }

    def directives(self) -> list[Verdict]:
        """Return how every directive fares in the plan."""
        return scorecard(self.paths)

    def table(self, measure: str) -> polars.DataFrame:
        """Return one measure of the plan as a long table; see `lotrinh.measures` for the names."""
        return frame(measure, self.paths)

    def save(self, path: Path | str) -> None:
        """Write the plan to `path`, whole or not at all. The file carries its programme and can be read anywhere."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            **self.summary(),
            "restored": {
                row.capability: self.decisions.restored[k].tolist() for k, row in enumerate(self.programme.capabilities)
            },
            "migrated": {
                row.migration: self.decisions.migrated[a].tolist() for a, row in enumerate(self.programme.migration)
            },
            "programme": [
                {
                    "name": table.name,
                    "part": table.part,
                    "upright": table.upright,
                    "header": table.header,
                    "rows": table.rows,
                }
                for table in self.programme.raw.tables
            ],
        }
        write_whole(Path(path), json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _plain(number: float) -> float | None:
    """Return a number as JSON has it: none where it is infinite."""
    return round(number, 9) if np.isfinite(number) else None


def _quarter_key(text: str) -> tuple[int, int]:
    year, quarter = text.split("Q")
    return int(year), int(quarter)
