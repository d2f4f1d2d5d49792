"""From quantities to the linear form: variables, every rule of the folder, the directives, the objective."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lotrinh.base.registry import entries
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import Builder, LinearForm
from lotrinh.plan.objective import costs, worth_rows
from lotrinh.plan.statements import add_rows
from lotrinh.plan.variables import Variables, declare


@dataclass(frozen=True)
class Formulation:
    """A programme as a linear form: the quantities behind it, where its variables stand, and the form.

    `missed` are the columns of shortfalls of soft directives, `prices` what a unit of each takes from the objective.
    `wanted` are projects that rows added later force in.
    """

    quantities: Quantities
    variables: Variables
    form: LinearForm
    missed: Ints
    prices: Floats
    wanted: tuple[int, ...] = ()

    @property
    def decided(self) -> int:
        """Number of columns that decisions settle; those behind them belong to directives."""
        return int(max(self.variables.worth.max(initial=-1), self.variables.people.max(initial=-1))) + 1

    def penalty(self, x: Floats) -> float:
        """Return what soft directives that are missed take from the objective."""
        return float(self.prices @ x[self.missed])


def formulate(quantities: Quantities) -> Formulation:
    """Return the formulation of a programme under one budget scenario."""
    build = Builder()
    variables = declare(build, quantities)
    for rule in entries("lotrinh.plan.constraints").values():
        rule.rows(build, quantities, variables)
    missed, prices = add_rows(build, quantities, variables)
    worth_rows(build, quantities, variables)
    form = build.form()
    cost, constant = costs(quantities, variables, len(form.low))
    cost[missed] -= prices
    return Formulation(quantities, variables, replace(form, cost=cost, constant=constant), missed, prices)
