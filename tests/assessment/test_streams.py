"""The same seed brings the same luck: in every run, on any number of workers, and to a project in every plan."""

from __future__ import annotations

import dataclasses
import functools
import sys

import numpy as np
import pytest
from tests.assessment.worlds import chancy, random_plan, small, world
from tests.plan.builders import build, decided

from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.draws import BATCH, Chances
from lotrinh.assessment.orders import orders
from lotrinh.assessment.outcomes import FANNED, Job, Outcomes, joined
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.spread import spread
from lotrinh.base.issues import UsageError
from lotrinh.base.streams import stream
from lotrinh.measures.quantities import Quantities

ENGINES = [("threads", 1), ("threads", 2), ("threads", 5), ("processes", 2)]


def job(futures: int, **settings: object) -> Job:
    q, d = small()
    return Job(q, orders(q, d), AssessmentSettings(futures=futures, **settings))  # type: ignore[arg-type]


@functools.cache
def run(futures: int, engine: str = "threads", workers: int = 1, **settings: object) -> Outcomes:
    work = job(futures, **settings)
    return joined(list(spread(work, work.batches, engine, workers)))


def arrays(found: Outcomes) -> dict[str, np.ndarray]:
    """Return every array of outcomes by its name."""
    named = {field.name: getattr(found, field.name) for field in dataclasses.fields(found) if field.name != "fans"}
    return named | {f"fan of {name}": fan for name, fan in found.fans.items()}


def unlike(one: Outcomes, other: Outcomes, first: int | None = None) -> list[str]:
    """Return the arrays in which the first futures of two outcomes differ in any bit."""
    a, b = arrays(one), arrays(other)
    assert a.keys() == b.keys()
    return [
        name for name in a if a[name].dtype != b[name].dtype or a[name][:first].tobytes() != b[name][:first].tobytes()
    ]


# Streams


def test_a_stream_is_its_seed_its_name_and_its_batch() -> None:
    draws = {key: stream(*key).random(4000) for key in [
        (0, "gate/P01/1", 0), (1, "gate/P01/1", 0), (0, "gate/P01/2", 0), (0, "gate/P01/1", 1), (1, "gate/P01/1", 1),
    ]}  # fmt: skip
    for key, found in draws.items():
        assert (stream(*key).random(4000) == found).all()
        for other, those in draws.items():
            if other != key:
                assert abs(np.corrcoef(found, those)[0, 1]) < 4.5 / np.sqrt(4000)


@pytest.mark.parametrize("sampler", ["random", "sobol"])
@pytest.mark.parametrize("uncertain", [False, True])
def test_the_same_seed_brings_the_same_futures(sampler: str, uncertain: bool) -> None:
    found = run(600, sampler=sampler, uncertain=uncertain)
    run.cache_clear()
    assert unlike(found, run(600, sampler=sampler, uncertain=uncertain)) == []


@pytest.mark.parametrize("sampler", ["random", "sobol"])
def test_another_seed_brings_others(sampler: str) -> None:
    one, other = run(600, sampler=sampler), run(600, sampler=sampler, seed=1)
    assert {"value", "status", "labels", "qday", "people"} <= set(unlike(one, other))
    assert len(np.unique(one.value)) > 300
    assert one.qday[np.isfinite(one.qday)].std() > 0


@pytest.mark.parametrize("sampler", ["random", "sobol"])
def test_fewer_futures_are_the_first_of_more(sampler: str) -> None:
    few, many = run(1000, sampler=sampler), run(5000, sampler=sampler)
    assert (len(few), len(many)) == (1000, 5000)
    assert unlike(few, many, 1000) == []
    assert all(len(fan) == 1000 for fan in few.fans.values())
    assert all(len(fan) == FANNED for fan in many.fans.values())


@pytest.mark.parametrize("sampler", ["random", "sobol"])
def test_batches_are_not_alike(sampler: str) -> None:
    found = run(2 * BATCH, sampler=sampler)
    assert (found.value[:BATCH] != found.value[BATCH:]).mean() > 0.5


# The same luck in another plan


def luck(chances: Chances, project: str) -> list[bytes]:
    """Return all that chance decides of a project: its time, cost, gates and gains, and its readiness."""
    q, draws = chances.quantities, chances.batch(0, 512)
    p = q.programme.projects.position(project)
    one, now = chances.orders.projects[p], draws.desk.now
    rows = chances.orders.rows
    gates = rows["index"][one["gates"] : one["gates_end"]]
    gains = rows["index"][one["gains"] : one["gains_end"]]
    found = [now[name][:, p] for name in ("length", "cost", "failure_share")]
    found += [draws.desk.gates["luck"][:, gates], draws.desk.gates["chance"][:, gates]]
    found += [draws.desk.gains["factor"][:, gains], draws.step[:, p], draws.qday, draws.desk.loss, draws.desk.leave]
    return [np.ascontiguousarray(array).tobytes() for array in found]


