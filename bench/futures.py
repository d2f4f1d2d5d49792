"""Futures by the compiled execution and by SimPy, which shares no rule with it: do they agree, and how fast is each?

    python bench/futures.py                                small and Vietnam, planned first (a minute)
    python bench/futures.py PLAN.json --simpy 1000         plan files of one's own
    python bench/futures.py PLAN.json --many 100000        wall time and memory of an assessment on two threads, too

First the same luck for both, future by future, then different luck for each: means, chances and the whole distribution
of the value. Then processor time in one process, in turn, warm; draws are the same arrays for both and left out.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.futures_simpy import DELIVERED, apart, compiled, gaps, objective, play  # noqa: E402

from lotrinh.assessment.desk import Desk  # noqa: E402
from lotrinh.assessment.draws import BATCH, Chances  # noqa: E402
from lotrinh.assessment.orders import Orders, orders_of  # noqa: E402
from lotrinh.assessment.outcomes import CHUNK, Job, cut, joined, kept  # noqa: E402
from lotrinh.assessment.settings import AssessmentSettings  # noqa: E402
from lotrinh.assessment.simulate import simulate  # noqa: E402
from lotrinh.assessment.spread import spread  # noqa: E402
from lotrinh.measures.paths import value  # noqa: E402
from lotrinh.measures.quantities import Quantities  # noqa: E402
from lotrinh.plan.plan import Plan  # noqa: E402
from lotrinh.plan.planfile import load_plan  # noqa: E402

ROUNDING = 1e-9
ERRORS = 4.0
"""Standard errors by which two means may differ."""
UNLIKELY = 1e-4
"""Least chance that the two samples of values come from one distribution."""


@dataclass(frozen=True)
class Case:
    """A plan, as it is carried out."""

    name: str
    quantities: Quantities
    orders: Orders

    def desk(self, seed: int, size: int, uncertain: bool = False) -> Desk:
        """Return the luck of `size` futures."""
        chances = Chances(self.quantities, self.orders, seed, uncertain=uncertain)
        sizes = [min(BATCH, size - at) for at in range(0, size, BATCH)]
        desks = [chances.batch(number, many).desk for number, many in enumerate(sizes)]
        return Desk(*(np.concatenate(parts) for parts in zip(*desks, strict=True)))

    def simpy(self, desk: Desk) -> dict[str, Any]:
        """Return the futures of a desk by SimPy."""
        found = play(self.orders, desk)
        return found | {"value": objective(self.quantities, found, desk.qday)}

    def compiled(self, desk: Desk) -> dict[str, Any]:
        """Return the futures of a desk by the compiled execution."""
        found = []
        for part in parts(desk):
            futures = simulate(self.quantities, self.orders, part)
            found.append(compiled(futures) | {"value": value(futures.paths)})
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def parts(desk: Desk) -> list[Desk]:
    """Return a desk in pieces, as an assessment executes them."""
    return [cut(desk, slice(at, at + CHUNK)) for at in range(0, len(desk.now), CHUNK)]


def cases(given: argparse.Namespace) -> Iterator[Case]:
    """Yield what to carry out: the plan files, or the small case and Vietnam, planned first."""
    plans: dict[str, Plan] = {path.name.split(".")[0]: load_plan(path) for path in given.plans}
    if not plans:
        from lotrinh.plan.optimise import optimise
        from lotrinh.plan.settings import PlanSettings
        from lotrinh.programme.load import load

        for name in ("small", "vietnam"):
            plans[name] = optimise(load(ROOT / "cases" / name), PlanSettings(time_limit=given.time_limit))
    for name, plan in plans.items():
        yield Case(name, plan.quantities, orders_of(plan))


def table(titles: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print a table."""
    for row in (titles, *rows):
        print(" ".join(f"{cell!s:<16}" if n == 0 else f"{cell!s:>14}" for n, cell in enumerate(row)))
    print(flush=True)


