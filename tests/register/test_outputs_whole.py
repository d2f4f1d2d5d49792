"""From a register on disk to an output, and back through our own reader; what is at stake."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.register.extracts import made

from lotrinh.base.calendar import Quarter
from lotrinh.base.issues import UsageError
from lotrinh.cli.register._extract import opened
from lotrinh.register.outputs.cyclonedx import cyclonedx_bytes
from lotrinh.register.outputs.stake import at_stake
from lotrinh.register.outputs.statement import state
from lotrinh.register.store import Register
from lotrinh.register.threat import default

OWNERS = """system,title,organisation,owner,criticality,classification,shelf_life,evidence
pay,Payments,Bank,Head of payments,high,secret,10,expert
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("register")
    (place / "made.cdx.json").write_bytes(cyclonedx_bytes(made(80)))
    (place / "owners.csv").write_text(OWNERS, encoding="utf-8")
    kept = Register(place / "kept")
    kept.add([place / "owners.csv"], workers=1)
    kept.add([place / "made.cdx.json"], system="pay", workers=1)
    return place / "kept"


def test_a_register_is_opened_with_its_work_and_deadlines(folder: Path) -> None:
    found = opened(folder, None, "eu")
    assert found.name == "kept"
    assert not found.scheduled
    assert found.items.height > 0
    assert set(found.items["policy"]) & set(found.rules["policy"])
    assert found.at_stake["at_stake"].sum() > 0
    figures = state(found).as_dict()["inventory"]["figures"]
    assert figures["owned"]["value"] == 1.0


def test_no_policy_no_deadline(folder: Path) -> None:
    assert set(opened(folder, None, "").items["due"]) == {""}


def test_a_pack_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"nist"):
        opened(folder, None, "nits")


def test_what_goes_out_comes_back(folder: Path) -> None:
    ours = made(80).assets
    back = opened(folder, None, "").assets
    for kind in ("certificate", "key"):
        mine = ours.filter(pl.col("kind").is_in([kind, "host_key"] if kind == "key" else [kind]))
        assert back.filter(kind=kind).height == mine.height
    certificates = (
        ours.filter(kind="certificate").select("subject", "issuer", "not_before", "not_after").sort("subject")
    )
    assert back.filter(kind="certificate").select(certificates.columns).sort("subject").equals(certificates)
    endpoints = ours.filter(pl.col("kind").is_in(["endpoint", "protocol"]))
    assert set(back.filter(kind="protocol")["suites"]) == set(endpoints["suites"])
    assert set(ours["component"]) == set(back["component"])


def test_at_stake_is_what_the_last_rate_adds() -> None:
    items = pl.DataFrame(
        {
            "item": ["a", "b", "c"],
            "function": ["already_weak", "already_weak", ""],
            "shelf_life": [1.0] * 3,
            "trust_life": [1.0] * 3,
            "family": ["rsa"] * 3,
            "value": [1.0, 2.0, 3.0],
        }
    )
    found = at_stake(items, default(), Quarter(2027, 1), 8, 5.0)
    assert found.rows() == [("a", pytest.approx(2.0 + 5.0)), ("b", pytest.approx(14.0)), ("c", 0.0)]


def test_the_command_from_end_to_end(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from lotrinh.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["register", "export", str(folder), "-o", str(tmp_path / "r.md"), "--policy", "eu", "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["status"] == "written"
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# Migration")
