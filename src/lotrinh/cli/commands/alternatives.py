"""``lotrinh alternatives``: what plans nearly as good have in common."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.cli.options import Json, Threads, check_share, print_json, search_settings


def alternatives(
    plan: Path,
    *,
    within: Annotated[float, Parameter(help="How much less a plan may be worth: 0.02 is 2 %.")] = 0.02,
    time_limit: Annotated[float, Parameter(help="Seconds for the whole search.")] = 120.0,
    threads: Threads = 2,
    json_: Json = False,
) -> int:
    """Find plans nearly as good: which projects are in all of them, in some, in none.

    Example: lotrinh alternatives vietnam.plan.json --within 0.02

    Parameters
    ----------
    plan
        Plan file, from `lotrinh plan -o`.
    """
    from lotrinh.plan.alternatives import alternatives as find
    from lotrinh.plan.planfile import load_plan

    check_share("--within", within)
    settings = search_settings(time_limit=time_limit, threads=threads)
    known = load_plan(plan)
    found = find(known, within, settings)
    if json_:
        print_json(asdict(found))
    else:
        from lotrinh.cli.explain_tables import print_alternatives

        print_alternatives(known, found)
    return 0
