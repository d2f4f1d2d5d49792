"""What differs between two programmes: every changed cell and row is found, and nothing else."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path
from typing import Any

import pytest
from tests.plan.builders import build, change, change_rows, with_rows

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.compare import Difference, differences
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

CASES = Path(__file__).parents[2] / "cases"
VIETNAM = load(CASES / "vietnam")
PROGRAMMES = {"small": load(CASES / "small"), "vietnam": VIETNAM}


def other_value(column: Column, value: Any, programme: Programme, dice: random.Random) -> Any:
    """Return another value that the column could hold."""
    if column.ref:
        ids = [id for id in getattr(programme, column.ref).ids if id != value]
        if not ids:
            return value
        chosen = dice.choice(ids)
        if column.kind == "refs":
            return tuple(id for id in value if id != chosen) if chosen in value else (*value, chosen)
        return chosen
    if column.kind == "choice":
        return dice.choice([word for word in column.choices if word != value])
    if column.kind == "flag":
        return not value
    if column.kind == "quarter":
        return Quarter(2031, 2) if value is None else value.plus(dice.choice([-3, 1, 40]))
    if column.is_number or column.kind == "year":
        return 1 if value is None else value + dice.choice([-1, 1, 7])
    return f"{value}-x"


def with_cell(programme: Programme, entity: Entity, at: int, column: Column, value: Any) -> Programme:
    if entity.table == "programme":
        return change(programme, **{column.attribute: value})
    rows = list(getattr(programme, entity.table))
    rows[at] = dataclasses.replace(rows[at], **{column.attribute: value})
    return with_rows(programme, entity.table, rows)


@pytest.mark.parametrize("case", PROGRAMMES)
@pytest.mark.parametrize("seed", range(60))
def test_one_changed_cell_is_found_and_nothing_else(case: str, seed: int) -> None:
    programme, dice = PROGRAMMES[case], random.Random(f"{case} {seed}")
    entity = dice.choice([e for e in Entity.registry.values() if e.table == "programme" or getattr(programme, e.table)])
    rows = [programme.settings] if entity.table == "programme" else list(getattr(programme, entity.table))
    at = dice.randrange(len(rows))
    keys = () if entity.table == "programme" else entity.key
    column = dice.choice([column for column in entity.columns if column.name not in keys])
    old = getattr(rows[at], column.attribute)
    new = other_value(column, old, programme, dice)
    found = differences(programme, with_cell(programme, entity, at, column, new))
    if new == old:
        assert found == ()
        return
    (one,) = found
    key = tuple(str(getattr(rows[at], entity.column(name).attribute)) for name in keys)
    assert (one.kind, one.table, one.key, one.column, one.first, one.other) == (
        "changed", entity.table, key, column.name, old, new,
    )  # fmt: skip


@pytest.mark.parametrize("case", PROGRAMMES)
@pytest.mark.parametrize("seed", range(20))
def test_a_row_that_only_one_has(case: str, seed: int) -> None:
    programme, dice = PROGRAMMES[case], random.Random(f"{case} row {seed}")
    entity = dice.choice(
        [e for e in Entity.registry.values() if e.table != "programme" and getattr(programme, e.table)]
    )
    rows = list(getattr(programme, entity.table))
    gone = rows.pop(dice.randrange(len(rows)))
    less = with_rows(programme, entity.table, rows)
    if entity.table in ("modes", "projects"):  # what refers to them is left without them
        less = dataclasses.replace(less, **{name: getattr(build(), name) for name in DEPENDENT})
        programme = dataclasses.replace(programme, **{name: getattr(less, name) for name in DEPENDENT})
    (one,) = differences(programme, less)
    key = tuple(str(getattr(gone, entity.column(name).attribute)) for name in entity.key)
    assert (one.kind, one.table, one.key, one.column) == ("removed", entity.table, key, "")
    (back,) = differences(less, programme)
    assert (back.kind, back.table, back.key) == ("added", entity.table, key)


DEPENDENT = ("gates", "gains", "mode_skills", "mode_equipment", "reliance", "locks", "prerequisites", "project_links",
             "project_goals", "project_partners", "training", "migration")  # fmt: skip


@pytest.mark.parametrize("case", PROGRAMMES)
def test_the_order_of_rows_is_no_difference(case: str) -> None:
    programme = PROGRAMMES[case]
    turned = programme
    for name, entity in Entity.registry.items():
        if entity.table != "programme":
            turned = with_rows(turned, name, reversed(list(getattr(programme, name))))
    assert differences(programme, turned) == ()
    assert turned.fingerprint == programme.fingerprint


def test_the_other_way_round_is_the_same_with_sides_changed() -> None:
    a = PROGRAMMES["small"]
    b = change(change_rows(a, "modes", cost_likely=lambda row: row.cost_likely * 2), discount=0.05, currency="VND")
    there, back = differences(a, b), differences(b, a)
    assert len(there) == len(a.modes) + 2
    assert [(d.table, d.key, d.column, d.first, d.other) for d in there] == [
        (d.table, d.key, d.column, d.other, d.first) for d in back
    ]


def test_settings_are_one_row_whatever_their_id() -> None:
    (one,) = differences(build(), build(settings={"programme": "T2"}))
    assert (one.table, one.key, one.column, one.first, one.other) == ("programme", (), "programme", "T", "T2")


def test_every_difference_names_its_projects() -> None:
    a = build(["P", "Q", "R"], project_links=[("Q", "P")], gains=[("P", "C", 1)], reliance=[("R", "V", 0.5)],
              suppliers=["V"])  # fmt: skip
    b = change_rows(a, "project_links", lag=3)
    b = change_rows(b, "gains", levels=2.0)
    b = change_rows(b, "reliance", share=0.1)
    b = change_rows(b, "suppliers", risk="high")
    b = with_rows(b, "modes", [*b.modes, dataclasses.replace(b.modes[0], mode="Q-2", project="Q")])
    named = {found.table: set(found.projects) for found in differences(a, b)}
    assert named == {
        "project_links": {"P", "Q"}, "gains": {"P"}, "reliance": {"R"}, "suppliers": set(), "modes": {"Q"},
    }  # fmt: skip


def test_a_difference_is_plain_data() -> None:
    a = build()
    (one,) = differences(a, change_rows(a, "modes", cost_likely=2.5))
    assert one == Difference("changed", "modes", ("P",), "cost_likely", 0, 2.5, ("P",))
