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

SECTIONS = ("Attributes", "Parameters", "Raises", "Returns")


def set_apart(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Turn ``name: meaning`` inside a section into a name and an indented meaning, as Napoleon wants it."""
    inside, found = False, list[str]()
    for number, line in enumerate(lines):
        if line in SECTIONS and lines[number + 1 : number + 2] == ["-" * len(line)]:
            inside = line != "Returns"
        head, colon, meaning = line.partition(": ")
        if inside and colon and not line.startswith(" "):
            found += [head, f"    {meaning}"]
        elif inside and line.startswith(" "):
            found.append(f"    {line.strip()}")
        else:
            found.append(line)
    lines[:] = found


def setup(app: Any) -> None:
    """Connect what is done here to Sphinx."""
    app.connect("autodoc-process-docstring", set_apart, priority=400)
