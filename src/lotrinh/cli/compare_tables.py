"""Plans side by side on the terminal: how good they are, what moved and why, what is reached, what was put in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.calendar import Quarter
from lotrinh.base.text import Text, number, percent, pick, t
from lotrinh.cli.compare_words import changes, plus, verdict
from lotrinh.cli.console import amount, console, short, table, titled
from lotrinh.cli.plan_tables import MODES

if TYPE_CHECKING:
    from lotrinh.plan.compare import Comparison, Judged, ProjectRow
    from lotrinh.plan.figures import Row
    from lotrinh.plan.plan import Plan

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INPUTS = 24
"""Differences of the data that are shown; all are in the JSON."""


def print_comparison(plans: Sequence[Plan], comparison: Comparison, files: Sequence[str]) -> None:
    """Print what differs between plans read from `files`, the first of them the base."""
    Printer(plans, comparison, files).print()


class Printer:
    """Prints one comparison; plans are called A, B, C and so on."""

    def __init__(self, plans: Sequence[Plan], comparison: Comparison, files: Sequence[str]) -> None:
        self.plans, self.comparison, self.files = plans, comparison, files
        self.names = [LETTERS[i] for i in range(len(plans))]
        self.pair = len(plans) == 2
        self.out = console()

    def print(self) -> None:
        """Print everything, the most important first."""
        self._heads()
        self._show(self._whole())
        self.out.print()
        for i, against in enumerate(self.comparison.against, start=1):
            for sentence in verdict(against, self.names[0], self.names[i]):
                self.out.print(str(sentence), soft_wrap=True)
        if any(plan.gap > 1e-6 for plan in self.plans):
            words = t(
                "Many plans lie within a gap: a project may stand otherwise because a search ended elsewhere, not "
                "because of the data."
            )
            self.out.print(str(words), soft_wrap=True)
        self._projects()
        self._fields()
        self._show(self._capabilities())
        self._show(self._money())
        self._show(
            self._sums(
                t("Training and attraction that differs, people"), self.comparison.entrants, "training", "skills"
            )
        )
        self._show(self._sums(t("Purchases that differ, units"), self.comparison.purchases, "equipment", "places"))
        self._show(self._directives())
        for i in range(1, len(self.plans)):
            self._inputs(i)

    def _show(self, found: Table, title: Text | None = None) -> None:
        """Print a table that has rows, below its title, which may be wider."""
        if found.row_count:
            heading, found.title = title or found.title, None
            self.out.print()
            self.out.print(Styled(str(heading), style="bold"), soft_wrap=True)
            self.out.print(found)

    def _title(self, name: str, id: str) -> str:
        """Return an id of the table `name` with its title, from the first programme that has it."""
        for plan in self.plans:
            rows = getattr(plan.programme, name)
            if id in rows.ids:
                return titled(rows.of(id), id)
        return id

    def _columns(self, title: Text, *first: tuple[Text, str], justify: str = "right") -> Table:
        """Return an empty table: the columns given, one a plan, and the difference where there are two plans.

        Only the first column may take several lines: figures and dates are never cut.
        """
        columns = [*first, *((Text(name), justify) for name in self.names)]
        if self.pair:
            columns.append((t("Change"), justify))
        found = table(title, *columns)
        found.columns[0].no_wrap = False
        return found

    def _heads(self) -> None:
        """Print what each letter stands for; a title that all programmes share stands above."""
        self.out.print()
        self.out.print(Styled(str(t("What changed between plans")), style="bold"))
        every = [plan.programme.settings for plan in self.plans]
        titles = [pick(settings.title_vi, settings.title_en) or settings.programme for settings in every]
        shared = len(set(titles)) == 1
        if shared:
            self.out.print(Styled(titles[0]))
        status = {"optimal": t("proven to the gap asked for"), "feasible": t("ended before the gap asked for")}
        for i, plan in enumerate(self.plans):
            facts = {"name": self.names[i], "file": self.files[i], "budget": plan.quantities.scenario}
            words = t("{name}: {file}, budget {budget}, {status}", status=status.get(plan.status, plan.status), **facts)
            self.out.print(f"{words}" if shared else f"{words}. {titles[i]}", soft_wrap=True, markup=False)

    def _whole(self) -> Table:
        titles = {
            "value": t("Value by the weights of {name}", name=self.names[0]),
            "objective": t("Value by its own weights"),
            "bound": t("Bound, which no plan exceeds"),
            "gap": t("Proven gap"),
            "projects": t("Projects funded"),
            "fields": t("Fields opened"),
            "accumulated": t("Accumulated capability, level-years"),
            "products": t("Products in service, expected"),
            "people": t("Specialists trained or attracted"),
            "withdrawal": t("Capability left after the worst withdrawal"),
            "money": t("Money spent, {unit}", unit=self._unit()),
        }
        found = self._columns(t("Plans side by side, values in weighted level-years"), (Text(""), "left"))
        for row in self.comparison.measures:
            if row.measure in titles:
                after = [""] * len(self.plans)
                if row.measure == "withdrawal":
                    after = [f" ({plan.worst})" if plan.worst else "" for plan in self.comparison.plans]
                self._add(found, str(titles[row.measure]), row, after)
        return found

    def _unit(self) -> str:
        currencies = dict.fromkeys(plan.currency for plan in self.comparison.plans)
        return f"{t('million')} {'/'.join(currencies)}"

    def _add(self, found: Table, title: str, row: Row, after: Sequence[str] = ()) -> None:
        """Add the line of one figure; values on two scales get no difference."""
        cells = [_figure(value, row) for value in row.values]
        cells = [cell + more for cell, more in zip(cells, after or [""] * len(cells), strict=True)]
        scales = row.measure in ("objective", "bound") and not self.comparison.against[0].same_worth
        found.add_row(title, *cells, *(["" if scales else _signed(row)] if self.pair else []))

    # What is done

    def _projects(self) -> None:
        differing = [row for row in self.comparison.projects if row.differs]
        if not differing:
            self.out.print()
            self.out.print(str(t("Every project stands in all plans alike.")))
            return
        found = self._columns(t("Projects that differ"), (t("Project"), "left"), justify="left")
        if self.pair:
            found.columns[-1].no_wrap = False
        for row in differing:
            cells = [self._run(row, i) for i in range(len(self.plans))]
            found.add_row(self._title("projects", row.project), *cells, *([self._change(row, 1)] if self.pair else []))
        self._show(found)
        self._reasons(differing)

    def _run(self, row: ProjectRow, plan: int) -> Styled:
        """Return how a plan runs a project: quarters, mode, and with several plans by how much it moved."""
        run = row.runs[plan]
        if run is None:
            return Styled("–" if row.known[plan] else str(t("not there")), style="dim")
        words = f"{run.start}–{run.end} {MODES[run.kind]}"
        moved = row.changes[plan - 1].moved if plan and not self.pair else None
        return Styled(f"{words} ({moved:+d})" if moved else words)

    def _change(self, row: ProjectRow, plan: int) -> Styled:
        change, was, now = row.changes[plan - 1], row.runs[0], row.runs[plan]
        styles = {"dropped": "red", "added": "green"}
        if was is None or now is None:
            words = [str(t("added") if was is None else t("dropped"))]
        else:
            words = [str(word) for word in changes(change, was, now)]
        return Styled("; ".join(words), style=styles.get(change.what, "yellow"))

    def _reasons(self, rows: Sequence[ProjectRow]) -> None:
        """Print, below the projects, what the data says of why."""
        found = Table(box=None, pad_edge=False, show_header=False)
        found.add_column(no_wrap=True)
        found.add_column()
        for i, name in enumerate(self.names[1:]):
            for row in rows:
                change = row.changes[i]
                if change.reasons and change.what not in ("same", "neither"):
                    words = "; ".join(str(reason.text) for reason in change.reasons)
                    found.add_row(row.project if self.pair else f"{name} {row.project}", Styled(words))
        self._show(found, t("What the data says of why; money and people beside all else that the plan does"))

    def _fields(self) -> None:
        """Print which fields each plan opens or closes against the first."""
        for i, name in enumerate(self.names[1:], start=1):
            apart = [row for row in self.comparison.fields if bool(row.values[i]) != bool(row.values[0])]
            for one, other, rows in (
                (name, self.names[0], [row for row in apart if row.values[i]]),
                (self.names[0], name, [row for row in apart if row.values[0]]),
            ):
                fields = "; ".join(self._title("fields", row.of[0]) for row in rows)
                if rows:
                    words = t("Fields that {a} opens and {b} does not: {fields}", a=one, b=other, fields=fields)
                    self.out.print()
                    self.out.print(Styled(str(words)))

    def _sums(self, title: Text, rows: Sequence[Row], what: str, where: str) -> Table:
        """Return entrants or purchases that differ: one line for each kind, over the years, with the years told."""
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            groups.setdefault((row.of[0], row.of[1]), []).append(row)
        found = self._columns(title, (Text(""), "left"))
        for (kind, place), members in groups.items():
            sums = [sum(row.values[i] or 0.0 for row in members) for i in range(len(self.plans))]
            name = f"{self._title(what, kind)}, {self._title(where, place)}"
            years = ", ".join(f"{row.of[2]}: {_step(row)}" for row in members)
            found.add_row(name, *(number(total, 0) for total in sums), *([years] if self.pair else []))
        if self.pair:
            found.columns[-1].no_wrap = False
        return found

    # What is reached, and at what price

    def _capabilities(self) -> Table:
        found = self._columns(t("Usable level at the end"), (t("Capability"), "left"))
        for row in self.comparison.measures:
            if row.measure == "usable":
                self._add(found, self._title("capabilities", row.of[0]), row)
        return found

    def _money(self) -> Table:
        """One line a plan, one column a year: what is spent, and the budget."""
        spent = [row for row in self.comparison.measures if row.measure == "money_by_year"]
        budget = [row for row in self.comparison.measures if row.measure == "budget_by_year"]
        found = table(
            t("Money by year, {unit}", unit=self._unit()),
            (Text(""), "left"),
            *((Text(row.of[0]), "right") for row in spent),
            (t("Total"), "right"),
        )
        lines = [(t("{name} spent", name=name), spent, i) for i, name in enumerate(self.names)]
        lines += [(t("{name} budget", name=name), budget, i) for i, name in enumerate(self.names)]
        for words, rows, i in lines:
            amounts = [row.values[i] for row in rows]
            cells = ["" if amount is None else number(amount, 1) for amount in amounts]
            found.add_row(str(words), *cells, number(sum(amount or 0.0 for amount in amounts), 1))
        return found

    def _directives(self) -> Table:
        found = self._columns(t("Directives"), (t("Sentence"), "left"), (t("Threshold"), "right"))
        for row in self.comparison.directives:
            judged = [(one, self._unit_of(row.directive, i)) for i, one in enumerate(row.plans)]
            bars = dict.fromkeys(f"{_sign(one)} {amount(one.threshold, unit)}" for one, unit in judged if one)
            cells = [_judged(one, unit) for one, unit in judged]
            found.add_row(
                self._title("directives", row.directive),
                " → ".join(bars),
                *cells,
                *([_apart(judged)] if self.pair else []),
            )
        return found

    def _unit_of(self, directive: str, plan: int) -> str:
        """Return the unit in which a plan's programme measures a directive, empty where it has no such directive."""
        from lotrinh.plan.statements import unit

        rows = self.plans[plan].programme.directives
        return unit(rows.of(directive)) if directive in rows.ids else ""

    # What was put in

    def _inputs(self, plan: int) -> None:
        """Print how the data of a plan differs from that of the first, changed projects first."""
        inputs = self.comparison.against[plan - 1].inputs
        names = {"a": self.names[0], "b": self.names[plan]}
        if not inputs:
            self.out.print()
            budgets = [self.comparison.plans[i].budget for i in (0, plan)]
            words = t("{a} and {b} are plans of the same data under the same budget.", **names)
            if budgets[0] != budgets[1]:
                apart = {**names, "c": budgets[0], "d": budgets[1]}
                words = t("{a} and {b} are plans of the same data, but of the budgets {c} and {d}.", **apart)
            self.out.print(str(words), markup=False)
            return
        found = table(
            t("Data that differs between {a} and {b}: {count}", count=len(inputs), **names),
            (t("Table"), "left"),
            (t("Row"), "left"),
            (t("Column"), "left"),
            (Text(self.names[0]), "left"),
            (Text(self.names[plan]), "left"),
        )
        for column in (3, 4):
            found.columns[column].no_wrap = False
        there = {"removed": (t("there"), t("not there")), "added": (t("not there"), t("there"))}
        for row in inputs[:INPUTS]:
            values = there.get(row.kind, (row.first, row.other))
            found.add_row(row.table, " ".join(row.key), row.column, *(_cell(value) for value in values))
        self._show(found)
        if len(inputs) > INPUTS:
            self.out.print(str(t("{count} more; --json prints all of them", count=len(inputs) - INPUTS)))


