"""What a directive demands, as linear expressions that must not be negative, and as rows of the form.

A rule of ``plan/directives`` returns `Statement` values; this file turns them into rows: as they are for a hard
directive, with a priced shortfall for a soft one: one for all its statements, the largest, as the measure of such a
rule is the worst of several. When a directive applies is said by `window` for what happens (money, starts, people) and
by `states` for what stands (levels); the helpers below read one or the other, so that measure and rows agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from types import ModuleType
from typing import Any, TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike

from lotrinh.base.issues import UsageError
from lotrinh.base.registry import entries
from lotrinh.base.text import t
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder
from lotrinh.plan.variables import Bools, Variables
from lotrinh.programme.entities import Directive

About = TypeVarTuple("About")
Found = TypeVar("Found")

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


def lasting(work: Callable[[Quantities, *About], Found]) -> Callable[[Quantities, *About], Found]:
    """Work out but once what follows from the programme alone: batch after batch of futures asks for it again."""
    known: WeakKeyDictionary[Quantities, dict[Any, Found]] = WeakKeyDictionary()

    @wraps(work)
    def found(q: Quantities, *about: *About) -> Found:
        mine = known.setdefault(q, {})
        if about not in mine:
            mine[about] = work(q, *about)
        return mine[about]

    return found


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


def unit(directive: Directive) -> str:
    """Return the unit of a directive's measure: that of its rule, unless its scope is measured otherwise."""
    rule = rules()[directive.rule]
    return str(getattr(rule, "UNITS", {}).get(directive.scope, rule.UNIT))


# When a directive applies


def span(q: Quantities, directive: Directive) -> tuple[int, int]:
    """Return the first quarter in which a directive applies, and the one after the last, cut to the horizon."""
    first = 0 if directive.from_ is None else q.calendar.time(directive.from_)
    after = q.horizon if directive.until is None else q.calendar.time(directive.until) + 1
    first = min(max(first, 0), q.horizon)
    return first, min(max(after, first), q.horizon)


def window(q: Quantities, directive: Directive) -> Bools:
    """Return the quarters in which a directive applies, shape (T,): a rule on flows counts what falls within them."""
    first, after = span(q, directive)
    quarter = np.arange(q.horizon)
    return (quarter >= first) & (quarter < after)


def states(q: Quantities, directive: Directive) -> list[int]:
    """Return the states (0 to T) at which a rule on levels is judged, of which the worst counts.

    Without ``from`` it is the end of the last quarter alone; with it also the end of every calendar year before that.
    """
    first, after = span(q, directive)
    if directive.from_ is None:
        return [after]
    return [*(at for at in range(first + 1, after) if q.calendar.at(at).quarter == 1), after]


def worst(directive: Directive, values: Floats) -> Floats:
    """Return the least of the last axis for a floor, the largest for a ceiling: (S, n) to (S,)."""
    return np.asarray(values.min(axis=-1) if directive.comparison == ">=" else values.max(axis=-1))


def spent(paths: Paths, directive: Directive) -> Floats:
    """Return the money of each project within the window, shape (S, P)."""
    first, after = span(paths.quantities, directive)
    if after - first == paths.quantities.horizon:
        return paths.project_money
    return np.asarray(paths.project_spend[..., first:after].sum(axis=-1))


def spending(q: Quantities, directive: Directive) -> tuple[Ints, Floats]:
    """Return (option, millions) of every tranche that falls within the window."""
    option, quarter, money = q.option_spend
    inside = window(q, directive)[quarter]
    return option[inside], money[inside]


def purse(q: Quantities, directive: Directive) -> float:
    """Return the budget of the years of the window, against which a missed share of money is priced."""
    years = np.unique(q.year_of[window(q, directive)])
    return float(q.budget[years].sum() or q.budget.sum())


def runs(paths: Paths, directive: Directive) -> Bools:
    """Return whether each project is at work within the window, shape (S, P)."""
    first, after = span(paths.quantities, directive)
    return np.asarray(np.maximum(paths.started, first) < np.minimum(paths.stopped, after))


def starts(paths: Paths, directive: Directive) -> tuple[Ints, Bools]:
    """Return the first quarter at work of each project, and whether that is within the window; both (S, P)."""
    first, after = span(paths.quantities, directive)
    start = np.maximum(paths.started, 0)
    return np.minimum(start, paths.quantities.horizon - 1), (start >= first) & (start < after)


