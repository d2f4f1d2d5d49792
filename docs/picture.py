"""Draws ``docs/images/plan.svg``: what ``lotrinh plan`` prints for a plan file, as a picture.

    lotrinh plan cases/vietnam -o out/vietnam.plan.json --gap 0.01
    python docs/picture.py out/vietnam.plan.json

Nothing is computed here: the plan is read, verified anew, and printed by the function that the command uses.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from pathlib import Path
from typing import Any

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from lotrinh import load_plan
from lotrinh.cli import plan_tables
from lotrinh.plan.plan import Plan

PICTURE = Path(__file__).parent / "images" / "plan.svg"
WIDTH = 152
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
THEME = TerminalTheme(
    (250, 250, 248),
    (34, 34, 34),
    [
        (34, 34, 34),
        (180, 35, 24),
        (21, 111, 72),
        (148, 92, 0),
        (28, 84, 160),
        (128, 48, 128),
        (0, 98, 122),
        (90, 90, 90),
    ],
)
"""Dark letters on a light ground, each colour at least 4.5 : 1 against it."""


class Terminal(Console):
    """A console that records what is printed and breaks long lines at its edge, as a terminal does."""

    def print(self, *objects: Any, soft_wrap: bool | None = None, **how: Any) -> None:
        """Print, whether or not the caller leaves the breaking of lines to the terminal."""
        super().print(*objects, soft_wrap=False, **how)


def draw(plan: Plan, title: str) -> str:
    """Return the SVG of the printed plan."""
    recorder = Terminal(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    usual = plan_tables.console
    plan_tables.console = lambda stderr=False: recorder
    try:
        plan_tables.print_plan(plan)
    finally:
        plan_tables.console = usual
    svg = recorder.export_svg(title=title, theme=THEME, code_format=frame(), unique_id="plan")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def frame() -> str:
    """Return rich's frame without its fonts, which a reader would have to fetch from elsewhere."""
    bare = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return bare.replace("Fira Code, monospace", FONTS)


def main() -> int:
    """Draw the plan file that is named; return the exit code."""
    parser = argparse.ArgumentParser(description="Draw a plan file as a terminal shows it.")
    parser.add_argument("plan", type=Path, help="plan file, from lotrinh plan -o")
    parser.add_argument("-o", "--output", type=Path, default=PICTURE, help="SVG to write")
    parser.add_argument("--title", default="lotrinh plan cases/vietnam --gap 0.01", help="line above the picture")
    given = parser.parse_args()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(draw(load_plan(given.plan), given.title), encoding="utf-8")
    print(given.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
