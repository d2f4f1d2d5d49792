"""An assessment as files: one row a future, the fans, a summary, and a manifest that says what it all belongs to."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lotrinh.assessment.assessment import STATUS, Assessment
from lotrinh.assessment.draws import Input
from lotrinh.assessment.outcomes import Outcomes
from lotrinh.assessment.settings import AssessmentSettings
from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.base.version import VERSION
from lotrinh.plan.plan import Plan

if TYPE_CHECKING:
    import polars

FORMAT = "lotrinh-assessment-1"
MANIFEST = "manifest.json"
WORKERS = ("engine", "workers")
"""Settings that change no number, and so do not stand in the manifest."""

WHOLE = ("value", "money", "left", "qday")
"""Outcomes of which a future has one."""
TIMES = ("year", "quarter")
"""Axes of fans that stand after all others."""
BY_ROW = {
    "directive": ("directives", ""),
    "held": ("directives", "_held"),
    "level": ("capabilities", ""),
    "people": ("skills", ""),
    "status": ("projects", "_status"),
    "started": ("projects", "_started"),
    "stopped": ("projects", "_stopped"),
    "share": ("projects", "_share"),
    "step": ("projects", "_step"),
    "migrated": ("migration", "_migrated"),
    "done": ("migration", "_done"),
    "in_time": ("migration", "_in_time"),
    "exposure": ("migration", "_exposure"),
}
"""Outcomes of which a future has one for each row of a table: the table, and what follows the id in the column."""


def save(assessment: Assessment, folder: Path | str) -> None:
    """Write an assessment to a folder, whole or not at all; an older assessment there is replaced.

    Raises
    ------
    UsageError
        If something else stands there, or nothing can be written.
    """
    target = Path(folder)
    check_folder(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.absolute().parent))
        try:
            made = aside / "new"
            made.mkdir()
            _write(assessment, made)
            if target.exists():
                os.rename(target, aside / "old")
            try:
                os.rename(made, target)
            except BaseException:
                if (aside / "old").exists():
                    os.rename(aside / "old", target)
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        words = t("{path} cannot be written: {why}", path=target, why=error.strerror or error)
        raise UsageError(str(words)) from error


def check_folder(target: Path) -> None:
    """Refuse a place at which something stands that is no assessment; nothing and an empty folder are free.

    Raises
    ------
    UsageError
        If an assessment cannot be written there.
    """
    if target.is_dir():
        there = {entry.name for entry in target.iterdir()}
        if not there:
            return
        manifest = _manifest(target)
        strangers = sorted(there - {MANIFEST, *manifest["files"]})
        if strangers:
            words = t("{path} holds more than an assessment: {names}", path=target, names=tuple(strangers[:3]))
            raise UsageError(str(words))
    elif target.exists():
        raise UsageError(str(t("{path} is a file; give a folder", path=target)))
    else:
        there_is = next(parent for parent in target.absolute().parents if parent.exists())
        if not there_is.is_dir() or not os.access(there_is, os.W_OK | os.X_OK):
            raise UsageError(str(t("nothing can be written in {path}", path=there_is)))


def load(folder: Path | str, plan: Plan) -> Assessment:
    """Read the assessment of a plan. What a person may have changed since is told; the fans come as their summary.

    Raises
    ------
    UsageError
        If the folder holds no assessment, one of another plan, or files other than were written.
    """
    import polars

    source = Path(folder)
    manifest = _manifest(source)
    if any(manifest.get(name) != mine for name, mine in _plan_marks(plan).items()):
        raise UsageError(str(t("{path} is the assessment of another plan", path=source)))
    for name, digest in manifest["files"].items():
        if not (source / name).is_file():
            raise UsageError(str(t("{path} lacks its file {file}", path=source, file=name)))
        if hashlib.sha256((source / name).read_bytes()).hexdigest() != digest:
            raise UsageError(str(t("{path} is not as Lotrinh wrote it", path=source / name)))
    try:
        futures = polars.read_parquet(source / "futures.parquet")
        labels = polars.read_parquet(source / "inputs.parquet").drop("future")
        kept = {name: _array(futures, [name]).ravel() for name in WHOLE}
        for name in BY_ROW:
            kept[name] = _array(futures, [one["column"] for one in manifest["columns"] if one["what"] == name])
        return Assessment(
            plan=plan,
            settings=AssessmentSettings(**manifest["settings"]),
            inputs=tuple(Input(one["kind"], tuple(one["of"]), one["classes"]) for one in manifest["inputs"]),
            outcomes=Outcomes(**kept, labels=_array(labels, labels.columns), fans={}),
            seconds=float(manifest["seconds"]),
            fans=polars.read_parquet(source / "fans.parquet"),
        )
    except (OSError, ValueError, KeyError, TypeError, polars.exceptions.PolarsError) as error:
        raise UsageError(str(t("{path} holds no assessment: {error}", path=source, error=repr(error)))) from error


def _write(assessment: Assessment, folder: Path) -> None:
    columns, futures = _futures(assessment)
    futures.write_parquet(folder / "futures.parquet")
    _inputs(assessment).write_parquet(folder / "inputs.parquet")
    _fans(assessment).write_parquet(folder / "fans.parquet")
    (folder / "summary.json").write_text(_json(assessment.summary()), encoding="utf-8")
    content = {
        "format": FORMAT,
        "version": VERSION,
        **_plan_marks(assessment.plan),
        "settings": {name: one for name, one in asdict(assessment.settings).items() if name not in WORKERS},
        "futures": len(assessment.outcomes),
        "seconds": assessment.seconds,
        "start": str(assessment.plan.quantities.calendar.at(0)),
        "columns": columns,
        "inputs": [asdict(one) for one in assessment.inputs],
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(_json(content), encoding="utf-8")


def _plan_marks(plan: Plan) -> dict[str, str]:
    """Return what tells a plan from any other: its programme, its budget, and what it decides."""
    amounts = [amount.round(9).tolist() for amount in (plan.decisions.restored, plan.decisions.migrated)]
    decided = [plan.projects(), plan.entrants(), plan.purchases(), *amounts]
    return {
        "fingerprint": plan.programme.fingerprint,
        "budget": plan.quantities.scenario,
        "decisions": hashlib.sha256(json.dumps(decided).encode()).hexdigest(),
    }


def _futures(assessment: Assessment) -> tuple[list[dict[str, str]], polars.DataFrame]:
    """Return what each column is, and one row a future; quarters are counted from the start of the programme."""
    import polars

    found: dict[str, Any] = {"future": np.arange(len(assessment.outcomes), dtype=np.int64)}
    described = []
    for what, table, id, column, values in _columns(assessment):
        name = column if column not in found else f"{table}.{column}"
        found[name] = polars.Series(values)
        if what == "status":
            found[name] = polars.Series([_NAMES[one] for one in values.tolist()], dtype=polars.Enum(list(STATUS)))
        described.append({"column": name, "what": what, "table": table, "id": id})
    return described, polars.DataFrame(found)


_NAMES = {code: name for name, code in STATUS.items()}


def _columns(assessment: Assessment) -> Iterator[tuple[str, str, str, str, Any]]:
    """Yield outcome, table, id, column and values of every column but the number of the future."""
    programme, out = assessment.plan.programme, assessment.outcomes
    for what in WHOLE:
        yield what, "", "", what, getattr(out, what)
    for what, (table, ending) in BY_ROW.items():
        values = getattr(out, what)
        for at, id in enumerate(getattr(programme, table).ids):
            yield what, table, id, f"{id}{ending}", np.ascontiguousarray(values[:, at])


def _inputs(assessment: Assessment) -> polars.DataFrame:
    """Return the class of every input in every future."""
    import polars

    found: dict[str, Any] = {"future": np.arange(len(assessment.outcomes), dtype=np.int64)}
    for at, one in enumerate(assessment.inputs):
        found["/".join((one.kind, *one.of))] = np.ascontiguousarray(assessment.outcomes.labels[:, at])
    return polars.DataFrame(found)


def _fans(assessment: Assessment) -> polars.DataFrame:
    """Return every fan, one after the other; an axis that a measure lacks is empty."""
    import polars

    if assessment.fans is not None:
        return assessment.fans
    parts = [assessment.fan(name) for name in sorted(assessment.outcomes.fans)]
    if not parts:
        return polars.DataFrame({"measure": []})
    found = polars.concat(parts, how="diagonal")
    figures = parts[0].columns[parts[0].columns.index("mean") :]
    axes = [name for name in found.columns if name not in (*figures, *TIMES)]
    return found[[*axes, *(name for name in TIMES if name in found.columns), *figures]]


def _array(table: polars.DataFrame, columns: list[str]) -> Any:
    """Return columns side by side, (futures, columns)."""
    import polars

    every = [table[name] for name in columns]
    if not every:
        return np.zeros((table.height, 0))
    codes = [one.dtype == polars.Enum(list(STATUS)) for one in every]
    if all(codes):
        known = np.array(list(STATUS.values()), dtype=np.int8)
        return np.stack([known[one.to_physical().to_numpy()] for one in every], axis=1)
    return np.stack([one.to_numpy() for one in every], axis=1)


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder; a folder without one is no assessment."""
    if not folder.is_dir():
        raise UsageError(str(t("there is no folder {path}", path=folder)))
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("files"), dict):
        raise UsageError(str(t("{path} is no assessment of this version", path=folder)))
    return content


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
