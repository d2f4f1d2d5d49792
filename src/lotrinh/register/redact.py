"""Takes secrets out of text: no key, password or token that a source wrote down enters the register."""

from __future__ import annotations

import re
from hashlib import blake2b
from operator import ne

MOST = 1000
"""Longest text kept, in characters."""
SHORT = 20
"""Characters below which a text holds no token and no key."""
MOST_BLOB = 128
"""Longest run of hexadecimal digits that may be a fingerprint: that of SHA-512."""

_PEM = re.compile(r"(?:-----)?\s*BEGIN [A-Z0-9 ]{2,60}-----.*?(?:-----END [A-Z0-9 ]{2,60}-----|\Z)", re.DOTALL)
_SAID = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[_-]?key|(?:private|secret|access)[_-]?key|credentials?)"
    r"[\"']?\s*)(?:=\s*[\"']?[^\s\"',;&]{3,}|:\s*[\"']?(?=[^\s\"',;&]*[\d!@#$%^*])[^\s\"',;&]{8,})"
)
_SAID_WORDS = ("pass", "pwd", "secret", "token", "key", "credential")
"""One of them stands in every text in which `_SAID` finds something: without any, the slow search is spared."""
_TOKEN = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|github_pat_\w{20,}|gh[pousr]_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|[sr]k_(?:live|test)_\w{16,}"
)
"""Tokens known by how they begin: AWS, GitHub, GitLab, Slack, Stripe, Google, JSON Web Tokens."""
_LOGIN = re.compile(r"(?<=://)[^/\s@]*@")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_ID = re.compile(r"[0-9a-f]{1,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A digest or a UUID, as most references are."""
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_DIGITS = re.compile(r"[\d+][^\d+]*[\d+]")
_PARTS = re.compile(r"[/_-]")
_KINDS = bytes(ord("a" if chr(at).islower() else "A" if chr(at).isupper() else "0") for at in range(256))
"""By code of an ASCII character its kind: small, capital, or a digit or sign."""


def clean(text: str) -> str:
    """Return `text` on one line, stripped, cut to `MOST` characters, with all that looks like a secret taken out.

    Taken out are PEM blocks, values given to a password or the like, well-known tokens, the login of a URL, and
    long runs of what looks random. Characters that cannot be printed, lone surrogates too, become blanks.
    """
    if len(text) > MOST:
        text = text[:MOST]
    if not text.isprintable():
        if "BEGIN " in text:
            text = _PEM.sub("", text)
        text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    if "BEGIN " in text:
        text = _PEM.sub("", text)
    if "=" in text or ":" in text:
        if any(map(text.casefold().__contains__, _SAID_WORDS)):
            text = _SAID.sub(r"\1", text)
        if "@" in text:
            text = _LOGIN.sub("", text)
    if len(text) >= SHORT:
        text = _RUN.sub(_kept, _TOKEN.sub("", text))
    return text.strip()


def reference(text: str, secret: bool = False) -> str:
    """Return a reference without blanks; one that is or looks like a secret becomes a digest: links still hold."""
    if not secret and len(text) >= SHORT and _ID.fullmatch(text):
        return text
    kept = clean(text)
    if secret or kept != text.strip():
        kept = f"ref-{blake2b(text.encode('utf-8', 'replace'), digest_size=10).hexdigest()}"
    return kept.replace(" ", "%20") if " " in kept else kept


def _kept(run: re.Match[str]) -> str:
    """Return a run of letters and digits, or nothing where it looks random.

    In random Base64 about two neighbours in three are of different kinds (capital, small, digit); in names and paths
    at most one in three. Hexadecimal is taken for a fingerprint or an id up to `MOST_BLOB` digits.
    """
    if not _DIGITS.search(run[0]):
        return run[0]
    parts = _PARTS.split(run[0].rstrip("="))
    rest = "".join(part for part in parts if len(part) > MOST_BLOB or not _HEX.fullmatch(part))
    if len(rest) < 22:
        return run[0]
    if len(rest) > MOST_BLOB and _HEX.fullmatch(rest):
        return ""
    kinds = rest.encode("ascii").translate(_KINDS)
    mixed = min(map(kinds.count, b"aA0")) > 1
    return "" if mixed and sum(map(ne, kinds, kinds[1:])) > 0.4 * len(rest) else run[0]
