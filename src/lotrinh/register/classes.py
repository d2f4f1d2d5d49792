"""The words of classification, which every room of the register shares."""

CLASSES = (
    "harvest_now",
    "forge_later",
    "grover_margin",
    "already_weak",
    "post_quantum",
    "hybrid",
    "unknown",
)
"""Broken by Shor for key establishment (recorded now, read later); broken for signatures (forged later); only its
margin shrinks; weak already today; believed safe; safe in part by a second algorithm; not recognised.
"""
FAMILIES = ("rsa", "ecc", "ffdh", "")
"""What a quantum computer breaks: factoring, elliptic curves, finite fields; empty where it breaks nothing."""
FUNCTIONS = ("key_establishment", "signature", "already_weak")
"""What a work item is about, as `migration.function` of a programme."""
