"""The commands from an invented estate to the migration tables of a programme."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lotrinh.base.examples import example
from lotrinh.cli.main import main
from lotrinh.programme.load import load
from lotrinh.register import synthetic
from lotrinh.register.made_up.boms import ROOTS

store = pytest.importorskip("lotrinh.register.store")
DONE, USAGE = 0, 2
DAY = ("--today", "2026-11-20")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run_here(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_here


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a register of 1,000 synthetic assets, imported as any real files are."""
    folder = tmp_path_factory.mktemp("register")
    synthetic.write(folder / "estate", 1000, 4, 20)
    store.Register(folder / "register").add([folder / "estate"], workers=1)
    return folder / "register"


def test_what_is_imported_is_what_was_made_up(register: Path) -> None:
    assets = store.Register(register).assets()
    roots = assets.filter(assets["trust_store"] == "yes").height
    assert roots in (0, ROOTS)
    assert assets.height == 1000 + roots
    assert [str(each) for each in store.Register(register).problems()] == []


def test_the_estate_is_written_once(call: Call, tmp_path: Path) -> None:
    made = ("register", "synthesise", "-o", tmp_path / "estate", "--assets", 300, "--systems", 8, "--json")
    code, out, _ = call(*made)
    assert code == DONE
    assert json.loads(out)["assets"] == 300
    assert call(*made)[0] == USAGE
    assert call("register", "synthesise", "-o", tmp_path / "other", "--assets", 0)[0] == USAGE


def test_a_register_becomes_the_classes_of_a_programme(call: Call, register: Path, tmp_path: Path) -> None:
    programme = Path(shutil.copytree(example("vietnam"), tmp_path / "vietnam"))
    sheet = tmp_path / "classes.csv"
    sheet.write_text("function,projects\nsignature,P03\n*,P01\n", encoding="utf-8")
    asked = ("register", "summarise", register, "--programme", programme, "--classes", sheet, *DAY)
    assert call(*asked)[0] == USAGE
    code, out, _ = call(*asked, "--force", "--json")
    told = json.loads(out)
    assert code == DONE
    rows = load(programme).migration
    assert len(rows) == told["classes"]
    assert sum(row.items for row in rows) == told["items"] > 0
    assert {row.projects for row in rows} == {("P01",), ("P03",)}
    assert told["aggregation_error"] < 0.01
    assert call(*asked, "--force")[0] == DONE


def test_tables_alone_are_written_into_a_folder(call: Call, register: Path, tmp_path: Path) -> None:
    assert call("register", "summarise", register, "-o", tmp_path / "out", *DAY)[0] == DONE
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["migration.csv", "migration_skills.csv"]
    assert call("register", "summarise", register, "-o", tmp_path / "out", *DAY)[0] == USAGE


def test_what_cannot_be_done_is_said(call: Call, register: Path, tmp_path: Path) -> None:
    assert call("register", "summarise", register)[0] == USAGE
    assert call("register", "summarise", register, "-o", tmp_path / "x", "--today", "soon")[0] == USAGE
    assert call("register", "summarise", register, "-o", tmp_path / "x", "--worth", "0")[0] == USAGE
    assert call("register", "summarise", tmp_path / "nothing", "-o", tmp_path / "x", *DAY)[0] != DONE
    assert not (tmp_path / "x").exists()
