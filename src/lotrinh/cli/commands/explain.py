"""``lotrinh explain``: true answers to what a leader asks of a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.console import asking
from lotrinh.cli.options import Budget, Json, Threads, With, print_json, search_settings

if TYPE_CHECKING:
    from lotrinh.plan.plan import Plan
    from lotrinh.plan.settings import PlanSettings
    from lotrinh.programme.programme import Programme

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
    with_: With = (),
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
    settings = search_settings(time_limit=time_limit, gap=0.002, threads=threads)
    others = bool(why_not or price or binding or waiting)
    if conflict and others:
        raise UsageError(str(t("--conflict is asked alone, without --why-not, --price, --binding or --waiting")))
    if (with_ or budget) and not (conflict and not _is_plan(plan)):
        raise UsageError(str(t("--with and --budget go with --conflict on a programme: a plan file has its own data")))
    if conflict:
        return _conflict(plan, with_, budget, time_limit, json_)
    if not others:
        raise UsageError(str(t("ask one of --why-not, --price, --binding, --waiting or --conflict")))
    from lotrinh.plan.planfile import load_plan

    known = load_plan(plan)
    _check_names(known, why_not, price, waiting)
    content: dict[str, Any] = {}
    for ask, names in ((_why_not, why_not), (_prices, price), (_waiting, waiting)):
        if names:
            content.update(ask(known, names, settings, json_))
    if binding:
        content.update(_binding(known, settings, json_))
    if json_:
        print_json(content)
    return 0


def _is_plan(source: Path) -> bool:
    return source.suffix.casefold() == ".json"


def _check_names(plan: Plan, why_not: Which, price: Which, waiting: Which) -> None:
    """Refuse, before any search, all names that the plan's programme does not know, in one error."""
    from lotrinh.plan.explain.price import known
    from lotrinh.plan.explain.why_not import position

    def chosen(programme: Programme, name: str) -> None:
        if plan.decisions.option[position(programme, name)] < 0:
            raise UsageError(str(t("{project} is not in the plan; ask --why-not {project}", project=name)))

    wrong: list[str] = []
    checks: tuple[tuple[Which, Callable[[Programme, str], object]], ...] = (
        (None if why_not == ["all"] else why_not, position),
        (None if price == ["all"] else price, known),
        (waiting, chosen),
    )
    for names, check in checks:
        for name in names or ():
            try:
                check(plan.programme, name)
            except UsageError as error:
                wrong.append(str(error))
    if wrong:
        raise UsageError("\n".join(dict.fromkeys(wrong)))


def _why_not(plan: Plan, names: list[str], settings: PlanSettings, json_: bool) -> dict[str, Any]:
    from lotrinh.cli.explain_tables import print_why_not
    from lotrinh.plan.explain.why_not import why_not

    content = []
    for name in asking(list(plan.refused) if names == ["all"] else names, json_):
        answer = why_not(plan, name, settings)
        content.append(answer.as_dict(plan))
        if not json_:
            print_why_not(plan, answer)
        if answer.other is not None and answer.other.interrupted:
            break
    return {"why_not": content}


def _prices(plan: Plan, names: list[str], settings: PlanSettings, json_: bool) -> dict[str, Any]:
    from lotrinh.cli.explain_tables import print_prices
    from lotrinh.plan.explain.price import price

    found = []
    for name in asking(list(plan.programme.directives.ids) if names == ["all"] else names, json_):
        found.append(price(plan, name, settings))
        if found[-1].other is not None and found[-1].other.interrupted:
            break
    if not json_:
        print_prices(plan, found)
    return {"prices": [each.as_dict() for each in found]}


def _waiting(plan: Plan, names: list[str], settings: PlanSettings, json_: bool) -> dict[str, Any]:
    from lotrinh.cli.console import print_line
    from lotrinh.cli.explain_tables import print_waiting
    from lotrinh.plan.explain.waiting import waiting

    content: dict[str, Any] = {}
    for name in asking(names, json_):
        p = plan.programme.projects.position(name)
        if p in plan.quantities.locks:
            content[name] = []
            if not json_:
                start = plan.quantities.calendar.at(plan.quantities.locks[p][1])
                print_line(t("{project} is locked: its start in {start} is fixed.", project=name, start=start))
            continue
        found = waiting(plan, name, settings)
        content[name] = [each.as_dict() for each in found]
        if not json_:
            print_waiting(plan, name, found)
    return {"waiting": content}


def _binding(plan: Plan, settings: PlanSettings, json_: bool) -> dict[str, Any]:
    from lotrinh.cli.explain_tables import print_binding
    from lotrinh.plan.explain.binding import binding

    found = binding(plan, settings)
    if not json_:
        print_binding(found)
    return {"binding": [each.as_dict() for each in found]}


def _conflict(source: Path, changes: tuple[Path, ...], budget: str, seconds: float, json_: bool) -> int:
    from lotrinh.plan.conflict import conflict
    from lotrinh.plan.formulate import formulate
    from lotrinh.plan.optimise import quantities_of
    from lotrinh.plan.planfile import load_plan
    from lotrinh.programme.load import load

    quantities = load_plan(source).quantities if _is_plan(source) else quantities_of(load(source, *changes), budget)
    found = conflict(formulate(quantities), seconds=max(seconds, 60.0))
    if json_:
        print_json({"conflict": None if found is None else found.as_dict()})
        return 0
    from lotrinh.cli.console import print_line

    if found is None:
        print_line(t("Nothing clashes: there is a plan."))
    else:
        for sentence in found.text():
            print_line(sentence)
    return 0
