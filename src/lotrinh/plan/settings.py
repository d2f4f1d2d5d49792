"""How a plan is sought: limits, seed and threads. They stand in every plan file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """Settings of a search.

    Attributes
    ----------
    budget: budget scenario; empty for the programme's own.
    time_limit: seconds after which the best plan so far is taken.
    gap: proven gap at which the search stops, as a share of the bound.
    seed, threads: of the search. With one thread the same seed gives the same plan where the gap, not time, ends the
        search; with more, an improver works beside it and the plan may be another within the gap.
    """

    budget: str = ""
    time_limit: float = 120.0
    gap: float = 0.005
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        """Refuse settings that no search can follow."""
        limits = {"time_limit": (1e-3, 1e9), "gap": (0, 1), "seed": (0, 2**31 - 1), "threads": (1, 256)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high}, not {value}")
