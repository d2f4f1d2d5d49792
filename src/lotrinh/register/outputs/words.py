"""The closed words of the register as people read them."""

from __future__ import annotations

from lotrinh.base.text import Text, t

CLASS: dict[str, Text] = {
    "harvest_now": t("harvest now, decrypt later"),
    "forge_later": t("forge later"),
    "grover_margin": t("margin only"),
    "already_weak": t("already weak"),
    "post_quantum": t("post-quantum"),
    "hybrid": t("hybrid"),
    "unknown": t("unknown"),
}
FUNCTION: dict[str, Text] = {
    "key_establishment": t("key establishment"),
    "signature": t("signature"),
    "already_weak": t("already weak"),
}
WORK: dict[str, Text] = {
    "endpoint": t("configuration of an endpoint"),
    "leaf_certificate": t("certificate"),
    "internal_ca": t("certification authority"),
    "ssh_host": t("SSH host"),
    "vpn_gateway": t("VPN gateway"),
    "library": t("library"),
    "own_code": t("own code"),
    "hsm_kms": t("hardware security module"),
    "firmware": t("firmware or device"),
}
ASSET: dict[str, Text] = {
    "algorithm": t("use of an algorithm"),
    "certificate": t("certificate"),
    "key": t("key"),
    "endpoint": t("endpoint"),
    "host_key": t("host key"),
    "protocol": t("protocol"),
}
CRITICALITY: dict[str, Text] = {
    "low": t("low"),
    "medium": t("medium"),
    "high": t("high"),
    "critical": t("critical"),
}
EVIDENCE: dict[str, Text] = {
    "sourced": t("sourced"),
    "expert": t("expert"),
    "assumption": t("assumption"),
}
_NONE = t("not stated")


def word(words: dict[str, Text], id: str | None) -> str:
    """Return `id` in the reader's language; the id itself where it has no word."""
    if not id:
        return str(_NONE)
    return str(words[id]) if id in words else id
