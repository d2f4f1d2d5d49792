"""``lotrinh register summarise``: the work items of a register as the migration classes of a programme."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import number, percent, t
from lotrinh.cli.options import Json, print_json

REASONS = {
    "public_root": t("public roots"),
    "test": t("material of tests"),
    "expired": t("certificates that have run out"),
    "superseded": t("certificates with a successor"),
    "migrated": t("migrated already"),
    "margin": t("margin only"),
    "unknown": t("not recognised"),
    "accepted": t("risk accepted"),
    "done": t("done"),
}
"""What each of `work.need.REASONS` is called."""


def summarise(
    register: Path,
    *,
    programme: Annotated[Path | None, Parameter(help="Programme whose migration tables are replaced.")] = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Folder for the two tables.")] = None,
    classes: Annotated[Path | None, Parameter(help="CSV of classes: items, projects that come first, share.")] = None,
    worth: Annotated[float | None, Parameter(help="Value at risk of all in a year, to which values scale.")] = None,
    today: Annotated[str, Parameter(help="Day after which certificates count as run out, as 2026-12-31.")] = "",
    force: Annotated[bool, Parameter(negative="", help="Replace tables that hold rows.")] = False,
    json_: Json = False,
) -> int:
    """Write the work items of a register as the tables migration and migration_skills of a programme.

    Example: lotrinh register summarise national.register --programme cases/vietnam --classes classes.csv

    Parameters
    ----------
    register
        Folder of the register.
    """
    from lotrinh.base.calendar import Quarter
    from lotrinh.cli.console import print_issues, print_line
    from lotrinh.register import grouping, handover, summarise, threat, workitems
    from lotrinh.register.store import Register

    if (programme is None) == (output is None):
        raise UsageError(str(t("give either --programme or -o")))
    day = _day(today)
    if worth is not None and not 0.0 < worth < float("inf"):
        raise UsageError(str(t("{option} must be a number above 0", option="--worth")))
    groups = grouping.read(classes) if classes else []
    work = workitems.work(Register(register), today=day)
    if work.items.is_empty():
        raise UsageError(str(t("{path} holds no work items; nothing was written", path=register)))
    found = summarise.classes(work, today=day, groups=groups, offsets=threat.offsets(), worth=worth)
    start = Quarter(day.year, (day.month + 2) // 3)
    exact, rough = summarise.exposures(work, found, threat.default(), start, summarise.HORIZON)
    error = summarise.misfit(exact, rough)
    target = programme or output
    assert target is not None
    if programme is not None:
        print_issues(handover.put(found.tables(), programme, force=force))
    else:
        handover.write_tables(found.tables(), target, force=force)
    items = sum(row["items"] for row in found.migration)
    apart = dict(work.apart.iter_rows())
    if json_:
        print_json(
            {
                "status": "written",
                "path": str(target),
                "items": items,
                "classes": len(found.migration),
                "aggregation_error": error,
                "apart": apart,
            }
        )
        return 0
    print_line(
        t(
            "{items} work items in {classes} classes, whose expected exposure is that of the items to within {share}",
            items=number(items, 0),
            classes=len(found.migration),
            share=percent(error, 2),
        )
    )
    words = tuple(f"{REASONS[reason]} {number(count, 0)}" for reason, count in apart.items() if count)
    print_line(t("Assets that are no work: {counts}", counts=words or ("0",)))
    print_line(t("Written: {path}", path=target))
    return 0


def _day(text: str) -> date:
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            str(t("{option} must be a date such as 2026-12-31, not {value}", option="--today", value=text))
        ) from None
