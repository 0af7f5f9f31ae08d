"""Laws of the house come into force by people's words: one for a stricter law, two for one that gives more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from law_world import NOON, House, at, under

from outbound.law.agreement import PATIENCE, Agreements
from outbound.law.book import LawBook
from outbound.law.profile import DAY, NumberKind
from outbound.law.profiles import BUILT_IN, STRICT, UK, US
from outbound.law.writing import digest_of, law_of, text_of
from outbound.verdict import Reason

pytestmark = pytest.mark.unit

STRICTER = replace(US, name="ohio", version="1", week=(((600, 1080),),) * 7, closed=frozenset({date(2026, 12, 24)}))
WIDER = replace(STRICTER, version="2", cap=0.05)


def say(agreements: Agreements, law, by, now=NOON):
    word = agreements.ask(law, by, now)
    agreements.take(word, now)
    return word


@pytest.mark.parametrize("law", [US, UK, STRICT, STRICTER, replace(UK, refuses=frozenset({NumberKind.PREMIUM}))])
def test_a_law_is_read_back_as_it_was_written(law):
    assert law_of(text_of(law)) == law
    assert digest_of(law_of(text_of(law))) == digest_of(law)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name":"x"}', text_of(US).replace("answered", "guessed")])
def test_what_is_no_law_is_told(text):
    with pytest.raises(ValueError):
        law_of(text)


def test_a_law_that_only_narrows_needs_one_word():
    agreements = Agreements()
    word = say(agreements, STRICTER, "ann")
    assert (word.in_force, word.widens) == (True, ())
    assert agreements.laws({**BUILT_IN, "ohio": STRICTER})["ohio"] == STRICTER


def test_a_law_that_gives_more_needs_the_word_of_two_persons():
    agreements, written = Agreements(), {**BUILT_IN, "ohio": WIDER}
    say(agreements, STRICTER, "ann")
    first = say(agreements, WIDER, "ann")
    assert (first.in_force, first.widens) == (False, ("cap",))
    assert not say(agreements, WIDER, "ann").in_force  # the same person twice is one
    assert agreements.laws(written)["ohio"] == STRICTER  # meanwhile the old one counts
    assert agreements.open(written) == (WIDER,)
    assert say(agreements, WIDER, "bob").in_force
    assert agreements.laws(written)["ohio"] == WIDER
    assert agreements.open(written) == ()


def test_a_first_word_is_for_one_text_and_grows_old():
    agreements = Agreements()
    say(agreements, WIDER, "ann")
    assert not say(agreements, replace(WIDER, cap=0.04), "bob").in_force
    assert not agreements.ask(replace(WIDER, cap=0.04), "ann", NOON + PATIENCE + 1).in_force
    assert agreements.ask(replace(WIDER, cap=0.04), "ann", NOON + PATIENCE).in_force


def test_a_law_without_anybodys_word_is_the_strictest():
    agreements, campaign = Agreements(), under("ohio")
    laws = agreements.laws({**BUILT_IN, "ohio": replace(WIDER, week=(((0, 1440),),) * 7)})
    house = House(LawBook(laws))
    assert house.asked(at("2026-12-02 20:30"), campaign=campaign) is Reason.HOURS
    assert house.book.promise(campaign, NOON).cap == STRICT.cap


def test_a_new_law_is_measured_by_the_one_of_its_country():
    assert Agreements().ask(replace(US, name="own", contact_span=5 * DAY), "ann", NOON).widens == ("contact_span",)
    assert "zones" not in Agreements().ask(replace(STRICT, name="jp", zones=("Asia/Tokyo",)), "ann", NOON).widens


def test_words_told_again_give_the_same():
    one, other = Agreements(), Agreements()
    for law, by in ((STRICTER, "ann"), (WIDER, "ann"), (WIDER, "bob"), (replace(WIDER, cap=0.02), "bob")):
        word = say(one, law, by)
        other.told(word.text, by=by, in_force=word.in_force, now=NOON)
    assert one.laws({"ohio": WIDER}) == other.laws({"ohio": WIDER})
    assert one.ask(WIDER, "zoe", NOON) == other.ask(WIDER, "zoe", NOON)
