"""People: pools, loss, and the flows that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lotrinh.measures.quantities.horizon import Floats, Horizon, Ints, quarterly


@dataclass(frozen=True)
class Intake:
    """Every (flow, skill, year) into which people may enter: the columns ``n[w,s,year]``.

    Attributes
    ----------
    flow, skill, year: positions, shape (N,); `entry` is the quarter of entry.
    most: most entrants.
    """

    flow: Ints
    skill: Ints
    year: Ints
    entry: Ints
    most: Floats


class Staff(Horizon):
    """What is known of the programme's people."""

    @cached_property
    def loss(self) -> Floats:
        """Quarterly loss λ of each skill, shape (S,)."""
        return quarterly(np.array([row.loss for row in self.programme.skills]))

    @cached_property
    def people_start(self) -> Floats:
        """People of each skill at the start, shape (S,)."""
        return np.array([row.people_start for row in self.programme.skills], dtype=float)

    @cached_property
    def people_drift(self) -> Floats:
        """People who come or go by themselves at each state, whatever a plan decides; none here, (S, T+1)."""
        return np.zeros((len(self.programme.skills), self.horizon + 1))

    @cached_property
    def mode_people(self) -> tuple[Ints, Ints, Floats]:
        """(mode, skill, FTE) needed in every quarter at work."""
        p = self.programme
        return (
            np.array([p.modes.position(row.mode) for row in p.mode_skills], dtype=np.int64),
            np.array([p.skills.position(row.skill) for row in p.mode_skills], dtype=np.int64),
            np.array([row.fte for row in p.mode_skills], dtype=float),
        )

    @cached_property
    def intake(self) -> Intake:
        """Every (flow, skill, year) into which people may enter."""
        p = self.programme
        rows = [
            (
                p.training.position(row.flow),
                p.skills.position(row.skill),
                y,
                self.calendar.first_time(year),
                row.intake_max,
            )
            for row in p.training_skills
            for y, year in enumerate(self.years)
        ]
        table = np.array(rows, dtype=float).reshape(-1, 5)
        flow, skill, year, entry = (table[:, i].astype(np.int64) for i in range(4))
        return Intake(flow, skill, year, entry, table[:, 4])

    @cached_property
    def joining(self) -> list[tuple[Ints, Floats]]:
        """(quarters after entry, FTE that those of one entrant who complete and stay then add) of each flow."""
        profile: dict[str, list[tuple[int, float]]] = {}
        for row in self.programme.training_profile:
            profile.setdefault(row.flow, []).append((row.after, row.share))
        found = []
        for flow in self.programme.training:
            after, share = zip(*sorted(profile.get(flow.flow, [(flow.duration, 1.0)])), strict=True)
            found.append((np.array(after, dtype=np.int64), np.array(share) * flow.counts))
        return found

    @cached_property
    def intake_joins(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, FTE) that one entrant adds to the pool at a quarter from 1 to T."""
        index, quarter, fte = self._intake_rows(self.joining, self.horizon + 1)
        return index, quarter, fte * self.intake_completes[index]

    @cached_property
    def intake_completes(self) -> Floats:
        """Share of the entrants of each intake who complete and stay, shape (N,)."""
        flows = self.programme.training
        return np.array([flow.completion * flow.retention for flow in flows], dtype=float)[self.intake.flow]

    @cached_property
    def intake_teaching(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, FTE) of teaching that one entrant needs while training."""
        flows = self.programme.training
        return self._intake_rows(
            [(np.arange(f.duration), np.full(f.duration, f.teachers)) for f in flows], self.horizon
        )

    @cached_property
    def intake_spend(self) -> tuple[Ints, Ints, Floats]:
        """(intake, quarter, millions) that one entrant costs while training."""
        flows = self.programme.training
        return self._intake_rows(
            [(np.arange(f.duration), np.full(f.duration, f.cost / f.duration)) for f in flows], self.horizon
        )

    def _intake_rows(self, profile: Sequence[tuple[Ints, Floats]], until: int) -> tuple[Ints, Ints, Floats]:
        """Lay the profile of its flow from the entry of every intake on; cut at `until` and drop zeros."""
        intake = self.intake
        index: list[Ints] = [np.empty(0, dtype=np.int64)]
        quarter: list[Ints] = [np.empty(0, dtype=np.int64)]
        amount: list[Floats] = [np.empty(0)]
        for i, (flow, entry) in enumerate(zip(intake.flow, intake.entry, strict=True)):
            after, value = profile[flow]
            keep = (entry + after < until) & (value != 0)
            index.append(np.full(int(keep.sum()), i, dtype=np.int64))
            quarter.append(entry + after[keep])
            amount.append(value[keep])
        return np.concatenate(index), np.concatenate(quarter), np.concatenate(amount)
