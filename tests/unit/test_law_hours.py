"""Hours at the called place, against a clock that is simply read: changes of clocks, and any history.

`benchmarks/law_hours/run.py` looks at every zone, minute by minute.
"""

from __future__ import annotations

import random
import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from law_world import ANN, CARDS, House

from outbound.campaign import Mode
from outbound.law import clock_there
from outbound.law.book import LawBook
from outbound.law.profiles import CN, UK, US
from outbound.lead import Outcome
from outbound.verdict import Allowed, Reason

pytestmark = pytest.mark.unit

FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2026, 2029))
ZONES = sorted(name for name in zoneinfo.available_timezones() if name not in {"localtime", "Factory"})
ODD = (
    "Africa/Casablanca", "Africa/Cairo", "America/Havana", "America/Nuuk", "America/Santiago", "America/St_Johns",
    "Antarctica/Troll", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London",
    "Pacific/Apia", "Pacific/Chatham", "America/New_York", "Asia/Shanghai",
)  # fmt: skip


@cache
def changes(name: str) -> tuple[int, ...]:
    """Every second at which the zone's clock is moved, in three years."""
    zone, found = zoneinfo.ZoneInfo(name), []
    for day in range(int(FIRST), int(LAST), 86400):
        early, late = day, day + 86400
        if _shift(zone, early) == _shift(zone, late):
            continue
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (middle, late) if _shift(zone, middle) == _shift(zone, early) else (early, middle)
        found.append(late)
    return tuple(found)


def _shift(zone: zoneinfo.ZoneInfo, now: float) -> timedelta:
    return datetime.fromtimestamp(now, zone).utcoffset() or timedelta()


def plainly_open(zone: str, hours: tuple[tuple[int, int], ...], now: float) -> bool:
    """The clock there is read, and no more."""
    local = datetime.fromtimestamp(now, zoneinfo.ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in hours)


def test_nobody_is_dialled_outside_his_hours_around_any_change_of_clocks_in_three_years():
    book, asked = LawBook(), 0
    campaign, hours = replace(CARDS, law="us"), US.week[0]
    for name in sorted({*ODD, *random.Random(5).sample(ZONES, 40)}):  # noqa: S311 - a seed, no secret
        lead = replace(ANN, zones=(name,))
        around = changes(name) or (int(FIRST) + 86400 * 180,)
        for change in around:
            for step in range(-48, 49):
                now = change + step * 1800 + 1799 * (step % 2)  # each half hour, and the second before it
                verdict = book.may_dial(lead, lead.number, campaign, now)
                assert isinstance(verdict, Allowed) == plainly_open(name, hours, now), (name, now)
                asked += 1
    assert asked > 10_000


def test_a_law_that_forgot_daylight_saving_would_be_found():
    winter = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    zone = zoneinfo.ZoneInfo("America/New_York")
    frozen = _shift(zone, winter).total_seconds()
    summer = datetime(2026, 7, 1, 0, 30, tzinfo=UTC).timestamp()  # 20:30 there, 19:30 for who kept the winter's clock
    assert plainly_open("America/New_York", ((0, 20 * 60),), summer) is False
    assert (summer + frozen) % 86400 < 20 * 3600


@pytest.mark.parametrize("name", ODD)
def test_the_next_opening_is_the_first_minute_that_is_open(name):
    zone = zoneinfo.ZoneInfo(name)
    for change in changes(name) or (int(FIRST),):
        for hours in (((0, 60),), ((30, 150), (1410, 1440)), ((120, 180),), ((8 * 60, 21 * 60),)):
            begin = change - change % 60 - 7200
            scan = (now for now in range(begin, begin + 3 * 86400, 60) if plainly_open(name, hours, now))
            found = clock_there.next_within(zone, lambda _, hours=hours: hours, begin, begin + 3 * 86400)
            assert found == next(scan, None)


@pytest.mark.parametrize("name", ODD)
def test_the_next_day_is_the_first_minute_of_another_date(name):
    zone = zoneinfo.ZoneInfo(name)
    for change in (*changes(name), int(FIRST)):
        begin = change - change % 60 - 7200
        today = datetime.fromtimestamp(begin, zone).date()
        scan = (at for at in range(begin, begin + 3 * 86400, 60) if datetime.fromtimestamp(at, zone).date() != today)
        assert clock_there.next_day(zone, begin) == next(scan)
        assert clock_there.day_there(zone, begin) == today


