"""``lotrinh register diff``: what changed between two days."""

from __future__ import annotations

from collections import Counter

from lotrinh.base.issues import UsageError
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, day, opened


def diff(first: str, second: str, *, register: At = HERE, json_: Json = False) -> int:
    """Show which assets appeared, vanished or changed their class between two days.

    Example: lotrinh register diff 2026-12-31 2027-12-31

    Parameters
    ----------
    first
        Earlier day, as 2026-12-31.
    second
        Later day.
    """
    days = day("first", first), day("second", second)
    if days[0] > days[1]:
        raise UsageError(str(t("the first day, {first}, is after the second, {second}", first=first, second=second)))
    found = opened(register).diff(*days)
    if json_:
        counts = Counter(found["change"].to_list())
        print_json({"first": first, "second": second, "counts": dict(counts), "assets": found.to_dicts()})
    else:
        from lotrinh.cli.register_tables import print_diff

        print_diff(found, *days)
    return 0
