"""Broken tables, headers and cells: what is edited, and the one problem that must be reported, and where."""

from __future__ import annotations

from dataclasses import dataclass

from tests.programme.base_case import Edit
from tests.programme.edits import add_table, all_of, cell, head, no_column, table


@dataclass(frozen=True, slots=True)
class Broken:
    """One edit of the base case and the issue it must lead to.

    Attributes
    ----------
    alone: not put together with the others, as it breaks what another case needs.
    """

    name: str
    edit: Edit
    code: str
    file: str
    row: int | None
    column: str
    value: str
    alone: bool = False


def wrong_cell(name: str, table: str, row: int, column: str, value: str, code: str, *, alone: bool = False) -> Broken:
    """Return the case of one wrong cell that is reported where it stands."""
    return Broken(name, cell(table, row, column, value), code, f"{table}.csv", row, column, value, alone)


def wrong_setting(name: str, line: int, key: str, value: str, code: str) -> Broken:
    return Broken(name, cell("programme", 1, key, value), code, "programme.toml", line, key, value, alone=True)


TABLES = [
    Broken("no gains", table("gains", ""), "P101", "FOLDER[gains]", None, "", "", True),
    Broken("no budget", table("budget", ""), "P101", "FOLDER[budget]", None, "", "", True),
    Broken("stray table", add_table("goals_old", goal="G1"), "P102", "goals_old.csv", None, "", "goals_old"),
    Broken(
        "table misspelt", table("mode_skills", "mode_skill"), "P102", "mode_skill.csv", None, "", "mode_skill", True
    ),
    Broken("required table misspelt", table("projects", "project"), "P102", "project.csv", None, "", "project", True),
    Broken("no column", no_column("modes", "duration"), "P103", "modes.csv", None, "duration", "", True),
    Broken("no id column", no_column("skills", "skill"), "P103", "skills.csv", None, "skill", "", True),
    Broken("no evidence", no_column("goals", "evidence"), "P103", "goals.csv", None, "evidence", ""),
    Broken("no start", no_column("programme", "start"), "P103", "programme.toml", None, "start", "", True),
    Broken(
        "column misspelt",
        head("modes", "cost_likely", "cost_likly"),
        "P104",
        "modes.csv",
        None,
        "cost_likly",
        "cost_likly",
        True,
    ),
    Broken("stray column", cell("kpis", 2, "colour", "red"), "P104", "kpis.csv", None, "colour", "colour"),
    Broken("stray setting", cell("programme", 1, "horizon", "20"), "P104", "programme.toml", 12, "horizon", "horizon"),
    Broken(
        "column twice",
        cell("equipment", 2, "Upkeep [%/year]", "10"),
        "P105",
        "equipment.csv",
        None,
        "Upkeep [%/year]",
        "Upkeep",
    ),
    Broken(
        "unknown unit",
        head("modes", "cost_low", "cost_low [crore]"),
        "P106",
        "modes.csv",
        None,
        "cost_low [crore]",
        "crore",
        True,
    ),
    Broken(
        "unit in capitals",
        head("training", "cost", "cost [Million]"),
        "P106",
        "training.csv",
        None,
        "cost [Million]",
        "Million",
        True,
    ),
    Broken(
        "unit of another dimension",
        head("skills", "loss", "loss [quarter]"),
        "P107",
        "skills.csv",
        None,
        "loss [quarter]",
        "quarter",
    ),
    Broken(
        "unit where there is none",
        head("suppliers", "country", "country [million]"),
        "P107",
        "suppliers.csv",
        None,
        "country [million]",
        "million",
    ),
]

