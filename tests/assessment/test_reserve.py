"""The reserve list: who stands on it, in which order, and until when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.plan.builders import build

from lotrinh.assessment.draws import Chances
from lotrinh.assessment.orders import orders
from lotrinh.assessment.reserve import option_worth, ranked_reserve, with_followers
from lotrinh.assessment.simulate import simulate
from lotrinh.base.examples import example
from lotrinh.measures.paths import Decisions, follow, value
from lotrinh.measures.quantities import Quantities
from lotrinh.programme.load import load


def test_the_worth_of_an_option_is_what_it_adds_at_most() -> None:
    """By brute force: the objective with the option alone less that without it; what is built and lost again, targets
    and foundations are left aside, so no option adds more than it is ranked by.
    """
    q = Quantities(load(example("small")))
    q.__dict__["foundations"], q.__dict__["target"] = (), np.full(len(q.level_start), 1e9)
    bare = Decisions.nothing(q)
    base, worth, close = follow(q, bare), option_worth(q), 0
    for x in range(0, len(q.options), 7):
        option = bare.option.copy()
        option[q.options.project[x]] = x
        path = follow(q, replace(bare, option=option))
        paid = float((path.money - base.money)[0] @ q.discount[: q.horizon]) * q.programme.settings.money_weight
        added = float(value(path)[0] - value(base)[0]) + paid
        assert added <= worth[x] + 1e-9
        close += added > 0.4 * worth[x]
    assert close > 0.8 * len(range(0, len(q.options), 7))


@pytest.mark.parametrize("seed", range(4))
def test_the_list_holds_what_can_still_be_done(seed: int) -> None:
    q = Quantities(load(example("vietnam" if seed % 2 else "small")))
    dice = np.random.default_rng(seed)
    decisions = Decisions.nothing(q)
    for project in range(len(decisions.option)):
        mine = np.flatnonzero(q.options.project == project)
        if len(mine) and dice.random() < 0.5:
            decisions.option[project] = dice.choice(mine)
    funded = set(np.flatnonzero(decisions.option >= 0).tolist())
    opened = set(q.project_field[sorted(funded)].tolist())
    found = ranked_reserve(q, decisions)
    listed = [project for project, _, _ in found]
    assert len(listed) == len(set(listed))
    assert not set(listed) & funded
    assert {int(q.project_field[project]) for project in listed} <= opened
    before = {(a, b) for a, b, _ in q.links}
    assert all(b in funded or b in listed for a, b in before if a in listed)
    for project, mode, last in found:
        mine = q.options.mode == mode
        assert q.mode_project[mode] == project
        assert (q.options.start[mine] == last).any()


def test_a_first_stage_is_worth_what_it_opens() -> None:
    """Alone it brings nothing; what waits for it brings a product."""
    q = Quantities(
        build(
            modes={"A": {"duration": 2, "cost_likely": 1}, "B": {"duration": 2, "cost_likely": 1}},
            projects={"A": {}, "B": {"product_en": "Thing", "product_value": 8.0}},
            project_links=[("B", "A", 0)],
            settings={"quarters": 12, "money_weight": 0.1},
        )
    )
    own, all_ = option_worth(q), with_followers(q)
    first = q.options.project == q.programme.projects.position("A")
    assert (own[first] == 0).all()
    assert all_[first].max() > 1.0
    assert all_[first][-1] < all_[first][0]


def test_nothing_begins_that_no_longer_pays() -> None:
    q = Quantities(load(example("vietnam")))
    decisions = Decisions.nothing(q)
    x = int(np.flatnonzero(q.options.start == 0)[0])
    decisions.option[q.options.project[x]] = x
    o = orders(q, decisions)
    last = {project: quarter for project, _, quarter in ranked_reserve(q, decisions)}
    started = simulate(q, o, Chances(q, o, 0).batch(0, 256).desk).paths.started
    for project, quarter in last.items():
        begun = started[:, project] < q.horizon
        assert (started[begun, project] <= quarter).all()
