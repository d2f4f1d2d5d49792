"""``lotrinh compare``: what changed between plans."""

from __future__ import annotations

from pathlib import Path

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json


def compare(first: Path, second: Path, *more: Path, json_: Json = False) -> int:
    """Say what changed between plans: projects, measures, data, and why as far as the data shows it.

    Example: lotrinh compare base.plan.json low.plan.json

    Parameters
    ----------
    first
        Plan file that the others are compared with.
    second
        Plan file; its programme may be another one.
    more
        More plan files, each compared with the first.
    """
    from lotrinh.plan.compare import compare as find
    from lotrinh.plan.planfile import load_plan

    files = (first, second, *more)
    if len(files) > MOST:
        raise UsageError(str(t("at most {count} plans can be compared at once", count=MOST)))
    plans = [load_plan(path) for path in files]
    found = find(*plans)
    if json_:
        content = found.summary()
        for plan, path in zip(content["plans"], files, strict=True):
            plan["path"] = str(path)
        print_json({"status": "compared", **content})
    else:
        from lotrinh.cli.compare_tables import print_comparison

        print_comparison(plans, found, [str(path) for path in files])
    return 0


MOST = 9
"""Plans that can stand side by side."""
