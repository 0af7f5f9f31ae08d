"""What is said to who waits: intervals are rounded outward, and every fragment has its words in both languages."""

from __future__ import annotations

from random import Random

import pytest

from cti.asterisk.actions import PARTS, EncodeError, sounds_as_texts
from ivr.saying import plain
from ivr.saying.waits import own_texts, rounded, say_interval, say_position, waiting_texts

pytestmark = pytest.mark.unit

INTERVALS = [
    (20, 50, "We expect your wait to be less than one minute", "预计等待时间不到一分钟"),
    (20, 130, "We expect your wait to be less than three minutes", "预计等待时间不到三分钟"),
    (130, 230, "We expect your wait to be between two and four minutes", "预计等待时间为两到四分钟"),
    (65, 110, "We expect your wait to be between one and two minutes", "预计等待时间为一到两分钟"),
    (120, 120, "We expect your wait to be between two and three minutes", "预计等待时间为两到三分钟"),
    (660, 1260, "We expect your wait to be between ten and twenty-five minutes", "预计等待时间为十到二十五分钟"),
]


@pytest.mark.parametrize(("low", "high", "english", "chinese"), INTERVALS)
def test_a_wait_is_said_as_an_interval(low, high, english, chinese):
    for language, text in (("en", english), ("zh-CN", chinese)):
        assert plain(say_interval(*rounded(low, high), language), language) == text


def test_what_is_said_holds_whenever_the_estimate_does():
    chance = Random(5)  # noqa: S311 - a repeatable choice of intervals
    for _ in range(20_000):
        low = chance.uniform(0, 7200)
        high = low + chance.uniform(0, 3600)
        said = rounded(low, high)
        assert said[0] <= low <= high <= said[1], (low, high, said)
        assert said[0] < said[1]


@pytest.mark.parametrize(
    ("place", "english", "chinese"),
    [(1, "You are the next in line.", "您是下一位。"), (2, "You are number two in line.", "您目前排在第二位。"),
     (12, "You are number twelve in line.", "您目前排在第十二位。")],
)  # fmt: skip
def test_a_place_in_line_is_said(place, english, chinese):
    assert plain(say_position(place, "en"), "en") == english
    assert plain(say_position(place, "zh-CN"), "zh-CN") == chinese


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_fragment_that_may_be_needed_has_its_words(language):
    texts = waiting_texts(language)
    for low in range(0, 5400, 30):
        for wide in (10, 90, 400, 2000):
            assert set(say_interval(*rounded(low, low + wide), language)) <= texts.keys()
    for place in (*range(1, 130), 1999, 20_000):
        assert set(say_position(place, language)) <= texts.keys()


def test_both_languages_have_the_same_texts():
    assert set(own_texts("zh-CN")) - set(own_texts("en")) == {"say/wait-to"}
    assert not set(own_texts("en")) - set(own_texts("zh-CN"))
    assert waiting_texts("fr") == {}


def test_sounds_are_handed_over_in_parts_that_asterisk_takes():
    sounds = tuple(f"/a/rather/long/folder/of/sounds/that/stands/for/all/fragment-{n:03}" for n in range(45))
    parts = sounds_as_texts(sounds)
    assert len(parts) == PARTS
    assert all(len(part.encode()) <= 900 for part in parts)
    assert tuple("".join(parts).split("&")) == sounds
    assert sounds_as_texts(("one",)) == ("one", "", "", "")


@pytest.mark.parametrize("sound", ["a&b", "a,b", "a;b", "${X}", 'a"b', "x" * 901])
def test_a_sound_that_asterisk_would_cut_is_refused(sound):
    with pytest.raises(EncodeError):
        sounds_as_texts((sound, *["y" * 800] * 4))
