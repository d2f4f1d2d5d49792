"""Random tiny programmes for the oracle, and the features that they are made of.

`tiny(seed)` is the same programme for the same seed. `FEATURES` names every feature of the specification together with
the programme without it, so that one can count where a feature occurs and where it changes the optimum.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lotrinh.base.calendar import Quarter
from lotrinh.programme import entities as e
from lotrinh.programme.columns import Entity
from lotrinh.programme.programme import Programme, Table
from lotrinh.tables.raw import RawTables

FACTS = {"evidence": "assumption", "reason": "random example"}
"""What every row carries beside its own facts."""


def build(settings: Mapping[str, Any] | None = None, **tables: Iterable[Mapping[str, Any]]) -> Programme:
    """Return a programme of the given rows, each a mapping of its facts; tables left out are empty."""
    facts = {"programme": "tiny", "price_year": 2026, "start": Quarter(2027, 1), **FACTS, **(settings or {})}
    made: dict[str, Any] = {}
    for name, entity in Entity.registry.items():
        if name == "programme":
            continue
        common = {} if name == "sources" else FACTS
        rows = [entity.row(**{**common, **row}) for row in tables.pop(name, ())]
        made[name] = Table(rows, entity.identifies)
    if tables:
        raise ValueError(f"no such table: {', '.join(tables)}")
    return Programme(settings=e.Settings(**facts), **made, raw=RawTables("", ()))


class _Dice:
    """Random choices of one seed."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(f"tiny {seed}")
        self.scarce = self.of("people", "people", "machines", "machines", "money", "levels", "levels")
        """What is scarce in this programme, so that its rules bind."""

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def of(self, *values: Any) -> Any:
        return self.random.choice(values)

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def some(self, values: list[Any], count: int) -> list[Any]:
        return sorted(self.random.sample(values, min(count, len(values))))


def tiny(seed: int) -> Programme:
    """Return the tiny programme of a seed: two to four projects over four to six quarters."""
    dice = _Dice(seed)
    start = Quarter(2027, dice.of(1, 1, 2, 3, 4))
    T = dice.of(4, 5, 6, 6, 6)
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in Entity.registry if name != "programme"}
    settings = {
        "start": start,
        "quarters": T,
        "discount": dice.of(0, 0.03, 0.08),
        "carry_over": dice.of(0, 0.1, 0.3, 1),
        "over_programming": dice.of(1, 1, 0.9, 1.1, 1.25),
        "above_target": dice.of(0.1, 0, 0.3, 1),
        "terminal": dice.of(3, 3, 2, 1, 1, 0),
        "product_weight": dice.of(1, 0.5, 2),
        "money_weight": dice.of(0, 0, 0, 0.02, 0.1, 0.2),
    }
    projects = [f"P{i + 1}" for i in range(dice.of(2, 3, 3, 4, 4, 4))]
    capabilities = [f"C{i + 1}" for i in range(dice.between(1, 3))]
    skills = [f"S{i + 1}" for i in range(dice.between(1, 2))]
    places = ["HN", "DN"][: 2 if dice.scarce == "machines" else dice.between(1, 2)]
    fields = ["F1", "F2"][: dice.between(1, 2)]

    _fill_capabilities(dice, tables, capabilities, fields)
    tables["places"] = [{"place": place} for place in places]
    tables["organisations"] = [{"organisation": f"O{place}", "kind": "institute", "place": place} for place in places]
    tables["skills"] = [
        {
            "skill": skill,
            "people_start": dice.of(0.5, 0.5, 1, 1.5) if dice.scarce == "people" else dice.of(1.5, 2, 2, 3),
            "loss": dice.of(0, 0, 0.1, 0.2),
        }
        for skill in skills
    ]
    _fill_projects(dice, tables, projects, start)
    _fill_work(dice, tables, start, T)
    if dice.maybe(1 if dice.scarce == "machines" else 0.35):
        _fill_equipment(dice, tables, places)
    if dice.maybe(1 if dice.scarce == "people" else 0.35):
        _fill_training(dice, tables, skills, projects)
    _fill_money(dice, tables, fields, start, T)
    return build(settings, **tables)


