"""How one cell becomes a value: a converter for each column, made once from its declaration.

A converter takes a cell and returns the value in canonical units, or raises `Wrong` with the kind of problem and what
was expected. Nothing is guessed: what can be read in two ways is a problem.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import IssueKind, nearest_name
from lotrinh.base.text import Text, t
from lotrinh.base.units import factor, units
from lotrinh.programme import numerals
from lotrinh.programme.columns import Column
from lotrinh.tables.raw import Cell

Convert = Callable[[Cell], Any]

EMPTY = IssueKind("P110", "a cell that must be filled is empty", "Fill the cell, or delete the row if it is not meant.")
NOT_NUMBER = IssueKind(
    "P111", "not a number", "Write digits with a decimal point, or leave the cell empty where its column allows that."
)
NOTATION = IssueKind(
    "P112",
    "a number in a notation that can be misread",
    "Write the number with a decimal point, without group separators, currency or words: 1234.5. A unit stands in the "
    "header, as in cost_likely [billion].",
)
NOT_FINITE = IssueKind(
    "P113", "infinity, or no number at all", "Write a finite number, or leave the cell empty if it is optional."
)
HUGE = IssueKind(
    "P114", "a number too large to be meant", "Check the digits and the unit in the header: values stay below 1e15."
)
NOT_WHOLE = IssueKind("P115", "not a whole number", "Write a whole number; 8 and 8.0 are accepted, 8.5 is not.")
BOUNDS = IssueKind(
    "P116",
    "a number outside its bounds",
    "Correct the number, or the unit in the header if the number is meant in another unit.",
)
CHOICE = IssueKind("P117", "not one of the allowed words", "Write one of the allowed words just as they are listed.")
FLAG = IssueKind("P118", "neither yes nor no", "Write 1 or 0 (also true, false, yes, no, có, không).")
YEAR = IssueKind("P119", "not a calendar year", "Write the year with four digits, as 2030.")
QUARTER = IssueKind("P120", "not a calendar quarter", "Write year and quarter as 2027Q1.")
IDENT = IssueKind(
    "P121",
    "not an id",
    "Write up to 40 letters without accents, digits, and _ . - with a letter or digit first; put semicolons between "
    "several ids.",
)
REPEATED = IssueKind(
    "P122", "an id twice in one cell", "Delete the repetition; each id of a list counts once.", severity="warning"
)
CONTROL = IssueKind(
    "P123",
    "a character that cannot be shown",
    "Delete the hidden character, or type the text again: it was damaged, or the character changes its direction.",
)
FORMULA_ERROR = IssueKind(
    "P124", "the error of a spreadsheet formula", "Mend the formula in the spreadsheet, or write the value itself."
)
THOUSANDS = IssueKind(
    "P125",
    "a decimal point that may be meant for thousands",
    "A point is always a decimal point here. If thousands are meant, write the number without any separator.",
    severity="warning",
)

UNKNOWN: Any = object()
"""Stands for the value of a cell that could not be read."""

LARGEST = 1e15
_IDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]")
_FORMULA_ERRORS = {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
_NOT_FINITE = {sign + word for sign in ("", "+", "-") for word in ("nan", "inf", "infinity", "∞")}
_FLAGS = {"1": True, "true": True, "yes": True, "có": True, "0": False, "false": False, "no": False, "không": False}


class Wrong(Exception):  # noqa: N818 - not an error of the program: it never leaves this floor
    """A cell that is not what its column wants; `value` is used all the same where the problem is only a warning."""

    def __init__(self, kind: IssueKind, expected: Text | None = None, nearest: str = "", value: Any = UNKNOWN) -> None:
        super().__init__(kind.code)
        self.kind, self.expected, self.nearest, self.value = kind, expected, nearest, value


@cache
def converter(column: Column, unit: str) -> Convert:
    """Return the function that turns a cell of `column` into its value; `unit` is that of the header."""
    read = _MAKERS[column.kind](column, unit)
    required, default = column.required, column.default

    def convert(cell: Cell) -> Any:
        if isinstance(cell, str):
            cell = cell.strip()
        if cell is None or cell == "":
            if required:
                raise Wrong(EMPTY)
            return default
        if isinstance(cell, str) and cell[0] == "#" and cell.upper() in _FORMULA_ERRORS:
            raise Wrong(FORMULA_ERROR)
        return read(cell)

    return convert


def thousands(column: Column, unit: str, cells: Sequence[Cell]) -> int | None:
    """Return the first cell of a number column whose point may group thousands, if every point in the column may."""
    pointed = [(index, cell.strip()) for index, cell in enumerate(cells) if isinstance(cell, str) and "." in cell]
    if column.kind != "number" or not pointed or not all(numerals.looks_grouped(cell) for _, cell in pointed):
        return None
    scale = _scale(column, unit)
    grouped = [scale(float(cell.replace(".", ""))) for _, cell in pointed]
    high = math.inf if column.high is None else column.high
    low = -math.inf if column.low is None else column.low
    return pointed[0][0] if all(low <= value <= high for value in grouped) else None


def _scale(column: Column, unit: str) -> Callable[[float], float]:
    """Return the conversion into the canonical unit, exact where the factor is a fraction of one."""
    if not unit or unit == column.unit:
        return lambda value: value
    ratio = factor(unit, column.unit)
    if ratio >= 1:
        return lambda value: value * ratio
    inverse = round(1 / ratio)
    return lambda value: value / inverse


def bounds(column: Column, unit: str) -> Text:
    """Return in words, and in the unit of the header, which numbers a column takes."""
    symbol = unit or column.unit
    ratio = factor(symbol, column.unit) if symbol else 1.0
    what = t("a whole number") if column.kind == "integer" else t("a number")
    low = None if column.low is None else float(f"{column.low / ratio:.12g}")
    high = None if column.high is None else float(f"{column.high / ratio:.12g}")
    if low is not None and high is not None and column.above:
        span = t("{what} above {low} and up to {high}", what=what, low=low, high=high)
    elif low is not None and high is not None:
        span = t("{what} from {low} to {high}", what=what, low=low, high=high)
    elif low is not None and column.above:
        span = t("{what} above {low}", what=what, low=low)
    elif low is not None:
        span = t("{what}, at least {low}", what=what, low=low)
    elif high is not None:
        span = t("{what} up to {high}", what=what, high=high)
    else:
        span = what
    return t("{span} ({unit})", span=span, unit=units()[symbol]) if symbol else span


def _takes_percent(column: Column) -> bool:
    return bool(column.unit) and units()[column.unit].dimension in ("share", "rate")


def _number(column: Column, unit: str) -> Convert:
    scale, percent, plain = _scale(column, unit), _takes_percent(column), numerals.PLAIN.fullmatch
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    floor = low if column.above else -math.inf
    expected = partial(bounds, column, unit)

    def read(cell: Cell) -> float:
        if isinstance(cell, str):
            if plain(cell):
                value = scale(float(cell))
            elif percent and cell[-1] == "%" and plain(cell[:-1].rstrip()):
                value = float(cell[:-1]) / 100
            else:
                raise _no_number(cell, percent, expected)
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            if isinstance(cell, float) and not math.isfinite(cell):
                raise Wrong(NOT_FINITE, expected())
            if not -LARGEST <= cell <= LARGEST:
                raise Wrong(HUGE, expected())
            value = scale(float(cell))
        else:
            raise Wrong(NOT_NUMBER, expected())
        if not -LARGEST <= value <= LARGEST:
            raise Wrong(HUGE, expected())
        if not low <= value <= high or value <= floor:
            raise Wrong(BOUNDS, expected())
        return value + 0.0  # no negative zero

    return read


def _no_number(text: str, percent: bool, expected: Callable[[], Text]) -> Wrong:
    """Return what is wrong with a text that is no number in plain notation."""
    if text.casefold() in _NOT_FINITE:
        return Wrong(NOT_FINITE, expected())
    if "%" in text and not percent and numerals.is_number(text):
        return Wrong(NOTATION, t("{expected}, without a percent sign", expected=expected()))
    if numerals.is_number(text):
        return Wrong(NOTATION, numerals.advice(text))
    return Wrong(NOT_NUMBER, expected())


def _integer(column: Column, unit: str) -> Convert:
    read_number = _number(column, unit)

    def read(cell: Cell) -> int:
        if isinstance(cell, str) and numerals.looks_grouped(cell):
            raise Wrong(NOTATION, t("a whole number without separators, as {example}", example=cell.replace(".", "")))
        value = read_number(cell)
        if value != int(value):
            raise Wrong(NOT_WHOLE, bounds(column, unit))
        return int(value)

    return read


def _year(column: Column, unit: str) -> Convert:
    low, high = int(column.low or 0), int(column.high or 9999)
    read_integer = _integer(column, "")

    def read(cell: Cell) -> int:
        try:
            return int(read_integer(cell))
        except Wrong as wrong:
            kind = wrong.kind if wrong.kind is NOTATION else YEAR
            raise Wrong(kind, t("a year from {low} to {high}", low=str(low), high=str(high))) from None

    return read


def _quarter(column: Column, unit: str) -> Convert:
    def read(cell: Cell) -> Quarter:
        expected = t("a quarter written as {example}", example="2027Q1")
        if not isinstance(cell, str) or not cell.isascii():
            raise Wrong(QUARTER, expected)
        try:
            found = Quarter.parse(cell)
        except ValueError:
            raise Wrong(QUARTER, expected) from None
        if not 1900 <= found.year <= 2200:
            raise Wrong(QUARTER, t("a year from {low} to {high}", low="1900", high="2200"))
        return found

    return read


def _text(column: Column, unit: str) -> Convert:
    def read(cell: Cell) -> str:
        text = cell if isinstance(cell, str) else _typed(cell)
        unshown = _UNSHOWN.search(text)
        if unshown:
            raise Wrong(CONTROL, t("no character {code}", code=f"U+{ord(unshown[0]):04X}"))
        return text

    return read


def _typed(cell: Cell) -> str:
    """Return a typed cell of a workbook as the text it shows."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        if not -LARGEST <= cell <= LARGEST:
            infinite = isinstance(cell, float) and not math.isfinite(cell)
            raise Wrong(NOT_FINITE if infinite else HUGE)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    return str(cell)


