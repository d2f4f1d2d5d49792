"""What a person reads on a terminal: issues, a live line while the search runs, and the plan with its Gantt chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from lotrinh.base.issues import Issue
from lotrinh.base.text import Text, number, percent, pick, t

if TYPE_CHECKING:
    from lotrinh.assessment.assess import Progress as FutureProgress
    from lotrinh.assessment.assess import Watcher as FutureWatcher
    from lotrinh.plan.solvers.highs import Progress, Watcher

NARROWEST = 100


def console(stderr: bool = False) -> Console:
    """Return a console at least wide enough for the tables; in a pipe the width is fixed."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=140)


def print_line(sentence: Text | str) -> None:
    """Print one sentence to standard output."""
    console().print(str(sentence), soft_wrap=True, markup=False)


def print_issues(issues: Iterable[Issue]) -> None:
    """Print every issue, one a line, with its place first, as compilers do."""
    out = console()
    for issue in issues:
        mark = Styled("✗ " if issue.is_error else "! ", style="red" if issue.is_error else "yellow")
        out.print(mark + Styled(str(issue)), soft_wrap=True)


@contextmanager
def live_progress(quiet: bool = False) -> Iterator[Watcher | None]:
    """Show objective, bound, gap and time on one line while a search runs; nothing in a pipe or with `quiet`."""
    err = console(stderr=True)
    if quiet or not err.is_terminal:
        yield None
        return
    with err.status(str(t("Searching"))) as status:

        def watch(progress: Progress) -> None:
            status.update(_progress(progress))

        yield watch


@contextmanager
def live_futures(quiet: bool = False) -> Iterator[FutureWatcher | None]:
    """Show futures done, their rate and the seconds left on one line; nothing in a pipe or with `quiet`."""
    err = console(stderr=True)
    if quiet or not err.is_terminal:
        yield None
        return
    first: list[FutureProgress] = []
    with err.status(str(t("The first futures take longest"))) as status:

        def watch(progress: FutureProgress) -> None:
            first.append(progress)
            status.update(_futures(first[0], progress))

        yield watch


def _futures(first: FutureProgress, now: FutureProgress) -> str:
    """Return how far an assessment is; the rate leaves out the first batch, in which the execution is compiled."""
    facts = {"done": number(now.done, 0), "futures": number(now.futures, 0)}
    if now.seconds < first.seconds + 1.0:  # batches of several workers end together
        return str(t("{done} of {futures} futures", **facts))
    rate = (now.done - first.done) / (now.seconds - first.seconds)
    left = (now.futures - now.done) / rate
    words = t(
        "{done} of {futures} futures, {rate} a second, {left} s left",
        rate=number(rate, 0),
        left=number(left, 0),
        **facts,
    )
    return str(words)


@contextmanager
def live_steps(
    words: Callable[..., Text], quiet: bool = False, first: Text | None = None
) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many steps are done, and of how many, in `words` on one line; nothing in a pipe or with `quiet`."""
    err = console(stderr=True)
    if quiet or not err.is_terminal:
        yield None
        return
    with err.status(str(first or t("The first futures take longest"))) as status:

        def watch(done: int, count: int) -> None:
            status.update(str(words(done=number(done, 0), count=number(count, 0))))

        yield watch


def asking(names: list[str], quiet: bool = False) -> Iterator[str]:
    """Yield the names, with a line on a terminal that says which is being asked; nothing in a pipe or with `quiet`."""
    err = console(stderr=True)
    shown = err.is_terminal and not quiet
    for place, name in enumerate(names, start=1):
        if shown:
            words = t("Asking {name}, {place} of {count}", name=name, place=place, count=len(names))
            err.print(str(words), style="dim")
        yield name


def _progress(progress: Progress) -> str:
    words = [str(t("{seconds} s", seconds=number(progress.seconds, 0)))]
    if progress.objective is not None:
        words.append(str(t("best plan {value}", value=number(progress.objective, 3))))
    if progress.bound is not None:
        words.append(str(t("bound {value}", value=number(progress.bound, 3))))
    if progress.gap is not None:
        words.append(str(t("gap {value}", value=percent(progress.gap, 2))))
    return " · ".join(words)


def titled(row: Any, id: str) -> str:
    """Return the id of a row with its title in the reader's language."""
    return f"{id} {pick(row.title_vi, row.title_en)}"


def table(title: Text, *columns: tuple[Text, str]) -> Table:
    """Return an empty table with its title and (heading, ``left`` or ``right``) columns."""
    found = Table(title=str(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name, justify in columns:
        found.add_column(str(name), justify=justify, overflow="ellipsis", no_wrap=True)  # type: ignore[arg-type]
    return found


def short(text: str, width: int) -> str:
    """Return `text` cut to `width` letters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def amount(value: float, unit: str, decimals: int = 2) -> str:
    """Return a measure as its unit asks: a share as a percentage, a count without needless decimals."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞"
    if unit == "share":
        return percent(value, 1)
    whole = unit in ("item", "person", "place", "unit") and abs(value - round(value)) < 0.005
    return number(value, 0 if whole else decimals)


def between(low: float, high: float, decimals: int = 2) -> str:
    """Return an interval in words, rounded outwards: at most, or from to."""
    scale = 10.0**decimals
    low, high = math.floor(low * scale + 1e-9) / scale, math.ceil(high * scale - 1e-9) / scale
    if low <= 0:
        return str(t("at most {high}", high=number(high, decimals)))
    return str(t("{low} to {high}", low=number(low, decimals), high=number(high, decimals)))