def _fill_capabilities(dice: _Dice, tables: dict[str, list], capabilities: list[str], fields: list[str]) -> None:
    goals = ["G1", "G2"][: dice.between(1, 2)]
    tables["goals"] = [{"goal": goal, "weight": dice.of(0.5, 1, 1.5)} for goal in goals]
    core = dice.maybe(0.8 if dice.scarce == "levels" else 0.35)
    for capability in capabilities:
        restored = core and dice.maybe(0.7)
        tables["capabilities"].append(
            {
                "capability": capability,
                "field": dice.of(*fields),
                "level_start": dice.of(0, 0.5, 1, 1.5, 2, 4.5),
                "target": dice.of(1.5, 2, 3, 4),
                "depreciation": dice.of(0.2, 0.4, 0.6) if restored else dice.of(0, 0.1, 0.2, 0.4),
                "restore_share": dice.of(0.5, 1) if restored else 0.0,
                "restore_cost": dice.of(0, 0.5, 1, 1, 2, 3) if restored else 0.0,
            }
        )
        for goal in goals:
            if dice.maybe(0.9):
                tables["capability_goals"].append(
                    {"capability": capability, "goal": goal, "share": dice.of(0.3, 0.6, 1)}
                )
    for i, capability in enumerate(capabilities):
        for below in capabilities[:i]:
            if dice.maybe(0.5):
                tables["foundations"].append(
                    {"capability": capability, "rests_on": below, "weight": dice.of(0.4, 0.7, 1)}
                )


def _fill_projects(dice: _Dice, tables: dict[str, list], projects: list[str], start: Quarter) -> None:
    fields = sorted({row["field"] for row in tables["capabilities"]})
    organisations = [row["organisation"] for row in tables["organisations"]]
    for i, project in enumerate(projects):
        row = {"project": project, "field": dice.of(*fields), "lead": dice.of(*organisations)}
        if dice.maybe(0.35):
            row["product_value"] = dice.of(0.3, 0.5, 1)
        if dice.maybe(0.07):
            row["mandatory"] = not tables["project_links"]
        if dice.maybe(0.2):
            row["earliest"] = start.plus(dice.between(1, 2))
        if dice.maybe(0.2 if dice.scarce in ("money", "levels") else 0.05):
            row["latest"] = start.plus(dice.between(0, 2))
        if "earliest" in row and "latest" in row and row["latest"] < row["earliest"]:
            row["latest"] = row["earliest"]
        if dice.maybe(0.4):
            row["failure_share"] = dice.of(0.2, 0.5)
        tables["projects"].append(row)
        tables["project_goals"].append({"project": project, "goal": "G1"})
        for below in projects[:i]:
            if dice.maybe(0.3 if dice.scarce == "levels" else 0.15):
                tables["project_links"].append({"project": project, "predecessor": below, "lag": dice.of(0, 1)})
        for letter in "ab"[: dice.of(1, 1, 2)]:
            _fill_mode(dice, tables, project, f"{project}{letter}")


def _fill_mode(dice: _Dice, tables: dict[str, list], project: str, mode: str) -> None:
    other = mode.endswith("b")
    tables["modes"].append(
        {
            "mode": mode,
            "project": project,
            "kind": "partner" if other else "domestic",
            "duration": dice.of(1, 2) if other else dice.between(1, 3),
            "cost_likely": dice.of(1, 1.5, 2, 3, 4, 5),
            "gain_factor": dice.of(0.6, 0.8) if other else dice.of(1, 1, 1.2),
            "cost_trend": dice.of(0, 0, -0.3, -0.2, 0.1),
            "maturing": dice.of(0, 0, 0.3, 0.6),
        }
    )
    at = dice.of((), (), (1,), (0.5,), (0.4, 1), (0.3, 0.7))
    release = 0.0
    for number, moment in enumerate(at, start=1):
        share = dice.of(0, 0.3, 0.5) if release < 0.5 else 0.3
        if moment == 1 and not dice.maybe(0.1):
            share = 0  # else against a rule of the data, but the specification says what it means
        release += share
        tables["gates"].append(
            {"mode": mode, "gate": number, "at": moment, "chance": dice.of(0.5, 0.7, 0.9), "release": share}
        )


