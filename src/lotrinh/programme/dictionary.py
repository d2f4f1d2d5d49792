"""What follows from the declared tables by itself: sheets, blank programme, schemas, data dictionary, conversion."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

from lotrinh.base.issues import DataError, UsageError
from lotrinh.base.text import t
from lotrinh.base.units import units
from lotrinh.programme import entities
from lotrinh.programme.change import Change
from lotrinh.programme.columns import Column, Entity
from lotrinh.tables.cells import number_text
from lotrinh.tables.files import read, write
from lotrinh.tables.layout import ColumnLayout, Layout
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables

ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"
QUARTER_PATTERN = "[0-9]{4}Q[1-4]"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
HEADER = (
    "table",
    "column",
    "kind",
    "meaning",
    "unit",
    "low",
    "high",
    "refers_to",
    "choices",
    "default",
    "required",
)

_TYPES = {"number": "number", "integer": "integer", "year": "integer", "flag": "boolean", "refs": "array"}
_WIDTHS = {"id": 16, "ref": 18, "refs": 26, "text": 40, "choice": 16, "quarter": 11}


def layouts() -> dict[str, Layout]:
    """Return how each table is shown on a sheet, by table name, in the reader's language."""
    return {entity.table: _layout(entity) for entity in _entities()}


def blank() -> RawTables:
    """Return a programme to fill in: every table with its header, and the settings with their defaults."""
    return RawTables("", tuple(_blank(entity) for entity in _entities()))


