"""Reading a plan file: the programme it carries, the plan's path rebuilt, and everything verified anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from lotrinh.base.issues import LotrinhError, UsageError
from lotrinh.base.text import t
from lotrinh.measures.paths import follow
from lotrinh.measures.quantities import Quantities
from lotrinh.plan.by_id import decisions_by_id
from lotrinh.plan.columns import columns_of
from lotrinh.plan.formulate import formulate
from lotrinh.plan.plan import FORMAT, Plan
from lotrinh.plan.settings import PlanSettings
from lotrinh.plan.verify import TOLERANCE, faults
from lotrinh.programme.change import Change
from lotrinh.programme.parse import parse
from lotrinh.programme.programme import Programme
from lotrinh.tables.raw import RawTable, RawTables


def load_plan(path: Path | str) -> Plan:
    """Read a plan file, rebuild its path and verify it anew.

    Raises
    ------
    UsageError
        If the file is no plan, or its plan does not hold for the programme it carries.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise UsageError(str(t("{path} is not a plan file of this version", path=str(path))))
        return _restore(content)
    except LotrinhError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise UsageError(str(t("{path} is not a plan file: {error}", path=str(path), error=repr(error)))) from error


def _restore(content: dict[str, Any]) -> Plan:
    programme = _programme(content)
    if programme.fingerprint != content["fingerprint"]:
        words = t(
            "the programme in the plan file is not the one that was planned, or another version of Lotrinh wrote it"
        )
        raise UsageError(str(words))
    quantities = Quantities(programme, content["budget"])
    decisions = decisions_by_id(
        quantities,
        content["projects"],
        content["entrants"],
        content["purchases"],
        content["restored"],
        content["migrated"],
    )
    formulation = formulate(quantities)
    paths = follow(quantities, decisions)
    objective, bound = float(content["objective"]), float(content["bound"])
    settings = PlanSettings(**content["settings"])
    slack = TOLERANCE * max(1.0, abs(objective))
    proven = bound - objective <= settings.gap * abs(bound) + slack
    if content["status"] != ("optimal" if proven else "feasible"):
        raise UsageError(str(t("the status of the plan file is not what its gap proves")))
    found = faults(formulation, columns_of(formulation, paths), paths, objective, bound)
    if found:
        raise UsageError(
            str(t("the plan does not hold: {faults}", faults="; ".join(str(fault) for fault in found[:10])))
        )
    return Plan(
        programme=programme,
        settings=settings,
        decisions=decisions,
        status=str(content["status"]),
        objective=objective,
        bound=bound,
        seconds=float(content["seconds"]),
        solver=str(content["solver"]),
        paths=paths,
    )


def _programme(content: dict[str, Any]) -> Programme:
    tables = tuple(
        RawTable(
            name=table["name"],
            part=table["part"],
            upright=table["upright"],
            header=tuple(table["header"]),
            rows=tuple(tuple(row) for row in table["rows"]),
            row_numbers=tuple(range(1, max(len(table["rows"]), len(table["header"])) + 1)),
            file=table["name"],
        )
        for table in content["programme"]
    )
    programme, issues = parse(RawTables("plan file", tables))
    if programme is None:
        raise UsageError(str(t("the programme in the plan file is not valid: {issue}", issue=str(issues[0]))))
    return replace(programme, changes=tuple(Change(**change) for change in content["changes"]))