def same(case: Case, size: int, uncertain: bool) -> tuple[object, ...]:
    """Return one row: futures of the same luck by both, and how far they are apart."""
    desk = case.desk(1, size, uncertain)
    one, other = case.simpy(desk), case.compiled(desk)
    differ = np.zeros(size, dtype=bool)
    for name in one:
        differ |= (gaps(one[name], other[name]) > ROUNDING).reshape(size, -1).any(axis=1)
    most = apart(one, other)
    worst = max(most, key=lambda name: most[name])
    spent = float(np.abs(one["value"] - other["value"]).max())
    draws = "with inputs" if uncertain else "plain"
    verdict = "agree" if not differ.any() else "APART"
    return case.name, draws, size, int(differ.sum()), f"{most[worst]:.1e}", worst, f"{spent:.1e}", verdict


def errors(one: Any, other: Any) -> float:
    """Return by how many standard errors the means of two samples differ at most; columns are quantities."""
    gap = np.abs(one.mean(axis=0) - other.mean(axis=0))
    error = np.sqrt(one.var(axis=0) / len(one) + other.var(axis=0) / len(other))
    found = np.divide(gap, error, out=np.where(gap > ROUNDING, math.inf, 0.0), where=error > ROUNDING)
    return float(found.max(initial=0.0))


def ends(found: dict[str, Any]) -> dict[str, Any]:
    """Return what is compared in distribution: values, levels and people at the end, and who delivered."""
    return {
        "value": found["value"],
        "levels": found["usable"][:, :, -1],
        "people": found["people"][:, :, -1],
        "delivered": (found["status"] == DELIVERED).astype(float),
    }