def _fill_work(dice: _Dice, tables: dict[str, list], start: Quarter, quarters: int) -> None:
    """What projects give, need and are bound to."""
    levels = {row["capability"]: row["level_start"] for row in tables["capabilities"]}
    for row in tables["projects"]:
        project = row["project"]
        for capability in dice.some(list(levels), dice.of(0, 1, 1, 2, 2, 2)):
            tables["gains"].append({"project": project, "capability": capability, "levels": dice.of(0.5, 1, 1.5)})
    for row in tables["projects"]:
        if dice.maybe(0.5 if dice.scarce == "levels" else 0.3):
            raised = [gain["capability"] for gain in tables["gains"] if gain["project"] != row["project"]]
            more = dice.of(-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3)
            capability = dice.of(*raised) if more > 0 and raised else dice.of(*levels)
            level = min(5.0, max(0.1, levels[capability] + more))
            tables["prerequisites"].append(
                {"project": row["project"], "capability": capability, "level": round(level, 1)}
            )
    needed = (1, 1, 1.5) if dice.scarce == "people" else (0.5, 1, 1, 1.5, 2)
    for mode in tables["modes"]:
        for skill in dice.some([row["skill"] for row in tables["skills"]], dice.of(0, 1, 1, 2)):
            tables["mode_skills"].append({"mode": mode["mode"], "skill": skill, "fte": dice.of(*needed)})
    if dice.maybe(0.25):
        mode = dice.of(*tables["modes"])
        d = mode["duration"]
        begin = dice.of(*range(1 - d, 0)) if d > 1 and dice.maybe(0.7) else dice.between(0, min(2, quarters - d))
        tables["locks"].append({"project": mode["project"], "mode": mode["mode"], "start": start.plus(begin)})
        for need in tables["mode_skills"]:
            if need["mode"] == mode["mode"]:
                need["fte"] = 0.5


def _fill_equipment(dice: _Dice, tables: dict[str, list], places: list[str]) -> None:
    stock = dice.maybe(0.4)
    row = {
        "equipment": "E1",
        "cost_likely": dice.of(0.3, 0.5, 1),
        "lead_time": dice.of(0, 1, 1, 2),
        "upkeep": dice.of(0, 0.1, 0.2),
        "units_max": dice.of(1, 2, 2, 3),
        "sites_max": dice.of(1, 1, 2, 2),
        "site_cost": dice.of(0, 0.2, 0.6),
        "remote": dice.maybe(0.35),
    }
    scattered = dice.scarce == "machines" and dice.maybe(0.3)
    if scattered:
        # Two places want the machine and few may have it.
        row.update(units_max=2, sites_max=dice.of(1, 2), remote=False, lead_time=dice.of(0, 1), cost_likely=0.3)
        for i, project in enumerate(tables["projects"]):
            project["lead"] = tables["organisations"][i % 2]["organisation"]
    elif dice.maybe(0.55):
        row["hosts"] = tuple(dice.some([o["organisation"] for o in tables["organisations"]], dice.of(1, 1, 2)))
    tables["equipment"] = [row]
    if stock:
        tables["equipment_stock"] = [{"equipment": "E1", "place": dice.of(*places), "units": 1}]
    locked = [lock["mode"] for lock in tables["locks"]]
    for mode in tables["modes"]:
        if dice.maybe(0.15 if mode["mode"] in locked else 0.8):
            tables["mode_equipment"].append(
                {"mode": mode["mode"], "equipment": "E1", "units": 1 if scattered else dice.of(0.5, 0.5, 1, 1, 1, 1, 2)}
            )


