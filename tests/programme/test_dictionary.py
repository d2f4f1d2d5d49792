"""What follows from the declared tables, and the way from folder to workbook and back."""

import csv
import filecmp
import json
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lotrinh.base.issues import DataError, UsageError
from lotrinh.base.text import speaking
from lotrinh.base.units import units
from lotrinh.programme import dictionary
from lotrinh.programme.columns import Column, Entity
from lotrinh.tables.cells import clean, number_text
from lotrinh.tables.files import read, write
from lotrinh.tables.raw import SETTINGS, RawTable, RawTables

CASES = Path(__file__).parents[2] / "cases"
FOLDERS = sorted(file.parent for file in CASES.glob("*/programme.toml"))
DECLARED = {**Entity.registry, "changes": Entity.apart["changes"]}
HOSTILE = (
    "=1+1", "+1", "-x", "@cmd", '"', 'a "b"', "a\nb", "a, b", "a;b", "ế ự Đ", "e\u0302\u0301", "🚀🇻🇳", "x" * 5_000,
    "<r>x</r>", "_x0041_", "_x000D_x000A_", "&amp;", "]]>", "sep=;", "#REF!", "TRUE", "1e5", "\u202eabc", "a\u2028b",
    "'a", "\\", "1,5",
)  # fmt: skip
IDS = st.from_regex(re.compile(dictionary.ID_PATTERN, re.ASCII), fullmatch=True)
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def cells(column: Column) -> st.SearchStrategy[str]:
    """Draw the text of a cell that the column allows."""
    low = 0 if column.low is None else column.low
    high = low + 1000 if column.high is None else column.high
    drawn = {
        "id": IDS,
        "ref": IDS,
        "refs": st.lists(IDS, max_size=3).map(";".join),
        "text": TEXTS.map(clean),
        "number": st.floats(low, high, exclude_min=column.above).map(number_text),
        "flag": st.sampled_from(["0", "1"]),
        "choice": st.sampled_from(column.choices or ("",)),
        "quarter": st.builds("{}Q{}".format, st.integers(1990, 2100), st.integers(1, 4)),
    }.get(column.kind, st.integers(int(low), int(high)).map(str))
    return drawn if column.required else st.just("") | drawn


@st.composite
def programmes(draw: st.DrawFn) -> RawTables:
    """Draw a few tables with rows, in the order in which a folder is read."""
    values = draw(st.tuples(*(cells(column) for column in Entity.registry[SETTINGS].columns)))
    header = tuple(column.name for column in Entity.registry[SETTINGS].columns)
    row = tuple(
        float(value) if value and column.kind == "number" else value
        for value, column in zip(values, Entity.registry[SETTINGS].columns, strict=True)
    )
    tables = [RawTable(SETTINGS, header, (row,), tuple(range(1, len(header) + 1)), upright=True)]
    for name in sorted(draw(st.sets(st.sampled_from(sorted(set(Entity.registry) - {SETTINGS})), max_size=3))):
        for part in sorted(draw(st.sampled_from([{""}, {"", "low"}, {"a.b"}]))):
            columns = Entity.registry[name].columns
            rows = draw(st.lists(st.tuples(*(cells(column) for column in columns)), max_size=4))
            rows = [row for row in rows if any(row)]
            tables.append(
                RawTable(name, tuple(column.name for column in columns), tuple(rows), (2,) * len(rows), part=part)
            )
    return RawTables("", tuple(tables))


def content(raw: RawTables) -> list:
    return [(table.label, table.upright, table.header, table.rows) for table in raw.tables]


