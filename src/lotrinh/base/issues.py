"""Problems of the user's data, gathered and reported together, and the errors that carry them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from lotrinh.base.text import Text, t


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file, the sheet of a workbook, the row and column as the user sees them."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        head = self.file + (f"[{self.sheet}]" if self.sheet else "")
        row = f":{self.row}" if self.row is not None else ""
        return head + row + (f":{self.column}" if self.column else "")


class IssueKind:
    """One kind of problem: a code, a title and what to do about it. Every kind registers itself by its code."""

    registry: ClassVar[dict[str, IssueKind]] = {}

    def __init__(self, code: str, title: str, help: str, severity: str = "error") -> None:
        if code in IssueKind.registry:
            raise ValueError(f"issue code {code} is declared twice")
        self.code, self.title, self.help, self.severity = code, title, help, severity
        IssueKind.registry[code] = self

    def at(
        self,
        place: Place,
        value: Any = "",
        expected: Text | None = None,
        nearest: str = "",
    ) -> Issue:
        """Return the issue of this kind found at `place`."""
        return Issue(self, place, "" if value is None else str(value), expected or t(""), nearest)


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem: its kind, its place, the value found, what was expected, and the nearest valid name."""

    kind: IssueKind
    place: Place
    value: str
    expected: Text
    nearest: str = ""

    @property
    def is_error(self) -> bool:
        """True where the problem makes the data unusable; a warning is reported and no more."""
        return self.kind.severity == "error"

    def __str__(self) -> str:
        parts = [f"{self.place}: {t(self.kind.title)} [{self.kind.code}]"]
        if self.value:
            parts.append(str(t("found {value!s}", value=repr(self.value))))
        if str(self.expected):
            parts.append(str(t("expected {expected}", expected=self.expected)))
        if self.nearest:
            parts.append(str(t("nearest is {name}", name=repr(self.nearest))))
        return "; ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Return the issue as plain data, the same for the command line, JSON and the web."""
        return {
            "code": self.kind.code,
            "severity": self.kind.severity,
            "title": str(t(self.kind.title)),
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.place.column,
            "value": self.value,
            "expected": str(self.expected),
            "nearest": self.nearest,
            "help": str(t(self.kind.help)),
        }


def nearest_name(name: str, valid: Iterable[str]) -> str:
    """Return the valid name nearest to `name`, or an empty string where none is near."""
    names = {candidate.casefold(): candidate for candidate in valid}
    found = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else ""


class LotrinhError(Exception):
    """Base of every error Lotrinh raises on purpose; `exit_code` is what a command ends with."""

    exit_code = 1


class UsageError(LotrinhError):
    """The call itself cannot be carried out: a wrong option, a file that is not there."""

    exit_code = 2


class DataError(LotrinhError):
    """The data has problems; `issues` lists all of them."""

    exit_code = 3

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__(str(t("{count} problems in the data", count=len(self.issues))))

    def __str__(self) -> str:
        return "\n".join(str(issue) for issue in self.issues)


class NoPlanError(LotrinhError):
    """No plan satisfies every rule."""

    exit_code = 4


class NoPlanInTimeError(LotrinhError):
    """The time limit passed before a first plan was found."""

    exit_code = 5