def _fill_training(dice: _Dice, tables: dict[str, list], skills: list[str], projects: list[str]) -> None:
    flow = {
        "flow": "W1",
        "intake_max": dice.of(1, 2, 3, 3),
        "duration": dice.of(1, 1, 1, 2, 3),
        "completion": dice.of(1, 0.8, 0.6),
        "retention": dice.of(1, 1, 0.9, 0.7),
        "counts": dice.of(1, 1, 0.5),
        "cost": dice.of(0.05, 0.1, 0.3),
    }
    if dice.maybe(0.5):
        flow["teachers"] = dice.of(0.1, 0.3, 0.5)
    if dice.maybe(0.6):
        flow["project"] = dice.of(*projects)
        if dice.maybe(0.7):
            flow["intake_alone"] = dice.of(*range(flow["intake_max"] + 1))
    if dice.scarce == "people" and dice.maybe(0.35):
        # A graduate programme: its project needs nobody, the others need whom it trains.
        flow.update(project=projects[0], intake_max=3, intake_alone=dice.of(0, 1, 1), duration=1)
        tables["mode_skills"] = [need for need in tables["mode_skills"] if not need["mode"].startswith(projects[0])]
    tables["training"] = [flow]
    if dice.maybe(0.5):
        for after, share in dice.of(((1, 0.5), (2, 0.5)), ((1, 0.2), (3, 0.8)), ((2, 1),)):
            tables["training_profile"].append({"flow": "W1", "after": after, "share": share})
    for skill in dice.some(skills, 2 if dice.scarce == "people" else dice.of(1, 2)):
        tables["training_skills"].append({"flow": "W1", "skill": skill, "intake_max": dice.of(1, 2, 3, 3)})


def _fill_money(dice: _Dice, tables: dict[str, list], fields: list[str], start: Quarter, length: int) -> None:
    costs = {row["project"]: row["cost_likely"] for row in tables["modes"]}
    whole = sum(costs.values()) + sum(row["cost_likely"] for row in tables["equipment"])
    years = sorted({start.plus(t).year for t in range(length)})
    quarters = {year: sum(start.plus(t).year == year for t in range(length)) for year in years}
    plenty = dice.of(0.5, 0.7, 1) if dice.scarce == "money" else dice.of(1, 1.4, 2)
    for scenario, factor in (("base", 1.0), ("low", 0.6), ("high", 1.6))[: dice.of(1, 2, 3)]:
        for year in years:
            amount = whole * plenty * factor * dice.of(0.8, 1, 1.2) * quarters[year] / length
            tables["budget"].append({"scenario": scenario, "year": year, "amount": round(amount, 1)})
    for field in fields:
        of_field = [costs[row["project"]] for row in tables["projects"] if row["field"] == field]
        mass = 0.0
        if of_field and dice.maybe(0.45):
            mass = round(sum(of_field) * dice.of(0.3, 0.5, 0.7, 0.9), 1)
        tables["fields"].append({"field": field, "critical_mass": mass})


def supplied(seed: int) -> Programme:
    """Return the tiny programme of a seed with suppliers some of whom end within the horizon."""
    programme, dice = tiny(seed), _Dice(f"supplied {seed}")
    start, T = programme.settings.start, programme.settings.quarters
    suppliers = ["A", "B", "C"]
    tables: dict[str, list[dict[str, Any]]] = {"suppliers": [], "reliance": [], "equipment_supply": []}
    for supplier in suppliers:
        end = start.plus(dice.between(-1, T - 2)) if dice.maybe(0.8) else None
        tables["suppliers"].append({"supplier": supplier, "until": end})
    for mode in programme.modes:
        for supplier in dice.some(suppliers, dice.of(0, 1, 2, 2, 3)):
            share = dice.of(0.1, 0.2, 0.2, 0.3)
            tables["reliance"].append({"mode": mode.mode, "supplier": supplier, "share": share})
    makers_of_machines = ["M", "N"]
    for maker in makers_of_machines:
        end = start.plus(dice.of(-1, -1, 0)) if dice.maybe(0.9) else None
        tables["suppliers"].append({"supplier": maker, "until": end})
    for kind in programme.equipment:
        makers = dice.some(makers_of_machines, dice.of(0, 1, 1, 1, 2))
        tables["equipment_supply"] += [
            {"equipment": kind.equipment, "supplier": maker, "share": 1 / len(makers)} for maker in makers
        ]
    made = {
        name: Table([Entity.registry[name].row(**FACTS, **row) for row in rows], Entity.registry[name].identifies)
        for name, rows in tables.items()
    }
    settings = dataclasses.replace(programme.settings, goes_on_without=dice.of(0, 0.1, 0.2, 0.3))
    return dataclasses.replace(programme, settings=settings, **made)


# Features


Without = Callable[[Programme], Programme]


def _settings(**facts: Any) -> Without:
    return lambda programme: dataclasses.replace(programme, settings=dataclasses.replace(programme.settings, **facts))


