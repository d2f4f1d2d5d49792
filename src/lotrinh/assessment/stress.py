"""Named stresses: a scenario is its name, so it can be run again by anybody.

``withdraw/F08/2029Q3`` a supplier, with the firms of its country, supplies no more from that quarter on;
``intake/0.5`` only a share of the people enter; ``cut/2029/0.2`` a share of that year's budget is taken away;
``qday/5`` quantum computers come so many years earlier; ``depreciation/0.25`` every capability loses that share a year.
Several are joined by ``+``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lotrinh.assessment.desk import Desk, expected
from lotrinh.assessment.draws import Draws
from lotrinh.assessment.orders import Orders
from lotrinh.assessment.simulate import simulate
from lotrinh.base.calendar import QUARTERS_PER_YEAR, Quarter
from lotrinh.base.issues import UsageError
from lotrinh.base.text import Text, percent, pick, t
from lotrinh.measures.paths import Decisions, value
from lotrinh.measures.quantities import Quantities
from lotrinh.measures.quantities.horizon import quarterly

THIRD = 2
EARLIER = 5
HALF = 0.5
CUT = 0.2
"""Share of a budget that the standard stress takes away where the programme states none."""


def stressed_orders(scenario: str, q: Quantities, o: Orders) -> Orders:
    """Return the orders under a scenario.

    Raises
    ------
    UsageError
        If the scenario is none, or names what the programme does not have.
    """
    for kind, arguments in parts(scenario, q):
        if kind == "intake":
            intakes = o.intakes.copy()
            for flow in np.unique(intakes["flow"]):  # the remainder is carried from intake to intake
                mine = intakes["flow"] == flow
                whole = np.floor(np.cumsum(intakes["entrants"][mine]) * float(arguments[0]) + 0.5)
                intakes["entrants"][mine] = np.diff(whole, prepend=0.0)
            o = o._replace(intakes=intakes)
    return o


def stressed_draws(scenario: str, q: Quantities, draws: Draws) -> Draws:
    """Return draws under a scenario; they are changed in place."""
    for kind, arguments in parts(scenario, q):
        if kind == "withdraw":
            withdraw(q, draws.desk.out, arguments[0], q.calendar.time(Quarter.parse(arguments[1])))
        elif kind == "cut":
            draws.desk.cash["factor"][:, q.years.index(int(arguments[0]))] *= 1.0 - float(arguments[1])
        elif kind == "depreciation":
            draws.desk.decay[:] = quarterly(float(arguments[0]))
        elif kind == "qday":
            draws.qday[:] -= float(arguments[0]) * QUARTERS_PER_YEAR
    return draws


def withdraw(q: Quantities, out: Any, supplier: str, start: int) -> None:
    """Take a supplier, and the firms of a country, away from a quarter on, for good."""
    rows = q.programme.suppliers
    one = rows.of(supplier)
    for at, row in enumerate(rows):
        if row.supplier == supplier or (one.kind == "country" and row.kind == "firm" and row.country == one.country):
            out[:, at, start:] = True


def parts(scenario: str, q: Quantities) -> list[tuple[str, list[str]]]:
    """Return (kind, arguments) of each part of a scenario, checked against the programme."""
    found = []
    for part in filter(None, scenario.split("+")):
        kind, *arguments = part.split("/")
        try:
            if kind not in _CHECKS:
                raise ValueError(kind)
            _CHECKS[kind](q, *arguments)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            words = t(
                "{scenario} is no scenario; write withdraw/SUPPLIER/QUARTER, intake/SHARE, cut/YEAR/SHARE, "
                "qday/YEARS or depreciation/SHARE, several joined by +",
                scenario=part,
            )
            raise UsageError(str(words)) from error
        found.append((kind, arguments))
    return found


def _withdrawal(q: Quantities, supplier: str, quarter: str) -> None:
    q.programme.suppliers.of(supplier)
    if not 0 <= q.calendar.time(Quarter.parse(quarter)) < q.horizon:
        raise ValueError(quarter)


def _share(text: str, most: float = 1.0) -> None:
    if not 0.0 <= float(text) <= most:
        raise ValueError(text)


def _cut(q: Quantities, year: str, share: str) -> None:
    q.years.index(int(year))
    _share(share)


_CHECKS: dict[str, Callable[..., None]] = {
    "withdraw": _withdrawal,
    "intake": lambda q, share: _share(share),
    "cut": _cut,
    "qday": lambda q, years: _share(years, 100.0),
    "depreciation": lambda q, share: _share(share, 0.99),
}


def standard(q: Quantities, decisions: Decisions, o: Orders) -> list[str]:
    """Return the standard stresses of a plan: every supplier that it relies on at its worst quarter, the two worst
    together, half the intake, a cut in the third year, Q-day five years early.

    The worst quarter is where the plan, all else going as is likely, would lose most.
    """
    losses = sorted(((*worst_quarter(q, decisions, o, supplier), supplier) for supplier in relied(q, o)), reverse=True)
    gone = [f"withdraw/{supplier}/{q.calendar.at(quarter)}" for _, quarter, supplier in losses]
    share = q.programme.settings.cut_share or CUT
    found = [*gone, "+".join(gone[:2])] if len(gone) > 1 else gone
    found.append(f"intake/{HALF:g}")
    if len(q.years) > THIRD:
        found.append(f"cut/{q.years[THIRD]}/{share:g}")
    return [*found, f"qday/{EARLIER}"] if len(q.programme.threat) else found


def relied(q: Quantities, o: Orders) -> list[str]:
    """Return the suppliers, or countries of firms, that the orders rely on, in work or in machines."""
    relying = np.flatnonzero(o.projects["mode"] >= 0)
    used = set(np.flatnonzero(q.mode_suppliers[o.projects["mode"][relying]].sum(axis=0) > 0).tolist())
    for kind in {int(site["kind"]) for h, site in enumerate(o.sites) if o.bought[h].any()}:
        first, last = o.kinds[kind]["supply"], o.kinds[kind]["supply_end"]
        used |= set(o.rows["what"][first:last].tolist())
    return [id for at, id in enumerate(q.programme.suppliers.ids) if at in used]


def worst_quarter(q: Quantities, decisions: Decisions, o: Orders, supplier: str) -> tuple[float, int]:
    """Return what a supplier's leaving costs at its worst quarter, weighted level-years, and that quarter."""
    one = expected(q, decisions, o)
    arrays: list[Any] = [np.repeat(array, q.horizon + 1, axis=0) for array in one]
    desk = Desk(*arrays)
    for start in range(q.horizon):
        withdraw(q, desk.out[start : start + 1], supplier, start)
    worth = value(simulate(q, o, desk).paths)
    quarter = int(worth[:-1].argmin())
    return float(worth[-1] - worth[quarter]), quarter


def title(scenario: str, q: Quantities) -> Text | str:
    """Return a scenario in words."""
    said = []
    for kind, arguments in parts(scenario, q):
        if kind == "withdraw":
            row = q.programme.suppliers.of(arguments[0])
            name = pick(row.title_vi, row.title_en)
            said.append(t("{supplier} supplies no more from {quarter} on", supplier=name, quarter=arguments[1]))
        elif kind == "intake":
            said.append(t("{share} of the people enter", share=percent(float(arguments[0]), 0)))
        elif kind == "cut":
            said.append(
                t("{share} of the budget of {year} is cut", share=percent(float(arguments[1]), 0), year=arguments[0])
            )
        elif kind == "depreciation":
            said.append(
                t("every capability loses {share} of its level in a year", share=percent(float(arguments[0]), 0))
            )
        else:
            said.append(t("quantum computers come {years} years earlier", years=arguments[0]))
    return "; ".join(str(one) for one in said) if said else t("as planned")
