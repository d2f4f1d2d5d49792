"""The reserve list: what a plan leaves out and freed money may still begin, ranked by all that follows from it."""

from __future__ import annotations

import numpy as np

from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Floats, Quantities

PAYS = 1e-9
"""What a start must bring beyond its cost to be worth it."""


def ranked_reserve(q: Quantities, decisions: Decisions) -> list[tuple[int, int, int]]:
    """Return (project, mode, last start) of what the plan leaves out but could still do, best for the money first.

    Only projects of fields that the plan opens, whose predecessors the plan or the list has. A project is ranked by
    what it and all that follows from it is worth once its predecessors have delivered, and does not begin after the
    last quarter in which that still pays.
    """
    options, chosen = q.options, decisions.chosen
    funded = set(options.project[chosen].tolist())
    opened = set(q.project_field[options.project[chosen]].tolist())
    net = with_followers(q)
    worth = net / np.maximum(q.chain_chance[options.project], 1e-12) / np.maximum(options.cost, 1e-6)
    best: dict[int, int] = {}
    for x in np.argsort(-worth, kind="stable").tolist():
        project = int(options.project[x])
        if project not in funded and int(q.project_field[project]) in opened and net[x] > PAYS:
            best.setdefault(project, x)
    able = funded | set(best)
    while missing := {a for a, b, _ in q.links if a in best and b not in able}:
        for project in missing:
            able.discard(best.pop(project, -1))
            able.discard(project)
    found = []
    for project, x in best.items():
        pays = (options.mode == options.mode[x]) & (net > PAYS)
        found.append((project, int(options.mode[x]), int(options.start[pays].max())))
    return found


def with_followers(q: Quantities) -> Floats:
    """Return what each option is worth beyond its cost, with the best of all that follows from it, shape (X,).

    Who waits for it begins when that is worth most, or never.
    """
    options, horizon = q.options, q.horizon
    found = option_worth(q) - q.programme.settings.money_weight * options.cost
    for project in sorted(range(len(q.programme.projects)), key=lambda one: -len(q.ancestors[one])):
        mine = options.project == project
        worth = np.full(horizon + 2, -np.inf)
        np.maximum.at(worth, np.maximum(options.start[mine], 0), found[mine])
        best = np.maximum.accumulate(np.maximum(worth, 0.0)[::-1])[::-1]
        for after, before, lag in q.links:
            if after == project:
                first = options.project == before
                found[first] += best[np.minimum(options.end[first] + lag, horizon + 1)]
    return found


def option_worth(q: Quantities) -> Floats:
    """Return what each option is worth by itself: gains valued at the weight of their capability, and its product.

    Foundations and targets are left aside: it only ranks, shape (X,).
    """
    option, capability, expected = q.option_gains
    stands = q.years_ahead[q.options.end[option]] + q.programme.settings.terminal * q.discount[-1]
    return q.product_worth + np.bincount(
        option, weights=q.weight[capability] * expected * stands, minlength=len(q.options)
    )
