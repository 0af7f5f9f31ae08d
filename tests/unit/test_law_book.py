"""The book of law: each rule refuses, says why, and says when it may be asked again, to the second."""

from __future__ import annotations

from dataclasses import replace

import pytest
from law_world import ANN, CARDS, NOON, House, at, under

from outbound.campaign import Mode
from outbound.law.book import LawBook
from outbound.law.numbering import Placed
from outbound.law.profile import NumberKind
from outbound.lead import Lead, Outcome
from outbound.verdict import Allowed, Reason

pytestmark = pytest.mark.unit

CHEN = Lead("list.7", "C-7", "+8613800001111", zones=("Asia/Shanghai",), consent="app 2026-05-05")
SMITH = Lead("list.8", "C-8", "+442071838750", zones=("Europe/London",))


def test_a_dial_at_noon_is_allowed_and_names_the_rules():
    assert House().book.may_dial(ANN, ANN.number, CARDS, NOON) == Allowed("us@2026.1")


@pytest.mark.parametrize(
    ("law", "lead", "last", "first"),
    [
        ("us", ANN, "2026-12-02 20:59:59", "2026-12-03 08:00"),
        ("uk", SMITH, "2026-12-02 20:59:59", "2026-12-03 08:00"),
        ("uk", SMITH, "2026-12-05 17:59:59", "2026-12-06 10:00"),
        ("cn", CHEN, "2026-12-02 19:59:59", "2026-12-03 09:00"),
    ],
)
def test_the_hours_of_the_called_place_count(law, lead, last, first):
    house, zone = House(), lead.zones[0]
    assert house.asked(at(last, zone), lead, under(law)) is None
    assert house.asked(at(last, zone) + 1, lead, under(law)) is Reason.HOURS
    assert house.until(at(last, zone) + 1, lead, under(law)) == at(first, zone)
    assert house.asked(at(first, zone), lead, under(law)) is None
    assert house.asked(at(first, zone) - 1, lead, under(law)) is Reason.HOURS


def test_a_campaign_narrows_the_hours_and_cannot_widen_them():
    house = House()
    narrow, wide = under("us", window=(10 * 60, 12 * 60)), under("us", window=(0, 24 * 60))
    assert house.asked(at("2026-12-02 09:59:59"), campaign=narrow) is Reason.HOURS
    assert house.until(at("2026-12-02 12:00"), campaign=narrow) == at("2026-12-03 10:00")
    assert house.asked(at("2026-12-02 07:59:59"), campaign=wide) is Reason.HOURS


def test_on_a_holiday_nobody_is_called():
    house = House(LawBook(holidays=lambda country, day: (country, day.isoformat()) == ("US", "2026-12-25")))
    assert house.asked(at("2026-12-25 12:00")) is Reason.HOLIDAY
    assert house.until(at("2026-12-25 12:00")) == at("2026-12-26 08:00")
    assert house.asked(at("2026-12-25 12:00"), SMITH, under("uk")) is None  # it is none in the other country's table


def test_a_number_of_unknown_place_is_called_only_when_it_is_time_everywhere():
    lost, house = replace(ANN, zones=()), House()
    assert house.asked(at("2026-12-02 12:00"), lost) is Reason.UNKNOWN_ZONE
    opens = house.until(at("2026-12-02 12:00"), lost)
    assert opens == at("2026-12-03 08:00", "Pacific/Guam")  # the place whose morning comes last
    assert house.asked(opens, lost) is None
    assert house.asked(at("2026-12-02 21:00", "America/Puerto_Rico"), lost) is Reason.UNKNOWN_ZONE


def test_a_number_that_may_lie_in_two_zones_is_called_only_when_it_is_time_in_both():
    both, house = replace(ANN, zones=("America/New_York", "America/Los_Angeles")), House()
    assert house.asked(at("2026-12-02 10:59:59"), both) is Reason.HOURS
    assert house.asked(at("2026-12-02 11:00"), both) is None
    assert house.asked(at("2026-12-02 21:00"), both) is Reason.HOURS


