"""How the documentation is built."""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

project = "Lotrinh"
author = "Lotrinh"
copyright = "Lotrinh"
version = release = installed("lotrinh")
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Lotrinh"
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_google_docstring = False
napoleon_use_ivar = True

NAMED = ("Attributes", "Parameters")
SECTIONS = (*NAMED, "Raises", "Returns", "Examples", "Notes")
HIDDEN = "\ue000"


def set_apart(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn ``one, two: meaning`` inside a section into names with an indented meaning each, as Napoleon wants it."""
    if what in ("property", "attribute", "data"):  # Napoleon takes what stands before a colon for a type
        lines[:1] = [line.replace(":", HIDDEN) for line in lines[:1]]
    found: list[str] = []
    section, names, meaning = "", list[str](), list[str]()
    for number, line in enumerate([*lines, ""]):
        if not (section and line.startswith(" ")):
            found += [entry for item in names for entry in (item, *meaning)]
            names, meaning = [], []
        if line in SECTIONS and lines[number + 1 : number + 2] == ["-" * len(line)]:
            section = line
        head, colon, rest = line.partition(": ")
        if section in NAMED and line.startswith(" "):
            meaning.append(f"    {line.strip()}")
        elif section in NAMED and colon:
            names, meaning = head.split(", "), [f"    {rest}"]
        else:
            found.append(line)
    lines[:] = found


def put_back(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Put back the colons that were hidden from Napoleon."""
    lines[:] = [line.replace(HIDDEN, ":") for line in lines]


def setup(app: Any) -> None:
    """Connect what is done here to Sphinx."""
    app.connect("autodoc-process-docstring", set_apart, priority=400)
    app.connect("autodoc-process-docstring", put_back, priority=600)
