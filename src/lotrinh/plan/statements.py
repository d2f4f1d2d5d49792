"""What a directive demands, as linear expressions that must not be negative, and as rows of the form.

A rule of ``plan/directives`` returns `Statement` values; this file turns them into rows: as they are for a hard
directive, with a priced shortfall for a soft one: one for all its statements, the largest, as the measure of such a
rule is the worst of several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from lotrinh.base.issues import UsageError
from lotrinh.base.registry import entries
from lotrinh.base.text import t
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

MOST = 1e6
"""Largest shortfall of a soft directive, so that no column is without a bound."""


@dataclass(frozen=True)
class Statement:
    """A linear expression that must not be negative: ``values · columns + constant ≥ 0``.

    `about` names what it speaks of where a directive demands several; `unit` is how much of the expression makes one
    unit of the rule's measure, so that a shortfall can be priced.
    """

    columns: Ints
    values: Floats
    constant: float = 0.0
    about: str = ""
    unit: float = 1.0


@cache
def rules() -> dict[str, ModuleType]:
    """Return every rule by its id, the name of its file."""
    return entries("lotrinh.plan.directives")


def demand(
    directive: Directive,
    columns: ArrayLike,
    values: ArrayLike,
    constant: float = 0.0,
    of: ArrayLike | None = None,
    about: str = "",
    unit: float = 1.0,
) -> Statement:
    """Return that an amount compares with the threshold as the directive says.

    With `of` the amount is a share: ``values·x`` of ``of·x``, and `unit` is the whole against which a shortfall counts.
    """
    value = np.asarray(values, dtype=float)
    sign = 1.0 if directive.comparison == ">=" else -1.0
    if of is not None:
        value, constant = value - directive.threshold * np.asarray(of, dtype=float), 0.0
    else:
        constant -= directive.threshold
    column, value = np.broadcast_arrays(np.asarray(columns), value)
    return Statement(column.ravel().astype(np.int64), sign * value.ravel(), sign * constant, about, unit)


def share(part: Floats, whole: Floats, empty: float) -> Floats:
    """Return part of whole, or `empty` where there is no whole."""
    there = np.asarray(whole) > 0
    return np.where(there, part / np.where(there, whole, 1.0), empty)


def of_nothing(directive: Directive) -> float:
    """Return the share that counts where there is nothing to share: the one that holds, as the rows then do."""
    return 1.0 if directive.comparison == ">=" else 0.0


def state_at(q: Quantities, directive: Directive) -> int:
    """Return the state (0 to T) at which a directive is judged: the end of its last quarter, or of the horizon."""
    if directive.until is None:
        return q.horizon
    return int(np.clip(q.calendar.time(directive.until) + 1, 0, q.horizon))


def add_rows(build: Builder, q: Quantities, v: Variables) -> tuple[Ints, Floats]:
    """Add the rows of every hard and soft directive; return the columns of shortfalls and their prices.

    Raises
    ------
    UsageError
        If a directive is hard or soft but its rule, for that scope and comparison, can only be watched.
    """
    columns: list[Ints] = [np.empty(0, dtype=np.int64)]
    prices: list[Floats] = [np.empty(0)]
    for directive in q.programme.directives:
        if directive.kind == "watch":
            continue
        rule = rules()[directive.rule]
        statements: Sequence[Statement] | None = rule.rows(build, q, v, directive) if hasattr(rule, "rows") else None
        if statements is None:
            reason = t(
                "directive {directive}: the rule {rule} with this scope and comparison can only be watched",
                directive=directive.directive,
                rule=directive.rule,
            )
            raise UsageError(str(reason))
        if not statements:
            continue
        axis = ([statement.about or "all" for statement in statements], np.arange(len(statements)))
        axes = [([directive.directive], np.zeros(len(statements), dtype=np.int64)), axis]
        entry = [
            (np.full(len(statement.columns), row), statement.columns, statement.values)
            for row, statement in enumerate(statements)
        ]
        if directive.kind == "soft":
            missed = build.add_columns("missed", [([directive.directive], np.zeros(1, dtype=np.int64))], high=MOST)
            entry.append((np.arange(len(statements)), missed, np.array([statement.unit for statement in statements])))
            columns.append(missed)
            prices.append(np.array([directive.price]))
        build.add_rows("directive", axes, entry, low=[-statement.constant for statement in statements])
    return np.concatenate(columns), np.concatenate(prices)
