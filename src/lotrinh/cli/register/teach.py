"""``lotrinh register teach``: say once what a name stands for."""

from __future__ import annotations

from pathlib import Path

from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, opened


def teach(sheet: Path, *, register: At = HERE, json_: Json = False) -> int:
    """Take a sheet that says which algorithms names stand for, and classify every asset anew.

    Example: lotrinh register teach taught.csv

    Parameters
    ----------
    sheet
        CSV file as `lotrinh register unknown -o` writes it, filled in.
    """
    held = opened(register)
    before = held.classes()
    added = held.teach(sheet)
    if json_:
        print_json({"changed": added.changed, "before": before, "classes": added.classes})
    else:
        from lotrinh.cli.register_tables import print_taught

        print_taught(before, added)
    return 0
