"""The letters of the model: what each means, its unit, and where it comes from. Code, docs and dossier use these
alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """One letter: the LaTeX that draws it, its meaning, its unit, and the table or variable behind it."""

    letter: str
    latex: str
    meaning: str
    unit: str
    origin: str


SYMBOLS: tuple[Symbol, ...] = (
    Symbol("a", "a", "class of migration", "", "migration"),
    Symbol("t", "t", "quarter of the horizon", "quarter", "programme.quarters"),
    Symbol("y", "y", "calendar year", "year", "budget.year"),
    Symbol("p", "p", "project", "", "projects"),
    Symbol("m", "m", "mode of a project", "", "modes"),
    Symbol("f", "f", "field", "", "fields"),
    Symbol("k", "k", "capability", "", "capabilities"),
    Symbol("j", "j", "capability on which another rests", "", "foundations"),
    Symbol("s", "s", "skill", "", "skills"),
    Symbol("w", "w", "training or attraction flow", "", "training"),
    Symbol("e", "e", "kind of equipment", "", "equipment"),
    Symbol("l", "l", "place", "", "places"),
    Symbol("x", r"x_{m,t}", "mode m starts in quarter t", "0 or 1", "variable"),
    Symbol("z", r"z_{m,t}", "mode m has begun by quarter t", "0 or 1", "variable"),
    Symbol("open", r"y_f", "field f is opened", "0 or 1", "variable"),
    Symbol("n", r"n_{w,s,y}", "people entering flow w for skill s in year y", "person", "variable"),
    Symbol("b", r"b_{e,l,y}", "units of kind e ordered at place l in year y", "unit", "variable"),
    Symbol("h", r"h_{e,l}", "place l hosts kind e", "0 or 1", "variable"),
    Symbol("r", r"r_{k,t}", "level restored by core funding", "level", "variable"),
    Symbol("carry", r"c_y", "money carried into the next year", "million", "variable"),
    Symbol("g", r"g_{a,t}", "work items of class a migrated in quarter t", "item", "variable"),
    Symbol("G", r"G_{a,t}", "work items of class a migrated by state t", "item", "variable"),
    Symbol("L", r"L_{k,t}", "level", "level", "variable"),
    Symbol("U", r"U_{k,t}", "usable level", "level", "variable"),
    Symbol("V", r"V_{k,t}", "value of the usable level", "level", "variable"),
    Symbol("N", r"N_{s,t}", "people in the pool", "FTE", "variable"),
    Symbol("d", r"d_m", "duration", "quarter", "modes.duration"),
    Symbol("C", r"C_{m,t}", "cost of mode m started in quarter t", "million", "modes.cost_likely, modes.cost_trend"),
    Symbol(
        "pi", r"\pi_{m,t}", "chance that mode m started in t passes all its gates", "", "gates.chance, modes.maturing"
    ),
    Symbol("kappa", r"\kappa_p", "chance that the predecessors of p deliver", "", "project_links, gates.chance"),
    Symbol(
        "E", r"E_{k,m,t}", "expected levels gained", "level", "gains.levels, modes.gain_factor, projects.failure_share"
    ),
    Symbol("delta", r"\delta_k", "quarterly depreciation", "", "capabilities.depreciation"),
    Symbol("rho", r"\rho_k", "largest share of the loss restored", "", "capabilities.restore_share"),
    Symbol("theta", r"\theta_{p,k}", "least usable level at the start of p", "level", "prerequisites.level"),
    Symbol("omega", r"\omega_k", "weight of the capability", "", "goals.weight, capability_goals.share"),
    Symbol("lambda", r"\lambda_s", "quarterly loss of people", "", "skills.loss"),
    Symbol("B", r"B_y", "budget of the year", "million", "budget.amount"),
    Symbol("M", r"M_f", "critical mass of the field", "million", "fields.critical_mass"),
    Symbol(
        "rho_a",
        r"\rho_{a,t}",
        "expected loss of one item in a quarter while not migrated",
        "level-year",
        "migration, threat",
    ),
    Symbol("eta", r"\eta", "weight of exposure", "", "programme.exposure_weight"),
    Symbol("D", r"D_t", "discount factor", "", "programme.discount"),
)
