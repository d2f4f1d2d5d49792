"""A programme as a folder: ``programme.toml``, and ``NAME.csv`` or ``NAME.PART.csv`` for each table."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from lotrinh.base.issues import DataError, IssueKind, Place, UsageError
from lotrinh.base.text import t
from lotrinh.tables.cells import cell_text, clean
from lotrinh.tables.grid import (
    LARGEST_FILE,
    LONG_CELL,
    NO_HEADER,
    NO_SETTINGS,
    NO_TABLES,
    NOT_UPRIGHT,
    TOO_LARGE,
    TWO_TABLES,
    Findings,
    assemble,
    once,
    split_label,
)
from lotrinh.tables.raw import SETTINGS, RawTable, RawTables
from lotrinh.tables.settings_file import format_settings, parse_settings

SETTINGS_FILE = f"{SETTINGS}.toml"
LARGEST_SETTINGS = 1_000_000
"""Bytes that the file of the settings may have."""
MOST_STUMBLES = 20
"""Unclosed quotation marks after which the rest of a file is not read."""

NOT_UTF8 = IssueKind("T030", "the text is not UTF-8", "Save the file as CSV UTF-8; letters were lost here.")
UTF16 = IssueKind("T031", "the file is UTF-16", "It was read; save it as CSV UTF-8 to be safe.", severity="warning")
NUL = IssueKind("T032", "the file holds NUL bytes", "It is damaged or no text file: save it again as CSV UTF-8.")
UNCLOSED = IssueKind("T033", "a quotation mark is never closed", "Close it, or double it where it belongs to the text.")
QUOTES = IssueKind("T034", "text follows a closing quotation mark", "Double the quotation marks inside the text.")
NOT_A_NAME = IssueKind("T035", "the table's name cannot be the name of a file", "Use letters, digits, '-' and '_'.")

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*(?:"|$)')
_FILE_NAME = re.compile(r"[^\W_][\w. -]{0,98}\w|[^\W_]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def read_folder(path: str | os.PathLike[str]) -> RawTables:
    """Return the tables of the folder at `path` and every problem met while reading them.

    Files are read in the order of their names, the settings first. Text is stripped and composed (NFC); all cells of
    CSV are text. Other files, hidden files and folders are passed over.

    Raises
    ------
    UsageError
        If there is no folder at `path`, or a file in it may not be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise UsageError(str(t("there is no folder {path}", path=folder)))
    try:
        files = [file for file in folder.iterdir() if not file.name.startswith(".") and file.is_file()]
        tables = [_read_file(file) for file in sorted(files, key=_order) if _is_ours(file)]
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=error.filename, why=error.strerror))) from error
    missing = Findings(folder.name)
    if not tables:
        missing.add(NO_TABLES)
    elif not any(file.name.casefold() == SETTINGS_FILE for file in files):
        missing.add(NO_SETTINGS, None, "", "", t("the file {name}", name=SETTINGS_FILE))
    kept, issues = once([*tables, (None, missing)])
    return RawTables(str(folder), kept, issues)


def read_csv(path: str | os.PathLike[str], name: str) -> RawTables:
    """Return the one table that stands in the file at `path`, under the name `name`, and every problem met.

    Raises
    ------
    UsageError
        If there is no file at `path`, or it may not be read.
    """
    file = Path(path)
    if not file.is_file():
        raise UsageError(str(t("there is no file {path}", path=file)))
    findings = Findings(file.name)
    try:
        table = _read_table(file, name, findings)
    except OSError as error:
        raise UsageError(str(t("{path} cannot be read: {why}", path=file, why=error.strerror))) from error
    return RawTables(str(file), () if table is None else (table,), tuple(findings.issues))


