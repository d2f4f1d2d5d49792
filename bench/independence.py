"""What independence costs: plans of a case whose withdrawal directive asks for more and more.

Run: python bench/independence.py [PLAN] [seconds for each]

PLAN is a plan file; without one the Vietnam case is planned first. For each threshold the programme is planned again
with the directive hard, from the plan before; the cost is an interval against the same programme without it.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from lotrinh.base.examples import example
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.directives import withdrawal
from lotrinh.plan.explain.again import again, lost
from lotrinh.plan.formulate import formulate
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.planfile import load_plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.entities import Directive
from lotrinh.programme.load import load
from lotrinh.programme.programme import Table

THRESHOLDS = (0.0, 0.5, 0.7, 0.9, 0.97, 0.98, 0.99)


def main(path: str = "", seconds: float = 60.0) -> None:
    """Print one row a threshold."""
    settings = PlanSettings(time_limit=seconds, gap=0.002)
    plan = load_plan(path) if path else optimise(load(example("vietnam")), replace(settings, time_limit=2 * seconds))
    rows = [row for row in plan.programme.directives if row.rule != "withdrawal"]
    free = again(_with(plan, rows), plan.decisions, settings)
    print(f"without: value {free.objective:.3f} to {free.bound:.3f}")
    print("asked    kept     worst without        value      at most    cost of independence        s")
    start = free.decisions if free.decisions is not None else plan.decisions
    for threshold in THRESHOLDS:
        row = Directive(
            directive="N-1", rule="withdrawal", comparison=">=", threshold=threshold, kind="hard", evidence="assumption"
        )
        answer = again(_with(plan, [*rows, row]), start, settings, free.bound)
        if answer.paths is None or answer.decisions is None:
            print(f"{threshold:5.2f}    {answer.status}")
            continue
        left = withdrawal.remaining(answer.paths, row, plan.quantities.horizon)[0]
        worst = plan.quantities.withdrawals[int(np.argmin(left))][0]
        cost = lost(free.objective, free.bound, answer)
        print(
            f"{threshold:5.2f}   {left.min():6.4f}   {worst:18.18}   {answer.objective:8.3f}   {answer.bound:8.3f}"
            f"    {max(0.0, cost.low):6.3f} to {cost.high:6.3f}   {answer.seconds:6.0f}",
            flush=True,
        )


def _with(plan: Plan, rows: list[Directive]):
    programme = replace(plan.programme, directives=Table(rows, "directive"))
    return formulate(Quantities(programme, plan.quantities.scenario))


if __name__ == "__main__":
    main(*sys.argv[1:2], *(float(value) for value in sys.argv[2:3]))
