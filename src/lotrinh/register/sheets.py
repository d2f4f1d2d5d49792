"""The sheets that people fill in for the register and for waves, declared once as the tables of a programme are."""

from __future__ import annotations

from dataclasses import dataclass

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import choice, entity, flag, ident, integer, number, quarter, text
from lotrinh.programme.entities import EVIDENCE, Row
from lotrinh.register.items import ITEM_KINDS

CRITICALITIES = ("low", "medium", "high", "critical")
CLASSIFICATIONS = ("public", "internal", "confidential", "secret", "top_secret")
STATES = ("done", "begun", "planned", "accepted")
MONEY = "money"
"""Stands in the column `skill` of a capacity sheet for money, in millions a year."""
ALL = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled(Row):
    """A row of a person's own sheet, which need not say how its numbers are known: they are assumptions then."""

    evidence: str = choice("How the numbers of this row are known", EVIDENCE, default="assumption")


@entity("systems", ["system"], "Who owns each system, what it protects and for how long", optional=True, apart=True)
class System(Filled):
    system: str = ident("Id of the system, as scans and imports name it")
    title: str = text("What it is")
    organisation: str = text("Organisation that runs it")
    owner: str = text("Post that answers for it; a role, not a person")
    criticality: str = choice("How much depends on it", CRITICALITIES, default="medium")
    value: float | None = number(
        "Value at risk in a year; by criticality where empty", "level-year/year", 0, default=None
    )
    shelf_life: float | None = number("How long its data must stay secret", "year", 0, 200, default=None)
    trust_life: float | None = number("How long its signatures must be trusted", "year", 0, 200, default=None)
    classification: str = choice("Classification of its data", CLASSIFICATIONS, default="internal")
    vendor: str = text("Vendor without whom it cannot be migrated")
    vendor_ready: Quarter | None = quarter("Quarter from which the vendor delivers", default=None)
    hosts: str = text("Its hosts: names, addresses or patterns such as *.example.gov.vn, with blanks between")
    after: str = text("Systems that must be migrated first, with blanks between")
    team: str = text("Team that migrates it; its organisation where empty")
    calendar: str = text("Calendar of its windows and freezes, from the sheet `windows`")


@entity("windows", ["calendar", "from_"], "When systems may be changed, and when not", optional=True, apart=True)
class Window(Filled):
    """A calendar with any open row is open in these quarters only; closed rows are taken out of them."""

    calendar: str = text("Calendar, as systems name it")
    from_: Quarter = quarter("First quarter")
    until: Quarter = quarter("Last quarter")
    open: bool = flag("1 for a window in which changes are made, 0 for a freeze")


@entity("capacity", ["team", "skill", "from_"], "People and money that migration has", apart=True)
class Capacity(Filled):
    team: str = text("Team, or * for all teams together", default=ALL)
    skill: str = text("Skill, or the word money")
    from_: Quarter | None = quarter("First quarter; the first of the plan where empty", default=None)
    until: Quarter | None = quarter("Last quarter; the last of the plan where empty", default=None)
    amount: float = number("Full-time equivalents in each quarter; for money, millions a year", "", 0)


@entity("efforts", ["kind", "skill"], "Effort of one work item, by kind", optional=True, apart=True)
class Effort(Filled):
    kind: str = choice("Kind of work item", ITEM_KINDS)
    skill: str = text("Skill")
    low: float = number("Least effort", "person-quarter", 0)
    effort: float = number("Likely effort", "person-quarter", 0)
    high: float = number("Greatest effort", "person-quarter", 0)


@entity("costs", ["kind"], "Cost and length of one work item, by kind", optional=True, apart=True)
class Cost(Filled):
    kind: str = choice("Kind of work item", ITEM_KINDS)
    cost: float = number("Cost", "million", 0, default=0.0)
    quarters: int = integer("Quarters that it takes", "quarter", 1, 40, default=1)


@entity("progress", ["item"], "How far work items really are", optional=True, apart=True)
class Progress(Filled):
    item: str = text("Id of the work item")
    state: str = choice("Done, begun, or planned; accepted where the risk is borne instead", STATES)
    quarter: Quarter | None = quarter("When it was done, was begun or is planned", default=None)
    team: str = text("Team that does it, where not its own")
    effort: float | None = number("Effort that it really took, in all skills", "person-quarter", 0, default=None)
