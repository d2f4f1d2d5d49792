"""A small valid programme that uses every table, as plain rows to be edited, and its way into files."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from lotrinh.tables.raw import SETTINGS, RawTable, RawTables

Tables = dict[str, list[dict[str, Any]]]
Edit = Callable[[Tables], None]

_EXPERT = {"evidence": "expert"}


def _rows(columns: str, *rows: str) -> list[dict[str, Any]]:
    """Return rows from lines of cells separated by spaces; ``-`` is an empty cell."""
    names = columns.split()
    return [
        dict(zip(names, ["" if cell == "-" else cell for cell in row.split()], strict=True)) | _EXPERT for row in rows
    ]


def _years(scenario: str, amount: str) -> list[str]:
    return [f"{scenario} {year} {amount}" for year in range(2027, 2032)]


_BASE: Tables = {
    "programme": [
        {
            "programme": "base-case",
            "title_vi": "Chương trình mẫu",
            "title_en": "Example",
            "price_year": "2026",
            "start": "2027Q1",
            "quarters": "20",
            "budget": "base",
            "discount": "0.03",
            "carry_over": "0.2",
            "over_programming": "1",
            "evidence": "expert",
        }
    ],
    "goals": _rows("goal weight", "G1 0.6", "G2 0.4"),
    "fields": _rows("field critical_mass rank goals", "SEC 2 1 G1", "SENS 1 2 G1;G2"),
    "capabilities": _rows(
        "capability field level_start target depreciation", "C01 SEC 1.5 4 0.1", "C02 SENS 1 3 0.1", "C03 SEC 0.5 3 0.1"
    ),
    "capability_goals": _rows("capability goal share", "C01 G1 1", "C02 G2 0.5", "C03 G1 0.8"),
    "foundations": _rows("capability rests_on weight", "C02 C01 0.5", "C03 C01 0.6"),
    "frontier": _rows("capability year level", "C01 2027 4", "C01 2031 4.5"),
    "places": _rows("place", "HN", "HCM"),
    "organisations": _rows(
        "organisation kind place fields", "O01 institute HN SEC;SENS", "O02 university HCM SENS", "O03 business HN -"
    ),
    "projects": _rows(
        "project field lead product_value mandatory earliest latest trl_start trl_end failure_share",
        "P01 SEC O01 0.5 1 - - 3 6 0.2",
        "P02 SEC O01 0 0 2027Q3 2030Q1 2 5 0",
        "P03 SENS O02 0 0 - - 4 7 0",
        "P04 SENS O01 0 0 - - - - 0",
    ),
    "project_goals": _rows("project goal", "P01 G1", "P02 G2"),
    "project_partners": _rows("project organisation", "P01 O03", "P03 O01"),
    "project_links": _rows("project predecessor lag", "P02 P01 1", "P03 P01 0"),
    "modes": _rows(
        "mode project kind duration duration_p90 cost_low cost_likely cost_high gain_factor foreign_share comparables",
        "P01-D P01 domestic 6 8 3 4 6 1 0.1 K01",
        "P01-P P01 partner 4 6 4 5 7 0.6 0.4 -",
        "P02-D P02 domestic 6 8 2 3 5 1 0.1 -",
        "P03-B P03 buy 4 - - 2 - 0.5 0.8 -",
        "P04-D P04 domestic 8 10 1 2 3 1 0.1 -",
    ),
    "gates": _rows(
        "mode gate at chance release",
        "P01-D 1 0.4 0.9 0.3",
        "P01-D 2 0.7 0.8 0.3",
        "P02-D 1 0.5 0.9 0.5",
        "P04-D 1 1 0.9 0",
    ),
    "gains": _rows("project capability levels", "P01 C01 1", "P02 C03 1", "P03 C02 0.5", "P04 C02 0.5", "P01 C03 0.5"),
    "mode_skills": _rows("mode skill fte", "P01-D SK1 4", "P01-P SK1 2", "P02-D SK1 3", "P03-B SK2 2", "P04-D SK2 1"),
    "mode_equipment": _rows("mode equipment units", "P01-D E1 1", "P03-B E2 1"),
    "prerequisites": _rows("project capability level", "P02 C01 1.5", "P03 C02 1"),
    "suppliers": _rows(
        "supplier kind country risk withdrawal_rate", "F01 country Finland medium 0.05", "F02 firm Japan low 0"
    ),
    "reliance": _rows("mode supplier share", "P01-D F01 0.1", "P01-P F01 0.3", "P01-P F02 0.1"),
    "skills": _rows("skill people_start loss", "SK1 10 0.08", "SK2 5 0.08"),
    "training": _rows(
        "flow intake_max intake_alone project duration completion cost", "T1 10 5 P01 8 0.7 0.05", "T2 5 - - 4 0.9 0.02"
    ),
    "training_profile": _rows("flow after share", "T1 8 0.75", "T1 10 0.25"),
    "training_skills": _rows("flow skill intake_max", "T1 SK1 5"),
    "equipment": _rows(
        "equipment cost_low cost_likely cost_high lead_time upkeep units_max sites_max remote hosts",
        "E1 0.7 1.2 2 4 0.1 3 1 0 O01",
        "E2 - 0.2 - 2 0.1 4 2 1 O01;O02",
    ),
    "equipment_stock": _rows("equipment place units", "E1 HN 1"),
    "equipment_supply": _rows("equipment supplier share", "E1 F01 0.65", "E1 F02 0.35", "E2 F02 1"),
    "budget": _rows("scenario year amount", *_years("low", "8"), *_years("base", "15")),
    "migration": _rows(
        "migration function items value shelf_life cost projects",
        "M1 key_establishment 100 0.01 10 0.01 P01",
        "M2 signature 50 0.02 0 0.01 -",
    ),
    "migration_skills": _rows("migration skill effort", "M1 SK1 0.1"),
    "threat": _rows(
        "curve surveyed within chance weight",
        "early 2025.5 5 0.1 1",
        "early 2025.5 10 0.4 1",
        "late 2025.5 10 0.2 3",
        "late 2025.5 20 0.6 3",
    ),
    "directives": _rows(
        "directive rule scope comparison threshold kind price from until",
        "D1 focus_fields all <= 2 hard 0 - -",
        "D2 lag C01 <= 3 soft 0.5 2028Q1 2031Q4",
    ),
    "comparables": _rows("comparable value unit duration", "K01 20.7 EURm 16"),
    "kpis": _rows("kpi by target unit", "K-1 2030 2 %GDP"),
    "locks": _rows("project mode start", "P04 P04-D 2026Q3"),
    "uncertain": _rows(
        "of row column low high",
        "capabilities * depreciation 0.5 2",
        "capabilities C02 depreciation 0.8 1.2",
        "gains P01 levels 0.7 1.3",
        "modes P03-B cost_likely 0.8 1.5",
        "modes * duration 1 1.5",
    ),
    "sources": [{"source": "S01", "title": "A public report", "url": "https://example.org"}],
}


def base() -> Tables:
    """Return a fresh copy of the rows."""
    return copy.deepcopy(_BASE)


def header(name: str, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return every column that a row has, in the order met; of a table without rows those that it had."""
    return tuple(dict.fromkeys(column for row in rows or _BASE[name] for column in row))


