r"""Mean usable level in the worst tenth of futures in which projects succeed or fail by their chances, with its error.

```{math}
\text{CVaR}_{10\%} = \frac{1}{n} \sum_{i\text{ worst}} X_i \qquad
X_i = \frac{1}{|K|} \sum_k U^{(i)}_{k,\text{end}} \qquad n = \lceil 0.1\,N \rceil \qquad
\text{error} = \frac{\text{sd}\,(v - X)^+}{0.1\sqrt N}
```

The end is that of the last quarter in which the directive applies. Where the paths are themselves many futures, they
are the sample. For a plan, N = 2,000 scenarios of success are drawn for the chosen projects: a project delivers where
it and all before it succeed, else it leaves its failure share. The measure is that of Rockafellar and Uryasev (2000);
the standard error, in which v is the best of the worst tenth, is the large-sample one of Manistre and Hancock (2005).
The rule is watched, not held: the sample follows the plan.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths, usable_levels
from lotrinh.measures.quantities import Floats
from lotrinh.plan.statements import states
from lotrinh.programme.entities import Directive

TITLE = "Mean level in the worst tenth of futures"
UNIT = "level"
SCOPES = ()
SCENARIOS = 2000
WORST = 0.1


def sampled_levels(paths: Paths, at: int, scenarios: int = SCENARIOS, seed: int = 0) -> Floats:
    """Return the mean usable level at a state of sampled scenarios of a plan, shape (scenarios,)."""
    q, decisions = paths.quantities, paths.decisions
    if decisions is None:
        raise ValueError("only a plan can be sampled")
    options, chosen = q.options, decisions.chosen
    luck = np.random.default_rng(seed).random((scenarios, len(q.programme.projects)))
    works = np.zeros_like(luck, dtype=bool)
    works[:, options.project[chosen]] = luck[:, options.project[chosen]] < options.chance[chosen]
    reached = np.ones_like(works)
    for p, before in q.ancestors.items():
        if before:
            reached[:, p] = works[:, sorted(before)].all(axis=1)
    kept = np.array([row.failure_share for row in q.programme.projects])
    extra = reached * np.where(works, 1.0, kept)
    option, capability, expected = q.option_gains
    told = np.isin(option, chosen) & (options.end[option] <= at)
    option, capability, expected = option[told], capability[told], expected[told]
    project, chance = options.project[option], options.chance[option]
    mean = q.chain_chance[project] * (chance + (1.0 - chance) * kept[project])
    stands = expected * (1.0 - q.depreciation[capability]) ** (at - options.end[option])
    change = stands * (extra[:, project] / np.where(mean > 0, mean, np.inf) - (mean > 0))
    level = paths.level[0, :, at] + change @ (capability[:, None] == np.arange(len(q.level_start)))
    usable = usable_levels(np.maximum(level, 0.0)[:, :, None], q.foundations)[:, :, 0]
    return np.asarray(usable.mean(axis=1))


def sample(paths: Paths, directive: Directive) -> Floats:
    """Return the mean usable level at the end of each future, or of scenarios drawn for a plan, shape (N,)."""
    at = states(paths.quantities, directive)[-1]
    return np.asarray(paths.usable[:, :, at].mean(axis=1)) if len(paths.level) > 1 else sampled_levels(paths, at)


def of_sample(levels: Floats) -> tuple[float, float]:
    """Return the mean of the worst tenth of a sample, (N,), and its standard error."""
    size = len(levels)
    worst = np.sort(levels)[: int(np.ceil(WORST * size))]
    below = np.zeros(size)
    below[: len(worst)] = worst[-1] - worst
    return float(worst.mean()), float(below.std() / (WORST * np.sqrt(size)))


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the mean of the worst tenth, the same for every scenario, shape (S,)."""
    return np.full(len(paths.level), of_sample(sample(paths, directive))[0])


def error(paths: Paths, directive: Directive) -> Floats:
    """Return the standard error of the measure, the same for every scenario, shape (S,)."""
    return np.full(len(paths.level), of_sample(sample(paths, directive))[1])
