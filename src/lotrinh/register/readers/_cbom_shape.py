"""What the fields of a CBOM should be, and the problems told where one is something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from lotrinh.base.issues import Issue, IssueKind, Place
from lotrinh.base.text import Text, t
from lotrinh.register.readers._cbom_facts import MOST_BITS, iso_date, oid
from lotrinh.register.readers._cbom_said import Said
from lotrinh.register.redact import clean

TYPE = IssueKind(
    "B101",
    "A field of a CBOM is of the wrong type",
    "The rest of the asset is kept. The tool that wrote the file should write the field as CycloneDX says.",
    "warning",
)
WORD = IssueKind(
    "B102",
    "A value of a CBOM is none that the format knows",
    "The rest of the asset is kept. Correct the value, or tell the makers of the tool that wrote the file.",
    "warning",
)
MORE = IssueKind(
    "B103",
    "A CBOM has more problems of one kind than are listed",
    "The first are listed one by one. A tool usually makes the same mistake everywhere: correct it there.",
    "warning",
)
LISTED = 20
"""Problems of one kind with one field of one file that are listed one by one."""

PRIMITIVES = frozenset(
    (
        *("drbg", "mac", "block-cipher", "stream-cipher", "signature", "hash", "pke", "xof", "kdf", "key-agree", "kem"),
        *("ae", "combiner", "key-wrap", "other", "unknown", "blockcipher", "streamcipher", "keyagree"),
    )
)
FUNCTIONS = frozenset(
    (
        *("generate", "keygen", "encrypt", "decrypt", "digest", "tag", "keyderive", "sign", "verify", "encapsulate"),
        *("decapsulate", "other", "unknown"),
    )
)
MATERIALS = frozenset(
    (
        *(
            "private-key",
            "public-key",
            "secret-key",
            "key",
            "ciphertext",
            "signature",
            "digest",
            "nonce",
            "seed",
            "salt",
        ),
        *(
            "initialization-vector",
            "shared-secret",
            "tag",
            "additional-data",
            "password",
            "credential",
            "token",
            "other",
        ),
        *("unknown", "privateKey", "publicKey", "secretKey", "initializationVector", "sharedSecret", "additionalData"),
    )
)
ASSETS = frozenset(("algorithm", "certificate", "protocol", "related-crypto-material", "relatedCryptoMaterial", "key"))

_Field = tuple[type, Callable[[Any], object] | None]
_TEXT: _Field = (str, None)
_LIST: _Field = (list, None)
_MAP: _Field = (dict, None)
_DATE: _Field = (str, lambda value: iso_date(value.strip()))
_MATERIAL: dict[str, _Field] = {
    "type": (str, MATERIALS.__contains__),
    "relatedCryptoMaterialType": (str, MATERIALS.__contains__),
    "algorithmRef": _TEXT,
    "keyAlgorithmRef": _TEXT,
    "size": (int, lambda value: 0 <= value <= MOST_BITS),
    "value": _TEXT,
    "creationDate": _DATE,
    "activationDate": _DATE,
    "expirationDate": _DATE,
    "fingerprint": _MAP,
    "relatedCryptographicAssets": _LIST,
}
_SHAPES: dict[str, dict[str, _Field]] = {
    "": {
        **dict.fromkeys(("type", "name", "bom-ref", "version"), _TEXT),
        **dict.fromkeys(("evidence", "cryptoProperties"), _MAP),
        "components": _LIST,
    },
    "evidence": {"occurrences": _LIST},
    "cryptoProperties": {
        "assetType": (str, ASSETS.__contains__),
        "oid": (str, lambda value: oid({"oid": value})),
        "algorithmProperties": _MAP,
        "certificateProperties": _MAP,
        "keyProperties": _MAP,
        "relatedCryptoMaterialProperties": _MAP,
        "protocolProperties": _MAP,
        "detectionContext": _LIST,
    },
    "algorithmProperties": {
        "primitive": (str, PRIMITIVES.__contains__),
        **dict.fromkeys(("algorithmFamily", "variant", "parameterSetIdentifier", "curve", "ellipticCurve"), _TEXT),
        "cryptoFunctions": _LIST,
    },
    "certificateProperties": {
        **dict.fromkeys(("serialNumber", "subjectName", "issuerName"), _TEXT),
        **dict.fromkeys(("notValidBefore", "notValidAfter"), _DATE),
        **dict.fromkeys(("signatureAlgorithmRef", "subjectPublicKeyRef"), _TEXT),
        "fingerprint": _MAP,
        "relatedCryptographicAssets": _LIST,
    },
    "keyProperties": _MATERIAL,
    "relatedCryptoMaterialProperties": _MATERIAL,
    "protocolProperties": {
        **dict.fromkeys(("type", "version"), _TEXT),
        "cipherSuites": _LIST,
        "ikev2TransformTypes": _MAP,
        "cryptoRefArray": _LIST,
        "relatedCryptographicAssets": _LIST,
    },
}
"""The fields that are read, by what holds them: their type and, where not every value will do, whether one does. What
is not read is not judged.
"""
_NAMES = {str: t("text"), list: t("a list"), dict: t("an object"), int: t("a whole number")}


class Complaints:
    """The problems of one file; those of one kind with one field are listed up to `LISTED` times, then counted."""

    def __init__(self, file: str, problems: list[Issue]) -> None:
        self.file, self.problems = file, problems
        self.total = 0
        self._count: Counter[tuple[IssueKind, str]] = Counter()

    def add(
        self,
        kind: IssueKind,
        column: str,
        field: str,
        value: str = "",
        expected: Text | None = None,
        row: int | None = None,
    ) -> None:
        """Add a problem at `column`, the pointer into the file; `field` is what it is counted with."""
        self.total += 1
        self._count[kind, field] += 1
        if self._count[kind, field] <= LISTED:
            self.problems.append(kind.at(Place(self.file, row=row, column=column), value, expected))

    def close(self) -> None:
        """Add how many problems were not listed."""
        for (kind, field), count in self._count.items():
            if count > LISTED:
                further = t("{count} more: {title}", count=count - LISTED, title=t(kind.title))
                self.problems.append(MORE.at(Place(self.file, column=field), "", further))
        self._count.clear()


def shown(value: Any) -> str:
    """Return how a problem shows a value: never a long one, never what may be a secret."""
    if isinstance(value, str):
        return clean(value)[:60]
    return str(value)[:60] if isinstance(value, bool | float | int) and abs(value) < 1e18 else type(value).__name__


def check(component: dict[str, Any], said: Said, pointer: str, complaints: Complaints) -> None:
    """Add a problem for every field of an asset that is read and is of a wrong type or word; missing ones are none."""
    _fields(component, _SHAPES[""], pointer, "", complaints, False)
    evidence = component.get("evidence")
    if type(evidence) is dict:
        _fields(evidence, _SHAPES["evidence"], pointer, ".evidence", complaints, False)
    if not said.sound:
        before = complaints.total
        _check_crypto(said.crypto, pointer, complaints)
        said.sound = complaints.total == before


def _check_crypto(crypto: dict[str, Any], pointer: str, complaints: Complaints) -> None:
    secret = "relatedCryptoMaterialProperties" in crypto or "keyProperties" in crypto
    _fields(crypto, _SHAPES["cryptoProperties"], pointer, ".cryptoProperties", complaints, secret)
    for name, value in crypto.items():
        if type(value) is dict and name in _SHAPES:
            _fields(value, _SHAPES[name], pointer, f".cryptoProperties.{name}", complaints, secret)
            if name == "algorithmProperties" and type(functions := value.get("cryptoFunctions")) is list:
                for at, function in enumerate(functions):
                    if type(function) is not str or function not in FUNCTIONS:
                        field = ".cryptoProperties.algorithmProperties.cryptoFunctions"
                        complaints.add(WORD, f"{pointer}{field}[{at}]", field, shown(function))


def _fields(
    holder: dict[str, Any], shape: dict[str, _Field], pointer: str, path: str, complaints: Complaints, secret: bool
) -> None:
    for key, value in holder.items():
        field = shape.get(key)
        if value is None or field is None:
            continue
        wanted, right = field
        if type(value) is not wanted:
            found = type(value).__name__ if secret else shown(value)
            complaints.add(TYPE, f"{pointer}{path}.{key}", f"{path}.{key}", found, _NAMES[wanted])
        elif right is not None and not right(value):
            complaints.add(WORD, f"{pointer}{path}.{key}", f"{path}.{key}", "" if secret else shown(value))
