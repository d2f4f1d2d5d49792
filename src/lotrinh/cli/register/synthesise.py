"""``lotrinh register synthesise``: the files of an invented estate, to try the register with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import number, t
from lotrinh.cli.options import Json, said


def synthesise(
    output: Annotated[Path, Parameter(name=["--output", "-o"], help="New folder for the files.")],
    *,
    assets: Annotated[int, Parameter(help="Distinct assets, public roots not counted.")] = 200_000,
    systems: Annotated[int | None, Parameter(help="Systems; 1,500 where left out.")] = None,
    seed: Annotated[int, Parameter(help="Seed; the same gives the same bytes.")] = 1,
    json_: Json = False,
) -> int:
    """Write CBOMs, probe results and sheets of owners of an invented estate, to be added as any real ones.

    Nothing in them is of a real organisation: every name says that it is synthetic, every number is an assumption.

    Example: lotrinh register synthesise -o estate; lotrinh register add estate --register national.register
    """
    from lotrinh.register.synthetic import write

    if assets < 1 or (systems is not None and systems < 1):
        raise UsageError(str(t("the number of assets and systems must be 1 or more")))
    if output.exists():
        raise UsageError(str(t("{path} is there already; name another with -o", path=output)))
    counts = write(output, assets, seed, systems)
    words = t(
        "Written: {path}; synthetic assets: {assets}, public roots besides: {roots}, systems: {systems}",
        path=output,
        roots=number(counts["public_roots"], 0),
        assets=number(counts["assets"], 0),
        systems=number(counts["systems"], 0),
    )
    said(words, {"status": "written", "path": str(output), **counts}, json_)
    return 0
