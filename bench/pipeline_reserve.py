"""A reserve list that looks ahead: for the orders of any plan, whatever the programme.

Lotrinh's own list ranks a project by what it brings by itself, so a first stage that only opens the way to others ranks
last; and it begins whatever there is room for, even where that no longer pays. Here both look at all that follows.
"""

from __future__ import annotations

import numpy as np

from lotrinh.assessment.orders import Orders, option_worth, orders, ranked_reserve
from lotrinh.measures.paths import Decisions
from lotrinh.measures.quantities import Quantities

PAYS = 1e-9
"""What a start must bring to be worth it."""


def with_followers(q: Quantities) -> np.ndarray:
    """Return what beginning each project in a quarter is worth beyond its cost, with the best of all that follows.

    Those that wait for it begin when they are worth most, or never; -inf where it may not begin, shape (P, T + 1).
    """
    options, horizon = q.options, q.horizon
    worth = np.full((len(q.programme.projects), horizon + 1), -np.inf)
    found = option_worth(q) - q.programme.settings.money_weight * options.cost
    for project in sorted(range(len(worth)), key=lambda one: -len(q.ancestors[one])):  # who follows comes first
        mine = options.project == project
        np.maximum.at(worth[project], np.maximum(options.start[mine], 0), found[mine])
        best = np.append(np.maximum.accumulate(np.maximum(worth[project], 0.0)[::-1])[::-1], 0.0)
        for after, before, lag in q.links:
            if after == project:
                first = options.project == before
                found[first] += best[np.minimum(options.end[first] + lag, horizon + 1)]
    return worth


def looking_ahead(q: Quantities, decisions: Decisions) -> Orders:
    """Return orders whose reserve list looks ahead.

    It ranks a project by what it, and all that follows from it, is worth once its predecessors have delivered. None of
    it begins after the last quarter in which that still pays.
    """
    worth = with_followers(q)
    best = np.max(worth, axis=1, initial=0.0) / np.maximum(q.chain_chance, 1e-12)
    last = np.max(np.where(worth > PAYS, np.arange(q.horizon + 1), -1), axis=1)
    made = orders(q, decisions, sorted(ranked_reserve(q, decisions), key=lambda entry: -best[entry[0]]))
    late = (made.projects["reserve"] == 1) & (made.projects["give_up"] > last)
    made.projects["give_up"][late] = last[late]
    return made
