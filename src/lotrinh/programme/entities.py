"""The tables of a programme, declared once.

Each class is the row of one table and each line is a column: what it means, its unit, its bounds and what it refers
to. Parsing, unit conversion, the blank workbook and folder, the data dictionary and the JSON Schemas follow from here.
Money is in millions of the programme's currency at base-year prices, time in quarters, people in full-time equivalents.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotrinh.base.calendar import Quarter
from lotrinh.base.registry import names
from lotrinh.programme.columns import (
    REQUIRED,
    choice,
    entity,
    flag,
    ident,
    integer,
    number,
    quarter,
    ref,
    refs,
    share,
    text,
    year,
)

EVIDENCE = ("sourced", "expert", "assumption")
MODE_KINDS = ("domestic", "partner", "buy")
ORGANISATION_KINDS = ("academy", "university", "institute", "business", "agency", "defence", "security", "network")
MIGRATION_FUNCTIONS = ("key_establishment", "signature", "already_weak")
RISKS = ("high", "medium", "low")
DIRECTIVE_KINDS = ("hard", "soft", "watch")
COMPARISONS = (">=", "<=")
RULES = names("lotrinh.plan.directives")

UNCERTAIN = {
    "capabilities": ("depreciation",),
    "projects": ("failure_share",),
    "modes": ("duration", "cost_likely"),
    "gates": ("chance",),
    "gains": ("levels",),
    "suppliers": ("withdrawal_rate", "withdrawal_length"),
    "skills": ("loss",),
    "training": ("completion", "retention"),
}
"""The numbers of which the table `uncertain` may speak: columns by table."""
EVERY = "*"
"""Stands there for every row of a table."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What every row carries: how well its numbers are founded."""

    evidence: str = choice("How the numbers of this row are known", EVIDENCE)
    source: tuple[str, ...] = refs("Ids of the sources of this row; needed where it is sourced", "sources")
    reason: str = text("Why these numbers, for whoever must answer for them")


@dataclass(frozen=True, kw_only=True, slots=True)
class Titled(Row):
    """A row with a title in both languages."""

    title_vi: str = text("Title in Vietnamese")
    title_en: str = text("Title in English")


@entity("programme", ["programme"], "The programme itself: horizon, money rules and the weights of the objective")
class Settings(Titled):
    programme: str = ident("Id of the programme")
    currency: str = text("Currency of every amount", default="USD")
    price_year: int = year("Year whose prices are used for every amount")
    start: Quarter = quarter("First quarter of the programme")
    quarters: int = integer("Length of the horizon in quarters", "quarter", 1, 200, default=40)
    budget: str = text("Budget scenario used unless another is asked for", default="base")
    discount: float = number("Yearly discount rate of value", "share/year", 0, 0.5, default=0.03)
    carry_over: float = share("Largest share of a year's budget that may be carried into the next year", default=0.0)
    over_programming: float = number(
        "Commitments allowed as a share of the budget", "share", 0, 2, above=True, default=1.0
    )
    above_target: float = share("Value of a level above the target, as a share of its value below", default=0.1)
    terminal: float = number("Years that the levels at the end of the horizon count for", "year", 0, 50, default=3.0)
    product_weight: float = number("Weight of products against capability", "share", 0, default=1.0)
    money_weight: float = number("Level-years that a million unspent is worth", "level-year", 0, default=0.0)
    goes_on_without: float = share("Share of a mode that may go with its suppliers before it stops", default=0.2)
    wait: int = integer(
        "How long after its planned start a project is waited for, and how long it may stand still, before it is "
        "dropped",
        "quarter",
        0,
        200,
        default=8,
    )
    exposure_weight: float = number(
        "Weight of the exposure that migration removes, against capability", "share", 0, default=1.0
    )
    acceleration: float = number(
        "Years by which Q-day comes earlier than the surveys say", "year", -50, 50, default=0.0
    )
    cut_chance: float = share("Chance in each year that its budget is cut", default=0.0)
    cut_share: float = share("Share of the year's budget that a cut takes", default=0.0)


@entity("goals", ["goal"], "National objectives outside the programme that it serves")
class Goal(Titled):
    goal: str = ident("Id of the goal")
    weight: float = number("Weight of the goal in the value of capabilities", "share", 0)


