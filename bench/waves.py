"""Waves at several sizes, beside what tools offer today.

    python bench/waves.py                          1,000, 100,000 and 1,000,000 items
    python bench/waves.py --items 1000 --values discrete     of 1,000 items, values alike as in a real register

Each size is scheduled in a process of its own. `risk` and `deadline` are the exposures, as ratios to ours, of what
tools offer today with the same capacity: items one after the other by value at risk, or by deadline, each as early as
it fits.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import time


def measure(count: int, values: str, seconds: float, seed: int) -> dict[str, float]:
    """Schedule one instance and return what it took; meant for a process of its own."""
    import numpy as np

    from lotrinh.base.calendar import Quarter
    from lotrinh.plan.waves.construct import after_those_before, construct
    from lotrinh.plan.waves.problem import Settings, problem
    from lotrinh.plan.waves.schedule import waves
    from lotrinh.register.synthetic import capacity, items
    from lotrinh.register.threat import default

    made = items(count, seed, values)
    sheet, settings = capacity(made), Settings(Quarter(2027, 1), time_limit=seconds, seed=seed)
    small = items(200)
    waves(
        small, capacity(small), default(), Settings(Quarter(2027, 1), time_limit=2.0)
    )  # compiled code is read from disk
    began, worked = time.perf_counter(), time.process_time()
    found = waves(made, sheet, default(), settings)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    p = problem(made, sheet, default(), settings)
    ends = np.full(p.count, p.horizon - 1)
    risk = np.add.reduceat(p.values * p.curves[p.profiles, np.repeat(ends, np.diff(p.pointers))], p.pointers[:-1])
    dues = np.minimum.reduceat(p.dues, p.pointers[:-1])
    free = np.zeros((len(p.used.lasts), p.horizon + 1))
    result = {"items": count, "seconds": took, "processor": worked, "GiB": memory} | {
        k: found.summary[k] for k in ("cost", "bound", "gap")
    }
    for name, order in (("risk", np.argsort(-risk, kind="stable")), ("deadline", np.lexsort((-risk, dues)))):
        quarters, _ = construct(p, after_those_before(p, order), free, np.full(p.count, -1))
        exposure = float((p.values * p.curves[p.profiles, np.repeat(quarters, np.diff(p.pointers))]).sum())
        result[name] = exposure / found.summary["exposure"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", nargs="*", type=int, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--values", nargs="*", default=["discrete", "continuous"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=110.0)
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(asked.one, asked.values[0], asked.seconds, asked.seed)))
        return
    heads = ("seconds", "processor", "GiB", "cost", "bound", "gap", "risk", "deadline")
    print("".join(f"{head:>12}" for head in ("items", "values", *heads)))
    for size, values in itertools.product(asked.items, asked.values):
        command = [sys.executable, __file__, "--one", str(size), "--values", values]
        command += ["--seconds", str(asked.seconds), "--seed", str(asked.seed)]
        row = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"{size:>12,}{values:>12}" + "".join(f"{row[head]:>12,.4g}" for head in heads), flush=True)


if __name__ == "__main__":
    main()
