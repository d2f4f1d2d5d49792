"""From the components of a CBOM to sightings: a first reading notes what refers to what, a second one tells."""

from __future__ import annotations

from typing import Any, NamedTuple

from lotrinh.register.places import in_trust_store, is_test
from lotrinh.register.readers._cbom_facts import (
    Facts,
    algorithm_facts,
    cleaned,
    day,
    is_asset,
    kebab,
    key_facts,
    listed,
    mapping,
    material,
    named_in,
    oid,
    sha256_of,
    text,
)
from lotrinh.register.readers._cbom_said import Said, Sayings, remember
from lotrinh.register.redact import clean, reference
from lotrinh.register.sightings import Sighting

IKE_GROUPS = {
    **dict(zip((1, 2, 5), ("modp768", "modp1024", "modp1536"), strict=True)),
    **dict(zip(range(14, 19), ("modp2048", "modp3072", "modp4096", "modp6144", "modp8192"), strict=True)),
    **dict(
        zip(range(19, 25), ("ecp256", "ecp384", "ecp521", "modp1024s160", "modp2048s224", "modp2048s256"), strict=True)
    ),
    **dict(zip(range(25, 31), ("ecp192", "ecp224", "ecp224bp", "ecp256bp", "ecp384bp", "ecp512bp"), strict=True)),
    **dict(zip((31, 32, 35, 36, 37), ("curve25519", "curve448", "mlkem512", "mlkem768", "mlkem1024"), strict=True)),
}
"""Key exchange methods of IKEv2 by number, from IANA's registry of its transform type 4, as strongSwan names them."""
_KEY_REFS = ("subjectPublicKeyRef", "subjectPublicKey", "subjectPublicKeyAlgorithm")
_SIGNATURE_REFS = ("signatureAlgorithmRef", "signatureAlgorithm")


class Holder(NamedTuple):
    """What holds assets: a library, an application, a device."""

    name: str = ""
    kind: str = ""
    version: str = ""


NOBODY = Holder()
NO_FACTS = Facts()
_HEAD = Sighting._fields.index("location")
_BLANK = {name: Sighting._field_defaults.get(name, "") for name in Sighting._fields[:_HEAD]}
_Head = tuple[Any, ...]
"""The fields of a sighting up to `_HEAD`: what many assets have in common. Those after it tell its place."""


