"""The linear form as text that other solvers read: free MPS (short names) and LP (readable names)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lotrinh.base.files import write_whole
from lotrinh.plan.linear import LinearForm


def write_mps(form: LinearForm, path: Path) -> None:
    """Write the form as free MPS, a minimisation of ``-c·x``; names are short (``c12``, ``r7``)."""
    write_whole(path, "\n".join(mps_lines(form)) + "\n")


def write_lp(form: LinearForm, path: Path) -> None:
    """Write the form in LP format with readable names."""
    write_whole(path, "\n".join(lp_lines(form)) + "\n")


def mps_lines(form: LinearForm) -> Iterator[str]:
    """Yield the lines of a free MPS file that minimises ``-c·x - constant``."""
    rows, columns, _ = form.size
    yield "NAME lotrinh"
    yield "ROWS"
    yield " N obj"
    kinds = [_kind(low, high) for low, high in zip(form.row_low, form.row_high, strict=True)]
    for i in range(rows):
        if kinds[i] != "N":
            yield f" {kinds[i]} r{i}"
    yield "COLUMNS"
    order = np.lexsort((form.row_of, form.column))
    by_column = np.searchsorted(form.column[order], np.arange(columns + 1))
    row, value = form.row_of[order], form.value[order]
    for j in range(columns):
        if j == 0 or form.whole[j] != form.whole[j - 1]:
            if j and form.whole[j - 1]:
                yield " MARKER MARKER 'MARKER' 'INTEND'"
            if form.whole[j]:
                yield " MARKER MARKER 'MARKER' 'INTORG'"
        yield f" c{j} obj {-form.cost[j]!r}"
        for entry in range(by_column[j], by_column[j + 1]):
            if kinds[row[entry]] != "N":
                yield f" c{j} r{row[entry]} {value[entry]!r}"
    if columns and form.whole[-1]:
        yield " MARKER MARKER 'MARKER' 'INTEND'"
    yield "RHS"
    yield f" RHS obj {form.constant!r}"
    for i in range(rows):
        side = form.row_low[i] if kinds[i] in ("G", "E") else form.row_high[i]
        if kinds[i] != "N" and side != 0.0:
            yield f" RHS r{i} {side!r}"
    yield "RANGES"
    for i in range(rows):
        if kinds[i] == "L" and np.isfinite(form.row_low[i]):
            yield f" RNG r{i} {form.row_high[i] - form.row_low[i]!r}"
    yield "BOUNDS"
    for j in range(columns):
        if form.low[j] == form.high[j]:
            yield f" FX BND c{j} {form.low[j]!r}"
            continue
        yield f" LO BND c{j} {form.low[j]!r}" if np.isfinite(form.low[j]) else f" MI BND c{j}"
        yield f" UP BND c{j} {form.high[j]!r}" if np.isfinite(form.high[j]) else f" PL BND c{j}"
    yield "ENDATA"


def lp_lines(form: LinearForm) -> Iterator[str]:
    """Yield the lines of an LP file with the readable names of rows and columns."""
    rows, columns, _ = form.size
    names = [form.column_name(j) for j in range(columns)]
    yield "\\ constant " + repr(form.constant)
    yield "Maximize"
    yield " objective: " + _terms([(c, names[j]) for j, c in enumerate(form.cost) if c])
    yield "Subject To"
    for i in range(rows):
        entries = range(form.start[i], form.start[i + 1])
        text = _terms([(form.value[e], names[form.column[e]]) for e in entries]) or f"0 {names[0]}"
        low, high, name = form.row_low[i], form.row_high[i], form.row_name(i)
        if low == high:
            yield f" {name}: {text} = {low:.12g}"
            continue
        if np.isfinite(high):
            yield f" {name}: {text} <= {high:.12g}"
        if np.isfinite(low):
            yield f" {name}{'_low' if np.isfinite(high) else ''}: {text} >= {low:.12g}"
    yield "Bounds"
    for j in range(columns):
        low = "-inf" if not np.isfinite(form.low[j]) else f"{form.low[j]:.12g}"
        yield f" {low} <= {names[j]}" + (f" <= {form.high[j]:.12g}" if np.isfinite(form.high[j]) else "")
    yield "Generals"
    yield from (f" {names[j]}" for j in range(columns) if form.whole[j])
    yield "End"


def _kind(low: float, high: float) -> str:
    if low == high:
        return "E"
    if np.isfinite(high):
        return "L"
    return "G" if np.isfinite(low) else "N"


def _terms(terms: list[tuple[float, str]]) -> str:
    return " ".join(f"{'+' if value >= 0 else '-'} {abs(value):.12g} {name}" for value, name in terms)
