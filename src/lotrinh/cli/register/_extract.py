"""What commands of the register read for an output: the register, its work, and the waves where there are any."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from lotrinh.base.issues import UsageError, nearest_name
from lotrinh.base.text import t

if TYPE_CHECKING:
    import polars as pl

    from lotrinh.register.outputs.extract import Extract
    from lotrinh.register.policies import Pack
    from lotrinh.register.store import Register
    from lotrinh.register.workitems import Work

Waves = Annotated[Path | None, Parameter(help="Folder of the waves, as `lotrinh waves` writes it.")]
Policy = Annotated[str, Parameter(help="Policy pack that sets deadlines: a name, or a file of your own.")]


QUARTERS, TERMINAL = 40, 5.0
"""Horizon, and years after it, of what is at stake, as `lotrinh waves` has them by default."""


def opened(register: Path, waves: Path | None, policy: str) -> Extract:
    """Return the extract of a register, with the waves in a folder and the deadlines of a policy pack where given.

    Raises
    ------
    UsageError
        If there is no register at `register`, or no pack of that name.
    """
    from lotrinh.cli.register._options import opened as kept_at
    from lotrinh.register.outputs.extract import extract, quarter_of
    from lotrinh.register.outputs.stake import at_stake
    from lotrinh.register.policies import due
    from lotrinh.register.threat import default
    from lotrinh.register.workitems import work

    kept = kept_at(register)
    pack = pack_of(policy) if policy else None
    schedule, start, quarters, terminal = _schedule(waves)

    def look(now: Register) -> tuple[Work, dict[str, Any]]:
        held = {name: getattr(now, name)() for name in ("assets", "holdings", "links", "systems")}
        return work(now, due=partial(due, pack) if pack else None), {**held, "progress": now.sheet("progress")}

    found, held = kept.at_once(look)
    tables: dict[str, Any] = {
        **held,
        "items": found.items,
        "settled": found.settled,
        "item_assets": found.members,
        "efforts": found.efforts,
        "costs": found.costs,
        "rules": _rules(pack) if pack else None,
        **schedule,
    }
    plain = extract(register.name, windows=found.windows, **tables)
    first = start or quarter_of(plain.as_of).plus(1)
    stake = at_stake(plain.items, default(), first, quarters, terminal)
    return plain.with_stake(stake)


def _schedule(waves: Path | None) -> tuple[dict[str, Any], Any, int, float]:
    """Return tables and figures of the waves in a folder, their first quarter and horizon, and years after it."""
    if waves is None:
        return {}, None, QUARTERS, TERMINAL
    from lotrinh.base.calendar import Quarter
    from lotrinh.plan.waves.schedule import load_waves

    found = load_waves(waves)
    said = found.summary
    figures = {"exposure": said["exposure"], "undone": said["nothing"], "gap": said["gap"]}
    # The bound is that of the cost; it is one of the exposure only where lateness has cost nothing.
    if said["cost"] <= said["exposure"] * (1 + 1e-9):
        figures["bound"] = said["bound"]
    tables = {"waves": found.items, "load": found.load, "summary": figures}
    return tables, Quarter.parse(said["start"]), said["quarters"], said.get("terminal", TERMINAL)


def pack_of(name: str) -> Pack:
    """Return the policy pack of a name, or that in a file."""
    from lotrinh.register.policies import load, packs

    known = packs()
    if name in known:
        return known[name]
    if Path(name).suffix:
        return load(name)
    words = str(t("{name} is none of the policy packs {known}", name=name, known=sorted(known)))
    near = nearest_name(name, known)
    raise UsageError(f"{words}; {t('nearest is {name}', name=repr(near))}" if near else words)


def _rules(pack: Pack) -> pl.DataFrame:
    """Return the rows of a policy pack as outputs show them."""
    import polars as pl

    from lotrinh.register.outputs.extract import RULES

    rows = [
        {
            "policy": rule.rule,
            "pack": pack.id,
            "title": rule.note,
            "scope": rule.scope,
            "function": rule.function,
            "deadline": str(rule.deadline or ""),
            "source": " ".join(filter(None, (rule.source, rule.url))),
            "strength": rule.standing,
        }
        for rule in pack.rules
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(RULES, pl.String))
