"""What the register does not recognise, by how often it occurs, with the nearest known names: the list for teaching."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING

from lotrinh.register.algorithms import algorithms, bare_oid, identifiers, squash

if TYPE_CHECKING:
    from polars import DataFrame

NEAREST = 3
_CUTOFF = 0.6
_LOOKED_AT = 60


def unknowns(frame: DataFrame) -> DataFrame:
    """Return the unknown names of `frame` by falling count, spellings of one name together.

    Parameters
    ----------
    frame: columns ``name``, ``oid``, ``parameter`` and ``count``; other columns are left out.

    Returns
    -------
    The same columns and ``nearest``: up to three known names, with commas between, empty where none is near. Of several
    spellings the most frequent stands for all.
    """
    import polars as pl

    empty = {"name": pl.String, "oid": pl.String, "parameter": pl.String, "count": pl.Int64, "nearest": pl.String}
    groups: dict[tuple[str, str, str], tuple[str, int, int]] = {}
    for name, oid, parameter, count in frame.select("name", "oid", "parameter", "count").iter_rows():
        key = (squash(name or ""), bare_oid(oid or "") or (oid or ""), parameter or "")
        first, most, total = groups.get(key, (name or "", 0, 0))
        groups[key] = (name if count > most else first, max(most, count), total + count)
    rows = [
        (name, oid, parameter, total, ", ".join(nearest(name, oid)))
        for (_, oid, parameter), (name, _, total) in groups.items()
    ]
    return pl.DataFrame(rows, schema=empty, orient="row").sort(
        "count", "name", "oid", descending=[True, False, False], maintain_order=True
    )


def nearest(name: str, oid: str = "") -> tuple[str, ...]:
    """Return up to three known names near to `name`, or those of identifiers under the same arc as `oid`."""
    near = difflib.get_close_matches(squash(name)[:_LOOKED_AT], _names(), NEAREST, _CUTOFF) if name else []
    found = [_names()[each] for each in near]
    if not found and oid.count(".") > 3:
        arc = oid.rpartition(".")[0] + "."
        found = [known for each, known in identifiers("oid").items() if each.startswith(arc)][:NEAREST]
    return tuple(dict.fromkeys(found))


@cache
def _names() -> dict[str, str]:
    """Return known names as they are written, by their squashed form."""
    return {squash(name): name for row in algorithms().values() for name in (row.id, *row.names)}
