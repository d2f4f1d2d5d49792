"""Numbers as people type them: the one notation that is accepted, and how the others could be read.

Accepted are ASCII digits with a decimal point and no group separators, a sign and an exponent where wanted. A number
in another notation is never guessed at, since ``1.234`` is a thousand in Vietnam and little more than one in a program.
"""

from __future__ import annotations

import re
import unicodedata

from lotrinh.base.text import Text, t

PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_WORDS = "|".join(
    (
        "tỷ|tỉ|triệu|tr|nghìn|ngàn|trăm|đồng|đ|d|vnđ|vnd",
        "usd|us|eur|gbp|jpy",
        "trillion|billion|million|thousand|mio|mln|mn|bn|m|k|b",
    )
)
_DECORATION = rf"(?:\s*(?:[$€£¥₫%‰]|(?:{_WORDS})(?![^\W\d_])\.?))*\s*"
_DECORATED = re.compile(
    rf"{_DECORATION}([+-]?\s*[0-9.,](?:[0-9.,'’`_\s]*[0-9.,])?(?:e[+-]?[0-9]+)?){_DECORATION}", re.IGNORECASE
)
_SPACES = r"[ '_]"
_LONGEST = 80
"""Longer texts are no numbers; so the pattern, which backtracks, never meets one."""


def looks_grouped(text: str) -> bool:
    """Return whether a plain number has three decimals, as thousands grouped by points have."""
    return _GROUPED.fullmatch(text) is not None


def readings(text: str) -> tuple[str, ...]:
    """Return what a number in another notation can mean, in plain notation; empty where it is no number at all."""
    match = _match(text)
    if match is None:
        return ()
    core = re.sub(r"^([+-])\s+", r"\1", match[1].strip())
    sign, digits = (core[0], core[1:]) if core[0] in "+-" else ("", core)
    found = (_read(digits, ".", ","), _read(digits, ",", "."))
    percent = "%" if "%" in text else ""
    return tuple(dict.fromkeys(sign + reading + percent for reading in found if reading))


def is_number(text: str) -> bool:
    """Return whether `text` is a number in some notation, though perhaps one that cannot be read with certainty."""
    match = _match(text)
    return match is not None and any(sign.isdigit() for sign in match[1])


def advice(text: str) -> Text:
    """Return how to write a number that stands in another notation."""
    found = readings(text)
    if len(found) > 1:
        return t(
            "either {first} or {second}: write the one you mean with a decimal point and no group separators",
            first=found[0],
            second=found[1],
        )
    if found:
        return t("{reading}, with a decimal point and no group separators", reading=found[0])
    return t("a number with a decimal point and no group separators")


def _match(text: str) -> re.Match[str] | None:
    """Match `text` with full-width digits, dashes, spaces and marks put into their plain forms."""
    if len(text) > _LONGEST:
        return None
    return _DECORATED.fullmatch(unicodedata.normalize("NFC", "".join(_plain(sign) for sign in text)).strip())


def _plain(sign: str) -> str:
    if sign in "−–—﹣－":
        return "-"
    if sign.isspace():
        return " "
    if sign in "’‘`´′":
        return "'"
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return {"，": ",", "．": ".", "٫": ".", "٬": ",", "％": "%"}.get(sign, sign)


def _read(digits: str, point: str, group: str) -> str:
    """Return `digits` in plain notation where `point` marks decimals and `group`, or a space, thousands."""
    body, exponent = (*re.split("e", digits, maxsplit=1, flags=re.IGNORECASE), "")[:2]
    whole, mark, decimals = body.partition(point)
    if mark and not decimals.isdigit():
        return ""
    for separator in (_SPACES, re.escape(group)):
        if re.fullmatch(rf"[0-9]{{1,3}}(?:{separator}[0-9]{{3}})+", whole):
            whole = re.sub(separator, "", whole)
    whole = whole or ("0" if decimals else "")
    if not whole.isdigit():
        return ""
    plain = whole + (f".{decimals}" if decimals else "")
    return plain + (f"e{exponent}" if exponent else "")
