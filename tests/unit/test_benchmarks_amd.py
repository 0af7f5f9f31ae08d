"""The benchmark of who has answered: its greetings repeat, its other ear hears what it should, its shares are right."""

from __future__ import annotations

import pytest

from benchmarks.amd.greetings import Truth, greetings
from benchmarks.amd.model import HUMAN, MACHINE, SILENT, Own, own
from benchmarks.amd.run import _share
from benchmarks.amd.sounds import Spoken

pytestmark = pytest.mark.unit


def line(*parts: tuple[float, int], noise: float = 0.0) -> list[float]:
    return [level + noise for level, frames in parts for _ in range(frames)]


def test_the_same_seed_draws_the_same_greetings_of_all_kinds_in_both_languages():
    drawn = greetings(300, 1)
    assert drawn == greetings(300, 1)
    assert drawn != greetings(300, 2)
    assert {each.truth for each in drawn} == set(Truth)
    assert {each.language for each in drawn if each.text} == {"en", "zh"}


@pytest.mark.parametrize("noise", [0.0, 150.0, 300.0])
def test_the_other_ear_tells_a_hello_from_a_speech_whatever_the_noise(noise: float):
    hello = own(line((0, 20), (2000, 25), (0, 300), noise=noise), Own())
    assert hello.heard == HUMAN
    assert hello.at == pytest.approx(1.4, abs=0.05)
    syllables = ((2000, 10), (0, 6)) * 25
    assert own(line((0, 20), *syllables, (0, 100), noise=noise), Own()).heard == MACHINE
    assert own(line((0, 400), noise=noise), Own()).heard == SILENT


def test_the_last_word_before_a_moment():
    spoken = Spoken(greetings(1, 1)[0], b"", (10, 11, 60))
    assert spoken.said_before(1.0) == pytest.approx(0.24)
    assert spoken.said_before(2.0) == pytest.approx(1.22)
    assert spoken.said_before(0.1) == 0.0


def test_a_share_tells_how_much_it_may_be():
    spoken = Spoken(greetings(1, 1)[0], b"", ())
    pairs = [(spoken, own([], Own()))] * 200
    none = _share(pairs, {MACHINE})
    assert (none["count"], none["of"], none["share"]) == (0, 200, 0.0)
    assert none["upper"] == pytest.approx(0.0188, abs=0.0002)
