"""Under a hard directive the plan is the best of all plans that hold it: every plan of tiny programmes is tried.

The oracle says which plans keep the rules and what they are worth, the rule says what it measures on the path of each;
the rows of the directive, which neither of them reads, must lead to the same best plan, or to none.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from tests.plan.directives.random_plans import Whole, small_programmes
from tests.plan.directives.said import best, directive, measured, stacked

from lotrinh.base.issues import LotrinhError
from lotrinh.measures.paths import Paths, follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.statements import rules
from lotrinh.programme.entities import Directive
from lotrinh.programme.programme import Programme

SEEDS = range(190)
LEAST_PROGRAMMES, LEAST_CASES, LEAST_BINDING = 60, 25, 4
BOTH, FLOOR, CEILING = (">=", "<="), (">=",), ("<=",)
SAYS: dict[str, tuple[str, ...]] = {
    "consortium": BOTH,
    "critical_mass": FLOOR,
    "exploration": BOTH,
    "focus_fields": BOTH,
    "lag": CEILING,
    "long_term": FLOOR,
    "national_goals": BOTH,
    "people": BOTH,
    "products": BOTH,
    "readiness": CEILING,
    "releases": BOTH,
    "scatter": CEILING,
    "supplier_share": CEILING,
    "withdrawal": FLOOR,
}
"""Every rule with rows, and the comparisons that it can hold."""
NEEDS = {"people": "training", "scatter": "equipment"}
"""Tables without whose rows a rule has nothing to say."""


@functools.cache
def programmes() -> list[tuple[int, Programme, list[Whole], Paths]]:
    """Return seed, programme, every plan of it, and their paths as the scenarios of one."""
    found = []
    for seed, programme, plans in small_programmes(SEEDS, start=0.5):
        q = Quantities(programme, "base")
        found.append((seed, programme, plans, stacked(*[follow(q, plan.decisions) for plan in plans])))
    return found


def scopes(rule: str, programme: Programme) -> list[str]:
    """Return what a directive of a rule may speak of here."""
    ids = {
        "lag": programme.capabilities.ids,
        "long_term": ("all", *programme.capabilities.ids, *programme.fields.ids),
        "withdrawal": ("all", *programme.capabilities.ids),
        "critical_mass": ("all", *programme.fields.ids),
        "products": ("all", *programme.fields.ids),
        "consortium": ("all", *programme.fields.ids),
        "people": ("all", *programme.skills.ids),
        "scatter": ("all", *programme.organisations.ids[:2]),
        "supplier_share": ("all", *programme.equipment.ids),
    }
    return list(ids.get(rule, ("all",)))


def case(rule: str, number: int, seed: int, programme: Programme, plans: list[Whole], paths: Paths) -> Directive:
    """Return a directive that the best plan without it misses, where there is one."""
    dice = np.random.default_rng([number, seed])
    facts: dict[str, Any] = {"scope": str(dice.choice(scopes(rule, programme)))}
    if rule in ("lag", "withdrawal", "people", "products") and dice.random() < 0.4:
        facts["until"] = programme.settings.start.plus(int(dice.integers(1, programme.settings.quarters)))
    comparison = str(dice.choice(SAYS[rule]))
    if rule == "readiness":
        return directive(rule, comparison, 0.0)
    values = measured(paths, directive(rule, comparison, **facts))
    first = values[int(np.argmax([plan.course.objective for plan in plans]))]
    levels = np.unique(values[np.isfinite(values)])
    better = levels[levels > first + 1e-6] if comparison == ">=" else levels[levels < first - 1e-6]
    if not len(levels):
        threshold = 1.0
    elif len(better):
        threshold = float(dice.choice(better))
        if dice.random() < 0.15:
            threshold = float(better[-1] + 1 if comparison == ">=" else better[0] - 1)  # where no plan is, mostly
        elif dice.random() < 0.3:  # between two levels, or beyond all
            threshold += (0.01 if comparison == ">=" else -0.01) * max(1.0, abs(threshold))
    else:
        threshold = float(first if np.isfinite(first) else levels[0])
    threshold = max(threshold, 0.0)
    if rule in ("national_goals", "consortium", "exploration", "releases", "supplier_share", "withdrawal"):
        threshold = min(threshold, 1.0)
    return directive(rule, comparison, threshold, **facts)


def holding(said: Directive, plans: list[Whole], paths: Paths) -> float | None:
    """Return what the best plan that holds a directive is worth, or None where none does."""
    sign = 1.0 if said.comparison == ">=" else -1.0
    margin = sign * (measured(paths, said) - said.threshold)
    kept = [plan.course.objective for plan, by in zip(plans, margin, strict=True) if by >= -1e-8]
    return max(kept, default=None)


def outcome(programme: Programme, said: Directive) -> float | str | None:
    try:
        plan = best(programme, said)
    except LotrinhError as error:
        return str(error).replace("\n", " ")
    return None if plan is None else plan.objective


def test_the_table_names_every_rule_with_rows() -> None:
    assert sorted(SAYS) == sorted(name for name, rule in rules().items() if hasattr(rule, "rows"))


def test_there_are_enough_programmes() -> None:
    assert len(programmes()) >= LEAST_PROGRAMMES


@pytest.mark.parametrize("rule", SAYS)
def test_the_best_plan_that_holds_a_directive_is_found(rule: str) -> None:
    number = list(SAYS).index(rule)
    wrong, cases, binding = [], 0, 0
    fitting = [each for each in programmes() if rule not in NEEDS or getattr(each[1], NEEDS[rule])]
    for seed, programme, plans, paths in fitting:
        said = case(rule, number, seed, programme, plans, paths)
        want, got = holding(said, plans, paths), outcome(programme, said)
        cases += 1
        binding += want is None or want < max(plan.course.objective for plan in plans) - 1e-9
        same = (
            got is want if want is None or not isinstance(got, float) else abs(got - want) <= 1e-6 * max(1, abs(want))
        )
        if not same:
            words = f"{said.scope} {said.comparison} {said.threshold!r} until {said.until}"
            wrong.append(f"seed {seed}: {words}: plan {got}, best of all {want}")
    assert wrong == []
    assert cases >= LEAST_CASES
    assert rule == "readiness" or binding >= LEAST_BINDING
