"""How a column is declared. One line says its kind, meaning, unit, bounds and what it refers to.

From that line follow parsing, unit conversion, the blank workbook and folder, the data dictionary and JSON Schema.
"""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, dataclass_transform

from lotrinh.base.units import units

REQUIRED = object()
"""Marks a column whose cell must not be empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    kind: ``id``, ``ref``, ``refs``, ``text``, ``number``, ``integer``, ``flag``, ``choice``, ``year`` or ``quarter``.
    doc: meaning, one sentence, in English; the catalogue has the Vietnamese.
    unit: canonical unit of a number, from ``units.csv``; empty where it has none.
    low, high: bounds in the canonical unit; `above` says that `low` itself is not allowed.
    ref: table whose ids the column refers to.
    choices: allowed words.
    default: value of an empty cell, or `REQUIRED`.
    attribute: name of the attribute of the row that holds it: `name`, or ``from_`` where that is a Python keyword.
    """

    name: str
    kind: str
    doc: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    above: bool = False
    ref: str = ""
    choices: tuple[str, ...] = ()
    default: Any = REQUIRED
    attribute: str = ""

    @property
    def required(self) -> bool:
        """True where an empty cell is a problem."""
        return self.default is REQUIRED

    @property
    def is_number(self) -> bool:
        """True where the cell holds a number with a unit."""
        return self.kind in ("number", "integer")


def _column(kind: str, doc: str, default: Any, **facts: Any) -> Any:
    column = Column("", kind, doc, default=default, **facts)
    if column.unit and column.unit not in units():
        raise ValueError(f"unit {column.unit!r} is not in units.csv")
    metadata = {"column": column}
    if default is REQUIRED:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def ident(doc: str) -> Any:
    """Declare the id of the row: short text without spaces, unique in its table."""
    return _column("id", doc, REQUIRED)


def ref(doc: str, table: str, *, default: Any = REQUIRED) -> Any:
    """Declare the id of a row of another `table`."""
    return _column("ref", doc, default, ref=table)


def refs(doc: str, table: str) -> Any:
    """Declare several ids of another `table`, written with semicolons; may be empty."""
    return _column("refs", doc, (), ref=table)


def text(doc: str, *, default: Any = "") -> Any:
    """Declare free text."""
    return _column("text", doc, default)


def number(
    doc: str,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    *,
    above: bool = False,
    default: Any = REQUIRED,
) -> Any:
    """Declare a number with its unit and bounds."""
    return _column("number", doc, default, unit=unit, low=low, high=high, above=above)


def integer(
    doc: str, unit: str = "", low: float | None = None, high: float | None = None, *, default: Any = REQUIRED
) -> Any:
    """Declare a whole number."""
    return _column("integer", doc, default, unit=unit, low=low, high=high)


def share(doc: str, *, above: bool = False, default: Any = REQUIRED) -> Any:
    """Declare a share from 0 to 1."""
    return _column("number", doc, default, unit="share", low=0.0, high=1.0, above=above)


def flag(doc: str, *, default: Any = False) -> Any:
    """Declare a yes or no, written 1 or 0."""
    return _column("flag", doc, default)


def choice(doc: str, choices: Sequence[str], *, default: Any = REQUIRED) -> Any:
    """Declare one word of a closed list."""
    return _column("choice", doc, default, choices=tuple(choices))


def year(doc: str, *, default: Any = REQUIRED) -> Any:
    """Declare a calendar year."""
    return _column("year", doc, default, low=1900, high=2200)


def quarter(doc: str, *, default: Any = REQUIRED) -> Any:
    """Declare a calendar quarter, written ``2027Q1``."""
    return _column("quarter", doc, default)


@dataclass(frozen=True, slots=True)
class Entity:
    """One table: its name, the class of its rows, its key and its meaning; `of` is its `owner` where that is no key."""

    table: str
    row: type[Any]
    key: tuple[str, ...]
    doc: str
    columns: tuple[Column, ...]
    optional: bool
    of: str = ""

    registry: ClassVar[dict[str, Entity]] = {}
    """Tables of a programme, by name."""
    apart: ClassVar[dict[str, Entity]] = {}
    """Tables that stand in files of their own beside a programme, by name."""

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def identifies(self) -> str:
        """Name of the id column, or an empty string where rows have no id of their own."""
        return next((column.name for column in self.columns if column.kind == "id"), "")

    @property
    def owner(self) -> str:
        """Name of the column that names the row of another table to which a row belongs, or an empty string."""
        first = self.key[0] if self.key else ""
        return self.of or (first if first and self.column(first).ref else "")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def entity(
    table: str, key: Sequence[str], doc: str, *, optional: bool = False, of: str = "", apart: bool = False
) -> Any:
    """Make a class the row of `table`, unique by `key`; an `optional` table may be missing.

    A row belongs to the row that the first column of its key names, or the column `of`: it has no meaning without it.
    A table `apart` is none of the programme.
    """

    def declare(cls: type[Any]) -> type[Any]:
        row = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        columns = [
            dataclasses.replace(field.metadata["column"], name=_name(field.name), attribute=field.name)
            for field in dataclasses.fields(row)
            if "column" in field.metadata
        ]
        columns.sort(key=_rank)
        if table in Entity.registry or table in Entity.apart:
            raise ValueError(f"table {table!r} is declared twice")
        found = Entity(table, row, tuple(key), doc, tuple(columns), optional, of)
        (Entity.apart if apart else Entity.registry)[table] = found
        return row

    return declare


def _rank(column: Column) -> int:
    """Return where a column stands in its table: id, titles, its own facts, evidence."""
    if column.kind == "id":
        return 0
    if column.name.startswith("title"):
        return 1
    return 3 if column.name in ("evidence", "source", "reason", "note") else 2


def _name(attribute: str) -> str:
    """Return the column name of an attribute: ``from_`` stands for the Python keyword ``from``."""
    bare = attribute.rstrip("_")
    return bare if keyword.iskeyword(bare) else attribute
