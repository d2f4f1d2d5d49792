r"""What remains of usable capability when the worst supplier, a country or a firm, withdraws: N-1.

```{math}
\min_c \frac{\sum_k \omega_k\,U_{k}(L - R_{c})}{\sum_k \omega_k\,U_{k}(L)} \qquad
R_{c,k,t+1} = (1-\delta_k)\,R_{c,k,t} + \sum_m \text{reliance}_{m,c}\,E_{k,m,t+1-d_m}\,x_{m,t+1-d_m}
```

Of what a mode has built, the share that relies on the supplier is taken away and the foundations are applied anew; a
country takes its firms with it. The scope may be one capability. The share is that at the end of the last quarter; with
``from``, that at the end of every year from there on, of which the worst counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lotrinh.measures.paths import Paths, usable_levels, weighted
from lotrinh.measures.quantities import LEVEL_TOP, Floats, Ints, Quantities
from lotrinh.plan.linear import Axis, Builder
from lotrinh.plan.statements import Statement, share, states, tag, worst
from lotrinh.plan.variables import Variables
from lotrinh.programme.entities import Directive

TITLE = "Usable capability left after the worst withdrawal"
UNIT = "share"
SCOPES = ("capabilities",)
HARD = (">=",)


def remaining(paths: Paths, directive: Directive, at: int) -> Floats:
    """Return the share left after each withdrawal at a state, shape (S, withdrawals): countries first, then firms."""
    q = paths.quantities
    weight = _weight(q, directive)
    whole = weighted(paths.usable[:, :, at], weight)
    level = np.maximum(paths.level[:, :, at, None] - paths.relied(at).swapaxes(1, 2), 0.0)
    left = weight @ usable_levels(level, q.foundations)
    return share(left, np.broadcast_to(whole[:, None], left.shape), 1.0)


def measure(paths: Paths, directive: Directive) -> Floats:
    """Return the share left after the worst withdrawal in each scenario, shape (S,)."""
    each = [remaining(paths, directive, at).min(axis=1, initial=1.0) for at in states(paths.quantities, directive)]
    return worst(directive, np.stack(each, axis=1))


def _weight(q: Quantities, directive: Directive) -> Floats:
    if directive.scope == "all":
        return q.weight
    return np.array([float(name == directive.scope) for name in q.programme.capabilities.ids])


def rows(build: Builder, q: Quantities, v: Variables, directive: Directive) -> list[Statement]:
    """Return that at each state what remains is at least the threshold of the whole.

    The whole is a variable that is not below the true usable level: for each capability at least one of its limits
    (level, top of the scale, foundations) binds it from below, chosen by 0/1 variables.
    """
    return [found for at in states(q, directive) for found in _rows(build, q, v, directive, at)]


def _rows(build: Builder, q: Quantities, v: Variables, directive: Directive, at: int) -> Iterator[Statement]:
    weight, kinds, names = _weight(q, directive), q.programme.capabilities.ids, [name for name, _ in q.withdrawals]
    each = np.arange(len(kinds))
    whole = build.add_columns("whole", [*_when(q, directive, at, each), (kinds, each)], high=LEVEL_TOP)
    _from_below(build, q, v, whole, directive, at)
    option, capability, expected = q.option_gains
    ended = q.options.end[option] <= at
    option, capability, expected = option[ended], capability[ended], expected[ended]
    decay = (1.0 - q.depreciation[capability]) ** (at - q.options.end[option])
    for w, (name, suppliers) in enumerate(q.withdrawals):
        relied = q.mode_suppliers[:, suppliers].sum(axis=1)[q.options.mode[option]]
        axes = [*_when(q, directive, at, each), (names, np.full(len(kinds), w)), (kinds, each)]
        left = build.add_columns("left", axes, high=LEVEL_TOP)
        entry = [(each, left, 1.0), (each, v.level[:, at], -1.0), (capability, v.x[option], relied * decay * expected)]
        build.add_rows("directive_left", axes, entry, high=0.0)
        if q.foundations:
            above, below, share_of = (np.array(column) for column in zip(*q.foundations, strict=True))
            entry = [(np.arange(len(above)), left[above], share_of), (np.arange(len(above)), left[below], -1.0)]
            pairs = [(names, np.full(len(above), w)), (kinds, above), (kinds, below)]
            pairs = [*_when(q, directive, at, above), *pairs]
            build.add_rows("directive_left_foundations", pairs, entry, high=0.0)
        columns = np.concatenate([left, whole])
        values = np.concatenate([weight, -directive.threshold * weight])
        about = f"{q.calendar.at(at)},{name}"
        yield Statement(columns, values, 0.0, about, float(weight @ q.target))


def _when(q: Quantities, directive: Directive, at: int, rows: Ints) -> list[Axis]:
    """Return the axes that name the directive and the state in every one of `rows`."""
    return [tag(directive, len(rows)), ([str(q.calendar.at(at))], np.zeros(len(rows), dtype=np.int64))]


def _from_below(build: Builder, q: Quantities, v: Variables, whole: Ints, directive: Directive, at: int) -> None:
    """Hold `whole` at or above one of the limits of each usable level."""
    kinds = q.programme.capabilities.ids
    highest = q.level_start + np.bincount(q.gains[1], weights=q.gains[2] * 2.0, minlength=len(kinds))
    limits: dict[int, list[tuple[int, float, float]]] = {
        k: [(int(v.level[k, at]), 1.0, float(highest[k]))] for k in range(len(kinds))
    }
    for k, j, weight in q.foundations:
        limits[k].append((int(whole[j]), 1.0 / weight, LEVEL_TOP / weight))
    for k, bounds in limits.items():
        one = [*_when(q, directive, at, np.array([k])), (kinds, np.array([k]))]
        if len(bounds) == 1 and highest[k] <= LEVEL_TOP:
            build.add_rows("directive_whole", one, [(0, whole[k], 1.0), (0, bounds[0][0], -1.0)], low=0.0)
            continue
        limit = np.arange(len(bounds) + 1)
        axes = [*_when(q, directive, at, limit), (kinds, np.full(len(limit), k)), (_NUMBERS, limit)]
        free = build.add_columns("free", axes, high=1.0, whole=True)
        column = np.array([column for column, _, _ in bounds])
        factor = np.array([factor for _, factor, _ in bounds])
        most = np.array([most for _, _, most in bounds] + [LEVEL_TOP])
        build.add_rows(
            "directive_whole",
            axes,
            [(limit, whole[k], 1.0), (limit[:-1], column, -factor), (limit, free, most)],
            low=np.append(np.zeros(len(bounds)), LEVEL_TOP),
        )
        build.add_rows("directive_one", one, [(0, free, 1.0)], high=len(limit) - 1.0)


_NUMBERS = [str(number) for number in range(1, 100)]
