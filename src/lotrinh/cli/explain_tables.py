"""Answers on the terminal: prices, refused projects, other starts, alternatives and the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, t
from lotrinh.base.units import units
from lotrinh.cli.console import amount, between, console, print_line, table, titled
from lotrinh.cli.plan_tables import directive_cells
from lotrinh.plan.words import Figure

if TYPE_CHECKING:
    from lotrinh.plan.alternatives import Alternatives
    from lotrinh.plan.explain.binding import Binding
    from lotrinh.plan.explain.price import Price
    from lotrinh.plan.explain.waiting import Waiting
    from lotrinh.plan.explain.why_not import WhyNot
    from lotrinh.plan.front import Point
    from lotrinh.plan.plan import Plan


def print_prices(plan: Plan, prices: list[Price]) -> None:
    """Print one row a directive: how the plan fares under it and what it costs."""
    found = table(
        t("What each directive costs: the best plan without it against the best plan that holds it"),
        (t("Sentence"), "left"),
        (t("Kind"), "left"),
        (t("Measure"), "right"),
        (t("Threshold"), "right"),
        (t("Held"), "left"),
        (t("By"), "right"),
        (t("Price, weighted level-years"), "left"),
    )
    from lotrinh.plan.statements import unit as unit_of

    for price in prices:
        unit = unit_of(price.verdict.directive)
        margin = amount(abs(float(price.verdict.margin[0])), unit)
        found.add_row(*directive_cells(price.verdict, 52), margin, str(price_words(plan, price)))
    console().print(found)
    seconds = sum(price.seconds for price in prices)
    words = t(
        "Each price lies within its interval, which comes from proven bounds; the plan is worth {value}. {seconds} s.",
        value=number(plan.objective, 2),
        seconds=number(seconds, 0),
    )
    print_line(words)


def price_words(plan: Plan, price: Price) -> Text | str:
    """Return the price of a directive in words."""
    from lotrinh.plan.statements import unit as unit_of

    if price.status == "watched":
        return t("its rule can only be watched")
    if price.status == "unknown":
        return t("no plan that holds it was found in time")
    if price.status == "impossible":
        unit = unit_of(price.verdict.directive)
        if price.reached is None:
            return t("no plan holds it")
        return t("no plan holds it; nearest found {reached}", reached=amount(price.reached, unit))
    assert price.interval is not None
    return worth(plan, price.interval.low, price.interval.high)


def worth(plan: Plan, low: float, high: float) -> str:
    """Return an interval of worth with its share of the plan's worth."""
    share = percent(high / max(abs(plan.objective), 1e-12), 1)
    if low > 0.005:
        share = percent(low / max(abs(plan.objective), 1e-12), 1) + "–" + share
    return f"{between(low, high)} ({share})"


def print_why_not(plan: Plan, answer: WhyNot) -> None:
    """Print why a project is left out."""
    row = plan.programme.projects.of(answer.project)
    console().print(Styled(titled(row, answer.project), style="bold"))
    for sentence in why_not_words(plan, answer):
        print_line(f"  {sentence}")


def why_not_words(plan: Plan, answer: WhyNot) -> list[Text]:
    """Return the sentences of one answer."""
    from lotrinh.plan.explain.why_not import moved

    programme = plan.programme
    if answer.status == "chosen":
        return [t("The plan has it.")]
    if answer.status == "no_start":
        others = tuple(id for id in answer.no_start if id != answer.project)
        if others:
            return [t("It waits for projects of which no mode can run: {projects}.", projects=_list(plan, others))]
        return [
            t(
                "No mode of it can start within its window, end within the horizon and rely on suppliers that still "
                "supply."
            )
        ]
    if answer.status == "out_of_reach":
        return [
            t(
                "{project} needs {capability} at {needed}; by its last start, {start}, no plan reaches more than "
                "{reached}.",
                project=titled(programme.projects.of(each.project), each.project),
                capability=titled(programme.capabilities.of(each.capability), each.capability),
                needed=Figure(each.needed),
                start=each.start,
                reached=Figure(each.reached, 1),
            )
            for each in answer.out_of_reach
        ]
    if answer.status == "forbidden":
        return [t("No plan holds it."), *(answer.conflict.text() if answer.conflict is not None else ())]
    if answer.conflict is not None:
        return answer.conflict.text()
    if answer.status == "unknown" or answer.cost is None or answer.other is None:
        return [t("Within the time neither a plan that holds it nor a proof that there is none was found.")]
    cost = worth(plan, answer.cost.low, answer.cost.high)
    words = [t("Forced in, it costs {cost} weighted level-years.", cost=cost)]
    changes = moved(plan, answer.other)
    added = tuple(id for id in changes["added"] if id != answer.project)
    if changes["dropped"]:
        words.append(t("It displaces: {projects}.", projects=_list(plan, changes["dropped"])))
    if added:
        words.append(t("With it come: {projects}.", projects=_list(plan, added)))
    if changes["moved"]:
        words.append(t("Others move: {projects}.", projects=changes["moved"]))
    if answer.in_the_way:
        rules = "; ".join(str(rule) for rule in answer.in_the_way[:5])
        words.append(t("Added to the plan as it stands, it breaks: {rules}.", rules=rules))
    return words


