"""Checking a plan without the solver: every row, every bound, every whole number, the objective, and the rules
themselves.

`broken_rows` evaluates the linear form by our own arithmetic. `broken_rules` never looks at the form: it takes the
plan's path
and checks the rules of the model directly, so that a row written wrongly is found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lotrinh.base.text import Text, t
from lotrinh.measures.paths import Decisions, Paths, holdings, value
from lotrinh.measures.quantities import Floats, Quantities
from lotrinh.plan.columns import carried
from lotrinh.plan.formulate import Formulation
from lotrinh.plan.scorecard import scorecard
from lotrinh.plan.variables import Bools

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that does not hold: the name of its row, and in words what is wrong."""

    name: str
    text: Text

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


def faults(formulation: Formulation, x: Floats, paths: Paths, objective: float, bound: float) -> list[Fault]:
    """Return everything that is wrong with a plan given by its columns, its path, its objective and its bound."""
    found = [*broken_rows(formulation, x), *broken_rules(paths)]
    worth = float(value(paths)[0]) - formulation.penalty(x)
    slack = TOLERANCE * max(1.0, abs(objective))
    for name, other in (("form", formulation.form.objective(x)), ("path", worth)):
        if not abs(other - objective) <= slack:
            found.append(Fault(f"objective[{name}]", t("the objective is {a}, not {b}", a=other, b=objective)))
    if not objective <= bound + slack:
        found.append(Fault("bound", t("the objective {a} exceeds the bound {b}", a=objective, b=bound)))
    return found


def broken_rows(formulation: Formulation, x: Floats) -> Iterator[Fault]:
    """Yield every row, bound and whole number of the form that `x` breaks."""
    form = formulation.form
    for values, low, high, name in (
        (form.activity(x), form.row_low, form.row_high, form.row_name),
        (x, form.low, form.high, form.column_name),
    ):
        for i in np.flatnonzero(outside(values, low, high)):
            yield Fault(
                name(int(i)),
                t("{value} is outside {low} to {high}", value=float(values[i]), low=float(low[i]), high=float(high[i])),
            )
    for i in np.flatnonzero(form.whole & ~(np.abs(x - np.round(x)) <= TOLERANCE)):
        yield Fault(form.column_name(int(i)), t("{value} is not a whole number", value=float(x[i])))


def broken_rules(paths: Paths) -> Iterator[Fault]:
    """Yield every rule of section 4 of the model that the path breaks, checked on the path itself."""
    decisions = paths.decisions
    if decisions is None:
        return
    q = paths.quantities
    yield from _selection(q, decisions)
    yield from _order(q, decisions, paths)
    yield from _fields(q, paths)
    yield from _core(q, decisions, paths)
    yield from _migration(q, decisions)
    yield from _money(q, paths)
    yield from _people(q, decisions, paths)
    yield from _equipment(q, decisions, paths)
    yield from _supply(q, decisions, paths)
    yield from _directives(paths)


def _directives(paths: Paths) -> Iterator[Fault]:
    for found in scorecard(paths):
        directive = found.directive
        if directive.kind == "hard" and not found.held.all():
            words = t("{a} misses the threshold {b}", a=float(found.measure[0]), b=directive.threshold)
            yield Fault(f"directive[{directive.directive}]", words)


def outside(values: Floats, low: Floats, high: Floats) -> Bools:
    """Return where values lie outside their limits by more than the tolerance; what is no number lies outside."""
    return ~((values >= low - _slack(low)) & (values <= high + _slack(high)))


def _slack(side: Floats) -> Floats:
    return np.where(np.isfinite(side), TOLERANCE * np.maximum(1.0, np.abs(side)), 0.0)


def _selection(q: Quantities, d: Decisions) -> Iterator[Fault]:
    for p, project in enumerate(q.programme.projects):
        x = int(d.option[p])
        if x < 0:
            if q.mandatory[p]:
                yield Fault(f"selection[{project.project}]", t("a mandatory project is left out"))
            continue
        if int(q.options.project[x]) != p:
            yield Fault(f"selection[{project.project}]", t("the option belongs to another project"))
        if q.options.end[x] > q.horizon:
            yield Fault(f"selection[{project.project}]", t("work ends after the horizon"))
        if p in q.locks and q.locks[p] != (int(q.options.mode[x]), int(q.options.start[x])):
            yield Fault(f"selection[{project.project}]", t("a running project has lost its mode or start"))


