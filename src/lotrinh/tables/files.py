"""A programme wherever it stands: a folder of CSV or one XLSX workbook, told apart by the path."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.tables.csv_folder import read_folder, write_folder
from lotrinh.tables.layout import Layout
from lotrinh.tables.raw import RawTables
from lotrinh.tables.workbook import read_workbook, write_workbook

_ONE_TABLE = (".csv", ".toml", ".tsv")
_OTHER = (".xls", ".xlsm", ".xlsb", ".ods", ".zip", ".json", ".txt")


def read(path: str | os.PathLike[str]) -> RawTables:
    """Return the tables of the folder or the workbook at `path`, and every problem met while reading them.

    Raises
    ------
    UsageError
        If nothing is at `path`, or a single table of a folder.
    """
    place = Path(path)
    if place.is_dir():
        return read_folder(place)
    _refuse_table(place)
    if not place.exists():
        raise UsageError(str(t("there is nothing at {path}", path=place)))
    return read_workbook(place)


def write(raw: RawTables, path: str | os.PathLike[str], layouts: Mapping[str, Layout]) -> None:
    """Write `raw` at `path`: a workbook where it ends with ``.xlsx``, otherwise a folder.

    Raises
    ------
    UsageError
        If `path` is that of another kind of file, or something else stands there.
    DataError
        If the tables do not fit there.
    """
    place = Path(path)
    _refuse_table(place)
    suffix = place.suffix.casefold()
    if suffix == ".xlsx":
        write_workbook(raw, place, layouts)
    elif suffix in _OTHER and not place.is_dir():
        raise UsageError(str(t("{path} can be neither a folder nor an .xlsx workbook", path=place)))
    else:
        write_folder(raw, place)


def _refuse_table(place: Path) -> None:
    """Refuse the path of a single table."""
    if place.suffix.casefold() in _ONE_TABLE and not place.is_dir():
        raise UsageError(str(t("{path} is one table; give the folder {folder}", path=place, folder=place.parent)))
