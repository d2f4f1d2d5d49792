"""Planning again on the way: the past stays what it was, the state is that of the future, and luck is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lotrinh.assessment.compiled import FAILED, RUNNING
from lotrinh.assessment.onward import Onward, formulated, softened, state
from lotrinh.assessment.orders import orders, orders_of
from lotrinh.assessment.outcomes import Job
from lotrinh.assessment.replan import _from_now, _Replanning, carried_over, merged, replan
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.base.issues import UsageError
from lotrinh.measures.paths import follow, value
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings


@pytest.fixture(scope="module")
def work(plan):
    return _Replanning(plan, softened(plan), AssessmentSettings(futures=8, seed=3), (8,), 5.0)


@pytest.mark.parametrize("future", range(6))
def test_the_past_is_repeated_and_the_state_is_that_of_the_future(plan, work, future) -> None:
    q, o = plan.quantities, orders_of(plan)
    at = q.order_time[1]
    real = work._run(o, future)
    stands = state(q, o, work._run(o, future, at), at)
    assert np.array_equal(stands.level, real.paths.level[0, :, : at + 1])
    found, onward, _ = work._again(q, plan.decisions, o, stands)
    assert found is not None
    new = merged(o, orders(onward, found), stands)
    again = work._run(new, future)
    for name in ("level", "people"):
        assert np.array_equal(getattr(again.paths, name)[..., : at + 1], getattr(real.paths, name)[..., : at + 1])
    assert np.allclose(again.paths.project_spend[..., :at], real.paths.project_spend[..., :at], atol=1e-9)
    begun = real.paths.started[0] < at
    assert np.array_equal(again.paths.started[0][begun], real.paths.started[0][begun])
    planned = follow(onward, found)
    assert np.allclose(planned.level[0, :, : at + 1], stands.level, atol=1e-9)
    assert np.allclose(planned.people[0, :, : at + 1], stands.people, atol=1e-9)


def test_a_new_plan_begins_nothing_in_the_past_and_keeps_what_failed_out(plan, work) -> None:
    q, o = plan.quantities, orders_of(plan)
    at = int(q.order_time[1])
    for future in range(6):
        stands = state(q, o, work._run(o, future, at), at)
        onward = Onward(work.soft, q.scenario, stands, o.projects["mode"])
        free = [p for p in range(len(o.projects)) if p not in onward.locks]
        options = onward.options
        assert (options.start[np.isin(options.project, free)] >= at).all()
        assert not set(options.project.tolist()) & onward.lost
        formulation = formulated(onward, carried_over(q, onward, plan.decisions))
        earlier = onward.intake.entry < at
        fixed = formulation.variables.entrants[earlier]
        assert np.array_equal(formulation.form.low[fixed], formulation.form.high[fixed])


def test_what_can_no_longer_end_within_the_horizon_counts_on_no_success(plan, work) -> None:
    q, o = plan.quantities, orders_of(plan)
    at, late = q.horizon - 1, 0
    for future in range(40):
        stands = state(q, o, work._run(o, future, at), at)
        stands = replace(stands, work=np.zeros_like(stands.work))  # as if all had stood still so far
        onward = Onward(work.soft, q.scenario, stands, o.projects["mode"])
        assert (onward.options.end <= q.horizon).all()
        for p in np.flatnonzero(stands.status == RUNNING).tolist():
            left = o.projects["duration"][p] - int(stands.work[p])
            if at + left > q.horizon:
                late += 1
                assert onward.options.chance[onward.options.project == p] == pytest.approx(0.0)
    assert late > 0


def test_planning_again_is_the_same_whoever_works(plan) -> None:
    date = str(plan.quantities.calendar.at(int(plan.quantities.order_time[1])))
    found = [
        replan(plan, [date], AssessmentSettings(futures=3, engine=engine, workers=workers), seconds=20.0)
        for engine, workers in (("threads", 1), ("threads", 2))
    ]
    assert np.array_equal(found[0].renewed, found[1].renewed)
    assert np.array_equal(found[0].kept, found[1].kept)
    assert found[0].as_dict()["futures"] == 3


def test_where_nothing_is_left_to_chance_planning_again_is_worth_nothing(plan) -> None:
    """The futures of a programme without chance all go as planned, so no other plan promises more."""
    from lotrinh.programme.change import Change
    from lotrinh.programme.changes import changed

    def made(table: str, row: str, column: str, value: str) -> Change:
        return Change(table=table, row=row, column=column, change="set", value=value, reason="")

    sure = changed(
        plan.programme,
        [
            made("gates", "*", "chance", "1"),
            made("threat", "*", "chance", "0"),
            made("modes", "*", "duration_p90", ""),
            made("modes", "*", "cost_low", ""),
            made("modes", "*", "cost_high", ""),
            made("suppliers", "*", "withdrawal_rate", "0"),
            made("skills", "*", "loss", "0"),
            made("training", "*", "completion", "1"),
            made("training", "*", "retention", "1"),
            made("equipment", "*", "cost_low", ""),
            made("equipment", "*", "cost_high", ""),
        ],
    )
    best = optimise(sure, PlanSettings(threads=1, gap=0.0, time_limit=60))
    date = str(best.quantities.calendar.at(int(best.quantities.order_time[1])))
    found = replan(best, [date], AssessmentSettings(futures=2, workers=1), seconds=20.0)
    assert found.kept == pytest.approx([float(value(best.paths)[0])] * 2, abs=1e-6)
    assert found.renewed == pytest.approx(found.kept, abs=1e-4)


@pytest.mark.parametrize("date", ["2027Q2", "1999Q1", "soon", ""])
def test_a_date_that_is_not_the_first_quarter_of_a_later_year_is_refused(plan, date) -> None:
    with pytest.raises(UsageError):
        replan(plan, [date], AssessmentSettings(futures=1))


# Migration


def test_what_was_migrated_stays_migrated_and_nothing_is_migrated_twice(plan, work) -> None:
    q, o = plan.quantities, orders_of(plan)
    at = int(q.order_time[2])
    moved, behind, kept = 0, 0, 0.0
    for future in range(8):
        real = work._run(o, future)
        stands = state(q, o, work._run(o, future, at), at)
        assert stands.migrated.sum(axis=1) == pytest.approx(real.paths.migrated[0, :, at])
        found, onward, _ = work._again(q, plan.decisions, o, stands)
        assert found is not None
        new = merged(o, orders(onward, found), stands)
        again = work._run(new, future)
        assert np.allclose(again.paths.migrated[..., : at + 1], real.paths.migrated[..., : at + 1], atol=1e-9)
        assert found.migrated[:, :at] == pytest.approx(stands.migrated, abs=1e-6)
        planned = follow(onward, found).migrated[0]
        assert (planned[:, -1] <= q.items + 1e-6).all()
        assert (again.paths.migrated[0, :, -1] <= q.items + 1e-6).all()
        year = int(q.year_of[at])
        spent = orders(onward, found).years["migration"][year]
        assert new.years["migration"][year] + stands.purse == pytest.approx(max(spent, stands.purse))
        kept += stands.purse
        moved += bool(stands.migrated.any())
        behind += bool((o.wanted[:, at - 1] > real.paths.migrated[0, :, at] + 0.01).any())
        for a, project in q.enabling:  # what failed enables nothing any more
            if stands.status[project] >= FAILED:
                assert found.migrated[a, at:].max() <= 1e-9
    assert moved > 0
    assert kept > 0.0
    assert behind > 0


def test_a_qday_that_has_come_is_known_and_one_that_has_not_comes_later(plan, work) -> None:
    q, o = plan.quantities, orders_of(plan)
    at = int(q.order_time[2])
    stands = state(q, o, work._run(o, 0, at), at)
    past, ahead = work._draws(o, 0), Job(q, o, work.settings).chances.batch(10, 64)
    for qday, known in ((at - 0.5, True), (-3.0, True), (at + 0.5, False), (np.inf, False)):
        past.desk.qday[:], ahead.desk.qday[:] = qday, np.linspace(-20.0, 60.0, 64)
        found = _from_now(past.desk, ahead.desk, o, stands, q).qday
        assert (found == qday).all() if known else (found >= at).all()
        assert known or len(np.unique(found)) > 10
