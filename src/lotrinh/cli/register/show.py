"""``lotrinh register show``: what the register holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from lotrinh.base.issues import UsageError, nearest_name
from lotrinh.base.text import t
from lotrinh.cli.options import Json, print_json
from lotrinh.cli.register._options import HERE, At, opened

if TYPE_CHECKING:
    from lotrinh.register.store import Register


def show(
    register: At = HERE,
    *,
    class_: Annotated[str, Parameter(name="--class", help="Only assets of this class, such as harvest_now.")] = "",
    kind: Annotated[str, Parameter(help="Only assets of this kind, such as certificate.")] = "",
    system: Annotated[str, Parameter(help="Only assets of this system.")] = "",
    json_: Json = False,
) -> int:
    """Show how many assets there are of each class and kind, by system and organisation.

    With a filter the assets are listed, too.

    Example: lotrinh register show --class harvest_now --kind endpoint
    """
    from lotrinh.register.classes import CLASSES
    from lotrinh.register.sightings import KINDS

    _known("--class", class_, CLASSES)
    _known("--kind", kind, KINDS)
    return opened(register).at_once(lambda held: _shown(held, class_, kind, system, json_))


def _shown(held: Register, class_: str, kind: str, system: str, json_: bool) -> int:
    """Print what a register holds that is of a class, kind and system, where these are given."""
    import polars as pl

    from lotrinh.cli.register_tables import SHOWN

    holdings, owners = held.holdings(), {row.system: row.organisation for row in held.systems()}
    if system:
        _known("--system", system, {*holdings["system"].unique(), *owners} - {""})
    wanted = held.scan()
    if class_:
        wanted = wanted.filter(pl.col("class") == class_)
    if kind:
        wanted = wanted.filter(pl.col("kind") == kind)
    if system:
        wanted = wanted.join(holdings.filter(pl.col("system") == system).lazy(), on="asset", how="semi")
    assets = wanted.select("asset", "class", "kind").collect()
    holdings = holdings.join(assets.select("asset", "class"), on="asset")
    holdings = holdings.with_columns(pl.col("system").replace_strict(owners, default="").alias("organisation"))
    filtered = bool(class_ or kind or system)
    listed = (wanted if filtered and json_ else wanted.head(SHOWN if filtered else 0)).collect()
    if json_:
        count = pl.len().alias("assets")
        content = {
            "assets": len(assets),
            "classes": dict(assets.group_by("class").len().sort("class").iter_rows()),
            "kinds": assets.group_by("kind", "class").agg(count).sort("kind", "class").to_dicts(),
            "systems": holdings.group_by("system", "organisation", "class")
            .agg(count)
            .sort("system", "class")
            .to_dicts(),
            "listed": [{name: _plain(value) for name, value in row.items()} for row in listed.iter_rows(named=True)],
        }
        print_json(content)
    else:
        from lotrinh.cli.register_tables import print_register

        print_register(held, assets, holdings, listed)
    return 0


def _known(option: str, word: str, words: object) -> None:
    """Refuse a word that is none of `words`."""
    allowed = sorted(words)  # type: ignore[call-overload]
    if word and word not in allowed:
        told = t("{option}: {word} is not one of {words}", option=option, word=word, words=tuple(allowed[:20]))
        near = nearest_name(word, allowed)
        raise UsageError(str(told) + (f"; {t('nearest is {name}', name=repr(near))}" if near else ""))


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
