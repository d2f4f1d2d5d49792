"""Work items as the migration classes of a programme, which plan shares people and money between.

Items of one function, kind, criticality and band of years become one class. Number and value of items are kept exactly;
life times are means weighted by value, so only the exposure is approximate, and `misfit` says by how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from lotrinh.base.calendar import Quarter
from lotrinh.programme.columns import Entity, choice, entity, refs
from lotrinh.programme.entities import Migration, MigrationSkill
from lotrinh.register import exposure
from lotrinh.register.classes import FUNCTIONS
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.sheets import ALL
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


@entity("enabling", ["function", "kind"], "Projects that must have ended before work items move", apart=True)
class Enabling:
    """The row that names both function and kind goes before one that names either, and that before one with * twice."""

    function: str = choice("What the cryptography does, or *", (*FUNCTIONS, ALL), default=ALL)
    kind: str = choice("Kind of work item, or *", (*ITEM_KINDS, ALL), default=ALL)
    projects: tuple[str, ...] = refs("Projects that must have ended first", "projects")


@dataclass(frozen=True)
class Classes:
    """The classes of a register.

    Attributes
    ----------
    migration, skills: rows of the two tables, by column name.
    of: item, migration: the class of every item.
    """

    migration: list[dict[str, Any]]
    skills: list[dict[str, Any]]
    of: pl.DataFrame

    def tables(self) -> tuple[RawTable, RawTable]:
        """Return the two tables as the programme declares them; columns that it does not know are left out."""
        return _raw(Migration, TABLES[0], self.migration), _raw(MigrationSkill, TABLES[1], self.skills)


def classes(
    work: Work,
    *,
    today: date,
    enabling: Sequence[Enabling] = (),
    offsets: Mapping[str, float] | None = None,
) -> Classes:
    """Return the migration classes of the work.

    Parameters
    ----------
    today: the date that the reasons give.
    enabling: which projects come first.
    offsets: years by which a family of algorithms falls after RSA-2048, as `threat.offsets` gives them.
    """
    import polars as pl

    items = _banded(work, offsets or {})
    weight = pl.col("value") / pl.col("value").sum()
    every = pl.col("value").sum() > 0.0

    def mean(name: str) -> pl.Expr:
        found = pl.when(every).then((pl.col(name) * weight).sum()).otherwise(pl.col(name).mean())
        # A mean of equal numbers is that number, whatever the last digit of the sum.
        return found.round(6).alias(name)

    grouped = items.group_by("migration", "function", "kind", "criticality", "band").agg(
        pl.len().alias("items"),
        pl.col("assets").sum(),
        pl.col("system").n_unique().alias("systems"),
        pl.col("value").sum().alias("total"),
        mean("shelf_life"),
        mean("trust_life"),
        mean("offset"),
        (pl.col("evidence") == "sourced").all().alias("sourced"),
    )
    costs = dict(work.costs.select("kind", "cost").iter_rows())
    rows = grouped.sort("migration").iter_rows(named=True)
    migration = [_row(row, costs.get(row["kind"], 0.0), enabling, today) for row in rows]
    by_kind = work.efforts.sort("kind", "skill").partition_by("kind", as_dict=True, include_key=False)
    skills = [
        {
            "migration": row["migration"],
            "skill": each["skill"],
            "effort": each["effort"],
            "evidence": each["evidence"] if each["evidence"] != "sourced" else "expert",
            "reason": "Effort of one item of its kind in the register",
        }
        for row in grouped.sort("migration").iter_rows(named=True)
        for each in (by_kind[row["kind"],].iter_rows(named=True) if (row["kind"],) in by_kind else ())
    ]
    return Classes(migration, skills, items.select("item", "migration"))


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
        exact[name] += value * loss(function, shelf, trust, family)
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


def _banded(work: Work, offsets: Mapping[str, float]) -> pl.DataFrame:
    """Return the items with criticality, band, offset and the id of their class."""
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
        band = pl.when(life <= end).then(pl.lit(end)).otherwise(band)
    short = function.replace_strict(SHORT, return_dtype=pl.String)
    kind, criticality = pl.col("kind").str.to_uppercase(), pl.col("criticality").fill_null("medium")
    return items.with_columns(criticality, band.alias("band")).with_columns(
        # What its function does not ask for is left at 0, as in a table written by hand.
        pl.when(function == "key_establishment").then(pl.col("shelf_life")).otherwise(0.0).alias("shelf_life"),
        pl.when(function == "signature").then(pl.col("trust_life")).otherwise(0.0).alias("trust_life"),
        pl.col("family").replace_strict(dict(offsets), default=0.0, return_dtype=pl.Float64).alias("offset"),
        pl.concat_str(pl.lit("M"), short, kind, criticality.str.to_uppercase(), "band", separator="-").alias(
            "migration"
        ),
    )


def _row(row: Mapping[str, Any], cost: float, enabling: Sequence[Enabling], today: date) -> dict[str, Any]:
    """Return one row of the table of classes."""
    parts = [WORDS.get(row[name], (row[name], row[name])) for name in ("function", "kind", "criticality")]
    (function_vi, function), (kind_vi, kind), (grade_vi, grade) = parts
    weak = row["function"] == "already_weak"
    life_vi, life = ("", "") if weak else (f", đến {row['band']} năm", f", up to {row['band']} years")
    if row["band"] == 0 and not weak:
        life_vi, life = ", 0 năm", ", 0 years"
    if row["band"] == BANDS[-1] and not weak:
        life_vi, life = f", trên {BANDS[-2]} năm", f", over {BANDS[-2]} years"
    reason = (
        f"Register on {today.isoformat()}: items {row['items']}, assets {row['assets']}, systems {row['systems']}; "
        "value and years are means of the items, by grade of their systems where the owner does not say; cost by kind"
    )
    return {
        "migration": row["migration"],
        "title_vi": f"{function_vi}: {kind_vi}, {grade_vi}{life_vi}",
        "title_en": f"{function}: {kind}, {grade}{life}",
        "function": row["function"],
        "items": row["items"],
        "value": row["total"] / row["items"],
        "shelf_life": row["shelf_life"],
        "trust_life": row["trust_life"],
        "offset": row["offset"],
        "risk": RISK[row["criticality"]],
        "cost": cost,
        "projects": _projects(row["function"], row["kind"], enabling),
        # A row that is sourced must name its sources, and a register has none to name.
        "evidence": "expert" if row["sourced"] else "assumption",
        "reason": reason,
    }


def _projects(function: str, kind: str, enabling: Sequence[Enabling]) -> tuple[str, ...]:
    """Return the projects of the row that speaks of the item most closely."""
    given = {(row.function, row.kind): row.projects for row in enabling}
    for key in ((function, kind), (ALL, kind), (function, ALL), (ALL, ALL)):
        if key in given:
            return given[key]
    return ()


def _raw(row: type[Any], name: str, rows: Sequence[Mapping[str, Any]]) -> RawTable:
    columns = next(each.columns for each in Entity.registry.values() if each.row is row)
    cells = tuple(tuple(_cell(each.get(column.name, column.default)) for column in columns) for each in rows)
    header = tuple(column.name for column in columns)
    return RawTable(name, header, cells, tuple(range(2, len(cells) + 2)), file=f"{name}.csv")


def _cell(value: Any) -> Cell:
    found: Cell = ";".join(value) if isinstance(value, tuple) else value
    return found
