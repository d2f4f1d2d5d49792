"""The migration tables of the Vietnam case are what the commands in its README make of the synthetic register."""

from __future__ import annotations

import csv
import shlex
import shutil
from pathlib import Path

import pytest

from lotrinh.base.examples import example
from lotrinh.cli.main import main
from lotrinh.programme.load import check, load
from lotrinh.register import grouping
from lotrinh.register.grouping import Group
from lotrinh.register.summarise import TABLES

DONE = 0
SMALL = {"--assets": "4000", "--systems": "60"}
Rows = list[dict[str, str]]


def commands() -> list[list[str]]:
    """Return the commands of the README, each as its words."""
    text = (example("vietnam") / "register" / "README.md").read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("    lotrinh ")]


def made(folder: Path, monkeypatch: pytest.MonkeyPatch, **instead: str) -> Path:
    """Run the commands beside a copy of the case without its migration tables, and return the copy."""
    programme = Path(shutil.copytree(example("vietnam"), folder / "cases" / "vietnam"))
    for name in TABLES:
        (programme / f"{name}.csv").unlink()
    monkeypatch.chdir(folder)
    for words in commands():
        for option in set(SMALL) & set(words) & set(instead):
            words[words.index(option) + 1] = instead[option]
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == DONE
    return programme


def rows(programme: Path, name: str) -> Rows:
    with (programme / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def groups() -> dict[str, Group]:
    return {row.migration: row for row in grouping.read(example("vietnam") / "register" / "classes.csv")}


def test_the_tables_that_are_kept_are_those_of_the_sheet() -> None:
    of, programme = groups(), load(example("vietnam"))
    assert programme.migration.ids == tuple(of)
    assert sum(row.items * row.value for row in programme.migration) == pytest.approx(5.09)
    with_effort = {row.migration for row in programme.migration_skills}
    for row in programme.migration:
        group = of[row.migration]
        assert (row.title_vi, row.title_en, row.projects) == (group.title_vi, group.title_en, group.projects)
        assert (row.function, row.evidence) == (group.function, "assumption")
        assert (group.share > 0.0) == (row.cost > 0.0) == (row.migration in with_effort)
        assert group.reason in row.reason


def test_every_project_that_enables_is_one_of_the_case_and_what_is_highest_goes_into_p04() -> None:
    of, programme = groups(), load(example("vietnam"))
    assert {project for row in of.values() for project in row.projects} <= set(programme.projects.ids)
    for row in of.values():
        if row.function == "already_weak":
            assert row.projects == ("P01",)
        elif row.function == "key_establishment":
            assert "P02" in row.projects or row.projects == ("P04",)
        else:
            assert row.projects == (("P02", "P06") if row.kinds == "firmware" else ("P03",))
        assert (row.projects == ("P04",)) == (row.share == 0.0) == (row.criticalities == "critical")


def test_a_smaller_estate_gives_a_valid_programme_of_the_same_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = made(tmp_path, monkeypatch, **SMALL)
    assert not [issue for issue in check(programme) if issue.is_error]
    assert {row["migration"] for row in rows(programme, "migration")} <= set(groups())
    assert len(rows(programme, "migration")) > len(groups()) / 2


@pytest.mark.slow
def test_the_commands_give_the_tables_that_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = made(tmp_path, monkeypatch)
    for name in TABLES:
        kept, again = rows(example("vietnam"), name), rows(programme, name)
        assert len(kept) == len(again)
        for old, new in zip(kept, again, strict=True):
            for column in old:
                try:
                    assert float(new[column]) == pytest.approx(float(old[column]), rel=1e-9)
                except ValueError:
                    assert new[column] == old[column]