def raw_tables(tables: Tables) -> RawTables:
    """Return the rows as a reader would: one file a table, the header on line 1, settings from line 1 on."""
    made = []
    for name, rows in tables.items():
        names = header(name, rows)
        cells = tuple(tuple(row.get(column, "") for column in names) for row in rows)
        if name == SETTINGS:
            numbers = tuple(range(1, len(names) + 1))
            made.append(RawTable(name, names, cells, numbers, f"{name}.toml", upright=True))
        else:
            made.append(RawTable(name, names, cells, tuple(range(2, len(rows) + 2)), f"{name}.csv"))
    return RawTables("base", tuple(made))


def write_folder(tables: Tables, folder: Path) -> Path:
    """Write the rows as a folder of CSV and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if name == SETTINGS:
            lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in rows[0].items()]
            (folder / f"{name}.toml").write_text("".join(lines), encoding="utf-8")
            continue
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header(name, rows), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def write_workbook(tables: Tables, file: Path) -> Path:
    """Write the rows as a workbook, numbers as numbers, and return it."""
    with xlsxwriter.Workbook(str(file), {"strings_to_numbers": True}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            if name == SETTINGS:
                sheet.write_row(0, 0, ("key", "value"))
                for number, (key, value) in enumerate(rows[0].items(), start=1):
                    sheet.write_row(number, 0, (key, value))
                continue
            names = header(name, rows)
            sheet.write_row(0, 0, names)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, [row.get(column, "") for column in names])
    return file
