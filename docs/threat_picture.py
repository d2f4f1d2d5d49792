"""Draws ``docs/images/threat.svg``: the chance of Q-day by the shipped surveys, their points and their mixture.

python docs/threat_picture.py
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import numpy as np
import polars  # noqa: TID253
import vl_convert

from lotrinh.register.threat import default

PICTURE = Path(__file__).parent / "images" / "threat.svg"
FIRST, LAST = 2025.0, 2060.0


def chart() -> alt.LayerChart:
    """Return the chart."""
    threat, years = default(), np.arange(FIRST, LAST, 0.25)
    courses = {f"survey, {curve.name}": curve.at(years - curve.surveyed) for curve in threat.curves}
    courses |= {"mixture, RSA-2048": threat.by(years, "rsa"), "mixture, P-256": threat.by(years, "ecc")}
    lines = polars.concat(
        [polars.DataFrame({"year": years, "chance": chance, "curve": name}) for name, chance in courses.items()]
    )
    points = polars.concat(
        [
            polars.DataFrame(
                {"year": curve.surveyed + curve.within, "chance": curve.chance, "curve": f"survey, {curve.name}"}
            )
            for curve in threat.curves
        ]
    )
    order = list(courses)
    colour = alt.Color("curve:N", title=None, sort=order, scale=alt.Scale(range=["#b42318", "#1c54a0", "#222", "#777"]))
    dash = alt.StrokeDash(
        "curve:N", sort=order, legend=None, scale=alt.Scale(range=[[6, 3], [2, 3], [1, 0], [8, 2, 2, 2]])
    )
    x = alt.X("year:Q", title="year", axis=alt.Axis(format="d"), scale=alt.Scale(domain=[FIRST, LAST]))
    y = alt.Y(
        "chance:Q", title="chance that it has been broken", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
    )
    title = alt.TitleParams(
        "Q-day as experts judge it: about four in ten by the end of 2035",
        subtitle="Points: 26 experts, published in March 2026, read at second hand. Lines: cure models through them.",
    )
    drawn = alt.Chart(lines).mark_line(strokeWidth=2).encode(x, y, colour, dash)
    dots = alt.Chart(points).mark_point(size=60, filled=True).encode(x, y, alt.Color("curve:N", sort=order))
    return alt.layer(drawn, dots).properties(width=640, height=320, title=title)


if __name__ == "__main__":
    PICTURE.write_text(vl_convert.vegalite_to_svg(chart().to_json()), encoding="utf-8")
    print(PICTURE)
