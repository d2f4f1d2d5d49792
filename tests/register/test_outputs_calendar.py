"""Waves, deadlines and windows as iCalendar."""

import datetime
import re

import polars as pl
import pytest
from icalendar import Calendar
from tests.register.extracts import DAY, made

from lotrinh.base.calendar import Quarter
from lotrinh.register.outputs import calendar
from lotrinh.register.outputs.extract import Extract, extract, in_hand


@pytest.fixture(scope="module")
def small() -> Extract:
    return made(150)


@pytest.fixture(scope="module")
def content(small: Extract) -> bytes:
    return calendar.calendar_bytes(small)


def test_lines_end_and_fold_as_rfc_5545_says(content: bytes) -> None:
    assert content.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_reads_back_with_every_required_property(content: bytes, small: Extract) -> None:
    found = Calendar.from_ical(content)
    assert found["version"] == "2.0"
    assert found["prodid"]
    events = found.walk("VEVENT")
    assert len(events) == len(calendar.entries(small))
    for event in events:
        assert event["uid"]
        assert event["dtstamp"].dt == datetime.datetime.combine(DAY, datetime.time(), datetime.UTC)
        first, after = event["dtstart"].dt, event["dtend"].dt
        assert type(first) is type(after) is datetime.date
        assert first < after
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_waves_count_every_item_once_begun_and_once_done(small: Extract) -> None:
    hand = in_hand(small)
    assert hand["begun"].sum() == hand["done"].sum() == small.waves.height
    assert hand["part"].sum() == pytest.approx(small.waves.height)
    lengths = dict(hand.group_by("item").len().iter_rows())
    for item, start, end in small.waves.select("item", "start", "end").iter_rows():
        assert lengths[item] == Quarter.parse(end).since(Quarter.parse(start)) + 1


def test_efforts_add_up(small: Extract) -> None:
    texts = "".join(entry.text for entry in calendar.entries(small))
    told = sum(float(amount) for amount in re.findall(r"cryptography: ([\d.]+) person-quarters", texts))
    assert told == pytest.approx(0.2 * small.waves.height, rel=0.2)  # each is rounded to a tenth


def test_days_of_a_quarter() -> None:
    assert calendar.days(Quarter(2028, 1)) == (datetime.date(2028, 1, 1), datetime.date(2028, 3, 31))
    assert calendar.days(Quarter(2028, 4)) == (datetime.date(2028, 10, 1), datetime.date(2028, 12, 31))


def test_a_later_export_updates_the_same_events(small: Extract) -> None:
    moved = small.waves.with_columns(exposure=pl.lit(9.0))
    parts = {name: getattr(small, name) for name in ("assets", "items", "efforts", "rules", "systems", "windows")}
    later = extract(small.name, as_of=DAY + datetime.timedelta(days=30), waves=moved[1:], **parts)
    old, new = (Calendar.from_ical(calendar.calendar_bytes(x)).walk("VEVENT") for x in (small, later))
    ids = {str(event["uid"]) for event in old}
    assert {str(event["uid"]) for event in new} <= ids
    assert {int(event["sequence"]) for event in new} == {int(event["sequence"]) + 30 for event in old}


def test_another_register_has_other_events(small: Extract) -> None:
    rows = {"items": small.items, "waves": small.waves}
    one, two = (
        {
            str(event["uid"])
            for event in Calendar.from_ical(calendar.calendar_bytes(extract(name, **rows))).walk("VEVENT")
        }
        for name in ("one", "two")
    )
    assert one
    assert not one & two


def test_deadlines_and_freezes_are_events(small: Extract) -> None:
    entries = calendar.entries(small)
    due = [entry for entry in entries if entry.key[0] == "deadline"]
    assert {entry.key[1] for entry in due} == set(small.items["due"]) - {""}
    assert all(entry.first == entry.last == calendar.days(Quarter.parse(entry.key[1]))[1] for entry in due)
    (freeze,) = (entry for entry in entries if entry.key[0] == "freeze")
    assert (freeze.first, freeze.last) == (datetime.date(2027, 10, 1), datetime.date(2027, 12, 31))
    (window,) = (entry for entry in entries if entry.key[0] == "window")
    assert (window.first, window.last) == (datetime.date(2028, 1, 1), datetime.date(2028, 6, 30))


def test_the_same_extract_gives_the_same_bytes(content: bytes) -> None:
    assert calendar.calendar_bytes(made(150)) == content


def test_long_vietnamese_text_folds_between_letters() -> None:
    team = "Phòng Bảo đảm an toàn thông tin và mật mã dân sự, Cục Chuyển đổi số quốc gia; tổ công tác \\ số 1"
    items = pl.DataFrame({"item": ["a"], "kind": ["endpoint"], "team": [team]})
    waves = pl.DataFrame({"item": ["a"], "start": ["2027Q1"], "end": ["2027Q1"]})
    content = calendar.calendar_bytes(extract("Sổ đăng ký", items=items, waves=waves))
    assert all(len(line) <= 75 and line.decode() is not None for line in content.split(b"\r\n"))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]).startswith(team)
