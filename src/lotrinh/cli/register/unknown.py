"""``lotrinh register unknown``: names of algorithms that are not recognised."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.files import check_writable, write_whole
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, opened


def unknown(
    register: At = HERE,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="Sheet to fill in, for teach.")] = None,
    json_: Json = False,
) -> int:
    """List the names of algorithms that are not recognised, the most frequent first, with the nearest known ones.

    Example: lotrinh register unknown -o taught.csv

    Fill in the sheet, then: lotrinh register teach taught.csv
    """
    from lotrinh.register.unknown import sheet, unknown_names

    if output is not None:
        if output.exists():
            raise UsageError(str(t("{path} is there already; name another with -o", path=output)))
        check_writable(output)
    found = unknown_names(opened(register))
    if output is not None:
        write_whole(output, sheet(found))
    if json_:
        print_json({"unknown": [row._asdict() for row in found]})
    else:
        from lotrinh.cli.console import print_line
        from lotrinh.cli.register_tables import print_unknown

        print_unknown(found)
        if output is not None:
            print_line(t("The sheet to fill in is {path}.", path=output))
    return 0
