"""Ten files with planted private keys go the whole way: read, kept, scheduled, exported. No key is ever written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
from tests.register.reading_help import SCANS, shows
from tests.register.test_readers_secrets import FILES, SECRETS, _filled, bare, pem

from lotrinh.cli.main import launch
from lotrinh.register.store import Register

CAPACITY = "team,skill,from,until,amount,evidence\n*,SK-PQC,,,50,assumption\n*,SK-NET,,,50,assumption\n"
PLANTED = ("all.pem", "old.pem", "cut.pem", "key.der", "id_ed25519", "id_rsa", "store.jks", "authorized_keys")


def bill() -> str:
    """Return a CBOM with a key in every place where a tool may put one."""
    key = {
        "type": "cryptographic-asset",
        "name": pem("p256"),
        "bom-ref": bare("rsa2048"),
        "cryptoProperties": {
            "assetType": "related-crypto-material",
            "relatedCryptoMaterialProperties": {"type": "private-key", "value": bare("rsa2048"), "id": pem("rsa2048")},
        },
        "evidence": {"occurrences": [{"location": "conf/server.key", "additionalContext": pem("rsa2048")}]},
        "properties": [{"name": "snippet", "value": pem("ed25519")}],
    }
    algorithm = {
        "type": "cryptographic-asset",
        "name": "RSA-2048",
        "cryptoProperties": {"assetType": "algorithm", "algorithmProperties": {"primitive": "signature"}},
    }
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [key, algorithm]})


def sheet() -> str:
    """Return an ownership sheet with a key pasted into a cell."""
    pasted = pem("ed25519").replace("\n", " ")
    return f'system,owner,criticality,hosts,reason\nA,"{pasted}",high,*.a.example,"{bare("p256")}"\n'


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which everything stands that the whole way writes and prints."""
    given, folder = tmp_path_factory.mktemp("given"), tmp_path_factory.mktemp("written")
    for name in PLANTED:
        (given / name).write_bytes(FILES[name])
    (given / "bom.json").write_text(bill())
    (given / "systems.csv").write_text(sheet())
    scan = json.loads((SCANS / "sslyze.json").read_text())
    (given / "sslyze.json").write_text(
        json.dumps(scan | {"planted": _filled(scan["server_scan_results"], pem("p256"))})
    )
    assert len(list(given.iterdir())) >= 10
    capacity = given.parent / "capacity.csv"
    capacity.write_text(CAPACITY)
    register = folder / "register"
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", said)
        patch.setattr("sys.stderr", said)
        for lang in ("en", "vi"):
            run("register", "add", given, "--register", register, "--system", "A", lang=lang)
            run("register", "problems", register, lang=lang)
            run("register", "show", register, lang=lang)
            run("register", "unknown", register, lang=lang)
        run("waves", register, "--capacity", capacity, "--time-limit", 5, "-o", folder / "waves")
        for name in ("r.xlsx", "r.csv", "r.parquet", "r.ics", "r.cdx.json", "r.md", "r.statement.json"):
            run("register", "export", register, "-o", folder / name, "--waves", folder / "waves", "--policy", "eu")
    (folder / "said.txt").write_text(said.getvalue())
    return folder


def run(*tokens: object, lang: str = "en") -> None:
    assert launch(*map(str, tokens), lang=lang) in (0, 3)


def texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of every file, unpacked and decoded where it is packed or coded."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield path.name, path.read_bytes()
        if path.suffix == ".parquet":
            yield path.name, polars.read_parquet(path).write_ndjson().encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    yield f"{path.name}/{name}", packed.read(name)


def test_nothing_that_is_written_holds_a_planted_key(written: Path) -> None:
    seen = list(texts(written))
    assert len(seen) > 25
    for name, data in seen:
        text = data.decode("latin-1")
        assert "PRIVATE KEY-" not in text, name
        for secret in SECRETS:
            assert secret not in data, name
            assert not shows(text, secret), name


def test_the_planted_files_were_read_and_the_search_would_find_them(written: Path) -> None:
    kept = Register(written / "register")
    assert kept.assets().height >= 8
    assert {"key", "algorithm"} <= set(kept.assets()["kind"])
    assert "A" in {system.system for system in kept.systems()}
    spoilt = written / "register" / "spoilt.txt"
    spoilt.write_text(pem("rsa2048"))
    try:
        found = [name for name, data in texts(written) for s in SECRETS if shows(data.decode("latin-1"), s)]
        assert set(found) == {"spoilt.txt"}
    finally:
        spoilt.unlink()