@entity("fields", ["field"], "Branches of the programme; a project runs only in an opened field")
class Field(Titled):
    field: str = ident("Id of the field")
    critical_mass: float = number("Least spending on projects of the field if it is opened", "million", 0)
    rank: int | None = integer("Place in the leadership's order of priority, 1 first", "", 1, default=None)
    goals: tuple[str, ...] = refs("Goals that the field serves", "goals")


@entity("capabilities", ["capability"], "Lasting national abilities, on the level scale from 0 none to 5 world level")
class Capability(Titled):
    capability: str = ident("Id of the capability")
    field: str = ref("Field it belongs to", "fields")
    level_start: float = number("Level at the start", "level", 0, 5)
    target: float = number("Level wanted at the end", "level", 0, 5)
    depreciation: float = number("Share of the level lost in a year without care", "share/year", 0, 0.99)
    restore_share: float = share("Largest share of the loss that core funding can restore", default=0.0)
    restore_cost: float = number("Cost of restoring one level by core funding", "million", 0, default=0.0)


@entity("capability_goals", ["capability", "goal"], "How far each capability serves each goal")
class CapabilityGoal(Row):
    capability: str = ref("Capability", "capabilities")
    goal: str = ref("Goal it serves", "goals")
    share: float = share("How far: 1 is fully")


@entity(
    "foundations", ["capability", "rests_on"], "Which capability rests on which: level l needs weight times l below it"
)
class Foundation(Row):
    capability: str = ref("Capability that rests on another", "capabilities")
    rests_on: str = ref("Capability that it rests on", "capabilities")
    weight: float = share("Level needed below for each level above", above=True)


@entity("frontier", ["capability", "year"], "Level of the leading countries, by year", optional=True)
class Frontier(Row):
    capability: str = ref("Capability", "capabilities")
    year: int = year("Year")
    level: float = number("Level of the leading countries", "level", 0, 5)


@entity("places", ["place"], "Cities or regions where organisations are and equipment stands")
class Location(Titled):
    place: str = ident("Id of the place")


@entity("organisations", ["organisation"], "Who leads, joins and hosts")
class Organisation(Titled):
    organisation: str = ident("Id of the organisation")
    kind: str = choice("What kind of body it is", ORGANISATION_KINDS)
    place: str = ref("Where it is", "places")
    fields: tuple[str, ...] = refs("Fields it works in", "fields")


@entity("projects", ["project"], "Candidate pieces of work")
class Project(Titled):
    project: str = ident("Id of the project")
    field: str = ref("Field it belongs to", "fields")
    lead: str = ref("Organisation that leads it", "organisations")
    builds_vi: str = text("What is built, in Vietnamese")
    builds_en: str = text("What is built, in English")
    product_vi: str = text("Product at the end, in Vietnamese")
    product_en: str = text("Product at the end, in English")
    product_value: float = number("Value of the product in a year of service", "level-year/year", 0, default=0.0)
    mandatory: bool = flag("Must be in every plan")
    earliest: Quarter | None = quarter("First quarter in which it may start", default=None)
    latest: Quarter | None = quarter("Last quarter in which it may start", default=None)
    trl_start: int | None = integer("Technology readiness level at the start", "TRL", 1, 9, default=None)
    trl_end: int | None = integer("Technology readiness level at the end", "TRL", 1, 9, default=None)
    failure_share: float = share("Share of the gain that stays when the project fails", default=0.0)
    security: bool = flag("Serves digital security first of all")


@entity("project_goals", ["project", "goal"], "Which goals a project serves", optional=True)
class ProjectGoal(Row):
    project: str = ref("Project", "projects")
    goal: str = ref("Goal it serves", "goals")


@entity("project_partners", ["project", "organisation"], "Who joins a project beside its lead", optional=True)
class ProjectPartner(Row):
    project: str = ref("Project", "projects")
    organisation: str = ref("Organisation that joins", "organisations")


@entity("project_links", ["project", "predecessor"], "Which project starts only after which has ended", optional=True)
class ProjectLink(Row):
    project: str = ref("Project that waits", "projects")
    predecessor: str = ref("Project that must have ended", "projects")
    lag: int = integer("Quarters between the end of the one and the start of the other", "quarter", 0, 80, default=0)


