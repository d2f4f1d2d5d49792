r"""Mean final usable level in the worst tenth of futures in which projects succeed or fail by their chances.

```{math}
\text{CVaR}_{10\%} = \frac{1}{\lceil 0.1\,N \rceil} \sum_{n\text{ worst}} \frac{1}{|K|} \sum_k U^{(n)}_{k,T}
```

Where the paths are themselves many futures, they are the sample. For a plan, 2,000 scenarios of success are drawn for
the chosen projects: a project delivers where it and all before it succeed, else it leaves its failure share. The
method is Rockafellar and Uryasev (2000). The rule is watched, not held: the sample follows the plan.
"""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Paths, usable_levels
from lotrinh.measures.quantities import Floats
from lotrinh.programme.entities import Directive

TITLE = "Mean final level in the worst tenth of futures"
UNIT = "level"
SCENARIOS = 2000
WORST = 0.1


def final_levels(paths: Paths, scenarios: int = SCENARIOS, seed: int = 0) -> Floats:
    """Return the mean final usable level of sampled scenarios of a plan, shape (scenarios,)."""
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
    level = np.repeat(paths.level[0, :, -1][None, :], scenarios, axis=0)
    option, capability, expected = q.option_gains
    for x, k, gain in zip(option, capability, expected, strict=True):
        if x in chosen:
            p = options.project[x]
            mean = q.chain_chance[p] * (options.chance[x] + (1.0 - options.chance[x]) * kept[p])
            decay = (1.0 - q.depreciation[k]) ** (q.horizon - options.end[x])
            level[:, k] += decay * gain * (extra[:, p] / mean - 1.0) if mean > 0 else 0.0
    usable = usable_levels(np.maximum(level, 0.0)[:, :, None], q.foundations)[:, :, 0]
    return np.asarray(usable.mean(axis=1))


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the mean of the worst tenth, the same for every scenario, shape (S,)."""
    many = len(paths.level) > 1
    final = paths.usable[:, :, -1].mean(axis=1) if many else final_levels(paths)
    worst = np.sort(final)[: int(np.ceil(WORST * len(final)))]
    return np.full(len(paths.level), worst.mean())