def _list(plan: Plan, ids: tuple[str, ...]) -> str:
    return "; ".join(titled(plan.programme.projects.of(id), id) for id in ids)


def print_waiting(plan: Plan, project: str, answers: list[Waiting]) -> None:
    """Print what other starts of a project would do: alone, and with all else planned anew."""
    row = plan.programme.projects.of(project)
    start = next(each["start"] for each in plan.projects() if each["project"] == project)
    title = t(
        "Not rushing, not hesitating: {project}, in the plan from {start}", project=titled(row, project), start=start
    )
    console().print(Styled(str(title), style="bold"))
    for each in answers:
        years = number(abs(each.later) / 4, 1)
        if each.later < 0:
            console().print(
                Styled(str(t("{start}, {years} years earlier", start=each.start, years=years)), style="cyan")
            )
        else:
            console().print(Styled(str(t("{start}, {years} years later", start=each.start, years=years)), style="cyan"))
        if each.broken:
            rules = "; ".join(str(rule) for rule in each.broken[:5])
            print_line(f"  {t('Moved alone, it breaks: {rules}.', rules=rules)}")
        elif each.alone.change >= 0:
            print_line(f"  {t('Moved alone, the plan gains {value}.', value=number(each.alone.change, 3))}")
        else:
            print_line(f"  {t('Moved alone, the plan loses {value}.', value=number(-each.alone.change, 3))}")
        print_line(f"  {t('All else planned anew, the loss is: {loss}.', loss=_loss(plan, each))}")


def _loss(plan: Plan, each: Waiting) -> str:
    if each.loss is not None:
        return worth(plan, each.loss.low, each.loss.high)
    return str(t("there is no such plan") if each.status == "infeasible" else t("no such plan was found in time"))


def print_alternatives(plan: Plan, found: Alternatives) -> None:
    """Print which projects near-optimal plans share."""
    print_line(
        t(
            "{count} plans worth at least {least}, which is {share} less than the plan in hand. {proof}",
            count=len(found.plans),
            least=number(found.least, 2),
            share=percent(found.share, 1),
            proof=t("Proven: no such plan drops or adds another project.")
            if found.proven
            else t("Not proven: another such plan may drop or add more projects."),
        )
    )
    for title, ids in (
        (t("In every one"), found.always),
        (t("In some"), found.sometimes),
        (t("In none"), found.never),
    ):
        console().print(Styled(f"{title} ({len(ids)})", style="bold"))
        for id in ids:
            print_line(f"  {titled(plan.programme.projects.of(id), id)}")


def print_binding(found: list[Binding], most: int = 20) -> None:
    """Print what binds: each limit in words, then what one unit more is worth by year."""
    title = t("What binds: worth of one unit more, weighted level-years, in the relaxation")
    console().print(Styled(str(title), style="bold"))
    for one in found[:most]:
        about = f" ({', '.join(str(each) for each in one.about)})" if one.about else ""
        print_line(f"{one.words}{about}")
        years = " · ".join(f"{year} {number(price, 3)}" for year, price in one.prices.items() if year)
        words = t(
            "1 % more is worth {relative}; one unit more ({unit}) {price}; at the limit {tight} of {rows} times",
            relative=number(one.relative, 3),
            unit=units()[one.unit] if one.unit else "-",
            price=years or number(one.price, 3),
            tight=one.tight,
            rows=one.rows,
        )
        console().print(Styled(f"    {words}", style="dim"), soft_wrap=True)
    if len(found) > most:
        print_line(t("{count} more bind less.", count=len(found) - most))


def print_front(points: list[Point]) -> None:
    """Print one row a plan of the front."""
    found: Table = table(
        t("The front: capability, independence, cost and tail"),
        (t("Per million"), "right"),
        (t("Per share"), "right"),
        (t("Value"), "right"),
        (t("Level-years"), "right"),
        (t("Left"), "right"),
        (t("Cost"), "right"),
        (t("Tail"), "right"),
        (t("Projects"), "right"),
        (t("Gap"), "right"),
        (t("Efficient"), "left"),
    )
    for point in points:
        found.add_row(
            number(point.money_weight, 3),
            number(point.independence_price, 0),
            number(point.value, 2),
            number(point.capability, 1),
            percent(point.independence, 1),
            number(point.cost, 1),
            f"{number(point.tail, 2)} ± {number(point.tail_error, 2)}",
            str(len(point.projects)),
            percent(point.gap, 1),
            str(t("yes") if point.efficient else t("no")),
        )
    console().print(found)
    print_line(
        t(
            "Per million, per share: the weights swept, of a million unspent and of usable capability left after the "
            "worst withdrawal, which is the column Left. Cost in millions. Tail: mean final level in the worst tenth. "
            "Value by the weights of the plan in hand, which is the first row."
        )
    )