@entity("modes", ["mode"], "Ways to do a project: at home, with a partner, or bought", of="project")
class Mode(Row):
    mode: str = ident("Id of the mode")
    project: str = ref("Project", "projects")
    kind: str = choice("Which way it is", MODE_KINDS)
    duration: int = integer("Likely duration", "quarter", 1, 200)
    duration_p90: int | None = integer("Duration not exceeded in nine cases of ten", "quarter", 1, 400, default=None)
    cost_low: float | None = number("Low cost without shared equipment", "million", 0, default=None)
    cost_likely: float = number("Likely cost without shared equipment", "million", 0)
    cost_high: float | None = number("High cost without shared equipment", "million", 0, default=None)
    gain_factor: float = number("Share of the project's gains that this mode brings", "share", 0, 2, default=1.0)
    foreign_share: float = share("Share of the work that relies on foreign suppliers", default=0.0)
    cost_trend: float = number(
        "Yearly change of the cost while the country waits", "share/year", -0.5, 0.5, default=0.0
    )
    maturing: float = number(
        "Yearly fall of the chance of failure as the world matures", "share/year", 0, 0.99, default=0.0
    )
    comparables: tuple[str, ...] = refs("Known cases it is measured against", "comparables")


@entity("gates", ["mode", "gate"], "Reviews inside a mode, with a pass criterion frozen in advance")
class Gate(Row):
    mode: str = ref("Mode", "modes")
    gate: int = integer("Order of the gate within the mode", "", 1, 20)
    at: float = share("When: share of the duration that has passed", above=True)
    chance: float = share("Chance to pass", above=True)
    release: float = share("Share of the money that passing it releases", default=0.0)
    criterion_vi: str = text("Pass criterion in Vietnamese")
    criterion_en: str = text("Pass criterion in English")


@entity("gains", ["project", "capability"], "Levels that a successful project adds")
class Gain(Row):
    project: str = ref("Project", "projects")
    capability: str = ref("Capability it raises", "capabilities")
    levels: float = number("Levels gained if it succeeds in domestic mode", "level", 0, 5)


@entity("mode_skills", ["mode", "skill"], "People that a mode needs while it runs", optional=True)
class ModeSkill(Row):
    mode: str = ref("Mode", "modes")
    skill: str = ref("Skill", "skills")
    fte: float = number("People needed while it runs", "FTE", 0)


@entity("mode_equipment", ["mode", "equipment"], "Machines that a mode holds while it runs", optional=True)
class ModeEquipment(Row):
    mode: str = ref("Mode", "modes")
    equipment: str = ref("Kind of equipment", "equipment")
    units: float = number("Units held while it runs", "unit", 0)


@entity("prerequisites", ["project", "capability"], "Levels that must be usable before a project starts", optional=True)
class Prerequisite(Row):
    project: str = ref("Project", "projects")
    capability: str = ref("Capability it needs", "capabilities")
    level: float = number("Least usable level at its start", "level", 0, 5)


@entity("suppliers", ["supplier"], "Countries and firms on which modes and equipment rely", optional=True)
class Supplier(Titled):
    supplier: str = ident("Id of the supplier")
    kind: str = choice("A country or a firm", ("country", "firm"), default="country")
    country: str = text("Country of a firm, or the country itself")
    examples: str = text("Firms and bodies meant")
    supplies: str = text("What it supplies")
    risk: str = choice("Risk of interruption", ("low", "medium", "high"), default="medium")
    withdrawal_rate: float = number("Withdrawals expected in a year", "event/year", 0, 4, default=0.0)
    withdrawal_length: float = number("Length of a withdrawal", "quarter", 0, 200, default=0.0)
    until: Quarter | None = quarter("Last quarter in which it supplies; no end where empty", default=None)


@entity("reliance", ["mode", "supplier"], "How far a mode relies on a supplier", optional=True)
class Reliance(Row):
    mode: str = ref("Mode", "modes")
    supplier: str = ref("Supplier", "suppliers")
    share: float = share("Share of the mode that relies on the supplier")


@entity("skills", ["skill"], "Pools of people")
class Skill(Titled):
    skill: str = ident("Id of the skill")
    people_start: float = number("People at the start", "FTE", 0)
    loss: float = number("Share of the pool lost in a year", "share/year", 0, 0.99)
    needed: float | None = number("People thought to be needed", "FTE", 0, default=None)
    needed_by: int | None = year("Year by which they are needed", default=None)
    framework: str = text("Range of levels in the European Competence Framework for Quantum Technologies")


