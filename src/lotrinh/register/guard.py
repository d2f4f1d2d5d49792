"""The last guard against values of keys: what holds a private key is emptied before anything is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import t

if TYPE_CHECKING:
    import polars

SECRET = IssueKind(
    "R801",
    "the value of a private key stood in a field",
    "It was not kept. Take it out of the source, and treat the key as disclosed.",
    severity="warning",
)
PRIVATE = r"(?i)BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY|Private-Lines:"
"""Head of a private key in PEM (RFC 7468), of OpenSSH, SSH2, PGP and PuTTY."""
_PRIVATE = re.compile(PRIVATE)
_SHORTEST = len("Private-Lines:")
"""What `PRIVATE` finds is at least so long."""


def guarded(value: Any) -> Any:
    """Return plain data with every text emptied that holds a private key."""
    if isinstance(value, str):
        return "" if _PRIVATE.search(value) else value
    if isinstance(value, dict):
        return {key: guarded(part) for key, part in value.items()}
    return [guarded(part) for part in value] if isinstance(value, list) else value


def without_secrets(rows: polars.DataFrame, name: str) -> tuple[polars.DataFrame, list[Issue]]:
    """Return `rows` with every text emptied that holds a private key, and the problem of each such column.

    `name` is what problems call the source; the row told is the first, by the column ``n``, counted from 1.
    """
    import polars as pl

    texts = [column for column in rows.columns if rows.schema[column] == pl.String]
    longest = rows.select(pl.col(texts).str.len_bytes().max().fill_null(0)).row(0)
    texts = [column for column, most in zip(texts, longest, strict=True) if most >= _SHORTEST]
    hits = rows.select(pl.col(texts).str.contains(PRIVATE).sum()).row(0)
    problems = []
    for column, count in zip(texts, hits, strict=True):
        if count:
            holds = pl.col(column).str.contains(PRIVATE)
            first = int(rows.filter(holds)["n"].min())  # type: ignore[arg-type]
            rows = rows.with_columns(pl.when(holds).then(pl.lit("")).otherwise(column).alias(column))
            expected = t("no key material; {count} fields were emptied", count=count)
            problems.append(SECRET.at(Place(name, "", first + 1, column), "", expected))
    return rows, problems
