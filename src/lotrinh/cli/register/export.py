"""``lotrinh register export``: the register as a table, a workbook, a calendar, a statement or a CycloneDX bill."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from lotrinh.base.files import check_writable, write_whole
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, said
from lotrinh.cli.register._extract import Policy, Waves, opened

if TYPE_CHECKING:
    from lotrinh.register.outputs.extract import Extract

FORMATS = (".xlsx", ".csv", ".parquet", ".ics", ".json", ".md")


def export(
    register: Path,
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    waves: Waves = None,
    policy: Policy = "",
    json_: Json = False,
) -> int:
    """Write the register with its work and waves, in the format that the name of the file asks for.

    Example: lotrinh register export crypto -o crypto.xlsx --waves waves --policy eu

    Parameters
    ----------
    register
        Folder of the register.
    output
        File to write: .xlsx workbook; .csv or .parquet risk register; .ics calendar of waves; .md plan statement, or
        .statement.json the same as data; .json CycloneDX 1.6.
    """
    began = time.perf_counter()
    make = _maker(output)
    check_writable(output)
    found = opened(register, waves, policy)
    content = make(found)
    write_whole(output, content)
    summary = {
        "status": "written",
        "output": str(output),
        "bytes": len(content),
        "as_of": found.as_of.isoformat(),
        "assets": found.assets.height,
        "items": found.items.height,
        "scheduled": found.waves.height,
        "seconds": time.perf_counter() - began,
    }
    said(t("Written: {path}; assets: {assets}, work items: {items}.", path=output, **_counts(found)), summary, json_)
    return 0


def _counts(x: Extract) -> dict[str, int]:
    return {"assets": x.assets.height, "items": x.items.height}


def _maker(path: Path) -> Callable[[Extract], bytes]:
    """Return what makes the file that the name of `path` asks for; `UsageError` for another name."""
    name = path.name.casefold()
    if name.endswith(".statement.json"):
        return _statement_data
    suffix = path.suffix.casefold()
    if suffix not in FORMATS:
        raise UsageError(str(t("{path} must end with one of {known}", path=path, known=FORMATS)))
    return _MAKERS[suffix]


def _workbook(x: Extract) -> bytes:
    from lotrinh.register.outputs.workbook import workbook_bytes

    return workbook_bytes(x)


def _csv(x: Extract) -> bytes:
    from lotrinh.register.outputs.tables import csv_bytes, risk_register

    return csv_bytes(risk_register(x))


def _parquet(x: Extract) -> bytes:
    from lotrinh.register.outputs.tables import parquet_bytes, risk_register

    return parquet_bytes(risk_register(x))


def _calendar(x: Extract) -> bytes:
    from lotrinh.register.outputs.calendar import calendar_bytes

    return calendar_bytes(x)


def _cyclonedx(x: Extract) -> bytes:
    from lotrinh.register.outputs.cyclonedx import cyclonedx_bytes

    return cyclonedx_bytes(x)


def _statement(x: Extract) -> bytes:
    from lotrinh.register.outputs.statement import state

    return state(x).markdown().encode()


def _statement_data(x: Extract) -> bytes:
    import orjson

    from lotrinh.register.outputs.statement import state

    return orjson.dumps(state(x).as_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


_MAKERS: dict[str, Callable[[Extract], bytes]] = {
    ".xlsx": _workbook,
    ".csv": _csv,
    ".parquet": _parquet,
    ".ics": _calendar,
    ".json": _cyclonedx,
    ".md": _statement,
}
