"""From quantities to the linear form: variables, every rule of the folder, the objective."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lotrinh.base.registry import entries
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.linear import Builder, LinearForm
from lotrinh.plan.objective import costs, worth_rows
from lotrinh.plan.variables import Variables, declare


@dataclass(frozen=True)
class Formulation:
    """A programme as a linear form: the quantities behind it, where its variables stand, and the form."""

    quantities: Quantities
    variables: Variables
    form: LinearForm


def formulate(quantities: Quantities) -> Formulation:
    """Return the formulation of a programme under one budget scenario."""
    build = Builder()
    variables = declare(build, quantities)
    for rule in entries("lotrinh.plan.constraints").values():
        rule.rows(build, quantities, variables)
    worth_rows(build, quantities, variables)
    form = build.form()
    cost, constant = costs(quantities, variables, len(form.low))
    return Formulation(quantities, variables, replace(form, cost=cost, constant=constant))
