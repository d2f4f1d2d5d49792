"""``lotrinh explain``: true answers to what a leader asks of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Budget, Json, Threads, print_json

Which = list[str] | None


def explain(
    plan: Path,
    *,
    why_not: Annotated[
        Which, Parameter(help="Project that the plan leaves out, or all: what forcing it in costs.")
    ] = None,
    price: Annotated[Which, Parameter(help="Directive, or all: what it costs.")] = None,
    binding: Annotated[bool, Parameter(negative="", help="What binds, with shadow prices by year.")] = False,
    waiting: Annotated[Which, Parameter(help="Project of the plan: what starting earlier or later would do.")] = None,
    conflict: Annotated[
        bool, Parameter(negative="", help="Of a programme without a plan: what cannot be held together.")
    ] = False,
    budget: Budget = "",
    time_limit: Annotated[float, Parameter(help="Seconds for each answer.")] = 25.0,
    threads: Threads = 2,
    json_: Json = False,
) -> int:
    """Answer why a project is left out, what binds, what a directive costs, what waiting does, what clashes.

    Example: lotrinh explain vietnam.plan.json --why-not P18 --price D11 --binding

    Parameters
    ----------
    plan
        Plan file, from `lotrinh plan -o`; with --conflict also a programme: a folder of tables or a workbook.
    """
    if conflict:
        return _conflict(plan, budget, time_limit, json_)
    if not (why_not or price or binding or waiting):
        raise UsageError(str(t("ask one of --why-not, --price, --binding, --waiting or --conflict")))
    from lotrinh.plan.planfile import load_plan
    from lotrinh.plan.settings import PlanSettings

    known = load_plan(plan)
    settings = PlanSettings(time_limit=time_limit, gap=0.002, threads=threads)
    content: dict[str, Any] = {}
    for ask, names in ((_why_not, why_not), (_prices, price), (_waiting, waiting), (_binding, binding)):
        if names:
            content.update(ask(known, names, settings, json_))
    if json_:
        print_json(content)
    return 0
