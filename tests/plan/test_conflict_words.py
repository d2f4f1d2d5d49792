"""Every row of every form can be said in words, in both languages, and belongs to a member or defines something."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.tiny import tiny
from tests.plan.builders import build, formulated
from tests.plan.clashes import CLASHES, Clash, hard
from tests.plan.directives.random_plans import partnered
from tests.plan.directives.said import under
from tests.plan.solved import school, workshop

from lotrinh.base.registry import entries
from lotrinh.base.text import Text, speaking
from lotrinh.plan import objective
from lotrinh.plan.conflict import conflict
from lotrinh.plan.elastic import elastic
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.said import families, period, said, words_of
from lotrinh.plan.words import TIME, Figure, Name, Share
from lotrinh.programme.entities import Directive
from lotrinh.programme.load import load

VIETNAM = Path(__file__).parents[2] / "cases" / "vietnam"
SAYS = [
    ("consortium", ">=", 0.5, "all"), ("critical_mass", ">=", 1, "all"), ("exploration", "<=", 0.3, "all"),
    ("focus_fields", "<=", 1, "all"), ("lag", "<=", 3, "C1"), ("long_term", ">=", 1, "all"),
    ("national_goals", ">=", 1, "all"), ("people", ">=", 1, "all"), ("products", ">=", 1, "all"),
    ("readiness", "<=", 0, "all"), ("releases", ">=", 0.5, "all"), ("scatter", "<=", 2, "all"),
    ("supplier_share", "<=", 0.5, "all"), ("withdrawal", ">=", 0.7, "all"),
]  # fmt: skip
ENGLISH = re.compile(r"\b(?:the|of|is|are|and|at|most|least|from|only|with|without|there|where|may|by|in|no|any)\b")


def forms() -> list[Formulation]:
    """Return forms that between them have every family of rows."""
    given = [
        Directive(
            directive="D", rule=rule, comparison=sign, threshold=threshold, scope=scope, kind="hard",
            evidence="assumption", reason="",
        )
        for rule, sign, threshold, scope in SAYS
    ]  # fmt: skip
    made = [load(VIETNAM), workshop(), school(), under(partnered(12), *given), *(tiny(seed) for seed in range(12))]
    return [formulated(programme) for programme in (*made, *(case.make() for case in CLASHES))]


def test_every_family_of_rows_has_words() -> None:
    met = set()
    for formulation in forms():
        for family in (*formulation.form.rows, *elastic(formulation).form.rows):
            words = words_of(family.name)
            assert words is not None, family.name
            assert words.sentence is not None or words.kind is not None, family.name
            met.add(family.name)
            if not family.name.startswith("directive_"):
                assert len(words.axes) == len(family.axes), family.name
    assert {name for name in met if not name.startswith("directive_")} == set(families())


def test_every_rule_speaks_of_its_own_rows() -> None:
    for rule, module in entries("lotrinh.plan.constraints").items():
        assert module.WORDS, rule
        assert all(family.startswith(rule) for family in module.WORDS), rule
    assert set(objective.WORDS) == {"worth", "worth_above"}


def test_every_row_is_said_with_its_period() -> None:
    for formulation in forms()[:5]:
        form = formulation.form
        for family in form.rows:
            words = words_of(family.name)
            assert words is not None
            for row in family.members[:: max(1, family.count // 7)]:
                sentence = str(said(formulation, int(row)))
                assert sentence
                assert "{" not in sentence
                timed = TIME in words.axes.values()
                assert bool(re.fullmatch(r"\d{4}(?:Q[1-4])?", period(formulation, int(row)))) == timed


def test_titles_come_in_the_language_of_the_reader() -> None:
    formulation = formulated(load(VIETNAM))
    family = formulation.form.family("people")
    row = next(int(r) for r in family.members if family.label(int(r)).startswith("people[SK-PQC,2029Q3"))
    assert period(formulation, row) == "2029Q3"
    assert "SK-PQC Cryptography and PQC engineering" in str(said(formulation, row))
    with speaking("vi"):
        assert "SK-PQC Mật mã học và kỹ nghệ mật mã hậu lượng tử" in str(said(formulation, row))


def test_rows_that_nobody_has_put_into_words_say_their_name() -> None:
    formulation = elastic(formulated(build(["P"])), ["P"]).formulation
    row = formulation.form.family("wanted").first
    assert str(said(formulation, row)) == "wanted[P]"
    assert period(formulation, row) == ""


def test_members_are_what_is_in_dispute_and_nothing_else() -> None:
    form = elastic(formulated(workshop()))
    rows = np.concatenate([member.rows for member in form.members])
    assert len(set(rows.tolist())) == len(rows)
    assert len({member.name for member in form.members}) == len(form.members)
    for member in form.members:
        assert all(words_of(form.form.family_of(int(row)).name).kind is member.kind for row in member.rows)  # type: ignore[union-attr]


def test_soft_and_watched_directives_are_not_in_dispute() -> None:
    for kind, members in (("hard", ["directive[D]"]), ("soft", []), ("watch", [])):
        given = {**hard("D", "focus_fields", ">=", 2), "kind": kind, "price": 1.0}
        form = elastic(formulated(build(["P"], directives=[given])))
        assert [member.name for member in form.members] == members


@pytest.mark.parametrize("case", CLASHES, ids=lambda case: case.name)
def test_a_conflict_is_told_in_vietnamese_with_no_english_left(case: Clash) -> None:
    answer = conflict(formulated(case.make()), seconds=60)
    assert answer is not None
    assert answer.relaxation is not None
    lines = answer.text()
    assert len(lines) == 2 + len(answer.members) + len(answer.relaxation.changes)
    with speaking("vi"):
        told = [str(line) for line in lines]
    for line, vietnamese in zip(lines, told, strict=True):
        assert vietnamese != str(line)
        assert not ENGLISH.search(vietnamese), vietnamese


def test_every_sentence_of_rows_is_told_in_vietnamese() -> None:
    kinds = {words.kind.name: words.kind for words in families().values() if words.kind is not None}
    sentences = [words.sentence for words in families().values() if words.sentence is not None]
    sentences += [kind.change for kind in kinds.values()]
    sentences += [kind.words for kind in kinds.values() if isinstance(kind.words, Text)]
    with speaking("vi"):
        assert [s.template for s in sentences if str(Text(s.template)) == s.template] == []


def test_figures_are_short_and_rounded_to_the_safe_side() -> None:
    assert str(Figure(3.0)) == "3"
    assert str(Figure(1234.5)) == "1,234.5"
    assert str(Figure(0.123)) == "0.12"
    assert str(Figure(0.123, 1)) == "0.13"
    assert str(Figure(0.129, -1)) == "0.12"
    assert str(Figure(0.00123, 1)) == "0.0013"
    assert str(Figure(1.0000000004, 1)) == "1"
    assert str(Figure(-1.5)) == "-1.5"
    assert str(Figure(0.0)) == "0"
    assert str(Figure(20.0)) == "20"
    assert (str(Share(0.125)), str(Share(0.25))) == ("12.5 %", "25 %")
    assert str(Name("X")) == "X"
    with speaking("vi"):
        assert str(Figure(1234.5)) == "1.234,5"
        assert str(Name("X", "tên", "title")) == "X tên"
