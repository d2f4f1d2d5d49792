"""The normal form of text and numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotrinh.tables.cells import as_number, clean, forbidden, letters, number_text
from lotrinh.tables.layout import split_header


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert forbidden(once) == ""
    assert "\r" not in once


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive(value: float) -> None:
    text = number_text(value)
    assert float(text) == value
    assert as_number(text) == value
    assert number_text(float(text)) == text
    assert len(text) <= max(len(repr(value)) + 9, 20)


@given(st.from_regex(r"[+-]?[0-9]{0,25}\.?[0-9]{0,25}(e[+-]?[0-9]{1,4})?", fullmatch=True))
def test_a_number_is_taken_only_where_no_digit_is_lost(text: str) -> None:
    value = as_number(text)
    if value is not None:
        assert math.isfinite(value)
        assert as_number(number_text(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.0, "4"),
        (0.25, "0.25"),
        (-0.0, "0"),
        (1e-5, "0.00001"),
        (1e15, "1000000000000000"),
        (1e22, "1e22"),
        (True, "1"),
    ],
)
def test_shortest_form(value: float, text: str) -> None:
    assert number_text(value) == text


def test_letters_of_columns() -> None:
    assert [letters(at) for at in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_headers_with_units() -> None:
    headers = "cost", "cost [million]", "cost[ % ] ", "cost (x)"
    assert [split_header(text) for text in headers] == [
        ("cost", ""),
        ("cost", "million"),
        ("cost", "%"),
        ("cost (x)", ""),
    ]
