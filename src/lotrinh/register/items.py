"""Work items: what somebody must do, as tables that waves, summary and outputs share."""

from __future__ import annotations

import polars as pl

ITEM_KINDS = (
    "endpoint",
    "leaf_certificate",
    "internal_ca",
    "ssh_host",
    "vpn_gateway",
    "library",
    "own_code",
    "hsm_kms",
    "firmware",
)
"""What is done: change the configuration of an endpoint, reissue a certificate, renew a certification authority, an SSH
host, a VPN gateway, upgrade a library, change own code, replace a hardware module, replace firmware or a device. An
item whose vendor must deliver first has the quarter of that in `release`.
"""

ITEMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "item": pl.String,
    "system": pl.String,
    "organisation": pl.String,
    "kind": pl.String,
    "function": pl.String,
    "family": pl.String,
    "class": pl.String,
    "title": pl.String,
    "assets": pl.Int64,
    "value": pl.Float64,
    "shelf_life": pl.Float64,
    "trust_life": pl.Float64,
    "team": pl.String,
    "calendar": pl.String,
    "release": pl.String,
    "due": pl.String,
    "policy": pl.String,
    "evidence": pl.String,
}
"""Columns of the items. `item` is a stable id; `kind` one of `ITEM_KINDS`; `function` of `classes.FUNCTIONS`; `family`
of `classes.FAMILIES`; `assets` how many assets it moves; `value` value at risk in a year (weight of its system);
`shelf_life`, `trust_life` in years; `team` who does it; `calendar` whose windows and freezes hold (`windows`); `release`
and `due` quarters written ``2029Q4``, or empty: first quarter in which it can be done, last in which it must be;
`policy` the row of the policy pack that sets `due`.
"""
EDGES: dict[str, pl.DataType | type[pl.DataType]] = {"item": pl.String, "after": pl.String}
"""`item` can be done only once `after` is done, in a later quarter or in the same; items that wait for each other move
together.
"""
EFFORTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "skill": pl.String,
    "effort": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "evidence": pl.String,
}
"""Person-quarters of each skill for one item of a kind: likely, low and high."""
COSTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "cost": pl.Float64,
    "quarters": pl.Int64,
    "evidence": pl.String,
}
"""Millions for one item of a kind and the quarters that it takes, effort and cost spread evenly over them."""
