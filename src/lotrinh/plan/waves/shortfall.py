"""Why deadlines cannot all be held: items that cannot be done by theirs, and the least capacity that is short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotrinh.base.text import Text, t
from lotrinh.plan.waves.problem import Problem
from lotrinh.register.sheets import ALL, MONEY

Ints = NDArray[np.int64]

LEAST = 1e-6


@dataclass(frozen=True)
class Short:
    """What is short: person-quarters of a team's skill in a quarter, or millions in a year (`period`)."""

    team: str
    skill: str
    period: str
    amount: float

    def text(self) -> Text:
        """Return it as a sentence."""
        who = t("all teams together") if self.team == ALL else self.team
        if self.skill == MONEY:
            return t(
                "{period}: {amount} million short, {team}", period=self.period, amount=round(self.amount, 4), team=who
            )
        return t(
            "{period}: {amount} person-quarters of {skill} short, {team}",
            period=self.period,
            amount=round(self.amount, 4),
            skill=self.skill,
            team=who,
        )


def impossible(problem: Problem) -> Ints:
    """Return the nodes for which no quarter is allowed, whatever the others do."""
    return np.flatnonzero(problem.allowed == 0)


def shortfall(problem: Problem) -> list[Short] | None:
    """Return the least that is short, each amount as a share of its mean capacity; empty where nothing is provably so.

    A linear programme over nodes that are alike, in which work may be split: what is short there is short in every
    schedule. None where a node has no allowed quarter at all.
    """
    import highspy

    p, limits = problem, len(problem.has.amounts)
    if len(impossible(p)):
        return None
    cells, counts = np.unique(np.stack([p.classes.astype(np.uint64), p.allowed]), axis=1, return_counts=True)
    starts, index, value = [0], [], []
    for cell in range(cells.shape[1]):
        cls = int(cells[0, cell])
        entries = range(p.used.pointers[cls], p.used.pointers[cls + 1])
        for time in range(p.horizon + 1):
            if not (int(cells[1, cell]) >> time) & 1:
                continue
            use: dict[int, float] = {}
            for k in entries if time < p.horizon else ():
                b = int(p.has.buckets[p.used.resource[k], time - p.used.offset[k]])
                use[b] = use.get(b, 0.0) + float(p.used.amount[k])
            index.extend([*use, limits + cell])
            value.extend([*use.values(), 1.0])
            starts.append(len(index))
    columns = len(starts) - 1
    index.extend(range(limits))
    value.extend([-1.0] * limits)
    starts.extend(range(starts[-1] + 1, starts[-1] + limits + 1))
    owner = owners(p)
    mean = np.bincount(owner, p.has.amounts) / np.maximum(1, np.bincount(owner))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns + limits, limits + len(counts)
    lp.col_cost_ = np.concatenate([np.zeros(columns), 1.0 / np.maximum(mean[owner], 1e-6)])
    lp.col_lower_, lp.col_upper_ = np.zeros(columns + limits), np.full(columns + limits, highspy.kHighsInf)
    lp.row_lower_ = np.concatenate([np.full(limits, -highspy.kHighsInf), counts.astype(float)])
    lp.row_upper_ = np.concatenate([p.has.amounts, counts.astype(float)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(starts, np.int32), np.array(index, np.int32)
    lp.a_matrix_.value_ = np.array(value)
    highs = highspy.Highs()
    highs.silent()
    highs.passModel(lp)
    highs.run()
    short = np.array(highs.getSolution().col_value)[columns:]
    return [
        Short(p.has.names[owner[b]][0], p.has.names[owner[b]][1], period(p, b), float(short[b]))
        for b in np.flatnonzero(short > LEAST * (1.0 + p.has.amounts)).tolist()
    ]


def owners(problem: Problem) -> Ints:
    """Return the resource of each capacity."""
    owner = np.zeros(len(problem.has.amounts), np.int64)
    for r, row in enumerate(problem.has.buckets):
        owner[row] = r
    return owner


def period(problem: Problem, bucket: int) -> str:
    """Return the quarter of a capacity, or the year where it is money."""
    r, time = (int(found[0]) for found in np.nonzero(problem.has.buckets == bucket))
    quarter = problem.calendar.at(time)
    return str(quarter.year) if problem.has.names[r][1] == MONEY else str(quarter)
