"""Broken rules in words: which they are, by how much, and when."""

from __future__ import annotations

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.base.units import units
from lotrinh.plan.elastic import elastic
from lotrinh.plan.explain.alone import Alone
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.said import DIRECTIVE, period, told
from lotrinh.plan.words import Figure, Member


def members_of(formulation: Formulation) -> tuple[Member, ...]:
    """Return the rules that a person can argue with, each with its rows."""
    return elastic(formulation).members


def broken_words(formulation: Formulation, members: tuple[Member, ...], found: Alone) -> tuple[Text, ...]:
    """Return a sentence for each rule broken, with the largest shortfall and the dates, then the directives missed.

    Rows that only define something are left out.
    """
    words: list[Text] = []
    for member in members:
        mine = np.isin(found.rows, member.rows)
        if not mine.any():
            continue
        unit = member.kind.unit if member.kind.name != "core" else ""
        dates = [date for row in found.rows[mine] if (date := period(formulation, int(row)))]
        when = "" if not dates else dates[0] if min(dates) == max(dates) else f"{min(dates)}–{max(dates)}"
        if unit and when:
            most = Figure(float(found.short[mine].max()), 1)
            words.append(
                t(
                    "{rule} ({amount} {unit} short, {when})",
                    rule=member.words,
                    amount=most,
                    unit=units()[unit],
                    when=when,
                )
            )
        else:
            words.append(member.words)
    return (*words, *(told(formulation.quantities, DIRECTIVE, (id,)) for id in found.directives))
