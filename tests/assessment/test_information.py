"""What knowing is worth against closed forms; the errors reported against the errors made."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lotrinh.assessment.information import evpi, evppi, evppi_joint

SIGMAS = 4.5


def linear(futures, rng, a=-0.3, b=1.0, noise=2.0):
    """Do nothing, or do what brings a + b·X + noise: X normal, its rank, and a dummy."""
    x, dummy = rng.normal(size=(2, futures))
    act = a + b * x + noise * rng.normal(size=futures)
    return [x, norm.cdf(x), dummy], np.column_stack([np.zeros(futures), act])


def worth(a, b):
    """E max(0, a + b·X) - max(0, a) with X standard normal."""
    return b * norm.pdf(a / b) + a * norm.cdf(a / b) - max(a, 0)


@pytest.mark.parametrize(("a", "b"), [(-0.3, 1.0), (0.3, 1.0), (0.0, 1.0), (-1.5, 1.0), (-2.0, 0.5)])
def test_normal_input(a, b):
    inputs, values = linear(20_000, np.random.default_rng(1), a, b)
    known, ranked, dummy = evppi(inputs, values)
    for found in (known, ranked):
        assert abs(found.raw - worth(a, b)) <= SIGMAS * found.error + 1e-4
        assert found.changes == pytest.approx(norm.cdf(-abs(a / b)), abs=0.06)
    assert abs(dummy.raw) <= SIGMAS * dummy.error
    everything = evpi(values)
    assert abs(everything.raw - worth(a, np.hypot(b, 2))) < SIGMAS * everything.error
    assert max(known.gain, ranked.gain, dummy.gain) <= everything.gain


@pytest.mark.parametrize(("a", "b"), [(-0.3, 1.0), (-0.1, 0.3)])
def test_the_error_is_the_error_made(a, b):
    rng = np.random.default_rng(2)
    z, dummies = [], []
    for _ in range(200):
        (x, _, dummy), values = linear(4_000, rng, a, b)
        known, idle = evppi([x, dummy], values)
        z.append((known.raw - worth(a, b)) / known.error)
        dummies.append((idle.raw, idle.error))
    assert abs(np.mean(z)) < 0.35
    assert 0.85 < np.std(z) < 1.2
    raw, error = np.array(dummies).T
    assert abs(raw.mean()) < 0.1 * 2 / np.sqrt(4_000)
    assert (np.abs(raw) <= SIGMAS * error).all()


def test_an_effect_too_weak_to_be_seen_is_within_the_error():
    rng = np.random.default_rng(13)
    z, unseen = [], 0
    for _ in range(200):
        (x, _, _), values = linear(4_000, rng, -0.02, 0.06)
        (found,) = evppi([x], values)
        z.append((found.raw - worth(-0.02, 0.06)) / found.error)
        unseen += found.changes == 0
    assert unseen > 5
    assert np.mean(np.abs(z) > 2.5) < 0.05
    # Where one decision is far ahead, nothing can hide.
    (x, _, _), values = linear(4_000, rng, -3.0, 0.06)
    assert evppi([x], values)[0].error < 1e-9


def test_error_shrinks_with_the_root_of_the_sample():
    rng = np.random.default_rng(3)
    small, large = (evppi(*_first(linear(futures, rng)))[0] for futures in (4_000, 64_000))
    assert small.error / large.error == pytest.approx(4, rel=0.15)
    assert large.raw == pytest.approx(worth(-0.3, 1), abs=SIGMAS * large.error)


def _first(case):
    inputs, values = case
    return inputs[:1], values


def test_uniform_input_among_three_decisions():
    rng = np.random.default_rng(4)
    u = rng.random(30_000)
    noise = rng.normal(size=(3, u.size))
    values = np.column_stack([np.full(u.size, 0.45), u, 0.75 - u]) + noise.T
    # The best are 0.75 - u below 0.3, 0.45 up to 0.45, then u; now 0.5 is the most.
    truth = 0.3 * 0.6 + 0.15 * 0.45 + (1 - 0.45**2) / 2 - 0.5
    (found,) = evppi([u], values)
    assert abs(found.raw - truth) < SIGMAS * found.error
    assert found.error < 0.01


def test_gate_as_outcome_and_as_the_draw_behind_it():
    rng = np.random.default_rng(5)
    u = rng.random(20_000)
    failed = u < 0.13
    plan = np.where(failed, -3.0, 1.0) + 2 * rng.normal(size=u.size)
    values = np.column_stack([plan, rng.normal(size=u.size)])
    found = evppi([failed, u, np.where(failed, 7, -2), rng.random(u.size) < 0.13], values)
    for one in found[:3]:
        assert abs(one.raw - 0.39) < SIGMAS * one.error
        assert one.changes == pytest.approx(0.13, abs=0.01)
    assert abs(found[1].raw - found[0].raw) < 0.005
    assert found[0] == found[2]
    assert found[3].gain <= SIGMAS * found[3].error


def test_the_draw_behind_a_gate_loses_little():
    rng = np.random.default_rng(16)
    lost = []
    for _ in range(60):
        u = rng.random(4_000)
        plan = np.where(u < 0.13, -1.0, 0.5) + 3 * rng.normal(size=u.size)
        gate, draw = evppi([u < 0.13, u], np.column_stack([plan, rng.normal(size=u.size)]))
        lost.append(gate.raw - draw.raw)
    assert np.mean(lost) < 0.0065  # of 0.13; without jumps 0.008


def test_classes_in_no_order():
    rng = np.random.default_rng(6)
    good = rng.permutation(np.repeat([1, -1], 20))  # more turns than jumps or powers follow
    x = rng.integers(0, 40, 10_000)
    values = np.column_stack([np.zeros(x.size), good[x] + rng.normal(size=x.size)])
    (found,) = evppi([x], values)
    assert abs(found.raw - 0.5) < SIGMAS * found.error
    assert found.raw > 0.45
    assert found.changes == pytest.approx(0.5, abs=0.02)


def test_the_error_counts_what_is_learnt_too_well():
    rng = np.random.default_rng(14)
    decisions = 30
    top = quad(lambda v: v * decisions * norm.pdf(v) * norm.cdf(v) ** (decisions - 1), -8, 8)[0]
    z = []
    for _ in range(300):
        found = evpi(rng.normal(size=(500, decisions)))
        z.append((found.raw - top) / found.error)
    assert np.sqrt(np.mean(np.square(z))) < 1.3


def test_many_noisy_decisions_do_not_flatter():
    rng = np.random.default_rng(7)
    raw = []
    for _ in range(10):
        values = rng.normal(size=(4_000, 30))
        found = evppi(list(rng.random((5, 4_000))), values)
        raw += [one.raw for one in found]
        assert all(one.raw <= SIGMAS * one.error + 1e-12 for one in found)
    # The best of 30 means alone lies two standard errors, 0.03, above their mean; half an error, 0.012, remains.
    assert abs(np.mean(raw)) < 0.022


def test_everything_known_and_one_known_are_alike_where_there_is_one():
    rng = np.random.default_rng(8)
    gate = rng.random(5_000) < 0.4
    values = np.column_stack([gate * 2.0, 1.0 - gate, np.full(gate.size, 0.7)])
    everything = evpi(values)
    (found,) = evppi([gate], values)
    assert found == everything
    assert everything.changes == pytest.approx(1 - gate.mean())
    assert everything.error == pytest.approx(np.std(~gate) / np.sqrt(gate.size))
    assert everything.raw == pytest.approx(2 * gate.mean() + 1 - gate.mean() - 2 * gate.mean())


def test_never_above_everything():
    rng = np.random.default_rng(9)
    for _ in range(20):
        u = rng.random((6, 500))
        values = u.T @ rng.normal(size=(6, 5)) + rng.normal(size=5) / 2
        everything = evpi(values)
        found = [*evppi(list(u), values), evppi_joint(list(u), values)]
        assert all(one.raw <= everything.raw + 1e-12 for one in found)
        assert all(one.gain >= max(one.raw, 0) for one in found)


def test_several_inputs_together():
    rng = np.random.default_rng(10)
    z = []
    for _ in range(60):
        x, y, dummy = rng.normal(size=(3, 4_000))
        values = np.column_stack([np.zeros(x.size), -0.4 + x + 0.7 * y + rng.normal(size=x.size)])
        both = evppi_joint([x, y, dummy], values)
        z.append((both.raw - worth(-0.4, np.hypot(1, 0.7))) / both.error)
        assert both.raw > max(one.raw for one in evppi([x, y], values))
    assert abs(np.mean(z)) < 0.6
    assert 0.75 < np.std(z) < 1.3


def test_dummies_together_change_little():
    rng = np.random.default_rng(15)
    found = []
    for _ in range(20):
        values = np.column_stack([np.zeros(2_000), -0.2 + 2 * rng.normal(size=2_000)])
        found.append(evppi_joint(list(rng.random((8, 2_000))), values))
    assert all(abs(one.raw) < 3 * one.error for one in found)
    assert np.mean([one.changes for one in found]) < 0.12


def test_two_gates_that_matter_together():
    rng = np.random.default_rng(11)
    passed = rng.random((2, 20_000)) < 0.5
    values = np.column_stack([np.zeros(20_000), np.where(passed[0] == passed[1], 1.0, -1.2) + rng.normal(size=20_000)])
    both = evppi_joint(list(passed), values)
    assert abs(both.raw - 0.5) < SIGMAS * both.error
    assert both.error < 0.02
    one = evppi([passed[0]], values)[0]
    assert abs(one.raw) <= SIGMAS * one.error


def test_nothing_to_decide_or_to_know():
    rng = np.random.default_rng(12)
    values = rng.normal(size=(1_000, 3))
    x = rng.random(1_000)
    assert evpi(values[:, :1]).raw == evppi([x], values[:, :1])[0].raw == 0
    assert evppi([np.ones(1_000)], values)[0].raw == pytest.approx(evppi_joint([], values).raw)
    assert evppi([], values) == []
    same = evppi([x], values[:, [0, 0, 0]])[0]
    assert (same.raw, same.error, same.changes) == (0, 0, 0)
    twice, once = evppi_joint([x, x], values), evppi_joint([x], values)
    assert abs(twice.raw - once.raw) < once.error


def test_refusals():
    values = np.zeros((200, 2))
    with pytest.raises(ValueError, match="finite"):
        evpi(values + np.inf)
    with pytest.raises(ValueError, match="one row a future"):
        evpi(values[:, 0])
    with pytest.raises(ValueError, match="folds"):
        evpi(values, folds=1)
    with pytest.raises(ValueError, match="folds of 50"):
        evpi(values[:50])
    with pytest.raises(ValueError, match="200 finite"):
        evppi([np.full(200, np.nan)], values)
    with pytest.raises(ValueError, match="200 finite"):
        evppi_joint([np.zeros(100)], values)
