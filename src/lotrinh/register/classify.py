"""Says of every sighting what a quantum computer does to it and whether it is weak already.

By object identifier first, then by family and parameter set, then by name, then by what is told of the key; never by
``nistQuantumSecurityLevel``, which sources fill in seldom and wrongly. What a person taught goes before all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from lotrinh.register.algorithms import Algorithm, bare_oid, named, oid_name, squash
from lotrinh.register.judge import NO_USE, UNKNOWN, Use, Verdict, judge
from lotrinh.register.names import NOTHING, Parts, join, parse
from lotrinh.register.sightings import Sighting
from lotrinh.register.suites import judge_suite, looks_like_suite
from lotrinh.register.taught import Taught

__all__ = ["UNKNOWN", "Classifier", "Taught", "Verdict"]

_MANY = 200_000
_VERSION = re.compile(r"(?:(ssl|dtls|tls|ssh|ike)(?:version)?[-_ ]*v?\.?)?(\d(?:[._]\d{1,2})?)(?![\d.])", re.IGNORECASE)
_BANNER = re.compile(r"ssh-(\d\.\d+)", re.IGNORECASE)
_WIRE = {"0x0002": "SSL-2.0", "0x0300": "SSL-3.0", "0x0301": "TLS-1.0", "0x0302": "TLS-1.1", "0x0303": "TLS-1.2"} | {
    "0x0304": "TLS-1.3"
}
_SSH_SIGNALS = re.compile(r"ext-info-[cs]|kex-strict-[cs]-v00(@openssh\.com)?|kexguess2@matt\.ucc\.asn\.au")
_SSH_SHA1_KEYS = re.compile(r"(?:x509v3-)?ssh-(?:rsa|dss|dsa)(?:-cert-v0[01]@openssh\.com)?|x509v3-sign-(?:rsa|dss)")
"""Signature methods of SSH that sign with SHA-1 without saying so (RFC 4253, RFC 8332)."""
_SSH_SHA1_EXCHANGES = re.compile(r"(?:diffie-hellman-group-exchange|gss-gex|gss-group14)-sha1")
"""Exchanges whose SHA-1 RFC 9142 advises against; those of weak groups are found by the group."""
_SSH_RSA_EXCHANGE = re.compile(r"rsa(\d{4})-sha\d+")


_CLASSES = {"hybrid": "hybrid", "post_quantum": "post_quantum", "classical": "harvest_now"}
"""Class of an endpoint by what a tool says of its groups."""
_CLASSICAL = ("harvest_now", "already_weak")
_BEST_FIRST = ("hybrid", "harvest_now", "post_quantum")
"""Where several groups are offered: a hybrid counts; one without any classical group beside it must stand alone."""


class Classifier:
    """Gives verdicts; the same question is answered from memory. `taught` is what persons taught the register."""

    def __init__(self, taught: Sequence[Taught] = ()) -> None:
        self._taught = tuple((row.name.casefold(), squash(row.name), row) for row in taught)
        self.algorithm: Callable[..., Verdict] = lru_cache(_MANY)(self._algorithm)
        self.group: Callable[[str], Verdict] = lru_cache(_MANY)(self._group)
        self.suite: Callable[[str], Verdict] = lru_cache(_MANY)(self._suite)
        self.ssh_method: Callable[[str], Verdict] = lru_cache(_MANY)(self._ssh_method)
        self._offer: Callable[[str, str, str, str, str], Verdict] = lru_cache(_MANY)(self._offered)

    def _algorithm(
        self,
        name: str = "",
        oid: str = "",
        parameter: str = "",
        curve: str = "",
        bits: int = 0,
        primitive: str = "",
        functions: str = "",
    ) -> Verdict:
        """Return the verdict on the use of an algorithm; `UNKNOWN` where nothing of it is recognised."""
        oid = bare_oid(oid) or bare_oid(name)
        use = Use(functions, primitive, bits)
        taught = self._recalled(name, oid, use)
        if taught:
            return taught
        if looks_like_suite(name):
            suite = judge_suite(name)
            if suite is not UNKNOWN:
                return suite
        settled = parse(oid_name(oid)) if oid else NOTHING
        called = _read(name)
        if not called.rows and name and parameter:
            called = parse(f"{name}-{parameter}")
        details = [parse(oid_name(bare_oid(text)) or text) for text in (parameter, curve)]
        size = (int(parameter),) if parameter.isdecimal() and len(parameter) <= 5 else ()
        if settled.rows and not _agree(settled, called):
            called = NOTHING
        parts = join([settled, _kept(called, settled), *details])
        exact = parse(f"{name}-{parameter}") if parameter and not size else NOTHING
        if len(exact.rows) == 1 and (not settled.rows or exact.rows[0].id.startswith(settled.rows[0].id)):
            parts = exact
        if not parts.rows and curve:
            parts = parse("EC")
        return judge(parts._replace(sizes=(*parts.sizes, *size)), use)

    def _group(self, name: str) -> Verdict:
        """Return the verdict on a group of TLS by its name or code point, used for key establishment."""
        bare = re.sub(r"\(.*\)", "", name).strip() or name.strip("() ")
        return self.algorithm(name=named("tls_group", bare) or bare, functions="keyagreement")

    def _suite(self, name: str) -> Verdict:
        """Return the verdict on a cipher suite by its name, of IANA or of OpenSSL, or its code point."""
        return self._recalled(name, "", NO_USE) or judge_suite(name)

    def _ssh_method(self, name: str) -> Verdict:
        """Return the verdict on a method of SSH: key exchange, host key, cipher or authentication code."""
        name = name.strip()
        if _SSH_SIGNALS.fullmatch(name):
            return UNKNOWN
        exchange = _SSH_RSA_EXCHANGE.fullmatch(name)
        if exchange:
            return self.algorithm(name="RSAES-OAEP", bits=int(exchange[1]))
        if _SSH_SHA1_KEYS.fullmatch(name):
            return self.algorithm(name=f"{name.partition('@')[0]}-SHA1")
        verdict = self.algorithm(name="NULL" if name == "none" else name)
        return verdict._replace(class_="already_weak") if _SSH_SHA1_EXCHANGES.match(name) else verdict

    def signature(self, sighting: Sighting) -> Verdict:
        """Return the verdict on the signature by which a certificate is signed."""
        return self.algorithm(name=sighting.signature, primitive="signature") if sighting.signature else UNKNOWN

    def sighting(self, sighting: Sighting) -> Verdict:
        """Return the verdict on a whole sighting."""
        if sighting.kind == "certificate":
            return self._certificate(sighting)
        if sighting.kind in ("endpoint", "protocol"):
            facts = (sighting.version, sighting.suites, sighting.groups, sighting.post_quantum)
            return self._offer(sighting.protocol.casefold(), *facts)
        if sighting.kind == "host_key":
            return self._named(sighting, "", "sign verify")
        return self._named(sighting, sighting.primitive, sighting.functions)

    def _named(self, s: Sighting, primitive: str, functions: str) -> Verdict:
        """Return the verdict by the algorithm of a sighting, else by how the source calls the thing."""
        facts = (s.parameter, s.curve, s.bits, primitive, functions)
        verdict = self.algorithm(s.algorithm or s.name, s.oid, *facts)
        if verdict.class_ == "unknown" and s.algorithm and s.name:
            verdict = self.algorithm(s.name, s.oid, *facts)
        return verdict

    def _certificate(self, s: Sighting) -> Verdict:
        """Return the verdict by the key, weak too where the signature is, which does not count for a root by itself."""
        key = self.algorithm(s.algorithm, s.oid, s.parameter, s.curve, s.bits, "signature", "")
        signature = self.signature(s)
        if key.class_ == "unknown":
            return signature
        rooted = s.authority == "yes" and s.subject and s.subject == s.issuer
        return key._replace(class_="already_weak") if signature.class_ == "already_weak" and not rooted else key

    def _offered(self, protocol: str, versions: str, suites: str, groups: str, told: str) -> Verdict:
        """Return the verdict on what an endpoint offers or a protocol uses: weak where any part of it is.

        `told` is what the tool says of post-quantum groups; where it cannot tell them, the class is unknown, unless no
        version offered can have them.
        """
        ssh = protocol == "ssh"
        method, group = (self.ssh_method, self.ssh_method) if ssh else (self.suite, self.group)
        of_versions = _known(self._version(protocol, *match) for match in _versions(versions))
        of_suites, of_groups = _known(map(method, suites.split())), _known(map(group, groups.split()))
        met = {verdict.class_: verdict for verdict in reversed(of_groups)}
        class_ = _CLASSES.get(told, "")
        if not class_ and of_versions and all(verdict.class_ in _CLASSICAL for verdict in of_versions):
            class_ = "harvest_now"
        if not class_ and told == "":
            class_ = next((known for known in _BEST_FIRST if known in met), "")
        others = (verdict for verdict in (*met.values(), *of_suites, *of_versions) if verdict.class_ in _CLASSICAL)
        chosen = met.get(class_) or next(others, UNKNOWN)
        if any(verdict.class_ == "already_weak" for verdict in (*of_versions, *of_suites, *of_groups)):
            class_ = "already_weak"
        family = "" if class_ in ("hybrid", "post_quantum") else chosen.family
        return chosen._replace(class_=class_ or "unknown", family=family, function="key_establishment")

    def _version(self, protocol: str, named_protocol: str, number: str) -> Verdict:
        name = number if not number[0].isdigit() else f"{named_protocol or protocol or 'tls'}-{number}"
        return self.algorithm(name=name.replace("_", "."))

    def _recalled(self, name: str, oid: str, use: Use) -> Verdict | None:
        """Return the verdict on what was taught, or None."""
        for pattern, flat, row in self._taught:
            by_oid = oid and (pattern == oid or (pattern.endswith(".*") and oid.startswith(pattern[:-1])))
            if by_oid or (name and (squash(name) == flat or fnmatchcase(name.casefold(), pattern))):
                known = judge(parse(row.algorithm), use)
                return Verdict(
                    row.algorithm if known.class_ == "unknown" else known.algorithm,
                    row.family or known.family,
                    row.class_ or known.class_,
                    row.function or known.function,
                    known.strength,
                    known.category,
                )
        return None


def _versions(text: str) -> list[tuple[str, str]]:
    """Return the versions in a text, each as protocol, where it is said, and number, or as the whole name."""
    banner = _BANNER.match(text)
    if banner:
        return [("ssh", banner[1])]
    words = text.casefold().split()
    if words and all(word in _WIRE for word in words):
        return [("", _WIRE[word]) for word in words]
    return [(found[1] or "", found[2]) for found in _VERSION.finditer(text)]


def _known(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts on what was recognised; a version that leaves the matter open is."""
    return tuple(verdict for verdict in verdicts if verdict.algorithm)


def _read(name: str) -> Parts:
    """Return the parts of a name; digits alone name nothing."""
    return NOTHING if not name or name.strip().isdecimal() or bare_oid(name) else parse(name)


def _agree(settled: Parts, called: Parts) -> bool:
    """Return whether a name speaks of what the identifier settled, and so may add to it."""
    if not called.rows:
        return False
    first, other = settled.rows[0], called.rows[0]
    asymmetric = ("public", "group")
    if first.kind in asymmetric and other.kind in asymmetric:
        return first.family == other.family
    return first.kind == other.kind and squash(other.id).startswith(squash(first.id))


def _kept(called: Parts, settled: Parts) -> Parts:
    """Return what a name adds: where the identifier settled the function, no algorithm of another."""
    settled_public: list[Algorithm] = settled.of("public")
    if not settled_public or settled_public[0].function == "both":
        return called
    function = settled_public[0].function
    return called._replace(rows=tuple(r for r in called.rows if r.kind != "public" or r.function == function))
