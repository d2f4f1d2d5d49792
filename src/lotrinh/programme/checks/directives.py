"""A directive does something."""

from __future__ import annotations

from collections.abc import Iterator

from lotrinh.base.issues import Issue, IssueKind
from lotrinh.base.text import t
from lotrinh.programme import entities as e
from lotrinh.programme.checks._registry import rule
from lotrinh.programme.draft import Draft

NO_PRICE = IssueKind(
    "P331",
    "a soft directive without a price",
    "Write in price what each unit that it is missed by costs; or call it hard, or watch.",
    severity="warning",
)


@rule
def prices(draft: Draft) -> Iterator[Issue]:
    """A soft directive has a price, without which no plan would heed it."""
    for line in draft.lines(e.Directive, "kind", "price"):
        if line.row.kind == "soft" and line.row.price <= 0:
            yield line.issue(NO_PRICE, "price", t("a price above 0"))
