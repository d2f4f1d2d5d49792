"""N-1 by brute force: every supplier country and every firm is taken away in turn, straight from the plan's decisions.

What a withdrawal leaves is worked out here once more, in plain loops over the programme's data and the rules of the
oracle; it reads neither the measure's arrays nor its relied levels.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.oracle import Rules
from tests.oracle.tiny import tiny
from tests.plan.builders import build
from tests.plan.directives.random_plans import partnered, random_decisions, small_programmes
from tests.plan.directives.said import best, directive, measured, path, starts_of, under

from lotrinh.measures.paths import Paths, follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.directives import withdrawal
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

SMALL = Path(__file__).parents[3] / "cases" / "small"
THRESHOLDS = (0.5, 0.7, 0.9)


def leaving(programme: Programme) -> dict[str, set[str]]:
    """Return who leaves in every withdrawal: a country with all its suppliers, or one firm."""
    countries: dict[str, set[str]] = {}
    for row in programme.suppliers:
        countries.setdefault(row.country or row.supplier, set()).add(row.supplier)
    firms = {f"firm {row.supplier}": {row.supplier} for row in programme.suppliers if row.kind == "firm"}
    return {**countries, **firms}


def remaining(
    programme: Programme,
    starts: dict[str, tuple[str, int]],
    restored: dict[tuple[str, int], float],
    at: int,
    scope: str = "all",
) -> dict[str, float]:
    """Return the share of usable capability that each withdrawal leaves at a state."""
    rules = Rules(programme, "base")
    chosen = [rules.option(p, mode, start) for p, (mode, start) in starts.items()]

    def usable(gone: set[str]) -> float:
        level: dict[str, list[float]] = {}
        for row in programme.capabilities:
            k = row.capability
            now = row.level_start
            level[k] = [now]
            for t in range(rules.T):
                now = now * (1.0 - row.depreciation) ** 0.25 + restored.get((k, t), 0.0)
                for option in chosen:
                    if option.end == t + 1 and k in option.gain:
                        lost = 0.0
                        for each in programme.reliance:
                            if each.mode == option.mode and each.supplier in gone:
                                lost += each.share
                        now += option.gain[k] * (1.0 - lost)
                level[k].append(now)
        found = rules.usable(level)
        return sum(
            found[k][at] * (rules.omega[k] if scope == "all" else float(k == scope)) for k in programme.capabilities.ids
        )

    whole = usable(set())
    return {name: usable(gone) / whole if whole > 0 else 1.0 for name, gone in leaving(programme).items()}


def told(programme: Programme, said, decisions=None, plan=None) -> tuple[list[float], list[float]]:
    """Return what the rule and what brute force say is left after every withdrawal."""
    q = Quantities(programme, "base")
    decisions = plan.decisions if plan is not None else decisions
    paths = follow(q, decisions)
    restored = {
        (k, t): float(decisions.restored[i, t])
        for i, k in enumerate(programme.capabilities.ids)
        for t in range(q.horizon)
    }
    at = q.horizon if said.until is None else q.calendar.time(said.until) + 1
    own = remaining(programme, starts_of(q, decisions), restored, at, said.scope)
    assert measured(paths, said)[0] == pytest.approx(min(own.values(), default=1.0), abs=1e-9)
    return withdrawal.remaining(paths, said, at)[0].tolist(), list(own.values())


@pytest.mark.parametrize("seed", range(40))
def test_measure_is_what_brute_force_leaves(seed: int) -> None:
    programme = partnered(seed, core=True)
    q = Quantities(programme, "base")
    start = programme.settings.start
    for number in range(3):
        decisions = random_decisions(q, 100 * seed + number)
        for until in (None, start.plus(q.horizon // 2)):
            for scope in ("all", programme.capabilities.ids[-1]):
                rule, own = told(programme, directive("withdrawal", until=until, scope=scope), decisions)
                assert rule == pytest.approx(own, abs=1e-9)


def test_random_programmes_lose_something() -> None:
    worst = []
    for seed in range(40):
        programme = partnered(seed, core=True)
        paths = follow(Quantities(programme, "base"), random_decisions(Quantities(programme, "base"), 100 * seed))
        worst.append(float(measured(paths, directive("withdrawal"))[0]))
    assert np.quantile(worst, 0.75) < 0.99
    assert min(worst) < 0.7


@functools.cache
def small() -> Programme:
    return load(SMALL)


def test_measure_on_the_small_case() -> None:
    programme = small()
    q = Quantities(programme, "base")
    for seed in range(10):
        for scope in ("all", *programme.capabilities.ids):
            rule, own = told(programme, directive("withdrawal", scope=scope), random_decisions(q, seed))
            assert rule == pytest.approx(own, abs=1e-9)


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_the_small_case_keeps_a_floor(threshold: float) -> None:
    said = directive("withdrawal", ">=", threshold)
    settings = PlanSettings(gap=0.001, threads=1, time_limit=20.0)
    plan = optimise(under(small(), said), settings)
    rule, own = told(small(), said, plan=plan)
    assert rule == pytest.approx(own, abs=1e-9)
    assert min(own) >= threshold - 1e-6


@functools.cache
def enumerated():
    """Return programmes small enough, each with every plan of it, its worth, and what the worst withdrawal leaves."""
    found = []
    for seed, programme, plans in small_programmes(range(150), start=0.1):
        at = programme.settings.quarters
        worst = [min(remaining(programme, plan.starts, {}, at).values(), default=1.0) for plan in plans]
        found.append((seed, programme, [plan.course.objective for plan in plans], worst))
    return found


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_optimum_is_the_best_plan_that_holds(threshold: float) -> None:
    wrong, binding, none = [], 0, 0
    for seed, programme, worth, worst in enumerated():
        if min(worst) >= threshold - 1e-9:
            continue
        kept = [value for value, left in zip(worth, worst, strict=True) if left >= threshold - 1e-9]
        plan = best(programme, directive("withdrawal", ">=", threshold))
        got = None if plan is None else plan.objective
        want = max(kept, default=None)
        binding += want is not None and want < max(worth) - 1e-9
        none += want is None
        if got is None or want is None:
            if got is not want:
                wrong.append(f"seed {seed}: plan {got}, brute force {want}")
        elif abs(got - want) > 1e-6 * max(1.0, abs(want)):
            wrong.append(f"seed {seed}: plan {got}, brute force {want}")
        if plan is not None:
            rule, own = told(programme, directive("withdrawal"), plan=plan)
            assert rule == pytest.approx(own, abs=1e-9)
            assert min(own) >= threshold - 1e-6
    assert wrong == []
    assert binding + none >= 6


@pytest.mark.parametrize("seed", [s for s in range(40) if any(row.restore_share for row in tiny(s).capabilities)])
def test_a_floor_is_kept_with_core_funding(seed: int) -> None:
    programme = partnered(seed, core=True)
    for threshold in THRESHOLDS:
        plan = best(programme, directive("withdrawal", ">=", threshold))
        if plan is not None:
            rule, own = told(programme, directive("withdrawal"), plan=plan)
            assert rule == pytest.approx(own, abs=1e-9)
            assert min(own) >= threshold - 1e-6


def test_a_later_and_a_narrower_floor_is_kept_too() -> None:
    wrong = []
    for seed, programme, plans in small_programmes(range(60), start=0.1):
        at = programme.settings.quarters // 2 + 1
        until = programme.settings.start.plus(at - 1)
        scope = programme.capabilities.ids[0]
        for facts in ({"until": until}, {"scope": scope}):
            state = at if "until" in facts else programme.settings.quarters
            left = [
                min(remaining(programme, each.starts, {}, state, facts.get("scope", "all")).values()) for each in plans
            ]
            want = max(
                (p.course.objective for p, least in zip(plans, left, strict=True) if least >= 0.8 - 1e-9), default=None
            )
            plan = best(programme, directive("withdrawal", ">=", 0.8, **facts))
            if (plan is None) != (want is None) or (plan and plan.objective != pytest.approx(want, abs=1e-6)):
                wrong.append(f"seed {seed} {facts}: plan {plan and plan.objective}, brute force {want}")
    assert wrong == []


def test_a_foundation_takes_what_rests_on_it() -> None:
    """A withdrawal that touches only the foundation is felt above: the foundations are applied anew."""
    programme = partnered(0)
    for seed in range(40):
        programme = partnered(seed)
        if programme.foundations:
            break
    assert programme.foundations
    q = Quantities(programme, "base")
    paths = follow(q, random_decisions(q, 1, core=False))
    top, below, _ = q.foundations[0]
    gone = np.zeros((1, len(q.withdrawals), len(q.level_start)))
    gone[:, 0, below] = paths.level[:, below, -1]

    class Cut(Paths):
        def relied(self, at):
            return gone

    cut = Cut(**{one.name: getattr(paths, one.name) for one in dataclasses.fields(paths)})
    left = withdrawal.remaining(cut, directive("withdrawal", scope=programme.capabilities.ids[top]), q.horizon)
    assert left[0, 0] == pytest.approx(0.0 if paths.usable[0, top, -1] > 0 else 1.0)


def test_soft_floor_counts_the_worst_withdrawal_once() -> None:
    """A country and its only firm leave as one: what is missed is paid for once."""
    programme = build(
        ("P",),
        gains=[("P", "C", 1)],
        skills=["S"],
        suppliers={"F": {"kind": "firm", "country": "A"}},
        reliance=[("P", "F", 0.5)],
    )
    plan = best(programme, directive("withdrawal", ">=", 0.7, kind="soft", price=10.0))
    # 3 level-quarters; 0.7 - 0.5 of one level, of five: 0.04 at 10.
    assert plan.objective == pytest.approx(3 - 0.4)
    assert measured(path(programme, {"P": 0}), directive("withdrawal")) == pytest.approx([0.5])
