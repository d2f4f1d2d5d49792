"""Programmes without a plan, each with its conflict and its least relaxation worked by hand.

All stand in the plain world of `builders`: four quarters from 2027Q1, 1000 millions a year, nothing worn down. Mostly a
project P is mandatory, and what is in its way differs. `without` takes a member out of the data themselves, so that a
conflict is judged by programmes and not by the rows that found it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.plan.builders import FIFTH, at, build, change_rows, with_rows

from lotrinh.plan.words import Member
from lotrinh.programme.programme import Programme

MUST = {"P": {"mandatory": True}}
ENOUGH, MANY, ENTRANTS = 1000, 8, 30
"""People or millions, units, and entrants that are never too few here; no more, for the oracle tries them all."""


@dataclass(frozen=True, eq=False)
class Clash:
    """A programme without a plan.

    Attributes
    ----------
    conflict: names of the members of its only conflict.
    total: of the least relaxation; `changes` are its (member, amount), None where several are as small.
    """

    name: str
    make: Callable[[], Programme]
    conflict: frozenset[str]
    total: float
    changes: dict[str, float] | None


CLASHES: list[Clash] = []


def clash(
    *conflict: str, total: float, changes: dict[str, float] | None = None
) -> Callable[[Callable[[], Programme]], Callable[[], Programme]]:
    """Enter a programme into the table."""

    def enter(make: Callable[[], Programme]) -> Callable[[], Programme]:
        CLASHES.append(Clash(make.__name__, make, frozenset(conflict), total, changes))
        return make

    return enter


def hard(id: str, rule: str, comparison: str, threshold: float, **facts: Any) -> dict[str, Any]:
    """Return the facts of a hard directive."""
    return {"directive": id, "rule": rule, "comparison": comparison, "threshold": threshold, "kind": "hard", **facts}


# Money


@clash("mandatory[P]", "money[2027]", total=1 / 8, changes={"money[2027]": 1})
def too_dear() -> Programme:
    # It costs 9 and there are 8: 1 more of 8.
    return build(MUST, modes={"P": {"cost_likely": 9}}, budget=8)


@clash("mandatory[P]", "money[2028]", total=0.4 / 1.0, changes={"money[2028]": 0.4})
def too_little_carried() -> Programme:
    # In 2028 there are 1 and, of 4, at most 0.4 carried over: 2.6 for 3. More money in 2027 would not be carried.
    return build(
        {"P": {"mandatory": True, "earliest": at("2028Q1")}},
        modes={"P": {"cost_likely": 3}},
        budget=[4, 1],
        settings={"quarters": 8, "carry_over": 0.4},
    )


@clash("mandatory[P]", "money[2027]", total=0.25, changes={"money[2027]": 1})
def over_programmed() -> Programme:
    # Of each million only 0.8 may be committed: 4 · 0.8 = 3.2 for 4. A fifth budget million gives the 0.8 that lack.
    return build(MUST, modes={"P": {"cost_likely": 4}}, budget=4, settings={"over_programming": 0.8})


@clash("mandatory[L]", "money[2027]", total=0.5, changes={"money[2027]": 1})
def what_runs_is_too_dear() -> Programme:
    # Half of 6 falls into the programme, which has 2.
    return build(["L"], modes={"L": {"duration": 4, "cost_likely": 6}}, locks=[("L", "L", at("2026Q3"))], budget=2)


# People


@clash("mandatory[P]", "people[S]", total=1 / 3, changes={"people[S]": 1})
def too_few_people() -> Programme:
    # It needs 3 of whom 2 are there: 1 more, of the 3 that the most demanding mode needs.
    return build(MUST, skills={"S": {"people_start": 2}}, mode_skills=[("P", "S", 3)])


@clash("mandatory[P]", "people[S]", "training[W]", total=1 / 3, changes={"people[S]": 1})
def flow_too_thin() -> Programme:
    # 3 are needed and 2 a year can be trained. One person more is 1/3, one entrant more would be 1/2.
    return build(
        MUST,
        skills=["S"],
        mode_skills=[("P", "S", 3)],
        training={"W": {"intake_max": 2}},
        training_skills=[("W", "S", 9)],
    )


@clash("directive[D]", "training[W]", total=0.1, changes={"directive[D]": 1})
def fewer_than_the_directive_wants() -> Programme:
    # 9 of skill S can enter in the only year, and 10 are wanted: 1 less than 10. An entrant more would be 1/9.
    return build(
        skills=["S"],
        training={"W": {"intake_max": 9}},
        training_skills=[("W", "S", 9)],
        directives=[hard("D", "people", ">=", 10)],
    )


# Machines


@clash("mandatory[P]", "equipment[E]", total=0.25, changes={"equipment[E]": 1})
def machine_comes_too_late() -> Programme:
    # It must start in the first half of the year and the machine comes in the third quarter. Of 4 allowed, one more.
    return build(
        {"P": {"mandatory": True, "latest": at("2027Q2")}},
        equipment={"E": {"lead_time": 2, "units_max": 4}},
        mode_equipment=[("P", "E", 1)],
    )


@clash("mandatory[P]", "equipment[E]", total=0.25, changes={"equipment[E]": 1})
def machine_stands_elsewhere() -> Programme:
    # Only D at DN may host the kind, and the project is led from HN.
    return build(
        MUST,
        places=["HN", "DN"],
        organisations={"O": {"place": "HN"}, "D": {"place": "DN"}},
        equipment={"E": {"units_max": 4, "hosts": ("D",)}},
        mode_equipment=[("P", "E", 1)],
    )


BOTH = {"P": {"mandatory": True, "latest": at("2027Q1")}, "Q": {"mandatory": True, "latest": at("2027Q1")}}
"""Two projects that must be done at once."""


@clash(
    "mandatory[P]", "mandatory[Q]", "equipment[E]", "equipment_units[E]", total=1 / 3, changes={"equipment_units[E]": 1}
)
def too_few_units_allowed() -> Programme:
    # Two projects at once hold 2 units each and 3 are allowed: 4.
    return build(BOTH, equipment={"E": {"units_max": 3}}, mode_equipment=[("P", "E", 2), ("Q", "E", 2)])


@clash("equipment_units[E]", total=0.5, changes={"equipment_units[E]": 1})
def more_there_than_allowed() -> Programme:
    # 3 stand there and 2 are allowed.
    return build(equipment={"E": {"units_max": 2}}, equipment_stock=[("E", "HN", 3)])


@clash(
    *(f"mandatory[{p}]" for p in "PQR"),
    "equipment[E]",
    "equipment_sites[E]",
    total=0.5,
    changes={"equipment_sites[E]": 1},
)
def too_few_places_allowed() -> Programme:
    # Three projects at three places, and two of them may host the kind: a third place is half more.
    places = ["HN", "DN", "SG"]
    return build(
        {p: {"mandatory": True, "lead": o} for p, o in zip("PQR", "ODS", strict=True)},
        places=places,
        organisations={o: {"place": place} for o, place in zip("ODS", places, strict=True)},
        equipment={"E": {"units_max": 3, "sites_max": 2}},
        mode_equipment=[(p, "E", 1) for p in "PQR"],
    )


# Fields, order, levels


@clash("mandatory[P]", "mass[F]", "money[2027]", total=3 / 8, changes={"money[2027]": 3})
def field_too_large_for_the_budget() -> Programme:
    # The field must spend 10: P and Q, 4 and 7, which is 3 more than the 8 there are. A mass of 4 would be 6/10 less.
    return build(
        {**MUST, "Q": {}},
        modes={"P": {"cost_likely": 4}, "Q": {"cost_likely": 7}},
        fields={"F": {"critical_mass": 10}},
        budget=8,
    )


@clash("mandatory[P]", "mass[F]", total=0.2, changes={"mass[F]": 2})
def field_too_large_for_its_projects() -> Programme:
    # All its projects together cost 8 of 10.
    return build(
        {**MUST, "Q": {}},
        modes={"P": {"cost_likely": 4}, "Q": {"cost_likely": 4}},
        fields={"F": {"critical_mass": 10}},
    )


@clash("mandatory[P]", "precedence[P,Q]", "precedence[Q,R]", total=1.0)
def chain_longer_than_the_horizon() -> Programme:
    # Three projects of two quarters after another, in four. Whichever is dropped counts 1.
    return build(
        {**MUST, "Q": {}, "R": {}},
        modes={p: {"duration": 2} for p in "PQR"},
        project_links=[("P", "Q"), ("Q", "R")],
    )


@clash("mandatory[P]", "precedence[P,Q]", total=1.0)
def predecessor_ends_after_the_window() -> Programme:
    # P starts by the second quarter, Q by itself takes two.
    return build(
        {"P": {"mandatory": True, "latest": at("2027Q2")}, "Q": {}},
        modes={"P": {}, "Q": {"duration": 2}},
        project_links=[("P", "Q")],
    )


@clash("mandatory[P]", total=1.0, changes={"mandatory[P]": 1})
def no_start_at_all() -> Programme:
    # Two quarters of work, and the first start is the last quarter.
    return build({"P": {"mandatory": True, "earliest": at("2027Q4")}}, modes={"P": {"duration": 2}})


@clash("mandatory[P]", "readiness[P,C]", total=0.5, changes={"readiness[P,C]": 1})
def level_out_of_reach() -> Programme:
    # It needs level 2, there is 1, and nothing raises it.
    return build(MUST, capabilities={"C": {"level_start": 1}}, prerequisites=[("P", "C", 2)])


@clash("mandatory[P]", "readiness[P,C]", "core[C]", total=0.26 / 3.5, changes={"readiness[P,C]": 0.26})
def level_not_kept_up() -> Programme:
    # A fifth is lost in a quarter and half of that restored: 4 · 0.9² = 3.24 of 3.5 in the third quarter. Core funding
    # would have to restore 0.677 instead of 0.5 of the loss.
    return build(
        {"P": {"mandatory": True, "earliest": at("2027Q3")}},
        capabilities={"C": {"level_start": 4, "depreciation": FIFTH, "restore_share": 0.5}},
        prerequisites=[("P", "C", 3.5)],
    )


# Directives


@clash("directive[D1]", "directive[D2]", total=0.5, changes={"directive[D1]": 1})
def two_directives() -> Programme:
    # At least 2 fields and at most 1: one less than 2 is a half, one more than 1 is a whole.
    return build(
        {"P": {"field": "F"}, "Q": {"field": "H"}},
        fields=["F", "H"],
        directives=[hard("D1", "focus_fields", ">=", 2), hard("D2", "focus_fields", "<=", 1)],
    )


@clash("mandatory[P]", "mandatory[Q]", "mandatory[R]", "directive[D]", total=0.5, changes={"directive[D]": 1})
def directive_against_projects() -> Programme:
    # One organisation leads three mandatory projects and may lead two.
    return build({p: {"mandatory": True} for p in "PQR"}, directives=[hard("D", "scatter", "<=", 2, scope="O")])


@clash("mandatory[P]", "directive[D]", total=0.6, changes={"directive[D]": 0.3})
def only_with_a_partner() -> Programme:
    # Its only mode relies on A by 0.8, so 0.2 of what it brings is left instead of 0.5. The whole, level 1, is the
    # target, against which a shortfall counts.
    return build(
        MUST,
        capabilities={"C": {"target": 1}},
        gains=[("P", "C", 1)],
        suppliers=["A"],
        reliance=[("P", "A", 0.8)],
        directives=[hard("D", "withdrawal", ">=", 0.5)],
    )


@clash("directive[D]", "precedence[P,Q]", total=0.5, changes={"directive[D]": 1})
def products_too_late() -> Programme:
    # Two products by the middle of the year; P can only follow Q, which takes two quarters.
    return build(
        {"P": {"product_en": "a"}, "R": {"product_en": "b"}, "Q": {}},
        modes={"P": {}, "R": {}, "Q": {"duration": 2}},
        project_links=[("P", "Q")],
        directives=[hard("D", "products", ">=", 2, until=at("2027Q2"))],
    )


# Without a member, by the data


def without(programme: Programme, member: Member) -> Programme:
    """Return the programme in which a member no longer holds, by other data."""
    ids = member.ids

    def rows(table: str, **facts: Any) -> Programme:
        """Change the row of a table that the first of the ids names."""
        column = getattr(programme, table)
        return change_rows(
            programme,
            table,
            **{
                name: lambda row, name=name, value=value: value if row == column.of(ids[0]) else getattr(row, name)
                for name, value in facts.items()
            },
        )

    def only(table: str, keep: Callable[[Any], bool]) -> Programme:
        return with_rows(programme, table, [row for row in getattr(programme, table) if keep(row)])

    return {
        "core": lambda: rows("capabilities", restore_share=1.0),
        "directive": lambda: only("directives", lambda row: row.directive != ids[0]),
        "equipment": lambda: only("mode_equipment", lambda row: row.equipment != ids[0]),
        "equipment_sites": lambda: rows("equipment", sites_max=99),
        "equipment_units": lambda: rows("equipment", units_max=MANY),
        "mandatory": lambda: dataclasses.replace(
            rows("projects", mandatory=False),
            locks=only("locks", lambda row: row.project != ids[0]).locks,
        ),
        "mass": lambda: rows("fields", critical_mass=0.0),
        "money": lambda: change_rows(
            programme,
            "budget",
            amount=lambda row: row.amount + ENOUGH * (str(row.year) == ids[0]),
        ),
        "people": lambda: rows("skills", people_start=ENOUGH, loss=0.0),
        "precedence": lambda: only("project_links", lambda row: (row.project, row.predecessor) != ids),
        "readiness": lambda: only("prerequisites", lambda row: (row.project, row.capability) != ids),
        "training": lambda: change_rows(
            dataclasses.replace(programme, training=rows("training", intake_max=ENTRANTS, project="").training),
            "training_skills",
            intake_max=lambda row: ENTRANTS if row.flow == ids[0] else row.intake_max,
        ),
    }[member.kind.name]()
