"""Programmes of any size with the shape of the Vietnam case, made from a seed.

What grows with the number of projects grows here as well: money, people, machines, organisations and, more slowly,
capabilities, kinds of machines and places. About half of the projects fit into the base budget, and the people at the
start are a quarter of what all projects at once would want.

    python bench/generate.py --projects 300 --quarters 40 --seed 1 -o FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lotrinh.programme import entities
from lotrinh.programme.columns import Column, Entity
from lotrinh.programme.dictionary import layouts
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.tables.files import write
from lotrinh.tables.raw import SETTINGS, Cell, RawTable, RawTables

REFERENCE = 45
"""Projects of the Vietnam case, from which everything is scaled."""
FIRST_YEAR = 2027
LAYERS = 4
"""Projects wait only for projects of an earlier layer."""
FIELDS = ("SEC", "QCOM", "QSENS", "QSW", "ENAB", "QCOMP", "BASE")
FIELD_SHARE = (0.18, 0.20, 0.15, 0.09, 0.18, 0.09, 0.11)
SKILLS = ("SK-OPT", "SK-ATM", "SK-CRY", "SK-FAB", "SK-PQC", "SK-SWA", "SK-ELE", "SK-NET", "SK-MET")
GOALS = ("R57", "SOV", "DATA", "SEMI", "AI", "TEL", "SPACE", "HEALTH", "DEF")
SCENARIOS = {"low": 0.48, "base": 1.0, "high": 2.0}
RAMP = (0.06, 0.09, 0.12, 0.14, 0.14, 0.13, 0.12, 0.1, 0.1)
"""Share of the money of each year, the last one repeated."""
KINDS = {"domestic": 0.91, "partner": 0.89, "buy": 0.38}
"""Share of the projects that have a mode of the kind: 2.18 modes a project."""
FLOWS = (
    # flow, intake a year, without its project, needs a project, quarters, completion, retention, counts, cost, teachers
    ("T1", 40, 12, True, 16, 0.6, 0.8, 1.0, 0.03, 0.1),
    ("T2", 15, 5, True, 18, 0.7, 0.55, 1.0, 0.12, 0.02),
    ("T3", 120, 36, True, 7, 0.9, 0.85, 1.0, 0.012, 0.04),
    ("T4", 300, None, False, 1, 0.95, 0.92, 0.5, 0.002, 0.01),
    ("T5", 30, None, False, 4, 0.92, 0.88, 1.0, 0.006, 0.05),
    ("T6", 12, 2, True, 1, 0.95, 0.75, 1.0, 0.25, 0.0),
)
MACHINES = (
    # price, lead time, units for 45 projects, sites, cost of a site, remote
    (1.2, 4, 4, 1, 0.15, True),
    (0.2, 3, 4, 2, 0.05, False),
    (4.5, 6, 1, 1, 0.2, True),
    (3.5, 5, 1, 1, 0.25, True),
    (14.0, 10, 1, 1, 0.5, True),
    (1.1, 4, 4, 2, 0.08, False),
    (0.8, 3, 3, 2, 0.1, False),
    (0.3, 2, 8, 3, 0.05, False),
    (0.8, 3, 3, 1, 0.05, False),
    (0.3, 2, 5, 2, 0.05, False),
    (1.5, 4, 2, 1, 0.15, False),
    (0.5, 2, 4, 2, 0.1, True),
)

Row = dict[str, Any]


class _Maker:
    """The tables of one programme while they are made; every draw comes from one generator."""

    def __init__(self, projects: int, quarters: int, seed: int) -> None:
        if projects < 1 or quarters < 1:
            raise ValueError("at least one project and one quarter are needed")
        self.dice = np.random.default_rng(np.random.SeedSequence([seed, projects, quarters]))
        self.tables: dict[str, list[Row]] = {name: [] for name in Entity.registry}
        self.quarters = quarters
        self.years = [FIRST_YEAR + y for y in range((quarters + 3) // 4)]
        self.scale = projects / REFERENCE
        self.pace = quarters / 36
        self.projects = [f"P{i + 1:0{len(str(max(projects, 10)))}}" for i in range(projects)]
        self.fields = FIELDS[: min(len(FIELDS), projects)]
        self.position = {project: i for i, project in enumerate(self.projects)}
        self.layer = np.sort(self.dice.choice(LAYERS, size=projects, p=[0.47, 0.3, 0.17, 0.06]))
        self.ready = np.zeros(projects, dtype=int)
        """First quarter in which a project can start after the shortest way through what it waits for."""

    def chance(self, share: float) -> bool:
        """True in the given share of draws."""
        return bool(self.dice.random() < share)

    def between(self, low: float, high: float, digits: int = 2) -> float:
        """Return a number between the two, rounded."""
        return round(float(self.dice.uniform(low, high)), digits)

    def some(self, values: Sequence[str], count: int) -> list[str]:
        """Return `count` of the values at most, in their order."""
        chosen = self.dice.choice(len(values), size=min(count, len(values)), replace=False)
        return [values[i] for i in np.sort(chosen)]

    def one(self, values: Sequence[str]) -> str:
        """Return one of the values."""
        return values[int(self.dice.integers(len(values)))]

    def put(self, table: str, **row: Any) -> None:
        """Add a row; it gets titles where the table has them, and what every row carries about its evidence."""
        entity = Entity.registry[table]
        names = {column.name for column in entity.columns}
        facts: Row = {"evidence": "assumption", "reason": "generated"}
        label = str(row.get(entity.identifies, "")) if entity.identifies else ""
        facts |= {"title_vi": label, "title_en": label}
        self.tables[table].append({name: value for name, value in facts.items() if name in names} | row)

    def of(self, table: str, key: str) -> dict[str, Row]:
        """Return the rows of a table by one of their columns."""
        return {str(row[key]): row for row in self.tables[table]}

    # The country ---------------------------------------------------------------------------------------------------

    def country(self) -> None:
        """Settings, goals, fields, places, organisations, suppliers."""
        self.put(
            SETTINGS,
            programme="generated",
            price_year=FIRST_YEAR - 1,
            start=f"{FIRST_YEAR}Q1",
            quarters=self.quarters,
            carry_over=0.3,
            money_weight=0.002,
        )
        weights = self.dice.dirichlet(np.full(len(GOALS), 8.0))
        for goal, weight in zip(GOALS, weights, strict=True):
            self.put("goals", goal=goal, weight=round(float(weight), 4))
        places = [f"L{i + 1}" for i in range(3 + len(self.projects) // 150)]
        for place in places:
            self.put("places", place=place)
        kinds = ("university", "institute", "business", "academy", "security", "agency", "defence", "network")
        share = np.array([0.6, 0.25, *([0.15 / (len(places) - 2)] * (len(places) - 2))])
        for i in range(14 + len(self.projects) // 15):
            at = i if i < len(places) else int(self.dice.choice(len(places), p=share))
            self.put(
                "organisations",
                organisation=f"O{i + 1:02}",
                kind=kinds[i % len(kinds)],
                place=places[at],
                fields=self.some(self.fields, 3),
            )
        for i in range(12):
            risk = ("low", "medium", "high")[i % 3]
            rate = {"low": 0.01, "medium": 0.03, "high": 0.08}[risk]
            self.put("suppliers", supplier=f"F{i + 1:02}", risk=risk, withdrawal_rate=rate, withdrawal_length=7)

    def capabilities(self) -> None:
        """Capabilities in layers, what they serve and on what they rest."""
        ids = [f"C{i + 1:02}" for i in range(14 + len(self.projects) // 30)]
        for i, capability in enumerate(ids):
            start = self.between(0.2, 1.6, 1)
            self.put(
                "capabilities",
                capability=capability,
                field=self.fields[i % len(self.fields)],
                level_start=start,
                target=round(min(5.0, start + self.between(1.5, 2.8, 1)), 1),
                depreciation=self.between(0.12, 0.25),
                restore_share=self.between(0.4, 0.6, 1),
                restore_cost=round(self.between(2, 6, 1) * self.scale, 2),
            )
            for goal in self.some(GOALS, int(self.dice.integers(3, 6))):
                self.put("capability_goals", capability=capability, goal=goal, share=self.between(0.2, 1, 1))
            for below in self.some(ids[:i], int(self.dice.integers(0, 4)) if i < len(ids) // 2 else 1):
                self.put("foundations", capability=capability, rests_on=below, weight=self.between(0.2, 0.8, 1))
            for year, behind in ((FIRST_YEAR - 7, 1.0), (FIRST_YEAR, 0.5), (FIRST_YEAR + 9, 0.0)):
                self.put("frontier", capability=capability, year=year, level=round(5.0 - behind, 1))

    # Projects ------------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """Projects with their modes, gates, staff, machines, links and gains."""
        organisations = list(self.of("organisations", "organisation"))
        fields = self._spread(self.fields, FIELD_SHARE[: len(self.fields)])
        mandatory = self._mandatory(fields)
        for i, project in enumerate(self.projects):
            duration = self._duration()
            self._links(i, project, duration, mandatory)
            need = project in mandatory
            self.put(
                "projects",
                project=project,
                field=fields[i],
                lead=self.one(organisations),
                product_value=0 if self.chance(0.2) else self.between(0.02, 0.15),
                mandatory=int(need),
                latest=f"{FIRST_YEAR}Q4" if need and self.quarters >= 24 else "",
                trl_start=int(self.dice.integers(2, 5)),
                trl_end=int(self.dice.integers(6, 10)),
                failure_share=self.between(0.2, 0.45),
                security=int(self.chance(0.4)),
            )
            for goal in self.some(GOALS, int(self.dice.integers(1, 4))):
                self.put("project_goals", project=project, goal=goal)
            for partner in self.some(organisations, int(self.dice.integers(1, 4))):
                if partner != self.tables["projects"][-1]["lead"]:
                    self.put("project_partners", project=project, organisation=partner)
            self._modes(i, project, duration)

    def _spread(self, values: Sequence[str], share: Sequence[float]) -> list[str]:
        """Return a value for each project: every one at least once, else by its share."""
        weight = np.array(share) / sum(share)
        drawn = self.dice.choice(len(values), size=len(self.projects) - len(values), p=weight)
        order = self.dice.permutation(np.concatenate([np.arange(len(values)), drawn]))
        return [values[i] for i in order]

    def _mandatory(self, fields: Sequence[str]) -> set[str]:
        """Return one project in 22, of the first layer and the first two fields: other fields may stay closed."""
        able = [
            project
            for project, field, layer in zip(self.projects, fields, self.layer, strict=True)
            if layer == 0 and field in self.fields[:2]
        ]
        return set(self.some(able, len(self.projects) // 22) if able else ())

    def _duration(self) -> int:
        likely = float(np.clip(self.dice.normal(12, 4.5), 4, 24)) * min(self.pace, 1.2)
        return int(np.clip(round(likely), 1, self.quarters))

    def _links(self, i: int, project: str, duration: int, mandatory: set[str]) -> None:
        """Wait for up to two projects of the layer below, where there is still time for it."""
        fitting = [
            j
            for j in range(i)
            if self.layer[j] == self.layer[i] - 1 and self.ready[j] + duration <= 0.9 * self.quarters
        ]
        if fitting and project not in mandatory:
            near = fitting[-12:]
            for j in sorted(self.dice.choice(near, size=min(len(near), 1 + self.chance(0.3)), replace=False).tolist()):
                lag = int(self.chance(0.1))
                self.put("project_links", project=project, predecessor=self.projects[j], lag=lag)
                self.ready[i] = max(self.ready[i], self.ready[j] + lag)
        self.ready[i] += duration

    def _modes(self, i: int, project: str, duration: int) -> None:
        kinds = [kind for kind, share in KINDS.items() if self.chance(share)] or ["domestic"]
        likely = float(np.clip(self.dice.lognormal(1.75, 0.6), 1, 60)) * duration / (12 * min(self.pace, 1.2))
        if self.tables["projects"][i]["mandatory"]:
            likely = min(likely, 5.0)
        trend, maturing = self.between(-0.06, 0), self.between(0.02, 0.04)
        facts = {
            "domestic": (duration, likely, 1.0, 0.25, maturing),
            "partner": (max(1, round(0.8 * duration)), 1.15 * likely, 0.65, 0.45, maturing),
            "buy": (max(1, round(0.45 * duration)), 1.2 * likely, 0.2, 0.85, 0.02),
        }
        hard = self.between(0.2, 0.5)
        staff = self._staff()
        machines = self._machines(i)
        for kind in kinds:
            mode = f"{project}-{kind[0].upper()}"
            length, cost, factor, foreign, ripens = facts[kind]
            self.put(
                "modes",
                mode=mode,
                project=project,
                kind=kind,
                duration=length,
                duration_p90=round(1.45 * length),
                cost_low=round(0.65 * cost, 2),
                cost_likely=round(cost, 2),
                cost_high=round(1.6 * cost, 2),
                gain_factor=factor,
                foreign_share=foreign,
                cost_trend=trend,
                maturing=ripens,
            )
            self._gates(mode, length, hard * (0.4 if kind == "buy" else 1.0))
            for skill, fte in staff.items():
                self.put("mode_skills", mode=mode, skill=skill, fte=fte)
            for machine, units in machines.items():
                self.put("mode_equipment", mode=mode, equipment=machine, units=units)
            split = self.dice.dirichlet(np.full(3, 2.0)) * foreign
            for supplier, share in zip(self.some([f"F{f + 1:02}" for f in range(12)], 3), split, strict=True):
                self.put("reliance", mode=mode, supplier=supplier, share=round(float(share), 3))

    def _gates(self, mode: str, duration: int, hard: float) -> None:
        """Add one to three gates; what is hard shows bit by bit, and the last gate releases nothing."""
        plan = {1: ((1.0, 1.0, 0.0),), 2: ((0.5, 0.4, 0.55), (1.0, 0.6, 0.0))}
        three = ((0.3, 0.2, 0.35), (0.7, 0.35, 0.27), (1.0, 0.45, 0.0))
        for number, (at, part, release) in enumerate(plan.get(1 + (duration > 3) + (duration > 6), three), start=1):
            self.put("gates", mode=mode, gate=number, at=at, chance=round(1 - hard * part, 4), release=release)

    def _staff(self) -> Row:
        skills = self.some(SKILLS, 2 + self.chance(0.4))
        return {skill: int(self.dice.integers(3, 13)) for skill in skills}

    def _machines(self, i: int) -> Row:
        """Give two projects in three one or two kinds that can be used where the project is led."""
        mandatory = self.tables["projects"][i]["mandatory"]
        if mandatory or self.chance(0.35):
            return {}
        place = self.of("organisations", "organisation")[self.tables["projects"][i]["lead"]]["place"]
        most = self.of("equipment", "equipment")
        able = [kind for kind, row in most.items() if row["remote"] or place in row["_at"]]
        return {
            kind: 1 if most[kind]["units_max"] < 4 else int(self.dice.choice([1, 1, 1, 2, 4]))
            for kind in self.some(able, 1 + self.chance(0.3))
        }

    def gains(self) -> None:
        """What projects add: to each capability about twice as much in all as its target asks for."""
        rows: dict[str, list[Row]] = {row["capability"]: [] for row in self.tables["capabilities"]}
        ids = list(rows)
        for row in self.tables["projects"]:
            own = [c["capability"] for c in self.tables["capabilities"] if c["field"] == row["field"]] or ids
            main = self.one(own)
            others = [c for c in self.some(ids, int(self.dice.integers(0, 3))) if c != main]
            for capability in (main, *others):
                size = self.between(0.4, 0.8) if capability == main else self.between(0.1, 0.3)
                rows[capability].append({"project": row["project"], "capability": capability, "levels": size})
        for row in self.tables["capabilities"]:
            wanted = 2.0 * (row["target"] - row["level_start"])
            total = sum(gain["levels"] for gain in rows[row["capability"]])
            for gain in rows[row["capability"]]:
                levels = min(gain["levels"] * max(1.0, 2 * self.scale), gain["levels"] * wanted / total)
                self.put("gains", **gain | {"levels": round(min(1.5, max(0.001, levels)), 3)})
        self.tables["gains"].sort(key=lambda gain: self.position[gain["project"]])

    def prerequisites(self) -> None:
        """Ask half of the later projects for a level that projects of earlier layers can bring about."""
        below: dict[str, list[tuple[str, float]]] = {row["capability"]: [] for row in self.tables["capabilities"]}
        for row in self.tables["foundations"]:
            below[row["capability"]].append((row["rests_on"], row["weight"]))
        start = {row["capability"]: row["level_start"] for row in self.tables["capabilities"]}
        now, best = _usable(start, below), []
        for layer in range(LAYERS):
            levels = dict(start)
            for gain in self.tables["gains"]:
                if self.layer[self.position[gain["project"]]] < layer:
                    levels[gain["capability"]] += gain["levels"]
            best.append(_usable(levels, below))
        raised = {row["project"]: row["capability"] for row in reversed(self.tables["gains"])}
        for i, row in enumerate(self.tables["projects"]):
            if row["mandatory"] or self.layer[i] == 0 or not self.chance(0.7):
                continue
            capability = raised[row["project"]]
            more = best[self.layer[i]][capability] - now[capability]
            level = round(0.95 * now[capability] + self.between(0, 0.15) * more, 2)
            if 0 < level <= best[self.layer[i]][capability]:
                self.put("prerequisites", project=row["project"], capability=capability, level=level)

    # What is scarce ------------------------------------------------------------------------------------------------

    def machines(self) -> None:
        """Kinds of shared machines, where they can stand and who sells them."""
        count = len(MACHINES) + len(self.projects) // 60
        at: dict[str, list[str]] = {}
        for row in self.tables["organisations"]:
            at.setdefault(row["place"], []).append(row["organisation"])
        for i in range(count):
            price, lead, units, sites, site_cost, remote = MACHINES[i % len(MACHINES)]
            first = next(iter(at))
            places = [first, *self.some(list(at)[1:], max(1, sites - 1) if not remote else 1)]
            machine = f"E{i + 1:02}"
            factor = max(1.0, self.scale * len(MACHINES) / count)
            self.put(
                "equipment",
                equipment=machine,
                cost_low=round(0.6 * price, 3),
                cost_likely=price,
                cost_high=round(1.7 * price, 3),
                lead_time=round(lead * min(1.0, self.pace)),
                upkeep=0.08,
                units_max=round(units * factor),
                sites_max=sites,
                site_cost=site_cost,
                remote=int(remote),
                hosts=[self.one(at[place]) for place in places],
                _at=places if sites > 1 or remote else places[:1],
            )
            shares = self.dice.multinomial(20, [0.5, 0.3, 0.2])
            for supplier, share in zip(self.some([f"F{f + 1:02}" for f in range(12)], 3), shares, strict=True):
                if share:
                    self.put("equipment_supply", equipment=machine, supplier=supplier, share=round(share / 20, 2))

    def people(self) -> None:
        """Pools of a quarter of what all projects at once would want, and the flows that fill them."""
        wanted, sure = dict.fromkeys(SKILLS, 0.0), dict.fromkeys(SKILLS, 0.0)
        mandatory = {row["project"] for row in self.tables["projects"] if row["mandatory"]}
        seen: set[tuple[str, str]] = set()
        for row in self.tables["mode_skills"]:
            project = row["mode"].rpartition("-")[0]
            if (project, row["skill"]) not in seen:
                seen.add((project, row["skill"]))
                wanted[row["skill"]] += row["fte"]
                sure[row["skill"]] += row["fte"] * (project in mandatory)
        for skill in SKILLS:
            there = max(0.25 * wanted[skill], 1.6 * sure[skill], 6)
            self.put(
                "skills",
                skill=skill,
                people_start=round(there),
                loss=0.08,
                needed=round(0.9 * wanted[skill]),
                needed_by=self.years[min(4, len(self.years) - 1)],
            )
        self._flows()

    def _flows(self) -> None:
        carriers = [row["project"] for row in self.tables["projects"] if row["field"] == self.fields[-1]]
        carriers = carriers[: max(1, len(carriers) // 2)]
        share = np.array([row["needed"] for row in self.tables["skills"]], dtype=float)
        share = np.maximum(share, 1) / np.maximum(share, 1).sum()
        for flow, most, alone, needs, duration, completion, retention, counts, cost, teachers in FLOWS:
            self.put(
                "training",
                flow=flow,
                intake_max=max(1, round(most * self.scale)),
                intake_alone="" if alone is None else round(alone * self.scale),
                project=self.one(carriers) if needs else "",
                duration=duration,
                completion=completion,
                retention=retention,
                counts=counts,
                cost=cost,
                teachers=teachers,
            )
            for s, skill in enumerate(SKILLS):
                if flow in ("T1", "T3") or self.chance(0.65):
                    intake = max(1, round(1.3 * most * self.scale * float(share[s])))
                    self.put("training_skills", flow=flow, skill=skill, intake_max=intake)
        for flow, after, part in (("T1", 12, 0.1), ("T1", 16, 0.2), ("T1", 20, 0.7), ("T2", 16, 0.4), ("T2", 20, 0.6)):
            self.put("training_profile", flow=flow, after=after, share=part)

    def money(self) -> None:
        """Critical masses, and three budgets: in the base one about half of the projects fit."""
        cost: dict[str, list[float]] = {}
        for row in self.tables["modes"]:
            cost.setdefault(row["project"], []).append(row["cost_likely"])
        field_cost = dict.fromkeys(self.fields, 0.0)
        for row in self.tables["projects"]:
            field_cost[row["field"]] += min(cost[row["project"]])
        for rank, (field, total) in enumerate(field_cost.items(), start=1):
            goals = self.some(GOALS, 3)
            self.put("fields", field=field, critical_mass=round(0.12 * total, 1), rank=rank, goals=goals)
        projects = sum(float(np.mean(costs)) for costs in cost.values())
        machines = sum(row["cost_likely"] * row["units_max"] for row in self.tables["equipment"])
        ramp = np.array([RAMP[min(y, len(RAMP) - 1)] for y in range(len(self.years))])
        inside = np.array([min(4, self.quarters - 4 * y) / 4 for y in range(len(self.years))])
        ramp = ramp * inside / (ramp * inside).sum()
        for scenario, factor in SCENARIOS.items():
            for year, part in zip(self.years, ramp, strict=True):
                amount = 0.5 * factor * (projects + 0.8 * machines) * float(part)
                self.put("budget", scenario=scenario, year=year, amount=round(amount, 2))


def _usable(levels: Mapping[str, float], below: Mapping[str, Sequence[tuple[str, float]]]) -> dict[str, float]:
    """Return usable levels; capabilities come in an order in which what lies below is settled first."""
    usable: dict[str, float] = {}
    for capability, level in levels.items():
        usable[capability] = min(5.0, level, *(usable[under] / weight for under, weight in below[capability]))
    return usable


def tables(projects: int, quarters: int, seed: int = 0) -> RawTables:
    """Return the tables of a generated programme, as a reader of a folder would."""
    maker = _Maker(projects, quarters, seed)
    for step in (
        maker.country,
        maker.capabilities,
        maker.machines,
        maker.work,
        maker.gains,
        maker.prerequisites,
        maker.people,
        maker.money,
    ):
        step()
    kept = [entity for name, entity in Entity.registry.items() if maker.tables[name] or not entity.optional]
    return RawTables("generated", tuple(_raw(entity, maker.tables[entity.table]) for entity in kept))


def generate(projects: int, quarters: int, seed: int = 0) -> Programme:
    """Return the programme of a seed; the same arguments give the same programme."""
    programme, issues = parse(tables(projects, quarters, seed))
    if programme is None:
        raise ValueError("\n".join(str(issue) for issue in issues if issue.is_error))
    return programme


def _raw(entity: Entity, rows: Sequence[Row]) -> RawTable:
    """Return rows as a raw table: every declared column, empty where nothing was given, so that defaults apply."""
    upright = entity.table == SETTINGS
    given = [column for column in entity.columns if not upright or column.name in rows[0]]
    header = tuple(column.name for column in given)
    cells = tuple(tuple(_cell(column, row) for column in given) for row in rows)
    numbers = range(1, len(header) + 1) if upright else range(2, len(rows) + 2)
    suffix = "toml" if upright else "csv"
    return RawTable(entity.table, header, cells, tuple(numbers), f"{entity.table}.{suffix}", upright=upright)


def _cell(column: Column, row: Row) -> Cell:
    value = row.get(column.name, "")
    if isinstance(value, np.generic):
        return value.item()
    return ";".join(value) if isinstance(value, list) else value


def main() -> None:
    """Write a generated programme."""
    parser = argparse.ArgumentParser(description="Write a programme of any size with the shape of the Vietnam case.")
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--quarters", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder, or workbook (.xlsx)")
    given = parser.parse_args()
    write(tables(given.projects, given.quarters, given.seed), given.output, layouts())
    print(f"{given.output}: {given.projects} projects, {given.quarters} quarters, seed {given.seed}")


assert entities.Settings is Entity.registry[SETTINGS].row  # the import above declares the tables

if __name__ == "__main__":
    main()
