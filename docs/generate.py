"""Writes ``docs/reference/`` from the code: what the code says of itself, and nothing that is written twice.

``--check`` builds every page and writes none; either way it fails where a rule lacks its title or its formula.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import inspect
import pkgutil
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

import lotrinh
from lotrinh.base.issues import IssueKind
from lotrinh.base.registry import entries
from lotrinh.base.units import Unit, units
from lotrinh.programme.columns import REQUIRED, Column, Entity

REFERENCE = Path(__file__).parent / "reference"
FLOORS = ("base", "tables", "programme", "register", "measures", "plan", "assessment", "dossier")
ADAPTERS = "lotrinh.plan.solvers."
"""Left out when modules are gathered: an adapter needs its solver, and declares nothing."""


def exists(module: str) -> bool:
    """Return whether a module of the package has been written."""
    parent, _, _ = module.rpartition(".")
    return (not parent or exists(parent)) and importlib.util.find_spec(module) is not None


def import_floors() -> None:
    """Import every module of the floors, so that whatever registers itself is registered."""
    for floor in filter(exists, (f"lotrinh.{name}" for name in FLOORS)):
        package = importlib.import_module(floor)
        for entry in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if not entry.name.startswith(ADAPTERS):
                importlib.import_module(entry.name)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def index(title: str, text: str, names: Iterable[str]) -> str:
    """Return a page that says what its pages are and lists them."""
    listed = "\n".join(names)
    return f"# {title}\n\n{text}\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def data_dictionary() -> str:
    """Return every table and column of a programme."""
    text = "Every table of a programme, from the code that reads it. Units are on the page [Units](units.md)."
    return tables("Data dictionary", text, (*Entity.registry.values(), Entity.apart["changes"]))


def sheets() -> str:
    """Return every sheet of the register and its columns."""
    text = "Every sheet that people fill in for the register and for waves. Units are on the page [Units](units.md)."
    return tables("Sheets of the register", text, (e for e in Entity.apart.values() if e.table != "changes"))


def tables(title: str, text: str, entities: Iterable[Entity]) -> str:
    """Return a page of tables and their columns."""
    parts = [f"# {title}", text]
    for entity in entities:
        key = ", ".join(f"`{name}`" for name in entity.key)
        about = f"One row for each {key}." if key else "It stands in files of its own, beside a programme."
        parts += [
            f"(table-{entity.table})=\n## {entity.table}",
            f"{entity.doc}. {about}{' The table may be missing.' if entity.optional else ''}",
            table(("column", "kind", "unit", "values", "if empty", "meaning"), map(column_row, entity.columns)),
        ]
    return "\n\n".join(parts) + "\n"


def column_row(column: Column) -> tuple[str, ...]:
    """Return one column as a row of the data dictionary."""
    values = ", ".join(f"`{word}`" for word in column.choices)
    if column.ref:
        values = f"ids of [{column.ref}](#table-{column.ref})"
    elif column.is_number:
        low = "" if column.low is None else f"{'above' if column.above else 'from'} {column.low:g}"
        high = "" if column.high is None else f"up to {column.high:g}"
        values = f"{low} {high}".strip()
    if column.default is REQUIRED:
        empty = "a problem"
    else:
        empty = "" if column.default in (None, "", ()) else f"`{column.default}`"
    return (f"`{column.name}`", column.kind, column.unit, values, empty, column.doc)


def unit_list() -> str:
    """Return every unit, with what it is worth in the first unit of its dimension."""
    own: dict[str, str] = {}
    for unit in units().values():
        if unit.factor == 1:
            own.setdefault(unit.dimension, unit.symbol)

    def row(unit: Unit) -> tuple[str, ...]:
        worth = f"{unit.factor:g} {own[unit.dimension]}"
        return (f"`{unit.symbol}`", unit.dimension, unit.english, unit.vietnamese, worth)

    rows = table(("unit", "dimension", "English", "Vietnamese", "in the unit used inside"), map(row, units().values()))
    text = "A header may name a unit in brackets, as in `cost_likely [billion]`; values are converted on entry."
    return f"# Units\n\n{text}\n\n{rows}\n"


def issue_list() -> str:
    """Return every kind of problem, by code."""
    parts = [
        "# Problems of the data",
        "What `lotrinh check` may report. An error makes the data unusable; a warning does not.",
    ]
    for code, kind in sorted(IssueKind.registry.items()):
        parts += [f"(issue-{code})=\n## {code}: {kind.title}", f"*{kind.severity}*. {kind.help}"]
    return "\n\n".join(parts) + "\n"


def rule_page(module: ModuleType) -> str:
    """Return the page of one rule: its title, its docstring with the formula, its unit where it measures."""
    unit = f"\n\nUnit: {module.UNIT or 'none'}" if hasattr(module, "UNIT") else ""
    own_units = getattr(module, "UNITS", None) if hasattr(module, "SCOPES") else None
    unit += "".join(f"; `{scope}`: {own}" for scope, own in (own_units or {}).items())
    return f"# {module.TITLE}\n\n{inspect.getdoc(module)}{unit}{use(module)}\n\nCode: `{module.__name__}`\n"


def use(module: ModuleType) -> str:
    """Return what the rule of a directive accepts as a scope and how it can be held; nothing for other rules."""
    if not hasattr(module, "SCOPES"):
        return ""
    known = Entity.registry
    scopes = (f"an id of [{name}](#table-{name})" if name in known else f"`{name}`" for name in module.SCOPES)
    hard = " and ".join(f"`{sign}`" for sign in getattr(module, "HARD", ())) or "never"
    return f"\n\nScope: {', '.join(('`all`', *scopes))}\n\nHard or soft: {hard}"


def rules(package: str, *, measures: bool) -> dict[str, ModuleType]:
    """Return the rules of a folder by name; a constraint without its title or its formula is an error."""
    if not exists(package):
        return {}
    found = entries(package)
    if measures:
        return {name: module for name, module in found.items() if hasattr(module, "TITLE") and hasattr(module, "UNIT")}
    for module in found.values():
        if not getattr(module, "TITLE", "") or "```{math}" not in (module.__doc__ or ""):
            raise SystemExit(f"{module.__name__}: a rule has a TITLE and, in its docstring, a formula in ```{{math}}")
    return found


def symbol_list() -> str:
    """Return every letter of the model."""
    symbols = importlib.import_module("lotrinh.plan.symbols").SYMBOLS
    rows = ((f"${s.latex}$", s.meaning, s.unit, s.origin, f"`{s.letter}`") for s in symbols)
    return f"# Symbols\n\n{table(('symbol', 'meaning', 'unit', 'from', 'in code'), rows)}\n"


def command_line() -> str:
    """Return the help of every command."""
    app = importlib.import_module("lotrinh.cli.main").app
    return str(app.generate_docs(output_format="markdown"))


def public_names() -> str:
    """Return the page on which autodoc describes every public name."""
    parts = ["# Python", "Every public name of the package."]
    for name in lotrinh.__all__:
        value = getattr(lotrinh, name)
        kind = "class" if inspect.isclass(value) else "function" if callable(value) else "data"
        members = "\n   :members:" if kind == "class" else ""
        parts.append(f"## {name}\n\n```{{eval-rst}}\n.. auto{kind}:: lotrinh.{name}{members}\n```")
    return "\n\n".join(parts) + "\n"


def threat_page() -> str:
    """Return the fits of the shipped surveys, their points, and the published resource estimates."""
    threat = importlib.import_module("lotrinh.register.threat")
    text = (threat.__doc__ or "").strip()
    curves = threat.default().curves
    fits = table(
        ["curve", "shape", "never", "α, years", "β", "largest misfit"],
        [[c.name, c.shape, f"{c.cure:.3f}", f"{c.scale:.2f}", f"{c.form:.2f}", f"{c.misfit:.3f}"] for c in curves],
    )
    points = table(
        ["curve", "within, years", "said", "fitted"],
        [
            [c.name, f"{within:g}", f"{said:.0%}", f"{fitted:.1%}"]
            for c in curves
            for within, said, fitted in zip(c.within, c.chance, c.at(c.within), strict=True)
        ],
    )
    years = [2028, 2030, 2032, 2035, 2040, 2045]
    by, ends = threat.default().by, threat.np.array(years) + 1.0
    chances = [*by(ends, "rsa"), *by(ends, "ecc")]
    half = len(years)
    mixed = table(
        ["by the end of", *(str(year) for year in years)],
        [["RSA-2048", *(f"{x:.0%}" for x in chances[:half])], ["P-256", *(f"{x:.0%}" for x in chances[half:])]],
    )
    first, *rest = threat.rows("resources.csv")
    estimates = table(list(first), [list(row.values()) for row in (first, *rest)])
    return f"""# The quantum threat