def test_a_second_number_of_his_is_placed_by_itself():
    abroad = replace(ANN, others=("+81312345678",))
    house = House(LawBook(numbering=lambda number: Placed(NumberKind.ORDINARY, ("Asia/Tokyo",))))
    assert house.book.may_dial(abroad, "+81312345678", CARDS, NOON).reason is Reason.HOURS
    morning = at("2026-12-02 10:00", "Asia/Tokyo")
    assert house.book.may_dial(abroad, "+81312345678", CARDS, morning) == Allowed("us@2026.1")


def test_a_number_of_another_country_and_no_known_place_is_never_dialled():
    verdict = House().book.may_dial(ANN, "+81312345678", CARDS, NOON)
    assert (verdict.reason, verdict.until) == (Reason.UNKNOWN_ZONE, 0.0)


def test_a_number_blocked_a_second_ago_is_not_dialled():
    house = House()
    assert house.asked(NOON) is None
    house.block(ANN.number)
    assert house.asked(NOON + 1) is Reason.BLOCKED
    assert house.until(NOON + 1) == 0.0
    house.block(ANN.number, lifted=True)
    assert house.asked(NOON + 1) is None


def test_blocks_hold_for_their_campaign_alone_and_for_all_numbers_that_begin_so():
    house = House()
    house.block(ANN.number, scope="loans")
    assert house.asked(NOON) is None
    assert house.asked(NOON, campaign=replace(CARDS, name="loans")) is Reason.BLOCKED
    house.block("+1212", prefix=True)
    assert house.asked(NOON) is Reason.BLOCKED
    house.block("+1212", prefix=True, lifted=True)
    assert house.asked(NOON) is None


def test_who_refused_on_one_number_is_called_on_none_but_a_wrong_number_says_nothing_of_him():
    house = House()
    house.block("+12125550199", why="wrong number")
    both = replace(ANN, others=("+12125550199",))
    assert house.asked(NOON, both) is None
    house.block("+12125550199", why="key 9")
    assert house.asked(NOON, both) is Reason.REFUSED_CALLS


@pytest.mark.parametrize("number", ["911", "+911", "12125550100", "+1212555010012345", "+1212555O100", ""])
def test_short_numbers_and_what_is_no_number_are_never_dialled(number):
    assert House().asked(NOON, replace(ANN, number=number)) is Reason.NUMBER_KIND


def test_a_premium_number_is_never_dialled():
    house = House(LawBook(numbering=lambda number: Placed(NumberKind.PREMIUM)))
    assert house.asked(NOON) is Reason.NUMBER_KIND


def test_where_the_law_asks_for_consent_none_is_called_without_but_who_was_promised_a_call():
    stranger, house = replace(CHEN, consent=""), House()
    noon = at("2026-12-02 12:00", "Asia/Shanghai")
    assert house.asked(noon, stranger, under("cn")) is Reason.NO_CONSENT
    assert house.asked(noon, stranger, under("cn"), promised=noon) is None
    assert house.asked(noon, CHEN, under("cn")) is None
    assert house.asked(NOON, replace(ANN, consent=""), under("us")) is None
    assert house.asked(NOON, replace(ANN, consent=""), under("us", mode=Mode.MESSAGE)) is Reason.NO_CONSENT


def test_a_number_is_tried_three_times_a_day_and_the_day_is_that_of_its_place():
    house = House()
    for hour in (18, 19, 20):
        house.tried(Outcome.NO_ANSWER, at(f"2026-12-02 {hour}:00"))
    assert house.asked(at("2026-12-02 20:30")) is Reason.NUMBER_TRIES
    assert house.until(at("2026-12-02 20:30")) == at("2026-12-03 08:00")
    ours = replace(ANN, zones=("Pacific/Guam",))  # there the third day of the month has begun long ago
    assert house.asked(at("2026-12-02 20:30"), ours) is Reason.NUMBER_TRIES
    assert house.until(at("2026-12-02 20:30"), ours) == at("2026-12-04 08:00", "Pacific/Guam")


