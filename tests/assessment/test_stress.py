"""Named stresses: read as they are written, refused where they are none, and each does what it says and no more."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from tests.assessment.worlds import small, vietnam
from tests.plan.builders import at, build, change, change_rows, decided

from lotrinh.assessment.compiled import DELIVERED
from lotrinh.assessment.desk import expected
from lotrinh.assessment.draws import Chances
from lotrinh.assessment.orders import Orders, orders
from lotrinh.assessment.outcomes import Job, Outcomes
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.assessment.simulate import Futures, as_planned, simulate
from lotrinh.assessment.stress import (
    parts,
    relied,
    standard,
    stressed_draws,
    stressed_orders,
    title,
    withdraw,
    worst_quarter,
)
from lotrinh.base.issues import UsageError
from lotrinh.measures.paths import Decisions, by_year, value
from lotrinh.measures.quantities import Quantities


def partners() -> tuple[Quantities, Decisions]:
    """Return a programme of two projects that rely on firms of a country, and a plan that holds it all."""
    q = Quantities(
        build(
            ["P", "R", "U"],
            modes={
                "P": {"duration": 4, "cost_likely": 4},
                "R": {"duration": 4, "cost_likely": 4},
                "U": {"duration": 3, "cost_likely": 3},
            },
            gains=[("P", "C", 1), ("R", "C", 1), ("U", "C", 1)],
            suppliers={
                "FI": {"country": "Finland"},
                "F1": {"kind": "firm", "country": "Finland"},
                "F2": {"kind": "firm", "country": "Finland"},
                "J1": {"kind": "firm", "country": "Japan"},
                "NO": {"country": "Nobody"},
                "MK": {"country": "Maker"},
            },
            reliance=[("P", "F1", 0.5), ("R", "J1", 0.5), ("R", "F2", 0.1)],
            skills={"S": {"people_start": 10}},
            training={"W": {"intake_max": 11, "cost": 0.1}},
            training_skills=[("W", "S", 11)],
            equipment={"E": {"hosts": ("O",), "cost_likely": 2}},
            equipment_supply=[("E", "MK", 1.0)],
            threat=[("one", 2025.0, 10, 0.5), ("one", 2025.0, 20, 1.0)],
            budget=[5.5, 6.8, 3.6],
            settings={"quarters": 12, "start": at("2027Q1"), "carry_over": 0.5, "wait": 2},
        )
    )
    d = decided(q, {"P": 0, "R": 4, "U": 9})
    d.entrants[:] = [11, 4, 0]
    d.bought[0, 1] = 1
    return q, d


def under(scenario: str, q: Quantities, d: Decisions, size: int = 64) -> tuple[Futures, Any]:
    """Return futures under a scenario, and their draws."""
    o = stressed_orders(scenario, q, orders(q, d))
    draws = stressed_draws(scenario, q, Chances(q, o, 1).batch(0, size))
    return simulate(q, o, draws.desk), draws


def outcomes(scenario: str, q: Quantities, d: Decisions, futures: int = 300) -> Outcomes:
    return Job(q, orders(q, d), AssessmentSettings(futures=futures, seed=1, scenario=scenario))(0)


def same(one: Outcomes, other: Outcomes) -> bool:
    return all(
        getattr(one, field.name).tobytes() == getattr(other, field.name).tobytes()
        for field in dataclasses.fields(Outcomes)
        if field.name != "fans"
    )


# Names


@pytest.mark.parametrize(("scenario", "found"), [
    ("", []),
    ("withdraw/F1/2028Q3", [("withdraw", ["F1", "2028Q3"])]),
    ("intake/0.5", [("intake", ["0.5"])]),
    ("cut/2028/0.2", [("cut", ["2028", "0.2"])]),
    ("qday/5", [("qday", ["5"])]),
    ("withdraw/FI/2027Q1+cut/2029/1", [("withdraw", ["FI", "2027Q1"]), ("cut", ["2029", "1"])]),
])  # fmt: skip
def test_scenarios_are_read(scenario: str, found: list[Any]) -> None:
    q, _ = partners()
    assert parts(scenario, q) == found
    assert str(title(scenario, q))


@pytest.mark.parametrize("scenario", [
    "storm", "withdraw", "withdraw/F9/2028Q1", "withdraw/F1", "withdraw/F1/2028", "withdraw/F1/2028Q5",
    "withdraw/F1/2026Q4", "withdraw/F1/2030Q1", "withdraw/F1/2028Q1/2", "intake", "intake/half", "intake/-0.1",
    "intake/1.5", "intake/nan", "intake/0.5/1", "cut/2030/0.2", "cut/2028", "cut/2028/2", "cut/x/0.2", "cut/2028/nan",
    "qday/-1", "qday/soon", "qday/101", "qday/inf", "intake/0.5+storm", "INTAKE/0.5", "intake/0.5 + cut/2028/0.2x",
])  # fmt: skip
def test_what_is_no_scenario_is_refused(scenario: str) -> None:
    q, d = partners()
    with pytest.raises(UsageError):
        parts(scenario, q)
    with pytest.raises(UsageError):
        stressed_orders(scenario, q, orders(q, d))


@pytest.mark.parametrize("scenario", ["qday/5", "qday/0"])
def test_the_date_of_q_day_can_be_asked_for_without_a_survey(scenario: str) -> None:
    q = Quantities(build(["P"], skills=["S"]))
    d = decided(q, {"P": 0})
    assert np.isinf(under(scenario, q, d)[1].qday).all()


# Withdrawal


@pytest.mark.parametrize("supplier", ["NO", "FI"])
def test_who_is_not_relied_on_may_go(supplier: str) -> None:
    q, d = partners()
    if supplier == "FI":  # so that the firms that are relied on do not go with it
        moved = change_rows(q.programme, "suppliers", country=lambda row: row.country if row.kind == "country" else "")
        q = Quantities(moved)
    assert supplier not in relied(q, orders(q, d))
    assert same(outcomes("", q, d), outcomes(f"withdraw/{supplier}/2027Q1", q, d))


def test_who_is_not_relied_on_may_go_in_the_small_case() -> None:
    q, d = small()
    o = orders(q, d)
    for supplier in set(q.programme.suppliers.ids) - set(relied(q, o)):
        row = q.programme.suppliers.of(supplier)
        firms = [x.supplier for x in q.programme.suppliers if x.kind == "firm" and x.country == row.country]
        if row.kind == "firm" or not set(firms) & set(relied(q, o)):
            assert same(outcomes("", q, d), outcomes(f"withdraw/{supplier}/2027Q1", q, d)), supplier


@pytest.mark.parametrize(("supplier", "quarter", "lost"), [
    ("F1", "2027Q1", {"P"}), ("F1", "2027Q4", {"P"}), ("F1", "2028Q1", set()), ("F2", "2027Q1", set()),
    ("J1", "2027Q1", {"R"}), ("J1", "2028Q4", {"R"}), ("J1", "2029Q1", set()), ("FI", "2027Q3", {"P"}),
])  # fmt: skip
def test_a_supplier_that_goes_takes_what_relies_on_it(supplier: str, quarter: str, lost: set[str]) -> None:
    q, d = partners()
    futures, draws = under(f"withdraw/{supplier}/{quarter}", q, d)
    delivered = (futures.outcome == DELIVERED).all(axis=0)
    assert {id for id, well in zip(q.programme.projects.ids, delivered, strict=True) if not well} == lost
    start = q.calendar.time(at(quarter))
    s = q.programme.suppliers.position(supplier)
    assert draws.desk.out[:, s, start:].all()
    assert not draws.desk.out[:, s, :start].any()


def test_a_country_takes_its_firms_and_nobody_else() -> None:
    q, d = partners()
    _, draws = under("withdraw/FI/2028Q1", q, d)
    out = draws.desk.out[0, :, 4]
    assert {id for id, gone in zip(q.programme.suppliers.ids, out, strict=True) if gone} == {"FI", "F1", "F2"}
    _, draws = under("withdraw/F1/2028Q1", q, d)
    out = draws.desk.out[0, :, 4]
    assert {id for id, gone in zip(q.programme.suppliers.ids, out, strict=True) if gone} == {"F1"}


def test_a_loss_within_the_limit_slows_and_costs_more() -> None:
    """A tenth of R goes: it works nine tenths as fast, and spends in all as much again as is lost."""
    q, d = partners()
    futures, _ = under("withdraw/F2/2027Q1", q, d)
    assert (futures.paths.stopped[:, 1] - futures.paths.started[:, 1] == 5).all()
    assert futures.paths.project_spend[:, 1].sum(axis=1) == pytest.approx(4 / 0.9)


def test_machines_come_from_who_supplies_them() -> None:
    q, d = partners()
    assert (under("", q, d)[0].paths.holding[:, 0, -1] == 1).all()
    assert (under("withdraw/MK/2028Q2", q, d)[0].paths.holding[:, 0, -1] == 1).all()
    assert (under("withdraw/MK/2028Q1", q, d)[0].paths.holding[:, 0, -1] == 0).all()


# Intake, cuts, Q-day


def test_half_the_intake_is_fewer_people() -> None:
    q, d = partners()
    whole, half = under("", q, d)[0].paths, under("intake/0.5", q, d)[0].paths
    assert whole.completed[0].tolist() == [11, 4, 0]
    assert half.completed[0].tolist() == [6, 2, 0], "eleven and a half of it are six: a half counts up"
    assert (half.people[:, 0, -1] < whole.people[:, 0, -1]).all()
    assert half.spend["training"].sum() == pytest.approx(whole.spend["training"].sum() * 8 / 15)
    assert (under("intake/0", q, d)[0].paths.people == 10).all()
    assert same(outcomes("", q, d), outcomes("intake/1", q, d))


@pytest.mark.parametrize(("year", "share"), [(2027, 0.5), (2028, 0.75), (2029, 1.0)])
def test_a_cut_takes_money_of_its_year(year: int, share: float) -> None:
    q, d = partners()
    (before, draws), (after, cut) = under("", q, d), under(f"cut/{year}/{share}", q, d)
    y = q.years.index(year)
    factor = np.ones(len(q.years))
    factor[y] = 1 - share
    assert (cut.desk.cash["factor"] == draws.desk.cash["factor"] * factor).all()
    spent = by_year(after.paths, after.paths.money)
    assert (spent[:, : y + 1].sum(axis=1) <= (q.budget * factor)[: y + 1].sum() + 1e-6).all()
    assert (spent[:, y] < by_year(before.paths, before.paths.money)[:, y]).all()
    assert np.allclose(spent[:, :y], by_year(before.paths, before.paths.money)[:, :y])


def test_a_cut_adds_to_one_that_chance_brings() -> None:
    q, d = partners()
    q = Quantities(change(q.programme, cut_chance=1.0, cut_share=0.2))
    assert np.allclose(under("cut/2028/0.5", q, d)[1].desk.cash["factor"], [0.8, 0.4, 0.8])


@pytest.mark.parametrize("years", [0, 2.5, 5])
def test_q_day_moves(years: float) -> None:
    q, d = partners()
    before, after = outcomes("", q, d), outcomes(f"qday/{years}", q, d)
    assert np.allclose(after.qday, before.qday - 4 * years)
    assert (after.value == before.value).all()


def test_stresses_are_joined() -> None:
    q, d = partners()
    both = under("cut/2028/0.5+withdraw/J1/2027Q1+qday/1", q, d)[1]
    plain = under("", q, d)[1]
    assert (both.desk.cash["factor"] == plain.desk.cash["factor"] * [1, 0.5, 1]).all()
    assert both.desk.out[:, q.programme.suppliers.position("J1")].all()
    assert np.allclose(both.qday, plain.qday - 4)


# The worst quarter


def by_brute_force(q: Quantities, d: Decisions, o: Orders, supplier: str) -> list[float]:
    """Return the value of the plan when a supplier leaves in each quarter in turn."""
    found = []
    for start in range(q.horizon):
        one = expected(q, d, o)
        withdraw(q, one.out, supplier, start)
        found.append(float(value(simulate(q, o, one).paths)[0]))
    return found


@pytest.mark.parametrize("case", ["partners", "small", "vietnam"])
def test_the_worst_quarter_is_the_worst(case: str) -> None:
    q, d = {"partners": partners, "small": small, "vietnam": vietnam}[case]()
    o = orders(q, d)
    planned = float(value(as_planned(q, d, o).paths)[0])
    suppliers = relied(q, o)
    assert suppliers
    for supplier in suppliers[:6]:
        loss, quarter = worst_quarter(q, d, o, supplier)
        worth = by_brute_force(q, d, o, supplier)
        assert quarter == int(np.argmin(worth)), supplier
        assert loss == pytest.approx(planned - min(worth), abs=1e-9), supplier


@pytest.mark.parametrize("case", ["partners", "small"])
def test_the_standard_stresses_are_scenarios(case: str) -> None:
    q, d = {"partners": partners, "small": small}[case]()
    o = orders(q, d)
    found = standard(q, d, o)
    assert all(parts(scenario, q) for scenario in found)
    assert {part.split("/")[1] for scenario in found for part in scenario.split("+") if part.startswith("w")} == set(
        relied(q, o)
    )
    assert len([scenario for scenario in found if "+" in scenario]) == (len(relied(q, o)) > 1)
    assert {"intake/0.5", f"cut/{q.years[2]}/0.2", "qday/5"} <= set(found)
    losses = [worst_quarter(q, d, o, scenario.split("/")[1])[0] for scenario in found if scenario.startswith("w") and
              "+" not in scenario]  # fmt: skip
    assert losses == sorted(losses, reverse=True)