def alike(case: Case, size: int, other_size: int) -> tuple[object, ...]:
    """Return one row: futures of different luck by both, compared in distribution."""
    from scipy.stats import ks_2samp

    one = ends(case.simpy(case.desk(2, size)))
    batches = Chances(case.quantities, case.orders, 3)
    found = [ends(case.compiled(batches.batch(number).desk)) for number in range(-(-other_size // BATCH))]
    other = {name: np.concatenate([batch[name] for batch in found])[:other_size] for name in one}
    kolmogorov = float(ks_2samp(one["value"], other["value"]).pvalue)
    differ = [errors(one[name], other[name]) for name in one]
    means = (f"{sample['value'].mean():.4f}" for sample in (one, other))
    verdict = "agree" if max(differ) <= ERRORS and kolmogorov >= UNLIKELY else "APART"
    return case.name, size, other_size, *means, *(f"{gap:.2f}" for gap in differ), f"{kolmogorov:.3f}", verdict


def took(work: Callable[[], object], futures: int) -> float:
    """Return microseconds of processor time a future."""
    began = time.thread_time()
    work()
    return 1e6 * (time.thread_time() - began) / futures


def pace(case: Case, size: int, many: int, repeats: int) -> tuple[object, ...]:
    """Return one row: processor time a future of both, in turn, and what an assessment needs besides."""
    few, draws = case.desk(4, size), Chances(case.quantities, case.orders, 5).batch(0)
    pieces, q, orders = parts(case.desk(5, many)), case.quantities, case.orders

    def execute() -> None:
        for part in pieces:
            simulate(q, orders, part)

    def draw() -> None:
        Chances(q, orders, 5).batch(0)

    first = simulate(q, orders, cut(draws.desk, slice(0, CHUNK)))
    execute()
    found = [
        (
            took(lambda: play(orders, few), size),
            took(execute, many),
            took(draw, BATCH),
            took(lambda: kept(first, draws, slice(0, CHUNK), fanned=False), CHUNK),
        )
        for _ in range(repeats)
    ]
    simpy, fast, drawn, measured = (statistics.median(row[n] for row in found) for n in range(4))
    least = [row[0] / row[1] for row in found]
    figures = (f"{simpy:,.0f}", f"{fast:.1f}", f"{simpy / fast:,.0f}", f"{min(least):,.0f} - {max(least):,.0f}")
    return case.name, size, many, *figures, f"{drawn:.1f}", f"{measured:.1f}"


def peak() -> float:
    """Return the peak memory of this process so far, MB; `getrusage` would count that of the process that began it."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def assess(path: Path, futures: int, threads: int) -> dict[str, float]:
    """Assess a plan and return what it took; meant for a process of its own."""
    plan = load_plan(path)
    job = Job(plan.quantities, orders_of(plan), AssessmentSettings(futures=futures, workers=threads))
    Job(plan.quantities, job.orders, AssessmentSettings(futures=8))(0)  # compiled code is read once
    before, began, used = peak(), time.perf_counter(), time.process_time()
    outcomes = joined(list(spread(job, job.batches, "threads", threads)))
    passed, used = time.perf_counter() - began, time.process_time() - used
    return {
        "futures": len(outcomes), "wall": passed, "cpu": used, "before": before, "peak": peak(),
        "mean": float(outcomes.value.mean()),
    }  # fmt: skip


def alone(path: Path, given: argparse.Namespace) -> tuple[object, ...]:
    """Return one row: a whole assessment in a process of its own."""
    options = [str(path), "--many", str(given.many), "--threads", str(given.threads), "--alone"]
    done = subprocess.run([sys.executable, __file__, *options], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    per = 1e6 * found["wall"] / found["futures"]
    figures = (f"{found[name]:,.{n}f}" for name, n in (("wall", 1), ("cpu", 1), ("before", 0), ("peak", 0)))
    return path.name.split(".")[0], int(found["futures"]), given.threads, *figures, f"{per:.0f}"


def main() -> int:
    """Print the tables; return how many rows are apart."""
    parser = argparse.ArgumentParser(description="Futures by the compiled execution and by SimPy.")
    parser.add_argument("plans", nargs="*", type=Path, metavar="PLAN", help="plan files")
    parser.add_argument("--same", type=int, default=400, help="futures of the same luck by both")
    parser.add_argument("--simpy", type=int, default=500, help="futures of other luck, and timed, by SimPy")
    parser.add_argument("--compiled", type=int, default=20_000, help="futures of other luck by the compiled execution")
    parser.add_argument("--timed", type=int, default=4096, help="futures timed by the compiled execution")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--many", type=int, default=0, help="futures of a whole assessment of each plan file")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each plan that is made first")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.many and not given.plans:
        parser.error("--many needs plan files")
    if given.alone:
        print(json.dumps(assess(given.plans[0], given.many, given.threads)))
        return 0
    found = list(cases(given))
    rows = [same(case, given.same, uncertain) for case in found for uncertain in (False, True)]
    print("Same luck, future by future")
    table(("plan", "draws", "futures", "apart", "most apart", "in", "value apart", ""), rows)
    others = [alike(case, given.simpy, given.compiled) for case in found]
    print("Other luck: mean values, largest difference of means in standard errors, Kolmogorov-Smirnov")
    differ = ("of value", "of levels", "of people", "of delivered")
    table(("plan", "SimPy", "compiled", "mean", "mean", *differ, "KS chance", ""), others)
    print(f"Microseconds of processor time a future, median of {given.repeats}")
    times = ("SimPy", "compiled", "ratio", "from - to", "draws", "kept")
    timed = [pace(case, given.simpy, given.timed, given.repeats) for case in found]
    table(("plan", "SimPy", "compiled", *times), timed)
    if given.many:
        print("A whole assessment: seconds, MB before and at the peak of its process, microseconds a future")
        sizes = ("futures", "threads", "wall s", "processor s", "MB before", "MB peak", "a future")
        table(("plan", *sizes), [alone(path, given) for path in given.plans])
    return sum(row[-1] == "APART" for row in (*rows, *others))


if __name__ == "__main__":
    sys.exit(min(main(), 1))
