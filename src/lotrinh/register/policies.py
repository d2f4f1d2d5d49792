"""Policy packs: what authorities ask of cryptography and until when, as rows of data with the source of each.

A pack is a CSV file in the folder `policies`, or a file of the user's own with the same columns. Nothing in a pack is
inferred: where a source gives no date, its rule has none, and the pack of Vietnam waits for a dated text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import DataError, Issue, IssueKind
from lotrinh.base.text import Text, t
from lotrinh.programme.columns import Entity, choice, entity, ident, integer, quarter, text
from lotrinh.programme.draft import Line
from lotrinh.programme.parse import read_table
from lotrinh.programme.reported import Reported
from lotrinh.register.algorithms import algorithms
from lotrinh.register.classes import CLASSES, FAMILIES
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.judge import Verdict, judge
from lotrinh.register.names import parse
from lotrinh.register.sheets import CRITICALITIES
from lotrinh.tables.csv_folder import read_csv
from lotrinh.tables.files import read

ACTIONS = ("milestone", "deprecated", "disallowed", "required")
"""A date to be met that ends no algorithm; use at one's own risk afterwards; no use afterwards; only what is listed."""
SHOR = ("harvest_now", "forge_later")
"""Classes that a quantum computer breaks."""
ESTABLISHING = ("endpoint", "ssh_host", "vpn_gateway")
"""Kinds of work item that establish keys, whatever else is weak about them."""
STANDINGS = ("primary", "secondary", "press")
FUNCTIONS = ("key_establishment", "signature")

UNKNOWN_WORD = IssueKind(
    "R301", "a word that a rule of a policy cannot have", "Write words from the list, with blanks between."
)
RULE_TWICE = IssueKind("R302", "a rule stands twice in a policy pack", "Give each rule an id of its own.")


@entity("policies", ["rule"], "What an authority asks of cryptography, and until when", apart=True)
class Rule:
    """One rule. It speaks of systems that matter at least as much as `scope` says; empty words mean any."""

    rule: str = ident("Id of the rule")
    scope: str = choice("Least criticality of the systems of which it speaks", CRITICALITIES, default="low")
    kinds: str = text("Kinds of work item of which it speaks, with blanks between; all where empty")
    function: str = choice("Function of which it speaks; both where empty", FUNCTIONS, default="")
    classes: str = text("Classes of which it speaks; those that a quantum computer breaks where empty")
    families: str = text("Families of which it speaks; all where empty")
    below: int | None = integer("Only what is weaker than this many bits", "", 0, 512, default=None)
    action: str = choice("What it says", ACTIONS)
    deadline: Quarter | None = quarter("Last quarter before it takes effect", default=None)
    allowed: str = text("Algorithms that remain allowed, with blanks between; those of the table where empty")
    hybrid: str = choice("Whether a hybrid is asked for", ("required", "allowed", "refused"), default="")
    source: str = text("Title of the source")
    url: str = text("Where the source stands")
    standing: str = choice("Whether the text itself was read, a page about it, or only the press", STANDINGS)
    note: str = text("What a reader must know of it")


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one authority, under its id; `title` and `note` are put into words in the reader's language."""

    id: str
    title: Text
    rules: tuple[Rule, ...]
    note: Text


@cache
def packs() -> dict[str, Pack]:
    """Return the shipped packs by their ids."""
    with as_file(files("lotrinh.register") / "policies") as folder:
        heads = list(csv.DictReader((folder / "packs.csv").read_text(encoding="utf-8").splitlines()))
        return {row["pack"]: _shipped(folder, row["pack"], row["title"], row["note"]) for row in heads}


def load(path: str | Path) -> Pack:
    """Return the user's own pack at `path`, a CSV file or a workbook with a sheet `policies`.

    Raises
    ------
    UsageError
        If there is no file at `path`.
    DataError
        If the file has problems; all of them are told.
    """
    file = Path(path)
    return Pack(file.stem, t("{name}", name=file.stem), _rules(file), t("a pack of one's own"))


