"""Work items: what somebody must do, as tables that waves, summary and outputs share."""

from __future__ import annotations

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

ITEMS: dict[str, type] = {
    "item": str,
    "system": str,
    "organisation": str,
    "kind": str,
    "function": str,
    "family": str,
    "class": str,
    "title": str,
    "assets": int,
    "value": float,
    "shelf_life": float,
    "trust_life": float,
    "team": str,
    "calendar": str,
    "release": str,
    "due": str,
    "policy": str,
    "evidence": str,
}
"""Columns of the items. `item` is a stable id; `kind` one of `ITEM_KINDS`; `function` of `classes.FUNCTIONS`; `family`
of `classes.FAMILIES`; `assets` how many assets it moves; `value` value at risk in a year (weight of its system);
`shelf_life`, `trust_life` in years; `team` who does it; `calendar` whose windows and freezes hold (sheet
`windows`); `release` and `due` quarters written ``2029Q4``, or empty: first quarter in which it can
be done, last in which it must be;
`policy` the row of the policy pack that sets `due`.
"""
EDGES: dict[str, type] = {"item": str, "after": str}
"""`item` can be done only once `after` is done, in a later quarter or in the same; items that wait for each other move
together.
"""
EFFORTS: dict[str, type] = {
    "kind": str,
    "skill": str,
    "effort": float,
    "low": float,
    "high": float,
    "evidence": str,
}
"""Person-quarters of each skill for one item of a kind: likely, low and high."""
COSTS: dict[str, type] = {
    "kind": str,
    "cost": float,
    "quarters": int,
    "evidence": str,
}
"""Millions for one item of a kind and the quarters that it takes, effort and cost spread evenly over them."""
