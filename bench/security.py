"""What migration costs the Vietnam plan and what it brings: with it, without it, unweighed, and if Q-day is in 2030.

    python bench/security.py                                    four searches, up to 8 minutes
    python bench/security.py --time-limit 600 --threads 1 --cases survey without

- `survey`: the case as it is, Q-day as the surveyed experts see it.
- `without`: the tables of migration emptied; against its projects the others are compared.
- `unweighed`: exposure counts nothing in the objective, so migration is done for directives alone.
- `certain`: Q-day falls within 2030 for certain.

Parts of the objective are as each programme weighs them. Shares of exposure are by the threat of the case itself, up
to the end of the year. Where the proven gap is wide, so is what may be chance in the differences.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np

from lotrinh.base.calendar import QUARTERS_PER_YEAR
from lotrinh.measures import money_by_purpose
from lotrinh.measures.paths import weighted
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.compare import ProjectRow, compare
from lotrinh.plan.optimise import optimise
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

VIETNAM = Path(__file__).parents[1] / "cases" / "vietnam"
CASES = ("survey", "without", "unweighed", "certain")
CERTAIN = "curve,surveyed,within,chance,evidence,reason\nx,2026,4,0,assumption,x\nx,2026,4.999,1,assumption,x\n"
YEARS = (2030, 2035)
PURPOSES = ("projects", "training", "equipment", "core", "migration")


def changed(case: Path, name: str) -> Programme:
    """Return the programme of the folder `case` as one of `CASES` has it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(case, Path(scratch) / case.name))
        if name == "without":
            for table in ("migration.csv", "migration_skills.csv"):
                (folder / table).unlink()
        if name == "certain":
            (folder / "threat.csv").write_text(CERTAIN, encoding="utf-8")
        if name == "unweighed":
            with (folder / "programme.toml").open("a", encoding="utf-8") as settings:
                settings.write("exposure_weight = 0\n")
        return load(folder)


def parts(plan: Plan) -> dict[str, float]:
    """Return what capability, products, removed exposure and money contribute to the objective."""
    paths, q, s = plan.paths, plan.quantities, plan.programme.settings
    served = q.years_ahead[paths.delivered] + s.terminal * q.discount[-1] * (paths.delivered <= q.horizon)
    product = np.array([row.product_value for row in plan.programme.projects])
    found = {
        "products": float(s.product_weight * weighted(paths.product * served, product)[0]),
        "exposure removed": float((paths.migrated[0] * q.exposure_rate).sum(axis=0) @ q.exposure_discount),
        "money": -float(s.money_weight * weighted(paths.money, q.discount[: q.horizon])[0]),
    }
    return {"capability": plan.objective - sum(found.values()), **found}


def removed(plan: Plan, rate: Floats, year: int) -> tuple[float, float]:
    """Return the shares of value at risk and of expected exposure removed by the end of a year."""
    q = plan.quantities
    if not len(plan.programme.migration):
        return 0.0, 0.0
    state = (year + 1 - q.calendar.start.year) * QUARTERS_PER_YEAR
    value = np.array([row.value for row in plan.programme.migration])
    migrated = plan.paths.migrated[0]
    lost = (rate[:, :state] * q.items[:, None]).sum()
    return (
        float(migrated[:, state] @ value / (q.items @ value)),
        float((rate[:, :state] * migrated[:, :state]).sum() / lost),
    )


def high_done(plan: Plan) -> str:
    """Return when each class of high risk is done, or how far it gets."""
    rows = [row for row in plan.migration() if row["risk"] == "high"]
    return ", ".join(
        f"{row['migration']} {row['done'] or format(row['migrated'] / row['items'], '.0%')}" for row in rows
    )


def projects(rows: tuple[ProjectRow, ...], at: int) -> dict[str, list[str]]:
    """Return the projects that a plan adds, drops, moves or does in another way than the first plan."""
    found: dict[str, list[str]] = {"added": [], "dropped": [], "moved": [], "other mode": []}
    for row in rows:
        change = row.changes[at]
        if change.what in ("added", "dropped"):
            found[change.what].append(row.project)
        if change.moved:
            found["moved"].append(f"{row.project} {change.moved:+d}")
        if change.mode:
            found["other mode"].append(row.project)
    return found


def table(plans: dict[str, Plan], rate: Floats) -> None:
    """Print one column for each plan."""
    lines: dict[str, list[str]] = {}

    def put(name: str, cell: str) -> None:
        lines.setdefault(name, []).append(cell)

    for plan in plans.values():
        put("objective", f"{plan.objective:.3f}")
        put("bound", f"{plan.bound:.3f}")
        put("proven gap", f"{plan.gap:.2%}")
        put("seconds", f"{plan.seconds:.0f}")
        for name, worth in parts(plan).items():
            put(f"  {name}", f"{worth:.3f}")
        for name, by_year in zip(PURPOSES, money_by_purpose.measure(plan.paths)[0], strict=True):
            put(f"million for {name}", f"{by_year.sum():.1f}")
        put("projects", str(len(plan.decisions.chosen)))
        for year in YEARS:
            value, exposed = removed(plan, rate, year)
            put(f"value at risk removed by {year}", f"{value:.1%}")
            put(f"exposure removed up to {year}", f"{exposed:.1%}")
        for found in plan.directives():
            if found.directive.rule == "security_first":
                said = f"{float(found.measure[0]):.1%}" if len(plan.programme.migration) else "-"
                put(f"{found.directive.directive} (at least {found.directive.threshold:.0%})", said)
    width = max(map(len, lines))
    print(" " * width, *(f"{name:>10}" for name in plans))
    for name, cells in lines.items():
        print(f"{name:<{width}}", *(f"{cell:>10}" for cell in cells))


def main() -> None:
    """Search once for each case, then print the table, the high-risk classes and the projects."""
    parser = argparse.ArgumentParser(description="The Vietnam plan with and without migration.")
    parser.add_argument("--case", type=Path, default=VIETNAM, help="folder of the programme")
    parser.add_argument("--cases", nargs="+", default=CASES, choices=CASES)
    parser.add_argument("--budget", default="", help="budget scenario")
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds for each search")
    parser.add_argument("--gap", type=float, default=0.01, help="gap at which a search stops")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    settings = PlanSettings(
        budget=given.budget, time_limit=given.time_limit, gap=given.gap, threads=given.threads, seed=given.seed
    )
    # The plan without migration stands first: the others are compared with it.
    names = sorted(set(given.cases), key=lambda name: (name != "without", CASES.index(name)))
    plans = {name: optimise(changed(given.case, name), settings) for name in names}
    table(plans, Quantities(load(given.case)).exposure_rate)
    print("\nHigh-risk classes done")
    for name in names:
        if name != "without":
            print(f"  {name}: {high_done(plans[name])}")
    if len(plans) > 1:
        found = compare(*plans.values())
        print(f"\nProjects against {names[0]} (moved: quarters)")
        for at, name in enumerate(names[1:]):
            for what, said in projects(found.projects, at).items():
                if said:
                    print(f"  {name}, {what}: {', '.join(said)}")


if __name__ == "__main__":
    main()