class Document:
    """What is known of a whole CBOM before its assets are told.

    Attributes
    ----------
    tool, seen, system: from its metadata.  main: what the CBOM is about.
    facts: of algorithms and keys, by reference.  depends: references by reference.
    holders: of components that are no assets, by reference; held: the holder's reference, by that of the asset.
    rooted, unrooted: references made by certificates in a store of public roots, and by others.
    hidden: references that hold the value of some key.  doubled: references of two different assets.
    """

    def __init__(self, system: str = "") -> None:
        self.tool, self.seen, self.system, self.main = "", "", system, NOBODY
        self.facts: dict[str, Facts] = {}
        self.depends: dict[str, tuple[str, ...]] = {}
        self.holders: dict[str, Holder] = {}
        self.held: dict[str, str] = {}
        self.rooted: set[str] = set()
        self.unrooted: set[str] = set()
        self.hidden: set[str] = set()
        self.doubled: set[str] = set()
        self.sayings = Sayings()
        self._same: dict[Any, Any] = {}

    def metadata(self, said: dict[str, Any]) -> None:
        """Take what the metadata of the file says."""
        self.tool = self.tool or _tools(said.get("tools"))
        self.seen = self.seen or day(said, "timestamp")
        main = mapping(said, "component")
        holder = _holder(main) if main and not is_asset(main) else _repository(listed(said, "properties"))
        if holder.name and not self.main.name:
            self.main, self.system = holder, self.system or holder.name

    def ref(self, value: Any) -> str:
        """Return a reference as it is kept; nothing where it is none."""
        if type(value) is not str or not value:
            return ""
        return reference(value, secret=value in self.hidden)

    def dependency(self, said: dict[str, Any]) -> None:
        """Take what one entry of `dependencies` says: in 1.4-cbom, ``implements`` stands for ``provides``."""
        ref = self.ref(said.get("ref"))
        needs = [found for each in listed(said, "dependsOn") if (found := self.ref(each))]
        if not ref:
            return
        for each in [*needs, *(found for each in listed(said, "provides") if (found := self.ref(each)))]:
            self.held.setdefault(each, ref)
        if needs and said.get("dependencyType") != "implements":
            self.depends[ref] = (*self.depends.get(ref, ()), *needs)

    def note(self, component: dict[str, Any]) -> None:
        """First reading of a component, asset or not."""
        value = component.get("bom-ref")
        if not is_asset(component):
            if type(value) is str and "name" in component:
                self.holders[self.ref(value)] = self._once(_holder(component))
            return
        said = self.sayings.of(component)
        if len(said.secret) > 3 and type(value) is str and said.secret in value:
            self.hidden.add(value)
        if said.kind in ("algorithm", "key"):
            if value:
                self._learn(self.ref(value), self._facts(component, said))
        elif said.kind == "certificate":
            crypto = said.crypto
            told = mapping(crypto, "certificateProperties")
            places = _locations(component, crypto, raw=True)
            refs = self.rooted if places and all(map(in_trust_store, places)) else self.unrooted
            refs.update([self.ref(told[key]) for key in (*_KEY_REFS, *_SIGNATURE_REFS) if key in told])
            refs.discard("")

    def close(self) -> None:
        """End the first reading.

        A key that names no algorithm takes the first one it depends on. What the keys of public roots refer to belongs
        to those roots too.
        """
        for ref, facts in self.facts.items():
            if facts.key and not facts.via and ref in self.depends:
                via = next((need for need in self.depends[ref] if need in self.facts and not self.facts[need].key), "")
                self.facts[ref] = facts._replace(via=via, algorithm="" if via else facts.algorithm)
        for refs in (self.rooted, self.unrooted):
            refs.update([self.facts[ref].via for ref in refs if ref in self.facts and self.facts[ref].via])
        self.rooted -= self.unrooted

    def resolved(self, ref: str) -> Facts:
        """Return the facts of what a reference names: of a key, with those of its algorithm."""
        if not ref:
            return NO_FACTS
        facts = self.facts.get(ref) or named_in(ref)
        if facts.via:
            origin = self.facts.get(facts.via) or named_in(facts.via)
            facts = origin._replace(
                oid=origin.oid or facts.oid, bits=facts.bits or origin.bits, key_fingerprint=facts.key_fingerprint
            )
        return facts

    def sightings(self, component: dict[str, Any], said: Said, place: str, parent: Holder) -> list[Sighting]:
        """Return an asset once for every file in which it was found, or once where no file is named.

        `place` stands for the reference of an asset that has none; `parent` is the component around it.
        """
        ref = self.ref(component.get("bom-ref"))
        holder = parent if parent.name else self.holders.get(self.held.get(ref, ""), self.main)
        head, depends = _TELL[said.kind](self, component, said, ref, holder)
        rooted = "yes" if ref in self.rooted else ""
        found = []
        for location in _locations(component, said.crypto) or ("",):
            stored = "yes" if said.kind == "certificate" and in_trust_store(location) else rooted
            test = "yes" if location and is_test(location) else ""
            told = Sighting._make((*head, location, ref or place, depends, stored, test, self.seen))
            found.append(_without(told, said.secret) if said.secret else told)
        return found

    def _needs(self, ref: str, refs: list[str]) -> str:
        """Return the references of an asset, its own and those listed under `dependencies`, each once."""
        listed_too = self.depends.get(ref)
        if listed_too:
            refs = [*refs, *listed_too]
        return " ".join(dict.fromkeys(filter(None, refs))) if len(refs) > 1 else "".join(refs)

    def _facts(self, component: dict[str, Any], said: Said) -> Facts:
        """Return what an algorithm or key says of itself."""
        via = self._via(said.crypto) if said.kind == "key" else ""
        known = (text(component, "name"), via)
        facts = said.facts.get(known)
        if facts is None:
            if said.kind == "key":
                facts = self._once(key_facts(component, said.crypto, via))
            else:
                facts = self._once(algorithm_facts(component, said.crypto))
            remember(said.facts, known, facts)
        return facts

    def _learn(self, ref: str, facts: Facts) -> None:
        if self.facts.setdefault(ref, facts) is not facts:
            self.doubled.add(ref)

    def _once(self, value: Any) -> Any:
        """Return the equal value that was seen first, so that many like facts take the room of one."""
        return self._same.setdefault(value, value)

    def _via(self, crypto: dict[str, Any]) -> str:
        said = material(crypto)
        direct = self.ref(said.get("algorithmRef")) or self.ref(said.get("keyAlgorithmRef"))
        if direct or "relatedCryptographicAssets" not in said:
            return direct
        return next((ref for kind, ref in self._related(said) if kind == "algorithm"), "")

    def _related(self, said: dict[str, Any]) -> list[tuple[str, str]]:
        """Return kind and reference of what CycloneDX 1.7 lists as related."""
        if "relatedCryptographicAssets" not in said:
            return []
        pairs = [each for each in listed(said, "relatedCryptographicAssets") if type(each) is dict]
        return [(kebab(text(each, "type")), ref) for each in pairs if (ref := self.ref(each.get("ref")))]

    def _head(self, kind: str, component: dict[str, Any], holder: Holder, **facts: Any) -> _Head:
        """Return the head of a sighting, from its `facts` and what holds it."""
        facts |= {"kind": kind, "name": text(component, "name"), "system": self.system, "component": holder.name}
        facts |= {"component_kind": holder.kind, "component_version": holder.version}
        return tuple({**_BLANK, **facts}.values())

    def algorithm(self, component: dict[str, Any], said: Said, ref: str, holder: Holder) -> tuple[_Head, str]:
        """Tell the use of an algorithm, and what it depends on."""
        known = (text(component, "name"), holder)
        head = said.heads.get(known)
        if head is None:
            facts = self._facts(component, said)
            told = {name: getattr(facts, name) for name in _OF_ALGORITHM}
            head = self._head("algorithm", component, holder, **told)
            remember(said.heads, known, head)
        return head, self._needs(ref, [])

    def key(self, component: dict[str, Any], said: Said, ref: str, holder: Holder) -> tuple[_Head, str]:
        """Tell a key or other material; `primitive` says what it is: ``private-key``, ``password``, ``nonce``."""
        own = self.facts.get(ref)
        if own is None or not own.key or ref in self.doubled:
            own = self._facts(component, said)
        told = material(said.crypto)
        known = (text(component, "name"), holder, own)
        head = said.heads.get(known)
        if head is None:
            origin = self.resolved(own.via) if own.via else own
            head = self._head(
                "key",
                component,
                holder,
                algorithm=origin.algorithm,
                oid=own.oid or origin.oid,
                parameter=origin.parameter,
                curve=origin.curve,
                bits=own.bits,
                primitive=kebab(text(told, "type") or text(told, "relatedCryptoMaterialType")),
                not_before=day(told, "activationDate") or day(told, "creationDate"),
                not_after=day(told, "expirationDate"),
                key_fingerprint=own.key_fingerprint,
            )
            remember(said.heads, known, head)
        return head, self._needs(ref, [own.via, *(each for _, each in self._related(told))])

    def certificate(self, component: dict[str, Any], said: Said, ref: str, holder: Holder) -> tuple[_Head, str]:
        """Tell a certificate, with what its references say of its key and signature."""
        told = mapping(said.crypto, "certificateProperties")
        related = self._related(told)
        keys = [self.ref(told[key]) for key in _KEY_REFS if key in told]
        keys += [each for kind, each in related if kind == "public-key"]
        signers = [self.ref(told[key]) for key in _SIGNATURE_REFS if key in told]
        signers += [each for kind, each in related if kind == "algorithm"]
        key = next((facts for each in keys if any(facts := self.resolved(each))), NO_FACTS)
        signer = self.resolved(signers[0]) if signers else NO_FACTS
        head = self._head(
            "certificate",
            component,
            holder,
            algorithm=key.algorithm or text(told, "certificateAlgorithm"),
            oid=key.oid,
            parameter=key.parameter,
            curve=key.curve,
            bits=key.bits,
            primitive=key.primitive,
            signature=signer.algorithm or signer.oid or text(told, "certificateSignatureAlgorithm"),
            subject=text(told, "subjectName"),
            issuer=text(told, "issuerName"),
            serial=text(told, "serialNumber"),
            not_before=day(told, "notValidBefore"),
            not_after=day(told, "notValidAfter"),
            fingerprint=sha256_of(told),
            key_fingerprint=key.key_fingerprint,
            authority=_authority(told),
        )
        return head, self._needs(ref, [*keys, *signers, *(each for _, each in related)])

    def protocol(self, component: dict[str, Any], asset: Said, ref: str, holder: Holder) -> tuple[_Head, str]:
        """Tell a protocol with its cipher suites and key-exchange groups."""
        said = mapping(asset.crypto, "protocolProperties")
        suites, groups, refs = list[str](), list[str](), list[Any]()
        for suite in [*listed(said, "cipherSuites"), *listed(said, "tlsCipherSuites")]:
            if type(suite) is dict:
                suites.append(text(suite, "name") or "".join(_texts(suite, "identifiers")).replace(",", "0x"))
                groups += _texts(suite, "tlsGroups")
                refs += listed(suite, "algorithms")
            elif type(suite) is str:
                suites.append(clean(suite))
        for name, transforms in mapping(said, "ikev2TransformTypes").items():
            for each in transforms if type(transforms) is list else ():
                if type(each) is str:
                    refs.append(each)
                elif type(each) is dict and name != "ke":
                    refs.append(each.get("algorithm"))
                    length = text(each, "keyLength")
                    suites.append(text(each, "name") + (f"-{length}" if length not in text(each, "name") else ""))
                elif type(each) is dict:
                    refs.append(each.get("algorithm"))
                    number = each.get("group")
                    groups.append(IKE_GROUPS.get(number, "") if type(number) is int else text(each, "group"))
        refs += listed(said, "cryptoRefArray") + [each for _, each in self._related(said)]
        head = self._head(
            "protocol",
            component,
            holder,
            oid=oid(asset.crypto),
            protocol=kebab(text(said, "type") or text(said, "name")),
            version=text(said, "version"),
            suites=" ".join(dict.fromkeys(each.replace(" ", "-") for each in suites if each)),
            groups=" ".join(dict.fromkeys(each.replace(" ", "-") for each in groups if each)),
        )
        return head, self._needs(ref, [self.ref(each) for each in refs])


