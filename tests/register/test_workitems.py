"""Which assets become which work items, what these are worth, and what comes first."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotrinh.base.calendar import Quarter
from lotrinh.register.classes import CLASSES, FUNCTIONS
from lotrinh.register.items import COSTS, EDGES, EFFORTS, ITEM_KINDS, ITEMS
from lotrinh.register.sheets import Cost, Effort, Progress, System
from lotrinh.register.sightings import KINDS
from lotrinh.register.work import effort, need, order, place
from lotrinh.register.workitems import Work, made

TODAY = date(2026, 11, 20)
EFFECT = {"harvest_now": "key_establishment", "forge_later": "signature", "already_weak": "already_weak"}


def asset(name: str, kind: str = "endpoint", class_: str = "harvest_now", **facts: Any) -> dict[str, Any]:
    base = {"asset": name, "kind": kind, "class": class_, "system": "A", "last_seen": date(2026, 11, 1), "depends": ()}
    if kind == "endpoint":
        base |= {"host": f"{name}.example", "port": 443, "protocol": "tls"}
    if kind == "host_key":
        base |= {"host": f"{name}.example", "port": 22, "protocol": "ssh"}
    if kind == "certificate":
        base |= {"subject": f"CN={name}", "not_before": "2026-01-01", "not_after": "2028-01-01", "authority": "no"}
    return base | facts


def work_of(rows: list[dict[str, Any]], systems: tuple[System, ...] = (), **more: Any) -> Work:
    names = [*need.TEXTS, *need.NUMBERS, *need.DAYS]
    plain = [{name: row.get(name) for name in names} for row in rows]
    assets = pl.DataFrame(plain, schema_overrides=dict.fromkeys(need.TEXTS, pl.String), infer_schema_length=None)
    held = [(row["asset"], one) for row in rows for one in row["system"].split() or [""]]
    holdings = pl.DataFrame(held, schema={"asset": pl.String, "system": pl.String}, orient="row")
    pairs = [(row["asset"], other) for row in rows for other in row["depends"]]
    links = pl.DataFrame(pairs, schema={"asset": pl.String, "depends": pl.String}, orient="row")
    return made(assets, holdings, links, systems, today=TODAY, **more)


def system(name: str, **facts: Any) -> System:
    return System(system=name, evidence="expert", **facts)


def items(work: Work) -> list[dict[str, Any]]:
    return list(work.items.filter(pl.col("kind") != order.MILESTONE).iter_rows(named=True))


def only(work: Work) -> dict[str, Any]:
    (found,) = items(work)
    return found


def item_of(work: Work, name: str) -> str:
    return str(work.members.filter(pl.col("asset") == name)["item"].item())


def apart(work: Work) -> dict[str, int]:
    return {reason: count for reason, count in work.apart.iter_rows() if count}


def after(work: Work, name: str) -> set[str]:
    """Return every item that comes before that of an asset, milestones left out."""
    before: dict[str, set[str]] = {}
    for item, earlier in work.edges.iter_rows():
        before.setdefault(item, set()).add(earlier)
    found: set[str] = set()
    queue = [item_of(work, name)]
    while queue:
        for each in before.get(queue.pop(), set()) - found:
            found.add(each)
            queue.append(each)
    return {each for each in found if not each.startswith("MS-")}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (asset("a", "certificate", "forge_later", trust_store="yes"), "public_root"),
        (asset("a", test="yes"), "test"),
        (asset("a", "certificate", "forge_later", not_after="2026-11-19"), "expired"),
        (asset("a", class_="hybrid"), "migrated"),
        (asset("a", class_="post_quantum"), "migrated"),
        (asset("a", class_="grover_margin"), "margin"),
        (asset("a", class_="unknown"), "unknown"),
        (asset("a", class_=""), "unknown"),
    ],
)
def test_what_is_no_work_is_counted_by_its_reason(row: dict[str, Any], reason: str) -> None:
    work = work_of([row])
    assert items(work) == []
    assert apart(work) == {reason: 1}


def test_a_certificate_is_valid_on_its_last_day() -> None:
    assert (
        only(work_of([asset("a", "certificate", "forge_later", not_after="2026-11-20")]))["kind"] == "leaf_certificate"
    )


def test_a_certificate_gives_way_to_its_successor_once_it_is_seen_no_more() -> None:
    old = asset(
        "old", "certificate", "forge_later", subject="CN=x", not_before="2025-01-01", last_seen=date(2026, 1, 1)
    )
    new = asset("new", "certificate", "forge_later", subject="CN=x", not_before="2026-01-01")
    assert apart(work_of([old, new])) == {"superseded": 1}
    assert apart(work_of([old | {"last_seen": new["last_seen"]}, new])) == {}
    assert apart(work_of([old | {"system": "B"}, new])) == {}


@pytest.mark.parametrize(
    ("row", "kind", "function"),
    [
        (asset("a"), "endpoint", "key_establishment"),
        (asset("a", class_="already_weak"), "endpoint", "already_weak"),
        (asset("a", protocol="ssh"), "ssh_host", "key_establishment"),
        (asset("a", "host_key", "forge_later"), "ssh_host", "signature"),
        (asset("a", protocol="ike"), "vpn_gateway", "key_establishment"),
        (asset("a", "protocol", protocol="wireguard", component="gw"), "vpn_gateway", "key_establishment"),
        (asset("a", "protocol", protocol="tls", host="h"), "endpoint", "key_establishment"),
        (asset("a", "protocol", protocol="tls", component="app"), "own_code", "key_establishment"),
        # What can be forged is the binding of name and key, whatever the key itself is for.
        (asset("a", "certificate"), "leaf_certificate", "signature"),
        (asset("a", "certificate", "already_weak"), "leaf_certificate", "already_weak"),
        (asset("a", "certificate", "post_quantum", signature_class="forge_later"), "leaf_certificate", "signature"),
        (asset("a", "certificate", signature_class="already_weak"), "leaf_certificate", "already_weak"),
        (asset("a", "certificate", authority="yes"), "internal_ca", "signature"),
        (asset("a", "algorithm", component="openssl", component_kind="library"), "library", "key_establishment"),
        (asset("a", "algorithm", "forge_later", component="fw", component_kind="firmware"), "firmware", "signature"),
        (asset("a", "algorithm", "forge_later", location="m/src/A.java"), "own_code", "signature"),
        (asset("a", "key", component="vault", component_kind="hsm"), "hsm_kms", "key_establishment"),
        (asset("a", "key", component="HSM 01", component_kind="device"), "hsm_kms", "key_establishment"),
        (asset("a", "key", location="pkcs11/slot0"), "hsm_kms", "key_establishment"),
        (asset("a", "key", component="softhsmlike", component_kind="library"), "library", "key_establishment"),
        (asset("a", "key", location="keys/a.pem"), "own_code", "key_establishment"),
    ],
)
def test_where_work_is_done_and_what_it_is_about(row: dict[str, Any], kind: str, function: str) -> None:
    found = only(work_of([row]))
    assert (found["kind"], found["function"], found["assets"]) == (kind, function, 1)
    assert place.kind_of(found["item"]) == kind


def test_the_signature_on_a_safe_key_tells_the_family() -> None:
    row = asset("a", "certificate", "post_quantum", signature_class="forge_later", signature_id="ECDSA-P-256")
    assert only(work_of([row]))["family"] == "ecc"


def test_endpoints_are_one_item_for_each_host_and_port() -> None:
    twice = [asset("a", host="H.example"), asset("b", host="h.example"), asset("c", host="h.example", port=8443)]
    assert sorted(row["assets"] for row in items(work_of(twice))) == [1, 2]


def test_uses_are_grouped_by_library_and_version_and_code_by_module() -> None:
    library = {"component": "openssl", "component_kind": "library"}
    rows = [
        asset("a", "algorithm", component_version="1", **library),
        asset("b", "algorithm", component_version="1", location="x/y", **library),
        asset("c", "algorithm", component_version="3", **library),
        asset("d", "algorithm", location="m1/src/main/A.java"),
        asset("e", "algorithm", location="m1\\src\\util\\B.java"),
        asset("f", "algorithm", location="m2/C.java"),
    ]
    work = work_of(rows)
    assert item_of(work, "a") == item_of(work, "b") != item_of(work, "c")
    assert item_of(work, "d") == item_of(work, "e") != item_of(work, "f")
    assert len(items(work)) == 4


def test_the_worst_in_an_item_counts_and_what_is_weak_has_a_queue_of_its_own() -> None:
    library = {"component": "openssl", "component_kind": "library"}
    rows = [
        asset("a", "algorithm", "harvest_now", family="rsa", strength=112, **library),
        asset("b", "algorithm", "harvest_now", family="ecc", strength=128, **library),
        asset("c", "algorithm", "already_weak", **library),
    ]
    weak, key = sorted(items(work_of(rows)), key=lambda row: str(row["function"]))
    assert (weak["function"], weak["class"], weak["assets"]) == ("already_weak", "already_weak", 1)
    assert (key["family"], key["class"], key["assets"]) == ("ecc", "harvest_now", 2)


def test_a_key_goes_with_its_certificate() -> None:
    certificate = asset("cert", "certificate", "forge_later", key_fingerprint="k")
    key = asset("key", "key", "forge_later", key_fingerprint="k", location="a/b.pem")
    work = work_of([certificate, key])
    assert item_of(work, "key") == item_of(work, "cert")
    assert only(work)["assets"] == 2
    elsewhere = work_of([certificate, key | {"system": "B"}])
    assert item_of(elsewhere, "key") != item_of(elsewhere, "cert")


def test_an_authority_held_by_many_systems_is_one_item_of_the_most_valuable() -> None:
    held = asset("ca", "certificate", "forge_later", authority="yes", key_fingerprint="k", system="A B C")
    renewed = held | {"asset": "ca2", "system": "A"}
    work = work_of([held, renewed], (system("A"), system("B", criticality="critical"), system("C")))
    assert (only(work)["system"], only(work)["assets"]) == ("B", 2)
    assert work.members.height == 4


def test_a_leaf_certificate_is_an_item_in_each_system_that_holds_it() -> None:
    assert [row["system"] for row in items(work_of([asset("a", "certificate", "forge_later", system="A B")]))] == [
        "A",
        "B",
    ]


def test_value_and_years_come_from_the_owner_or_by_grade() -> None:
    told = system(
        "A", value=3.0, shelf_life=7.0, trust_life=9.0, organisation="O", calendar="c", vendor_ready=Quarter(2028, 2)
    )
    found = only(work_of([asset("a")], (told,)))
    assert (found["value"], found["shelf_life"], found["trust_life"]) == (3.0, 7.0, 9.0)
    assert (found["team"], found["calendar"], found["release"], found["evidence"]) == ("O", "c", "2028Q2", "expert")
    graded = only(work_of([asset("a")], (system("A", criticality="high", classification="secret", team="T"),)))
    assert (graded["value"], graded["shelf_life"], graded["team"], graded["evidence"]) == (
        0.004,
        20.0,
        "T",
        "assumption",
    )
    stranger = only(work_of([asset("a", system="")]))
    assert (stranger["system"], stranger["value"], stranger["team"]) == ("", 0.001, "*")


def test_an_authority_is_trusted_until_it_runs_out_unless_its_owner_says_otherwise() -> None:
    row = asset("a", "certificate", "forge_later", authority="yes", not_after="2036-11-20")
    assert only(work_of([row]))["trust_life"] == pytest.approx(10.0, abs=0.01)
    assert only(work_of([row], (system("A", trust_life=4.0),)))["trust_life"] == 4.0


def test_value_is_shared_over_kinds_and_functions_first() -> None:
    rows = [asset("a"), *(asset(f"c{at}", "certificate", "forge_later") for at in range(10))]
    found = {row["kind"]: row["value"] for row in items(work_of(rows, (system("A", value=2.0),)))}
    assert found == {"endpoint": 1.0, "leaf_certificate": pytest.approx(0.1)}


def test_what_was_migrated_keeps_its_share_so_the_rest_is_worth_no_more() -> None:
    both = work_of([asset("a"), asset("b")], (system("A", value=2.0),))
    one = work_of([asset("a"), asset("b", class_="hybrid", function="key_establishment")], (system("A", value=2.0),))
    assert [row["value"] for row in items(both)] == [1.0, 1.0]
    assert only(one)["value"] == 1.0
    assert one.settled["state"].to_list() == ["migrated"]
    assert item_of(one, "b") == item_of(both, "b")


def progress(item: str, state: str = "done", **facts: Any) -> Progress:
    return Progress(item=item, state=state, evidence="expert", **facts)


def test_what_is_done_or_accepted_is_no_work() -> None:
    rows = [asset("a"), asset("b"), asset("c")]
    first = work_of(rows)
    sheet = [
        progress(item_of(first, "a")),
        progress(item_of(first, "b"), "accepted"),
        progress(item_of(first, "c"), "begun"),
    ]
    work = work_of(rows, sheets={"progress": sheet})
    assert only(work)["item"] == item_of(first, "c")
    assert apart(work) == {"accepted": 1, "done": 1}
    assert sorted(work.settled["state"]) == ["accepted", "done"]


def test_what_was_done_but_is_seen_unchanged_afterwards_is_work_again() -> None:
    item = only(work_of([asset("a")]))["item"]
    rows = [asset("a", last_seen=date(2026, 11, 1))]
    assert items(work_of(rows, sheets={"progress": [progress(item, quarter=Quarter(2026, 3))]}))
    assert not items(work_of(rows, sheets={"progress": [progress(item, quarter=Quarter(2026, 4))]}))


def test_the_policy_is_asked_for_each_item() -> None:
    def due(**row: Any) -> tuple[Quarter | None, str]:
        assert set(row) == {"kind", "function", "family", "class_", "strength", "criticality"}
        return (Quarter(2030, 4), "R1") if row["function"] == "key_establishment" else (None, "")

    work = work_of([asset("a"), asset("b", "certificate", "forge_later")], due=due)
    assert {row["kind"]: (row["due"], row["policy"]) for row in items(work)} == {
        "endpoint": ("2030Q4", "R1"),
        "leaf_certificate": ("", ""),
    }


def hierarchy(system_: str = "A", leaves: int = 1) -> list[dict[str, Any]]:
    root = asset("root", "certificate", "forge_later", authority="yes", key_fingerprint="r", issuer_key="r", system="P")
    issuing = root | {"asset": "ca", "subject": "CN=ca", "key_fingerprint": "c"}
    facts = {"issuer_key": "c", "system": system_}
    return [root, issuing, *(asset(f"leaf{at}", "certificate", "forge_later", **facts) for at in range(leaves))]


def test_certificates_come_after_their_authorities() -> None:
    work = work_of(hierarchy())
    assert after(work, "leaf0") == {item_of(work, "ca"), item_of(work, "root")}
    assert after(work, "ca") == {item_of(work, "root")}
    assert after(work, "root") == set()


def test_an_issuer_is_found_by_name_where_its_key_is_not_known() -> None:
    ca = asset("ca", "certificate", "forge_later", authority="yes", issuer="CN=ca")
    leaf = asset("leaf", "certificate", "forge_later", issuer="CN=ca")
    work = work_of([ca, leaf])
    assert after(work, "leaf") == {item_of(work, "ca")}


def test_what_signs_moves_after_the_modules_and_authorities_of_its_system_and_nothing_else_waits_for_them() -> None:
    module = asset("hsm", "key", component="hsm", component_kind="hsm")
    signs = asset("code", "algorithm", "forge_later", location="m/A.java")
    others = [asset("end"), asset("weak", class_="already_weak"), asset("other", system="B")]
    work = work_of([*hierarchy(), module, signs, *others])
    assert after(work, "code") == {item_of(work, name) for name in ("hsm", "ca", "root")}
    assert item_of(work, "hsm") in after(work, "leaf0")
    assert after(work, "end") == after(work, "weak") == after(work, "other") == after(work, "hsm") == set()


def test_dependencies_are_kept_inside_a_system_and_not_on_what_a_certificate_describes() -> None:
    library = asset("lib", "algorithm", component="openssl", component_kind="library", system="A B")
    work = work_of([library, asset("app", "algorithm", location="m/A.java", depends=("lib",))])
    mine = work.members.filter((pl.col("asset") == "lib") & (pl.col("system") == "A"))["item"].item()
    assert after(work, "app") == {mine}
    described = work_of([asset("lib", "algorithm"), asset("c", "certificate", "forge_later", depends=("lib",))])
    assert described.edges.height == 0


def test_an_endpoint_that_signs_waits_for_its_certificate_and_key_establishment_does_not() -> None:
    leaf = asset("leaf", "certificate", "forge_later")
    work = work_of([leaf, asset("sign", class_="forge_later", depends=("leaf",)), asset("key", depends=("leaf",))])
    assert after(work, "sign") == {item_of(work, "leaf")}
    assert after(work, "key") == set()


def test_a_system_comes_after_those_its_owner_names_by_few_pairs() -> None:
    many = 50
    rows = [asset(f"{name}{at}", system=name.upper()) for name in "abc" for at in range(many)]
    work = work_of(rows, (system("A"), system("B"), system("C", after="A B nobody")))
    assert after(work, "c7") == {item_of(work, f"{name}{at}") for name in "ab" for at in range(many)}
    assert after(work, "a0") == set()
    assert work.edges.height <= 3 * many + 2
    milestones = work.items.filter(pl.col("kind") == order.MILESTONE)
    assert milestones["value"].sum() == 0.0
    assert milestones["assets"].sum() == 0


def test_efforts_and_costs_of_the_register_replace_those_shipped_by_kind() -> None:
    own = {
        "efforts": [Effort(kind="endpoint", skill="X", low=1, effort=2, high=3, evidence="expert")],
        "costs": [Cost(kind="endpoint", cost=5.0, quarters=2, evidence="expert")],
    }
    work = work_of([asset("a")], sheets=own)
    assert work.efforts.filter(pl.col("kind") == "endpoint").rows() == [("endpoint", "X", 2.0, 1.0, 3.0, "expert")]
    assert work.costs.filter(pl.col("kind") == "endpoint").rows() == [("endpoint", 5.0, 2, "expert")]
    assert set(work.efforts["kind"]) == set(work.costs["kind"]) == set(ITEM_KINDS)


def test_shipped_efforts_are_in_order_and_assumptions() -> None:
    found = effort.efforts()
    assert found.select(((pl.col("low") <= pl.col("effort")) & (pl.col("effort") <= pl.col("high"))).all()).item()
    assert set(found["evidence"]) == set(effort.costs()["evidence"]) == {"assumption"}
    assert all(row["reason"] for row in (*effort.shipped("efforts"), *effort.shipped("costs")))
    assert set(place.CODES) == set(ITEM_KINDS)


def test_finished_items_correct_the_effort_of_their_kind_by_credibility() -> None:
    base = effort.efforts()
    likely = base.filter(pl.col("kind") == "endpoint")["effort"].sum()
    done = [progress(f"EP-{at}", effort=3.0 * likely) for at in range(5)]
    found = effort.recalibrate(base, [*done, progress("EP-x", "begun", effort=99.0), progress("nobody's", effort=9.0)])
    after_ = found.filter(pl.col("kind") == "endpoint")
    # Five finished items weigh as much as the estimate: half way from 1 to 3.
    assert after_["effort"].sum() == pytest.approx(2.0 * likely)
    assert found.filter(pl.col("kind") != "endpoint").equals(base.filter(pl.col("kind") != "endpoint"))
    many = effort.recalibrate(base, [progress(f"EP-{at}", effort=3.0 * likely) for at in range(5000)])
    assert many.filter(pl.col("kind") == "endpoint")["effort"].sum() == pytest.approx(3.0 * likely, rel=0.01)
    assert set(many.filter(pl.col("kind") == "endpoint")["evidence"]) == {"expert"}


@st.composite
def registers(draw: st.DrawFn) -> list[dict[str, Any]]:
    few = st.sampled_from(["", "x", "y"])
    rows = []
    for at in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(KINDS))
        row = asset(f"{at:020d}", kind, draw(st.sampled_from(CLASSES)))
        row |= {
            "system": draw(st.sampled_from(["", "A", "B", "A B"])),
            "component": draw(few),
            "component_kind": draw(st.sampled_from(["", "library", "application", "firmware", "hsm", "device"])),
            "component_version": draw(few),
            "location": draw(st.sampled_from(["", "a/b.c", "m/src/x.java"])),
            "host": draw(few),
            "protocol": draw(st.sampled_from(["", "tls", "ssh", "ike"])),
            "authority": draw(st.sampled_from(["yes", "no", ""])),
            "key_fingerprint": draw(few),
            "issuer_key": draw(few),
            "subject": draw(few),
            "issuer": draw(few),
            "not_before": draw(st.sampled_from(["", "2025-01-01", "2026-01-01"])),
            "not_after": draw(st.sampled_from(["", "2026-01-01", "2030-01-01"])),
            "last_seen": draw(st.sampled_from([date(2026, 1, 1), date(2026, 6, 1)])),
            "function": draw(st.sampled_from(["", "key_establishment", "signature"])),
            "signature_class": draw(st.sampled_from(CLASSES)),
            "family": draw(st.sampled_from(["rsa", "ecc", ""])),
            "trust_store": draw(st.sampled_from(["", "", "", "yes"])),
            "depends": tuple(draw(st.lists(st.integers(0, 24).map(lambda n: f"{n:020d}"), max_size=2))),
        }
        rows.append(row)
    return rows


OWNED = (system("A", value=5.0, after="B"), system("B", criticality="low"))


@settings(max_examples=25, deadline=None)
@given(registers(), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_is_lost(rows: list[dict[str, Any]], dice: random.Random) -> None:
    work = work_of(rows, OWNED)
    shuffled = list(rows)
    dice.shuffle(shuffled)
    again = work_of(shuffled, OWNED[::-1])
    for name in ("edges", "efforts", "costs", "members", "apart", "systems"):
        assert getattr(work, name).equals(getattr(again, name)), name
    values = pl.col("value").round(12)
    assert work.items.with_columns(values).equals(again.items.with_columns(values))
    _is_whole(work, rows)
    _is_right(work, rows)


def _is_whole(work: Work, rows: list[dict[str, Any]]) -> None:
    """Every asset is work in each system that holds it, once, or stands apart; values add up; edges join items."""
    assert dict(work.items.schema) == {
        name: pl.DataFrame(schema={name: kind}).schema[name] for name, kind in ITEMS.items()
    }
    assert work.items["item"].is_unique().all()
    assert not work.members.select("asset", "system").is_duplicated().any()
    held = {(row["asset"], one) for row in rows for one in row["system"].split() or [""]}
    placed = set(work.members.select("asset", "system").iter_rows())
    assert placed <= held
    todo = {row["item"]: row for row in items(work)}
    moved = work.members.filter(pl.col("item").is_in(list(todo)))
    assert sum(row["assets"] for row in todo.values()) <= moved.height
    for row in todo.values():
        assert row["function"] in FUNCTIONS
        assert row["kind"] in ITEM_KINDS
        assert row["assets"] >= 1
        assert row["item"].startswith(place.CODES[row["kind"]])
    known = set(work.items["item"])
    assert set(work.edges["item"]) | set(work.edges["after"]) <= known
    assert not work.edges.filter(pl.col("item") == pl.col("after")).height
    every = pl.concat([work.items.select("system", "value"), work.settled.select("system", "value")])
    worth = dict(work.systems.select("system", "worth").iter_rows())
    for name, value in every.group_by("system").agg(pl.col("value").sum()).iter_rows():
        assert value == pytest.approx(worth[name])


def _is_right(work: Work, rows: list[dict[str, Any]]) -> None:
    """Every asset in need of work is in one item of its class in each system that holds it."""
    functions = dict(work.items.select("item", "function").iter_rows())
    of = {(name, one): item for name, one, item in work.members.iter_rows()}
    for row in rows:
        certificate = row["kind"] == "certificate"
        classes = {row["class"], row["signature_class"]} if certificate else {row["class"]}
        gone = row["trust_store"] == "yes" or (certificate and (row["authority"] != "yes" or row["not_after"] < "2027"))
        for one in row["system"].split() or [""]:
            item = of.get((row["asset"], one), "")
            if not gone and classes & set(EFFECT):
                assert item in functions
            if item not in functions:
                continue
            if "already_weak" in classes:
                assert functions[item] == "already_weak"
            elif certificate or row["kind"] == "host_key" or place.kind_of(item) in ("leaf_certificate", "internal_ca"):
                assert functions[item] == "signature"
            elif row["class"] in EFFECT:
                assert functions[item] == EFFECT[row["class"]]


def test_empty_registers_have_no_work() -> None:
    work = work_of([])
    assert work.items.height == work.edges.height == work.members.height == 0
    assert list(work.items.columns) == list(ITEMS)
    assert list(work.edges.columns) == list(EDGES)
    assert list(work.efforts.columns) == list(EFFORTS)
    assert list(work.costs.columns) == list(COSTS)
