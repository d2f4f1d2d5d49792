"""Every rule of directives: what it measures, by hand; what its rows forbid; what missing it costs; and the contract
that a rule of the folder keeps.

Unless a case says otherwise: four quarters from 2027Q1, projects of one quarter, level 0 at the start, nothing worn
down, and a plan is worth its level-quarters, so a level gained by the project that starts at once is worth 3.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from tests.plan.builders import FIFTH, at, build
from tests.plan.directives.said import best, directive, measured, path, stacked

import lotrinh.plan.directives as folder
from lotrinh.base.issues import UsageError
from lotrinh.base.text import speaking, t
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.formulate import formulate
from lotrinh.plan.scorecard import verdict
from lotrinh.plan.statements import rules
from lotrinh.programme.entities import RULES, Directive
from lotrinh.programme.programme import Programme


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
# C: the leaders stood at 1 in 2027 and at 3 in 2029, so at 0 in 2026. K: at 2 in 2027 and 4 in 2028, at 0 in 2026.
FRONTIER = [("C", 2027, 1), ("C", 2029, 3), ("K", 2027, 2), ("K", 2028, 4)]
BEHIND = world(capabilities=["C", "K", "N"], frontier=FRONTIER)
# The leaders stood still at 1 from 2025 to 2027, and are known to 2028 only.
STILL = world(("P", "Q", "R"), frontier=[("C", 2025, 1), ("C", 2027, 1), ("C", 2028, 2)])
NEEDING = world(prerequisites=[("P", "C", 1.0), ("Q", "C", 0.0)])
VALUE = {
    "A": {"function": "signature", "items": 10, "value": 2},
    "B": {"function": "signature", "items": 5, "value": 4},
}
MIGRATING = world(migration=VALUE)
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


def migrated(paths: Paths) -> Paths:
    """Return the path with 5 items of A migrated from state 2 on and 5 of B from state 4."""
    found = np.zeros_like(paths.migrated)
    found[:, 0, 2:], found[:, 1, 4:] = 5, 5
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
    ],
    "focus_fields": [Hand(OPENED, directive("focus_fields"), (plan("P", "Q", "R"), P, NOTHING), (3, 1, 0))],
    "critical_mass": [
        # 3/2 in F, 5/4 in E; N has no critical mass, and without a field there is nothing to fall short of.
        Hand(OPENED, directive("critical_mass"), (BOTH, P, plan("R"), NOTHING), (1.25, 1.5, np.inf, np.inf)),
        Hand(OPENED, directive("critical_mass", scope="F"), (BOTH, Q), (1.5, np.inf)),
    ],
    "scatter": [
        # X at two places, at one, nowhere; Y is hosted by one at most.
        Hand(SPREAD, directive("scatter"), (plan(bought=(HN, DN, Y_DN)), plan(bought=(HN,)), NOTHING), (2, 1, 0)),
        Hand(SPREAD, directive("scatter", scope="Y"), (plan(bought=(HN, DN, Y_DN)), NOTHING), (1, 0)),
        # B leads Q and R, O leads P.
        Hand(SPREAD, directive("scatter", scope="B"), (plan("P", "Q", "R"), BOTH, P, NOTHING), (2, 1, 0, 0)),
    ],
    "lag": [
        # The end is 2028.0. C at 2, 1, 0: where the leaders stood in 2028, 2027, 2026.
        Hand(BEHIND, directive("lag", scope="C"), (BOTH, P, NOTHING), (0, 1, 2)),
        # The end of 2027Q2 is 2027.5; C at 1: 2027.
        Hand(BEHIND, directive("lag", scope="C", until=at("2027Q2")), (P,), (0.5,)),
        # K stays at 0: 2 years, so (0 + 2)/2 and (1 + 2)/2; N has no frontier and does not count.
        Hand(BEHIND, directive("lag"), (BOTH, P), (1, 1.5)),
        Hand(BEHIND, directive("lag", scope="N"), (P,), (0,)),
        # At 1 the leaders still stood in 2027; at 2 they are for all we know, and beyond it nobody is known to be.
        Hand(STILL, directive("lag", scope="C"), (P, BOTH, plan("P", "Q", "R")), (1, 0, 0)),
    ],
    "readiness": [
        # P needs C at 1, which Q brings at the end of its first quarter.
        Hand(NEEDING, directive("readiness", "<="), (P, BOTH, Q, NOTHING), (1, 1, 0, 0)),
        Hand(NEEDING, directive("readiness", "<="), ({"starts": {"Q": 0, "P": 1}},), (0,)),
    ],
    "security_first": [
        # The whole is 10·2 + 5·4 = 40: 5·2 + 5·4 = 30 of it at the end, 5·2 = 10 by 2027Q2, nothing by 2027Q1.
        Hand(MIGRATING, directive("security_first"), (NOTHING, P), (0.75, 0.75), migrated),
        Hand(MIGRATING, directive("security_first", until=at("2027Q2")), (NOTHING,), (0.25,), migrated),
        Hand(MIGRATING, directive("security_first", until=at("2027Q1")), (NOTHING,), (0,), migrated),
        Hand(MIGRATING, directive("security_first", scope="B"), (NOTHING,), (1,), migrated),
        Hand(MIGRATING, directive("security_first"), (BOTH,), (0,)),
        Hand(GATED, directive("security_first"), (NOTHING,), (1,)),
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
        # Nobody to withdraw.
        Hand(GATED, directive("withdrawal"), (P,), (1,)),
    ],
    "supplier_share": [
        # The market of X: A 0.8, Z 0.2. Relied on Z: (3·0.4 + 1·0.8)/4 = 0.5. Y is supplied by Z by 0.1.
        Hand(MARKET, directive("supplier_share", "<="), (plan("P", "Q", bought=(HN,)), BOTH, NOTHING), (0.8, 0.5, 0)),
        Hand(MARKET, directive("supplier_share", "<="), (P, Q), (0.4, 0.8)),
        Hand(MARKET, directive("supplier_share", "<=", scope="X"), (plan("P", bought=(HN,)), BOTH), (0.8, 0)),
        Hand(MARKET, directive("supplier_share", "<=", scope="Y"), (plan(bought=(HN, ("Y", "HN"))),), (0.1,)),
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
    ],
    "products": [
        # P serves with chance 0.5 from state 1; Q follows P: 0.5·0.8 from state 2. R has no product.
        Hand(PRODUCTS, directive("products"), ({"starts": {"P": 0, "Q": 1, "R": 0}}, P, NOTHING), (0.9, 0.5, 0)),
        Hand(PRODUCTS, directive("products", until=at("2027Q1")), ({"starts": {"P": 0, "Q": 1}},), (0.5,)),
        Hand(PRODUCTS, directive("products", scope="E"), ({"starts": {"P": 0, "Q": 1}},), (0.4,)),
        Hand(PRODUCTS, directive("products", until=at("2026Q4")), (P,), (0,)),
    ],
    "consortium": [
        # P and R join an institute and a business, Q does not; N has no product.
        Hand(JOINED, directive("consortium"), (plan("P", "Q", "R", "N"), BOTH, Q, plan("N")), (2 / 3, 0.5, 0, 1)),
        Hand(JOINED, directive("consortium", scope="E"), (BOTH, P), (0, 1)),
        Hand(JOINED, directive("consortium", "<="), (BOTH, NOTHING), (0.5, 0)),
    ],
    "exploration": [
        # P has a chance of 0.5; R, at 0.7, is not below it: 3 of 4, 3 of 8; nothing spent counts as held.
        Hand(BOLD, directive("exploration"), (BOTH, plan("P", "Q", "R"), NOTHING), (0.75, 3 / 8, 1)),
        Hand(BOLD, directive("exploration", "<="), (Q, NOTHING), (0, 0)),
    ],
    "tail": [
        # Q is certain; P succeeds in 1 of 20, so in the worst tenth never (the chance that it does in more than nine
        # tenths of the sample is nought).
        Hand(CERTAIN, directive("tail"), (BOTH,), (1,)),
        Hand(CERTAIN, directive("tail"), (Q,), (1,)),
        Hand(CERTAIN, directive("tail"), (NOTHING,), (0,)),
        # Three of thirty futures: 0.1, 0.2, 0.3.
        Hand(CERTAIN, directive("tail"), (NOTHING,), (0.2,) * 30, tenths),
    ],
    "long_term": [
        # C stands at 1 and K at 2 in three of four quarters: 3/4 and 6/4.
        Hand(LEVELS, directive("long_term"), (BOTH, P, NOTHING), (2.25, 0.75, 0)),
        Hand(LEVELS, directive("long_term", scope="K"), (BOTH, P), (1.5, 0)),
        Hand(LEVELS, directive("long_term", scope="F"), (BOTH, Q), (0.75, 0)),
    ],
    "releases": [
        # Gates release 0.3 + 0.2 of P's 4 and none of Q's; the gate at the end of R releases nothing.
        Hand(GATED, directive("releases"), (P, BOTH, plan("R"), NOTHING), (0.5, 0.25, 0, 1)),
        Hand(GATED, directive("releases", "<="), (BOTH, NOTHING), (0.25, 0)),
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

    As a soft one it is missed by `short` at `cheap`, which leaves `without` less `cheap` times `short` unless `missed`
    says what is best then, and held at `dear`.
    """

    programme: Programme
    said: Directive
    without: float
    within: float
    short: float
    cheap: float = 1.0
    dear: float = 100.0
    missed: float | None = None


