"""Imports: what they tell, that they change nothing twice, what they keep and what they never keep."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from tests.register.feeder import ODD, many, write

from lotrinh.base.issues import DataError, UsageError
from lotrinh.register import gather, importing, pool
from lotrinh.register.sheets import System
from lotrinh.register.store import Register

PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIplantedplantedplanted\n-----END EC PRIVATE KEY-----"


def marks(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "lock"
    }


def test_an_empty_register_is_empty(tmp_path: Path) -> None:
    register = Register(tmp_path / "none")
    assert register.assets().is_empty()
    assert register.holdings().is_empty()
    assert register.links().is_empty()
    assert register.sightings().collect().is_empty()
    assert register.problems() == []
    assert register.systems() == register.sheet("windows") == []
    assert not (tmp_path / "none").exists()


def test_what_an_import_tells(fed: Register, tmp_path: Path) -> None:
    many(tmp_path / "in" / "a", 8)
    many(tmp_path / "in" / "b", 8, first=4, system="")
    added = fed.add([tmp_path / "in"], workers=1)
    assert (added.changed, added.generation, added.sightings, added.fresh, added.known) == (True, 1, 16, 12, 0)
    assert [(s.name, s.tool, s.sightings, s.known) for s in added.sources] == [
        ("a", "scanner 1.0", 8, False),
        ("b", "scanner 1.0", 8, False),
    ]
    assert added.classes == fed.classes()
    assert sum(added.classes.values()) == 12
    added = fed.add([many(tmp_path / "c", 6, first=10)], workers=1)
    assert (added.fresh, added.known) == (4, 2)
    assert [entry["sightings"] for entry in fed.manifest().imports] == [16, 6]


def test_adding_again_changes_nothing(fed: Register, tmp_path: Path) -> None:
    path = many(tmp_path / "a", 20)
    fed.add([path], workers=1, seen=date(2026, 1, 1))
    before = marks(fed.path)
    for seen in (None, date(2026, 1, 1)):
        added = fed.add([path, path, tmp_path / "a"], workers=1, seen=seen)
        assert not added.changed
        assert [source.known for source in added.sources] == [True]
        assert marks(fed.path) == before


def test_another_day_told_is_another_sighting_unless_the_file_tells_its_own(fed: Register, tmp_path: Path) -> None:
    undated, dated = many(tmp_path / "a", 2), many(tmp_path / "b", 2, first=9, seen="2026-01-05")
    for day in (1, 2, 1):
        fed.add([undated, dated], workers=1, seen=date(2026, 1, day))
    assert sorted(fed.assets().select("location", "sightings", "last_seen").rows()) == [
        ("file0.c:1", 2, date(2026, 1, 2)),
        ("file1.c:1", 2, date(2026, 1, 2)),
        ("file10.c:1", 1, date(2026, 1, 5)),
        ("file9.c:1", 1, date(2026, 1, 5)),
    ]


def test_days_that_are_none_are_the_day_of_the_import(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 1, seen="yesterday")], workers=1, seen=date(2026, 1, 1))
    assert fed.assets()["last_seen"].to_list() == [date(2026, 1, 1)]


def test_problems_are_kept_with_their_place(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "b", 1)], workers=1)
    path = write(tmp_path / "a", odd=[3, 5])
    assert len(fed.add([path], workers=1).problems) == 2
    found = fed.problems()
    assert [(issue.kind, issue.place.file, issue.place.row, issue.value) for issue in found] == [
        (ODD, "a", 3, "odd"),
        (ODD, "a", 5, "odd"),
    ]
    assert not fed.add([path], workers=1).changed
    write(tmp_path / "a", odd=[3])
    assert fed.add([path], workers=1).changed


def test_values_of_keys_are_never_kept(fed: Register, tmp_path: Path) -> None:
    row = {"kind": "key", "name": "k", "location": PEM, "reference": "r" + PEM.lower()}
    added = fed.add([write(tmp_path / "a", row, {"kind": "key", "name": "fine"}, tool=f"t {PEM}")], workers=1)
    assert sorted((p.kind.code, p.place.column) for p in added.problems) == [
        ("R801", "location"),
        ("R801", "reference"),
    ]
    assert len(fed.assets()) == 2
    written = b"".join(path.read_bytes() for path in fed.path.iterdir()).lower()
    assert b"planted" not in written
    assert "planted" not in str(fed.sightings().collect().to_dicts()).lower()


@pytest.mark.parametrize("value", [None, 5, "\ud800", ["x"]])
def test_a_field_of_a_wrong_type_loses_nothing_else(fed: Register, tmp_path: Path, value: object) -> None:
    fed.add([write(tmp_path / "a", {"kind": "algorithm", "algorithm": "RSA", "location": value})], workers=1)
    assert fed.assets()["algorithm"].to_list() == ["RSA"]


def test_numbers_out_of_range(fed: Register, tmp_path: Path) -> None:
    rows = [{"kind": "endpoint", "host": f"h{n}", "port": port} for n, port in enumerate([10**12, -1, "443", 1.5])]
    fed.add([write(tmp_path / "a", *rows)], workers=1)
    assert len(fed.assets()) == 4


def test_a_reader_that_fails_is_a_problem(fed: Register, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("{")
    added = fed.add([tmp_path / "bad", many(tmp_path / "a", 3)], workers=1)
    assert [problem.kind for problem in added.problems] == [gather.READER]
    assert added.fresh == 3


def test_large_files_are_cut_into_segments(fed: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "CHUNK", 7)
    fed.add([many(tmp_path / "a", 30)], workers=1)
    assert len(fed.manifest().files["sightings"]) == 5
    assert len(fed.assets()) == 30
    assert sorted(fed.sightings().collect()["location"]) == sorted(f"file{n}.c:1" for n in range(30))


def test_many_small_segments_are_joined(fed: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MANY", 4)
    monkeypatch.setattr(importing, "CHUNK", 40)
    paths = [many(tmp_path / str(n), 15, first=10 * n) for n in range(9)]
    for path in paths:
        fed.add([path], workers=1)
        assert len(fed.manifest().files["sightings"]) <= 6
    other = Register(tmp_path / "other")
    other.add(paths, workers=1)
    assert fed.assets().equals(other.assets())
    assert len(fed.sightings().collect()) == 9 * 15


def test_sheets_are_kept_and_the_latest_row_of_a_key_counts(fed: Register, tmp_path: Path) -> None:
    first = [{"system": "a", "vendor": "X", "shelf_life": 7.5}, {"system": "b"}]
    fed.add([write(tmp_path / "one", systems=first)], workers=1, seen=date(2026, 1, 1))
    fed.add([write(tmp_path / "two", systems=[{"system": "a", "vendor": "Y"}])], workers=1, seen=date(2026, 1, 2))
    assert [(row.system, row.vendor, row.shelf_life) for row in fed.systems()] == [("a", "Y", None), ("b", "", None)]
    fed.add([write(tmp_path / "one", systems=first[:1])], workers=1, seen=date(2026, 1, 3))
    assert [(row.system, row.vendor, row.shelf_life) for row in fed.systems()] == [("a", "X", 7.5)]
    assert isinstance(fed.systems()[0], System)


def test_teaching_classifies_anew_and_keeps_every_id(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 3, algorithm="house-cipher-x")], workers=1)
    before = fed.assets()
    assert set(before["class"]) == {"unknown"}
    sheet = tmp_path / "taught.csv"
    sheet.write_text(
        "name,algorithm,class,family,function,evidence\nhouse-cipher-*,,forge_later,ecc,signature,expert\n"
    )
    assert fed.teach(sheet).changed
    after = fed.assets()
    assert set(after["class"]) == {"forge_later"}
    assert after["asset"].equals(before["asset"])
    assert not fed.teach(sheet).changed
    sheet.write_text("name,class,evidence\nx,nonsense,expert\n")
    with pytest.raises(DataError, match="nonsense"):
        fed.teach(sheet)
    assert fed.assets().equals(after)


def test_what_is_taught_before_counts_afterwards(fed: Register, tmp_path: Path) -> None:
    sheet = tmp_path / "taught.csv"
    sheet.write_text("name,class,evidence\nhouse-cipher-x,grover_margin,expert\n")
    fed.teach(sheet)
    fed.add([many(tmp_path / "a", 3, algorithm="house-cipher-x")], workers=1)
    assert set(fed.assets()["class"]) == {"grover_margin"}


def test_teaching_again_forgets_nothing_and_the_latest_row_of_a_name_wins(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 1, algorithm="house-x"), many(tmp_path / "b", 1, algorithm="house-y", port=1)])
    sheet = tmp_path / "taught.csv"
    lines = {"x": "house-x,hybrid,expert\n", "y": "house-y,grover_margin,expert\n", "z": "house-x,forge_later,expert\n"}

    def teach(*names: str) -> tuple[bool, dict[str, str]]:
        sheet.write_text("name,class,evidence\n" + "".join(lines[name] for name in names))
        changed = fed.teach(sheet).changed
        return changed, dict(fed.assets().select("algorithm", "class").iter_rows())

    assert teach("x") == (True, {"house-x": "hybrid", "house-y": "unknown"})
    assert teach("y") == (True, {"house-x": "hybrid", "house-y": "grover_margin"})
    assert teach("z") == (True, {"house-x": "forge_later", "house-y": "grover_margin"})
    assert teach("y")[0] is False
    assert teach("x", "y") == (True, {"house-x": "hybrid", "house-y": "grover_margin"})
    assert teach("z") == (True, {"house-x": "forge_later", "house-y": "grover_margin"})
    assert len(fed.sheet("taught")) == 2


def test_what_comes_to_nothing_leaves_nothing(fed: Register, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "empty"
    folder.mkdir(parents=True)
    for register in (fed, Register(tmp_path / "deep" / "er")):
        added = register.add([folder, write(tmp_path / "a", odd=[3])], workers=1)
        assert (added.generation, added.read, len(added.problems)) == (0, False, 1)
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError):
        Register(tmp_path / "mine").teach(tmp_path / "nowhere.csv")
    assert not fed.path.exists()
    assert not (tmp_path / "deep").exists()
    assert list((tmp_path / "mine").iterdir()) == []


def test_teaching_makes_no_folder_of_another_kind_into_a_register(tmp_path: Path) -> None:
    (tmp_path / "taught.csv").write_text("name,class,evidence\nx,hybrid,expert\n")
    with pytest.raises(UsageError, match="no register"):
        Register(tmp_path).teach(tmp_path / "taught.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["taught.csv"]


def test_no_day_is_later_than_that_of_the_import(fed: Register, tmp_path: Path) -> None:
    today = date.today()
    rows = [{"kind": "algorithm", "algorithm": "RSA", "location": place, "seen": "2999-01-01"} for place in "xy"]
    added = fed.add([write(tmp_path / "a", *rows)], workers=1)
    assert [(p.kind.code, p.is_error, p.value) for p in added.problems] == [("R806", False, "2999-01-01")]
    assert set(fed.assets()["last_seen"]) == set(fed.sources()["day"]) == {today}
    assert not fed.add([tmp_path / "a"], workers=1).changed
    fed.add([write(tmp_path / "a", rows[0] | {"seen": today.isoformat()})], workers=1)
    assert len(fed.assets()) == 1  # the later scan counts, although the earlier one said it was of 2999
    with pytest.raises(UsageError, match="still to come"):
        fed.add([tmp_path / "a"], workers=1, seen=date(2999, 1, 1))


def test_looks_at_once_see_one_generation(fed: Register, tmp_path: Path) -> None:
    fed.add([many(tmp_path / "a", 2)], workers=1)
    tries = []

    def look(held: Register) -> tuple[int, int]:
        before = len(held.assets())
        if len(tries) < 2:  # one import leaves the files that are read, the second deletes them
            for _ in range(len(tries) + 1):
                tries.append(1)
                Register(fed.path).add([many(tmp_path / f"b{len(tries)}", 2, first=2 * len(tries))], workers=1)
        return before, len(held.assets())

    assert fed.at_once(look) == (2, 2)
    assert len(fed.assets()) == 4
    assert fed.at_once(look) == (8, 8)


def test_only_a_folder_of_its_own_becomes_a_register(fed: Register, tmp_path: Path) -> None:
    path = many(tmp_path / "in" / "a", 1)
    with pytest.raises(UsageError, match="no register"):
        Register(tmp_path / "in").add([path], workers=1)
    with pytest.raises(UsageError, match="is a file"):
        Register(path).add([path], workers=1)
    assert [entry.name for entry in (tmp_path / "in").iterdir()] == ["a"]


def test_processes_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(4):
        components = [
            {
                "type": "cryptographic-asset",
                "bom-ref": str(n),
                "name": "RSA-2048",
                "cryptoProperties": {"assetType": "algorithm"},
                "evidence": {"occurrences": [{"location": f"f{n}.c", "line": 1}]},
            }
            for n in range(10 * at, 10 * at + 10)
        ]
        content = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}
        (tmp_path / f"{at}.json").write_text(json.dumps(content))
    files = [tmp_path / f"{at}.json" for at in range(4)]
    one, two = Register(tmp_path / "one"), Register(tmp_path / "two")
    one.add(files, workers=1)
    monkeypatch.setattr(pool, "JOB_FILES", 1)
    watched: list[tuple[int, int]] = []
    two.add(files, workers=2, watch=lambda done, count: watched.append((done, count)))
    assert len(two.assets()) == 40
    assert one.assets().equals(two.assets())
    assert watched[-1] == (4, 40)
