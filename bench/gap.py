"""How good the plans of the Vietnam case are proven to be, and how soon.

    python bench/gap.py                                          base budget, 120 seconds
    python bench/gap.py --budgets low base high --time-limit 30 120
    python bench/gap.py --case FOLDER --threads 1

The last columns are the seconds at which the first plan was there, and at which the proven gap was first at most 5 %,
2 %, 1 % and 0.5 %. They are the moments at which the solver reported: at most four times a second, and less often while
it works on its root node. One search runs at a time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lotrinh.base.issues import NoPlanError, NoPlanInTimeError
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import Progress
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

VIETNAM = Path(__file__).parents[1] / "cases" / "vietnam"
MARKS = (0.05, 0.02, 0.01, 0.005)
TITLES = ("budget", "limit", "status", "objective", "bound", "gap", "seconds", "first", *(f"{m:.1%}" for m in MARKS))


def search(programme: Programme, settings: PlanSettings) -> tuple[Plan | None, str, dict[float, float], float | None]:
    """Return the plan, its status, the seconds at which each mark was first reached, and those of the first plan."""
    reached: dict[float, float] = {}
    first: list[float] = []

    def watch(progress: Progress) -> None:
        if progress.objective is not None and not first:
            first.append(progress.seconds)
        for mark in MARKS:
            if progress.gap is not None and progress.gap <= mark:
                reached.setdefault(mark, progress.seconds)

    try:
        plan = optimise(programme, settings, watch)
    except NoPlanError as error:  # NoPlanInTimeError is one of them
        status = "none" if isinstance(error, NoPlanInTimeError) else "infeasible"
        return None, status, reached, None
    for mark in MARKS:
        if plan.gap <= mark:
            reached.setdefault(mark, plan.seconds)
    return plan, plan.status, reached, first[0] if first else plan.seconds


def line(settings: PlanSettings, programme: Programme) -> str:
    """Search once and return the row of the table."""
    plan, status, reached, first = search(programme, settings)
    found = ("-",) * 4 if plan is None else (
        f"{plan.objective:.4f}", f"{plan.bound:.4f}", f"{plan.gap:.2%}", f"{plan.seconds:.1f}"
    )  # fmt: skip
    times = (first, *(reached.get(mark) for mark in MARKS))
    cells = (
        settings.budget,
        f"{settings.time_limit:g}",
        status,
        *found,
        *("-" if s is None else f"{s:.1f}" for s in times),
    )
    return " ".join(f"{cell:>10}" for cell in cells)


def main() -> None:
    """Print one row for each budget scenario and time limit."""
    parser = argparse.ArgumentParser(description="Objective, bound and gap of plans, and when each gap was reached.")
    parser.add_argument("--case", type=Path, default=VIETNAM, help="folder or workbook of the programme")
    parser.add_argument("--budgets", nargs="+", default=["base"], help="budget scenarios, or all")
    parser.add_argument("--time-limit", nargs="+", type=float, default=[120.0], help="seconds, one search for each")
    parser.add_argument("--gap", type=float, default=0.005, help="gap at which a search stops")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    programme = load(given.case)
    budgets = programme.scenarios if given.budgets == ["all"] else given.budgets
    print(" ".join(f"{title:>10}" for title in TITLES))
    for budget in budgets:
        for limit in given.time_limit:
            settings = PlanSettings(
                budget=budget, time_limit=limit, gap=given.gap, threads=given.threads, seed=given.seed
            )
            print(line(settings, programme), flush=True)


if __name__ == "__main__":
    main()
