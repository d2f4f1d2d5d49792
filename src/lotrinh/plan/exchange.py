"""The linear form as text that other solvers read: free MPS (short names) and LP (readable names)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lotrinh.base.files import write_whole
from lotrinh.plan.linear import LinearForm

_LP_NAME = str.maketrans("[]-", "()~")
"""In LP, brackets mean squares and a hyphen means minus; no id holds a tilde, so names stay apart."""
_LP_TERMS = 8
"""Terms on a line of LP; some readers cut long lines."""


def write_mps(form: LinearForm, path: Path) -> None:
    """Write the form as free MPS, a minimisation of ``-c·x - constant``; names are short (``c12``, ``r7``)."""
    write_whole(path, "\n".join(mps_lines(form)) + "\n")


def write_lp(form: LinearForm, path: Path) -> None:
    """Write the form in LP format with readable names: ``people(SK~PQC,2029Q3)``."""
    write_whole(path, "\n".join(lp_lines(form)) + "\n")


def mps_lines(form: LinearForm) -> Iterator[str]:
    """Yield the lines of a free MPS file that minimises ``-c·x - constant``."""
    rows, columns, _ = form.size
    cost, low, high, row_low, row_high = _plain(form)
    whole = form.whole.tolist()
    yield "NAME lotrinh"
    yield "ROWS"
    yield " N obj"
    kinds = [_kind(*sides) for sides in zip(row_low, row_high, strict=True)]
    yield from (f" {kind} r{i}" for i, kind in enumerate(kinds) if kind != "N")
    yield "COLUMNS"
    order = np.lexsort((form.row_of, form.column))
    by_column = np.searchsorted(form.column[order], np.arange(columns + 1)).tolist()
    row, value = form.row_of[order].tolist(), form.value[order].tolist()
    for j in range(columns):
        if j == 0 or whole[j] != whole[j - 1]:
            if j and whole[j - 1]:
                yield " MARKER 'MARKER' 'INTEND'"
            if whole[j]:
                yield " MARKER 'MARKER' 'INTORG'"
        yield f" c{j} obj {-cost[j]!r}"
        for entry in range(by_column[j], by_column[j + 1]):
            if kinds[row[entry]] != "N":
                yield f" c{j} r{row[entry]} {value[entry]!r}"
    if columns and whole[-1]:
        yield " MARKER 'MARKER' 'INTEND'"
    yield "RHS"
    yield f" RHS obj {float(form.constant)!r}"
    for i in range(rows):
        side = row_low[i] if kinds[i] in ("G", "E") else row_high[i]
        if kinds[i] != "N" and side != 0.0:
            yield f" RHS r{i} {side!r}"
    yield "RANGES"
    for i in range(rows):
        if kinds[i] == "L" and np.isfinite(row_low[i]):
            yield f" RNG r{i} {row_high[i] - row_low[i]!r}"
    yield "BOUNDS"
    for j in range(columns):
        if low[j] == high[j]:
            yield f" FX BND c{j} {low[j]!r}"
            continue
        yield f" LO BND c{j} {low[j]!r}" if np.isfinite(low[j]) else f" MI BND c{j}"
        yield f" UP BND c{j} {high[j]!r}" if np.isfinite(high[j]) else f" PL BND c{j}"
    yield "ENDATA"


def lp_lines(form: LinearForm) -> Iterator[str]:
    """Yield the lines of an LP file with the readable names of rows and columns."""
    rows, columns, _ = form.size
    cost, low, high, row_low, row_high = _plain(form)
    names = [form.column_name(j).translate(_LP_NAME) for j in range(columns)]
    start, column, value = form.start.tolist(), form.column.tolist(), form.value.tolist()
    yield "Maximize"
    terms = _terms([(c, names[j]) for j, c in enumerate(cost) if c])
    yield f" objective: {terms} {_signed(float(form.constant))}"
    yield "Subject To"
    for i in range(rows):
        entries = range(start[i], start[i + 1])
        text = _terms([(value[e], names[column[e]]) for e in entries]) or f"+ 0 {names[0]}"
        name = form.row_name(i).translate(_LP_NAME)
        if row_low[i] == row_high[i]:
            yield f" {name}: {text} = {row_low[i]!r}"
            continue
        if np.isfinite(row_high[i]):
            yield f" {name}: {text} <= {row_high[i]!r}"
        if np.isfinite(row_low[i]):
            yield f" {name}{'_low' if np.isfinite(row_high[i]) else ''}: {text} >= {row_low[i]!r}"
    yield "Bounds"
    for j in range(columns):
        least = repr(low[j]) if np.isfinite(low[j]) else "-inf"
        yield f" {least} <= {names[j]}" + (f" <= {high[j]!r}" if np.isfinite(high[j]) else "")
    yield "Generals"
    yield from (f" {names[j]}" for j in np.flatnonzero(form.whole).tolist())
    yield "End"


def _plain(form: LinearForm) -> tuple[list[float], ...]:
    """Return cost, bounds and sides as floats of Python, whose ``repr`` is the shortest exact text."""
    return tuple(array.tolist() for array in (form.cost, form.low, form.high, form.row_low, form.row_high))


def _kind(low: float, high: float) -> str:
    if low == high:
        return "E"
    if np.isfinite(high):
        return "L"
    return "G" if np.isfinite(low) else "N"


def _terms(terms: list[tuple[float, str]]) -> str:
    texts = [f"{_signed(value)} {name}" for value, name in terms]
    return "\n  ".join(" ".join(texts[i : i + _LP_TERMS]) for i in range(0, len(texts), _LP_TERMS))


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value)!r}"