BINDS: dict[str, list[Binding]] = {
    "national_goals": [
        # P serves, Q does not. Both are worth 6, with a share of 3/6; P alone is worth 3.
        # Short by 0.6·6 - 3 = 0.6 millions of 6, a tenth.
        Binding(world(budget=6, project_goals=[("P", "G")]), directive("national_goals", ">=", 0.6), 6, 3, 0.1),
    ],
    "focus_fields": [
        Binding(world(IN_FIELDS, fields=["F", "E", "N"]), directive("focus_fields", "<=", 1), 9, 3, 2),
        # Q, alone in E, raises nothing; there is money for two, P and R at best, P and Q where both fields must open.
        Binding(world({"P": {"field": "F"}, "R": {"field": "F"}, "Q": {"field": "E"}}, fields=["F", "E"], budget=6,
                      gains=[("P", "C", 2), ("R", "C", 1)]), directive("focus_fields", ">=", 2), 9, 6, 1),
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
    ],
    "scatter": [
        Binding(SPREAD, directive("scatter", "<=", 1, scope="X"), 9, 6, 1),
        Binding(SPREAD, directive("scatter", "<=", 1), 9, 6, 1),
        Binding(SPREAD, directive("scatter", "<=", 0, scope="B"), 9, 3, 2),
    ],
    "lag": [
        # P raises K by 2, Q raises C by 1, and there is money for one. At most a year behind in C is Q.
        # C at 0 is two years behind, short by one.
        Binding(world(capabilities=["C", "K"], gains=[("P", "K", 2), ("Q", "C", 1)], budget=3, frontier=FRONTIER),
                directive("lag", "<=", 1, scope="C"), 6, 3, 1),
    ],
    "long_term": [
        # Only C is worth anything; P raises K, whose three quarters are asked for.
        Binding(world(capabilities=["C", "K"], capability_goals=[("C", "G", 1.0)], gains=[("P", "K", 1), ("Q", "C", 1)],
                      budget=3), directive("long_term", ">=", 0.75, scope="K"), 3, 0, 0.75),
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
    ],
    "products": [
        # P raises, R has the product, and there is money for one.
        Binding(world({"P": {}, "R": {"product_en": "a clock"}}, gains=[("P", "C", 1)], budget=3),
                directive("products", ">=", 1), 3, 0, 1),
    ],
    "consortium": [
        # Q is worth more and joins nobody, P joins a business, and there is money for one. Short by a whole project
        # of two that could be.
        Binding(world({"P": {"product_en": "a", "lead": "O"}, "Q": {"product_en": "b", "lead": "O"}}, budget=3,
                      gains=[("P", "C", 1), ("Q", "C", 2)], project_partners=[("P", "B")], **TWO_PLACES),
                directive("consortium", ">=", 1), 6, 3, 0.5),
    ],
    "exploration": [
        # P gains 4 with a chance of 0.5, Q gains 1: 9 together with a share of 1/2, 3 for Q alone, 6 for P alone.
        # A ceiling of 0.4 is passed by (3 - 0.4·6)/6 = 0.1, a floor of 0.6 missed by as much.
        Binding(world(gains=[("P", "C", 4), ("Q", "C", 1)], gates=[("P", 1, 1, 0.5)], budget=6, capabilities={"C": {}}),
                directive("exploration", "<=", 0.4), 9, 3, 0.1),
        Binding(world(gains=[("P", "C", 4), ("Q", "C", 1)], gates=[("P", 1, 1, 0.5)], budget=6),
                directive("exploration", ">=", 0.6), 9, 6, 0.1),
    ],
    "releases": [
        # P releases half of its 3, Q nothing: 1.5 of 6; short by 0.5·6 - 1.5 = 1.5 of 6 millions.
        # P takes two quarters, so two level-quarters: 5 together, 2 alone.
        Binding(world(modes={"P": {"cost_likely": 3, "duration": 2}, "Q": {"cost_likely": 3}}, budget=6,
                      gates=[("P", 1, 0.5, 1, 0.5)]), directive("releases", ">=", 0.5), 5, 2, 0.25),
    ],
    "supplier_share": [
        # P needs X, of which A makes 0.8. Above the threshold by 0.1.
        Binding(world(equipment={"X": {}}, mode_equipment=[("P", "X", 1)], suppliers=SUPPLIERS,
                      equipment_supply=[("X", "X", 0.5), ("X", "Y", 0.3), ("X", "Z", 0.2)]),
                directive("supplier_share", "<=", 0.7), 6, 3, 0.1),
        # P relies on A wholly (on the country and on its firm), Q on nobody: 3/6. Over by (3 - 0.25·6)/6.
        Binding(world(suppliers=SUPPLIERS, reliance=[("P", "X", 0.5), ("P", "Y", 0.5)], budget=6),
                directive("supplier_share", "<=", 0.25), 6, 3, 0.25),
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
    "readiness": [directive("readiness", ">=", 1), directive("readiness", "<=", -1)],
    "scatter": [directive("scatter", ">=", 1)],
    "security_first": [directive("security_first", ">=", 0.5), directive("security_first", "<=", 0.5)],
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


@pytest.mark.parametrize("rule", rules())
def test_every_rule_keeps_the_contract(rule: str) -> None:
    assert broken(rule, rules()[rule]) == []


@pytest.mark.parametrize("rule", rules())
def test_every_title_has_vietnamese_words(rule: str) -> None:
    """Read the catalogue, ``locale/vi``."""
    title = rules()[rule].TITLE
    with speaking("vi"):
        assert str(t(title)) != title


def test_the_tables_of_this_file_name_no_other_rule() -> None:
    assert {*HANDS, *BINDS, *WATCHED, *NEVER_BINDS} <= set(rules())


def test_the_data_may_name_every_rule_and_no_other() -> None:
    assert sorted(RULES) == list(rules())


def broken(name: str, rule: types.ModuleType) -> list[str]:
    """Return what a rule lacks."""
    found = [part for part in ("TITLE", "UNIT", "measure") if not getattr(rule, part, None)]
    if "```{math}" not in (rule.__doc__ or ""):
        found.append("formula")
    if not HANDS.get(name):
        found.append("hand-worked value")
    if hasattr(rule, "rows") and not BINDS.get(name) and name not in NEVER_BINDS:
        found.append("binding case")
    if name not in RULES:
        found.append("place in entities.RULES")
    return found


TOY = '''r"""Projects chosen.

```{math}
\\\\sum_p [p\\\\text{ chosen}]
```
"""
import numpy as np

from lotrinh.plan.statements import demand

TITLE = "Projects chosen by a toy"
UNIT = "item"


def measure(paths, directive):
    return paths.running.any(axis=-1).sum(axis=-1).astype(float)


def rows(build, q, v, directive):
    return [demand(directive, v.x, 1.0)]
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Put one more file into the folder of rules, and take it away again."""
    (tmp_path / "toy.py").write_text(TOY.replace("\\\\", "\\"), encoding="utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    rules.cache_clear()
    yield rules()["toy"]
    sys.modules.pop("lotrinh.plan.directives.toy", None)
    folder.__dict__.pop("toy", None)
    rules.cache_clear()


def test_a_toy_rule_takes_one_file(toy: types.ModuleType) -> None:
    programme = world()
    free = best(programme, directive("toy", "<=", 1, kind="watch"))
    assert free.objective == pytest.approx(6)
    assert not free.directives()[0].held.any()
    held = best(programme, directive("toy", "<=", 1))
    assert held.objective == pytest.approx(3)
    assert held.directives()[0].measure == pytest.approx([1])
    soft = best(programme, directive("toy", "<=", 1, kind="soft", price=2))
    assert soft.objective == pytest.approx(4)


def test_the_contract_finds_what_a_rule_lacks(toy: types.ModuleType) -> None:
    lacking = ["hand-worked value", "binding case", "place in entities.RULES"]
    assert broken("toy", toy) == lacking
    assert broken("bare", types.ModuleType("bare", "no formula")) == [
        "TITLE", "UNIT", "measure", "formula", "hand-worked value", "place in entities.RULES",
    ]  # fmt: skip
