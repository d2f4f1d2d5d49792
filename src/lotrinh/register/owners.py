"""Which system holds an asset: as its source says, else the one whose hosts, in the sheet of systems, fit."""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lotrinh.register.identity import host as normal
from lotrinh.register.sheets import System

if TYPE_CHECKING:
    import polars


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def patterns(system: System) -> list[str]:
    """Return the patterns of the hosts of a system."""
    return system.hosts.replace(",", " ").split()


def network_of(pattern: str) -> Network | None:
    """Return the network that a pattern with a slash is; None where it is none."""
    try:
        return ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a host is; None for a name, though its last label be a number."""
    if not (name.rpartition(".")[2].isdecimal() or ":" in name):
        return None
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


class Owners:
    """Finds the system of a host. An exact name goes before a pattern, a longer pattern before a shorter one."""

    def __init__(self, systems: Iterable[System]) -> None:
        self._exact: dict[str, str] = {}
        self._suffixes: dict[str, str] = {}
        self._networks: list[tuple[Network, str]] = []
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        rows = [(pattern, system.system) for system in systems for pattern in patterns(system)]
        for pattern, system in sorted(rows, key=lambda row: (-len(row[0]), row)):
            self._add(pattern.lower(), system)
        self._networks.sort(key=lambda row: -row[0].prefixlen)

    def _add(self, pattern: str, system: str) -> None:
        if pattern.startswith("*.") and not set("*?[") & set(pattern[2:]):
            self._suffixes.setdefault(pattern[2:], system)
        elif "/" in pattern:
            network = network_of(pattern)
            if network is not None:  # the reader of the sheet reports what is none
                self._networks.append((network, system))
        elif set("*?") & set(pattern):
            self._patterns.append((re.compile(fnmatch.translate(pattern)), system))
        else:
            self._exact.setdefault(normal(pattern), system)

    def of(self, host: str) -> str:
        """Return the system that has `host`, or nothing."""
        name = normal(host)
        if name in self._exact:
            return self._exact[name]
        labels = name.split(".")
        for first in range(1, len(labels)):
            system = self._suffixes.get(".".join(labels[first:]))
            if system is not None:
                return system
        if self._networks and (address := _address(name)):
            for network, system in self._networks:
                if address in network:
                    return system
        return next((system for pattern, system in self._patterns if pattern.match(name)), "")

    def holdings(self, rows: polars.DataFrame) -> polars.DataFrame:
        """Return asset, system of sightings with asset, system and host; the empty system only where none is known."""
        import polars as pl

        hosts = rows.filter((pl.col("system") == "") & (pl.col("host") != ""))["host"].unique()
        found = {host: system for host in hosts if (system := self.of(host))}
        if found:
            unknown = pl.col("system") == ""
            rows = rows.with_columns(
                pl.when(unknown)
                .then(pl.col("host").replace_strict(found, default=""))
                .otherwise("system")
                .alias("system")
            )
        pairs = rows.select("asset", "system").unique()
        known = pairs.filter(pl.col("system") != "")
        if len(known) < len(pairs):
            nobody = pairs.filter(pl.col("system") == "").join(known, on="asset", how="anti")
            known = pl.concat([known, nobody])
        return known.sort("asset", "system")