def _rows(table: str, **facts: Any) -> Without:
    """Set columns of every row of a table."""

    def without(programme: Programme) -> Programme:
        rows = [dataclasses.replace(row, **facts) for row in getattr(programme, table)]
        return dataclasses.replace(programme, **{table: Table(rows, Entity.registry[table].identifies)})

    return without


def _only(table: str, keep: Callable[[Programme, Any], bool] = lambda programme, row: False) -> Without:
    """Leave out the rows of a table that are not to be kept; by default, all."""

    def without(programme: Programme) -> Programme:
        rows = [row for row in getattr(programme, table) if keep(programme, row)]
        return dataclasses.replace(programme, **{table: Table(rows, Entity.registry[table].identifies)})

    return without


def _first_mode(programme: Programme) -> Programme:
    """Leave every project one mode: the locked one, or the first."""
    kept = {}
    for mode in programme.modes:
        kept.setdefault(mode.project, mode.mode)
    kept.update({lock.project: lock.mode for lock in programme.locks})
    for table in ("gates", "mode_skills", "mode_equipment"):
        programme = _only(table, lambda _, row: row.mode in kept.values())(programme)
    return _only("modes", lambda _, row: row.mode in kept.values())(programme)


def _no_training(programme: Programme) -> Programme:
    for table in ("training_skills", "training_profile", "training"):
        programme = _only(table)(programme)
    return programme


FEATURES: dict[str, Without] = {
    "discount": _settings(discount=0),
    "carry-over": _settings(carry_over=0),
    "over-programming": _settings(over_programming=1),
    "value above target": _settings(above_target=1),
    "terminal": _settings(terminal=0),
    "product weight": _settings(product_weight=1),
    "money weight": _settings(money_weight=0),
    "depreciation": _rows("capabilities", depreciation=0),
    "core funding": _rows("capabilities", restore_share=0),
    "core funding costs": _rows("capabilities", restore_cost=0),
    "foundations": _only("foundations"),
    "prerequisites": _only("prerequisites"),
    "precedence": _only("project_links"),
    "lag": _rows("project_links", lag=0),
    "second modes": _first_mode,
    "gain factor": _rows("modes", gain_factor=1),
    "cost trend": _rows("modes", cost_trend=0),
    "maturing": _rows("modes", maturing=0),
    "gates": _only("gates"),
    "releases": _rows("gates", release=0),
    "failure share": _rows("projects", failure_share=0),
    "products": _rows("projects", product_value=0),
    "mandatory": _rows("projects", mandatory=False),
    "earliest start": _rows("projects", earliest=None),
    "latest start": _rows("projects", latest=None),
    "locks": _only("locks"),
    "locks before the programme": _only("locks", lambda programme, row: row.start >= programme.settings.start),
    "locks inside the programme": _only("locks", lambda programme, row: row.start < programme.settings.start),
    "critical mass": _rows("fields", critical_mass=0),
    "people": _only("mode_skills"),
    "loss of people": _rows("skills", loss=0),
    "training": _no_training,
    "training profile": _only("training_profile"),
    "teachers": _rows("training", teachers=0),
    "flow that needs a project": _rows("training", project=""),
    "intake alone": _rows("training", intake_alone=None),
    "completion": _rows("training", completion=1),
    "retention": _rows("training", retention=1),
    "counts": _rows("training", counts=1),
    "cost of training": _rows("training", cost=0),
    "equipment": _only("mode_equipment"),
    "stock": _only("equipment_stock"),
    "lead time": _rows("equipment", lead_time=0),
    "upkeep": _rows("equipment", upkeep=0),
    "site cost": _rows("equipment", site_cost=0),
    "site limit": _rows("equipment", sites_max=9),
    "unit limit": _rows("equipment", units_max=3),
    "remote": _rows("equipment", remote=False),
    "not remote": _rows("equipment", remote=True),
    "hosts": _rows("equipment", hosts=()),
    "budget": _rows("budget", amount=1000),
}
"""By the name of a feature, what makes a programme one without it."""


def has(programme: Programme, feature: str) -> bool:
    """True where the programme has the feature."""
    return FEATURES[feature](programme) != programme
