"""Waves against trying all schedules, and what must hold of any of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.plan.waves.tiny import START, THREAT, best, capacity, made, random

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import NoPlanError, UsageError
from lotrinh.plan.waves.condense import components, needed
from lotrinh.plan.waves.dual import Dual, ascend, first_prices
from lotrinh.plan.waves.problem import Settings, problem
from lotrinh.plan.waves.replan import replan
from lotrinh.plan.waves.schedule import load_waves, waves
from lotrinh.plan.waves.verify import verify
from lotrinh.register import synthetic
from lotrinh.register.sheets import ALL, MONEY, Progress, Window

NEAR = 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_the_cost_is_the_least_of_all_schedules(seed: int) -> None:
    work, sheet, settings = random(seed)
    least = best(work, sheet, settings)
    found = waves(work, sheet, THREAT, settings)
    assert found.summary["cost"] == pytest.approx(least, rel=NEAR, abs=NEAR)
    assert found.summary["bound"] <= least + NEAR


@pytest.mark.parametrize("first", range(100, 300, 20))
def test_the_dual_function_never_exceeds_the_least_cost(first: int) -> None:
    for seed in range(first, first + 20):
        work, sheet, settings = random(seed, 3)
        p = problem(work, sheet, THREAT, settings)
        dual, draw = Dual(p), np.random.default_rng(seed)
        least = best(work, sheet, settings) + 1e-9
        prices = ascend(dual, first_prices(dual), 20)
        for each in (prices, draw.uniform(0.0, 3.0, len(prices)), np.zeros(len(prices))):
            assert dual.at(each).safe <= least


@pytest.mark.parametrize("seed", range(300, 310))
def test_hard_deadlines_are_held_or_shown_to_be_impossible(seed: int) -> None:
    work, sheet, settings = random(seed)
    settings = replace(settings, hard=True)
    least = best(work, sheet, settings)
    if np.isfinite(least):
        assert waves(work, sheet, THREAT, settings).summary["cost"] == pytest.approx(least, rel=NEAR)
    else:
        with pytest.raises(NoPlanError):
            waves(work, sheet, THREAT, settings)


def test_what_is_short_is_named() -> None:
    work = made([{"due": "2027Q1"}] * 3)
    with pytest.raises(NoPlanError, match=r"2027Q1: 1 person-quarters of net short, A"):
        waves(work, capacity({("A", "net"): 0.5}), THREAT, Settings(START, 4, hard=True))


@pytest.mark.parametrize("seed", range(5))
def test_more_capacity_never_hurts_and_order_does_not_matter(seed: int) -> None:
    work, sheet, settings = random(seed)
    cost = waves(work, sheet, THREAT, settings).summary["cost"]
    more = [replace(row, amount=row.amount + 0.5) for row in sheet]
    assert waves(work, more, THREAT, settings).summary["cost"] <= cost + NEAR
    turned = replace(work, items=work.items.reverse(), edges=work.edges.reverse())
    assert waves(turned, sheet, THREAT, settings).summary["cost"] == pytest.approx(cost, rel=NEAR)


def test_the_same_seed_gives_the_same_schedule_and_it_is_saved_whole(tmp_path) -> None:
    work, sheet, settings = random(7)
    first, second = (waves(work, sheet, THREAT, settings) for _ in range(2))
    assert first.items.equals(second.items)
    first.save(tmp_path / "waves")
    again = load_waves(tmp_path / "waves")
    assert again.items.equals(first.items)
    assert again.load.equals(first.load)
    assert again.summary == first.summary


def test_replanning_with_nothing_changed_moves_nothing() -> None:
    for seed in range(10):
        work, sheet, settings = random(seed)
        first = waves(work, sheet, THREAT, settings)
        again = replan(work, sheet, THREAT, settings, first)
        assert again.moved == ()
        assert again.waves.items.equals(first.items)


def test_replanning_keeps_what_is_begun_and_leaves_out_what_is_done_or_accepted() -> None:
    work = made([{"kind": "hsm_kms"}, {}, {}, {}], [("W1", "W0")])
    sheet = capacity({("A", "net"): 1.0, (ALL, "crypto"): 1.0, (ALL, MONEY): 5.0})
    settings = Settings(START, 8, gap=0.0, time_limit=10.0)
    first = waves(work, sheet, THREAT, settings)
    later = replace(settings, start=Quarter(2027, 2))
    steps = [
        Progress(item="W0", state="begun", quarter=Quarter(2027, 1), evidence="assumption"),
        Progress(item="W2", state="done", quarter=Quarter(2027, 1), evidence="assumption"),
        Progress(item="W3", state="accepted", evidence="assumption"),
    ]
    found = replan(work, sheet, THREAT, later, first, steps).waves
    ends = dict(found.items.select("item", "end").iter_rows())
    assert ends == {"W0": "2027Q2", "W1": "2027Q2"}


def schedule(ends: dict[str, tuple[int, int]]) -> pl.DataFrame:
    rows = [(item, start, end) for item, (start, end) in ends.items()]
    return pl.DataFrame(rows, ["item", "start_at", "end_at"], orient="row")


PLANTED = {
    "is later than": {"W0": (3, 3), "W1": (1, 1), "W2": (1, 2)},
    "which is closed": {"W0": (1, 1), "W1": (0, 0), "W2": (1, 2)},
    "for which it waits": {"W0": (0, 0), "W1": (1, 1), "W2": (1, 2)},
    "takes 1 quarters, not 2": {"W0": (2, 2), "W1": (1, 1), "W2": (2, 2)},
    "before 2027Q2": {"W0": (1, 1), "W1": (1, 1), "W2": (0, 1)},
    "uses 1.5 of net": {"W0": (2, 2), "W1": (2, 2), "W2": (1, 2)},
    "is missing": {"W0": (2, 2), "W1": (1, 1)},
    "is not inside the horizon": {"W0": (2, 2), "W1": (4, 4), "W2": (1, 2)},
}


@pytest.mark.parametrize("words", PLANTED)
def test_verification_finds_what_is_planted(words: str) -> None:
    rows = [{"due": "2027Q3"}, {"calendar": "closed"}, {"kind": "hsm_kms", "release": "2027Q2"}]
    closed = Window(
        calendar="closed", from_=Quarter(2027, 1), until=Quarter(2027, 1), open=False, evidence="assumption"
    )
    work = made(rows, [("W0", "W2")], [closed])
    sheet = capacity({("A", "net"): 1.0 if "uses" not in words else 0.9, (ALL, "crypto"): 1.0, (ALL, MONEY): 5.0})
    settings = Settings(START, 4, hard=True)
    good = schedule({"W0": (2, 2), "W1": (1, 1), "W2": (1, 2)})
    if "uses" not in words:
        assert verify(work, capacity({("A", "net"): 2.0, (ALL, "crypto"): 1.0}), settings, good) == []
    broken = [str(each) for each in verify(work, sheet, settings, schedule(PLANTED[words]))]
    assert any(words in each for each in broken), broken


def test_components_are_those_of_a_closure() -> None:
    draw = np.random.default_rng(0)
    for _ in range(100):
        count = int(draw.integers(1, 9))
        after, before = draw.integers(0, count, 10), draw.integers(0, count, 10)
        reach = np.eye(count, dtype=bool)
        reach[after, before] = True
        for k in range(count):
            reach |= reach[:, [k]] & reach[[k], :]
        same = reach & reach.T
        found = components(after, before, count)
        assert ((found[:, None] == found[None, :]) == same).all()


def test_edges_that_follow_from_others_are_taken_out_and_no_more() -> None:
    draw = np.random.default_rng(1)
    for _ in range(100):
        count = int(draw.integers(2, 9))
        pairs = np.unique(draw.integers(0, count, (12, 2)), axis=0)
        after, before = pairs[pairs[:, 0] > pairs[:, 1]].T
        kept = needed(after, before, count)
        reach = closure(count, after, before)
        assert (closure(count, after[kept], before[kept]) == reach).all()
        for each in np.flatnonzero(kept):
            rest = kept.copy()
            rest[each] = False
            assert not closure(count, after[rest], before[rest])[after[each], before[each]]


def closure(count: int, after, before):
    reach = np.zeros((count, count), dtype=bool)
    reach[after, before] = True
    for k in range(count):
        reach |= reach[:, [k]] & reach[[k], :]
    return reach


def test_work_that_needs_more_than_there_ever_is_takes_longer() -> None:
    work = made([{"kind": "hsm_kms"}])
    sheet = capacity({("A", "net"): 0.25, (ALL, "crypto"): 1.0, (ALL, MONEY): 5.0})
    found = waves(work, sheet, THREAT, Settings(START, 8))
    assert found.items.select("start", "end").row(0) == ("2027Q1", "2027Q4")


def test_a_skill_that_the_sheet_names_nowhere_is_told() -> None:
    with pytest.raises(UsageError, match="no row of crypto, which work items need"):
        waves(made([{"kind": "own_code"}]), capacity({("A", "net"): 1.0}), THREAT, Settings(START, 4))


def test_an_interrupted_search_keeps_the_best() -> None:
    work, sheet, settings = random(7, 8)

    def watch(seconds: float, cost: float, bound: float) -> None:
        if np.isfinite(cost):
            raise KeyboardInterrupt

    found = waves(work, sheet, THREAT, settings, watch=watch)
    assert found.summary["interrupted"]
    assert np.isfinite(found.summary["cost"])


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path) -> None:
    work, sheet, settings = random(7)
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(UsageError, match="left alone"):
        waves(work, sheet, THREAT, settings).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_price_of_moving_keeps_items_in_their_quarters() -> None:
    work = made([{"value": 1.0}, {"value": 2.0}])
    sheet = capacity({("A", "net"): 0.5, (ALL, MONEY): 5.0})
    settings = Settings(START, 4, gap=0.0, time_limit=10.0)
    first = waves(work, sheet, THREAT, settings)
    turned = replace(work, items=work.items.with_columns(value=3.0 - pl.col("value")))
    assert replan(turned, sheet, THREAT, settings, first).moved == ("W0", "W1")
    assert replan(turned, sheet, THREAT, replace(settings, move=1e6), first).moved == ()


def test_many_items_of_a_synthetic_register_are_scheduled_the_same_twice() -> None:
    work = synthetic.items(900, 3)
    settings = Settings(START, 40, gap=0.5)
    first, second = (waves(work, synthetic.capacity(work), THREAT, settings) for _ in range(2))
    assert first.items.equals(second.items)
    assert first.summary["gap"] <= 0.5
