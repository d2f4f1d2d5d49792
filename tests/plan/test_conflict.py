"""Conflicts: each is a true irreducible set, and the relaxation mends it and is the least.

Judges that share nothing with the search for conflicts: the data without a member, planned anew; the oracle, which
enumerates; SCIP, in a process of its own.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Collection
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.oracle import oracle
from tests.oracle.tiny import FEATURES, tiny
from tests.plan.builders import at, build, change_rows, formulated, with_rows
from tests.plan.clashes import CLASHES, MUST, Clash, hard, without
from tests.plan.cross import by_highs, by_scip

from lotrinh.base.issues import NoPlanError
from lotrinh.plan import possible
from lotrinh.plan.conflict import Conflict, conflict
from lotrinh.plan.elastic import Elastic, elastic
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.linear import Builder, LinearForm
from lotrinh.plan.optimise import optimise
from lotrinh.plan.possible import Possible, clash
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.solvers.highs import Solution, solve
from lotrinh.plan.verify import outside
from lotrinh.programme.load import load
from lotrinh.programme.programme import Programme

VIETNAM = Path(__file__).parents[2] / "cases" / "vietnam"
EXACT = PlanSettings(gap=0.0, threads=1, time_limit=60.0)
SEEDS = range(120)
SHARES = {"only_with_a_partner"}
"""Cases in which a share could give way instead: by hand the relaxation is the least, yet its bound does not say so."""
each_clash = pytest.mark.parametrize("case", CLASHES, ids=lambda case: case.name)


@functools.cache
def found(case: Clash) -> Conflict:
    answer = conflict(formulated(case.make()), seconds=60)
    assert answer is not None
    return answer


def has_plan(programme: Programme) -> bool:
    """Return whether there is a plan; the oracle must say the same where it can."""
    try:
        optimise(programme, EXACT)
        there = True
    except NoPlanError:
        there = False
    if not len(programme.directives):
        assert (oracle.solve(programme, "base").status == "optimal") == there
    return there


# The constructed conflicts


def test_there_are_conflicts_of_every_kind() -> None:
    assert len(CLASHES) >= 12
    kinds = {name.split("[")[0] for case in CLASHES for name in case.conflict}
    assert kinds == {
        "core", "directive", "equipment", "equipment_sites", "equipment_units", "mandatory", "mass", "money", "people",
        "precedence", "readiness", "training",
    }  # fmt: skip


@each_clash
def test_the_conflict_is_the_one_found_by_hand(case: Clash) -> None:
    assert {member.name for member in found(case).members} == case.conflict
    assert found(case).proven


@each_clash
def test_without_any_member_there_is_a_plan(case: Clash) -> None:
    programme = case.make()
    assert not has_plan(programme)
    for member in found(case).members:
        assert has_plan(without(programme, member)), member.name


@each_clash
def test_the_relaxation_is_the_one_found_by_hand(case: Clash) -> None:
    relaxation = found(case).relaxation
    assert relaxation is not None
    assert relaxation.total == pytest.approx(case.total)
    assert relaxation.least == (case.name not in SHARES)
    if case.changes is not None:
        assert {change.member.name: pytest.approx(change.amount) for change in relaxation.changes} == case.changes


@each_clash
def test_the_relaxed_form_has_the_plan_and_less_would_not_do(case: Clash) -> None:
    relaxation, form = found(case).relaxation, elastic(formulated(case.make()))
    assert relaxation is not None
    relaxed, x = form.relaxed(relaxation.amounts), relaxation.columns
    assert not outside(relaxed.activity(x), relaxed.row_low, relaxed.row_high).any()
    assert not outside(x, relaxed.low, relaxed.high).any()
    assert np.allclose(x[relaxed.whole], np.round(x[relaxed.whole]))
    assert by_highs(relaxed).status == "optimal"
    assert by_highs(at_most(form, 0.999 * case.total)).status == "infeasible"


def at_most(form: Elastic, total: float) -> LinearForm:
    """Return the elastic form with a limit of the relative changes."""
    slack = np.arange(len(form.form.low), len(form.soft.low))
    builder = Builder.onto(form.soft)
    builder.add_rows("total", [], [(0 * slack, slack, -form.soft.cost[slack])], high=total)
    return builder.form()


@pytest.mark.skipif(find_spec("pyscipopt") is None, reason="PySCIPOpt is not installed")
def test_scip_agrees(tmp_path: Path) -> None:
    forms: list[LinearForm] = []
    said: list[tuple[str, float | None]] = []
    for case in CLASHES:
        form = elastic(formulated(case.make()))
        names = [member.name for member in form.members]
        members = [names.index(name) for name in case.conflict]
        forms.append(form.only(members))
        said.append(("infeasible", None))
        for member in members:
            forms.append(form.only(set(members) - {member}))
            said.append(("optimal", 0.0))
        forms.append(form.soft)
        said.append(("optimal", -case.total))
    for answer, (status, objective) in zip(by_scip(forms, tmp_path), said, strict=True):
        assert answer.status == status
        assert answer.objective == (None if objective is None else pytest.approx(objective, abs=1e-6))


# Random ones


def crowded(seed: int) -> Programme:
    """Return the tiny programme of a seed in which most projects are mandatory.

    It has nothing that other data change as well when they take a member away: gates (without a precedence chances
    grow), locks (who is not locked may start at another time), money carried over (its limit grows with the budget).
    """
    programme, dice = tiny(seed), random.Random(f"crowded {seed}")
    for feature in ("gates", "locks", "carry-over"):
        programme = FEATURES[feature](programme)
    return change_rows(programme, "projects", mandatory=lambda _: dice.random() < 0.6)


@pytest.mark.parametrize("first", range(0, len(SEEDS), 10))
def test_random_conflicts_are_irreducible_by_the_oracle(first: int) -> None:
    for seed in SEEDS[first : first + 10]:
        programme = crowded(seed)
        answer = conflict(formulated(programme, "base"), seconds=60)
        if answer is None:
            assert oracle.solve(programme, "base").status == "optimal", seed
            continue
        assert oracle.solve(programme, "base").status == "infeasible", seed
        assert answer.proven, seed
        assert members_do(programme, answer, None) == "infeasible", seed
        for member in answer.members:
            assert members_do(programme, answer, member.name) == "optimal", (seed, member.name)
        assert answer.relaxation is not None, seed
        assert answer.relaxation.least, seed


def test_enough_random_programmes_have_no_plan() -> None:
    none = [seed for seed in SEEDS if oracle.solve(crowded(seed), "base").status == "infeasible"]
    assert len(none) >= 20


def members_do(programme: Programme, answer: Conflict, left_out: str | None) -> str:
    """Return what the oracle says of the programme that keeps only the members of a conflict, but for one."""
    form = elastic(formulated(programme, "base"))
    kept = {member.name for member in answer.members} - {left_out}
    for member in form.members:
        if member.name not in kept:
            programme = without(programme, member)
    return oracle.solve(programme, "base").status


# What is asked for beside the programme


def test_a_project_that_is_asked_for_is_not_in_dispute() -> None:
    programme = build(["P"], modes={"P": {"cost_likely": 9}}, budget=8)
    assert conflict(formulated(programme)) is None
    answer = conflict(formulated(programme), wanted=["P"])
    assert answer is not None
    assert [member.name for member in answer.members] == ["money[2027]"]
    assert answer.proven
    assert answer.relaxation is not None
    assert answer.relaxation.total == pytest.approx(1 / 8)
    assert [name.id for name in answer.wanted] == ["P"]
    with pytest.raises(KeyError):
        conflict(formulated(programme), wanted=["nobody"])


def test_rows_that_the_caller_adds_are_not_in_dispute() -> None:
    answer = conflict(forced(build(["P"], modes={"P": {"cost_likely": 9}}, budget=8)))
    assert answer is not None
    assert [member.name for member in answer.members] == ["money[2027]"]


def forced(programme: Programme) -> Formulation:
    """Return a formulation in which some option must be taken."""
    formulation = formulated(programme)
    builder, x = Builder.onto(formulation.form), formulation.variables.x
    builder.add_rows("forced", [], [(0 * x, x, 1.0)], low=1.0)
    return replace(formulation, form=replace(builder.form(), cost=np.append(formulation.form.cost, [])))


def test_what_is_impossible_by_itself_has_no_members() -> None:
    programme = build({"P": {"earliest": at("2027Q4")}}, modes={"P": {"duration": 2}})
    answer = conflict(formulated(programme), wanted=["P"])
    assert answer is not None
    assert (answer.members, answer.proven, answer.relaxation) == ((), True, None)
    assert "P" in str(answer.text()[0])


def test_where_a_plan_exists_after_all_there_is_no_conflict() -> None:
    # P alone does not bring its field to 10; Q, which nobody asks for, helps.
    programme = build(
        {**MUST, "Q": {}},
        modes={"P": {"cost_likely": 4}, "Q": {"cost_likely": 6}},
        fields={"F": {"critical_mass": 10}},
    )
    assert conflict(formulated(programme)) is None


# Two conflicts at once


def test_the_relaxation_mends_every_conflict() -> None:
    # Each project is too dear by 1 of 8 in its own year, and needs 1 person of 1 who is not there.
    programme = build(
        {"P": {"mandatory": True, "latest": at("2027Q4")}, "Q": {"mandatory": True, "earliest": at("2028Q1")}},
        modes={"P": {"cost_likely": 9}, "Q": {"cost_likely": 10}},
        budget=[8, 8],
        settings={"quarters": 8},
    )
    answer = conflict(formulated(programme))
    assert answer is not None
    assert len(answer.members) == 2
    assert answer.relaxation is not None
    assert {c.member.name: pytest.approx(c.amount) for c in answer.relaxation.changes} == {
        "money[2027]": 1,
        "money[2028]": 2,
    }
    assert answer.relaxation.total == pytest.approx(3 / 8)
    assert len(answer.text()) == 1 + 2 + 1 + 2
    assert answer.as_dict()["relaxation"]["changes"][0]["unit"] == "million"


def test_a_share_is_told_as_the_plan_needs_it() -> None:
    # P relies on A by 0.9 and may by 0.4, more than twice as much as is allowed. In the elastic form 2.5 of a budget of
    # 1000 are next to nothing; leaving P out is found to be the smaller change, and nothing says that it is the least.
    programme = build(
        MUST,
        modes={"P": {"cost_likely": 5}},
        suppliers=["A"],
        reliance=[("P", "A", 0.9)],
        directives=[{"directive": "D", "rule": "supplier_share", "comparison": "<=", "threshold": 0.4, "kind": "hard"}],
    )
    answer = conflict(formulated(programme))
    assert answer is not None
    assert answer.proven
    assert answer.relaxation is not None
    assert [(c.member.name, c.amount) for c in answer.relaxation.changes] == [("mandatory[P]", 1.0)]
    assert answer.relaxation.total == 1.0
    assert not answer.relaxation.least
    assert answer.relaxation.bound == 0


def test_a_whole_that_is_too_small_proves_nothing() -> None:
    # The directive counts shares against the budget of 1, of which ten times as much may be committed: 10 are spent on
    # P and Q, half of them on A's country. In the elastic form that needs 4 of 1; the true share is 0.5 instead of 0.1.
    programme = build(
        {"P": {"mandatory": True}, "Q": {"mandatory": True}},
        modes={"P": {"cost_likely": 5}, "Q": {"cost_likely": 5}},
        suppliers=["A"],
        reliance=[("P", "A", 1)],
        budget=1,
        settings={"over_programming": 10},
        directives=[hard("D", "supplier_share", "<=", 0.1)],
    )
    answer = conflict(formulated(programme))
    assert answer is not None
    relaxation = answer.relaxation
    assert relaxation is not None
    assert relaxation.bound <= 1.0
    assert relaxation.least == (relaxation.total <= relaxation.bound + 1e-6)
    assert not relaxation.least


def test_shares_that_need_not_give_way_leave_the_least_proven() -> None:
    # The directive cannot help P, which costs 9 of 8.
    programme = build(
        MUST, modes={"P": {"cost_likely": 9}}, budget=8, suppliers=["A"], reliance=[("P", "A", 0.5)],
        directives=[hard("D", "supplier_share", "<=", 0.6)],
    )  # fmt: skip
    answer = conflict(formulated(programme))
    assert answer is not None
    assert answer.relaxation is not None
    assert answer.relaxation.total == pytest.approx(1 / 8)
    assert answer.relaxation.least


# Honesty


def test_without_time_nothing_is_claimed() -> None:
    answer = conflict(formulated(CLASHES[0].make()), seconds=0)
    assert answer is not None
    assert not answer.proven
    assert answer.text()


@pytest.mark.parametrize("seed", range(12))
def test_a_lying_solver_does_not_lead_to_a_false_claim(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # With presolve it denies every third form of whole numbers.
    dice = random.Random(seed)

    def liar(form: LinearForm, *given: object, presolve: bool = True, **more: object) -> Solution:
        answer = solve(form, *given, presolve=presolve, **more)  # type: ignore[arg-type]
        lies = presolve and bool(form.whole.any()) and answer.x is not None and dice.random() < 0.33
        return replace(answer, status="infeasible", x=None) if lies else answer

    monkeypatch.setattr(possible, "solve", liar)
    case = CLASHES[seed % len(CLASHES)]
    answer = conflict(formulated(case.make()))
    assert answer is not None
    if answer.proven:
        assert {member.name for member in answer.members} == case.conflict


def test_multipliers_that_prove_nothing_are_refused() -> None:
    form = elastic(formulated(CLASHES[0].make()))
    core = Possible(form, 60).core(range(len(form.members)))
    assert core is not None
    assert {form.members[m].name for m in core} == CLASHES[0].conflict
    rows = len(form.form.row_low)
    assert clash(form.form, np.zeros(rows)) is None
    assert clash(form.form, np.ones(rows)) is None


# The large case


@pytest.mark.parametrize(
    ("late", "members"), [("2028Q4", {"mandatory[P04]", "precedence[P03,P02]", "precedence[P04,P03]"})]
)
def test_vietnam_with_a_date_that_is_too_early(late: str, members: Collection[str]) -> None:
    programme = change_rows(
        with_rows(load(VIETNAM), "directives", ()),
        "projects",
        mandatory=lambda row: row.mandatory or row.project == "P04",
        latest=lambda row: at(late) if row.project == "P04" else row.latest,
    )
    answer = conflict(formulated(programme), seconds=60)
    assert answer is not None
    assert answer.proven
    assert {member.name for member in answer.members} == members
    assert answer.relaxation is not None
    assert answer.relaxation.total == pytest.approx(1.0)


@pytest.mark.slow
def test_vietnam_with_a_project_for_which_machines_come_too_late() -> None:
    answer = conflict(formulated(load(VIETNAM)), wanted=["P35"], seconds=120)
    assert answer is not None
    assert answer.proven
    assert {member.name for member in answer.members} == {"equipment[E05]", "precedence[P35,P18]"}