def schema(table: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one row of `table`, in canonical units.

    Beside the keywords of the standard, ``x-unit`` is the unit of a number, ``x-ref`` the table whose ids a value
    refers to, and ``x-key`` the columns that tell rows apart.

    Raises
    ------
    KeyError
        If there is no such table.
    """
    entity = {entity.table: entity for entity in _all()}[table]
    return {
        "$schema": DIALECT,
        "title": entity.table,
        "description": str(t(entity.doc)),
        "type": "object",
        "properties": {column.name: _property(column) for column in entity.columns},
        "required": [column.name for column in entity.columns if column.required],
        "additionalProperties": False,
        "x-key": list(entity.key),
    }


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of a row of every table, by table name."""
    return {entity.table: schema(entity.table) for entity in _all()}


def dictionary() -> list[dict[str, str]]:
    """Return the data dictionary: one row a column, with the keys of `HEADER`, in the reader's language."""
    found = _all()
    return [_entry(entity, column) for entity in found for column in entity.columns]


def dictionary_csv() -> str:
    """Return the data dictionary as CSV, header first."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dictionary())
    return stream.getvalue()


def dictionary_markdown() -> str:
    """Return the data dictionary as Markdown: a section with one table for each table of the programme."""
    titles = (t("Column"), t("Kind"), t("Meaning"), t("Unit"), t("Allowed"), t("If empty"))
    head = f"| {' | '.join(str(title) for title in titles)} |\n|{' --- |' * len(titles)}\n"
    sections = []
    for entity in _all():
        rows = "".join(_line(_entry(entity, column)) for column in entity.columns)
        sections.append(f"## {entity.table}\n\n{t(entity.doc)}.\n{_note(entity)}\n\n{head}{rows}")
    return "\n".join(sections)


def convert(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> RawTables:
    """Read the folder or workbook `source`, write it as the folder or workbook `target`, and return what was read.

    A `target` that ends with ``.xlsx`` is a workbook, any other a folder. The warnings met are in the result.

    Raises
    ------
    UsageError
        If a path is of no use, or both are the same.
    DataError
        If reading met errors; nothing is written then.
    """
    if Path(source).resolve() == Path(target).resolve():
        raise UsageError(str(t("{path} cannot be written over itself", path=source)))
    raw = read(source)
    if any(issue.is_error for issue in raw.issues):
        raise DataError(raw.issues)
    write(raw, target, layouts())
    return raw


def _entities() -> tuple[Entity, ...]:
    """Return every table of a programme; naming them here is what makes sure that all tables are declared."""
    assert (entities.Settings, Change) == (Entity.registry[SETTINGS].row, Entity.apart["changes"].row)
    return tuple(Entity.registry.values())


def _all() -> tuple[Entity, ...]:
    """Return every table of a programme, and the changes that stand beside it."""
    return (*_entities(), Entity.apart["changes"])


def _layout(entity: Entity) -> Layout:
    columns = tuple(_column_layout(column) for column in entity.columns)
    return Layout(entity.table, str(t(entity.doc)), _note(entity), columns)


def _note(entity: Entity) -> str:
    """Return what must be known about the rows of a table."""
    if entity.table == SETTINGS:
        return str(t("One value for each setting."))
    if entity.table in Entity.apart:
        return str(t("It stands in files of its own, beside a programme."))
    notes = [t("No two rows may have the same {key}.", key=entity.key)]
    if entity.optional:
        notes.append(t("The table may be missing."))
    return " ".join(str(note) for note in notes)


def _column_layout(column: Column) -> ColumnLayout:
    kind = {"number": "number", "integer": "number", "year": "number", "flag": "flag"}.get(column.kind, "text")
    ids = Entity.registry[column.ref].identifies if column.ref else ""
    return ColumnLayout(
        name=column.name,
        kind=kind,
        doc=str(t(column.doc)),
        words=column.choices,
        refers=(column.ref, ids) if column.ref else None,
        many=column.kind == "refs",
        low=column.low,
        high=column.high,
        above=column.above,
        whole=column.kind in ("integer", "year"),
        width=_WIDTHS.get(column.kind, 12),
        required=column.required,
        unit=_unit(column),
        symbol=column.unit,
    )


def _unit(column: Column) -> str:
    """Return the unit in the reader's language."""
    return str(units()[column.unit]) if column.unit else ""


def _default(column: Column) -> Cell:
    """Return the default of a column as a raw cell; empty where it has none."""
    if column.required or column.default is None or column.default == ():
        return ""
    default = column.default
    return default if isinstance(default, str | int | float) else str(default)


def _blank(entity: Entity) -> RawTable:
    header = tuple(column.name for column in entity.columns)
    if entity.table != SETTINGS:
        return RawTable(entity.table, header, (), ())
    row = tuple(_default(column) for column in entity.columns)
    return RawTable(SETTINGS, header, (row,), tuple(range(1, len(header) + 1)), upright=True)


def _property(column: Column) -> dict[str, Any]:
    """Return the JSON Schema of one value of a row."""
    facts: dict[str, Any] = {"type": _TYPES.get(column.kind, "string"), "description": str(t(column.doc))}
    if column.low is not None:
        facts["exclusiveMinimum" if column.above else "minimum"] = column.low
    if column.high is not None:
        facts["maximum"] = column.high
    if column.choices:
        facts["enum"] = list(column.choices)
    if column.kind in ("id", "ref"):
        facts["pattern"] = f"^{ID_PATTERN}$" if column.default != "" else f"^({ID_PATTERN})?$"
    elif column.kind == "refs":
        facts |= {"items": {"type": "string", "pattern": f"^{ID_PATTERN}$"}, "uniqueItems": True}
    elif column.kind == "quarter":
        facts["pattern"] = f"^{QUARTER_PATTERN}$"
    if column.unit:
        facts["x-unit"] = column.unit
    if column.ref:
        facts["x-ref"] = column.ref
    if not column.required:
        facts["default"] = list(column.default) if column.kind == "refs" else column.default
        if column.default is None:
            facts["type"] = [facts["type"], "null"]
    return facts


def _entry(entity: Entity, column: Column) -> dict[str, str]:
    """Return one row of the data dictionary."""
    low = "" if column.low is None else number_text(column.low)
    default = _default(column)
    return {
        "table": entity.table,
        "column": column.name,
        "kind": column.kind,
        "meaning": str(t(column.doc)),
        "unit": _unit(column),
        "low": f"> {low}" if column.above else low,
        "high": "" if column.high is None else number_text(column.high),
        "refers_to": column.ref,
        "choices": "; ".join(column.choices),
        "default": default if isinstance(default, str) else number_text(default or 0),
        "required": "1" if column.required else "0",
    }


def _line(entry: dict[str, str]) -> str:
    """Return one row of the data dictionary as a row of a Markdown table."""
    low, high = entry["low"], entry["high"]
    low = low if not low or low.startswith(">") else f"≥ {low}"
    bounds = ", ".join(part for part in (low, f"≤ {high}" if high else "") if part)
    target = f"[{entry['refers_to']}](#{entry['refers_to']})" if entry["refers_to"] else ""
    words = ", ".join(f"`{word}`" for word in entry["choices"].split("; ") if word)
    empty = t("not allowed") if entry["required"] == "1" else entry["default"] and f"`{entry['default']}`"
    cells = (f"`{entry['column']}`", entry["kind"], entry["meaning"], entry["unit"], bounds or target or words, empty)
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |\n"
