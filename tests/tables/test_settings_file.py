"""The settings as flat TOML."""

import pytest

from lotrinh.tables.grid import Findings
from lotrinh.tables.raw import RawTable
from lotrinh.tables.settings_file import MOST_STUMBLES, format_settings, parse_settings


def parse(text: str) -> tuple[RawTable, list[tuple[str, int | None, str]]]:
    findings = Findings("programme.toml")
    table = parse_settings(text, findings)
    return table, [(i.kind.code, i.place.row, i.place.column) for i in findings.issues]


def test_values_lines_and_comments() -> None:
    table, issues = parse(
        '# a comment\n\nprogramme = " vn "  # trailing\nstart = 2027-01-05\nlength = 40\nrate = 0.5\nyes = true\n'
        'long = """\none\ntwo"""\n"a b" = \'x\'\n'
    )
    assert issues == []
    assert table.upright
    assert table.header == ("programme", "start", "length", "rate", "yes", "long", "a b")
    assert table.rows == (("vn", "2027-01-05", 40, 0.5, True, "one\ntwo", "x"),)
    assert table.row_numbers == (3, 4, 5, 6, 7, 8, 11)
    assert str(table.place(0, 6)) == "programme.toml:11:a b"


@pytest.mark.parametrize(
    ("text", "issue", "header"),
    [
        ("a = 1\nb = \nc = 3", ("T020", 2, ""), ("a", "c")),
        ("a = 1\nb = 0,5\nc = 3", ("T020", 2, ""), ("a", "c")),
        ('a = "x\nb = 2', ("T020", 1, ""), ("b",)),
        ('a = """x\nb = 2', ("T020", 1, ""), ("b",)),
        ("just text\nb = 2", ("T020", 1, ""), ("b",)),
        ("[section]\na = 1", ("T021", 1, "section"), ("a",)),
        ("a = [\n1,\n2]\nb = 2", ("T021", 1, "a"), ("b",)),
        ("a.b = 1\nc = 2", ("T021", 1, "a"), ("c",)),
        ("a = 1\na = 2", ("T014", 2, "a"), ("a",)),
        ('"" = 2\nb = 1', ("T015", 1, ""), ("b",)),
        ('a = "x\\u0001y"', ("T002", 1, "a"), ("a",)),
        ("a = " + "9" * 5000 + "\nb = 1", ("T020", 1, ""), ("b",)),
        ("a = " + "[" * 5000 + "\nb = 1", ("T020", 1, ""), ("b",)),
    ],
)
def test_problems_have_their_line_and_the_rest_is_read(
    text: str, issue: tuple[str, int, str], header: tuple[str, ...]
) -> None:
    table, issues = parse(text)
    assert issues == [issue]
    assert table.header == header


def test_the_message_of_the_syntax_is_passed_on() -> None:
    findings = Findings("programme.toml")
    parse_settings("a = 0,5", findings)
    assert "after a statement" in str(findings.issues[0])
    assert "column 6" not in str(findings.issues[0])


def test_a_file_that_is_no_toml_is_given_up() -> None:
    _, issues = parse('x = """[\n' * 5000)
    assert len(issues) == MOST_STUMBLES


@pytest.mark.parametrize(
    "value", ["", "plain", 'q"uo\\te', "a\nb\tc", "=1+1", "Đề án 🚀", 0, -3, 0.25, 1e300, 1e-12, True, False]
)
def test_round_trip(value: object) -> None:
    table = RawTable("programme", ("key", "a b"), ((value, "x"),), (1, 2), upright=True)
    again, issues = parse(format_settings(table))
    assert issues == []
    assert again.rows == table.rows
    assert [type(cell) for cell in again.rows[0]] == [type(cell) for cell in table.rows[0]]
