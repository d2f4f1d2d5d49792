"""A plan on the terminal: how good it is, the Gantt chart, levels, directives, money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, pick, t
from lotrinh.cli.console import amount, console, short, table, titled

if TYPE_CHECKING:
    from lotrinh.plan.plan import Plan
    from lotrinh.plan.scorecard import Verdict


def print_plan(plan: Plan) -> None:
    """Print a plan: how good it is, what is funded when, what is reached, what it costs, what is refused."""
    out = console()
    programme = plan.programme
    out.print()
    out.print(Styled(pick(programme.settings.title_vi, programme.settings.title_en), style="bold"))
    if programme.changes:
        files = tuple(dict.fromkeys(change.file or change.table for change in programme.changes))
        out.print(str(t("What if: {files}", files=files)), soft_wrap=True, style="yellow", markup=False)
    out.print(str(_verdict(plan)), soft_wrap=True)
    out.print()
    out.print(_gantt(plan))
    out.print()
    out.print(_levels(plan))
    out.print()
    out.print(_money(plan))
    if len(programme.migration):
        out.print()
        out.print(_migration(plan))
    if len(programme.directives):
        out.print()
        out.print(_directives(plan))
    refused = [titled(programme.projects.of(id), id) for id in plan.refused]
    if refused:
        out.print()
        out.print(Styled(str(t("Not funded: {projects}", projects="; ".join(refused)))), soft_wrap=False)


def _verdict(plan: Plan) -> Text:
    return t(
        "{chosen} of {all} projects in {fields} fields. Value {objective} weighted level-years; "
        "no plan exceeds {bound}: the proven gap is {gap}. {seconds} s, {solver}, budget {budget}.",
        chosen=len(plan.decisions.chosen),
        all=len(plan.programme.projects),
        fields=len(plan.fields_opened),
        objective=number(plan.objective, 2),
        bound=number(plan.bound, 2),
        gap=percent(plan.gap, 2),
        seconds=number(plan.seconds, 0 if plan.seconds >= 10 else 1),
        solver=plan.solver,
        budget=plan.quantities.scenario,
    )


def _gantt(plan: Plan) -> Table:
    """One row a project, by field: mode, dates, cost, chance and a bar of quarters."""
    q = plan.quantities
    found = table(
        t("What is funded, and when"),
        (t("Project"), "left"),
        (t("Mode"), "left"),
        (t("Dates"), "left"),
        (t("Cost"), "right"),
        (t("Chance"), "right"),
    )
    found.add_column(_ruler(plan), no_wrap=True, justify="left", min_width=q.horizon)
    rows = plan.projects()
    opened = [plan.programme.fields.of(field) for field in plan.fields_opened]
    headings = {row.field: pick(row.title_vi, row.title_en) for row in opened}
    width = max([44, *(len(heading) for heading in headings.values())])
    for field, heading in headings.items():
        found.add_row(Styled(heading, style="bold cyan"))
        for row in (row for row in rows if row["field"] == field):
            project = plan.programme.projects.of(row["project"])
            option = next(
                x for x in plan.decisions.chosen if plan.programme.projects[int(q.options.project[x])] is project
            )
            first, last = max(0, int(q.options.start[option])), int(q.options.end[option])
            found.add_row(
                short(titled(project, row["project"]), width),
                str(MODES[row["kind"]]),
                f"{row['start']}–{row['end']}",
                number(row["cost"], 1),
                percent(row["chance"], 0),
                Styled("·" * first + "█" * (last - first) + "·" * (q.horizon - last), style="green"),
            )
    return found


MODES = {"domestic": t("domestic"), "partner": t("partner"), "buy": t("buy")}


def _ruler(plan: Plan) -> str:
    """Return the years written over the quarters of the Gantt chart."""
    q = plan.quantities
    line = [" "] * q.horizon
    for year in q.years:
        at = q.calendar.first_time(year)
        for offset, letter in enumerate(f"{year % 100:02d}"):
            if at + offset < q.horizon:
                line[at + offset] = letter
    return "".join(line)


def _levels(plan: Plan) -> Table:
    found = table(
        t("What is reached: usable level at the end, with its target"),
        (t("Capability"), "left"),
        (t("Start"), "right"),
        (t("Highest"), "right"),
        (t("End"), "right"),
        (t("Target"), "right"),
        (t("Reached"), "left"),
    )
    usable = plan.paths.usable[0]
    for k, row in enumerate(plan.programme.capabilities):
        share = usable[k, -1] / row.target if row.target else 1.0
        bar = "█" * round(20 * min(1.0, share))
        found.add_row(
            short(titled(row, row.capability), 60),
            number(float(usable[k, 0]), 2),
            number(float(usable[k].max()), 2),
            number(float(usable[k, -1]), 2),
            number(row.target, 1),
            Styled(bar.ljust(20, "·"), style="green" if share >= 1 else "yellow") + f" {percent(float(share), 0)}",
        )
    return found


def _directives(plan: Plan) -> Table:
    """One row a directive: the sentence, its measure against the threshold, and whether the plan holds it."""
    found = table(
        t("Directives: what the plan holds and what it misses"),
        (t("Sentence"), "left"),
        (t("Kind"), "left"),
        (t("Measure"), "right"),
        (t("Threshold"), "right"),
        (t("Held"), "left"),
    )
    for verdict in plan.directives():
        found.add_row(*directive_cells(verdict, 84))
    return found


def directive_cells(verdict: Verdict, width: int) -> list[str | Styled]:
    """Return sentence, kind, measure, threshold and whether it is held, as cells of a table."""
    from lotrinh.plan.statements import unit as unit_of

    row, held, unit = verdict.directive, bool(verdict.held[0]), unit_of(verdict.directive)
    error = float(verdict.error[0])
    return [
        short(titled(row, row.directive), width),
        str(KINDS[row.kind]),
        amount(float(verdict.measure[0]), unit) + (f" ± {amount(error, unit, 3)}" if error else ""),
        f"{'≥' if row.comparison == '>=' else '≤'} {amount(row.threshold, unit)}",
        Styled(str(t("yes") if held else t("no")), style="green" if held else "red"),
    ]


KINDS = {"hard": t("hard"), "soft": t("soft"), "watch": t("watched")}


def _migration(plan: Plan) -> Table:
    """One row a class: how much is migrated, when, its exposure if nothing were, and what this removes."""
    found = table(
        t("Migration of cryptography"),
        (t("Class"), "left"),
        (t("Items"), "right"),
        (t("Migrated"), "right"),
        (t("From"), "left"),
        (t("Done"), "left"),
        (t("Exposure, level-years"), "right"),
        (t("Removed"), "right"),
    )
    # Where the terminal is narrow, titles wrap; numbers are never cut.
    found.columns[0].no_wrap = False
    for row in plan.migration():
        without, removed = row["exposure_without"], row["exposure_removed"]
        found.add_row(
            short(titled(plan.programme.migration.of(row["migration"]), row["migration"]), 60),
            number(row["items"], 0),
            percent(row["migrated"] / row["items"] if row["items"] else 1.0, 0),
            row["first"] or "–",
            row["done"] or "–",
            number(without, 2),
            percent(removed / without if without else 0.0, 0),
        )
    return found


def _money(plan: Plan) -> Table:
    from lotrinh.measures import money, money_by_purpose

    q = plan.quantities
    unit = f"{t('million')} {plan.programme.settings.currency}"
    found = table(
        t("Money by year, {unit}", unit=unit), (t("Purpose"), "left"), *((Text(str(year)), "right") for year in q.years)
    )
    found.add_column(str(t("Total")), justify="right")
    amounts = money_by_purpose.measure(plan.paths)[0]
    names = (t("Projects"), t("Training and attraction"), t("Equipment"), t("Core funding"), t("Migration"))
    for name, by_year in zip(names, amounts, strict=True):
        found.add_row(str(name), *(number(float(a), 1) for a in by_year), number(float(by_year.sum()), 1))
    spend = money.measure(plan.paths)[0]
    found.add_section()
    found.add_row(str(t("Spent")), *(number(float(a), 1) for a in spend), number(float(spend.sum()), 1), style="bold")
    found.add_row(str(t("Budget")), *(number(float(a), 1) for a in q.budget), number(float(q.budget.sum()), 1))
    return found