CELLS = [
    wrong_cell("required and empty", "capabilities", 4, "target", "", "P110"),
    Broken("only spaces", cell("gains", 6, "levels", "   "), "P110", "gains.csv", 6, "levels", ""),
    wrong_cell("words for a number", "mode_skills", 2, "fte", "about four", "P111"),
    wrong_cell("two numbers", "mode_skills", 3, "fte", "2-3", "P111"),
    wrong_cell("a date for a number", "migration", 3, "value", "2027-01-05", "P111"),
    wrong_cell("hyphen for nothing", "comparables", 2, "duration", "-", "P111"),
    wrong_cell("decimal comma", "frontier", 2, "level", "4,5", "P112"),
    wrong_cell("thousands with points", "budget", 2, "amount", "1.234.567", "P112", alone=True),
    wrong_cell("Vietnamese notation", "equipment", 2, "site_cost", "1.234,5", "P112"),
    wrong_cell("English notation", "equipment", 3, "site_cost", "1,234.5", "P112"),
    wrong_cell("ambiguous comma", "migration", 2, "cost", "1,234", "P112"),
    wrong_cell("thousands with spaces", "migration", 2, "items", "1 234", "P112"),
    wrong_cell("whole number with a point", "migration", 3, "items", "1.000", "P112"),
    wrong_cell("full-width digits", "mode_skills", 6, "fte", "１２", "P112"),
    wrong_cell("a unit in the cell", "training", 3, "cost", "1.000 tỷ", "P112"),
    wrong_cell("a currency sign", "equipment", 3, "cost_low", "$0.1", "P112"),
    wrong_cell("per cent where none goes", "training", 2, "intake_max", "35%", "P112", alone=True),
    wrong_cell("per cent with a comma", "training_skills", 2, "intake_max", "7,5%", "P112"),
    wrong_cell("not a number", "projects", 5, "product_value", "NaN", "P113"),
    wrong_cell("infinity", "suppliers", 3, "withdrawal_rate", "inf", "P113"),
    wrong_cell("too large", "fields", 3, "critical_mass", "1e16", "P114"),
    wrong_cell("beyond floating point", "goals", 3, "weight", "1e999", "P114"),
    wrong_cell("half a quarter", "project_links", 3, "lag", "0.5", "P115"),
    wrong_cell("kind in words", "organisations", 3, "kind", "University of X", "P117"),
    wrong_cell("share of 35", "capability_goals", 4, "share", "35", "P116"),
    wrong_cell("negative money", "equipment", 3, "cost_likely", "-1", "P116"),
    wrong_cell("level above the scale", "capabilities", 3, "level_start", "6", "P116"),
    wrong_cell("weight of zero", "foundations", 3, "weight", "0", "P116", alone=True),
    wrong_cell("no such kind", "modes", 3, "kind", "partnr", "P117"),
    wrong_cell("no such rule", "directives", 2, "rule", "focus", "P117"),
    wrong_cell("perhaps", "projects", 4, "mandatory", "maybe", "P118", alone=True),
    wrong_cell("year with two digits", "skills", 2, "needed_by", "31", "P119"),
    wrong_cell("year in words", "frontier", 3, "year", "next year", "P119"),
    wrong_cell("end of a supplier without a quarter", "suppliers", 3, "until", "2030", "P120"),
    wrong_cell("fifth quarter", "directives", 3, "until", "2031Q5", "P120"),
    wrong_cell("quarter as a month", "locks", 2, "start", "2026-07", "P120", alone=True),
    wrong_cell("id with a space", "directives", 2, "directive", "D 1", "P121"),
    wrong_cell("id with accents", "places", 3, "place", "Đà-Nẵng", "P121", alone=True),
    wrong_cell("id too long", "comparables", 2, "comparable", "K" * 41, "P121", alone=True),
    wrong_cell("ids with commas", "organisations", 2, "fields", "SEC,SENS", "P121"),
    wrong_cell("id twice in a cell", "equipment", 3, "hosts", "O01;O02;O01", "P122"),
    wrong_cell("hidden direction of text", "goals", 2, "title_en", "good \u202etxt.exe", "P123"),
    wrong_cell("lost letter", "goals", 3, "title_vi", "Ch\ufffdng trình", "P123"),
    wrong_cell("formula error in a number", "modes", 6, "cost_low", "#REF!", "P124"),
    wrong_cell("formula error in a text", "skills", 2, "title_vi", "#N/A", "P124"),
    Broken(
        "thousands or decimals",
        all_of(cell("migration", 2, "value", "1.250"), cell("migration", 3, "value", "2.500")),
        "P125",
        "migration.csv",
        2,
        "value",
        "1.250",
        True,
    ),
    wrong_cell("uncertain in an unknown table", "uncertain", 4, "of", "gain", "P117"),
    wrong_cell("uncertain in an unknown column", "uncertain", 3, "column", "depreciaton", "P117"),
    wrong_cell("a factor below zero", "uncertain", 3, "low", "-0.5", "P116", alone=True),
    wrong_cell("uncertain in no row", "uncertain", 4, "row", "", "P110", alone=True),
    wrong_cell("a chance of seven", "threat", 3, "chance", "7", "P116", alone=True),
    wrong_cell("a curve without a weight", "threat", 4, "weight", "0", "P116"),
    wrong_cell("surveyed in a quarter", "threat", 3, "surveyed", "2025Q4", "P111"),
    wrong_cell("within no time", "threat", 5, "within", "0", "P116"),
    wrong_setting("waiting for half a quarter", 12, "wait", "2.5", "P115"),
    wrong_setting("waiting back in time", 12, "wait", "-1", "P116"),
    wrong_setting("a cut more than certain", 12, "cut_chance", "1.1", "P116"),
    wrong_setting("a cut in words", 12, "cut_share", "a fifth", "P111"),
    wrong_setting("horizon of half a quarter", 6, "quarters", "20.5", "P115"),
    wrong_setting("horizon too long", 6, "quarters", "400", "P116"),
    wrong_setting("discount of 3", 8, "discount", "3", "P116"),
    wrong_setting("start without a quarter", 5, "start", "2027", "P120"),
]
