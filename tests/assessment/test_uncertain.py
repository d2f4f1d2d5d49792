"""Numbers of the data whose range is stated: drawn evenly from it, one factor for each row, within their bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.plan.builders import build, decided

from lotrinh.assessment.draws import BATCH, Chances, Draws
from lotrinh.assessment.orders import orders
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.measures.quantities.horizon import quarterly

Z = 4.5


def chances(*uncertain: tuple[Any, ...], asked: bool = True, quasi: bool = False, **tables: Any) -> Chances:
    """Return the chances of a programme with something of everything, of which some rows are uncertain."""
    whole: dict[str, Any] = {
        "modes": {"P": {"duration": 10, "cost_likely": 4}, "Q": {"duration": 4, "cost_likely": 4}},
        "gates": [("P", 1, 0.5, 0.8), ("P", 2, 1.0, 0.9), ("Q", 1, 0.5, 0.5)],
        "capabilities": {"C": {"depreciation": 0.2}, "D": {"depreciation": 0.4}},
        "gains": [("P", "C", 1), ("P", "D", 4), ("Q", "C", 1)],
        "skills": {"S": {"people_start": 5, "loss": 0.1}, "Z": {"loss": 0.2}},
        "training": {"W": {"intake_max": 100, "completion": 0.8, "retention": 0.5}},
        "training_skills": [("W", "S", 100)],
        "suppliers": {"X": {"withdrawal_rate": 0.5, "withdrawal_length": 4}},
        "settings": {"quarters": 20},
    }
    rows = [dict(zip(("of", "row", "column", "low", "high"), row, strict=True)) for row in uncertain]
    q = Quantities(build({"P": {"failure_share": 0.4}, "Q": {}}, **{**whole, **tables}, uncertain=rows))
    d = decided(q, {"P": 0, "Q": 0})
    d.entrants[:] = 100
    return Chances(q, orders(q, d), 3, quasi, asked)


def drawn(*uncertain: tuple[Any, ...], **more: Any) -> Draws:
    return chances(*uncertain, **more).batch(0)


def even(sample: Floats, low: float, high: float) -> bool:
    """True where a sample is spread evenly from low to high."""
    share = (np.asarray(sample) - low) / (high - low)
    steps = np.arange(1, 10) / 10
    counts = (share[:, None] <= steps).mean(axis=0)
    near = np.abs(counts - steps) < Z * np.sqrt(steps * (1 - steps) / len(share))
    return bool(share.min() >= -1e-9 and share.max() <= 1 + 1e-9 and near.all())


def test_ranges_are_drawn_from() -> None:
    desk = drawn(
        ("capabilities", "*", "depreciation", 0.5, 2),
        ("projects", "*", "failure_share", 0.5, 1.5),
        ("modes", "*", "cost_likely", 0.8, 1.6),
        ("gates", "*", "chance", 0.9, 1.1),
        ("gains", "*", "levels", 0.7, 1.2),
        ("skills", "*", "loss", 0.5, 1.5),
        ("training", "*", "retention", 0.5, 1.0),
    ).desk
    yearly = 1 - (1 - desk.decay) ** 4
    assert even(yearly[:, 0], 0.1, 0.4)
    assert even(yearly[:, 1], 0.2, 0.8)
    assert even(desk.now["failure_share"][:, 0], 0.2, 0.6)
    assert (desk.now["failure_share"][:, 1] == 0).all()
    assert even(desk.now["cost"][:, 0], 0.8, 1.6)
    assert even(desk.gates["chance"][:, 0], 0.72, 0.88)
    assert even(desk.gates["chance"][:, 2], 0.45, 0.55)
    assert even(desk.gains["factor"][:, 1], 0.7, 1.2)
    assert even(1 - (1 - desk.loss[:, 1]) ** 4, 0.1, 0.3)
    mean = desk.entered["completes"][:, 0].mean()
    assert mean == pytest.approx(100 * 0.4 * 0.75, abs=Z * 10 / np.sqrt(BATCH))


def test_each_row_has_a_factor_of_its_own_and_one_name_goes_before_all() -> None:
    desk = drawn(("gains", "*", "levels", 0.5, 1.5), ("capabilities", "*", "depreciation", 0.5, 2),
                 ("capabilities", "D", "depreciation", 0.9, 1.1), ("gates", "P", "chance", 0.5, 1.0)).desk  # fmt: skip
    factor = desk.gains["factor"]
    assert np.abs(np.corrcoef(factor.T) - np.eye(3)).max() < Z / np.sqrt(BATCH)
    assert even(1 - (1 - desk.decay[:, 1]) ** 4, 0.36, 0.44)
    assert even(desk.gates["chance"][:, 0], 0.4, 0.8)
    assert (desk.gates["chance"][:, 2] == 0.5).all()
    assert abs(np.corrcoef(desk.gates["chance"][:, 0], desk.gates["chance"][:, 1])[0, 1]) < Z / np.sqrt(BATCH)


def test_nothing_is_drawn_that_is_not_asked_for() -> None:
    every = [("gains", "*", "levels", 0.5, 1.5), ("capabilities", "*", "depreciation", 0.5, 2),
             ("modes", "*", "duration", 0.5, 2), ("skills", "*", "loss", 0, 5)]  # fmt: skip
    plain, kept = drawn(), drawn(*every, asked=False)
    for name, array in plain.desk._asdict().items():
        assert array.tobytes() == getattr(kept.desk, name).tobytes(), name
    assert (plain.desk.decay == quarterly(np.array([0.2, 0.4]))).all()


def test_other_luck_is_the_same_with_and_without() -> None:
    plain, more = drawn(), drawn(("gains", "*", "levels", 0.5, 1.5), ("skills", "*", "loss", 0.5, 1.5))
    assert (plain.desk.gates["luck"] == more.desk.gates["luck"]).all()
    assert (plain.desk.leave == more.desk.leave).all()
    assert (plain.desk.out == more.desk.out).all()


def test_durations_are_whole_and_at_least_one() -> None:
    length = drawn(("modes", "*", "duration", 0.0, 2.0)).desk.now["length"]
    assert (length == np.round(length)).all()
    assert length.min() == 1
    assert length[:, 0].max() == 20
    assert length[:, 0].mean() == pytest.approx(10, abs=Z * 6 / np.sqrt(BATCH))


def test_a_cost_with_a_range_of_its_own_has_no_factor() -> None:
    modes = {"P": {"duration": 10, "cost_likely": 4, "cost_low": 3, "cost_high": 5}, "Q": {"cost_likely": 4}}
    cost = drawn(("modes", "*", "cost_likely", 2.0, 3.0), modes=modes).desk.now["cost"]
    assert cost[:, 0].max() <= 1.25
    assert cost[:, 1].min() >= 2.0


@pytest.mark.parametrize(("row", "value", "top"), [
    (("capabilities", "*", "depreciation", 3.0, 9.0), lambda desk: 1 - (1 - desk.decay) ** 4, 0.99),
    (("skills", "*", "loss", 3.0, 20.0), lambda desk: 1 - (1 - desk.loss) ** 4, 0.99),
    (("projects", "*", "failure_share", 2.0, 9.0), lambda desk: desk.now["failure_share"], 1.0),
    (("gates", "*", "chance", 1.0, 9.0), lambda desk: desk.gates["chance"], 1.0),
    (("gains", "P", "levels", 1.0, 9.0), lambda desk: desk.gains["factor"][:, 1] * 4, 5.0),
    (("training", "*", "completion", 1.25, 9.0), lambda desk: desk.entered["completes"] / 75, 1.0),
], ids=lambda value: value[0] if isinstance(value, tuple) else "")  # fmt: skip
def test_what_passes_the_bounds_of_its_column_is_cut(row: Any, value: Any, top: float) -> None:
    """As the table `uncertain` says. Of a hundred who all complete, and of whom half stay, 75 do not stay."""
    found = value(drawn(row).desk)
    assert found.max() <= top + 1e-9
    assert found.max() > 0.8 * top


def test_people_who_complete_are_whole() -> None:
    completes = drawn(("training", "*", "completion", 0.5, 1.25)).desk.entered["completes"]
    assert (completes == np.round(completes)).all()


def test_a_factor_without_a_range_counts_for_durations_too() -> None:
    assert (drawn(("modes", "*", "cost_likely", 1.5, 1.5)).desk.now["cost"] == 1.5).all()
    assert (drawn(("modes", "*", "duration", 1.5, 1.5)).desk.now["length"] == [15, 6]).all()


def test_uncertain_suppliers_with_quasi_random_numbers() -> None:
    out = drawn(("suppliers", "*", "withdrawal_rate", 0.5, 4.0), quasi=True).desk.out
    assert out.any()


def test_uncertain_suppliers() -> None:
    usual, often = drawn().desk.out, drawn(("suppliers", "*", "withdrawal_rate", 3.0, 4.0)).desk.out
    assert often.mean() > 1.5 * usual.mean()
    long = drawn(("suppliers", "*", "withdrawal_length", 3.0, 4.0)).desk.out
    assert long.mean() > 1.5 * usual.mean()


def test_labels_say_what_was_drawn() -> None:
    made = chances(("gains", "P", "levels", 0.5, 1.5), ("gates", "*", "chance", 0.5, 1.0))
    draws = made.batch(0)
    assert draws.labels.shape == (BATCH, len(made.inputs))
    kinds = {(one.kind, *one.of): n for n, one in enumerate(made.inputs)}
    assert len(kinds) == len(made.inputs)
    passed = draws.desk.gates["luck"][:, 0] < draws.desk.gates["chance"][:, 0]
    assert (draws.labels[:, kinds["gate", "projects", "P", "1"]] == passed).all()
    stays = ~draws.desk.out[:, 0].any(axis=1)
    assert (draws.labels[:, kinds["withdrawal", "suppliers", "X"]] == stays).all()
    label = draws.labels[:, kinds["levels", "gains", "P", "D"]]
    share = draws.desk.gains["factor"][:, 1] - 0.5
    free = draws.desk.gains["factor"][:, 1] < draws.desk.gains["factor"][:, 1].max()  # the others were cut at level 5
    assert free.mean() > 0.5
    assert (label == np.floor(share * 16))[free].all()
    for n, one in enumerate(made.inputs):
        assert draws.labels[:, n].max() < one.classes
