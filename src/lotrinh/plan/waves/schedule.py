"""Waves: every work item in its quarters, how good that is, what it uses, and what stays undone and why."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from lotrinh.base.issues import NoPlanError, NoPlanInTimeError, UsageError
from lotrinh.base.text import Text, t
from lotrinh.plan.waves.exact import exact
from lotrinh.plan.waves.exchange import left_of
from lotrinh.plan.waves.problem import Problem, Settings, Standing, Work, problem
from lotrinh.plan.waves.search import Search, gap, search
from lotrinh.plan.waves.shortfall import impossible, owners, period, shortfall
from lotrinh.plan.waves.verify import verify
from lotrinh.register.sheets import Capacity
from lotrinh.register.work.order import MILESTONE

if TYPE_CHECKING:
    import polars as pl

    from lotrinh.register.threat import Chance

Ints = NDArray[np.int64]
Watch = Callable[[float, float, float], None]

LACKING, CLOSED, WAITING, FULL = "lacking", "closed", "waiting", "full"
FILES = ("items.parquet", "load.parquet", "unscheduled.parquet", "waves.json")
REASONS = {
    LACKING: t("its team has no {detail}"),
    CLOSED: t("release, windows and precedence leave it no quarter"),
    WAITING: t("it waits for {detail}, which is not scheduled"),
    FULL: t("no capacity is left for it"),
}


@dataclass(frozen=True)
class Waves:
    """A schedule of work items.

    Attributes
    ----------
    items: item, start, end (``2028Q3``; empty where not scheduled), start_at, end_at (quarters from the start, null
        where not scheduled), team, due, late, exposure, and kind, system, class and function of the item.
    load: team, skill, quarter (a year where it is money), used, capacity.
    unscheduled: item, reason (key of `REASONS`), detail.
    summary: figures by name: exposure, cost, bound, gap, nothing (exposure if nothing is done), removed, seconds...
    """

    items: pl.DataFrame
    load: pl.DataFrame
    unscheduled: pl.DataFrame
    summary: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write the schedule as a folder of Parquet tables and a summary; a schedule that is there is replaced whole.

        Raises
        ------
        UsageError
            Where it cannot be written, or the folder holds anything but a schedule.
        """
        if folder.exists() and (not folder.is_dir() or any(path.name not in FILES for path in folder.iterdir())):
            raise UsageError(str(t("{path} holds something else than a schedule, and is left alone", path=folder)))
        try:
            folder.absolute().parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.absolute().parent) as scratch:
                made, old = Path(scratch) / "made", Path(scratch) / "old"
                made.mkdir()
                for name, frame in (("items", self.items), ("load", self.load), ("unscheduled", self.unscheduled)):
                    frame.write_parquet(made / f"{name}.parquet")
                (made / "waves.json").write_bytes(orjson.dumps(self.summary, option=orjson.OPT_INDENT_2))
                _replace(folder, made, old)
        except OSError as error:
            raise UsageError(
                str(t("{path} cannot be written: {why}", path=folder, why=error.strerror or error))
            ) from error


def _replace(folder: Path, made: Path, old: Path) -> None:
    """Put `made` in the place of `folder`, which goes to `old`, and comes back where that fails."""
    if not folder.exists():
        made.rename(folder)
        return
    folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        old.rename(folder)
        raise


def load_waves(folder: Path) -> Waves:
    """Read a schedule that `Waves.save` wrote; `UsageError` where there is none."""
    import polars as pl

    try:
        summary = orjson.loads((folder / "waves.json").read_bytes())
        frames = [pl.read_parquet(folder / f"{name}.parquet") for name in ("items", "load", "unscheduled")]
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(str(t("there are no waves in {path}; lotrinh waves writes them", path=folder))) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(str(t("{path} cannot be read: {why}", path=folder, why=why))) from error
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError(str(t("{path} holds no schedule of waves: {why}", path=folder, why=error))) from error
    return Waves(frames[0], frames[1], frames[2], summary)


def waves(
    work: Work,
    sheet: Sequence[Capacity],
    threat: Chance,
    settings: Settings,
    standing: Standing | None = None,
    watch: Watch | None = None,
    start: dict[str, int] | None = None,
) -> Waves:
    """Schedule `work` with the capacity of `sheet`, check the schedule row by row, and return it.

    Parameters
    ----------
    standing: how far items are.
    start: quarter of completion of items in a known schedule, to begin from.

    Raises
    ------
    NoPlanError
        Where hard deadlines cannot be held, with what is short.
    """
    p = problem(work, sheet, threat, settings, standing)
    if settings.hard and len(impossible(p)):
        raise NoPlanError(_impossible(work, p))
    found = search(p, settings, watch, known_nodes(work, p, start) if start else None)
    if not np.isfinite(found.cost):
        _explain(p, settings, found.seconds)
    return released(work, sheet, settings, standing, p, found)


def known_nodes(work: Work, p: Problem, start: dict[str, int]) -> Ints:
    """Return the quarters of nodes as far as they are known of their first member; the others at the end."""
    ids = work.items["item"].gather(p.item[p.pointers[:-1]]).to_list()
    return np.array([min(max(start.get(item, p.horizon), 0), p.horizon) for item in ids], np.int64)


