"""Work items as the migration classes of a programme, which plan shares people and money between.

Items of one function, kind, criticality and band of years become one class, or those that a sheet puts together, see
`lotrinh.register.grouping`. Number, effort, cost and value of items are kept exactly; life times are means weighted by
value, so only the exposure is approximate, and `misfit` says by how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import Entity
from lotrinh.programme.entities import RISKS, Migration, MigrationSkill
from lotrinh.register import exposure
from lotrinh.register.grouping import Group, fitting
from lotrinh.register.threat import Chance
from lotrinh.register.work.order import MILESTONE
from lotrinh.register.workitems import Work
from lotrinh.tables.raw import Cell, RawTable

if TYPE_CHECKING:
    import polars as pl

BANDS = (0, 2, 5, 10, 15, 20, 30, 200)
"""Upper ends of the bands of years: of shelf life for key establishment, of trust life for signatures."""
HORIZON = 40
"""Quarters over which the exposure of classes is held against that of their items."""
TABLES = ("migration", "migration_skills")
SHORT = {"key_establishment": "KE", "signature": "SIG", "already_weak": "WEAK"}
RISK = {"low": "low", "medium": "medium", "high": "high", "critical": "high"}
WORDS = {
    "key_establishment": ("Thiết lập khóa", "Key establishment"),
    "signature": ("Chữ ký", "Signatures"),
    "already_weak": ("Mật mã đã yếu", "Weak cryptography"),
    "endpoint": ("điểm cuối TLS", "TLS endpoints"),
    "leaf_certificate": ("chứng thư", "certificates"),
    "internal_ca": ("cơ quan chứng thực nội bộ", "internal certification authorities"),
    "ssh_host": ("máy chủ SSH", "SSH hosts"),
    "vpn_gateway": ("cổng VPN", "VPN gateways"),
    "library": ("thư viện", "libraries"),
    "own_code": ("mã nguồn tự phát triển", "own code"),
    "hsm_kms": ("mô-đun bảo mật phần cứng và quản lý khóa", "hardware security modules and key management"),
    "firmware": ("vi chương trình và thiết bị", "firmware and devices"),
    "low": ("mức thấp", "low"),
    "medium": ("mức trung bình", "medium"),
    "high": ("mức cao", "high"),
    "critical": ("mức trọng yếu", "critical"),
}
"""Titles in Vietnamese and English; tables of a programme carry both."""


@dataclass(frozen=True)
class Classes:
    """The classes of a register.

    Attributes
    ----------
    migration, skills: rows of the two tables, by column name.
    of: item, migration: the class of every item.
    scale: by what the values of the items were multiplied.
    """

    migration: list[dict[str, Any]]
    skills: list[dict[str, Any]]
    of: pl.DataFrame
    scale: float

    def tables(self) -> tuple[RawTable, RawTable]:
        """Return the two tables as the programme declares them; columns that it does not know are left out."""
        return _raw(Migration, TABLES[0], self.migration), _raw(MigrationSkill, TABLES[1], self.skills)


def classes(
    work: Work,
    *,
    today: date,
    groups: Sequence[Group] = (),
    offsets: Mapping[str, float] | None = None,
    worth: float | None = None,
) -> Classes:
    """Return the migration classes of the work.

    Parameters
    ----------
    today: the date that the reasons give.
    groups: which items form a class of their own, what comes before them, and how much of them the programme bears.
    offsets: years by which a family of algorithms falls after RSA-2048, as `threat.offsets` gives them.
    worth: value at risk of all items together in a year, to which their values are scaled; as they are where left out.
    """
    import polars as pl

    # What no row speaks of is as a row says that leaves everything open.
    groups = [*groups, Group()]
    items = _banded(work, offsets or {}, groups)
    total = float(items["value"].sum())
    scale = 1.0 if worth is None or not total else worth / total
    items = items.with_columns(pl.col("value") * scale)
    weight = pl.col("value") / pl.col("value").sum()
    every = pl.col("value").sum() > 0.0

    def mean(name: str) -> pl.Expr:
        found = pl.when(every).then((pl.col(name) * weight).sum()).otherwise(pl.col(name).mean())
        # A mean of equal numbers is that number, whatever the last digit of the sum.
        return found.round(6).alias(name)

    grouped = items.group_by("migration").agg(
        pl.col("row").min(),
        *(pl.col(name).first() for name in ("function", "kind", "criticality", "band")),
        pl.len().alias("items"),
        pl.col("assets").sum(),
        pl.col("system").n_unique().alias("systems"),
        pl.col("value").sum().alias("total"),
        (pl.col("cost") * pl.col("share")).mean().round(9).alias("cost"),
        mean("shelf_life"),
        mean("trust_life"),
        mean("offset"),
        (pl.col("evidence") == "sourced").all().alias("sourced"),
    )
    grouped = grouped.join(_risks(items), on="migration").sort("migration")
    about = f"Register on {today.isoformat()}"
    scaled = "" if worth is None else f"; values scaled so that all items together are worth {worth:g} a year"
    rows = [(row, groups[row["row"]]) for row in grouped.iter_rows(named=True)]
    migration = [_row(row, group, about, scaled) for row, group in rows]
    return Classes(migration, _skills(work, items, rows), items.select("item", "migration"), scale)


def exposures(
    work: Work, found: Classes, threat: Chance, start: Quarter, quarters: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the expected loss over the horizon with nothing migrated, by class: from its items, and from its row."""
    import polars as pl

    def loss(function: str, shelf: float, trust: float, family: str) -> float:
        return float(exposure.profile(function, shelf, trust, family, threat, start, quarters)[-1])

    items = work.items.join(found.of, on="item").with_columns(pl.col("shelf_life", "trust_life").round(2))
    keys = ["migration", "function", "shelf_life", "trust_life", "family"]
    exact: dict[str, float] = {row["migration"]: 0.0 for row in found.migration}
    for name, function, shelf, trust, family, value in (
        items.group_by(keys).agg(pl.col("value").sum()).sort(keys).iter_rows()
    ):
        exact[name] += found.scale * value * loss(function, shelf, trust, family)
    rough: dict[str, float] = {}
    for row in found.migration:
        # Its algorithms fall so many years after RSA-2048: as RSA-2048 would, were everything so much later.
        later = threat.earlier(-row["offset"])
        lost = exposure.profile(row["function"], row["shelf_life"], row["trust_life"], "", later, start, quarters)
        rough[row["migration"]] = row["items"] * row["value"] * float(lost[-1])
    return exact, rough


