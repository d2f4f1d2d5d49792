"""Every rule of directives: what it measures, by hand; what its rows forbid; what missing it costs; and the contract
that a rule of the folder keeps.

Unless a case says otherwise: four quarters from 2027Q1, projects of one quarter, level 0 at the start, nothing worn
down, and a plan is worth its level-quarters, so a level gained by the project that starts at once is worth 3.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.plan.builders import FIFTH, at, build
from tests.plan.directives.said import best, directive, measured, path, stacked

from lotrinh.base.issues import UsageError
from lotrinh.base.registry import declared, names
from lotrinh.base.text import speaking, t
from lotrinh.base.units import units
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.formulate import formulate
from lotrinh.plan.scorecard import verdict
from lotrinh.plan.statements import rules, states, unit, window
from lotrinh.programme.columns import Entity
from lotrinh.programme.entities import RULES, Directive
from lotrinh.programme.programme import Programme

FOLDER = "lotrinh.plan.directives"


def world(projects: Any = ("P", "Q"), **tables: Any) -> Programme:
    """Return a programme whose projects P and Q each raise C by one level and cost 3."""
    names = list(projects)
    facts = {
        "modes": {name: {"cost_likely": 3} for name in names},
        "gains": [(name, "C", 1) for name in names],
        "skills": ["S"],
    }
    return build(projects, **{**facts, **tables})


# Values worked by hand


@dataclass(frozen=True)
class Hand:
    """A measure worked by hand: of each of the plans `of`, as the scenarios of one path, it is `value`."""

    programme: Programme
    said: Directive
    of: tuple[dict[str, Any], ...]
    value: tuple[float, ...]
    change: Callable[[Paths], Paths] = field(default=lambda paths: paths)


def plan(*starts: str, at: int = 0, **facts: Any) -> dict[str, Any]:
    """Return the facts of a plan that starts these modes, all at one time."""
    return {"starts": dict.fromkeys(starts, at), **facts}


NOTHING, P, Q, BOTH = plan(), plan("P"), plan("Q"), plan("P", "Q")
COSTS = {"P": {"cost_likely": 3}, "Q": {"cost_likely": 1}}

# P costs 3 and serves G; Q costs 1 and serves H, which has no weight.
GOALS = world(modes=COSTS, goals={"G": {"weight": 4}, "H": {"weight": 0}}, project_goals=[("P", "G"), ("Q", "H")])
FIELDS = {"F": {"critical_mass": 2}, "E": {"critical_mass": 4}, "N": {"critical_mass": 0}}
IN_FIELDS = {"P": {"field": "F"}, "Q": {"field": "E"}, "R": {"field": "N"}}
OPENED = world(
    IN_FIELDS, fields=FIELDS, modes={"P": {"cost_likely": 3}, "Q": {"cost_likely": 5}, "R": {"cost_likely": 1}}
)
TWO_PLACES = {
    "places": ["HN", "DN"],
    "organisations": {"O": {"place": "HN"}, "B": {"place": "DN", "kind": "business"}},
}
MACHINE = {"X": {"units_max": 2, "sites_max": 2}, "Y": {"units_max": 1}}
SPREAD = world(
    {"P": {"lead": "O"}, "Q": {"lead": "B"}, "R": {"lead": "B"}},
    equipment=MACHINE,
    mode_equipment=[("P", "X", 1), ("Q", "X", 1), ("R", "Y", 1)],
    **TWO_PLACES,
)
HN, DN, Y_DN = ("X", "HN"), ("X", "DN"), ("Y", "DN")
# X takes two quarters to come, and is also the name of who leads P and Q.
COMING = world(organisations={"X": {}}, equipment={"X": {"lead_time": 2}, "Y": {}}, settings={"quarters": 8},
               mode_equipment=[("P", "X", 1), ("Q", "Y", 1)], suppliers={"Z": {"kind": "country"}},
               equipment_supply=[("X", "Z", 0.9), ("Y", "Z", 0.6)])  # fmt: skip
# C: the leaders stood at 1 in 2027 and at 3 in 2029, so at 0 in 2026. K: at 2 in 2027 and 4 in 2028, at 0 in 2026.
FRONTIER = [("C", 2027, 1), ("C", 2029, 3), ("K", 2027, 2), ("K", 2028, 4)]
BEHIND = world(capabilities=["C", "K", "N"], frontier=FRONTIER)
# C over two years: the ends of 2027 and of 2028 are states 4 and 8.
TWO_YEARS = world(frontier=FRONTIER[:2], settings={"quarters": 8})
# The leaders stood still at 1 from 2025 to 2027, and are known to 2028 only.
STILL = world(("P", "Q", "R"), frontier=[("C", 2025, 1), ("C", 2027, 1), ("C", 2028, 2)])
NEEDING = world(prerequisites=[("P", "C", 1.0), ("Q", "C", 0.0)])
VALUE = {
    "A": {"function": "signature", "items": 10, "value": 2, "risk": "high"},
    "B": {"function": "signature", "items": 5, "value": 4, "risk": "low"},
}
WEAK = world(migration={id: {**row, "function": "already_weak"} for id, row in VALUE.items()})
MIGRATING = world(migration=VALUE)
MIGRATING_LONG = world(migration=VALUE, settings={"quarters": 8})
SUPPLIERS = {
    "X": {"kind": "country", "country": "A"},
    "Y": {"kind": "firm", "country": "A"},
    "Z": {"kind": "country"},
}
# D rests on C with weight 1 and stands at 2; C stands at 1. P adds a level to C and relies on X by 0.1, on the firm Y
# of the same country by 0.4 and on Z by 0.3.
RELYING = world(
    ("P",),
    capabilities={"C": {"level_start": 1}, "D": {"level_start": 2}},
    foundations=[("D", "C", 1.0)],
    suppliers=SUPPLIERS,
    reliance=[("P", "X", 0.1), ("P", "Y", 0.4), ("P", "Z", 0.3)],
)
# P adds a level that relies on Z by half; two years.
LATELY = world(("P",), capabilities={"C": {"level_start": 1}}, suppliers=SUPPLIERS, reliance=[("P", "Z", 0.5)],
               settings={"quarters": 8})  # fmt: skip
# As before for C alone, which loses a fifth in every quarter.
WEARING = world(
    ("P",),
    capabilities={"C": {"level_start": 1, "depreciation": FIFTH}},
    suppliers=SUPPLIERS,
    reliance=[("P", "Z", 0.5)],
)
MARKET = world(
    modes=COSTS,
    suppliers=SUPPLIERS,
    equipment={"X": {}, "Y": {}},
    mode_equipment=[("P", "X", 1), ("Q", "Y", 1)],
    equipment_supply=[("X", "X", 0.5), ("X", "Y", 0.3), ("X", "Z", 0.2), ("Y", "Z", 0.1)],
    reliance=[("P", "Z", 0.4), ("Q", "Z", 0.8), ("Q", "X", 0.2)],
)
SCHOOL = build(
    "P",
    settings={"quarters": 8},
    skills=["S", "T"],
    training={"W": {"duration": 2, "completion": 0.5, "retention": 0.8, "counts": 0.5, "intake_max": 30},
              "V": {"duration": 1, "counts": 0, "intake_max": 30}},
    training_profile=[("W", 2, 0.25), ("W", 5, 0.75)],
    training_skills=[("W", "S", 30), ("W", "T", 30), ("V", "S", 30)],
)  # fmt: skip
# P takes two quarters and three people, of whom there is one.
WANTING = world(modes={"P": {"duration": 2}, "Q": {}}, skills={"S": {"people_start": 1}},
                mode_skills=[("P", "S", 3), ("Q", "S", 1)])  # fmt: skip
ENTERED = plan(entrants={("W", "S", 2027): 10, ("W", "T", 2028): 20})
PRODUCTS = build(
    {"P": {"field": "F", "product_en": "a clock"}, "Q": {"field": "E", "product_vi": "a key"}, "R": {}},
    fields=["F", "E"],
    gates=[("P", 1, 1, 0.5), ("Q", 1, 1, 0.8)],
    project_links=[("Q", "P", 0)],
)
JOINED = world(
    {"P": {"lead": "O", "product_en": "a"}, "Q": {"lead": "O", "product_en": "b", "field": "E"},
     "R": {"lead": "B", "product_vi": "c"}, "N": {"lead": "B"}},
    fields=["F", "E"],
    project_partners=[("P", "B"), ("R", "O")],
    **TWO_PLACES,
)  # fmt: skip
BOLD = world(("P", "Q", "R"), modes=COSTS | {"R": {"cost_likely": 4}}, gates=[("P", 1, 1, 0.5), ("R", 1, 1, 0.7)])
CERTAIN = world(("P", "Q"), gates=[("P", 1, 1, 0.05)], gains=[("P", "C", 2), ("Q", "C", 1)])
LEVELS = world(
    capabilities={"C": {"field": "F"}, "K": {"field": "E"}},
    fields=["F", "E"],
    gains=[("P", "C", 1), ("Q", "K", 2)],
)
GATED = world(("P", "Q", "R"), modes={"P": {"cost_likely": 4, "duration": 2}, "Q": {"cost_likely": 4},
                                      "R": {"cost_likely": 4}},
              gates=[("P", 1, 0.25, 1, 0.3), ("P", 2, 0.5, 1, 0.2), ("R", 1, 1, 1, 0.5)])  # fmt: skip
# P takes three quarters and costs 1 in each.
SLOW = world(("P",), modes={"P": {"duration": 3, "cost_likely": 3}}, fields={"F": {"critical_mass": 2}})
# P runs since the quarter before the programme; half of its money is released.
RUNNING = world(modes={"P": {"cost_likely": 4, "duration": 2}, "Q": {"cost_likely": 4}}, gates=[("P", 1, 0.5, 1, 0.5)],
                locks=[("P", "P", at("2026Q4"))])  # fmt: skip
Q1, Q2, Q3, Q4 = (at(f"2027Q{quarter}") for quarter in (1, 2, 3, 4))
IN_TURN = {"starts": {"P": 0, "Q": 2}}
"""P in the first quarter and Q in the third."""


def migrated(paths: Paths) -> Paths:
    """Return the path with 5 items of A migrated from state 2 on and 5 of B from state 4."""
    found = np.zeros_like(paths.migrated)
    found[:, 0, 2:], found[:, 1, 4:] = 5, 5
    return dataclasses.replace(paths, migrated=found)


def migrated_late(paths: Paths) -> Paths:
    """Return the path with 5 items of A migrated from state 4 on and 5 of B from state 6."""
    found = np.zeros_like(paths.migrated)
    found[:, 0, 4:], found[:, 1, 6:] = 5, 5
    return dataclasses.replace(paths, migrated=found)


def tenths(paths: Paths) -> Paths:
    """Return thirty futures that end at 0.1, 0.2, ..., 3.0, in no order."""
    usable = np.zeros((30, 1, 5))
    usable[:, 0, -1] = np.roll(np.arange(1, 31) / 10, 7)
    return dataclasses.replace(stacked(*[paths] * 30), usable=usable)


HANDS: dict[str, list[Hand]] = {
    "national_goals": [
        # 3 of 4 millions; all; none; nothing spent counts as held.
        Hand(GOALS, directive("national_goals"), (BOTH, P, Q, NOTHING), (0.75, 1, 0, 1)),
        Hand(GOALS, directive("national_goals", scope="H"), (BOTH, P), (0.25, 0)),
        Hand(GOALS, directive("national_goals", "<="), (BOTH, NOTHING), (0.75, 0)),
        # The money of P, then that of Q, then none.
        Hand(GOALS, directive("national_goals", until=Q2), (IN_TURN,), (1,)),
        Hand(GOALS, directive("national_goals", from_=Q2), (IN_TURN,), (0,)),
        Hand(GOALS, directive("national_goals", from_=Q2, until=Q2), (IN_TURN,), (1,)),
    ],
    "focus_fields": [
        Hand(OPENED, directive("focus_fields"), (plan("P", "Q", "R"), P, NOTHING), (3, 1, 0)),
        Hand(OPENED, directive("focus_fields", from_=Q1, until=Q2), (IN_TURN, plan("P", "Q", "R")), (1, 3)),
        Hand(OPENED, directive("focus_fields", from_=Q2), (IN_TURN, plan("P", "Q", "R")), (1, 0)),
        # P is at work in the third quarter still.
        Hand(SLOW, directive("focus_fields", from_=Q3), (P,), (1,)),
        Hand(SLOW, directive("focus_fields", from_=Q4), (P,), (0,)),
    ],
    "critical_mass": [
        # 3/2 in F, 5/4 in E; N has no critical mass, and without a field there is nothing to fall short of.
        Hand(OPENED, directive("critical_mass"), (BOTH, P, plan("R"), NOTHING), (1.25, 1.5, np.inf, np.inf)),
        Hand(OPENED, directive("critical_mass", scope="F"), (BOTH, Q), (1.5, np.inf)),
        Hand(OPENED, directive("critical_mass", until=Q2), (IN_TURN,), (1.5,)),
        Hand(OPENED, directive("critical_mass", from_=Q2), (IN_TURN,), (1.25,)),
        # Of a mass of 2, two quarters spend 2 and the third 1.
        Hand(SLOW, directive("critical_mass", until=Q2), (P,), (1,)),
        Hand(SLOW, directive("critical_mass", from_=Q3, until=Q3), (P,), (0.5,)),
    ],
    "scatter": [
        # X at two places, at one, nowhere; Y is hosted by one at most.
        Hand(SPREAD, directive("scatter"), (plan(bought=(HN, DN, Y_DN)), plan(bought=(HN,)), NOTHING), (2, 1, 0)),
        Hand(SPREAD, directive("scatter", scope="Y"), (plan(bought=(HN, DN, Y_DN)), NOTHING), (1, 0)),
        # B leads Q and R, O leads P.
        Hand(SPREAD, directive("scatter", scope="B"), (plan("P", "Q", "R"), BOTH, P, NOTHING), (2, 1, 0, 0)),
        Hand(SPREAD, directive("scatter", scope="B", from_=Q2), ({"starts": {"Q": 0, "R": 2}},), (1,)),
        # HN and DN; HN; DN alone, with two kinds.
        Hand(
            SPREAD,
            directive("scatter", scope="centres"),
            (plan(bought=(HN, DN, Y_DN)), plan(bought=(HN,)), plan(bought=(DN, Y_DN)), NOTHING),
            (2, 1, 1, 0),
        ),
        # B leads 6 of 9 millions, 3 of 6, none of 3.
        Hand(
            SPREAD,
            directive("scatter", "<=", scope="spending"),
            (plan("P", "Q", "R"), BOTH, P, NOTHING),
            (2 / 3, 0.5, 1, 0),
        ),
        Hand(
            SPREAD,
            directive("scatter", "<=", scope="spending", from_=Q2),
            ({"starts": {"P": 0, "Q": 0, "R": 2}},),
            (1,),
        ),
        # X, ordered in 2027Q1, is there from 2027Q3 on; Y at once. Units stay.
        Hand(COMING, directive("scatter", scope="X", until=Q2), (plan(bought=(HN,)),), (0,)),
        Hand(COMING, directive("scatter", scope="X", until=Q3), (plan(bought=(HN,)),), (1,)),
        Hand(COMING, directive("scatter", scope="X", from_=at("2028Q1")), (plan(bought=(HN,)),), (1,)),
        Hand(
            COMING,
            directive("scatter", scope="centres", until=Q2),
            (plan(bought=(HN,)), plan(bought=(("Y", "HN"),))),
            (0, 1),
        ),
        # The machine X stands at one place, the organisation X leads two projects.
        Hand(COMING, directive("scatter", scope="X"), (plan("P", "Q", bought=(HN,)), plan("P", bought=(HN,))), (2, 1)),
    ],
    "lag": [
        # The end is 2028.0. C at 2, 1, 0: where the leaders stood in 2028, 2027, 2026.
        Hand(BEHIND, directive("lag", scope="C"), (BOTH, P, NOTHING), (0, 1, 2)),
        # The end of 2027Q2 is 2027.5; C at 1: 2027.
        Hand(BEHIND, directive("lag", scope="C", until=at("2027Q2")), (P,), (0.5,)),
        # K stays at 0: 2 years, so (0 + 2)/2 and (1 + 2)/2; N has no frontier and does not count.
        Hand(BEHIND, directive("lag"), (BOTH, P), (1, 1.5)),
        Hand(BEHIND, directive("lag", scope="N"), (P,), (0,)),
        # Over two years, C at 1: a year behind at the end of the first, two at that of the second. At 2 from state 5:
        # a year behind at either end.
        Hand(TWO_YEARS, directive("lag", "<=", scope="C", from_=Q1), (P, {"starts": {"P": 0, "Q": 4}}), (2, 1)),
        Hand(TWO_YEARS, directive("lag", ">=", scope="C", from_=Q1), (P,), (1,)),
        Hand(TWO_YEARS, directive("lag", ">=", scope="C", from_=Q4), (P,), (1,)),
        Hand(TWO_YEARS, directive("lag", "<=", scope="C", from_=at("2028Q1")), (P,), (2,)),
        Hand(TWO_YEARS, directive("lag", "<=", scope="C", from_=Q1, until=at("2028Q2")), (P,), (1.5,)),
        Hand(TWO_YEARS, directive("lag", "<=", scope="C", from_=Q4, until=Q4), (P,), (1,)),
        # At 1 the leaders still stood in 2027; at 2 they are for all we know, and beyond it nobody is known to be.
        Hand(STILL, directive("lag", scope="C"), (P, BOTH, plan("P", "Q", "R")), (1, 0, 0)),
    ],
    "readiness": [
        # P needs C at 1, which Q brings at the end of its first quarter.
        Hand(NEEDING, directive("readiness", "<="), (P, BOTH, Q, NOTHING), (1, 1, 0, 0)),
        Hand(NEEDING, directive("readiness", "<="), ({"starts": {"Q": 0, "P": 1}},), (0,)),
        Hand(NEEDING, directive("readiness", "<=", from_=Q2), ({"starts": {"P": 1}}, P), (1, 0)),
        Hand(NEEDING, directive("readiness", "<=", until=Q1), ({"starts": {"P": 1}}, P), (0, 1)),
    ],
    "security_first": [
        # The whole is 10·2 + 5·4 = 40: 5·2 + 5·4 = 30 of it at the end, 5·2 = 10 by 2027Q2, nothing by 2027Q1.
        Hand(MIGRATING, directive("security_first"), (NOTHING, P), (0.75, 0.75), migrated),
        Hand(MIGRATING, directive("security_first", until=at("2027Q2")), (NOTHING,), (0.25,), migrated),
        Hand(MIGRATING, directive("security_first", until=at("2027Q1")), (NOTHING,), (0,), migrated),
        Hand(MIGRATING, directive("security_first", scope="B"), (NOTHING,), (1,), migrated),
        Hand(MIGRATING, directive("security_first"), (BOTH,), (0,)),
        # The ends of 2027 and of 2028: 10 and 30 of 40.
        Hand(MIGRATING_LONG, directive("security_first", from_=Q1), (NOTHING,), (0.25,), migrated_late),
        Hand(MIGRATING_LONG, directive("security_first", "<=", from_=Q1), (NOTHING,), (0.75,), migrated_late),
        Hand(MIGRATING_LONG, directive("security_first", from_=at("2028Q1")), (NOTHING,), (0.75,), migrated_late),
        Hand(GATED, directive("security_first"), (NOTHING,), (1,)),
        Hand(MIGRATING, directive("security_first", scope="high"), (NOTHING,), (0.5,), migrated),
        Hand(MIGRATING, directive("security_first", scope="low", until=at("2027Q2")), (NOTHING,), (0,), migrated),
        Hand(MIGRATING, directive("security_first", scope="medium"), (NOTHING,), (1,), migrated),
        # Each class loses 20/4 = 5 a quarter, 40 in all; half of A is safe in the last two, B in none.
        Hand(WEAK, directive("security_first", scope="exposure"), (NOTHING,), (0.125,), migrated),
        Hand(
            WEAK, directive("security_first", scope="exposure", until=at("2027Q3")), (NOTHING,), (2.5 / 30,), migrated
        ),
        # Nobody has said when the machine comes.
        Hand(MIGRATING, directive("security_first", scope="exposure"), (NOTHING,), (1,), migrated),
    ],
    "withdrawal": [
        # The whole is 2 + 2. Without A (the country and its firm, 0.5 of a level) C is 1.5 and D with it: 3/4.
        # Nothing relies on anybody before P ends.
        Hand(RELYING, directive("withdrawal"), (P, NOTHING), (0.75, 1)),
        Hand(RELYING, directive("withdrawal", scope="C"), (P,), (0.75,)),
        Hand(RELYING, directive("withdrawal"), (plan("P", at=2),), (0.75,)),
        Hand(RELYING, directive("withdrawal", until=at("2027Q2")), (P, plan("P", at=2)), (0.75, 1)),
        # State 4: 1·0.8⁴ + 1·0.8³ = 0.9216, of which half of 0.8³ = 0.256 goes; 0.6656/0.9216 = 0.72222.
        Hand(WEARING, directive("withdrawal"), (P,), (0.6656 / 0.9216,)),
        # State 2: 0.64 + 0.8 = 1.44 less 0.4.
        Hand(WEARING, directive("withdrawal", until=at("2027Q2")), (P,), (1.04 / 1.44,)),
        # Two years: 1.5 of 2 at their ends where P ends before, all at the first where it ends after it.
        Hand(LATELY, directive("withdrawal", from_=Q1), (P, plan("P", at=5)), (0.75, 0.75)),
        Hand(LATELY, directive("withdrawal", from_=Q1, until=Q4), (P, plan("P", at=5)), (0.75, 1)),
        Hand(LATELY, directive("withdrawal", "<=", from_=Q1), (P, plan("P", at=5)), (0.75, 1)),
        # Nobody to withdraw.
        Hand(GATED, directive("withdrawal"), (P,), (1,)),
    ],
    "supplier_share": [
        # The market of X: A 0.8, Z 0.2. Relied on Z: (3·0.4 + 1·0.8)/4 = 0.5. Y is supplied by Z by 0.1.
        Hand(MARKET, directive("supplier_share", "<="), (plan("P", "Q", bought=(HN,)), BOTH, NOTHING), (0.8, 0.5, 0)),
        Hand(MARKET, directive("supplier_share", "<="), (P, Q), (0.4, 0.8)),
        Hand(MARKET, directive("supplier_share", "<=", scope="X"), (plan("P", bought=(HN,)), BOTH), (0.8, 0)),
        Hand(MARKET, directive("supplier_share", "<=", scope="Y"), (plan(bought=(HN, ("Y", "HN"))),), (0.1,)),
        Hand(MARKET, directive("supplier_share", "<=", until=Q2), (IN_TURN,), (0.4,)),
        Hand(MARKET, directive("supplier_share", "<=", from_=Q2), (IN_TURN,), (0.8,)),
        # Y is there at once, X from 2027Q3 on.
        Hand(COMING, directive("supplier_share", "<=", until=Q2), (plan(bought=(HN, ("Y", "HN"))),), (0.6,)),
        Hand(COMING, directive("supplier_share", "<=", from_=Q2), (plan(bought=(HN, ("Y", "HN"))),), (0.9,)),
    ],
    "people": [
        # Of 10 entrants to S in 2027 stay 10·0.5·0.8 = 4: 1 after two quarters, 3 after five. Of 20 to T in 2028
        # (state 4) stay 8, of which 2 by the end (state 8 ≥ 6, < 9). Working time does not matter.
        Hand(SCHOOL, directive("people"), (ENTERED, NOTHING), (6, 0)),
        Hand(SCHOOL, directive("people", scope="T"), (ENTERED,), (2,)),
        Hand(SCHOOL, directive("people", scope="W"), (ENTERED,), (6,)),
        Hand(SCHOOL, directive("people", until=at("2027Q1")), (ENTERED,), (0,)),
        Hand(SCHOOL, directive("people", until=at("2027Q2")), (ENTERED,), (1,)),
        Hand(SCHOOL, directive("people", until=at("2028Q1")), (ENTERED,), (4,)),
        Hand(SCHOOL, directive("people", scope="V"), (plan(entrants={("V", "S", 2027): 3}),), (3,)),
        # State 2 is the end of 2027Q2, state 5 that of 2028Q1, state 6 that of 2028Q2.
        Hand(SCHOOL, directive("people", from_=Q2), (ENTERED,), (6,)),
        Hand(SCHOOL, directive("people", from_=Q3), (ENTERED,), (5,)),
        Hand(SCHOOL, directive("people", from_=at("2028Q1"), until=at("2028Q1")), (ENTERED,), (3,)),
        Hand(SCHOOL, directive("people", from_=at("2028Q2")), (ENTERED,), (2,)),
        # P lacks two people in each of two quarters; Q lacks none, both together three in the first.
        Hand(WANTING, directive("people", "<=", scope="unfilled"), (P, Q, BOTH, NOTHING), (4, 0, 5, 0)),
        Hand(WANTING, directive("people", "<=", scope="unfilled", from_=Q2), (P, BOTH), (2, 2)),
        Hand(WANTING, directive("people", "<=", scope="unfilled", from_=Q3), (P, plan("P", at=2)), (0, 4)),
    ],
    "products": [
        # P serves with chance 0.5 from state 1; Q follows P: 0.5·0.8 from state 2. R has no product.
        Hand(PRODUCTS, directive("products"), ({"starts": {"P": 0, "Q": 1, "R": 0}}, P, NOTHING), (0.9, 0.5, 0)),
        Hand(PRODUCTS, directive("products", until=at("2027Q1")), ({"starts": {"P": 0, "Q": 1}},), (0.5,)),
        Hand(PRODUCTS, directive("products", scope="E"), ({"starts": {"P": 0, "Q": 1}},), (0.4,)),
        Hand(PRODUCTS, directive("products", until=at("2026Q4")), (P,), (0,)),
        # P ends in the first quarter, Q in the second.
        Hand(PRODUCTS, directive("products", from_=Q2), ({"starts": {"P": 0, "Q": 1}},), (0.4,)),
        Hand(PRODUCTS, directive("products", from_=Q1, until=Q1), ({"starts": {"P": 0, "Q": 1}},), (0.5,)),
        Hand(PRODUCTS, directive("products", from_=Q3), ({"starts": {"P": 0, "Q": 1}},), (0,)),
    ],
    "consortium": [
        # P and R join an institute and a business, Q does not; N has no product.
        Hand(JOINED, directive("consortium"), (plan("P", "Q", "R", "N"), BOTH, Q, plan("N")), (2 / 3, 0.5, 0, 1)),
        Hand(JOINED, directive("consortium", scope="E"), (BOTH, P), (0, 1)),
        Hand(JOINED, directive("consortium", "<="), (BOTH, NOTHING), (0.5, 0)),
        Hand(JOINED, directive("consortium", until=Q2), (IN_TURN,), (1,)),
        Hand(JOINED, directive("consortium", from_=Q2), (IN_TURN,), (0,)),
        Hand(JOINED, directive("consortium", from_=Q2, until=Q2), (IN_TURN,), (1,)),
    ],
    "exploration": [
        # P has a chance of 0.5; R, at 0.7, is not below it: 3 of 4, 3 of 8; nothing spent counts as held.
        Hand(BOLD, directive("exploration"), (BOTH, plan("P", "Q", "R"), NOTHING), (0.75, 3 / 8, 1)),
        Hand(BOLD, directive("exploration", "<="), (Q, NOTHING), (0, 0)),
        Hand(BOLD, directive("exploration", until=Q2), (IN_TURN,), (1,)),
        Hand(BOLD, directive("exploration", from_=Q2), (IN_TURN,), (0,)),
    ],
    "tail": [
        # Q is certain; P succeeds in 1 of 20, so in the worst tenth never (the chance that it does in more than nine
        # tenths of the sample is nought).
        Hand(CERTAIN, directive("tail"), (BOTH,), (1,)),
        Hand(CERTAIN, directive("tail"), (Q,), (1,)),
        Hand(CERTAIN, directive("tail"), (NOTHING,), (0,)),
        # Q ends in the second quarter.
        Hand(CERTAIN, directive("tail", until=Q1), (plan("Q", at=1),), (0,)),
        Hand(CERTAIN, directive("tail", from_=Q1, until=Q2), (plan("Q", at=1),), (1,)),
        # Three of thirty futures: 0.1, 0.2, 0.3.
        Hand(CERTAIN, directive("tail"), (NOTHING,), (0.2,) * 30, tenths),
    ],
    "long_term": [
        # C stands at 1 and K at 2 in three of four quarters: 3/4 and 6/4.
        Hand(LEVELS, directive("long_term"), (BOTH, P, NOTHING), (2.25, 0.75, 0)),
        Hand(LEVELS, directive("long_term", scope="K"), (BOTH, P), (1.5, 0)),
        Hand(LEVELS, directive("long_term", scope="F"), (BOTH, Q), (0.75, 0)),
        # A quarter of the first two, both of the last two.
        Hand(LEVELS, directive("long_term", until=Q2), (BOTH,), (0.75,)),
        Hand(LEVELS, directive("long_term", from_=Q3), (BOTH,), (1.5,)),
    ],
    "releases": [
        # Gates release 0.3 + 0.2 of P's 4 and none of Q's; the gate at the end of R releases nothing.
        Hand(GATED, directive("releases"), (P, BOTH, plan("R"), NOTHING), (0.5, 0.25, 0, 1)),
        Hand(GATED, directive("releases", "<="), (BOTH, NOTHING), (0.25, 0)),
        # P starts in the first quarter and Q in the third, whenever their money is spent.
        Hand(GATED, directive("releases", until=Q1), (IN_TURN,), (0.5,)),
        Hand(GATED, directive("releases", from_=Q2), (IN_TURN, P), (0, 1)),
        Hand(RUNNING, directive("releases", until=Q1), ({"starts": {"P": -1, "Q": 1}},), (0.5,)),
        Hand(RUNNING, directive("releases", from_=Q2), ({"starts": {"P": -1, "Q": 1}},), (0,)),
    ],
}


@pytest.mark.parametrize(("rule", "case"), [(rule, i) for rule, cases in HANDS.items() for i in range(len(cases))])
def test_measure_by_hand(rule: str, case: int) -> None:
    hand = HANDS[rule][case]
    assert hand.said.rule == rule
    several = [path(hand.programme, **facts) for facts in hand.of]
    whole = hand.change(several[0] if len(several) == 1 else stacked(*several))
    if rule == "tail" and len(several) == 1 and len(hand.value) == 1:
        assert measured(whole, hand.said) == pytest.approx(hand.value, abs=1e-9)
        return
    assert measured(whole, hand.said) == pytest.approx(hand.value, abs=1e-6)
    assert measured(whole, hand.said).shape == (len(hand.value),)
    if rule != "tail":  # each scenario is judged by itself
        each = [measured(hand.change(one), hand.said)[0] for one in several]
        assert each == pytest.approx(hand.value, abs=1e-6)


def test_when_a_directive_applies() -> None:
    """Five quarters from 2027Q3; state 2 is the end of 2027, state 5 the end of the horizon."""
    q = Quantities(build("P", settings={"start": Q3, "quarters": 5}, skills=["S"]))

    def when(first: str = "", last: str = "") -> tuple[list[int], list[int]]:
        said = directive("lag", from_=at(first) if first else None, until=at(last) if last else None)
        return np.flatnonzero(window(q, said)).tolist(), states(q, said)

    assert when() == ([0, 1, 2, 3, 4], [5])
    assert when("2026Q1", "2030Q1") == ([0, 1, 2, 3, 4], [2, 5])
    assert when("2027Q4") == ([1, 2, 3, 4], [2, 5])
    assert when("2028Q1") == ([2, 3, 4], [5])
    assert when("", "2028Q1") == ([0, 1, 2], [3])
    assert when("2027Q3", "2028Q1") == ([0, 1, 2], [2, 3])
    assert when("2027Q4", "2027Q4") == ([1], [2])


def test_verdict_says_held_and_by_how_much() -> None:
    paths = stacked(path(GOALS, **BOTH), path(GOALS, **P))
    floor = verdict(paths, directive("national_goals", ">=", 0.8))
    assert floor.held.tolist() == [False, True]
    assert floor.margin == pytest.approx([-0.05, 0.2])
    ceiling = verdict(paths, directive("national_goals", "<=", 0.8))
    assert ceiling.held.tolist() == [True, False]
    assert ceiling.margin == pytest.approx([0.05, -0.2])


# Rows that bind


@dataclass(frozen=True)
class Binding:
    """A hard directive that makes the best plan worse: from `without` to `within`.

    As a soft one it is missed by `short` at `cheap`, which leaves `without` less `cheap` times `short`, and held at
    `dear`.
    """

    programme: Programme
    said: Directive
    without: float
    within: float
    short: float
    cheap: float = 1.0
    dear: float = 100.0


# P needs the machine X, of which Z makes 0.9, at O's place; two years.
LATE = world(("P",), equipment={"X": {}}, mode_equipment=[("P", "X", 1)], settings={"quarters": 8},
             suppliers={"Z": {"kind": "country"}}, equipment_supply=[("X", "Z", 0.9)])  # fmt: skip

SIGNING = {"A": {"function": "signature", "items": 3, "value": 1, "cost": 1}}

BINDS: dict[str, list[Binding]] = {
    "security_first": [
        # The three items cost 3 of the 6 millions, which P and Q would spend; no date of the machine is known.
        Binding(world(budget=6, migration=SIGNING), directive("security_first", ">=", 1), 6, 3, 1),
        Binding(world(budget=6, migration=SIGNING), directive("security_first", ">=", 1, until=at("2027Q2")), 6, 3, 1),
    ],
    "national_goals": [
        # P serves, Q does not. Both are worth 6, with a share of 3/6; P alone is worth 3.
        # Short by 0.6·6 - 3 = 0.6 millions of 6, a tenth.
        Binding(world(budget=6, project_goals=[("P", "G")]), directive("national_goals", ">=", 0.6), 6, 3, 0.1),
        # In the first quarter all of the money: Q starts a quarter later. Short by 3 of 6.
        Binding(world(budget=6, project_goals=[("P", "G")]), directive("national_goals", ">=", 1, until=Q1), 6, 5, 0.5),
    ],
    "focus_fields": [
        Binding(world(IN_FIELDS, fields=["F", "E", "N"]), directive("focus_fields", "<=", 1), 9, 3, 2),
        # In the first quarter one field: the other two projects start in the second.
        Binding(world(IN_FIELDS, fields=["F", "E", "N"]), directive("focus_fields", "<=", 1, until=Q1), 9, 7, 2, 0.5),
        # Somebody is at work in the third quarter or after it: one of two waits for it, and brings 1 in place of 3.
        Binding(world(), directive("focus_fields", ">=", 1, from_=Q3), 6, 4, 1),
        # Q, alone in E, raises nothing; there is money for two, P and R at best, P and Q where both fields must open.
        Binding(world({"P": {"field": "F"}, "R": {"field": "F"}, "Q": {"field": "E"}}, fields=["F", "E"], budget=6,
                      gains=[("P", "C", 2), ("R", "C", 1)]), directive("focus_fields", ">=", 2), 9, 6, 1),
        # The same, by the third quarter.
        Binding(world({"P": {"field": "F"}, "R": {"field": "F"}, "Q": {"field": "E"}}, fields=["F", "E"], budget=6,
                      gains=[("P", "C", 2), ("R", "C", 1)]), directive("focus_fields", ">=", 2, until=Q3), 9, 6, 1),
    ],
    "critical_mass": [
        # F has a mass of 2, so 4 are wanted: P (3) with R (1, which raises nothing), and Q must go. Short by (4 - 3)/2.
        Binding(world({"P": {"field": "F"}, "R": {"field": "F"}, "Q": {"field": "E"}},
                      fields={"F": {"critical_mass": 2}, "E": {}},
                      modes={"P": {"cost_likely": 3}, "R": {"cost_likely": 1}, "Q": {"cost_likely": 1}},
                      gains=[("P", "C", 1), ("Q", "C", 1)], budget=4),
                directive("critical_mass", ">=", 2), 6, 3, 0.5),
        # Two fields of mass 2 spend 3 each, 1.5 times; the shortfall is that of the worst, 0.5, and not of both.
        Binding(world(IN_FIELDS, fields={"F": {"critical_mass": 2}, "E": {"critical_mass": 2}, "N": {}}),
                directive("critical_mass", ">=", 2), 9, 3, 0.5),
        # Of 3, the first quarter spends 1, and 2 are wanted where the field is open in it: P starts in the second.
        Binding(world(("P",), modes={"P": {"duration": 3, "cost_likely": 3}}, fields={"F": {"critical_mass": 2}},
                      settings={"quarters": 5}), directive("critical_mass", ">=", 1, until=Q1), 2, 1, 0.5),
    ],
    "scatter": [
        Binding(SPREAD, directive("scatter", "<=", 1, scope="X"), 9, 6, 1),
        Binding(SPREAD, directive("scatter", "<=", 1), 9, 6, 1),
        Binding(SPREAD, directive("scatter", "<=", 0, scope="B"), 9, 3, 2),
        # In the first quarter B leads nothing; Q and R bring 2 each.
        Binding(SPREAD, directive("scatter", "<=", 0, scope="B", until=Q1), 9, 7, 2, cheap=0.5),
        # Only DN hosts, for Q and R.
        Binding(SPREAD, directive("scatter", "<=", 1, scope="centres"), 9, 6, 1),
        # B leads 6 of 9 millions; half is allowed. Short by (6 - 4.5)/9.
        Binding(world({"P": {"lead": "O"}, "Q": {"lead": "B"}, "R": {"lead": "B"}}, budget=9, **TWO_PLACES),
                directive("scatter", "<=", 0.5, scope="spending"), 9, 6, 1 / 6),
        # In the first quarter half: Q or R waits for the second.
        Binding(world({"P": {"lead": "O"}, "Q": {"lead": "B"}, "R": {"lead": "B"}}, budget=9, **TWO_PLACES),
                directive("scatter", "<=", 0.5, scope="spending", until=Q1), 9, 8, 1 / 6),
        # No machine in 2027: P waits for that of 2028, and brings 3 in place of 7.
        Binding(LATE, directive("scatter", "<=", 0, until=Q4), 7, 3, 1),
        Binding(LATE, directive("scatter", "<=", 0, scope="centres", until=Q4), 7, 3, 1),
    ],
    "lag": [
        # P raises K by 2, Q raises C by 1, and there is money for one. At most a year behind in C is Q.
        # C at 0 is two years behind, short by one.
        Binding(world(capabilities=["C", "K"], gains=[("P", "K", 2), ("Q", "C", 1)], budget=3, frontier=FRONTIER),
                directive("lag", "<=", 1, scope="C"), 6, 3, 1),
        # P raises C by 2, Q raises K by 3, and there is money for one in each year. At the end of 2027 C at 0 is two
        # years behind, at that of 2028 it is one behind; at most 1.5 at either end is P first: 14 + 9, not 21 + 6.
        Binding(world(capabilities=["C", "K"], gains=[("P", "C", 2), ("Q", "K", 3)], budget=[3, 3],
                      frontier=FRONTIER[:2], settings={"quarters": 8}),
                directive("lag", "<=", 1.5, scope="C", from_=Q1), 27, 23, 0.5),
    ],
    "long_term": [
        # Only C is worth anything; P raises K, whose three quarters are asked for.
        Binding(world(capabilities=["C", "K"], capability_goals=[("C", "G", 1.0)], gains=[("P", "K", 1), ("Q", "C", 1)],
                      budget=3), directive("long_term", ">=", 0.75, scope="K"), 3, 0, 0.75),
        # A quarter of a level-year of K in the second quarter is P in the first; Q follows when there is money.
        Binding(world(capabilities=["C", "K"], capability_goals=[("C", "G", 1.0)], gains=[("P", "K", 1), ("Q", "C", 1)],
                      budget=[3, 3], settings={"quarters": 8}),
                directive("long_term", ">=", 0.25, scope="K", from_=Q2, until=Q2), 7, 3, 0.25),
    ],
    "people": [
        # One entrant costs 1. Four people leave 1 of 5 millions, for Q (half a level, 1.5); otherwise P and Q, 4.5,
        # and one entrant for the last million: short by 3 of 4.
        Binding(world(modes=COSTS, gains=[("P", "C", 1), ("Q", "C", 0.5)], budget=5, training={"W": {"cost": 1}},
                      training_skills=[("W", "S", 9)]), directive("people", ">=", 4), 4.5, 1.5, 3, cheap=0.1),
        # Five are there in time only if they enter in the first year, and then there is no money for P.
        Binding(world(("P",), settings={"quarters": 8}, budget=[5, 5], training={"W": {"cost": 1}},
                      training_skills=[("W", "S", 9)]),
                directive("people", ">=", 5, until=at("2027Q4")), 7, 3, 3),
        # Five who complete in 2028 enter in 2028, when P may start and there is money for it or for them.
        Binding(world({"P": {"earliest": at("2028Q1")}}, settings={"quarters": 8}, budget=[9, 5],
                      training={"W": {"cost": 1}}, training_skills=[("W", "S", 9)]),
                directive("people", ">=", 5, from_=at("2028Q1")), 3, 0, 3, cheap=0.1),
    ],
    "products": [
        # P raises, R has the product, and there is money for one.
        Binding(world({"P": {}, "R": {"product_en": "a clock"}}, gains=[("P", "C", 1)], budget=3),
                directive("products", ">=", 1), 3, 0, 1),
        # P has the product, Q raises more, and there is money for one a year: P first is 7 + 6, not 14 + 3.
        Binding(world({"P": {"product_en": "a clock"}, "Q": {}}, gains=[("P", "C", 1), ("Q", "C", 2)], budget=[3, 3],
                      settings={"quarters": 8}), directive("products", ">=", 1, from_=Q1, until=Q4), 17, 13, 1),
    ],
    "consortium": [
        # Q is worth more and joins nobody, P joins a business, and there is money for one. Short by a whole project
        # of two that could be.
        Binding(world({"P": {"product_en": "a", "lead": "O"}, "Q": {"product_en": "b", "lead": "O"}}, budget=3,
                      gains=[("P", "C", 1), ("Q", "C", 2)], project_partners=[("P", "B")], **TWO_PLACES),
                directive("consortium", ">=", 1), 6, 3, 0.5),
        # In the first quarter only P: Q brings 2 levels a quarter later.
        Binding(world({"P": {"product_en": "a", "lead": "O"}, "Q": {"product_en": "b", "lead": "O"}},
                      gains=[("P", "C", 1), ("Q", "C", 2)], project_partners=[("P", "B")], **TWO_PLACES),
                directive("consortium", ">=", 1, until=Q1), 9, 7, 0.5),
    ],
    "exploration": [
        # P gains 4 with a chance of 0.5, Q gains 1: 9 together with a share of 1/2, 3 for Q alone, 6 for P alone.
        # A ceiling of 0.4 is passed by (3 - 0.4·6)/6 = 0.1, a floor of 0.6 missed by as much.
        Binding(world(gains=[("P", "C", 4), ("Q", "C", 1)], gates=[("P", 1, 1, 0.5)], budget=6, capabilities={"C": {}}),
                directive("exploration", "<=", 0.4), 9, 3, 0.1),
        Binding(world(gains=[("P", "C", 4), ("Q", "C", 1)], gates=[("P", 1, 1, 0.5)], budget=6),
                directive("exploration", ">=", 0.6), 9, 6, 0.1),
        # Nothing bold in the first quarter: P starts in the second.
        Binding(world(gains=[("P", "C", 4), ("Q", "C", 1)], gates=[("P", 1, 1, 0.5)], budget=6),
                directive("exploration", "<=", 0, until=Q1), 9, 7, 0.5),
    ],
    "releases": [
        # P releases half of its 3, Q nothing: 1.5 of 6; short by 0.5·6 - 1.5 = 1.5 of 6 millions.
        # P takes two quarters, so two level-quarters: 5 together, 2 alone.
        Binding(world(modes={"P": {"cost_likely": 3, "duration": 2}, "Q": {"cost_likely": 3}}, budget=6,
                      gates=[("P", 1, 0.5, 1, 0.5)]), directive("releases", ">=", 0.5), 5, 2, 0.25),
        # Of what starts in the first quarter: Q waits for the second.
        Binding(world(modes={"P": {"cost_likely": 3, "duration": 2}, "Q": {"cost_likely": 3}}, budget=6,
                      gates=[("P", 1, 0.5, 1, 0.5)]), directive("releases", ">=", 0.5, until=Q1), 5, 4, 0.25),
    ],
    "supplier_share": [
        # P needs X, of which A makes 0.8. Above the threshold by 0.1.
        Binding(world(equipment={"X": {}}, mode_equipment=[("P", "X", 1)], suppliers=SUPPLIERS,
                      equipment_supply=[("X", "X", 0.5), ("X", "Y", 0.3), ("X", "Z", 0.2)]),
                directive("supplier_share", "<=", 0.7), 6, 3, 0.1),
        # P relies on A wholly (on the country and on its firm), Q on nobody: 3/6. Over by (3 - 0.25·6)/6.
        Binding(world(suppliers=SUPPLIERS, reliance=[("P", "X", 0.5), ("P", "Y", 0.5)], budget=6),
                directive("supplier_share", "<=", 0.25), 6, 3, 0.25),
        # In the first quarter only: P waits for the second.
        Binding(world(suppliers=SUPPLIERS, reliance=[("P", "X", 0.5), ("P", "Y", 0.5)], budget=6),
                directive("supplier_share", "<=", 0.25, until=Q1), 6, 5, 0.25),
        # X, of which Z makes 0.9, not in 2027.
        Binding(LATE, directive("supplier_share", "<=", 0.8, until=Q4), 7, 3, 0.1),
    ],
    "withdrawal": [
        # Bought, P brings 1 level of which half goes with the firm Y, and with its country; made at home it brings
        # 0.6. The shortfall is counted against the target of 5 levels: (0.7·1 - 0.5)/5 = 0.04.
        Binding(world(("P",), modes={"P-D": {"gain_factor": 0.6}, "P-B": {}}, suppliers=SUPPLIERS,
                      reliance=[("P-B", "Y", 0.5)]), directive("withdrawal", ">=", 0.7), 3, 1.8, 0.04, cheap=10),
        # By the first quarter nothing has been built that could go: at first nothing binds, later it does.
        Binding(world(("P",), modes={"P-D": {"gain_factor": 0.6}, "P-B": {}}, suppliers=SUPPLIERS,
                      reliance=[("P-B", "Y", 0.5)]),
                directive("withdrawal", ">=", 0.7, until=at("2027Q1")), 3, 2, 0.04, cheap=10),
        # At the end of 2028 Q has made the loss small (1.5 of 2), at that of 2027 it is half: 0.6·7 + 3, not 7 + 3.
        Binding(world({"P": {}, "Q": {"earliest": at("2028Q1")}},
                      modes={"P-D": {"gain_factor": 0.6}, "P-B": {}, "Q": {}}, suppliers=SUPPLIERS,
                      reliance=[("P-B", "Y", 0.5)], settings={"quarters": 8}),
                directive("withdrawal", ">=", 0.7, from_=Q1), 10, 7.2, 0.04, cheap=10),
    ],
}  # fmt: skip
NEVER_BINDS = {"readiness": "every plan keeps it anyway, by the constraint of the same name"}


@pytest.mark.parametrize(("rule", "case"), [(rule, i) for rule, cases in BINDS.items() for i in range(len(cases))])
def test_hard_directive_binds(rule: str, case: int) -> None:
    bind = BINDS[rule][case]
    free, held = best(bind.programme), best(bind.programme, bind.said)
    assert bind.said.rule == rule
    assert bind.without > bind.within
    assert free.objective == pytest.approx(bind.without, abs=1e-6)
    assert held.objective == pytest.approx(bind.within, abs=1e-6)
    assert verdict(held.paths, bind.said).held.all()
    watched = best(bind.programme, dataclasses.replace(bind.said, kind="watch"))
    assert watched.objective == pytest.approx(bind.without, abs=1e-6)
    assert not verdict(watched.paths, bind.said).held.any()


@pytest.mark.parametrize(("rule", "case"), [(rule, i) for rule, cases in BINDS.items() for i in range(len(cases))])
def test_soft_directive_is_missed_where_that_is_cheaper(rule: str, case: int) -> None:
    bind = BINDS[rule][case]
    cheap = best(bind.programme, dataclasses.replace(bind.said, kind="soft", price=bind.cheap))
    dear = best(bind.programme, dataclasses.replace(bind.said, kind="soft", price=bind.dear * 10))
    assert not verdict(cheap.paths, bind.said).held.any()
    assert cheap.objective == pytest.approx(bind.without - bind.cheap * bind.short, abs=1e-6)
    assert verdict(dear.paths, bind.said).held.all()
    assert dear.objective == pytest.approx(bind.within, abs=1e-6)


def test_readiness_adds_nothing_and_is_kept() -> None:
    # P waits for the level that Q brings: 3 for Q, 2 for P.
    assert best(NEEDING, directive("readiness", "<=", 0)).objective == pytest.approx(5)
    soft = best(NEEDING, directive("readiness", "<=", 0, kind="soft", price=1.0))
    assert soft.objective == pytest.approx(5)


def test_two_directives_of_one_rule_both_hold() -> None:
    # Money on bold work between 0.4 and 0.45: P costs 3, Q costs 1, R costs 4; P with R, 3/7 = 0.43; all, 3/8.
    floor, ceiling = directive("exploration", ">=", 0.4), directive("exploration", "<=", 0.45)
    found = best(BOLD, floor, ceiling)
    assert [row["project"] for row in found.projects()] == ["P", "R"]
    assert [each.held.all() for each in found.directives()] == [True, True]


def test_no_plan_where_directives_clash() -> None:
    assert best(world({"P": {"mandatory": True}}), directive("focus_fields", "<=", 0)) is None


def test_a_programme_without_people_has_columns_of_its_own_plan() -> None:
    programme = build({"P": {"field": "F"}, "Q": {"field": "E"}}, fields=["F", "E"], gains=[("P", "C", 1)])
    found = best(programme, directive("focus_fields", "<=", 1, kind="soft", price=1.0))
    assert found.objective == pytest.approx(3)
    formulation = formulate(Quantities(programme))
    assert formulation.decided == len(formulation.form.low)


# What can only be watched

WATCHED: dict[str, list[Directive]] = {
    "critical_mass": [directive("critical_mass", "<=", 1)],
    "lag": [
        directive("lag", ">=", 1, scope="C"),
        directive("lag", "<=", 1),
        directive("lag", "<=", 1, scope="N"),
        directive("lag", "<=", -3, scope="C"),  # a lead beyond the years of the frontier
    ],
    "long_term": [directive("long_term", "<=", 1)],
    "people": [directive("people", comparison, -1, scope="unfilled") for comparison in (">=", "<=")],
    "readiness": [directive("readiness", ">=", 1), directive("readiness", "<=", -1)],
    "scatter": [directive("scatter", ">=", 1, scope=scope) for scope in ("all", "centres", "spending")],
    "security_first": [directive("security_first", "<=", 0.5)],
    "supplier_share": [directive("supplier_share", ">=", 0.5)],
    "tail": [directive("tail", ">=", 0.5), directive("tail", "<=", 0.5)],
    "withdrawal": [directive("withdrawal", "<=", 0.5)],
}


@pytest.mark.parametrize("kind", ["hard", "soft"])
@pytest.mark.parametrize(("rule", "case"), [(rule, i) for rule, rows in WATCHED.items() for i in range(len(rows))])
def test_what_can_only_be_watched_says_so(rule: str, case: int, kind: str) -> None:
    said = dataclasses.replace(WATCHED[rule][case], kind=kind, price=1.0)
    with pytest.raises(UsageError, match=rf"directive D: the rule {rule} with this scope"):
        best(BEHIND, said)
    assert best(BEHIND, dataclasses.replace(said, kind="watch")) is not None


# The contract


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Return the pages of the reference."""
    path = Path(__file__).parents[3] / "docs" / "generate.py"
    generate = importlib.util.module_from_spec(importlib.util.spec_from_file_location("generate", path))
    generate.__spec__.loader.exec_module(generate)
    return generate.pages()


