"""``lotrinh register burndown``: what is left to migrate by quarter, against the deadlines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from lotrinh.base.text import number, t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._extract import Policy, Waves, opened

BAR = 30


def burndown(
    register: Path,
    *,
    waves: Waves = None,
    policy: Policy = "",
    measure: Annotated[Literal["items", "assets", "value", "at_stake"], Parameter(help="What is counted.")] = "items",
    json_: Json = False,
) -> int:
    """Show what is left at the end of each quarter: as planned, as reported, and if every deadline is held.

    Example: lotrinh register burndown crypto --waves waves --policy eu

    Parameters
    ----------
    register
        Folder of the register.
    """
    from lotrinh.register.outputs.burndown import burndown as left

    found = opened(register, waves, policy)
    columns = [f"{line}_{measure}" for line in ("planned", "actual", "allowed")]
    rows = left(found).select("quarter", *columns).rows()
    if json_:
        keys = ("quarter", "planned", "actual", "allowed")
        print_json({"measure": measure, "quarters": [dict(zip(keys, row, strict=True)) for row in rows]})
    elif not rows:
        from lotrinh.cli.console import print_line

        print_line(t("{path} holds nothing that is to be migrated.", path=register))
    else:
        _print(rows, decimals=0 if measure in ("items", "assets") else 2)
    return 0


def _print(rows: list[tuple[str, float | None, float | None, float | None]], decimals: int) -> None:
    """Print one line a quarter, with a bar of what is left as planned, or as reported where nothing is planned."""
    from lotrinh.cli.console import console, table

    shown = table(
        t("Left at the end of each quarter"),
        (t("Quarter"), "left"),
        (t("Planned"), "right"),
        (t("Reported"), "right"),
        (t("If deadlines are held"), "right"),
        (t("Left"), "left"),
    )
    most = max((value for row in rows for value in row[1:] if value is not None), default=0.0) or 1.0
    for quarter, planned, actual, allowed in rows:
        left = next((value for value in (planned, actual, allowed) if value is not None), 0.0)
        late = allowed is not None and left > allowed * (1 + 1e-9)
        bar = "█" * round(BAR * left / most)
        cells = ["–" if value is None else number(value, decimals) for value in (planned, actual, allowed)]
        shown.add_row(quarter, *cells, f"[red]{bar}[/red]" if late else bar)
    console().print(shown)