def same(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files, byte by byte."""
    names = sorted(file.name for file in one.iterdir())
    return (
        names == sorted(file.name for file in other.iterdir())
        and filecmp.cmpfiles(one, other, names, False)[0] == names
    )


@FEW
@given(programmes())
def test_folder_and_back(tmp_path_factory: pytest.TempPathFactory, raw: RawTables) -> None:
    folder = tmp_path_factory.mktemp("folder") / "p"
    write(raw, folder, {})
    again = read(folder)
    assert again.issues == ()
    assert content(again) == content(raw)


@FEW
@given(programmes())
def test_folder_to_workbook_and_back(tmp_path_factory: pytest.TempPathFactory, raw: RawTables) -> None:
    place = tmp_path_factory.mktemp("both")
    write(raw, place / "p", {})
    dictionary.convert(place / "p", place / "b.xlsx")
    assert dictionary.convert(place / "b.xlsx", place / "q").issues == ()
    assert same(place / "p", place / "q")


@FEW
@given(TEXTS, TEXTS)
def test_what_nobody_declared_survives_too(tmp_path_factory: pytest.TempPathFactory, name: str, cell: str) -> None:
    name, cell = clean(name), clean(cell)
    assume(name and cell and not re.fullmatch(r"(?i)sep=.|[^,]*[;\t][^,]*", name))
    place = tmp_path_factory.mktemp("unknown")
    odd = RawTable("odd", (name,), ((cell,),), (2,))
    write(RawTables("", (dictionary.blank().tables[0], odd)), place / "p", {})
    dictionary.convert(place / "p", place / "b.xlsx")
    dictionary.convert(place / "b.xlsx", place / "q")
    assert same(place / "p", place / "q")
    assert read(place / "q").parts("odd")[0].rows == ((cell,),)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_cases_survive_the_workbook(tmp_path: Path, folder: Path) -> None:
    dictionary.convert(folder, tmp_path / "b.xlsx")
    dictionary.convert(tmp_path / "b.xlsx", tmp_path / "p")
    files = [file for file in folder.iterdir() if file.suffix in (".csv", ".toml")]
    for file in files:
        assert (tmp_path / "p" / file.name).read_bytes() == file.read_bytes(), file.name
    assert len(files) == len(list((tmp_path / "p").iterdir()))


def test_converting_needs_sound_data_and_another_place(tmp_path: Path) -> None:
    write(dictionary.blank(), tmp_path / "p", {})
    with pytest.raises(UsageError, match="itself"):
        dictionary.convert(tmp_path / "p", tmp_path / "x" / ".." / "p")
    (tmp_path / "p" / "goals.csv").write_text("goal,weight\nG1\n")
    with pytest.raises(DataError) as caught:
        dictionary.convert(tmp_path / "p", tmp_path / "b.xlsx")
    assert [issue.kind.code for issue in caught.value.issues] == ["T007"]
    assert not (tmp_path / "b.xlsx").exists()


def test_the_blank_programme(tmp_path: Path) -> None:
    blank = dictionary.blank()
    assert blank.names() == tuple(Entity.registry)
    assert blank.tables[0].upright
    found = dict(zip(blank.tables[0].header, blank.tables[0].rows[0], strict=True))
    assert (found["quarters"], found["discount"], found["start"], found["source"]) == (40, 0.03, "", "")
    assert all(table.rows == () for table in blank.tables[1:])
    write(blank, tmp_path / "b.xlsx", dictionary.layouts())
    again = read(tmp_path / "b.xlsx")
    assert again.issues == ()
    assert content(again) == content(blank)


def test_the_workbook_checks_what_is_typed(tmp_path: Path) -> None:
    write(dictionary.blank(), tmp_path / "b.xlsx", dictionary.layouts())
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames[:2] == ["_guide", SETTINGS]
    assert set(book.sheetnames) - {"_guide", "_lists"} == set(Entity.registry)
    for name, entity in Entity.registry.items():
        if name == SETTINGS:
            continue
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == [column.name for column in entity.columns]
        checks = {str(check.sqref).split("2:")[0]: check for check in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], entity.columns, strict=True):
            assert cell.comment.text.startswith(column.doc)
            check = checks.get(cell.column_letter)
            if column.kind in ("number", "integer", "year", "flag", "choice", "ref", "refs"):
                assert check is not None, (name, column.name)
            if column.kind == "ref":
                target = book.defined_names[check.formula1].attr_text
                ids = [column.name for column in Entity.registry[column.ref].columns]
                letter = openpyxl.utils.get_column_letter(1 + ids.index(Entity.registry[column.ref].identifies))
                assert target.startswith(f"'{column.ref}'!${letter}$2:")
            if column.kind == "choice" and len(",".join(column.choices)) < 255:
                assert check.formula1 == f'"{",".join(column.choices)}"'
            if column.kind == "refs":
                assert "semicolons" in check.prompt


def test_layouts_follow_the_columns() -> None:
    layouts = dictionary.layouts()
    assert list(layouts) == list(Entity.registry)
    modes = layouts["modes"]
    duration, gain = modes.column("duration"), modes.column("gain_factor")
    assert duration is not None
    assert gain is not None
    assert (duration.kind, duration.whole, duration.low, duration.high, duration.required) == (
        "number",
        True,
        1,
        200,
        True,
    )
    assert (gain.whole, gain.required, gain.unit) == (False, False, "share of one")
    assert modes.column("nothing") is None


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_schemas(name: str) -> None:
    entity, schema = DECLARED[name], dictionary.schema(name)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")
    assert list(schema["properties"]) == [column.name for column in entity.columns]
    assert set(schema["required"]) == {column.name for column in entity.columns if column.required}
    assert schema["x-key"] == list(entity.key)
    for column in entity.columns:
        facts = schema["properties"][column.name]
        assert facts["description"]
        assert facts.get("x-unit", "") == column.unit
        assert facts.get("x-ref", "") == column.ref
        assert ("default" in facts) == (not column.required)
        assert facts.get("exclusiveMinimum" if column.above else "minimum") == column.low
        assert facts.get("maximum") == column.high
        if column.default == "" and "pattern" in facts:
            assert re.search(facts["pattern"], "")


def test_schemas_of_single_columns() -> None:
    modes = dictionary.schema("modes")["properties"]
    assert modes["kind"]["enum"] == ["domestic", "partner", "buy"]
    assert modes["duration_p90"]["type"] == ["integer", "null"]
    assert re.search(modes["mode"]["pattern"], "P01-D")
    assert not re.search(modes["mode"]["pattern"], "P01 D")
    assert modes["comparables"]["type"] == "array"
    projects = dictionary.schema("projects")["properties"]
    assert re.search(projects["earliest"]["pattern"], "2027Q1")
    assert not re.search(projects["earliest"]["pattern"], "2027Q5")
    assert projects["mandatory"] == {"type": "boolean", "description": "Must be in every plan", "default": False}
    assert set(dictionary.schemas()) == set(DECLARED)
    with pytest.raises(KeyError):
        dictionary.schema("nothing")


def test_the_data_dictionary() -> None:
    rows = dictionary.dictionary()
    assert len(rows) == sum(len(entity.columns) for entity in DECLARED.values())
    assert all(tuple(row) == dictionary.HEADER for row in rows)
    found = {(row["table"], row["column"]): row for row in rows}
    at = found["gates", "at"]
    assert (at["low"], at["high"], at["unit"], at["required"]) == ("> 0", "1", "share of one", "1")
    assert found["modes", "kind"]["choices"] == "domestic; partner; buy"
    assert found["modes", "gain_factor"]["default"] == "1"
    assert found["projects", "field"]["refers_to"] == "fields"
    assert list(csv.DictReader(dictionary.dictionary_csv().splitlines())) == rows


def test_the_data_dictionary_as_markdown() -> None:
    text = dictionary.dictionary_markdown()
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(DECLARED)
    assert "| `at` | number |" in text
    assert "> 0, ≤ 1" in text
    assert "[fields](#fields)" in text
    assert all(line.count("|") - line.count("\\|") == 7 for line in text.splitlines() if line.startswith("|"))


def test_units_in_the_language_of_the_reader() -> None:
    with speaking("vi"):
        found = {(row["table"], row["column"]): row["unit"] for row in dictionary.dictionary()}
        column = dictionary.layouts()["modes"].column("duration")
    assert found["modes", "duration"] == units()["quarter"].vietnamese
    assert column is not None
    assert column.unit == units()["quarter"].vietnamese
