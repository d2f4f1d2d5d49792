"""``lotrinh demo``: the Vietnam case, from data to plan to futures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.text import number, t
from lotrinh.cli.commands.assess import assess
from lotrinh.cli.commands.check import check
from lotrinh.cli.commands.plan import plan
from lotrinh.cli.options import Json


def demo(
    *,
    time_limit: Annotated[float, Parameter(help="Seconds of search.")] = 90.0,
    gap: Annotated[float, Parameter(help="Proven gap at which the search stops.")] = 0.01,
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="Plan file to write.")] = Path(
        "out/vietnam.plan.json"
    ),
    futures: Annotated[int, Parameter(help="How many futures to execute the plan in; 0 for none.")] = 10_000,
    json_: Json = False,
) -> int:
    """Plan the Vietnam reference programme, from its tables to a proven portfolio and its futures.

    Example: lotrinh demo
    """
    from lotrinh.base.examples import example
    from lotrinh.cli.console import print_line

    case = example("vietnam")
    if not json_:
        print_line(t("1. Check the data of {path}", path=case))
        if check(case):
            return 3
        print_line(
            t("2. Choose, schedule and prove (up to {seconds} s; Ctrl-C keeps the best plan)", seconds=time_limit)
        )
    code = plan(case, output=output, time_limit=time_limit, gap=gap, json_=json_)
    if code or json_ or not futures:
        return code
    words = t("3. Execute the plan in {futures} futures (the first time this is compiled)", futures=number(futures, 0))
    print_line(words)
    return assess(output, futures=futures)
