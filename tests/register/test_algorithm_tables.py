"""The tables of algorithms are consistent: nothing means two things, and what they say can be true."""

import csv
import re
from importlib.resources import files

import pytest

from lotrinh.register.algorithms import KINDS, REGISTERS, algorithms, identifiers, oid_name, squash, vocabulary
from lotrinh.register.classes import CLASSES, FAMILIES
from lotrinh.register.judge import LEAST_STRENGTH, judge
from lotrinh.register.names import WORDS, parse

ROWS = list(algorithms().values())
STRENGTH_OF_CATEGORY = {1: 128, 2: 128, 3: 192, 4: 192, 5: 256}


def read(name):
    return list(csv.DictReader((files("lotrinh.register") / name).read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_can_be_true(row):
    assert row.kind in KINDS
    assert row.class_ in CLASSES
    assert row.family in FAMILIES
    assert row.function in ("key_establishment", "signature", "both", "")
    assert 0 <= row.strength <= 256
    assert row.source, "every row says where it is from"
    assert not row.category or row.strength == STRENGTH_OF_CATEGORY[row.category] or row.kind == "mac"
    broken = row.class_ in ("harvest_now", "forge_later") and row.kind in ("public", "group")
    assert bool(row.family) == (broken or (row.class_ == "already_weak" and bool(row.family)))
    if row.family:
        assert (row.class_ == "already_weak") == (0 < row.strength < LEAST_STRENGTH), "weak by strength, or not"
        assert row.category == 0
    if row.class_ == "forge_later":
        assert row.function == "signature"
    if row.class_ in ("post_quantum", "hybrid"):
        assert row.function in ("key_establishment", "signature")


def test_a_block_of_64_bits_is_weak_whatever_the_key():
    small = ["DES", "3DES", "RC2", "RC5", "Blowfish", "IDEA", "CAST5", "SKIPJACK", "HIGHT", "Magma", "GOST-28147-89"]
    small += ["MISTY1", "KASUMI", "PRESENT-128"]
    for id in small:
        row = algorithms()[id]
        assert (row.kind, row.class_, row.category) == ("cipher", "already_weak", 0), id
    said = {row.id for row in ROWS if "64 bits" in row.source or "GOST-R-34.12-2015-64" in row.names}
    assert said <= set(small)


@pytest.mark.parametrize("curve", ["E-382", "M-383"])
def test_curves_of_like_size_are_of_like_strength(curve):
    assert algorithms()[curve].strength == 190


def test_no_id_or_name_means_two_things():
    assert len(read("algorithms.csv")) == len(ROWS)
    met = {}
    for row in ROWS:
        for name in (row.id, *row.names):
            assert met.setdefault(squash(name), row.id) == row.id, name
    words = [squash(word) for words in WORDS.values() for word in words.split()]
    assert not set(words) & set(vocabulary())


def test_no_identifier_means_two_things():
    rows = read("identifiers.csv")
    keys = [(row["register"], row["identifier"]) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert row["register"] in REGISTERS
        assert row["source"]
        form = {"oid": r"[0-2](\.(0|[1-9]\d*))+", "alias": r".+"}.get(row["register"], r"0x[0-9a-f]{4}")
        assert re.fullmatch(form, row["identifier"]), row


def test_every_identifier_is_read_by_the_rules():
    unread = [oid for oid, name in identifiers("oid").items() if not judge(parse(name)).algorithm]
    assert unread == []
    assert [alias for alias in identifiers("alias") if not judge(parse(alias)).algorithm] == []


def test_an_identifier_below_a_known_arc_is_of_it():
    assert oid_name("2.16.840.1.101.3.4.1.999") == "AES"
    assert oid_name("1.2.3.4.5") == ""
    assert oid_name("2.5.29.15") == ""


def test_every_name_is_read_as_its_own_row():
    for row in ROWS:
        for name in (row.id, *row.names):
            assert parse(name).rows == (row,), name


def test_identifiers_agree_with_an_independent_list():
    """Those that the library of certificates knows, by its own names."""
    from cryptography.hazmat._oid import _SIG_OIDS_TO_HASH, PublicKeyAlgorithmOID, SignatureAlgorithmOID

    keys = {name: oid for name, oid in vars(PublicKeyAlgorithmOID).items() if not name.startswith("_")}
    signatures = {name: oid for name, oid in vars(SignatureAlgorithmOID).items() if not name.startswith("_")}
    hashes = {oid.dotted_string: hash_.name for oid, hash_ in _SIG_OIDS_TO_HASH.items() if hash_}
    assert len(keys) > 5
    assert len(signatures) > 15
    for name, oid in (keys | signatures).items():
        dotted = oid.dotted_string
        if name == "UNSIGNED":
            continue
        assert dotted in identifiers("oid"), name
        parts = parse(identifiers("oid")[dotted])
        first = re.split(r"[_-]", name)[0].replace("RSAES", "RSA").replace("RSASSA", "RSA")
        assert first.casefold() in squash(parts.rows[0].id) or first in ("EC", "GOSTR3410", "GOSTR3411"), name
        if dotted in hashes:
            assert squash(hashes[dotted]) in [squash(hashed.id) for hashed in parts.of("hash")], name


@pytest.mark.parametrize("name", ["resources.csv", "survey.csv", "offsets.csv"])
def test_figures_say_where_they_are_from(name):
    for row in read(name):
        assert row["source"] or row["evidence"] == "assumption"


def test_offsets_and_survey_hold_what_the_threat_needs():
    assert {row["family"] for row in read("offsets.csv")} == {"rsa", "ecc", "ffdh"}
    assert all(row["evidence"] == "assumption" for row in read("offsets.csv"))
    points = {(row["curve"], int(row["within"])): float(row["chance"]) for row in read("survey.csv")}
    assert len(points) == 10
    assert points["optimistic", 10] == 0.49
    assert points["pessimistic", 30] == 0.81
