"""Figures of plans side by side: what each reaches, spends, trains and buys; a row a figure, an entry a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lotrinh.base.text import Text
from lotrinh.measures import accumulated_capability, money
from lotrinh.plan.directives import withdrawal
from lotrinh.plan.plan import Plan
from lotrinh.plan.scorecard import verdict, watched

Of = tuple[str, ...]
Figures = Mapping[Of, float]

ALIKE = 1e-9
"""Share by which two numbers may differ and count as the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of every plan.

    Attributes
    ----------
    measure: its name; `of` the ids, or the year, that it belongs to; empty where it is of the whole plan.
    unit: symbol of its unit, empty for a plain number.
    values: one a plan, None where a plan's programme does not know what it is of, or where it cannot be said.
    """

    measure: str
    of: Of
    unit: str
    values: tuple[float | None, ...]

    @property
    def differs(self) -> bool:
        """True where the plans do not all have the same value."""
        return not all(alike(self.values[0], value) for value in self.values[1:])


# Of one plan


def _fields(plan: Plan) -> Figures:
    opened = set(plan.fields_opened)
    return {(id,): float(id in opened) for id in plan.programme.fields.ids}


def _entrants(plan: Plan) -> Figures:
    return {(row["flow"], row["skill"], str(row["year"])): float(row["people"]) for row in plan.entrants()}


def _purchases(plan: Plan) -> Figures:
    return {(row["equipment"], row["place"], str(row["year"])): float(row["units"]) for row in plan.purchases()}


def _usable(plan: Plan) -> Figures:
    return {(id,): float(plan.paths.usable[0, k, -1]) for k, id in enumerate(plan.programme.capabilities.ids)}


def _yearly(plan: Plan, amounts: Iterable[float]) -> Figures:
    return {(str(year),): float(amount) for year, amount in zip(plan.quantities.years, amounts, strict=True)}


def _by_rule(rule: str) -> Callable[[Plan], Figures]:
    return lambda plan: {(): float(verdict(plan.paths, watched(rule)).measure[0])}


def worst(plan: Plan) -> str:
    """Return whose withdrawal would take most of the plan's capability; empty where none takes any."""
    left = withdrawal.remaining(plan.paths, watched("withdrawal"), plan.quantities.horizon)[0]
    if left.min(initial=1.0) >= 1.0 - ALIKE:
        return ""
    return plan.quantities.withdrawals[int(left.argmin())][0]


MEASURES: tuple[tuple[str, str, Callable[[Plan], Figures]], ...] = (
    ("objective", "level-year", lambda plan: {(): plan.objective}),
    ("bound", "level-year", lambda plan: {(): plan.bound}),
    ("gap", "share", lambda plan: {(): plan.gap}),
    ("projects", "", lambda plan: {(): float(len(plan.decisions.chosen))}),
    ("fields", "", lambda plan: {(): float(len(plan.fields_opened))}),
    ("accumulated", "level-year", lambda plan: {(): float(accumulated_capability.measure(plan.paths).sum())}),
    ("products", "item", _by_rule("products")),
    ("people", "person", _by_rule("people")),
    ("withdrawal", "share", _by_rule("withdrawal")),
    ("money", "million", lambda plan: {(): float(plan.paths.money.sum())}),
    ("usable", "level", _usable),
    ("money_by_year", "million", lambda plan: _yearly(plan, money.measure(plan.paths)[0])),
    ("budget_by_year", "million", lambda plan: _yearly(plan, plan.quantities.budget)),
)
"""Figures of one plan, in the order in which they are shown: name, unit, and how each is taken."""


# Of several plans


def measures(plans: Sequence[Plan], values: Sequence[float | Text]) -> tuple[Row, ...]:
    """Return all `MEASURES` of the plans, and before them the values of the plans on one yardstick."""
    worth = tuple(value if isinstance(value, float) else None for value in values)
    found = [Row("value", (), "level-year", worth)]
    for name, unit, take in MEASURES:
        rows = _rows(name, unit, [take(plan) for plan in plans])
        found += sorted(rows, key=lambda row: row.of) if name.endswith("_by_year") else rows
    return tuple(found)


def fields(plans: Sequence[Plan]) -> tuple[Row, ...]:
    """Return whether each plan opens each field: 1 or 0."""
    return _rows("field_opened", "", [_fields(plan) for plan in plans])


def entrants(plans: Sequence[Plan]) -> tuple[Row, ...]:
    """Return the people who enter a flow for a skill in a year, where the plans differ."""
    return _differing("entrants", "person", [_entrants(plan) for plan in plans])


def purchases(plans: Sequence[Plan]) -> tuple[Row, ...]:
    """Return the units of a kind of equipment bought for a place in a year, where the plans differ."""
    return _differing("purchases", "unit", [_purchases(plan) for plan in plans])


def _rows(measure: str, unit: str, figures: Sequence[Figures]) -> tuple[Row, ...]:
    """Return one row for everything that any plan has a figure of."""
    every = dict.fromkeys(of for figure in figures for of in figure)
    return tuple(Row(measure, of, unit, tuple(figure.get(of) for figure in figures)) for of in every)


def _differing(measure: str, unit: str, figures: Sequence[Figures]) -> tuple[Row, ...]:
    """Return the rows in which the plans differ; what a plan says nothing of it does not do."""
    every = sorted({of for figure in figures for of in figure})
    rows = (Row(measure, of, unit, tuple(figure.get(of, 0.0) for figure in figures)) for of in every)
    return tuple(row for row in rows if row.differs)


def alike(a: float | None, b: float | None) -> bool:
    """Return whether two numbers are the same but for rounding."""
    if a is None or b is None:
        return a is b
    return a == b or abs(a - b) <= ALIKE * max(1.0, abs(a), abs(b))
