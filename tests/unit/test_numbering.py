"""What numbers are for and where they lie, and the words for why one is not dialled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from law_world import ANN, CARDS, at, under

from outbound.law.numbering import Placed
from outbound.law.profile import NumberKind
from outbound.law.profiles import BUILT_IN
from outbound.law.words import WORDS, why_not
from outbound.verdict import Reason
from switchroom.numbering import law_book, placed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+12125550100", NumberKind.ORDINARY),
        ("+8613800001111", NumberKind.ORDINARY),
        ("+19005550100", NumberKind.PREMIUM),
        ("+449098790123", NumberKind.PREMIUM),
        ("+1911", NumberKind.SHORT),
        ("+86110", NumberKind.SHORT),
        ("110", NumberKind.SHORT),
        ("+8695588", NumberKind.UNKNOWN),
        ("+999123456789", NumberKind.UNKNOWN),
    ],
)
def test_numbers_are_what_the_plans_say(number, kind):
    assert placed(number).kind is kind


def test_a_number_lies_where_its_plan_says_and_one_without_a_place_everywhere_it_may():
    assert placed("+12125550100") == Placed(NumberKind.ORDINARY, ("America/New_York",))
    assert "Pacific/Honolulu" in placed("+18005550100").zones
    assert placed("+8613800001111").zones == ("Asia/Shanghai",)


def test_the_book_of_the_server_knows_plans_and_holidays():
    book, bare = law_book(BUILT_IN), replace(ANN, zones=())
    assert book.may_dial(bare, bare.number, CARDS, at("2026-12-25 12:00")).reason is Reason.HOLIDAY
    assert book.may_dial(bare, bare.number, CARDS, at("2026-12-28 12:00")).rules == "us@2026.1"
    spring = at("2027-02-06 12:00", "Asia/Shanghai")
    chen = replace(ANN, number="+8613800001111", zones=())
    assert book.may_dial(chen, chen.number, under("cn"), spring).reason is Reason.HOLIDAY


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_words(language):
    assert set(WORDS[language]) == set(Reason)
    assert why_not("hours", language) == WORDS[language][Reason.HOURS]
    assert why_not("newer", language) == "newer"
