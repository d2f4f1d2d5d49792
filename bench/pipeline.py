"""How near to the optimum plans and lists come on published clinical-trial pipelines, when results come in by and by.

    python bench/pipeline.py                          the copies in bench/pipeline
    python bench/pipeline.py FILE.dat ... --evaluations 5000

Each row compares expected net present values with that of the best policy (by dynamic programming over every state):

- fixed: the best plan whose starts are fixed in advance
- plan: Lotrinh's plan of the same instance, executed alone
- reserve: the same with what it refuses as reserve list
- list: a priority list with start windows, found by search
- re-planned: the rest planned anew, by the same search, whenever something becomes known

`plan` to `list` are executed by Lotrinh's futures, in every outcome or in a sample of them; a list must come to what
the tree says of it. What is sampled shows its standard error. A file `optimal.csv` beside an instance is compared with
the optimum found here; where that is too large to find, the optimum is taken from it (*), or else the ratios are to a
bound that forgets the resources (<).
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
from pipeline_engine import Engine
from pipeline_fixed import fixed
from pipeline_instance import Instance, read
from pipeline_lists import Found, Replanner, best_list, execute
from pipeline_tree import Policy, Tables, beginning, best, expected, sampled, tables

HERE = Path(__file__).parent / "pipeline"
STATES = 1_000_000
"""Up to how many states the optimum, and the worth of the list found, are computed exactly."""
FEW = 10
"""The optimum is not tried if there are more outcomes than this part of the states."""
OUTCOMES = 20_000
"""Up to how many outcomes the futures execute all of them, otherwise a sample of so many."""
PLAIN = 200
"""In how many of them the list is also executed by the plainest executor there is, start by start."""
PLANS = 400
"""Planning anew is exact if its list meets no more states than this, otherwise it is sampled."""
POOL = 3
"""From how many first decisions planning anew may start."""
WAYS = ("fixed", "plan", "reserve", "list", "re-planned")
TITLES = ("instance", "size", "periods", "optimum", *WAYS, "seconds")
WIDTHS = ("16", ">6", ">9", ">12", *(">16",) * len(WAYS), ">9")

Worth = tuple[float, float]
"""An expected value and its standard error, 0 where it is exact."""


class Row(NamedTuple):
    """What one instance gave: expected values by way, the optimum not a number where nobody knows it."""

    instance: Instance
    optimum: float
    computed: bool
    bound: float
    worths: dict[str, Worth]
    seconds: float

    @property
    def ratios(self) -> dict[str, Worth]:
        target = self.bound if math.isnan(self.optimum) else self.optimum
        return {way: (worth / target, error / target) for way, (worth, error) in self.worths.items()}

    def text(self) -> str:
        optimum = f"{self.optimum:.4f}" + ("" if self.computed else "*")
        if math.isnan(self.optimum):
            optimum = f"<{self.bound:.2f}"
        cells = [self.instance.name, self.instance.size, str(self.instance.periods), optimum]
        cells += [f"{ratio:.4f}" + (f"±{error:.4f}" if error else "") for ratio, error in self.ratios.values()]
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


def replanned(instance: Instance, tab: Tables, found: Found, listed: float, given: argparse.Namespace) -> Worth:
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


def mean(worths: np.ndarray) -> Worth:
    return float(worths.mean()), float(worths.std(ddof=1)) / math.sqrt(len(worths))


def executed(instance: Instance, tab: Tables, policy: Policy, listed: Worth, seed: int) -> dict[str, Worth]:
    """Return what Lotrinh's plan and the list are worth when the futures execute them.

    Where outcomes are sampled, what is measured is the difference to the list, whose worth the tree knows.
    """
    engine = Engine(instance, tab)
    orders = {**engine.of_plan(engine.plan(seed=seed)), "list": engine.of_list(policy)}
    every = outcomes(instance) <= OUTCOMES
    drawn, weights = instance.outcomes() if every else (instance.sample(OUTCOMES, seed + 5), None)
    for outcome, starts in zip(drawn[:PLAIN], engine.starts(orders["list"], drawn[:PLAIN]), strict=True):
        if (starts != execute(instance, policy, outcome)).any():
            raise ArithmeticError(f"{instance.name}: the futures execute the list otherwise in outcome {outcome}")
    worths = {way: engine.worths(one, drawn) for way, one in orders.items()}
    if weights is None:
        found = mean(worths["list"])
        apart, allowed = abs(found[0] - listed[0]), 5 * math.hypot(found[1], listed[1])
        means = {way: mean(worth - worths["list"]) for way, worth in worths.items()}
        result = {way: (listed[0] + more, math.hypot(error, listed[1])) for way, (more, error) in means.items()}
    else:
        result = {way: (float(worth @ weights), 0.0) for way, worth in worths.items()}
        found = result["list"]
        apart, allowed = abs(found[0] - listed[0]), 1e-6 * max(1.0, abs(listed[0])) + 5 * listed[1]
    if apart > allowed:
        raise ArithmeticError(f"{instance.name}: the list is worth {found[0]} by the futures, {listed[0]} by the tree")
    return result


def measure(instance: Instance, given: argparse.Namespace, told: float | None) -> Row:
    """Plan and execute one instance in every way; `told` is its optimum where a table tells it."""
    began = time.perf_counter()
    tab = tables(instance)
    optimum = optimal(instance, tab, given.states)
    known = not math.isnan(optimum)
    if known and told is not None and abs(told - optimum) > 1e-3:
        raise ValueError(f"the optimum is {optimum:.4f}, but optimal.csv tells {told}")
    constant, plan = fixed(instance, tab)
    found = best_list(instance, tab, given.evaluations, given.seed, plan)
    listed = float(expected(tab, found.policy, *beginning(tab), STATES)[0]), 0.0
    if math.isnan(listed[0]):
        listed = mean(sampled(tab, found.policy, *beginning(tab), instance.sample(20_000, given.seed + 3)))
    worths = {
        "fixed": (constant, 0.0),
        **executed(instance, tab, found.policy, listed, given.seed),
        "re-planned": replanned(instance, tab, found, listed[0], given),
    }
    return Row(
        instance,
        optimum if known or told is None else told,
        known,
        alone(instance, tab),
        worths,
        time.perf_counter() - began,
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


def sum_up(ratios: list[dict[str, Worth]]) -> None:
    """Say what each way loses where the optimum is known."""
    if ratios:
        print("\nlost against the optimum, on average and at most:")
    for way in WAYS if ratios else ():
        lost = [100 * (1 - ratio[way][0]) for ratio in ratios]
        print(f"  {way:12}{sum(lost) / len(lost):6.2f} %{max(lost):8.2f} %")


def main() -> None:
    """Print one row for each instance; fail if an optimum differs from the table beside it."""
    parser = argparse.ArgumentParser(description="Plans, lists and re-planning of pipelines against the optimum.")
    parser.add_argument("files", nargs="*", type=Path, default=sorted(HERE.glob("*.dat")))
    parser.add_argument("--evaluations", type=int, default=5000, help="how many lists a search may judge")
    parser.add_argument("--replans", type=int, default=150, help="how many lists each planning anew may judge")
    parser.add_argument("--futures", type=int, default=100, help="outcomes in which planning anew is sampled")
    parser.add_argument("--states", type=int, default=STATES, help="states up to which the optimum is computed")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(line(TITLES))
    rows: list[Row] = []
    wrong = False
    for path in given.files:
        try:
            row = measure(read(path), given, published(path))
        except (OSError, ValueError) as error:
            print(f"{path.stem:24}{error}", flush=True)
            wrong = True
            continue
        print(row.text(), flush=True)
        rows.append(row)
    sum_up([row.ratios for row in rows if not math.isnan(row.optimum)])
    sys.exit(wrong)


if __name__ == "__main__":
    main()
