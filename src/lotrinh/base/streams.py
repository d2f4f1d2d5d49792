"""Named random streams: every draw has a name of its own, so the same seed gives it the same luck in every plan."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=4096)
def _key(name: str) -> tuple[int, ...]:
    digest = hashlib.sha256(name.encode("utf-8")).digest()[:16]
    return tuple(int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4))


def stream(seed: int, name: str, batch: int = 0) -> np.random.Generator:
    """Return the generator of a name and batch under a seed; generators of different names are independent."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, batch, *_key(name)])))
