"""How a table is shown on a sheet: titles, help, widths and what may be typed. Nothing here knows what a cell means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lotrinh.base.text import Text, show, t

_BRACKETS = re.compile(r"\s*\[\s*([^\[\]]*?)\s*\]\s*$")


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """How one column is shown.

    Attributes
    ----------
    kind: ``number``, ``text`` or ``flag``; only the cells of numbers and flags become numbers on the sheet.
    words: the only words allowed.
    refers: table and column whose values are the only ones allowed; `many` of them with semicolons between.
    low, high: bounds of a number; `above` says that `low` itself is not allowed, `whole` that it has no decimals.
    unit: unit of a number, as shown to the reader; the bounds are in this unit.
    symbol: the same unit as a header writes it in brackets.
    width: in characters.
    """

    name: str
    kind: str
    doc: str = ""
    words: tuple[str, ...] = ()
    refers: tuple[str, str] | None = None
    many: bool = False
    low: float | None = None
    high: float | None = None
    above: bool = False
    whole: bool = False
    width: int = 14
    required: bool = False
    unit: str = ""
    symbol: str = ""

    @property
    def bounds(self) -> str:
        """The bounds in words, or an empty string."""
        low = None if self.low is None else show(self.low)
        high = None if self.high is None else show(self.high)
        if low is None:
            return "" if high is None else str(t("at most {high}", high=high))
        if high is None:
            return str(t("more than {low}", low=low) if self.above else t("at least {low}", low=low))
        if self.above:
            return str(t("more than {low}, at most {high}", low=low, high=high))
        return str(t("from {low} to {high}", low=low, high=high))

    @property
    def help(self) -> str:
        """Everything to know before filling in a cell, one fact a line."""
        facts: list[str | Text] = [self.doc]
        if self.unit:
            facts.append(t("Unit: {unit}", unit=self.unit))
        if self.bounds:
            facts.append(t("Allowed: {bounds}", bounds=self.bounds))
        if self.words:
            facts.append(t("One of: {words}", words=self.words))
        if self.kind == "flag":
            facts.append(t("1 is yes, 0 is no"))
        if self.refers:
            many = t("Ids of the table {table}, with semicolons between", table=self.refers[0])
            facts.append(many if self.many else t("Id of the table {table}", table=self.refers[0]))
        facts.append(t("Must be filled in") if self.required else t("May be empty"))
        return "\n".join(str(fact) for fact in facts if fact)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table is shown: its title, a sentence of help, and its columns."""

    table: str
    title: str
    help: str
    columns: tuple[ColumnLayout, ...]

    def column(self, name: str) -> ColumnLayout | None:
        """Return the layout of the column called `name`, or None where there is none."""
        return next((column for column in self.columns if column.name == name), None)


def split_header(header: str) -> tuple[str, str]:
    """Return the name and the unit of a column name such as ``cost [million]``; the unit may be empty."""
    found = _BRACKETS.search(header)
    return (header[: found.start()], found[1]) if found else (header, "")