def released(
    work: Work, sheet: Sequence[Capacity], settings: Settings, standing: Standing | None, p: Problem, found: Search
) -> Waves:
    """Return the waves of a search after checking them; a broken rule is our bug."""
    items = _items(work, p, found.quarters)
    broken = verify(work, sheet, settings, items.select("item", "start_at", "end_at"), standing)
    if broken:
        raise RuntimeError("; ".join(str(each) for each in broken))
    unscheduled = _unscheduled(work, p, found.quarters)
    exposure, nothing = float(items["exposure"].sum()), float((p.values * p.curves[p.profiles, -1]).sum())
    summary = {
        "start": str(p.calendar.start),
        "quarters": p.horizon,
        "items": len(items),
        "scheduled": int(items["end_at"].is_not_null().sum()),
        "late": int(items["late"].sum()),
        "cost": found.cost,
        "bound": found.bound,
        "gap": gap(found.cost, found.bound),
        "exposure": exposure,
        "nothing": nothing,
        "removed": nothing - exposure,
        "seconds": found.seconds,
        "deadlines": "hard" if settings.hard else "priced",
        "price": settings.price,
        "seed": settings.seed,
        "problem": p.digest,
        "interrupted": found.interrupted,
        "done": _done(items),
    }
    return Waves(items, _load(p, found.quarters), unscheduled, summary)


def _done(items: pl.DataFrame) -> list[dict[str, Any]]:
    """Return by class and function how many items there are, how many are scheduled, and when the last is done.

    `until` is empty where not all are scheduled; milestones do not count.
    """
    import polars as pl

    rows = items.filter(pl.col("kind") != MILESTONE).group_by("class", "function")
    found = rows.agg(pl.len().alias("items"), pl.col("end_at").count().alias("scheduled"), pl.col("end").max())
    until = pl.when(pl.col("items") == pl.col("scheduled")).then(pl.col("end")).otherwise(pl.lit("")).alias("until")
    return found.with_columns(until).drop("end").sort("class", "function").to_dicts()


def _items(work: Work, p: Problem, quarters: Ints) -> pl.DataFrame:
    """Return the rows of `Waves.items`, in the order of the work items."""
    import polars as pl

    ends = np.repeat(quarters, np.diff(p.pointers))
    sorted_ = np.argsort(p.item, kind="stable")
    rows = work.items[p.item[sorted_]]
    starts = (ends - p.lengths + 1)[sorted_]
    frame = rows.select("item", "system", "kind", "class", "function", "team", "due").with_columns(
        pl.Series("end_at", ends[sorted_]),
        pl.Series("start_at", starts),
        pl.Series("exposure", (p.values * p.curves[p.profiles, ends])[sorted_]),
        pl.Series("late", (ends > p.dues)[sorted_] & (p.dues < p.horizon)[sorted_]),
    )
    done = pl.col("end_at") < p.horizon
    return frame.with_columns(
        pl.when(done).then(pl.col("end_at")).alias("end_at"), pl.when(done).then(pl.col("start_at")).alias("start_at")
    ).with_columns(_named("start_at", p), _named("end_at", p))


def _named(column: str, p: Problem) -> pl.Expr:
    """Return quarters as they are written, ``start`` of ``start_at``; empty where there is none."""
    import polars as pl

    times = list(range(-4 * p.horizon, p.horizon))
    names = [str(p.calendar.at(time)) for time in times]
    named = pl.col(column).replace_strict(times, names, default="", return_dtype=pl.String)
    return named.fill_null("").alias(column.removesuffix("_at"))


def _load(p: Problem, quarters: Ints) -> pl.DataFrame:
    import polars as pl

    owner = owners(p)
    used = p.has.amounts - left_of(p, quarters)
    rows = [
        (*p.has.names[owner[b]], period(p, b), max(0.0, float(used[b])), float(p.has.amounts[b]))
        for b in range(len(owner))
    ]
    return pl.DataFrame(rows, ["team", "skill", "quarter", "used", "capacity"], orient="row")


def _unscheduled(work: Work, p: Problem, quarters: Ints) -> pl.DataFrame:
    import polars as pl

    ids = work.items["item"]
    rows: list[tuple[str, str, str]] = []
    for node in np.flatnonzero(quarters >= p.horizon).tolist():
        ahead = p.before[1][p.before[0][node] : p.before[0][node + 1]]
        blocking = ahead[quarters[ahead] >= p.horizon]
        lacking = p.used.lacking[p.classes[node]]
        if lacking:
            reason, detail = LACKING, lacking
        elif len(blocking):
            reason, detail = WAITING, ids[int(p.item[p.pointers[blocking[0]]])]
        elif int(p.allowed[node]) == 1 << p.horizon:
            reason, detail = CLOSED, ""
        else:
            reason, detail = FULL, ""
        rows.extend((ids[int(at)], reason, detail) for at in p.item[p.pointers[node] : p.pointers[node + 1]])
    return pl.DataFrame(rows, {"item": pl.String, "reason": pl.String, "detail": pl.String}, orient="row").sort("item")


def _impossible(work: Work, p: Problem) -> str:
    nodes = impossible(p)
    ids = sorted(work.items["item"][int(p.item[p.pointers[node]])] for node in nodes)
    words = t("release, windows, precedence and team leave {count} items no quarter by their deadlines", count=len(ids))
    return f"{words}: {', '.join(ids[:20])}{'…' if len(ids) > 20 else ''}"


def _explain(p: Problem, settings: Settings, seconds: float) -> None:
    """Raise what keeps the deadlines from being held, as far as it is known."""
    short = shortfall(p)
    if short:
        lines = [str(each.text()) for each in short[:40]]
        head = t("The deadlines cannot all be held. The least that is short, even if work could be split:")
        raise NoPlanError("\n".join([str(head), *lines]))
    if p.count * (p.horizon + 1) <= 200_000:
        answer = exact(p, np.empty(0, np.int64), settings.gap, max(1.0, settings.time_limit - seconds), settings.seed)
        if answer.infeasible:
            raise NoPlanError(str(_indivisible()))
    words = t("No schedule that holds every deadline was found in time, and nothing shows that there is none.")
    raise NoPlanInTimeError(str(words))


def _indivisible() -> Text:
    return t("The deadlines cannot all be held, though capacity would be enough if work could be split further.")
