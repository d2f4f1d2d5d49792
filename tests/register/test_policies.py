"""Policy packs: those that are shipped, what they say of an item, and a pack of the user's own."""

from functools import partial

import pytest

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import DataError, UsageError
from lotrinh.register.algorithms import algorithms
from lotrinh.register.items import ITEM_KINDS
from lotrinh.register.policies import allowed, applying, due, load, packs

PACKS = packs()
KE = {"function": "key_establishment", "class_": "harvest_now", "family": "ecc", "strength": 128}
SIGN = {"function": "signature", "class_": "forge_later", "family": "rsa", "strength": 112}


def test_every_pack_is_listed_and_every_rule_has_a_source():
    assert set(PACKS) == {"nist", "us", "cnsa", "ncsc", "eu", "bsi", "anssi", "asd", "canada", "india", "g7", "vietnam"}
    ids = [rule.rule for pack in PACKS.values() for rule in pack.rules]
    assert len(set(ids)) == len(ids)
    for pack in PACKS.values():
        assert str(pack.title)
        assert str(pack.note)
        for rule in pack.rules:
            assert rule.rule.startswith(pack.id)
            assert rule.source
            assert rule.note
            assert rule.standing in ("secondary", "press"), "no text itself was read"
            assert rule.deadline or rule.allowed


def test_vietnam_has_no_rule_until_somebody_writes_one():
    assert PACKS["vietnam"].rules == ()
    assert due(PACKS["vietnam"], **KE, criticality="critical") == (None, "")
    assert allowed(PACKS["vietnam"], "RSA-2048") is None


@pytest.mark.parametrize(
    ("pack", "facts", "deadline", "rule"),
    [
        ("nist", {**SIGN}, "2035Q4", "nist-disallowed"),
        ("us", {**KE, "criticality": "high"}, "2030Q4", "us-ke"),
        ("us", {**SIGN, "criticality": "critical"}, "2031Q4", "us-signature"),
        ("us", {**KE, "criticality": "medium"}, "", ""),
        ("cnsa", {**SIGN, "kind": "firmware"}, "2030Q4", "cnsa-firmware"),
        ("cnsa", {**KE, "kind": "vpn_gateway"}, "2030Q4", "cnsa-network"),
        ("cnsa", {**KE, "kind": "endpoint"}, "2033Q4", "cnsa-software"),
        ("cnsa", {**KE, "kind": "own_code"}, "2035Q4", "cnsa-ke"),
        ("ncsc", {**KE, "criticality": "low"}, "2035Q4", "ncsc-all"),
        ("ncsc", {**KE, "criticality": "high"}, "2031Q4", "ncsc-priority"),
        ("eu", {**KE, "criticality": "high"}, "2030Q4", "eu-high"),
        ("eu", {**KE, "criticality": "medium"}, "2035Q4", "eu-medium"),
        ("eu", {**KE, "criticality": "low"}, "", ""),
        ("bsi", {**KE}, "2031Q4", "bsi-ke"),
        ("bsi", {**KE, "criticality": "critical"}, "2030Q4", "bsi-ke-very-high"),
        ("bsi", {**KE, "family": "ffdh"}, "2029Q4", "bsi-ffdh"),
        ("bsi", {**SIGN}, "2035Q4", "bsi-signature"),
        ("asd", {**SIGN}, "2030Q4", "asd-signature"),
        ("canada", {**KE}, "2035Q4", "canada-all"),
        ("india", {**KE, "criticality": "critical"}, "2028Q4", "india-cii-priority"),
        ("india", {**KE, "criticality": "low"}, "2033Q4", "india-all"),
        ("g7", {**KE, "criticality": "critical"}, "2032Q4", "g7-critical"),
        ("anssi", {**KE, "criticality": "critical"}, "", ""),
    ],
)
def test_due(pack, facts, deadline, rule):
    found, by = due(PACKS[pack], **facts)
    assert (str(found) if found else "", by) == (deadline, rule)


def test_what_a_quantum_computer_does_not_break_is_never_due():
    for pack in PACKS.values():
        for class_ in ("post_quantum", "hybrid", "grover_margin", "already_weak", "unknown"):
            assert due(pack, function="key_establishment", class_=class_, criticality="critical") == (None, "")


WEAK = {"function": "already_weak", "class_": "already_weak", "strength": 80}


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("criticality", ["low", "medium", "high", "critical"])
@pytest.mark.parametrize("kind", ["", *ITEM_KINDS])
def test_what_is_weak_already_is_never_due_later_than_what_is_not(pack, criticality, kind):
    for family in ("rsa", "ecc", "ffdh", *([""] if kind in ("endpoint", "ssh_host", "vpn_gateway") else [])):
        where = {"family": family, "criticality": criticality, "kind": kind}
        weak = due(PACKS[pack], **WEAK, **where)[0]
        for facts in (KE, SIGN):
            strong = due(PACKS[pack], **{**facts, **where})[0]
            assert strong is None or (weak is not None and str(weak) <= str(strong)), (facts, family)


def test_a_weak_certificate_of_a_critical_system_is_not_due_after_a_strong_one_beside_it():
    import polars as pl

    from lotrinh.register.sheets import System
    from lotrinh.register.workitems import made

    facts = {"kind": "certificate", "algorithm_id": "RSA", "family": "rsa", "function": "signature"}
    weak = {"asset": "weak", "subject": "CN=weak", "class": "already_weak", "strength": 80}
    strong = {"asset": "strong", "subject": "CN=strong", "class": "forge_later", "strength": 112}
    holdings = pl.DataFrame({"asset": ["weak", "strong"], "system": ["A", "A"]})
    links = pl.DataFrame(schema={"asset": pl.String, "depends": pl.String})
    system = System(system="A", evidence="expert", criticality="critical")
    for pack in PACKS.values():
        work = made(pl.DataFrame([facts | weak, facts | strong]), holdings, links, [system], due=partial(due, pack))
        dates = {row["class"]: row["due"] for row in work.items.iter_rows(named=True) if row["assets"]}
        assert (dates["already_weak"] or "9999") <= (dates["forge_later"] or "9999"), pack.id