{text}

![Chance that RSA-2048 has been broken, by year](../images/threat.svg)

{fits}

{points}

The mixture, with the shipped weights and offsets:

{mixed}

## Published resource estimates

What a quantum computer would need. They do not enter the curves; who believes that they bring Q-day nearer says so by
`acceleration`.

{estimates}
"""


def pages() -> dict[str, str]:
    """Return every page of the reference by its path."""
    import_floors()
    found = {"data.md": data_dictionary(), "units.md": unit_list()}
    if IssueKind.registry:
        found["issues.md"] = issue_list()
    if exists("lotrinh.plan.symbols"):
        found["symbols.md"] = symbol_list()
    if exists("lotrinh.plan.objective"):
        found["objective.md"] = rule_page(importlib.import_module("lotrinh.plan.objective"))
    if exists("lotrinh.register.threat"):
        found["threat.md"] = threat_page()
        found["sheets.md"] = sheets()
    folders = (
        (
            "constraints",
            "Constraints",
            "Rules that every plan keeps.",
            rules("lotrinh.plan.constraints", measures=False),
        ),
        (
            "directives",
            "Directives",
            "Rules that the rows of [directives](#table-directives) are bound to.",
            rules("lotrinh.plan.directives", measures=False),
        ),
        (
            "measures",
            "Measures",
            "What is measured on a plan and on its futures.",
            rules("lotrinh.measures", measures=True),
        ),
    )
    for folder, title, text, listed in folders:
        if listed:
            found[f"{folder}/index.md"] = index(title, text, listed)
            found |= {f"{folder}/{name}.md": rule_page(module) for name, module in listed.items()}
    if exists("lotrinh.cli.main"):
        found["commands.md"] = command_line()
    if hasattr(lotrinh, "__all__"):
        found["python.md"] = public_names()
    top = [name.removesuffix(".md") for name in found if "/" not in name or name.endswith("/index.md")]
    found["index.md"] = index("Reference", "Generated from the code.", top)
    return found


def main() -> int:
    """Write or check the reference; return the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/reference/ from the code.")
    parser.add_argument("--check", action="store_true", help="build every page and write none")
    check = parser.parse_args().check
    found = pages()
    if not check:
        shutil.rmtree(REFERENCE, ignore_errors=True)
        for name, text in found.items():
            path = REFERENCE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print(f"Reference: {len(found)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
