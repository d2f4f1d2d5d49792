"""The settings of a programme as flat TOML, read statement by statement so that every key has its line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from lotrinh.base.issues import IssueKind
from lotrinh.base.text import t
from lotrinh.tables.cells import clean, number_text
from lotrinh.tables.grid import Findings, assemble_settings
from lotrinh.tables.raw import Cell, RawTable

MOST_STUMBLES = 20
"""Lines that are no settings, after which the rest of the file is not read."""

_MOST_LINES = 100
_MOST_CHARACTERS = 200_000

SYNTAX = IssueKind("T020", "the line is not a setting", "Write key = value; text in quotation marks, numbers without.")
NOT_PLAIN = IssueKind("T021", "the setting is not one plain value", "Use no sections, lists or dotted keys here.")

_POSITION = re.compile(r"\s*\(at (?:line \d+, column \d+|end of document)\)$")
_OPENS = re.compile(r'"""|\'\'\'|[\[{]')


def parse_settings(text: str, findings: Findings) -> RawTable:
    """Return the settings in the TOML `text`; a line that cannot be read is added to `findings` and left out."""
    return assemble_settings(_pairs(text, findings), findings)


def format_settings(table: RawTable) -> str:
    """Return the settings of `table` as TOML in canonical form; an empty cell is ``""``."""
    import tomli_w  # noqa: PLC0415

    values = table.rows[0] if table.rows else ()
    lines = []
    for key, value in zip(table.header, values, strict=True):
        line = tomli_w.dumps({clean(key): clean(value) if isinstance(value, str) else ""})
        if value is None or isinstance(value, str):
            lines.append(line)
        else:
            plain = str(value).lower() if isinstance(value, bool) else number_text(value)
            lines.append(line.rstrip().removesuffix('""') + plain + "\n")
    return "".join(lines)


def _pairs(text: str, findings: Findings) -> Iterator[tuple[int, Cell, Cell]]:
    """Yield the line, key and value of each setting."""
    lines = text.split("\n")
    at = stumbles = 0
    while at < len(lines) and stumbles < MOST_STUMBLES:
        number, line = at + 1, lines[at].strip()[:80]
        length, table, message = _statement(lines, at)
        at += length
        if message:
            stumbles += 1
            findings.add(SYNTAX, number, "", line, t("key = value ({message})", message=message))
        for key, value in table.items():
            if isinstance(value, dict | list):
                findings.add(NOT_PLAIN, number, clean(key), line, t("key = value"))
            elif isinstance(value, datetime.date | datetime.time):
                yield number, key, value.isoformat()
            else:
                yield number, key, value


def _statement(lines: list[str], at: int) -> tuple[int, dict[str, Any], str]:
    """Return how many lines the statement at `at` takes, what it holds, and what is wrong with it."""
    longest = _MOST_LINES if _OPENS.search(lines[at]) else 1
    text = message = ""
    for length, line in enumerate(lines[at : at + longest], start=1):
        text += line + "\n"
        table, problem = _parse(text)
        if not problem:
            return length, table, ""
        message = message or problem
        if len(text) > _MOST_CHARACTERS:
            break
    return 1, {}, message


def _parse(text: str) -> tuple[dict[str, Any], str]:
    """Return what the TOML `text` holds and what is wrong with it."""
    import tomllib  # noqa: PLC0415

    try:
        return tomllib.loads(text), ""
    except (ValueError, RecursionError) as error:
        return {}, _POSITION.sub("", str(error)) or "?"
