"""Keeps the Vietnamese catalogue in step with the code.

Every English sentence that a reader may see is a message: the templates given to ``t`` and ``Text``, the titles and
help of issue kinds, the meanings of tables and columns, the titles of constraints and measures. They are gathered here,
written to ``lotrinh.po`` beside the translations already there, and compiled. Commands speak English in their help, so
that is left out.

``python tools/catalogue.py`` brings the files up to date; ``--check`` writes nothing and fails with a list of what is
missing, fuzzy or out of date.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import string
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lotrinh.programme import change, entities  # noqa: F401  (they declare the tables)
from lotrinh.programme.columns import Entity
from lotrinh.register import grouping, policies, sheets, taught  # noqa: F401  (so do they)
from lotrinh.register.probe import targets as _  # noqa: F401

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "lotrinh"
PO = SOURCE / "base" / "locale" / "vi" / "LC_MESSAGES" / "lotrinh.po"
TITLED = ("plan", "measures")
SPOKEN = {"t": ("template",), "Text": ("template",), "IssueKind": (None, "title", "help")}
"""Callables whose arguments are messages, by position; None is an argument that is not."""


class Vietnamese(Catalog):
    """A catalogue whose header holds no date and no version, so that the same messages give the same files."""

    mime_headers = property(
        lambda self: [
            ("Project-Id-Version", "lotrinh"),
            ("Language", "vi"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ],
        lambda self, headers: None,
    )


def messages() -> dict[str, list[str]]:
    """Return every message of the code with the files it stands in."""
    found: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=place)
        titled = path.relative_to(SOURCE).as_posix().startswith(TITLED)
        for message in (*_spoken(tree, place), *(_titles(tree) if titled else ())):
            found.setdefault(message, []).append(place)
    for entity in (*Entity.registry.values(), *Entity.apart.values()):
        place = (SOURCE / "programme" / "entities.py").relative_to(ROOT).as_posix()
        for message in (entity.doc, *(column.doc for column in entity.columns)):
            found.setdefault(message, []).append(place)
    found.pop("", None)
    return {message: sorted(set(places)) for message, places in sorted(found.items())}


def _spoken(tree: ast.Module, place: str) -> Iterator[str]:
    """Yield the literal messages of every call in `SPOKEN`; a message put together at run time is a mistake."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        names = SPOKEN.get(name, ())
        given = dict(zip(names, node.args, strict=False)) | {word.arg: word.value for word in node.keywords if word.arg}
        for argument in names:
            value = given.get(argument) if argument else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value
            elif isinstance(value, ast.JoinedStr | ast.BinOp):
                raise SystemExit(f"{place}:{value.lineno}: a message must be one literal; give its values by name")


def _titles(tree: ast.Module) -> Iterator[str]:
    """Yield the module attribute ``TITLE``."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == "TITLE" for target in targets)
        if named and isinstance(node.value, ast.Constant):
            yield node.value.value


def merged(wanted: dict[str, list[str]], old: Catalog) -> Catalog:
    """Return a catalogue of the wanted messages with the translations of `old`.

    A message whose English changed a little keeps its translation, marked fuzzy; what is no longer used goes.
    """
    known = {message.id: message for message in old if message.id}
    orphans = [text for text, message in known.items() if text not in wanted and message.string]
    new = Vietnamese(locale="vi", fuzzy=False, header_comment="# Vietnamese for Lotrinh.")
    for text, places in wanted.items():
        near = [text] if text in known else difflib.get_close_matches(text, orphans, n=1, cutoff=0.8)
        message = known[near[0]] if near else Message(text)
        new.add(
            text,
            message.string,
            locations=[(place, None) for place in places],
            flags=["fuzzy"] if message.fuzzy or message.id != text else [],
            user_comments=message.user_comments,
        )
    return new


def problems(catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with the entries of a catalogue, one line each."""
    for message in catalogue:
        if not message.id:
            continue
        if not message.string:
            yield f"missing: {message.id}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id}"
        elif placeholders(message.id) != placeholders(message.string):
            yield f"other placeholders: {message.id} -> {message.string}"


def placeholders(template: str) -> list[str]:
    """Return the names in braces of a template; none where it is plain text with stray braces."""
    try:
        return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)
    except ValueError:
        return []


def files(catalogue: Catalog) -> dict[Path, bytes]:
    """Return what the two files of a catalogue contain."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalogue, width=100, include_lineno=False)
    write_mo(mo, catalogue)
    return {PO: po.getvalue(), PO.with_suffix(".mo"): mo.getvalue()}


def main() -> int:
    """Update or check the catalogue; return the exit code."""
    parser = argparse.ArgumentParser(description="Keep the Vietnamese catalogue in step with the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where something is wrong")
    check = parser.parse_args().check
    old = Catalog()
    if PO.exists():
        with PO.open("rb") as stream:
            old = read_po(stream, locale="vi")
    new = merged(messages(), old)
    wrong = list(problems(new)) if check else []
    for path, content in files(new).items():
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            wrong.append(f"out of date: {path.relative_to(ROOT).as_posix()}; `make catalogue` brings it up to date")
    print(
        "\n".join(
            [
                *wrong,
                f"Vietnamese catalogue: {sum(bool(m.string) for m in new if m.id)} of {len(new)} messages translated",
            ]
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
