"""The plan statement and the burndown."""

import datetime
import itertools
import re

import orjson
import polars as pl
import pytest
from tests.register.extracts import made

from lotrinh.base.calendar import Quarter
from lotrinh.base.text import speaking
from lotrinh.register.outputs.burndown import burndown
from lotrinh.register.outputs.extract import Extract, extract, use_of_all
from lotrinh.register.outputs.statement import figures, state
from lotrinh.register.outputs.statement_plan import yearly_needs
from lotrinh.register.sheets import Progress, System


@pytest.fixture(scope="module")
def small() -> Extract:
    return made(200)


@pytest.fixture(scope="module")
def content(small: Extract) -> dict[str, dict[str, object]]:
    return orjson.loads(orjson.dumps(state(small).as_dict()))


def value(content: dict[str, dict[str, object]], part: str, key: str) -> float:
    return content[part]["figures"][key]["value"]  # type: ignore[index, no-any-return]


def test_inventory_counts_the_register(content: dict[str, dict[str, object]], small: Extract) -> None:
    assert value(content, "inventory", "assets") == small.assets.height
    assert value(content, "inventory", "not_recognised") == small.assets.filter(pl.col("class") == "unknown").height
    assert sum(row["assets"] for row in content["inventory"]["by_class"]) == small.assets.height
    owned = {row.system for row in small.systems if row.owner}
    held = small.holdings.filter(pl.col("system").is_in(owned))["asset"].n_unique()
    assert value(content, "inventory", "owned") == pytest.approx(held / small.assets.height)


@pytest.mark.parametrize("grid", ["by_function", "by_criticality", "by_organisation"])
def test_priority_divides_all_work(grid: str, content: dict[str, dict[str, object]], small: Extract) -> None:
    rows = content["priority"][grid]
    assert sum(row["items"] for row in rows) == small.items.height
    assert sum(row["value"] for row in rows) == pytest.approx(small.items["value"].sum())
    assert sum(row["at_stake"] for row in rows) == pytest.approx(small.at_stake["at_stake"].sum())


def test_phases_end_where_the_schedule_does(content: dict[str, dict[str, object]], small: Extract) -> None:
    rows = content["phases"]["by_year"]
    assert sum(row["done"] for row in rows) == sum(row["begun"] for row in rows) == small.waves.height
    assert rows[-1]["items_share"] == pytest.approx(small.waves.height / small.items.height)
    assert all(row["done"] == row["key_establishment"] + row["signature"] + row["already_weak"] for row in rows)


def test_people_and_money_by_year_are_those_of_the_load(content: dict[str, dict[str, object]], small: Extract) -> None:
    people = {(row["year"], row["skill"]): row for row in content["resources"]["people_by_year"]}
    assert people["2027", "cryptography"]["used"] == pytest.approx(4 * 3 * 3.5)
    assert people["2027", "cryptography"]["persons"] == pytest.approx(3 * 3.5)
    money = {row["year"]: row for row in content["resources"]["funding_by_year"]}
    assert money["2028"]["used"] == pytest.approx(3 * 2.0)  # millions a year, in four quarters of a year
    assert money["2028"]["capacity"] == pytest.approx(3 * 3.0)


def test_needs_come_from_the_work_where_the_load_does_not_tell() -> None:
    x = made(200)
    bare = extract("r", items=x.items, waves=x.waves, efforts=x.efforts, costs=x.costs)
    needs = yearly_needs(bare)
    people = needs.filter(pl.col("skill") == "network")
    assert people["used"].sum() == pytest.approx(0.2 * x.waves.height)
    assert people["low"].sum() == pytest.approx(0.1 * x.waves.height)
    assert people["high"].sum() == pytest.approx(0.5 * x.waves.height)
    assert needs.filter(pl.col("skill") == "money")["used"].sum() == pytest.approx(0.01 * x.waves.height)


def test_the_row_of_all_teams_goes_before_those_of_each() -> None:
    rows = [("*", "a", 5.0), ("one", "a", 2.0), ("one", "b", 1.0), ("two", "b", 3.0)]
    load = pl.DataFrame([{"team": w, "skill": s, "quarter": "2027Q1", "used": u, "capacity": 9.0} for w, s, u in rows])
    assert use_of_all(extract("r", load=load).load)["used"].to_list() == [5.0, 4.0]


def test_money_by_year_and_at_a_rate_by_quarter_are_the_same() -> None:
    rates = [{"team": "*", "skill": "money", "quarter": f"2027Q{q}", "used": 2.0, "capacity": 4.0} for q in range(1, 5)]
    years = [{"team": "*", "skill": "money", "quarter": "2027", "used": 2.0, "capacity": 4.0}]
    one, two = (yearly_needs(extract("r", load=pl.DataFrame(rows))) for rows in (rates, years))
    assert one.select("year", "used", "capacity").equals(two.select("year", "used", "capacity"))


