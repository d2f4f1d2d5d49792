"""First-order shares, swings and tails against closed forms; the errors reported against the errors made."""

import time

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from lotrinh.assessment.sensitivity import classes_of, first_order, swings, tail_shares

SIGMAS = 4.5


def ishigami(futures, rng):
    """The function of T. Ishigami and T. Homma (1990) with a = 7, b = 0.1, of three inputs; a fourth does nothing."""
    u = rng.random((4, futures))
    x = np.pi * (2 * u - 1)
    return [classes_of(row, 100) for row in u], np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def gate(futures, rng, passed):
    """A gate that moves the mean by 3, widens the noise and skews it; its share of the variance."""
    labels = (rng.random(futures) < passed).astype(np.uint8)
    output = 2.0 * labels + rng.normal(size=futures) * (1 + labels) + rng.exponential(size=futures) * labels
    between = passed * (1 - passed) * 9
    return labels, output, between / (between + passed * 5 + (1 - passed) * 1)


def test_ishigami():
    groups, output = ishigami(50_000, np.random.default_rng(1))
    found = first_order(groups, output)
    assert found.share.shape == found.error.shape == (4, 1)
    off = found.share[:, 0] - [0.3139, 0.4424, 0, 0]
    assert (np.abs(off) < SIGMAS * found.error[:, 0]).all()
    assert (found.error < 0.005).all()


def test_linear_model():
    rng = np.random.default_rng(2)
    slope = np.array([3.0, 2.0, 1.0, 0.0])
    u = rng.random((20_000, 4))
    outputs = np.column_stack([u @ slope, -(u @ slope) * 1e6 + 1e9, u @ slope[::-1]])
    found = first_order([classes_of(row) for row in u.T], outputs)
    share = slope**2 / (slope**2).sum()
    assert found.share[:, 0] == pytest.approx(found.share[:, 1], abs=1e-9)
    assert (np.abs(found.share - np.array([share, share, share[::-1]]).T) < SIGMAS * found.error).all()
    assert found.share[:, 0].sum() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("futures", "passed"), [(2_000, 0.7), (4_000, 0.97)])
def test_share_of_a_gate_and_its_error(futures, passed):
    rng = np.random.default_rng(3)
    z = []
    for _ in range(300):
        labels, output, share = gate(futures, rng, passed)
        found = first_order([labels], output)
        z.append((found.share[0, 0] - share) / found.error[0, 0])
    assert abs(np.mean(z)) < 0.3
    assert 0.85 < np.std(z) < 1.15


@pytest.mark.parametrize(("classes", "least"), [(2, 0.4), (10, 0.6), (64, 0.75)])
def test_dummies_explain_nothing(classes, least):
    rng = np.random.default_rng(4)
    futures, inputs = 3_000, 300
    output = rng.normal(size=futures)
    found = first_order(rng.integers(0, classes, (inputs, futures)), output)
    share, error = found.share[:, 0], found.error[:, 0]
    assert abs(share.mean()) < SIGMAS * share.std() / np.sqrt(inputs)
    assert least < (share / error).std() < 1.1
    assert (share / error).max() < SIGMAS
    assert error.max() < 0.05


def test_error_shrinks_with_the_root_of_the_sample():
    rng = np.random.default_rng(5)
    errors = []
    for futures in (4_000, 64_000):
        labels, output, _ = gate(futures, rng, 0.7)
        errors.append(first_order([labels], output).error[0, 0])
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)