_OF_ALGORITHM = ("algorithm", "oid", "parameter", "curve", "primitive", "functions")
_FREE = ("name", "algorithm", "oid", "parameter", "curve", "reference", "depends", "component", "component_version")
"""Texts of a key in which its value could stand."""
_TELL = {
    "algorithm": Document.algorithm,
    "key": Document.key,
    "certificate": Document.certificate,
    "protocol": Document.protocol,
}


def _texts(holder: dict[str, Any], key: str) -> list[str]:
    return [clean(each) for each in listed(holder, key) if type(each) is str]


def _holder(component: dict[str, Any]) -> Holder:
    return Holder(text(component, "name"), text(component, "type"), text(component, "version"))


def holder(component: dict[str, Any], around: Holder) -> Holder:
    """Return what holds the components inside of `component`: itself, or what is around it where it has no name."""
    return _holder(component) if not is_asset(component) and type(component.get("name")) is str else around


def _repository(properties: list[Any]) -> Holder:
    """Return the source repository that scanners of source code name among the properties of the metadata."""
    said = {text(each, "name"): text(each, "value") for each in properties if type(each) is dict}
    folder = said.get("subfolder", "")
    name = said.get("gitUrl", "") + (f"/{folder}" if folder else "")
    return Holder(name, "application", said.get("commit", "")) if said.get("gitUrl") else NOBODY