def _order(q: Quantities, d: Decisions, paths: Paths) -> Iterator[Fault]:
    ids, kinds = q.programme.projects.ids, q.programme.capabilities.ids
    for p, before, lag in q.links:
        x, earlier = int(d.option[p]), int(d.option[before])
        if x < 0 or p in q.locks:
            continue
        if earlier < 0 or q.options.start[x] < q.options.end[earlier] + lag:
            yield Fault(f"precedence[{ids[p]},{ids[before]}]", t("it starts before its predecessor has ended"))
    for p, k, level in q.prerequisites:
        x = int(d.option[p])
        if x < 0 or p in q.locks:
            continue
        usable = float(paths.usable[0, k, q.options.start[x]])
        if usable < level - TOLERANCE * max(1.0, level):
            yield Fault(f"readiness[{ids[p]},{kinds[k]}]", t("usable level {a} is below {b}", a=usable, b=level))


def _fields(q: Quantities, paths: Paths) -> Iterator[Fault]:
    for f, field in enumerate(q.programme.fields):
        opened = bool(paths.running[0, q.project_field == f].any())
        spent = float(paths.field_spend[0, f].sum())
        if opened and spent < field.critical_mass - TOLERANCE * max(1.0, field.critical_mass):
            yield Fault(f"fields_mass[{field.field}]", t("spending {a} is below {b}", a=spent, b=field.critical_mass))


def _core(q: Quantities, d: Decisions, paths: Paths) -> Iterator[Fault]:
    limit = (q.restore_share * q.depreciation)[:, None] * paths.level[0, :, :-1]
    for k, at in zip(*np.nonzero((d.restored > limit + TOLERANCE) | (d.restored < -TOLERANCE)), strict=True):
        name = f"capability_core[{q.programme.capabilities.ids[k]},{q.calendar.at(int(at))}]"
        yield Fault(
            name, t("core funding restores {a}, at most {b}", a=float(d.restored[k, at]), b=float(limit[k, at]))
        )


def _migration(q: Quantities, d: Decisions) -> Iterator[Fault]:
    classes, projects = q.programme.migration, q.programme.projects.ids
    for a, row in enumerate(classes):
        done = float(d.migrated[a].sum())
        if done > row.items + TOLERANCE * max(1.0, row.items) or (d.migrated[a] < -TOLERANCE).any():
            yield Fault(f"security_migrated[{row.migration}]", t("{a} items are migrated of {b}", a=done, b=row.items))
        began = np.flatnonzero(d.migrated[a] > TOLERANCE)
        for id in row.projects:
            x = int(d.option[projects.index(id)])
            if len(began) and (x < 0 or began[0] < q.options.end[x]):
                yield Fault(f"security[{row.migration},{id}]", t("it is migrated before what enables it has ended"))


def _money(q: Quantities, paths: Paths) -> Iterator[Fault]:
    spend = np.bincount(q.year_of, weights=paths.money[0], minlength=len(q.years))
    carry = carried(paths)
    over = q.programme.settings.over_programming
    for y, year in enumerate(q.years):
        there = over * float(q.budget[y]) + (float(carry[y - 1]) if y else 0.0)
        if spend[y] > there + TOLERANCE * max(1.0, there):
            yield Fault(f"money[{year}]", t("spending {a} exceeds {b}", a=float(spend[y]), b=there))