def test_few_and_many_classes_are_summed_alike():
    rng = np.random.default_rng(6)
    groups = rng.integers(0, 12, (3, 5_000))
    outputs = rng.normal(size=(5_000, 2)) + groups[0][:, None]
    wide = groups * 3  # up to 34: past the one-hot products, and with classes that never occur
    for one, other in zip(first_order(groups, outputs).share, first_order(wide, outputs).share, strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    assert swings(wide, outputs).low == pytest.approx(swings(groups, outputs).low)
    assert (swings(wide, outputs).high_class == swings(groups, outputs).high_class * 3).all()


def test_constant_outputs_and_inputs():
    labels = np.arange(1_000) % 2
    found = first_order([labels, np.zeros(1_000, dtype=bool)], np.column_stack([np.full(1_000, 1e9 / 3), labels]))
    assert (found.share[:, 0] == 0).all()
    assert (found.error[:, 0] == 0).all()
    assert found.share[:, 1] == pytest.approx([1, 0])
    assert found.error[:, 1] == pytest.approx([0, 0])


def test_swings_are_the_means_of_the_extreme_classes():
    rng = np.random.default_rng(7)
    labels = np.array([0, 2, 3])[rng.integers(0, 3, 6_000)]  # class 1 never occurs
    output = 1e6 + np.array([5.0, 0.0, -1.0, 2.0])[labels] + rng.normal(size=labels.size)
    found = swings([labels], output)
    assert (found.low_class[0, 0], found.high_class[0, 0]) == (2, 0)
    only = swings([np.full(4, 3)], np.array([1.0, -1.0, 1.0, -1.0]))
    assert (only.low_class[0, 0], only.high_class[0, 0]) == (3, 3)
    for mean, error, number in ((found.low, found.low_error, 2), (found.high, found.high_error, 0)):
        inside = output[labels == number]
        assert mean[0, 0] == pytest.approx(inside.mean(), rel=1e-12)
        assert error[0, 0] == pytest.approx(inside.std(ddof=1) / np.sqrt(inside.size), rel=1e-6)


def test_tail_of_a_gate_and_its_error():
    rng = np.random.default_rng(8)
    passed, fraction = 0.8, 0.1
    bar = brentq(lambda q: (1 - passed) * norm.cdf(q) + passed * norm.cdf(q - 2) - fraction, -9, 9)
    failed = (1 - passed) * norm.cdf(bar) / fraction
    lift = np.array([failed / (1 - passed), (1 - failed) / passed])
    z = []
    for _ in range(300):
        labels = (rng.random(5_000) < passed).astype(int)
        output = 2 * labels + rng.normal(size=labels.size)
        (low,) = tail_shares([labels], output, fraction)
        (high,) = tail_shares([labels], -output, fraction, low=False)
        assert (low.lift == high.lift).all()
        z.append((low.lift - lift) / low.error)
    assert (np.abs(np.mean(z, axis=0)) < 0.3).all()
    assert (np.abs(np.std(z, axis=0) - 1) < 0.15).all()
    assert low.z[0] > 20
    assert low.z[0] == pytest.approx(-low.z[1])


def test_tail_counts_by_hand():
    labels = np.array([0, 0, 1, 1, 1, 3, 3, 3, 3, 3])
    (found,) = tail_shares([labels], np.arange(10.0), 0.4)
    assert found.everywhere == pytest.approx([0.2, 0.3, 0, 0.5])
    assert found.tail == pytest.approx([0.5, 0.5, 0, 0])
    assert found.lift == pytest.approx([2.5, 5 / 3, 1, 0])
    # Two of class 0 among four drawn by lot from ten: mean 0.8, variance 4·0.2·0.8·6/9.
    assert found.z[0] == pytest.approx(1.2 / np.sqrt(4 * 0.2 * 0.8 * 6 / 9))
    assert found.z[2] == 0


def test_tails_of_dummies():
    rng = np.random.default_rng(9)
    z = [one.z for one in tail_shares(rng.integers(0, 10, (200, 4_000)), rng.normal(size=4_000))]
    assert np.std(z) == pytest.approx(1, abs=0.1)
    assert np.abs(z).max() < 5


def test_classes():
    rng = np.random.default_rng(10)
    u = rng.random(1_000)
    labels = classes_of(u, 10)
    assert (np.abs(np.bincount(labels) - 100) <= 1).all()
    assert (np.diff(labels[np.argsort(u)]) >= 0).all()
    assert classes_of([3, 1, 3, 9]).tolist() == [1, 0, 1, 2]
    assert classes_of([True, False]).tolist() == [1, 0]
    # Equal values stay together, and rare others do not drown among them.
    assert np.bincount(classes_of(np.append(np.zeros(990), np.arange(10)), 4)).tolist() == [991, 9]
    assert np.bincount(classes_of(np.append(np.full(990, 10), np.arange(10)), 4)).tolist() == [10, 990]


def test_refusals():
    labels, output = np.zeros(10, dtype=int), np.arange(10.0)
    with pytest.raises(ValueError, match="labels must be 10"):
        first_order([labels[:9]], output)
    with pytest.raises(ValueError, match="labels must be 10"):
        swings([labels - 1], output)
    with pytest.raises(ValueError, match="labels must be 10"):
        tail_shares([labels + 0.5], output)
    with pytest.raises(ValueError, match="finite"):
        first_order([labels], output * np.nan)
    with pytest.raises(ValueError, match="more classes than half"):
        first_order([np.arange(10)], output)
    with pytest.raises(ValueError, match="tail of"):
        tail_shares([labels], output, 0.01)
    with pytest.raises(ValueError, match="one row of numbers"):
        classes_of([1.0, np.nan])


def test_three_hundred_inputs_in_seconds():
    rng = np.random.default_rng(11)
    groups = rng.integers(0, 2, (300, 10_000), dtype=np.int8)
    outputs = rng.normal(size=(10_000, 10))
    start = time.process_time()
    first_order(groups, outputs)
    assert time.process_time() - start < 3
