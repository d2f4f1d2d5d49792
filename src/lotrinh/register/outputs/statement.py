"""The plan statement: what is run, what moves first, when, with whom and for how much, and what risk is left.

It holds what OMB M-26-15 asks of agencies of the United States and the roadmap of the NIS Cooperation Group of its
members: an inventory, priority by risk, phases, resources and funding by year, milestones. Every figure is computed
from the register; what rests on an assumption says so.
"""

from __future__ import annotations

from lotrinh.register.outputs import statement_parts, statement_plan
from lotrinh.register.outputs.extract import Extract
from lotrinh.register.outputs.statement_form import Figure, Statement

_CHAPTERS = (
    statement_parts.inventory,
    statement_parts.priority,
    statement_plan.phases,
    statement_plan.resources,
    statement_plan.milestones,
    statement_parts.residual,
    statement_parts.assumptions,
)


def state(x: Extract) -> Statement:
    """Return the statement of `x`."""
    return Statement(x.name, x.as_of.isoformat(), tuple(chapter(x) for chapter in _CHAPTERS))


def figures(x: Extract) -> list[Figure]:
    """Return every single figure of the statement in its order."""
    return [figure for part in state(x).parts for figure in part.figures]
