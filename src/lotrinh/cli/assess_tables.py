"""An assessment on the terminal: how the plan fares over its futures, what drives that, and what the worst share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, pick, t
from lotrinh.cli.console import amount, console, short, table, titled
from lotrinh.cli.figures import chance_of, colour, folding, span_of, with_error
from lotrinh.cli.security_tables import exposure, in_time, security, surveyed

if TYPE_CHECKING:
    from lotrinh.assessment.assessment import Assessment

PROJECTS = 12
"""Projects that fail most often that are shown; all are in the JSON."""
DRIVERS = 10
WIDE = 120
"""Columns of a terminal from which on tables show all; on a narrower one a title takes two lines at most."""
GAP, LOST = 2, 8
"""Columns between two columns, and those that breaking a title between words may lose."""
SURE = 3.0
"""Standard deviations from which on something is said to be more frequent in the worst futures."""
SMALLEST = 0.001
"""Share of the variance below which a driver is not shown."""


def print_assessment(assessment: Assessment) -> None:
    """Print an assessment, the most important first."""
    Printer(assessment).print()


class Printer:
    """Prints one assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment, self.plan = assessment, assessment.plan
        self.programme = assessment.plan.programme
        self.summary = assessment.summary()
        self.out = console()

    def print(self) -> None:
        """Print everything."""
        self._head()
        for found, note in (
            (self._directives(), None),
            (self._capabilities(), None),
            (
                self._products(),
                t("The chance is of delivery in time; dates are last quarters at work, if it delivers."),
            ),
            (self._projects(), self._ends()),
            (
                self._drivers(),
                t("Shares are of each input alone; the rest is joint effects, and people coming and going."),
            ),
            (
                self._tail(),
                t("A gate counts as failed where its luck is bad, also where the project never gets there."),
            ),
            (security(self.programme, self.summary["security"], self.out.width >= WIDE), in_time(self.assessment)),
            (exposure(self.programme, self.summary), surveyed()),
        ):
            if found.row_count:
                heading, found.title = found.title, None
                self.out.print()
                self._say(heading, "bold")
                self.out.print(self._fitted(found))
                if note is not None:
                    self._say(note, "dim")

    def _fitted(self, found: Table) -> Table:
        """Return a table whose titles, on a narrow terminal, are cut to two lines of the room they have."""
        if self.out.width >= WIDE:
            return found
        first, *others = found.columns
        cells = [[cell_len(str(cell)) for cell in (column.header, *column.cells)] for column in others]
        room = max(20, self.out.width - sum(map(max, cells)) - GAP * len(others))
        fitted = Table(box=None, pad_edge=False)
        for column in found.columns:
            fitted.add_column(
                column.header, justify=column.justify, no_wrap=column is not first, overflow=column.overflow
            )
        for title, *figures in zip(*(list(column.cells) for column in found.columns), strict=True):
            fitted.add_row(short(str(title), 2 * room - LOST), *figures)
        return fitted

    def _title(self, name: str, id: str) -> str:
        return titled(getattr(self.programme, name).of(id), id)

    # The whole

    def _head(self) -> None:
        """Print how many futures there were, and what they are worth."""
        settings = self.programme.settings
        self.out.print()
        self.out.print(Styled(pick(settings.title_vi, settings.title_en), style="bold"))
        for words in self._warnings():
            self._say(words, "yellow")
        for sentence in self._headline():
            self._say(sentence)

    def _say(self, words: Any, style: str = "") -> None:
        """Print words over as many lines as a terminal needs, or on one line in a pipe."""
        self.out.print(Styled(str(words), style=style), soft_wrap=not self.out.is_terminal)

    def _warnings(self) -> list[Text]:
        """Return what a reader must know before all numbers."""
        from lotrinh.assessment.stress import title

        found, asked = [], self.assessment.settings
        if asked.scenario:
            found.append(t("Under stress: {stress}", stress=str(title(asked.scenario, self.plan.quantities))))
        if asked.uncertain:
            found.append(t("The numbers of the data whose range is stated are drawn from it, too."))
        if self.summary["futures"] < asked.futures:
            done, of = number(self.summary["futures"], 0), number(asked.futures, 0)
            found.append(t("Interrupted: {done} of {asked} futures are done.", done=done, asked=of))
        return found

    def _headline(self) -> list[Text]:
        s = self.summary
        value, money = s["value"], s["money"]
        found = [
            t(
                "{futures} futures, seed {seed}, {seconds} s. The plan counts on {planned} weighted level-years; its "
                "futures bring {mean} on average, nine of ten between {low} and {high}, and the worst tenth {worst}.",
                futures=number(s["futures"], 0),
                seed=self.assessment.settings.seed,
                seconds=number(s["seconds"], 0 if s["seconds"] >= 10 else 1),
                planned=number(s["planned_value"], 2),
                mean=with_error(value),
                low=number(value["p05"], 2),
                high=number(value["p95"], 2),
                worst=number(s["tail"]["mean"], 2),
            ),
            t(
                "They spend {mean} million {currency} on average of {planned} planned, and nine of ten between {low} "
                "and {high}.",
                mean=number(money["mean"], 1),
                currency=self.programme.settings.currency,
                planned=number(money["plan"], 1),
                low=number(money["p05"], 1),
                high=number(money["p95"], 1),
            ),
        ]
        short = s["overspent"]
        if short["chance"] > 0:
            cell = chance_of(short["chance"], short["error"])
            found.append(t("In {share} of them what was promised exceeds the money of a year.", share=cell))
        return found

    # What is asked of the plan

    def _directives(self) -> Table:
        wide = self.out.width >= WIDE
        found = self._table(
            t("Directives: what the plan holds, and how often the futures do"),
            (t("Sentence"), "left"),
            *([(t("Kind"), "left")] if wide else []),
            (t("Threshold"), "right"),
            (t("Plan"), "right"),
            (t("Held"), "left"),
            (t("Mean"), "right"),
            (t("5–95 %"), "right"),
            (t("Chance"), "right"),
        )
        from lotrinh.cli.plan_tables import KINDS

        for row in self.summary["directives"]:
            unit, held = row["unit"], row["held_in_plan"]
            mean = "–" if row["mean"] is None else amount(row["mean"], unit)
            if row["chance"] is None:
                mean += f" ± {amount(row['error'], unit)}"
                cell = Styled(str(t("yes") if row["holds"] else t("no")), style=colour(float(row["holds"])))
            else:
                cell = Styled(chance_of(row["chance"], row["chance_error"]), style=colour(row["chance"]))
            found.add_row(
                self._title("directives", row["directive"]),
                *([str(KINDS[row["kind"]])] if wide else []),
                f"{'≥' if row['comparison'] == '>=' else '≤'} {amount(row['threshold'], unit)}",
                amount(float("inf") if row["plan"] is None else row["plan"], unit),
                Styled(str(t("yes") if held else t("no")), style="green" if held else "red"),
                mean,
                span_of(row, unit),
                cell,
            )
        return found

    def _capabilities(self) -> Table:
        found = self._table(
            t("What is reached: usable level at the end"),
            (t("Capability"), "left"),
            (t("Start"), "right"),
            (t("Plan"), "right"),
            (t("Mean"), "right"),
            (t("5–95 %"), "right"),
            (t("Target"), "right"),
            (t("Chance to reach it"), "right"),
        )
        for row in self.summary["capabilities"]:
            found.add_row(
                self._title("capabilities", row["capability"]),
                number(row["start"], 2),
                number(row["plan"], 2),
                number(row["mean"], 2),
                span_of(row, "level"),
                number(row["target"], 1),
                chance_of(row["chance"], row["chance_error"]),
            )
        return found

    def _products(self) -> Table:
        """Return the products, the likeliest first; those of the reserve list last."""
        found = self._table(
            t("Products: chance to be delivered, and when"),
            (t("Product"), "left"),
            (t("Project"), "left"),
            (t("Chance"), "right"),
            (t("Planned end"), "left"),
            (t("One in ten by"), "left"),
            (t("Half by"), "left"),
            (t("Nine in ten by"), "left"),
        )
        for row in sorted(self.summary["products"], key=lambda row: (row["reserve"], -row["delivered"])):
            project = self.programme.projects.of(row["project"])
            found.add_row(
                pick(project.product_vi, project.product_en),
                row["project"],
                Styled(chance_of(row["delivered"], row["delivered_error"]), style=colour(row["delivered"])),
                row["planned_end"] or str(t("reserve list")),
                *(row["end"].get(name, "–") for name in ("p10", "p50", "p90")),
            )
        return found

    def _projects(self) -> Table:
        """Return the projects of the plan that most often do not deliver, and how they end instead."""
        rows = [row for row in self.summary["projects"] if not row["reserve"]]
        rows.sort(key=lambda row: row["delivered"])
        title = t("Projects of the plan that do not deliver, and why; share of the futures")
        if len(rows) > PROJECTS:
            title = t(
                "Most often not delivered, {count} of {all} projects of the plan, and why; share of the futures",
                count=PROJECTS,
                all=len(rows),
            )
        ends = {
            "failed": t("Gate"),
            "dropped": t("Too late"),
            "barred": t("Barred"),
            "abandoned": t("Stood still"),
            "running": t("Unfinished"),
        }
        used = [name for name in ends if any(row[name] > 0 for row in rows)]
        found = self._table(
            title,
            (t("Project"), "left"),
            (t("Not delivered"), "right"),
            *((ends[name], "right") for name in used),
        )
        for row in rows[:PROJECTS]:
            cells = [percent(row[name], 0) if row[name] >= 0.005 else "–" for name in used]
            found.add_row(self._title("projects", row["project"]), percent(1.0 - row["delivered"], 0), *cells)
        return found

    def _ends(self) -> Text:
        return t(
            "Gate: fails one. Too late: waits longer than it may. Barred: builds on what did not deliver. Stood still: "
            "too long without suppliers, people or money. Unfinished: at work at the end."
        )

    # Why

    def _drivers(self) -> Table:
        from lotrinh.assessment.words import input_words

        found = self._table(
            t("What drives the value: share of its variance, and mean value at worst and at best"),
            (t("Input"), "left"),
            (t("Share"), "right"),
            (t("Worst"), "right"),
            (t("Best"), "right"),
        )
        for row in self.summary["drivers"][:DRIVERS]:
            if row["share"] >= max(SMALLEST, 2 * row["error"]):
                found.add_row(
                    str(input_words(self.programme, row["kind"], row["of"])),
                    chance_of(row["share"], row["error"]),
                    number(row["low"], 2),
                    number(row["high"], 2),
                )
        return found

    def _tail(self) -> Table:
        from lotrinh.assessment.words import class_words

        tail = self.summary["tail"]
        found = self._table(
            t("What the worst tenth of the futures share; their mean value is {mean}", mean=number(tail["mean"], 2)),
            (t("What happened"), "left"),
            (t("In the worst tenth"), "right"),
            (t("In all"), "right"),
        )
        for row in tail["shared"]:
            if row["z"] >= SURE:
                words = class_words(self.programme, row["kind"], row["of"], row["class"], row["classes"])
                found.add_row(str(words), percent(row["worst"], 0), percent(row["everywhere"], 0))
        return found

    def _table(self, title: Text, *columns: tuple[Text, str]) -> Table:
        """Return an empty table of which only the first column may take several lines: figures are never cut."""
        return folding(table(title, *columns))