def running(q: Quantities, v: Variables, directive: Directive) -> tuple[Ints, Ints, Floats]:
    """Return (project, column, sign) that sum to whether each project is at work within the window.

    A mode is where it has begun by the last quarter, ``z[m,b]``, and had not ended before the first, ``z[m,a-d]``.
    """
    first, after = span(q, directive)
    mode = np.arange(len(q.programme.modes))
    length = np.array([row.duration for row in q.programme.modes], dtype=np.int64)
    column, can = v.begun.by(mode, np.full(len(mode), after - 1))
    before, over = v.begun.by(mode, first - length)
    project = np.append(q.mode_project[can], q.mode_project[over])
    return project, np.append(column[can], before[over]), np.repeat([1.0, -1.0], [can.sum(), over.sum()])


def fields_running(paths: Paths, directive: Directive) -> Bools:
    """Return the fields in which a project is at work within the window, shape (S, F)."""
    q = paths.quantities
    member = q.project_field[:, None] == np.arange(len(q.programme.fields))
    return np.asarray(runs(paths, directive).astype(float) @ member > 0)


def opened(build: Builder, q: Quantities, v: Variables, directive: Directive) -> Ints:
    """Return a column for each field that is 1 just where a project of it is at work within the window, shape (F,)."""
    fields = q.programme.fields
    axes = [tag(directive, len(fields)), (fields.ids, np.arange(len(fields)))]
    project, column, sign = running(q, v, directive)
    found = v.open
    if not window(q, directive).all():
        found = build.add_columns("within", axes, high=1.0)
        projects = np.arange(len(q.programme.projects))
        each = [tag(directive, len(projects)), (q.programme.projects.ids, projects)]
        build.add_rows(
            "directive_within", each, [(projects, found[q.project_field], 1.0), (project, column, -sign)], low=0.0
        )
    build.add_rows(
        "directive_opened",
        axes,
        [(np.arange(len(fields)), found, 1.0), (q.project_field[project], column, -sign)],
        high=0.0,
    )
    return found


def hosting(paths: Paths, directive: Directive) -> Bools:
    """Return the sites that host: with units ordered at all, or there within the window, shape (S, H)."""
    first, after = span(paths.quantities, directive)
    if after - first == paths.quantities.horizon:
        return paths.hosting
    return np.asarray((paths.holding[..., first:after] > 0).any(axis=-1))


def hosts(build: Builder, q: Quantities, v: Variables, directive: Directive) -> Ints:
    """Return a column for each site that is 1 where it hosts, and may be 1 where it does not, shape (H,).

    Units stay, so what has come by the last quarter of the window is there within it.
    """
    if window(q, directive).all():
        return v.hosts
    kinds, sites = q.programme.equipment, q.sites
    here = [(kinds.ids, sites.equipment), (q.programme.places.ids, sites.place)]
    axes = [tag(directive, len(sites.equipment)), *here]
    found = build.add_columns("there", axes, low=(sites.stock > 0).astype(float), high=1.0, whole=True)
    most = np.array([row.units_max for row in kinds], dtype=float)[sites.equipment]
    site, year = np.nonzero(q.order_time + q.lead_time[sites.equipment][:, None] < span(q, directive)[1])
    build.add_rows(
        "directive_there", axes, [(np.arange(len(found)), found, most), (site, v.bought[site, year], -1.0)], low=0.0
    )
    return found


def tag(directive: Directive, count: int) -> tuple[list[str], Ints]:
    """Return the axis that names the directive in every one of `count` columns or rows."""
    return [directive.directive], np.zeros(count, dtype=np.int64)


# Rows


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
        can = directive.comparison in getattr(rule, "HARD", ())
        statements: Sequence[Statement] | None = rule.rows(build, q, v, directive) if can else None
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
        axes = [tag(directive, len(statements)), axis]
        entry = [
            (np.full(len(statement.columns), row), statement.columns, statement.values)
            for row, statement in enumerate(statements)
        ]
        if directive.kind == "soft":
            missed = build.add_columns("missed", [tag(directive, 1)], high=MOST)
            entry.append((np.arange(len(statements)), missed, np.array([statement.unit for statement in statements])))
            columns.append(missed)
            prices.append(np.array([directive.price]))
        build.add_rows("directive", axes, entry, low=[-statement.constant for statement in statements])
    return np.concatenate(columns), np.concatenate(prices)
