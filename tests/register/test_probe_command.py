"""The command as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.register.tls_servers import MATRIX, context, serving, tls

from lotrinh.cli.main import main


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["register", "probe", *map(str, arguments)])
    return int(ended.value.code or 0), *capsys.readouterr()


def test_a_file_of_targets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hosts, output = tmp_path / "hosts.csv", tmp_path / "out.jsonl"
    with serving(tls(context(MATRIX["hybrid and fallback"]))) as port:
        hosts.write_text(f"target,system\n127.0.0.1:{port},S1\n", "utf-8")
        code, out, _ = call(capsys, "--targets", hosts, "-o", output, "--rate", 0, "--json")
        counts = {"asked": 1, "skipped": 0, "hybrid": 1, "post_quantum": 0, "classical": 0, "unknown": 0, "fallback": 1}
        assert (code, json.loads(out)) == (0, {"status": "probed", **counts, "output": str(output)})
        assert json.loads(output.read_text("utf-8"))["system"] == "S1"
        code, out, said = call(capsys, f"127.0.0.1:{port}", "-o", output, "--resume")
    assert (code, out) == (0, "")
    assert "Targets asked: 0;" in said
    assert "passed over: 1;" in said


def test_all_wrong_targets_are_told_and_nothing_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    code, out, _ = call(capsys, "10.0.0.0/8", "a.example", "no target", "-o", output)
    assert code == 3
    assert "N101" in out
    assert "N102" in out
    assert not output.exists()


def test_no_targets_and_no_pace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "-o", tmp_path / "out.jsonl")[0] == 2
    assert call(capsys, "localhost", "--timeout", 0, "-o", tmp_path / "out.jsonl")[0] == 2
