"""Which assumption to check first, and the stresses side by side."""

from __future__ import annotations

import numpy as np
import pytest

from lotrinh.assessment.checking import LUCK, to_check, without
from lotrinh.assessment.compiled import DROPPED
from lotrinh.assessment.orders import orders_of
from lotrinh.assessment.outcomes import Job
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.stresses import stress, sweep
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.programme.change import Change
from lotrinh.programme.changes import changed

FUTURES = 2048


@pytest.fixture(scope="module")
def checks(plan):
    return to_check(plan, AssessmentSettings(futures=FUTURES, seed=1))


def test_only_assumptions_are_worth_checking_and_nothing_is_worth_more_than_everything(plan, checks) -> None:
    assert checks.worth
    assert {row.evidence for row in checks.worth} == {"assumption"}
    assert not {row.input.kind for row in checks.worth} & set(LUCK)
    gains = [row.gain for row in checks.worth]
    assert gains == sorted(gains, reverse=True)
    assert min(gains) >= 0
    assert max(gains) <= checks.everything.gain + 4 * checks.everything.error
    assert set(checks.decisions) <= {row["project"] for row in plan.projects()}


def test_what_is_sourced_is_not_listed(plan) -> None:
    """The same programme with its mode rows sourced: what they cost and how long they take needs no check."""
    source = plan.programme.sources.ids[0]
    made = [
        Change(table="modes", row="*", column=column, change="set", value=value, reason="")
        for column, value in (("evidence", "sourced"), ("source", source))
    ]
    sourced = optimise(changed(plan.programme, made), PlanSettings(threads=1, gap=0.0, time_limit=60))
    found = to_check(sourced, AssessmentSettings(futures=512))
    assert not [row for row in found.worth if row.input.kind in ("duration", "cost")]


def test_a_project_that_is_left_out_is_never_begun(plan) -> None:
    o = orders_of(plan)
    project = int(np.flatnonzero((plan.decisions.option >= 0) & ~plan.quantities.mandatory)[0])
    found = Job(plan.quantities, without(o, project), AssessmentSettings(futures=64))(0)
    assert (found.status[:, project] == DROPPED).all()
    assert (found.started[:, project] == plan.quantities.horizon).all()


def test_stresses_stand_side_by_side(plan) -> None:
    found = stress(plan, AssessmentSettings(futures=512, workers=1))
    names = [one.scenario for one in found]
    assert names[-len(sweep()) :] == sweep()
    assert "intake/0.5" in names
    assert any(name.startswith("cut/") for name in names)
    assert any(name.startswith("withdraw/") for name in names)
    assert all(one.title for one in found)
    swept = [one.change.mean for one in found[-len(sweep()) :]]
    assert swept == sorted(swept, reverse=True), "the faster levels are lost, the less is left"
    again = stress(plan, AssessmentSettings(futures=512, workers=2), [names[0]])
    assert again[0].change == found[0].change, "a scenario can be run again by its name"


def test_an_earlier_q_day_costs_what_is_not_migrated_and_nothing_else(plan) -> None:
    if not len(plan.programme.threat) or not len(plan.programme.migration):
        pytest.skip("the case has no Q-day or nothing to migrate")
    one = stress(plan, AssessmentSettings(futures=2048, workers=1), ["qday/20"])[0]
    assert one.change.mean < -3 * one.change.error
    assert one.change.quantiles[-1] <= 0.0
    assert one.chances == {}
    assert all(moved <= 0.0 for moved in one.security.values())
