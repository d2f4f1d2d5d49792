"""Published pipelines small enough to know everything of: the optimum, and what the futures make of a list."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCH = Path(__file__).parents[2] / "bench"
NEAR = 0.98
"""Share of the optimum that must be reached."""


@pytest.fixture(scope="module")
def bench():
    """The modules of the bench, which import one another by their bare names."""
    sys.path.insert(0, str(BENCH))
    try:
        import pipeline
        import pipeline_engine
        import pipeline_fixed
        import pipeline_instance
        import pipeline_lists
        import pipeline_tree
    finally:
        sys.path.remove(str(BENCH))
    modules = (pipeline, pipeline_engine, pipeline_fixed, pipeline_instance, pipeline_lists, pipeline_tree)
    return type("Bench", (), {name: value for module in modules for name, value in vars(module).items()})


@pytest.mark.parametrize("name", ["modeldata", "modeldata3short"])
def test_small_pipelines(bench, name):
    path = BENCH / "pipeline" / f"{name}.dat"
    instance = bench.read(path)
    tab = bench.tables(instance)
    optimum = bench.best(tab, *bench.beginning(tab), 100_000)[0]
    assert optimum == pytest.approx(bench.published(path), abs=1e-4)

    fixed, starts = bench.fixed(instance, tab)
    found = bench.best_list(instance, tab, 1000, 0, starts)
    listed = bench.expected(tab, found.policy, *bench.beginning(tab), 100_000)[0]
    again = bench.Replanner(instance, tab, 100, 0).best(found.pool[:3])
    assert NEAR * optimum <= listed <= again + 1e-6 <= optimum + 2e-6

    engine = bench.Engine(instance, tab)
    outcomes, weights = instance.outcomes()
    assert weights.sum() == pytest.approx(1)
    orders = engine.of_list(found.policy)
    executed = engine.starts(orders, outcomes)
    for outcome, one in zip(outcomes, executed, strict=True):
        np.testing.assert_array_equal(one, bench.execute(instance, found.policy, outcome))
    plain = [bench.value(instance, one, outcome) for outcome, one in zip(outcomes, executed, strict=True)]
    np.testing.assert_allclose(engine.worths(orders, outcomes), plain, rtol=1e-12)
    assert np.dot(plain, weights) == pytest.approx(listed, rel=1e-6)

    plan = engine.plan(seconds=5)
    worths = {way: engine.worths(one, outcomes) @ weights for way, one in engine.of_plan(plan).items()}
    assert NEAR * fixed <= worths["plan"] <= fixed + 1e-6
    assert worths["plan"] < worths["reserve"] <= optimum + 1e-6
    assert NEAR * optimum <= worths["reserve"] <= optimum + 1e-6


def test_what_a_fixed_plan_gains_is_a_sum_over_its_starts(bench):
    instance = bench.read(BENCH / "pipeline" / "modeldata3.dat")
    tab = bench.tables(instance)
    worth, starts = bench.fixed(instance, tab)
    parts = bench.gains(instance, tab)[np.arange(starts.size), starts.reshape(-1)]
    nothing = tab.left.reshape(starts.shape)[:, 0].sum()
    assert nothing + parts[starts.reshape(-1) > 0].sum() == pytest.approx(worth)
