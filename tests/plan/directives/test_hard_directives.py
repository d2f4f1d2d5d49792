"""Under a hard directive the plan is the best of all plans that hold it: every plan of tiny programmes is tried.

The oracle says which plans keep the rules and what they are worth, the rule says what it measures on the path of each;
the rows of the directive, which neither of them reads, must lead to the same best plan, or to none.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from tests.plan.builders import change, formulated
from tests.plan.directives.random_plans import Whole, small_programmes
from tests.plan.directives.said import best, directive, measured, stacked, under

from lotrinh.base.issues import LotrinhError
from lotrinh.measures.paths import Paths, follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.statements import rules, unit
from lotrinh.programme.entities import Directive
from lotrinh.programme.programme import Programme

SEEDS = range(190)
LEAST_PROGRAMMES, LEAST_CASES, LEAST_BINDING, LEAST_WINDOWS = 60, 25, 4, 2
WORDS = {"people": ("unfilled",), "scatter": ("centres", "spending")}
"""Words that a rule accepts as a scope, each tried by itself."""
SAYS = [
    (name, word)
    for name, rule in rules().items()
    if hasattr(rule, "rows") and name != "security_first"
    for word in ("", *WORDS.get(name, ()))
]
"""Every rule with rows, for ids and for each of its words; migration is no whole number, see ``test_security``."""
NEEDS = {("people", ""): "training", ("scatter", ""): "equipment", ("scatter", "centres"): "equipment"}
"""Tables without whose rows a rule has nothing to say."""
KEPT = [("readiness", ""), ("people", "unfilled")]
"""What every plan keeps anyway."""


@functools.cache
def programmes() -> list[tuple[int, Programme, list[Whole], Paths]]:
    """Return seed, programme, every plan of it, and their paths as the scenarios of one."""
    found = []
    for seed, programme, plans in small_programmes(SEEDS, start=0.5):
        q = Quantities(programme, "base")
        found.append((seed, programme, plans, stacked(*[follow(q, plan.decisions) for plan in plans])))
    return found


def scopes(rule: str, word: str, programme: Programme) -> list[str]:
    """Return what a directive of a rule may speak of here: its word, or all and ids of its tables."""
    if word:
        return [word]
    if rule == "lag":  # all can only be watched
        return list(programme.capabilities.ids)
    tables = [getattr(programme, table) for table in rules()[rule].SCOPES if table not in WORDS.get(rule, ())]
    return ["all", *(id for table in tables for id in table.ids[:2])]


def times(dice: np.random.Generator, programme: Programme) -> dict[str, Any]:
    """Return from and until, each or both, in two cases of three."""
    first, last = sorted(int(t) for t in dice.integers(0, programme.settings.quarters, 2))
    start = programme.settings.start
    return dice.choice([{}, {}, {"until": start.plus(last)}, {"from_": start.plus(first)},
                        *[{"from_": start.plus(first), "until": start.plus(last)}] * 2])  # fmt: skip


def case(
    rule: str, word: str, number: int, seed: int, programme: Programme, plans: list[Whole], paths: Paths
) -> Directive:
    """Return a directive that the best plan without it misses, where there is one."""
    dice = np.random.default_rng([number, seed])
    facts = {"scope": str(dice.choice(scopes(rule, word, programme))), **times(dice, programme)}
    if (rule, word) in KEPT:
        return directive(rule, "<=", 0.0, **facts)
    comparison = str(dice.choice(rules()[rule].HARD))
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
    if unit(directive(rule, scope=facts["scope"])) == "share" and rule != "critical_mass":
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


def test_there_are_enough_programmes() -> None:
    assert len(programmes()) >= LEAST_PROGRAMMES


@pytest.mark.parametrize(("rule", "word"), SAYS, ids=lambda each: each or "ids")
def test_the_best_plan_that_holds_a_directive_is_found(rule: str, word: str) -> None:
    number = SAYS.index((rule, word))
    wrong, cases, binding, windows = [], 0, 0, 0
    needed = NEEDS.get((rule, word))
    fitting = [each for each in programmes() if needed is None or getattr(each[1], needed)]
    for seed, programme, plans, paths in fitting:
        said = case(rule, word, number, seed, programme, plans, paths)
        want, got = holding(said, plans, paths), outcome(programme, said)
        cases += 1
        binds = want is None or want < max(plan.course.objective for plan in plans) - 1e-9
        binding += binds
        windows += binds and (said.from_ or said.until) is not None
        same = (
            got is want if want is None or not isinstance(got, float) else abs(got - want) <= 1e-6 * max(1, abs(want))
        )
        if not same:
            words = f"{said.scope} {said.comparison} {said.threshold!r} from {said.from_} until {said.until}"
            wrong.append(f"seed {seed}: {words}: plan {got}, best of all {want}")
    assert wrong == []
    assert cases >= LEAST_CASES
    assert (rule, word) in KEPT or (binding >= LEAST_BINDING and windows >= LEAST_WINDOWS)


def test_every_row_and_column_has_a_name_of_its_own() -> None:
    """With two directives of every rule and word, each over two years and judged at both their ends."""
    for seed, programme, _, _ in programmes()[:12]:
        long = change(programme, quarters=programme.settings.quarters + 4)
        said = [
            directive(rule, sign, 1.0, scope=scopes(rule, word, programme)[0], from_=from_)
            for rule, word in SAYS
            for sign in rules()[rule].HARD[-1:]
            for from_ in (None, programme.settings.start, programme.settings.start.plus(1))
        ]
        form = formulated(under(long, *said)).form
        rows = [form.row_name(i) for i in range(len(form.row_low))]
        columns = [form.column_name(i) for i in range(len(form.low))]
        assert len(set(rows)) == len(rows), seed
        assert len(set(columns)) == len(columns), seed
