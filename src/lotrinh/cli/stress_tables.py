"""The stresses of a plan on the terminal: the worst withdrawal first, then what each stress costs and shakes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, pick, t
from lotrinh.cli.compare_words import plus
from lotrinh.cli.console import console, table, titled

if TYPE_CHECKING:
    from lotrinh.assessment.settings import AssessmentSettings
    from lotrinh.assessment.stresses import Stress
    from lotrinh.plan.plan import Plan

SHAKEN = 3
"""Directives, or classes of migration, that are shown for each stress; all are in the JSON."""
WIDE = 130
"""Columns of a terminal from which on they stand on one line."""
SMALL = 0.005
"""Level-years below which a change is not told in figures."""
TINY = 0.0005
"""Share of the mean below which a change is not told in figures, either."""


def print_stresses(plan: Plan, settings: AssessmentSettings, found: Sequence[Stress], asked: int) -> None:
    """Print the stresses that are done, of as many as were asked for."""
    out = console()
    head(out, plan, settings)
    if len(found) < asked:
        words = t("Interrupted: {done} of {count} stresses are done.", done=len(found), count=asked)
        say(out, words, "yellow")
    calm = found[0].assessed.value.mean - found[0].change.mean
    words = t(
        "{futures} futures, seed {seed}, each under every stress and under none; under none they bring {mean} weighted "
        "level-years on average.",
        futures=number(settings.futures, 0),
        seed=settings.seed,
        mean=number(calm, 2),
    )
    say(out, words)
    for sentence in _worst(plan, found, calm):
        say(out, sentence)
    swept = [one for one in found if one.scenario.startswith("depreciation/")]
    others = sorted((one for one in found if one not in swept), key=lambda one: one.change.mean)
    _show(out, t("What each stress costs and shakes, worst first"), _table(out, others, calm), _notes())
    low, high = _depreciation(plan)
    title = t(
        "The same if every capability lost so much a year; the programme counts on {low} to {high}",
        low=percent(low, 0),
        high=percent(high, 0),
    )
    _show(out, title, _table(out, swept, calm))
    _show(out, t("Directives and classes of migration named above"), _named(plan, found))


def head(out: Console, plan: Plan, settings: AssessmentSettings) -> None:
    """Print the title of a programme, and what a reader must know before all numbers."""
    from lotrinh.assessment.stress import title

    programme = plan.programme.settings
    out.print()
    out.print(Styled(pick(programme.title_vi, programme.title_en), style="bold"))
    if settings.scenario:
        stress = str(title(settings.scenario, plan.quantities))
        say(out, t("Under stress: {stress}", stress=stress), "yellow")
    if settings.uncertain:
        say(out, t("The numbers of the data whose range is stated are drawn from it, too."), "yellow")


def say(out: Console, words: Any, style: str = "") -> None:
    """Print words over as many lines as a terminal needs, or on one line in a pipe."""
    out.print(Styled(str(words), style=style), soft_wrap=not out.is_terminal)


def _worst(plan: Plan, found: Sequence[Stress], calm: float) -> list[Text]:
    """Return which single withdrawal costs most, and what cannot be told from it."""
    single = [one for one in found if one.scenario.startswith("withdraw/") and "+" not in one.scenario]
    if not single:
        return [t("The plan relies on no supplier: no withdrawal can harm it.")]
    first, *others = sorted(single, key=lambda one: one.change.mean)
    _, supplier, quarter = first.scenario.split("/")
    row = plan.programme.suppliers.of(supplier)
    if first.change.mean >= -2 * first.change.error:
        return [t("No withdrawal of a single supplier costs anything, as far as these futures can tell.")]
    words = t(
        "The worst withdrawal of a single supplier is that of {supplier} from {quarter} on: it costs {loss} "
        "level-years, {share} of the mean.",
        supplier=titled(row, supplier),
        quarter=quarter,
        loss=with_error(-first.change.mean, first.change.error),
        share=percent(-first.change.mean / calm, 1),
    )
    alike = [
        titled(plan.programme.suppliers.of(one.scenario.split("/")[1]), one.scenario.split("/")[1])
        for one in others
        if one.change.mean - first.change.mean <= 2 * math.hypot(one.change.error, first.change.error)
    ]
    if not alike:
        return [words]
    return [words, t("As bad, as far as these futures can tell: {suppliers}.", suppliers="; ".join(alike))]


def _table(out: Console, found: Iterable[Stress], calm: float) -> Table:
    made = table(
        Text(""),
        (t("Stress, and its name for --scenario"), "left"),
        (t("Level-years"), "right"),
        (t("Of the mean"), "right"),
        (t("Directives"), "left"),
        (t("In time"), "left"),
    )
    made.columns[0].no_wrap, made.columns[0].overflow = False, "fold"
    between = ", " if out.width >= WIDE else "\n"
    for one in found:
        words, mean = one.title[:1].upper() + one.title[1:], one.change.mean
        cells = Styled("–"), Styled("–")
        if abs(mean) >= SMALL:
            style = "red" if mean < 0 else "green"
            share = ("−" if mean < 0 else "+") + percent(abs(mean) / calm, 1)
            share = share if abs(mean) / calm >= TINY else "≈ 0"
            cells = Styled(change(mean, one.change.error), style=style), Styled(share)
        elif mean:
            cells = Styled("≈ 0"), Styled("≈ 0")
        made.add_row(
            Styled(f"{words}\n") + Styled(one.scenario, style="dim"),
            *cells,
            _moved(one.chances, between),
            _moved(one.security, between),
        )
    return made


def change(mean: float, error: float) -> str:
    """Return a change with its sign, and its error where it has one."""
    return plus(mean, 2) + (f" ± {number(error, 2)}" if math.isfinite(error) else "")


def with_error(mean: float, error: float, decimals: int = 2) -> str:
    """Return a mean with its standard error, where it has one."""
    return number(mean, decimals) + (f" ± {number(error, decimals)}" if math.isfinite(error) else "")


def _shaken(moved: dict[str, float]) -> list[str]:
    """Return those that move most, the most first."""
    return sorted(moved, key=lambda id: (-abs(moved[id]), id))[:SHAKEN]


def _moved(moved: dict[str, float], between: str) -> Styled:
    cells = [
        Styled(f"{id} {plus(100 * moved[id], 0)}", style="red" if moved[id] < 0 else "green") for id in _shaken(moved)
    ]
    return Styled(between).join(cells) + Styled(", …" if len(moved) > SHAKEN else "") if cells else Styled("–")


def _notes() -> Text:
    return t(
        "Each supplier leaves for good, a country with its firms, at the quarter in which the plan would lose most. "
        "Beside a directive stands by how many percentage points the chance to hold it changes, beside a class of "
        "migration the share migrated in time: the three that change most, and none that changes by a point or less."
    )


def _depreciation(plan: Plan) -> tuple[float, float]:
    shares = [row.depreciation for row in plan.programme.capabilities]
    return min(shares), max(shares)


def _named(plan: Plan, found: Sequence[Stress]) -> Table:
    """Return the titles of what the tables name by id."""
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name in ("directives", "migration"):
        every = getattr(plan.programme, name)
        shown = {id for one in found for id in _shaken(one.chances if name == "directives" else one.security)}
        for id in every.ids:
            if id in shown:
                made.add_row(id, Styled(pick(every.of(id).title_vi, every.of(id).title_en)))
    return made


def _show(out: Console, title: Text, made: Table, note: Text | None = None) -> None:
    """Print a table that has rows, between its title and a note."""
    if made.row_count:
        made.title = None
        out.print()
        say(out, title, "bold")
        out.print(made)
        if note is not None:
            say(out, note, "dim")