def due(
    pack: Pack,
    *,
    function: str,
    class_: str,
    family: str = "",
    strength: int = 0,
    criticality: str = "medium",
    kind: str = "",
) -> tuple[Quarter | None, str]:
    """Return the last quarter in which something may still be used, and the rule that says so, or None and nothing."""
    verdict = Verdict("", family, class_, function, strength)
    ends = [rule for rule in applying(pack, verdict, criticality, kind) if rule.action in ("disallowed", "required")]
    first = min((rule for rule in ends if rule.deadline), key=lambda rule: str(rule.deadline), default=None)
    return (first.deadline, first.rule) if first else (None, "")


def applying(pack: Pack, verdict: Verdict, criticality: str = "medium", kind: str = "") -> Iterator[Rule]:
    """Yield the rules that speak of what `verdict` is of, in a system of the given criticality.

    What a quantum computer breaks is spoken of no less for being weak already. Where it is not known better the worst
    is assumed: a work item with the function ``already_weak`` may have either function, one without family any.
    """
    weak = verdict.class_ == "already_weak"
    broken = verdict.class_ in SHOR or (weak and (verdict.family != "" or kind in ESTABLISHING))
    for rule in pack.rules:
        families = rule.families.split()
        if (
            CRITICALITIES.index(criticality) >= CRITICALITIES.index(rule.scope)
            and (not rule.kinds or kind in rule.kinds.split())
            and (rule.function in ("", verdict.function) or verdict.function == "already_weak")
            and (verdict.class_ in rule.classes.split() if rule.classes else broken)
            and (not families or verdict.family in families or (broken and verdict.family == ""))
            and (rule.below is None or 0 < verdict.strength < rule.below)
        ):
            yield rule


def allowed(pack: Pack, algorithm: str) -> bool | None:
    """Return whether a pack allows an algorithm once its rules hold everywhere; None where it does not say."""
    verdict = judge(parse(algorithm))
    kind = _kind(algorithm)
    said: list[bool] = []
    for rule in pack.rules:
        if rule.function not in ("", verdict.function) and kind == "public":
            continue
        listed = rule.allowed.split()
        if verdict.class_ == "hybrid" and rule.hybrid:
            said.append(rule.hybrid != "refused")
        elif verdict.class_ == "post_quantum" and rule.hybrid == "required" and rule.action != "milestone":
            said.append(False)
        elif verdict.class_ != "hybrid" and any(_kind(each) == kind for each in listed):
            said.append(algorithm in listed)
    ended = any(rule.action == "disallowed" for rule in applying(pack, verdict, CRITICALITIES[-1]))
    return (any(said) and not ended) if said or ended else None


def _shipped(folder: Path, id: str, title: str, note: str) -> Pack:
    return Pack(id, t(title), _rules(folder / f"{id}.csv"), t(note))


def _kind(algorithm: str) -> str:
    row = algorithms().get(algorithm)
    return row.kind if row else "public"


def _rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a file.

    Raises
    ------
    DataError
        If it has errors.
    """
    raw = read_csv(path, "policies") if path.suffix.casefold() == ".csv" else read(path)
    issues, declared, reported = list(raw.issues), Entity.apart["policies"], Reported(raw)
    lines = [line for table in raw.parts("policies") for line in read_table(declared, table, reported, issues)]
    _check(lines, issues)
    if any(issue.is_error for issue in issues):
        raise DataError(issues)
    return tuple(line.row for line in lines)


def _check(lines: list[Line[Rule]], issues: list[Issue]) -> None:
    """Report words that mean nothing and rules that stand twice."""
    words = {"kinds": ITEM_KINDS, "classes": CLASSES, "families": FAMILIES, "allowed": tuple(algorithms())}
    met: set[str] = set()
    for line in lines:
        for attribute, known in words.items():
            given = [] if attribute in line.unknown else getattr(line.row, attribute).split()
            for word in (word for word in given if word not in known):
                expected = t("words such as {words}", words=tuple(filter(None, known))[:7])
                issues.append(line.issue(UNKNOWN_WORD, attribute, expected, value=word))
        if "rule" not in line.unknown:
            if line.row.rule in met:
                issues.append(line.issue(RULE_TWICE, "rule"))
            met.add(line.row.rule)