def test_milestones_tell_when_shares_are_reached() -> None:
    items = pl.DataFrame({"item": [f"i{n}" for n in range(10)], "function": ["signature"] * 10})
    waves = pl.DataFrame(
        {"item": [f"i{n}" for n in range(9)], "start": ["2027Q1"] * 9, "end": ["2027Q1"] * 5 + ["2028Q2"] * 4}
    )
    rows = state(extract("r", items=items, waves=waves)).as_dict()["milestones"]["by_function"]
    reached = [
        {"function": "signature", "items": 10, "first": "2027Q1", "half": "2027Q1", "most": "2028Q2", "all": None}
    ]
    assert rows == reached


def test_what_rests_on_assumptions_says_so(small: Extract) -> None:
    assert next(each for each in figures(small) if each.key == "people").assumed
    assert not next(each for each in figures(small) if each.key == "money").assumed
    sure = small.efforts.with_columns(evidence=pl.lit("expert"))
    parts = {name: getattr(small, name) for name in ("items", "waves", "load", "costs")}
    assert not next(each for each in figures(extract("r", efforts=sure, **parts)) if each.key == "people").assumed


def test_without_a_schedule_it_says_so_and_invents_nothing() -> None:
    found = state(made(100, scheduled=False))
    content = found.as_dict()
    assert content["resources"]["people_by_year"] == content["resources"]["funding_by_year"] == []
    assert "exposure" not in content["residual_risk"]["figures"]
    assert "Nothing is scheduled yet." in found.markdown()


def test_an_empty_register_has_a_statement() -> None:
    assert state(extract("empty")).markdown().startswith("# ")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_markdown_is_plain_and_its_tables_are_whole(small: Extract, language: str) -> None:
    with speaking(language):
        text = state(small).markdown()
    assert not re.search(r"<[a-z/!]", text, re.IGNORECASE)
    assert "&lt;Science&gt;" in text
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1
    assert text.count("\n## ") == 7


def test_the_data_are_the_same_in_every_language(small: Extract) -> None:
    with speaking("vi"):
        assert state(small).as_dict() == state(small).as_dict()
        said = orjson.dumps(state(small).as_dict())
    assert said == orjson.dumps(state(small).as_dict())


def test_burndown_falls_from_all_to_what_is_left(small: Extract) -> None:
    rows = burndown(small)
    assert rows["planned_items"][0] == small.items.height
    assert rows["planned_items"][-1] == small.items.height - small.waves.height
    assert (rows["planned_value"].diff().drop_nulls() <= 1e-12).all()
    quarters = [Quarter.parse(text) for text in rows["quarter"]]
    assert all(after == before.plus(1) for before, after in itertools.pairwise(quarters))
    last = small.items.filter(pl.col("due") == "").height
    assert rows["allowed_items"][-1] == last


def done(item: str, quarter: Quarter | None, state: str = "done") -> Progress:
    return Progress(item=item, state=state, quarter=quarter, evidence="expert")


def test_burndown_of_what_was_reported() -> None:
    items = pl.DataFrame({"item": ["a", "b"], "assets": [2, 3], "value": [1.0, 2.0], "due": ["2027Q4", "2026Q3"]})
    settled = pl.DataFrame(
        {
            "item": ["c", "d", "e"],
            "assets": [5, 7, 9],
            "value": [4.0, 8.0, 9.0],
            "state": ["done", "accepted", "migrated"],
        }
    )
    progress = [done("c", Quarter(2026, 2)), done("d", None, "accepted"), done("b", Quarter(2026, 1))]
    x = extract("r", as_of=datetime.date(2026, 8, 1), items=items, settled=settled, progress=progress)
    rows = burndown(x)
    assert rows["quarter"].to_list()[:3] == ["2026Q1", "2026Q2", "2026Q3"]
    # b was reported done, but is work again; c was done in the second quarter; d and e were never to be burned down.
    assert rows["actual_items"].to_list() == [3, 2, 2, *[None] * 5]
    assert rows["actual_assets"].to_list()[:3] == [10, 5, 5]
    assert rows["allowed_items"].to_list() == [3, 3, 2, 2, 2, 2, 2, 1]
    assert rows["planned_items"].null_count() == rows.height
    assert rows["actual_at_stake"].null_count() == rows.height


def test_burndown_ends_at_nothing_and_not_beside_it() -> None:
    values = [0.1, 0.2, 0.3, 0.7, 1.1, 1e-3] * 7
    items = pl.DataFrame(
        {
            "item": [f"i{at}" for at in range(len(values))],
            "assets": [1] * len(values),
            "value": values,
            "due": [str(Quarter(2027, 1).plus(at % 5)) for at in range(len(values))],
        }
    )
    left = burndown(extract("r", as_of=datetime.date(2026, 8, 1), items=items))["allowed_value"]
    assert left[-1] == 0
    assert left.min() == 0
    assert left[0] == pytest.approx(sum(values))


def test_burndown_of_nothing_has_no_quarter() -> None:
    assert burndown(extract("r")).is_empty()


def test_owners_without_systems_do_no_harm() -> None:
    systems = [System(system="s", owner="Head", evidence="expert")]
    assert state(extract("r", systems=systems)).as_dict()["inventory"]["figures"]["owned"]["value"] == 0
