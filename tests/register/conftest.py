"""A register that is fed with sightings as tests write them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.register import feeder

from lotrinh.register import reading
from lotrinh.register.store import Register


@pytest.fixture
def fed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    """Return an empty register; files for it are written by `feeder.write`."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # no test cuts the power, and waiting for the disk takes long
    monkeypatch.setattr(reading, "sources", feeder.sources)
    monkeypatch.setattr(reading, "batches", feeder.batches)
    return Register(tmp_path / "register")
