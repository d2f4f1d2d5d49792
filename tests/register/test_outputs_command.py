"""``lotrinh register export`` and ``burndown``, on an extract that is there already."""

import io
import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from icalendar import Calendar
from tests.register.extracts import made

from lotrinh.base.issues import UsageError
from lotrinh.base.text import speaking
from lotrinh.cli.register import burndown as shown
from lotrinh.cli.register import export as command

EXPORTS = ("r.xlsx", "r.csv", "r.parquet", "r.ics", "r.json", "r.cdx.json", "r.md", "r.statement.json", "R.XLSX")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (command, shown):
        monkeypatch.setattr(module, "opened", lambda register, waves, policy: made(60))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_name_of_the_file_says_its_format(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / name
    assert command.export(Path("register"), output=path, json_=True) == 0
    told = json.loads(capsys.readouterr().out)
    content = path.read_bytes()
    assert (told["output"], told["bytes"], told["assets"]) == (str(path), len(content), 60)
    assert READERS[name.casefold().partition(".")[2]](content)


READERS = {
    "xlsx": lambda content: openpyxl.load_workbook(io.BytesIO(content))["Register"].max_row == 61,
    "csv": lambda content: pl.read_csv(content, infer_schema=False).height == 60,
    "parquet": lambda content: pl.read_parquet(content).height == 60,
    "ics": lambda content: Calendar.from_ical(content).walk("VEVENT"),
    "json": lambda content: json.loads(content)["bomFormat"] == "CycloneDX",
    "cdx.json": lambda content: json.loads(content)["specVersion"] == "1.6",
    "md": lambda content: content.startswith(b"# Migration"),
    "statement.json": lambda content: json.loads(content)["inventory"]["figures"]["assets"]["value"] == 60,
}


@pytest.mark.parametrize("name", ["r.txt", "r", "r.xls"])
def test_other_names_are_refused_before_any_work(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must end with one of"):
        command.export(Path("register"), output=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there.csv").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        command.export(Path("register"), output=tmp_path / "there.csv")


def test_it_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.export(Path("register"), output=tmp_path / "r.md")
    assert "assets: 60, work items: " in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "vi"])
def test_burndown_is_a_line_a_quarter(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with speaking(language):
        assert shown.burndown(Path("register")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("2027Q1") and "█" in line for line in lines)


def test_burndown_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown.burndown(Path("register"), measure="value", json_=True)
    told = json.loads(capsys.readouterr().out)
    assert told["measure"] == "value"
    assert told["quarters"][0]["planned"] >= told["quarters"][-1]["planned"]