@pytest.mark.parametrize("rule", rules())
def test_every_rule_keeps_the_contract(rule: str, pages: dict[str, str]) -> None:
    assert broken(rule, rules()[rule], pages) == []


@pytest.mark.parametrize("rule", rules())
def test_every_title_has_vietnamese_words(rule: str) -> None:
    """Read the catalogue, ``locale/vi``."""
    title = rules()[rule].TITLE
    with speaking("vi"):
        assert str(t(title)) != title


def test_the_tables_of_this_file_name_no_other_rule() -> None:
    assert {*HANDS, *BINDS, *WATCHED, *NEVER_BINDS} <= set(rules())


def test_a_word_may_have_a_unit_of_its_own() -> None:
    assert unit(directive("scatter")) == unit(directive("scatter", scope="centres")) == "item"
    assert unit(directive("scatter", scope="spending")) == "share"


def test_what_is_read_without_importing_is_what_the_rules_say() -> None:
    assert tuple(rules()) == RULES == names(FOLDER)
    assert declared(FOLDER, "SCOPES") == {name: rule.SCOPES for name, rule in rules().items()}


def broken(name: str, rule: types.ModuleType, pages: dict[str, str]) -> list[str]:
    """Return what a rule lacks."""
    scopes = getattr(rule, "SCOPES", ())
    words = [word for word in scopes if word not in Entity.registry]
    hands, page = HANDS.get(name, []), pages.get(f"directives/{name}.md", "")
    has = {
        "TITLE": bool(getattr(rule, "TITLE", "")),
        "unit": {getattr(rule, "UNIT", ""), *getattr(rule, "UNITS", {}).values()} <= set(units()),
        "formula": "```{math}" in (rule.__doc__ or ""),
        "SCOPES": name in declared(FOLDER, "SCOPES") and len(set(scopes)) == len(scopes),
        "units of its own words": set(getattr(rule, "UNITS", {})) <= set(words),
        "measure": hasattr(rule, "measure"),
        "HARD with rows": hasattr(rule, "rows") == bool(getattr(rule, "HARD", ())),
        "hand-worked value": bool(hands),
        "hand-worked value in a window": any(hand.said.from_ for hand in hands),
        "hand-worked value of every word": all(any(hand.said.scope == word for hand in hands) for word in words),
        "binding case": bool(BINDS.get(name)) or name in NEVER_BINDS or not hasattr(rule, "rows"),
        "reference page": getattr(rule, "TITLE", "no title") in page and all(f"`{word}`" in page for word in words),
    }
    return [part for part, there in has.items() if not there]


def test_the_contract_finds_what_a_rule_lacks() -> None:
    assert broken("bare", types.ModuleType("bare", "no formula"), {}) == [
        "TITLE", "unit", "formula", "SCOPES", "measure", "hand-worked value", "hand-worked value in a window",
        "reference page",
    ]  # fmt: skip
    full = types.ModuleType("full", "```{math}")
    facts = {"TITLE": "A rule", "UNIT": "item", "SCOPES": ("some",), "measure": len, "rows": len}
    full.__dict__.update(facts)
    assert broken("full", full, {"directives/full.md": "# A rule"}) == [
        "SCOPES", "HARD with rows", "hand-worked value", "hand-worked value in a window",
        "hand-worked value of every word", "binding case", "reference page",
    ]  # fmt: skip
