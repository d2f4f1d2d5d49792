"""What planning again is worth, on the terminal: the gain first, then the futures either way, then what is missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.text import Text, number, percent, t
from lotrinh.cli.compare_words import plus
from lotrinh.cli.console import console, table, titled
from lotrinh.cli.stress_tables import change, head, say, with_error

if TYPE_CHECKING:
    from lotrinh.assessment.replan import Replanned
    from lotrinh.assessment.settings import AssessmentSettings
    from lotrinh.plan.plan import Plan

FEW = 8
"""Futures below which the error itself says little."""
SAME = 0.005
"""Level-years below which a future is as good either way."""


def print_replanned(plan: Plan, settings: AssessmentSettings, found: Replanned, seconds: float) -> None:
    """Print what planning again is worth, each planning within so many seconds."""
    out = console()
    head(out, plan, settings)
    done = len(found.kept)
    if done < settings.futures:
        facts = {"done": number(done, 0), "of": number(settings.futures, 0)}
        say(out, t("Interrupted: {done} of {of} futures are done.", **facts), "yellow")
    if done < FEW:
        say(out, t("So few futures say little; the errors themselves are uncertain."), "yellow")
    if found.without:
        words = t(
            "{share} of the plannings found no plan within {seconds} s, and the plan stayed as it was; more "
            "--replan-seconds may find one.",
            share=percent(found.without, 0),
            seconds=seconds,
        )
        say(out, words, "yellow")
    for sentence in _sentences(settings, found):
        say(out, sentence)
    out.print()
    say(out, t("Value of the futures, weighted level-years"), "bold")
    out.print(_values(found))
    missed = _missed(plan, found)
    out.print()
    if not missed.row_count:
        if found.without < 1:
            say(out, t("No new plan misses a hard directive."))
        return
    say(out, t("Hard directives that new plans miss, adopted or not, by share of the plannings"), "bold")
    out.print(missed)
    words = t(
        "A hard directive is missed where what has happened puts it out of reach, or makes it too dear to hold; the "
        "plan as it is may miss it there, too."
    )
    say(out, words, "dim")


def _sentences(settings: AssessmentSettings, found: Replanned) -> list[Text]:
    from lotrinh.assessment.assessment import Spread

    apart = found.renewed - found.kept
    gain, kept, renewed = Spread.of(apart), Spread.of(found.kept), Spread.of(found.renewed)
    sentences = [
        t(
            "{futures} futures, seed {seed}, each planned again in {dates} without knowing what is still to come. "
            "Under the plan as it is they bring {kept} weighted level-years on average, planned again {renewed}.",
            futures=number(len(apart), 0),
            seed=settings.seed,
            dates=_joined(found.dates),
            kept=number(kept.mean, 2),
            renewed=number(renewed.mean, 2),
        )
    ]
    if abs(gain.mean) <= 2 * gain.error:
        words = t(
            "The gain of {gain} level-years is within two errors of 0: these futures cannot tell whether planning "
            "again is worth anything.",
            gain=change(gain.mean, gain.error),
        )
    elif gain.mean > 0:
        words = t(
            "Planning again gains {gain} level-years, {share} of the mean.",
            gain=with_error(gain.mean, gain.error),
            share=percent(gain.mean / kept.mean, 1),
        )
    else:
        words = t(
            "Planning again loses {loss} level-years, {share} of the mean.",
            loss=with_error(-gain.mean, gain.error),
            share=percent(-gain.mean / kept.mean, 1),
        )
    sentences.append(words)
    better, worse = int((apart > SAME).sum()), int((apart < -SAME).sum())
    sentences.append(
        t(
            "{adopted} of the plannings bring a plan that promises more than the one before, which is then adopted. Of "
            "the {count} futures {better} end better, {worse} worse, {same} the same.",
            adopted=percent(found.adopted, 0),
            count=number(len(apart), 0),
            better=better,
            worse=worse,
            same=len(apart) - better - worse,
        )
    )
    return sentences


def _joined(names: Sequence[str]) -> Text | str:
    """Return dates in words: one, one and another, the first of several before the last."""
    if len(names) == 1:
        return names[0]
    return t("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])


def _values(found: Replanned) -> Table:
    from lotrinh.assessment.assessment import Spread

    made = table(
        Text(""),
        (Text(""), "left"),
        (t("Mean"), "right"),
        (t("Lowest"), "right"),
        (t("Median"), "right"),
        (t("Highest"), "right"),
    )
    made.title = None
    gain = found.renewed - found.kept
    for words, values in ((t("The plan as it is"), found.kept), (t("Planned again"), found.renewed)):
        mean = Spread.of(values)
        made.add_row(
            str(words),
            with_error(mean.mean, mean.error),
            *(number(float(one), 2) for one in (values.min(), np.median(values), values.max())),
        )
    mean = Spread.of(gain)
    made.add_row(
        Styled(str(t("Gain, future by future")), style="bold"),
        Styled(change(mean.mean, mean.error), style="bold"),
        *(_signed(float(one)) for one in (gain.min(), np.median(gain), gain.max())),
    )
    return made


def _signed(gain: float) -> str:
    return plus(gain, 2) if abs(gain) >= SAME else number(0.0, 2)


def _missed(plan: Plan, found: Replanned) -> Table:
    made = table(Text(""), (t("Directive"), "left"), (t("Missed"), "right"))
    made.title = None
    made.columns[0].no_wrap, made.columns[0].overflow = False, "fold"
    for id, share in sorted(found.missed.items(), key=lambda one: (-one[1], one[0])):
        made.add_row(titled(plan.programme.directives.of(id), id), percent(share, 0))
    return made
