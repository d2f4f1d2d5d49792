"""Migration in the futures: what it comes to in closed form, what it never does, what events and reports say of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.assessment.worlds import NOTES, chancy_plans, moving, world
from tests.plan.builders import build, decided

from lotrinh.assessment.assess import assess
from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.draws import Chances
from lotrinh.assessment.event_words import event_words
from lotrinh.assessment.events import events
from lotrinh.assessment.orders import Orders, orders
from lotrinh.assessment.outcomes import cut
from lotrinh.assessment.security import done_at, expected_without, lost, safe_until
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, as_planned, simulate
from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.plan import Plan
from lotrinh.plan.settings import PlanSettings

SURVEY = [("survey", 2026.0, 2.0, 0.3, 1.0), ("survey", 2026.0, 5.0, 0.6, 1.0)]
KEYS = {"function": "key_establishment", "items": 12, "value": 0.5, "shelf_life": 1.5, "cost": 0.25}
SEEDS = range(40)
SIZE = 500


def planned(facts: dict[str, Any], at: int = 4, each: float = 3.0, **tables: Any) -> tuple[Quantities, Decisions]:
    """Return a programme whose project P enables the class A, and the plan that migrates so many items a quarter from
    `at` on until all are.
    """
    tables = {"threat": SURVEY, "gates": [], **tables}
    modes = {"P": {"duration": 2, "cost_likely": 1.0}}
    p = build(["P"], modes=modes, migration={"A": {"projects": ("P",), **facts}}, **tables)
    q = Quantities(p)
    wanted = np.zeros((1, q.horizon))
    left = q.items[0]
    for t in range(at, q.horizon):
        wanted[0, t] = min(each, left)
        left -= wanted[0, t]
    return q, replace(decided(q, {"P": 0}), migrated=wanted)


def run(q: Quantities, d: Decisions, seed: int = 0, size: int = SIZE) -> tuple[Orders, Futures]:
    o = orders(q, d)
    return o, simulate(q, o, Chances(q, o, seed).batch(0, size).desk)


def z_of(means: np.ndarray[Any, Any], expected: float) -> float:
    """Return how many standard errors the mean over seeds lies from what is expected."""
    return float((means.mean() - expected) / (means.std(ddof=1) / np.sqrt(len(means))))


# In closed form


@pytest.mark.parametrize("chance", [0.0, 0.35, 1.0])
def test_a_class_is_migrated_where_its_gate_is_passed(chance: float) -> None:
    q, d = planned(KEYS, gates=[("P", 1, 0.5, chance, 0.5)], settings={"quarters": 12})
    shares = []
    for seed in SEEDS:
        paths = run(q, d, seed)[1].paths
        assert set(np.unique(paths.migrated[:, 0, -1]).round(9)) <= {0.0, 12.0}
        shares.append(paths.migrated[:, 0, -1].mean() / 12.0)
    if chance in (0.0, 1.0):
        assert shares == pytest.approx([chance] * len(shares))
    else:
        assert abs(z_of(np.array(shares), chance)) < 4.0


@pytest.mark.parametrize("function", ["key_establishment", "signature", "already_weak"])
@pytest.mark.parametrize("curves", [SURVEY, [*SURVEY, *(("doubt", 2026.0, n, n / 40, 2.0) for n in (4.0, 8.0, 16.0))]])
def test_the_mean_exposure_of_futures_is_the_expected_one_of_the_plan(function: str, curves: list[Any]) -> None:
    """With Q-day the only chance. Twelve quarters; four items are migrated in each from quarter 4 on."""
    facts = KEYS | {"function": function, "trust_life": 2.0, "offset": -0.5}
    settings = {"quarters": 12, "discount": 0.05, "terminal": 3.0}
    q, d = planned(facts, each=4.0, threat=curves, settings=settings)
    plan = follow(q, d)
    exposed, worth = [], []
    for seed in SEEDS:
        paths = run(q, d, seed)[1].paths
        assert np.allclose(paths.migrated, plan.migrated)
        exposed.append(lost(paths).sum(axis=1).mean())
        worth.append(value(paths).mean())
    if function == "already_weak":  # no chance is left
        assert exposed == pytest.approx([lost(plan).sum()] * len(exposed))
        assert worth == pytest.approx([value(plan)[0]] * len(worth))
    else:
        assert abs(z_of(np.array(exposed), lost(plan).sum())) < 4.0
        assert abs(z_of(np.array(worth), value(plan)[0])) < 4.0


def test_the_exposure_of_a_known_qday_by_hand() -> None:
    """A: keys of what stays secret for a quarter of a year; B: signatures trusted for two years. Of both, two items are
    migrated in quarter 2 and two in quarter 3; Q-day comes in quarter 3, or never, or before the start.
    """
    classes = {
        "A": {"function": "key_establishment", "items": 4, "value": 2.0, "shelf_life": 0.25},
        "B": {"function": "signature", "items": 4, "value": 1.0, "trust_life": 2.0},
    }
    q = Quantities(build(["P"], migration=classes, threat=SURVEY, settings={"quarters": 6}))
    d = replace(decided(q), migrated=np.array([[0, 0, 2, 2, 0, 0]] * 2, dtype=float))
    o = orders(q, d)
    desk = Chances(q, o).batch(0, 3).desk
    desk.qday[:] = [3.4, np.inf, -7.0]
    paths = simulate(q, o, desk).paths
    # A: left are 4, 4, 4, 2, 0, 0; a quarter counts where its middle and a quarter more lie after Q-day: from 2 on.
    # B: at Q-day, in quarter 3, two items lose their trust of two years; its middle, 3.5, lies after it.
    assert lost(paths)[0] == pytest.approx([(4 + 2) * 2.0 / 4, 2 * (2.0 + 1 / 4)])
    assert lost(paths)[1] == pytest.approx([0.0, 0.0])
    # Before the start: all four lose their trust in quarter 0; the rest a quarter of a year each.
    assert lost(paths)[2] == pytest.approx([14 * 2.0 / 4, 4 * 2.0 + 14 / 4])


def test_without_anything_at_risk_nothing_is_exposed() -> None:
    q, d = planned(KEYS | {"value": 0.0}, settings={"quarters": 12})
    assert lost(run(q, d)[1].paths).max() == 0.0
    assert expected_without(q).max() == 0.0
    never, d = planned(KEYS, threat=[], settings={"quarters": 12})
    assert lost(run(never, d)[1].paths).max() == 0.0
    none = Quantities(build(["P"], threat=SURVEY))
    paths = run(none, decided(none, {"P": 0}))[1].paths
    assert lost(paths).shape == (SIZE, 0)
    assert paths.exposure_rate.shape[1:] == (0, none.horizon + 1)


def test_what_is_weak_already_alone_has_an_exposure_in_every_future() -> None:
    q, d = planned(KEYS | {"function": "already_weak"}, settings={"quarters": 8})
    paths = run(q, d, size=7)[1].paths
    assert paths.exposure_rate.shape == (7, 1, 9)
    assert lost(paths)[:, 0] == pytest.approx(0.125 * (4 * 12 + 12 + 9 + 6 + 3))


# Late, and caught up


def test_what_is_behind_is_caught_up_at_once_where_people_suffice() -> None:
    """P takes three quarters longer: what the plan had migrated by then follows in one quarter, or as people allow."""
    tables = {"skills": {"S": {"people_start": 3.0}}, "migration_skills": [("A", "S", 0.25)], "budget": 100.0}
    q, d = planned(KEYS, at=2, settings={"quarters": 12}, **tables)
    o = orders(q, d)
    for people, course in ((3.0, [0, 0, 0, 0, 0, 0, 12]), (1.0, [0, 0, 0, 0, 0, 0, 4, 8, 12])):
        one = o._replace(people_start=np.array([people]), years=o.years.copy())
        one.years["migration"][:2] = 10.0
        desk = Chances(q, one).batch(0, 1).desk
        desk.now["length"] = 5.0
        found = simulate(q, one, desk).paths
        assert found.migrated[0, 0] == pytest.approx([*course, *[12] * (13 - len(course))])
        assert found.demand[0, 0] == pytest.approx(0.25 * np.diff(found.migrated[0, 0]))


def test_what_was_set_aside_waits_in_the_purse_and_what_projects_leave_comes_at_the_end_of_a_year() -> None:
    """Each item costs 1. Three a quarter were planned for the first year; P delivers when the second begins."""
    settings = {"quarters": 12, "carry_over": 0.5}
    q, d = planned(KEYS | {"cost": 1.0}, at=2, settings=settings, budget=[10.0, 4.0, 4.0])
    o = orders(q, d)
    assert o.years["migration"].tolist() == [6.0, 6.0, 0.0]
    desk = Chances(q, o).batch(0, 1).desk
    desk.now["length"] = 4.0
    found = simulate(q, o, desk)
    # First year: 10 less 1 for P; 5 of it are carried over. Second year: a purse of 6 + 5, of 9 in hand.
    assert found.paths.migrated[0, 0] == pytest.approx([0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 12])
    assert found.left[0] == pytest.approx([9.0, 0.0, 1.0])


# What it never does


@pytest.fixture(scope="module")
def worlds() -> list[Any]:
    found = [world(f"moving {seed}", q, d, 200, seed) for seed, q, d in chancy_plans(range(60), moving)]
    assert len(found) > 15
    return found


def test_the_random_plans_migrate(worlds: list[Any]) -> None:
    behind = [one.o.wanted[:, -1] - one.paths.migrated[:, :, -1] for one in worlds]
    assert sum((gap > 0.01).any() for gap in behind) > 5
    assert sum(bool(one.d.migrated.any()) for one in worlds) > 12
    assert any(one.q.enabling for one in worlds if one.d.migrated.any())


def test_never_more_than_there_is_and_never_back(worlds: list[Any]) -> None:
    for one in worlds:
        migrated = one.paths.migrated
        assert (np.diff(migrated, axis=2) >= 0.0).all(), one.name
        assert (migrated[:, :, 1:] <= one.o.wanted + 1e-9).all(), one.name
        assert (migrated[:, :, -1] <= one.q.items + 1e-9).all(), one.name


def test_never_before_what_enables_it(worlds: list[Any]) -> None:
    for one in worlds:
        for a, project in one.q.enabling:
            delivered = one.now["status"][:, project] == DELIVERED
            ready = np.where(delivered, one.paths.stopped[:, project], one.q.horizon + 1)
            state = np.arange(one.q.horizon + 1)
            before = state <= ready[:, None]
            assert (one.paths.migrated[:, a] * before == 0.0).all(), one.name


def test_never_with_people_whom_others_have(worlds: list[Any]) -> None:
    for one in worlds:
        paths, q = one.paths, one.q
        taken = np.einsum("sat,ak->skt", np.diff(paths.migrated, axis=2), q.item_effort)
        assert (taken <= np.maximum(0.0, paths.people[..., :-1] - (paths.demand - taken)) + 1e-5).all(), one.name


def test_more_people_or_money_never_migrates_less_in_the_mean() -> None:
    """Of one project and one class, so that no other project takes what is more."""
    skills = {"skills": {"S": {"people_start": 2.0, "loss": 0.1}}, "migration_skills": [("A", "S", 0.5)]}
    mean: dict[tuple[float, float], float] = {}
    for people in (0.6, 1.0, 2.0):
        for money in (0.5, 1.0, 2.0):
            tables = skills | {"gates": [("P", 1, 0.5, 0.8, 0.5)], "mode_skills": [("P", "S", 0.5)]}
            q, d = planned(KEYS, at=2, budget=[3.0, 2.0, 1.0], settings={"quarters": 12}, **tables)
            o = orders(q, d)
            o.years["budget"][:] *= money
            o = o._replace(people_start=people * o.people_start)
            paths = simulate(q, o, Chances(q, o, 3).batch(0, SIZE).desk).paths
            mean[people, money] = float(paths.migrated[:, 0].mean())
    for (people, money), found in mean.items():
        for (others, more), better in mean.items():
            if others >= people and more >= money:
                assert better >= found - 1e-9
    assert mean[0.6, 0.5] < mean[0.6, 2.0]
    assert mean[0.6, 2.0] < mean[2.0, 2.0]


# Events and reports


def test_events_tell_when_a_class_begins_and_is_done(worlds: list[Any]) -> None:
    seen: Counter[str] = Counter()
    for one in worlds:
        for i in range(6):
            desk = cut(one.futures.desk, slice(i, i + 1))
            alone = simulate(one.q, one.o, desk, NOTES)
            qday = float(desk.qday[0])
            found = events(one.o, alone, follow(one.q, one.d), qday)
            for a, id in enumerate(one.q.programme.migration.ids):
                course, items = one.paths.migrated[i, a], one.q.items[a]
                told = {event.kind: event for event in found if event.facts.get("migration") == id}
                seen.update(list(told))
                assert ("migrates" in told) == (course[-1] > 1e-6)
                if "migrates" in told:
                    assert course[told["migrates"].time] <= 1e-6 < course[told["migrates"].time + 1]
                whole = course >= items * (1.0 - 1e-6)
                assert ("unmigrated" in told) == (not whole.any())
                assert ("migrated" in told) == (bool(whole.any()) and not whole[0])
                if "migrated" in told:
                    assert told["migrated"].time == whole.argmax() - 1
                for event in told.values():
                    words = [str(sentence) for sentence in event_words(one.q.programme, event)]
                    assert words
                    assert all("{" not in sentence and sentence.endswith(".") for sentence in words)
    assert min(seen[kind] for kind in ("migrates", "migrated", "unmigrated")) > 5


def test_the_report_says_what_the_futures_are() -> None:
    q, d = planned(KEYS, gates=[("P", 1, 0.5, 0.7, 0.5)], settings={"quarters": 12})
    paths = follow(q, d)
    plan = Plan(
        programme=q.programme, settings=PlanSettings(), decisions=d, status="feasible", objective=0.0, bound=0.0,
        seconds=0.0, solver="by hand", paths=paths,
    )  # fmt: skip
    found = assess(plan, AssessmentSettings(futures=3000, seed=4))
    (row,), total = found.security(), found.exposure()
    out = found.outcomes
    done = (out.migrated[:, 0] > 11.99).mean()
    assert (row["can_begin"], row["done"], row["migrated"]["mean"]) == pytest.approx((done, done, done), abs=1e-5)
    assert abs(done - 0.7) < 0.04
    assert row["migrated"]["plan"] == 1.0
    assert row["by"] == {"p10": "2028Q4", "p50": "2028Q4"}
    by_then = np.clip(np.floor(np.asarray(out.qday, dtype=float) - 6.0) - 4.0, 0.0, 4.0) * 3.0 / 12.0
    assert row["in_time"] == pytest.approx((by_then * (out.migrated[:, 0] > 11.99)).mean(), abs=1e-6)
    assert 0.05 < row["in_time"] < 0.65
    assert total["without"] == pytest.approx(expected_without(q).sum())
    assert total["plan"] == pytest.approx(lost(paths).sum())
    assert total["plan"] < total["mean"] < total["without"]
    sooner = assess(plan, AssessmentSettings(futures=3000, seed=4, scenario="qday/3"))
    assert sooner.exposure()["mean"] > total["mean"]
    assert sooner.value.mean < found.value.mean
    assert np.array_equal(sooner.outcomes.migrated, out.migrated)


def test_a_class_is_safe_by_its_own_qday() -> None:
    """An offset moves the Q-day of a class; the shelf life counts for keys alone."""
    classes = {
        "A": {"function": "key_establishment", "items": 1, "value": 1.0, "shelf_life": 2.0, "offset": -1.0},
        "B": {"function": "signature", "items": 1, "value": 1.0, "shelf_life": 2.0, "offset": 3.0},
        "C": {"function": "already_weak", "items": 1, "value": 1.0},
    }
    q = Quantities(build(["P"], migration=classes, threat=SURVEY, settings={"quarters": 30}))
    safe = safe_until(q, [20.0, np.inf])
    assert safe[:, :2].tolist() == [[8.0, 32.0], [np.inf, np.inf]]
    assert np.isnan(safe[:, 2]).all()
    # What is migrated by then loses nothing; a quarter later it does.
    for late, a in ((8, 0), (9, 0)):
        wanted = np.zeros((3, 30))
        wanted[a, late - 1] = 1.0
        o = orders(q, replace(decided(q), migrated=wanted))
        desk = Chances(q, o).batch(0, 1).desk
        desk.qday[:] = 20.0
        paths = simulate(q, o, desk).paths
        assert done_at(paths)[0, a] == late
        assert (lost(paths)[0, a] > 0.0) == (late > 8)


def test_as_planned_nothing_is_behind() -> None:
    q, d = planned(KEYS, settings={"quarters": 12})
    paths = as_planned(q, d, orders(q, d)).paths
    assert paths.exposed is None
    assert done_at(paths)[0].tolist() == [8]
    assert value(paths) == pytest.approx(value(follow(q, d)))