QUARTER = 900.0  # all that is drawn happens at quarters of hours, and so do all changes of clocks
START = datetime(2026, 10, 24, tzinfo=UTC).timestamp()  # clocks change in Europe the next day, in America a week later
histories = st.lists(
    st.tuples(
        st.integers(0, 2 * 96),
        st.sampled_from([Outcome.BUSY, Outcome.CONNECTED, Outcome.ABANDONED, Outcome.CONGESTION, Outcome.NO_ANSWER]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    history=histories,
    zones=st.lists(st.sampled_from(ODD), min_size=0, max_size=3, unique=True),
    law=st.sampled_from([US, UK, CN, replace(UK, week=(((0, 1440),),) * 7)]),
    window=st.sampled_from([None, (0, 1440), (600, 660), (1200, 1260), (60, 90)]),
    mode=st.sampled_from([Mode.PREDICTIVE, Mode.PROGRESSIVE]),
    gap=st.sampled_from([0, 1, 40]),
    holiday=st.integers(0, 6),
    promised=st.booleans(),
)
def test_when_it_may_be_asked_again_is_the_first_moment_at_which_it_is_allowed(  # noqa: PLR0917 - drawn by name
    history, zones, law, window, mode, gap, holiday, promised
):
    free = {date(2026, 10, 26) + timedelta(days=holiday)}
    laws = {law.name: replace(law, gap=gap * QUARTER, contacts=2, contact_span=2 * 86400.0, lock=30 * 3600.0)}
    house = House(LawBook(laws, holidays=lambda _, day: day in free))
    lead = replace(ANN, zones=tuple(zones), others=("+12125550101",))
    for quarter, outcome, second in sorted(history, key=lambda one: one[0]):
        begun = house.begin(START + quarter * QUARTER, lead, number=lead.others[0] if second else lead.number)
        house.end(begun, outcome, START + quarter * QUARTER)
    campaign = replace(CARDS, law=law.name, mode=mode, window=window)
    now = START + 2 * 96 * QUARTER
    since = now if promised else 0.0
    found = house.book.next_allowed(lead, lead.number, campaign, now, since)
    at, end = now, now + 9 * 86400
    while at < end and not isinstance(house.book.may_dial(lead, lead.number, campaign, at, since), Allowed):
        at += QUARTER
    assert found == at or (at >= end and (found == 0.0 or found >= end))
    refused = house.book.may_dial(lead, lead.number, campaign, now, since)
    assert isinstance(refused, Allowed) or refused.until == found


def test_an_overlap_that_never_comes_is_never():
    everywhere = replace(ANN, zones=("Pacific/Kiritimati", "Asia/Shanghai", "Europe/London", "America/Los_Angeles"))
    verdict = House().book.may_dial(everywhere, everywhere.number, CARDS, START)
    assert (verdict.reason, verdict.until) == (Reason.HOURS, 0.0)


def test_the_same_history_told_again_gives_the_same_answers():
    dice = random.Random(3)  # noqa: S311 - a seed, no secret
    one, other, told = House(), House(), []
    people = [replace(ANN, lead=f"l.{n}", person=f"P-{n % 7}", number=f"+1212555{n:04}") for n in range(20)]
    now = START + 14 * 3600
    for _ in range(400):
        now += dice.choice((1.0, 60.0, 900.0))
        lead = dice.choice(people)
        if isinstance(one.book.may_dial(lead, lead.number, CARDS, now), Allowed):
            begun = one.begin(now, lead)
            told.append((begun, one.end(begun, dice.choice(list(Outcome)), now + 20), now))
    for begun, ended, at in told:
        other.book.begun(begun, at)
        other.book.ended(ended, at + 20)
    assert len(told) > 20
    for lead in people:
        for later in (0.0, 3600.0, 86400.0):
            asked = (lead, lead.number, CARDS, now + later)
            assert one.book.may_dial(*asked) == other.book.may_dial(*asked)
    assert one.book.every_share("cards", now) == other.book.every_share("cards", now)
