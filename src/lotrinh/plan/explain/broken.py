"""Broken rows in words: which rules they belong to, by how much, and when."""

from __future__ import annotations

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.base.units import units
from lotrinh.measures.quantities import Floats, Ints
from lotrinh.plan.elastic import elastic
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.said import period
from lotrinh.plan.words import Figure


def broken_words(formulation: Formulation, rows: Ints, short: Floats) -> tuple[Text, ...]:
    """Return a sentence for each rule that the rows belong to, with the largest shortfall and the dates.

    Rows that only define something are left out.

    Parameters
    ----------
    rows, short: broken rows of the form and by how much each is.
    """
    found = []
    for member in elastic(formulation).members:
        mine = np.isin(rows, member.rows)
        if not mine.any():
            continue
        unit = member.kind.unit if member.kind.name not in ("directive", "core") else ""
        dates = [date for row in rows[mine] if (date := period(formulation, int(row)))]
        when = "" if not dates else dates[0] if min(dates) == max(dates) else f"{min(dates)}–{max(dates)}"
        if unit and when:
            most = Figure(float(short[mine].max()), 1)
            found.append(
                t(
                    "{rule} ({amount} {unit} short, {when})",
                    rule=member.words,
                    amount=most,
                    unit=units()[unit],
                    when=when,
                )
            )
        else:
            found.append(member.words)
    return tuple(found)
