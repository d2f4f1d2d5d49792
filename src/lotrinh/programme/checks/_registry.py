"""How a rule makes itself known, and how all of them are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from lotrinh.base.issues import Issue
from lotrinh.base.registry import entries
from lotrinh.programme.draft import Draft

Rule = Callable[[Draft], Iterator[Issue]]
_rules: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Mark a function as a rule: it is given the draft and yields an issue for each problem that it finds."""
    _rules[f"{function.__module__}.{function.__name__}"] = function
    return function


@cache
def rules() -> dict[str, Rule]:
    """Return every rule of the folder by its full name, file by file."""
    entries("lotrinh.programme.checks")
    return dict(sorted(_rules.items(), key=lambda item: item[0].rpartition(".")[0]))


def run(draft: Draft) -> tuple[Issue, ...]:
    """Return every problem that a rule finds in `draft`."""
    return tuple(issue for check in rules().values() for issue in check(draft))
