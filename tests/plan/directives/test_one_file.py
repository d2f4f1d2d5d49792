"""A rule is one file: put into a copy of the package, it is checked, planned with and reported.

The Vietnamese catalogue is left out; the rule speaks English until it is translated.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lotrinh

SMALL = Path(__file__).parents[3] / "cases" / "small"
TOY = '''r"""Projects chosen, of all fields or of one.

```{math}
\\sum_p [p\\text{ chosen}]
```
"""

import numpy as np

from lotrinh.plan.statements import demand

TITLE = "Projects chosen by a toy"
UNIT = "item"
SCOPES = ("fields", "everything")
HARD = ("<=",)


def _counts(q, directive):
    return np.array([float(directive.scope in ("all", "everything", row.field)) for row in q.programme.projects])


def measure(paths, directive):
    return paths.running.any(axis=-1) @ _counts(paths.quantities, directive)


def rows(build, q, v, directive):
    return [demand(directive, v.x, _counts(q, directive)[q.options.project])]
'''


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package with one file more."""
    root = tmp_path_factory.mktemp("src")
    package = Path(lotrinh.__file__).parent
    shutil.copytree(package, root / "lotrinh", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "lotrinh" / "plan" / "directives" / "toy.py").write_text(TOY, encoding="utf-8")
    return root


def run(source: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the JSON of a command of the copy."""
    done = subprocess.run(
        [sys.executable, "-m", "lotrinh", *map(str, arguments), "--json"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def told(folder: Path, kind: str, scope: str = "all", rule: str = "toy") -> Path:
    """Return the small case with one directive: at most two projects."""
    shutil.copytree(SMALL, folder)
    row = {"directive": "T1", "rule": rule, "scope": scope, "comparison": "<=", "threshold": 2, "kind": kind,
           "title_en": "Few projects", "title_vi": "Ít dự án", "evidence": "assumption", "reason": "test"}  # fmt: skip
    with (folder / "directives.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([row.keys(), row.values()])
    return folder


@pytest.mark.parametrize("scope", ["all", "everything"])
def test_a_rule_is_one_file(source: Path, tmp_path: Path, scope: str) -> None:
    watched, hard = (told(tmp_path / kind, kind, scope) for kind in ("watch", "hard"))
    assert run(source, "check", watched)[1]["issues"] == []
    free, held = (run(source, "plan", case, "--threads", 1)[1] for case in (watched, hard))
    assert [row["rule"] for row in free["directives"]] == ["toy"]
    assert free["directives"][0]["measure"] == len(free["projects"]) > 2
    assert not free["directives"][0]["held"]
    assert held["directives"][0]["measure"] == len(held["projects"]) == 2
    assert held["objective"] < free["objective"]


def test_its_scopes_are_known(source: Path, tmp_path: Path) -> None:
    code, found = run(source, "check", told(tmp_path / "case", "watch", "every_thing"))
    assert code == 3
    assert [(issue["code"], issue["value"], issue["nearest"]) for issue in found["issues"]] == [
        ("P205", "every_thing", "everything")
    ]
    assert "all, everything" in found["issues"][0]["expected"]
    assert "fields" in found["issues"][0]["expected"]


def test_without_the_file_there_is_no_such_rule(tmp_path: Path) -> None:
    code, found = run(Path(lotrinh.__file__).parents[1], "check", told(tmp_path / "case", "watch"))
    assert code == 3
    assert [(issue["code"], issue["column"], issue["value"]) for issue in found["issues"]] == [("P117", "rule", "toy")]
