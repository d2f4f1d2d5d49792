"""Sentences for people, in the reader's language.

English stands in the code; ``locale/vi`` holds the Vietnamese. A sentence is kept as a template with its
parameters (`Text`) and is put into words only when it is shown, so one issue can be printed in either language.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "vi")
_language: ContextVar[str] = ContextVar("lotrinh_language", default="en")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    place = files("lotrinh.base") / "locale" / language / "LC_MESSAGES" / "lotrinh.mo"
    with place.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def language() -> str:
    """Return the language in which sentences are shown at present: ``en`` or ``vi``."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Show every sentence inside the ``with`` block in language `code`.

    Raises
    ------
    ValueError
        If there is no catalogue for `code`.
    """
    if code not in LANGUAGES:
        raise ValueError(f"language {code!r} is not one of {', '.join(LANGUAGES)}")
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence: an English template and the values that fill it, put into words by ``str()``."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        spoken = _catalogue(language()).gettext(self.template) if self.template else ""
        return spoken.format(**{name: show(value) for name, value in self.values.items()}) if self.values else spoken


def t(template: str, **values: Any) -> Text:
    """Return the sentence `template` filled with `values`; the string is the key of the catalogue."""
    return Text(template, values)


def pick(vi: str, en: str) -> str:
    """Return the one of two titles that the reader's language asks for, or the other where it is empty."""
    return (vi or en) if language() == "vi" else (en or vi)


def show(value: Any) -> str:
    """Return `value` as it stands inside a sentence; a number as it is typed into data, 1234.5, in either language."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple | list):
        return ", ".join(show(item) for item in value)
    return str(value)


def number(value: float, decimals: int = 1) -> str:
    """Return a number with the separators of the reader's language: 1,234.5 or 1.234,5."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "vi" else text


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage in the manner of the reader's language."""
    return number(100 * share, decimals) + (" %" if language() == "en" else "%")
