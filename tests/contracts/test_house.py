"""Habits of the house that no other tool holds us to."""

import ast
import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

import lotrinh
from lotrinh.base.issues import IssueKind

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lotrinh"
MODULES = sorted(SOURCE.rglob("*.py"))

LINES, MOST_LINES, FUNCTION_LINES = 400, 500, 80
LONG: dict[str, str] = {
    "programme/entities.py": "every table is declared in one place, in the order of files and sheets"
}
"""Files past `LINES`, each with its reason; none may pass `MOST_LINES`."""

MACHINE = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|opt|mnt)/\w+/|[A-Z]:\\Users\\")
HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|crates\.io|(?:extra-)?index-url|(?m:^-i )")


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tracked() -> Iterator[Path]:
    """Yield the text files of the checkout that are, or would be, under version control."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    for entry in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        path = ROOT / entry
        if path.is_file() and path != Path(__file__) and b"\0" not in path.read_bytes():
            yield path


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_files_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= (MOST_LINES if name(path) in LONG else LINES)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short_and_imports_absolute(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES, node.name
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"line {node.lineno}: a relative import"


@pytest.mark.parametrize("pattern", [MACHINE, HOSTS], ids=["machine", "host"])
def test_no_trace_of_one_machine(pattern: re.Pattern[str]) -> None:
    marks = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if (found := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert marks == []


def test_every_issue_kind_says_what_it_is_and_what_to_do() -> None:
    for entry in pkgutil.walk_packages(lotrinh.__path__, "lotrinh."):
        if ".solvers." not in entry.name and not entry.name.endswith("__main__"):
            importlib.import_module(entry.name)
    assert IssueKind.registry
    for code, kind in IssueKind.registry.items():
        assert re.fullmatch(r"[A-Z]\d{3}", code), code
        assert kind.title, code
        assert kind.help, code
        assert kind.severity in ("error", "warning"), code


def test_the_version_is_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^version: (.+)$", citation) == [lotrinh.__version__] == [version("lotrinh")]
