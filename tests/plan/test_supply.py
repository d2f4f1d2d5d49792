"""Suppliers that are gone, and what a changed programme is worth: by hand, against the oracle, and in spoilt plans.

The programmes stand in the plain world of `builders`: a project that ends when quarter e begins and gains a level is
worth T − e.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle.oracle import execute
from tests.oracle.tiny import supplied
from tests.plan.builders import at, build, change_rows, decided, formulated
from tests.plan.test_verify import any_decisions, by_the_oracle, names

from lotrinh.base.examples import example
from lotrinh.base.issues import NoPlanError
from lotrinh.measures.paths import follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.columns import columns_of
from lotrinh.plan.optimise import optimise
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.verify import broken_rows, broken_rules
from lotrinh.programme.change import Change
from lotrinh.programme.changes import changed
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)


def relying(until: str = "", limit: float = 0.2, **facts: Any) -> Programme:
    """P works for two quarters at home, where 0.3 of it relies on A, or for three without A, for half of the gain."""
    return build(
        **{
            "projects": ["P"],
            "modes": {"P-1": {"duration": 2}, "P-2": {"duration": 3, "gain_factor": 0.5}},
            "gains": [("P", "C", 1)],
            "suppliers": {"A": {"until": at(until) if until else None}, "B": {}},
            "reliance": [("P-1", "A", 0.3), ("P-1", "B", 0.6), ("P-2", "B", 0.6)],
            "settings": {"goes_on_without": limit},
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("until", "limit", "worth"),
    [
        ("", 0.0, 2.0),  # both supply for ever
        ("2027Q2", 0.2, 2.0),  # to the end of the work
        ("2027Q1", 0.2, 0.5),  # gone in the second quarter: the longer way, which ends when quarter 3 begins
        ("2027Q1", 0.3, 2.0),  # the share is within the limit
        ("2020Q1", 0.2, 0.5),  # gone before it all began
    ],
)
def test_a_mode_is_open_while_its_suppliers_are(until: str, limit: float, worth: float) -> None:
    assert optimise(relying(until, limit), EXACT).objective == pytest.approx(worth)


def test_what_is_lost_of_several_suppliers_adds_up() -> None:
    ends = {"A": {"until": at("2027Q1")}, "B": {"until": at("2027Q2")}}
    # Of the shorter way 0.3 is gone in quarter 1 and 0.9 from quarter 2 on, of the longer 0.6 from quarter 2 on.
    for limit, starts in ((0.29, {}), (0.3, {"P-1": [0]}), (0.6, {"P-1": [0], "P-2": [0, 1]})):
        q = Quantities(relying(limit=limit, suppliers=ends))
        found = {
            mode: q.options.start[q.options.mode == m].tolist() for m, mode in enumerate(q.programme.modes.ids)
        }  # fmt: skip
        assert {mode: open_ for mode, open_ in found.items() if open_} == starts, limit


def test_a_mandatory_project_without_its_suppliers_has_no_plan() -> None:
    gone = {"A": {"until": at("2026Q4")}, "B": {"until": at("2026Q4")}}
    with pytest.raises(NoPlanError):
        optimise(relying(suppliers=gone, projects=[{"project": "P", "mandatory": True}]), EXACT)


def test_locked_work_goes_on() -> None:
    programme = relying("2027Q1", locks=[("P", "P-1", at("2027Q2"))])
    plan = optimise(programme, EXACT)
    assert plan.objective == pytest.approx(1.0)  # ends when quarter 3 begins
    assert not list(broken_rules(plan.paths))


def buying(*makers: tuple[str, float], until: str = "2027Q4", money: float = 0.0) -> Programme:
    """P needs a machine; in 2027 there is `money`, in 2028, which is quarters 4 and 5, there is plenty."""
    return build(
        ["P"],
        gains=[("P", "C", 1)],
        equipment={"E": {}},
        mode_equipment=[("P", "E", 1)],
        suppliers={"A": {"until": at(until)}, "B": {}},
        equipment_supply=[("E", maker, share) for maker, share in makers],
        budget=[money, 100],
        settings={"quarters": 6},
    )


@pytest.mark.parametrize(
    ("programme", "worth"),
    [
        (buying(), 1.0),  # nobody is known to supply it: bought in 2028, works in quarter 4
        (buying(("A", 1.0)), 0.0),  # gone when 2028 begins
        (buying(("A", 1.0), until="2028Q1"), 1.0),  # still there when the order is placed
        (buying(("A", 0.9), ("B", 0.1)), 1.0),
        (buying(("A", 1.0), ("B", 0.0)), 0.0),
        (buying(("A", 1.0), money=1.0), 5.0),  # bought in 2027
        (buying(("A", 1.0), until="2026Q4", money=1.0), 0.0),
    ],
)
def test_machines_are_ordered_while_somebody_supplies_them(programme: Programme, worth: float) -> None:
    assert optimise(programme, EXACT).objective == pytest.approx(worth)


# Verification, by the rules themselves


def test_a_mode_without_its_suppliers_is_reported() -> None:
    allowed = Quantities(relying("2027Q1", limit=0.3))
    paths = follow(allowed, decided(allowed, {"P-1": 1}))
    assert list(broken_rules(paths)) == []
    stricter = Quantities(relying("2027Q1", limit=0.2))
    stricter.__dict__["options"] = allowed.options
    paths = follow(stricter, decided(stricter, {"P-1": 1}))
    assert names(broken_rules(paths)) == ["supply[P-1,2027Q2]", "supply[P-1,2027Q3]"]


def test_an_order_that_nobody_takes_is_reported_by_rules_and_form() -> None:
    formulation = formulated(buying(("A", 1.0)))
    decisions = decided(formulation.quantities)
    decisions.bought[0, 1] = 1
    paths = follow(formulation.quantities, decisions)
    assert names(broken_rules(paths)) == ["supply[E,2028]"]
    assert names(broken_rows(formulation, columns_of(formulation, paths))) == ["b[E,HN,2028]"]


@pytest.mark.parametrize("seed", range(40))
def test_any_orders_are_judged_as_the_oracle_judges_them(seed: int) -> None:
    formulation = formulated(supplied(seed))
    dice = np.random.default_rng(seed)
    for _ in range(6):
        decisions = any_decisions(formulation, dice)
        paths = follow(formulation.quantities, decisions)
        broken, _ = by_the_oracle(formulation, decisions)
        assert {name.split("[")[0] for name in names(broken_rules(paths))} == broken
        rows = names(broken_rows(formulation, columns_of(formulation, paths)))
        assert bool(rows) == bool(broken)


@pytest.mark.parametrize("seed", range(40))
def test_the_open_options_are_those_that_break_nothing(seed: int) -> None:
    programme = supplied(seed)
    free = Quantities(replace(programme, settings=replace(programme.settings, goes_on_without=1.0)))
    open_ = Quantities(programme).options
    kept = set(zip(open_.mode.tolist(), open_.start.tolist(), strict=True))
    for p, m, start in zip(free.options.project, free.options.mode, free.options.start, strict=True):
        project, mode = programme.projects.ids[p], programme.modes.ids[m]
        course = execute(programme, "base", {project: (mode, int(start))}, {}, {}, {})
        stopped = any(name == f"supply[{project}]" for name in course.broken)
        assert ((int(m), int(start)) in kept) != stopped


# What changes are worth


@pytest.mark.parametrize("part", [1.0, 0.9, 0.7, 0.5])
def test_a_cut_never_helps(part: float) -> None:
    small = load(example("small"))
    worth = [
        optimise(changed(small, [Change(table="budget", row="*", column="amount", change="scale", value=str(share))]),
                 EXACT).objective
        for share in (part, max(0.0, part - 0.1))
    ]  # fmt: skip
    assert worth[1] <= worth[0] + 1e-6
    assert worth[0] <= optimise(small, EXACT).objective + 1e-6


def test_neither_a_late_delivery_nor_a_lost_supplier_nor_fewer_entrants_help() -> None:
    small = load(example("small"))
    best = optimise(small, EXACT).objective
    for change in (
        Change(table="equipment", row="*", column="lead_time", change="add", value="2"),
        Change(table="suppliers", row="country=Northland", column="until", value="2027Q2"),
        Change(table="training_skills", row="*", column="intake_max", change="scale", value="0.5"),
    ):
        assert optimise(changed(small, [change]), EXACT).objective <= best + 1e-6, change


def test_a_change_says_what_code_would(tmp_path: Path) -> None:
    small = load(example("small"))
    by_hand = change_rows(small, "budget", amount=lambda row: row.amount * 0.5)
    file = tmp_path / "half.csv"
    file.write_text("table,row,column,change,value\nbudget,*,amount,scale,50%\n", encoding="utf-8")
    assert load(example("small"), file) == by_hand
