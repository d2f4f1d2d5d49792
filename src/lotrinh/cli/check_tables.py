"""Which assumptions to check first, on the terminal: in words, what each is worth, and what the rest are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, t
from lotrinh.cli.console import console, table
from lotrinh.cli.stress_tables import head, say, with_error

if TYPE_CHECKING:
    from lotrinh.assessment.checking import Checks, Worth
    from lotrinh.assessment.settings import AssessmentSettings
    from lotrinh.plan.plan import Plan

FIRST, SHOWN = 3, 10
"""Assumptions that are told in words, and in the table; all are in the JSON."""
SURE = 2.0
"""Standard errors from which on a gain is told from nothing."""
SHORT = 0.01
"""Share of a year's budget below which its money counts as used up."""


def print_checks(plan: Plan, settings: AssessmentSettings, found: Checks) -> None:
    """Print what to check first, the most important first."""
    Printer(plan, settings, found).print()


class Printer:
    """Prints one answer."""

    def __init__(self, plan: Plan, settings: AssessmentSettings, found: Checks) -> None:
        self.plan, self.settings, self.found = plan, settings, found
        self.out = console()
        self.telling = any(_told(row) for row in found.worth[:1])
        """Whether checking anything at all is told from nothing."""
        self.rows = found.worth if self.telling else tuple(sorted(found.worth, key=lambda row: -row.share))
        error = found.worth[0].error if found.worth else 0.0
        self.decimals = max(2, min(4, -math.floor(math.log10(error)))) if error > 0 else 2
        self.million = _million(plan)

    def print(self) -> None:
        """Print everything."""
        head(self.out, self.plan, self.settings)
        words = t(
            "{futures} futures, seed {seed}. What it is worth to know an assumption before it is decided what to fund, "
            "in weighted level-years.",
            futures=number(self.found.futures, 0),
            seed=self.settings.seed,
        )
        say(self.out, words)
        self.out.print()
        if not self.rows:
            say(self.out, t("Nothing that chance decides here rests on an assumption: there is nothing to check."))
            return
        for sentence in self._first():
            say(self.out, sentence)
        self.out.print()
        self._everything()
        self.out.print()
        title = t("Worth checking, most first") if self.telling else t("Assumptions by their share of the spread")
        say(self.out, title, "bold")
        self.out.print(self._table())
        for note in self._notes():
            say(self.out, note, "dim")

    def _what(self, row: Worth) -> str:
        from lotrinh.assessment.words import input_words

        return str(input_words(self.plan.programme, row.input.kind, row.input.of))

    def _first(self) -> list[Text | Styled]:
        """Return what to check first in words, or that no single check would change anything."""
        if not self.telling:
            best = self.found.worth[0]
            found: list[Text | Styled] = [
                t(
                    "No single check would change what is funded, as far as these futures can tell: even the best, "
                    "{what}, is worth {gain}, within two errors of 0.",
                    what=self._what(best),
                    gain=self._gain(best),
                ),
                t("What explains most of how far the value of the plan is spread, in case it is checked all the same:"),
            ]
        else:
            found = [t("Check first:")]
        for place, row in enumerate(self.rows[:FIRST], start=1):
            facts = {"place": place, "what": self._what(row), "gain": self._worth(row)}
            if _told(row):
                changes = percent(row.changes, 0)
                words = t(
                    "{place}. {what}: worth {gain}; who knows it funds something else in {changes} of the futures.",
                    changes=changes,
                    **facts,
                )
            elif self.telling:
                words = t(
                    "{place}. {what}: worth {gain}, which these futures cannot tell from 0; explains {share} of the "
                    "spread.",
                    share=percent(max(0.0, row.share), 1),
                    **facts,
                )
            else:
                words = t(
                    "{place}. {what}: explains {share} of the spread; to know it is worth {gain}.",
                    share=percent(max(0.0, row.share), 1),
                    **facts,
                )
            found.append(words)
        return found

    def _gain(self, row: Worth) -> str:
        if row.gain == 0 and row.error < 0.5 * 10**-self.decimals:
            return number(0.0, self.decimals)
        return with_error(row.gain, row.error, self.decimals)

    def _worth(self, row: Worth) -> Text | str:
        """Return what it is worth to know something, in millions, too, where that can be said."""
        if self.million is None or not _told(row):
            return self._gain(row)
        return t(
            "{gain} level-years, as much as {money} million {currency} to this plan",
            gain=self._gain(row),
            money=number(row.gain / self.million, 1),
            currency=self.plan.programme.settings.currency,
        )

    def _everything(self) -> None:
        """Print what it would be worth to know everything."""
        from lotrinh.measures.paths import value

        every, planned = self.found.everything, float(value(self.plan.paths)[0])
        words = t(
            "To know everything beforehand, luck included, would be worth {gain}, {share} of the value planned: no "
            "check is worth more.",
            gain=with_error(every.gain, every.error, self.decimals),
            share=percent(every.gain / planned, 1),
        )
        say(self.out, words)

    def _table(self) -> Table:
        made = table(
            Text(""),
            (t("Assumption"), "left"),
            (t("Worth knowing"), "right"),
            *([(t("Funds something else"), "right")] if self.telling else []),
            (t("Share of the spread"), "right"),
        )
        made.title = None
        made.columns[0].no_wrap, made.columns[0].overflow = False, "fold"
        for row in self.rows[:SHOWN]:
            made.add_row(
                self._what(row),
                Styled(self._gain(row), style="green" if _told(row) else ""),
                *([percent(row.changes, 0) if _told(row) else "–"] if self.telling else []),
                _share(row.share),
            )
        return made

    def _notes(self) -> list[Text]:
        found = []
        more = len(self.rows) - SHOWN
        if more > 0:
            found.append(t("{count} more; --json prints all of them", count=more))
        if self.found.decisions:
            found.append(
                t(
                    "What could be funded otherwise: the plan as it is, or without one of {projects}, whose money "
                    "then goes to the reserve list. Luck that nobody can check, such as a gate or a withdrawal, is "
                    "left out.",
                    projects=", ".join(self.found.decisions),
                )
            )
        else:
            found.append(t("Every project of the plan is mandatory or has begun: nothing could be funded otherwise."))
        if self.telling:
            found.append(
                t("Among many assumptions a few stand out by mere luck: see which still do with another --seed.")
            )
        if self.million is None and self.telling:
            found.append(
                t(
                    "Not in millions: where the money of a year is used up, a million is worth more than the settings "
                    "count it for."
                )
            )
        return found


def _told(row: Worth) -> bool:
    """Return whether what it is worth to know an input is told from nothing."""
    return row.gain > SURE * row.error


def _share(share: float) -> str:
    return percent(share, 1) if share >= 0.0005 else "–"


def _million(plan: Plan) -> float | None:
    """Return the level-years that a million is worth to a plan, where it has money over in every year; else None.

    Where money runs short, a million is worth what it could bring, which the setting does not say.
    """
    from lotrinh.assessment.orders import orders_of
    from lotrinh.assessment.simulate import as_planned

    weight = plan.programme.settings.money_weight
    left = as_planned(plan.quantities, plan.decisions, orders_of(plan)).left[0]
    return weight if weight > 0 and (left >= SHORT * plan.quantities.budget).all() else None