def misfit(exact: Mapping[str, float], rough: Mapping[str, float]) -> float:
    """Return how far the exposure of the classes lies from that of the items, summed without sign, as a share."""
    whole = sum(exact.values())
    return sum(abs(rough[name] - exact[name]) for name in exact) / whole if whole else 0.0


def _banded(work: Work, offsets: Mapping[str, float], groups: Sequence[Group]) -> pl.DataFrame:
    """Return the items with criticality, band, offset, cost, the row of `groups` that fits, and their class."""
    import polars as pl

    items = work.items.filter(pl.col("kind") != MILESTONE).join(
        work.systems.select("system", "criticality"), on="system", how="left"
    )
    function = pl.col("function")
    life = (
        pl.when(function == "key_establishment")
        .then(pl.col("shelf_life"))
        .when(function == "signature")
        .then(pl.col("trust_life"))
        .otherwise(0.0)
    )
    band = pl.lit(BANDS[-1])
    for end in reversed(BANDS[:-1]):
        band = pl.when(pl.col("life") <= end).then(pl.lit(end)).otherwise(band)
    short = function.replace_strict(SHORT, return_dtype=pl.String)
    kind = pl.col("kind").str.to_uppercase()
    said = pl.lit(pl.Series([row.migration for row in groups])).gather(pl.col("row"))
    formed = pl.concat_str(pl.lit("M"), short, kind, pl.col("criticality").str.to_uppercase(), "band", separator="-")
    return (
        items.join(work.costs.select("kind", "cost"), on="kind", how="left")
        .with_columns(pl.col("criticality").fill_null("medium"), pl.col("cost").fill_null(0.0), life.alias("life"))
        .with_columns(fitting(groups).alias("row"), band.alias("band"))
        .with_columns(
            # What its function does not ask for is left at 0, as in a table written by hand.
            pl.when(function == "key_establishment").then(pl.col("shelf_life")).otherwise(0.0).alias("shelf_life"),
            pl.when(function == "signature").then(pl.col("trust_life")).otherwise(0.0).alias("trust_life"),
            pl.col("family").replace_strict(dict(offsets), default=0.0, return_dtype=pl.Float64).alias("offset"),
            pl.lit(pl.Series([row.share for row in groups])).gather(pl.col("row")).alias("share"),
            pl.when(said != "").then(said).otherwise(formed).alias("migration"),
        )
    )


