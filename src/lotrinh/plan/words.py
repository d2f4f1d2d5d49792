"""What a rule says of its rows: a sentence for people, and what of them a person can argue with.

Each file of ``plan/constraints`` declares ``WORDS``: for every family of rows it adds, what its axes stand for and the
sentence, or the `Kind` of members that its rows belong to. Rows without a kind define something (a level, a pool) and
are never in dispute. `lotrinh.plan.said` reads the declarations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lotrinh.base.text import Text, number, percent, pick
from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats, Ints, Quantities
from lotrinh.plan.linear import LinearForm
from lotrinh.plan.variables import Variables

TIME = "time"
"""What an axis of quarters or years stands for; the others stand for a table of the programme."""
BOUNDLESS = 1e6
"""An upper bound that nothing real reaches, for columns whose limit is said by rows instead."""


@dataclass(frozen=True, slots=True)
class Name:
    """An id with its title, in the language of whoever reads."""

    id: str
    title_vi: str = ""
    title_en: str = ""

    def __str__(self) -> str:
        return f"{self.id} {pick(self.title_vi, self.title_en)}".rstrip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number inside a sentence, short, in the manner of the reader's language.

    `rounded` is 1 to round up, -1 to round down and 0 to the nearest: who gives way by what is printed gives enough.
    """

    value: float
    rounded: int = 0

    def __str__(self) -> str:
        decimals = (
            2 if abs(self.value) >= 0.1 or not self.value else min(9, 1 - math.floor(math.log10(abs(self.value))))
        )
        scaled = self.value * 10**decimals
        near = round(scaled)
        if self.rounded and abs(scaled - near) > 1e-3:
            near = math.ceil(scaled) if self.rounded > 0 else math.floor(scaled)
        while decimals and near % 10 == 0:
            near, decimals = near // 10, decimals - 1
        return number(near / 10**decimals, decimals)


@dataclass(frozen=True, slots=True)
class Share:
    """A share inside a sentence, as a percentage."""

    value: float

    def __str__(self) -> str:
        return percent(self.value, int(abs(100 * self.value - round(100 * self.value)) > 1e-6))


Ids = tuple[str, ...]
"""The labels that tell one member of a kind from another."""


@dataclass(frozen=True)
class Member:
    """Rows that stand or fall together in a conflict: the people of one skill, the money of one year, one directive.

    Attributes
    ----------
    kind: what it is a member of; `ids` tell it apart.
    rows: its rows, positions in the form.
    words: what it says.
    """

    kind: Kind
    ids: Ids
    rows: Ints
    words: Text

    @property
    def name(self) -> str:
        """The member as rows are named: ``people[SK-PQC]``."""
        return f"{self.kind.name}[{','.join(self.ids)}]"


@dataclass(frozen=True)
class Slack:
    """One way in which a member may give way: a column of the elastic form.

    Attributes
    ----------
    rows, values: entries of the column, by which a unit of it eases rows of the form.
    size: how many units make a relative change of 1.
    high: most units.
    whole: whether only whole units make sense.
    unit: of the amount, where the kind does not say it.
    facts: what fills the sentence of the change beside what the kind knows.
    """

    member: Member
    rows: Ints
    values: Floats
    size: float
    high: float = BOUNDLESS
    whole: bool = False
    unit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


Limit = Callable[[Quantities, Ids], float]
Slacks = Callable[[Quantities, Variables, LinearForm, Member], Sequence[Slack]]


@dataclass(frozen=True)
class Kind:
    """A kind of members, and how they may give way.

    Attributes
    ----------
    name: of the kind; `key` are the axes whose labels tell its members apart.
    words: what a member says. A sentence is filled with its ids by the names of the axes, ``{limit}`` and
        ``{currency}``; a function makes one where that is not enough.
    change: what it means that a member gives way: filled also with ``{amount}``, ``{share}`` and ``{to}``, the limit
        after the change.
    unit: of the amount, from units.csv; empty where a member can only be dropped, which is a relative change of 1.
    limit: the figure that the rule rests on; its size makes a relative change of 1.
    per: how much of a row one unit of the amount is.
    falls: whether giving way lowers the limit.
    whole: whether only whole units make sense.
    floor: whether only the lower side of the rows is in dispute.
    slacks: ways to give way, where they are not one for all rows.
    after: the limit that the path of a plan keeps, where the amount does not say it.
    """

    name: str
    key: Ids
    words: Text | Callable[[Quantities, Ids], Text]
    change: Text
    unit: str = ""
    limit: Limit | None = None
    per: Limit | None = None
    falls: bool = False
    whole: bool = False
    floor: bool = False
    slacks: Slacks | None = None
    after: Callable[[Paths, Ids], float] | None = None

    def figure(self, q: Quantities, ids: Ids) -> float:
        """Return the limit of a member; 1 where it has none."""
        return 1.0 if self.limit is None else float(self.limit(q, ids))

    def size(self, q: Quantities, ids: Ids) -> float:
        """Return how many units make a relative change of 1: the limit, or one unit where that is 0."""
        return abs(self.figure(q, ids)) or 1.0


@dataclass(frozen=True)
class Words:
    """What the rows of one family say.

    Attributes
    ----------
    axes: for each axis its name in sentences and what it stands for: a table of the programme, `TIME`, or nothing.
    sentence: what a row says; left out where the kind says it.
    kind: of the members that the rows belong to; left out where the rows define something.
    """

    axes: Mapping[str, str]
    sentence: Text | None = None
    kind: Kind | None = None


def named(q: Quantities, table: str, id: str) -> Name:
    """Return the name of a row of a table; an id that the table does not have stands for itself."""
    rows = getattr(q.programme, table, None) if table else None
    if rows is None or id not in rows.ids:
        return Name(id)
    row = rows.of(id)
    return Name(id, getattr(row, "title_vi", ""), getattr(row, "title_en", ""))