def two_plans() -> tuple[Quantities, list[dict[str, int]]]:
    modes = {
        name: {"duration": 3, "duration_p90": 6, "cost_low": 1, "cost_likely": 2, "cost_high": 5} for name in "ABC"
    }
    q = Quantities(
        build(
            list("ABC"),
            modes=modes,
            gates=[(name, number, number / 3, 0.7) for name in "ABC" for number in (1, 2, 3)],
            gains=[(name, "C", 1) for name in "ABC"],
            skills=["S"],
            uncertain=[("gains", "*", "levels", 0.5, 1.5), ("projects", "*", "failure_share", 0.5, 1.5)],
            suppliers={"X": {"withdrawal_rate": 0.5, "withdrawal_length": 3}},
            settings={"quarters": 12},
        )
    )
    return q, [{"B": 0}, {"B": 0, "A": 0}, {"B": 2, "C": 0}, {"A": 1, "B": 0, "C": 4}]


@pytest.mark.parametrize("quasi", [False, True], ids=["random", "sobol"])
def test_a_project_keeps_its_luck_in_every_plan(quasi: bool) -> None:
    q, plans = two_plans()
    found = [luck(Chances(q, orders(q, decided(q, plan), reserve=[]), 7, quasi, uncertain=True), "B") for plan in plans]
    assert found[1:] == found[:1] * 3


def test_a_project_ends_alike_in_every_plan_that_leaves_it_alone() -> None:
    """What it shares with others nobody lacks, so its whole course is the same, future by future."""
    q, plans = two_plans()
    ends = []
    for plan in (plans[0], plans[1], plans[3]):
        d = decided(q, plan)
        found = world("", q, d, 512)
        p = q.programme.projects.position("B")
        ends.append((found.futures.outcome[:, p].tolist(), found.paths.stopped[:, p].tolist()))
    assert ends[1:] == ends[:1] * 2
    assert 0.2 < np.mean(np.array(ends[0][0]) == DELIVERED) < 0.5


def test_another_order_of_the_tables_is_the_same_luck() -> None:
    """Luck belongs to names, not to positions."""
    q, plans = two_plans()
    p = q.programme
    turned = dataclasses.replace(
        p, projects=type(p.projects)(tuple(reversed(tuple(p.projects))), "project"),
        modes=type(p.modes)(tuple(reversed(tuple(p.modes))), "mode"),
    )  # fmt: skip
    r = Quantities(turned)
    one = luck(Chances(q, orders(q, decided(q, plans[3]), reserve=[]), 7, uncertain=True), "B")
    other = luck(Chances(r, orders(r, decided(r, plans[3]), reserve=[]), 7, uncertain=True), "B")
    assert one == other


# Whoever works


@pytest.mark.parametrize(("engine", "workers"), ENGINES, ids=str)
def test_whoever_works_the_numbers_are_the_same(engine: str, workers: int) -> None:
    assert unlike(run(5000), run(5000, engine, workers)) == []


def test_random_programmes_are_the_same_on_threads() -> None:
    """Many futures at once write on arrays of their own."""
    for seed in (3, 8, 11):
        q = Quantities(chancy(seed))
        d = random_plan(q, seed)
        if d is None:
            continue
        work = Job(q, orders(q, d), AssessmentSettings(futures=6000, uncertain=True))
        one = joined(list(spread(work, work.batches, "threads", 1)))
        assert unlike(one, joined(list(spread(work, work.batches, "threads", 3)))) == []


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_a_cluster_brings_the_same_numbers(engine: str, module: str) -> None:
    pytest.importorskip(module)
    assert unlike(run(5000), run(5000, engine, 2)) == []


@pytest.mark.parametrize(("engine", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_an_engine_that_is_not_installed_is_asked_for(
    engine: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=rf"lotrinh\[{engine}\]"):
        list(spread(len, ["one"], engine))


def test_results_come_in_order_and_errors_come_through() -> None:
    assert list(spread(len, ["a" * n for n in range(40)], "threads", 4)) == list(range(40))
    work = spread(lambda n: 1 // n, [2, 1, 0, 1], "threads", 2)
    assert [next(work), next(work)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(work)


@pytest.mark.parametrize("bad", [
    {"futures": 0}, {"seed": -1}, {"workers": 0}, {"sampler": "dice"}, {"engine": "abacus"},
])  # fmt: skip
def test_settings_that_nobody_can_follow(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        AssessmentSettings(**bad)  # type: ignore[arg-type]
