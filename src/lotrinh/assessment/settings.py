"""How a plan is assessed: how many futures, from which seed, by whom."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLERS = ("random", "sobol")
ENGINES = ("threads", "processes", "dask", "ray")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSettings:
    """Settings of an assessment; all but `engine` and `workers` change its numbers, and stand in its manifest.

    Attributes
    ----------
    futures, seed: how many, and of which luck.
    sampler: ``random``, or ``sobol`` for quasi-random numbers.
    uncertain: whether the numbers of the data whose range is stated are drawn from it, too.
    scenario: name of a stress, empty for none; see `lotrinh.assessment.stress`.
    engine, workers: who works on the batches; the numbers are the same.
    """

    futures: int = 10_000
    seed: int = 0
    sampler: str = "random"
    uncertain: bool = False
    scenario: str = ""
    engine: str = "threads"
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuse settings that nobody can follow."""
        limits = {"futures": (1, 100_000_000), "seed": (0, 2**31 - 1), "workers": (1, 4096)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high}, not {value}")
        for name, known in {"sampler": SAMPLERS, "engine": ENGINES}.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)}")