def _risks(items: pl.DataFrame) -> pl.DataFrame:
    """Return the risk of each class: that of the greater part of its value."""
    import polars as pl

    risk = pl.col("criticality").replace_strict(RISK, return_dtype=pl.String).alias("risk")
    rank = pl.col("risk").replace_strict({name: at for at, name in enumerate(RISKS)}, return_dtype=pl.Int64)
    return (
        items.group_by("migration", risk)
        .agg(pl.col("value").sum())
        .sort("migration", "value", rank, descending=[False, True, True])
        .unique("migration", keep="first", maintain_order=True)
        .select("migration", "risk")
    )


def _row(row: Mapping[str, Any], group: Group, about: str, scaled: str) -> dict[str, Any]:
    """Return one row of the table of classes."""
    title_vi, title_en = (group.title_vi, group.title_en) if group.migration else _titles(row)
    reason = (
        f"{about}: items {row['items']}, assets {row['assets']}, systems {row['systems']}; value and years are means "
        f"of the items, by grade of their systems where the owner does not say{scaled}; cost by kind{_borne(group)}"
    )
    return {
        "migration": row["migration"],
        "title_vi": title_vi,
        "title_en": title_en,
        "function": row["function"],
        "items": row["items"],
        # The last digits of a sum hang on the order in which it was added up.
        "value": float(f"{row['total'] / row['items']:.13g}"),
        "shelf_life": row["shelf_life"],
        "trust_life": row["trust_life"],
        "offset": row["offset"],
        "risk": row["risk"],
        "cost": row["cost"],
        "projects": group.projects,
        # A row that is sourced must name its sources, and a register has none to name.
        "evidence": "expert" if row["sourced"] else "assumption",
        "reason": f"{reason}; {group.reason}" if group.reason else reason,
    }


def _borne(group: Group) -> str:
    return "" if group.share == 1.0 else f"; the programme bears {group.share:g} of effort and cost"


def _titles(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the titles of a class that formed of itself, in Vietnamese and English."""
    parts = [WORDS.get(row[name], (row[name], row[name])) for name in ("function", "kind", "criticality")]
    (function_vi, function), (kind_vi, kind), (grade_vi, grade) = parts
    weak = row["function"] == "already_weak"
    life_vi, life = ("", "") if weak else (f", đến {row['band']} năm", f", up to {row['band']} years")
    if row["band"] == 0 and not weak:
        life_vi, life = ", 0 năm", ", 0 years"
    if row["band"] == BANDS[-1] and not weak:
        life_vi, life = f", trên {BANDS[-2]} năm", f", over {BANDS[-2]} years"
    return f"{function_vi}: {kind_vi}, {grade_vi}{life_vi}", f"{function}: {kind}, {grade}{life}"


def _skills(work: Work, items: pl.DataFrame, rows: Sequence[tuple[Mapping[str, Any], Group]]) -> list[dict[str, Any]]:
    """Return the mean effort of one item of each class in each skill, as far as the programme bears it."""
    import polars as pl

    of = {row["migration"]: (row["items"], group) for row, group in rows}
    taken = (
        items.join(work.efforts.select("kind", "skill", "effort", pl.col("evidence").alias("known")), on="kind")
        .group_by("migration", "skill")
        .agg((pl.col("effort") * pl.col("share")).sum(), (pl.col("known") == "assumption").any().alias("assumed"))
        .filter(pl.col("effort") > 0.0)
        .sort("migration", "skill")
    )
    return [
        {
            "migration": migration,
            "skill": skill,
            "effort": round(effort / of[migration][0], 9),
            "evidence": "assumption" if assumed else "expert",
            "reason": f"Mean effort of one item of the class, by kind, in the register{_borne(of[migration][1])}",
        }
        for migration, skill, effort, assumed in taken.iter_rows()
    ]


def _raw(row: type[Any], name: str, rows: Sequence[Mapping[str, Any]]) -> RawTable:
    columns = next(each.columns for each in Entity.registry.values() if each.row is row)
    cells = tuple(tuple(_cell(each.get(column.name, column.default)) for column in columns) for each in rows)
    header = tuple(column.name for column in columns)
    return RawTable(name, header, cells, tuple(range(2, len(cells) + 2)), file=f"{name}.csv")


def _cell(value: Any) -> Cell:
    found: Cell = ";".join(value) if isinstance(value, tuple) else value
    return found
