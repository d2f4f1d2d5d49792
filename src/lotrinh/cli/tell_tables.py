"""One future on the terminal: what happened, quarter by quarter, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, pick, t
from lotrinh.cli.console import amount, console, table, titled

if TYPE_CHECKING:
    from lotrinh.assessment.tell import Told

STYLES = {
    "fails": "red",
    "dropped": "red",
    "barred": "red",
    "abandoned": "red",
    "delivers": "green",
    "withdrawn": "yellow",
    "cut": "yellow",
    "qday": "yellow",
    "migrated": "green",
    "unmigrated": "red",
}


def print_told(told: Told) -> None:
    """Print one future: its events by quarter, then its result against the plan."""
    from lotrinh.assessment.event_words import event_words
    from lotrinh.assessment.stress import title

    out, programme = console(), told.plan.programme
    out.print()
    out.print(Styled(pick(programme.settings.title_vi, programme.settings.title_en), style="bold"))
    out.print(str(t("Future {future} of seed {seed}", future=told.future, seed=told.settings.seed)), style="bold")
    if told.settings.scenario:
        stress = str(title(told.settings.scenario, told.plan.quantities))
        out.print(str(t("Under stress: {stress}", stress=stress)), style="yellow", soft_wrap=True, markup=False)
    how = t(
        "Length, cost and luck of every project are drawn beforehand. A gate is passed where the number drawn for it, "
        "between 0 and 1, is below its chance; both stand in brackets, drawn against chance. Money in millions."
    )
    out.print(Styled(str(how), style="dim"))
    found = Table(box=None, pad_edge=False, show_header=False)
    found.add_column(no_wrap=True, style="bold cyan")
    found.add_column(overflow="fold")
    last = ""
    for event in told.events:
        sentences = event_words(programme, event)
        if sentences:
            words = Styled(" ".join(map(str, sentences)), style=STYLES.get(event.kind, ""))
            found.add_row("" if event.quarter == last else event.quarter, words)
            last = event.quarter
    out.print()
    out.print(found)
    out.print()
    _result(told)


def _result(told: Told) -> None:
    """Print what came of the future."""
    result = told.result()
    console().print(Styled(str(t("What came of it")), style="bold"))
    for sentence in result_words(told, result):
        console().print(Styled(str(sentence)), soft_wrap=not console().is_terminal)
    console().print()
    console().print(_levels(told, result))


def result_words(told: Told, result: dict[str, Any]) -> list[Text]:
    """Return the sentences on the result of one future."""
    programme = told.plan.programme
    found = [
        t(
            "This future is worth {value} weighted level-years; the plan counts on {plan}, and {count} futures bring "
            "{mean} on average. Of these {worse} are worth less.",
            value=number(result["value"], 2),
            plan=number(result["planned_value"], 2),
            count=number(result["compared"], 0),
            mean=number(result["mean_value"], 2),
            worse=percent(result["worse"], 0),
        ),
        t(
            "Spent: {money} million {currency}; planned {plan}, on average {mean}.",
            money=number(result["money"], 1),
            currency=programme.settings.currency,
            plan=number(result["planned_money"], 1),
            mean=number(result["mean_money"], 1),
        ),
        t(
            "Projects of the plan that deliver: {delivered} of {all}, on average {mean}; from the reserve: {reserve}.",
            delivered=result["delivered"],
            all=result["planned_projects"],
            mean=number(result["mean_delivered"], 1),
            reserve=result["delivered_reserve"],
        ),
    ]
    found += _missed(told, result)
    if len(programme.threat):
        found.append(_qday(result))
    late = tuple(
        titled(programme.migration.of(row["migration"]), row["migration"])
        for row in result["security"]
        if row.get("in_time", 1.0) < 1.0 - 1e-6
    )
    if late:
        found.append(t("Not wholly migrated in time: {classes}.", classes="; ".join(late)))
    elif any("in_time" in row for row in result["security"]):
        found.append(t("Whatever must migrate does so in time."))
    if result["security"]:
        exposure = {name: number(one, 2) for name, one in result["exposure"].items()}
        found.append(t("Lost while not migrated: {here} level-years; planned {plan}, on average {mean}.", **exposure))
    return found


def _missed(told: Told, result: dict[str, Any]) -> list[Text]:
    """Return the directives that the plan holds and this future misses."""
    from lotrinh.plan.statements import unit

    missed = []
    for row in result["directives"]:
        if row["held_in_plan"] and not row["held"]:
            directive = told.plan.programme.directives.of(row["directive"])
            measure = float("inf") if row["measure"] is None else row["measure"]
            sign = "≥" if directive.comparison == ">=" else "≤"
            words = t(
                "{directive} ({measure}, asked {threshold})",
                directive=titled(directive, row["directive"]),
                measure=amount(measure, unit(directive)),
                threshold=f"{sign} {amount(directive.threshold, unit(directive))}",
            )
            missed.append(str(words))
    if not missed:
        return [t("Every directive that the plan holds is held here.")]
    return [t("Directives that the plan holds and this future misses: {directives}.", directives="; ".join(missed))]


def _qday(result: dict[str, Any]) -> Text:
    if result["qday"] is None:
        return t("Q-day comes after all that the surveys cover, or never.")
    return t("Q-day comes in {quarter}.", quarter=result["qday"])


def _levels(told: Told, result: dict[str, Any]) -> Table:
    found = table(
        t("Usable level at the end"),
        (t("Capability"), "left"),
        (t("Here"), "right"),
        (t("Plan"), "right"),
        (t("Mean"), "right"),
        (t("Target"), "right"),
    )
    found.columns[0].no_wrap = False
    for row in result["capabilities"]:
        below = row["level"] < row["plan"] - 0.005
        found.add_row(
            titled(told.plan.programme.capabilities.of(row["capability"]), row["capability"]),
            Styled(number(row["level"], 2), style="red" if below else "green"),
            number(row["plan"], 2),
            number(row["mean"], 2),
            number(row["target"], 1),
        )
    return found
