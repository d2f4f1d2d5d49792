"""How near to the optimum priority lists come on published clinical-trial pipelines, when results come in by and by.

    python bench/pipeline.py                          the copies in bench/pipeline
    python bench/pipeline.py FILE.dat ... --evaluations 5000

Each row compares expected net present values: of the best policy (by dynamic programming over every state), of the best
plan whose starts are fixed in advance, of a priority list with start windows, and of planning anew whenever something
becomes known. What is too large to be exact is sampled, and its standard error shown. A file `optimal.csv` beside an
instance is compared with the optimum found here; where that is too large to find, the optimum is taken from it (*), or
else the ratios are to a bound that forgets the resources (<).
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pipeline_fixed import fixed
from pipeline_instance import Instance, read
from pipeline_lists import Executor, Found, Replanner, best_list, by_outcomes, execute
from pipeline_tree import Tables, beginning, best, expected, sampled, tables

HERE = Path(__file__).parent / "pipeline"
STATES = 1_000_000
"""Up to how many states the optimum, and the worth of the list found, are computed exactly."""
FEW = 10
"""The optimum is not tried if there are more outcomes than this part of the states."""
OUTCOMES = 5_000
"""Up to how many outcomes the list found is also executed one by one, as a check of the tree."""
PLANS = 400
"""Planning anew is exact if its list meets no more states than this, otherwise it is sampled."""
POOL = 3
"""From how many first decisions planning anew may start."""
TITLES = ("instance", "size", "periods", "optimum", "fixed", "ratio", "list", "ratio", "re-planned", "ratio", "seconds")

WIDTHS = ("24", ">6", ">9", ">12", ">10", ">8", ">13", ">8", ">13", ">8", ">9")


class Row(NamedTuple):
    """What one instance gave: expected values, those that may be sampled with their standard error."""

    instance: Instance
    optimum: float
    computed: bool
    bound: float
    fixed: float
    listed: tuple[float, float]
    replanned: tuple[float, float]
    seconds: float

    @property
    def target(self) -> float:
        return self.bound if math.isnan(self.optimum) else self.optimum

    def text(self) -> str:
        optimum = f"{self.optimum:.4f}" + ("" if self.computed else "*")
        if math.isnan(self.optimum):
            optimum = f"<{self.bound:.2f}"
        cells = [self.instance.name, self.instance.size, str(self.instance.periods), optimum]
        for worth, error in ((self.fixed, 0.0), self.listed, self.replanned):
            cells += [f"{worth:.2f}" + (f"±{error:.1f}" if error else ""), f"{worth / self.target:.4f}"]
        return line([*cells, f"{self.seconds:.1f}"])


def line(cells: tuple[str, ...] | list[str]) -> str:
    return "".join(f"{cell:{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def alone(instance: Instance, tab: Tables) -> float:
    """Return a bound: every product by itself, with all resources it wants."""
    period, stage, rest = beginning(tab)
    plenty = tab._replace(capacity=np.full(len(tab.capacity), np.inf))
    total = 0.0
    for product in range(len(stage)):
        only = np.full(len(stage), tab.stages)
        only[product] = 0
        total += best(plenty, period, only, rest, STATES)[0]
    return total


def replanned(
    instance: Instance, tab: Tables, found: Found, listed: float, given: argparse.Namespace
) -> tuple[float, float]:
    """Return the worth of planning anew and its standard error, 0 if it is exact."""
    planner = Replanner(instance, tab, given.replans, given.seed)
    _, states = expected(tab, found.policy, *beginning(tab), PLANS)
    if states < PLANS:
        return planner.best(found.pool[:POOL]), 0.0
    gain = planner.gains(found.policy, instance.sample(given.futures, given.seed + 2))
    return listed + float(gain.mean()), float(gain.std(ddof=1)) / math.sqrt(len(gain))


def optimal(instance: Instance, tab: Tables, states: int) -> float:
    """Return the optimum; not a number if it takes, or surely would take, more states."""
    if outcomes(instance) * FEW > states:
        return math.nan
    return float(best(tab, *beginning(tab), states)[0])


def outcomes(instance: Instance) -> int:
    return int((len(instance.stages) + 1) ** len(instance.products))


def measure(instance: Instance, given: argparse.Namespace, told: float | None, executor: Executor = execute) -> Row:
    """Plan and execute one instance in every way; `told` is its optimum where a table tells it."""
    began = time.perf_counter()
    tab = tables(instance)
    optimum = optimal(instance, tab, given.states)
    if not math.isnan(optimum) and told is not None and abs(told - optimum) > 1e-3:
        raise ValueError(f"the optimum is {optimum:.4f}, but optimal.csv tells {told}")
    constant, plan = fixed(instance, tab)
    found = best_list(instance, tab, given.evaluations, given.seed, plan)
    worth = float(expected(tab, found.policy, *beginning(tab), STATES)[0])
    error = 0.0
    if math.isnan(worth):
        drawn = sampled(tab, found.policy, *beginning(tab), instance.sample(20_000, given.seed + 3))
        worth, error = float(drawn.mean()), float(drawn.std(ddof=1)) / math.sqrt(len(drawn))
    if outcomes(instance) <= OUTCOMES:
        told = by_outcomes(instance, found.policy, executor)
        if abs(told - worth) > 1e-6 * max(1.0, abs(worth)):
            raise ArithmeticError(f"{instance.name}: the list is worth {told} outcome by outcome, {worth} by the tree")
    again = replanned(instance, tab, found, worth, given)
    seconds = time.perf_counter() - began
    known = not math.isnan(optimum)
    return Row(
        instance,
        optimum if known or told is None else told,
        known,
        alone(instance, tab),
        constant,
        (worth, error),
        again,
        seconds,
    )


def published(path: Path) -> float | None:
    """Return the optimum that a table beside the instance tells, if it tells one."""
    table = path.parent / "optimal.csv"
    if table.is_file():
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["instance"] == path.stem and row["optimal_expected_npv"]:
                    return float(row["optimal_expected_npv"])
    return None


def main() -> None:
    """Print one row for each instance; fail if an optimum differs from the table beside it."""
    parser = argparse.ArgumentParser(description="Optimum, fixed plan, list and re-planning of pipelines.")
    parser.add_argument("files", nargs="*", type=Path, default=sorted(HERE.glob("*.dat")))
    parser.add_argument("--evaluations", type=int, default=5000, help="how many lists a search may judge")
    parser.add_argument("--replans", type=int, default=150, help="how many lists each planning anew may judge")
    parser.add_argument("--futures", type=int, default=100, help="outcomes in which planning anew is sampled")
    parser.add_argument("--states", type=int, default=STATES, help="states up to which the optimum is computed")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(line(TITLES))
    wrong = False
    for path in given.files:
        try:
            row = measure(read(path), given, published(path))
        except (OSError, ValueError) as error:
            print(f"{path.stem:24}{error}", flush=True)
            wrong = True
            continue
        print(row.text(), flush=True)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
