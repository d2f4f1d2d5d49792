"""One yardstick for plans of different programmes: the path of one, valued as another programme values.

The yardstick is a programme: that of the plan, with what the other says of worth put in its place: weights of goals,
what capabilities serve, targets, values of products, discount, terminal years, slope above the target, worth of money,
what is at risk in each class of migration and by when, soft directives with their prices, and the frontier that those
may read. Who knows how to value a path of its own programme then values this one, and nothing is said twice. A soft
directive that speaks of a share of the budget takes the budget of the plan's own programme.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lotrinh.base.text import Text, t
from lotrinh.measures.paths import value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.columns import columns_of
from lotrinh.plan.formulate import formulate
from lotrinh.plan.plan import Plan
from lotrinh.plan.verify import broken_rows
from lotrinh.programme.entities import Directive
from lotrinh.programme.programme import Programme, Table

WORTH = (
    "discount",
    "above_target",
    "terminal",
    "product_weight",
    "money_weight",
    "exposure_weight",
    "acceleration",
)
"""Settings that say what things are worth."""
RISK = ("function", "value", "shelf_life", "trust_life", "offset")
"""What says how much is lost while a class is not migrated."""


def valued(plan: Plan, first: Programme) -> float | Text:
    """Return what `plan` is worth as `first` values, in weighted level-years, or why that cannot be said."""
    reason = obstacle(first, plan.programme)
    if reason is not None:
        return reason
    quantities = Quantities(_measured_by(first, plan.programme), plan.quantities.scenario)
    paths = replace(plan.paths, quantities=quantities)
    worth = float(value(paths)[0])
    if not quantities.programme.directives:
        return worth
    formulation = formulate(quantities)
    columns = columns_of(formulation, paths)
    if any(broken_rows(formulation, columns)):
        return t("the soft directives of the first programme cannot be measured on this plan")
    return worth - formulation.penalty(columns)


def obstacle(first: Programme, other: Programme) -> Text | None:
    """Return why a plan of `other` cannot be valued as `first` values, or None where it can."""
    a, b = first.settings, other.settings
    if first.calendar != other.calendar:
        return t(
            "the horizons differ: {a} to {b}, and {c} to {d}",
            a=a.start,
            b=first.calendar.at(a.quarters - 1),
            c=b.start,
            d=other.calendar.at(b.quarters - 1),
        )
    if (a.currency, a.price_year) != (b.currency, b.price_year):
        return t(
            "the money differs: {a} at prices of {b}, and {c} at prices of {d}",
            a=a.currency,
            b=a.price_year,
            c=b.currency,
            d=b.price_year,
        )
    missing = sorted(_served(first) - set(other.capabilities.ids))
    if missing:
        return t("capabilities are missing in its programme: {ids}", ids=missing)
    unknown = sorted({row.scope for row in soft(first) if row.scope in _scopes(first) - _scopes(other)})
    if unknown:
        return t("soft directives speak of what is missing in its programme: {ids}", ids=unknown)
    return None


def same_worth(first: Programme, other: Programme) -> bool:
    """Return whether both programmes value any path alike, so that their objectives are on one scale."""
    return obstacle(first, other) is None and _worth(first) == _worth(other)


def only_here(first: Programme, plan: Plan) -> tuple[str, ...]:
    """Return the capabilities, and the products under way in `plan`, that its own programme values and `first` does
    not know.
    """
    own, project = plan.programme, plan.quantities.options.project
    funded = [own.projects[int(project[x])] for x in plan.decisions.chosen]
    products = {row.project for row in funded if row.product_value > 0}
    return (
        *sorted(_served(own) - set(first.capabilities.ids)),
        *sorted(products - set(first.projects.ids)),
    )


def soft(programme: Programme) -> list[Directive]:
    """Return the directives that have a price."""
    return [row for row in programme.directives if row.kind == "soft"]


def _served(programme: Programme) -> set[str]:
    """Return the capabilities whose levels are worth anything."""
    goals = {row.goal for row in programme.goals if row.weight > 0}
    return {row.capability for row in programme.capability_goals if row.share > 0 and row.goal in goals}


def _scopes(programme: Programme) -> set[str]:
    """Return every id that the scope of a directive may name."""
    tables: tuple[Table[Any], ...] = (
        programme.fields,
        programme.capabilities,
        programme.organisations,
        programme.goals,
        programme.skills,
        programme.training,
        programme.equipment,
        programme.migration,
        programme.places,
        programme.suppliers,
    )
    return {id for table in tables for id in table.ids}


def _measured_by(first: Programme, other: Programme) -> Programme:
    """Return `other` with everything that says what things are worth as in `first`."""
    targets = {row.capability: row.target for row in first.capabilities}
    products = {row.project: row.product_value for row in first.projects}
    capabilities = [replace(row, target=targets.get(row.capability, row.target)) for row in other.capabilities]
    projects = [replace(row, product_value=products.get(row.project, 0.0)) for row in other.projects]
    known = set(other.capabilities.ids)
    risks = {row.migration: {name: getattr(row, name) for name in RISK} for row in first.migration}
    migration = [replace(row, **risks.get(row.migration, {"value": 0.0})) for row in other.migration]
    worth = {name: getattr(first.settings, name) for name in WORTH}
    return replace(
        other,
        settings=replace(other.settings, **worth),
        goals=first.goals,
        capability_goals=Table([row for row in first.capability_goals if row.capability in known]),
        capabilities=Table(capabilities, "capability"),
        projects=Table(projects, "project"),
        frontier=first.frontier,
        migration=Table(migration, "migration"),
        threat=first.threat,
        directives=Table(soft(first), "directive"),
    )


def _worth(programme: Programme) -> dict[str, Any]:
    """Return everything that says what things are worth, whatever its order, titles and evidence."""
    q = Quantities(programme)
    priced = soft(programme)
    rates = q.exposure_rate.round(12).tolist()
    return {
        "migration": {row.migration: rate for row, rate in zip(programme.migration, rates, strict=True) if any(rate)},
        "settings": [getattr(programme.settings, name) for name in WORTH],
        "capabilities": {
            row.capability: (round(float(weight), 12), row.target)
            for row, weight in zip(programme.capabilities, q.weight, strict=True)
            if weight > 0
        },
        "products": {row.project: row.product_value for row in programme.projects if row.product_value},
        "goals": {row.goal for row in programme.goals if row.weight > 0} if priced else set(),
        "frontier": {(row.capability, row.year, row.level) for row in programme.frontier} if priced else set(),
        "directives": {
            (row.rule, row.scope, row.comparison, row.threshold, row.price, row.from_, row.until) for row in priced
        },
    }
