"""The front as a chart: cost across, capability up, independence as colour, tail as size. Needs the extra `charts`."""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lotrinh.base.files import write_whole
from lotrinh.base.issues import UsageError
from lotrinh.base.text import number, t
from lotrinh.plan.front import Point

FORMATS = (".svg", ".png", ".html", ".json")


def check_chart(path: Path) -> None:
    """Find out before long work whether a chart can be drawn to `path`; `UsageError` where it cannot."""
    if path.suffix.casefold() not in FORMATS:
        raise UsageError(str(t("{path} must end with one of {known}", path=path, known=FORMATS)))
    if any(find_spec(name) is None for name in ("altair", "vl_convert")):
        raise UsageError(str(t("charts need an extra: pip install 'lotrinh[charts]'")))


def draw(points: list[Point], path: Path) -> None:
    """Write the chart of the front to `path`, as its suffix says: SVG, PNG, HTML or Vega-Lite JSON.

    Raises
    ------
    UsageError
        If the suffix is another, or the extra is not installed.
    """
    check_chart(path)
    import altair as alt

    chart = _chart(alt, points)
    if path.suffix.casefold() == ".png":
        import vl_convert

        write_whole(path, vl_convert.vegalite_to_png(chart.to_json(), scale=2))
    elif path.suffix.casefold() == ".svg":
        import vl_convert

        write_whole(path, vl_convert.vegalite_to_svg(chart.to_json()))
    else:
        write_whole(path, chart.to_html(inline=True) if path.suffix.casefold() == ".html" else chart.to_json())


def _chart(alt: Any, points: list[Point]) -> Any:
    rows = [
        {
            **{name: value for name, value in asdict(point).items() if name != "projects"},
            "efficient": str(t("efficient") if point.efficient else t("beaten by another")),
            "label": "" if place else str(t("the plan")),
        }
        for place, point in enumerate(points)
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("cost:Q", title=str(t("Money spent, million")), scale=alt.Scale(zero=False, padding=30)),
        y=alt.Y(
            "capability:Q",
            title=str(t("Accumulated capability, level-years")),
            scale=alt.Scale(zero=False, padding=30),
        ),
    )
    marks = base.mark_point(filled=True, opacity=0.9, stroke="black", strokeWidth=0.8).encode(
        color=alt.Color(
            "independence:Q",
            title=[str(t("Capability left after")), str(t("the worst withdrawal"))],
            scale=alt.Scale(scheme="viridis"),
            legend=alt.Legend(format=".1%", titleLimit=260),
        ),
        size=alt.Size(
            "tail:Q",
            title=[str(t("Mean final level in")), str(t("the worst tenth"))],
            legend=alt.Legend(titleLimit=260),
            scale=alt.Scale(range=[60, 420], zero=False),
        ),
        shape=alt.Shape(
            "efficient:N",
            title="",
            scale=alt.Scale(
                domain=[str(t("efficient")), str(t("beaten by another"))], range=["circle", "triangle-down"]
            ),
        ),
    )
    names = base.mark_text(dy=-18, fontWeight="bold").encode(text="label:N")
    efficient = [point for point in points if point.efficient]
    dearest, cheapest = max(points, key=lambda each: each.cost), min(points, key=lambda each: each.cost)
    title = t(
        "From {least} to {most} million, capability goes from {low} to {high} level-years",
        least=number(cheapest.cost, 0),
        most=number(dearest.cost, 0),
        low=number(cheapest.capability, 0),
        high=number(dearest.capability, 0),
    )
    subtitle = t("{some} of {all} plans are efficient", some=len(efficient), all=len(points))
    return (marks + names).properties(
        width=620,
        height=380,
        padding={"left": 5, "top": 5, "bottom": 5, "right": 30},
        title=alt.Title(str(title), subtitle=str(subtitle), anchor="start"),
    )
