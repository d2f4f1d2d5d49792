"""The register on the terminal: what an import did, what there is, what is unknown, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from lotrinh.base.text import Text, number, percent, t
from lotrinh.cli.console import console, print_issues, print_line, short, table
from lotrinh.register.classes import CLASSES
from lotrinh.register.outputs.words import ASSET as KIND_WORDS
from lotrinh.register.outputs.words import CLASS as CLASS_WORDS

if TYPE_CHECKING:
    import polars

    from lotrinh.register.importing import Added
    from lotrinh.register.store import Register
    from lotrinh.register.unknown import Unknown

SHOWN = 20
"""Rows of a long table; all of them are in the JSON."""

CHANGE_WORDS = {"appeared": t("appeared"), "vanished": t("vanished"), "changed": t("changed")}


def print_added(added: Added, path: Path) -> None:
    """Print what an import read, what is new, and the problems."""
    out = console()
    out.print(_tools(added))
    if len(added.problems) > SHOWN:
        print_issues(added.problems[:SHOWN])
        print_line(
            t(
                "more problems: {count}; all of them: lotrinh register problems",
                count=number(len(added.problems) - SHOWN, 0),
            )
        )
    else:
        print_issues(added.problems)
    if not added.changed:
        print_line(t("All of it is known already: {path} is as it was.", path=path))
        return
    words = t(
        "New assets: {new}, known before: {known}; all in the register {path}: {all}.",
        new=number(added.fresh, 0),
        known=number(added.known, 0),
        path=path,
        all=number(sum(added.classes.values()), 0),
    )
    print_line(words)
    out.print()
    out.print(_classes(added.classes))


def _tools(added: Added) -> Table:
    """One row a tool: files, sightings, files that were known; or one a file where there are few."""
    few = len(added.sources) <= SHOWN
    found = table(
        t("What was read"),
        (t("File") if few else t("Tool"), "left"),
        *([(t("Tool"), "left")] if few else [(t("Files"), "right")]),
        (t("Sightings"), "right"),
        (t("Known already"), "right"),
    )
    if few:
        for source in added.sources:
            read = number(source.sightings + source.rows, 0)
            found.add_row(short(source.name, 80), source.tool, read, str(t("yes")) if source.known else "")
        return found
    files, read_by, known = Counter[str](), Counter[str](), Counter[str]()
    for source in added.sources:
        tool = source.tool or "–"
        files[tool] += 1
        read_by[tool] += source.sightings + source.rows
        known[tool] += source.known
    for tool, count in files.most_common():
        found.add_row(tool, number(count, 0), number(read_by[tool], 0), number(known[tool], 0))
    return found


def _classes(classes: Mapping[str, int]) -> Table:
    found = table(t("Assets by class"), (t("Class"), "left"), (t("Assets"), "right"), (t("Share"), "right"))
    total = sum(classes.values()) or 1
    for name in CLASSES:
        count = classes.get(name, 0)
        found.add_row(str(CLASS_WORDS[name]), number(count, 0), percent(count / total, 1))
    return found


def print_register(
    register: Register, assets: polars.DataFrame, holdings: polars.DataFrame, listed: polars.DataFrame
) -> None:
    """Print how many assets there are, by class and kind, system and organisation, and the first of those asked for."""
    import polars as pl

    out = console()
    facts = register.manifest()
    last = facts.imports[-1]["date"] if facts.imports else ""
    words = t(
        "{path}: assets: {assets}, systems: {systems}, imports: {imports}, the last on {day}.",
        path=register.path,
        assets=number(len(assets), 0),
        systems=number(holdings.filter(pl.col("system") != "")["system"].n_unique(), 0),
        imports=number(len(facts.imports), 0),
        day=last,
    )
    print_line(words)
    out.print()
    kinds = {name: str(words) for name, words in KIND_WORDS.items()}
    out.print(_cross(t("Assets by kind and class"), t("Kind"), assets, "kind", kinds))
    for title, head, by in (
        (t("By system"), t("System"), "system"),
        (t("By organisation"), t("Organisation"), "organisation"),
    ):
        rows = holdings.unique(["asset", by])
        if rows.filter(pl.col(by) != "").is_empty():
            continue
        out.print()
        out.print(_cross(title, head, rows, by, {"": str(t("not known"))}))
    if len(listed):
        out.print()
        out.print(_listed(listed))
        if len(assets) > len(listed):
            print_line(t("not shown: {count}; --json prints all of them", count=number(len(assets) - len(listed), 0)))


def _cross(title: Text, head: Text, rows: polars.DataFrame, by: str, words: Mapping[str, str]) -> Table:
    """Return how many rows there are of each value of a column, by class; the largest first."""
    import polars as pl

    met = [name for name in CLASSES if name in set(rows["class"])]
    columns = [(CLASS_WORDS[name], "right") for name in met]
    found = table(title, (head, "left"), *columns, (t("All"), "right"))
    counts = [(pl.col("class") == name).sum().alias(name) for name in met]
    table_ = rows.group_by(by).agg(*counts, pl.len().alias("all")).sort("all", by, descending=[True, False])
    for row in table_.head(SHOWN).iter_rows():
        found.add_row(short(words.get(row[0], row[0]), 50), *(number(count, 0) if count else "·" for count in row[1:]))
    if len(table_) > SHOWN:
        found.add_row(str(t("not shown: {count}", count=number(len(table_) - SHOWN, 0))))
    return found


def _listed(assets: polars.DataFrame) -> Table:
    found = table(
        t("Assets"),
        (t("Asset"), "left"),
        (t("Class"), "left"),
        (t("Kind"), "left"),
        (t("Algorithm"), "left"),
        (t("What and where"), "left"),
        (t("Last seen"), "left"),
    )
    for row in assets.head(SHOWN).iter_rows(named=True):
        where = f"{row['host']}:{row['port']}" if row["host"] else " ".join((row["component"], row["location"])).strip()
        found.add_row(
            row["asset"],
            str(CLASS_WORDS[row["class"]]),
            str(KIND_WORDS[row["kind"]]) if row["kind"] in KIND_WORDS else row["kind"],
            short(row["algorithm_id"] or row["algorithm"] or "–", 24),
            short(" · ".join(filter(None, (row["subject"] or row["name"], where))), 60),
            row["last_seen"].isoformat(),
        )
    return found


def print_unknown(found: Sequence[Unknown]) -> None:
    """Print names that are not recognised, the most frequent first."""
    if not found:
        print_line(t("Every algorithm is recognised."))
        return
    made = table(
        t("Names that are not recognised"),
        (t("Name"), "left"),
        (t("Assets"), "right"),
        (t("Kind"), "left"),
        (t("Nearest"), "left"),
        (t("For example in"), "left"),
    )
    for row in found[:SHOWN]:
        kinds = ", ".join(str(KIND_WORDS[kind]) for kind in row.kinds if kind in KIND_WORDS)
        near = short(", ".join(row.nearest), 32)
        made.add_row(short(row.name, 36), number(row.assets, 0), short(kinds, 26), near, short(row.example, 32))
    console().print(made)
    if len(found) > SHOWN:
        print_line(t("not shown: {count}; --json prints all of them", count=number(len(found) - SHOWN, 0)))
    print_line(
        t("To teach them once: lotrinh register unknown -o taught.csv, fill it in, lotrinh register teach taught.csv")
    )


def print_taught(before: Mapping[str, int], added: Added) -> None:
    """Print how many assets are of each class before and after teaching."""
    if not added.changed:
        print_line(t("All of it was taught before: nothing changed."))
        return
    made = table(
        t("Assets by class, before and after"), (t("Class"), "left"), (t("Before"), "right"), (t("After"), "right")
    )
    for name in CLASSES:
        counts = number(before.get(name, 0), 0), number(added.classes.get(name, 0), 0)
        made.add_row(str(CLASS_WORDS[name]), *counts)
    console().print(made)


def print_diff(found: polars.DataFrame, first: date, second: date) -> None:
    """Print what changed between two days: how much of each class, and what."""
    if found.is_empty():
        print_line(t("Between {first} and {second} nothing changed.", first=first, second=second))
        return
    out = console()
    made = table(
        t("From {first} to {second}", first=first, second=second),
        (t("Change"), "left"),
        (t("Class before"), "left"),
        (t("Class after"), "left"),
        (t("Assets"), "right"),
    )
    counted = found.group_by("change", "class_before", "class_after", maintain_order=True).len()
    for change, before, after, count in counted.iter_rows():
        made.add_row(str(CHANGE_WORDS[change]), _class(before), _class(after), number(count, 0))
    out.print(made)
    out.print()
    rows = table(t("Which"), (t("Change"), "left"), (t("Kind"), "left"), (t("What and where"), "left"))
    for row in found.head(SHOWN).iter_rows(named=True):
        where = f"{row['host']}:{row['port']}" if row["host"] else " ".join((row["component"], row["location"])).strip()
        what = short(" · ".join(filter(None, (row["name"], where))), 80)
        rows.add_row(str(CHANGE_WORDS[row["change"]]), str(KIND_WORDS.get(row["kind"], row["kind"])), what)
    out.print(rows)
    if len(found) > SHOWN:
        print_line(t("not shown: {count}; --json prints all of them", count=number(len(found) - SHOWN, 0)))


def _class(name: str) -> str:
    return str(CLASS_WORDS[name]) if name else "–"