def write_folder(raw: RawTables, path: str | os.PathLike[str]) -> None:
    """Write `raw` as a folder at `path`, in canonical form, whole or not at all.

    Canonical form is UTF-8, line feeds, commas, quotation marks only where needed, the shortest numbers, 1 and 0 for
    yes and no, and no empty rows.

    Raises
    ------
    UsageError
        If `path` is a file, or a folder that holds anything but a programme.
    DataError
        If a table's name cannot be the name of a file, or two tables would be one file.
    """
    target = Path(path).resolve()
    _check_replaceable(target)
    files = _files(raw)
    mark = uuid.uuid4().hex[:8]
    fresh, old = (target.parent / f".{target.name}.{mark}.{end}" for end in ("new", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="")
        if target.exists():
            target.rename(old)
        try:
            fresh.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise UsageError(str(t("{path} cannot be written: {why}", path=target, why=error.strerror))) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _is_ours(file: Path) -> bool:
    return file.suffix.casefold() == ".csv" or file.name.casefold() == SETTINGS_FILE


def _order(file: Path) -> tuple[bool, tuple[str, str], str]:
    """Return the place of a file among the others: settings, then by table and part."""
    return file.name.casefold() != SETTINGS_FILE, split_label(clean(file.stem)), file.name


def _read_file(file: Path) -> tuple[RawTable | None, Findings]:
    findings = Findings(file.name)
    label = clean(file.stem)
    if file.name.casefold() == SETTINGS_FILE:
        text = _text(file, LARGEST_SETTINGS, findings)
        return None if text is None else parse_settings(text, findings), findings
    if split_label(label)[0] == SETTINGS:
        findings.add(NOT_UPRIGHT, None, "", "", t("the file {name}", name=SETTINGS_FILE))
        return None, findings
    return _read_table(file, label, findings), findings


def _read_table(file: Path, label: str, findings: Findings) -> RawTable | None:
    text = _text(file, LARGEST_FILE, findings)
    if text is None:
        return None
    records = _records(text, findings)
    for number, header in records:
        if any(header):
            return assemble(label, header, number, records, findings)
    findings.add(NO_HEADER, 1)
    return None


def _text(file: Path, most: int, findings: Findings) -> str | None:
    """Return the text of `file` with line feeds only, or None where it has more than `most` bytes."""
    size = file.stat().st_size
    if size > most:
        findings.add(TOO_LARGE, None, "", f"{size:,}", t("at most {bytes} bytes", bytes=f"{most:,}"))
        return None
    data = file.read_bytes()
    text = _utf16(data, findings) if data.startswith(_UTF16_MARKS) else _utf8(data, findings)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        findings.add(NUL, text.count("\n", 0, text.index("\0")) + 1)
        text = text.replace("\0", "")
    return text


def _utf16(data: bytes, findings: Findings) -> str:
    findings.add(UTF16)
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        findings.add(NOT_UTF8)
        return data.decode("utf-16", errors="replace")


def _utf8(data: bytes, findings: Findings) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        for number, line in enumerate(data.split(b"\n"), start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                near = line[max(0, error.start - 12) : error.end + 12]
                findings.add(NOT_UTF8, number, "", near.decode("utf-8", errors="backslashreplace").strip())
        return data.decode("utf-8-sig", errors="replace")


def _records(text: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record starts, counted from 1, and its cells.

    After a quotation mark that is never closed, reading goes on with the next line.
    """
    lines = io.StringIO(text, newline="\n").readlines()
    start, separator = _separator(lines)
    for _ in range(MOST_STUMBLES):
        rest = itertools.islice(lines, start, None)
        reader = csv.reader(rest, delimiter=separator, strict=True, skipinitialspace=True)
        while True:
            number = start + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field larger" in str(error):
                    findings.add(LONG_CELL, number)
                    return
                if "unexpected end" in str(error):
                    findings.add(UNCLOSED, number)
                    start = number
                    break
                findings.add(QUOTES, number)
            else:
                yield number, cells


def _separator(lines: list[str]) -> tuple[int, str]:
    """Return where the table starts and what separates its cells: a comma, or what stands in the header instead."""
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    header = lines[start].strip() if lines else ""
    if told := _SEPARATOR_LINE.fullmatch(header):
        return start + 1, told[1]
    bare = _QUOTED.sub("", header)
    return start, max(",;\t", key=lambda mark: (bare.count(mark) > 0 and mark == ",", bare.count(mark)))


def _files(raw: RawTables) -> dict[str, str]:
    """Return the text of every file of the folder by its name."""
    files: dict[str, str] = {}
    problems = []
    for table in raw.tables:
        name = SETTINGS_FILE if table.name == SETTINGS else f"{table.label}.csv"
        place = Place(table.file, table.sheet)
        if not _FILE_NAME.fullmatch(table.label) or _RESERVED.fullmatch(table.label):
            problems.append(NOT_A_NAME.at(place, table.label))
        elif name.casefold() in (known.casefold() for known in files):
            problems.append(TWO_TABLES.at(place, table.label))
        else:
            files[name] = format_settings(table) if table.name == SETTINGS else _csv(table)
    if problems:
        raise DataError(problems)
    return files


def _csv(table: RawTable) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([cell_text(name) for name in table.header])
    rows = ([cell_text(cell) for cell in row] for row in table.rows)
    writer.writerows(row for row in rows if any(row))
    return stream.getvalue()


def _check_replaceable(target: Path) -> None:
    """Refuse a path at which something stands that writing would destroy."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(str(t("{path} is a file; give a folder", path=target)))
    with contextlib.suppress(OSError):
        entries = sorted(target.iterdir())
        strangers = [entry.name for entry in entries if not (entry.is_file() and _is_ours(entry))]
        if strangers:
            found = t("{path} holds more than a programme: {names}", path=target, names=tuple(strangers[:3]))
            raise UsageError(str(found))
        if entries and not any(entry.name.casefold() == SETTINGS_FILE for entry in entries):
            raise UsageError(str(t("{path} holds tables but no {file}", path=target, file=SETTINGS_FILE)))
        return
    raise UsageError(str(t("{path} cannot be read", path=target)))
