"""What a comparison of plans says in words: what values mean and leave open, how a project moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotrinh.base.text import Text, number, percent, t

if TYPE_CHECKING:
    from lotrinh.plan.compare import Against, Change
    from lotrinh.plan.runs import Run


def verdict(against: Against, a: str, b: str) -> list[Text]:
    """Return in sentences what the values of two plans say, and what they do not."""
    names = {"a": a, "b": b}
    if against.value is None:
        return [t("{a} and {b} cannot be compared by value: {why}.", why=against.obstacle, **names)]
    gained = {**names, "value": number(abs(against.value), 2)}
    found = []
    if abs(against.value) < 5e-7:
        found.append(t("As they stand, {a} and {b} are worth the same by the weights of {a}.", **names))
    elif against.value > 0:
        found.append(t("As they stand, {b} is worth {value} more than {a} by the weights of {a}.", **gained))
    else:
        found.append(t("As they stand, {b} is worth {value} less than {a} by the weights of {a}.", **gained))
    if against.only_here:
        found.append(t("What {a} does not know counts for nothing there: {ids}.", ids=against.only_here, **names))
    return [*found, *_optima(against, names)]


def _optima(against: Against, names: dict[str, str]) -> list[Text]:
    """Return what is known of the best plans: each lies between the objective of a plan and its bound."""
    if against.optimum is not None:
        low, high = against.optimum
        if low > high + 1e-6 * max(1.0, abs(low)):
            return [t("Both are plans of one problem, but their bounds contradict each other: one file is wrong.")]
        ends = {"low": number(low, 2), "high": number(max(low, high), 2)}
        return [t("Both are plans of one problem: the best plan of it is worth from {low} to {high}.", **ends)]
    if against.best is None:
        return []
    low, high = against.best
    span = Text(plus(low, 2))
    if plus(low, 2) != plus(high, 2):
        span = t("{low} to {high}", low=plus(low, 2), high=plus(high, 2))
    told = {**names, "span": span}
    if not against.same_worth:
        return [t("The best plans of {a} and {b}, each by the weights of its own programme, differ by {span}.", **told)]
    if low > 0:
        words = t("The best plans under the data and budgets of {a} and {b} differ by {span}: {b} allows more.", **told)
    elif high < 0:
        words = t("The best plans under the data and budgets of {a} and {b} differ by {span}: {b} allows less.", **told)
    else:
        words = t(
            "The best plans under the data and budgets of {a} and {b} differ by {span}: which allows more is open.",
            **told,
        )
    return [words]


def changes(change: Change, was: Run, now: Run) -> list[Text]:
    """Return in words how the run of a project differs, where both plans fund it.

    Cost and chance that only follow from a later or earlier start are told where the figure shown is another.
    """
    found = _moved(change.moved or 0)
    if change.mode:
        found.append(t("mode {a} → {b}", a=was.mode, b=now.mode))
    elif now.end.since(now.start) != was.end.since(was.start):
        length = {"a": was.end.since(was.start) + 1, "b": now.end.since(now.start) + 1}
        found.append(t("quarters at work {a} → {b}", **length))
    if number(was.cost, 1) != number(now.cost, 1):
        found.append(t("cost {a} → {b}", a=number(was.cost, 1), b=number(now.cost, 1)))
    if found:
        return found
    if was.cost != now.cost:
        found.append(t("cost {a} → {b}", a=number(was.cost, 4), b=number(now.cost, 4)))
    if was.chance != now.chance:
        found.append(t("chance {a} → {b}", a=percent(was.chance, 2), b=percent(now.chance, 2)))
    return found


def _moved(quarters: int) -> list[Text]:
    if abs(quarters) == 1:
        return [t("a quarter later") if quarters > 0 else t("a quarter earlier")]
    if quarters > 0:
        return [t("{quarters} quarters later", quarters=quarters)]
    return [t("{quarters} quarters earlier", quarters=-quarters)] if quarters else []


def plus(value: float, decimals: int) -> str:
    """Return a number with its sign."""
    return f"{'−' if value < 0 else '+'}{number(abs(value), decimals)}"