def _tools(tools: Any) -> str:
    """Return names and versions of the tools: a list up to 1.4, an object of components and services since 1.5."""
    found = [*listed(tools, "components"), *listed(tools, "services")] if type(tools) is dict else tools
    named = [each for each in found if type(each) is dict] if type(found) is list else []
    return ", ".join(filter(None, (f"{text(each, 'name')} {text(each, 'version')}".strip() for each in named[:20])))


def _locations(component: dict[str, Any], crypto: dict[str, Any], raw: bool = False) -> list[str]:
    """Return the distinct files in which an asset was found: `evidence`, or `detectionContext` of the older dialect."""
    found: dict[str, None] = {}
    for holder, key, name in (
        (component.get("evidence"), "occurrences", "location"),
        (crypto, "detectionContext", "filePath"),
    ):
        if type(holder) is dict and key in holder:
            for each in listed(holder, key):
                place = each.get(name) if type(each) is dict else ""
                if type(place) is str and (place := place if raw else cleaned(place)):
                    found[place] = None
    return list(found)


def _authority(said: dict[str, Any]) -> str:
    """Return whether the basic constraints say that a certificate may sign others."""
    for each in listed(said, "certificateExtensions"):
        if type(each) is dict and text(each, "commonExtensionName") == "basicConstraints":
            value = text(each, "commonExtensionValue").upper().replace(" ", "")
            return "yes" if "CA:TRUE" in value or "CA=TRUE" in value else "no" if "FALSE" in value else ""
    return ""


def _without(told: Sighting, secret: str) -> Sighting:
    """Return a sighting in whose texts nothing of the value of the key stands."""
    lines = [line for each in (secret, clean(secret), *secret.split("\n")) if len(line := each.strip()) > 3]
    texts = {name: getattr(told, name) for name in _FREE}
    for line in lines:
        texts = {name: value.replace(line, "").strip() for name, value in texts.items()}
    return told._replace(**texts)
