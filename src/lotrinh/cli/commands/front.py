"""``lotrinh front``: the trade between capability, independence, cost and tail."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.files import check_writable, write_whole
from lotrinh.base.text import t
from lotrinh.cli.options import Json, Threads, check_weights, print_json, search_settings


def front(
    plan: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="CSV file of the points to write.")] = None,
    chart: Annotated[Path | None, Parameter(help="Chart to write: .svg, .png, .html or .json (Vega-Lite).")] = None,
    money: Annotated[list[float] | None, Parameter(help="Worth of a million unspent, to be swept.")] = None,
    independence: Annotated[list[float] | None, Parameter(help="Worth of full independence, to be swept.")] = None,
    time_limit: Annotated[float, Parameter(help="Seconds for each point.")] = 25.0,
    gap: Annotated[float, Parameter(help="Proven gap at which a point is good enough.")] = 0.005,
    threads: Threads = 2,
    json_: Json = False,
) -> int:
    """Plan again under other weights: what capability, independence, cost and tail cost one another.

    Example: lotrinh front vietnam.plan.json -o front.csv --chart front.svg

    Parameters
    ----------
    plan
        Plan file, from `lotrinh plan -o`.
    """
    from lotrinh.plan.front import INDEPENDENCE, MONEY
    from lotrinh.plan.front import front as sweep
    from lotrinh.plan.planfile import load_plan

    settings = search_settings(time_limit=time_limit, gap=gap, threads=threads)
    check_weights("--money", money)
    check_weights("--independence", independence)
    for path in (output, chart):
        if path is not None:
            check_writable(path)
    if chart is not None:
        from lotrinh.cli.front_chart import check_chart

        check_chart(chart)
    known = load_plan(plan)
    weights = tuple(money or MONEY), tuple(independence or INDEPENDENCE)
    points = sweep(known, settings, *weights)
    asked = len(weights[0]) * len(weights[1])
    missing = asked + 1 - len(points)
    rows = [{**asdict(point), "projects": " ".join(point.projects)} for point in points]
    if output is not None:
        lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
        write_whole(output, "\n".join(lines) + "\n")
    if chart is not None:
        from lotrinh.cli.front_chart import draw

        draw(points, chart)
    if json_:
        print_json({"points": rows, "missing": missing})
        return 0
    from lotrinh.cli.console import print_line
    from lotrinh.cli.explain_tables import print_front

    print_front(points)
    if missing:
        words = t("No plan was found in time for {missing} of the {asked} points.", missing=missing, asked=asked)
        print_line(words)
    for path in (output, chart):
        if path is not None:
            print_line(t("Written: {path}", path=path))
    return 0
