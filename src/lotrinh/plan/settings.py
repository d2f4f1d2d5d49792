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
        if self.time_limit <= 0 or self.gap < 0 or self.threads < 1 or self.seed < 0:
            raise ValueError("time_limit must be above 0, gap and seed at least 0, threads at least 1")