def _people(q: Quantities, d: Decisions, paths: Paths) -> Iterator[Fault]:
    short = paths.demand[0] - paths.people[0, :, :-1]
    for s, at in zip(*np.nonzero(short > TOLERANCE * np.maximum(1.0, paths.people[0, :, :-1])), strict=True):
        name = f"people[{q.programme.skills.ids[s]},{q.calendar.at(int(at))}]"
        yield Fault(name, t("{a} people are missing", a=float(short[s, at])))
    started = {int(q.options.project[x]): int(q.options.start[x]) for x in d.chosen}
    for w, flow in enumerate(q.programme.training):
        for y, year in enumerate(q.years):
            most = flow.intake_max
            if flow.project:
                project = q.programme.projects.position(flow.project)
                if started.get(project, q.horizon) > q.order_time[y]:
                    most = flow.intake_alone or 0.0
            entered = float(d.entrants[(q.intake.flow == w) & (q.intake.year == y)].sum())
            if entered > most + TOLERANCE:
                yield Fault(f"training[{flow.flow},{year}]", t("{a} enter, at most {b}", a=entered, b=most))
    for i in np.flatnonzero((d.entrants > q.intake.most + TOLERANCE) | (d.entrants < 0)):
        flow, skill = q.programme.training.ids[q.intake.flow[i]], q.programme.skills.ids[q.intake.skill[i]]
        name = f"training[{flow},{skill},{q.years[q.intake.year[i]]}]"
        yield Fault(name, t("{a} enter, at most {b}", a=float(d.entrants[i]), b=float(q.intake.most[i])))


def _supply(q: Quantities, d: Decisions, paths: Paths) -> Iterator[Fault]:
    p = q.programme
    ends = {row.supplier: row.until for row in p.suppliers if row.until is not None}
    limit = p.settings.goes_on_without
    for x in d.chosen if ends else ():
        project, mode = int(q.options.project[x]), p.modes[int(q.options.mode[x])].mode
        relied = [(row.share, ends[row.supplier]) for row in p.reliance if row.mode == mode and row.supplier in ends]
        for at in np.flatnonzero(paths.running[0, project]) if project not in q.locks else ():
            gone = sum(share for share, end in relied if end < q.calendar.at(int(at)))
            if gone > limit + TOLERANCE:
                name = f"supply[{mode},{q.calendar.at(int(at))}]"
                yield Fault(name, t("{a} of it relies on suppliers that are gone, at most {b}", a=gone, b=limit))
    for site, y in zip(*np.nonzero(d.bought), strict=True):
        kind, ordered = p.equipment[int(q.sites.equipment[site])].equipment, q.calendar.at(int(q.order_time[y]))
        makers = [row.supplier for row in p.equipment_supply if row.equipment == kind and row.share > 0]
        if makers and all(maker in ends and ends[maker] < ordered for maker in makers):
            yield Fault(f"supply[{kind},{q.years[y]}]", t("nobody supplies it any more when it is ordered"))


def _equipment(q: Quantities, d: Decisions, paths: Paths) -> Iterator[Fault]:
    held = holdings(q, d.bought)
    places = q.programme.places.ids
    for e, kind in enumerate(q.programme.equipment):
        mine = q.sites.equipment == e
        total = float(q.sites.stock[mine].sum() + d.bought[mine].sum())
        hosting = int(((q.sites.stock[mine] + d.bought[mine].sum(axis=1)) > 0).sum())
        if total > kind.units_max + TOLERANCE or (d.bought[mine] < 0).any():
            yield Fault(f"equipment_units[{kind.equipment}]", t("{a} units, at most {b}", a=total, b=kind.units_max))
        if hosting > kind.sites_max:
            yield Fault(f"equipment_sites[{kind.equipment}]", t("{a} places, at most {b}", a=hosting, b=kind.sites_max))
        use = paths.use[0, e]
        there = np.zeros_like(use)
        np.add.at(there, q.sites.place[mine], held[mine])
        pools = (
            [("national", use.sum(axis=0), there.sum(axis=0))]
            if kind.remote
            else list(zip(places, use, there, strict=True))
        )
        for place, wanted, units in pools:
            for at in np.flatnonzero(wanted > units + TOLERANCE):
                name = f"equipment[{kind.equipment},{place},{q.calendar.at(int(at))}]"
                yield Fault(name, t("{a} units at work, {b} there", a=float(wanted[at]), b=float(units[at])))
