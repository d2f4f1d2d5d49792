"""The programme as one frozen value: every table, checked, in canonical units."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from lotrinh.base.calendar import Calendar, Quarter
from lotrinh.programme import entities as e
from lotrinh.programme.change import Change
from lotrinh.programme.columns import Entity
from lotrinh.tables.raw import RawTables

R = TypeVar("R")


class Table(Sequence[R], Generic[R]):
    """The rows of one table in the order of the data; rows with an id are found by it."""

    def __init__(self, rows: Sequence[R] = (), id_column: str = "") -> None:
        self._rows = tuple(rows)
        self._by_id: Mapping[str, int] = (
            {getattr(row, id_column): position for position, row in enumerate(self._rows)} if id_column else {}
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rows, in order; empty where rows have none."""
        return tuple(self._by_id)

    def of(self, id: str) -> R:
        """Return the row whose id is `id`; `KeyError` where there is none."""
        return self._rows[self._by_id[id]]

    def position(self, id: str) -> int:
        """Return the position of the row whose id is `id`; `KeyError` where there is none."""
        return self._by_id[id]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[R, ...]: ...
    def __getitem__(self, index: int | slice) -> R | tuple[R, ...]:
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return f"<Table of {len(self)} rows>"


@dataclass(frozen=True, kw_only=True)
class Programme:
    """Everything a plan needs to know about one national programme.

    `raw` keeps the cells as they were read, so that a plan file can carry its programme along; `changes` says by which
    what-if changes it came about.
    """

    settings: e.Settings
    goals: Table[e.Goal]
    fields: Table[e.Field]
    capabilities: Table[e.Capability]
    capability_goals: Table[e.CapabilityGoal]
    foundations: Table[e.Foundation]
    frontier: Table[e.Frontier]
    places: Table[e.Location]
    organisations: Table[e.Organisation]
    projects: Table[e.Project]
    project_goals: Table[e.ProjectGoal]
    project_partners: Table[e.ProjectPartner]
    project_links: Table[e.ProjectLink]
    modes: Table[e.Mode]
    gates: Table[e.Gate]
    gains: Table[e.Gain]
    mode_skills: Table[e.ModeSkill]
    mode_equipment: Table[e.ModeEquipment]
    prerequisites: Table[e.Prerequisite]
    suppliers: Table[e.Supplier]
    reliance: Table[e.Reliance]
    skills: Table[e.Skill]
    training: Table[e.Training]
    training_profile: Table[e.TrainingProfile]
    training_skills: Table[e.TrainingSkill]
    equipment: Table[e.Equipment]
    equipment_stock: Table[e.EquipmentStock]
    equipment_supply: Table[e.EquipmentSupply]
    budget: Table[e.Budget]
    migration: Table[e.Migration]
    migration_skills: Table[e.MigrationSkill]
    threat: Table[e.Threat]
    directives: Table[e.Directive]
    comparables: Table[e.Comparable]
    kpis: Table[e.Kpi]
    locks: Table[e.Lock]
    uncertain: Table[e.Uncertain]
    sources: Table[e.Source]
    raw: RawTables = dataclasses.field(compare=False, repr=False)
    changes: tuple[Change, ...] = dataclasses.field(default=(), compare=False, repr=False)

    @cached_property
    def calendar(self) -> Calendar:
        """The horizon in calendar quarters."""
        return Calendar(self.settings.start, self.settings.quarters)

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the budget scenarios, in the order of the data."""
        return tuple(dict.fromkeys(row.scenario for row in self.budget))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every value in canonical units; neither row order nor the file format changes it."""
        digest = hashlib.sha256()
        for name, entity in Entity.registry.items():
            rows = (self.settings,) if name == "programme" else getattr(self, name)
            lines = sorted(json.dumps([_plain(getattr(row, field)) for field in _fields(entity)]) for row in rows)
            digest.update(f"{name}\n".encode())
            digest.update("\n".join(lines).encode())
        return digest.hexdigest()


def _fields(entity: Entity) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(entity.row))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Quarter) else value
