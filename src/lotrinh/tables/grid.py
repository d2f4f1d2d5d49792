"""From cells read one by one to raw tables: what is wrong with a header or a row, whatever the format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import Text, t
from lotrinh.tables.cells import LONGEST_TEXT, cell_text, clean, forbidden, is_empty, letters, number_text
from lotrinh.tables.raw import SETTINGS, Cell, RawTable

MOST_ISSUES = 1_000
"""Issues listed for one file or sheet; what follows is only said to be there."""
LARGEST_FILE = 200_000_000
"""Bytes that one file may have."""

TOO_LARGE = IssueKind("T001", "the file is too large", "Split the table into parts: NAME.a.csv, NAME.b.csv.")
CONTROL = IssueKind("T002", "a control character stands in a cell", "Delete the cell and type its text again.")
LONG_CELL = IssueKind("T003", "a cell is too long", "Shorten it, or close a quotation mark that was left open.")
NO_HEADER = IssueKind("T004", "the table has no header", "The first row must hold the names of the columns.")
NO_NAME = IssueKind("T005", "a column has no name", "Name the column in the header, or delete it.")
TWO_COLUMNS = IssueKind("T006", "two columns have the same name", "Rename or delete one; only the first is read.")
FEW_CELLS = IssueKind("T007", "the row has too few cells", "Write every separator, even where the cells are empty.")
MANY_CELLS = IssueKind(
    "T008", "the row has more cells than the header", "Put text with a separator in quotation marks."
)
MORE = IssueKind("T009", "more problems follow that are not listed", "Repair those that are listed and check again.")
TWO_TABLES = IssueKind("T010", "the same table is there twice", "Delete one, or name them as parts: NAME.PART.")
NO_TABLES = IssueKind("T011", "there are no tables", "Give the folder or the workbook that holds the programme.")
NO_SETTINGS = IssueKind(
    "T012", "the settings of the programme are missing", "Add programme.toml or the sheet programme."
)
NOT_UPRIGHT = IssueKind(
    "T013", "the settings are not written key by key", "Write them in programme.toml, or in the columns key and value."
)
TWO_KEYS = IssueKind("T014", "a setting is given twice", "Delete one of them; only the first is read.")
NO_KEY = IssueKind("T015", "a value has no name of a setting", "Write the name of the setting before it.")


@dataclass(slots=True)
class Findings:
    """The issues of one file or sheet, gathered while it is read; past `MOST_ISSUES` they are not listed."""

    file: str
    sheet: str = ""
    issues: list[Issue] = field(default_factory=list)

    def add(
        self,
        kind: IssueKind,
        row: int | None = None,
        column: str = "",
        value: Any = "",
        expected: Text | None = None,
    ) -> None:
        """Add the issue of `kind` at a row and column of the file."""
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(kind.at(Place(self.file, self.sheet, row, column), value, expected))
        elif len(self.issues) == MOST_ISSUES:
            self.issues.append(MORE.at(Place(self.file, self.sheet, row)))

    def tidy(self, cell: Cell, row: int, column: str) -> Cell:
        """Return `cell` in normal form, after adding what is wrong with it; an empty cell is ``""``."""
        if cell is None or cell == "":
            return ""
        if not isinstance(cell, str):
            return cell
        if character := forbidden(cell):
            self.add(CONTROL, row, column, f"U+{ord(character):04X}", t("text without control characters"))
        text = clean(cell)
        if len(text) <= LONGEST_TEXT:
            return text
        self.add(LONG_CELL, row, column, text[:40] + "…", t("at most {count} characters", count=f"{LONGEST_TEXT:,}"))
        return text[:LONGEST_TEXT]


def split_label(label: str) -> tuple[str, str]:
    """Return the table name and the part of ``NAME`` or ``NAME.PART``."""
    name, _, part = label.partition(".")
    return name, part


def assemble(
    label: str,
    header: Sequence[Cell],
    header_row: int,
    records: Iterable[tuple[int, Sequence[Cell]]],
    findings: Findings,
) -> RawTable | None:
    """Return the table of a header and its records, or None where the header is empty.

    Empty records are left out, short ones filled up, long ones cut; columns without a name or with the name of an
    earlier column are left out. `findings` says so for each, except for what spreadsheets leave behind: unnamed
    columns at the right end in which nothing stands.
    """
    names = [cell_text(findings.tidy(cell, header_row, letters(at))) for at, cell in enumerate(header)]
    while names and not names[-1]:
        names.pop()
    if not names:
        findings.add(NO_HEADER, header_row)
        return None
    width, rows, numbers = len(names), [], []
    for number, record in records:
        cells = [
            findings.tidy(cell, number, names[at] if at < width else letters(at)) for at, cell in enumerate(record)
        ]
        if all(cell == "" for cell in cells):
            continue
        if len(cells) < width:
            findings.add(FEW_CELLS, number, "", len(cells), t("{count} cells", count=width))
            cells += [""] * (width - len(cells))
        elif extra := [cell for cell in cells[width:] if cell != ""]:
            findings.add(MANY_CELLS, number, letters(width), extra[0], t("{count} cells", count=width))
        rows.append(cells)
        numbers.append(number)
    kept = _named(names, header_row, findings)
    name, part = split_label(label)
    return RawTable(
        name=name,
        header=tuple(names[at] for at in kept),
        rows=tuple(tuple(cells[at] for at in kept) for cells in rows),
        row_numbers=tuple(numbers),
        file=findings.file,
        sheet=findings.sheet,
        part=part,
    )


def _named(names: Sequence[str], header_row: int, findings: Findings) -> list[int]:
    """Return the positions of the columns that have a name of their own."""
    kept: dict[str, int] = {}
    for at, name in enumerate(names):
        if not name:
            findings.add(NO_NAME, header_row, letters(at))
        elif name in kept:
            findings.add(TWO_COLUMNS, header_row, letters(at), name)
        else:
            kept[name] = at
    return list(kept.values())


def assemble_settings(pairs: Iterable[tuple[int, Cell, Cell]], findings: Findings) -> RawTable:
    """Return the upright table of the settings from the row, key and value of each."""
    values: dict[str, Cell] = {}
    numbers: list[int] = []
    for number, key, value in pairs:
        name = cell_text(findings.tidy(key, number, "key"))
        cell = findings.tidy(value, number, name or "value")
        if not name:
            if not is_empty(cell):
                findings.add(NO_KEY, number, "", cell if isinstance(cell, str) else number_text(cell or 0))
        elif name in values:
            findings.add(TWO_KEYS, number, name)
        else:
            values[name] = cell
            numbers.append(number)
    return RawTable(
        name=SETTINGS,
        header=tuple(values),
        rows=(tuple(values.values()),),
        row_numbers=tuple(numbers),
        file=findings.file,
        sheet=findings.sheet,
        upright=True,
    )


def once(tables: Iterable[tuple[RawTable | None, Findings]]) -> tuple[tuple[RawTable, ...], tuple[Issue, ...]]:
    """Return the tables that are there, each label once, and every issue of theirs in order."""
    kept: dict[str, RawTable] = {}
    issues: list[Issue] = []
    for table, findings in tables:
        if table is not None and table.label in kept:
            findings.add(TWO_TABLES, None, "", table.label)
        elif table is not None:
            kept[table.label] = table
        issues += findings.issues
    return tuple(kept.values()), tuple(issues)
