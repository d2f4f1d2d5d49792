"""What independence costs: plans of a case whose withdrawal directive asks for more and more.

    python bench/independence.py                             the Vietnam case, planned first
    python bench/independence.py --plan PLAN --time-limit 60
    python bench/independence.py --plan PLAN --alone         without the case's other directives

For each threshold the programme is planned again with the directive hard, from the plan before; the cost is an interval
against the same programme without it. One search runs at a time.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from lotrinh.base.examples import example
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.directives import withdrawal
from lotrinh.plan.explain.again import again, lost
from lotrinh.plan.formulate import Formulation, formulate
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.planfile import load_plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.entities import Directive
from lotrinh.programme.load import load
from lotrinh.programme.programme import Table

THRESHOLDS = (0.0, 0.5, 0.7, 0.9, 0.95, 0.965, 0.97)


def main(path: str, seconds: float, only: bool) -> None:
    """Print one row a threshold."""
    settings = PlanSettings(time_limit=seconds, gap=0.002)
    plan = load_plan(path) if path else optimise(load(example("vietnam")), replace(settings, time_limit=2 * seconds))
    rows = [row for row in plan.programme.directives if row.rule != "withdrawal" and not only]
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
        start = answer.decisions
        left = withdrawal.remaining(answer.paths, row, plan.quantities.horizon)[0]
        worst = plan.quantities.withdrawals[int(np.argmin(left))][0]
        cost = lost(free.objective, free.bound, answer)
        print(
            f"{threshold:5.2f}   {left.min():6.4f}   {worst:18.18}   {answer.objective:8.3f}   {answer.bound:8.3f}"
            f"    {max(0.0, cost.low):6.3f} to {cost.high:6.3f}   {answer.seconds:6.0f}",
            flush=True,
        )


def _with(plan: Plan, rows: list[Directive]) -> Formulation:
    programme = replace(plan.programme, directives=Table(rows, "directive"))
    return formulate(Quantities(programme, plan.quantities.scenario))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", default="", help="plan file to begin from")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each threshold")
    parser.add_argument("--alone", action="store_true", help="leave the other directives out")
    given = parser.parse_args()
    main(given.plan, given.time_limit, given.alone)
