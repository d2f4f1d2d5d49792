"""One cell: its text in normal form, its number in the shortest form."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from lotrinh.tables.raw import Cell

LONGEST_TEXT = 100_000
"""Characters that one cell may hold."""

_EDGE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")


def forbidden(text: str) -> str:
    """Return the first character of `text` that no cell may hold (a control character), or an empty string."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else ""


def clean(text: str) -> str:
    """Return `text` without white space around it, Unicode composed (NFC), line breaks as line feeds.

    Non-breaking and zero-width spaces at the ends go too, and so do the characters that `forbidden` finds.
    Cleaning twice changes nothing more.
    """
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
    text = _BREAK.sub("\n", text).strip(_EDGE)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as `value`: ``4``, ``0.25``; an exponent only for unusual sizes."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return repr(value)
    if value == 0:
        return "0"
    if 1e-9 <= abs(value) < 1e16:
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return repr(value).replace("e+", "e")


def as_number(text: str) -> float | None:
    """Return the number that `text` writes in plain digits with a decimal point, or None.

    None also where a double cannot hold it exactly as written, so that writing it as a number would lose digits.
    """
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) and Decimal(repr(value)) == Decimal(text) else None


def cell_text(cell: Cell) -> str:
    """Return `cell` as the text that stands for it in a file of text."""
    if cell is None:
        return ""
    return clean(cell) if isinstance(cell, str) else number_text(cell)


def is_empty(cell: Cell) -> bool:
    """Return whether nothing stands in `cell`."""
    return cell is None or cell == ""


def letters(column: int) -> str:
    """Return the spreadsheet letters of a column counted from 0: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