@entity("training", ["flow"], "Training and attraction flows that fill the pools", optional=True)
class Training(Titled):
    flow: str = ident("Id of the flow")
    intake_max: float = number("Most entrants in a year, over all skills", "person/year", 0)
    intake_alone: float | None = number(
        "Most entrants in a year before the project it needs has started", "person/year", 0, default=None
    )
    project: str = ref("Project without which the flow stays at the smaller intake", "projects", default="")
    duration: int = integer("Time from entry to completion", "quarter", 1, 80)
    completion: float = share("Share of entrants who complete")
    retention: float = share("Of those who complete, the share who stay in the country", default=1.0)
    counts: float = share("Working time that one of them adds: below 1 for reskilling beside other duties", default=1.0)
    cost: float = number("Cost of one entrant over the whole duration", "million", 0)
    teachers: float = number(
        "Teaching by people of the same skill, for each entrant while training", "FTE", 0, default=0.0
    )


@entity(
    "training_profile",
    ["flow", "after"],
    "How the completions of a flow spread over time; without rows, all come at its duration",
    optional=True,
)
class TrainingProfile(Row):
    flow: str = ref("Flow", "training")
    after: int = integer("Time from entry", "quarter", 1, 80)
    share: float = share("Share of all completions that come then")


@entity("training_skills", ["flow", "skill"], "Which skills a flow can fill", optional=True)
class TrainingSkill(Row):
    flow: str = ref("Flow", "training")
    skill: str = ref("Skill", "skills")
    intake_max: float = number("Most entrants in a year for this skill", "person/year", 0)


@entity("equipment", ["equipment"], "Kinds of shared machines", optional=True)
class Equipment(Titled):
    equipment: str = ident("Id of the kind")
    cost_low: float | None = number("Low price of a unit", "million", 0, default=None)
    cost_likely: float = number("Likely price of a unit", "million", 0)
    cost_high: float | None = number("High price of a unit", "million", 0, default=None)
    lead_time: int = integer("Time from order to use", "quarter", 0, 80)
    upkeep: float = number("Yearly upkeep as a share of the price", "share/year", 0, 1, default=0.0)
    units_max: int = integer("Most units in the country", "unit", 0)
    sites_max: int = integer("Most places that host the kind", "place", 0, default=1)
    site_cost: float = number("Yearly cost of each place that hosts the kind", "million", 0, default=0.0)
    remote: bool = flag("Can be used from another place")
    hosts: tuple[str, ...] = refs("Organisations that can host it; any where empty", "organisations")


@entity("equipment_stock", ["equipment", "place"], "Machines that are there already", optional=True)
class EquipmentStock(Row):
    equipment: str = ref("Kind of equipment", "equipment")
    place: str = ref("Place", "places")
    units: int = integer("Units there at the start", "unit", 0)


@entity("equipment_supply", ["equipment", "supplier"], "Where a kind of equipment comes from", optional=True)
class EquipmentSupply(Row):
    equipment: str = ref("Kind of equipment", "equipment")
    supplier: str = ref("Supplier", "suppliers")
    share: float = share("Share of the market")


@entity("budget", ["scenario", "year"], "Money of each year, by scenario")
class Budget(Row):
    scenario: str = text("Name of the scenario", default="base")
    year: int = year("Calendar year")
    amount: float = number("Money of the year", "million", 0)


@entity("migration", ["migration"], "Classes of cryptographic work items to be migrated", optional=True)
class Migration(Titled):
    migration: str = ident("Id of the class")
    function: str = choice("What the cryptography does", MIGRATION_FUNCTIONS)
    items: int = integer("Work items of the class", "item", 0)
    value: float = number("Value at risk of one item in a year", "level-year/year", 0)
    shelf_life: float = number("How long the protected data must stay secret", "year", 0, 200, default=0.0)
    trust_life: float = number("How long the signatures must be trusted", "year", 0, 200, default=0.0)
    offset: float = number(
        "Years by which its algorithms fall after RSA-2048; negative where they fall before it",
        "year",
        -50,
        50,
        default=0.0,
    )
    risk: str = choice("Risk of the class, as a policy for its deadline sees it", RISKS, default="medium")
    cost: float = number("Cost of migrating one item", "million", 0, default=0.0)
    projects: tuple[str, ...] = refs("Projects that must have ended first", "projects")


