"""Waves at several sizes, beside what tools offer today.

    python bench/waves.py                          1,000, 100,000 and 1,000,000 items
    python bench/waves.py --sizes 1000 --alike     values alike instead of all different

Each size is scheduled in a process of its own. `risk` and `deadline` are the exposures, as ratios to ours, of what
tools offer today with the same capacity: items one after the other by value at risk, or by deadline, each as early as
it fits.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time


def measure(count: int, alike: bool, seconds: float) -> dict[str, float]:
    """Schedule one instance and return what it took; meant for a process of its own."""
    import numpy as np
    from waves_instance import START, capacity, work

    from lotrinh.plan.waves.construct import after_those_before, construct
    from lotrinh.plan.waves.problem import Settings, problem
    from lotrinh.plan.waves.schedule import waves
    from lotrinh.register.threat import default

    made = work(count, teams=min(30, 2 + count // 1000), alike=alike)  # a team that could not do one item says nothing
    sheet, settings = capacity(made), Settings(START, price=0.001, time_limit=seconds)
    waves(*_small(work, capacity), default(), settings)  # compiled code is read from disk
    began = time.perf_counter()
    found = waves(made, sheet, default(), settings)
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    p = problem(made, sheet, default(), settings)
    ends = np.full(p.count, p.horizon - 1)
    risk = np.add.reduceat(p.values * p.curves[p.profiles, np.repeat(ends, np.diff(p.pointers))], p.pointers[:-1])
    dues = np.minimum.reduceat(p.dues, p.pointers[:-1])
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    result = {"items": count, "seconds": took, "GiB": memory} | {k: found.summary[k] for k in ("cost", "bound", "gap")}
    for name, order in (("risk", np.argsort(-risk, kind="stable")), ("deadline", np.lexsort((-risk, dues)))):
        quarters, _ = construct(p, after_those_before(p, order), free, np.full(p.count, -1))
        exposure = float((p.values * p.curves[p.profiles, np.repeat(quarters, np.diff(p.pointers))]).sum())
        result[name] = exposure / found.summary["exposure"]
    return result


def _small(work, capacity):
    made = work(200, teams=2)
    return made, capacity(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--alike", action="store_true")
    parser.add_argument("--seconds", type=float, default=110.0)
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.alike, asked.seconds)))
        return
    heads = ("items", "seconds", "GiB", "cost", "bound", "gap", "risk", "deadline")
    print("".join(f"{head:>12}" for head in heads))
    for size in asked.sizes:
        command = [sys.executable, __file__, "--one", str(size), "--seconds", str(asked.seconds)]
        command += ["--alike"] * asked.alike
        row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print("".join(f"{row[head]:>12,.4g}" if head != "items" else f"{size:>12,}" for head in heads))


if __name__ == "__main__":
    main()
