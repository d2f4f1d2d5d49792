"""One what-if change of a programme, declared as the tables are; change files hold one a row.

A change file is no table of a programme: it stands beside it, and its rows are taken in their order.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from lotrinh.programme import entities  # noqa: F401  (declares the tables that can be changed)
from lotrinh.programme.columns import Entity, choice, entity, text

CHANGES = ("set", "scale", "add", "insert", "remove")


@entity("changes", [], "What-if changes of a programme, one a row, taken in their order", apart=True)
class Change:
    """What is changed in a programme, and why; `file` names the change file where there is one."""

    table: str = choice("Table that is changed; programme for its settings", tuple(Entity.registry))
    row: str = text(
        "Which rows: the key, its parts joined by /, with * for any letters; or column=value; several with semicolons; "
        "empty for the settings"
    )
    column: str = text("Column that is changed, a unit in brackets as in a header; empty to remove rows")
    change: str = choice(
        "What is done: set the value, scale a number by it, add it to a number, a year or a quarter, insert a row, "
        "remove rows with what belongs to them",
        CHANGES,
        default="set",
    )
    value: str = text("The new value, the factor or what is added; a scaled whole number is rounded")
    reason: str = text("Why, for whoever must answer for it")
    file: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data, the file first."""
        found = dataclasses.asdict(self)
        return {"file": found.pop("file"), **found}