def _ident(column: Column, unit: str) -> Convert:
    def read(cell: Cell) -> str:
        text = cell if isinstance(cell, str) else _typed(cell)
        if not _IDENT.fullmatch(text):
            raise Wrong(IDENT, t("letters, digits and _ . -"))
        return text

    return read


def _idents(column: Column, unit: str) -> Convert:
    def read(cell: Cell) -> tuple[str, ...]:
        text = cell if isinstance(cell, str) else _typed(cell)
        ids = [part for part in map(str.strip, text.split(";")) if part]
        for id in ids:
            if not _IDENT.fullmatch(id):
                raise Wrong(IDENT, t("ids of letters, digits and _ . - with semicolons between them"))
        distinct = tuple(dict.fromkeys(ids))
        if len(distinct) < len(ids):
            raise Wrong(REPEATED, t("each id once"), value=distinct)
        return distinct

    return read


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


@lru_cache(maxsize=1000)
def _nearest(text: str, choices: tuple[str, ...]) -> str:
    return nearest_name(text, choices)


def _choice(column: Column, unit: str) -> Convert:
    words = {_fold(word): word for word in column.choices}

    def read(cell: Cell) -> str:
        text = cell if isinstance(cell, str) else _typed(cell)
        word = words.get(text) or words.get(_fold(text))
        if word is None:
            raise Wrong(CHOICE, t("one of {words}", words=column.choices), _nearest(text[:80], column.choices))
        return word

    return read


def _flag(column: Column, unit: str) -> Convert:
    def read(cell: Cell) -> bool:
        text = cell if isinstance(cell, str) else _typed(cell)
        found = _FLAGS.get(_fold(text))
        if found is None:
            raise Wrong(FLAG, t("1 or 0"))
        return found

    return read


_MAKERS: dict[str, Callable[[Column, str], Convert]] = {
    "id": _ident,
    "ref": _ident,
    "refs": _idents,
    "text": _text,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "year": _year,
    "quarter": _quarter,
}