def test_tries_on_all_numbers_of_one_person_count_together():
    house, far = House(), ("+13125550101", "+13125550102")
    for hour, number in zip(("09", "10", "11"), (ANN.number, *far), strict=True):
        begun = house.begin(at(f"2026-12-02 {hour}:00"), number=number)
        house.end(begun, Outcome.NO_ANSWER, at(f"2026-12-02 {hour}:00"))
    assert house.asked(NOON) is Reason.PERSON_TRIES


def test_what_was_not_his_fault_is_not_charged_to_him():
    house = House()
    for minute in range(9):
        house.tried(Outcome.CONGESTION, NOON - 60 * minute)
        house.tried(Outcome.CANCELLED, NOON - 60 * minute)
    assert house.asked(NOON) is None
    house.tried(Outcome.UNKNOWN, NOON - 1)  # never found out: counted
    assert house.asked(NOON) is Reason.TOO_SOON


def test_between_two_tries_there_is_a_gap():
    house = House()
    house.tried(Outcome.BUSY, NOON)
    assert house.asked(NOON + 899) is Reason.TOO_SOON
    assert house.until(NOON + 1) == NOON + 900
    assert house.asked(NOON + 900) is None


def test_departments_together_speak_with_one_person_no_more_than_the_law_allows():
    house = House()
    for day, name in enumerate(("service", "sales", "marketing"), 2):
        house.tried(Outcome.CONNECTED, at(f"2026-12-0{day} 09:00"), campaign=replace(CARDS, name=name))
    asked = house.book.may_dial(ANN, ANN.number, CARDS, at("2026-12-05 09:00"))
    assert (asked.reason, asked.told) == (Reason.FREQUENCY, "3/7d")
    assert asked.until == at("2026-12-09 09:00")
    assert house.asked(at("2026-12-05 09:00"), promised=at("2026-12-05 08:59")) is None


def test_who_was_abandoned_is_left_alone_for_72_hours_by_all_campaigns_unless_an_agent_is_held_for_him():
    house = House()
    house.tried(Outcome.ABANDONED, NOON, campaign=replace(CARDS, name="other"))
    for later in (3600, 71 * 3600):
        assert house.asked(NOON + later) is Reason.ABANDONED_LATELY
    assert house.until(NOON + 3600) == NOON + 72 * 3600
    assert house.asked(NOON + 72 * 3600) is None
    for mode in (Mode.PROGRESSIVE, Mode.PREVIEW, Mode.MANUAL):
        assert house.asked(NOON + 3600, campaign=under("us", mode=mode)) is None


def test_who_is_in_another_attempt_is_not_dialled():
    house = House()
    begun = house.begin(NOON)
    assert house.asked(NOON + 10, replace(ANN, lead="other.1", number="+13125550101")) is Reason.IN_CONTACT
    house.end(begun, Outcome.BUSY, NOON + 20)
    assert house.asked(NOON + 10, replace(ANN, lead="other.1", number="+13125550101")) is not Reason.IN_CONTACT


def test_an_end_told_twice_counts_once_and_one_without_a_beginning_counts_as_well():
    house = House()
    ended = house.end(house.begin(NOON), Outcome.ABANDONED, NOON)
    house.book.ended(ended, NOON + 20)
    assert house.book.promise(CARDS, NOON + 30).abandoned == 1
    other = House()
    other.book.ended(replace(ended, lines=12.0), NOON)
    assert other.book.promise(CARDS, NOON).abandoned == 1
    assert other.asked(NOON + 1) is Reason.ABANDONED_LATELY


def test_an_unknown_law_is_the_strictest():
    house = House()
    assert house.asked(at("2026-12-02 20:30"), campaign=under("gone")) is Reason.HOURS
    assert house.book.promise(under("gone"), NOON).cap == 0.01


def test_a_callbook_forgets_what_no_rule_asks_for():
    house = House()
    for day in range(60):
        who = replace(ANN, person=f"P-{day}", number=f"+1212555{day:04}")
        house.tried(Outcome.ABANDONED, NOON + day * 86400, who)
    tries, keys, contacts, locks, under_way = house.book.callbook.figures()
    assert tries <= 3
    assert keys <= 6
    assert contacts <= 31
    assert locks <= 62
    assert under_way == 0
