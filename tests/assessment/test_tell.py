"""A future read aloud says what its paths say, and gives a reason for whatever did not go as planned."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.event_words import event_words
from lotrinh.assessment.events import Event, events
from lotrinh.assessment.orders import Orders, orders_of
from lotrinh.assessment.outcomes import Job, cut
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, simulate
from lotrinh.assessment.stress import stressed_draws
from lotrinh.assessment.tell import _room, tell
from lotrinh.base.issues import UsageError
from lotrinh.plan.plan import Plan

SMALL = Path(__file__).parents[2] / "cases" / "small"
SCENARIO = "withdraw/F-NORD/2028Q4+cut/2028/0.6"
FUTURES = 60


@pytest.fixture(scope="module", params=["", SCENARIO])
def told(request: pytest.FixtureRequest, plan: Plan) -> list[tuple[Orders, Futures, list[Event]]]:
    """Some futures, each with what happened in it."""
    q, orders = plan.quantities, orders_of(plan)
    job = Job(q, orders, AssessmentSettings(scenario=request.param, seed=8))
    draws = stressed_draws(request.param, q, job.chances.batch(0))
    found = []
    for at in range(FUTURES):
        futures = simulate(q, orders, cut(draws.desk, slice(at, at + 1)), room=_room(orders))
        assert futures.noted[0] < _room(orders)
        found.append((orders, futures, events(orders, futures, plan.paths, float(draws.qday[at]))))
    return found


def test_events_stand_in_the_order_of_quarters(told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    for _, _, happened in told:
        assert [one.time for one in happened] == sorted(one.time for one in happened)


def test_every_project_ends_once(plan: Plan, told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    ends = ("delivers", "fails", "dropped", "barred", "abandoned", "unfinished")
    for _, futures, happened in told:
        count = Counter(one.facts["project"] for one in happened if one.kind in ends)
        assert count == {row["project"]: 1 for row in plan.projects()}
        delivered = {one.facts["project"] for one in happened if one.kind == "delivers"}
        status = futures.outcome[0] == DELIVERED
        assert delivered == {id for at, id in enumerate(plan.programme.projects.ids) if status[at]}


def test_gates_are_as_their_luck(told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    for _, _, happened in told:
        for one in happened:
            if one.kind == "passes":
                assert one.facts["drawn"] < one.facts["chance"] <= 1.0
            if one.kind == "fails":
                assert one.facts["drawn"] >= one.facts["chance"]
                assert one.facts["freed"] >= 0.0
                for capability, whole in one.facts["whole"].items():
                    assert 0.0 <= one.facts["levels"][capability] <= whole


def test_who_comes_late_says_why(plan: Plan, told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    reasons = set()
    for _, _, happened in told:
        for one in happened:
            if one.kind == "dropped" or (one.kind == "begins" and (one.facts["late"] or 0) > 0):
                waited = one.facts["waited"]
                assert waited
                planned = {row["project"]: row["start"] for row in plan.projects()}[one.facts["project"]]
                assert waited[0]["since"] == planned
                assert all(each["what"] for each in waited if each["reason"] != "money")
                reasons |= {each["reason"] for each in waited}
    assert {"people", "level"} <= reasons


def test_levels_add_up(told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    for _, futures, happened in told:
        left = sum(sum(one.facts["levels"].values()) for one in happened if "levels" in one.facts)
        assert left == pytest.approx(float(futures.paths.gained.sum()))


def test_stresses_are_told(plan: Plan) -> None:
    future = tell(plan, AssessmentSettings(futures=50, scenario=SCENARIO, seed=8), 3)
    kinds = {one.kind: one for one in future.events}
    assert (kinds["withdrawn"].facts["supplier"], kinds["withdrawn"].facts["until"]) == ("F-NORD", None)
    assert kinds["cut"].facts["share"] == pytest.approx(0.6)
    assert kinds["cut"].quarter == "2028Q1"


def test_every_kind_of_event_has_its_words(plan: Plan, told: list[tuple[Orders, Futures, list[Event]]]) -> None:
    for _, _, happened in told:
        for one in happened:
            sentences = [str(sentence) for sentence in event_words(plan.programme, one)]
            assert bool(sentences) == (one.kind != "passes")
            assert all("{" not in sentence and sentence.endswith(".") for sentence in sentences), sentences


def test_the_result_is_that_of_the_assessment(plan: Plan) -> None:
    settings = AssessmentSettings(futures=100, seed=2)
    out = Job(plan.quantities, orders_of(plan), settings)(0)
    future = tell(plan, settings, 42)
    result = future.result()
    assert result["value"] == float(out.value[42])
    assert result["delivered"] == sum(one.kind == "delivers" for one in future.events)
    assert result["compared"] == 100
    assert future.as_dict()["events"][0]["words"]


def test_a_future_that_is_not_there(plan: Plan) -> None:
    for future in (-1, 10):
        with pytest.raises(UsageError, match="no future"):
            tell(plan, AssessmentSettings(futures=10), future)