_DECIMALS = {"": 0, "level-year": 2, "level": 2, "million": 1, "person": 1, "item": 2}


def _figure(value: float | None, row: Row) -> str:
    if value is None:
        return "–"
    if row.unit == "share":
        return percent(value, 2 if row.measure == "gap" else 1)
    return number(value, _DECIMALS[row.unit])


def _signed(row: Row) -> str:
    """Return by how much the second plan has more."""
    if row.unit == "share":
        return _points(row.values, 2 if row.measure == "gap" else 1)
    return _difference(row.values, _DECIMALS[row.unit])


def _points(shares: Sequence[float | None], decimals: int) -> str:
    """Return by how many percentage points the second share is more."""
    told = _difference([None if share is None else 100 * share for share in shares], decimals)
    return told if told in ("", "=", "≈", *_ENDLESS) else str(t("{number} pp", number=told))


_ENDLESS = ("−∞", "+∞")


def _difference(values: Sequence[float | None], decimals: int) -> str:
    a, b = values[0], values[1]
    if a is None or b is None:
        return ""
    if a == b:
        return "="
    if math.isnan(b - a):
        return ""
    if not (math.isfinite(a) and math.isfinite(b)):
        return _ENDLESS[b > a]
    if abs(b - a) <= 1e-9 * max(1.0, abs(a)):
        return "="
    return plus(b - a, decimals) if round(abs(b - a), decimals) else "≈"


def _step(row: Row) -> str:
    return plus((row.values[1] or 0.0) - (row.values[0] or 0.0), 0)


def _sign(judged: Judged) -> str:
    return "≥" if judged.comparison == ">=" else "≤"


def _apart(judged: Sequence[tuple[Judged | None, str]]) -> str:
    """Return by how much the second plan measures more by a directive; nothing where the units differ."""
    (a, unit), (b, other) = judged[:2]
    if a is None or b is None or unit != other:
        return ""
    if unit == "share":
        return _points((a.measure, b.measure), 1)
    told = _difference((a.measure, b.measure), 2)
    if told in ("", "=", "≈", *_ENDLESS):
        return told
    apart = b.measure - a.measure
    return ("−" if apart < 0 else "+") + amount(abs(apart), unit)


def _judged(judged: Judged | None, unit: str) -> Styled:
    """Return the measure of a directive and whether it is held."""
    if judged is None:
        return Styled("–", style="dim")
    mark = Styled(f" {t('yes') if judged.held else t('no')}", style="green" if judged.held else "red")
    return Styled(amount(judged.measure, unit)) + mark


def _cell(value: Any) -> str:
    """Return one value of the data as it is typed in."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value) if isinstance(value, Text | Quarter) else short(str(value), 60)