@entity("migration_skills", ["migration", "skill"], "Effort of migrating one item", optional=True)
class MigrationSkill(Row):
    migration: str = ref("Class of work items", "migration")
    skill: str = ref("Skill", "skills")
    effort: float = number("Person-quarters for one item", "person-quarter", 0)


@entity("threat", ["curve", "within"], "When a quantum computer breaks RSA-2048, as experts judge it", optional=True)
class Threat(Row):
    """One point of a curve; through three or more points goes a cure model, see `lotrinh.register.threat`."""

    curve: str = text("Name of the curve: a survey may give an optimistic and a pessimistic one", default=REQUIRED)
    surveyed: float = number("When the experts were asked, as a year with its fraction: 2025.8", "year", 1900, 2200)
    within: float = number("Time from then", "year", 0, 200, above=True)
    chance: float = share("Chance that it has happened by then; what the last row leaves open is later or never")
    weight: float = number(
        "Weight of the curve among all curves, the same in all its rows", "share", 0, above=True, default=1.0
    )


@entity("directives", ["directive"], "Sentences of the leadership, each bound to a rule and a threshold", optional=True)
class Directive(Titled):
    directive: str = ident("Id of the directive")
    rule: str = choice("Rule that measures it", RULES)
    scope: str = text("What it speaks of: all, or an id or a word that its rule accepts", default="all")
    comparison: str = choice("How the measure is compared with the threshold", COMPARISONS)
    threshold: float = number("Threshold, in the unit of the rule", "")
    kind: str = choice("Kind: hard is a constraint, soft has a price, watch is reported", DIRECTIVE_KINDS)
    price: float = number("Value lost for each unit by which a soft directive is missed", "level-year", 0, default=0.0)
    from_: Quarter | None = quarter("First quarter in which it applies", default=None)
    until: Quarter | None = quarter("Last quarter in which it applies", default=None)


@entity("comparables", ["comparable"], "Known cases against which costs and durations are judged", optional=True)
class Comparable(Titled):
    comparable: str = ident("Id of the case")
    value: str = text("What it cost or measured, as published")
    unit: str = text("Unit of the value, as published")
    duration: int | None = integer("Duration", "quarter", 0, 400, default=None)


@entity("kpis", ["kpi"], "Indicators and targets set elsewhere, to which the programme reports", optional=True)
class Kpi(Titled):
    kpi: str = ident("Id of the indicator")
    by: str = text("By when")
    target: str = text("Target, as published")
    unit: str = text("Unit of the target")


@entity("locks", ["project"], "What already runs or is decided: it keeps its mode and start", optional=True)
class Lock(Row):
    project: str = ref("Project", "projects")
    mode: str = ref("Mode in which it runs", "modes")
    start: Quarter = quarter("Quarter in which it started or will start; may lie before the programme")


@entity("uncertain", ["of", "row", "column"], "Which stated numbers are uncertain, and how far", optional=True)
class Uncertain(Row):
    """The range of one number of some rows, as factors.

    In a future each row meant has a factor of its own, drawn evenly from `low` to `high` and independently of every
    other; a row that names an id goes before one for every row. The product is cut at the bounds of its column, and
    rounded where that holds whole numbers; `duration_p90` goes with its duration. A mode with a low or a high cost has
    its range in these, and no factor.
    """

    of: str = choice("Table in which the number stands", tuple(UNCERTAIN))
    row: str = text(
        "Id in the first column of the key, or * for every row that no id names; each row meant has its own factor",
        default=REQUIRED,
    )
    column: str = choice("Column of the number", tuple(dict.fromkeys(sum(UNCERTAIN.values(), ()))))
    low: float = number("Least factor by which the stated number is multiplied", "share", 0, 100)
    high: float = number("Greatest factor; all between are equally likely", "share", 0, 100)


@entity("sources", ["source"], "Where sourced numbers come from")
class Source:
    source: str = ident("Id of the source")
    title: str = text("Title, publisher and date")
    url: str = text("Address")
    evidence: str = choice("How the source is known", EVIDENCE, default="sourced")
    note: str = text("Strength of the source and what to mind")
