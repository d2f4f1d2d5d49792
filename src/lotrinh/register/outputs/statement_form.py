"""The form of the plan statement: chapters of figures, grids and notes, as plain data and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotrinh.base.text import Text, number, percent, t
from lotrinh.base.units import units
from lotrinh.register.outputs.extract import steady

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the statement; `assumed` where it rests on assumptions."""

    section: Text
    key: str
    title: Text
    value: float
    unit: str = "item"
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid: its heading, its unit, and the words in which its ids are put."""

    title: Text
    unit: str = ""
    words: Mapping[str, Text] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table of the statement; ``rows`` has the columns named in ``columns``."""

    key: str
    title: Text
    columns: dict[str, Column]
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Part:
    """One chapter: its figures, its grids, and what is said besides."""

    key: str
    title: Text
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The whole statement; `as_dict` gives it as plain data, `markdown` as text in the reader's language."""

    name: str
    as_of: str
    parts: tuple[Part, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the statement as plain data with English keys, the same in every language."""
        content: dict[str, Any] = {"statement": "lotrinh-migration-1", "register": self.name, "as_of": self.as_of}
        for part in self.parts:
            content[part.key] = {
                "figures": {
                    each.key: {"value": float(f"{each.value:.12g}"), "unit": each.unit, "assumed": each.assumed}
                    for each in part.figures
                },
                **{
                    grid.key: grid.rows.select(list(grid.columns)).with_columns(steady()).to_dicts()
                    for grid in part.grids
                },
                "notes": [note.template for note in part.notes],
            }
        return content

    def markdown(self) -> str:
        """Return the statement as Markdown without any HTML."""
        lines = [f"# {_safe(str(t('Migration to post-quantum cryptography: {name}', name=self.name)))}", ""]
        lines += [str(t("As of {date}.", date=self.as_of)), ""]
        for place, part in enumerate(self.parts, start=1):
            lines += [f"## {place}. {part.title}", ""]
            lines += [f"- {_figure(figure)}" for figure in part.figures]
            lines += [""] if part.figures else []
            for grid in part.grids:
                lines += _grid(grid)
            lines += [f"{note}\n" for note in part.notes]
        return "\n".join(lines).rstrip() + "\n"


def _figure(figure: Figure) -> str:
    words = f"{figure.title}: {_shown(figure.value, figure.unit)}"
    if figure.unit not in ("item", "share"):
        words += f" {units()[figure.unit]}"
    return words + (f" ({t('rests on assumptions')})" if figure.assumed else "")


def _grid(grid: Grid) -> list[str]:
    """Return a grid as a Markdown table below its title; nothing where it has no rows."""
    if grid.rows.is_empty():
        return []
    heads = [
        f"{column.title}" + (f" ({units()[column.unit]})" if column.unit not in ("", "item", "share") else "")
        for column in grid.columns.values()
    ]
    rules = ["---:" if column.unit else "---" for column in grid.columns.values()]
    lines = [f"**{grid.title}**", "", f"| {' | '.join(heads)} |", f"| {' | '.join(rules)} |"]
    for row in grid.rows.select(list(grid.columns)).iter_rows():
        cells = [_cell(value, column) for value, column in zip(row, grid.columns.values(), strict=True)]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _cell(value: Any, column: Column) -> str:
    if value is None or value == "":
        return "–"
    if column.unit:
        return _shown(value, column.unit)
    if column.words is not None and value in column.words:
        return str(column.words[value])
    return _safe(str(value))


def _shown(value: float, unit: str) -> str:
    """Return a number as its unit asks: a count without decimals, a share as a percentage."""
    if not math.isfinite(value):
        return "∞"
    if unit == "share":
        return percent(value, 1)
    if unit == "item":
        return number(value, 0)
    if 0 < abs(value) < 0.1:
        return number(value, 1 - math.floor(math.log10(abs(value))))
    return number(value, 2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0)


def _safe(text: str) -> str:
    """Return a text of the user's so that Markdown shows it as it is: no line breaks, links, tables or HTML."""
    text = " ".join(text.split())
    for mark in "\\`*_[]|#":
        text = text.replace(mark, "\\" + mark)
    return text.replace("<", "&lt;").replace(">", "&gt;")