def test_a_weak_item_has_the_earliest_deadline_of_either_function():
    assert due(PACKS["us"], **WEAK, family="rsa", criticality="critical") == (Quarter(2030, 4), "us-ke")
    assert due(PACKS["bsi"], **WEAK, family="ecc") == (Quarter(2031, 4), "bsi-ke")
    signed = {**WEAK, "function": "signature"}
    assert due(PACKS["us"], **signed, family="rsa", criticality="critical") == (Quarter(2031, 4), "us-signature")


def test_what_is_weak_and_of_no_family_is_due_only_where_keys_are_established():
    assert due(PACKS["nist"], **WEAK, kind="own_code") == (None, "")
    assert due(PACKS["nist"], **WEAK, kind="vpn_gateway") == (Quarter(2035, 4), "nist-disallowed")


def test_an_unknown_family_is_taken_for_any_that_a_rule_names():
    assert due(PACKS["asd"], **{**KE, "family": ""}) == (Quarter(2030, 4), "asd-ke")
    assert due(PACKS["asd"], **{**SIGN, "family": ""}) == (Quarter(2030, 4), "asd-signature")
    assert due(PACKS["bsi"], **{**KE, "family": ""}) == (Quarter(2029, 4), "bsi-ffdh")
    assert due(PACKS["asd"], function="key_establishment", class_="hybrid") == (None, "")


def test_a_family_that_a_source_does_not_name_has_no_date_from_it():
    assert due(PACKS["asd"], **{**KE, "family": "ffdh"}) == (None, "")
    assert all("not named" in rule.note for rule in PACKS["asd"].rules if rule.families)


def test_a_more_critical_system_is_never_due_later():
    for pack in PACKS.values():
        for facts in (KE, SIGN):
            found = [due(pack, **facts, criticality=each)[0] for each in ("low", "medium", "high", "critical")]
            dates = [str(each or "9999") for each in found]
            assert dates == sorted(dates, reverse=True)


def test_nist_deprecates_what_is_below_128_bits_first():
    weak = [rule.rule for rule in applying(PACKS["nist"], _verdict(strength=112))]
    strong = [rule.rule for rule in applying(PACKS["nist"], _verdict(strength=128))]
    assert weak == ["nist-112-deprecated", "nist-disallowed"]
    assert strong == ["nist-disallowed"]


def _verdict(strength):
    from lotrinh.register.judge import Verdict

    return Verdict("RSA", "rsa", "forge_later", "signature", strength)


@pytest.mark.parametrize(
    ("pack", "algorithm", "answer"),
    [
        ("cnsa", "ML-KEM-1024", True),
        ("cnsa", "ML-KEM-768", False),
        ("cnsa", "ML-DSA-87", True),
        ("cnsa", "LMS", True),
        ("cnsa", "SLH-DSA-SHA2-256s", False),
        ("cnsa", "AES-256", True),
        ("cnsa", "AES-128", False),
        ("cnsa", "SHA-384", True),
        ("cnsa", "HMAC-SHA-256", None),
        ("cnsa", "RSA-4096", False),
        ("asd", "ML-KEM-1024", True),
        ("asd", "ML-DSA-65", False),
        ("bsi", "X25519MLKEM768", True),
        ("bsi", "ML-KEM-1024", False),
        ("bsi", "ECDH-P-256", False),
        ("nist", "ML-KEM-512", None),
        ("nist", "RSA-2048", False),
        ("anssi", "ML-KEM-768", None),
        ("anssi", "X25519MLKEM768", True),
    ],
)
def test_allowed(pack, algorithm, answer):
    assert allowed(PACKS[pack], algorithm) is answer


def test_allowed_algorithms_are_in_the_table():
    for pack in PACKS.values():
        for rule in pack.rules:
            assert set(rule.allowed.split()) <= set(algorithms())


def test_a_pack_of_ones_own(tmp_path):
    path = tmp_path / "bank.csv"
    path.write_text(
        "rule,scope,function,action,deadline,source,standing\nbank-1,high,,disallowed,2029-Q2,Board,primary\n", "utf-8"
    )
    pack = load(path)
    assert pack.id == str(pack.title) == "bank"
    assert due(pack, **KE, criticality="high") == (Quarter(2029, 2), "bank-1")
    assert due(pack, **KE, criticality="low") == (None, "")


def test_every_error_of_a_pack_is_told_with_its_row(tmp_path):
    path = tmp_path / "bank.csv"
    path.write_text(
        "rule,scope,kinds,action,deadline,allowed,standing\n"
        "a,huge,,disallowed,2029Q2,,primary\n"
        "b,low,router firmware,forbidden,2029Q5,ML-KEM-1025,primary\n"
        "b,low,,disallowed,,,primary\n",
        "utf-8",
    )
    with pytest.raises(DataError) as caught:
        load(path)
    told = {(issue.kind.code, issue.place.row, issue.place.column) for issue in caught.value.issues}
    assert told == {
        ("P117", 2, "scope"),
        ("R301", 3, "kinds"),
        ("P117", 3, "action"),
        ("P120", 3, "deadline"),
        ("R301", 3, "allowed"),
        ("R302", 4, "rule"),
    }
    with pytest.raises(UsageError):
        load(tmp_path / "none.csv")
