"""``lotrinh template``: a blank programme, or what its columns mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, said


def template(
    what: Literal["workbook", "folder", "dictionary", "schema"],
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Where to write it.")] = None,
    json_: Json = False,
) -> int:
    """Write a blank programme to fill in, or what its columns mean.

    Example: lotrinh template workbook -o programme.xlsx

    Parameters
    ----------
    what
        workbook: one XLSX with drop-downs; folder: blank CSV tables; dictionary: every column with its meaning, as CSV;
        schema: JSON Schema of the rows of every table.
    """
    from lotrinh.base.files import write_whole
    from lotrinh.programme import dictionary
    from lotrinh.tables.files import write

    names = {
        "workbook": "programme.xlsx",
        "folder": "programme",
        "dictionary": "dictionary.csv",
        "schema": "schema.json",
    }
    target = output or Path(names[what])
    if output is None and target.exists():
        raise UsageError(str(t("{path} is there already; name another with -o", path=target)))
    if what in ("workbook", "folder"):
        if what == "workbook" and target.suffix.casefold() != ".xlsx":
            raise UsageError(str(t("{path} must end with .xlsx", path=target)))
        write(dictionary.blank(), target, dictionary.layouts())
    elif what == "dictionary":
        write_whole(target, dictionary.dictionary_csv())
    else:
        write_whole(target, json.dumps(dictionary.schemas(), ensure_ascii=False, indent=1) + "\n")
    said(t("Written: {path}", path=target), {"status": "written", "path": str(target)}, json_)
    return 0
